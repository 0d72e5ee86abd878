"""Who circles around which anchor, checked against linear algebra and brute force."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.clusters import (
    ALPHA,
    DIRECTIONS,
    TIERS,
    Clusters,
    find_clusters,
    named_anchors,
    personalized_pagerank,
    soft_membership,
)
from kg.analysis.links import (
    INFERRED_WEIGHT,
    MOST_CANDIDATES,
    PIPELINE_FACTOR,
    find_links,
    supply_graph,
    weighted,
)
from kg.analysis.presence import find_presence
from kg.ledgers import build
from kg.network import load
from kg.store import memory_store
from tests.small_city import names, network_of, org

ROOT = Path(__file__).resolve().parents[2]

TWO = """
    chain 链 2025
    anchor A 链
    anchor B 链
    supply S A x 货物
    supply S A y 货物
    supply S A z 货物
    supply S B x 货物
    supply S B y 货物
    supply T A w 能源
    supply T B w 能源
    supply U T v 货物
    supply A C p 货物
    supply C D q 货物
    supply Z Y o 货物
    production W n 在产
"""


def clusters_of(text: str, as_of: str | None = None, **options) -> Clusters:
    return find_clusters(network_of(text, as_of), **options)


def weights(clusters: Clusters, direction: str) -> dict[tuple[str, str], float]:
    return {
        (names([m.anchor])[0], names([m.organization])[0]): m.weight
        for m in clusters.memberships
        if m.direction == direction
    }


def dense(graph: nx.DiGraph, anchor: str, alpha: float) -> dict[str, float]:
    """Personalised PageRank by solving π = (1-α)e + α(Pᵀπ + e·dangling)."""
    nodes = list(graph)
    index = {node: i for i, node in enumerate(nodes)}
    walk = np.zeros((len(nodes), len(nodes)))
    for start in nodes:
        out = sum(weight for _, _, weight in graph.out_edges(start, data="weight"))
        if out:
            for _, end, weight in graph.out_edges(start, data="weight"):
                walk[index[start], index[end]] = weight / out
        else:
            walk[index[start], index[anchor]] = 1.0
    restart = np.zeros(len(nodes))
    restart[index[anchor]] = 1.0
    ranks = np.linalg.solve(np.eye(len(nodes)) - alpha * walk.T, (1 - alpha) * restart)
    return dict(zip(nodes, ranks, strict=True))


def arrivals(
    graph: nx.DiGraph, anchors: tuple[str, ...], alpha: float, tiers: int = TIERS
) -> dict[str, dict[str, float]]:
    """Chance that a walk from each node ends at each anchor, by following every walk to its end."""

    def follow(node: str, chance: float, left: int, found: dict[str, float]) -> None:
        out = sum(weight for _, _, weight in graph.out_edges(node, data="weight"))
        for _, end, weight in graph.out_edges(node, data="weight") if left else ():
            if end in anchors:
                found[end] += chance * alpha * weight / out
            else:
                follow(end, chance * alpha * weight / out, left - 1, found)

    chances = {node: dict.fromkeys(anchors, 0.0) for node in graph}
    for node, own in chances.items():
        follow(node, 1.0, tiers, own)
        own.update({node: 0.0} if node in own else {})  # coming back is no arrival
    return chances


# ------------------------------------------------------------------ walks against linear algebra


_EDGES = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1]),
    st.floats(0.1, 5),
    min_size=1,
    max_size=14,
)


def graph_of(edges: dict[tuple[int, int], float]) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(map(str, range(6)))
    graph.add_weighted_edges_from((str(a), str(b), weight) for (a, b), weight in edges.items())
    return graph


@settings(deadline=None, max_examples=60)
@given(_EDGES, st.sampled_from([0.5, 0.85, 0.95]))
def test_pagerank_equals_a_dense_solution_and_networkx(edges, alpha: float) -> None:
    graph = graph_of(edges)
    for anchor, ranks in personalized_pagerank(graph, list(graph), alpha).items():
        assert math.fsum(ranks.values()) == pytest.approx(1, abs=1e-9)
        expected = dense(graph, anchor, alpha)
        other = nx.pagerank(graph, alpha, personalization={anchor: 1.0}, tol=1e-12, max_iter=2000)
        for node in graph:
            assert ranks.get(node, 0.0) == pytest.approx(expected[node], abs=1e-6)
            assert ranks.get(node, 0.0) == pytest.approx(other[node], abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(_EDGES, st.sampled_from([0.3, 0.5, 0.85]), st.integers(1, 4), st.sampled_from(DIRECTIONS))
def test_membership_counts_every_walk(edges, alpha: float, tiers: int, direction) -> None:
    graph = graph_of(edges)
    anchors = ("0", "1", "2")
    shares = soft_membership(graph, anchors, direction=direction, alpha=alpha, tiers=tiers)
    chances = arrivals(graph if direction == "upstream" else graph.reverse(), anchors, alpha, tiers)
    assert set(shares) == {node for node, own in chances.items() if any(own.values())}
    for node, own in shares.items():
        assert math.fsum(own.values()) == pytest.approx(1, abs=1e-12)
        total = sum(chances[node].values())
        for anchor in anchors:
            assert own.get(anchor, 0.0) == pytest.approx(chances[node][anchor] / total, abs=1e-6)


def test_an_anchor_without_links_reaches_itself() -> None:
    graph = nx.DiGraph([("a", "b", {"weight": 1.0})])
    graph.add_node("alone")
    assert personalized_pagerank(graph, ["alone"], 0.85) == {"alone": {"alone": 1.0}}
    assert soft_membership(graph, ["alone"]) == {}
    assert soft_membership(nx.DiGraph(), []) == personalized_pagerank(nx.DiGraph(), [], 0.85) == {}


# ------------------------------------------------------------------ memberships


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_citys_memberships_and_ranks(direction: str) -> None:
    clusters = clusters_of(TWO)
    graph = supply_graph(clusters.links, nodes=clusters.anchors)
    chances = arrivals(weighted(graph, reverse=direction == "downstream"), clusters.anchors, clusters.alpha)
    walk = weighted(graph, reverse=direction == "upstream")
    ranks = {anchor: dense(walk, anchor, clusters.alpha) for anchor in clusters.anchors}
    found = [m for m in clusters.memberships if m.direction == direction]
    assert found
    for m in found:
        own = chances[m.organization]
        assert m.weight == pytest.approx(own[m.anchor] / sum(own.values()), abs=1e-6)
        assert m.rank == pytest.approx(ranks[m.anchor][m.organization], abs=1e-6)


def test_a_shared_supplier_stays_shared_in_proportion() -> None:
    clusters = clusters_of(TWO)
    shares = weights(clusters, "upstream")
    # S delivers three products to A and two to B; T one to each, and U stands behind T.
    assert (shares["A", "S"], shares["B", "S"]) == (
        pytest.approx(0.6, abs=1e-9),
        pytest.approx(0.4, abs=1e-9),
    )
    assert shares["A", "T"] == shares["A", "U"] == pytest.approx(0.5, abs=1e-9)
    assert {names([f])[0]: names(a) for f, a in clusters.shared().items()} == {
        "S": ["A", "B"],
        "T": ["A", "B"],
        "U": ["A", "B"],
    }
    assert clusters.shared("downstream") == {}


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_rows_sum_to_one(direction: str) -> None:
    totals: dict[str, float] = defaultdict(float)
    for (_, firm), weight in weights(clusters_of(TWO), direction).items():
        assert 0 < weight <= 1 + 1e-12
        totals[firm] += weight
    assert totals == {firm: pytest.approx(1, abs=1e-9) for firm in totals}
    assert all(math.fsum(own.values()) == pytest.approx(1) for own in clusters_of(TWO).shares().values())


def test_an_anchor_that_supplies_another_stands_in_its_cluster() -> None:
    clusters = clusters_of("chain 链 2025\nanchor A 链\nanchor B 链\nsupply A B x 货物\nsupply S A y 货物")
    assert weights(clusters, "upstream") == {("B", "A"): 1, ("A", "S"): 1}
    assert weights(clusters, "downstream") == {("A", "B"): 1}


def test_the_cluster_of_an_anchor() -> None:
    clusters = clusters_of(TWO)
    assert {names([m.organization])[0] for m in clusters.of(org("B"))} == {"S", "T", "U"}
    assert clusters.of(org("S")) == ()


def test_suppliers_are_found_against_the_direction_of_delivery() -> None:
    clusters = clusters_of(TWO)
    assert {firm for _, firm in weights(clusters, "upstream")} == {"S", "T", "U"}
    assert {firm for _, firm in weights(clusters, "downstream")} == {"C", "D"}
    assert {anchor for anchor, _ in weights(clusters, "downstream")} == {"A"}


def test_tiers_and_paths() -> None:
    clusters = clusters_of(TWO)
    found = {(names([m.anchor])[0], names([m.organization])[0]): m for m in clusters.memberships}
    assert [(found[pair].tier, found[pair].recorded_tier) for pair in (("A", "S"), ("A", "U"), ("A", "C"), ("A", "D"))] == [
        (1, 1), (2, 2), (1, 1), (2, 2),
    ]  # fmt: skip
    assert [(link.supplier, link.buyer) for link in found["B", "U"].path] == [
        (org("T"), org("B")),
        (org("U"), org("T")),
    ]
    assert [(link.supplier, link.buyer) for link in found["A", "D"].path] == [
        (org("A"), org("C")),
        (org("C"), org("D")),
    ]


def test_a_cluster_reaches_three_steps_or_as_many_as_asked_for() -> None:
    text = "chain 链 2025\nanchor A 链\nsupply S A x 货物\n" + "\n".join(
        f"supply {a} {b} x 货物" for a, b in pairwise("ZYXTS")
    )
    for tiers, members in ((1, "S"), (TIERS, "STX"), (4, "STXY"), (9, "STXYZ")):
        clusters = clusters_of(text, tiers=tiers)
        assert clusters.tiers == tiers
        assert "".join(names([m.organization])[0] for m in clusters.memberships) == members
        assert sorted("STXYZ"[len(members) :]) == names(clusters.outside)


def test_who_no_longer_or_not_yet_takes_part_in_a_chain_is_not_outside() -> None:
    text = """
        chain 链 2025
        anchor A 链
        anchor B 链 2010 2020
        anchor C 链 2030
        anchor D 链 2010
        supply S A x 货物
    """
    clusters = clusters_of(text)
    assert (names(clusters.anchors), names(clusters.outside)) == (["A", "D"], [])


def strongest(graph: nx.DiGraph, start: str, end: str, avoiding: set[str]) -> float:
    """The likeliest simple path by which a walk from ``end`` comes to ``start``, by trying all of them."""
    into = dict(graph.in_degree(weight="weight"))
    view = nx.restricted_view(graph, avoiding, [])
    return max(
        math.prod(ALPHA * graph.edges[a, b]["weight"] / into[b] for a, b in pairwise(path))
        for path in nx.all_simple_paths(view, start, end, cutoff=TIERS)
    )


_SUPPLY = st.sets(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from("ABCDE"), st.sampled_from("xyz")).filter(
        lambda t: t[0] != t[1]
    ),
    min_size=1,
    max_size=10,
)


@settings(deadline=None, max_examples=30)
@given(_SUPPLY)
def test_paths_are_the_strongest_chains_of_real_links(deliveries) -> None:
    text = "chain 链 2025\nanchor A 链\nanchor B 链\n" + "\n".join(
        f"supply {a} {b} {p} 货物" for a, b, p in sorted(deliveries)
    )
    clusters = clusters_of(text)
    graph = supply_graph(clusters.links, nodes=clusters.anchors)
    for m in clusters.memberships:
        upstream = m.direction == "upstream"
        at = m.anchor
        for link in m.path:
            assert link in clusters.links
            assert (link.buyer if upstream else link.supplier) == at
            at = link.supplier if upstream else link.buyer
        assert at == m.organization
        assert m.tier <= len(m.path) <= TIERS
        walk = weighted(graph, reverse=upstream)
        into = dict(walk.in_degree(weight="weight"))
        others = set(clusters.anchors) - {m.anchor, m.organization}  # a walk ends at the first anchor
        assert not others & {end for link in m.path for end in (link.supplier, link.buyer)}
        steps = [(link.buyer, link.supplier) if upstream else (link.supplier, link.buyer) for link in m.path]
        assert math.prod(ALPHA * walk.edges[a, b]["weight"] / into[b] for a, b in steps) == pytest.approx(
            strongest(walk, m.anchor, m.organization, others), rel=1e-6
        )


# ------------------------------------------------------------------ anchors and outsiders


def test_outsiders_do_something_and_no_anchor_reaches_them() -> None:
    assert names(clusters_of(TWO).outside) == ["W", "Z"]  # Y only buys: nothing is known of what it does
    assert "Z" not in names(clusters_of("organization Z 外地\n" + TWO).outside)


def test_without_anchors_every_active_firm_is_outside() -> None:
    clusters = clusters_of("supply S A x 货物\nproduction W n 在产")
    assert (clusters.anchors, clusters.memberships, names(clusters.outside)) == ((), (), ["S", "W"])


def test_an_anchor_without_links() -> None:
    clusters = clusters_of("chain 链 2025\nanchor A 链\nproduction W n 在产")
    assert (names(clusters.anchors), clusters.memberships, names(clusters.outside)) == (["A"], (), ["W"])


def test_an_empty_city() -> None:
    clusters = clusters_of("organization A 本地")
    assert (clusters.anchors, clusters.memberships, clusters.outside, clusters.links) == ((), (), (), ())


@pytest.mark.parametrize(
    ("as_of", "anchors"),
    [
        ("2023", []),
        ("2024-02", []),
        ("2024-03", ["A"]),
        ("2024", ["A"]),
        ("2025-05", ["A"]),
        ("2025-06", []),
        ("2025", []),
        ("2026", []),
    ],
)
def test_anchors_are_named_from_to(as_of: str, anchors: list[str]) -> None:
    text = "source t 2020 E3\nchain 链 2025\nanchor A 链 2024-03 2025-06 @t"
    assert names(named_anchors(network_of(text, as_of))) == anchors


def test_deliveries_are_known_from_their_date() -> None:
    text = "source t 2020 E3\nchain 链 2025\nanchor A 链 2020 @t\nsupply S A x 货物 2023 @t\nsupply T A x 货物 2021 @t"
    assert [set(weights(clusters_of(text, year), "upstream")) for year in ("2020", "2022", "2023")] == [
        set(), {("A", "T")}, {("A", "T"), ("A", "S")},
    ]  # fmt: skip


@pytest.mark.parametrize(("as_of", "there"), [("2023", True), ("2024", False)])
def test_firms_that_have_closed_are_in_no_cluster_and_head_none(as_of: str, there: bool) -> None:
    text = (
        "source t 2020 E3\norganization 旧 本地 2000 2024 @t\norganization B 本地 2000 2024 @t\nchain 链 2020 @t\n"
        "anchor A 链 @t\nanchor B 链 @t\nsupply 旧 A x 货物 2021 @t\nsupply S B x 货物 2021 @t\nsupply T A x 货物 2021 @t"
    )
    clusters = clusters_of(text, as_of)
    assert names(clusters.anchors) == (["A", "B"] if there else ["A"])
    found = {("A", "T"): 1.0} | ({("A", "旧"): 1.0, ("B", "S"): 1.0} if there else {})
    assert weights(clusters, "upstream") == found


# ------------------------------------------------------------------ links


def links(text: str, **options) -> list[tuple]:
    return [
        (names([k.supplier])[0], names([k.buyer])[0], names([k.product])[0], k.basis, k.pipeline, k.weight)
        for k in find_links(find_presence(network_of(text)), **options)
    ]


NEED = "recipe 纸 抄造 浆 必需 1\nproduction 乙 纸 在产\n"


def test_possible_suppliers_share_the_weight() -> None:
    share = INFERRED_WEIGHT / 2
    assert links(NEED + "production 甲 浆 在产\nproduction 丙 浆 在产") == [
        ("丙", "乙", "浆", "inferred", False, share),
        ("甲", "乙", "浆", "inferred", False, share),
    ]


def test_possible_suppliers_share_the_weight_by_capacity_where_all_of_it_is_known() -> None:
    makers = "production 甲 浆 在产 30 吨/年\nproduction 丙 浆 在产 {} 吨/年\nproduction 丁 浆 在建 60 吨/年"
    known = {name: weight for name, *_, weight in links(NEED + makers.format(10))}
    assert known == pytest.approx(
        {
            "甲": 0.3 * INFERRED_WEIGHT,
            "丙": 0.1 * INFERRED_WEIGHT,
            "丁": 0.6 * INFERRED_WEIGHT * PIPELINE_FACTOR,
        }
    )
    unknown = {name: weight for name, *_, weight in links(NEED + makers.format("-").replace("- 吨/年", "-"))}
    assert unknown["甲"] == unknown["丙"] == pytest.approx(INFERRED_WEIGHT / 3)
    # Who has stopped making it, by its capacity, is no supplier.
    assert {name for name, *_ in links(NEED + makers.format(0))} == {"甲", "丁"}


@pytest.mark.parametrize(
    ("makers", "expected"),
    [
        ("production 甲 浆 在产 0 吨/年", {}),
        ("production 甲 浆 在产 0 吨/年\nproduction 丙 浆 在产 0 吨/年", {}),
        ("production 甲 浆 在产 0 吨/年\nproduction 丙 浆 在产", {"丙": INFERRED_WEIGHT}),
        ("production 甲 浆 在建 0 吨/年\nproduction 丙 浆 在产", {"丙": INFERRED_WEIGHT}),
        ("production 乙 浆 在产 0 吨/年\nproduction 丙 浆 在产", {"丙": INFERRED_WEIGHT}),
    ],
)
def test_who_makes_nothing_by_its_capacity_is_no_possible_supplier(makers: str, expected) -> None:
    assert {name: weight for name, *_, weight in links(NEED + makers)} == expected


def test_those_who_make_nothing_do_not_make_the_possible_suppliers_too_many() -> None:
    makers = "".join(f"production 甲{n} 浆 在产 10 吨/年\n" for n in range(MOST_CANDIDATES))
    idle = "production 丙 浆 在产 0 吨/年\nproduction 丁 浆 在产 0 吨/年"
    assert len(links(NEED + makers + idle)) == MOST_CANDIDATES


@pytest.mark.parametrize("status", ["在产", "在建"])
def test_a_suppliers_kinds_of_a_product_count_together(status: str) -> None:
    kinds = "product 竹浆 中间品 浆\nproduct 木浆 中间品 浆\n"
    makers = "production 甲 竹浆 {0} 10 吨/年\nproduction 甲 木浆 {0} 20 吨/年\nproduction 丙 浆 {0} 10 吨/年"
    known = {name: weight for name, *_, weight in links(NEED + kinds + makers.format(status))}
    assert known["甲"] == pytest.approx(3 * known["丙"])


@pytest.mark.parametrize("fact", ["supply 外 乙 浆 货物\norganization 外 外地", "supply 甲 乙 浆 能源"])
def test_a_need_with_a_recorded_supplier_infers_no_other(fact: str) -> None:
    found = links(NEED + f"production 甲 浆 在产\n{fact}")
    assert [(basis, weight) for *_, basis, _, weight in found] == [("recorded", 1.0)]


@pytest.mark.parametrize("kind", ["技术许可", "工程承包", "中试服务", "代理销售", "场地", "设备"])
def test_services_are_no_links(kind: str) -> None:
    assert links(f"supply 甲 乙 浆 {kind}") == []


def test_captive_use_is_no_link() -> None:
    assert links("supply 甲 甲 浆 货物") == []
    assert links("recipe 纸 抄造 浆 必需 1\nproduction 甲 纸 在产\nproduction 甲 浆 在产") == []


def test_a_project_at_one_end_halves_the_weight() -> None:
    assert links(NEED + "production 甲 浆 在建") == [
        ("甲", "乙", "浆", "inferred", True, INFERRED_WEIGHT * PIPELINE_FACTOR)
    ]
    assert links(NEED + "production 甲 浆 在建", with_pipeline=False) == []


def test_links_know_their_sources() -> None:
    text = "source t 2020 E3\nsupply 甲 乙 浆 货物 2024 @s;t\nsupply 甲 乙 浆 货物 2023"
    (link,) = find_links(find_presence(network_of(text)))
    assert link.sources == ("s", "t")


def test_the_graph_keeps_products_apart_and_the_walk_adds_them() -> None:
    graph = supply_graph(find_links(find_presence(network_of(TWO))))
    assert graph.number_of_edges(org("S"), org("A")) == 3
    assert list(graph) == sorted(graph)
    assert weighted(graph).edges[org("S"), org("A")]["weight"] == 3.0
    assert weighted(graph, reverse=True).has_edge(org("A"), org("S"))


# ------------------------------------------------------------------ invariance


def test_the_order_of_facts_does_not_matter(yunxi_files: dict[str, bytes]) -> None:
    quads = build(yunxi_files).quads
    first, second = (find_clusters(load(memory_store(order))) for order in (quads, reversed(quads)))
    assert first.memberships == second.memberships
    assert [(m.rank, m.path) for m in first.memberships] == [(m.rank, m.path) for m in second.memberships]
    assert (first.outside, first.links) == (second.outside, second.links)


def test_the_hash_seed_does_not_matter() -> None:
    script = (
        "from pathlib import Path; from kg.ledgers import build, collect; from kg.network import load\n"
        "from kg.store import memory_store; from kg.analysis.clusters import find_clusters\n"
        "from kg.analysis.gaps import find_gaps; from kg.analysis.balance.surplus import find_surplus\n"
        "network = load(memory_store(build(collect([Path('tests/cities/yunxi')])).quads)); gaps = find_gaps(network)\n"
        "clusters = find_clusters(network)\n"
        "print(clusters.memberships, [(m.rank, m.path) for m in clusters.memberships], clusters.shares())\n"
        "print(clusters.links, gaps.findings, find_surplus(gaps), network)\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            cwd=ROOT,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert "云溪竹业".encode() in outputs.pop()
