"""What filling a gap would bring: products, firms and tonnes, each found incrementally and by brute force."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.availability import find_producible
from kg.analysis.availability.recipe_clauses import Conditions
from kg.analysis.capacities import known_demand
from kg.analysis.gaps import find_gaps
from kg.analysis.gaps.findings import Finding, Gaps
from kg.analysis.gaps.leverage import RANKS, Leverage, find_leverage, ranked
from kg.analysis.presence import find_presence
from tests.recipe_network import ABS, as_strategy, recipe_network
from tests.small_city import names, network_of, product

ISLAND = Conditions("island")


def abs_gaps(*without: str) -> Gaps:
    makers = [(f"maker of {output}", output) for output, _ in ABS if output not in without]
    return find_gaps(recipe_network(ABS, makers, raw=("crude", "gas")))


def of(gaps: Gaps, name: str) -> Leverage:
    (found,) = (own for finding, own in find_leverage(gaps).items() if finding.product == name)
    return found


def test_one_input_unlocks_what_lacks_nothing_else() -> None:
    gaps = abs_gaps("acrylonitrile")
    assert of(gaps, "acrylonitrile") == Leverage(
        ("maker of abs",), (("maker of abs", "abs"),), (), (), Decimal(0), 0, 1
    )


def test_of_two_missing_inputs_neither_unlocks_alone_and_each_names_the_other() -> None:
    gaps = abs_gaps("acrylonitrile", "butadiene")
    for one, other in (("acrylonitrile", "butadiene"), ("butadiene", "acrylonitrile")):
        found = of(gaps, one)
        assert (found.unlocked, found.also_lacking) == ((), (other,))


def test_what_is_unlocked_unlocks_further_products() -> None:
    gaps = abs_gaps("benzene")
    found = of(gaps, "benzene")
    assert found.unlocked == ("abs", "styrene")
    assert found.plants == (("maker of abs", "abs"), ("maker of styrene", "styrene"))
    assert found.sourced == ("maker of styrene",)


def test_a_second_plant_of_a_product_that_is_made_already_counts() -> None:
    recipes = [("q", ("p",)), ("w", ("crude",))]
    network = recipe_network(recipes, [("Q", "q"), ("W", "w")], broader={"w": ("q",)}, raw=["crude"])
    found = of(find_gaps(network), "p")  # q is there as its narrower kind w; its own plant stands still
    assert found.plants == (("Q", "q"),)


def test_an_alternative_route_leaves_nothing_to_unlock() -> None:
    recipes = [("q", ("p",)), ("q", ("a",)), ("r", ("p",))]
    gaps = find_gaps(recipe_network(recipes, [("Q", "q"), ("R", "r"), ("A", "a")]))
    assert of(gaps, "p").unlocked == ("r",)


def test_products_within_reach_lack_this_input_alone() -> None:
    recipes = [
        ("x", ("p",)),
        ("y", ("p", "a")),
        ("z", ("p", "n")),
        ("w", ("x",)),
        ("q", ("p",)),
        ("v", ("a",)),
    ]
    gaps = find_gaps(recipe_network(recipes, [("Q", "q"), ("A", "a")]))
    assert of(gaps, "p").opened == ("x", "y")


def test_a_product_for_which_another_route_lacks_nothing_is_within_reach_already() -> None:
    gaps = find_gaps(recipe_network([("x", ("p",)), ("x", ("a",)), ("q", ("p",))], [("Q", "q"), ("A", "a")]))
    assert of(gaps, "p").opened == ()


def test_a_cycle_that_feeds_on_itself_is_not_unlocked_by_another_input() -> None:
    recipes = [("a", ("b", "p")), ("b", ("a",))]
    found = of(find_gaps(recipe_network(recipes, [("A", "a"), ("B", "b")])), "p")
    assert (found.unlocked, found.also_lacking) == ((), ("b",))


def test_known_need_is_a_lower_bound_with_its_count() -> None:
    gaps = find_gaps(
        network_of(
            """
            recipe 纸 抄造 浆 必需 1.5
            recipe 板 压制 浆 必需
            production 甲 纸 在产 10 万吨/年 2024
            production 乙 纸 在产 2 万吨/年 2024
            production 丙 板 在产 5 万吨/年 2024
            production 丁 纸 在产 - - 2024
            """
        )
    )
    found = of(gaps, product("浆"))
    assert (found.demand, found.known, found.users) == (Decimal(180000), 2, 4)
    assert sorted(names(found.sourced)) == sorted("甲乙丙丁")


def test_no_need_at_all_is_none_of_none() -> None:
    assert known_demand(()) == (Decimal(0), 0, 0)


def test_findings_are_ranked_by_one_column_and_keep_their_order_where_equal() -> None:
    gaps = abs_gaps("benzene", "ammonia")
    leverage = find_leverage(gaps)
    by_kind = [f.product for f in gaps.findings if f in leverage]
    assert len(by_kind) >= 2
    for by in RANKS:
        order = ranked(gaps.findings, leverage, by)
        assert sorted(map(id, order)) == sorted(map(id, gaps.findings))
    amounts = [
        len(leverage[f].unlocked) for f in ranked(gaps.findings, leverage, "unlocked_count") if f in leverage
    ]
    assert amounts == sorted(amounts, reverse=True)
    last: Finding = ranked(gaps.findings, leverage, "unlocked_count")[-1]
    assert last not in leverage or len(leverage) == len(gaps.findings)


def test_a_need_that_is_not_known_ranks_below_a_small_one() -> None:
    text = """
    recipe 纸 抄造 浆 必需 0.1
    recipe 布 织 纱 必需
    production 甲 纸 在产 1 万吨/年 2024
    production 乙 布 在产 9 万吨/年 2024
    production 丙 布 在产 9 万吨/年 2024
    """
    gaps = find_gaps(network_of(text))
    order = ranked(gaps.findings, find_leverage(gaps), "demand")
    assert names([f.product for f in order]) == ["浆", "纱"]


@settings(max_examples=60, deadline=2000)
@given(as_strategy(), st.sampled_from("abcdef"))
def test_the_gain_is_what_a_full_fixpoint_with_the_product_given_adds(arguments, given_product) -> None:
    """Clauses are held fixed: what is tried out is a product that is simply there, not who makes it and how."""
    base = find_producible(find_presence(recipe_network(**arguments)), ISLAND)
    clauses = base._compiled.clauses
    nodes = {
        node
        for table in (base._compiled.had, base._compiled.made)
        if (node := table.get(given_product)) is not None
    }
    holds, grown = set(base._holds) | nodes, True
    while grown:  # naive rounds over every clause
        more = {
            head
            for head, body in zip(clauses.heads, clauses.bodies, strict=True)
            if head not in holds and all(node in holds for node in body)
        }
        holds |= more
        grown = bool(more)
    own = {given_product, *base.presence.narrower_of(given_product)}
    expected = {
        plant
        for plant, numbers in base._compiled.plants.items()
        if plant not in base.running
        and plant[1] not in own
        and any(all(node in holds for node in clauses.bodies[number]) for number in numbers)
    }
    assert set(base.gain(given_product)) == expected
