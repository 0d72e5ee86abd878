"""Conflicts: what is one, what is an agreement, what is a change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.analysis.conflicts import Conflict, find_conflicts
from kg.ledgers import build
from kg.names import local_name
from kg.network import load
from kg.store import memory_store

BASE = {
    "sources": "来源编号,标题,证据等级,发布日期\na,甲报,E3,2025-03\nb,乙报,E5,2025-03\nc,丙报,E4,2023-01\nd,无日期,E4,",
    "organizations": "单位名称,类型,本地外地,来源\n甲厂,企业,本地,a\n乙厂,企业,本地,a",
    "places": "名称,来源\n某市,a",
    "products": "产品,类别,来源\n乙烯,中间品,a",
    "projects": "项目名称,来源\n扩建,a",
    "chains": "产业链,来源\n石化链,a",
}
TABLES = {
    "production": "单位名称,产品,状态,产能,单位,限定词,时点,来源",
    "indicators": "对象,对象类型,指标,期间,数值,单位,限定词,性质,来源",
    "supply": "供应方,采购方,产品,供应类型,数量,单位,时点,来源",
    "ownership": "出资方,被投资方,持股比例,时点,来源",
    "project_events": "项目名称,阶段,时间,性质,来源",
    "participations": "单位名称,产业链,角色,来源",
}


def conflicts(
    table: str, *rows: str, changes: bool = False, as_of: str | None = None
) -> tuple[Conflict, ...]:
    files = {f"{name}.csv": text.encode() for name, text in BASE.items()}
    files[f"{table}.csv"] = "\n".join((TABLES[table], *rows)).encode()
    graph = build(files)
    assert not graph.errors, [finding.message("en") for finding in graph.errors]
    store = memory_store(graph.quads)
    return find_conflicts(store, load(store, as_of), changes=changes)


def production(*rows: str, **options) -> tuple[Conflict, ...]:
    return conflicts("production", *(f"甲厂,乙烯,在产,{row}" for row in rows), **options)


def test_two_capacities_at_one_date_conflict_and_say_who_says_what() -> None:
    [found] = production("100,万吨/年,,2024,a", "80,万吨/年,,2024,b;c")
    assert (found.kind, local_name(found.property), local_name(found.thing)) == (
        "conflict",
        "capacity",
        "甲厂",
    )
    assert [local_name(part) for part in found.about] == ["乙烯", "in-production"]
    assert [(s.value, s.sources, s.evidence, s.date) for s in found.statements] == [
        ("100", ("a",), "e3", "2024"),
        ("80", ("b", "c"), "e4", "2024"),
    ]
    assert found.spread == Decimal("0.2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("100,万吨/年,,2024,a", "100,万吨/年,,2024,b"),
        ("100,万吨/年,,2024,a", "1000000,吨/年,,2024,b"),
        ("100,万吨/年,,2024,a", "100.4,万吨/年,,2024-05,b"),  # rounded
        ("100,万吨/年,约,2024,a", "104,万吨/年,,2024,b"),
        ("100,万吨/年,超,2024,a", "150,万吨/年,,2024,b"),
        ("100,万吨/年,以下,2024,a", "70,万吨/年,,2024,b"),
        ("90-110,万吨/年,,2024,a", "95,万吨/年,,2024,b"),
        ("100,万吨/年,,2024,a", "100,套/年,,2024,b"),  # not comparable
        ("100,万吨/年,,2024,a", "80,万吨/年,,2023,b"),  # changed
        ("100,万吨/年,,,a", "80,万吨/年,,,c"),  # published at different times
        (",,,2024,a", "80,万吨/年,,2024,b"),  # not stated
    ],
)
def test_what_is_no_conflict(one: str, other: str) -> None:
    assert not production(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,万吨/年,,2024,a", "1.4,万吨/年,,2024,b"),  # rounds to 1, but is much more
        ("100,万吨/年,约,2024,a", "111,万吨/年,,2024,b"),
        ("100,万吨/年,超,2024,a", "70,万吨/年,,2024,b"),
        ("90-110,万吨/年,,2024,a", "80,万吨/年,,2024,b"),
        ("100,万吨/年,,2024,a", "80,万吨/年,,2024-06-30,b"),
        ("100,万吨/年,,,a", "80,万吨/年,,,b"),  # published in one month
        ("100,万吨/年,,2024,a", "70000,吨/年,,2024,b"),
    ],
)
def test_what_is_a_conflict(one: str, other: str) -> None:
    assert [found.kind for found in production(one, other)] == ["conflict"]


def test_running_and_stopped_at_one_date_conflict() -> None:
    [found] = conflicts("production", "甲厂,乙烯,在产,,,,2024,a", "甲厂,乙烯,停产,,,,2024-06,b")
    assert (local_name(found.property), local_name(found.about[0]), found.spread) == ("status", "乙烯", None)
    assert [local_name(s.value) for s in found.statements] == ["in-production", "stopped"]
    assert not conflicts("production", "甲厂,乙烯,在产,,,,2024,a", "甲厂,乙烯,停产,,,,2025,b")
    # An extension stands beside what runs.
    assert not conflicts("production", "甲厂,乙烯,在产,,,,2024,a", "甲厂,乙烯,在建,,,,2024,b")


def test_one_source_that_says_both_does_not_contradict_itself() -> None:
    assert not production("100,万吨/年,,2024,a", "80,万吨/年,,2024-05,a")


def test_changes_are_told_on_demand_only() -> None:
    rows = ("100,万吨/年,,2024,a", "80,万吨/年,,2020,b", "80,万吨/年,,2021,c")
    assert not production(*rows)
    [found] = production(*rows, changes=True)
    assert found.kind == "changed"
    assert [statement.date for statement in found.statements] == ["2020", "2021", "2024"]
    assert not production(*rows, changes=True, as_of="2021")


def test_an_indicator_of_one_period_conflicts_whenever_it_was_published() -> None:
    row = "某市,区划,增加值,{},{},亿元,,{},{}"
    [found] = conflicts(
        "indicators", row.format("2022", 30, "实际", "a"), row.format("2022", 33, "实际", "c")
    )
    assert found.about[-1] == "2022"
    assert not conflicts(
        "indicators", row.format("2022", 30, "实际", "a"), row.format("2022H1", 14, "实际", "c")
    )
    assert not conflicts(
        "indicators", row.format("2022", 30, "目标", "a"), row.format("2022", 33, "实际", "b")
    )
    # Targets are of the day they were set.
    targets = [row.format("2025", 30, "目标", "a"), row.format("2025", 33, "目标", "c")]
    assert not conflicts("indicators", *targets)
    assert [found.kind for found in conflicts("indicators", *targets, changes=True)] == ["changed"]
    assert conflicts("indicators", row.format("2025", 30, "目标", "a"), row.format("2025", 33, "目标", "b"))


def test_days_of_events_conflict_and_states_do_not() -> None:
    [found] = conflicts("project_events", "扩建,开工,2022-03,实际,a", "扩建,开工,2023-01,实际,c")
    assert [statement.value for statement in found.statements] == ["2022-03", "2023-01"]
    assert found.spread is None
    assert not conflicts("project_events", "扩建,开工,2022,实际,a", "扩建,开工,2022-05-01,实际,b")
    assert not conflicts("project_events", "扩建,在建,2022-03,实际,a", "扩建,在建,2023-01,实际,b")
    assert not conflicts("project_events", "扩建,投产,2026,预计,a", "扩建,投产,2025,预计,c")
    # A forecast without a date of its own or of its source cannot be held against another.
    assert not conflicts("project_events", "扩建,投产,2026,预计,a", "扩建,投产,2025,预计,d")


def test_shares_quantities_and_roles() -> None:
    [share] = conflicts("ownership", "乙厂,甲厂,51,2024,a", "乙厂,甲厂,49,2024,b")
    assert local_name(share.property) == "share"
    [quantity] = conflicts(
        "supply", "甲厂,乙厂,乙烯,货物,5,万吨/年,2024,a", "甲厂,乙厂,乙烯,货物,8,万吨/年,2024,b"
    )
    assert local_name(quantity.property) == "quantity"
    [role] = conflicts("participations", "甲厂,石化链,头部企业,a", "甲厂,石化链,配套企业,b")
    assert [local_name(statement.value) for statement in role.statements] == ["anchor", "supporting"]
    assert not conflicts("participations", "甲厂,石化链,头部企业,a", "甲厂,石化链,客户,b")
