"""Real workbooks for the tests: one description, written as .xlsx, .xls and .ods by the libraries people use."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import odf.number
import odf.opendocument
import odf.style
import odf.table
import odf.text
import openpyxl
import xlsxwriter
import xlwt

Cell = str | int | float | bool | datetime.date | None
Place = tuple[int, int]


@dataclass(frozen=True)
class Page:
    """A sheet: its rows, merged ranges (first row, first column, last row, last column; from 0), number formats by place."""

    rows: Sequence[Sequence[Cell]]
    name: str = "Sheet1"
    merged: Sequence[tuple[int, int, int, int]] = ()
    formats: Mapping[Place, str] = field(default_factory=dict)
    hidden: bool = False


def xlsx(*pages: Page) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for page in pages:
        sheet = book.create_sheet(page.name)
        sheet.sheet_state = "hidden" if page.hidden else "visible"
        for r, row in enumerate(page.rows, 1):
            for c, value in enumerate(row, 1):
                if value is not None:
                    cell = sheet.cell(r, c, value)
                    if (r - 1, c - 1) in page.formats:
                        cell.number_format = page.formats[r - 1, c - 1]
        for top, left, bottom, right in page.merged:
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
    return saved(book.save)


def xlsx_of_xlsxwriter(*pages: Page) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    ) as book:
        for page in pages:
            sheet = book.add_worksheet(page.name)
            spans = {(top, left): (bottom, right) for top, left, bottom, right in page.merged}
            for r, row in enumerate(page.rows):
                for c, value in enumerate(row):
                    style = (
                        book.add_format({"num_format": page.formats[r, c]})
                        if (r, c) in page.formats
                        else None
                    )
                    if (r, c) in spans:
                        sheet.merge_range(r, c, *spans[r, c], value, style)
                    elif value is not None:
                        sheet.write(r, c, value, style)
            if page.hidden:
                sheet.hide()
    return target.getvalue()


def xls(*pages: Page) -> bytes:
    book = xlwt.Workbook()
    styles: dict[str, xlwt.XFStyle] = {}
    for page in pages:
        sheet = book.add_sheet(page.name, cell_overwrite_ok=True)
        sheet.visibility = int(page.hidden)
        spans = {(top, left): (bottom, right) for top, left, bottom, right in page.merged}
        covered = {
            (r, c)
            for (top, left), (bottom, right) in spans.items()
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
        }
        for r, row in enumerate(page.rows):
            for c, value in enumerate(row):
                code = page.formats.get((r, c)) or (
                    "yyyy-mm-dd" if isinstance(value, datetime.date) else "General"
                )
                style = styles.setdefault(code, xlwt.easyxf(num_format_str=code))
                if (r, c) in spans:
                    bottom, right = spans[r, c]
                    sheet.write_merge(r, bottom, c, right, value, style)
                elif value is not None and (r, c) not in covered:
                    sheet.write(r, c, value, style)
    return saved(book.save)


def ods(*pages: Page) -> bytes:
    book = odf.opendocument.OpenDocumentSpreadsheet()
    hidden = odf.style.Style(name="hidden", family="table")
    hidden.addElement(odf.style.TableProperties(display="false"))
    book.automaticstyles.addElement(hidden)
    months = odf.number.DateStyle(name="months")
    months.addElement(odf.number.Year(style="long"))
    months.addElement(odf.number.Text(text="年"))
    months.addElement(odf.number.Month())
    book.automaticstyles.addElement(months)
    book.automaticstyles.addElement(
        odf.style.Style(name="month", family="table-cell", datastylename="months")
    )
    for page in pages:
        table = odf.table.Table(name=page.name, **({"stylename": hidden} if page.hidden else {}))
        spans = {(top, left): (bottom, right) for top, left, bottom, right in page.merged}
        covered = {
            (r, c)
            for (top, left), (bottom, right) in spans.items()
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
        } - set(spans)
        for r, row in enumerate(page.rows):
            line = odf.table.TableRow()
            for c, value in enumerate(row):
                line.addElement(_ods_cell(value, (r, c), page, spans, covered))
            table.addElement(line)
        # What LibreOffice writes below the data.
        blank = odf.table.TableRow(numberrowsrepeated=1_048_576 - len(page.rows))
        blank.addElement(odf.table.TableCell(numbercolumnsrepeated=16_384))
        table.addElement(blank)
        book.spreadsheet.addElement(table)
    return saved(book.write)


def _ods_cell(
    value: Cell, place: Place, page: Page, spans: Mapping[Place, Place], covered: set[Place]
) -> odf.table.TableCell:
    if place in covered:
        return odf.table.CoveredTableCell()
    extra: dict[str, object] = {}
    if place in spans:
        bottom, right = spans[place]
        extra = {"numberrowsspanned": bottom - place[0] + 1, "numbercolumnsspanned": right - place[1] + 1}
    code = page.formats.get(place, "")
    if value is None:
        return odf.table.TableCell(**extra)
    if isinstance(value, bool):
        cell = odf.table.TableCell(valuetype="boolean", booleanvalue=str(value).lower(), **extra)
    elif isinstance(value, int | float):
        kind = "percentage" if "%" in code else "float"
        cell = odf.table.TableCell(valuetype=kind, value=str(value), **extra)
    elif isinstance(value, datetime.date):
        if code and "d" not in code:
            extra["stylename"] = "month"
        cell = odf.table.TableCell(valuetype="date", datevalue=value.isoformat(), **extra)
    else:
        cell = odf.table.TableCell(valuetype="string", **extra)
    cell.addElement(odf.text.P(text=str(value)))
    return cell


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    target = io.BytesIO()
    save(target)
    return target.getvalue()


def rewritten(book: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return a container with each member changed; None leaves it out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target.getvalue()


WRITERS: Mapping[str, Callable[..., bytes]] = {
    "a.xlsx": xlsx,
    "b.xlsx": xlsx_of_xlsxwriter,
    "c.xls": xls,
    "d.ods": ods,
}
