"""Each firm's shares in the anchors: where the walks along its deliveries end within a number of steps.

With P the chances of a step, and Q those of a step that does not end at an anchor, the chance that a walk of at most k steps
ends at an anchor is the sum over i < k of (αQ)^i αP, read at the anchors' columns [1]_. A firm's shares are these chances
over their sum. All of it is products of sparse tables, firms × anchors.

References
----------
.. [1] Kemeny, J., Snell, J. (1960). Finite Markov Chains, ch. 3 (absorbing chains).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.clusters.ppr import transition

# Chance that a walk goes on after a step. One half is a compromise over planted networks: less finds the main anchor a
# little better where each supplier has one buyer, more where they have several and records are clean (docs/clusters.md).
ALPHA: Final = 0.5
# A cluster reaches so many steps from its anchor, as suppliers are customarily counted: first, second and third tier.
TIERS: Final = 3
# A firm is a member from this share on, and shared when a second anchor holds as much of it.
SHARED_FROM: Final = 0.1
# Shares that differ in a later digit are equal: rounding must settle neither a membership nor a home.
DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Shares:
    """Memberships as columns, by node and anchor: ``share[k]`` is the share of node ``node[k]`` in ``anchor[k]``.

    Attributes
    ----------
    node, anchor
        Rows of the walk's matrix, and places in the sequence of anchors.
    share
        Above 0, at most 1; those of a node sum to one.
    """

    node: NDArray[np.int32]
    anchor: NDArray[np.int32]
    share: NDArray[np.float64]


def counting(share: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which shares are large enough to count: `SHARED_FROM` or more."""
    return share.round(DIGITS) >= SHARED_FROM


def find_shares(walk: sparse.csr_array, anchors: Sequence[int], alpha: float, tiers: int) -> Shares:
    """Return the share of each node in each anchor, of the nodes from which a walk reaches any.

    Parameters
    ----------
    walk
        n × n; entry (i, j) is the weight of the edge that a walk takes from i to j, not negative.
    anchors
        Rows of the anchors. A walk ends at the first anchor that it meets after leaving its start.
    alpha
        Chance that a walk goes on after each step.
    tiers
        The most steps that a walk takes, at least 1. Time and memory grow with the pairs of node and anchor that are so
        many steps apart.
    """
    step = alpha * transition(walk)
    every = np.asarray(anchors, dtype=np.int64)
    passed = np.ones(walk.shape[0])
    passed[every] = 0.0
    inner = (step @ sparse.diags_array(passed)).tocsr()
    for table in (step, inner):
        table.eliminate_zeros()
    first = step[:, every].tocsr()
    chance = first
    for _ in range(tiers - 1):
        chance = (first + inner @ chance).tocsr()
    chance.sort_indices()
    entries = chance.tocoo()
    # A walk that comes back to the anchor it set out from has arrived at no other.
    away = every[entries.col] != entries.row
    node, anchor, value = (column[away] for column in (entries.row, entries.col, entries.data))
    total = np.bincount(node, value, minlength=walk.shape[0])
    return Shares(node.astype(np.int32), anchor.astype(np.int32), value / total[node])
