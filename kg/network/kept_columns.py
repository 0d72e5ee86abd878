"""The columns that a large store keeps as arrays: joined as numbers, and only the answers made into text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from kg.names import GY, RDF_TYPE
from kg.network.columns import Columns, Statement
from kg.store.columns import Numbers, QuadColumns


class KeptColumns(Columns):
    """Columns over the arrays of a store."""

    def __init__(self, kept: QuadColumns) -> None:
        self._kept = kept

    def statements(self, kind: str, *properties: str) -> Iterator[Statement]:
        kept = self._kept
        class_ = kept.number(GY + kind)
        subjects, objects, graphs = kept.of(RDF_TYPE)
        of_class = objects == (-1 if class_ is None else class_)
        every, stands_in = _distinct(subjects[of_class], graphs[of_class])
        things, first = np.unique(every, return_index=True)
        columns = [self._values(GY + name, things) for name in properties]
        values = zip(*columns, strict=True) if columns else repeat((), len(things))
        return zip(kept.texts(things), self._graph_sets(stands_in, first), values, strict=True)

    def _graph_sets(self, graphs: Numbers, first: NDArray[np.int64]) -> list[frozenset[str]]:
        """Return the graphs of each thing, which begin at ``first`` in ``graphs``."""
        known, number = np.unique(graphs, return_inverse=True)
        single = np.empty(len(known), object)
        single[:] = [frozenset((name,)) for name in self._kept.texts(known)]
        found = single[number[first]]
        sizes = np.diff(np.append(first, len(graphs)))
        shared: dict[frozenset[str], frozenset[str]] = {}
        for place in np.flatnonzero(sizes > 1).tolist():
            start = int(first[place])
            own: frozenset[str] = frozenset().union(*single[number[start : start + int(sizes[place])]])
            found[place] = shared.setdefault(own, own)
        return list(found)

    def _values(self, property_: str, things: Numbers) -> list[str]:
        subjects, objects, _ = self._kept.of(property_)
        none = len(self._kept)
        least = np.full(none, none, np.int32)
        least[subjects] = objects
        if (least[subjects] != objects).any():  # several values somewhere: the first in order of text
            np.minimum.at(least, subjects, objects)
        return self._texts(least[things])

    def _texts(self, numbers: Numbers) -> list[str]:
        """Return texts, one string for all equal ones; empty where the number is beyond the last."""
        # Numbers are places in the order of texts, so marking them is faster than sorting them.
        marks = np.zeros(len(self._kept) + 1, np.bool_)
        marks[numbers] = True
        known = np.flatnonzero(marks[:-1])
        texts = np.full(len(known) + 1, "", object)
        texts[:-1] = self._kept.texts(known)
        place = np.cumsum(marks, dtype=np.int32) - 1
        place[-1] = len(known)
        return list(texts[place[numbers]])

    def sets(self, property_: str) -> Mapping[str, tuple[str, ...]]:
        subjects, objects, _ = self._kept.of(property_)
        things, values = _distinct(subjects, objects)
        found: dict[str, tuple[str, ...]] = {}
        for thing, value in zip(self._kept.texts(things), self._texts(values), strict=True):
            found[thing] = (*found[thing], value) if thing in found else (value,)
        return found

    def triples(self, property_: str) -> Iterator[tuple[str, str, str]]:
        subjects, objects, graphs = self._kept.of(property_)
        return zip(self._texts(subjects), self._texts(objects), self._texts(graphs), strict=True)

    def names(self, property_: str) -> Iterator[tuple[str, str, str]]:
        subjects, objects, _ = self._kept.of(property_)
        things, values = _distinct(subjects, objects)
        names = self._kept.texts_and_languages(values)
        for thing, (name, language) in zip(self._kept.texts(things), names, strict=True):
            yield thing, name, language


def _distinct(first: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """Return the distinct pairs, sorted."""
    pairs = np.sort(first.astype(np.int64) << 32 | second)  # a good deal faster than np.unique
    fresh = np.ones(len(pairs), np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=fresh[1:])
    pairs = pairs[fresh]
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)
