"""Anchor clusters: which firms circle around which anchor, how exclusively, how much they matter to it, and why.

Membership is soft and seen from the firm: a walk from the firm follows its deliveries (for suppliers; its purchases for
customers) in proportion to their weight, takes three steps at most (`TIERS`) and ends at the first anchor it meets. The
share of the walks that end at anchor h is the firm's membership in the cluster of h: its personalised PageRank read at the
anchors. A supplier that divides its deliveries three to two between two anchors belongs to them three to two.

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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.clusters.edges import Edges
from kg.analysis.clusters.memberships import DIRECTIONS, Direction, Grounds, Membership, Memberships
from kg.analysis.clusters.ppr import rank_blocks
from kg.analysis.clusters.shares import ALPHA, TIERS, counting, find_shares
from kg.analysis.clusters.tiers import find_tiers
from kg.analysis.links import Links, find_links
from kg.analysis.presence import Presence, find_presence
from kg.analysis.thresholds import Horizon
from kg.collector import paused
from kg.network.facts import Network

ANCHOR_ROLE = "anchor"


@dataclass(frozen=True)
class Clusters:
    """All anchors, every membership, the firms that are in no cluster, and the links they were found on."""

    network: Network
    presence: Presence
    anchors: tuple[str, ...]
    memberships: Memberships
    outside: tuple[str, ...]
    links: Links
    alpha: float
    tiers: int
    horizon: Horizon

    def of(self, anchor: str) -> tuple[Membership, ...]:
        """Return the memberships in one anchor's cluster."""
        return self.memberships.of(anchor)

    def shares(self) -> Mapping[str, Mapping[str, float]]:
        """Return each firm's share in each anchor, both directions together, summing to one a firm."""
        own = self.memberships
        found: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for firm, anchor, weight in zip(
            own.firm.tolist(), own.anchor.tolist(), own.weight.tolist(), strict=True
        ):
            found[firm][anchor] += weight
        firms = own.grounds.firms
        shares = {}
        for firm, parts in sorted(found.items()):
            whole = math.fsum(parts.values())
            shares[firms[firm]] = {
                self.anchors[anchor]: part / whole for anchor, part in sorted(parts.items())
            }
        return shares

    def shared(self, direction: Direction = "upstream") -> Mapping[str, tuple[str, ...]]:
        """Return the firms that serve several anchors, with these anchors."""
        own = self.memberships
        chosen = (own.direction == DIRECTIONS.index(direction)) & counting(own.weight)
        found: dict[int, list[int]] = defaultdict(list)
        for firm, anchor in zip(own.firm[chosen].tolist(), own.anchor[chosen].tolist(), strict=True):
            found[firm].append(anchor)
        return {
            own.grounds.firms[firm]: tuple(self.anchors[anchor] for anchor in sorted(anchors))
            for firm, anchors in sorted(found.items())
            if len(anchors) > 1
        }


def named_anchors(network: Network) -> tuple[str, ...]:
    """Return the organizations that an authority names anchor of a chain as of the network's date, and that exist then; sorted."""
    named = {fact.organization for fact in network.current_participations() if fact.role == ANCHOR_ROLE}
    return tuple(sorted(firm for firm in named if not network.closed(firm)))


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
    graph: nx.DiGraph,
    anchors: Sequence[str],
    *,
    direction: Direction = "upstream",
    alpha: float = ALPHA,
    tiers: int = TIERS,
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
    tiers
        The most steps that a walk takes: a firm further from every anchor has no membership.
    """
    nodes, weights = _matrix(graph)
    walk = weights if direction == "upstream" else weights.T.tocsr()
    own = find_shares(walk, _positions(nodes, anchors), alpha, tiers)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    columns = own.node.tolist(), own.anchor.tolist(), own.share.tolist()
    for node, anchor, share in zip(*columns, strict=True):
        found[nodes[node]][anchors[anchor]] = share
    return dict(found)


def _matrix(graph: nx.DiGraph) -> tuple[list[str], sparse.csr_array]:
    nodes = sorted(graph)
    if not nodes:  # NetworkX makes no matrix of nothing
        return nodes, sparse.csr_array((0, 0))
    return nodes, nx.to_scipy_sparse_array(graph, nodelist=nodes, weight="weight", dtype=float, format="csr")


def _positions(nodes: Sequence[str], anchors: Sequence[str]) -> list[int]:
    index = {node: position for position, node in enumerate(nodes)}
    return [index[anchor] for anchor in anchors]


@paused()
def find_clusters(
    network: Network,
    *,
    alpha: float = ALPHA,
    tiers: int = TIERS,
    with_pipeline: bool = True,
    horizon: Horizon | None = None,
    presence: Presence | None = None,
) -> Clusters:
    """Find the cluster of every named anchor.

    Parameters
    ----------
    network
        What the ledgers say.
    alpha
        Damping of the walk; printed with every result.
    tiers
        How many steps a cluster reaches from its anchor; printed with every result.
    with_pipeline
        Whether projects in the pipeline may supply and need.
    horizon
        How long statements stay good.
    presence
        Who makes what, found with the same horizon, where it is at hand.
    """
    limit = horizon or Horizon()
    who = presence or find_presence(network, limit)
    links = find_links(who, with_pipeline=with_pipeline, horizon=limit)
    anchors = named_anchors(network)
    edges = Edges.of_links(links, anchors)
    firms, supply = edges.firms, edges.matrix
    recorded = supply if edges.recorded.all() else edges.only(edges.recorded).matrix
    grounds = Grounds(firms, anchors, links, supply, recorded, alpha, tiers)
    reached = np.zeros(len(firms), bool)
    reached[grounds.anchor_rows] = True
    columns: list[tuple[NDArray[Any], ...]] = [(np.zeros(0, np.int32),) * 4 + (np.zeros(0),)]
    for number, direction in enumerate(DIRECTIONS):
        walk = grounds.walk(direction)
        shares = find_shares(walk, grounds.anchor_rows, alpha, tiers)
        steps = find_tiers(walk, grounds.anchor_rows, shares.node, shares.anchor, tiers)
        columns.append((shares.anchor, shares.node, np.full_like(shares.node, number), steps, shares.share))
        reached[shares.node] = True
    found = Memberships(grounds, *(np.concatenate(own) for own in zip(*columns, strict=True)))
    # Outside are the local firms that do something in the chains and that no anchor reaches.
    near = {firms[row] for row in np.flatnonzero(reached)}
    active = {fact.organization for fact in network.current_participations()}
    active.update(maker.organization for makers in who.makers.values() for maker in makers)
    outside = tuple(sorted(firm for firm in active if network.local(firm) and firm not in near))
    return Clusters(network, who, anchors, found, outside, links, alpha, tiers, limit)
