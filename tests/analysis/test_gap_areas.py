"""Gaps of a county or park: what only the area lacks is not what the whole city lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.analysis.areas import Area
from kg.analysis.gaps import find_gaps
from kg.analysis.gaps.chain_summary import summarize
from kg.analysis.gaps.explain import why
from kg.analysis.gaps.findings import Finding, Gaps
from kg.analysis.presence import find_presence
from kg.messages import LANGUAGES
from kg.network.facts import Network, Thing
from kg.network.territory import CITY, Territory
from tests.small_city import names, network_of, org, product

NORTH = Territory("north", frozenset({"north", "park"}), frozenset({"city"}))
PARK = Territory("park", frozenset({"park"}), frozenset({"north", "city"}))

# Paper needs pulp and lye; the paper mill stands in the north.
PAPER = """
recipe 纸 抄造 浆 必需 1
recipe 纸 抄造 碱 必需 0.1
recipe 浆 制浆 木 必需 2
production 甲 纸 在产 10 万吨/年 2024
"""


def city_of(text: str, **places: str) -> Network:
    """A city whose firms stand in the areas given; the others have no site on record."""
    network = network_of(text)
    firms = dict(network.organizations)
    for firm, place in places.items():
        parks = ("park",) if place == "park" else ()
        firms[org(firm)] = replace(firms[org(firm)], places=(place,) if not parks else (), parks=parks)
    areas = {
        name: Thing(name, zh, name) for name, zh in (("north", "北县"), ("park", "北园"), ("south", "南县"))
    }
    return replace(network, organizations=firms, names={**network.names, **areas})


def gaps_of(network: Network, territory: Territory = NORTH, **options) -> Gaps:
    return find_gaps(network, territory=territory, **options)


def only(gaps: Gaps, name: str, *kinds: str) -> Finding:
    (finding,) = (f for f in gaps.findings if f.product == product(name) and f.kind in (kinds or (f.kind,)))
    return finding


def test_what_nobody_makes_and_what_others_in_the_city_make_are_told_apart() -> None:
    network = city_of(PAPER + "production 乙 浆 在产", 甲="north", 乙="south")
    gaps = gaps_of(network)
    pulp, lye = only(gaps, "浆"), only(gaps, "碱")
    assert (pulp.kind, pulp.citywide, names(pulp.elsewhere)) == ("missing", False, ["乙"])
    assert (lye.kind, lye.citywide, lye.elsewhere) == ("missing", True, ())
    assert [f.citywide for f in gaps.findings if f.kind == "missing"] == [
        True,
        False,
    ]  # the graver ones first
    assert why(lye, network, "zh").startswith(
        "台账中（截至 2025-01-01）北县没有记录到生产企业，全市其他地方也没有记录到。"
    )
    assert why(pulp, network, "zh").startswith(
        "台账中（截至 2025-01-01）北县没有记录到生产企业，但本市有。北县在产的纸需要它。本市别处：乙（在产）。"
    )
    assert "record no producer in north, but some in the city" in why(pulp, network, "en")
    assert "nor anywhere else in the city" in why(lye, network, "en")


def test_only_users_of_the_area_need_anything_there() -> None:
    network = city_of(PAPER, 甲="south")
    assert gaps_of(network).findings == ()
    assert {f.kind for f in find_gaps(network).findings} == {"missing"}


def test_what_the_area_lacks_citywide_the_city_lacks_as_well() -> None:
    network = city_of(
        PAPER + "production 乙 浆 在产\nproduction 丙 布 在产\nrecipe 布 织 纱 必需", 甲="north", 乙="south"
    )
    city = {(f.kind, f.product) for f in find_gaps(network).findings}
    assert {(f.kind, f.product) for f in gaps_of(network).findings if f.citywide} <= city


def test_a_break_needs_both_ends_in_the_area() -> None:
    text = PAPER + "production 丙 木 在产"
    assert only(gaps_of(city_of(text, 甲="north", 丙="north")), "浆").kind == "break"
    finding = only(gaps_of(city_of(text, 甲="north", 丙="south")), "浆")
    assert (finding.kind, finding.citywide) == ("missing", True)
    assert only(find_gaps(city_of(text, 甲="north", 丙="south")), "浆").kind == "break"


def test_a_park_lies_in_its_county_and_a_firm_of_the_county_may_be_anywhere_in_it() -> None:
    network = city_of(PAPER + "production 乙 浆 在产", 甲="park", 乙="north")
    assert [f for f in gaps_of(network).findings if f.product == product("浆") and f.kind == "missing"] == []
    finding = only(gaps_of(network, PARK), "浆")
    assert (finding.citywide, finding.elsewhere, names(finding.unplaced)) == (False, (), ["乙"])
    assert "地点未载、或许就在北园的：乙（在产）。" in why(finding, network, "zh")
    assert Area(network, PARK).unplaced(find_presence(network)) == (org("乙"),)


def test_a_firm_without_a_site_is_in_no_area_and_counted() -> None:
    network = city_of(PAPER + "production 乙 浆 在产", 甲="north")
    finding = only(gaps_of(network), "浆")
    assert (finding.citywide, finding.elsewhere, names(finding.unplaced)) == (False, (), ["乙"])
    presence = find_presence(network)
    assert names(Area(network, NORTH).unplaced(presence)) == ["乙"]
    assert Area(network).unplaced(presence) == ()


def test_a_plant_stands_where_its_project_stands() -> None:
    text = "project 北项目 乙 浆\nevent 北项目 投产 2024\n" + PAPER
    network = city_of(text, 甲="north", 乙="south")
    (iri,) = network.projects
    moved = replace(network, projects={iri: replace(network.projects[iri], parks=("park",))})
    assert [f for f in gaps_of(moved).findings if f.product == product("浆") and f.kind == "missing"] == []


def test_a_project_elsewhere_in_the_city_is_named_as_such() -> None:
    network = city_of(PAPER + "production 乙 浆 在建", 甲="north", 乙="south")
    finding = only(gaps_of(network), "浆")
    assert (finding.citywide, finding.pipeline, names(finding.elsewhere)) == (True, (), ["乙"])
    assert "本市别处在补：乙（在建）。" in why(finding, network, "zh")
    assert only(gaps_of(network, with_pipeline=False), "浆").elsewhere == ()


def test_capacity_is_weighed_in_the_area_and_says_whether_the_city_is_short_too() -> None:
    text = PAPER + "production 乙 浆 在产 1 万吨/年 2024\nproduction 丙 浆 在产 {} 万吨/年 2024"
    for amount, citywide in (("90", False), ("2", True)):
        finding = only(
            gaps_of(city_of(text.format(amount), 甲="north", 乙="north", 丙="south")), "浆", "weak"
        )
        assert (float(finding.ratio or 0), finding.citywide, names(finding.elsewhere)) == (
            0.1,
            citywide,
            ["丙"],
        )


def test_one_group_is_judged_in_the_whole_city() -> None:
    text = PAPER + "production 乙 浆 在产\nproduction 丙 浆 在产"
    network = city_of(text, 甲="north", 乙="north", 丙="south")
    assert [f.kind for f in gaps_of(network).findings if f.product == product("浆")] == ["latent"]
    alone = city_of(PAPER + "production 乙 浆 在产", 甲="north", 乙="north")
    assert {f.kind for f in gaps_of(alone).findings if f.product == product("浆")} == {"weak", "latent"}


def test_latent_pairs_have_both_firms_in_the_area() -> None:
    network = city_of(
        PAPER + "production 乙 浆 在产\nproduction 丙 浆 在产", 甲="north", 乙="north", 丙="south"
    )
    finding = only(gaps_of(network), "浆", "latent")
    assert (names(finding.makers), names(finding.needs[0].users)) == (["乙"], ["甲"])
    assert "都在北县" in why(finding, network, "zh")


def test_a_use_taken_up_elsewhere_in_the_city_is_short_in_the_area_only() -> None:
    text = "recipe 纸 抄造 浆 必需\nproduction 乙 浆 在产\n"
    alone = city_of(text, 乙="north")
    finding = only(gaps_of(alone), "浆", "short")
    assert (finding.citywide, finding.elsewhere) == (True, ())
    assert "全市其他地方也没有记录到" in why(finding, alone, "zh")
    network = city_of(text + "production 甲 纸 在产", 乙="north", 甲="south")
    finding = only(gaps_of(network), "浆", "short")
    assert (finding.citywide, names(finding.elsewhere)) == (False, ["甲"])
    assert "本市别处：甲（纸，在产）" in why(finding, network, "zh")
    assert [f.kind for f in find_gaps(network).findings if f.kind == "short"] == []


def test_blank_chains_are_the_citys_affair_and_stages_count_in_the_area() -> None:
    text = PAPER + "production 乙 浆 在产\nchain 链 2025\nstage 链 1 一 上游 浆\nstage 链 2 二 下游 纸"
    network = city_of(text, 甲="north", 乙="south")
    assert [(s.covered, s.stages, s.version) for s in summarize(gaps_of(network))] == [(1, 2, "2025")]
    assert [(s.covered, s.stages) for s in summarize(find_gaps(network))] == [(2, 2)]
    empty = Territory("south-park", frozenset({"south-park"}), frozenset({"city"}))
    assert [(s.covered, s.counts["blank"]) for s in summarize(gaps_of(network, empty))] == [(0, 0)]


def test_issues_concern_an_area_through_their_firms_or_their_product() -> None:
    text = "issue 1 浆 甲 2024 未销号\nissue 2 纸 - 2024 未销号\nproduction 甲 纸 在产"
    network = city_of(text, 甲="north")
    assert [names([f.product]) for f in gaps_of(network).findings if f.kind == "blocked"] == [["浆"], ["纸"]]
    assert gaps_of(city_of(text, 甲="south")).findings == ()


def test_the_whole_city_by_its_name_is_the_city() -> None:
    network = city_of(PAPER, 甲="north")
    province = Territory("province", frozenset({"city", "north"}), frozenset(), beyond=True)
    assert find_gaps(network).findings == find_gaps(network, territory=CITY).findings
    assert find_gaps(network).findings == find_gaps(network, territory=province).findings


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finding_of_an_area_has_a_reason(lang) -> None:
    text = PAPER + "production 乙 浆 在产\nproduction 丙 木 在产\nproduction 甲 草 在建\nrecipe 草 种 籽 必需"
    network = city_of(text, 甲="north", 乙="south", 丙="north")
    for finding in gaps_of(network).findings:
        reason = why(finding, network, lang)
        assert not {"{", "}"} & set(reason)
        assert finding.area == "north"
