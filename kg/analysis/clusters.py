"""Anchor clusters: which firms circle around which anchor, how exclusively, how much they matter to it, and why.

Membership is soft and seen from the firm: a walk from the firm follows its deliveries (for suppliers; its purchases for
customers) in proportion to their weight and ends at the first anchor it meets. The share of the walks that end at anchor
h is the firm's membership in the cluster of h: its personalised PageRank read at the anchors. A supplier that divides
its deliveries three to two between two anchors belongs to them three to two.

Rank is seen from the anchor: the personalised PageRank of the anchor along its purchases (its sales), that is, against
the direction of delivery for suppliers. It tells how much of the anchor's supply comes, directly or not, from the firm.

References
----------
.. [1] Haveliwala, T. (2002). Topic-sensitive PageRank. WWW 2002.
.. [2] Markusen, A. (1996). Sticky places in slippery space. Economic Geography 72(3), doi:10.2307/144402.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import networkx as nx
import numpy as np
from scipy import sparse

from kg.analysis.links import Link, find_links, supply_graph, weighted
from kg.analysis.ppr import arrival_blocks, rank_blocks
from kg.analysis.presence import Presence, find_presence
from kg.analysis.thresholds import Horizon
from kg.network.facts import Network, known_at

Direction = Literal["upstream", "downstream"]
DIRECTIONS: tuple[Direction, ...] = ("upstream", "downstream")
ANCHOR_ROLE = "anchor"
# Chance that a walk goes on after a step. On planted networks with 10-30 % wrong and missing links one half agrees best
# with the truth (benchmarks/cluster_agreement.py).
ALPHA = 0.5
# Chances below this are rounding of the iteration, shares below this are no membership.
LEAST_ARRIVAL = 1e-12
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
    rank
        Personalised PageRank of the anchor at the firm, 0 … 1: how much the firm matters to the anchor.
    path
        The strongest path between anchor and firm, from the anchor outwards.
    """

    anchor: str
    organization: str
    direction: Direction
    tier: int
    recorded_tier: int | None
    weight: float
    rank: float
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


def personalized_pagerank(
    graph: nx.DiGraph, anchors: Sequence[str], alpha: float
) -> dict[str, dict[str, float]]:
    """Return π_h(v) for each anchor h and every node v that it reaches; each row sums to one.

    The same as ``networkx.pagerank`` with ``personalization={h: 1}`` for every anchor, in one go.

    Parameters
    ----------
    graph
        Weighted directed graph; the walk follows its edges.
    anchors
        Where the walks start and restart; nodes of the graph.
    alpha
        Probability of following a link rather than restarting.
    """
    nodes, weights = _matrix(graph)
    ranks: dict[str, dict[str, float]] = {}
    for part, columns in rank_blocks(weights, _positions(nodes, anchors), alpha):
        for anchor, column in zip(anchors[part], columns.T, strict=True):
            ranks[anchor] = {nodes[i]: float(column[i]) for i in np.flatnonzero(column)}
    return ranks


def soft_membership(
    graph: nx.DiGraph, anchors: Sequence[str], *, direction: Direction = "upstream", alpha: float = ALPHA
) -> dict[str, dict[str, float]]:
    """Return the membership of every firm that reaches an anchor: its share in each anchor, summing to one.

    An anchor that delivers to another belongs to that one's cluster, too.

    Parameters
    ----------
    graph
        Supply network: weighted edges from supplier to buyer.
    anchors
        Nodes of the graph.
    direction
        ``upstream`` for suppliers (walks follow deliveries), ``downstream`` for customers (walks follow purchases).
    alpha
        Chance that a walk goes on after each step: the smaller, the more nearness counts.
    """
    nodes, weights = _matrix(graph)
    walk = weights if direction == "upstream" else weights.T.tocsr()
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for part, columns in arrival_blocks(walk, _positions(nodes, anchors), alpha):
        for anchor, column in zip(anchors[part], columns.T, strict=True):
            for index in np.flatnonzero(column > LEAST_ARRIVAL):
                found[nodes[index]][anchor] = float(column[index])
    return {
        firm: {anchor: chance / math.fsum(own.values()) for anchor, chance in own.items()}
        for firm, own in sorted(found.items())
    }


def _matrix(graph: nx.DiGraph) -> tuple[list[str], sparse.csr_array]:
    nodes = sorted(graph)
    if not nodes:  # NetworkX makes no matrix of nothing
        return nodes, sparse.csr_array((0, 0))
    return nodes, nx.to_scipy_sparse_array(graph, nodelist=nodes, weight="weight", dtype=float, format="csr")


def _positions(nodes: Sequence[str], anchors: Sequence[str]) -> list[int]:
    index = {node: position for position, node in enumerate(nodes)}
    return [index[anchor] for anchor in anchors]


def find_clusters(
    network: Network,
    *,
    alpha: float = ALPHA,
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
    shares = soft_membership(weighted(graph), anchors, direction=direction, alpha=alpha)
    ranks = personalized_pagerank(walk, anchors, alpha)
    strongest: dict[tuple[str, str], Link] = {}
    for link in links:
        pair = (link.buyer, link.supplier) if upstream else (link.supplier, link.buyer)
        if pair not in strongest or _stronger(link, strongest[pair]):
            strongest[pair] = link
    known = weighted(recorded, reverse=upstream)
    # A path's strength is the chance of walking it from the firm to the anchor.
    incoming = dict(walk.in_degree(weight="weight"))
    for _, firm, edge in walk.edges(data=True):
        # Rounding settles ties by name instead of by the last bit.
        edge["cost"] = round(-math.log(edge["weight"] / incoming[firm]), 9)
    for anchor in anchors:
        # A walk ends at the first anchor, so a path to this one may start at another but not lead through it.
        others = [other for other in anchors if other != anchor]
        own = nx.restricted_view(walk, [], list(walk.out_edges(others)))
        tiers = nx.single_source_shortest_path_length(own, anchor)
        on_record = nx.restricted_view(known, [], list(known.out_edges(others)))
        recorded_tiers = nx.single_source_shortest_path_length(on_record, anchor)
        _, paths = nx.single_source_dijkstra(own, anchor, weight="cost")
        for firm, tier in sorted(tiers.items()):
            weight = shares.get(firm, {}).get(anchor, 0.0)
            if firm == anchor or weight < LEAST_MEMBERSHIP:
                continue
            path = tuple(strongest[pair] for pair in pairwise(paths[firm]))
            rank = ranks[anchor].get(firm, 0.0)
            yield Membership(anchor, firm, direction, tier, recorded_tiers.get(firm), weight, rank, path)


def _stronger(link: Link, other: Link) -> bool:
    return (link.basis != "recorded", -link.weight, link.product) < (
        other.basis != "recorded",
        -other.weight,
        other.product,
    )
