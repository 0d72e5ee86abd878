"""Files as bureaus hand them over, wrong names and leftovers included: the right result, or one clear finding."""

from __future__ import annotations

import io
import zipfile

import odf.opendocument
import odf.table
import odf.text
import openpyxl
import pytest
import xlwt

from kg.ledgers import Graph, build
from kg.ledgers.tables import TABLE_SUFFIXES
from tests.small_city import small_city
from tests.workbook_files import Page, xls, xlsx

BASE = {n: d for n, d in small_city("production 甲 浆 在产 1 吨/年 1999").items() if n != "production.csv"}
HEADER = ["单位名称", "产品", "状态", "产能", "单位", "时点", "来源"]
ROW = ["甲", "浆", "在产", "10", "吨/年", "2025-03", "s"]
TABS = "\r\n".join("\t".join(row) for row in (HEADER, ROW)) + "\r\n"


def read(name: str, data: bytes) -> Graph:
    return build({**BASE, name: data})


@pytest.mark.parametrize(
    ("name", "data", "warned"),
    [
        ("产能.txt", TABS.encode("utf-16"), False),  # Excel: save as Unicode text
        ("产能.txt", TABS.encode("gb18030"), False),
        ("产能.xls", TABS.encode("gb18030"), True),  # what many systems call an export to Excel
        ("产能.xls", TABS.encode("utf-16"), True),
        ("产能.xls", xlsx(Page([HEADER, ROW], "产能")), True),
        ("产能.xlsx", xls(Page([HEADER, ROW], "产能")), True),
        ("产能.csv", xls(Page([HEADER, ROW], "产能")), True),
        ("产能.xlsm", xlsx(Page([HEADER, ROW], "产能")), False),
    ],
    ids=["unicode", "gb18030", "text", "unicode-text", "xlsx-xls", "xls-xlsx", "xls-csv", "xlsm"],
)
def test_a_file_of_any_name_is_read_as_what_it_is(name: str, data: bytes, warned: bool) -> None:
    graph = read(name, data)
    assert graph.errors == ()
    assert graph.rows["production"] == 1
    assert [f.code for f in graph.findings] == ["wrong-suffix"] * warned


def test_text_files_of_a_folder_are_no_tables_unless_named() -> None:
    assert ".txt" not in TABLE_SUFFIXES
    assert ".xlsm" in TABLE_SUFFIXES


def test_hidden_rows_and_columns_are_read_and_told() -> None:
    rows = [HEADER, ROW, ["甲", "浆", "停产", "5", "吨/年", "2025-04", "s"]]
    book = openpyxl.load_workbook(io.BytesIO(xlsx(Page(rows, "产能"))))
    sheet = book["产能"]
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["F"].hidden = True
    modern = io.BytesIO()
    book.save(modern)
    old = xlwt.Workbook()
    page = old.add_sheet("产能")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            page.write(r, c, value)
    page.row(2).hidden = True
    page.col(5).hidden = True
    legacy = io.BytesIO()
    old.save(legacy)
    document = odf.opendocument.OpenDocumentSpreadsheet()
    table = odf.table.Table(name="产能")
    table.addElement(odf.table.TableColumn(numbercolumnsrepeated=5))
    table.addElement(odf.table.TableColumn(visibility="collapse"))
    table.addElement(odf.table.TableColumn())
    for r, row in enumerate(rows):
        line = odf.table.TableRow(**({"visibility": "filter"} if r == 2 else {}))
        for value in row:
            cell = odf.table.TableCell(valuetype="string")
            cell.addElement(odf.text.P(text=value))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    open_document = io.BytesIO()
    document.write(open_document)
    for name, stream in (("a.xlsx", modern), ("a.xls", legacy), ("a.ods", open_document)):
        graph = read(name, stream.getvalue())
        assert graph.rows["production"] == 2, name
        [told] = graph.findings
        assert (told.code, told.severity, dict(told.params)) == (
            "hidden-cells",
            "info",
            {"rows": 1, "columns": 1},
        )


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NAME?", "#DIV/0!"])
def test_a_cell_in_error_is_one_finding_in_text_files_as_well(error: str) -> None:
    row = ",".join([error if cell == "10" else cell for cell in ROW])
    graph = read("产能.csv", f"{','.join(HEADER)}\n{row}\n".encode())
    assert [(f.code, f.value) for f in graph.findings] == [("cell-error", error)]
    named = read("organizations2.csv", f"单位名称,类型,本地外地,来源\n{error},企业,本地,s\n".encode())
    assert [f.code for f in named.errors] == ["cell-error"]


@pytest.mark.parametrize("number", [9.12111e17, 912111000000000000, 211100199001011234.0])
def test_a_code_that_became_a_number_is_one_finding_without_a_wrong_guess(number: float) -> None:
    rows = [["单位名称", "类型", "统一社会信用代码", "本地外地", "来源"], ["丙", "企业", number, "本地", "s"]]
    for data in (xlsx(Page(rows)), xls(Page(rows))):
        [found] = read("organizations2.xlsx" if data[:2] == b"PK" else "organizations2.xls", data).errors
        assert found.code == "long-number"
        assert "文本" in found.message("zh")


def test_a_note_in_a_file_named_after_a_ledger_is_none_of_its_sheets() -> None:
    data = xlsx(Page([HEADER, ROW], "2025年"), Page([["填表说明"], ["请如实填写"]], "说明"))
    graph = read("产能.xlsx", data)
    assert graph.errors == ()
    assert [(f.code, f.sheet) for f in graph.findings] == [("sheet-not-read", "说明")]


def test_a_list_of_firms_without_one_column_is_no_list_of_sites() -> None:
    titles = ["序号", "企业名称", "简称", "社会信用代码", "企业类型", "信息来源"]
    rows = [["某市工业企业名录（2025年）"], titles, ["1", "丙", "", "", "企业", "s"]]
    [found] = read("名录.xlsx", xlsx(Page(rows, merged=[(0, 0, 0, 5)]))).errors
    assert (found.code, found.params["name"]) == ("incomplete-sheet", "organizations")
    assert "本地外地" in found.message("zh")


def test_macros_are_told_and_never_read() -> None:
    target = io.BytesIO(xlsx(Page([HEADER, ROW], "产能")))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 100)
    graph = read("产能.xlsm", target.getvalue())
    assert graph.rows["production"] == 1
    assert [(f.code, f.severity) for f in graph.findings] == [("macros", "info")]
