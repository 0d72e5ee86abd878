"""Pairs of things that may be one, with what speaks for it and against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from kg.analysis.suspects import Ground, Suspect
from kg.messages import Language, text
from kg.reports.table import Column, Kind, Table, Thing, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("kind", "text"),
    ("first", "text"),
    ("second", "text"),
    ("likeness", "number"),
    ("grounds", "list"),
    ("against", "list"),
)


def suspects_table(suspects: Sequence[Suspect], name: Callable[[str], str], lang: Language) -> Table:
    """Return suspects in the order given.

    Parameters
    ----------
    name
        Gives the name of a thing by its IRI.
    """

    def told(grounds: Sequence[Ground]) -> tuple[str, ...]:
        return tuple(
            text(f"names.ground.{g.kind}", lang, value=name(g.value) if "://" in g.value else g.value)
            for g in grounds
        )

    rows = tuple(
        (
            Word(suspect.kind, text(f"names.kind.{suspect.kind}", lang)),
            Thing(suspect.first, name(suspect.first)),
            Thing(suspect.second, name(suspect.second)),
            suspect.likeness,
            told(suspect.grounds),
            told(suspect.against),
        )
        for suspect in suspects
    )
    columns = tuple(Column(key, text(f"names.column.{key}", lang), kind) for key, kind in _COLUMNS)
    notes = (text("names.note.nothing_merged", lang), text("names.note.likeness", lang))
    return Table(text("names.title", lang), columns, rows, lang, notes)
