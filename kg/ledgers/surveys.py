"""What a workbook says beside the values of its cells, gathered before the values are read.

The engine that reads the values holds the whole used rectangle of a sheet and gives up the process when the memory does
not suffice; it passes over number formats, formulas and cells in error. So each sheet is surveyed first: whether it is of
a bounded size, and which of its cells mean something else than their bare value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal
from xml.parsers import expat

from kg.errors import InputError
from kg.ledgers.sheets import MAX_CELL, MAX_CELLS, MAX_COLUMNS, MAX_TEXT, Merged, letter

Look = Literal["", "percent", "month", "year"]
Place = tuple[int, int]
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
# What a spreadsheet program never writes out: looks that have a number only. 27 and up are those of Chinese versions.
_BUILT_IN: dict[int, Look] = {
    9: "percent",
    10: "percent",
    17: "month",
    27: "month",
    36: "month",
    50: "month",
    52: "month",
    57: "month",
}


@dataclass(slots=True)
class Survey:
    """One sheet before it is read. Rows and columns count from 0.

    Attributes
    ----------
    looks
        Cells shown as a percentage, or as a date without its day or month.
    formulas
        Cells that hold a formula, with its text (``=`` where the format does not keep it as text).
    results
        What they gave when the workbook was last saved, as type and text of the file (.xlsx only).
    blank_formulas
        Those that were saved without a result.
    errors
        Cells whose value is an error, with that error.
    numerals
        Whole numbers of more digits than a spreadsheet keeps, as the file has them.
    merged
        Merged ranges, where the engine does not tell them.
    hidden_rows, hidden_columns
        Rows and first and last columns that are hidden, by hand or by a filter; they are read all the same.
    since_1904
        Whether the workbook counts days from 1904, as those do that were made on a Macintosh.
    """

    file: str
    name: str
    looks: dict[Place, Look] = field(default_factory=dict)
    formulas: dict[Place, str] = field(default_factory=dict)
    results: dict[Place, tuple[str, str]] = field(default_factory=dict)
    blank_formulas: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    numerals: dict[Place, str] = field(default_factory=dict)
    merged: list[Merged] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    since_1904: bool = False
    _top: int = -1
    _bottom: int = -1
    _left: int = 0
    _right: int = -1
    _text: int = 0

    def occupy(self, row: int, column: int, length: int, *, rows: int = 1, columns: int = 1) -> None:
        """Note a cell that is not blank, ``rows`` × ``columns`` times, each of ``length`` characters.

        Raises
        ------
        InputError
            The sheet is larger than any ledger.
        """
        if self._top < 0:
            self._top, self._left = row, column
        # Plain comparisons: this runs for every cell.
        if row < self._top:
            self._top = row
        if column < self._left:
            self._left = column
        if row + rows > self._bottom:
            self._bottom = row + rows - 1
        if column + columns > self._right:
            self._right = column + columns - 1
        self._text += length * rows * columns
        area = (self._bottom - self._top + 1) * (self._right - self._left + 1)
        if self._right >= MAX_COLUMNS or area > MAX_CELLS or length > MAX_CELL or self._text > MAX_TEXT:
            place = f"{letter(self._right) if self._right < 1 << 20 else self._right + 1}{self._bottom + 1}"
            raise InputError(
                "input.oversize-sheet", file=self.file, sheet=self.name, row=row + 1, place=place
            )

    def hides_columns(self, first: int, last: int) -> None:
        """Note a run of hidden columns; of more runs than there can be columns, only the first."""
        if len(self.hidden_columns) < MAX_COLUMNS:
            self.hidden_columns.append((first, last))

    def hidden(self, rows: Iterable[int]) -> tuple[int, int]:
        """Return how many of ``rows``, and how many columns of the used rectangle, are hidden."""
        columns = {
            column
            for first, last in self.hidden_columns
            for column in range(max(first, self._left), min(last, self._right) + 1)
        }
        return sum(row in self.hidden_rows for row in rows), len(columns)


def look_of(code: str, number: int = -1) -> Look:
    """Return what a number format shows, as far as it changes what the value says.

    >>> look_of("0.0%"), look_of('yyyy"年"m"月"'), look_of("yyyy-mm-dd"), look_of("yyyy")
    ('percent', 'month', '', 'year')
    """
    if not code:
        return _BUILT_IN.get(number, "")
    shown = _LITERALS.sub("", code).split(";")[0].lower()
    if "%" in shown:
        return "percent"
    if "y" not in shown or any(letter_ in shown for letter_ in "dhs"):
        return ""
    return "month" if "m" in shown else "year"


class _LocalNames(dict[str, str]):
    """Names without their namespace, each cut once."""

    def __missing__(self, name: str) -> str:
        if len(self) > 10_000:
            self.clear()
        self[name] = name[name.rfind(" ") + 1 :]
        return self[name]


Start = Callable[[str, dict[str, str]], None]


def parse(
    data: bytes,
    file: str,
    start: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Run through an XML part. Names of elements and attributes come without their namespace.

    Raises
    ------
    InputError
        Not well-formed, or with a document type: workbooks have none, and entities are only declared in one.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise InputError("input.workbook-entities", file=file)

    local = _LocalNames()

    def on_start(name: str, attributes: dict[str, str]) -> None:
        start(
            local[name],
            {local[key]: value for key, value in attributes.items()} if attributes else attributes,
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = on_start
    if end is not None:
        parser.EndElementHandler = lambda name: end(local[name])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)  # noqa: FBT003  # the parser takes no keywords
    except expat.ExpatError as error:
        raise InputError("input.workbook-broken", file=file, reason=str(error)) from error
    except (ValueError, LookupError) as error:
        # An encoding that expat does not know, a number that is none.
        raise InputError("input.workbook-broken", file=file, reason=str(error)[:200]) from error
