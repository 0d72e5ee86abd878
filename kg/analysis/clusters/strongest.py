"""The strongest path between an anchor and a firm: the one that a walk from the firm to the anchor most likely takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.links import Links

# Distances kept for further questions: about this many bytes of them.
_KEPT_BYTES = 400_000_000
# What each step costs beside the logarithm of its chance: of paths of equal strength the one with fewer steps is taken.
_STEP = 1e-6
# Costs that differ by less are equal, far above their rounding: of these paths the first by name is taken.
_EQUAL = 1e-9


class StrongestPaths:
    """Paths from anchors outwards, in one direction, worked out when they are asked for.

    Parameters
    ----------
    walk
        n × n; entry (i, j) is the weight of the edge that a walk takes from firm i to j.
    anchors
        Rows of the anchors. A walk ends at the first anchor, so a path to one may start at another but not lead through
        it.
    alpha
        Chance that a walk goes on after each step. A path's strength is the product of the chances of its steps and of
        going on: what it adds to the firm's membership.
    tiers
        The most steps of a path.
    """

    def __init__(self, walk: sparse.csr_array, anchors: Sequence[int], alpha: float, tiers: int) -> None:
        total = np.asarray(walk.sum(axis=1)).ravel()
        entries = walk.tocoo()
        cost = _STEP - np.log(alpha * entries.data / total[entries.row])
        self._cost = sparse.csr_array((cost, (entries.row, entries.col)), shape=walk.shape)
        self._filled = np.flatnonzero(np.diff(self._cost.indptr))
        self._anchors = np.asarray(anchors, dtype=np.int64)
        self._tiers = tiers
        kept = max(1, _KEPT_BYTES // (8 * tiers * max(1, walk.shape[0])))
        self._onward = lru_cache(maxsize=kept)(self._measure)

    def _measure(self, anchor: int) -> list[NDArray[np.float64]]:
        """Return for 0, 1, … steps what it costs at most so many to go on from each node to an anchor."""
        found = []
        cost = np.full(self._cost.shape[0], np.inf)
        for steps in range(self._tiers):
            if steps:
                sums = self._cost.data + cost[self._cost.indices]
                cost = np.full_like(cost, np.inf)
                cost[self._filled] = np.minimum.reduceat(sums, self._cost.indptr[self._filled])
            # Nothing goes on from an anchor, and from this one it need not.
            cost[self._anchors] = np.inf
            cost[self._anchors[anchor]] = 0.0
            found.append(cost)
        return found

    def find(self, anchor: int, node: int) -> list[int]:
        """Return the nodes of the path from an anchor (its place) to a node (its row), both included.

        The node must be reached from the anchor.
        """
        path = [node]
        for onward in reversed(self._onward(anchor)):
            own = slice(self._cost.indptr[path[-1]], self._cost.indptr[path[-1] + 1])
            after = self._cost.indices[own]
            cost = self._cost.data[own] + onward[after]
            path.append(int(after[cost <= cost.min() + _EQUAL].min()))
            if path[-1] == self._anchors[anchor]:
                break
        return path[::-1]


class StrongestLinks:
    """The strongest link of each pair: recorded before inferred, then by weight, then by product."""

    def __init__(self, links: Links) -> None:
        order = np.lexsort((links.product, -links.weight, ~links.recorded, links.buyer, links.supplier))
        supplier, buyer = links.supplier[order], links.buyer[order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (np.diff(supplier) != 0) | (np.diff(buyer) != 0)
        self._firms = len(links.firms)
        self._pairs = supplier[fresh].astype(np.int64) * self._firms + buyer[fresh]
        self._links = order[fresh]

    def place(self, supplier: int, buyer: int) -> int:
        """Return which of the links it is, for places of firms between which there is one."""
        return int(self._links[np.searchsorted(self._pairs, supplier * self._firms + buyer)])
