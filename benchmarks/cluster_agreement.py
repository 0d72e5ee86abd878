"""How well each method finds planted anchor clusters, over a range of noise.

Prints a Markdown table: for each noise level and method the adjusted Rand index (ARI) and normalised mutual information
(NMI) against the true main anchor of each firm, and the mean error of soft membership (half the L1 distance, 0 … 1) for
shared suppliers. Higher ARI and NMI, lower error are better. Firms that a method leaves unassigned count as clusters
of their own; firms that truly belong to two anchors alike have no main anchor and count for the soft error only.

Run: python benchmarks/cluster_agreement.py [--seeds 5]
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean

import networkx as nx
import numpy as np
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).parent))
from planted import Ecosystem, plant

from kg.analysis.agreement import adjusted_rand, normalized_mutual_information
from kg.analysis.clusters import soft_membership
from kg.analysis.communities import louvain
from kg.analysis.homes import main_anchors

Soft = Mapping[str, Mapping[str, float]]


def hard(soft: Soft, firms: list[str]) -> dict[str, str]:
    """The main anchor of each firm; a firm without membership is a cluster of its own."""
    homes = main_anchors(soft)
    return {firm: homes.get(firm, firm) for firm in firms}


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


def ours(system: Ecosystem, _: int) -> tuple[dict[str, str], Soft]:
    soft = soft_membership(system.graph, system.anchors, direction="upstream")
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


METHODS: dict[str, Callable[[Ecosystem, int], tuple[dict[str, str], Soft]]] = {
    "personalised PageRank (ours)": ours,
    "Louvain": louvain_method,
    "Leiden": leiden,
    "label propagation": label_propagation,
    "Voronoi cells": voronoi,
}
NOISE = (0.0, 0.1, 0.2, 0.3, 0.4)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    seeds = range(parser.parse_args().seeds)
    print("| noise | method | ARI | NMI | soft error, shared suppliers |\n|---|---|---|---|---|")
    for noise in NOISE:
        scores: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
        for seed in seeds:
            system = plant(seed, missing=noise / 2, wrong=noise / 2, cross=noise / 2)
            firms = sorted(
                firm for firm in system.truth if firm not in system.anchors and clear(system, firm)
            )
            true = hard(system.truth, firms)
            for name, method in METHODS.items():
                labels, soft = method(system, seed)
                found = {firm: labels.get(firm, firm) for firm in firms}
                scores[name].append(
                    (
                        adjusted_rand(true, found),
                        normalized_mutual_information(true, found),
                        soft_error(system, soft),
                    )
                )
        for name, rows in scores.items():
            ari, nmi, error = np.mean(rows, axis=0)
            print(f"| {noise:.0%} | {name} | {ari:.3f} | {nmi:.3f} | {error:.3f} |", flush=True)


if __name__ == "__main__":
    main()
