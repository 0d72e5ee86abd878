"""What local production needs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product as combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.capacities import demand_of
from kg.analysis.demand import best_routes, find_needs, requirements, routes_of
from kg.analysis.presence import Presence, find_presence
from kg.network.facts import Input, Network, Route
from tests.small_city import names, network_of, product

ABS = """
    product 苯 原料
    recipe ABS 乳液 丙烯腈 必需 0.25
    recipe ABS 乳液 苯乙烯 必需 0.6
    recipe ABS 乳液 引发剂 辅助
    recipe 丙烯腈 氨氧化 丙烯 必需 1.1
    production 甲 ABS 在产 20 万吨/年 2024
    production 乙 苯乙烯 在产 30 万吨/年 2024
"""


def needs(text: str, *, with_pipeline: bool = True) -> dict[str, list[tuple]]:
    found = find_needs(find_presence(network_of(text)), with_pipeline=with_pipeline)
    return {
        names([p])[0]: [
            (names([n.output])[0], n.basis, names(n.users), n.coefficient, n.alternatives) for n in own
        ]
        for p, own in found.items()
    }


def test_all_required_inputs_are_needed_and_auxiliaries_are_not() -> None:
    assert needs(ABS) == {
        "丙烯腈": [("ABS", "current", ["甲"], Decimal("0.25"), 0)],
        "苯乙烯": [("ABS", "current", ["甲"], Decimal("0.6"), 0)],
    }


def test_what_projects_will_need() -> None:
    text = ABS.replace("production 甲 ABS 在产 20 万吨/年 2024", "project 新线 甲 ABS\nevent 新线 签约 2024")
    assert {own[0][1] for own in needs(text).values()} == {"pipeline"}
    assert needs(text, with_pipeline=False) == {}


def test_another_firms_project_needs_its_inputs_though_the_product_is_made_already() -> None:
    more = "project 新线 丙 ABS\nevent 新线 签约 2024\nproduction 甲 ABS 规划 40 万吨/年 2024-06"
    assert needs(ABS + more)["丙烯腈"] == [
        ("ABS", "current", ["甲"], Decimal("0.25"), 0),
        ("ABS", "pipeline", ["丙"], Decimal("0.25"), 0),
    ]
    assert "pipeline" not in {own[1] for own in needs(ABS + more, with_pipeline=False)["丙烯腈"]}


def test_a_project_that_makes_its_own_input_does_not_need_it() -> None:
    text = ABS.replace(
        "production 甲 ABS 在产 20 万吨/年 2024", "project 新线 甲 ABS;丙烯腈\nevent 新线 签约 2024"
    )
    assert set(needs(text)) == {"苯乙烯", "丙烯"}


def test_a_trader_needs_no_inputs() -> None:
    assert needs(ABS.replace("production 甲 ABS 在产 20 万吨/年 2024", "supply 甲 丙 ABS 货物")) == {}


TWO_ROUTES = """
    recipe 酸 一步 甲醇 必需 2
    recipe 酸 两步 乙醇 必需 1
    recipe 酸 两步 氧 必需 1
    production 丙 酸 在产 1 万吨/年 2024
"""


def test_the_route_that_lacks_the_fewest_inputs_is_what_is_needed() -> None:
    assert set(needs(TWO_ROUTES)) == {"甲醇"}
    assert set(needs(TWO_ROUTES + "production 丁 乙醇 在产\nproduction 丁 氧 在产")) == {"乙醇", "氧"}


def test_routes_that_lack_as_many_are_all_told_as_alternatives() -> None:
    found = needs(TWO_ROUTES + "production 丁 氧 在产")
    assert {name: own[0][4] for name, own in found.items()} == {"甲醇": 1, "乙醇": 1, "氧": 1}


def test_the_installed_route_beats_the_nearest() -> None:
    text = TWO_ROUTES.replace("两步 乙醇 必需 1", "两步 乙醇 必需 1 @u").replace(
        "两步 氧 必需 1", "两步 氧 必需 1 @u"
    )
    text = "source u 2024 E3\n" + text.replace("1 万吨/年 2024", "1 万吨/年 2024 @u")
    assert set(needs(text)) == {"乙醇", "氧"}


def test_two_firms_with_two_routes() -> None:
    text = "source u 2024 E3\n" + TWO_ROUTES.replace("两步 乙醇 必需 1", "两步 乙醇 必需 1 @u").replace(
        "两步 氧 必需 1", "两步 氧 必需 1 @u"
    ).replace("1 万吨/年 2024", "1 万吨/年 2024 @u")
    found = needs(text + "production 戊 酸 在产 1 万吨/年 2024")
    assert found["甲醇"] == [("酸", "current", ["戊"], Decimal(2), 0)]
    assert found["乙醇"] == [("酸", "current", ["丙"], Decimal(1), 0)]


def test_alternatives_are_not_added_up() -> None:
    text = """
    recipe 酸 一步 醇 必需 2
    recipe 酸 两步 醇 必需 {two}
    production 丙 酸 在产 1 万吨/年 2024
    production 丁 醇 在产 5 万吨/年 2024
    """
    for two, demand in (("2", Decimal(20_000)), ("3", None), ("-", None)):
        found = find_needs(find_presence(network_of(text.format(two=two))))
        assert demand_of(found[product("醇")]) == demand


def test_an_input_that_another_route_does_without_is_no_known_amount() -> None:
    text = "recipe 酸 一步 醇 必需 2\nrecipe 酸 两步 糖 必需 1\nproduction 丙 酸 在产 1 万吨/年 2024"
    found = find_needs(find_presence(network_of(text)))
    assert demand_of(found[product("醇")]) is None


def test_within_one_route_amounts_add_up() -> None:
    text = """
    recipe 酸 一步 醇 必需 2
    recipe 酸 一步 醛 装置内 0.5
    recipe 醛 氧化 醇 必需 4
    production 丙 酸 在产 1 万吨/年 2024
    """
    found = find_needs(find_presence(network_of(text)))[product("醇")]
    assert sorted((need.coefficient, names(need.through)) for need in found) == [
        (Decimal(2), []),
        (Decimal(2), ["醛"]),
    ]
    assert demand_of(found) == Decimal(40_000)


def test_in_unit_intermediates_are_looked_through() -> None:
    text = """
    recipe 苯乙烯 脱氢 乙苯 装置内 1.06
    recipe 乙苯 烷基化 苯 必需 0.75
    recipe 乙苯 烷基化 乙烯 必需 -
    production 甲 苯乙烯 在产 10 万吨/年 2024
    """
    found = find_needs(find_presence(network_of(text)))
    assert "乙苯" not in names(found)
    (benzene,) = found[product("苯")]
    assert (names(benzene.through), benzene.coefficient) == (["乙苯"], Decimal("0.7950"))
    (ethylene,) = found[product("乙烯")]
    assert ethylene.coefficient is None


@pytest.mark.parametrize(
    "recipes",
    [
        "recipe 甲醇 合成 甲醇 必需",
        "recipe 甲醇 合成 甲醇 装置内",
        "recipe 甲醇 合成 合成气 装置内\nrecipe 合成气 循环 甲醇 装置内",
        "recipe 甲醇 合成 合成气 装置内\nrecipe 合成气 循环 甲醇 必需\nrecipe 合成气 循环 水 必需",
        "recipe 甲醇 合成 a 装置内\nrecipe a 1 b 装置内\nrecipe b 2 c 装置内\nrecipe c 3 a 装置内\nrecipe b 2 水 必需",
    ],
)
def test_recycles_end(recipes: str) -> None:
    found = needs(recipes + "\nproduction 甲 甲醇 在产")
    assert "甲醇" not in found
    assert set(found) <= {"水"}


def test_a_product_uses_the_routes_of_its_broader_one() -> None:
    text = "product 白浆 中间品 浆\nrecipe 浆 化学 木 必需\nproduction 甲 白浆 在产"
    network = network_of(text)
    assert [route.name for route in routes_of(network, product("白浆"))] == ["化学"]
    assert set(needs(text)) == {"木"}


def test_refining_a_product_is_no_need_of_itself() -> None:
    assert needs("product 白浆 中间品 浆\nrecipe 白浆 漂白 浆 必需\nproduction 甲 白浆 在产") == {}


# --- against an independent reading of the rules, on small random graphs of recipes

PRODUCTS = "abcdef"
_ROUTE = st.dictionaries(
    st.sampled_from(PRODUCTS), st.sampled_from(["required", "in-unit", "auxiliary"]), max_size=3
)
_RECIPES = st.dictionaries(st.sampled_from(PRODUCTS), st.lists(_ROUTE, min_size=1, max_size=2), max_size=6)


def presence_of(recipes: dict[str, list[dict[str, str]]], made: set[str]) -> Presence:
    """A presence over a random graph of recipes, ``made`` products made by one firm each."""
    base = find_presence(network_of("production 某 浆 在产 - - 2024"))
    (maker,) = base.makers[product("浆")]
    routes = {
        output: tuple(
            Route(output, str(n), tuple(Input(p, kind, None, ("s",)) for p, kind in sorted(parts.items())))
            for n, parts in enumerate(own)
        )
        for output, own in sorted(recipes.items())
    }
    fields = {name: getattr(base.network, name) for name in Network.__dataclass_fields__}
    network = Network(**fields | {"routes": routes, "product_kinds": {}, "broader": {}})
    makers = {p: (replace(maker, product=p, organization=f"firm {p}"),) for p in sorted(made)}
    return Presence(network, makers, {}, {})


def expansions(presence: Presence, name: str, within: frozenset[str]) -> list[set[str]]:
    """Every set of bought inputs by which ``name`` could be made, choosing a route at each in-unit intermediate."""
    found: list[set[str]] = []
    for route in presence.network.routes.get(name, ()):
        bought = {part.product for part in route.inputs if part.requirement == "required"}
        inner = [
            expansions(presence, part.product, within | {name, part.product}) or [set()]
            for part in route.inputs
            if part.requirement == "in-unit" and part.product not in within
        ]
        found += [bought.union(*choice) for choice in combinations(*inner)]
    return found


@settings(max_examples=80, deadline=2000)
@given(_RECIPES, st.sets(st.sampled_from(PRODUCTS), max_size=3))
def test_needs_are_those_of_a_way_to_make_it(recipes, made) -> None:
    presence = presence_of(recipes, made)
    for name in PRODUCTS:
        ways = expansions(presence, name, frozenset())
        best = best_routes(presence, name)
        assert bool(best) == bool(recipes.get(name))
        for route, needed in best:
            assert needed == requirements(presence, route)
            bought = {need.product for need in needed}
            assert bought in ways
            in_unit = {part.product for part in route.inputs if part.requirement == "in-unit"}
            assert all(not need.through or need.through[0] in in_unit for need in needed)


@settings(max_examples=80, deadline=2000)
@given(_RECIPES, st.sets(st.sampled_from(PRODUCTS), max_size=3))
def test_routes_of_intermediates_are_chosen_together(recipes, made) -> None:
    presence = presence_of(recipes, made)
    for name in PRODUCTS:
        fewest = min((len(way - made) for way in expansions(presence, name, frozenset())), default=0)
        for _, needed in best_routes(presence, name):
            assert len({need.product for need in needed} - made) == fewest


def test_an_input_that_two_intermediates_share_is_lacking_once() -> None:
    # Each intermediate has a route of its own that lacks one input; both have one that lacks the shared input.
    recipes = {
        "a": [{"b": "in-unit", "c": "in-unit"}],
        "b": [{"d": "required"}, {"f": "required"}],
        "c": [{"e": "required"}, {"f": "required"}],
    }
    ((_, needed),) = best_routes(presence_of(recipes, set()), "a")
    assert {need.product for need in needed} == {"f"}
    assert [need.through for need in needed] == [("b",), ("c",)]


def test_thousands_of_intermediates_in_a_row_or_in_a_web_come_to_an_end() -> None:
    row = {str(n): [{str(n - 1): "in-unit"}] for n in range(1, 2000)}
    web = {str(n): [{str(m): "in-unit" for m in range(max(0, n - 4), n)}] for n in range(1, 60)}
    assert best_routes(presence_of(row, set()), "1999")[0][1] == ()
    assert best_routes(presence_of(web, set()), "59")[0][1] == ()


@settings(max_examples=80, deadline=2000)
@given(_RECIPES, st.sets(st.sampled_from(PRODUCTS), max_size=3))
def test_no_way_without_intermediates_lacks_less(recipes, made) -> None:
    plain = {
        output: [{p: kind for p, kind in route.items() if kind != "in-unit"} for route in own]
        for output, own in recipes.items()
    }
    presence = presence_of(plain, made)
    for name in PRODUCTS:
        ways = expansions(presence, name, frozenset())
        fewest = min((len(way - made) for way in ways), default=0)
        best = best_routes(presence, name)
        assert sorted(sorted({need.product for need in needed}) for _, needed in best) == sorted(
            sorted(way) for way in ways if len(way - made) == fewest
        )
