"""How hub-like each anchor's cluster is: centralisation, links between the spokes, ties to the outside.

A star has centralisation one, a ring and a complete graph zero [1]_. In a pure hub-and-spoke district the spokes hardly trade
with each other; where they do it has traits of a Marshallian one; a large firm whose ties all lead out of the city is a
satellite platform [2]_. The measures are only as good as the record: on inferred links they say what could be.

References
----------
.. [1] Freeman, L. C. (1979). Centrality in social networks: conceptual clarification. Social Networks 1(3),
   doi:10.1016/0378-8733(78)90021-7.
.. [2] Markusen, A. (1996). Sticky places in slippery space. Economic Geography 72(3), doi:10.2307/144402.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.clusters.edges import Edges
from kg.analysis.clusters.homes import Scope, directions_of, main_columns, normal_rows
from kg.analysis.clusters.memberships import DIRECTIONS, Direction
from kg.analysis.clusters.search import Clusters
from kg.analysis.clusters.shares import DIGITS, counting
from kg.analysis.links import Link
from kg.network.facts import Locality

_PLACES: Final[tuple[Locality, ...]] = ("local", "outside", "unknown")
_LOCAL, _OUTSIDE, _UNKNOWN = range(3)


@dataclass(frozen=True, slots=True)
class Ties:
    """Where the link weight of some firms leads; a link between two of them counts once.

    Attributes
    ----------
    inside
        Between firms of the set, all in the city.
    elsewhere
        To firms in the city that do not belong to the set.
    outside
        To or from firms outside the city, members or not.
    unknown
        To or from firms of which the ledgers do not tell where they are.
    """

    inside: float
    elsewhere: float
    outside: float
    unknown: float

    @property
    def total(self) -> float:
        """Return the whole weight."""
        return math.fsum((self.inside, self.elsewhere, self.outside, self.unknown))

    @property
    def external_share(self) -> float | None:
        """Return the share that leaves the set or the city, 0 … 1; None without links."""
        return (self.elsewhere + self.outside) / self.total if self.total else None

    @property
    def unknown_share(self) -> float | None:
        """Return the share of unknown place, 0 … 1; None without links."""
        return self.unknown / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Shape:
    """A cluster's shape on one set of links.

    Attributes
    ----------
    firms
        The anchor and its members.
    pairs
        Pairs of them that are linked.
    centralization
        Freeman's degree centralisation Σ(max d - d) / ((n-1)(n-2)) [1]_; None below three firms.
    spoke_density
        Linked pairs of members over possible ones; None below two members.
    centres
        The firms with the most partners within the cluster; none without links.
    ties
        Where the link weight leads.
    """

    firms: int
    pairs: int
    centralization: float | None
    spoke_density: float | None
    centres: tuple[str, ...]
    ties: Ties


@dataclass(frozen=True, slots=True)
class Tier:
    """How many members stand so many steps from the anchor: on record by recorded links, the others by inferred ones."""

    steps: int
    recorded: int
    inferred: int


@dataclass(frozen=True, slots=True)
class SharedFirm:
    """A member that several anchors share, with its share in each of them (in one direction, from the largest down)."""

    organization: str
    direction: Direction
    shares: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Hub:
    """One anchor's cluster in figures.

    Attributes
    ----------
    members
        Firms of which the anchor holds `SHARED_FROM` or more in one direction.
    at_home
        Firms that no other anchor holds a larger share of.
    shape, recorded
        The cluster on all its links; and its recorded members on recorded links alone.
    links
        The links between its firms.
    """

    anchor: str
    scope: Scope
    members: tuple[str, ...]
    at_home: tuple[str, ...]
    tiers: tuple[Tier, ...]
    shared: tuple[SharedFirm, ...]
    shape: Shape
    recorded: Shape
    links: tuple[Link, ...]


def shape_of(
    graph: nx.DiGraph | Edges,
    hub: str,
    firms: Collection[str] | None = None,
    localities: Mapping[str, Locality] | None = None,
) -> Shape:
    """Return the shape of a network, or of some of its firms, around one of them: centralisation, density and ties.

    Directions, parallel edges and those of a firm to itself do not count for centralisation and density.

    Parameters
    ----------
    graph
        Supply network: edges with ``weight``.
    hub
        The firm at the centre.
    firms
        The firms of the cluster, with or without the hub; default all.
    localities
        Where each firm is; one that is not named is unknown.

    Examples
    --------
    >>> star = nx.DiGraph((supplier, "hub") for supplier in "abcd")
    >>> nx.set_edge_attributes(star, 1.0, "weight")
    >>> shape_of(star, "hub").centralization, shape_of(star, "hub").spoke_density
    (1.0, 0.0)
    """
    edges = Edges.of_graph(graph)
    rows = edges.rows(sorted({hub, *(edges.firms if firms is None else firms)}))
    return Shapes(edges, localities or {}).shape(edges.rows([hub])[0], np.array(rows, np.int64))


def find_hubs(clusters: Clusters, *, scope: Scope = "both") -> tuple[Hub, ...]:
    """Return the figures of every anchor's cluster.

    Parameters
    ----------
    clusters
        What was found.
    scope
        Count as members suppliers, customers or both.
    """
    anchors, found = clusters.anchors, clusters.memberships
    edges = Edges.of_links(clusters.links, anchors)
    localities = {firm: known.locality for firm, known in clusters.network.organizations.items()}
    whole, recorded = Shapes(edges, localities), Shapes(edges.only(edges.recorded), localities)
    anchor_rows = edges.rows(anchors)
    ways = [DIRECTIONS.index(direction) for direction in directions_of(scope)]
    of_scope = np.isin(found.direction, ways)
    shape = (len(edges.firms), len(anchors))
    entries = found.weight[of_scope], (found.firm[of_scope], found.anchor[of_scope])
    homes = main_columns(normal_rows(sparse.coo_array(entries, shape=shape).tocsr(), anchor_rows))
    chosen = np.flatnonzero(of_scope & counting(found.weight))
    held: dict[tuple[int, int], list[tuple[str, float]]] = defaultdict(list)
    for place in chosen.tolist():
        key = int(found.firm[place]), int(found.direction[place])
        held[key].append((anchors[found.anchor[place]], float(found.weight[place])))
    hubs = []
    for column, (anchor, row) in enumerate(zip(anchors, anchor_rows, strict=True)):
        own = chosen[found.anchor[chosen] == column]
        members = np.unique(found.firm[own])
        on_record = np.unique(found.firm[own[found.recorded_tier[own] >= 0]])
        both = np.union1d(members, [row])
        keys = sorted(
            {(int(way), int(firm)) for way, firm in zip(found.direction[own], found.firm[own], strict=True)}
        )
        hubs.append(
            Hub(
                anchor,
                scope,
                _named(members, edges),
                _named(np.flatnonzero(homes == column), edges),
                _tiers(found.firm[own], found.tier[own], found.recorded_tier[own]),
                tuple(
                    SharedFirm(
                        edges.firms[firm],
                        DIRECTIONS[way],
                        tuple(
                            sorted(held[firm, way], key=lambda share: (-round(share[1], DIGITS), share[0]))
                        ),
                    )
                    for way, firm in keys
                    if len(held[firm, way]) > 1
                ),
                whole.shape(row, both),
                recorded.shape(row, np.union1d(on_record, [row])),
                tuple(clusters.links[int(place)] for place in whole.links(both)),
            )
        )
    return tuple(hubs)


def _named(rows: NDArray[np.int64], edges: Edges) -> tuple[str, ...]:
    return tuple(edges.firms[row] for row in rows.tolist())


def _tiers(
    firms: NDArray[np.int32], tiers: NDArray[np.int32], recorded: NDArray[np.int32]
) -> tuple[Tier, ...]:
    """Count each firm once, where it stands nearest: on record if it is on record in either direction."""
    inferred = recorded < 0
    steps = np.where(inferred, tiers, recorded)
    order = np.lexsort((steps, inferred, firms))
    _, first = np.unique(firms[order], return_index=True)
    nearest = order[first]
    return tuple(
        Tier(
            step,
            int(np.sum((steps[nearest] == step) & ~inferred[nearest])),
            int(np.sum((steps[nearest] == step) & inferred[nearest])),
        )
        for step in np.unique(steps[nearest]).tolist()
    )


class Shapes:
    """The shapes of sets of firms on one network.

    Parameters
    ----------
    edges
        The network; parallel edges add up, and those of a firm to itself do not count.
    localities
        Where each firm is; one that is not named is unknown.
    """

    def __init__(self, edges: Edges, localities: Mapping[str, Locality]) -> None:
        self._edges = edges
        self._places = np.array([_PLACES.index(localities.get(firm, "unknown")) for firm in edges.firms], int)
        self._partners = edges.partners
        apart = edges.supplier != edges.buyer
        # Where each firm's edges stand, those to itself left out.
        numbers = np.flatnonzero(apart)
        ends = np.concatenate((edges.supplier[numbers], edges.buyer[numbers]))
        order = np.argsort(ends, kind="stable")
        self._touching = np.concatenate((numbers, numbers))[order]
        self._starts = np.searchsorted(ends[order], np.arange(len(edges.firms) + 1))

    def shape(self, hub: int, firms: NDArray[np.int64]) -> Shape:
        """Return the shape of some firms around one of them, all as sorted rows."""
        own = self._partners[firms][:, firms].tocsr()
        degrees = np.diff(own.indptr)
        most = int(degrees.max(initial=0))
        return Shape(
            firms=len(firms),
            pairs=int(degrees.sum()) // 2,
            centralization=_centralization(own),
            spoke_density=_spoke_density(own, int(np.searchsorted(firms, hub))),
            centres=_named(firms[degrees == most], self._edges) if most else (),
            ties=self._ties(firms),
        )

    def _ties(self, firms: NDArray[np.int64]) -> Ties:
        edges = self._edges
        numbers = self._edges_of(firms)
        ends = edges.supplier[numbers], edges.buyer[numbers]
        own = np.isin(ends[0], firms) & np.isin(ends[1], firms)
        kinds = self._places[ends[0]], self._places[ends[1]]
        outside = (kinds[0] == _OUTSIDE) | (kinds[1] == _OUTSIDE)
        unknown = ((kinds[0] == _UNKNOWN) | (kinds[1] == _UNKNOWN)) & ~outside
        here = ~outside & ~unknown
        weight = edges.weight[numbers]
        return Ties(*(math.fsum(weight[part]) for part in (here & own, here & ~own, outside, unknown)))

    def links(self, firms: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the edges between firms of a set."""
        numbers = self._edges_of(firms)
        return numbers[
            np.isin(self._edges.supplier[numbers], firms) & np.isin(self._edges.buyer[numbers], firms)
        ]

    def _edges_of(self, firms: NDArray[np.int64]) -> NDArray[np.int64]:
        parts = [self._touching[self._starts[firm] : self._starts[firm + 1]] for firm in firms.tolist()]
        return np.unique(np.concatenate(parts))


def _centralization(partners: sparse.csr_array) -> float | None:
    count = partners.shape[0]
    if count <= 2:  # the formula's own bound
        return None
    degrees = np.diff(partners.indptr)
    return float((degrees.max() * count - degrees.sum()) / ((count - 1) * (count - 2)))


def _spoke_density(partners: sparse.csr_array, hub: int) -> float | None:
    possible = math.comb(partners.shape[0] - 1, 2)
    degrees = np.diff(partners.indptr)
    # Each link of the hub counts at the hub and at the spoke.
    return float((degrees.sum() - 2 * degrees[hub]) / 2 / possible) if possible else None
