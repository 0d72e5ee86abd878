"""What a store holds: its size, its sources, its newest date, and how many things and facts of each class."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from kg.labels import column, label
from kg.messages import Language, text
from kg.names import ANALYSIS_GRAPHS, DERIVED_GRAPH, GY
from kg.network import newest_date
from kg.reports.table import Cell, Column, Table

if TYPE_CHECKING:
    from kg.store import Store


def contents_table(store: Store, lang: Language) -> Table:
    """Return what a store holds; classes stand in the order of falling counts."""
    found = store.select(files(__package__).joinpath("contents.rq").read_text(encoding="utf-8"))
    counts = [(str(name), int(str(count))) for name, count in found.values()]
    classes = sorted(
        ((count, name) for name, count in counts if name.startswith(GY)), key=lambda c: (-c[0], c[1])
    )
    results = [graph for graph in store.graphs() if graph.startswith(ANALYSIS_GRAPHS)]
    sources = [graph for graph in store.graphs() if graph != DERIVED_GRAPH and graph not in results]
    written = sum(len(store.quads(graph)) for graph in results)
    rows: list[tuple[Cell, ...]] = [
        (text("info.quads", lang), store.size() - written),
        (text("info.sources", lang), len(sources)),
        *((label(name, lang), count) for count, name in classes),
    ]
    if results:
        rows.append((text("info.results", lang), written))
    columns = (Column("name", column("name", lang)), Column("n", column("n", lang), "number"))
    place = text("info.title", lang, store=store.location)
    return Table(place, columns, tuple(rows), lang, as_of=newest_date(store) or None)
