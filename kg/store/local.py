"""A store on this machine: a folder, or memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph

from kg.errors import StoreError
from kg.store import worker
from kg.store.answers import (
    failure,
    out_of_memory,
    parse_boolean,
    parse_solutions,
    parse_triples,
    syntax_error,
    timed_out,
)
from kg.store.contract import QueryKind, Solutions, Store, admit
from kg.store.drafts import Draft
from kg.store.generations import COLUMNS_FILE, StoreFolder, read_files
from kg.store.terms import NamedNode, Quad, Triple
from kg.store.tokens import names_dataset

if TYPE_CHECKING:
    from rdflib import Dataset

    from kg.store.columns import QuadColumns

MEMORY = ":memory:"
# A database of so many bytes that has no columns gets them when they are first asked for.
COLUMNS_FROM_BYTES = 50_000_000


class LocalStore(Store):
    """A store in a folder or in memory, answered by the engine inside the program.

    Parameters
    ----------
    folder
        The opened folder; None keeps everything in memory.
    query_memory
        Bytes of address space for a query that has a timeout; None for no limit.
    """

    def __init__(self, folder: StoreFolder | None, *, query_memory: int | None = None) -> None:
        self._folder = folder
        self._query_memory = query_memory
        self._opened = None if folder is None else folder.open_current()
        self._database = pyoxigraph.Store() if self._opened is None else self._opened.database
        self._files: dict[str, bytes] = {}
        self._columns: QuadColumns | None = None

    @property
    def location(self) -> str:
        return MEMORY if self._folder is None else str(self._folder.path)

    @property
    def generation(self) -> str | None:
        """Number of the generation that is read; None in memory and before the first write."""
        return None if self._opened is None else self._opened.name

    def refresh(self) -> bool:
        """Reopen if somebody has written since; tell whether that was so."""
        if self._folder is None or self._folder.current() == self.generation:
            return False
        self._reopen()
        return True

    def select(self, query: str, timeout: float | None = None) -> Solutions:
        if timeout is not None:
            return parse_solutions(self._in_worker(query, "select", timeout))
        results = self._run(query, "select")
        assert isinstance(results, pyoxigraph.QuerySolutions)
        variables = tuple(variable.value for variable in results.variables)
        try:
            return Solutions(variables, [tuple(solution) for solution in results])
        except (OSError, RuntimeError, ValueError) as error:
            raise failure(error) from error

    def ask(self, query: str, timeout: float | None = None) -> bool:
        if timeout is not None:
            return parse_boolean(self._in_worker(query, "ask", timeout))
        return bool(self._run(query, "ask"))

    def construct(self, query: str, timeout: float | None = None) -> list[Triple]:
        if timeout is not None:
            return parse_triples(self._in_worker(query, "construct", timeout))
        results = self._run(query, "construct")
        assert isinstance(results, pyoxigraph.QueryTriples)
        try:
            return sorted(set(results), key=str)
        except (OSError, RuntimeError, ValueError) as error:
            raise failure(error) from error

    def _run(self, query: str, kind: QueryKind) -> object:
        admit(query, kind)
        try:
            return self._database.query(query, use_default_graph_as_union=not names_dataset(query))
        except SyntaxError as error:
            raise syntax_error(str(error), query) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise failure(error) from error

    def _in_worker(self, query: str, kind: QueryKind, timeout: float) -> bytes:
        admit(query, kind)
        path = None if self._opened is None else self._opened.path
        data = b"" if path is not None else self._as_nquads()
        outcome = worker.run(
            query,
            database=path,
            nquads=data,
            timeout=timeout,
            memory=self._query_memory,
            union=not names_dataset(query),
        )
        if outcome.kind == "answer":
            return outcome.payload
        message = outcome.payload.decode()
        if outcome.kind == "syntax":
            raise syntax_error(message, query)
        if outcome.kind == "failure":
            raise failure(message)
        raise timed_out(timeout) if outcome.kind == "timeout" else out_of_memory()

    def _as_nquads(self) -> bytes:
        return self._database.dump(format=pyoxigraph.RdfFormat.N_QUADS) or b""

    def graphs(self) -> tuple[str, ...]:
        return tuple(sorted(name.value for name in self._database.named_graphs()))

    def quads(self, graph: str | None = None) -> list[Quad]:
        if graph is None:
            return list(self._database)
        return list(self._database.quads_for_pattern(None, None, None, NamedNode(graph)))

    def size(self) -> int:
        return len(self._database)

    def columns(self) -> QuadColumns | None:
        folder = None if self._opened is None else self._opened.folder
        if self._columns is None and folder is not None and _is_large(folder):
            from kg.store.columns import ColumnsMaker, read_columns

            self._columns = read_columns(folder / COLUMNS_FILE)
            if self._columns is None:
                maker = ColumnsMaker()
                for _ in maker.watch(self._database):
                    pass
                self._columns = maker.columns()
                if self._columns is not None:
                    self._columns.save(folder / COLUMNS_FILE)
        return self._columns

    def files(self) -> Mapping[str, bytes]:
        if self._opened is None:
            return dict(self._files)
        return {} if self._opened.folder is None else read_files(self._opened.folder)

    def replace(
        self,
        graphs: Mapping[str, Iterable[Quad]],
        *,
        drop: Iterable[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        # The folder may have been written since this store was opened, before it took the lock.
        self.refresh()
        gone = {*graphs, *drop}

        def content() -> Iterator[Quad]:
            for name in self.graphs():
                if name not in gone:
                    yield from self.quads(name)
            for name, quads in graphs.items():
                node = NamedNode(name)
                for quad in quads:
                    yield Quad(quad.subject, quad.predicate, quad.object, node)

        self._write(content(), self.files() if files is None else files)

    def rebuild(self, quads: Iterable[Quad], files: Mapping[str, bytes]) -> None:
        self._write(_in_named_graphs(quads), files)

    def _write(self, quads: Iterable[Quad], files: Mapping[str, bytes]) -> None:
        with self.draft() as draft:
            draft.extend(quads)
            draft.publish(files)

    def draft(self) -> Draft:
        if self._folder is not None:
            return self._folder.draft(self._reopen)
        database = pyoxigraph.Store()

        def publish(files: Mapping[str, bytes], _: QuadColumns | None) -> None:
            self._database, self._files = database, dict(files)

        return Draft(database, publish, lambda: None)

    def _reopen(self) -> None:
        assert self._folder is not None
        before = self._opened
        self._columns = None
        self._opened = self._folder.open_current()
        self._database = self._opened.database
        if before is not None:
            before.release()

    def dataset(self) -> Dataset:
        from kg.store.bridge import dataset_over

        return dataset_over(self._database)

    def close(self) -> None:
        self._database = pyoxigraph.Store()
        self._columns = None
        if self._opened is not None:
            self._opened.release()
            self._opened = None
        if self._folder is not None:
            self._folder.close()


def _is_large(folder: Path) -> bool:
    """Whether a generation has columns, or its database is of a size that asks for them."""
    if (folder / COLUMNS_FILE).exists():
        return True
    with os.scandir(folder / "db") as entries:
        return sum(entry.stat().st_size for entry in entries) >= COLUMNS_FROM_BYTES


def _in_named_graphs(quads: Iterable[Quad]) -> Iterator[Quad]:
    for quad in quads:
        if not isinstance(quad.graph_name, NamedNode):
            raise StoreError("store.default_graph", subject=str(quad.subject))
        yield quad
