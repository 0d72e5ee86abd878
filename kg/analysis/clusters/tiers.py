"""Tiers: the number of steps from each anchor to its members, for 64 anchors at a time, one bit each.

References
----------
.. [1] Then, M. et al. (2014). The More the Merrier: Efficient Multi-Source Graph Traversal. PVLDB 8(4).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_BITS = 64
# While less than one step in so many leads on, following just those is the faster way.
_FEW = 20
UNREACHED = -1


def find_tiers(
    steps: sparse.csr_array,
    anchors: Sequence[int],
    node: NDArray[np.int32],
    anchor: NDArray[np.int32],
    most: int,
) -> NDArray[np.int32]:
    """Return for each pair how many steps lead from the anchor to the node, `UNREACHED` where ``most`` do not.

    A way to one anchor may start at another but not lead through it.

    Parameters
    ----------
    steps
        n × n; entry (i, j) tells that a step leads from j to i.
    anchors
        Rows of the anchors.
    node, anchor
        The pairs: rows, and places in ``anchors``.
    most
        How far to go, in steps.
    """
    found = np.full(len(node), UNREACHED, np.int32)
    every = np.asarray(anchors, dtype=np.int64)
    outwards = steps.T.tocsr()
    filled = np.flatnonzero(np.diff(steps.indptr))
    starts = steps.indptr[filled]
    for first in range(0, len(every), _BITS):
        own = every[first : first + _BITS]
        pairs = np.flatnonzero((anchor >= first) & (anchor < first + len(own)))
        bit = np.left_shift(np.uint64(1), (anchor[pairs] - first).astype(np.uint64))
        front = np.zeros(steps.shape[0], np.uint64)
        front[own] = np.left_shift(np.uint64(1), np.arange(len(own), dtype=np.uint64))
        seen = front.copy()
        for tier in range(1, most + 1):
            if not len(pairs) or not front.any():
                break
            following = np.zeros_like(front)
            active = np.flatnonzero(front)
            if np.diff(outwards.indptr)[active].sum() * _FEW < outwards.nnz:
                _push(following, front, active, outwards)
            else:
                following[filled] = np.bitwise_or.reduceat(front[steps.indices], starts)
            following &= ~seen
            seen |= following
            met = (seen[node[pairs]] & bit) != 0
            found[pairs[met]] = tier
            pairs, bit = pairs[~met], bit[~met]
            following[every] = 0  # no way leads on from another anchor
            front = following
    return found


def _push(
    following: NDArray[np.uint64],
    front: NDArray[np.uint64],
    active: NDArray[np.int64],
    outwards: sparse.csr_array,
) -> None:
    """Hand the bits of the active nodes on to where their steps lead."""
    counts = np.diff(outwards.indptr)[active]
    if not counts.sum():
        return
    # The places of the active nodes' entries, one range after the other.
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    to = outwards.indices[np.repeat(outwards.indptr[active], counts) + within]
    order = np.argsort(to, kind="stable")
    nodes, starts = np.unique(to[order], return_index=True)
    following[nodes] = np.bitwise_or.reduceat(np.repeat(front[active], counts)[order], starts)
