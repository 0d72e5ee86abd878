"""Random walks on supply networks by sparse matrix products, many anchors at once.

References
----------
.. [1] Haveliwala, T. (2002). Topic-sensitive PageRank. WWW 2002.
.. [2] Jeh, G., Widom, J. (2003). Scaling personalized web search. WWW 2003.
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
    for start in range(0, len(seeds), BLOCK):
        part = slice(start, min(start + BLOCK, len(seeds)))
        nodes, columns = np.asarray(seeds[part]), np.arange(part.stop - part.start)
        rank = np.zeros((matrix.shape[0], len(columns)))
        rank[nodes, columns] = 1.0
        for _ in range(steps):
            following = matrix @ rank
            following[nodes, columns] += 1 - alpha + alpha * (dangling @ rank)
            rank = following
        yield part, rank
