"""Reading and writing a local store, in a folder and in memory."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from kg.errors import InputError, QueryError, QueryRefused, QueryTimeout, StoreError
from kg.names import XSD
from kg.store import Literal, NamedNode, Quad, Store, memory_store, open_store

GRAPH_A = "https://example.org/source/a"
GRAPH_B = "https://example.org/source/b"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"


def labelled(graph: str, *names: str) -> list[Quad]:
    """One labelled thing a name."""
    return [
        Quad(
            NamedNode(f"https://example.org/id/{name}"),
            NamedNode(LABEL),
            Literal(name, language="zh"),
            NamedNode(graph),
        )
        for name in names
    ]


def names_in(store: Store) -> list[str]:
    rows = store.select(f"SELECT ?n WHERE {{ ?s <{LABEL}> ?n }}").values()
    return sorted(str(row[0]) for row in rows)


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    place = ":memory:" if request.param == "memory" else tmp_path / "store"
    with open_store(place, create=True, writable=True) as opened:
        yield opened


def test_new_store_is_empty(store: Store) -> None:
    assert store.size() == 0
    assert store.graphs() == ()
    assert store.quads() == []
    assert dict(store.files()) == {}
    assert store.select("SELECT * { ?s ?p ?o }").rows == []


def test_replace_replaces_its_graphs_and_keeps_the_others(store: Store) -> None:
    store.replace({GRAPH_A: labelled(GRAPH_A, "甲", "乙"), GRAPH_B: labelled(GRAPH_B, "丙")})
    store.replace({GRAPH_A: labelled(GRAPH_A, "丁")})
    assert names_in(store) == ["丁", "丙"]
    assert store.graphs() == (GRAPH_A, GRAPH_B)
    assert store.quads(GRAPH_B) == labelled(GRAPH_B, "丙")
    assert store.size() == 2


def test_replace_takes_any_iterable_and_puts_it_into_the_named_graph(store: Store) -> None:
    store.replace({GRAPH_B: iter(labelled(GRAPH_A, "甲"))})
    assert store.quads() == labelled(GRAPH_B, "甲")


def test_drop_removes_a_graph_and_an_empty_graph_is_no_graph(store: Store) -> None:
    store.replace({GRAPH_A: labelled(GRAPH_A, "甲"), GRAPH_B: labelled(GRAPH_B, "乙")})
    store.replace({}, drop=[GRAPH_A])
    assert store.graphs() == (GRAPH_B,)
    store.replace({GRAPH_B: []})
    assert store.graphs() == ()


def test_a_failing_import_changes_nothing(store: Store) -> None:
    store.replace({GRAPH_A: labelled(GRAPH_A, "甲")}, files={"a.csv": b"1"})

    def half_a_file() -> object:
        yield from labelled(GRAPH_A, "乙", "丙")
        raise InputError("input.rdf_format", file="x", value=".x")

    with pytest.raises(InputError):
        store.replace({GRAPH_A: half_a_file()}, files={"a.csv": b"2"})  # type: ignore[dict-item]
    assert names_in(store) == ["甲"]
    assert dict(store.files()) == {"a.csv": b"1"}
    store.replace({GRAPH_A: labelled(GRAPH_A, "丁")})
    assert names_in(store) == ["丁"]


def test_files_stay_with_their_generation(store: Store) -> None:
    store.rebuild(labelled(GRAPH_A, "甲"), {"supply.csv": "供应方\n".encode(), "curation/rows.csv": b""})
    store.replace({GRAPH_B: labelled(GRAPH_B, "乙")})
    assert list(store.files()) == ["curation/rows.csv", "supply.csv"] or store.location == ":memory:"
    assert store.files()["supply.csv"].decode() == "供应方\n"
    store.replace({}, files={"other.csv": b"x"})
    assert dict(store.files()) == {"other.csv": b"x"}
    assert store.size() == 2


@pytest.mark.parametrize("name", ["../outside.csv", "/etc/outside.csv", ""])
def test_files_stay_inside_the_store(tmp_path: Path, name: str) -> None:
    with open_store(tmp_path / "s", create=True, writable=True) as store:
        with pytest.raises(ValueError, match="not a path inside"):
            store.rebuild([], {name: b""})
        assert store.size() == 0


def test_rebuild_replaces_everything(store: Store) -> None:
    store.replace({GRAPH_A: labelled(GRAPH_A, "甲")}, files={"a.csv": b"1"})
    store.rebuild(labelled(GRAPH_B, "乙"), {})
    assert store.graphs() == (GRAPH_B,)
    assert dict(store.files()) == {}


def test_a_fact_without_a_graph_is_refused(store: Store) -> None:
    quad = Quad(NamedNode("https://example.org/x"), NamedNode(LABEL), Literal("x"))
    with pytest.raises(StoreError) as caught:
        store.rebuild([quad], {})
    assert caught.value.key == "store.default_graph"


@pytest.mark.parametrize("timeout", [None, 20.0])
def test_every_kind_of_query_answers_alike_in_and_out_of_process(store: Store, timeout: float | None) -> None:
    store.replace({GRAPH_A: labelled(GRAPH_A, "甲", "乙")})
    query = f"SELECT ?n ?none WHERE {{ ?s <{LABEL}> ?n }} ORDER BY ?n"
    answer = store.select(query, timeout)
    assert answer.variables == ("n", "none")
    assert answer.rows == [(Literal("乙", language="zh"), None), (Literal("甲", language="zh"), None)]
    assert store.ask(f"ASK {{ ?s <{LABEL}> '甲'@zh }}", timeout) is True
    assert store.ask(f"ASK {{ ?s <{LABEL}> '丙'@zh }}", timeout) is False
    triples = store.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", timeout)
    assert triples == sorted((quad.triple for quad in labelled(GRAPH_A, "甲", "乙")), key=str)


def test_values_are_plain_python(store: Store) -> None:
    query = (
        "PREFIX xsd: <"
        + XSD
        + "> SELECT (1 AS ?i) (1.50 AS ?d) (2.5e0 AS ?f) (true AS ?b) ('字'@zh AS ?s) (<a:b> AS ?u)"
        "('2021'^^xsd:gYear AS ?y) ('2021-05-01'^^xsd:date AS ?t) ('x'^^xsd:integer AS ?bad) (?none AS ?n) {}"
    )
    row = store.select(query).values()[0]
    assert row == (1, Decimal("1.5"), 2.5, True, "字", "a:b", "2021", "2021-05-01", "x", None)
    assert [type(value) for value in row[:4]] == [int, Decimal, float, bool]


@pytest.mark.parametrize("timeout", [None, 20.0])
@pytest.mark.parametrize(
    ("query", "line", "column", "near"),
    [
        ("SELECT ?s WHERE {\n  ?s ?p ?o .\n  ?s bad:name ?o }", 3, 14, "?o }"),
        ("SELECT ?n { '中文' 'x' }", 1, 18, "'x' }"),
        ("SELECT * { ?s ?p ?o ", 1, 21, ""),
    ],
)
def test_a_syntax_error_says_where(
    store: Store, query: str, line: int, column: int, near: str, timeout: float | None
) -> None:
    with pytest.raises(QueryError) as caught:
        store.select(query, timeout)
    error = caught.value
    # The engine points at the start of the token it cannot use, or one behind it, so the place is given ± one token.
    assert error.line == line
    assert abs((error.column or 0) - column) <= len("bad:name ") + 1
    assert error.exit_code == 2
    if not near:
        assert error.key == "query.syntax_end"


def test_an_unknown_prefix_is_named(store: Store) -> None:
    with pytest.raises(QueryError) as caught:
        store.select("SELECT * { ?s bad:name ?o }")
    assert "prefix" in str(caught.value.params["reason"]).lower()


@pytest.mark.parametrize("call", ["select", "ask", "construct"])
def test_a_query_of_another_kind_is_told_apart(store: Store, call: str) -> None:
    texts = {"select": "SELECT * {}", "ask": "ASK {}", "construct": "CONSTRUCT {} WHERE {}"}
    for kind, text in texts.items():
        if kind == call:
            getattr(store, call)(text)
        else:
            with pytest.raises(QueryError) as caught:
                getattr(store, call)(text)
            assert caught.value.key == "query.kind"


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:b> <a:c> 1 }",
        "# c\nPREFIX x: <http://x/>\ndelete where { ?s ?p ?o }",
        "DROP ALL",
        "LOAD <http://127.0.0.1:9/>",
    ],
)
def test_updates_are_refused_in_words(store: Store, update: str) -> None:
    for timeout in (None, 5.0):
        with pytest.raises(QueryRefused) as caught:
            store.select(update, timeout)
        assert caught.value.key == "query.update"


RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(8)) + " }"


def test_a_runaway_query_is_killed(store: Store) -> None:
    store.replace({GRAPH_A: labelled(GRAPH_A, *(f"物{i}" for i in range(200)))})
    with pytest.raises(QueryTimeout) as caught:
        store.select(RUNAWAY, timeout=0.7)
    assert caught.value.key == "query.timeout"
    assert caught.value.params["seconds"] == "0.7"
    assert len(names_in(store)) == 200


def test_a_query_that_eats_memory_is_killed(tmp_path: Path) -> None:
    with open_store(tmp_path / "s", create=True, writable=True, query_memory=700_000_000) as store:
        store.replace({GRAPH_A: labelled(GRAPH_A, *(f"物{i}" for i in range(2000)))})
        assert len(store.select("SELECT * { ?s ?p ?o }", timeout=60)) == 2000
        with pytest.raises(QueryTimeout) as caught:
            store.select("SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=120)
        assert caught.value.key == "query.memory"


def test_an_answer_too_large_for_its_reader_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path / "s", create=True, writable=True, query_memory=400_000_000) as store:
        store.replace({GRAPH_A: labelled(GRAPH_A, *(f"物{i}" for i in range(600)))})
        with pytest.raises(QueryTimeout) as caught:
            store.select("SELECT * { ?a ?b ?c . ?d ?e ?f }", timeout=120)
        assert caught.value.key == "query.memory"


@pytest.mark.skipif(not hasattr(signal, "alarm"), reason="the system has no alarm clock")
def test_a_query_whose_caller_was_killed_ends_by_itself(tmp_path: Path) -> None:
    place = tmp_path / "s"
    with open_store(place, create=True, writable=True) as store:
        store.replace({GRAPH_A: labelled(GRAPH_A, *(f"物{i}" for i in range(200)))})
    caller = (
        "import sys; from kg.store import worker, open_store; worker.sys.executable = sys.argv[2]\n"
        "open_store(sys.argv[1]).select(sys.argv[3], 1.5)"
    )
    # The worker's interpreter goes by a name of its own, so that its process can be told from every other.
    named = tmp_path / "python-of-this-test"
    named.write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/pid"\nexec {sys.executable} "$@"\n')
    named.chmod(0o755)
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", caller, str(place), str(named), RUNAWAY],
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    process.kill()
    process.wait()
    pid = int((tmp_path / "pid").read_text())
    while time.monotonic() < deadline:
        try:
            # A process that has ended stays a zombie until somebody asks for it; its command line is then empty.
            if not Path(f"/proc/{pid}/cmdline").read_bytes():
                return
        except OSError:
            return
        time.sleep(0.1)
    raise AssertionError("the worker outlived its caller and its time")


def test_a_query_is_asked_of_the_graphs_it_names(store: Store) -> None:
    store.replace({GRAPH_A: labelled(GRAPH_A, "甲", "乙"), GRAPH_B: labelled(GRAPH_B, "丙")})
    for timeout in (None, 20.0):
        found = store.select(f"SELECT ?n FROM <{GRAPH_B}> {{ ?s <{LABEL}> ?n }}", timeout)
        assert found.values() == [("丙",)]
        assert not store.ask(f"ASK FROM <https://example.org/none> {{ ?s <{LABEL}> ?n }}", timeout)
        assert store.ask(f"ASK FROM NAMED <{GRAPH_A}> {{ GRAPH ?g {{ ?s <{LABEL}> '甲'@zh }} }}", timeout)
        assert len(store.select(f"SELECT ?from {{ ?from <{LABEL}> ?n }} # FROM <x>", timeout).rows) == 3


def test_dataset_answers_the_same(store: Store) -> None:
    store.replace({GRAPH_A: labelled(GRAPH_A, "甲", "乙"), GRAPH_B: labelled(GRAPH_B, "丙")})
    query = f"SELECT ?s ?n ?g WHERE {{ GRAPH ?g {{ ?s <{LABEL}> ?n }} }}"
    ours = {tuple(map(str, row)) for row in store.select(query).values()}
    dataset = store.dataset()
    assert {tuple(str(term) for term in row) for row in dataset.query(query)} == ours
    union = f"SELECT ?n WHERE {{ ?s <{LABEL}> ?n }}"
    assert sorted(str(row[0]) for row in dataset.query(union)) == names_in(store)
    assert {str(graph.identifier) for graph in dataset.graphs()} >= {GRAPH_A, GRAPH_B}


def test_dataset_is_for_reading(store: Store) -> None:
    from rdflib import URIRef

    dataset = store.dataset()
    with pytest.raises(TypeError, match="for reading"):
        dataset.graph(URIRef("a:g")).add((URIRef("a:b"), URIRef("a:c"), URIRef("a:d")))
    with pytest.raises(TypeError, match="for reading"):
        dataset.update("INSERT DATA { <a:b> <a:c> <a:d> }")
    assert store.size() == 0


def test_load_replaces_the_graphs_of_the_file(store: Store, tmp_path: Path) -> None:
    store.replace({GRAPH_A: labelled(GRAPH_A, "甲"), GRAPH_B: labelled(GRAPH_B, "乙")})
    path = tmp_path / "new.trig"
    path.write_text(f"<{GRAPH_A}> {{ <a:b> <{LABEL}> '丙' }}", encoding="utf-8")
    store.load(path)
    assert names_in(store) == ["丙", "乙"]
    turtle = tmp_path / "plain.ttl"
    turtle.write_text(f"<a:b> <{LABEL}> '丁' .", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        store.load(turtle)
    assert caught.value.key == "input.rdf_graph"
    store.load(turtle, graph=GRAPH_B)
    assert names_in(store) == ["丁", "丙"]


def test_a_broken_file_is_reported_with_its_line(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "broken.trig"
    path.write_text("<a:g> {\n  <a:b> <a:c> <a:d> .\n  <a:b> wrong .\n}", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        store.load(path)
    assert (caught.value.file, caught.value.row) == (str(path), 3)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("name", "key"), [("x.xyz", "input.rdf_format"), ("absent.trig", "input.unreadable")]
)
def test_files_that_are_no_rdf_or_not_there(store: Store, tmp_path: Path, name: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        store.load(tmp_path / name)
    assert caught.value.key == key


@pytest.mark.parametrize("form", ["trig", "nquads"])
def test_dump_is_the_same_whatever_the_order_of_writing(tmp_path: Path, form: str) -> None:
    quads = labelled(GRAPH_A, *"丙甲乙") + labelled(GRAPH_B, "甲")
    first, second = memory_store(quads), memory_store(reversed(quads))
    one, two = io.BytesIO(), tmp_path / "two"
    first.dump(one, form)  # type: ignore[arg-type]
    second.dump(two, form)  # type: ignore[arg-type]
    assert one.getvalue() == two.read_bytes()
    assert b"\r" not in one.getvalue()


def test_dump_to_a_place_that_is_not_there(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        store.dump(tmp_path / "no" / "such" / "folder.trig")
    assert caught.value.key == "store.unwritable"


def test_backup_is_a_store_of_its_own(store: Store, tmp_path: Path) -> None:
    store.rebuild(labelled(GRAPH_A, "甲"), {"a.csv": b"1"})
    store.backup(tmp_path / "copy")
    store.rebuild([], {})
    with open_store(tmp_path / "copy") as copy:
        assert names_in(copy) == ["甲"]
        assert dict(copy.files()) == {"a.csv": b"1"}
    with pytest.raises(StoreError) as caught:
        store.backup(tmp_path / "copy")
    assert caught.value.key == "store.exists"


def test_manifest_says_format_and_maker(tmp_path: Path) -> None:
    with open_store(tmp_path / "s", create=True, writable=True) as store:
        store.replace({GRAPH_A: labelled(GRAPH_A, "甲")})
    manifest = json.loads((tmp_path / "s" / "store.json").read_text(encoding="utf-8"))
    assert manifest["format"] == 1
    assert manifest["generation"] == "0001"
    assert re.fullmatch(r"gongyue \d+\.\d+\.\d+.*", manifest["created_by"])
