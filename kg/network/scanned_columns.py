"""The columns of a store that keeps no arrays: one query a column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

from kg.names import GY
from kg.network.columns import Columns, Statement
from kg.queries.binding import bind
from kg.store import Store
from kg.store.terms import NamedNode, text_of


class ScannedColumns(Columns):
    """Columns over a store that is asked, a query a scan."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._values: dict[str, dict[str, str]] = {}

    def statements(self, kind: str, *properties: str) -> Iterator[Statement]:
        graphs: dict[str, set[str]] = defaultdict(set)
        for thing, graph in self._scan("instances", "class", GY + kind):
            graphs[thing].add(graph)
        # Few combinations of sources occur often: one frozenset for each keeps the memory small.
        shared: dict[frozenset[str], frozenset[str]] = {}
        columns = [self._one(GY + name) for name in properties]
        for thing in sorted(graphs):
            found = frozenset(graphs[thing])
            yield thing, shared.setdefault(found, found), tuple(column.get(thing, "") for column in columns)

    def _one(self, property_: str) -> Mapping[str, str]:
        if property_ not in self._values:
            found: dict[str, str] = {}
            for thing, value in self._scan("values", "property", property_):
                if found.setdefault(thing, value) > value:
                    found[thing] = value
            self._values[property_] = found
        return self._values[property_]

    def sets(self, property_: str) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, set[str]] = defaultdict(set)
        for thing, value in self._scan("values", "property", property_):
            found[thing].add(value)
        return {thing: tuple(sorted(own)) for thing, own in found.items()}

    def triples(self, property_: str) -> Iterator[tuple[str, str, str]]:
        return self._rows("triples", "property", property_)  # type: ignore[return-value]

    def names(self, property_: str) -> Iterator[tuple[str, str, str]]:
        return self._rows("names", "property", property_)  # type: ignore[return-value]

    def _scan(self, query: str, parameter: str, name: str) -> Iterable[tuple[str, str]]:
        return self._rows(query, parameter, name)  # type: ignore[return-value]

    def _rows(self, query: str, parameter: str, name: str) -> Iterator[tuple[str, ...]]:
        text = files(__package__).joinpath(f"{query}.rq").read_text(encoding="utf-8")
        found = self._store.select(bind(text, {parameter: [NamedNode(name)]}))
        return (tuple(map(text_of, row)) for row in found.rows)
