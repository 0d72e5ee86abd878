"""Surplus in tonnes, and what could be made of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.analysis.balance.surplus import Surplus, find_surplus, total_known
from kg.analysis.gaps import find_gaps
from tests.small_city import names, network_of, org

BASE = """
    recipe 纸 抄造 浆 必需 1.1
    recipe 袋 糊制 浆 必需 2
    production 甲 浆 在产 10 万吨/年 2024
"""


def rows(text: str, anchor: str | None = None) -> dict[str, Surplus]:
    found = find_surplus(find_gaps(network_of(text)), org(anchor) if anchor else None)
    return {names([row.product])[0]: row for row in found}


def scales(row: Surplus) -> dict[str, Decimal | None]:
    return {names([outlet.output])[0]: outlet.scale for outlet in row.outlets}


def test_all_of_it_where_nobody_needs_it() -> None:
    row = rows(BASE)["浆"]
    assert (row.capacity, row.need, row.surplus) == (Decimal(100_000), Decimal(0), Decimal(100_000))
    assert scales(row) == {"纸": Decimal(100_000) / Decimal("1.1"), "袋": Decimal(50_000)}
    assert row.sources == ("r", "s")


@pytest.mark.parametrize(
    ("paper", "need", "surplus"),
    [
        ("5 万吨/年 2024", Decimal(55_000), Decimal(45_000)),
        ("0.5 万吨/年 2024", Decimal(5_500), Decimal(94_500)),
        ("- - 2024", None, None),
        ("3 亿颗/年 2024", None, None),
    ],
)
def test_what_is_left_after_the_local_need(paper: str, need: Decimal | None, surplus: Decimal | None) -> None:
    row = rows(BASE + f"production 乙 纸 在产 {paper}")["浆"]
    assert (row.need, row.surplus) == (need, surplus)
    assert scales(row) == {"袋": None if surplus is None else surplus / 2}
    assert [names(need.users) for need in row.users] == [["乙"]]


@pytest.mark.parametrize("paper", ["10 万吨/年", "9.1 万吨/年"])
def test_no_surplus_where_the_need_takes_it_all(paper: str) -> None:
    assert "浆" not in rows(
        BASE.replace("纸 抄造 浆 必需 1.1", "纸 抄造 浆 必需 1.1") + f"production 乙 纸 在产 {paper} 2024"
    )


def test_an_unknown_coefficient_or_capacity_leaves_the_surplus_unknown() -> None:
    row = rows(BASE.replace("必需 1.1", "必需 -") + "production 乙 纸 在产 5 万吨/年 2024")["浆"]
    assert (row.need, row.surplus) == (None, None)
    row = rows(BASE + "production 丙 浆 在产")["浆"]
    assert (row.capacity, row.surplus, names(row.makers)) == (None, None, ["丙", "甲"])


def test_what_projects_will_need_is_not_taken_off() -> None:
    assert rows(BASE + "production 乙 纸 在建 5 万吨/年 2024")["浆"].surplus == Decimal(100_000)


def test_everything_taken_up_is_no_surplus() -> None:
    assert "浆" not in rows(BASE + "production 乙 纸 在产\nproduction 丙 袋 在产")


BOARD = """
    recipe 板 压制 木屑 必需 0.9
    recipe 板 压制 胶 必需 0.1
    production 甲 木屑 在产 9 万吨/年 2024
"""


@pytest.mark.parametrize(
    ("facts", "scale"),
    [
        ("production 乙 胶 在产 1 万吨/年 2024", Decimal(100_000)),
        ("production 乙 胶 在产 0.5 万吨/年 2024", Decimal(50_000)),
        ("production 乙 胶 在产 5 万吨/年 2024", Decimal(100_000)),
        ("production 乙 胶 在产", None),
        # What nobody makes here is bought in, raw material or not, and sets no limit.
        ("", Decimal(100_000)),
        ("product 胶 原料", Decimal(100_000)),
        ("product 胶 原料\nproduction 乙 胶 在产 0.5 万吨/年 2024", Decimal(50_000)),
        ("recipe 板 压制 蜡 辅助", Decimal(100_000)),
        ("recipe 板 压制 水 必需 -", Decimal(100_000)),
        ("recipe 板 压制 水 必需 -\nproduction 乙 水 在产 5 万吨/年 2024", None),
    ],
)
def test_the_scarcest_input_sets_the_scale(facts: str, scale: Decimal | None) -> None:
    row = rows(BOARD + facts)["木屑"]
    assert scales(row)["板"] == scale
    assert "蜡" not in names(feed.product for outlet in row.outlets for feed in outlet.feeds)


def test_an_input_needed_directly_and_inside_an_intermediate_counts_twice() -> None:
    text = """
    recipe 酸 一步 醇 必需 2
    recipe 酸 一步 醛 装置内 0.5
    recipe 醛 氧化 醇 必需 4
    production 甲 醇 在产 4 万吨/年 2024
    """
    assert scales(rows(text)["醇"]) == {"酸": Decimal(10_000)}


def test_the_other_inputs_tell_where_they_come_from() -> None:
    text = (
        BOARD + "product 水 原料\nrecipe 板 压制 水 必需 1\nrecipe 板 压制 漆 必需 1\nproduction 乙 胶 在产"
    )
    row = rows(text)["木屑"]
    (outlet,) = row.outlets
    assert {names([feed.product])[0]: feed.origin for feed in row.others(outlet)} == {
        "胶": "local", "水": "raw", "漆": "import",
    }  # fmt: skip


def test_an_outlet_tells_which_gap_it_closes_and_who_is_about_to() -> None:
    text = BASE + "recipe 书 印刷 纸 必需\nproduction 丁 书 在产\nproduction 戊 袋 在建"
    outlets = {names([o.route.output])[0]: o for o in rows(text)["浆"].outlets}
    assert (outlets["纸"].closes, outlets["袋"].closes) == ("break", "")
    assert (names(outlets["纸"].pipeline), names(outlets["袋"].pipeline)) == ([], ["戊"])


@pytest.mark.parametrize(
    ("fact", "captive"),
    [("supply 甲 甲 浆 货物", True), ("supply 甲 乙 浆 货物", False), ("supply 甲 甲 浆 技术许可", False)],
)
def test_captive_use_is_told(fact: str, captive: bool) -> None:
    assert rows(BASE + fact)["浆"].captive is captive


def test_processes_and_services_are_no_goods() -> None:
    assert "浆" not in rows("product 浆 工艺能力\n" + BASE)
    assert "浆" not in rows("product 浆 服务\n" + BASE)


def test_of_one_firm() -> None:
    text = BASE + BOARD.replace("甲", "己")
    assert set(rows(text)) == {"浆", "木屑"}
    assert set(rows(text, "己")) == {"木屑"}
    assert rows(text, "乙") == {}


def test_known_amounts_come_first_and_are_added_up_apart() -> None:
    text = BASE + BOARD + "recipe 皂 皂化 油 必需 1\nproduction 庚 油 在产"
    found = rows(text)
    assert list(found) == ["浆", "木屑", "油"]
    assert total_known(found.values()) == (Decimal(190_000), 2, 3)
    assert total_known(()) == (Decimal(0), 0, 0)


def test_a_second_need_by_another_route_is_not_added() -> None:
    text = BASE + "recipe 纸 二法 浆 必需 1.1\nproduction 乙 纸 在产 1 万吨/年 2024"
    assert rows(text)["浆"].need == Decimal(11_000)
