"""The shipped graph is what the shipped ledgers say: built anew, it is the same to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.ledgers import build, collect
from kg.store import read_quads, write_graph_files, write_nquads

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def quads() -> tuple:
    graph = build(collect([DATA / "ledgers" / "panjin"]))
    assert not graph.findings, [(finding.place(), finding.message("en")) for finding in graph.findings[:10]]
    return graph.quads


def test_the_files_are_what_the_ledgers_give(quads: tuple) -> None:
    expected = {name: text.encode() for name, text in write_graph_files(quads).items()}
    found = {path.name: path.read_bytes() for path in (DATA / "triples" / "panjin").iterdir()}
    assert sorted(found) == sorted(expected)
    assert [name for name in sorted(found) if found[name] != expected[name]] == []


def test_the_files_read_back_to_the_same_graph(quads: tuple) -> None:
    read = [
        quad for path in sorted((DATA / "triples" / "panjin").glob("*.trig")) for quad in read_quads(path)
    ]
    assert write_nquads(read) == write_nquads(quads)
