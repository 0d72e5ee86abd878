"""Louvain communities as a check on the anchors' clusters: a division that knows nothing of anchors [1]_.

A community gives each firm wholly to one side, so it cannot show a shared supplier; and it changes with the seed, so its
agreement with itself is told as well.

References
----------
.. [1] Blondel, V. D., Guillaume, J.-L., Lambiotte, R., Lefebvre, E. (2008). Fast unfolding of communities in large networks.
   Journal of Statistical Mechanics P10008, doi:10.1088/1742-5468/2008/10/P10008.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

import networkx as nx

from kg.analysis.clusters.agreement import adjusted_rand, jaccard, normalized_mutual_information
from kg.analysis.clusters.homes import members_of


@dataclass(frozen=True, slots=True)
class Comparison:
    """Agreement of the firms' homes with communities, averaged over seeds; None where no firm has a home.

    Attributes
    ----------
    ari, nmi
        Adjusted Rand index and normalised mutual information of homes and communities.
    self_ari
        Agreement of the communities of one seed with those of another; None with a single seed.
    communities
        Mean number of communities.
    by_anchor
        Mean Jaccard index of the firms at home with each anchor and the anchor's community, the anchor included in both; None
        for an anchor that no firm is at home with.
    together
        For each anchor the others that stand in its community under more than half of the seeds.
    """

    ari: float | None
    nmi: float | None
    self_ari: float | None
    communities: float
    by_anchor: Mapping[str, float | None]
    together: Mapping[str, tuple[str, ...]]
    seeds: tuple[int, ...]


def louvain(graph: nx.DiGraph, seed: int) -> list[set[str]]:
    """Return the Louvain communities of a supply network; opposite links of two firms add up.

    Parameters
    ----------
    graph
        Weighted directed graph.
    seed
        In which order nodes are visited follows from it.
    """
    plain = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    for supplier, buyer, weight in sorted(graph.edges(data="weight")):
        known = plain.edges[supplier, buyer]["weight"] if plain.has_edge(supplier, buyer) else 0.0
        plain.add_edge(supplier, buyer, weight=known + weight)
    return nx.community.louvain_communities(plain, seed=seed)  # type: ignore[no-any-return]


def compare_with_louvain(
    graph: nx.DiGraph, homes: Mapping[str, str], anchors: Sequence[str], seeds: Iterable[int]
) -> Comparison:
    """Compare the firms' homes with Louvain communities.

    Only firms with a home are compared: the question is whether both divide the firms around the anchors alike.

    Parameters
    ----------
    graph
        Supply network: weighted edges.
    homes
        As of :func:`kg.analysis.clusters.homes.find_homes`; nodes of the graph.
    anchors
        Nodes of the graph.
    seeds
        One run each, at least one.
    """
    chosen = tuple(seeds)
    runs: list[dict[str, int]] = []
    for seed in chosen:
        groups = louvain(graph, seed)
        runs.append({firm: number for number, group in enumerate(groups) for firm in group})
    divided = [{firm: run[firm] for firm in homes} for run in runs]
    own = members_of(homes, anchors)
    alike: dict[str, list[float]] = {anchor: [] for anchor in anchors}
    beside: dict[str, dict[str, int]] = {anchor: dict.fromkeys(anchors, 0) for anchor in anchors}
    for run in runs:
        groups_of: dict[int, set[str]] = {}
        for firm, number in run.items():
            groups_of.setdefault(number, set()).add(firm)
        for anchor in anchors:
            group = groups_of[run[anchor]]
            alike[anchor].append(jaccard(own[anchor] | {anchor}, group))
            for other in anchors:
                beside[anchor][other] += other in group
    pairs = list(combinations(divided, 2))
    return Comparison(
        ari=fmean(adjusted_rand(homes, run) for run in divided) if homes else None,
        nmi=fmean(normalized_mutual_information(homes, run) for run in divided) if homes else None,
        self_ari=fmean(adjusted_rand(*pair) for pair in pairs) if homes and pairs else None,
        communities=fmean(len(set(run.values())) for run in runs),
        by_anchor={anchor: fmean(values) if own[anchor] else None for anchor, values in alike.items()},
        together={
            anchor: tuple(o for o in anchors if o != anchor and beside[anchor][o] > len(runs) / 2)
            for anchor in anchors
        },
        seeds=chosen,
    )
