"""The survey of .ods workbooks (OpenDocument 1.3, part 3)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from kg.errors import InputError
from kg.ledgers.sheets import Merged
from kg.ledgers.spreadsheetml import numeral
from kg.ledgers.surveys import ERRORS, Look, Survey, parse

# What a spreadsheet program has at most; a file repeats its last blank row up to here.
_MAX_ROWS = 1 << 21
_MAX_REPEATED_COLUMNS = 1 << 15
_HIDDEN = ("collapse", "filter")


def survey(members: Mapping[str, bytes], file: str) -> Mapping[str, Survey]:
    """Survey every sheet; the surveys by the name of the sheet.

    Raises
    ------
    InputError
        Broken, too large, or protected by a password.
    """
    if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
        raise InputError("input.workbook-password", file=file)
    content = members.get("content.xml")
    if content is None:
        raise InputError("input.workbook-kind", file=file)
    reader = _Content(file)
    if "styles.xml" in members:
        parse(members["styles.xml"], file, reader.start, reader.end, reader.text)
    parse(content, file, reader.start, reader.end, reader.text)
    return reader.surveys


class _Content:
    """Runs through the document. Repeated rows and cells are counted, not spread out."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.surveys: dict[str, Survey] = {}
        self._sheet: Survey | None = None
        self._formats: dict[str, set[str]] = {}
        self._format = ""
        self._styles: dict[str, str] = {}
        self._row = self._rows = self._column = 0
        self._column_starts: list[int] = []
        self._column_styles: list[str] = []
        self._next_column = 0
        self._cell: dict[str, str] | None = None
        self._length = 0
        self._shown = ""
        self._depth = 0
        self._hidden = False
        self._since_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("date-style", "percentage-style"):
            self._format = attributes.get("name", "")
            self._formats[self._format] = set()
        elif self._format:
            self._formats[self._format].add(name)
        elif name == "style":
            self._styles[attributes.get("name", "")] = attributes.get("data-style-name", "")
        elif name == "null-date":
            self._since_1904 = attributes.get("date-value", "").startswith("1904-01-01")
        elif name == "table":
            self._open_table(attributes.get("name", ""))
        elif self._sheet is None:
            return
        elif name == "table-column":
            self._column_starts.append(self._next_column)
            self._column_styles.append(attributes.get("default-cell-style-name", ""))
            self._next_column += self._repeats(attributes, "number-columns-repeated", _MAX_REPEATED_COLUMNS)
            if attributes.get("visibility") in _HIDDEN:
                self._sheet.hides_columns(self._column_starts[-1], self._next_column - 1)
        elif name == "table-row":
            self._row += self._rows
            self._rows = self._repeats(attributes, "number-rows-repeated", _MAX_ROWS)
            self._column = 0
            self._hidden = attributes.get("visibility") in _HIDDEN
        elif name in ("table-cell", "covered-table-cell"):
            self._cell, self._length, self._shown = attributes, 0, ""
        elif name in ("s", "tab", "line-break") and self._cell is not None:
            self._length += self._repeats(attributes, "c", 1 << 20)

    def text(self, piece: str) -> None:
        if self._cell is not None:
            self._length += len(piece)
            if len(self._shown) < 20:
                self._shown += piece

    def end(self, name: str) -> None:
        if name in ("date-style", "percentage-style"):
            self._format = ""
        elif name == "table":
            self._depth -= 1
            if not self._depth:
                self._sheet = None
        elif (
            name in ("table-cell", "covered-table-cell")
            and self._cell is not None
            and self._sheet is not None
        ):
            self._close_cell(self._sheet, self._cell)
            self._cell = None

    def _open_table(self, name: str) -> None:
        self._depth += 1
        if self._depth > 1:
            # A table within a cell: the reader of values would mix it with the one around it.
            raise InputError("input.workbook-broken", file=self._file, reason=f"{name[:50]}: table:table")
        self._sheet = self.surveys.setdefault(name, Survey(self._file, name, since_1904=self._since_1904))
        self._row = self._rows = self._next_column = 0
        self._column_starts, self._column_styles = [], []

    def _repeats(self, attributes: Mapping[str, str], name: str, limit: int) -> int:
        written = attributes.get(name, "1")
        count = int(written) if written.isdecimal() and len(written) < 10 else limit + 1
        if count > limit:
            sheet = self._sheet.name if self._sheet else ""
            raise InputError(
                "input.oversize-sheet",
                file=self._file,
                sheet=sheet,
                row=self._row + 1,
                place=f"{name}={written[:20]}",
            )
        return max(count, 1)

    def _close_cell(self, sheet: Survey, cell: Mapping[str, str]) -> None:
        columns = self._repeats(cell, "number-columns-repeated", _MAX_REPEATED_COLUMNS)
        first = self._column
        self._column += columns
        if self._row + self._rows > _MAX_ROWS:
            raise InputError(
                "input.oversize-sheet", file=self._file, sheet=sheet.name, row=_MAX_ROWS, place=str(self._row)
            )
        kind = cell.get("value-type", "")
        if not kind and not self._length and "formula" not in cell:
            return
        below = self._repeats(cell, "number-rows-spanned", _MAX_ROWS)
        beside = self._repeats(cell, "number-columns-spanned", _MAX_REPEATED_COLUMNS)
        if below > 1 or beside > 1:
            sheet.merged.append(Merged(self._row + 1, self._row + below, first, first + beside - 1))
        length = max(self._length, len(cell.get("string-value", "")))
        sheet.occupy(self._row, first, length, rows=self._rows, columns=columns)
        if self._hidden:
            sheet.hidden_rows.update(range(self._row, self._row + self._rows))
        look: Look = (
            "percent" if kind == "percentage" else self._date_look(cell, first) if kind == "date" else ""
        )
        digits = numeral(cell.get("value", "")) if kind == "float" else ""
        error = self._shown if self._shown in ERRORS or self._shown.startswith("Err:") else ""
        if not (look or digits or "formula" in cell):
            return
        for row in range(self._row, self._row + self._rows):
            for column in range(first, first + columns):
                if look:
                    sheet.looks[row, column] = look
                if digits:
                    sheet.numerals[row, column] = digits
                if "formula" in cell:
                    sheet.formulas[row, column] = cell["formula"].partition(":")[2] or cell["formula"]
                    if error:
                        sheet.errors[row, column] = error
                    elif not kind:
                        sheet.blank_formulas.add((row, column))

    def _date_look(self, cell: Mapping[str, str], column: int) -> Look:
        index = bisect_right(self._column_starts, column) - 1
        inherited = self._column_styles[index] if index >= 0 else ""
        parts = self._formats.get(self._styles.get(cell.get("style-name") or inherited, ""), set())
        if "year" not in parts or parts & {"day", "hours"}:
            return ""
        return "month" if "month" in parts else "year"
