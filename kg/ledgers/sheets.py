"""What every reader of table files yields: the cells as text where the file has them, and the sheet made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.ledgers.findings import Severity

# A cell longer than this is no ledger cell; the bounds keep a hostile file from eating the memory.
MAX_CELL = 32_767
MAX_COLUMNS = 512
# Cells of a sheet's used rectangle, blank ones included: readers of workbooks hold all of it at once.
MAX_CELLS = 8_000_000
# Characters of a sheet: one long shared text may stand in a million cells.
MAX_TEXT = 200_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its spreadsheet row number and its cells, as wide as the header."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about a cell, should its row be a record and its column be read.

    ``column`` counts from 0; -1 stands for the row or the sheet as a whole.
    """

    severity: Severity
    code: str
    row: int = 0
    column: int = -1
    value: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """A rectangle of merged cells: first and last row (as the spreadsheet numbers them), first and last column (from 0)."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it stands in the file: its rows that are not blank, merged cells not yet filled.

    ``skipped`` is the code of the remark that says why the sheet is not read; ``since_1904`` as in `Sheet`.
    """

    file: str
    name: str
    rows: tuple[Row, ...]
    merged: tuple[Merged, ...] = ()
    remarks: tuple[Remark, ...] = ()
    skipped: str = ""
    since_1904: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file, as text.

    Attributes
    ----------
    header
        Titles of the columns; those of a header of several rows joined by ``·``. Empty for a sheet that is skipped.
    rows
        The rows below the header, merged cells filled; totals and footnotes still among them.
    units
        Parallel to ``header``: the unit that the title or a unit row states, as written, else empty.
    remarks
        What is to be said about cells; an entry without row and column is about the sheet.
    spanned
        Numbers of the rows whose whole content is one cell merged across columns: section titles and notes.
    header_row
        Number of the row that holds the titles; the lowest of several.
    since_1904
        Whether the days of the workbook count from 1904.
    """

    file: str
    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    units: tuple[str, ...] = ()
    header_row: int = 1
    remarks: tuple[Remark, ...] = ()
    spanned: frozenset[int] = frozenset()
    since_1904: bool = False

    def __post_init__(self) -> None:
        if not self.units:
            object.__setattr__(self, "units", ("",) * len(self.header))


def letter(column: int) -> str:
    """Return the letters a spreadsheet shows above a column that counts from 0.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
