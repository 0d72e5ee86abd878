"""Anchors that nobody named: local firms on which others depend by their largest flow.

The criterion is Nystuen and Dacey's [1]_: a supplier depends on the buyer to which most of its deliveries go, if that buyer
receives more in all than the supplier itself does; a firm that depends on none, and on which at least ``MIN_DEPENDENTS``
suppliers depend, is a centre. The same holds for customers and the supplier from which most of their purchases come. A centre
in either direction is an anchor by its links, whoever named it or did not. Where two flows are equally large the larger
partner counts; where the partners are equally large, too, the firm depends on none.

What the criterion cannot see: plants without recorded or inferred links, and size in output, jobs or money.

References
----------
.. [1] Nystuen, J. D., Dacey, M. F. (1961). A graph theory interpretation of nodal regions. Papers in Regional Science 7(1),
   doi:10.1111/j.1435-5597.1961.tb01769.x.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import networkx as nx
import numpy as np

from kg.analysis.clusters.edges import Edges
from kg.analysis.clusters.homes import Scope, directions_of, find_homes, share_table
from kg.analysis.clusters.memberships import Direction
from kg.analysis.clusters.search import Clusters
from kg.analysis.clusters.shares import ALPHA, DIGITS, TIERS, counting
from kg.analysis.groups import controlling_groups

# A firm on which so many others depend is a centre. On planted networks with 10-30 % wrong and missing links four finds all
# anchors, and three to four of five that it finds are anchors (benchmarks/anchor_discovery.py).
MIN_DEPENDENTS: Final = 4
# For so many unnamed centres, those with the most dependents, it is worked out whom they would take over.
TRIED: Final = 20

Verdict = Literal["both", "named", "found"]
# Why the criterion does not find a named anchor.
Miss = Literal["no-links", "few-dependents", "subordinate", "outside", "unknown"]


@dataclass(frozen=True, slots=True)
class Move:
    """A firm that a new anchor would hold at least ``SHARED_FROM`` of.

    Attributes
    ----------
    home
        The anchor it is at home with so far; None where no anchor reaches it.
    share
        What the new anchor would hold of it, 0 … 1.
    leaves
        Whether the new anchor would become its home; otherwise the two share it.
    """

    organization: str
    home: str | None
    share: float
    leaves: bool


@dataclass(frozen=True, slots=True)
class Centre:
    """A named anchor, or a firm that the criterion finds, beside each other.

    Attributes
    ----------
    verdict
        ``both``: named and found; ``named``: named, not found, for the reason ``miss``; ``found``: found, not named.
    ways
        The directions in which the criterion finds it.
    dependents
        By direction: suppliers most of whose deliveries go to it, customers most of whose purchases come from it.
    recorded_dependents
        The same, on recorded links alone.
    depends_on
        By direction the larger firm that it depends on itself, if there is one.
    suppliers, buyers
        How many firms deliver to it and buy from it: on record, and inferred links included.
    strength
        Weight of its links.
    products
        What it is recorded as making.
    chains
        The chains that it takes part in.
    group_anchors
        Named anchors of its controlling group, other than itself.
    moves
        Firms that it would hold a part of if it were named; None where that was not worked out.
    """

    organization: str
    verdict: Verdict
    miss: Miss | None
    ways: tuple[Direction, ...]
    dependents: Mapping[Direction, tuple[str, ...]]
    recorded_dependents: Mapping[Direction, tuple[str, ...]]
    depends_on: Mapping[Direction, str]
    suppliers: tuple[int, int]
    buyers: tuple[int, int]
    strength: float
    products: tuple[str, ...]
    chains: tuple[str, ...]
    group_anchors: tuple[str, ...]
    moves: tuple[Move, ...] | None


@dataclass(frozen=True, slots=True)
class Discovery:
    """Named and unnamed centres, and firms elsewhere that many local firms depend on.

    Attributes
    ----------
    centres
        Named anchors that are found, those that are not, and unnamed centres; by falling dependents.
    elsewhere
        Firms not known to be local that would be centres otherwise, with how many firms depend on them.
    """

    clusters: Clusters
    scope: Scope
    min_dependents: int
    centres: tuple[Centre, ...]
    elsewhere: tuple[tuple[str, int], ...]


def largest_partners(graph: nx.DiGraph, direction: Direction = "upstream") -> dict[str, str | None]:
    """Return for each node the larger one that its largest flow leads to [1]_; None for an independent node.

    Parameters
    ----------
    graph
        Supply network: weighted edges from supplier to buyer. Self-loops do not count.
    direction
        ``upstream``: the flows of a node are its deliveries, its size is what it receives; ``downstream``: its purchases,
        and what it delivers.

    Examples
    --------
    >>> star = nx.DiGraph([("a", "hub"), ("b", "hub"), ("hub", "c")])
    >>> nx.set_edge_attributes(star, 1.0, "weight")
    >>> largest_partners(star)
    {'a': 'hub', 'b': 'hub', 'c': None, 'hub': None}
    """
    flows: dict[str, dict[str, float]] = {node: defaultdict(float) for node in graph}
    for supplier, buyer, weight in graph.edges(data="weight"):
        if supplier != buyer:
            start, end = (supplier, buyer) if direction == "upstream" else (buyer, supplier)
            flows[start][end] += weight
    sizes: dict[str, list[float]] = {node: [] for node in graph}
    for own in flows.values():
        for partner, weight in own.items():
            sizes[partner].append(weight)
    size = {node: round(math.fsum(weights), DIGITS) for node, weights in sizes.items()}
    found: dict[str, str | None] = {}
    for node in sorted(graph):
        ranked = sorted(
            ((round(weight, DIGITS), size[partner], partner) for partner, weight in flows[node].items()),
            reverse=True,
        )[:2]
        tied = len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]
        larger = bool(ranked) and ranked[0][1] > size[node]
        found[node] = ranked[0][2] if larger and not tied else None
    return found


def dependents(partners: Mapping[str, str | None]) -> dict[str, tuple[str, ...]]:
    """Return the firms that depend on each firm, of those on which any does.

    Parameters
    ----------
    partners
        As of :func:`largest_partners`.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for firm, partner in sorted(partners.items()):
        if partner is not None:
            found[partner].append(firm)
    return {firm: tuple(own) for firm, own in sorted(found.items())}


def moves_to(
    graph: nx.DiGraph | Edges,
    anchors: Sequence[str],
    candidate: str,
    *,
    scope: Scope = "both",
    alpha: float = ALPHA,
    tiers: int = TIERS,
    homes: Mapping[str, str] | None = None,
) -> tuple[Move, ...]:
    """Return the firms that a candidate would hold a part of if it were an anchor, too.

    The candidate itself is left out. Costs one run of :func:`kg.analysis.clusters.homes.share_table`.

    Parameters
    ----------
    graph
        Supply network: weighted edges from supplier to buyer.
    anchors, candidate
        Nodes of the graph.
    scope, alpha, tiers
        As in :func:`kg.analysis.clusters.homes.find_homes`.
    homes
        Its result without the candidate, if it is at hand.
    """
    edges = Edges.of_graph(graph)
    before = find_homes(edges, anchors, scope=scope, alpha=alpha, tiers=tiers) if homes is None else homes
    table = share_table(edges, (*anchors, candidate), scope=scope, alpha=alpha, tiers=tiers)
    held = table[:, [len(anchors)]].toarray().ravel()
    rows = np.flatnonzero(counting(held))
    others = table[rows][:, : len(anchors)]
    most = others.max(axis=1).toarray().ravel() if others.shape[1] else np.zeros(len(rows))
    leaves = held[rows].round(DIGITS) > most.round(DIGITS)
    return tuple(
        Move(edges.firms[row], before.get(edges.firms[row]), float(held[row]), bool(goes))
        for row, goes in zip(rows.tolist(), leaves, strict=True)
    )


def find_centres(
    clusters: Clusters,
    *,
    scope: Scope = "both",
    min_dependents: int = MIN_DEPENDENTS,
    tried: int = TRIED,
) -> Discovery:
    """Find the anchors by their links, and set them beside the named ones.

    Parameters
    ----------
    clusters
        The clusters of the named anchors.
    scope
        ``upstream`` makes a centre of a firm that suppliers depend on, ``downstream`` of one that customers depend on,
        ``both`` of either.
    min_dependents
        How many firms have to depend on a centre, at least 1.
    tried
        For how many unnamed centres the moves are worked out.
    """
    network = clusters.network
    edges = Edges.of_links(clusters.links, clusters.anchors)
    graph, recorded = edges.graph(), edges.only(edges.recorded).graph()
    ways = directions_of(scope)
    partners = {way: largest_partners(graph, way) for way in ways}
    found = {way: dependents(partners[way]) for way in ways}
    on_record = {way: dependents(largest_partners(recorded, way)) for way in ways}
    many = {way: {firm for firm, own in found[way].items() if len(own) >= min_dependents} for way in ways}
    centres_of = {way: {firm for firm in many[way] if partners[way][firm] is None} for way in ways}
    by_links = set().union(*centres_of.values())
    groups = controlling_groups(network)
    by_group: dict[str, list[str]] = defaultdict(list)
    for anchor in clusters.anchors:
        by_group[groups.get(anchor, anchor)].append(anchor)
    chains: dict[str, set[str]] = defaultdict(set)
    for fact in network.current_participations():
        chains[fact.organization].add(fact.chain)
    named = set(clusters.anchors)

    def why_missed(firm: str) -> Miss:
        if not graph.degree(firm):
            return "no-links"
        if not any(firm in many[way] for way in ways):
            return "few-dependents"
        if firm not in by_links:
            return "subordinate"
        known = network.organizations.get(firm)
        return "outside" if known is not None and known.locality == "outside" else "unknown"

    def centre(firm: str) -> Centre:
        is_found = firm in by_links and network.local(firm)
        return Centre(
            organization=firm,
            verdict=("both" if firm in named else "found") if is_found else "named",
            miss=None if is_found else why_missed(firm),
            ways=tuple(way for way in ways if is_found and firm in centres_of[way]),
            dependents={way: found[way].get(firm, ()) for way in ways},
            recorded_dependents={way: on_record[way].get(firm, ()) for way in ways},
            depends_on={way: on for way in ways if (on := partners[way][firm]) is not None},
            suppliers=(_degree(recorded, firm, incoming=True), _degree(graph, firm, incoming=True)),
            buyers=(_degree(recorded, firm, incoming=False), _degree(graph, firm, incoming=False)),
            strength=float(graph.degree(firm, weight="weight")),
            products=clusters.presence.products_of.get(firm, ()),
            chains=tuple(sorted(chains[firm])),
            group_anchors=tuple(a for a in by_group[groups.get(firm, firm)] if a != firm),
            moves=None,
        )

    centres = sorted(map(centre, sorted(named | set(filter(network.local, by_links)))), key=_order)
    chosen = [one.organization for one in centres if one.verdict == "found"][:tried]
    anchors, alpha, tiers = clusters.anchors, clusters.alpha, clusters.tiers
    homes = find_homes(edges, anchors, scope=scope, alpha=alpha, tiers=tiers) if chosen else {}
    moves = {
        firm: moves_to(edges, anchors, firm, scope=scope, alpha=alpha, tiers=tiers, homes=homes)
        for firm in chosen
    }
    elsewhere = [
        (firm, len({other for way in ways for other in found[way].get(firm, ())}))
        for firm in sorted(by_links - named)
        if not network.local(firm)
    ]
    return Discovery(
        clusters,
        scope,
        min_dependents,
        tuple(replace(one, moves=moves.get(one.organization)) for one in centres),
        tuple(sorted(elsewhere, key=lambda e: (-e[1], e[0]))),
    )


def _order(centre: Centre) -> tuple[int, int, int, float, str]:
    """Sort by verdict, then by falling dependents."""
    return (
        ("both", "named", "found").index(centre.verdict),
        -sum(map(len, centre.dependents.values())),
        -sum(map(len, centre.recorded_dependents.values())),
        -round(centre.strength, DIGITS),
        centre.organization,
    )


def _degree(graph: nx.DiGraph, firm: str, *, incoming: bool) -> int:
    if firm not in graph:
        return 0
    return sum(other != firm for other in (graph.pred if incoming else graph.succ)[firm])
