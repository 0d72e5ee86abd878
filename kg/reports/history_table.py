"""What imports changed, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kg.labels import UnknownConcept, label
from kg.messages import Language, text
from kg.names import ID, SOURCE
from kg.reports.table import Column, Table

if TYPE_CHECKING:
    from kg.ledgers import Change, Entry


def history_table(entries: Iterable[Entry], lang: Language) -> Table:
    """Return the imports on record, newest first."""
    rows = tuple(
        (entry.number, entry.at, tuple(entry.after), entry.added, entry.changed, entry.removed)
        for entry in reversed(tuple(entries))
    )
    kinds = {"number": "number", "added": "number", "changed": "number", "removed": "number", "files": "list"}
    return Table(
        text("history.title", lang),
        tuple(
            Column(key, text(f"history.column.{key}", lang), kinds.get(key, "text"))  # type: ignore[arg-type]
            for key in ("number", "at", "files", "added", "changed", "removed")
        ),
        rows,
        lang,
    )


def changes_table(changes: Iterable[Change], lang: Language) -> Table:
    """Return what differs, one row a thing or statement and property."""
    rows = [
        (
            text(f"changes.{change.kind}", lang),
            _readable(change.subject),
            _label(name, lang),
            tuple(_readable(value) for value, _ in old.get(name, ())),
            tuple(_readable(value) for value, _ in new.get(name, ())),
            tuple(sorted({source for _, source in (*old.get(name, ()), *new.get(name, ()))})),
        )
        for change in changes
        for old, new in [(_by_property(change.before), _by_property(change.after))]
        for name in sorted(old.keys() | new.keys())
    ]
    kinds = {"before": "list", "after": "list", "sources": "list"}
    return Table(
        text("changes.title", lang),
        tuple(
            Column(key, text(f"changes.column.{key}", lang), kinds.get(key, "text"))  # type: ignore[arg-type]
            for key in ("kind", "subject", "property", "before", "after", "sources")
        ),
        tuple(rows),
        lang,
    )


def _by_property(said: Iterable[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, value, source in said:
        found.setdefault(name, []).append((value, source))
    return found


def _readable(value: str) -> str:
    """Return an IRI of ours as its readable path, anything else as it is."""
    for base in (ID, SOURCE):
        if value.startswith(base):
            return unquote(value.removeprefix(base))
    return value


def _label(name: str, lang: Language, find: Callable[[str, Language], str] = label) -> str:
    try:
        return find(name, lang)
    except UnknownConcept:
        return name.rpartition("/")[2].rpartition("#")[2]
