"""The derived shortcut: which recorded supplies make it, where it stands, and that it is derived once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kg.ledgers import import_ledgers
from kg.names import DERIVED_GRAPH, GY, ID, RDF_TYPE, SCHEME
from kg.rules import derive
from kg.store import open_store
from kg.store.terms import NamedNode, Quad
from tests.small_city import small_city

KIND = f"{SCHEME}supply-kind/"


def node(name: str) -> NamedNode:
    return NamedNode(name if ":" in name else f"urn:{name}")


def said(graph: str, *facts: tuple[str, str, str]) -> list[Quad]:
    return [Quad(node(s), node(p), node(o), node(graph)) for s, p, o in facts]


def supply(fact: str, supplier: str, buyer: str, kind: str, graph: str = "g") -> list[Quad]:
    return said(
        graph,
        (fact, RDF_TYPE, GY + "SupplyRelation"),
        (fact, GY + "supplier", supplier),
        (fact, GY + "buyer", buyer),
        (fact, GY + "supplyKind", KIND + kind),
    )


def pairs(quads: list[Quad]) -> list[tuple[str, str]]:
    derived = derive(quads)
    assert {quad.graph_name for quad in derived} <= {NamedNode(DERIVED_GRAPH)}
    assert {quad.predicate for quad in derived} <= {NamedNode(GY + "suppliesTo")}
    return [(quad.subject.value[4:], quad.object.value[4:]) for quad in derived]


@pytest.mark.parametrize(
    ("kind", "derived"),
    [
        ("goods", True),
        ("energy", True),
        ("technology", False),
        ("engineering", False),
        ("pilot", False),
        ("marketing", False),
        ("premises", False),
        ("equipment", False),
        ("anything", False),
    ],
)
def test_only_goods_and_energy_flow(kind: str, derived: bool) -> None:
    assert pairs(supply("f", "a", "b", kind)) == ([("a", "b")] if derived else [])


def test_what_a_firm_makes_for_itself_is_no_flow() -> None:
    assert pairs(supply("f", "a", "a", "goods")) == []


def test_the_direction_is_from_supplier_to_buyer_and_both_may_be() -> None:
    assert pairs(supply("f", "b", "a", "goods")) == [("b", "a")]
    assert pairs([*supply("f", "a", "b", "goods"), *supply("h", "b", "a", "energy")]) == [
        ("a", "b"),
        ("b", "a"),
    ]


def test_several_supplies_of_one_pair_and_several_sources_make_one_shortcut() -> None:
    quads = [
        *supply("f", "a", "b", "goods"),
        *supply("f", "a", "b", "goods", graph="other"),
        *supply("h", "a", "b", "energy"),
        *supply("i", "a", "b", "technology"),
    ]
    assert pairs(quads) == [("a", "b")]


def test_a_statement_may_be_spread_over_sources() -> None:
    whole = supply("f", "a", "b", "goods")
    spread = [Quad(q.subject, q.predicate, q.object, node(f"g{n}")) for n, q in enumerate(whole)]
    assert pairs(spread) == [("a", "b")]


@pytest.mark.parametrize("missing", ["supplier", "buyer", "supplyKind"])
def test_half_a_statement_derives_nothing(missing: str) -> None:
    assert pairs([q for q in supply("f", "a", "b", "goods") if q.predicate.value != GY + missing]) == []


def test_a_fact_of_another_class_derives_nothing() -> None:
    quads = [q for q in supply("f", "a", "b", "goods") if q.predicate.value != RDF_TYPE]
    assert pairs([*quads, *said("g", ("f", RDF_TYPE, GY + "Ownership"))]) == []


def test_nothing_gives_nothing() -> None:
    assert derive([]) == ()
    assert derive(iter([])) == ()


def test_the_order_of_facts_does_not_matter_and_deriving_again_adds_nothing() -> None:
    names = "abcdef"
    quads = [q for n, s in enumerate(names) for q in supply(f"f{n}", s, names[(n * 3 + 1) % 6], "goods")]
    first = derive(quads)
    shuffled = quads[:]
    random.Random(7).shuffle(shuffled)
    assert derive(shuffled) == first
    assert derive([*quads, *first]) == first
    # a→b, b→e, c→b, d→e, e→b, f→e: the second of each by (3n + 1) mod 6.
    assert pairs(quads) == [("a", "b"), ("b", "e"), ("c", "b"), ("d", "e"), ("e", "b"), ("f", "e")]


def test_ledgers_are_imported_with_what_follows_from_them(tmp_path: Path) -> None:
    files = small_city(
        """
        source t 2024 E3
        supply 甲 乙 料 货物 - @s;t
        supply 乙 丙 汽 能源
        supply 丙 甲 图纸 技术许可
        supply 丁 丁 料 货物
        """
    )
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    import_ledgers(tmp_path / "store", [tmp_path])
    with open_store(tmp_path / "store") as store:
        rows = store.select(f"SELECT ?s ?o ?g WHERE {{ GRAPH ?g {{ ?s <{GY}suppliesTo> ?o }} }}").texts()
    firm = f"{ID}organization/"
    assert sorted(rows) == [
        (firm + "乙", firm + "丙", DERIVED_GRAPH),
        (firm + "甲", firm + "乙", DERIVED_GRAPH),
    ]
