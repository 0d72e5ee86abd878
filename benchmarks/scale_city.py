"""A made-up city of any size straight into a store, past the ledgers: the same number gives the same quads.

100,000 firms make about 500,000 deliveries, 2,000 products and 200 anchors. Each firm has a home anchor: to it, or to
firms with the same home, go most of its deliveries, of products that it makes. One product in twelve has no maker, so
that the chains have gaps.

Run: python benchmarks/scale_city.py FIRMS FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np

from kg.names import DCTERMS, GY, ID, RDF_TYPE, SCHEME, SKOS, SOURCE, XSD
from kg.store import open_store
from kg.store.terms import Literal, NamedNode, Quad

SOURCES = 100
STATUSES = ("in-production", "in-production", "in-production", "under-construction", "planned")
POSITIONS = ("upstream", "midstream", "midstream", "downstream")
UNMADE = 12  # one product in so many
TO_ANCHORS, TO_HOME, INSIDE = 0.25, 0.8, 0.85


def _node(kind: str, *names: object) -> NamedNode:
    return NamedNode(ID + "/".join((kind, *map(str, names))))


def _gy(*names: str) -> list[NamedNode]:
    return [NamedNode(GY + name) for name in names]


def _concept(scheme: str, slug: str) -> NamedNode:
    return NamedNode(f"{SCHEME}{scheme}/{slug}")


TYPE, LABEL = NamedNode(RDF_TYPE), NamedNode(SKOS + "prefLabel")
YEARS = [Literal(str(year), datatype=NamedNode(XSD + "gYear")) for year in range(2015, 2027)]
FACTS = [NamedNode(f"{SOURCE}s-{number:03d}") for number in range(SOURCES)]


def city_quads(firms: int, seed: int = 1) -> Iterator[Quad]:
    """Yield the quads of a city with ``firms`` firms."""
    rng = np.random.default_rng(seed)
    products, anchors, chains = max(24, firms // 50), max(2, firms // 500), max(2, firms // 5000)
    firm = [_node("organization", f"企业{number:07d}有限公司") for number in range(firms)]
    product = [_node("product", f"产品{number:06d}") for number in range(products)]
    chain = [_node("chain", f"产业链{number:03d}") for number in range(chains)]
    yield from _sources()
    yield from _things(firm, product, chain)
    yield from _recipes(rng, product)
    yield from _stages(rng, product, chain)
    class_, (who, where, role) = NamedNode(GY + "ChainParticipation"), _gy("participant", "chain", "role")
    for number in range(anchors):
        graph, node = FACTS[number % SOURCES], _node("participation", number)
        yield Quad(node, TYPE, class_, graph)
        yield Quad(node, who, firm[number], graph)
        yield Quad(node, where, chain[number % chains], graph)
        yield Quad(node, role, _concept("role", "anchor"), graph)
    made = _made(rng, firms, products)
    yield from _production(made, firm, product)
    yield from _supply(rng, made, firm, product, anchors)


def _made(rng: np.random.Generator, firms: int, products: int) -> list[list[int]]:
    """What each firm makes: one or two products, some made by many firms and some by few."""
    popularity = rng.permutation(1 / np.arange(1, products + 1) ** 0.6)
    popularity[UNMADE - 1 :: UNMADE] = 0.0
    drawn = rng.choice(products, size=firms + firms // 5, p=popularity / popularity.sum())
    made: list[list[int]] = [[int(first)] for first in drawn[:firms]]
    for number, second in enumerate(drawn[firms:]):
        if int(second) not in made[number * 5]:
            made[number * 5].append(int(second))
    return made


def _sources() -> Iterator[Quad]:
    class_, level = NamedNode(GY + "Source"), NamedNode(GY + "evidenceLevel")
    for number, graph in enumerate(FACTS):
        issued = Literal(f"20{20 + number % 6}-0{1 + number % 9}-15", datatype=NamedNode(XSD + "date"))
        yield Quad(graph, TYPE, class_, graph)
        yield Quad(graph, NamedNode(DCTERMS + "identifier"), Literal(f"s-{number:03d}"), graph)
        yield Quad(graph, NamedNode(DCTERMS + "title"), Literal(f"资料{number:03d}"), graph)
        yield Quad(graph, NamedNode(DCTERMS + "issued"), issued, graph)
        yield Quad(graph, level, _concept("evidence-level", f"e{2 + number % 4}"), graph)


def _things(firm: list[NamedNode], product: list[NamedNode], chain: list[NamedNode]) -> Iterator[Quad]:
    enterprise, park, kind_of, list_ = _gy("Enterprise", "Product", "productKind", "Chain")
    locality, in_park, version = _gy("locality", "inPark", "listVersion")
    for number, node in enumerate(firm):
        graph = FACTS[number * 7 % SOURCES]
        yield Quad(node, TYPE, enterprise, graph)
        yield Quad(node, LABEL, Literal(node.value.rpartition("/")[2], language="zh"), graph)
        where = "outside" if number % 10 == 9 else "local"
        yield Quad(node, locality, _concept("locality", where), graph)
        yield Quad(node, in_park, _node("park", f"园区{number % 97:02d}"), graph)
    for number, node in enumerate(product):
        graph = FACTS[number * 3 % SOURCES]
        kind = "raw" if number < len(product) // 20 else "intermediate"
        yield Quad(node, TYPE, park, graph)
        yield Quad(node, LABEL, Literal(node.value.rpartition("/")[2], language="zh"), graph)
        yield Quad(node, kind_of, _concept("product-kind", kind), graph)
    for node in chain:
        yield Quad(node, TYPE, list_, FACTS[1])
        yield Quad(node, LABEL, Literal(node.value.rpartition("/")[2], language="zh"), FACTS[1])
        yield Quad(node, version, Literal("2025"), FACTS[1])


def _recipes(rng: np.random.Generator, product: list[NamedNode]) -> Iterator[Quad]:
    """One route or two a product, each with up to three inputs from a little further upstream."""
    recipe, part, output, route, has = _gy("Recipe", "RecipeInput", "output", "route", "hasInput")
    of, requirement, coefficient = _gy("input", "requirement", "coefficient")
    half = Literal("0.5", datatype=NamedNode(XSD + "decimal"))
    reach = max(20, len(product) // 10)
    graph = FACTS[0]
    for number in range(len(product) // 20, len(product)):
        for way in range(1 + int(rng.random() < 0.3)):
            node = _node("recipe", number, way)
            yield Quad(node, TYPE, recipe, graph)
            yield Quad(node, output, product[number], graph)
            yield Quad(node, route, Literal(f"路线{way + 1}"), graph)
            for below in sorted({max(0, number - 1 - int(step)) for step in rng.integers(reach, size=3)}):
                own = _node("recipe", number, way, below)
                yield Quad(node, has, own, graph)
                yield Quad(own, TYPE, part, graph)
                yield Quad(own, of, product[below], graph)
                yield Quad(own, requirement, _concept("requirement", "required"), graph)
                yield Quad(own, coefficient, half, graph)


def _stages(rng: np.random.Generator, product: list[NamedNode], chain: list[NamedNode]) -> Iterator[Quad]:
    stage, of, rank, position, holds = _gy("Stage", "stageOf", "stageOrder", "position", "stageProduct")
    for number, own in enumerate(chain):
        for order, name in enumerate(POSITIONS, start=1):
            node = _node("stage", number, order)
            yield Quad(node, TYPE, stage, FACTS[1])
            yield Quad(node, of, own, FACTS[1])
            yield Quad(node, rank, Literal(str(order), datatype=NamedNode(XSD + "integer")), FACTS[1])
            yield Quad(node, position, _concept("chain-position", name), FACTS[1])
            for picked in sorted({int(i) for i in rng.integers(len(product), size=8)}):
                yield Quad(node, holds, product[picked], FACTS[1])


def _production(made: list[list[int]], firm: list[NamedNode], product: list[NamedNode]) -> Iterator[Quad]:
    class_, who, what, state, amount, unit, date = _gy(
        "Production", "producer", "product", "status", "capacity", "unit", "asOf"
    )
    states = [_concept("production-status", state) for state in STATUSES]
    tonnes = _concept("unit", "10kt-a")
    amounts = [Literal(f"{n}", datatype=NamedNode(XSD + "decimal")) for n in range(1, 51)]
    numbers = count()
    for own, goods in zip(firm, made, strict=True):
        for one in goods:
            number = next(numbers)
            graph = FACTS[number % SOURCES]
            node = _node("production", own.value.rpartition("/")[2], one, number)
            yield Quad(node, TYPE, class_, graph)
            yield Quad(node, who, own, graph)
            yield Quad(node, what, product[one], graph)
            yield Quad(node, state, states[number % 5], graph)
            yield Quad(node, amount, amounts[number % 50], graph)
            yield Quad(node, unit, tonnes, graph)
            yield Quad(node, date, YEARS[number % 11], graph)


def _supply(
    rng: np.random.Generator,
    made: list[list[int]],
    firm: list[NamedNode],
    product: list[NamedNode],
    anchors: int,
) -> Iterator[Quad]:
    """About five deliveries a firm: a quarter to anchors, the rest to firms, mostly to those with the same home."""
    class_, seller, buyer, what, kind, date = _gy(
        "SupplyRelation", "supplier", "buyer", "product", "supplyKind", "asOf"
    )
    goods_kind = _concept("supply-kind", "goods")
    firms = len(firm)
    members = [range(home, firms, anchors) for home in range(anchors)]
    for number in range(firms):
        home, seen = number % anchors, set()
        draws = rng.random((5, 4))
        for to_anchor, to_home, who, which in draws:
            if to_anchor < TO_ANCHORS:
                to = home if to_home < TO_HOME else int(who * anchors)
            else:
                own = members[home] if to_home < INSIDE else range(firms)
                to = own[int(who * len(own))]
            one = made[number][int(which * len(made[number]))]
            if to == number or (to, one) in seen:
                continue
            seen.add((to, one))
            graph = FACTS[(number + to) % SOURCES]
            node = _node(
                "supply", firm[number].value.rpartition("/")[2], firm[to].value.rpartition("/")[2], one
            )
            yield Quad(node, TYPE, class_, graph)
            yield Quad(node, seller, firm[number], graph)
            yield Quad(node, buyer, firm[to], graph)
            yield Quad(node, what, product[one], graph)
            yield Quad(node, kind, goods_kind, graph)
            yield Quad(node, date, YEARS[5 + (number + to) % 6], graph)


def write_store(firms: int, folder: Path) -> None:
    """Write the city into a new store."""
    with open_store(folder, create=True, writable=True) as store:
        store.rebuild(city_quads(firms), {})


if __name__ == "__main__":
    write_store(int(sys.argv[1]), Path(sys.argv[2]))
