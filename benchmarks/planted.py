"""Planted ecosystems: hub-and-spoke supply networks whose true clusters are known.

Each anchor has suppliers in tiers. Some first-tier suppliers are shared: they deliver to two or three anchors, and their
true membership is how their deliveries divide. A deeper supplier belongs to anchors as the firms that it supplies do; it
has one buyer or, in a woven network, several, some of them in other clusters: cross-links that are true. Then the
network is spoilt: links are removed (not on record), put in the wrong place (wrong record), and false cross-links join
random firms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """A supply network (edges supplier to buyer, ``weight`` = deliveries) with its true memberships.

    ``truth`` maps each firm to its share in each anchor; the shares of a firm sum to one. ``shared`` are the firms that
    truly serve several anchors directly.
    """

    graph: nx.DiGraph
    anchors: tuple[str, ...]
    truth: Mapping[str, Mapping[str, float]]
    shared: frozenset[str]


def plant(
    seed: int,
    *,
    anchors: int = 12,
    first_tier: int = 12,
    deeper: Sequence[float] = (2.0, 0.5),
    shared: float = 0.15,
    further: float = 0.0,
    loyal: float = 0.8,
    skip: float = 0.2,
    missing: float = 0.0,
    wrong: float = 0.0,
    cross: float = 0.0,
) -> Ecosystem:
    """Return an ecosystem with known clusters.

    Parameters
    ----------
    seed
        Everything random follows from it.
    anchors, first_tier
        Number of anchors, and of first-tier suppliers an anchor.
    deeper
        Mean number of suppliers a supplier has, for each tier from the second on.
    shared
        Share of first-tier suppliers that serve two or three anchors.
    further
        How many buyers suppliers of deeper tiers have beside the first, on average: 0 gives each a single buyer.
    loyal
        Share of these buyers taken from the first buyer's cluster, the others from anywhere.
    skip
        Share of these buyers that are anchors, the others one tier above the supplier.
    missing, wrong, cross
        Shares of links removed, redirected to a random buyer, and added between random firms.
    """
    rng = np.random.default_rng(seed)
    hubs = [f"anchor-{index:04d}" for index in range(anchors)]
    graph = nx.DiGraph()
    graph.add_nodes_from(hubs)
    truth: dict[str, dict[str, float]] = {hub: {hub: 1.0} for hub in hubs}
    named = frozenset(hubs)
    shared_firms: set[str] = set()

    def join(firm: str, buyers: list[str], weights: list[float]) -> None:
        total = sum(weights)
        shares: dict[str, float] = {}
        for buyer, weight in zip(buyers, weights, strict=True):
            graph.add_edge(firm, buyer, weight=weight)
            for hub, share in truth[buyer].items():
                shares[hub] = shares.get(hub, 0.0) + share * weight / total
        truth[firm] = shares
        if sum(buyer in named for buyer in buyers) > 1:
            shared_firms.add(firm)

    def further_buyers(first: str, level: list[str]) -> list[str]:
        """Draw the buyers beside the first, who stands in ``level``, of a deeper supplier."""
        home = first.split("-")[2]
        found = []
        for _ in range(int(rng.poisson(further)) if further else 0):
            is_loyal = rng.random() < loyal
            if rng.random() < skip:
                among = [hubs[int(home)]] if is_loyal else hubs
            else:
                among = [firm for firm in level if firm.split("-")[2] == home] if is_loyal else level
            found.append(among[int(rng.integers(len(among)))])
        return [buyer for buyer in dict.fromkeys(found) if buyer != first]

    firms: list[str] = []
    for index, hub in enumerate(hubs):
        for number in range(first_tier):
            firm = f"firm-1-{index:04d}-{number:03d}"
            buyers = [hub]
            if anchors > 1 and rng.random() < shared:
                others = [other for other in hubs if other != hub]
                picked = rng.choice(
                    len(others), size=min(int(rng.integers(1, 3)), len(others)), replace=False
                )
                buyers += [others[int(i)] for i in picked]
            join(firm, buyers, [float(rng.integers(1, 6)) for _ in buyers])
            firms.append(firm)
    level = list(firms)
    for tier, mean in enumerate(deeper, start=2):
        following = []
        for buyer in level:
            for number in range(int(rng.poisson(mean))):
                firm = f"firm-{tier}-{buyer[7:]}-{number:02d}"
                buyers = [buyer, *further_buyers(buyer, level)]
                join(firm, buyers, [float(rng.integers(1, 6)) for _ in buyers])
                following.append(firm)
        firms += following
        level = following
    _spoil(graph, rng, missing, wrong, cross)
    return Ecosystem(graph, tuple(hubs), truth, frozenset(shared_firms))


def _spoil(graph: nx.DiGraph, rng: np.random.Generator, missing: float, wrong: float, cross: float) -> None:
    edges = sorted(graph.edges(data="weight"))
    nodes = sorted(graph)
    fate = rng.random(len(edges))
    for (supplier, buyer, weight), draw in zip(edges, fate, strict=True):
        if draw < missing + wrong:
            graph.remove_edge(supplier, buyer)
        if missing <= draw < missing + wrong:
            other = nodes[int(rng.integers(len(nodes)))]
            if other != supplier and not graph.has_edge(supplier, other):
                graph.add_edge(supplier, other, weight=weight)
    for _ in range(int(cross * len(edges))):
        first, second = (nodes[int(i)] for i in rng.integers(len(nodes), size=2))
        if first != second and not graph.has_edge(first, second):
            graph.add_edge(first, second, weight=float(rng.integers(1, 6)))
