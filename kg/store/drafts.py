"""What a store is to hold next, loaded piece by piece while its present content stays as it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pyoxigraph

from kg.store.serialization import trig_line
from kg.store.terms import Quad

if TYPE_CHECKING:
    from kg.store.columns import ColumnsMaker, QuadColumns

Publish = Callable[[Mapping[str, bytes], "QuadColumns | None"], None]
# An IRI and what is said of it: predicates with their objects, as N-Triples writes them.
Description = tuple[str, tuple[str, ...]]
# Text handed to the engine at once: large enough for its sorting to pay, small beside the memory.
PIECE_BYTES = 64_000_000
# Pieces loaded at once: one core may be busy with making the next.
LOADERS = 2


class Draft:
    """Content that nobody sees before :meth:`publish`; left without that, it is discarded.

    >>> from kg.store import open_store
    >>> with open_store(":memory:") as store, store.draft() as draft:
    ...     draft.describe("urn:graph", [("urn:a", ("<urn:b> <urn:c>",))])
    ...     draft.publish({})
    ...     store.size()
    1

    Parameters
    ----------
    database
        An empty database to load into.
    publish
        Makes what is loaded, with the given files and columns, the content of the store.
    discard
        Removes what was loaded.
    refused
        Says that the disk refuses.
    columns
        Notes everything that is loaded.
    """

    def __init__(
        self,
        database: pyoxigraph.Store,
        publish: Publish,
        discard: Callable[[], None],
        refused: Callable[[OSError], Exception] = lambda error: error,
        columns: ColumnsMaker | None = None,
    ) -> None:
        self._database: pyoxigraph.Store | None = database
        self._publish = publish
        self._discard = discard
        self._refused = refused
        self._columns = columns
        self._lines: list[bytes] = []
        self._size = 0
        # The engine loads outside the interpreter's lock, so the next pieces are made meanwhile.
        self._loader = ThreadPoolExecutor(LOADERS, thread_name_prefix="draft")
        self._loading: deque[Future[None]] = deque()
        self._published = False

    def describe(self, graph: str, descriptions: Sequence[Description]) -> None:
        """Add what a graph, given by its IRI, says; all IRIs must be valid. The engine loads it while more is added.

        Raises
        ------
        StoreError
            The disk refuses, this or an earlier piece.
        """
        line = trig_line(graph, descriptions).encode()
        self._lines.append(line)
        self._size += len(line)
        if self._columns is not None:
            for subject, statements in descriptions:
                self._columns.describe(graph, subject, statements)
        if self._size >= PIECE_BYTES:
            self.hand_over()

    def hand_over(self) -> None:
        """Start loading the rest of what has been added, and return meanwhile."""
        if self._lines:
            self._wait(LOADERS - 1)
            piece, self._lines, self._size = b"".join(self._lines), [], 0
            self._loading.append(
                self._loader.submit(
                    self._open.bulk_load, piece, format=pyoxigraph.RdfFormat.TRIG, lenient=True
                )
            )

    def extend(self, quads: Iterable[Quad]) -> None:
        """Load quads.

        Raises
        ------
        StoreError
            The disk refuses.
        """
        self._finish()
        try:
            self._open.bulk_extend(quads if self._columns is None else self._columns.watch(quads))
        except OSError as error:
            raise self._refused(error) from error

    def publish(self, files: Mapping[str, bytes]) -> None:
        """Make what is loaded, with ``files`` beside it, the content of the store, all or nothing.

        Raises
        ------
        StoreError
            The disk refuses; the store then keeps its content.
        """
        self.hand_over()
        columns = None if self._columns is None else self._columns.columns()
        self._finish()
        try:
            self._open.flush()
        except OSError as error:
            raise self._refused(error) from error
        # Nothing else refers to it, so this closes it: readers must find files that no longer change.
        self._database = None
        self._publish(files, columns)
        self._published = True

    @property
    def _open(self) -> pyoxigraph.Store:
        if self._database is None:
            raise ValueError("the draft is published or discarded")
        return self._database

    def _finish(self) -> None:
        """Load what has been added, to the end."""
        self.hand_over()
        self._wait()

    def _wait(self, most: int = 0) -> None:
        """Wait until no more than so many pieces are being loaded."""
        while len(self._loading) > most:
            try:
                self._loading.popleft().result()
            except OSError as error:
                raise self._refused(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loader.shutdown()
        self._loading.clear()
        self._database = None
        if not self._published:
            self._discard()
