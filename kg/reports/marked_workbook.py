"""The user's own workbook with the bad cells marked: formulas, looks, widths, merged cells and other sheets as they were.

openpyxl reads and writes it. It holds every cell as an object, so only workbooks of a common size are handed to it, as a
container written anew from parts that were looked through: no macros, no other workbooks, no pictures, no entities. Nothing is
computed: formulas keep the result last saved, which viewers show, and a spreadsheet program works them out anew on opening.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from kg.ledgers import archives, spreadsheetml
from kg.ledgers.surveys import Survey, parse
from kg.ledgers.tables import read_sheets
from kg.ledgers.workbooks import ZIP_MAGIC
from kg.messages import Language, text
from kg.reports.findings_table import findings_table
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
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from kg.ledgers import Finding

# A cell takes openpyxl about a kilobyte, and so does a row, a column or a style; larger workbooks are copied as texts.
MOST_CELLS: Final = 200_000
_MOST_OTHERS: Final = 200_000
_MOST_BYTES: Final = 64 << 20
# What the reader of values needs, and besides: themes, notes, tables, and what ties them to their sheets.
_COPIED: Final = re.compile(
    archives.READ.pattern
    + r"|[^/]+/(?:theme|comments|tables)/[^/]+\.xml|[^/]+/worksheets/_rels/[^/]+\.xml\.rels",
    re.IGNORECASE,
)
_IN_CELLS: Final = frozenset({"c", "v", "f", "t", "is", "si", "r", "rPr", "rPh", "phoneticPr"})
_RANGE: Final = re.compile(r"\$?([A-Za-z]+)\$?(\d+):\$?([A-Za-z]+)\$?(\d+)")
_PIVOTS: Final = re.compile(rb"<((?:\w+:)?pivotCaches)\b.*?</\1>", re.DOTALL)
_RELATION: Final = re.compile(
    rb"<(?:\w+:)?Relationship\b[^>]*?/>|<(?:\w+:)?Relationship\b.*?</[^>]*>", re.DOTALL
)
_KEPT_RELATION: Final = re.compile(rb"Type\s*=\s*[\"'][^\"']*/(?:comments|table|hyperlink)[\"']")
_HARMLESS_LINK: Final = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
# [1]Sheet1!A1 points into another workbook; program|'topic'!item asks another program (DDE).
_ELSEWHERE: Final = re.compile(r"\[\d+\]|\|.*!", re.DOTALL)
_MODIFIED: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
# How openpyxl writes a formula: its result is left out.
_WITHOUT_RESULT: Final = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)>(<f\b[^>]*(?:/>|>[^<]*</f>))<v ?/></c>'
)
_SHEET_PART: Final = re.compile(r"xl/worksheets/sheet([0-9]+)\.xml")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def marked_workbook(name: str, data: bytes, findings: Sequence[Finding], lang: Language) -> bytes | None:
    """Return a copy of a workbook with its findings marked, and a list of all findings as its first sheet.

    Parameters
    ----------
    name, data
        The .xlsx or .xlsm file (told by its bytes) that the findings are about; others are listed without a link.
    findings
        In the order in which to list them.

    Returns
    -------
    bytes or None
        An .xlsx file; None where the workbook is of another kind, too large, or nothing that openpyxl can rewrite.
    """
    if not data.startswith(ZIP_MAGIC):
        return None
    try:
        vetted = _vetted(data, name)
        if vetted is None:
            return None
        places = _places(name, data, findings)
        surveys, _ = spreadsheetml.survey(archives.unpack(data, name)[0], name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what it leaves behind; our list says so
            book = _opened(vetted, surveys)
            marks: dict[str, dict[Place, list[Finding]]] = defaultdict(lambda: defaultdict(list))
            for number, place in places.items():
                marks[findings[number].sheet][place].append(findings[number])
            notes = MOST_NOTES
            for sheet in book.worksheets:
                notes = _mark(sheet, marks.get(sheet.title, {}), notes, lang)
            _list(book, findings, places, lang)
            return _saved(book, surveys)
    except Exception:  # noqa: BLE001  # what is too large, or what openpyxl cannot take, is copied as texts
        return None


def _vetted(data: bytes, file: str) -> bytes | None:
    """Return a container of the parts to copy; None for an OpenDocument one."""
    members, _ = archives.unpack(data, file, _COPIED, _MOST_BYTES)
    if "content.xml" in members:
        return None
    size = _Size()
    for part in members.values():
        parse(part, file, size.count)  # refuses document types, which openpyxl would not
    return archives.pack({name: _harmless(name, part) for name, part in members.items()})


class _TooLargeError(Exception):
    """The workbook is more than openpyxl should hold."""


@dataclass(slots=True)
class _Size:
    """What openpyxl would make objects of: cells, those under a merged range or a link, and everything else."""

    cells: int = 0
    others: int = 0

    def count(self, name: str, attributes: Mapping[str, str]) -> None:
        """Count one element; its attributes as a parser sees them, however they are written."""
        if name not in _IN_CELLS:
            self.others += 1
        self.cells += name == "c"
        if name in ("mergeCell", "hyperlink") and ":" in (ref := attributes.get("ref", "")):
            self.cells += _area(ref)
        if self.cells > MOST_CELLS or self.others > _MOST_OTHERS:
            raise _TooLargeError


def _area(ref: str) -> int:
    from openpyxl.utils import column_index_from_string

    found = _RANGE.fullmatch(ref.strip())
    if not found:
        raise _TooLargeError  # whole rows and columns
    left, top, right, bottom = found.groups()
    columns: int = abs(column_index_from_string(right) - column_index_from_string(left)) + 1
    return columns * (abs(int(bottom) - int(top)) + 1)


def _harmless(name: str, part: bytes) -> bytes:
    """Return a part without what it ties to parts that are not copied."""
    if name.lower().endswith("workbook.xml"):
        return _PIVOTS.sub(b"", part)
    if "/worksheets/_rels/" in name.lower():
        return _RELATION.sub(lambda found: found[0] if _KEPT_RELATION.search(found[0]) else b"", part)
    return part


def _places(name: str, data: bytes, findings: Sequence[Finding]) -> dict[int, Place]:
    """Return the cell of each finding that is about one, by the finding's number."""
    sheets = {sheet.name: sheet for sheet in read_sheets(name, data)}
    places = {}
    for number, finding in enumerate(findings):
        sheet = sheets.get(finding.sheet) if finding.file == name else None
        if sheet and (place := place_of(finding, sheet)):
            places[number] = place
    return places


def _opened(vetted: bytes, surveys: Mapping[str, Survey]) -> Workbook:
    """Open the copy and take out what leads out of it; of a formula that does, the result stays."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(vetted), rich_text=True, keep_links=False)
    book.calculation.fullCalcOnLoad = True
    for sheet in book.worksheets:
        sheet._hyperlinks = [link for link in sheet._hyperlinks if _is_harmless(link)]
        for cell in list(sheet._cells.values()):
            if cell.hyperlink is not None and not _is_harmless(cell.hyperlink):
                cell.hyperlink = None
            if cell.data_type == "f" and _ELSEWHERE.search(_formula(cell)):
                results = surveys[sheet.title].results
                cell.value = _value(*results.get((cell.row - 1, cell.column - 1), ("n", "")))
                if cell.data_type == "f":
                    cell.data_type = "s"  # a result that looks like a formula is none
            if cell.data_type == "s" and str(cell.value).startswith(FORMULA_STARTS):
                cell.quotePrefix = True
    for names in (book.defined_names, *(sheet.defined_names for sheet in book.worksheets)):
        for defined in [name for name, said in names.items() if _ELSEWHERE.search(said.attr_text or "")]:
            del names[defined]
    return book


def _value(kind: str, text: str) -> str | float | bool | None:
    """Return the value of a cell from its type and text in the file."""
    if kind == "b":
        return text == "1"
    if kind != "n":
        return text
    try:
        return float(text) if set(text) & set(".eE") else int(text)
    except ValueError:
        return None


def _is_harmless(link: Any) -> bool:
    return not link.target or bool(_HARMLESS_LINK.match(link.target))


def _formula(cell: Cell) -> str:
    return str(getattr(cell.value, "text", cell.value))  # a formula of a range is an object


def _mark(sheet: Worksheet, marks: Mapping[Place, Sequence[Finding]], notes: int, lang: Language) -> int:
    """Colour and explain the cells of one sheet; return how many more notes may be written."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    origins = {
        place: (merged.min_row, merged.min_col)
        for merged in sheet.merged_cells.ranges
        for place in merged.cells
    }
    found: dict[Place, list[Finding]] = defaultdict(list)
    for (row, column), findings in marks.items():
        found[origins.get((row + 1, column + 1), (row + 1, column + 1))].extend(findings)
    for (row, column), here in sorted(found.items()):
        cell = sheet.cell(row, column)
        cell.fill = PatternFill("solid", start_color="FF" + COLOURS[worst(here)][1:])
        if notes:
            note = note_of(here, lang)
            if cell.comment is not None:
                note += "\n\n" + cell.comment.text  # the user's own words stay
            cell.comment = Comment(note, "kg", height=note_height(note), width=NOTE_WIDTH)
            notes -= 1
    return notes


def _list(book: Workbook, findings: Sequence[Finding], places: Mapping[int, Place], lang: Language) -> None:
    """Put the list of findings before the other sheets, each with a link to its cell."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet(text("marked.sheet", lang), 0)
    table = findings_table(findings, lang)
    headings = [text("marked.cell", lang), *(column.label for column in table.columns)]
    sheet.append(headings)
    bold, shade = Font(bold=True), PatternFill("solid", start_color="FFE8EEF4")
    for cell in sheet[1]:
        cell.font, cell.fill = bold, shade
    blue, wrap = Font(color="FF0B5CAD", underline="single"), Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(table.rows):
        line = number + 2
        if number in places:
            shown = f"{get_column_letter(places[number][1] + 1)}{places[number][0] + 1}"
            cell = sheet.cell(line, 1, shown)
            if number < MOST_LINKS:
                title = findings[number].sheet.replace("'", "''")
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!{shown}")
                cell.font = blue
        for index, value in enumerate(row, 2):
            if isinstance(value, int) and not isinstance(value, bool):
                sheet.cell(line, index, value).alignment = wrap
            elif shown := cell_text(value, lang)[:CELL_LIMIT]:
                _write_text(sheet.cell(line, index), shown).alignment = wrap
    _fit(sheet, table.rows[:MEASURED_ROWS], headings, lang)
    note = text("marked.note_kept", lang)
    sheet["A1"].comment = Comment(note, "kg", height=note_height(note), width=NOTE_WIDTH)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{max(2, len(table.rows) + 1)}"
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False  # two selected sheets are edited together


def _write_text(cell: Cell, shown: str) -> Cell:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", shown)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = shown.startswith(FORMULA_STARTS)
    return cell


def _fit(sheet: Worksheet, rows: Iterable[Sequence[Any]], headings: Sequence[str], lang: Language) -> None:
    from openpyxl.utils import get_column_letter

    widths = [width(heading) + 3 for heading in headings]
    for row in rows:
        for index, value in enumerate(row, 1):
            longest = max(map(width, cell_text(value, lang).split("\n")))
            widths[index] = max(widths[index], longest)
    for index, size in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = min(WIDEST, size) + 1


def _saved(book: Workbook, surveys: Mapping[str, Survey]) -> bytes:
    """Return the workbook, its formulas with their results, as the same bytes for the same content: without the time."""
    stream, target = io.BytesIO(), io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in made.infolist():
            content = made.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", content)
            elif part := _SHEET_PART.fullmatch(entry.filename):
                survey = surveys.get(book.worksheets[int(part[1]) - 1].title)
                content = _with_results(content, survey) if survey else content
            info = zipfile.ZipInfo(entry.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return target.getvalue()


def _with_results(part: bytes, survey: Survey) -> bytes:
    from openpyxl.utils import column_index_from_string

    def completed(found: re.Match[str]) -> str:
        letters, row, looks, formula = found.groups()
        kind, value = survey.results.get((int(row) - 1, column_index_from_string(letters) - 1), ("", ""))
        if not kind:
            return found[0]
        shown = "" if kind == "n" else f' t="{escape(kind)}"'
        return f'<c r="{letters}{row}"{looks}{shown}>{formula}<v>{escape(value)}</v></c>'

    return _WITHOUT_RESULT.sub(completed, part.decode()).encode()
