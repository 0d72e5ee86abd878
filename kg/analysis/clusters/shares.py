"""Each firm's shares in the anchors: exact where a dense table fits, else every share that matters.

A city of 1,000 firms and 30 anchors has 30,000 pairs; 1 M firms and 2,000 anchors have 2,000 M, nearly all of them
shares of a thousandth and less. The large one is solved for shares themselves: with t(v) the chance that the walk from v
ends at any anchor, the shares are the averages of the neighbours' shares under the walk that is told to arrive,
``α P(v, w) t(w) / t(v)`` (Doob's transform [1]_), and small entries can be left out as they arise.

References
----------
.. [1] Levin, D., Peres, Y. (2017). Markov Chains and Mixing Times, 2nd ed., §17.6.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.clusters.ppr import MAX_STEPS, arrival_blocks, transition

# Chance that a walk goes on after a step. One half is a compromise over planted networks: less finds the main anchor a
# little better where each supplier has one buyer, more where they have several and records are clean (docs/clusters.md).
ALPHA = 0.5
# Chances below this are rounding of the iteration, shares below this are no membership.
LEAST_ARRIVAL = 1e-12
LEAST_MEMBERSHIP = 1e-9
# From so many pairs of firm and anchor on, only shares from a hundredth on are memberships, and only entries from a
# thousandth on are carried along: what that leaves out of a firm's shares is at most `Shares.lost`.
MANY_PAIRS = 5_000_000
LEAST_MEMBERSHIP_OF_MANY = 0.01
LEAST_CARRIED = 0.001
# A walk that has not arrived with this chance, of all that arrive, is left out.
_UNARRIVED = LEAST_CARRIED
_PRECISION = 1e-9
# Rows multiplied at once, which bounds the memory of the products.
_ROWS = 1 << 17


@dataclass(frozen=True, slots=True)
class Shares:
    """Memberships as columns, in no particular order: ``share[k]`` is the share of node ``node[k]`` in ``anchor[k]``.

    Attributes
    ----------
    node, anchor
        Rows of the walk's matrix, and places in the sequence of anchors.
    share
        0 … 1; those of a node sum to one, less ``lost`` and less what stands below ``least``.
    arrives
        For each node, whether a walk from it reaches an anchor at all.
    least
        Shares below this are left out.
    lost
        The largest part of any node's shares that was not followed to its anchor.
    """

    node: NDArray[np.int32]
    anchor: NDArray[np.int32]
    share: NDArray[np.float64]
    arrives: NDArray[np.bool_]
    least: float
    lost: float


def find_shares(walk: sparse.csr_array, anchors: Sequence[int], alpha: float) -> Shares:
    """Return the share of each node in each anchor.

    Parameters
    ----------
    walk
        n × n; entry (i, j) is the weight of the edge that a walk takes from i to j, not negative.
    anchors
        Rows of the anchors. A walk ends at the first anchor that it meets after leaving its start.
    alpha
        Chance that a walk goes on after each step.
    """
    if walk.shape[0] * len(anchors) < MANY_PAIRS:
        return _dense(walk, anchors, alpha)
    return _sparse(walk, anchors, alpha)


def _dense(walk: sparse.csr_array, anchors: Sequence[int], alpha: float) -> Shares:
    total = np.zeros(walk.shape[0])
    nodes, columns, chances = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0)]
    for part, block in arrival_blocks(walk, anchors, alpha):
        block[block <= LEAST_ARRIVAL] = 0.0
        node, column = np.nonzero(block)
        nodes.append(node)
        columns.append(column + part.start)
        chances.append(block[node, column])
        total += block.sum(axis=1)
    found = _Entries(np.concatenate(nodes), np.concatenate(columns), np.concatenate(chances))
    return found.shares(total, LEAST_MEMBERSHIP, total > 0, 0.0)


@dataclass(frozen=True, slots=True)
class _Entries:
    """A sparse table of nodes and anchors."""

    node: NDArray[np.int64]
    anchor: NDArray[np.int64]
    value: NDArray[np.float64]

    def shares(
        self, total: NDArray[np.float64], least: float, arrives: NDArray[np.bool_], lost: float
    ) -> Shares:
        """Return the values over the totals of their nodes as shares, without those below ``least``."""
        share = self.value / total[self.node]
        kept = share >= least
        return Shares(
            self.node[kept].astype(np.int32),
            self.anchor[kept].astype(np.int32),
            share[kept],
            arrives,
            least,
            lost,
        )


def _sparse(walk: sparse.csr_array, anchors: Sequence[int], alpha: float) -> Shares:
    step = alpha * transition(walk)
    every = np.asarray(anchors, dtype=np.int64)
    ends = np.zeros(walk.shape[0])
    ends[every] = 1.0
    arrival = _arrival(step, ends)
    reached = (arrival > LEAST_ARRIVAL) & (ends == 0)
    inverse = np.divide(1.0, arrival, out=np.zeros_like(arrival), where=reached)
    told = (sparse.diags_array(inverse) @ step @ sparse.diags_array(arrival)).tocsr()
    table = sparse.csr_array(
        (np.ones(len(every)), (every, np.arange(len(every)))), shape=(len(ends), len(every))
    )
    # Single precision is finer than what is left out by far, and a third less to move.
    brief = told.astype(np.float32)
    table = table.astype(np.float32)
    arrived = ends
    waiting = np.flatnonzero(reached)
    for _ in range(MAX_STEPS):
        if not len(waiting):
            break
        arrived = told @ arrived + ends
        table = _with_rows(table, waiting, brief)
        # Where nearly all walks have arrived the shares change no more.
        waiting = waiting[arrived[waiting] < 1 - _UNARRIVED]
    # An anchor's own walk has to leave it first; coming back to it is no arrival at another.
    first = (step[every] @ sparse.diags_array(arrival) @ table).tocoo()
    others = first.row != first.col
    total = np.bincount(first.row[others], first.data[others], minlength=len(every))
    firms = table.tocoo()
    inside = reached[firms.row]
    sums = np.ones_like(ends)
    sums[every] = total
    found = _Entries(
        np.append(firms.row[inside], every[first.row[others]]),
        np.append(firms.col[inside], first.col[others]),
        np.append(firms.data[inside].astype(float), first.data[others]),
    )
    reached[every] = total > LEAST_ARRIVAL
    followed = np.asarray(table.sum(axis=1)).ravel()
    lost = float((1 - followed[reached]).max(initial=0.0))
    return found.shares(sums, LEAST_MEMBERSHIP_OF_MANY, reached, lost)


def _arrival(step: sparse.csr_array, ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chance that a walk from each node ends at any anchor; at the anchors themselves one."""
    inner = 1.0 - ends
    found = ends
    for _ in range(MAX_STEPS):
        following = inner * (step @ found) + ends
        grown = following - found
        found = following
        # Chances only grow from nothing; far nodes have small ones, so growth is measured against each.
        if (grown <= _PRECISION * found + LEAST_ARRIVAL * _PRECISION).all():
            break
    return found


def _with_rows(table: sparse.csr_array, rows: NDArray[np.int64], told: sparse.csr_array) -> sparse.csr_array:
    """Return the table with one more step of the walks from ``rows``, small entries left out."""
    parts = []
    for start in range(0, len(rows), _ROWS):
        part = (told[rows[start : start + _ROWS]] @ table).tocsr()
        part.data[part.data < LEAST_CARRIED] = 0.0
        part.eliminate_zeros()
        parts.append(part)
    fresh = sparse.vstack(parts, format="csr")
    chosen = np.zeros(table.shape[0], bool)
    chosen[rows] = True
    counts = np.diff(table.indptr)
    kept = np.repeat(~chosen, counts)
    counts[rows] = np.diff(fresh.indptr)
    into = np.repeat(chosen, counts)
    indices, data = np.empty(len(into), np.int32), np.empty(len(into), table.dtype)
    indices[into], data[into] = fresh.indices, fresh.data
    indices[~into], data[~into] = table.indices[kept], table.data[kept]
    indptr = np.concatenate(([0], np.cumsum(counts)))
    return sparse.csr_array((data, indices, indptr), shape=table.shape)
