"""A mapping to begin with names all that is unclear and decides nothing."""

from __future__ import annotations

import csv
import io

import pytest

from kg.errors import InputError
from kg.ledgers import build
from kg.ledgers.mapping import MAPPING_FILE, read_mapping
from kg.ledgers.starting_mapping import unclear, write_unclear
from tests.small_city import small_city
from tests.workbook_files import Page, xlsx

BASE = {n: d for n, d in small_city("production 甲 浆 在产 1 吨/年 1999").items() if n != "production.csv"}
ODD = "厂子,货,状态,规模,单位,来源,=备用\n甲,浆,在产,5,吨/年,s,x\n".encode()


def rows(files: dict[str, bytes], lang: str = "zh") -> list[list[str]]:
    data = write_unclear(unclear(files), lang)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_nothing_unclear_gives_no_row() -> None:
    assert list(unclear(BASE)) == []


def test_a_sheet_nobody_knows_is_left_to_a_person() -> None:
    head, sheet, *columns = rows({"报表.csv": ODD})
    assert head[:5] == ["文件", "工作表", "台账", "列", "字段"]
    assert sheet[:5] == ["报表.csv", "", "", "", ""]
    assert "产能" in sheet[5].split("、")
    assert "production" in rows({"报表.csv": ODD}, "en")[1][5].split(", ")
    assert [(row[2], row[3], row[4]) for row in columns] == [
        ("", title, "-") for title in ("厂子", "货", "规模", '="=备用"')
    ]
    with pytest.raises(InputError) as caught:  # unfinished, it says nothing
        read_mapping(write_unclear(unclear({"报表.csv": ODD}), "zh"), MAPPING_FILE)
    assert caught.value.row == 2


def test_once_finished_it_is_read_and_the_file_with_it() -> None:
    made = rows({"报表.csv": ODD})
    for row in made[1:]:
        row[2] = "产能"
        row[4] = {"厂子": "单位名称", "货": "product", "规模": "产能"}.get(row[3], row[4])
    stream = io.StringIO()
    csv.writer(stream).writerows(made)
    graph = build({**BASE, "报表.csv": ODD, MAPPING_FILE: stream.getvalue().encode()})
    assert graph.findings == ()
    assert graph.rows["production"] == 1


def test_of_a_known_sheet_only_the_columns_not_read_are_told() -> None:
    book = xlsx(
        Page([["单位名称", "产品", "状态", "产能量", "来源"], ["甲", "浆", "在产", "5", "s"]], "产能")
    )
    [_, row] = rows({"a.xlsx": book}, "en")
    assert row == ["a.xlsx", "产能", "production", "产能量", "-", "capacity"]
