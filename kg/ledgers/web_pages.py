"""Web pages of tables, as many systems export them under the name .xls: every table is a sheet.

A page is no more than a run of tags here; what is left open ends with what is around it. Text outside of the tables is
passed over, but for the lines right above a table (its title, its unit), which a spreadsheet program shows as rows as well.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final

from kg.errors import InputError
from kg.ledgers.decoding import decode
from kg.ledgers.sheets import MAX_CELLS, MAX_COLUMNS
from kg.ledgers.surveys import ERRORS, Survey
from kg.ledgers.transcripts import Transcript, check_size
from kg.ledgers.web_cells import BREAK, exact_number, shown_text

# A page of 65,536 rows and twelve columns, each cell with its font, has some three million.
_MOST_TAGS: Final = 4_000_000
_MOST_TABLES: Final = 1_000
_DEEPEST: Final = 32
_MOST_ROWS: Final = 1 << 16
_MOST_LINES: Final = 10
_LONG_LINE: Final = 200
# The parser tries an unfinished tag or comment again with every piece, so that pieces and what is unfinished are bounded.
_PIECE: Final = 1 << 16
_LONGEST_TAG: Final = 1 << 20
_UNSEEN: Final = frozenset({"script", "style", "title", "xml", "select", "template"})
_BLOCKS: Final = frozenset(
    {"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "hr", "center", "br"}
)
_SUPERSCRIPTS: Final = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
# Where Excel keeps the names of the sheets.
_SHEET_NAME: Final = re.compile(r"<x:Name>([^<]{1,100})</x:Name>", re.IGNORECASE)
_COUNT: Final = re.compile(r"\s*([0-9]{1,8})")
_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_Attributes = Mapping[str, str]


def read_web_page(data: bytes, file: str) -> list[Transcript]:
    """Read every table of a page that holds something.

    Raises
    ------
    InputError
        Without any table, too large, or broken beyond what a browser mends.
    """
    check_size(data, file)
    text = decode(data, file)
    if text.count("<") > _MOST_TAGS:
        raise InputError("input.oversize-file", file=file, limit=len(data) >> 20)
    page = _Page(file)
    page.read(text)
    tables = [table.sheet for table in page.tables if table.sheet.rows]
    if not tables:
        raise InputError("input.html", file=file)
    names = [html.unescape(name).strip() for name in _SHEET_NAME.findall(text, 0, _LONGEST_TAG)]
    taken: set[str] = set()
    for number, sheet in enumerate(tables):
        if len(names) == len(tables):
            sheet.survey.name = names[number]
        if len(tables) > 1 and (not sheet.survey.name or sheet.survey.name in taken):
            sheet.survey.name = f"{sheet.survey.name} {number + 1}".strip()
        taken.add(sheet.survey.name)
    return tables


class _Table:
    """A table that is being read. What spans rows keeps its columns in those below."""

    def __init__(self, sheet: Transcript, above: list[str]) -> None:
        self.sheet = sheet
        # What is being written: what stands above the first row, then one cell after the other.
        self.pieces: list[str] | None = above
        self._cell: _Attributes = {}
        self._is_within = False
        self._row = self._column = -1
        self._hidden = False
        self._columns = 0
        self._covered: dict[int, int] = {}
        self._budget = MAX_CELLS

    def define_column(self, attributes: _Attributes) -> None:
        count = _count(attributes, "span", MAX_COLUMNS)
        if _is_hidden(attributes):
            self.sheet.survey.hides_columns(self._columns, self._columns + count - 1)
        self._columns += count

    def open_row(self, attributes: _Attributes) -> None:
        if self._row < 0:
            above = [line for line in shown_text(self.pieces or []).split("\n") if 0 < len(line) < _LONG_LINE]
            for line in above[-_MOST_LINES:]:
                self._row += 1
                self.sheet.put(self._row, 0, line, len(line))
        self.close_cell()
        self._row += 1
        self._column = -1
        self._hidden = _is_hidden(attributes)

    def open_cell(self, attributes: _Attributes) -> None:
        if self._row < 0:
            self.open_row({})
        self.close_cell()
        self._column += 1
        while self._covered.get(self._column, -1) >= self._row:
            self._column += 1
            self._spend(1)
        self._cell, self.pieces, self._is_within = attributes, [], True

    def close_cell(self) -> None:
        pieces, self.pieces = self.pieces, None
        if pieces is None or not self._is_within:
            return
        self._is_within = False
        text = self._cell.get("x:str") or shown_text(pieces)
        row, first, cell, survey = self._row, self._column, self._cell, self.sheet.survey
        last = first + _count(cell, "colspan", MAX_COLUMNS) - 1
        bottom = row + _count(cell, "rowspan", _MOST_ROWS) - 1
        self._column = last
        if bottom > row:
            self._spend(last - first + 1)
            self._covered.update(dict.fromkeys(range(first, last + 1), bottom))
        # Excel lets a long text flow over blank neighbours, and says that they are not merged.
        if "mso-ignore" not in cell.get("style", ""):
            self.sheet.merge(row, first, bottom, last, is_blank=not text)
        if not text:
            return
        number, is_share = exact_number(text, cell)
        self.sheet.put(row, first, text if number is None else number, len(text))
        if is_share:
            survey.looks[row, first] = "percent"
        if self._hidden:
            survey.hidden_rows.add(row)
        if "x:fmla" in cell:
            survey.formulas[row, first] = cell["x:fmla"]
        if text in ERRORS:
            survey.errors[row, first] = text

    def _spend(self, cells: int) -> None:
        self._budget -= cells
        if self._budget < 0:
            file, name = self.sheet.survey.file, self.sheet.survey.name
            raise InputError(
                "input.oversize-sheet", file=file, sheet=name, row=self._row + 1, place="rowspan"
            )


class _Page(HTMLParser):
    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self._file = file
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._above: list[str] = []
        self._unseen = ""
        self._is_raised = False
        # LibreOffice writes the name of each sheet above it, emphasized in a heading with an anchor.
        self._name: list[str] | None = None
        self._is_name = False

    def read(self, text: str) -> None:
        """Read a page. It is not closed: what a page ends with unfinished is nothing, and would be tried ever again."""
        try:
            for start in range(0, len(text), _PIECE):
                self.feed(text[start : start + _PIECE])
                if len(self.rawdata) > _LONGEST_TAG:
                    raise InputError("input.workbook-broken", file=self._file, reason=self.rawdata[:20])
        except AssertionError as error:  # how the parser says that a declaration makes no sense
            raise InputError("input.workbook-broken", file=self._file, reason=str(error)[:200]) from error
        for table in self._open:
            table.close_cell()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen:
            return
        if tag in _UNSEEN:
            self._unseen = tag
        elif tag in _BLOCKS:
            self.handle_data(BREAK)
        elif tag == "sup":
            self._is_raised = True
        elif tag == "table":
            self._open_table({name: value or "" for name, value in attrs})
        elif tag in ("td", "th", "tr", "col") and self._open:
            table = self._open[-1]
            act = {"tr": table.open_row, "col": table.define_column}.get(tag, table.open_cell)
            act({name: value or "" for name, value in attrs})
        elif tag == "a" and re.fullmatch(r"table\d+", dict(attrs).get("name") or ""):
            self._name, self._above = [], []
        elif tag == "em" and self._name is not None:
            self._is_name = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag == self._unseen:
                self._unseen = ""
        elif tag in _BLOCKS:
            self.handle_data(BREAK)
        elif tag == "sup":
            self._is_raised = False
        elif tag == "em":
            self._is_name = False
        elif self._open and tag in ("td", "th", "tr", "table"):
            self._open[-1].close_cell()
            if tag == "table":
                self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._is_name and self._name is not None:
            self._name.append(data)
            return
        pieces = self._open[-1].pieces if self._open else self._above
        if pieces is not None:
            pieces.append(data.translate(_SUPERSCRIPTS) if self._is_raised else data)

    def _open_table(self, attributes: _Attributes) -> None:
        if len(self._open) >= _DEEPEST or len(self.tables) >= _MOST_TABLES:
            raise InputError("input.workbook-broken", file=self._file, reason=f"{len(self.tables)} <table>")
        name = shown_text(self._name or [])
        sheet = Transcript(Survey(self._file, name), hidden=_is_hidden(attributes))
        table = _Table(sheet, [] if name else self._above)
        self._above, self._name = [], None
        self._open.append(table)
        self.tables.append(table)


def _count(attributes: _Attributes, name: str, most: int) -> int:
    found = _COUNT.match(attributes.get(name, ""))
    return min(max(int(found[1]), 1), most) if found else 1


def _is_hidden(attributes: _Attributes) -> bool:
    return "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")) is not None
