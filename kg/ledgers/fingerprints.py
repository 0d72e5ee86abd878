"""What two readings of ledgers say differently, without holding what they say."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kg.ledgers.history import ChangeKind
from kg.ledgers.statements import Facts

Hashes = NDArray[np.int64]


class Fingerprints:
    """The statements of a graph as numbers: 16 bytes each, so that millions fit beside another set of them.

    Numbers compare within one run of the program only. That two of ten million statements share one by accident has a
    chance of one in 400,000.
    """

    def __init__(self) -> None:
        self._subjects = array("q")
        self._statements = array("q")

    def add(self, facts: Facts) -> None:
        """Note what a row says itself; what is derived from it changes with it."""
        for subject, statements in facts.said:
            number = hash(subject)
            for graph in facts.graphs:
                about = hash((number, graph))
                self._subjects.extend([number] * len(statements))
                self._statements.extend([hash((about, statement)) for statement in statements])

    def differing(self, after: Fingerprints) -> Mapping[ChangeKind, frozenset[int]]:
        """Return the hashes of the subjects that only ``after`` knows, that both know differently, that only this knows."""
        subjects, statements = self._sorted()
        new_subjects, new_statements = after._sorted()
        gone = subjects[~np.isin(statements, new_statements, assume_unique=True)]
        come = new_subjects[~np.isin(new_statements, statements, assume_unique=True)]
        differing = _distinct(np.concatenate((gone, come)))
        before, now = np.isin(differing, subjects), np.isin(differing, new_subjects)
        return {
            "added": frozenset(differing[~before].tolist()),
            "changed": frozenset(differing[before & now].tolist()),
            "removed": frozenset(differing[~now].tolist()),
        }

    def _sorted(self) -> tuple[Hashes, Hashes]:
        """Return subjects and statements, sorted by statement, each statement once."""
        statements = np.frombuffer(self._statements, np.int64)
        order = np.argsort(statements)
        statements = statements[order]
        first = _first(statements)
        return np.frombuffer(self._subjects, np.int64)[order[first]], statements[first]


def _first(values: Hashes) -> NDArray[np.bool_]:
    """Mark the first of each run of equal values."""
    marks = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=marks[1:])
    return marks


def _distinct(values: Hashes) -> Hashes:
    """Return the distinct values, sorted; on millions several times faster than hashing them."""
    values = np.sort(values)
    return values[_first(values)]
