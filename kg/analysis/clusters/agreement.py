"""How far two divisions of the same firms agree: adjusted Rand index, mutual information, Jaccard index.

References
----------
.. [1] Hubert, L., Arabie, P. (1985). Comparing partitions. Journal of Classification 2, doi:10.1007/BF01908075.
.. [2] Danon, L., Díaz-Guilera, A., Duch, J., Arenas, A. (2005). Comparing community structure identification. Journal of
   Statistical Mechanics P09008, doi:10.1088/1742-5468/2005/09/P09008.
.. [3] Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2),
   doi:10.1111/j.1469-8137.1912.tb05611.x.
.. [4] Vinh, N. X., Epps, J., Bailey, J. (2010). Information theoretic measures for clusterings comparison. Journal of
   Machine Learning Research 11.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeAlias

import numpy as np
from scipy.special import gammaln

Labels: TypeAlias = Mapping[str, Hashable]


def adjusted_rand(first: Labels, second: Labels) -> float:
    """Return the adjusted Rand index [1]_ of two divisions, over the firms that both label.

    One where they are the same whatever their labels are called, zero on average where one is drawn at random with the same
    group sizes; it may be negative. Fewer than two firms agree.

    Parameters
    ----------
    first, second
        The group of each firm.

    Examples
    --------
    >>> round(adjusted_rand(dict(a=0, b=0, c=1, d=1), dict(a=0, b=0, c=1, d=2)), 3)
    0.571
    """
    pairs, rows, columns = _contingency(first, second)
    total = math.comb(sum(rows.values()), 2)
    if not total:
        return 1.0
    index = _pairs(pairs.values())
    a, b = _pairs(rows.values()), _pairs(columns.values())
    expected, most = a * b / total, (a + b) / 2
    return 1.0 if most == expected else (index - expected) / (most - expected)


def normalized_mutual_information(first: Labels, second: Labels) -> float:
    """Return the mutual information of two divisions over the mean of their entropies [2]_, 0 … 1.

    Over the firms that both label; two divisions of one group each (or of no firms) agree.

    Parameters
    ----------
    first, second
        The group of each firm.

    Examples
    --------
    >>> round(normalized_mutual_information(dict(a=0, b=0, c=1, d=1), dict(a=0, b=0, c=1, d=2)), 3)
    0.8
    """
    shared, mean, _, _ = _information(first, second)
    return min(1.0, max(0.0, shared / mean)) if mean else 1.0


def adjusted_mutual_information(first: Labels, second: Labels) -> float:
    """Return the mutual information of two divisions, corrected for chance [4]_.

    Many small groups have much of it by chance alone; this takes off what is expected of divisions drawn at random with
    the same group sizes. One where the divisions are the same, zero on average at random; it may be negative. Over the
    firms that both label, against the mean of the entropies.

    Parameters
    ----------
    first, second
        The group of each firm.

    Examples
    --------
    >>> round(adjusted_mutual_information(dict(a=0, b=0, c=1, d=1), dict(a=0, b=0, c=1, d=2)), 3)
    0.571
    """
    shared, mean, rows, columns = _information(first, second)
    expected = _expected_mutual(rows, columns)
    # Divisions that chance alone determines (one group, or each firm alone) leave rounding above and below.
    if math.isclose(mean, expected, abs_tol=1e-12):
        return 1.0
    return (shared - expected) / (mean - expected)


def jaccard(first: Collection[str], second: Collection[str]) -> float:
    """Return the share of the firms of either set that stand in both [3]_; two empty sets agree.

    Examples
    --------
    >>> jaccard({"a", "b"}, {"b", "c"}), jaccard((), ())
    (0.3333333333333333, 1.0)
    """
    one, other = set(first), set(second)
    return len(one & other) / len(one | other) if one or other else 1.0


def _contingency(
    first: Labels, second: Labels
) -> tuple[Counter[tuple[Hashable, Hashable]], Counter[Hashable], Counter[Hashable]]:
    firms = sorted(first.keys() & second.keys())
    pairs = Counter((first[firm], second[firm]) for firm in firms)
    return pairs, Counter(first[firm] for firm in firms), Counter(second[firm] for firm in firms)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(math.comb(size, 2) for size in sizes)


def _information(first: Labels, second: Labels) -> tuple[float, float, Counter[Hashable], Counter[Hashable]]:
    """Return the mutual information, the mean of the entropies, and the sizes of the groups of each division."""
    pairs, rows, columns = _contingency(first, second)
    total = sum(rows.values())
    mean = (_entropy(rows.values(), total) + _entropy(columns.values(), total)) / 2
    shared = (n / total * math.log(n * total / (rows[r] * columns[c])) for (r, c), n in pairs.items())
    return math.fsum(shared), mean, rows, columns


def _expected_mutual(rows: Counter[Hashable], columns: Counter[Hashable]) -> float:
    """Return the mean mutual information over all ways to deal the firms out to groups of these sizes.

    How many firms a group of a and one of b share then follows the hypergeometric distribution.
    """
    total, parts = sum(rows.values()), []
    for a, many in Counter(rows.values()).items():
        for b, more in Counter(columns.values()).items():
            n = np.arange(max(1, a + b - total), min(a, b) + 1)
            chance = np.exp(
                sum(gammaln(size + 1) for size in (a, b, total - a, total - b))
                - gammaln(total + 1)
                - sum(gammaln(size + 1) for size in (n, a - n, b - n, total - a - b + n))
            )
            parts.append(many * more * float((n / total * np.log(total * n / (a * b)) * chance).sum()))
    return math.fsum(parts)


def _entropy(sizes: Iterable[int], total: int) -> float:
    return -math.fsum(size / total * math.log(size / total) for size in sizes)
