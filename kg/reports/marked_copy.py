"""A copy of the ledgers that were handed in, with every cell that is to be mended coloured and explained.

Where one .xlsx or .xlsm workbook of a common size has findings, the copy is that workbook (see `kg.reports.marked_workbook`).
Of everything else (.xls, .ods, text files, several files at once, very large workbooks) it is a fresh workbook of texts:
every row and column stands where it stood, but formulas, pictures and the looks of the original are left behind.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.utility import xl_rowcol_to_cell

from kg.excel import new_workbook
from kg.ledgers.tables import read_grids, read_sheets
from kg.messages import Language, text
from kg.reports.findings_table import findings_table
from kg.reports.marked_workbook import marked_workbook
from kg.reports.marks import (
    CELL_LIMIT,
    COLOURS,
    MEASURED_ROWS,
    MOST_LINKS,
    MOST_NOTES,
    NOTE_WIDTH,
    WIDEST,
    Place,
    note_height,
    note_of,
    place_of,
    worst,
)
from kg.reports.table import FORMULA_STARTS, cell_text
from kg.reports.text_width import width

if TYPE_CHECKING:
    from kg.ledgers import Finding
    from kg.ledgers.sheets import Grid, Merged, Sheet

# Of a longer sheet only the head and the rows with findings are copied: nobody mends the rest.
_WHOLE_ROWS: Final = 100_000
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
_NAME_LIMIT: Final = 31


@dataclass(slots=True)
class _Copy:
    """One sheet to copy: where its findings are (row and column from 0), and those that are about no cell."""

    grid: Grid
    sheet: Sheet
    name: str
    marks: dict[Place, list[Finding]] = field(default_factory=lambda: defaultdict(list))


def marked_copy(files: Mapping[str, bytes], findings: Sequence[Finding], lang: Language) -> bytes:
    """Return a workbook: a list of the findings with links, then every sheet of the files that have some, marked.

    One workbook with findings keeps its looks and formulas; see the module.

    Parameters
    ----------
    files
        Contents by name; findings in other files are listed without a link.
    findings
        In the order in which to list them.
    """
    with_findings = sorted({finding.file for finding in findings} & files.keys())
    if len(with_findings) == 1:
        [name] = with_findings
        if (kept := marked_workbook(name, files[name], findings, lang)) is not None:
            return kept
    stream = io.BytesIO()
    book = new_workbook(stream, text("marked.title", lang))
    listed = book.add_worksheet(text("marked.sheet", lang))
    copies = _copies(files, findings, text("marked.sheet", lang))
    links: dict[int, tuple[_Copy, Place]] = {}
    for number, finding in enumerate(findings):
        copy = copies.get((finding.file, finding.sheet))
        place = place_of(finding, copy.sheet) if copy else None
        if copy and place:
            copy.marks[place].append(finding)
            links[number] = copy, place
    _list(book, listed, findings, links, lang)
    styles = _Styles(book)
    notes = MOST_NOTES
    for copy in copies.values():
        notes = _write(book, copy, styles, notes, lang)
    book.close()
    return stream.getvalue()


def marked_copies(
    files: Mapping[str, bytes], findings: Sequence[Finding], lang: Language
) -> dict[str, bytes]:
    """Return a marked copy of each file that has findings, by the name to give it: that of the file, as .xlsx.

    A copy so named takes the place of an .xlsx file when it is imported after mending.
    """
    copies: dict[str, bytes] = {}
    for file in sorted({finding.file for finding in findings} & files.keys()):
        name = f"{file.rpartition('.')[0]}.xlsx"
        if name in copies:
            name = f"{file}.xlsx"
        own = [finding for finding in findings if finding.file == file]
        copies[name] = marked_copy({file: files[file]}, own, lang)
    return copies


def _copies(
    files: Mapping[str, bytes], findings: Iterable[Finding], taken: str
) -> dict[tuple[str, str], _Copy]:
    """Return the sheets to copy by file and sheet, each under a name of its own."""
    copies: dict[tuple[str, str], _Copy] = {}
    names = {taken.casefold()}
    for file in sorted({finding.file for finding in findings} & files.keys()):
        sheets = {sheet.name: sheet for sheet in read_sheets(file, files[file])}
        for grid in read_grids(file, files[file]):
            if not grid.skipped:
                name = _sheet_name(grid.name or file.rpartition(".")[0], names)
                copies[file, grid.name] = _Copy(grid, sheets[grid.name], name)
    return copies


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that a spreadsheet admits and no other sheet has."""
    base = _FORBIDDEN.sub("_", wanted).strip("'")[:_NAME_LIMIT] or "_"
    name, number = base, 2
    while name.casefold() in taken or name.casefold() == "history":
        ending = f" {number}"
        name, number = base[: _NAME_LIMIT - len(ending)] + ending, number + 1
    taken.add(name.casefold())
    return name


class _Styles:
    """Formats by severity and by whether the text must be kept from becoming a formula, made when first needed."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[tuple[str, bool], Any] = {}

    def of(self, severity: str, shown: str) -> Any:
        """Return the format of a cell that shows a text."""
        key = (severity, shown.startswith(FORMULA_STARTS))
        if key not in self._known:
            looks: dict[str, object] = {"num_format": "@", "quote_prefix": key[1]}
            if severity:
                looks |= {"bg_color": COLOURS[severity], "border": 1, "border_color": "#B0B0B0"}
            self._known[key] = self._book.add_format(looks)
        return self._known[key]


def _list(
    book: Any,
    sheet: Any,
    findings: Sequence[Finding],
    links: Mapping[int, tuple[_Copy, Place]],
    lang: Language,
) -> None:
    """Write the findings, each with a link to its cell."""
    table = findings_table(findings, lang)
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    quoted = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True})
    link = book.add_format({"font_color": "#0B5CAD", "underline": 1, "valign": "top"})
    headings = [text("marked.cell", lang), *(column.label for column in table.columns)]
    for index, heading in enumerate(headings):
        sheet.write_string(0, index, heading, bold)
        cells = [cell_text(row[index - 1], lang) for row in table.rows[:MEASURED_ROWS]] if index else []
        sheet.set_column(index, index, min(WIDEST, max([width(heading) + 3, *map(width, cells)]) + 1))
    for number, row in enumerate(table.rows):
        line = number + 1
        if number in links and number < MOST_LINKS:
            copy, place = links[number]
            cell = xl_rowcol_to_cell(*place)
            quoted_name = copy.name.replace("'", "''")
            sheet.write_url(line, 0, f"internal:'{quoted_name}'!{cell}", link, cell)
        for index, value in enumerate(row, 1):
            if isinstance(value, int) and not isinstance(value, bool):
                sheet.write_number(line, index, value, wrap)
            else:
                shown = cell_text(value, lang)[:CELL_LIMIT]
                sheet.write_string(line, index, shown, quoted if shown.startswith(FORMULA_STARTS) else wrap)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(headings) - 1)
    note = text("marked.note", lang)
    sheet.write_comment(0, 0, note, {"author": "", "width": NOTE_WIDTH, "height": note_height(note)})


def _write(book: Any, copy: _Copy, styles: _Styles, notes: int, lang: Language) -> int:
    """Write one sheet and return how many more notes may be written."""
    sheet = book.add_worksheet(copy.name)
    head = copy.sheet.header_row
    rows = {row.number: row.cells for row in copy.grid.rows}
    # Below the header merged cells are filled, so that every row says by itself what it says.
    rows |= {row.number: row.cells + rows.get(row.number, ())[len(row.cells) :] for row in copy.sheet.rows}
    marked_rows = {line + 1 for line, _ in copy.marks}
    if len(rows) > _WHOLE_ROWS:
        rows = {number: cells for number, cells in rows.items() if number <= head or number in marked_rows}
    _merge(sheet, [merged for merged in copy.grid.merged if merged.bottom <= head], styles)
    columns: dict[int, int] = {}
    for place in (number for number in marked_rows if number not in rows):
        rows[place] = ()
    for position, number in enumerate(sorted(rows)):
        cells = rows[number]
        wanted = (
            {column for line, column in copy.marks if line + 1 == number} if number in marked_rows else set()
        )
        for column in range(max([len(cells), *(c + 1 for c in wanted)])):
            shown = cells[column][:CELL_LIMIT] if column < len(cells) else ""
            found = copy.marks.get((number - 1, column), []) if column in wanted else []
            severity = worst(found)
            if shown:
                sheet.write_string(number - 1, column, shown, styles.of(severity, shown))
            elif severity:
                sheet.write_blank(number - 1, column, None, styles.of(severity, ""))
            if found and notes:
                note = note_of(found, lang)
                looks = {"author": "", "width": NOTE_WIDTH, "height": note_height(note)}
                sheet.write_comment(number - 1, column, note, looks)
                notes -= 1
            if position < MEASURED_ROWS:
                columns[column] = max(columns.get(column, 8), width(shown) + 2)
    for column, size in sorted(columns.items()):
        sheet.set_column(column, column, min(WIDEST, size))
    sheet.freeze_panes(head, 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    return notes


def _merge(sheet: Any, ranges: Iterable[Merged], styles: _Styles) -> None:
    """Merge the cells of the head as they were: its levels are told by them. What they say is written afterwards."""
    for merged in ranges:
        if (merged.bottom, merged.right) == (merged.top, merged.left):
            continue
        with contextlib.suppress(OverlappingRange):  # a broken file may say anything
            sheet.merge_range(
                merged.top - 1, merged.left, merged.bottom - 1, merged.right, "", styles.of("", "")
            )
