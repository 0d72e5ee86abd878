"""The marked copy of one .xlsx workbook is that workbook: formulas, looks and other sheets stay, what is hostile does not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from kg.ledgers import Finding, build
from kg.messages import text
from kg.reports.marked_copy import marked_copies, marked_copy
from kg.reports.marked_workbook import marked_workbook
from tests.small_city import small_city

HEADER = ["单位名称", "产品", "状态", "产能", "单位", "时点", "来源"]
SHEET = "xl/worksheets/sheet1.xml"
BASE = {n: d for n, d in small_city("production 甲 浆 在产 1 吨/年 1999").items() if n != "production.csv"}


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def rewritten(data: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in more.items():
            new.writestr(name, content)
    return target.getvalue()


def office_book() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "产能"
    sheet.append(["某市产能表"])
    sheet.merge_cells("A1:G1")
    sheet["A1"].font = Font(size=20, bold=True)
    sheet.append(HEADER)
    sheet.append(["甲", "浆", "再产", 1234.5, "吨/年", "2025-03", "s"])
    sheet.append(["甲", "浆", "停产", "=D3*2", "吨/年", "2025-03", "s"])
    sheet.append([None, "浆", "在建", "=[1]Sheet1!A1", "吨/年", "某日", "s"])
    sheet.merge_cells("A4:A5")
    sheet["C3"].comment = Comment("请核实", "张三")
    sheet["D3"].number_format = "#,##0.00"
    sheet["B4"].fill = PatternFill("solid", start_color="FF00FF00")
    sheet.column_dimensions["A"].width = 33.5
    rule = DataValidation(type="list", formula1='"在产,停产"')
    sheet.add_data_validation(rule)
    rule.add("C3:C99")
    sheet["J3"] = '=HYPERLINK("https://example.org","y")'
    sheet["J4"] = "=cmd|' /C calc'!A0"
    sheet["J5"].value, sheet["J5"].data_type = "=1+1", "s"
    sheet["J6"], sheet["J7"] = "文件", "网页"
    sheet["J6"].hyperlink, sheet["J7"].hyperlink = "file:///etc/passwd", "https://example.org"
    book.create_sheet("说明")["A1"] = "其他"
    hidden = book.create_sheet("底稿")
    hidden["A1"], hidden.sheet_state = 1, "hidden"
    book.defined_names["外"] = DefinedName("外", attr_text="[1]Sheet1!$A$1")
    book.defined_names["内"] = DefinedName("内", attr_text="产能!$A$1")
    return saved(book)


@pytest.fixture(scope="module")
def copy() -> bytes:
    files = {**BASE, "产能.xlsx": office_book()}
    return marked_copy(files, [f for f in build(files).findings if f.file == "产能.xlsx"], "zh")


def test_everything_of_the_user_stays_but_the_marks(copy: bytes) -> None:
    book = opened(copy)
    assert book.sheetnames == [text("marked.sheet", "zh"), "产能", "说明", "底稿"]
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", "visible", "hidden"]
    assert [sheet.sheet_view.tabSelected for sheet in book][1:] == [
        False
    ] * 3  # else they are edited together
    sheet = book["产能"]
    assert (sheet["D4"].value, sheet["D4"].data_type) == ("=D3*2", "f")
    assert (sheet["D3"].value, sheet["D3"].number_format) == (1234.5, "#,##0.00")
    assert sheet["A1"].font.sz == 20
    assert sheet["B4"].fill.start_color.rgb == "FF00FF00"
    assert sheet.column_dimensions["A"].width == 33.5
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A1:G1", "A4:A5"}
    assert str(sheet.data_validations.dataValidation[0].sqref) == "C3:C99"
    assert sheet["J3"].value.startswith("=HYPERLINK")
    assert list(book.defined_names) == ["内"]


def test_bad_cells_are_coloured_and_explained_in_a_note_that_can_be_read(copy: bytes) -> None:
    book = opened(copy)
    sheet = book["产能"]
    for place in ("C3", "D4", "F5"):
        assert sheet[place].fill.start_color.rgb == "FFF8B4B4", place
        assert sheet[place].comment.text.startswith("错误：")
    assert "再产" in sheet["C3"].comment.text
    assert sheet["C3"].comment.text.endswith("请核实")  # what the user noted there stays
    assert sheet["B3"].comment is None
    listed = book.worksheets[0]
    links = {
        row[0].value: row[0].hyperlink.location for row in listed.iter_rows(min_row=2) if row[0].hyperlink
    }
    assert links["C3"] == "'产能'!C3"
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        drawing = archive.read("xl/drawings/commentsDrawing2.vml").decode()
    assert "width:320px" in drawing
    assert "height:79px" not in drawing  # the size that no text was thought of


def test_a_finding_in_a_merged_cell_is_marked_where_the_cell_begins() -> None:
    one = Finding("error", "required", "a.xlsx", "产能", 5, "单位名称")
    sheet = opened(marked_workbook("a.xlsx", office_book(), [one], "en") or b"")["产能"]
    assert sheet["A4"].comment is not None
    assert sheet["A4"].fill.fill_type == "solid"


def test_nothing_leads_out_of_the_copy_or_runs(copy: bytes) -> None:
    sheet = opened(copy)["产能"]
    assert sheet["D5"].data_type != "f"  # what stands in another workbook: the last result, here none
    assert sheet["J4"].data_type != "f"
    assert (sheet["J5"].value, sheet["J5"].data_type, sheet["J5"].quotePrefix) == ("=1+1", "s", True)
    assert sheet["J6"].hyperlink is None
    assert sheet["J7"].hyperlink.target == "https://example.org"
    book = rewritten(
        office_book(),
        lambda _, part: part,
        **{
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0",
            "xl/externalLinks/externalLink1.xml": b"<x/>",
            "xl/media/a.png": b"x",
        },
    )
    files = {**BASE, "产能.xlsm": book}
    findings = build(files).findings
    assert {"macros", "external-link"} <= {f.code for f in findings}
    made = marked_copy(files, [f for f in findings if f.file == "产能.xlsm"], "en")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = archive.namelist()
        kinds = archive.read("[Content_Types].xml")
    assert not [name for name in names if "vba" in name or "externalLink" in name or "media" in name]
    assert b"macroEnabled" not in kinds
    assert opened(made)["产能"]["D4"].data_type == "f"


def with_results() -> bytes:
    """Return the workbook as Excel saves it, with what its formulas gave."""
    results = {
        b"D3*2": (b"", b"2469"),
        b"HYPERLINK(": (b' t="str"', b"a &amp; b"),
        b"[1]Sheet1!A1": (b' t="str"', b"=1+1"),
        b"cmd|": (b' t="e"', b"#REF!"),
    }

    def change(name: str, part: bytes) -> bytes:
        for start, (kind, value) in results.items() if name == SHEET else ():
            pattern = rb'(<c r="\w+")([^>]*>)(<f>' + re.escape(start) + rb"[^<]*</f>)<v ?/>"
            part, count = re.subn(pattern, rb"\g<1>" + kind + rb"\2\3<v>" + value + b"</v>", part)
            assert count == 1, start
        return part

    return rewritten(office_book(), change)


def test_formulas_keep_their_results_for_who_only_looks_and_are_worked_out_anew_on_opening() -> None:
    data = with_results()
    files = {**BASE, "产能.xlsx": data}
    findings = [f for f in build(files).findings if f.file == "产能.xlsx"]
    made = marked_copy(files, findings, "zh")
    shown = openpyxl.load_workbook(io.BytesIO(made), data_only=True)["产能"]
    assert (shown["D4"].value, shown["J3"].value) == (2469, "a & b")
    sheet = opened(made)["产能"]
    assert (sheet["D4"].value, sheet["J3"].data_type) == ("=D3*2", "f")
    assert opened(made).calculation.fullCalcOnLoad
    # What another workbook gave is text, even where it looks like a formula.
    assert (sheet["D5"].value, sheet["D5"].data_type, sheet["D5"].quotePrefix) == ("=1+1", "s", True)
    assert (sheet["J4"].value, sheet["J4"].data_type) == ("#REF!", "e")
    again = build({**BASE, "产能.xlsx": made}).findings
    assert not [f for f in again if f.code == "formula-blank"]


def test_the_same_findings_give_the_same_bytes() -> None:
    one = Finding("error", "required", "a.xlsx", "产能", 3, "产品")
    first, second = (marked_workbook("a.xlsx", office_book(), [one], "zh") for _ in range(2))
    assert first == second


def test_a_mended_copy_is_imported_and_its_list_passed_over(copy: bytes) -> None:
    book = opened(copy)
    sheet = book["产能"]
    sheet["C3"], sheet["D4"], sheet["D5"], sheet["F5"] = "在产", 2469, 5, "2025-04"
    graph = build({**BASE, "产能.xlsx": saved(book)})
    assert graph.errors == ()
    assert graph.rows["production"] == 3
    assert [f.sheet for f in graph.findings if f.code == "findings-list"] == [text("marked.sheet", "zh")]


FINDING = [Finding("error", "required", "a.xlsx", "产能", 3, "产品")]
INTO_SHEET = {
    "merged over everything": b'<mergeCells><mergeCell  ref = "A1:XFD1048576"/></mergeCells>',
    "a link over everything": b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
    "a link over all columns": b'<hyperlinks><hyperlink ref="A:XFD" location="x"/></hyperlinks>',
}


@pytest.mark.parametrize("case", INTO_SHEET)
def test_what_would_fill_the_memory_is_copied_as_texts(case: str) -> None:
    plain = openpyxl.Workbook()
    plain.active.title = "产能"
    plain.active.append(HEADER)
    data = rewritten(
        saved(plain),
        lambda name, part: (
            part.replace(b"</sheetData>", b"</sheetData>" + INTO_SHEET[case]) if name == SHEET else part
        ),
    )
    assert marked_workbook("a.xlsx", data, FINDING, "zh") is None


def test_larger_workbooks_and_hostile_parts_are_copied_as_texts() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    small = saved(book)
    rows = b"".join(b'<row r="%d" s="1" customFormat="1"/>' % line for line in range(9, 200_100))
    grown = rewritten(small, lambda name, part: part.replace(b"</sheetData>", rows + b"</sheetData>"))
    assert len(grown) > 2 * len(small)
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    theme = rewritten(small, lambda name, part: entity if "theme" in name else part)
    assert [marked_workbook("a.xlsx", data, FINDING, "zh") for data in (grown, theme)] == [None, None]
    assert marked_workbook("a.xlsx", small, FINDING, "zh")


def test_each_file_has_a_copy_of_its_own_in_a_folder() -> None:
    rows = ",".join(HEADER) + "\n甲,浆,再产,1,吨/年,2025,s\n"
    files = {**BASE, "产能.xlsx": office_book(), "产能.csv": rows.encode(), "更多.csv": rows.encode()}
    copies = marked_copies(files, build(files).findings, "zh")
    assert list(copies) == ["产能.xlsx", "产能.xlsx.xlsx", "更多.xlsx"]
    assert opened(copies["产能.xlsx.xlsx"])["产能"]["D4"].data_type == "f"
    assert opened(copies["更多.xlsx"]).worksheets[1]["D2"].value == "1"  # a text file is copied as texts
