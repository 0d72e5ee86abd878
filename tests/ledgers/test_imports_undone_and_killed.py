"""Several imports, each undone; rows accepted and handed back; imports interrupted and killed at many moments."""

from __future__ import annotations

import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import DataError, StoreError, UsageError
from kg.ledgers import Rejects, difference, entries, import_ledgers, ledger_files, undo
from kg.ledgers.history import compare
from kg.names import GY
from kg.store import Literal, NamedNode, Quad, open_store, write_nquads
from tests.small_city import small_city

ROOT = Path(__file__).resolve().parents[2]
CITY = """
    production 甲 浆 在产 10 万吨/年 2024
    production 乙 纸 在建 2 万吨/年 2024
    recipe 纸 抄造 浆 必需 1.1
    supply 甲 乙 浆 货物
"""
NO_CHANGE = {"added": 0, "changed": 0, "removed": 0}
HEADER = "单位名称,产品,状态,产能,单位,时点,来源\n"


def put(folder: Path, files: dict[str, str | bytes]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return [folder / name for name in files]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    import_ledgers(tmp_path / "store", put(tmp_path / "base", dict(small_city(CITY))))
    return tmp_path / "store"


def content(store: Path) -> str:
    with open_store(store) as opened:
        return write_nquads(opened.quads())


def files(store: Path) -> dict[str, bytes]:
    with open_store(store) as opened:
        return dict(opened.files())


def productions(*rows: str) -> dict[str, str | bytes]:
    return {"production.csv": HEADER + "".join(f"{row},s\n" for row in rows)}


def handed_back(refused: Rejects, folder: Path, old: str, new: str) -> list[Path]:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([refused.header, *(cells for cells, _ in refused.rows)])
    assert old in stream.getvalue()
    return put(folder, {refused.name: stream.getvalue().replace(old, new)})


# ---------------------------------------------------------------- what differs


def quad(subject: str, predicate: str, value: str, source: str = "s") -> Quad:
    thing = NamedNode(f"https://example.org/{subject}")
    graph = NamedNode(f"https://w3id.org/gongyue/source/{source}")
    return Quad(thing, NamedNode(GY + predicate), Literal(value), graph)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [], []),
        ([quad("a", "p", "1")], [quad("a", "p", "1")], []),
        ([], [quad("a", "p", "1")], [("added", "a", [], ["1"])]),
        ([quad("a", "p", "1")], [], [("removed", "a", ["1"], [])]),
        ([quad("a", "p", "1")], [quad("a", "p", "2")], [("changed", "a", ["1"], ["2"])]),
        (
            [quad("a", "p", "1"), quad("a", "q", "x")],
            [quad("a", "p", "1"), quad("b", "q", "x")],
            [("changed", "a", ["x"], []), ("added", "b", [], ["x"])],
        ),
        ([quad("a", "p", "1", "s")], [quad("a", "p", "1", "t")], [("changed", "a", ["1"], ["1"])]),
        ([quad("a", "p", "1"), quad("a", "p", "1")], [quad("a", "p", "1")], []),
    ],
    ids=["nothing", "same", "added", "removed", "changed", "moved", "another source", "twice"],
)
def test_what_differs_between_two_graphs(
    before: list[Quad], after: list[Quad], expected: list[tuple[str, str, list[str], list[str]]]
) -> None:
    found = compare(before, after)
    assert [
        (c.kind, c.subject.rpartition("/")[2], [v for _, v, _ in c.before], [v for _, v, _ in c.after])
        for c in found
    ] == expected
    back = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [(back[c.kind], c.subject, c.after, c.before) for c in found] == [
        (c.kind, c.subject, c.before, c.after) for c in compare(after, before)
    ]


# ---------------------------------------------------------------- several imports, one after another


def test_each_undo_takes_one_import_back_and_the_whole_way_is_the_same_backwards(
    store: Path, tmp_path: Path
) -> None:
    steps: list[tuple[dict[str, str | bytes], list[str]]] = [
        (productions("甲,浆,在产,11,万吨/年,2024"), []),
        ({"产能.补.csv": HEADER + "乙,浆,规划,1,万吨/年,2030,s\n", **productions("甲,浆,停产,,,2025")}, []),
        ({}, ["产能.补.csv", "supply.csv"]),
        (
            {
                "places.csv": "名称,来源\n某市,s\n",
                "supply.csv": "供应方,采购方,产品,供应类型,来源\n乙,甲,纸,货物,s\n",
            },
            [],
        ),
    ]
    seen = [(content(store), ledger_files(files(store)))]
    for number, (given, drop) in enumerate(steps):
        import_ledgers(store, put(tmp_path / f"step{number}", given), drop=drop)
        seen.append((content(store), ledger_files(files(store))))
    assert len({graph for graph, _ in seen}) == 5
    with open_store(store) as opened:
        log = entries(opened.files())
    assert [entry.number for entry in log] == [1, 2, 3, 4, 5]
    assert [sorted(entry.after) for entry in log[1:]] == [
        ["production.csv"],
        ["production.csv", "产能.补.csv"],
        ["supply.csv", "产能.补.csv"],
        ["places.csv", "supply.csv"],
    ]
    assert [log[3].after[name] for name in ("supply.csv", "产能.补.csv")] == ["", ""]
    for graph, ledgers in reversed(seen[:-1]):
        undo(store)
        assert (content(store), ledger_files(files(store))) == (graph, ledgers)


def test_after_an_undo_the_next_import_takes_its_number(store: Path, tmp_path: Path) -> None:
    given = put(tmp_path / "new", productions("甲,浆,在产,11,万吨/年,2024"))
    import_ledgers(store, given)
    entry, _ = undo(store)
    assert entry.number == 2
    import_ledgers(store, given)
    with open_store(store) as opened:
        assert [entry.number for entry in entries(opened.files())] == [1, 2]


def test_the_record_counts_statements_added_changed_and_removed(store: Path, tmp_path: Path) -> None:
    new = productions(
        "甲,浆,在产,12,万吨/年,2024", "乙,浆,规划,1,万吨/年,2030"
    )  # one changed, one gone, one new
    result = import_ledgers(store, put(tmp_path / "new", new))
    with open_store(store) as opened:
        last = entries(opened.files())[-1]
    assert (last.added, last.changed, last.removed) == (1, 1, 1)
    assert result.changes == {"added": 1, "changed": 1, "removed": 1}


def test_undoing_says_what_came_back(store: Path, tmp_path: Path) -> None:
    given = put(tmp_path / "new", productions("甲,浆,在产,11,万吨/年,2024"))
    foretold = difference(store, given)
    done = import_ledgers(store, given).changes
    _, result = undo(store)
    swapped = {"added": done["removed"], "changed": done["changed"], "removed": done["added"]}
    assert result.changes == swapped
    assert difference(store, given) == foretold


def test_dropping_what_others_need_is_refused_and_changes_nothing(store: Path) -> None:
    before = files(store)
    with pytest.raises(DataError) as caught:
        import_ledgers(store, [], drop=["products.csv"])
    assert {f.code for f in caught.value.findings} <= {"unknown-name", "unknown-name-none"}
    assert {f.value for f in caught.value.findings} == {"浆", "纸"}
    assert files(store) == before
    with pytest.raises(UsageError):
        import_ledgers(store, [], drop=["supply.csv", "supply.csv.bak"])
    assert files(store) == before


def test_dropping_and_giving_at_once_renames_a_file(store: Path, tmp_path: Path) -> None:
    before = content(store)
    moved = put(tmp_path / "new", {"产能.2024.csv": small_city(CITY)["production.csv"]})
    assert import_ledgers(store, moved, drop=["production.csv"]).changes == NO_CHANGE
    assert content(store) == before
    assert {"产能.2024.csv", "production.csv"} & files(store).keys() == {"产能.2024.csv"}


def test_a_diff_of_a_faulty_file_tells_the_faults_and_a_diff_keeps_nothing(
    store: Path, tmp_path: Path
) -> None:
    before = files(store)
    (bad,) = put(tmp_path / "bad", productions("甲,浆,在忙,1,万吨/年,2024"))
    with pytest.raises(DataError) as caught:
        difference(store, [bad])
    assert [f.code for f in caught.value.findings] == ["unknown-word"]
    assert files(store) == before
    with pytest.raises(StoreError):
        difference(tmp_path / "none", [bad])
    assert not (tmp_path / "none").exists()


# ---------------------------------------------------------------- rows accepted and handed back

MIXED = productions("甲,浆,在产,11,万吨/年,2024", "丁,浆,在产,1,万吨/年,2024", "乙,纸,在忙,1,万吨/年,2024")


def test_accepting_mending_and_undoing_step_by_step(store: Path, tmp_path: Path) -> None:
    first = content(store)
    (refused,) = import_ledgers(store, put(tmp_path / "new", MIXED), accept_valid=True).rejects
    accepted = content(store)
    assert [cells[0] for cells, _ in refused.rows] == ["丁", "乙"]
    assert [[f.code for f in found] for _, found in refused.rows] == [["unknown-name-none"], ["unknown-word"]]
    mended = handed_back(refused, tmp_path / "mended", "丁,浆", "乙,浆")
    with pytest.raises(DataError) as caught:
        import_ledgers(store, mended)
    assert [f.value for f in caught.value.findings if f.severity == "error"] == ["在忙"]
    (left,) = import_ledgers(store, mended, accept_valid=True).rejects
    assert [cells[0] for cells, _ in left.rows] == ["乙"]
    assert left.name == "production.rejects.csv"
    second = content(store)
    assert len({first, accepted, second}) == 3
    undo(store)
    assert content(store) == accepted
    undo(store)
    assert content(store) == first


def test_rows_passed_over_stay_so_through_other_imports_and_undos(store: Path, tmp_path: Path) -> None:
    import_ledgers(store, put(tmp_path / "new", MIXED), accept_valid=True)
    accepted = content(store)
    other = put(tmp_path / "other", {"places.csv": "名称,来源\n某市,s\n"})
    assert [f.code for f in import_ledgers(store, other).findings] == ["passed-over"]
    assert "在忙" not in content(store)
    undo(store)
    assert content(store) == accepted
    assert import_ledgers(store, put(tmp_path / "new", MIXED)).changes == NO_CHANGE


def test_accepting_a_file_without_fault_is_a_plain_import(store: Path, tmp_path: Path) -> None:
    given = put(tmp_path / "new", productions("甲,浆,在产,11,万吨/年,2024"))
    assert import_ledgers(store, given, accept_valid=True).rejects == ()
    kept = files(store)
    import_ledgers(tmp_path / "plain", [tmp_path / "base"])
    import_ledgers(tmp_path / "plain", given)
    assert ledger_files(files(tmp_path / "plain")) == ledger_files(kept)


def test_a_fault_in_a_kept_file_is_not_passed_over_for_a_given_one(store: Path, tmp_path: Path) -> None:
    before = files(store)
    without_pulp = put(tmp_path / "new", {"products.csv": "产品,类别,来源\n纸,中间品,s\n"})
    with pytest.raises(DataError):
        import_ledgers(store, without_pulp, accept_valid=True)
    assert files(store) == before


def test_when_every_row_is_at_fault_all_come_back(tmp_path: Path, store: Path) -> None:
    given = put(
        tmp_path / "new", {"产能.补.csv": HEADER + "丙丙,浆,在产,1,吨/年,2024,s\n甲,煤,在产,1,吨/年,2024,s\n"}
    )
    before = content(store)
    (refused,) = import_ledgers(store, given, accept_valid=True).rejects
    assert len(refused.rows) == 2
    assert content(store) == before


def test_a_title_with_its_unit_comes_back_with_it(store: Path, tmp_path: Path) -> None:
    text = "单位：万吨/年\n单位名称,产品,状态,产能,来源\n甲,浆,在建,7,s\n丁,浆,在建,8,s\n"
    (refused,) = import_ledgers(
        store, put(tmp_path / "new", {"产能.一.csv": text}), accept_valid=True
    ).rejects
    assert "产能（万吨/年）" in refused.header
    import_ledgers(store, handed_back(refused, tmp_path / "mended", "丁", "乙"))
    with open_store(store) as opened:
        said = [
            (q.subject.value.split("/production/")[1].split("/")[0], q.object.value.rpartition("/")[2])
            for q in opened.quads()
            if q.predicate.value == GY + "unit" and "/under-construction/" in q.subject.value
        ]
    assert sorted(said) == [("乙", "10kt-a"), ("乙", "10kt-a"), ("甲", "10kt-a")]


# ---------------------------------------------------------------- interrupted and killed

IMPORTER = """
import sys
from pathlib import Path
from kg.ledgers import import_ledgers
print("ready", flush=True)
sys.stdin.readline()
print("started", flush=True)
while True:
    for folder in sys.argv[2:]:
        import_ledgers(sys.argv[1], sorted(Path(folder).iterdir()))
        print(folder, flush=True)
"""


def importer(store: Path, *folders: Path) -> subprocess.Popen[str]:
    """Start a process that imports two folders in turn, on and on, once it is told to."""
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORTER, str(store), *map(str, folders)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "started\n"
    return process


@pytest.mark.parametrize(
    "stop", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=["kill", "interrupt", "terminate"]
)
def test_an_import_that_is_stopped_at_any_moment_leaves_the_old_graph_or_the_new(
    store: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    one, two = (
        productions("甲,浆,在产,11,万吨/年,2024"),
        productions("甲,浆,停产,,,2025", "乙,浆,规划,3,万吨/年,2031"),
    )
    put(tmp_path / "one", one)
    put(tmp_path / "two", two)
    whole: dict[str, tuple[str, bytes]] = {}
    for name in ("one", "two"):
        other = Path(shutil.copytree(store, tmp_path / f"whole-{name}"))
        import_ledgers(other, sorted((tmp_path / name).iterdir()))
        whole[name] = (content(other), files(other)["production.csv"])
    whole["base"] = (content(store), files(store)["production.csv"])
    moments = (0.0, 0.013, 0.031, 0.057, 0.083, 0.11)
    for delay in moments if stop == signal.SIGKILL else moments[::2]:
        process = importer(store, tmp_path / "one", tmp_path / "two")
        try:
            time.sleep(delay)
        finally:
            process.send_signal(stop)
            output, _ = process.communicate(timeout=60)
        assert process.returncode != 0
        kept = files(store)
        assert (content(store), kept["production.csv"]) in whole.values()
        if done := output.split():  # what was reported done is there, or what came after it
            assert (content(store), kept["production.csv"]) != whole["base"], done
        log = entries(kept)
        assert [entry.number for entry in log] == list(range(log[0].number, log[-1].number + 1))
    # The store goes on working: written once more, and undone again.
    before = content(store)
    import_ledgers(store, put(tmp_path / "last", productions("乙,纸,在产,4,万吨/年,2026")))
    undo(store)
    assert content(store) == before
