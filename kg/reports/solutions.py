"""Answers of SPARQL queries as tables."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from kg import settings
from kg.messages import Language, text
from kg.reports.table import Cell, Column, Table
from kg.store.contract import query_kind
from kg.store.terms import value_of

if TYPE_CHECKING:
    from kg.store import Store


def answer(store: Store, query: str, lang: Language, timeout: float) -> Table:
    """Run a query of any kind and return its answer: a row per solution, per triple, or one truth value.

    Parameters
    ----------
    timeout
        Seconds the query may take.

    Raises
    ------
    QueryError, QueryRefused, QueryTimeout
        As the store does.
    """
    kind = query_kind(query)
    if kind == "ask":
        return Table(
            "", (Column("answer", text("sparql.answer", lang)),), ((store.ask(query, timeout),),), lang
        )
    if kind == "construct":
        triples = store.construct(query, timeout)
        rows = [tuple(value_of(term) for term in (t.subject, t.predicate, t.object)) for t in triples]
        return _table(
            [(name, text(f"sparql.{name}", lang)) for name in ("subject", "predicate", "object")], rows, lang
        )
    solutions = store.select(query, timeout)
    return _table([(name, name) for name in solutions.variables], solutions.values(), lang)


def _table(headings: Sequence[tuple[str, str]], rows: Sequence[tuple[Cell, ...]], lang: Language) -> Table:
    """Make a table of at most as many rows as the settings admit, and say so when rows are left out."""
    limit = int(settings.number("row_limit"))
    notes = (text("sparql.cut", lang, limit=limit, count=len(rows)),) if len(rows) > limit else ()
    shown = tuple(rows[:limit])
    columns = tuple(
        Column(key, label, "number" if _all_numbers([row[index] for row in shown]) else "text")
        for index, (key, label) in enumerate(headings)
    )
    return Table("", columns, shown, lang, notes)


def _all_numbers(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell is not None]
    return bool(filled) and all(
        isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) for cell in filled
    )
