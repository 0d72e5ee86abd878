from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from kg.messages import text
from kg.reports.table import Column, Table
from kg.reports.text_width import width
from kg.reports.writers import FORMATS, format_of, harmless, render, write

TABLE = Table(
    title="缺口",
    columns=(
        Column("kind", "类型"),
        Column("amount", "数量", "number"),
        Column("sources", "来源", "list"),
        Column("why", "理由"),
    ),
    rows=(
        ("缺链", Decimal("12.50"), ("seed-1", "seed-2"), '台账中没有"本地"生产者，\n需要外购'),
        ("=1+1", -3, (), "@SUM(A1)"),
        ("弱链", None, ("seed-1",), "-"),
    ),
    lang="zh",
    notes=("没有数据不等于零。",),
    as_of="2024-10",
    parameters={"alpha": 0.85, "chain": None},
)
NASTY = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


def as_csv(table: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(render(table, "csv").decode("utf-8-sig"), newline="")))


def test_every_format_gives_the_same_bytes_twice() -> None:
    for form in FORMATS:
        assert render(TABLE, form) == render(TABLE, form), form


def test_write_writes_what_render_returns() -> None:
    stream = io.BytesIO()
    write(TABLE, "md", stream)
    assert stream.getvalue() == render(TABLE, "md")


def test_csv_opens_in_excel() -> None:
    content = render(TABLE, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 1 + len(TABLE.rows)
    assert as_csv(TABLE)[0] == ["类型", "数量", "来源", "理由"]
    assert as_csv(TABLE)[1] == ["缺链", "12.5", "seed-1；seed-2", '台账中没有"本地"生产者，\n需要外购']


def test_csv_holds_no_formula() -> None:
    assert as_csv(TABLE)[2] == ["'=1+1", "-3", "", "'@SUM(A1)"]
    assert as_csv(TABLE)[3][3] == "'-"


@given(NASTY)
def test_what_a_spreadsheet_takes_for_a_formula_is_disarmed(cell: str) -> None:
    safe = harmless(cell)
    assert safe in (cell, "'" + cell)
    if safe == cell and cell[:1] and cell[0] in "=+-@\t\r":
        float(cell.rstrip("%"))


@pytest.mark.parametrize("number", ["-12.5", "+3", "-1e5", "-.5", "-12%"])
def test_plain_numbers_keep_their_sign(number: str) -> None:
    assert harmless(number) == number


@pytest.mark.parametrize("formula", ["-1+1", "+A1", "=1", "@x", "\t=1", "\r=1", "＝1", "--1", "-1 "])
def test_formulas_get_an_apostrophe(formula: str) -> None:
    assert harmless(formula) == "'" + formula


@given(st.lists(st.tuples(NASTY, st.none() | st.integers() | st.booleans()), max_size=5))
def test_csv_and_json_give_back_every_cell(rows: list[tuple[str, int | None]]) -> None:
    table = Table("t", (Column("a", "A"), Column("b", "B")), tuple(rows), "en")
    back = json.loads(render(table, "json"))["rows"]
    assert [(row["a"], row["b"]) for row in back] == rows
    cells = [row[0] for row in as_csv(table)[1:]]
    assert [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells] == [
        harmless(row[0]).replace("\r\n", "\n").replace("\r", "\n") for row in rows
    ]


def test_json_has_the_agreed_shape() -> None:
    document = json.loads(render(TABLE, "json"))
    assert list(document) == ["title", "as_of", "parameters", "notes", "columns", "rows", "references"]
    assert document["as_of"] == "2024-10"
    assert document["parameters"] == {"alpha": 0.85, "chain": None}
    assert document["columns"][1] == {"key": "amount", "label": "数量", "kind": "number"}
    assert document["rows"][0]["sources"] == ["seed-1", "seed-2"]
    assert document["rows"][0]["amount"] == 12.5
    assert document["rows"][1]["kind"] == "=1+1"
    assert "缺链" in render(TABLE, "json").decode("utf-8")


def test_json_knows_no_infinity() -> None:
    table = Table(
        "t", (Column("a", "A"),), ((float("nan"),), (Decimal("Infinity"),), (Decimal("3.0"),)), "en"
    )
    assert [row["a"] for row in json.loads(render(table, "json"))["rows"]] == ["nan", "Infinity", 3]


def test_workbook_has_rows_filter_notes_and_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render(TABLE, "xlsx")))
    rows, notes = book.worksheets
    assert (rows.title, notes.title) == ("数据", "说明")
    assert rows.freeze_panes == "B2"
    assert rows.auto_filter.ref == "A1:D4"
    assert [cell.value for cell in rows[1]] == ["类型", "数量", "来源", "理由"]
    assert rows["B2"].value == 12.5
    assert (rows["A3"].value, rows["A3"].data_type) == ("=1+1", "s")
    told = {row[0].value: row[1].value for row in notes.iter_rows()}
    assert told["截至"] == "2024-10"
    assert told[text("parameter.alpha", "zh")] == "0.85"
    assert "没有数据不等于零。" in told.values()
    assert book.properties.created.year == 2000


def test_a_heading_has_room_for_its_words_and_the_rows_for_their_lines() -> None:
    label = "本地没有生产者的产品"
    sheet = one_sheet(
        Table("t", (Column("a", label), Column("b", "B")), (("短", "长" * 300), ("短", "短")), "zh")
    )
    lines = sheet.row_dimensions[1].height / 15
    assert sheet.column_dimensions["A"].width * lines >= width(label)
    assert 60 <= sheet.column_dimensions["B"].width < 61
    assert sheet.row_dimensions[2].height >= 15 * 600 / 60
    assert sheet.row_dimensions[3].height in (None, 15)


def test_a_list_is_printed_on_a4_across_with_heading_title_and_page_number() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render(replace(TABLE, title="缺链 & 断点"), "xlsx")))
    for sheet in book.worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.oddHeader.left.text == "缺链 && 断点"
        assert sheet.oddFooter.right.text == "&P / &N"
    assert "2024-10" in book.worksheets[0].oddFooter.left.text
    assert book.worksheets[0].print_title_rows == "$1:$1"


def test_a_very_wide_list_is_printed_on_several_sheets_side_by_side_and_stays_legible() -> None:
    columns = tuple(Column(f"c{place}", f"第{place}列") for place in range(30))
    sheet = one_sheet(Table("t", columns, (tuple("很长的一段话" * 10 for _ in columns),), "zh"))
    total = sum(sheet.column_dimensions[letter].width for letter in map(get_column_letter, range(1, 31)))
    assert sheet.page_setup.fitToWidth > 1
    # 11 points drawn as 7: what A4 across takes then.
    assert total / sheet.page_setup.fitToWidth <= 230
    assert sheet.print_title_cols == "$A:$A"


def one_sheet(table: Table) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(render(table, "xlsx"))).worksheets[0]


def test_an_empty_table_is_said_to_be_empty_in_every_format() -> None:
    table = Table("t", (Column("a", "A"),), (), "en")
    assert "(no rows)" in render(table, "table").decode()
    assert "(no rows)" in render(table, "md").decode()
    assert json.loads(render(table, "json"))["rows"] == []
    assert as_csv(table) == [["A"]]
    assert openpyxl.load_workbook(io.BytesIO(render(table, "xlsx"))).worksheets[0].max_row == 1


def test_markdown_cells_cannot_break_the_table() -> None:
    table = Table("t", (Column("a", "A|B"),), (("x | y\nz <script>",),), "en")
    lines = render(table, "md").decode().split("\n")
    assert "| A\\|B |" in lines
    assert "| x \\| y<br>z \\<script\\> |" in lines


def test_formats_are_known_by_suffix() -> None:
    assert [format_of(Path(f"a{suffix}")) for suffix in (".CSV", ".xlsx", ".md", ".json", ".txt", ".pdf", "")] == [
        "csv", "xlsx", "md", "json", "table", None, None,
    ]  # fmt: skip
