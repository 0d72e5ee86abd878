"""The strongest path between an anchor and a firm: the one that a walk from the firm to the anchor most likely takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from kg.analysis.links import Links

# Distances kept for further questions: about this many bytes of them.
_KEPT_BYTES = 400_000_000
# Costs are whole billionths, so that paths of equal strength are equal; of these the one with fewer steps is taken.
_UNIT = 1e9


class StrongestPaths:
    """Paths from anchors outwards, in one direction, worked out when they are asked for.

    Parameters
    ----------
    walk
        n × n; entry (i, j) is the weight of the edge that a walk takes from firm i to j. A path's strength is the product
        of the chances of its steps.
    anchors
        Rows of the anchors. A walk ends at the first anchor, so a path to one may start at another but not lead through
        it.
    """

    def __init__(self, walk: sparse.csr_array, anchors: Sequence[int]) -> None:
        size = walk.shape[0]
        total = np.asarray(walk.sum(axis=1)).ravel()
        entries = walk.tocoo()
        cost = 1 - np.log(entries.data / total[entries.row]) * _UNIT
        # Each anchor's own steps start at a node of their own, so that others do not lead through it.
        apart = np.full(size, -1)
        apart[np.asarray(anchors, dtype=np.int64)] = size + np.arange(len(anchors))
        start = np.where(apart[entries.col] >= 0, apart[entries.col], entries.col)
        shape = (size + len(anchors), size + len(anchors))
        self._size = size
        self._anchors = list(anchors)
        self._out = sparse.csr_array((np.round(cost), (start, entries.row)), shape=shape)
        self._into = self._out.tocsc()
        kept = max(1, _KEPT_BYTES // (8 * shape[0]))
        self._distances = lru_cache(maxsize=kept)(self._measure)

    def _measure(self, anchor: int) -> NDArray[np.float64]:
        found: NDArray[np.float64] = csgraph.dijkstra(self._out, indices=self._size + anchor)
        return found

    def find(self, anchor: int, node: int) -> list[int]:
        """Return the nodes of the path from an anchor (its place) to a node (its row), both included.

        The node must be reached from the anchor.
        """
        distance = self._distances(anchor)
        start = self._size + anchor
        path = [node]
        while path[-1] != start:
            last = path[-1]
            own = slice(self._into.indptr[last], self._into.indptr[last + 1])
            before = self._into.indices[own]
            tight = before[distance[before] + self._into.data[own] == distance[last]]
            path.append(int(tight[np.lexsort((tight, distance[tight]))[0]]))
        return [self._anchors[anchor], *reversed(path[:-1])]


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
