"""A table as an Excel workbook: the rows on one sheet, what they hold for on another."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from kg.excel import new_workbook
from kg.messages import text
from kg.reports.table import FORMULA_STARTS, Cell, Column, Reference, Table, cell_text, labelled_parameters
from kg.reports.text_width import longest_word, width, wrap

# Widths of columns, in the characters a spreadsheet counts; a cell needs some air, a heading room for the filter's button.
_WIDEST: Final = 60
_NARROWEST: Final = 8
_AIR: Final = 2
_BUTTON: Final = 3
_HEADING_LINES: Final = 3
# What a sheet of A4 across takes when 11 points are drawn as 7, the least that reads well on paper.
_A4: Final = 9
_SHEET: Final = 228
# Long texts wrap at this width unless the sheets have room left.
_WRAPPED: Final = 24
# A Han character is a little wider than two of the characters that a spreadsheet counts.
_HAN: Final = 0.87
_LINE_HEIGHT: Final = 15.0
_TALLEST: Final = 409.0
_MARGIN: Final = 0.4
# What Excel takes: characters in a cell, and above a page.
_CELL_LIMIT: Final = 32_767
_HEADER_LIMIT: Final = 120


def workbook(table: Table) -> bytes:
    """Return a workbook: frozen heading with a filter over every column, columns as wide as their cells need.

    Texts stay texts: nothing becomes a formula, a link or a number, nor does it when a cell is edited.
    """
    stream = io.BytesIO()
    book = new_workbook(stream, table.title)
    _rows_sheet(book, table)
    _notes_sheet(book, table)
    if table.references:
        _references_sheet(book, table)
    book.close()
    return stream.getvalue()


def _rows_sheet(book: Any, table: Table) -> None:
    heading = book.add_format(
        {"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    cells = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#C8D0D8"}
    plain = book.add_format(cells), book.add_format({**cells, "quote_prefix": True})
    right = book.add_format({**cells, "align": "right", "indent": 1})
    sheet = book.add_worksheet(text("workbook.rows", table.lang))
    widths = _widths(table)
    for index, column in enumerate(table.columns):
        sheet.write_string(0, index, column.label, heading)
        sheet.set_column(index, index, widths[index])
        styles = (right, right) if column.kind == "number" else plain
        for line, row in enumerate(table.rows, start=1):
            _write_cell(sheet, line, index, row[index], table, styles)
    labels = [column.label for column in table.columns]
    sheet.set_row(0, _height(labels, [size - _BUTTON for size in widths]))
    for line, row in enumerate(table.rows, start=1):
        sheet.set_row(line, _height([cell_text(cell, table.lang) for cell in row], widths))
    sheet.freeze_panes(1, 1)
    if table.columns:
        sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
        sheet.repeat_columns(0)
    sheet.repeat_rows(0)
    _print_setup(sheet, table, _sheets(widths))


def _widths(table: Table) -> list[int]:
    """Return how wide the columns are.

    Long texts wrap; what the printed sheets have left goes, bit by bit, to the column whose longest cell takes the most lines.
    """
    least = [_heading_width(column) for column in table.columns]
    longest = [
        max([low] + [_longest_line(row[index], table) + _AIR for row in table.rows])
        for index, low in enumerate(least)
    ]
    widths = [max(low, min(_WRAPPED, want)) for low, want in zip(least, longest, strict=True)]
    room = _sheets(widths) * _SHEET - sum(widths)
    open_columns = [index for index, want in enumerate(longest) if widths[index] < want]
    while room > 0 and open_columns:
        index = max(open_columns, key=lambda one: (longest[one] / widths[one], -one))
        widths[index] += 1
        room -= 1
        if widths[index] >= min(_WIDEST, longest[index]):
            open_columns.remove(index)
    return widths


def _sheets(widths: Sequence[int]) -> int:
    """Return how many sheets stand side by side when columns of these widths are printed."""
    return max(1, math.ceil(sum(widths) / _SHEET))


def _heading_width(column: Column) -> int:
    """Return what a heading needs that may take a few lines, its words whole."""
    lines = -(-width(column.label) // _HEADING_LINES) + 1
    return max(_NARROWEST, min(_WIDEST, max(lines, longest_word(column.label)) + _BUTTON))


def _height(cells: Sequence[str], widths: Sequence[int]) -> float:
    """Return how high a row is: not every spreadsheet works out the height of wrapped text by itself."""
    room = [int((size - 1) * _HAN) for size in widths]
    lines = [
        len(wrap(cell, size))
        for cell, size in zip(cells, room, strict=True)
        if width(cell) > size or "\n" in cell
    ]
    return min(_TALLEST, _LINE_HEIGHT * max(lines, default=1))


def _print_setup(sheet: Any, table: Table, sheets_across: int = 1) -> None:
    """Print on A4 across, the title above every page, its date and number below."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.set_margins(left=_MARGIN, right=_MARGIN, top=2 * _MARGIN, bottom=1.5 * _MARGIN)
    sheet.fit_to_pages(sheets_across, 0)
    # An ampersand starts a code; a line above the page takes 255 characters.
    sheet.set_header("&L" + table.title[:_HEADER_LIMIT].replace("&", "&&"))
    dated = text("table.as_of", table.lang, date=table.as_of) if table.as_of else ""
    sheet.set_footer(f"&L{dated}&R&P / &N")


def _notes_sheet(book: Any, table: Table) -> None:
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(text("workbook.notes", table.lang))
    widths = (24, 110)
    for index, size in enumerate(widths):
        sheet.set_column(index, index, size)
    facts = [(text("workbook.title", table.lang), table.title)]
    if table.as_of:
        facts.append((text("workbook.as_of", table.lang), table.as_of))
    facts += [(name, cell_text(cell, table.lang)) for name, cell in labelled_parameters(table).items()]
    facts += [(text("workbook.note", table.lang), note) for note in table.notes]
    for line, (name, value) in enumerate(facts):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, value[:_CELL_LIMIT], body)
        sheet.set_row(line, _height((name, value), widths))
    _print_setup(sheet, table)


def _references_sheet(book: Any, table: Table) -> None:
    bold = book.add_format({"bold": True})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(text("table.references", table.lang))
    names = [field.name for field in fields(Reference)]
    rows = [[str(getattr(reference, name)) for name in names] for reference in table.references]
    labels = [text(f"reference.{name}", table.lang) for name in names]
    widths = [
        min(_WIDEST, max(_NARROWEST, *map(width, column)) + _AIR)
        for column in zip(labels, *rows, strict=True)
    ]
    for index, label in enumerate(labels):
        sheet.write_string(0, index, label, bold)
        sheet.set_column(index, index, widths[index])
    for line, row in enumerate(rows, start=1):
        for index, cell in enumerate(row):
            sheet.write_string(line, index, cell[:_CELL_LIMIT], body)
        sheet.set_row(line, _height(row, widths))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    _print_setup(sheet, table)


def _longest_line(cell: Cell, table: Table) -> int:
    return max(map(width, cell_text(cell, table.lang).split("\n")))


def _write_cell(sheet: Any, line: int, index: int, cell: Cell, table: Table, styles: tuple[Any, Any]) -> None:
    number = isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
    if number and math.isfinite(cell):  # type: ignore[arg-type]
        sheet.write_number(line, index, cell, styles[0])
    else:
        shown = cell_text(cell, table.lang)[:_CELL_LIMIT]
        if not shown:  # an empty text is not blank to a formula: to add to it is an error
            sheet.write_blank(line, index, None, styles[0])
            return
        sheet.write_string(line, index, shown, styles[shown.startswith(FORMULA_STARTS)])
