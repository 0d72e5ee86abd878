"""Needs against a table filled in from the raw materials upwards, and by hand along chains of intermediates."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.capacities import demand_of
from kg.analysis.demand import Need, available, find_needs, in_unit_only, routes_of, taken_up
from kg.analysis.presence import find_presence
from kg.network.facts import Input, Network, Route
from tests.recipe_network import recipe_network
from tests.small_city import names, network_of, product

PRODUCTS = tuple("abcdefg")
Line = tuple[str, tuple[str, ...], Decimal | None]


def needs_of(text: str, *, with_pipeline: bool = True) -> dict[str, tuple[Need, ...]]:
    found = find_needs(find_presence(network_of(text)), with_pipeline=with_pipeline)
    return {names([p])[0]: own for p, own in found.items()}


def lines(text: str) -> dict[str, list[tuple[str, list[str], Decimal | None]]]:
    """For each product needed: the output, the intermediates on the way, the tonnes per tonne."""
    return {
        p: [(names([n.output])[0], names(n.through), n.coefficient) for n in own]
        for p, own in needs_of(text).items()
    }


# ------------------------------------------------------------------ against a table

part = st.tuples(
    st.integers(0, 5),
    st.sampled_from(["required", "required", "in-unit", "auxiliary"]),
    st.sampled_from([None, Decimal("0.5"), Decimal(2), Decimal("1.25")]),
)
recipe = st.tuples(st.integers(1, 6), st.lists(part, min_size=1, max_size=3))
city = st.fixed_dictionaries(
    {
        "recipes": st.lists(recipe, max_size=10),
        "makers": st.lists(st.tuples(st.sampled_from("FGH"), st.sampled_from(PRODUCTS)), max_size=8),
        "raw": st.sets(st.sampled_from(PRODUCTS[:3]), max_size=2),
    }
)


def layered(recipes, makers, raw) -> Network:
    """A network in which every input stands before its output in the alphabet, so that nothing runs in circles."""
    base = recipe_network([], makers, raw=sorted(raw), products=PRODUCTS)
    routes: dict[str, list[Route]] = {}
    for number, (output, parts) in enumerate(recipes):
        inputs: dict[str, Input] = {}
        for index, requirement, coefficient in parts:
            name = PRODUCTS[index % output]
            inputs.setdefault(name, Input(name, requirement, coefficient, ("recipe",)))
        made = PRODUCTS[output]
        routes.setdefault(made, []).append(Route(made, f"r{number}", tuple(inputs.values())))
    return replace(base, routes={output: tuple(own) for output, own in sorted(routes.items())})


def table(network: Network) -> dict[str, list[tuple[Route, list[Line]]]]:
    """The nearest routes of every product with what they take from outside, from the first product to the last."""
    made = {fact.product for fact in network.production}
    filled: dict[str, list[tuple[Route, list[Line]]]] = {}
    for name in PRODUCTS:
        options = []
        for route in network.routes.get(name, ()):
            taken: list[Line] = []
            for one in route.inputs:
                if one.requirement == "required":
                    taken.append((one.product, (), one.coefficient))
                if one.requirement == "in-unit" and filled[one.product]:
                    for deep, way, amount in filled[one.product][0][1]:
                        both = one.coefficient is not None and amount is not None
                        taken.append((deep, (one.product, *way), one.coefficient * amount if both else None))
            lacking = {p for p, _, _ in taken if p not in made and network.product_kinds[p] != "raw"}
            options.append((len(lacking), route, taken))
        least = min((count for count, _, _ in options), default=0)
        filled[name] = [(route, taken) for count, route, taken in options if count == least]
    return filled


@settings(max_examples=200, deadline=None)
@given(city)
def test_needs_are_what_the_nearest_routes_take_from_outside(city) -> None:
    network = layered(**city)
    filled = table(network)
    expected = sorted(
        (p, output, route.name, way, str(amount), len(filled[output]) - 1)
        for output in {fact.product for fact in network.production}
        for route, taken in filled[output]
        for p, way, amount in taken
    )
    found = find_needs(find_presence(network))
    told = [need for own in found.values() for need in own]
    assert expected == sorted(
        (n.product, n.output, n.route.name, n.through, str(n.coefficient), n.alternatives) for n in told
    )
    for need in told:
        users = {fact.organization for fact in network.production if fact.product == need.output}
        assert {user.organization for user in need.users} == users


@settings(max_examples=80, deadline=None)
@given(city, st.sampled_from(PRODUCTS))
def test_a_maker_more_never_leaves_an_output_lacking_more(city, new: str) -> None:
    network = layered(**city)
    more = layered(city["recipes"], [*city["makers"], ("K", new)], city["raw"])

    def lacking(network: Network, output: str) -> int:
        presence = find_presence(network)
        by_route: dict[str, set[str]] = {}
        for own in find_needs(presence).values():
            for need in own:
                if need.output == output:
                    lack = by_route.setdefault(need.route.name, set())
                    if not available(presence, need.product):
                        lack.add(need.product)
        return min(map(len, by_route.values()), default=0)

    for output in {fact.product for fact in network.production}:
        assert lacking(more, output) <= lacking(network, output)


# ------------------------------------------------------------------ chains of intermediates

CHAIN = """
    recipe 树脂 缩聚 双酚 装置内 0.8
    recipe 双酚 缩合 丙酮 装置内 0.5
    recipe 双酚 缩合 苯酚 必需 1.6
    recipe 丙酮 异丙法 丙烯 必需 0.75
    production 甲 树脂 在产 10 万吨/年
"""


def test_coefficients_multiply_along_the_chain() -> None:
    assert lines(CHAIN) == {
        "苯酚": [("树脂", ["双酚"], Decimal("1.28"))],
        "丙烯": [("树脂", ["双酚", "丙酮"], Decimal("0.3"))],
    }
    found = needs_of(CHAIN)
    assert demand_of(found["苯酚"]) == Decimal(128_000)
    assert demand_of(found["丙烯"]) == Decimal(30_000)


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        ("装置内 0.8", "装置内 -", []),
        ("装置内 0.5", "装置内 -", ["苯酚"]),
        ("必需 0.75", "必需 -", ["苯酚"]),
        ("必需 1.6", "必需 -", ["丙烯"]),
    ],
)
def test_one_unknown_on_the_way_leaves_all_above_it_unknown(old: str, new: str, known: list[str]) -> None:
    found = lines(CHAIN.replace(old, new))
    assert [p for p in ("苯酚", "丙烯") if found[p][0][2] is not None] == known


def test_an_auxiliary_of_an_intermediate_is_not_needed_either() -> None:
    assert set(lines(CHAIN.replace("丙烯 必需 0.75", "丙烯 辅助 0.75"))) == {"苯酚"}


def test_an_intermediate_of_which_nothing_is_known_needs_nothing() -> None:
    assert lines("recipe 树脂 缩聚 双酚 装置内 0.8\nproduction 甲 树脂 在产") == {}


def test_one_product_by_two_ways_is_two_needs_and_their_sum() -> None:
    text = """
    recipe 树脂 缩聚 双酚 装置内 0.5
    recipe 树脂 缩聚 苯酚 必需 0.25
    recipe 双酚 缩合 苯酚 必需 2
    production 甲 树脂 在产 100 吨/年
    """
    found = needs_of(text)["苯酚"]
    assert sorted((names(n.through), n.coefficient) for n in found) == [
        ([], Decimal("0.25")),
        (["双酚"], Decimal(1)),
    ]
    assert demand_of(found) == Decimal(125)


def test_the_intermediate_takes_its_own_nearest_route() -> None:
    text = """
    recipe 树脂 缩聚 双酚 装置内 1
    recipe 双酚 甲法 苯酚 必需 1
    recipe 双酚 乙法 丙酮 必需 1
    production 甲 树脂 在产
    production 乙 {} 在产
    """
    assert set(lines(text.format("丙酮"))) == {"丙酮"}
    assert set(lines(text.format("苯酚"))) == {"苯酚"}


@pytest.mark.parametrize(
    ("recipes", "needed"),
    [
        # A recycle inside the plant needs nothing of itself.
        ("recipe 甲醇 合成 合成气 必需 2\nrecipe 甲醇 合成 甲醇 装置内 0.1", {"合成气"}),
        # Two that make each other inside the plant.
        (
            "recipe 甲醇 合成 甲醛 装置内 1\nrecipe 甲醛 氧化 甲醇 装置内 1\nrecipe 甲醛 氧化 银 必需 1",
            {"银"},
        ),
        # A circle of three with a feed at its far end.
        (
            "recipe 甲醇 一 乙 装置内 1\nrecipe 乙 二 丙 装置内 1\nrecipe 丙 三 甲醇 装置内 1\nrecipe 丙 三 气 必需 1",
            {"气"},
        ),
        # What the plant takes from the market may be itself: no need of its own output.
        ("recipe 甲醇 精制 甲醇 必需 1.1\nrecipe 甲醇 精制 水 必需 1", {"水"}),
    ],
)
def test_circles_end_and_keep_their_feed(recipes: str, needed: set[str]) -> None:
    assert set(needs_of(recipes + "\nproduction 甲 甲醇 在产")) == needed


# ------------------------------------------------------------------ installed routes

TWO_ROUTES = """
    source eia 2020 E3
    recipe 丙烯酸 氧化法 丙烯 必需 0.7 @eia
    recipe 丙烯酸 乙炔法 乙炔 必需 0.5
    production 丁 乙炔 在产
"""


@pytest.mark.parametrize(
    ("source", "needed"),
    [("eia", {"丙烯": ["甲"]}), ("s", {"乙炔": ["甲"]})],
)
def test_a_source_of_the_production_that_tells_the_route_decides(source: str, needed: dict) -> None:
    found = needs_of(TWO_ROUTES + f"production 甲 丙烯酸 在产 - - 2024 @{source}")
    assert {p: names(own[0].users) for p, own in found.items()} == needed


def test_each_firm_by_its_own_route() -> None:
    text = TWO_ROUTES + "production 甲 丙烯酸 在产 - - 2024 @eia\nproduction 乙 丙烯酸 在产 - - 2024"
    found = needs_of(text)
    assert {p: names(own[0].users) for p, own in found.items()} == {"丙烯": ["甲"], "乙炔": ["乙"]}
    assert {n.alternatives for own in found.values() for n in own} == {0}


# ------------------------------------------------------------------ who does not need it from others


@pytest.mark.parametrize(
    ("facts", "users"),
    [
        ("production 甲 聚丙烯 在产", ["甲"]),
        # The cracker yields propylene as well.
        ("production 甲 聚丙烯 在产\nproduction 甲 乙烯 在产", []),
        ("production 甲 聚丙烯 在产\nproduction 乙 乙烯 在产", ["甲"]),
        # What is on stream now does not wait for what is to come.
        ("production 甲 聚丙烯 在产\nproduction 甲 丙烯 在建", ["甲"]),
        ("production 甲 聚丙烯 在建\nproduction 甲 丙烯 在建", []),
        ("production 甲 聚丙烯 在建\nproduction 乙 丙烯 在建", ["甲"]),
        ("supply 甲 乙 聚丙烯 货物", []),
        ("production 甲 聚丙烯 停产", []),
    ],
)
def test_who_needs_propylene(facts: str, users: list[str]) -> None:
    text = (
        "recipe 聚丙烯 聚合 丙烯 必需 1\nrecipe 丙烯 裂解 石脑油 必需\nrecipe 乙烯 裂解 石脑油 必需\n" + facts
    )
    assert [name for need in needs_of(text).get("丙烯", ()) for name in names(need.users)] == users


def test_a_product_both_running_and_coming_is_needed_by_either_firm_in_its_time() -> None:
    text = "recipe 纸 抄造 浆 必需 1\nproduction 甲 纸 在产\nproduction 乙 纸 在建\nproduction 甲 纸 规划 - - 2025"
    told = [(need.basis, names(need.users)) for need in needs_of(text)["浆"]]
    assert told == [("current", ["甲"]), ("pipeline", ["乙"])]


# ------------------------------------------------------------------ small questions


def test_only_the_nearest_broader_level_with_routes_is_asked() -> None:
    network = network_of(
        "product 竹浆 中间品 木浆\nproduct 木浆 中间品 浆\nrecipe 浆 总法 纤维 必需\nrecipe 木浆 木法 木 必需"
    )
    assert [route.name for route in routes_of(network, product("竹浆"))] == ["木法"]
    assert [route.name for route in routes_of(network, product("浆"))] == ["总法"]
    assert routes_of(network, product("纤维")) == ()


@pytest.mark.parametrize(
    ("recipes", "inside"),
    [
        ("recipe 甲酯 酯化 酸 装置内", True),
        ("recipe 甲酯 酯化 酸 必需", False),
        ("recipe 甲酯 酯化 酸 装置内\nrecipe 乙酯 酯化 酸 必需", False),
        ("recipe 甲酯 酯化 酸 装置内\nrecipe 乙酯 酯化 酸 装置内", True),
        ("recipe 酸 氧化 气 必需", False),
    ],
)
def test_known_only_inside_plants(recipes: str, inside: bool) -> None:
    assert in_unit_only(network_of(recipes), product("酸")) is inside


@pytest.mark.parametrize(
    ("facts", "taken"),
    [
        ("production 甲 双酚 在产", True),
        ("production 甲 双酚 在建", False),
        ("supply 甲 乙 双酚 货物", True),
        ("production 甲 树脂 在产", True),
        ("production 甲 树脂 在建", False),
        ("production 甲 丙酮醇 在产", True),
    ],
)
def test_taken_up_on_record_inside_a_plant_or_beside_another_product(facts: str, taken: bool) -> None:
    text = """
    recipe 树脂 缩聚 双酚 装置内 1
    recipe 双酚 缩合 苯酚 必需 1
    recipe 丙酮醇 缩合 苯酚 必需 1
    """
    presence = find_presence(network_of(text + facts))
    assert taken_up(presence, find_needs(presence), product("双酚")) is taken
