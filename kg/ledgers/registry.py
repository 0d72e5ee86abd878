"""Which thing a name means: the registry of everything the ledgers name.

A name resolves by the exact normal form of a name or alias, never by likeness; likeness only serves suggestions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from kg.names import normalize_name

Scope = tuple[str, ...]


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
        """Return the canonical names most like ``name``, best first."""
        choices = {
            key: entry.name
            for ledger in ledgers
            for (_, key), entry in sorted(self._entries[ledger].items(), key=_key)
        }
        asked = normalize_name(name)
        # One wrong character of two or three is still a likely slip of the pen.
        cutoff = 50 if len(asked) <= 3 else 60
        found = process.extract(
            asked, choices.keys(), scorer=fuzz.WRatio, limit=limit * 3, score_cutoff=cutoff
        )
        return tuple(dict.fromkeys(choices[key] for key, _, _ in found))[:limit]


def _key(item: tuple[tuple[Scope, str], Entry]) -> tuple[Scope, str]:
    return item[0]
