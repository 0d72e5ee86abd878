"""Anchor clusters: which firms circle around which anchor, how near, how exclusively, and why.

Membership is soft. For each anchor h the personalised PageRank π_h spreads from h along the supply links, against their
direction to find suppliers and with it to find customers; the membership of firm v in the cluster of h is
π_h(v) / Σ π_h'(v) over all anchors h'. A supplier shared by two anchors stays shared.

References
----------
.. [1] Haveliwala, T. (2002). Topic-sensitive PageRank. WWW 2002.
.. [2] Markusen, A. (1996). Sticky places in slippery space. Economic Geography 72(3), doi:10.2307/144402.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import networkx as nx

from kg.analysis.links import Link, find_links, supply_graph, weighted
from kg.analysis.presence import Presence, find_presence
from kg.analysis.thresholds import Horizon
from kg.network.facts import Network, known_at

Direction = Literal["upstream", "downstream"]
DIRECTIONS: tuple[Direction, ...] = ("upstream", "downstream")
ANCHOR_ROLE = "anchor"
# Shares below this are rounding of the power iteration, not membership.
LEAST_MEMBERSHIP = 1e-9
# A firm is shared when a second anchor holds at least this share of it.
SHARED_FROM = 0.1


@dataclass(frozen=True, slots=True)
class Membership:
    """One firm in one anchor's cluster, in one direction.

    Attributes
    ----------
    tier
        Steps along any links; ``recorded_tier`` along recorded links only, None where they do not reach.
    weight
        Share of the firm's membership (over all anchors, this direction) that falls to this anchor, 0 … 1.
    path
        The strongest path between anchor and firm, from the anchor outwards.
    """

    anchor: str
    organization: str
    direction: Direction
    tier: int
    recorded_tier: int | None
    weight: float
    path: tuple[Link, ...]


@dataclass(frozen=True)
class Clusters:
    """All anchors, every membership, the firms that no anchor reaches, and the links they were found on."""

    network: Network
    presence: Presence
    anchors: tuple[str, ...]
    memberships: tuple[Membership, ...]
    outside: tuple[str, ...]
    links: tuple[Link, ...]
    alpha: float
    horizon: Horizon

    def of(self, anchor: str) -> tuple[Membership, ...]:
        """Return the memberships in one anchor's cluster."""
        return tuple(membership for membership in self.memberships if membership.anchor == anchor)

    def shares(self) -> Mapping[str, Mapping[str, float]]:
        """Return each firm's share in each anchor, both directions together, summing to one a firm."""
        found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for membership in self.memberships:
            found[membership.organization][membership.anchor] += membership.weight
        return {
            firm: {anchor: share / math.fsum(own.values()) for anchor, share in sorted(own.items())}
            for firm, own in sorted(found.items())
        }

    def shared(self, direction: Direction = "upstream") -> Mapping[str, tuple[str, ...]]:
        """Return the firms that serve several anchors, with these anchors."""
        found: dict[str, list[str]] = defaultdict(list)
        for membership in self.memberships:
            if membership.direction == direction and membership.weight >= SHARED_FROM:
                found[membership.organization].append(membership.anchor)
        return {firm: tuple(sorted(anchors)) for firm, anchors in sorted(found.items()) if len(anchors) > 1}


def named_anchors(network: Network) -> tuple[str, ...]:
    """Return the organizations that an authority names anchor of a chain as of the network's date, sorted."""
    return tuple(
        sorted(
            {
                fact.organization
                for fact in network.participations
                if fact.role == ANCHOR_ROLE
                and known_at(fact.valid_from, network.as_of)
                and not (fact.valid_to and known_at(fact.valid_to, network.as_of))
            }
        )
    )


def personalized_pagerank(graph: nx.DiGraph, anchors: Iterable[str], alpha: float) -> dict[str, dict[str, float]]:
    """Return π_h(v) for each anchor h and every node v of ``graph``; each row sums to one.

    Parameters
    ----------
    graph
        Weighted directed graph; the walk follows its edges.
    anchors
        Where the walks start and restart. An anchor that is not in the graph reaches only itself.
    alpha
        Probability of following a link rather than restarting.
    """
    ranks: dict[str, dict[str, float]] = {}
    for anchor in anchors:
        if graph.has_node(anchor) and graph.out_degree(anchor):
            ranks[anchor] = nx.pagerank(
                graph, alpha=alpha, personalization={anchor: 1.0}, weight="weight", tol=1e-12, max_iter=1000
            )
        else:
            ranks[anchor] = {anchor: 1.0}
    return ranks


def find_clusters(
    network: Network,
    *,
    alpha: float = 0.85,
    with_pipeline: bool = True,
    horizon: Horizon | None = None,
) -> Clusters:
    """Find the cluster of every named anchor.

    Parameters
    ----------
    network
        What the ledgers say.
    alpha
        Damping of the walk; printed with every result.
    with_pipeline
        Whether projects in the pipeline may supply and need.
    horizon
        How long statements stay good.
    """
    limit = horizon or Horizon()
    presence = find_presence(network, limit)
    links = find_links(presence, with_pipeline=with_pipeline, horizon=limit)
    anchors = named_anchors(network)
    graph = supply_graph(links, nodes=anchors)
    recorded = supply_graph((link for link in links if link.basis == "recorded"), nodes=graph)
    found: list[Membership] = []
    for direction in DIRECTIONS:
        found.extend(_memberships(graph, recorded, links, anchors, direction, alpha))
    reached = {membership.organization for membership in found} | set(anchors)
    # Outside are the local firms that do something in the chains and that no anchor reaches.
    active = {fact.organization for fact in network.participations} | set(presence.products_of)
    outside = tuple(sorted(firm for firm in active if network.local(firm) and firm not in reached))
    found.sort(key=lambda m: (m.anchor, m.direction != "upstream", m.tier, -m.weight, m.organization))
    return Clusters(network, presence, anchors, tuple(found), outside, links, alpha, limit)


def _memberships(
    graph: nx.MultiDiGraph,
    recorded: nx.MultiDiGraph,
    links: Iterable[Link],
    anchors: tuple[str, ...],
    direction: Direction,
    alpha: float,
) -> Iterable[Membership]:
    upstream = direction == "upstream"
    walk = weighted(graph, reverse=upstream)
    ranks = personalized_pagerank(walk, anchors, alpha)
    totals: dict[str, float] = defaultdict(float)
    for own in ranks.values():
        for node, rank in own.items():
            totals[node] += rank
    strongest: dict[tuple[str, str], Link] = {}
    for link in links:
        pair = (link.buyer, link.supplier) if upstream else (link.supplier, link.buyer)
        if pair not in strongest or _stronger(link, strongest[pair]):
            strongest[pair] = link
    known = weighted(recorded, reverse=upstream)
    for node, own in list(walk.adjacency()):
        out = math.fsum(edge["weight"] for edge in own.values())
        for neighbour in own:
            walk.edges[node, neighbour]["cost"] = -math.log(walk.edges[node, neighbour]["weight"] / out)
    for anchor in anchors:
        tiers = nx.single_source_shortest_path_length(walk, anchor)
        recorded_tiers = nx.single_source_shortest_path_length(known, anchor)
        # Costs are sums of logarithms: rounding them settles ties by name instead of by the last bit.
        _, paths = nx.single_source_dijkstra(walk, anchor, weight=lambda _u, _v, edge: round(edge["cost"], 9))
        for firm, tier in sorted(tiers.items()):
            weight = ranks[anchor].get(firm, 0.0) / totals[firm] if totals[firm] else 0.0
            if firm == anchor or weight < LEAST_MEMBERSHIP:
                continue
            nodes = paths[firm]
            path = tuple(strongest[pair] for pair in zip(nodes, nodes[1:], strict=False))
            yield Membership(anchor, firm, direction, tier, recorded_tiers.get(firm), weight, path)


def _stronger(link: Link, other: Link) -> bool:
    return (link.basis != "recorded", -link.weight, link.product) < (other.basis != "recorded", -other.weight, other.product)
