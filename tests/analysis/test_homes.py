"""Homes and joint shares, against memberships of each direction and against each other; and networks as columns."""

from __future__ import annotations

import math

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.clusters import find_clusters, soft_membership
from kg.analysis.clusters.edges import Edges
from kg.analysis.clusters.homes import (
    SCOPES,
    directions_of,
    find_homes,
    members_of,
    share_table,
)
from kg.analysis.links import supply_graph, weighted
from tests.small_city import network_of, org

_EDGES = st.dictionaries(
    st.tuples(st.sampled_from("ABcdef"), st.sampled_from("ABcdef")), st.integers(1, 4), max_size=14
)


def graph_of(edges) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from("AB")
    graph.add_weighted_edges_from((a, b, float(weight)) for (a, b), weight in edges.items())
    return graph


@settings(deadline=None, max_examples=60)
@given(_EDGES, st.sampled_from(SCOPES), st.sampled_from([0.3, 0.5, 0.85]))
def test_joint_shares_add_up_the_directions(edges, scope, alpha: float) -> None:
    graph = graph_of(edges)
    table = share_table(Edges.of_graph(graph), ("A", "B"), scope=scope, alpha=alpha).toarray()
    shares = {
        firm: dict(zip("AB", row.tolist(), strict=True))
        for firm, row in zip(sorted(graph), table, strict=True)
        if row.any()
    }
    ways = [soft_membership(graph, ("A", "B"), direction=d, alpha=alpha) for d in directions_of(scope)]
    assert set(shares) == {firm for own in ways for firm in own} - {"A", "B"}
    for firm, own in shares.items():
        assert math.fsum(own.values()) == pytest.approx(1)
        summed = {h: sum(way.get(firm, {}).get(h, 0.0) for way in ways) for h in "AB"}
        for anchor in "AB":
            assert own.get(anchor, 0.0) == pytest.approx(summed[anchor] / sum(summed.values()))
    homes = {firm: "A" if own["A"] > own["B"] - 1e-9 else "B" for firm, own in shares.items()}
    assert find_homes(graph, ("A", "B"), scope=scope, alpha=alpha) == homes


def test_of_equal_shares_the_first_anchor_is_home() -> None:
    graph = graph_of({("c", "A"): 1, ("c", "B"): 1, ("d", "B"): 2, ("A", "B"): 1})
    homes = find_homes(graph, ("A", "B"))
    assert homes == {"c": "A", "d": "B"}
    assert members_of(homes, ("A", "B")) == {"A": {"c"}, "B": {"d"}}


def test_without_anchors_nobody_has_a_home() -> None:
    assert find_homes(graph_of({("c", "A"): 1}), ()) == {}
    assert share_table(Edges.of_graph(nx.DiGraph()), ()).shape == (0, 0)


# ------------------------------------------------------------------ networks as columns


@given(_EDGES)
def test_edges_and_graph_are_the_same(edges) -> None:
    graph = graph_of(edges)
    own = Edges.of_graph(graph)
    assert sorted(own.graph().edges(data="weight")) == sorted(graph.edges(data="weight"))
    assert own.firms == tuple(sorted(graph))
    linked = {frozenset(pair) for pair in edges if pair[0] != pair[1]}
    entries = own.partners.tocoo()
    ends = zip(entries.row, entries.col, strict=True)
    assert {frozenset((own.firms[a], own.firms[b])) for a, b in ends} == linked
    assert own.partners.sum() == 2 * len(linked)


def test_edges_of_links_are_those_of_their_graph() -> None:
    clusters = find_clusters(
        network_of(
            "chain 链 2025\nanchor 甲 链\nanchor Z 链\nrecipe 纸 抄造 浆 必需 1\nproduction 甲 纸 在产\n"
            "production 乙 浆 在产\nsupply 丙 甲 煤 货物\nsupply 丙 甲 水 货物"
        )
    )
    graph = supply_graph(clusters.links, nodes=clusters.anchors)
    columns, read = Edges.of_links(clusters.links, clusters.anchors), Edges.of_graph(graph)
    assert columns.firms == read.firms == tuple(sorted(graph))
    assert (columns.matrix != read.matrix).nnz == 0
    assert sorted(columns.graph().edges(data="weight")) == sorted(weighted(graph).edges(data="weight"))
    assert sorted(columns.recorded) == sorted(read.recorded) == [False, True, True]
    assert columns.only(columns.recorded).matrix.sum() == 2
    assert columns.rows([org("甲")]) == [columns.firms.index(org("甲"))]
