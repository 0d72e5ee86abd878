"""A table for people: columns with headings, rows, and what has to be known to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from kg.amounts import plain_number
from kg.messages import Language, has, text

# A spreadsheet takes a text that starts so for a formula (OWASP, "CSV Injection").
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
Kind = Literal["text", "number", "date", "list", "link"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a fixed list: programs read its key, people its label.

    A word without a key is for people only, such as "unknown" where a program finds nothing.
    """

    key: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of the graph: programs get its IRI as well, people read its label."""

    iri: str
    label: str


# A cell is nothing, a text, a number, a truth value, a word of a fixed list, a thing, or a list of texts.
Cell: TypeAlias = str | int | float | Decimal | bool | Word | Thing | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A source that cells name by its id: where a reader finds it and how far to trust it."""

    id: str
    title: str
    publisher: str
    issued: str
    evidence: str
    url: str


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
    references
        The sources that the rows name, in the order of their ids.
    brief
        Keys of the columns that a terminal has room for; empty for all.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lang: Language
    notes: tuple[str, ...] = ()
    as_of: str | None = None
    parameters: Mapping[str, Cell] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    brief: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns."""
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"columns named twice: {keys}")
        for row in self.rows:
            if len(row) != len(keys):
                raise ValueError(f"{len(keys)} columns, but a row of {len(row)} cells: {row}")

    def only(self, *keys: str) -> Table:
        """Return the table with some of its columns, in the order asked for."""
        places = [[column.key for column in self.columns].index(key) for key in keys]
        rows = tuple(tuple(row[place] for place in places) for row in self.rows)
        return replace(self, columns=tuple(self.columns[place] for place in places), rows=rows, brief=())


def cell_text(cell: Cell, lang: Language) -> str:
    """Write a cell as one text; lists are joined the way the language does."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return text("word.yes" if cell else "word.no", lang)
    if isinstance(cell, int | float | Decimal):
        return plain_number(cell)
    if isinstance(cell, Word | Thing):
        return cell.label
    if isinstance(cell, tuple):
        return ("；" if lang == "zh" else "; ").join(cell)
    return cell


def labelled_parameters(table: Table) -> dict[str, Cell]:
    """Return the parameters that are set, names and values in the reader's language where they have words for it."""

    def worded(key: str, otherwise: Cell) -> Cell:
        return text(key, table.lang) if has(key) else otherwise

    return {
        str(worded(f"parameter.{name}", name)): worded(f"parameter.{name}.{cell}", cell)
        for name, cell in table.parameters.items()
        if cell is not None
    }


def conditions(table: Table) -> list[str]:
    """Return the lines that say what a table holds for: its date and its parameters."""
    lines = []
    if table.as_of:
        lines.append(text("table.as_of", table.lang, date=table.as_of))
    given = [f"{name} = {cell_text(cell, table.lang)}" for name, cell in labelled_parameters(table).items()]
    if given:
        joined = ("；" if table.lang == "zh" else "; ").join(given)
        lines.append(text("table.parameters", table.lang, parameters=joined))
    return lines
