"""Where the header of a table stands and what its titles say, in text files."""

from __future__ import annotations

import pytest

from kg.ledgers import build
from kg.ledgers.headers import title_and_unit
from kg.ledgers.recognition import recognize
from kg.ledgers.tables import Row, read_csv

TABLE = "单位名称,产品,状态,产能,来源\n甲,浆,在产,10,s\n"


@pytest.mark.parametrize("above", ["", "盘锦市产能表\n", "盘锦市产能表,,,,\n,,,,单位：万吨/年\n\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_titles_above_the_header(above: str, encoding: str, mark: str) -> None:
    data = (above + TABLE).replace(",", mark).encode(encoding)
    sheet = read_csv(data, "f.csv")
    line = above.count("\n") + 1
    assert (sheet.header, sheet.header_row) == (("单位名称", "产品", "状态", "产能", "来源"), line)
    assert sheet.rows == (Row(line + 1, ("甲", "浆", "在产", "10", "s")),)
    assert sheet.units == (("万吨/年" if "单位：" in above else "",) * 5)


def test_a_delimiter_within_cells_is_none() -> None:
    sheet = read_csv("名称;别名,简称;a,b,c;来源\n甲;乙,丙;1,2;s\n".encode(), "f.csv")
    assert sheet.header == ("名称", "别名,简称", "a,b,c", "来源")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_declared_delimiter(mark: str) -> None:
    data = f"sep={mark}\r\n" + TABLE.replace(",", mark)
    sheet = read_csv(data.encode("utf-8-sig"), "f.csv")
    assert (sheet.header_row, sheet.rows[0].number) == (2, 3)


@pytest.mark.parametrize(
    ("title", "bare", "unit"),
    [
        ("总投资（万元）", "总投资", "万元"),
        ("总投资(单位：亿元)", "总投资", "亿元"),
        ("*产能【万吨/年】", "产能", "万吨/年"),
        ("产能/万吨", "产能", "万吨"),
        ("总投资：万元", "总投资", "万元"),
        ("持股比例（％）", "持股比例", "％"),
        ("单位名称（必填）*", "单位名称", ""),
        ("产能（万吨/年）（必填）", "产能", "万吨/年"),
        ("产能（2023年）", "产能（2023年）", ""),
        ("产品（产业链）", "产品（产业链）", ""),
        ("状态/备注", "状态/备注", ""),
        ("", "", ""),
        ("（万元）", "（万元）", ""),
    ],
)
def test_units_and_marks_are_no_part_of_a_title(title: str, bare: str, unit: str) -> None:
    assert title_and_unit(title) == (bare, unit)


@pytest.mark.parametrize("row", ["填报单位：市工信局", "单位：市工信局", "单位名称：甲", "计量单位：不详"])
def test_a_body_is_no_unit(row: str) -> None:
    assert read_csv(f"{row}\n{TABLE}".encode(), "f.csv").units == ("",) * 5


def test_a_title_in_odd_dress_is_found() -> None:
    sheet = read_csv(
        "＊单 位 名 称,产品（必填）,状 态,产能（万吨/年）,来源\n甲,浆,在产,10,s\n".encode(), "表.csv"
    )
    found = recognize(sheet)
    assert found is not None
    assert found.ledger.name == "production"
    assert sorted(found.positions) == ["capacity", "organization", "product", "source", "status"]


def test_the_same_content_in_two_columns_is_told() -> None:
    data = "单位名称,产品,状态,企业名称,产能（2023年）,来源\n甲,浆,在产,甲,1,s\n".encode()
    told = [(f.code, f.column) for f in build({"production.csv": data}).findings if f.severity == "warning"]
    assert told == [("unknown-column", "产能（2023年）"), ("repeated-column", "企业名称")]


def test_totals_in_a_text_file_go_and_indicators_of_that_name_stay() -> None:
    rows = "甲,单位,合计,1,亿元,实际,s\n合计,,,1,,,\n注：年报数\n"
    graph = build({"indicators.csv": ("对象,对象类型,指标,数值,单位,性质,来源\n" + rows).encode()})
    told = [(f.severity, f.code, f.row) for f in graph.findings]
    assert [t for t in told if t[0] == "info"] == [("info", "total-row", 3), ("info", "footnote", 4)]
    assert {t[2] for t in told if t[0] == "error"} == {2}  # nobody has entered 甲 and s
