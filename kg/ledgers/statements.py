"""What a row says, as text: statements in the syntax that N-Triples and TriG share.

A ledger of a million rows makes some eight million statements, and most of their parts recur: a firm, a product, a
date. Joining known texts is several times faster than making an object of every statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.ledgers.tables import Row
from kg.names import BASE, DERIVED_GRAPH, segment
from kg.store import Description, trig_line

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """An IRI with the texts of cells in it: where ``pattern`` has ``%s`` stand the columns at ``places``, in turn."""

    pattern: str
    places: tuple[int, ...]

    def iri(self, segments: Sequence[str]) -> str:
        """Return the IRI for the cells of a row, given as path segments."""
        return self.pattern % tuple([segments[place] for place in self.places])


def template(text: str, columns: Sequence[str], base: str) -> Template:
    """Read a template such as ``id/product/{name}``; things (``id/…``) stand under ``base``."""
    below = text.removeprefix("id/")
    found = _PLACEHOLDER.split((BASE if below == text else base) + below)
    fixed, names = found[::2], found[1::2]
    return Template(
        "%s".join(part.replace("%", "%%") for part in fixed), tuple(columns.index(name) for name in names)
    )


def mint(kind: str, name: str, base: str) -> str:
    """Return the IRI of a thing that has no ledger of its own."""
    return f"{base}{kind}/{segment(name)}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What one row says.

    Attributes
    ----------
    row
        The row.
    subject
        IRI of what the row is about.
    keys
        What no other row of the ledger may have as well.
    graphs
        IRIs of the row's sources; each of them says all of it.
    said
        Descriptions of the subject and of what has no name but through this row.
    derived
        What follows from the row by the ledger's description.
    """

    row: Row
    subject: str
    keys: tuple[Key, ...]
    graphs: tuple[str, ...]
    said: tuple[Description, ...]
    derived: tuple[Description, ...]

    def by_graph(self) -> Iterator[tuple[str, tuple[Description, ...]]]:
        """Yield each graph's IRI with what it says."""
        for graph in self.graphs:
            yield graph, self.said
        if self.derived:
            yield DERIVED_GRAPH, self.derived

    def trig(self) -> str:
        """Return the facts as TriG text."""
        return "".join([trig_line(graph, said) for graph, said in self.by_graph()])
