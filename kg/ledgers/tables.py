"""Reading table files. Everything comes out as text, with the row number that a spreadsheet shows.

A text file is read here, a workbook in ``kg.ledgers.workbooks``; which of both a file is, its first bytes say.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from kg.errors import InputError
from kg.ledgers.decoding import decode
from kg.ledgers.headers import SEARCHED_ROWS, Known, assemble, known_titles, score
from kg.ledgers.sheets import MAX_CELL, MAX_COLUMNS, Grid, Remark, Row, Sheet
from kg.ledgers.surveys import ERRORS
from kg.ledgers.workbooks import WORKBOOK_SUFFIXES, kind_of, read_workbook

__all__ = ["MAX_CELL", "MAX_COLUMNS", "TABLE_SUFFIXES", "Row", "Sheet", "decode", "read_csv", "read_sheets"]

TEXT_SUFFIXES = (".csv", ".tsv")
TABLE_SUFFIXES = (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES)
# These may be tables as well (what Excel calls Unicode text, a page saved); in a folder most are none, so one has to be named.
NAMED_SUFFIXES = (*TABLE_SUFFIXES, ".txt", ".html", ".htm", ".xml")
# Characters in which the delimiter is looked for.
HEAD = 1 << 20
_DELIMITERS = (",", "\t", ";")
# Excel's own first line: the delimiter for whatever reads the file.
_DECLARED = re.compile(r"sep=([,;\t])\r?\n")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FORMULA = re.compile(r"(?:^|[,;\t])[\"\s]*=", re.MULTILINE)
# How a code is kept from becoming a number when Excel opens a text file: ="0012"; a quotation mark within stands twice.
_GUARDED = re.compile(r'="((?:[^"]|"")*)"')


def read_csv(data: bytes, file: str, known: Known | None = None) -> Sheet:
    """Read a delimited text file.

    Parameters
    ----------
    known
        Titles to find the header by; None for those of the ledgers.

    Raises
    ------
    InputError
        Not a table: undecodable, no header, an endless cell, a row with more cells than the header, …
    """
    return assemble(_text_grid(data, file, known), known, strict=True)


def read_grids(file: str, data: bytes) -> tuple[Grid, ...]:
    """Read every sheet of a table file as it stands, headers and titles not yet told from records.

    Raises
    ------
    InputError
        As `read_sheets` does.
    """
    return read_workbook(data, file) if kind_of(data) else (_text_grid(data, file, None),)


def _text_grid(data: bytes, file: str, known: Known | None) -> Grid:
    known = known_titles() if known is None else known
    text = decode(data, file)
    declared = _DECLARED.match(text)
    delimiter = declared[1] if declared else _delimiter(text[:HEAD], known)
    guarded = _FORMULA.search(text) is not None
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    remarks: list[Remark] = []
    # Most cells of a long ledger repeat, so each text is kept once.
    same: dict[str, str] = {}
    line = 0
    try:
        for cells in reader:
            # Spreadsheets number records, not text lines: a quoted line break stays inside one row.
            line += 1
            if len(cells) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in cells):
                raise InputError("input.oversize", file=file, row=line)
            stripped = [cell.strip() for cell in cells]
            if not any(stripped) or (declared and line == 1):
                continue
            if guarded:
                stripped = [
                    found[1].replace('""', '"') if (found := _GUARDED.fullmatch(cell)) else cell
                    for cell in stripped
                ]
                remarks.extend(
                    Remark("warning", "formula-text", line, column, cell[:200])
                    for column, cell in enumerate(stripped)
                    if cell.startswith("=")
                )
            if "#" in "".join(stripped):
                remarks.extend(
                    Remark("error", "cell-error", line, column, cell)
                    for column, cell in enumerate(stripped)
                    if cell in ERRORS
                )
            rows.append(Row(line, tuple([same.setdefault(cell, cell) for cell in stripped])))
    except csv.Error as error:
        raise InputError("input.csv", file=file, row=line + 1, reason=str(error)) from error
    return Grid(file, "", tuple(rows), remarks=tuple(remarks))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends: a stream over it would be a copy of four bytes a character."""
    return (found.group() for found in _LINE.finditer(text))


def _delimiter(text: str, known: Known) -> str:
    """Return the delimiter by which most titles show in the first rows, else the commonest of the first line."""
    head = next((line for line in islice(_lines(text), 1000) if line.strip()), "")

    def found(delimiter: str) -> int:
        reader = csv.reader(_lines(text), delimiter=delimiter)
        best = 0
        try:
            for cells in islice(reader, SEARCHED_ROWS):
                best = max(best, score((cell.strip() for cell in cells[:MAX_COLUMNS]), known))
        except csv.Error:
            pass  # told when the file is read
        return best

    return max(_DELIMITERS, key=lambda delimiter: (found(delimiter), head.count(delimiter)))


def read_sheets(file: str, data: bytes, known: Known | None = None) -> tuple[Sheet, ...]:
    """Read every sheet of the table file called ``file``; one that is skipped has no header and says why.

    Parameters
    ----------
    known
        Titles to find the header by; None for those of the ledgers.

    Raises
    ------
    InputError
        The format is not one of ``TABLE_SUFFIXES``, or the content is broken.
    """
    suffix = Path(file).suffix.lower()
    if suffix not in NAMED_SUFFIXES:
        raise InputError("input.format", file=file, suffix=suffix or file, known=" ".join(TABLE_SUFFIXES))
    kind = kind_of(data)
    if kind:
        sheets = tuple(assemble(grid, known) for grid in read_workbook(data, file))
    else:
        sheets = (_text_sheet(data, file, known, workbook=suffix in WORKBOOK_SUFFIXES),)
    if _family(kind) != _family(suffix):
        remark = Remark("warning", "wrong-suffix", value=suffix, params={"kind": kind or ".csv"})
        sheets = (replace(sheets[0], remarks=(remark, *sheets[0].remarks)), *sheets[1:])
    return sheets


def _family(suffix: str) -> str:
    same = {".ods": ".xlsx", ".xlsm": ".xlsx", ".csv": "", ".tsv": "", ".txt": "", ".htm": ".html"}
    return same.get(suffix, suffix)


def _text_sheet(data: bytes, file: str, known: Known | None, *, workbook: bool) -> Sheet:
    try:
        return read_csv(data, file, known)
    except InputError as error:
        if workbook and error.key != "input.empty":
            raise InputError("input.workbook-kind", file=file) from error
        raise
