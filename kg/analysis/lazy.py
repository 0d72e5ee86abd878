"""Sequences whose entries are made when they are asked for: millions of them stand in columns instead."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

Entry = TypeVar("Entry")


class LazySequence(Sequence[Entry]):
    """A sequence that makes its entries from columns; equal to any sequence of equal entries."""

    @abstractmethod
    def _entry(self, place: int) -> Entry:
        """Make the entry at a place, counted from 0."""

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, place: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(place, slice):
            return tuple(self._entry(number) for number in range(len(self))[place])
        return self._entry(range(len(self))[place])

    def __iter__(self) -> Iterator[Entry]:
        return map(self._entry, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)!r})"
