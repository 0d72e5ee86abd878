"""A table as an Excel workbook: the rows on one sheet, what they hold for on another."""

from __future__ import annotations

import io
import math
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from kg.messages import text
from kg.reports.table import FORMULA_STARTS, Cell, Reference, Table, cell_text
from kg.reports.text_width import width

# Workbooks carry the time they were made; a fixed one keeps the bytes the same.
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDEST: Final = 60
_NARROWEST: Final = 8
# What Excel takes: characters in a cell, rows on a sheet.
_CELL_LIMIT: Final = 32_767


def workbook(table: Table) -> bytes:
    """Return a workbook: frozen heading with a filter over every column, columns as wide as their cells need.

    Texts stay texts: nothing becomes a formula, a link or a number, nor does it when a cell is edited.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": table.title, "created": _CREATED})
    _rows_sheet(book, table)
    _notes_sheet(book, table)
    if table.references:
        _references_sheet(book, table)
    book.close()
    return stream.getvalue()


def _rows_sheet(book: Any, table: Table) -> None:
    heading = book.add_format(
        {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    )
    body = book.add_format({"text_wrap": True, "valign": "top"})
    quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    sheet = book.add_worksheet(text("workbook.rows", table.lang))
    for index, column in enumerate(table.columns):
        sheet.write_string(0, index, column.label, heading)
        longest = max([width(column.label) + 3] + [_longest_line(row[index], table) for row in table.rows])
        sheet.set_column(index, index, max(_NARROWEST, min(_WIDEST, longest + 2)))
        for line, row in enumerate(table.rows, start=1):
            _write_cell(sheet, line, index, row[index], table, (body, quoted))
    sheet.freeze_panes(1, 1)
    if table.columns:
        sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _notes_sheet(book: Any, table: Table) -> None:
    bold = book.add_format({"bold": True, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(text("workbook.notes", table.lang))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    facts = [(text("workbook.title", table.lang), table.title)]
    if table.as_of:
        facts.append((text("workbook.as_of", table.lang), table.as_of))
    facts += [
        (name, cell_text(cell, table.lang)) for name, cell in table.parameters.items() if cell is not None
    ]
    facts += [(text("workbook.note", table.lang), note) for note in table.notes]
    for line, (name, value) in enumerate(facts):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, value[:_CELL_LIMIT], body)


def _references_sheet(book: Any, table: Table) -> None:
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(text("table.references", table.lang))
    names = [field.name for field in fields(Reference)]
    for index, name in enumerate(names):
        cells = [str(getattr(reference, name)) for reference in table.references]
        sheet.write_string(0, index, text(f"reference.{name}", table.lang), bold)
        for line, cell in enumerate(cells, start=1):
            sheet.write_string(line, index, cell[:_CELL_LIMIT])
        sheet.set_column(index, index, min(_WIDEST, max(_NARROWEST, *map(width, cells)) + 2))
    sheet.freeze_panes(1, 0)


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
