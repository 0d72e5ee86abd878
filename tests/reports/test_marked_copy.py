"""The marked copy: every cell where it stood, bad ones coloured and explained, nothing that a spreadsheet would run."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter

from kg.ledgers import Finding, build
from kg.messages import text
from kg.reports.marked_copy import marked_copy

SOURCES = "来源编号,标题,证据等级\ns,标题,E4\n".encode()


def workbook() -> bytes:
    """A ledger as bureaus keep it: title, unit row, two-level header, cells merged downwards, a second sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False})
    sheet = book.add_worksheet("产能'24")
    sheet.merge_range("A1:F1", "企业产能表")
    for column, title in enumerate(("单位名称", "产品", "状态")):
        sheet.merge_range(1, column, 2, column, title)
    sheet.merge_range("D2:E2", "规模")
    sheet.write_row("D3", ["产能", "单位"])
    sheet.merge_range("F2:F3", "来源")
    sheet.merge_range("A4:A5", "甲厂")
    sheet.write_row("B4", ["乙烯", "在产", 100, "万吨/年", "s"])
    sheet.write_row("B5", ["丙烯", "再产", "=cmd|' /C calc'!A1", "万吨/年", "s"])
    book.add_worksheet("说明").write("A1", "-没有问题")
    book.close()
    return stream.getvalue()


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_cells_stand_where_they_stood_and_bad_ones_are_marked(lang) -> None:
    files = {"a.xlsx": workbook(), "sources.csv": SOURCES}
    graph = build(files)
    data = marked_copy(files, graph.findings, lang)
    assert data == marked_copy(files, graph.findings, lang)
    book = opened(data)
    listed, sheet, note = book.worksheets
    assert [listed.title, sheet.title, note.title] == [text("marked.sheet", lang), "产能'24", "说明"]
    assert sheet["A1"].value == "企业产能表"
    assert [cell.value for cell in sheet[4]] == ["甲厂", "乙烯", "在产", 100, "万吨/年", "s"]
    assert {str(merged) for merged in sheet.merged_cells.ranges} >= {"A1:F1", "D2:E2", "A2:A3", "A4:A5"}
    bad = sheet["C5"]
    [finding] = [f for f in graph.findings if f.code == "unknown-word"]
    assert finding.message(lang) in bad.comment.text
    assert "在产" in bad.comment.text
    assert bad.fill.start_color.rgb == "FFF8B4B4"
    assert sheet["C4"].comment is None
    rows = {row[2].value: row for row in listed.iter_rows(min_row=2)}
    row = rows["unknown-word"]
    assert row[0].value == "C5"
    assert row[0].hyperlink.location == "'产能''24'!C5"
    assert row[-1].value == "在产"


def test_nothing_in_the_copy_is_a_formula() -> None:
    files = {
        "a.xlsx": workbook(),
        "b.csv": "单位名称,产品,状态,来源\n=1+1,@x,+1,-1\n".encode(),
        "sources.csv": SOURCES,
    }
    book = opened(marked_copy(files, build(files).findings, "zh"))
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in texts if cell.data_type == "f"]
    risky = [cell for cell in texts if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert len(risky) >= 5
    assert all(cell.quotePrefix for cell in risky)


def test_a_text_file_becomes_a_sheet_and_clean_files_are_left_out() -> None:
    files = {
        "2024 产能[一].csv": "单位：万吨/年\n单位名称,产品,状态,来源\n甲厂,,在产,s\n".encode(),
        "sources.csv": SOURCES,
    }
    findings = build(files).findings
    listed, sheet = opened(marked_copy(files, findings, "zh")).worksheets
    assert sheet.title == "2024 产能_一_"
    assert sheet["A1"].value == "单位：万吨/年"
    assert "必填" in sheet["B3"].comment.text  # a blank cell is marked as well
    assert sheet["B3"].value is None
    assert listed.max_row == 1 + len(findings)


def test_findings_about_no_cell_and_about_other_files_are_listed() -> None:
    files = {"a.csv": "单位名称,产品,状态,来源\n甲厂,乙烯,在产,s\n".encode()}
    findings = [
        Finding("error", "unrecognized", "elsewhere.csv"),
        Finding("error", "required", "a.csv", row=900, column="没有这列"),
        Finding("warning", "unknown-column", "a.csv", column="备用"),
    ]
    listed, sheet = opened(marked_copy(files, findings, "en")).worksheets
    assert [row[0].value for row in listed.iter_rows(min_row=2)] == [None, "A900", None]
    assert sheet["A900"].comment.text


def test_sheets_of_one_name_keep_apart() -> None:
    row = "单位名称,产品,状态,来源\n,乙烯,在产,s\n".encode()
    files = {
        "产能表格内容很长很长很长很长很长很长很长很长很长很长一.csv": row,
        "产能表格内容很长很长很长很长很长很长很长很长很长很长一二.csv": row,
        "问题清单.csv": row,
    }
    book = opened(marked_copy(files, build(files).findings, "zh"))
    assert len({title.casefold() for title in book.sheetnames}) == 4
    assert all(len(title) <= 31 for title in book.sheetnames)
