"""The catalogue as a whole: its form, its reach, and that any SPARQL tool runs it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.labels import UnknownConcept, label, words
from kg.names import GY, SCHEME
from kg.queries import Catalogue, NameIndex, Query, run
from kg.queries.catalogue import FOLDER
from kg.settings import data_path
from kg.store import Store, memory_store, open_store
from kg.store.tokens import significant

if TYPE_CHECKING:
    from conftest import City

CATALOGUE = Catalogue.load()
queries = pytest.mark.parametrize("query", list(CATALOGUE), ids=lambda query: query.id)


def test_there_are_questions_enough() -> None:
    assert len(CATALOGUE) >= 25


@queries
def test_it_is_sparql_and_yields_the_columns_it_describes(query: Query) -> None:
    solutions = memory_store([]).select(query.text)
    assert solutions.variables == tuple(column.name for column in query.columns)


@queries
def test_its_words_are_there(query: Query) -> None:
    for texts in [query.title, query.question, *(part.title for part in (*query.params, *query.columns))]:
        assert re.search("[\u4e00-\u9fff]", texts["zh"])
        assert texts["en"].isascii()
    assert query.question["zh"].endswith("？")
    assert query.question["en"].endswith("?")
    assert query.tags
    assert len({column.title["zh"] for column in query.columns}) == len(query.columns)


@queries
def test_it_names_ledgers_and_schemes_that_exist(query: Query) -> None:
    known = {path.stem for path in (data_path("ontology") / "ledgers").glob("*.json")}
    assert {need.partition(".")[0] for need in query.needs} <= known
    assert not set(query.absent) & known
    for parameter in query.params:
        if parameter.scheme:
            assert words(parameter.scheme, "zh")


@queries
def test_its_terms_are_defined(query: Query) -> None:
    prefixes = dict(re.findall(r"PREFIX (\w*): <([^>]*)>", query.text))
    for token in significant(query.text):
        if token.kind != "name":
            continue
        prefix, _, local = token.text.partition(":")
        namespace = prefixes[prefix]
        if local and namespace.startswith((GY, SCHEME)):
            try:
                label(namespace + local, "zh")
            except UnknownConcept:
                pytest.fail(f"{token.text} is not in the ontology")


@queries
def test_it_keeps_to_the_house_rules(query: Query) -> None:
    text = " ".join(token.text.upper() for token in significant(query.text))
    # NOT EXISTS with a join inside runs for seconds where MINUS runs for milliseconds.
    assert "NOT EXISTS" not in text
    assert "SERVICE" not in text
    assert "ORDER BY" in text, "rows must come in one order"
    for name in re.findall(r"COUNT \( (\S+)", text):
        assert name in ("DISTINCT", "*")
    if any(column.kind == "source" for column in query.columns):
        assert "GRAPH" in text


@queries
def test_rows_come_in_one_order(query: Query) -> None:
    # Sorting by every column leaves no room for the engine's mood.
    tail = query.text.rpartition("ORDER BY")[2]
    assert {column.name for column in query.columns} == set(re.findall(r"\?(\w+)", tail))


def test_a_parameter_means_the_same_everywhere() -> None:
    kinds: dict[str, set[str]] = {}
    for query in CATALOGUE:
        for parameter in query.params:
            kinds.setdefault(parameter.name, set()).add(parameter.type)
    assert all(len(found) == 1 for found in kinds.values()), kinds
    assert kinds["asOf"] == {"date"}


@pytest.fixture(scope="module")
def server(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The shipped city behind a real SPARQL endpoint."""
    dump = tmp_path_factory.mktemp("endpoint") / "city.nq"
    store.dump(dump, "nquads")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    oxigraph = str(Path(sys.executable).with_name("oxigraph"))
    folder = str(dump.with_suffix(".db"))
    subprocess.run(
        [oxigraph, "load", "--location", folder, "--file", str(dump)], check=True, capture_output=True
    )
    command = [oxigraph, "serve-read-only", "--location", folder, "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield open_store(f"http://127.0.0.1:{port}/query")
    finally:
        process.kill()
        process.wait()


@queries
def test_an_endpoint_answers_the_same(
    query: Query, store: Store, server: Store, index: NameIndex, city: City
) -> None:
    args = {p.name: city.argument(p.name) for p in query.params if p.required}
    assert run(server, query, args, "zh", index=index) == run(store, query, args, "zh", index=index)


def test_every_file_of_the_folder_is_a_query_or_nothing() -> None:
    assert {path.suffix for path in FOLDER.iterdir()} == {".rq"}
