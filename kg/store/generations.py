"""The folder of a local store: whole generations, switched by replacing one small file.

::

    .kg/
    ├── store.json        {"format": 1, "generation": "0002", "created_by": "gongyue 0.1.0"}
    ├── write.lock        held by the one writer
    ├── g0001/            the generation before, kept for readers that still have it open
    └── g0002/            the current one
        ├── db/           an Oxigraph database, never written again
        ├── files/        the files kept beside the quads
        ├── columns.npz   the quads of a large store as arrays (see kg.store.columns)
        └── readers.lock  shared by its readers

A writer builds the next generation in a fresh folder, brings it to the disk, and then replaces ``store.json``. Killed at
any moment it leaves the old state or the new one, and at most a folder that nothing refers to, which the next writer
removes. Readers open a generation that no longer changes: opening Oxigraph read-only beside a writer is undefined.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pyoxigraph

from kg import __version__
from kg.errors import StoreError
from kg.store.drafts import Draft
from kg.store.locks import lock_alone, lock_shared

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from kg.store.columns import QuadColumns

FORMAT = 1
_MANIFEST = "store.json"
_DRAFT = "store.json.new"
_LOCK = "write.lock"
_OWN_BEFORE_FIRST_WRITE = frozenset({_DRAFT, _LOCK})
_GENERATION = re.compile(r"g([0-9]{4,})")
# A reader can lose its generation only if writers finish twice between two system calls.
_ATTEMPTS = 5
# From so many quads columns are kept: below, the engine is as fast.
COLUMNS_FROM_QUADS = 200_000
COLUMNS_FILE = "columns.npz"


@dataclass(frozen=True, slots=True)
class Opened:
    """One generation, open for reading.

    Attributes
    ----------
    name
        Its number as text, or None before anything was written.
    database
        The Oxigraph store, read-only.
    folder
        Where it lies; None before anything was written.
    lock
        Descriptor of the shared lock that keeps writers from removing it.
    """

    name: str | None
    database: pyoxigraph.Store
    folder: Path | None
    lock: int | None

    @property
    def path(self) -> Path | None:
        """Folder of the Oxigraph database."""
        return None if self.folder is None else self.folder / "db"

    def release(self) -> None:
        """Let go of the shared lock."""
        if self.lock is not None:
            os.close(self.lock)


class StoreFolder:
    """A store's folder: reads and replaces its current generation.

    Parameters
    ----------
    path
        The folder.
    create
        Make it if it is missing or empty.
    writable
        Take the writer's lock, and keep it until :meth:`close`.

    Raises
    ------
    StoreError
        If the folder is missing, is not ours, is of a newer format, or has another writer.
    """

    def __init__(self, path: Path, *, create: bool, writable: bool) -> None:
        self.path = path
        self._lock: int | None = None
        self._made = False
        self._check(create=create)
        if create or writable:
            try:
                self._prepare(create=create, writable=writable)
            except OSError as error:
                self.close()
                raise StoreError("store.unwritable", path=path, reason=error.strerror) from error
        self.current()

    def _check(self, *, create: bool) -> None:
        if not self.path.exists():
            if not create:
                raise StoreError("store.missing", path=self.path)
            return
        if not self.path.is_dir():
            raise StoreError("store.foreign", path=self.path)
        if (self.path / _MANIFEST).exists():
            return
        if {entry.name for entry in self.path.iterdir()} - _OWN_BEFORE_FIRST_WRITE:
            raise StoreError("store.foreign", path=self.path)
        if not create:
            raise StoreError("store.missing", path=self.path)

    def _prepare(self, *, create: bool, writable: bool) -> None:
        if create and not self.path.exists():
            self.path.mkdir(parents=True)
            self._made = writable
        lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            lock_alone(lock)
        except OSError as error:
            os.close(lock)
            if writable:
                raise StoreError("store.locked", path=self.path) from error
            return  # somebody writes it, so it exists; this opening only reads
        self._lock = lock
        if not (self.path / _MANIFEST).exists():
            self._switch(None)
        if not writable:
            self.close()

    @property
    def writable(self) -> bool:
        """Whether this opening holds the writer's lock."""
        return self._lock is not None

    def close(self) -> None:
        """Let go of the writer's lock; a folder made for a write that never came to be goes with it."""
        if self._lock is not None:
            unmade = self._made and self.current() is None
            if unmade:
                self._unmake()
            os.close(self._lock)
            self._lock = None
            if unmade and self.path.exists():
                self._unmake()  # Windows removes no file that is open

    def _unmake(self) -> None:
        with contextlib.suppress(OSError):
            for name in (_MANIFEST, _LOCK):
                (self.path / name).unlink(missing_ok=True)
            self.path.rmdir()

    def current(self) -> str | None:
        """Return the number of the current generation as text; None before the first write."""
        try:
            manifest = json.loads((self.path / _MANIFEST).read_text(encoding="utf-8"))
            version, generation = manifest["format"], manifest["generation"]
        except FileNotFoundError as error:
            raise StoreError("store.missing", path=self.path) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError("store.broken", path=self.path, reason=_MANIFEST) from error
        if version != FORMAT:
            raise StoreError("store.format", path=self.path, found=version, known=FORMAT)
        if generation is not None and not _GENERATION.fullmatch(f"g{generation}"):
            raise StoreError("store.broken", path=self.path, reason=_MANIFEST)
        return None if generation is None else str(generation)

    def open_current(self) -> Opened:
        """Open the current generation for reading.

        Raises
        ------
        StoreError
            If its files are damaged.
        """
        for _ in range(_ATTEMPTS):
            name = self.current()
            if name is None:
                return Opened(None, pyoxigraph.Store(), None, None)
            folder = self.path / f"g{name}"
            try:
                lock = os.open(folder / "readers.lock", os.O_RDONLY)
            except FileNotFoundError:
                continue  # a writer has finished twice since we read the manifest
            try:
                lock_shared(lock)
                return Opened(name, pyoxigraph.Store.read_only(str(folder / "db")), folder, lock)
            except OSError as error:
                os.close(lock)
                if self.current() == name:
                    raise StoreError("store.broken", path=self.path, reason=str(error)) from error
        raise StoreError("store.broken", path=self.path, reason=f"g{self.current()}")

    def draft(self, published: Callable[[], None]) -> Draft:
        """Begin a new generation; ``published`` is called when it has become the current one.

        Raises
        ------
        StoreError
            If this opening does not hold the lock, or the disk refuses.
        """
        if not self.writable:
            raise StoreError("store.read_only", path=self.path)
        before = self.current()
        self._sweep(keep={before})
        name = f"{max((int(n) for n in self._generations()), default=0) + 1:04d}"
        folder = self.path / f"g{name}"
        from kg.store.columns import ColumnsMaker  # late: readers of small stores need no arrays

        def publish(files: Mapping[str, bytes], columns: QuadColumns | None) -> None:
            try:
                if columns is not None:
                    columns.save(folder / COLUMNS_FILE)
                (folder / "readers.lock").touch()
                _write_files(folder / "files", files)
                _bring_to_disk(folder)
                self._switch(name)
            except OSError as error:
                raise self._unwritable(error) from error
            self._sweep(keep={before, name})
            published()

        def discard() -> None:
            if self.current() != name:
                shutil.rmtree(folder, ignore_errors=True)

        try:
            folder.mkdir()
            return Draft(
                pyoxigraph.Store(str(folder / "db")),
                publish,
                discard,
                self._unwritable,
                ColumnsMaker(COLUMNS_FROM_QUADS),
            )
        except OSError as error:
            discard()
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError("store.unwritable", path=self.path, reason=error.strerror or str(error))

    def _generations(self) -> list[str]:
        matches = (_GENERATION.fullmatch(entry.name) for entry in self.path.iterdir())
        return [match.group(1) for match in matches if match]

    def _switch(self, name: str | None) -> None:
        manifest = {"format": FORMAT, "generation": name, "created_by": f"gongyue {__version__}"}
        draft = self.path / _DRAFT
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps(manifest) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self.path / _MANIFEST)
        _fsync(self.path)

    def _sweep(self, keep: set[str | None]) -> None:
        """Remove generations that neither the manifest nor a reader needs; what cannot be removed stays."""
        for name in self._generations():
            if name in keep:
                continue
            folder = self.path / f"g{name}"
            try:
                lock = os.open(folder / "readers.lock", os.O_RDWR)
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)  # never finished, so nobody reads it
                continue
            try:
                lock_alone(lock)
                shutil.rmtree(folder / "db", ignore_errors=True)
            except OSError:
                continue  # somebody reads it
            finally:
                os.close(lock)
            # What holds the lock itself goes last: Windows removes no file that is open.
            shutil.rmtree(folder, ignore_errors=True)


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the files kept in a generation, by relative path with forward slashes, sorted."""
    root = folder / "files"
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(found)}


def _write_files(root: Path, files: Mapping[str, bytes]) -> None:
    root.mkdir()
    for name, content in files.items():
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or not relative.parts:
            raise ValueError(f"not a path inside the store: {name!r}")
        target = root / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _bring_to_disk(folder: Path) -> None:
    for directory, _, names in os.walk(folder):
        for name in names:
            _fsync(Path(directory, name), os.O_RDWR)  # Windows flushes only what is open for writing
        _fsync(Path(directory))
    _fsync(folder.parent)


def _fsync(path: Path, mode: int = os.O_RDONLY) -> None:
    try:
        descriptor = os.open(path, mode)
    except PermissionError:
        if path.is_dir():
            return  # Windows opens no folders, and needs no flush of them
        raise
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
