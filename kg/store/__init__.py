"""Where the graph lies. The only room that knows the engine or HTTP.

>>> from kg.store import open_store
>>> with open_store(":memory:") as store:
...     store.size()
0
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.store.contract import DumpFormat, QueryKind, Solutions, Store, query_kind, read_quads
from kg.store.drafts import Description, Draft
from kg.store.serialization import (
    canonical,
    parse_trig,
    trig_line,
    write_graph_files,
    write_nquads,
    write_trig,
)
from kg.store.terms import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    Term,
    Triple,
    Value,
    value_of,
)

__all__ = [
    "BlankNode",
    "DefaultGraph",
    "Description",
    "Draft",
    "DumpFormat",
    "Literal",
    "NamedNode",
    "Quad",
    "QueryKind",
    "Solutions",
    "Store",
    "Term",
    "Triple",
    "Value",
    "canonical",
    "memory_store",
    "open_store",
    "parse_trig",
    "query_kind",
    "read_quads",
    "trig_line",
    "value_of",
    "write_graph_files",
    "write_nquads",
    "write_trig",
]


def open_store(
    location: str | Path | None,
    *,
    create: bool = False,
    writable: bool = False,
    query_memory: int | None = None,
) -> Store:
    """Open a store.

    Parameters
    ----------
    location
        A folder; ``":memory:"`` for a store that lives as long as the program; the ``http(s)`` URL of a SPARQL
        endpoint; None for the folder that the settings name.
    create
        Make the folder if it is missing or empty.
    writable
        Open for writing as well; a folder has one writer at a time. Memory can always be written.
    query_memory
        Bytes of address space for a query run with a timeout on a local store; None for no limit.

    Raises
    ------
    StoreError
        If there is no store at ``location``, it is something else, its format is newer than this program, or
        another program is writing it.
    """
    if location is None:
        from kg import settings

        location = str(settings.value("store"))
    text = str(location)
    if isinstance(location, str) and "://" in text:
        from kg.store.endpoint import EndpointStore

        return EndpointStore(text, writable=writable)

    from kg.store.local import MEMORY, LocalStore

    if text == MEMORY:
        return LocalStore(None, query_memory=query_memory)
    from kg.store.generations import StoreFolder

    folder = StoreFolder(Path(location), create=create, writable=writable)
    try:
        return LocalStore(folder, query_memory=query_memory)
    except BaseException:
        folder.close()
        raise


def memory_store(quads: Iterable[Quad]) -> Store:
    """Return a store in memory that holds ``quads``, each in the graph that it names."""
    store = open_store(":memory:")
    store.rebuild(quads, {})
    return store
