"""Personalised PageRank from many seeds at once, by sparse matrix products.

References
----------
.. [1] Page, L., Brin, S., Motwani, R., Winograd, T. (1999). The PageRank citation ranking.
.. [2] Haveliwala, T. (2002). Topic-sensitive PageRank. WWW 2002.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# Seeds worked on together: their columns must stay in the processor's cache beside the matrix.
BLOCK = 32
MAX_STEPS = 1000


def transition(weights: sparse.csr_array) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    """Return the transposed transition matrix of a weighted graph and which nodes have no way out.

    Parameters
    ----------
    weights
        n × n, entry (i, j) the weight of the edge from i to j; weights are not negative.

    Returns
    -------
    matrix, dangling
        ``matrix[j, i]`` is the probability of stepping from i to j (n × n); ``dangling`` is 1.0 where a node has no
        edge out (n).
    """
    out = np.asarray(weights.sum(axis=1)).ravel()
    scale = np.divide(1.0, out, out=np.zeros_like(out), where=out > 0)
    matrix = (sparse.diags_array(scale) @ weights).T.tocsr()
    return matrix, (out == 0).astype(float)


def rank_blocks(
    weights: sparse.csr_array, seeds: Sequence[int], alpha: float, tolerance: float = 1e-10
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yield personalised PageRank π_h for blocks of seeds h: the slice of ``seeds`` and an n × block array.

    A walk at a node without way out restarts at its seed, as in NetworkX. Every column sums to one. The iteration stops
    when no column changes by more than ``tolerance`` in the L1 norm.
    """
    matrix, dangling = transition(weights)
    for start in range(0, len(seeds), BLOCK):
        part = slice(start, min(start + BLOCK, len(seeds)))
        columns = np.arange(part.stop - part.start)
        nodes = np.asarray(seeds[part])
        rank = np.zeros((matrix.shape[0], len(columns)))
        rank[nodes, columns] = 1.0
        for _ in range(MAX_STEPS):
            step = alpha * (matrix @ rank)
            step[nodes, columns] += 1 - alpha + alpha * (dangling @ rank)
            change = np.abs(step - rank).sum(axis=0).max()
            rank = step
            if change < tolerance:
                break
        yield part, rank
