"""How well each method finds planted anchor clusters, over a range of noise.

Prints for two kinds of planted ecosystems a Markdown table: for each noise level and method the adjusted Rand index
(ARI), normalised and adjusted mutual information (NMI, AMI) against the true main anchor of each firm, and the mean error of
soft membership (half the L1 distance, 0 … 1) for shared suppliers; then how far ours leads the best of the other methods,
seed by seed. Higher ARI, NMI and AMI, lower error are better. After ± stands the standard error of the mean. Firms that a
method leaves unassigned count as clusters of their own, whatever the method; firms that truly belong to two anchors alike
have no main anchor and count for the soft error only. Rows in brackets are no rivals: cells cut off as ours is, ours with
more steps or another α, and ours told which links are false.

Run: python benchmarks/cluster_agreement.py [--seeds 5]
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import networkx as nx
import numpy as np
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).parent))
from planted import Ecosystem, plant

from kg.analysis.clusters import ALPHA, TIERS, soft_membership
from kg.analysis.clusters.agreement import (
    adjusted_mutual_information,
    adjusted_rand,
    normalized_mutual_information,
)
from kg.analysis.clusters.communities import louvain
from kg.analysis.clusters.shares import DIGITS

Soft = Mapping[str, Mapping[str, float]]
Method = Callable[[Ecosystem, int], tuple[dict[str, str], Soft]]


def hard(soft: Soft, firms: list[str]) -> dict[str, str]:
    """The main anchor of each firm; a firm without membership is a cluster of its own."""
    return {firm: _main(soft[firm]) if soft.get(firm) else firm for firm in firms}


def _main(own: Mapping[str, float]) -> str:
    return min(own, key=lambda hub: (-round(own[hub], DIGITS), hub))


def _communities(system: Ecosystem, groups: list[set[str]]) -> tuple[dict[str, str], Soft]:
    """Label firms by community, and give each to the anchors of its community in equal parts."""
    labels: dict[str, str] = {}
    soft: dict[str, dict[str, float]] = {}
    for number, group in enumerate(groups):
        hubs = [hub for hub in system.anchors if hub in group]
        for firm in group:
            labels[firm] = f"community-{number}"
            soft[firm] = {hub: 1 / len(hubs) for hub in hubs}
    return labels, soft


def ours(
    system: Ecosystem, _: int, *, tiers: int = TIERS, alpha: float = ALPHA
) -> tuple[dict[str, str], Soft]:
    soft = soft_membership(system.graph, system.anchors, direction="upstream", tiers=tiers, alpha=alpha)
    return hard(soft, sorted(system.graph)), soft


def louvain_method(system: Ecosystem, seed: int) -> tuple[dict[str, str], Soft]:
    return _communities(system, louvain(system.graph, seed))


def leiden(system: Ecosystem, seed: int) -> tuple[dict[str, str], Soft]:
    from sknetwork.clustering import Leiden

    nodes = sorted(system.graph)
    # scikit-network knows SciPy's older matrix class only.
    matrix = csr_matrix(nx.to_scipy_sparse_array(system.graph, nodelist=nodes, weight="weight", format="csr"))
    labels = Leiden(random_state=seed).fit_predict(matrix + matrix.T)
    groups: dict[int, set[str]] = defaultdict(set)
    for node, label in zip(nodes, labels, strict=True):
        groups[int(label)].add(node)
    return _communities(system, [groups[key] for key in sorted(groups)])


def label_propagation(system: Ecosystem, seed: int) -> tuple[dict[str, str], Soft]:
    graph = system.graph.to_undirected()
    groups = nx.community.asyn_lpa_communities(graph, weight="weight", seed=seed)
    return _communities(system, sorted((set(group) for group in groups), key=min))


def voronoi(system: Ecosystem, _: int) -> tuple[dict[str, str], Soft]:
    graph = system.graph.reverse()
    for _u, _v, edge in graph.edges(data=True):
        edge["distance"] = 1 / edge["weight"]
    cells = nx.voronoi_cells(graph, list(system.anchors), weight="distance")
    soft = {firm: {hub: 1.0} for hub, cell in cells.items() if hub != "unreachable" for firm in cell}
    return hard(soft, sorted(system.graph)), soft


def voronoi_within(system: Ecosystem, seed: int) -> tuple[dict[str, str], Soft]:
    homes, soft = voronoi(system, seed)
    steps = nx.multi_source_dijkstra_path_length(
        system.graph.reverse(), set(system.anchors), cutoff=TIERS, weight=lambda *_: 1
    )
    near = {firm: own for firm, own in soft.items() if firm in steps}
    return {firm: home if firm in near else firm for firm, home in homes.items()}, near


METHODS: dict[str, Method] = {
    "personalised PageRank (ours)": ours,
    "Louvain": louvain_method,
    "Leiden": leiden,
    "label propagation": label_propagation,
    "Voronoi cells": voronoi,
}
OURS = next(iter(METHODS))
TOLD = "(ours, told which links are false)"
# After so many steps next to no walk is left: one half to the power of sixty.
ANY = 60
ASIDE: dict[str, Method] = {
    "(Voronoi cells within three steps)": voronoi_within,
    "(ours, five steps)": partial(ours, tiers=5),
    "(ours, any number of steps)": partial(ours, tiers=ANY),
    "(ours, α 0.3)": partial(ours, alpha=0.3),
    "(ours, α 0.7)": partial(ours, alpha=0.7),
}
NOISE = (0.0, 0.1, 0.2, 0.3, 0.4)
# Suppliers of deeper tiers have one buyer each, or two on average. In the deep kinds there are five tiers, not three.
FIVE = (1.5, 0.7, 0.7, 0.7)
KINDS: dict[str, dict[str, Any]] = {
    "single buyers": {},
    "woven": {"further": 1.0},
    "single buyers, five tiers": {"deeper": FIVE},
    "woven, five tiers": {"deeper": FIVE, "further": 1.0},
}
# Parameters were chosen on seeds below this one.
FIRST_SEED = 5000
MEASURES = ("ARI", "NMI", "AMI", "soft error")


def clear(system: Ecosystem, firm: str) -> bool:
    """Whether one anchor truly holds more of the firm than any other: a tie has no main anchor that could be found."""
    first, *others = sorted(system.truth[firm].values(), reverse=True)
    return not others or first > others[0] + 1e-9


def soft_error(system: Ecosystem, soft: Soft) -> float:
    """Half the L1 distance between true and found membership, averaged over the shared suppliers."""
    errors = []
    for firm in sorted(system.shared):
        found, true = soft.get(firm, {}), system.truth[firm]
        errors.append(sum(abs(found.get(hub, 0.0) - true.get(hub, 0.0)) for hub in system.anchors) / 2)
    return fmean(errors)


def told(system: Ecosystem, clean: nx.DiGraph) -> Ecosystem:
    """The ecosystem without its false links."""
    false = [edge for edge in system.graph.edges if not clean.has_edge(*edge)]
    graph = system.graph.copy()
    graph.remove_edges_from(false)
    return replace(system, graph=graph)


def scores(system: Ecosystem, method: Method, seed: int) -> tuple[float, ...]:
    """The measures of one method on one ecosystem."""
    firms = sorted(firm for firm in system.truth if firm not in system.anchors and clear(system, firm))
    true = hard(system.truth, firms)
    labels, soft = method(system, seed)
    found = {firm: labels.get(firm, firm) for firm in firms}
    return (
        adjusted_rand(true, found),
        normalized_mutual_information(true, found),
        adjusted_mutual_information(true, found),
        soft_error(system, soft),
    )


def mean_with_error(values: np.ndarray) -> str:
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
    return f"{values.mean():.3f} ± {error:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    seeds = range(FIRST_SEED, FIRST_SEED + parser.parse_args().seeds)
    for kind, shape in KINDS.items():
        leads = []
        print(f"\n{kind}\n\n| noise | method | {' | '.join(MEASURES)} |\n|---|---|{'---|' * len(MEASURES)}")
        clean = {seed: plant(seed, **shape).graph for seed in seeds}
        for noise in NOISE:
            half = noise / 2
            systems = {seed: plant(seed, **shape, missing=half, wrong=half, cross=half) for seed in seeds}
            found = {
                name: np.array([scores(system, method, seed) for seed, system in systems.items()])
                for name, method in METHODS.items()
            }
            rows = found | {
                name: np.array([scores(system, method, seed) for seed, system in systems.items()])
                for name, method in ASIDE.items()
            }
            rows[TOLD] = np.array(
                [scores(told(system, clean[seed]), ours, seed) for seed, system in systems.items()]
            )
            for name, values in rows.items():
                cells = " | ".join(mean_with_error(column) for column in values.T)
                print(f"| {noise:.0%} | {name} | {cells} |", flush=True)
            lead = []
            for column, measure in enumerate(MEASURES):
                sign = -1 if measure == "soft error" else 1
                means = {name: sign * found[name][:, column].mean() for name in METHODS if name != OURS}
                best = max(means, key=means.__getitem__)
                ahead = sign * (found[OURS][:, column] - found[best][:, column])
                lead.append(f"{mean_with_error(ahead)} ({best})")
            leads.append(f"| {noise:.0%} | {' | '.join(lead)} |")
        print(f"\nlead over the best other method\n\n| noise | {' | '.join(MEASURES)} |", end="")
        print(f"\n|---|{'---|' * len(MEASURES)}", *leads, sep="\n", flush=True)


if __name__ == "__main__":
    main()
