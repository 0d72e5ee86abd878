"""What must hold of gap findings whatever the recipes and makers, and on planted ecosystems with known removals."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.gaps import find_gaps
from kg.analysis.gaps.chain_summary import summarize
from kg.analysis.gaps.findings import Finding
from kg.network.facts import Network
from kg.network.territory import Territory
from tests.recipe_network import as_strategy, recipe_network
from tests.small_city import names, network_of, product

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from backtest import backtest
from planted_gaps import Noise, found, plant

LACKING = ("missing", "break")
AREA = Territory("north", frozenset({"north"}), frozenset())


def lacking(network: Network, **options) -> dict[str, Finding]:
    return {f.product: f for f in find_gaps(network, **options).findings if f.kind in LACKING}


def placed(network: Network, firms: set[str]) -> Network:
    """The network with some firms in the area and the others elsewhere."""
    own = {
        iri: replace(organization, places=("north",) if iri in firms else ("south",))
        for iri, organization in network.organizations.items()
    }
    return replace(network, organizations=own)


@settings(max_examples=120, deadline=2000)
@given(as_strategy(), st.sampled_from("abcdef"), st.sampled_from("FGHN"), st.sets(st.sampled_from("FGH")))
def test_a_producer_never_makes_its_product_missing(arguments, name, firm, north) -> None:
    after = recipe_network(**{**arguments, "makers": [*arguments["makers"], (firm, name)]})
    assert name not in lacking(after)
    # In an area, a producer there fills the gap, and one elsewhere only makes it one of the area alone.
    own = {*north, "N"}
    here = lacking(placed(after, own), territory=AREA)
    assert not (firm in own and name in here)
    assert name not in here or not here[name].citywide


@settings(max_examples=80, deadline=2000)
@given(as_strategy(), st.sets(st.sampled_from("FGH")))
def test_what_an_area_lacks_with_the_whole_city_the_city_lacks(arguments, north) -> None:
    network = placed(recipe_network(**arguments), north)
    city = lacking(network)
    for name, finding in lacking(network, territory=AREA).items():
        assert finding.citywide == (name in city)
        users = {user.organization for need in finding.needs for user in need.users}
        assert users <= north
        if finding.citywide:
            whole = {user.organization for need in city[name].needs for user in need.users}
            assert users == whole & north
        else:
            assert finding.elsewhere
            assert not finding.unplaced


@settings(max_examples=60, deadline=2000)
@given(as_strategy())
def test_missing_products_are_needed_and_made_by_nobody(arguments) -> None:
    gaps = find_gaps(recipe_network(**arguments))
    for finding in gaps.findings:
        if finding.kind in LACKING:
            assert finding.needs
            assert not gaps.presence.made(finding.product)
            assert gaps.network.product_kinds.get(finding.product) != "raw"
            assert (finding.kind == "break") == (bool(finding.related) and not finding.inferred)


@pytest.mark.parametrize("order", [1, -1])
def test_contradictory_statements_of_one_day_give_one_answer(order: int) -> None:
    lines = [
        "production 甲 浆 在产 - - 2023",
        "production 甲 浆 停产 - - 2023",
        "production 甲 浆 规划 - - 2023",
    ]
    text = "recipe 纸 抄造 浆 必需\nproduction 乙 纸 在产\n" + "\n".join(lines[::order])
    gaps = find_gaps(network_of(text))
    # Stopped and planned on the day on which it is said to run: nothing is made, and nothing planned after the stop.
    assert [(f.kind, names([f.product]), f.pipeline) for f in gaps.findings] == [("missing", ["浆"], ())]


def test_a_chain_of_one_stage_is_covered_or_blank() -> None:
    chain = "chain 链 2025\nstage 链 1 环 中游 料\n"
    blank = find_gaps(network_of(chain + "product 料 中间品"))
    assert [f.kind for f in blank.findings] == ["blank"]
    assert [(s.covered, s.stages, s.counts["blank"]) for s in summarize(blank)] == [(0, 1, 1)]
    made = find_gaps(network_of(chain + "production 甲 料 在产"))
    assert made.findings == ()
    assert [(s.covered, s.stages) for s in summarize(made)] == [(1, 1)]


def test_a_product_that_goes_into_itself_needs_nothing_of_it() -> None:
    gaps = find_gaps(recipe_network([("a", ("a", "b"))], [("A", "a")]))
    assert set(lacking(gaps.network)) == {"b"}


def test_recycles_between_two_products_are_needs_like_others() -> None:
    recipes = [("a", ("b",)), ("b", ("a",))]
    assert lacking(recipe_network(recipes, [("A", "a")])).keys() == {"b"}
    assert lacking(recipe_network(recipes, [("A", "a"), ("B", "b")])) == {}


def test_a_break_sees_the_upstream_inside_the_plant() -> None:
    text = """
    recipe 树脂 聚合 单体 必需
    recipe 单体 脱氢 半成品 装置内
    recipe 半成品 烷基化 苯 必需
    production 甲 树脂 在产
    production 乙 苯 在产
    """
    (finding,) = (f for f in find_gaps(network_of(text)).findings if f.product == product("单体"))
    assert (finding.kind, names(finding.related)) == ("break", ["苯"])


def test_without_the_pipeline_nothing_is_being_filled() -> None:
    text = "recipe 纸 抄造 浆 必需\nproduction 甲 纸 在产\nproduction 乙 浆 在建\nchain 链\nstage 链 1 环 中游 浆"
    within, without = (find_gaps(network_of(text), with_pipeline=asked) for asked in (True, False))
    assert [names(f.pipeline) for f in within.findings if f.kind == "missing"] == [["乙"]]
    assert [f.pipeline for f in without.findings if f.kind == "missing"] == [()]
    assert ([s.coming for s in summarize(within)], [s.coming for s in summarize(without)]) == ([1], [0])


# ------------------------------------------------------------------ benchmarks


@pytest.mark.parametrize("harmless", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_planted_gaps_are_found_exactly_where_nothing_is_lost(seed: int, harmless: float) -> None:
    planted = plant(seed, products=60, noise=Noise(harmless))
    assert found(planted.network) == planted.truth
    assert planted.truth.latent
    assert planted.truth.missing | planted.truth.breaks


def test_a_backtest_counts_what_was_announced_later() -> None:
    from tests.small_city import small_city, store_of

    text = """
    source t 2019-06-01 E4
    source u 2024-06-01 E4
    recipe 纸 抄造 浆 必需
    recipe 板 压制 纸 必需
    chain 链 2025
    stage 链 1 一 上游 浆
    stage 链 2 二 中游 纸
    stage 链 3 三 下游 板;盒;箱
    production 甲 纸 在产 - - 2018 @t
    project 浆项目 乙 浆 @u
    event 浆项目 签约 2023 @u
    project 盒项目 丙 盒 @u
    event 盒项目 开工 2022-05 @u
    project 旧项目 丁 箱 @t
    event 旧项目 签约 2019 @t
    """
    ((outcomes, others),) = backtest(store_of(small_city(text)), ["2020"])
    told = {(o.way, o.judged): (o.pool, o.flagged, o.later, o.hits) for o in outcomes}
    assert told["gap", False] == (3, 1, 2, 1)
    assert told["continuation", False] == (3, 1, 2, 0)
    assert told["gap or continuation", False] == (3, 2, 2, 1)
    assert told["gap or continuation", True] == (2, 2, 1, 1)
    assert others == 0
    (gap,) = (o for o in outcomes if (o.way, o.judged) == ("gap", False))
    assert (gap.expected, gap.chance) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
