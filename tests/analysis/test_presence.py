"""Who makes what, as of a date."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.analysis.presence import find_presence
from kg.analysis.thresholds import Horizon
from kg.names import ID
from kg.network import load
from tests.small_city import names, network_of, org, product, small_city, store_of


def made(text: str, as_of: str | None = None, name: str = "浆") -> list[str]:
    return names(find_presence(network_of(text, as_of)).makers_of(product(name)))


def coming(text: str, as_of: str | None = None, name: str = "浆") -> list[str]:
    return names(find_presence(network_of(text, as_of)).pipeline_of(product(name)))


@pytest.mark.parametrize(
    ("as_of", "makers", "pipeline"),
    [
        ("2017", [], []),
        ("2018", [], ["甲"]),
        ("2020", ["甲"], []),
        ("2022", [], []),
        ("2023", ["甲"], []),
        ("2024", ["甲"], ["甲"]),
    ],
)
def test_the_newest_statement_decides(as_of: str, makers: list[str], pipeline: list[str]) -> None:
    text = """
    production 甲 浆 规划 - - 2018
    production 甲 浆 在产 - - 2020
    production 甲 浆 停产 - - 2022
    production 甲 浆 在产 - - 2023
    production 甲 浆 在建 - - 2024
    """
    assert (made(text, as_of), coming(text, as_of)) == (makers, pipeline)


def test_an_extension_does_not_inherit_the_capacity_of_the_plan_before_the_start_up() -> None:
    text = """
    production 甲 浆 规划 30 万吨/年 2018
    production 甲 浆 在产 25 万吨/年 2020
    production 甲 浆 规划 {} {} 2023
    """
    for amount, unit, expected in (("-", "-", None), ("5", "万吨/年", Decimal(50000))):
        found = find_presence(network_of(text.format(amount, unit)))
        assert [maker.capacity for maker in found.makers_of(product("浆"))] == [Decimal(250000)]
        assert [maker.capacity for maker in found.pipeline_of(product("浆"))] == [expected]


def test_a_later_word_on_the_same_plan_keeps_its_capacity() -> None:
    text = "production 甲 浆 规划 30 万吨/年 2018\nproduction 甲 浆 规划 - - 2021"
    (maker,) = find_presence(network_of(text)).pipeline_of(product("浆"))
    assert maker.capacity == Decimal(300000)


def test_contradictions_of_one_date_are_settled_the_same_way() -> None:
    text = "source t 2020 E3\nproduction 甲 浆 在产 - - 2023 @s\nproduction 甲 浆 停产 - - 2023 @t"
    assert made(text) == []


def test_only_local_firms_count() -> None:
    text = "organization 外 外地\norganization 谜 不明\nproduction 外 浆 在产\nproduction 谜 浆 在产\nsupply 外 甲 浆 货物"
    assert made(text) == []


@pytest.mark.parametrize(
    ("kind", "makers"),
    [("货物", ["甲"]), ("能源", ["甲"]), ("技术许可", []), ("工程承包", []), ("设备", []), ("代理销售", [])],
)
def test_deliveries_of_goods_show_presence(kind: str, makers: list[str]) -> None:
    assert made(f"supply 甲 乙 浆 {kind}") == makers


@pytest.mark.parametrize(("delivered", "makers"), [("2019", []), ("2020", []), ("2021", ["甲"])])
def test_a_delivery_after_the_stop_counts_again(delivered: str, makers: list[str]) -> None:
    assert made(f"production 甲 浆 停产 - - 2020\nsupply 甲 乙 浆 货物 {delivered}") == makers


@pytest.mark.parametrize(("started", "makers"), [("2019", []), ("2020", []), ("2021", ["甲"])])
def test_a_project_on_stream_after_the_stop_counts_again(started: str, makers: list[str]) -> None:
    assert made(f"production 甲 浆 停产 - - 2020\nproject 新线 甲 浆\nevent 新线 投产 {started}") == makers


@pytest.mark.parametrize(
    ("stage", "kind", "makers", "pipeline"),
    [
        ("谋划", "实际", [], []),
        ("在谈", "实际", [], []),
        ("签约", "实际", [], ["甲"]),
        ("签约", "预计", [], []),
        ("竣工", "实际", [], ["甲"]),
        ("试生产", "实际", [], ["甲"]),
        ("投产", "实际", ["甲"], []),
        ("达产", "实际", ["甲"], []),
        ("投产", "目标", [], []),
        ("终止", "实际", [], []),
    ],
)
def test_stages_of_a_project(stage: str, kind: str, makers: list[str], pipeline: list[str]) -> None:
    text = f"project 新线 甲 浆\nevent 新线 {stage} 2024 {kind}"
    assert (made(text), coming(text)) == (makers, pipeline)


def test_the_end_of_a_project_ends_it_and_before_it_counts() -> None:
    text = "project 新线 甲 浆\nevent 新线 开工 2020\nevent 新线 终止 2023"
    assert [coming(text, year) for year in ("2019", "2020", "2022", "2023")] == [[], ["甲"], ["甲"], []]


def test_a_project_without_a_local_owner_stands_for_itself() -> None:
    presence = find_presence(network_of("organization 外 外地\nproject 新线 外 浆\nevent 新线 签约 2024"))
    (maker,) = presence.pipeline[product("浆")]
    assert (maker.organization, maker.project, maker.status, maker.basis) == (
        f"{ID}project/新线", f"{ID}project/新线", "signed", "project",
    )  # fmt: skip


def test_a_project_takes_the_capacity_of_the_record_it_fulfils() -> None:
    text = "production 甲 浆 规划 20 万吨/年 2023\nproject 新线 甲 浆\nevent 新线 开工 2024"
    (maker,) = find_presence(network_of(text)).pipeline[product("浆")]
    assert (maker.status, maker.capacity, maker.written) == (
        "started",
        Decimal(200_000),
        (Decimal(20), "10kt-a"),
    )


def test_an_extension_announced_after_the_start_stays_in_the_pipeline() -> None:
    text = "project 一线 甲 浆\nevent 一线 投产 2020\nproduction 甲 浆 在建 5 万吨/年 2023"
    assert (made(text), coming(text)) == (["甲"], ["甲"])
    assert coming(text.replace("2023", "2019")) == []


@pytest.mark.parametrize(
    ("written", "tonnes"),
    [
        ("10 万吨/年", Decimal(100_000)),
        ("0.1 万吨/年", Decimal(1000)),
        ("500 吨/年", Decimal(500)),
        ("3 亿颗/年", None),
        ("10 -", None),
        ("- -", None),
        ("- 万吨/年", None),
    ],
)
def test_capacities(written: str, tonnes: Decimal | None) -> None:
    (maker,) = find_presence(network_of(f"production 甲 浆 在产 {written} 2024")).makers[product("浆")]
    assert maker.capacity == tonnes
    assert (maker.written is None) == ("-" in written)


def test_the_newest_stated_capacity_of_the_status() -> None:
    text = """
    production 甲 浆 在产 8 万吨/年 2020
    production 甲 浆 在产 - - 2022
    production 甲 浆 规划 30 万吨/年 2023
    """
    presence = find_presence(network_of(text))
    (maker,) = presence.makers[product("浆")]
    assert (maker.capacity, maker.provenance.date) == (Decimal(80_000), "2022")
    (extension,) = presence.pipeline[product("浆")]
    assert extension.capacity == Decimal(300_000)


def test_narrower_products_count_for_the_broader_not_the_other_way() -> None:
    text = (
        "product 白浆 中间品 浆\nproduct 特白浆 中间品 白浆\nproduction 甲 特白浆 在产\nproduction 乙 浆 在产"
    )
    assert made(text, name="浆") == ["乙", "甲"]
    assert made(text, name="白浆") == ["甲"]


def test_a_circle_of_broader_products_ends() -> None:
    text = "product 浆 中间品 纸\nproduct 纸 中间品 浆\nproduction 甲 纸 在产"
    assert made(text, name="浆") == made(text, name="纸") == ["甲"]


CRACKER = """
    product 裂解 工艺能力
    product 石脑油 原料
    recipe 乙烯 裂解 石脑油 必需
    recipe 丙烯 裂解 石脑油 必需
    recipe 丙烯 脱氢 丙烷 必需
    recipe 丁二烯 裂解 石脑油 必需
"""


def test_co_products_are_inferred_and_never_recorded() -> None:
    presence = find_presence(network_of(CRACKER + "production 甲 乙烯 在产 50 万吨/年 2024"))
    assert {names([p])[0]: names(m) for p, m in presence.inferred.items()} == {
        "丙烯": ["甲"],
        "丁二烯": ["甲"],
    }
    assert not presence.made(product("丙烯"))
    (maker,) = presence.inferred[product("丙烯")]
    assert (maker.basis, maker.capacity, maker.written) == ("inferred", None, None)


def test_who_runs_the_process_probably_has_its_outputs() -> None:
    presence = find_presence(network_of(CRACKER + "production 甲 裂解 在产 - - 2024"))
    assert sorted(names(presence.inferred)) == ["丁二烯", "丙烯", "乙烯"]


@pytest.mark.parametrize(
    "fact", ["supply 甲 乙 乙烯 货物", "production 甲 乙烯 规划", "production 甲 丙烷 在产"]
)
def test_nothing_is_inferred_from_trade_plans_or_inputs(fact: str) -> None:
    assert not find_presence(network_of(CRACKER + fact)).inferred


@pytest.mark.parametrize(("years", "makers"), [(20, ["甲"]), (10, [])])
def test_what_is_older_than_the_horizon_is_not_the_present(years: int, makers: list[str]) -> None:
    network = network_of("production 甲 浆 在产 - - 2010")
    assert names(find_presence(network, Horizon(present=years)).makers_of(product("浆"))) == makers


def test_dated_facts_of_a_city_whose_sources_have_no_date() -> None:
    files = small_city("production 甲 浆 在产 - - 1950")
    files["sources.csv"] = "来源编号,标题,证据等级\ns,标题,E4\n".encode()
    network = load(store_of(files))
    assert network.as_of == ""
    assert names(find_presence(network).makers_of(product("浆"))) == ["甲"]


def test_an_empty_network() -> None:
    presence = find_presence(network_of("organization 甲 本地"))
    assert (dict(presence.makers), dict(presence.pipeline), dict(presence.inferred)) == ({}, {}, {})
    assert presence.products_of == {}


def test_products_of_a_firm() -> None:
    presence = find_presence(network_of("production 甲 浆 在产\nsupply 甲 乙 汽 能源\nproduction 甲 纸 在建"))
    assert {names([o])[0]: names(p) for o, p in presence.products_of.items()} == {"甲": ["汽", "浆"]}
    assert presence.products_of[org("甲")]
