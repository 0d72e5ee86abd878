"""Golden folders: a few ledgers in, exactly these quads out.

After a wanted change write them anew: ``python -m tests.ledgers.test_golden`` and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.ledgers import build, collect
from kg.store import write_nquads

GOLDEN = Path(__file__).resolve().parent / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())


def written(case: str) -> str:
    graph = build(collect([GOLDEN / case]))
    assert not graph.findings, [(finding.place(), finding.message("en")) for finding in graph.findings]
    return write_nquads(graph.quads)


@pytest.mark.parametrize("case", CASES)
def test_ledgers_in_quads_out(case: str) -> None:
    assert written(case).encode() == (GOLDEN / case / "expected.nq").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_what_is_expected_is_in_canonical_form(case: str) -> None:
    lines = (GOLDEN / case / "expected.nq").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) > 20


if __name__ == "__main__":
    for name in CASES:
        (GOLDEN / name / "expected.nq").write_text(written(name), encoding="utf-8")
