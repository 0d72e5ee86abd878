"""A very large network's second direction is worked out in a process of its own, and comes out the same."""

from __future__ import annotations

import os

import numpy as np
import pytest
from scipy import sparse

from kg.analysis.clusters import members


def walks(seed: int) -> list[sparse.csr_array]:
    rng = np.random.default_rng(seed)
    supply = sparse.csr_array(rng.random((40, 40)) * (rng.random((40, 40)) < 0.1))
    return [supply, supply.T.tocsr()]


def same(one: members.Members, other: members.Members) -> bool:
    a, b = one.shares, other.shares
    return all(
        np.array_equal(x, y)
        for x, y in [
            (a.node, b.node),
            (a.anchor, b.anchor),
            (a.share, b.share),
            (a.arrives, b.arrives),
            (one.tier, other.tier),
        ]
    ) and (a.least, a.lost) == (b.least, b.lost)


def test_both_directions_at_once_are_as_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    given = walks(3)
    anchors = [0, 7, 21]
    alone = members.find_both(given, anchors, 0.5)
    monkeypatch.setattr(members, "PAIRS_FOR_TWO", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    together = members.find_both(given, anchors, 0.5)
    assert len(alone) == len(together) == 2
    assert all(map(same, alone, together))
    assert sum(len(found.shares.node) for found in alone) > 20


def test_a_process_that_cannot_work_is_made_good_for(monkeypatch: pytest.MonkeyPatch) -> None:
    given, anchors = walks(5), [1, 2]
    alone = members.find_both(given, anchors, 0.5)
    monkeypatch.setattr(members, "PAIRS_FOR_TWO", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(members.sys, "executable", "/bin/false")
    assert all(map(same, alone, members.find_both(given, anchors, 0.5)))
