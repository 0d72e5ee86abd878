"""Presence as histories: statements, projects and deliveries replayed year by year, and their horizons."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.presence import Maker, Presence, find_presence
from kg.analysis.thresholds import Horizon
from kg.names import ID
from kg.network import Network, load
from kg.network.facts import Organization, Production, Provenance
from tests.recipe_network import recipe_network
from tests.small_city import names, network_of, org, product, small_city, store_of

UNITS = {"t-a": Decimal(1), "10kt-a": Decimal(10_000)}


def found(text: str, as_of: str | None = None, horizon: Horizon | None = None) -> Presence:
    return find_presence(network_of(text, as_of), horizon)


def of(text: str, as_of: str | None = None, name: str = "浆") -> tuple[list[str], list[str]]:
    presence = found(text, as_of)
    return names(presence.makers_of(product(name))), names(presence.pipeline_of(product(name)))


def judged(text: str, *judgements: tuple[str, str, str], as_of: str | None = None) -> Presence:
    """Presence of a small city in which pairs of projects have been judged."""
    files = small_city(text)
    lines = ["对象,对象类型,关系,另一对象,理由,来源"]
    lines += [f"{one},项目,{relation},{other},同名,s" for one, relation, other in judgements]
    files["judgements.csv"] = "\n".join(lines).encode()
    return find_presence(load(store_of(files)))


# ------------------------------------------------------------------ one firm, one product, many statements

statement = st.tuples(
    st.sampled_from(["in-production", "stopped", "under-construction", "planned"]),
    st.one_of(st.none(), st.integers(1, 9)),
    st.sampled_from(sorted(UNITS)),
)


def network_with(facts: dict[int, tuple[str, int | None, str]]) -> Network:
    base = recipe_network([], [("甲", "浆")])
    return replace(
        base,
        production=tuple(
            Production(
                f"p{year}",
                "甲",
                "浆",
                status,
                None if amount is None else Decimal(amount),
                unit if amount is not None else "",
                "",
                "",
                Provenance(("s",), str(year), True, "e4"),
            )
            for year, (status, amount, unit) in facts.items()
        ),
    )


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.integers(2015, 2024), statement, max_size=6))
def test_statements_replayed_in_order_give_the_present(facts: dict[int, tuple[str, int | None, str]]) -> None:
    running, coming, amount = False, "", None
    for _, (status, number, unit) in sorted(facts.items()):
        if status in ("in-production", "stopped"):
            running, coming = status == "in-production", ""
            if status == "in-production" and number is not None:
                amount = number * UNITS[unit]
        else:
            coming = status
    presence = find_presence(network_with(facts))
    assert presence.made("浆") is running
    assert [m.status for m in presence.pipeline_of("浆")] == ([coming] if coming else [])
    if running:
        (maker,) = presence.makers_of("浆")
        assert (maker.capacity, maker.basis, maker.project) == (amount, "production", "")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(2015, 2024), statement, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(facts, random) -> None:
    network = network_with(facts)
    shuffled = list(network.production)
    random.shuffle(shuffled)
    first, second = find_presence(network), find_presence(replace(network, production=tuple(shuffled)))
    assert (first.makers, first.pipeline, first.inferred) == (second.makers, second.pipeline, second.inferred)


@pytest.mark.parametrize(
    ("facts", "makers", "pipeline"),
    [
        # A plan after the stop is a return that is coming; one before it is history.
        (("停产 2020", "规划 2022"), [], ["甲"]),
        (("规划 2018", "停产 2020"), [], []),
        # A statement of the same date as the start does not come later than it.
        (("在产 2022", "在建 2022"), ["甲"], []),
        (("在产 2022", "在建 2022-06"), ["甲"], ["甲"]),
        (("在产 2022-12", "停产 2022-11"), ["甲"], []),
        (("在产 2022-11-30", "停产 2022-12-01"), [], []),
        (("规划 2022", "在建 2022"), [], ["甲"]),
    ],
)
def test_same_year_and_finer_dates(facts: tuple[str, ...], makers: list[str], pipeline: list[str]) -> None:
    lines = []
    for fact in facts:
        status, date = fact.split()
        lines.append(f"production 甲 浆 {status} - - {date}")
    assert of("\n".join(lines)) == (makers, pipeline)


def test_of_plan_and_construction_at_one_date_construction_counts() -> None:
    presence = found("production 甲 浆 规划 9 吨/年 2022\nproduction 甲 浆 在建 5 吨/年 2022")
    (maker,) = presence.pipeline_of(product("浆"))
    assert (maker.status, maker.capacity) == ("under-construction", Decimal(5))


def test_the_capacity_of_a_plan_is_not_the_capacity_of_production() -> None:
    presence = found("production 甲 浆 规划 9 万吨/年 2018\nproduction 甲 浆 在产 - - 2022")
    (maker,) = presence.makers_of(product("浆"))
    assert (maker.capacity, maker.written) == (None, None)


def test_two_firms_keep_their_own_histories() -> None:
    text = """
    production 甲 浆 在产 3 吨/年 2020
    production 乙 浆 停产 - - 2021
    production 丙 浆 规划 7 吨/年 2022
    production 甲 纸 停产 - - 2023
    """
    presence = found(text)
    assert [(names([m])[0], m.capacity) for m in presence.makers_of(product("浆"))] == [("甲", Decimal(3))]
    assert [(names([m])[0], m.capacity) for m in presence.pipeline_of(product("浆"))] == [("丙", Decimal(7))]
    assert not presence.made(product("纸"))
    assert not presence.coming(product("纸"))


# ------------------------------------------------------------------ horizons


@pytest.mark.parametrize(
    ("status", "year", "as_of", "present"),
    [
        ("在产", "2005", "2025", True),
        ("在产", "2004", "2025", False),
        ("在产", "2004-12-31", "2025-01-01", False),
        ("在产", "2005-01-01", "2025-12-31", True),
        ("在建", "2015", "2025", True),
        ("在建", "2014", "2025", False),
        ("规划", "2015-01", "2025-12", True),
        ("规划", "2014-12", "2025-01", False),
    ],
)
def test_the_last_year_of_the_horizon_still_counts(status: str, year: str, as_of: str, present: bool) -> None:
    makers, pipeline = of(f"production 甲 浆 {status} - - {year}", as_of)
    assert makers + pipeline == (["甲"] if present else [])


@pytest.mark.parametrize(
    ("line", "horizon", "makers", "pipeline"),
    [
        ("production 甲 浆 在产 - - 2024", Horizon(0, 0), [], []),
        ("production 甲 浆 在产 - - 2025", Horizon(0, 0), ["甲"], []),
        ("production 甲 浆 在产 - - 2024", Horizon(1, 0), ["甲"], []),
        ("production 甲 浆 在建 - - 2024", Horizon(1, 0), [], []),
        ("production 甲 浆 在建 - - 2024", Horizon(0, 1), [], ["甲"]),
        ("supply 甲 乙 浆 货物 2020", Horizon(5, 0), ["甲"], []),
        ("supply 甲 乙 浆 货物 2020", Horizon(4, 9), [], []),
        ("project 线 甲 浆\nevent 线 开工 2020", Horizon(0, 5), [], ["甲"]),
        ("project 线 甲 浆\nevent 线 开工 2020", Horizon(9, 4), [], []),
        ("project 线 甲 浆\nevent 线 投产 2020", Horizon(5, 0), ["甲"], []),
        ("project 线 甲 浆\nevent 线 投产 2020", Horizon(4, 9), [], []),
    ],
)
def test_each_kind_of_statement_has_its_own_horizon(
    line: str, horizon: Horizon, makers: list[str], pipeline: list[str]
) -> None:
    presence = found(line, "2025", horizon)
    assert names(presence.makers_of(product("浆"))) == makers
    assert names(presence.pipeline_of(product("浆"))) == pipeline


def test_a_later_word_keeps_an_old_project_alive() -> None:
    old = "project 线 甲 浆\nevent 线 签约 2010\n"
    assert of(old, "2025") == ([], [])
    assert of(old + "event 线 谋划 2016", "2025") == ([], ["甲"])
    assert of(old + "event 线 开工 2030 预计", "2025") == ([], [])


def test_an_old_stop_that_ran_out_hides_no_delivery() -> None:
    text = "production 甲 浆 停产 - - 2004\nsupply 甲 乙 浆 货物 2003"
    assert of(text, "2023") == ([], [])
    assert of(text.replace("2003", "2005"), "2024") == (["甲"], [])


# ------------------------------------------------------------------ projects

STAGES = [
    "谋划",
    "在谈",
    "签约",
    "注册",
    "立项备案",
    "前期手续",
    "开工",
    "在建",
    "停缓建",
    "主体完工",
    "机械竣工",
    "竣工",
    "试生产",
    "投产",
    "达产",
    "达效",
    "终止",
]
COMING = {"签约", "注册", "立项备案", "前期手续", "开工", "在建", "主体完工", "机械竣工", "竣工", "试生产"}
RUNNING = {"投产", "达产", "达效"}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_means_intention_pipeline_or_production(stage: str) -> None:
    expected = (["甲"] if stage in RUNNING else [], ["甲"] if stage in COMING else [])
    assert of(f"project 线 甲 浆\nevent 线 {stage} 2024") == expected


@pytest.mark.parametrize(
    ("events", "makers", "pipeline"),
    [
        # Suspended until it is heard of again.
        (("开工 2020", "停缓建 2021"), [], []),
        (("开工 2020", "停缓建 2021", "在建 2022"), [], ["甲"]),
        (("停缓建 2021", "谋划 2022"), [], []),
        (("停缓建 2021", "签约 2020"), [], []),
        (("停缓建 2021",), [], []),
        # Terminated for good, whatever was heard before or after.
        (("终止 2021", "投产 2022"), [], []),
        (("投产 2020", "终止 2022"), [], []),
        # The furthest stage counts, not the last one told.
        (("竣工 2020", "立项备案 2022"), [], ["甲"]),
        (("投产 2020", "开工 2022"), ["甲"], []),
        # On stream is never unsaid by a suspension before it.
        (("停缓建 2019", "投产 2020"), ["甲"], []),
        (("投产 2019", "停缓建 2020"), [], []),
    ],
)
def test_histories_of_projects(events: tuple[str, ...], makers: list[str], pipeline: list[str]) -> None:
    lines = "\n".join(f"event 线 {event}" for event in events)
    assert of(f"project 线 甲 浆\n{lines}") == (makers, pipeline)


@pytest.mark.parametrize("kind", ["预计", "目标"])
@pytest.mark.parametrize("stage", ["投产", "终止", "停缓建"])
def test_what_is_foreseen_changes_nothing(stage: str, kind: str) -> None:
    text = f"project 线 甲 浆\nevent 线 开工 2023\nevent 线 {stage} 2024 {kind}"
    assert of(text) == ([], ["甲"])


def test_a_project_makes_all_its_products_for_all_its_local_owners() -> None:
    presence = found("organization 外 外地\nproject 线 甲;乙;外 浆;纸\nevent 线 开工 2024")
    assert [sorted(names(presence.pipeline_of(product(p)))) for p in ("浆", "纸")] == [
        ["乙", "甲"],
        ["乙", "甲"],
    ]


def test_a_project_on_stream_ends_the_plan_it_fulfils() -> None:
    text = "production 甲 浆 规划 20 万吨/年 {}\nproject 线 甲 浆\nevent 线 投产 2022"
    assert of(text.format("2020")) == (["甲"], [])
    assert of(text.format("2022")) == (["甲"], [])
    assert of(text.format("2023")) == (["甲"], ["甲"])


def test_recorded_production_stands_before_the_project_that_led_to_it() -> None:
    text = "production 甲 浆 在产 20 万吨/年 2020\nproject 线 甲 浆\nevent 线 投产 2022"
    (maker,) = found(text).makers_of(product("浆"))
    assert (maker.basis, maker.capacity) == ("production", Decimal(200_000))


def test_a_new_line_of_a_running_maker_is_no_new_maker() -> None:
    assert of("production 甲 浆 在产 - - 2020\nproject 线 甲 浆\nevent 线 开工 2024") == (["甲"], [])


def test_two_projects_of_one_firm_are_one_maker_to_be_as_the_newest_tells() -> None:
    text = """
    project 一线 甲 浆
    event 一线 竣工 2022
    project 二线 甲 浆
    event 二线 签约 2024
    """
    (maker,) = found(text).pipeline_of(product("浆"))
    assert (maker.project, maker.status) == (f"{ID}project/二线", "signed")


@pytest.mark.parametrize(
    ("relation", "owners"),
    [
        ("很可能同一项目线", ["甲"]),
        ("很可能同一", ["甲"]),
        ("同一", ["甲"]),
        ("不同", ["二线", "甲"]),
    ],
)
def test_a_project_without_owner_goes_by_its_line(relation: str, owners: list[str]) -> None:
    text = "project 一线 甲 浆\nevent 一线 签约 2023\nproject 二线 - 浆\nevent 二线 开工 2024"
    presence = judged(text, ("一线", relation, "二线"))
    assert sorted(names(presence.pipeline_of(product("浆")))) == owners


def test_projects_of_one_line_without_any_owner_are_one_plant() -> None:
    text = """
    project 丙线 - 浆
    event 丙线 签约 2022
    project 乙线 - 浆
    event 乙线 开工 2023
    project 甲线 - 浆
    event 甲线 签约 2021
    """
    presence = judged(text, ("丙线", "同一", "乙线"), ("乙线", "很可能同一", "甲线"))
    line = min(f"{ID}project/{name}" for name in ("甲线", "乙线", "丙线"))
    (maker,) = presence.pipeline_of(product("浆"))
    assert (maker.organization, maker.project, maker.status) == (line, f"{ID}project/乙线", "started")
    assert len(found(text).pipeline_of(product("浆"))) == 3


@pytest.mark.parametrize(
    ("as_of", "pipeline"), [("2019", []), ("2020", ["甲"]), ("2023", ["甲"]), ("2024", ["线"])]
)
def test_an_owner_counts_while_it_is_active(as_of: str, pipeline: list[str]) -> None:
    text = "organization 甲 本地 2015 2024\nproject 线 甲 浆\nevent 线 开工 2020"
    assert of(text, as_of)[1] == pipeline


@pytest.mark.parametrize(("as_of", "makers"), [("2023", ["甲"]), ("2024", [])])
def test_a_plant_of_a_closed_firm_runs_no_more(as_of: str, makers: list[str]) -> None:
    text = "organization 甲 本地 2015 2024\nproject 线 甲 浆\nevent 线 投产 2020"
    assert of(text, as_of)[0] == makers
    outsider = "organization 乙 外地\norganization 甲 本地 2015 2024\nproject 线 甲;乙 浆\nevent 线 投产 2020"
    assert of(outsider)[0] == ["线"]  # an owner is left


@pytest.mark.parametrize(("stop", "makers"), [("2024", []), ("2024-05", ["甲"]), ("2024-06", [])])
def test_a_stop_is_as_precise_as_its_date(stop: str, makers: list[str]) -> None:
    text = f"source t 2020 E4\nproduction 甲 浆 停产 - - {stop}\nsupply 甲 乙 浆 货物 2024-06"
    assert of(text)[0] == makers


def test_of_two_statements_of_one_date_the_better_proven_one_decides() -> None:
    text = """
    source a 2025 E2
    source z 2025 E5
    production 甲 浆 在产 10 吨/年 2024 @{one}
    production 甲 浆 在产 99 吨/年 2024 @{other}
    """
    for one, other, capacity in (("a", "z", 10), ("z", "a", 99)):
        (maker,) = found(text.format(one=one, other=other)).makers[product("浆")]
        assert (maker.capacity, maker.provenance.evidence) == (capacity, "e2")


# ------------------------------------------------------------------ deliveries


def test_a_delivery_makes_a_maker_without_capacity_as_of_its_newest_date() -> None:
    text = "supply 甲 乙 浆 货物 2020\nsupply 甲 丙 浆 货物 2023\nsupply 甲 丁 浆 货物 2021"
    (maker,) = found(text).makers_of(product("浆"))
    assert (maker.basis, maker.capacity, maker.written, maker.provenance.date) == (
        "supply",
        None,
        None,
        "2023",
    )


def test_production_stands_before_delivery() -> None:
    (maker,) = found("supply 甲 乙 浆 货物 2024\nproduction 甲 浆 在产 5 吨/年 2010").makers_of(product("浆"))
    assert (maker.basis, maker.capacity) == ("production", Decimal(5))


def test_the_buyer_is_no_maker_and_an_outside_supplier_neither() -> None:
    presence = found("organization 外 外地\nsupply 外 甲 浆 货物\nsupply 甲 外 纸 货物")
    assert [names(presence.makers_of(product(p))) for p in ("浆", "纸")] == [[], ["甲"]]


def test_own_use_on_record_shows_presence() -> None:
    assert of("supply 甲 甲 浆 能源") == (["甲"], [])


# ------------------------------------------------------------------ co-products

CRACKER = """
    recipe 乙烯 裂解 石脑油 必需
    recipe 丙烯 裂解 石脑油 必需
    recipe 丁二烯 裂解 石脑油 必需
    recipe 乙烯 煤制 甲醇 必需
    recipe 芳烃 裂解 加氢尾油 必需
"""


def inferred(text: str) -> dict[str, list[str]]:
    return {names([p])[0]: sorted(names(own)) for p, own in found(CRACKER + text).inferred.items()}


def test_whoever_makes_one_output_probably_has_the_others_of_that_very_process() -> None:
    # The same name on another feed is another process.
    assert inferred("production 甲 丙烯 在产") == {"乙烯": ["甲"], "丁二烯": ["甲"]}
    assert inferred("production 甲 芳烃 在产") == {}


def test_what_is_recorded_is_not_inferred_and_others_still_are() -> None:
    text = "production 甲 丙烯 在产\nproduction 甲 乙烯 在产\nproduction 乙 乙烯 在产"
    assert inferred(text) == {"丁二烯": ["乙", "甲"], "丙烯": ["乙"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("production 甲 丙烯 停产", {}),
        ("production 甲 丙烯 在建", {}),
        ("supply 甲 乙 丙烯 货物", {}),
        ("organization 甲 外地\nproduction 甲 丙烯 在产", {}),
        ("project 线 甲 丙烯\nevent 线 投产 2024", {"乙烯": ["甲"], "丁二烯": ["甲"]}),
    ],
)
def test_only_running_plants_have_co_products(text: str, expected: dict[str, list[str]]) -> None:
    assert inferred(text) == expected


def test_an_inferred_maker_has_no_capacity_and_keeps_its_ground() -> None:
    presence = found(CRACKER + "production 甲 丙烯 在产 80 万吨/年 2021")
    (maker,) = presence.inferred[product("乙烯")]
    assert isinstance(maker, Maker)
    assert (maker.product, maker.basis, maker.capacity, maker.written) == (
        product("乙烯"),
        "inferred",
        None,
        None,
    )
    assert maker.provenance.date == "2021"
    assert not presence.made(product("乙烯"))


# ------------------------------------------------------------------ broader and narrower


def test_a_kind_of_a_kind_counts_once_for_all_above() -> None:
    base = recipe_network([], [("甲", "竹白浆")], products=["浆", "白浆", "竹浆"])
    # A diamond: by both ways up it is the same maker.
    diamond = {"白浆": ("浆",), "竹浆": ("浆",), "竹白浆": ("白浆", "竹浆")}
    presence = find_presence(replace(base, broader=diamond))
    for name in ("浆", "白浆", "竹浆", "竹白浆"):
        assert [maker.organization for maker in presence.makers_of(name)] == ["甲"]
    assert sorted(presence.narrower_of("浆")) == ["白浆", "竹浆", "竹白浆"]
    assert presence.narrower_of("竹白浆") == ()


def test_an_unknown_product_has_nobody() -> None:
    presence = found("production 甲 浆 在产")
    assert presence.makers_of("no such product") == ()
    assert presence.narrower_of("no such product") == ()
    assert not presence.coming("no such product")


def test_a_firm_with_the_name_of_a_product_is_not_mixed_up() -> None:
    presence = found("production 浆 纸 在产\nproduction 纸 浆 在产")
    assert presence.products_of == {org("浆"): (product("纸"),), org("纸"): (product("浆"),)}


def test_facts_of_unknown_firms_and_products_show_nobody() -> None:
    network = replace(
        network_with({2020: ("in-production", 5, "t-a")}),
        organizations={"乙": Organization("乙", "Enterprise", "local", "", "", (), ())},
    )
    assert find_presence(network).makers == {}
