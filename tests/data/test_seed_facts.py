"""Every figure and every measure of the two articles is in the graph, in the named graph of its article.

``seed_facts.csv`` lists them; each is asked for by SPARQL, as a reader would.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.labels import concept
from kg.ledgers.values import decimal, period
from kg.store import Literal, Store, open_store

with Path(__file__).with_name("seed_facts.csv").open(encoding="utf-8", newline="") as stream:
    FACTS = list(csv.DictReader(stream))
HEAD = """
PREFIX gy: <https://w3id.org/gongyue/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
ASK { GRAPH ?g { ?g dcterms:identifier %(article)s . %(pattern)s } %(outside)s }
"""
PATTERNS = {
    "indicators": "?f a gy:Observation ; gy:about ?thing ; gy:indicator ?indicator ; gy:value %(value)s ; gy:unit %(unit)s ;"
    " gy:valueKind %(kind)s . %(period)s",
    "mechanisms": "?thing a gy:Mechanism ; dcterms:description ?text .",
    "policies": "?thing a gy:Policy .",
    "plan_listings": "?f a gy:PlanListing ; gy:project ?thing ; gy:planList %(indicator)s ; gy:planYear ?year ."
    " FILTER (STR(?year) = %(year)s)",
    "project_events": "?f a gy:StageEvent ; gy:project ?thing ; gy:projectStage %(stage)s ; gy:valueKind %(kind)s ;"
    " gy:asOf ?date . FILTER (STR(?date) = %(year)s)",
}


@pytest.fixture(scope="module")
def graph(city: Path) -> Iterator[Store]:
    with open_store(city) as opened:
        yield opened


def term(scheme: str, word: str) -> str:
    return f"<{concept(scheme, word)}>"


def query(fact: dict[str, str]) -> str:
    """The question whether the article says the fact."""
    ledger = fact["ledger"]
    said = {"indicator": str(Literal(fact["predicate_or_indicator"])), "year": str(Literal(fact["period"]))}
    outside = f"?thing skos:prefLabel|skos:altLabel ?name . FILTER (STR(?name) = {Literal(fact['subject'])})"
    if ledger == "indicators":
        said["value"] = str(decimal(fact["value"]))
        said["unit"] = term("unit", fact["unit"])
        outside += f" ?indicator skos:prefLabel ?label . FILTER (STR(?label) = {Literal(fact['predicate_or_indicator'])})"
        written = Literal(period(fact["period"])[0]) if fact["period"] else ""
        said["period"] = (
            f"?f gy:period {written} ." if fact["period"] else "FILTER NOT EXISTS { ?f gy:period ?any }"
        )
    if ledger == "project_events":
        said["stage"] = term("project-stage", fact["predicate_or_indicator"])
    if fact["kind"]:
        said["kind"] = term("value-kind", fact["kind"])
    return HEAD % {
        "article": Literal(fact["article"]),
        "pattern": PATTERNS[ledger] % said,
        "outside": outside,
    }


@pytest.mark.parametrize("fact", FACTS, ids=[f"{fact['article']}-{fact['fact']}" for fact in FACTS])
def test_the_article_says_it_in_its_graph(graph: Store, fact: dict[str, str]) -> None:
    assert graph.ask(query(fact)), query(fact)


def test_the_list_covers_both_articles() -> None:
    assert {fact["article"] for fact in FACTS} == {"seed-2022", "seed-2024"}
    assert len({tuple(fact.values()) for fact in FACTS}) == len(FACTS) > 100


@pytest.mark.parametrize(
    ("article", "values"),
    [
        (
            "seed-2022",
            ["600", "341", "259", "45", "101", "36", "10", "13", "300", "50", "500", "5", "7", "12"],
        ),
        (
            "seed-2024",
            ["405", "245.2", "17", "90.1", "40", "367", "3.57", "19", "95", "50", "32", "194.3", "23", "98"],
        ),
    ],
)
def test_the_figures_of_the_articles_are_on_the_list(article: str, values: list[str]) -> None:
    assert set(values) <= {fact["value"] for fact in FACTS if fact["article"] == article}


def test_a_figure_that_no_article_gives_is_not_found(graph: Store) -> None:
    fact = next(fact for fact in FACTS if fact["value"] == "600")
    assert not graph.ask(query(fact | {"value": "601"}))
    assert not graph.ask(query(fact | {"article": "seed-2024"}))
    assert not graph.ask(query(fact | {"kind": "实际"}))
