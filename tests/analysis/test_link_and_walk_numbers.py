"""Weights of links, walks on them and planted systems: numbers by hand, by linear algebra and by invariance."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.clusters import Clusters, find_clusters, personalized_pagerank, soft_membership
from kg.analysis.links import Link, find_links, supply_graph, weighted
from kg.analysis.presence import find_presence
from kg.analysis.thresholds import Horizon
from tests.small_city import names, network_of, org

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def links_of(text: str, as_of: str | None = None, **options) -> tuple[Link, ...]:
    return find_links(find_presence(network_of(text, as_of)), **options)


def told(links: tuple[Link, ...]) -> dict[tuple[str, str], tuple[str, float, bool]]:
    return {(names([k.supplier])[0], names([k.buyer])[0]): (k.basis, k.weight, k.pipeline) for k in links}


def clusters_of(text: str, as_of: str | None = None, **options) -> Clusters:
    return find_clusters(network_of(text, as_of), **options)


# ------------------------------------------------------------------ links

PAPER = "recipe 纸 抄造 浆 必需 1\nproduction 甲 纸 在产\n"


@pytest.mark.parametrize("count", [1, 2, 3, 11, 12, 13, 20])
def test_candidates_share_a_quarter_and_too_many_share_nothing(count: int) -> None:
    text = PAPER + "\n".join(f"production M{i:02d} 浆 在产" for i in range(count))
    links = links_of(text)
    if count > 12:
        assert links == ()
    else:
        assert [k.weight for k in links] == [pytest.approx(0.25 / count)] * count
        assert sum(k.weight for k in links) == pytest.approx(0.25)
        assert {names([k.buyer])[0] for k in links} == {"甲"}


@pytest.mark.parametrize(
    ("paper", "pulp", "expected"),
    [
        ("在产", "在产", ("inferred", 0.25, False)),
        ("在产", "在建", ("inferred", 0.125, True)),
        ("规划", "在产", ("inferred", 0.125, True)),
        # A project at both ends halves the weight once.
        ("在建", "规划", ("inferred", 0.125, True)),
        ("停产", "在产", None),
        ("在产", "停产", None),
    ],
)
def test_a_project_at_either_end_halves_once(paper: str, pulp: str, expected) -> None:
    text = PAPER.replace("在产", paper) + f"production 乙 浆 {pulp}"
    assert told(links_of(text)) == ({} if expected is None else {("乙", "甲"): expected})


def test_without_the_pipeline_only_what_runs_is_linked() -> None:
    text = PAPER + "production 乙 浆 在建\nproduction 丙 浆 在产"
    assert told(links_of(text)) == {
        ("丙", "甲"): ("inferred", 0.125, False),
        ("乙", "甲"): ("inferred", 0.0625, True),
    }
    assert told(links_of(text, with_pipeline=False)) == {("丙", "甲"): ("inferred", 0.25, False)}


@pytest.mark.parametrize(
    ("delivery", "linked"),
    [
        # Whoever buys the product, or a kind of it, or what it is a kind of, needs no guess.
        ("supply 外 甲 浆 货物", False),
        ("supply 外 甲 白浆 货物", False),
        ("supply 外 甲 浆料 货物", False),
        ("supply 外 甲 竹白浆 货物", False),
        ("supply 外 甲 碱 货物", True),
        ("supply 外 丙 浆 货物", True),
        ("supply 外 甲 浆 技术许可", True),
        ("supply 甲 甲 浆 货物", False),
    ],
)
def test_a_known_supplier_of_the_family_leaves_nothing_to_guess(delivery: str, linked: bool) -> None:
    text = f"""
    organization 外 外地
    product 浆 中间品 浆料
    product 白浆 中间品 浆
    product 竹白浆 中间品 白浆
    production 乙 浆 在产
    {PAPER}
    {delivery}
    """
    assert (("乙", "甲") in told(links_of(text))) is linked


def test_a_recorded_link_weighs_one_however_often_it_is_told() -> None:
    text = "supply 乙 甲 浆 货物 2020\nsupply 乙 甲 浆 货物 2021\nsupply 乙 甲 浆 能源 2022\nsupply 乙 甲 碱 货物 2022"
    links = links_of(text)
    assert {(names([k.product])[0], k.weight, len(k.provenances)) for k in links} == {
        ("浆", 1.0, 3),
        ("碱", 1.0, 1),
    }
    (edge,) = weighted(supply_graph(links)).edges(data="weight")
    assert edge == (org("乙"), org("甲"), 2.0)


@pytest.mark.parametrize(("years", "count"), [(5, 1), (4, 0)])
def test_old_deliveries_are_no_links(years: int, count: int) -> None:
    assert len(links_of("supply 乙 甲 浆 货物 2020", "2025", horizon=Horizon(years, 0))) == count


def test_the_stronger_of_two_reasons_for_one_link_counts() -> None:
    text = """
    recipe 纸 抄造 浆 必需 1
    recipe 板 压制 浆 必需 1
    production 甲 纸 在建
    production 甲 板 在产
    production 乙 浆 在产
    """
    assert told(links_of(text)) == {("乙", "甲"): ("inferred", 0.25, False)}


def test_who_makes_its_input_buys_none_and_sells_to_others() -> None:
    text = PAPER + "production 丙 纸 在产\nproduction 甲 浆 在产"
    assert set(told(links_of(text))) == {("甲", "丙")}


# ------------------------------------------------------------------ walks

edges = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]),
    st.integers(1, 9),
    min_size=1,
    max_size=20,
)


def graph_of(found: dict[tuple[int, int], float], called=str) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(called(i) for i in range(8))
    graph.add_weighted_edges_from((called(a), called(b), w) for (a, b), w in found.items())
    return graph


def near(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(one[k] == pytest.approx(other[k], abs=1e-9) for k in one)


@settings(max_examples=60, deadline=None)
@given(edges, st.permutations(range(8)), st.sampled_from(["upstream", "downstream"]))
def test_names_and_order_do_not_matter(found, order, direction) -> None:
    def renamed(i: int) -> str:
        return f"企业 {order[i]} 号"

    one = soft_membership(graph_of(found), ["0", "1"], direction=direction)
    backwards = dict(reversed(list(found.items())))
    other = soft_membership(graph_of(backwards, renamed), [renamed(1), renamed(0)], direction=direction)
    assert {renamed(int(firm)) for firm in one} == other.keys()
    for firm, own in one.items():
        assert near({renamed(int(h)): share for h, share in own.items()}, other[renamed(int(firm))])


@settings(max_examples=60, deadline=None)
@given(edges)
def test_downstream_is_upstream_on_the_turned_network(found) -> None:
    graph = graph_of(found)
    down = soft_membership(graph, ["0", "1", "2"], direction="downstream")
    up = soft_membership(graph.reverse(), ["0", "1", "2"], direction="upstream")
    assert down.keys() == up.keys()
    assert all(near(down[firm], up[firm]) for firm in down)


@settings(max_examples=60, deadline=None)
@given(edges, st.integers(0, 7), st.integers(2, 50))
def test_only_the_division_of_deliveries_counts_not_their_amount(found, firm, factor) -> None:
    larger = {(a, b): w * factor if a == firm else w for (a, b), w in found.items()}
    one, other = (soft_membership(graph_of(e), ["0", "1"]) for e in (found, larger))
    assert one.keys() == other.keys()
    assert all(near(one[name], other[name]) for name in one)


@settings(max_examples=60, deadline=None)
@given(edges, st.integers(2, 7), st.integers(1, 9))
def test_who_delivers_more_to_an_anchor_belongs_to_it_no_less(found, firm, more) -> None:
    before = soft_membership(graph_of(found), ["0", "1"]).get(str(firm), {}).get("0", 0.0)
    added = found | {(firm, 0): found.get((firm, 0), 0) + more}
    assert soft_membership(graph_of(added), ["0", "1"])[str(firm)]["0"] >= before - 1e-9


@settings(max_examples=60, deadline=None)
@given(edges, st.floats(0.1, 0.9), st.integers(1, 5))
def test_members_are_who_has_a_way_to_an_anchor(found, alpha, tiers) -> None:
    graph = graph_of(found)
    shares = soft_membership(graph, ["0", "1"], alpha=alpha, tiers=tiers)
    # A walk ends at the first anchor: no way leads through another.
    for anchor, other in (("0", "1"), ("1", "0")):
        blocked = graph.copy()
        blocked.remove_edges_from(list(graph.out_edges(anchor)))
        ways = blocked.copy()
        ways.remove_edges_from(list(graph.in_edges(other)))
        reached = set(nx.single_source_shortest_path_length(ways.reverse(), anchor, cutoff=tiers)) - {anchor}
        assert {firm for firm, own in shares.items() if anchor in own} == reached
    for own in shares.values():
        assert sum(own.values()) == pytest.approx(1)
        assert min(own.values()) > 0


def test_a_hand_made_chain_of_shares() -> None:
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(
        [("S", "A", 3), ("S", "B", 1), ("T", "S", 5), ("U", "T", 1), ("U", "B", 1), ("A", "B", 2)]
    )
    shares = soft_membership(graph, ["A", "B"], alpha=0.5)
    assert shares["S"] == pytest.approx({"A": 0.75, "B": 0.25})
    assert shares["T"] == pytest.approx({"A": 0.75, "B": 0.25})
    # u: half to T (whose walks arrive with 1/4 of S's chance), half to B at once.
    to_a, to_b = 0.25 * 0.5 * 0.5 * 0.75, 0.25 + 0.25 * 0.5 * 0.5 * 0.25
    assert shares["U"] == pytest.approx({"A": to_a / (to_a + to_b), "B": to_b / (to_a + to_b)})
    assert shares["A"] == pytest.approx({"B": 1.0})
    assert "B" not in shares


@pytest.mark.parametrize("seed", [1, 2])
def test_many_anchors_at_once_are_as_each_by_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = nx.DiGraph()
    graph.add_nodes_from(f"n{i:03d}" for i in range(150))
    for a, b in rng.integers(150, size=(400, 2)):
        if a != b:
            graph.add_edge(f"n{a:03d}", f"n{b:03d}", weight=float(rng.integers(1, 10)))
    anchors = [f"n{i:03d}" for i in range(0, 150, 2)]
    ranks = personalized_pagerank(graph, anchors, 0.7)
    assert list(ranks) == anchors
    for anchor in anchors:
        assert sum(ranks[anchor].values()) == pytest.approx(1, abs=1e-9)
    # Around the borders of the blocks of columns, and at both ends.
    for anchor in (anchors[i] for i in (0, 31, 32, 63, 64, 74)):
        exact = nx.pagerank(graph, alpha=0.7, personalization={anchor: 1.0}, tol=1e-12, max_iter=1000)
        assert all(abs(exact[node] - ranks[anchor].get(node, 0.0)) < 1e-6 for node in graph)


# ------------------------------------------------------------------ clusters of a city


def test_shares_of_both_directions_together_sum_to_one() -> None:
    clusters = clusters_of(
        """
        chain 链 2025
        anchor A 链
        anchor B 链
        supply S A x 货物
        supply B S y 货物
        supply T S z 货物
        """
    )
    shares = clusters.shares()
    assert shares[org("S")] == pytest.approx({org("A"): 0.5, org("B"): 0.5})
    assert shares[org("T")] == pytest.approx({org("A"): 1.0})
    # B sells to S, which supplies A: that makes B a supplier of A two steps away, and nothing of A's is B's.
    placed = {(names([m.organization])[0], m.direction, m.tier) for m in clusters.of(org("A"))}
    assert placed == {("S", "upstream", 1), ("T", "upstream", 2), ("B", "upstream", 2)}
    assert {names([m.organization])[0] for m in clusters.of(org("B"))} == {"S", "A"}


@pytest.mark.parametrize(("to_b", "shared"), [(1, True), (2, True), (0, False)])
def test_shared_suppliers_have_a_tenth_with_a_second_anchor(to_b: int, shared: bool) -> None:
    lines = ["chain 链 2025", "anchor A 链", "anchor B 链"]
    lines += [f"supply S A x{i} 货物" for i in range(9)] + [f"supply S B y{i} 货物" for i in range(to_b)]
    found = clusters_of("\n".join(lines)).shared()
    assert found == ({org("S"): (org("A"), org("B"))} if shared else {})


def test_less_than_a_tenth_is_not_shared() -> None:
    lines = ["chain 链 2025", "anchor A 链", "anchor B 链", "supply S B y 货物"]
    lines += [f"supply S A x{i} 货物" for i in range(10)]
    assert clusters_of("\n".join(lines)).shared() == {}


def test_a_city_may_be_renamed() -> None:
    text = """
    chain 链 2025
    anchor 甲 链
    anchor 乙 链
    recipe 纸 抄造 浆 必需 1
    production 甲 纸 在产
    production 丙 浆 在产
    supply 丁 乙 x 货物
    supply 丁 甲 y 货物
    supply 戊 丁 z 货物
    """
    renaming = str.maketrans("甲乙丙丁戊", "戊丁丙乙甲")

    def shape(written: str, back) -> Counter:
        return Counter(
            (
                names([m.anchor])[0].translate(back),
                names([m.organization])[0].translate(back),
                m.direction,
                m.tier,
                m.recorded_tier,
                round(m.weight, 9),
                round(m.rank, 9),
                len(m.path),
            )
            for m in clusters_of(written).memberships
        )

    first = shape(text, {})
    assert first
    assert first == shape(text.translate(renaming), renaming)


# ------------------------------------------------------------------ planted systems


def benchmark(name: str) -> ModuleType:
    """Load a benchmark as it is run: by its file, next to its siblings."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    return benchmark("planted")


@pytest.fixture
def agreement(planted: ModuleType) -> ModuleType:
    return benchmark("cluster_agreement")


@pytest.mark.parametrize("further", [0.0, 1.5])
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_the_planted_truth_is_how_deliveries_divide(planted: ModuleType, seed: int, further: float) -> None:
    system = planted.plant(seed, anchors=5, first_tier=6, further=further)
    assert set(system.truth) == set(system.graph)
    for firm, own in system.truth.items():
        assert sum(own.values()) == pytest.approx(1)
        assert own.keys() <= set(system.anchors)
        if firm not in system.anchors:
            # Without noise the truth is the mean of the buyers' truths.
            total = system.graph.out_degree(firm, weight="weight")
            mean = Counter()
            for _, buyer, weight in system.graph.out_edges(firm, data="weight"):
                for hub, share in system.truth[buyer].items():
                    mean[hub] += share * weight / total
            assert own == pytest.approx(dict(mean))
    if not further:
        assert all(len(system.truth[firm]) in (2, 3) for firm in system.shared)
    direct = {f for f in system.graph if sum(b in system.anchors for b in system.graph.successors(f)) > 1}
    assert system.shared == direct


def test_suppliers_of_a_woven_ecosystem_have_several_buyers(planted: ModuleType) -> None:
    graph = planted.plant(5, anchors=40, further=1.0, skip=0.25).graph
    deep = [firm for firm in graph if firm.startswith(("firm-2", "firm-3"))]
    # Two on average, less the few further buyers that are drawn twice.
    assert sum(graph.out_degree(firm) for firm in deep) / len(deep) == pytest.approx(2, abs=0.15)
    direct = sum(buyer.startswith("anchor") for firm in deep for buyer in graph.successors(firm))
    assert direct / sum(graph.out_degree(firm) - 1 for firm in deep) == pytest.approx(0.25, abs=0.05)
    single = planted.plant(5, anchors=40).graph
    assert {single.out_degree(firm) for firm in single if firm.startswith(("firm-2", "firm-3"))} == {1}


def test_told_of_the_false_links_only_true_ones_remain(agreement: ModuleType, planted: ModuleType) -> None:
    clean = planted.plant(2, anchors=5, further=1.0)
    noisy = planted.plant(2, anchors=5, further=1.0, missing=0.1, wrong=0.1, cross=0.1)
    left = agreement.told(noisy, clean.graph)
    assert set(left.graph.edges) == set(noisy.graph.edges) & set(clean.graph.edges)
    assert (left.truth, left.shared) == (clean.truth, clean.shared)


def test_planting_is_seeded(planted: ModuleType) -> None:
    def shape(seed: int):
        system = planted.plant(seed, missing=0.1, wrong=0.1, cross=0.1)
        return sorted(system.graph.edges(data="weight")), system.truth, system.shared

    state = random.getstate()
    assert shape(3) == shape(3)
    assert shape(3) != shape(4)
    assert random.getstate() == state


@pytest.mark.parametrize(
    ("noise", "missing", "strange"),
    [
        ({}, 0.0, 0.0),
        ({"missing": 0.2}, 0.2, 0.0),
        ({"wrong": 0.2}, 0.2, 0.2),
        ({"cross": 0.2}, 0.0, 0.2),
        ({"missing": 0.1, "wrong": 0.1, "cross": 0.1}, 0.2, 0.2),
    ],
)
def test_noise_is_what_was_asked_for(planted: ModuleType, noise, missing: float, strange: float) -> None:
    clean = set(planted.plant(5, anchors=40).graph.edges)
    system = planted.plant(5, anchors=40, **noise)
    spoilt = set(system.graph.edges)
    assert len(clean - spoilt) / len(clean) == pytest.approx(missing, abs=0.03)
    assert len(spoilt - clean) / len(clean) == pytest.approx(strange, abs=0.03)
    # Noise changes what is on record, never what is true.
    assert system.truth == planted.plant(5, anchors=40).truth
    assert not list(nx.selfloop_edges(system.graph))


def test_a_single_anchor_shares_with_nobody(planted: ModuleType) -> None:
    system = planted.plant(0, anchors=1, shared=1.0)
    assert system.shared == frozenset()
    assert {tuple(own) for own in system.truth.values()} == {system.anchors}


def test_the_measures_of_agreement_by_hand(agreement: ModuleType) -> None:
    one = {"a": "x", "b": "x", "c": "y", "d": "y"}
    same = {"a": "2", "b": "2", "c": "1", "d": "1"}
    across = {"a": "1", "b": "2", "c": "1", "d": "2"}
    partly = {"a": "1", "b": "1", "c": "1", "d": "2"}
    assert agreement.adjusted_rand(one, same) == pytest.approx(1)
    assert agreement.normalized_mutual_information(one, same) == pytest.approx(1)
    assert agreement.normalized_mutual_information(one, across) == pytest.approx(0)
    # Index 0, expected 2·2/6, most 2: (0 − 2/3)/(2 − 2/3).
    assert agreement.adjusted_rand(one, across) == pytest.approx(-0.5)
    # Index 1, expected 2·3/6 = 1: as good as chance.
    assert agreement.adjusted_rand(one, partly) == pytest.approx(0)


@pytest.mark.parametrize("noise", [0.1, 0.2, 0.3])
def test_ours_leads_on_planted_systems(agreement: ModuleType, noise: float) -> None:
    rivals = [name for name in agreement.METHODS if "ours" not in name]
    (own,) = set(agreement.METHODS) - set(rivals)
    scores: dict[str, list[tuple[float, float]]] = {}
    for seed in range(2):
        system = agreement.plant(seed, missing=noise / 2, wrong=noise / 2, cross=noise / 2)
        firms = sorted(set(system.truth) - set(system.anchors))
        true = agreement.hard(system.truth, firms)
        for name, method in agreement.METHODS.items():
            labels, soft = method(system, seed)
            found = {firm: labels.get(firm, firm) for firm in firms}
            scores.setdefault(name, []).append(
                (agreement.adjusted_rand(true, found), agreement.soft_error(system, soft))
            )
    means = {name: np.mean(rows, axis=0) for name, rows in scores.items()}
    for rival in rivals:
        assert means[own][0] > means[rival][0], (rival, means)
        assert means[own][1] < means[rival][1], (rival, means)


def test_without_noise_ours_finds_the_shares_exactly(agreement: ModuleType) -> None:
    system = agreement.plant(3, anchors=6)
    _, soft = agreement.ours(system, 0)
    assert agreement.soft_error(system, soft) == pytest.approx(0, abs=1e-9)
    for firm in set(system.truth) - set(system.anchors):
        assert soft[firm] == pytest.approx(dict(system.truth[firm]))
