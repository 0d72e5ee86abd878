"""Workbooks as bureaus keep them, in every format, read as text."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink

from kg.ledgers import Finding, build
from kg.ledgers.recognition import recognize
from kg.ledgers.records import keep_records
from kg.ledgers.tables import Row, Sheet, read_sheets
from kg.ledgers.workbooks import cell_text
from tests.workbook_files import WRITERS, Cell, Page, rewritten, saved, xls, xlsx, xlsx_of_xlsxwriter

HEADER = ["单位名称", "产品", "状态", "产能", "单位", "时点", "来源"]
each_format = pytest.mark.parametrize("file", WRITERS)


def read(file: str, *pages: Page) -> tuple[Sheet, ...]:
    return read_sheets(file, WRITERS[file](*pages))


def records(sheet: Sheet) -> tuple[Sheet, tuple[Finding, ...]]:
    found = recognize(sheet)
    assert found is not None
    return keep_records(sheet, found)


def row(*cells: Cell) -> list[Cell]:
    return [*cells, *[None] * (len(HEADER) - len(cells) - 1), "s"]


@each_format
def test_everything_comes_out_as_it_would_be_typed(file: str) -> None:
    page = Page(
        [
            ["文字", "整数", "小数", "长码", "日期", "月份", "百分比", "真假", "小"],
            [
                " 甲 ",
                211122,
                0.1 + 0.2,
                "91211100MA0XXXXX1Y",
                datetime.date(2023, 5, 8),
                datetime.date(2023, 5, 1),
                0.515,
                True,
                1e-7,
            ],
            [
                "001",
                -3,
                1234567.891,
                211100202012345.0,
                datetime.date(1999, 12, 31),
                datetime.date(2024, 12, 1),
                1,
                False,
            ],
        ],
        formats={(1, 5): 'yyyy"年"m"月"', (2, 5): 'yyyy"年"m"月"', (1, 6): "0.0%", (2, 6): "0%"},
    )
    (sheet,) = read(file, page)
    assert [r.cells for r in sheet.rows] == [
        ("甲", "211122", "0.3", "91211100MA0XXXXX1Y", "2023-05-08", "2023-05", "51.5%", "TRUE", "0.0000001"),
        ("001", "-3", "1234567.891", "211100202012345", "1999-12-31", "2024-12", "100%", "FALSE", ""),
    ]


@each_format
def test_rows_are_numbered_as_the_spreadsheet_does(file: str) -> None:
    (sheet,) = read(file, Page([[], [], [None, *HEADER], [], [None, *row("甲", "浆", "在产")]]))
    assert (sheet.header_row, sheet.header) == (3, ("", *HEADER))
    assert [r.number for r in sheet.rows] == [5]
    assert sheet.rows[0].cells[1:4] == ("甲", "浆", "在产")


@each_format
def test_titles_units_totals_and_notes(file: str) -> None:
    page = Page(
        [
            ["盘锦市产能情况表"],
            ["填报单位：市工信局", None, None, "单位：万元"],
            HEADER,
            row("甲", "浆", "在产", 10),
            ["小计", None, None, 10],
            HEADER,
            row("乙", "纸", "在建", 20),
            ["合 计", None, None, 30],
            ["注：1.本表数据为年报数。"],
            ["2.不含中央企业。"],
            ["填报人：张三", None, "审核人：李四"],
        ],
        merged=[(0, 0, 0, 6), (8, 0, 8, 6)],
    )
    (sheet,) = read(file, page)
    assert (sheet.header_row, sheet.header, sheet.units) == (3, tuple(HEADER), ("万元",) * 7)
    kept, said = records(sheet)
    assert [(r.number, r.cells[0]) for r in kept.rows] == [(4, "甲"), (7, "乙")]
    assert [(f.severity, f.code, f.row) for f in said] == [
        ("info", "total-row", 5),
        ("info", "repeated-header", 6),
        ("info", "total-row", 8),
        ("info", "footnote", 9),
        ("info", "footnote", 10),
        ("info", "footnote", 11),
    ]


@each_format
def test_merged_cells_are_filled_and_blank_ones_are_not(file: str) -> None:
    page = Page(
        [HEADER, row("甲", "浆", "在产"), row(None, "纸", "在产"), row("乙", "布"), row(None, "线")],
        merged=[(1, 0, 2, 0)],
    )
    (sheet,) = read(file, page)
    assert [r.cells[0] for r in sheet.rows] == ["甲", "甲", "乙", ""]
    assert [r.cells[2] for r in sheet.rows] == ["在产", "在产", "", ""]


@each_format
def test_a_header_of_two_levels(file: str) -> None:
    page = Page(
        [
            ["产能情况表"],
            ["单位名称", "产品", "状态", "规模", None, "填报", None],
            [None, None, None, "产能（万吨/年）", "总投资（万元）", "时点", "来源"],
            ["甲", "浆", "在产", 10, 500, "2023", "s"],
        ],
        merged=[(0, 0, 0, 6), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4), (1, 5, 1, 6)],
    )
    (sheet,) = read(file, page)
    assert sheet.header[:3] == ("单位名称", "产品", "状态")
    assert sheet.header[3:] == ("规模·产能（万吨/年）", "规模·总投资（万元）", "填报·时点", "填报·来源")
    assert sheet.units == ("", "", "", "万吨/年", "万元", "", "")
    assert sheet.header_row == 3
    found = recognize(sheet)
    assert found is not None
    assert found.ledger.name == "production"
    assert (found.positions["capacity"], found.positions["as_of"], found.positions["source"]) == (3, 5, 6)
    assert found.unknown == ("规模·总投资（万元）",)


@each_format
def test_a_unit_row_below_the_header_and_sections(file: str) -> None:
    page = Page(
        [
            [*HEADER[:4], "时点", "来源"],
            [None, None, None, "万吨/年"],
            ["一、在产企业"],
            ["甲", "浆", "在产", 10, None, "s"],
        ],
        merged=[(2, 0, 2, 5)],
    )
    (sheet,) = read(file, page)
    assert sheet.units == ("", "", "", "万吨/年", "", "")
    kept, said = records(sheet)
    assert [r.number for r in kept.rows] == [4]
    assert [(f.code, f.row) for f in said] == [("section-row", 3)]


@each_format
def test_several_hidden_and_empty_sheets(file: str) -> None:
    pages = [
        Page([["说明", "本表用于填报"]], "封面"),
        Page([HEADER, row("甲", "浆", "在产")], "产能"),
        Page([HEADER, row("丙", "浆", "在产")], "旧", hidden=True),
        Page([], "空"),
        Page([["来源编号", "标题", "证据等级"], ["s", "甲的年报", "E2"]], "来源"),
    ]
    graph = build({file: WRITERS[file](*pages)})
    assert [(s.sheet, s.ledger.name) for s in graph.sheets] == [("产能", "production"), ("来源", "sources")]
    told = {(f.severity, f.code, f.sheet) for f in graph.findings if f.code.endswith(("sheet", "not-read"))}
    assert told == {
        ("warning", "sheet-not-read", "封面"),
        ("info", "hidden-sheet", "旧"),
        ("info", "empty-sheet", "空"),
    }
    assert {f.sheet for f in graph.errors} == {"产能"}  # nobody has entered 甲 and 浆


@each_format
def test_columns_without_a_title_are_told(file: str) -> None:
    (sheet,) = read(file, Page([HEADER, [*row("甲", "浆", "在产"), None, "见附件"]]))
    _, said = records(sheet)
    assert [(f.severity, f.code, f.row, f.value, f.params["letter"]) for f in said] == [
        ("warning", "untitled-column", 2, "见附件", "I")
    ]


@pytest.mark.parametrize("file", ["b.xlsx", "c.xls", "d.ods"])
def test_a_code_typed_as_a_number_keeps_its_digits_apart_from_those_lost(file: str) -> None:
    (sheet,) = read(file, Page([HEADER, row("甲", "浆", "在产", 211100202012345678)]))
    shown = sheet.rows[0].cells[3]
    assert shown.isdecimal()
    assert (len(shown), shown[:15]) == (18, "211100202012345")
    _, said = records(sheet)
    assert [(f.severity, f.code, f.row, f.column) for f in said] == [("error", "long-number", 2, "产能")]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_cells_in_error_are_told_unless_nobody_reads_them(error: str) -> None:
    rows = [[*HEADER, "别的"], [*row("甲", "浆", "在产", error), error], ["合计", None, None, error]]
    (sheet,) = read_sheets("a.xlsx", xlsx(Page(rows)))
    _, said = records(sheet)
    told = [(f.severity, f.code, f.row, f.column, f.value) for f in said]
    assert told == [("info", "total-row", 3, "", "合计"), ("error", "cell-error", 2, "产能", error)]


def test_formulas_are_not_computed() -> None:
    rows = [
        HEADER,
        row('=HYPERLINK("http://example.com/x","甲")', "浆", "在产", "=1+1"),
        row("=CMD|'/c calc'!A0", "浆", "在产", "=2+1"),
        ["合计", None, None, "=SUM(D2:D3)"],
    ]
    (blank,) = read_sheets("a.xlsx", xlsx(Page(rows)))
    _, said = records(blank)
    assert {(f.severity, f.code, f.column, f.params["count"]) for f in said if f.code != "total-row"} == {
        ("error", "formula-blank", "单位名称", 2),
        ("error", "formula-blank", "产能", 2),
    }
    saved_once = rewritten(
        xlsx(Page(rows)),
        lambda name, part: (
            part.replace(b"<v />", b"<v>7</v>").replace(b"<v/>", b"<v>7</v>") if "sheet1" in name else part
        ),
    )
    (sheet,) = read_sheets("a.xlsx", saved_once)
    assert [r.cells[3] for r in sheet.rows] == ["7", "7", "7"]
    _, said = records(sheet)
    assert {(f.severity, f.code, f.row, f.column) for f in said if f.code != "total-row"} == {
        ("warning", "formula", 2, "单位名称"),
        ("warning", "formula", 2, "产能"),
    }


def test_a_link_to_another_workbook_is_told() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(Page([HEADER, row("甲", "浆", "在产")]))))
    outside = ExternalLink(externalBook=ExternalBook())
    outside.file_link = Relationship(
        type="externalLinkPath", Target="file:///etc/passwd", TargetMode="External", Id="rId1"
    )
    book._external_links.append(outside)
    (sheet,) = read_sheets("a.xlsx", saved(book.save))
    assert [(r.severity, r.code) for r in sheet.remarks] == [("warning", "external-link")]


@pytest.mark.parametrize(
    ("file", "data", "kind"),
    [
        ("a.xls", xlsx(Page([HEADER])), ".xlsx"),
        ("a.csv", xls(Page([HEADER])), ".xls"),
        ("a.xlsx", "单位名称,产品\n甲,乙\n".encode("gb18030"), ".csv"),
    ],
)
def test_a_file_is_read_as_what_it_is(file: str, data: bytes, kind: str) -> None:
    (sheet,) = read_sheets(file, data)
    assert sheet.header[:2] == ("单位名称", "产品")
    assert [(r.code, r.params["kind"]) for r in sheet.remarks] == [("wrong-suffix", kind)]


def test_twenty_thousand_rows_are_read() -> None:
    rows = [HEADER, *(row(f"甲{index}", "浆", "在产", index) for index in range(20_000))]
    (sheet,) = read_sheets("b.xlsx", xlsx_of_xlsxwriter(Page(rows)))
    assert len(sheet.rows) == 20_000
    assert sheet.rows[-1] == Row(20_001, ("甲19999", "浆", "在产", "19999", "", "", "s"))


text = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zs", "Zl", "Zp")), max_size=20)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(text, text), min_size=1, max_size=8))
@pytest.mark.parametrize("write", [xlsx_of_xlsxwriter, xls], ids=["xlsx", "xls"])
def test_texts_come_back_as_they_went_in(write: Callable[..., bytes], pairs: list[tuple[str, str]]) -> None:
    rows = [("甲", first, second) for first, second in pairs]
    (sheet,) = read_sheets("a.xlsx", write(Page([["单位名称", "产品", "来源"], *rows])))
    assert [r.cells for r in sheet.rows] == rows


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_numbers_have_no_exponent_and_fifteen_digits(number: float) -> None:
    shown = cell_text(number)
    assert set(shown) <= set("-0123456789.")
    assert float(shown) == pytest.approx(number, rel=1e-14, abs=5e-324)
