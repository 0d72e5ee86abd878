"""Random walks on supply networks by sparse matrix products, many anchors at once.

References
----------
.. [1] Haveliwala, T. (2002). Topic-sensitive PageRank. WWW 2002.
.. [2] Jeh, G., Widom, J. (2003). Scaling personalized web search. WWW 2003.
.. [3] Kemeny, J., Snell, J. (1960). Finite Markov Chains, ch. 3 (absorbing chains).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# Anchors worked on together: their columns must stay in the processor's cache beside the matrix.
BLOCK = 32
MAX_STEPS = 2000
TOLERANCE = 1e-12
# The sum of the errors of all nodes' ranks.
RANK_ERROR = 1e-9


def transition(weights: sparse.csr_array) -> sparse.csr_array:
    """Return the matrix of step probabilities of a weighted graph: rows of ``weights`` divided by their sums.

    A row without edges stays empty.
    """
    out = np.asarray(weights.sum(axis=1)).ravel()
    scale = np.divide(1.0, out, out=np.zeros_like(out), where=out > 0)
    return (sparse.diags_array(scale) @ weights).tocsr()


def rank_blocks(
    weights: sparse.csr_array, seeds: Sequence[int], alpha: float
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yield personalised PageRank π_h for blocks of seeds h: the slice of ``seeds`` and an n × block array.

    Parameters
    ----------
    weights
        n × n; entry (i, j) is the weight of the edge that a walk takes from i to j, not negative.
    seeds
        Row numbers where the walks start and restart.
    alpha
        Probability of following an edge rather than restarting. A walk at a node without edges restarts, as in
        NetworkX. Every column sums to one.
    """
    step = transition(weights)
    matrix = alpha * step.T.tocsr()
    dangling = (np.asarray(step.sum(axis=1)).ravel() == 0).astype(float)
    # Each step shrinks the distance to the result, which is 2 at most in sum, by alpha.
    steps = (
        min(MAX_STEPS, math.ceil(math.log(RANK_ERROR / 2) / math.log(alpha))) if 0 < alpha < 1 else MAX_STEPS
    )
    for part, nodes, columns in _blocks(seeds):
        rank = np.zeros((matrix.shape[0], len(columns)))
        rank[nodes, columns] = 1.0
        for _ in range(steps):
            following = matrix @ rank
            following[nodes, columns] += 1 - alpha + alpha * (dangling @ rank)
            rank = following
        yield part, rank


def arrival_blocks(
    weights: sparse.csr_array, anchors: Sequence[int], alpha: float
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yield for blocks of anchors h and every node v the chance that a walk from v ends at h.

    The walk follows edges in proportion to their weight, survives each step with probability ``alpha`` and ends at the
    first anchor that it meets after leaving v. Up to a factor of the node this is the personalised PageRank of v read at
    the anchors, with the anchors absorbing.

    Parameters
    ----------
    weights
        n × n; entry (i, j) is the weight of the edge from i to j, not negative.
    anchors
        Row numbers of all anchors; each absorbs.
    """
    matrix = alpha * transition(weights)
    every = np.asarray(anchors, dtype=np.int64)
    for part, nodes, columns in _blocks(anchors):
        chance = np.zeros((matrix.shape[0], len(columns)))
        chance[nodes, columns] = 1.0
        for _ in range(MAX_STEPS):
            following = matrix @ chance
            following[every] = 0.0
            following[nodes, columns] = 1.0
            change = np.abs(following - chance).max()
            chance = following
            if change < TOLERANCE:
                break
        # An anchor's own walk has to leave it first; coming back to it is no arrival at another.
        chance[every] = (matrix @ chance)[every]
        chance[nodes, columns] = 0.0
        yield part, chance


def _blocks(seeds: Sequence[int]) -> Iterator[tuple[slice, NDArray[np.int64], NDArray[np.int64]]]:
    for start in range(0, len(seeds), BLOCK):
        part = slice(start, min(start + BLOCK, len(seeds)))
        yield part, np.asarray(seeds[part]), np.arange(part.stop - part.start)
