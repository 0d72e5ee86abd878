"""Excel 2003 XML workbooks ("XML Spreadsheet"), as many systems export them under the name .xls."""

from __future__ import annotations

import re
from datetime import datetime

from kg.ledgers.decoding import decode
from kg.ledgers.sheets import MAX_COLUMNS
from kg.ledgers.spreadsheetml import numeral
from kg.ledgers.surveys import Look, Survey, look_of, parse
from kg.ledgers.transcripts import Transcript, check_size

# The parser knows no Chinese encoding, so the text is decoded before, and its declaration no longer holds.
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
# Rows as a spreadsheet program has them at most.
_MAX_ROWS = 1 << 20
_HIDDEN = ("SheetHidden", "SheetVeryHidden")
_NAMED: dict[str, Look] = {"Percent": "percent"}
_Column = tuple[int, int, str]


def read_office_xml(data: bytes, file: str) -> list[Transcript]:
    """Read every sheet of the workbook.

    Raises
    ------
    InputError
        Broken, too large, or with a document type.
    """
    check_size(data, file)
    book = _Book(file)
    parse(_DECLARATION.sub("", decode(data, file), count=1).encode(), file, book.start, book.end, book.text)
    for sheet in book.sheets:
        sheet.survey.since_1904 = book.since_1904
    return book.sheets


class _Book:
    """Runs through the document."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.sheets: list[Transcript] = []
        self.since_1904 = False
        self._looks: dict[str, Look] = {}
        self._style = ""
        self._columns: list[_Column] = []
        self._next_column = 0
        self._row = self._column = -1
        self._row_style = ""
        self._row_span = 0
        self._hidden = False
        self._cell: dict[str, str] | None = None
        self._kind = ""
        self._pieces: list[str] = []
        self._is_read = False
        self._is_commented = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Style":
            self._style = attributes.get("ID", "")
        elif name == "NumberFormat":
            code = attributes.get("Format", "")
            self._looks[self._style] = _NAMED.get(code) or look_of(code)
        elif name == "Worksheet":
            self._open_sheet(attributes.get("Name", ""))
        elif name == "Date1904":
            self.since_1904 = True
        elif not self.sheets:
            return
        elif name == "Column":
            first = _count(attributes, "Index", self._next_column + 1) - 1
            self._next_column = first + 1 + _count(attributes, "Span", 0)
            if len(self._columns) < MAX_COLUMNS:
                self._columns.append((first, self._next_column - 1, attributes.get("StyleID", "")))
            if attributes.get("Hidden") == "1":
                self.sheets[-1].survey.hides_columns(first, self._next_column - 1)
        elif name == "Row":
            self._row = _count(attributes, "Index", self._row + self._row_span + 2) - 1
            self._row_span = _count(attributes, "Span", 0)
            self._column = -1
            self._hidden = attributes.get("Hidden") == "1"
            self._row_style = attributes.get("StyleID", "")
        elif name == "Cell":
            self._column = _count(attributes, "Index", self._column + 2) - 1
            self._cell, self._kind, self._pieces = attributes, "", []
        elif name == "Comment":
            self._is_commented = True
        elif name == "Visible":
            self._pieces, self._is_read = [], True
        elif name == "Data" and self._cell is not None and not self._is_commented:
            self._kind, self._is_read = attributes.get("Type", "String"), True

    def text(self, piece: str) -> None:
        if self._is_read:
            self._pieces.append(piece)

    def end(self, name: str) -> None:
        if name == "Comment":
            self._is_commented = False
        elif name == "Data":
            self._is_read = False
        elif name == "Visible" and self._is_read:
            self.sheets[-1].hidden |= "".join(self._pieces).strip() in _HIDDEN
            self._is_read = False
        elif name == "Cell" and self._cell is not None:
            self._close_cell(self.sheets[-1], self._cell)
            self._cell = None

    def _open_sheet(self, name: str) -> None:
        taken = {sheet.survey.name for sheet in self.sheets}
        unique = name if name not in taken else f"{name} {len(self.sheets) + 1}"
        self.sheets.append(Transcript(Survey(self._file, unique)))
        self._columns, self._next_column, self._row, self._row_span = [], 0, -1, 0

    def _close_cell(self, sheet: Transcript, cell: dict[str, str]) -> None:
        row, first = self._row, self._column
        across, down = _count(cell, "MergeAcross", 0), _count(cell, "MergeDown", 0)
        self._column += across
        text = "".join(self._pieces)
        survey = sheet.survey
        sheet.merge(row, first, row + down, first + across, is_blank=not text)
        if not text and "Formula" not in cell:
            return
        sheet.put(row, first, self._value(text), len(text))
        place = row, first
        look = self._looks.get(cell.get("StyleID") or self._row_style or self._column_style(first), "")
        if look:
            survey.looks[place] = look
        if self._hidden:
            survey.hidden_rows.add(row)
        if "Formula" in cell:
            survey.formulas[place] = cell["Formula"]
            if not text and self._kind != "String":
                survey.blank_formulas.add(place)
        if self._kind == "Error":
            survey.errors[place] = text
        elif self._kind == "Number" and (digits := numeral(text)):
            survey.numerals[place] = digits

    def _column_style(self, column: int) -> str:
        return next((style for first, last, style in self._columns if first <= column <= last), "")

    def _value(self, text: str) -> object:
        """Return the value of a cell; what is not what it is said to be stays text."""
        try:
            if self._kind == "Number":
                return float(text)
            if self._kind == "DateTime":
                return datetime.fromisoformat(text)
        except ValueError:
            return text
        return text == "1" if self._kind == "Boolean" else text


def _count(attributes: dict[str, str], name: str, otherwise: int) -> int:
    written = attributes.get(name, "")
    return min(int(written[:8]), _MAX_ROWS) if written.isdecimal() else otherwise
