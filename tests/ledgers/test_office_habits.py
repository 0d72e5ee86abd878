"""What offices write around and between the records: units in titles, sections, dittos, rows numbered in advance."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kg.ledgers import Graph, build
from tests.ledgers.test_office_tables import BASE, EXPECTED, capacities, told
from tests.workbook_files import Cell, Page, xlsx

TITLES = ["单位名称", "产品", "状态", "产能", "时点", "来源"]
WITH_UNIT = ["单位名称", "产品", "状态", "产能（万吨/年）", "时点", "来源"]
FIRST: list[Cell] = ["甲", "浆", "在产", 10, "2024", "s"]
SECOND: list[Cell] = ["乙", "纸", "在建", 2.5, "2025-03", "s"]


def read(*rows: Sequence[Cell], merged: Sequence[tuple[int, int, int, int]] = ()) -> Graph:
    return build(BASE | {"a.xlsx": xlsx(Page(rows, "产能", merged=merged))})


def numbered(*rows: Sequence[Cell]) -> Graph:
    """Read rows below a header that starts with 序号."""
    return read(["序号", *WITH_UNIT], *rows)


@pytest.mark.parametrize(
    "above",
    [
        "某市产能情况表（单位：万吨/年）",
        "填报单位：市工信局   单位：万吨/年   日期：2025年3月",
        "报送：市工信局　计量单 位：万吨/年；2025年3月",
        "表3 产能 [Unit: 10kt/a]",
        "单位：万吨/年，日期：2025年3月",
    ],
)
def test_a_unit_among_other_words_above_the_header_holds_for_the_table(above: str) -> None:
    for merged in ((), ((0, 0, 0, 5),)):
        graph = read([above], TITLES, FIRST, SECOND, merged=merged)
        assert (capacities(graph), told(graph)) == (EXPECTED, [])


def test_what_is_no_unit_above_the_header_is_none() -> None:
    graph = read(["填报单位：市工信局   联系单位：某某中心"], TITLES, FIRST)
    assert capacities(graph) == [("甲", "浆", "10", "")]


def test_a_header_that_states_its_unit_is_a_header() -> None:
    graph = read(["单位名称", "产品", "状态", "产能（单位：万吨/年）", "时点", "来源"], FIRST, SECOND)
    assert (capacities(graph), told(graph)) == (EXPECTED, [])


@pytest.mark.parametrize("title", ["序号", "序 号", "No.", "#"])
def test_a_column_that_numbers_the_rows_is_not_missed(title: str) -> None:
    graph = read([title, *WITH_UNIT], [1, *FIRST], [2, *SECOND])
    assert (capacities(graph), told(graph)) == (EXPECTED, [])


@pytest.mark.parametrize(
    "total", ["合计（2家）", "累 计", "平均", "全市", "全市合计", "其中：在产", "总计(万吨):", "甲小计"]
)
def test_more_words_for_a_total(total: str) -> None:
    graph = read(WITH_UNIT, FIRST, SECOND, [total, None, None, 12.5])
    assert (capacities(graph), told(graph)) == (EXPECTED, [("info", "total-row", 4)])


@pytest.mark.parametrize(
    "note",
    ["（注：本表为快报数）", "★表示重点企业", "本表数据截至2025年3月底。", "数据截止时间：2025年3月", "1.本表为快报数。", "（2）不含在谈项目；"],
)  # fmt: skip
def test_more_ways_to_write_a_note(note: str) -> None:
    graph = read(WITH_UNIT, FIRST, SECOND, [note])
    assert (capacities(graph), told(graph)) == (EXPECTED, [("info", "footnote", 4)])


def test_who_signs_below_the_table() -> None:
    signed = ["单位负责人：某", "", "填表人：某", "", "联系电话：1234567", "填表日期：2025年3月1日"]
    graph = read(WITH_UNIT, FIRST, SECOND, signed)
    assert (capacities(graph), told(graph)) == (EXPECTED, [("info", "footnote", 4)])


@pytest.mark.parametrize(
    "title", ["一、在产企业", "（一）在产企业", "十二、在产", "某市产能情况表（续）", "续表1"]
)
def test_a_title_of_a_section_that_is_not_merged(title: str) -> None:
    graph = read(WITH_UNIT, FIRST, [title], SECOND)
    assert (capacities(graph), told(graph)) == (EXPECTED, [("info", "section-row", 3)])


@pytest.mark.parametrize("number", ["一", "（一）", "一、"])
def test_a_section_numbered_in_the_column_of_numbers(number: str) -> None:
    graph = numbered([number, "石化产业（1家）", None, None, 10], [1, *FIRST], [2, *SECOND])
    assert (capacities(graph), told(graph)) == (EXPECTED, [("info", "section-row", 2)])


def test_a_record_that_lacks_a_cell_is_no_section_whatever_its_number() -> None:
    graph = numbered(["一", *FIRST], ["二", "乙", "纸", None, 2.5, "2025-03", "s"])
    assert {(f.code, f.row, f.column) for f in graph.errors} == {("required", 3, "状态")}
    named = read(["序号", "名称", "来源"], ["一", "石化产业链", None])
    assert [f.code for f in named.errors] != []


def test_rows_numbered_in_advance_are_passed_and_counted() -> None:
    graph = numbered([1, *FIRST], [2, *SECOND], [3], [4], ["5、"])
    assert (capacities(graph), told(graph)) == (EXPECTED, [("info", "numbered-rows", 4)])
    assert graph.findings[0].params["count"] == 3
    noted = numbered([1, *FIRST], [2, "丙"])
    assert {f.row for f in noted.errors} == {3}


@pytest.mark.parametrize("word", ["同上", "同 上", "〃", "″", '"', "”"])
def test_the_same_as_above_is_what_the_record_above_says(word: str) -> None:
    rows: list[Sequence[Cell]] = [
        ["甲", "浆", "在产", 10, "2024", "s"],
        [word, "纸", word, 3, word, word],
        ["乙", word, word, 4, word, word],
    ]
    graph = read(WITH_UNIT, *rows)
    assert capacities(graph) == [
        ("乙", "纸", "4", "10kt-a"),
        ("甲", "浆", "10", "10kt-a"),
        ("甲", "纸", "3", "10kt-a"),
    ]
    found = {(f.severity, f.code, f.row, f.column, f.value, f.params["count"]) for f in graph.findings}
    assert found == {
        ("info", "as-above", 3, "单位名称", word, 1), ("info", "as-above", 4, "产品", word, 1), ("info", "as-above", 3, "状态", word, 2),
        ("info", "as-above", 3, "时点", word, 2), ("info", "as-above", 3, "来源", word, 2),
    }  # fmt: skip


@pytest.mark.parametrize(
    "between", [["一、其他企业"], ["小计", None, None, 10], ["甲", "浆", None, 10, "2024", "s"]]
)
def test_the_same_as_above_is_refused_where_no_such_cell_of_a_record_stands_above(
    between: Sequence[Cell],
) -> None:
    graph = read(WITH_UNIT, FIRST, between, ["乙", "纸", "同上", 3, "2024", "s"])
    assert ("unknown-word", 4, "状态") in {(f.code, f.row, f.column) for f in graph.errors}
    first = read(WITH_UNIT, ["乙", "纸", "同上", 3, "2024", "s"])
    assert [(f.code, f.row) for f in first.errors] == [("unknown-word", 2)]
