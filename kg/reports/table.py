"""A table for people: columns with headings, rows, and what has to be known to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from kg.messages import Language, text

Kind = Literal["text", "number", "date", "list", "link"]

# A cell is nothing, a text, a number, a truth value, or a list of texts.
Cell: TypeAlias = str | int | float | Decimal | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    key
        Name for programs: the same in every language.
    label
        Heading, in the table's language.
    kind
        What its cells hold; numbers are set to the right.
    """

    key: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their headings, in one language.

    Attributes
    ----------
    title
        What the table shows.
    columns, rows
        Every row has one cell per column.
    lang
        Language of title, headings, notes and cells.
    notes
        What a reader must know: how it was computed, what is left out.
    as_of
        The date the rows hold for (``YYYY[-MM[-DD]]``); None where dates play no part.
    parameters
        Everything the result depends on, by name.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lang: Language
    notes: tuple[str, ...] = ()
    as_of: str | None = None
    parameters: Mapping[str, Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns."""
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"columns named twice: {keys}")
        for row in self.rows:
            if len(row) != len(keys):
                raise ValueError(f"{len(keys)} columns, but a row of {len(row)} cells: {row}")


def plain_number(number: float | Decimal) -> str:
    """Write a number without exponent and without idle zeros.

    Examples
    --------
    >>> plain_number(Decimal("1E+3")), plain_number(Decimal("2.50")), plain_number(0.1)
    ('1000', '2.5', '0.1')
    """
    if isinstance(number, int):
        return str(number)
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    if not exact.is_finite():
        return str(number)
    if exact == 0:  # Decimal keeps the sign and the exponent of a zero
        return "0"
    written = f"{exact:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def cell_text(cell: Cell, lang: Language) -> str:
    """Write a cell as one text; lists are joined the way the language does."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return text("word.yes" if cell else "word.no", lang)
    if isinstance(cell, int | float | Decimal):
        return plain_number(cell)
    if isinstance(cell, tuple):
        return ("；" if lang == "zh" else "; ").join(cell)
    return cell
