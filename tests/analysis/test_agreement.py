"""Agreement of two divisions, against known values and against counting every pair."""

from __future__ import annotations

import math
from itertools import combinations, permutations
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.clusters.agreement import (
    adjusted_mutual_information,
    adjusted_rand,
    jaccard,
    normalized_mutual_information,
)


def labels(values) -> dict[str, object]:
    return {f"f{number}": value for number, value in enumerate(values)}


# Values of scikit-learn's adjusted_rand_score and normalized_mutual_info_score (arithmetic mean).
@pytest.mark.parametrize(
    ("first", "second", "ari", "nmi"),
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], 1.0, 1.0),
        ([0, 0, 1, 1], [1, 1, 0, 0], 1.0, 1.0),
        ([0, 0, 1, 1], [0, 0, 1, 2], 4 / 7, 0.8),
        ([0, 0, 1, 1], [0, 1, 0, 1], -0.5, 0.0),
        ([0, 0, 0, 0], [0, 1, 2, 3], 0.0, 0.0),
        ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2], 0.24242424242424243, 0.5158037429793889),
        ([0, 0, 0], [1, 1, 1], 1.0, 1.0),
        ([0, 1, 2], ["a", "b", "c"], 1.0, 1.0),
        ([0], [1], 1.0, 1.0),
        ([], [], 1.0, 1.0),
    ],
)
def test_known_values(first, second, ari: float, nmi: float) -> None:
    assert adjusted_rand(labels(first), labels(second)) == pytest.approx(ari)
    assert normalized_mutual_information(labels(first), labels(second)) == pytest.approx(nmi)


_LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=8)


@given(_LABELS)
def test_the_rand_index_counts_pairs(both) -> None:
    """Hubert and Arabie's index from the pairs that are together in both, in one, in none."""
    first, second = labels(a for a, _ in both), labels(b for _, b in both)
    pairs = list(combinations(sorted(first), 2))
    together = sum(first[a] == first[b] and second[a] == second[b] for a, b in pairs)
    one, other = (sum(own[a] == own[b] for a, b in pairs) for own in (first, second))
    expected, most = one * other / len(pairs), (one + other) / 2
    wanted = 1.0 if most == expected else (together - expected) / (most - expected)
    assert adjusted_rand(first, second) == pytest.approx(wanted)
    assert adjusted_rand(second, first) == pytest.approx(wanted)


@given(_LABELS)
def test_mutual_information_from_the_three_entropies(both) -> None:
    def entropy(values) -> float:
        values = list(values)
        counts = [values.count(value) / len(values) for value in set(values)]
        return -sum(share * math.log(share) for share in counts)

    first, second = [a for a, _ in both], [b for _, b in both]
    mean = (entropy(first) + entropy(second)) / 2
    wanted = (entropy(first) + entropy(second) - entropy(both)) / mean if mean else 1.0
    assert normalized_mutual_information(labels(first), labels(second)) == pytest.approx(wanted, abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=2, max_size=6))
def test_chance_is_what_all_ways_to_deal_the_labels_give_on_average(both) -> None:
    first, second = [a for a, _ in both], [b for _, b in both]
    found = adjusted_mutual_information(labels(first), labels(second))
    # The mean of the entropies is the same for every order, so that it may stay in the denominator.
    chance = fmean(
        normalized_mutual_information(labels(first), labels(dealt)) for dealt in permutations(second)
    )
    if chance == pytest.approx(1, abs=1e-9):
        assert found == 1.0  # each firm alone, or all in one group, on both sides
    else:
        own = normalized_mutual_information(labels(first), labels(second))
        assert found == pytest.approx((own - chance) / (1 - chance), abs=1e-6)


def test_small_groups_have_much_mutual_information_by_chance() -> None:
    true, alone = labels([0] * 4 + [1] * 4), labels(range(8))
    assert normalized_mutual_information(true, alone) == pytest.approx(0.5)
    assert adjusted_mutual_information(true, alone) == pytest.approx(0, abs=1e-9)


def test_only_firms_that_both_label_count() -> None:
    assert adjusted_rand({"a": 1, "b": 1, "c": 2}, {"a": 1, "b": 1, "d": 5}) == 1.0
    assert adjusted_mutual_information({"a": 1, "b": 1, "c": 2}, {"a": 1, "d": 5}) == 1.0


def test_jaccard() -> None:
    assert jaccard({"a", "b", "c"}, ("b", "c", "d")) == 0.5
    assert jaccard((), {"a"}) == 0.0
    assert jaccard((), ()) == 1.0
