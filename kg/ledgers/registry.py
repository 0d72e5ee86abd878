"""Which thing a name means: the registry of everything the ledgers name.

A name resolves by the exact normal form of a name or alias, never by likeness; likeness only serves suggestions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.ledgers.likeness import alike
from kg.names import normalize_name

Scope = tuple[str, ...]
# Comparing a name with ten million others takes half a minute; a file with so many unknown names needs other help.
_MOST_COMPARED = 10_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A named thing: its ledger, canonical name and IRI, and where it was declared."""

    ledger: str
    name: str
    iri: str
    file: str
    row: int


@dataclass(slots=True)
class Registry:
    """Names by ledger and scope. A scope is empty but for things named within another (a stage within its chain)."""

    _entries: dict[str, dict[tuple[Scope, str], Entry]] = field(default_factory=lambda: defaultdict(dict))
    _sorted: dict[tuple[str, ...], tuple[int, dict[str, str]]] = field(default_factory=dict)
    _answers: dict[tuple[tuple[str, ...], str], tuple[str, ...]] = field(default_factory=dict)
    _compared: int = 0

    def add(self, entry: Entry, names: Iterable[str], scope: Scope = ()) -> tuple[tuple[str, Entry], ...]:
        """Register ``entry`` under ``names`` and return the names that already mean another thing, with that thing."""
        taken = []
        table = self._entries[entry.ledger]
        for name in names:
            key = (scope, normalize_name(name))
            known = table.setdefault(key, entry)
            if known.iri != entry.iri:
                taken.append((name, known))
        return tuple(taken)

    def find(self, ledger: str, name: str, scope: Scope = ()) -> Entry | None:
        """Return the thing of ``ledger`` that ``name`` means, or None."""
        return self._entries[ledger].get((scope, normalize_name(name)))

    def nearest(self, ledgers: Iterable[str], name: str, limit: int = 3) -> tuple[str, ...]:
        """Return the canonical names most like ``name``, best first.

        A name that differs in one character goes before all others: 竹桨 is 竹浆 rather than 竹桨机械厂. Once so many names
        have been compared that nobody would wait longer, a name that was not asked before has none.
        """
        searched = tuple(ledgers)
        if (searched, name) not in self._answers:
            self._answers[searched, name] = self._search(searched, normalize_name(name), limit)
        return self._answers[searched, name][:limit]

    def _search(self, searched: tuple[str, ...], asked: str, limit: int) -> tuple[str, ...]:
        choices = self._choices(searched)
        self._compared += len(choices)
        if self._compared > _MOST_COMPARED:
            return ()
        # One wrong character of two or three is still a likely slip of the pen.
        cutoff = 50 if len(asked) <= 3 else 60
        found = alike(asked, choices.keys(), limit * 3, cutoff)
        return tuple(dict.fromkeys(choices[key] for key in found))[:limit]

    def _choices(self, searched: tuple[str, ...]) -> dict[str, str]:
        """Return canonical names by every name, sorted anew only when names have come since."""
        tables = [self._entries[ledger] for ledger in searched]
        size = sum(map(len, tables))
        known = self._sorted.get(searched)
        if known is None or known[0] != size:
            known = (
                size,
                {key: e.name for table in tables for (_, key), e in sorted(table.items(), key=_key)},
            )
            self._sorted[searched] = known
        return known[1]


def _key(item: tuple[tuple[Scope, str], Entry]) -> tuple[Scope, str]:
    return item[0]
