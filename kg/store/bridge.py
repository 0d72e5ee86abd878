"""An rdflib face for the engine's data, for reading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

import pyoxigraph
from oxrdflib import OxigraphStore
from rdflib import Dataset, Graph

from kg.names import PREFIXES
from kg.store.terms import Quad


class _ReadingStore(OxigraphStore):
    """An rdflib store that refuses to write: the store's own ``replace`` is the way in."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this Dataset is for reading; write with Store.replace")

    add = addN = remove = update = remove_graph = _refuse  # noqa: N815 - rdflib's names

    def add_graph(self, graph: Graph) -> None:
        """Do nothing: rdflib announces every graph that it hands out, which adds no fact."""


def dataset_over(database: pyoxigraph.Store) -> Dataset:
    """Return a ``Dataset`` that reads from ``database``; its default graph is the union of the named ones."""
    dataset = Dataset(store=_ReadingStore(store=database), default_union=True)
    for prefix, namespace in sorted(PREFIXES.items()):
        dataset.bind(prefix, namespace)
    return dataset


def merged(quads: Iterable[Quad]) -> pyoxigraph.Store:
    """Return an engine's store whose one graph holds what all graphs say, each statement once.

    For tools that take the engine's own store. Its union of graphs would count a statement once for each source.
    """
    database = pyoxigraph.Store()
    database.bulk_extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return database


def dataset_of(quads: Iterable[Quad]) -> Dataset:
    """Return a ``Dataset`` that holds ``quads`` in memory."""
    database = pyoxigraph.Store()
    database.bulk_extend(quads)
    return dataset_over(database)
