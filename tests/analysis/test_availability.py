"""The producible set, against the intersection of all closed sets, and what falls with a stop, against starting anew."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.availability import ROOT, Producible, find_producible
from kg.analysis.availability.recipe_clauses import Conditions, broader_of
from kg.analysis.demand import best_routes
from kg.analysis.presence import Presence, find_presence
from tests.recipe_network import ABS, as_strategy, recipe_network

VERSIONS = [Conditions("island"), Conditions("market"), Conditions("market", replaceable=True)]
ISLAND = Conditions("island")


def presence_of(*arguments, **options) -> Presence:
    return find_presence(recipe_network(*arguments, **options))


def abs_city() -> Presence:
    return presence_of(ABS, [(f"maker of {output}", output) for output, _ in ABS], raw=("crude", "gas"))


def of(recipes, makers, conditions=ISLAND, **options) -> Producible:
    return find_producible(presence_of(recipes, makers, **options), conditions)


def running(found: Producible) -> set[str]:
    return {product for _, product in found.running}


class Oracle:
    """The definition, tried on every subset of products: the least set that is closed under the rules."""

    def __init__(self, presence: Presence, conditions: Conditions) -> None:
        self.presence, self.conditions = presence, conditions
        self.products = sorted(presence.network.product_kinds)
        self.raw = {p for p, kind in presence.network.product_kinds.items() if kind == "raw"}
        self.home = {p for p in self.products if presence.made(p)}
        self.routes = {p: [route for route, _ in best_routes(presence, p)] for p in self.products}

    def had(self, made: set[str], removed: set[str]) -> set[str]:
        bought = set()
        if self.conditions.version == "market":
            bought = set(self.products) - (set() if self.conditions.replaceable else self.home)
        return (made | self.raw | bought) - removed

    def runs(self, product: str, had: set[str]) -> bool:
        own = {product, *broader_of(self.presence, product)}
        routes = self.routes[product]
        return not routes or any(
            all(part.product in had or part.product in own for part in route.inputs) for route in routes
        )

    def closed(self, made: set[str], stopped: set, removed: set[str]) -> bool:
        had = self.had(made, removed)
        for product in set(self.products) - removed - made:
            plants = [m.organization for m in self.presence.makers.get(product, ())]
            if any((firm, product) not in stopped for firm in plants) and self.runs(product, had):
                return False
            below = set(self.presence.narrower.get(product, ()))
            if below & (made | (self.raw - removed)):
                return False
        return True

    def made(self, stopped=(), removed=()) -> set[str]:
        gone = {n for product in removed for n in (product, *self.presence.narrower_of(product))}
        found = set(self.products) - gone
        for size in range(len(self.products) + 1):
            for chosen in combinations(sorted(set(self.products) - gone), size):
                if self.closed(set(chosen), set(stopped), gone):
                    found &= set(chosen)
        return found

    def plants(self, stopped=(), removed=()) -> set:
        gone = {n for product in removed for n in (product, *self.presence.narrower_of(product))}
        had = self.had(self.made(stopped, removed), gone)
        return {
            (maker.organization, product)
            for product, makers in self.presence.makers.items()
            for maker in makers
            if (maker.organization, product) not in set(stopped)
            and product not in gone
            and self.runs(product, had)
        }


@settings(max_examples=60, deadline=None)
@given(as_strategy(), st.sampled_from(VERSIONS))
def test_the_set_is_the_least_closed_one(city, conditions) -> None:
    presence = presence_of(**city)
    found, oracle = find_producible(presence, conditions), Oracle(presence, conditions)
    assert found.running == oracle.plants()
    assert found.available == oracle.had(oracle.made(), set())
    recorded = {(maker.organization, p) for p, makers in presence.makers.items() for maker in makers}
    assert {(maker.organization, maker.product) for maker in found.stalled} == recorded - found.running


@settings(max_examples=60, deadline=None)
@given(as_strategy(), st.sampled_from(VERSIONS), st.data())
def test_a_fall_is_what_starting_anew_without_it_lacks(city, conditions, data) -> None:
    presence = presence_of(**city)
    found, oracle = find_producible(presence, conditions), Oracle(presence, conditions)
    recorded = sorted((maker.organization, p) for p, makers in presence.makers.items() for maker in makers)
    stopped = data.draw(st.lists(st.sampled_from(recorded), unique=True)) if recorded else []
    removed = data.draw(st.lists(st.sampled_from(oracle.products), max_size=2, unique=True))
    fall = found.fall(stopped, removed)
    assert {(o.organization, o.product) for o in fall.outages} == found.running - oracle.plants(
        stopped, removed
    )
    gone = {n for product in removed for n in (product, *presence.narrower_of(product))}
    assert fall.lost == found.available - oracle.had(oracle.made(stopped, removed), gone)
    met = {product for _, product in stopped} | gone
    for outage in fall.outages:
        # Every path starts where the stop meets it, and each step is an input, or a narrower product, of the next.
        assert outage.path[0] in met
        assert outage.path[-1] == outage.product
        for start, end in zip(outage.path, outage.path[1:], strict=False):
            assert found.graph().has_edge(start, end)
        assert bool(outage.inputs) == (
            (outage.organization, outage.product) not in stopped and outage.product not in gone
        )
    for plant in fall.spared:
        assert (plant.organization, plant.product) in found.running
        assert plant.inputs
        assert plant.routes


@settings(max_examples=60, deadline=None)
@given(as_strategy(), st.sampled_from(VERSIONS), st.data())
def test_stopping_more_never_gives_anything_back(city, conditions, data) -> None:
    found = find_producible(presence_of(**city), conditions)
    plants = sorted(found.running)
    more = data.draw(st.lists(st.sampled_from(plants), unique=True)) if plants else []
    fewer = data.draw(st.lists(st.sampled_from(more), unique=True)) if more else []
    less, greater = found.fall(fewer), found.fall(more)
    assert less.lost <= greater.lost
    outages = [{(o.organization, o.product) for o in fall.outages} for fall in (less, greater)]
    assert outages[0] <= outages[1]


@settings(max_examples=40, deadline=None)
@given(as_strategy())
def test_the_market_has_all_that_the_island_has(city) -> None:
    presence = presence_of(**city)
    island, market, replaceable = (find_producible(presence, conditions) for conditions in VERSIONS)
    assert island.available <= market.available <= replaceable.available
    assert island.running <= market.running <= replaceable.running


@settings(max_examples=40, deadline=None)
@given(as_strategy(), st.sampled_from(VERSIONS))
def test_the_product_graph_reaches_what_is_available_and_nothing_else(city, conditions) -> None:
    found = find_producible(presence_of(**city), conditions)
    assert nx.descendants(found.graph(), ROOT) == found.available


@pytest.mark.parametrize(("removed", "lost"), [
    ("ammonia", {"ammonia", "acrylonitrile", "abs"}),
    ("benzene", {"benzene", "styrene", "abs"}),
    ("naphtha", {output for output, _ in ABS} - {"ammonia"}),
])  # fmt: skip
def test_one_required_input_is_enough_to_lose_a_product(removed: str, lost: set[str]) -> None:
    found = find_producible(abs_city(), ISLAND)
    assert running(found) == {output for output, _ in ABS}
    assert found.fall(removed=[removed]).lost == lost


def test_reachability_alone_would_miss_ammonia() -> None:
    graph = find_producible(abs_city(), ISLAND).graph()
    graph.remove_node("ammonia")
    assert {"acrylonitrile", "abs"} <= nx.descendants(graph, ROOT)


def test_the_path_of_causes_is_the_shortest() -> None:
    fall = find_producible(abs_city(), ISLAND).fall(removed=["naphtha"])
    paths = {outage.product: outage.path for outage in fall.outages}
    assert paths["naphtha"] == ("naphtha",)
    assert paths["abs"] == ("naphtha", "butadiene", "abs")
    routes = {outage.product: [route.output for route in outage.routes] for outage in fall.outages}
    assert routes["abs"] == ["butadiene", "abs"]


def test_a_cycle_fed_by_nothing_else_has_no_start() -> None:
    recipes = [("a", ("b",)), ("b", ("a",)), ("c", ("a",))]
    found = of(recipes, [("F", "a"), ("G", "b"), ("H", "c")])
    assert running(found) == set()
    assert [maker.product for maker in found.stalled] == ["a", "b", "c"]
    assert found.lacking(("H", "c")) == ("a",)
    # The market does not help: each of them is made locally, by one who waits for the other.
    assert running(of(recipes, [("F", "a"), ("G", "b"), ("H", "c")], Conditions("market"))) == set()


def test_a_cycle_with_a_feed_runs_until_the_feed_stops() -> None:
    recipes = [("a", ("b",)), ("b", ("a",))]
    found = of(recipes, [("F", "a"), ("G", "b"), ("K", "b")], raw=("x",))
    assert running(found) == set()
    recipes += [("a", ("x",))]
    found = of(recipes, [("F", "a"), ("G", "b")], raw=("x",))
    assert running(found) == {"a", "b"}
    assert found.fall(removed=["x"]).lost == {"x", "a", "b"}


def test_a_recycle_inside_the_plant_is_no_input() -> None:
    assert running(of([("a", ("a", "x"))], [("F", "a")], raw=("x",))) == {"a"}
    assert running(of([("a", ("wide",))], [("F", "a")], broader={"a": ("wide",)})) == {"a"}


def test_a_maker_without_known_inputs_stands_on_its_own() -> None:
    found = of([("b", ("a",))], [("F", "a"), ("G", "b")])
    assert running(found) == {"a", "b"}
    assert found.routes_of(("F", "a")) == ()
    assert not found.assumed(("F", "a"))
    assert found.assumed(("G", "b"))


def test_in_unit_intermediates_are_made_in_the_plant_or_outside_it() -> None:
    recipes = [("styrene", ("+ethylbenzene",)), ("ethylbenzene", ("ethylene", "benzene"))]
    feeds = [("E", "ethylene"), ("B", "benzene"), ("S", "styrene")]
    found = of(recipes, feeds)
    assert running(found) == {"ethylene", "benzene", "styrene"}
    assert "ethylbenzene" not in found.available
    fall = found.fall(removed=["benzene"])
    assert [(o.product, o.path) for o in fall.outages if o.inputs] == [
        ("styrene", ("benzene", "ethylbenzene", "styrene"))
    ]
    assert {o.product for o in found.fall(removed=["ethylbenzene"]).outages} == {"styrene"}
    # Whoever sells the intermediate spares the plant its own feeds, and the other way round.
    both = of([*recipes, ("ethylbenzene", ("x",))], [*feeds, ("X", "ethylbenzene")], raw=("x",))
    assert {o.product for o in both.fall([("B", "benzene")]).outages} == {"benzene"}
    assert {o.product for o in both.fall([("X", "ethylbenzene")]).outages} == {"ethylbenzene"}


def test_a_narrower_product_stands_for_the_broader_one_and_not_the_other_way_round() -> None:
    below = {"bleached": ("pulp",)}
    found = of([("paper", ("pulp",)), ("book", ("bleached",))],
               [("F", "bleached"), ("G", "paper"), ("H", "book")], broader=below)  # fmt: skip
    assert running(found) == {"bleached", "paper", "book"}
    fall = found.fall(removed=["pulp"])
    assert fall.lost == {"pulp", "bleached", "paper", "book"}
    assert {o.product: o.path for o in found.fall(removed=["bleached"]).outages}["paper"] == (
        "bleached",
        "pulp",
        "paper",
    )
    other = of([("book", ("bleached",))], [("F", "pulp"), ("H", "book")], broader=below)
    assert running(other) == {"pulp"}


def test_narrower_products_on_the_market_do_not_replace_a_local_one() -> None:
    recipes, makers = [("film", ("polyethylene",))], [("F", "polyethylene"), ("G", "film")]
    options = {"broader": {"ldpe": ("polyethylene",)}, "products": ("ldpe",)}
    kept = of(recipes, makers, Conditions("market"), **options)
    assert "film" in kept.fall([("F", "polyethylene")]).lost
    bought = of(recipes, makers, Conditions("market", replaceable=True), **options)
    assert not bought.fall([("F", "polyethylene")]).lost


def test_routes_are_alternatives_and_say_what_spares_a_plant() -> None:
    found = of([("a", ("x",)), ("a", ("y",))], [("F", "a"), ("X", "x"), ("Y", "y")])
    fall = found.fall([("X", "x")])
    (spared,) = fall.spared
    assert (spared.product, spared.inputs, [route.name for route in spared.routes]) == ("a", ("x",), ["r1"])
    assert "a" in found.fall([("X", "x"), ("Y", "y")]).lost


def test_a_second_maker_keeps_the_product_and_a_raw_material_stays_to_be_had() -> None:
    found = of([("b", ("a",))], [("F", "a"), ("G", "a"), ("H", "b")])
    assert not found.fall([("F", "a")]).lost
    ore = of([("b", ("ore",))], [("F", "ore"), ("H", "b")], raw=("ore",))
    assert not ore.fall([("F", "ore")]).lost
    assert ore.fall(removed=["ore"]).lost == {"ore", "b"}


def test_nothing_at_all_is_an_answer() -> None:
    found = of([], [])
    assert (found.available, found.running, found.stalled) == (frozenset(), frozenset(), ())
    assert found.fall([("F", "a")], []).outages == ()
    assert list(found.graph()) == [ROOT]


def test_the_work_grows_with_recipes_and_not_with_firms_or_removals() -> None:
    import time

    width, depth = 40, 25
    recipes = [
        (f"p{d}-{w}", (f"p{d - 1}-{w}", f"p{d - 1}-{(w + 1) % width}"))
        for d in range(1, depth)
        for w in range(width)
    ]
    makers = [(f"F{d}-{w}-{k}", f"p{d}-{w}") for d in range(depth) for w in range(width) for k in range(20)]
    presence = presence_of(recipes, makers)
    begin = time.perf_counter()
    found = find_producible(presence, ISLAND)
    assert len(found.running) == len(makers)
    for w in range(width):
        assert found.fall(removed=[f"p{depth - 1}-{w}"]).lost == {f"p{depth - 1}-{w}"}
    assert time.perf_counter() - begin < 10
