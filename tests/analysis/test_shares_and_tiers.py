"""Shares, tiers and paths by arrays, against dense solutions and NetworkX; columns that read as lists."""

from __future__ import annotations

from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from kg.analysis.clusters import find_clusters, soft_membership
from kg.analysis.clusters.shares import Shares, find_shares
from kg.analysis.clusters.strongest import StrongestPaths
from kg.analysis.clusters.tiers import UNREACHED, find_tiers
from kg.analysis.links import find_links
from kg.analysis.presence import find_presence
from tests.small_city import names, network_of, org

NODES = 9
_EDGES = st.dictionaries(
    st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), st.floats(0.05, 5), max_size=30
)
_ANCHORS = st.lists(st.integers(0, NODES - 1), unique=True, max_size=4)

CITY = """
    chain 链 2025
    anchor A 链
    anchor B 链
    supply S A x 货物
    supply S B y 货物
    supply T S z 货物
    supply T S w 货物
    supply A C p 货物
    recipe x 路线 r 必需
    production S x 在产
    production R r 在产
"""


def matrix(edges: dict[tuple[int, int], float], size: int = NODES) -> sparse.csr_array:
    rows, columns = (np.array([pair[end] for pair in edges], int) for end in (0, 1))
    return sparse.coo_array((list(edges.values()), (rows, columns)), shape=(size, size)).tocsr()


def solved(walk: sparse.csr_array, anchors: list[int], alpha: float, tiers: int) -> np.ndarray:
    """Shares by a power of the whole chain, in which an anchor to arrive at is a state beside the anchor to set out from."""
    dense = walk.toarray()
    size = len(dense)
    total = dense.sum(axis=1, keepdims=True)
    step = alpha * np.divide(dense, total, out=np.zeros_like(dense), where=total > 0)
    chain = np.zeros((size + len(anchors), size + len(anchors)))
    chain[:size, :size] = step
    chain[:size, size:] = step[:, anchors]
    chain[:size, anchors] = 0.0
    chain[size:, size:] = np.eye(len(anchors))
    arrival = np.linalg.matrix_power(chain, tiers)[:size, size:]
    arrival[anchors, range(len(anchors))] = 0.0
    sums = arrival.sum(axis=1, keepdims=True)
    return np.divide(arrival, sums, out=np.zeros_like(arrival), where=sums > 0)


def table(found: Shares, anchors: list[int]) -> np.ndarray:
    whole = np.zeros((NODES, len(anchors)))
    whole[found.node, found.anchor] = found.share
    return whole


@settings(deadline=None, max_examples=80)
@given(_EDGES, _ANCHORS, st.sampled_from([0.3, 0.5, 0.85]), st.integers(1, 6))
def test_shares_equal_a_dense_solution_and_sum_to_one(edges, anchors: list[int], alpha, tiers: int) -> None:
    walk = matrix(edges)
    found = find_shares(walk, anchors, alpha, tiers)
    assert table(found, anchors) == pytest.approx(solved(walk, anchors, alpha, tiers), abs=1e-6)
    sums = np.bincount(found.node, found.share, minlength=NODES)
    assert sums[sums > 0] == pytest.approx(1)
    assert (found.share > 0).all()
    assert list(zip(found.node, found.anchor, strict=True)) == sorted(
        set(zip(found.node, found.anchor, strict=True))
    )


@settings(deadline=None, max_examples=80)
@given(
    _EDGES, st.lists(st.integers(0, NODES - 1), unique=True, min_size=1, max_size=NODES), st.integers(0, 9)
)
def test_tiers_are_the_fewest_steps_that_avoid_other_anchors(edges, anchors: list[int], most: int) -> None:
    walk = matrix(edges)
    node, anchor = (column.ravel() for column in np.mgrid[:NODES, : len(anchors)])
    found = find_tiers(walk, anchors, node, anchor, most)
    graph = nx.DiGraph((b, a) for a, b in edges)  # outwards
    graph.add_nodes_from(range(NODES))
    for firm, place, tier in zip(node, anchor, found, strict=True):
        hub = anchors[place]
        others = [(a, b) for a, b in graph.edges if a in anchors and a != hub]
        ways = nx.single_source_shortest_path_length(nx.restricted_view(graph, [], others), hub, cutoff=most)
        if firm != hub:
            assert tier == ways.get(int(firm), UNREACHED)


def test_tiers_of_more_anchors_than_bits() -> None:
    size = 150
    walk = matrix({(i, (i + 1) % size): 1.0 for i in range(size)}, size)  # i delivers to i + 1
    anchors = list(range(0, size, 2))
    node = np.array([(a - 1) % size for a in anchors] + [(a - 2) % size for a in anchors], np.int32)
    anchor = np.tile(np.arange(len(anchors), dtype=np.int32), 2)
    # The firm before is one step away; the one before that is an anchor, two steps.
    assert find_tiers(walk, anchors, node, anchor, 3).tolist() == [1] * len(anchors) + [2] * len(anchors)
    assert find_tiers(sparse.csr_array((3, 3)), [0, 2], np.array([1]), np.array([0]), 3).tolist() == [
        UNREACHED
    ]


def test_paths_of_equal_strength_take_fewer_steps_then_the_first_name() -> None:
    # 0 is the anchor; 3 delivers as much to 0 as, through 1 or 2, in two steps.
    walk = matrix(
        {(3, 0): 1.0, (3, 1): 1.0, (3, 2): 1.0, (1, 0): 1.0, (2, 0): 1.0, (4, 2): 1.0, (4, 1): 1.0}, 5
    )
    paths = StrongestPaths(walk, [0], 0.5, 3)
    assert [paths.find(0, node) for node in (1, 3, 4)] == [[0, 1], [0, 3], [0, 1, 4]]


def all_paths(walk: sparse.csr_array, anchors: list[int], hub: int, node: int, alpha: float, tiers: int):
    """Every path that leads to an anchor through no other: falling strength, then steps, then nodes, from the firm on."""
    total = walk.sum(axis=1)
    found, front = [], [((node,), Fraction(1))]
    for _ in range(tiers):
        front = [
            (
                (*path, int(after)),
                strength * Fraction(alpha) * Fraction(walk[path[-1], after]) / Fraction(total[path[-1]]),
            )
            for path, strength in front
            for after in walk.indices[walk.indptr[path[-1]] : walk.indptr[path[-1] + 1]]
        ]
        found += [(-strength, len(path), path) for path, strength in front if path[-1] == hub]
        front = [(path, strength) for path, strength in front if path[-1] not in anchors]
    return [path[::-1] for _, _, path in sorted(found)]


@settings(deadline=None, max_examples=150)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        st.sampled_from([0.125, 0.25, 0.5, 1.0, 2.0, 3.0]),
        max_size=20,
    ),
    st.lists(st.integers(0, 5), unique=True, min_size=1, max_size=3),
    st.sampled_from([0.5, 1.0]),
    st.integers(1, 4),
)
def test_strongest_paths_equal_an_enumeration_in_fractions(
    edges, anchors: list[int], alpha: float, tiers: int
) -> None:
    walk = matrix(edges, 6)
    paths = StrongestPaths(walk, anchors, alpha, tiers)
    found = find_shares(walk, anchors, alpha, tiers)
    for node, place in zip(found.node.tolist(), found.anchor.tolist(), strict=True):
        first, *_ = all_paths(walk, anchors, anchors[place], node, alpha, tiers)
        assert paths.find(place, node) == list(first)


def test_rounding_settles_no_tie_of_paths() -> None:
    # Of what 3 delivers a fourteenth goes on to 0 through 1, half of a seventh, and through 2, a quarter of two sevenths.
    walk = {(3, 1): 1.0, (3, 2): 2.0, (3, 4): 4.0, (1, 0): 2.0, (1, 4): 2.0, (2, 0): 1.0, (2, 4): 3.0}
    paths = StrongestPaths(matrix(walk, 5), [0], 0.5, 3)
    assert paths.find(0, 3) == [0, 1, 3]


def test_a_path_counts_that_walks_may_stop_after_each_step() -> None:
    # Two of five walks that go on from 1 take the step to 0, three the way through 2: of those fewer get there.
    walk = matrix({(1, 0): 2.0, (1, 2): 3.0, (2, 0): 1.0}, 3)
    assert StrongestPaths(walk, [0], 0.5, 3).find(0, 1) == [0, 1]
    assert StrongestPaths(walk, [0], 0.9, 3).find(0, 1) == [0, 2, 1]


# ------------------------------------------------------------------ columns that read as lists


def test_links_read_as_a_list() -> None:
    links = find_links(find_presence(network_of(CITY)))
    every = list(links)
    assert [(names([k.supplier])[0], names([k.buyer])[0], k.basis) for k in every] == [
        ("A", "C", "recorded"), ("S", "A", "recorded"), ("S", "B", "recorded"), ("T", "S", "recorded"),
        ("T", "S", "recorded"), ("R", "S", "inferred"),
    ]  # fmt: skip
    assert links == every == list(reversed(list(reversed(links))))
    assert links[1:3] == tuple(every[1:3])
    assert links[-1] == every[-1]
    assert (every[0] in links, len(links), links == every[:-1], links == 3) == (True, 6, False, False)
    assert hash(links) == hash(tuple(every))
    with pytest.raises(IndexError):
        links[6]


def test_memberships_read_as_a_list() -> None:
    clusters = find_clusters(network_of(CITY))
    every = list(clusters.memberships)
    assert [(names([m.anchor])[0], m.direction, m.tier, names([m.organization])[0]) for m in every] == [
        ("A", "upstream", 1, "S"), ("A", "upstream", 2, "R"), ("A", "upstream", 2, "T"), ("A", "downstream", 1, "C"),
        ("B", "upstream", 1, "S"), ("B", "upstream", 2, "R"), ("B", "upstream", 2, "T"),
    ]  # fmt: skip
    assert clusters.memberships == every
    assert clusters.memberships[0] == every[0]
    assert clusters.memberships[-2:] == tuple(every[-2:])
    assert clusters.of(org("A")) + clusters.of(org("B")) == tuple(every)
    assert clusters.of("urn:nobody") == ()
    assert hash(clusters.memberships) == hash(tuple(every))
    (inferred,) = (m for m in clusters.of(org("A")) if m.organization == org("R"))
    assert (inferred.tier, inferred.recorded_tier) == (2, None)
    assert [link.basis for link in inferred.path] == ["recorded", "inferred"]


def test_given_presence_gives_the_same_clusters() -> None:
    network = network_of(CITY)
    presence = find_presence(network)
    assert find_clusters(network, presence=presence).memberships == find_clusters(network).memberships


@pytest.mark.parametrize(
    ("deliveries", "members"),
    [
        ("", {}),
        ("supply A A x 货物", {}),  # a loop is captive use
        ("supply S T x 货物\nsupply T S y 货物", {}),  # a circle that no anchor stands in
        ("supply A S x 货物\nsupply S A y 货物", {("A", "S", "upstream"): 1, ("A", "S", "downstream"): 1}),
        (
            "supply S T x 货物\nsupply T S y 货物\nsupply T A z 货物",
            {("A", "S", "upstream"): 1, ("A", "T", "upstream"): 1},
        ),
        (
            "supply A B x 货物\nsupply B A y 货物",
            {(a, b, d): 1 for a, b in (("A", "B"), ("B", "A")) for d in ("upstream", "downstream")},
        ),
    ],
)
def test_loops_circles_and_lonely_anchors(deliveries: str, members) -> None:
    clusters = find_clusters(network_of("chain 链 2025\nanchor A 链\nanchor B 链\n" + deliveries))
    found = {
        (names([m.anchor])[0], names([m.organization])[0], m.direction): m.weight
        for m in clusters.memberships
    }
    assert found == pytest.approx(members, abs=1e-9)
    assert all(m.path[-1] in clusters.links and 0 <= m.rank <= 1 for m in clusters.memberships)


def test_a_network_of_one_firm() -> None:
    clusters = find_clusters(network_of("chain 链 2025\nanchor A 链"))
    assert (names(clusters.anchors), clusters.memberships, clusters.shares(), clusters.shared()) == (
        ["A"],
        (),
        {},
        {},
    )
    graph = nx.DiGraph([("A", "A", {"weight": 1.0})])
    assert soft_membership(graph, ["A"]) == {}
