"""Sheets whose values are read here and not by the engine: those of a web page or of an XML file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from kg.errors import InputError
from kg.ledgers.sheets import Merged
from kg.ledgers.surveys import Survey

# Of texts that are markup for the most part: a sheet of 65,536 rows and twelve columns is some 60 MB.
MAX_BYTES: Final = 128 << 20
_PAGES = re.compile(
    rb"<(?:!doctype\s+html|!--|(?:html|head|meta|title|style|script|body|table|center|div|font|span|p|h\d|form|base|link|xml)\b)"
)
_WORKBOOK = re.compile(rb"<(?:\w+:)?workbook\b")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_HEAD = 4096
_HEADER_ROWS = 100


@dataclass(slots=True)
class Transcript:
    """One sheet with the values of its cells, by row and column from 0.

    Attributes
    ----------
    survey
        What is to be known of the cells besides.
    rows
        Those that are not blank, each up to its last cell.
    hidden
        Whether the sheet as a whole is.
    """

    survey: Survey
    rows: dict[int, list[object]] = field(default_factory=dict)
    hidden: bool = False

    def put(self, row: int, column: int, value: object, length: int) -> None:
        """Note a value whose text has ``length`` characters.

        Raises
        ------
        InputError
            The sheet is larger than any ledger.
        """
        self.survey.occupy(row, column, length)
        cells = self.rows.setdefault(row, [])
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = value

    def merge(self, top: int, left: int, bottom: int, right: int, *, is_blank: bool) -> None:
        """Note a merged range; a blank one matters in a header only, whose levels it tells."""
        if (bottom, right) != (top, left) and not (is_blank and top >= _HEADER_ROWS):
            self.survey.merged.append(Merged(top + 1, bottom + 1, left, right))


def markup_kind(data: bytes) -> str:
    """Return what a file of markup is by how it starts: ``.html``, ``.xml`` for a workbook, ``.mht``; empty for no markup."""
    head = data[:_HEAD]
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            head = head.decode(encoding, "replace").encode()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"mime-version:"):
        return ".mht"
    if start.startswith(b"<?xml"):
        return ".xml" if _WORKBOOK.search(start) else ".html"
    return ".html" if _PAGES.match(start) else ""


def check_size(data: bytes, file: str) -> None:
    """Refuse what is too long to be held as text.

    Raises
    ------
    InputError
        It is.
    """
    if len(data) > MAX_BYTES:
        raise InputError("input.oversize-file", file=file, limit=MAX_BYTES >> 20)
