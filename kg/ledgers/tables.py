"""Reading table files. Everything comes out as text, with the row number that a spreadsheet shows.

Other formats join here: a reader takes a path (or bytes) and yields sheets.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError

# A cell longer than this is no ledger cell; the bound keeps a hostile file from eating the memory.
MAX_CELL = 32_767
MAX_COLUMNS = 512
TABLE_SUFFIXES = (".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its spreadsheet row number and its cells, as wide as the header."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file, as text."""

    file: str
    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def decode(data: bytes, file: str) -> str:
    """Return the text of a file: byte order mark, then strict UTF-8, then GB18030.

    In this order because short UTF-8 Chinese often decodes as GB18030 without complaint, and hardly ever the other
    way round.

    Raises
    ------
    InputError
        The bytes are neither.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InputError("input.encoding", file=file)


def read_csv(data: bytes, file: str) -> Sheet:
    """Read a delimited text file whose first non-empty row is the header.

    Raises
    ------
    InputError
        Not a table: undecodable, no header, an endless cell, a row with more cells than the header, …
    """
    text = decode(data, file)
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max((",", "\t", ";"), key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    line = 0
    try:
        for cells in reader:
            # Spreadsheets number records, not text lines: a quoted line break stays inside one row.
            line += 1
            if len(cells) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in cells):
                raise InputError("input.oversize", file=file, row=line)
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            if not header:
                while stripped and not stripped[-1]:
                    stripped.pop()
                header = tuple(stripped)
                continue
            if over := next(filter(None, stripped[len(header) :]), ""):
                raise InputError("input.wide-row", file=file, row=line, value=over)
            padded = (stripped + [""] * len(header))[: len(header)]
            rows.append(Row(line, tuple(padded)))
    except csv.Error as error:
        raise InputError("input.csv", file=file, row=line + 1, reason=str(error)) from error
    if not header:
        raise InputError("input.empty", file=file)
    return Sheet(file, "", header, tuple(rows))


def read_sheets(file: str, data: bytes) -> tuple[Sheet, ...]:
    """Read every sheet of the table file called ``file``.

    Raises
    ------
    InputError
        The format is not one of ``TABLE_SUFFIXES``, or the content is broken.
    """
    suffix = Path(file).suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        raise InputError("input.format", file=file, suffix=suffix or file, known=" ".join(TABLE_SUFFIXES))
    return (read_csv(data, file),)
