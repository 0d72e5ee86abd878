"""What every store can do, wherever its data lies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Literal, Self

from kg.errors import InputError, QueryError, QueryRefused, StoreError
from kg.store.serialization import write_nquads, write_trig
from kg.store.terms import DefaultGraph, NamedNode, Quad, Term, Triple, Value, text_of, value_of
from kg.store.tokens import first_keyword, may_call_service

if TYPE_CHECKING:
    from rdflib import Dataset

    from kg.store.columns import QuadColumns
    from kg.store.drafts import Draft

DumpFormat = Literal["nquads", "trig"]
QueryKind = Literal["select", "ask", "construct"]

_KINDS: Mapping[str, QueryKind] = {
    "SELECT": "select",
    "ASK": "ask",
    "CONSTRUCT": "construct",
    "DESCRIBE": "construct",
}
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"})


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer to a SELECT query.

    Attributes
    ----------
    variables
        Names of the columns, without question mark, in the order of the query.
    rows
        One tuple a solution, as long as ``variables``; None where a variable is not bound.
    """

    variables: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]

    def values(self) -> list[tuple[Value | None, ...]]:
        """Return the rows as plain Python values (see :func:`kg.store.terms.value_of`)."""
        return [tuple(value_of(term) for term in row) for row in self.rows]

    def texts(self) -> list[tuple[str, ...]]:
        """Return the rows as text: an IRI, or a literal without language and datatype; empty where not bound."""
        return [tuple(text_of(term) for term in row) for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)


def query_kind(query: str) -> QueryKind:
    """Return which of the calls answers ``query``.

    Raises
    ------
    QueryRefused
        If the query is an update.

    >>> query_kind("ASK { ?s ?p ?o }")
    'ask'
    """
    keyword = first_keyword(query)
    if keyword in _UPDATES:
        raise QueryRefused("query.update", keyword=keyword)
    # Text that starts with none of the keywords goes to the engine as a SELECT, which says what is wrong with it.
    return _KINDS.get(keyword, "select")


def admit(query: str, kind: QueryKind) -> None:
    """Refuse what no store runs.

    Raises
    ------
    QueryRefused
        If the query is an update or could call another server.
    QueryError
        If it is a query of another kind than the caller can take.
    """
    actual = query_kind(query)
    if may_call_service(query):
        raise QueryRefused("query.service")
    if actual != kind:
        raise QueryError("query.kind", expected=kind.upper(), found=actual.upper())


class Store(ABC):
    """A set of named graphs that answers SPARQL.

    Every fact stands in a named graph; queries without ``GRAPH`` see the union of all of them. A store is a context
    manager; closing it releases its files and, when it was opened for writing, the writer's lock.
    """

    @property
    @abstractmethod
    def location(self) -> str:
        """Where the data lies, as text for messages."""

    @abstractmethod
    def select(self, query: str, timeout: float | None = None) -> Solutions:
        """Answer a SELECT query.

        Parameters
        ----------
        query
            SPARQL 1.1 text.
        timeout
            Seconds after which the query is stopped. None runs it without a limit, in this process where the
            data is local.

        Raises
        ------
        QueryError
            If the text is not a SELECT query of SPARQL; with line and column.
        QueryRefused
            If it calls SERVICE or is an update.
        QueryTimeout
            If it took longer than ``timeout``.
        """

    @abstractmethod
    def ask(self, query: str, timeout: float | None = None) -> bool:
        """Answer an ASK query; raises as :meth:`select` does."""

    @abstractmethod
    def construct(self, query: str, timeout: float | None = None) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE query, triples sorted; raises as :meth:`select` does."""

    @abstractmethod
    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs, sorted."""

    @abstractmethod
    def quads(self, graph: str | None = None) -> list[Quad]:
        """Return the quads of one graph, or of all, in no particular order."""

    @abstractmethod
    def size(self) -> int:
        """Return the number of quads."""

    def columns(self) -> QuadColumns | None:
        """Return the quads as arrays, property by property, where the store keeps them so; None where it does not.

        They answer what scans by query answer, and only faster.
        """
        return None

    @abstractmethod
    def files(self) -> Mapping[str, bytes]:
        """Return the files kept beside the quads (the ledgers they were built from), by relative path."""

    @abstractmethod
    def replace(
        self,
        graphs: Mapping[str, Iterable[Quad]],
        *,
        drop: Iterable[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Replace whole graphs, all or nothing, and keep the others.

        Parameters
        ----------
        graphs
            New content by graph IRI. The graph that a quad itself names does not matter.
        drop
            IRIs of graphs to remove.
        files
            New files beside the quads, in place of all the old ones; None keeps those.

        Raises
        ------
        StoreError
            If the store was not opened for writing or cannot be written.
        """

    @abstractmethod
    def rebuild(self, quads: Iterable[Quad], files: Mapping[str, bytes]) -> None:
        """Replace everything, all or nothing; raises as :meth:`replace` does."""

    @abstractmethod
    def draft(self) -> Draft:
        """Begin new content that replaces everything when it is published; to be used in a ``with`` block.

        Raises
        ------
        StoreError
            If the store was not opened for writing, or keeps no files.
        """

    @abstractmethod
    def dataset(self) -> Dataset:
        """Return an rdflib ``Dataset`` over the same data, for reading, with the union as its default graph."""

    @abstractmethod
    def close(self) -> None:
        """Release files and locks; a closed store answers no more."""

    def load(self, path: str | Path, *, graph: str | None = None) -> None:
        """Load an RDF file; each graph in it replaces the graph of that name.

        Parameters
        ----------
        path
            A file whose ending names its format: .trig, .nq, or, with ``graph``, .ttl, .nt, .rdf.
        graph
            Graph that takes the triples that stand in no named graph.

        Raises
        ------
        InputError
            If the file cannot be read; with the line where the fault is.
        """
        by_graph: dict[str, list[Quad]] = {}
        for quad in read_quads(path):
            name = quad.graph_name
            if isinstance(name, NamedNode):
                by_graph.setdefault(name.value, []).append(quad)
            elif isinstance(name, DefaultGraph) and graph is not None:
                by_graph.setdefault(graph, []).append(quad)
            else:
                raise InputError("input.rdf_graph", file=str(path), value=str(quad.subject))
        self.replace(by_graph)

    def dump(
        self,
        target: str | Path | IO[bytes],
        format: DumpFormat = "trig",  # noqa: A002 - the word a reader of the call looks for
    ) -> None:
        """Write all quads, sorted, so that equal data gives equal bytes.

        Parameters
        ----------
        target
            A path or a binary stream.
        format
            ``nquads`` (one quad a line, lines sorted by bytes) or ``trig`` (readable; one block a graph).
        """
        text = write_nquads(self.quads()) if format == "nquads" else write_trig(self.quads())
        if isinstance(target, (str, Path)):
            try:
                Path(target).write_bytes(text.encode())
            except OSError as error:
                raise StoreError("store.unwritable", path=target, reason=error.strerror) from error
        else:
            target.write(text.encode())

    def backup(self, path: str | Path) -> None:
        """Copy the store into a new folder, which is again a store.

        Raises
        ------
        StoreError
            If there is something at ``path`` already.
        """
        from kg.store.generations import StoreFolder

        if Path(path).exists():
            raise StoreError("store.exists", path=path)
        folder = StoreFolder(Path(path), create=True, writable=True)
        try:
            with folder.draft(lambda: None) as draft:
                draft.extend(self.quads())
                draft.publish(self.files())
        finally:
            folder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_quads(path: str | Path) -> list[Quad]:
    """Read the quads of an RDF file.

    Raises
    ------
    InputError
        If there is no such file, its ending names no RDF format, or its text is faulty.
    """
    import pyoxigraph

    path = Path(path)
    format_ = pyoxigraph.RdfFormat.from_extension(path.suffix.lstrip("."))
    if format_ is None:
        raise InputError("input.rdf_format", file=str(path), value=path.suffix)
    try:
        return list(pyoxigraph.parse(path=str(path), format=format_))
    except SyntaxError as error:
        raise InputError(
            "input.rdf", file=str(path), row=error.lineno or 0, column=error.offset or 0, reason=error.msg
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("input.unreadable", file=str(path), reason=reason) from error
