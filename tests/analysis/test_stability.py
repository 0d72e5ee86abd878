"""Spoilt networks, steady and unsteady clusters, and the comparison with Louvain communities."""

from __future__ import annotations

import math

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.clusters.communities import compare_with_louvain, louvain
from kg.analysis.clusters.homes import find_homes
from kg.analysis.clusters.stability import SPOILINGS, VARIATIONS, Stability, find_stability
from kg.analysis.clusters.stability import spoil as spoil_edges

STARS = [(f"{hub}{n}", hub, 1.0) for hub in "AB" for n in range(10)]


def graph_of(edges) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(edges)
    return graph


def spoil(graph: nx.DiGraph, how, seed: int, **options) -> nx.DiGraph:
    return spoil_edges(graph, how, seed, **options).graph()


# ------------------------------------------------------------------ spoiling


@pytest.mark.parametrize(("share", "left"), [(0.1, 18), (0.25, 15), (0.001, 19), (1.0, 0)])
def test_a_share_of_the_links_is_dropped(share: float, left: int) -> None:
    graph = graph_of(STARS)
    spoilt = spoil(graph, "dropped", 1, share=share)
    assert spoilt.number_of_edges() == left
    assert set(spoilt) == set(graph)
    assert all(graph.has_edge(*edge) for edge in spoilt.edges)


def test_rewired_links_keep_supplier_and_weight() -> None:
    graph = graph_of((supplier, buyer, 1.0 + n) for n, (supplier, buyer, _) in enumerate(STARS))
    spoilt = spoil(graph, "rewired", 3, share=0.5)
    assert dict(spoilt.out_degree(weight="weight")) == dict(graph.out_degree(weight="weight"))
    assert 0 < sum(not graph.has_edge(*edge) for edge in spoilt.edges) <= 10
    assert nx.number_of_selfloops(spoilt) == 0


def test_only_inferred_weights_change() -> None:
    graph = nx.MultiDiGraph()
    graph.add_edge("a", "A", weight=1.0, basis="recorded")
    graph.add_edge("b", "A", weight=0.25, basis="inferred")
    spoilt = spoil(graph, "weights", 5)
    assert spoilt.edges["a", "A"]["weight"] == 1.0
    assert spoilt.edges["b", "A"]["weight"] != 0.25
    assert 0.125 <= spoilt.edges["b", "A"]["weight"] <= 0.5


@pytest.mark.parametrize("how", SPOILINGS)
def test_the_seed_alone_decides(how) -> None:
    graph = graph_of(STARS)
    backwards = graph_of(reversed(STARS))
    first, again, other = spoil(graph, how, 1), spoil(backwards, how, 1), spoil(graph, how, 2)
    assert sorted(first.edges(data="weight")) == sorted(again.edges(data="weight"))
    assert sorted(first.edges(data="weight")) != sorted(other.edges(data="weight"))


@pytest.mark.parametrize("how", SPOILINGS)
def test_graphs_with_little_to_spoil(how) -> None:
    assert len(spoil(nx.DiGraph(), how, 0)) == 0
    one = nx.DiGraph()
    one.add_node("a")
    assert list(spoil(one, how, 0)) == ["a"]
    loop = spoil(graph_of([("a", "a", 1.0)]), how, 0)
    assert loop.number_of_edges() == (0 if how == "dropped" else 1)


# ------------------------------------------------------------------ stability


def stability_of(edges, anchors=("A", "B"), **options) -> Stability:
    graph = graph_of(edges)
    graph.add_nodes_from(anchors)
    return find_stability(graph, anchors, **options)


def test_firms_with_a_single_buyer_move_only_when_their_link_is_spoilt() -> None:
    found = stability_of(STARS, scope="upstream")
    assert found.variants == {"alpha": 3, "tiers": 3, "dropped": 10, "rewired": 10, "weights": 10}
    for own in found.anchors:
        assert own.agreement["alpha"] == own.agreement["weights"] == 1.0
        # Two of twenty links are dropped, and those firms are outside.
        assert 0.8 <= own.agreement["dropped"] < 1
        assert own.mean < 1
    assert (found.ari["alpha"], found.ari["weights"]) == (1.0, 1.0)
    dropped = [stability_of(STARS, scope="upstream", alphas=(), depths=(), seeds=[seed]) for seed in range(3)]
    assert all(1 - own.agreement["dropped"] <= 0.2 for one in dropped for own in one.anchors)


def test_movers_are_told_with_where_they_go() -> None:
    # Most of S goes to T, whose goods go to B; some goes to A, which is nearer.
    edges = [("S", "T", 3.0), ("T", "B", 1.0), ("S", "A", 2.0), ("a", "A", 1.0)]
    found = stability_of(edges, scope="upstream", alpha=0.5, alphas=(0.5, 0.9), depths=(), seeds=())
    by_anchor = {own.anchor: own for own in found.anchors}
    assert by_anchor["A"].at_home == ("S", "a")
    assert [(m.organization, m.home, m.to, m.times) for m in by_anchor["A"].movers] == [("S", "A", "B", 1)]
    assert by_anchor["A"].agreement == {"alpha": 0.5}
    assert by_anchor["B"].agreement == {"alpha": 0.5}
    assert found.alphas == (0.9,)


def test_tiers_are_varied_too() -> None:
    chain = [
        ("Z", "Y", 1.0),
        ("Y", "X", 1.0),
        ("X", "A", 1.0),
        ("X", "B", 3.0),
        ("b", "B", 1.0),
        ("Y", "A", 0.1),
    ]
    found = stability_of(chain, scope="upstream", alphas=(), depths=(1, 2, 3), seeds=())
    assert (found.tiers, found.depths, found.variants) == (3, (1, 2), {"tiers": 2})
    by_anchor = {own.anchor: own for own in found.anchors}
    # Within two steps Z reaches A alone, within one nobody; Y is then left with the little that it delivers to A itself.
    assert by_anchor["B"].at_home == ("X", "Y", "Z", "b")
    assert by_anchor["B"].agreement["tiers"] == pytest.approx((2 / 4 + 3 / 4) / 2)
    assert [(m.organization, m.to, m.times) for m in by_anchor["B"].movers] == [("Z", "A", 2), ("Y", "A", 1)]


def test_firms_that_lose_their_home_are_outside() -> None:
    found = stability_of([("S", "A", 1.0)], anchors=("A",), scope="upstream", alphas=(), depths=(), seeds=[0])
    (mover,) = found.anchors[0].movers
    assert (mover.organization, mover.to) == ("S", None)
    assert found.anchors[0].agreement["dropped"] == 0.0


def test_anchors_without_members_and_no_anchors() -> None:
    found = stability_of([("S", "A", 1.0)], anchors=("A", "Z"), seeds=[0])
    assert found.anchors[1].at_home == found.anchors[1].movers == ()
    assert set(found.anchors[1].agreement.values()) == {None}
    assert found.anchors[1].mean is None
    nobody = stability_of([("S", "T", 1.0)], anchors=(), seeds=[0])
    assert nobody.anchors == ()
    assert set(nobody.ari.values()) == {None}
    assert stability_of([], anchors=("A",), seeds=[0]).anchors[0].mean is None


@settings(deadline=None, max_examples=20)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ABcdef"), st.sampled_from("ABcdef")), st.integers(1, 4), max_size=14
    ),
    st.sampled_from(["both", "upstream", "downstream"]),
)
def test_agreement_lies_between_none_and_full(edges, scope) -> None:
    found = stability_of([(a, b, float(w)) for (a, b), w in edges.items()], scope=scope, seeds=[0, 1])
    for own in found.anchors:
        assert set(own.agreement) == set(VARIATIONS)
        assert all(value is None or 0 <= value <= 1 for value in own.agreement.values())
        assert (own.mean is None) == (not own.at_home)
        assert {m.organization for m in own.movers} <= set(own.at_home)
        if own.at_home and not own.movers and all(not other.movers for other in found.anchors):
            assert found.ari == dict.fromkeys(VARIATIONS, 1.0)


# ------------------------------------------------------------------ Louvain


def test_separate_stars_are_communities() -> None:
    graph = graph_of(STARS)
    homes = find_homes(graph, ("A", "B"))
    found = compare_with_louvain(graph, homes, ("A", "B"), range(3))
    assert (found.ari, found.nmi, found.self_ari, found.communities) == (1.0, 1.0, 1.0, 2)
    assert found.by_anchor == {"A": 1.0, "B": 1.0}
    assert found.together == {"A": (), "B": ()}


def test_anchors_of_one_community_are_told() -> None:
    edges = [(f"s{n}", hub, 1.0) for n in range(4) for hub in "AB"]
    graph = graph_of([*edges, ("z", "Z", 1.0)])
    homes = find_homes(graph, ("A", "B", "Z"), scope="upstream")
    found = compare_with_louvain(graph, homes, ("A", "B", "Z"), [0])
    assert found.self_ari is None
    assert found.by_anchor["B"] is None  # of equal shares the first anchor is home
    assert found.by_anchor["Z"] == 1.0
    assert math.isclose(found.communities, len(louvain(graph, 0)))
    assert found.together["Z"] == ()


def test_opposite_links_add_up() -> None:
    graph = graph_of([("a", "b", 1.0), ("b", "a", 5.0), ("b", "c", 2.0)])
    assert sorted(map(sorted, louvain(graph, 0)))[0][:2] == ["a", "b"]


def test_nothing_to_compare() -> None:
    found = compare_with_louvain(graph_of([("a", "b", 1.0)]), {}, (), [0])
    assert (found.ari, found.nmi, found.self_ari, found.by_anchor) == (None, None, None, {})
