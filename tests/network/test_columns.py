"""The network read from kept columns, which is the network read by queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.ledgers import build, collect
from kg.names import GY, ID, SKOS, SOURCE
from kg.network import load
from kg.store import generations, local, memory_store, open_store
from kg.store.terms import Literal, NamedNode, Quad
from tests.small_city import network_of, small_city, store_of

YUNXI = Path(__file__).resolve().parent.parent / "cities" / "yunxi"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generations, "COLUMNS_FROM_QUADS", 1)
    monkeypatch.setattr(local, "COLUMNS_FROM_BYTES", 1)


def in_folder(quads: list[Quad], folder: Path):
    with open_store(folder, create=True, writable=True) as store:
        store.rebuild(quads, {})
    return open_store(folder)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("as_of", "evidence"), [(None, "e5"), ("2024-12", "e5"), (None, "e3"), ("1999", "e6")]
)
def test_a_city_from_columns_is_the_city_by_queries(as_of, evidence: str, tmp_path: Path) -> None:
    quads = build(collect([YUNXI])).quads
    expected = load(memory_store(quads), as_of, evidence)
    with in_folder(quads, tmp_path / "s") as store:
        assert store.columns() is not None
        found = load(store, as_of, evidence)
    assert found == expected
    # Keys stand in sorted order either way.
    assert [
        list(getattr(found, name))
        for name in ("names", "organizations", "broader", "product_kinds", "routes")
    ] == [
        list(getattr(expected, name))
        for name in ("names", "organizations", "broader", "product_kinds", "routes")
    ]


@pytest.mark.usefixtures("kept")
def test_contradictions_are_read_alike_whatever_their_order(tmp_path: Path) -> None:
    """One statement in two sources that differ in a value: the first in order of text, in every store."""
    text = """
    source t 2020 E3
    production 甲 浆 在产 10 万吨/年 2024 @s;t
    recipe 浆 化学 木 必需 2
    """
    quads = store_of(small_city(text)).quads()
    fact = next(q.subject for q in quads if q.predicate.value == GY + "producer")
    recipe = next(q.subject for q in quads if q.predicate.value == GY + "hasInput")
    other, graph = NamedNode(ID + "product/木屑"), NamedNode(SOURCE + "t")
    quads += [
        Quad(fact, NamedNode(GY + "capacity"), Literal("9"), graph),
        Quad(
            NamedNode(ID + "organization/甲"),
            NamedNode(SKOS + "prefLabel"),
            Literal("甲厂", language="zh"),
            graph,
        ),
        Quad(
            NamedNode(ID + "organization/甲"),
            NamedNode(SKOS + "prefLabel"),
            Literal("Usine", language="fr"),
            graph,
        ),
        # Only half of a recipe stands in this source: it says nothing.
        Quad(recipe, NamedNode(GY + "hasInput"), other, graph),
    ]
    networks = [load(memory_store(order)) for order in (quads, quads[::-1])]
    for number, order in enumerate((quads, quads[::-1])):
        with in_folder(order, tmp_path / str(number)) as store:
            networks.append(load(store))
    assert networks[0] == networks[1] == networks[2] == networks[3]
    assert str(networks[0].production[0].capacity) == "10"
    assert [len(route.inputs) for route in networks[0].routes[ID + "product/浆"]] == [1]


def test_a_thing_named_in_a_third_language_only() -> None:
    node, graph = NamedNode("urn:thing"), NamedNode(SOURCE + "s")
    store = memory_store([Quad(node, NamedNode(SKOS + "prefLabel"), Literal("Usine", language="fr"), graph)])
    assert (load(store).thing("urn:thing").zh, load(store).thing("urn:thing").en) == ("Usine", "Usine")


@pytest.mark.parametrize(
    ("park", "places"),
    [("大园", ["上县"]), ("中园", ["上县"]), ("小园", ["上县"]), ("飞地", ["下县"]), ("环一", [])],
)
def test_who_is_in_a_park_inside_a_park_is_in_the_upper_parks_county(park: str, places: list[str]) -> None:
    def quad(thing: str, name: str, value: str) -> Quad:
        return Quad(
            NamedNode(ID + thing), NamedNode(GY + name), NamedNode(ID + value), NamedNode(SOURCE + "s")
        )

    quads = [
        *store_of(small_city("organization 甲 本地")).quads(),
        quad("park/大园", "inPlace", "place/上县"),
        quad("park/中园", "partOfPark", "park/大园"),
        quad("park/小园", "partOfPark", "park/中园"),
        quad("park/飞地", "inPlace", "place/下县"),
        quad("park/飞地", "partOfPark", "park/大园"),
        quad("park/环一", "partOfPark", "park/环二"),
        quad("park/环二", "partOfPark", "park/环一"),
        quad("organization/甲", "inPark", f"park/{park}"),
    ]
    own = load(memory_store(quads)).organizations[ID + "organization/甲"]
    assert own.places == tuple(f"{ID}place/{place}" for place in places)


def test_the_collector_runs_again_after_loading() -> None:
    import gc

    assert gc.isenabled()
    network_of("organization 甲 本地")
    assert gc.isenabled()
