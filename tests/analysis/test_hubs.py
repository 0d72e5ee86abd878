"""The figures of a cluster, against stars, rings, complete graphs and plain counting."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.clusters import find_clusters, hubs
from kg.analysis.clusters.homes import find_homes, members_of
from kg.analysis.clusters.hubs import Hub, Shape, Tier, find_hubs
from kg.analysis.links import supply_graph, weighted
from tests.small_city import names, network_of, org


def hubs_of(text: str, **options) -> dict[str, Hub]:
    return {names([hub.anchor])[0]: hub for hub in find_hubs(find_clusters(network_of(text)), **options)}


def shape_of(graph: nx.Graph, firms=None, places=None) -> Shape:
    """The shape of some nodes of a graph, or of all, around the first of them."""
    lettered = nx.relabel_nodes(graph, str)
    for _, _, attributes in lettered.edges(data=True):
        attributes.setdefault("weight", 1.0)
    hub, *others = map(str, graph if firms is None else firms)
    return hubs.shape_of(lettered, hub, others, places)


# ------------------------------------------------------------------ centralisation and density


@pytest.mark.parametrize(
    ("graph", "centralization"),
    [
        (nx.star_graph(2), 1.0),
        (nx.star_graph(9), 1.0),
        (nx.cycle_graph(6), 0.0),
        (nx.complete_graph(5), 0.0),
        (nx.empty_graph(4), 0.0),
        (nx.path_graph(4), 1 / 3),
        (nx.empty_graph(2), None),
        (nx.path_graph(2), None),
        (nx.empty_graph(1), None),
    ],
)
def test_centralization_of_known_graphs(graph: nx.Graph, centralization: float | None) -> None:
    found = shape_of(graph).centralization
    assert found == (None if centralization is None else pytest.approx(centralization))


def test_directions_parallel_links_and_loops_do_not_count() -> None:
    graph = nx.MultiDiGraph([("h", "a"), ("a", "h"), ("a", "h"), ("b", "h"), ("h", "h"), ("b", "b")])
    assert (shape_of(graph).centralization, shape_of(graph).spoke_density) == (1.0, 0.0)
    graph.add_edges_from([("a", "b"), ("b", "a")])
    assert (shape_of(graph).centralization, shape_of(graph).spoke_density) == (0.0, 1.0)


def test_density_needs_two_spokes() -> None:
    assert shape_of(nx.star_graph(1)).spoke_density is None
    assert shape_of(nx.empty_graph(1)).spoke_density is None


_EDGES = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20)


@settings(deadline=None)
@given(_EDGES)
def test_both_against_counting(edges) -> None:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(7))
    graph.add_edges_from(edges)
    shape = shape_of(graph)
    linked = {frozenset(pair) for pair in edges if pair[0] != pair[1]}
    degrees = [sum(node in pair for pair in linked) for node in range(7)]
    assert shape.centralization == pytest.approx(sum(max(degrees) - d for d in degrees) / (6 * 5))
    spokes = [frozenset(pair) for pair in combinations(range(1, 7), 2)]
    assert shape.spoke_density == pytest.approx(sum(pair in linked for pair in spokes) / len(spokes))


# ------------------------------------------------------------------ ties to the outside


def test_each_link_counts_once_and_by_its_farther_end() -> None:
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(
        [
            ("a", "h", 3),
            ("h", "a", 1),
            ("a", "x", 2),
            ("out", "h", 5),
            ("h", "dim", 7),
            ("h", "h", 9),
            ("x", "y", 4),
        ]
    )
    places = dict.fromkeys("ahxy", "local") | {"out": "outside"}
    ties = shape_of(graph, "ah", places).ties
    assert (ties.inside, ties.elsewhere, ties.outside, ties.unknown) == (4, 2, 5, 7)
    assert ties.external_share == pytest.approx(7 / 18)
    assert ties.unknown_share == pytest.approx(7 / 18)
    # A member outside the city is still outside the city.
    assert shape_of(graph, ["a", "h", "out"], places).ties.outside == 5
    assert shape_of(graph, "y").ties.unknown == 4
    assert shape_of(nx.empty_graph(1)).ties.external_share is None


# ------------------------------------------------------------------ whole clusters

CITY = """
    chain 链 2025
    anchor A 链
    anchor B 链
    anchor Z 链
    organization O 外地
    organization U 不明
    supply S A x 货物
    supply S A y 货物
    supply S B x 货物
    supply T A w 货物
    supply V T v 货物
    supply O A v 货物
    supply A U p 货物
    supply T S w 货物
"""


def test_a_cluster_in_figures() -> None:
    found = hubs_of(CITY, scope="upstream")
    hub = found["A"]
    assert names(hub.members) == ["O", "S", "T", "V"]
    assert names(hub.at_home) == ["O", "S", "T", "V"]
    assert hub.tiers == (Tier(1, 3, 0), Tier(2, 1, 0))
    assert [(names([s.organization])[0], names(a for a, _ in s.shares)) for s in hub.shared] == [
        ("S", ["A", "B"]),
        ("T", ["A", "B"]),
        ("V", ["A", "B"]),
    ]
    assert dict(hub.shared[0].shares) == {org("A"): pytest.approx(2 / 3), org("B"): pytest.approx(1 / 3)}
    # Links S-A, T-A, O-A, V-T, T-S of five firms: degrees 3, 2, 3, 1, 1.
    assert (hub.shape.firms, hub.shape.pairs) == (5, 5)
    assert hub.shape.centralization == pytest.approx((0 + 1 + 0 + 2 + 2) / 12)
    assert hub.shape.spoke_density == pytest.approx(2 / 6)
    assert names(hub.shape.centres) == ["A", "T"]
    # Inside: S-A twice, T-A, V-T, T-S; elsewhere S-B; outside O-A; unknown A-U.
    ties = hub.shape.ties
    assert (ties.inside, ties.elsewhere, ties.outside, ties.unknown) == (5, 1, 1, 1)
    assert hub.recorded == hub.shape
    assert found["B"].at_home == ()


def test_an_anchor_without_links_is_a_cluster_of_one() -> None:
    hub = hubs_of(CITY)["Z"]
    assert (hub.members, hub.at_home, hub.tiers, hub.shared, hub.links) == ((), (), (), (), ())
    assert (hub.shape.firms, hub.shape.centralization, hub.shape.spoke_density, hub.shape.centres) == (
        1,
        None,
        None,
        (),
    )
    assert hub.shape.ties.external_share is None


def test_recorded_and_inferred_members_stand_apart() -> None:
    text = (
        "chain 链 2025\nanchor 甲 链\nrecipe 纸 抄造 浆 必需 1\nproduction 甲 纸 在产\nproduction 乙 浆 在产\n"
        "supply 丙 甲 煤 货物\nsupply 丁 丙 煤 货物"
    )
    hub = hubs_of(text)["甲"]
    assert hub.tiers == (Tier(1, 1, 1), Tier(2, 1, 0))
    assert (hub.shape.firms, hub.recorded.firms) == (4, 3)
    assert {link.basis for link in hub.links} == {"recorded", "inferred"}


def test_a_firm_on_both_sides_counts_once() -> None:
    text = "chain 链 2025\nanchor A 链\nsupply S A x 货物\nsupply A S y 货物\nsupply A C y 货物"
    hub = hubs_of(text)["A"]
    assert names(hub.members) == ["C", "S"]
    assert hub.tiers == (Tier(1, 2, 0),)
    assert (hub.shape.centralization, hub.shape.spoke_density) == (1.0, 0.0)


def test_no_anchors() -> None:
    assert hubs_of("supply S A x 货物") == {}


@pytest.mark.parametrize("alpha", [0.3, 0.5, 0.7])
def test_a_member_is_held_to_a_tenth_at_least(alpha: float) -> None:
    text = "chain 链 2025\nanchor A 链\nanchor B 链\nsupply S B x 货物\nsupply S T x 货物\n"
    text += "".join(f"supply S A p{n} 货物\n" for n in range(9))
    for more, members, moved in (("", ["S"], ["A", "B"]), ("supply S A q 货物", [], None)):
        clusters = find_clusters(network_of(text + more), alpha=alpha)
        *_, hub = find_hubs(clusters)
        assert (names([hub.anchor]), names(hub.members)) == (["B"], members)
        assert list(clusters.shared().values()) == ([tuple(map(org, moved))] if moved else [])


@settings(deadline=None, max_examples=25)
@given(
    st.sets(
        st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")).filter(lambda t: t[0] != t[1]),
        min_size=1,
        max_size=12,
    )
)
def test_figures_of_random_cities_agree_with_each_other(deliveries) -> None:
    text = "chain 链 2025\nanchor A 链\nanchor B 链\n"
    text += "\n".join(f"supply {a} {b} x 货物" for a, b in sorted(deliveries))
    clusters = find_clusters(network_of(text))
    graph = weighted(supply_graph(clusters.links, nodes=clusters.anchors))
    for scope in ("both", "upstream", "downstream"):
        homes = find_homes(graph, clusters.anchors, scope=scope)
        at_home = members_of(homes, clusters.anchors)
        for hub in find_hubs(clusters, scope=scope):
            assert sum(tier.recorded + tier.inferred for tier in hub.tiers) == len(hub.members)
            assert hub.shape.firms == len(hub.members) + 1
            assert set(hub.at_home) == at_home[hub.anchor]
            assert hub.shape.pairs == len({frozenset((k.supplier, k.buyer)) for k in hub.links})
            assert hub.shape.ties.inside == pytest.approx(sum(link.weight for link in hub.links))
