"""Critical points: single-sourced products, what each anchor cannot do without, and nexus suppliers.

Two readings of "critical" stand side by side, because they answer different questions:

* an input is *required* (缺一不可) where taking it away stops something the anchor makes: AND over the inputs of a route.
  Every required input on every way is required, so they are ranked by what is lost with them;
* an input is a *dominator* (无替代路径) where every path through the product graph to the anchor's product leads through
  it: OR between inputs. One independent feed, and there is none [1]_. Each dominator is also required.

Nexus suppliers are told by four readings of one supply network [2]_: supply load (suppliers, in-degree), demand load
(buyers, out-degree), operational criticality (betweenness) and informational independence (closeness).

References
----------
.. [1] Cooper, K. D., Harvey, T. J., Kennedy, K. (2001). A simple, fast dominance algorithm. Rice University.
.. [2] Kim, Y., Choi, T. Y., Yan, T., Dooley, K. (2011). Structural investigation of supply networks. Journal of Operations
   Management 29(3), doi:10.1016/j.jom.2010.11.001.
.. [3] Brandes, U., Pich, C. (2007). Centrality estimation in large networks. International Journal of Bifurcation and
   Chaos 17(7), doi:10.1142/S0218127407018403.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import networkx as nx

from kg.analysis.availability import ROOT, Fall, Producible, find_producible
from kg.analysis.availability.recipe_clauses import Conditions, Plant
from kg.analysis.clusters import named_anchors
from kg.analysis.demand import Need, find_needs
from kg.analysis.groups import controlling_groups
from kg.analysis.links import Basis, Link, find_links, supply_graph
from kg.analysis.presence import Maker, find_presence
from kg.analysis.thresholds import Horizon
from kg.network.facts import Network, Route

# Up to so many firms the paths between all of them are counted; above, those from so many of them, chosen by the seed.
EXACT_UP_TO: Final = 500
PIVOTS: Final = 50
SEED: Final = 0


@dataclass(frozen=True, slots=True)
class SingleSource:
    """A product that one controlling group alone makes locally.

    Attributes
    ----------
    group
        The organization at the top of the group.
    makers
        Its recorded makers, of the product and of narrower ones.
    needs
        Who needs it for what, makers within the group included.
    lost
        The other products that nobody local could make if these makers stopped.
    idled
        Firms outside the group of which something would stand still then.
    """

    product: str
    group: str
    makers: tuple[Maker, ...]
    needs: tuple[Need, ...]
    lost: tuple[str, ...]
    idled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CriticalInput:
    """A product without which an anchor stops making something.

    Attributes
    ----------
    stops
        Products of the anchor that stop without it.
    dominates
        Those of them to which every path leads through it.
    makers
        Its recorded local makers, none where it comes from outside.
    groups
        Their controlling groups.
    raw
        Whether it is a raw material.
    routes
        The routes by which it leads to what stops.
    """

    anchor: str
    product: str
    stops: tuple[str, ...]
    dominates: tuple[str, ...]
    makers: tuple[Maker, ...]
    groups: tuple[str, ...]
    raw: bool
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class NexusSupplier:
    """A firm's place in the supply network.

    Attributes
    ----------
    basis
        ``recorded``: recorded deliveries alone; ``inferred``: together with the inferred links (evidence E6).
    supply_load, demand_load
        How many firms deliver to it, and how many it delivers to.
    operational_criticality
        Betweenness: share of the shortest delivery paths between two other firms that lead through it, 0 … 1.
    informational_independence
        Closeness on the links without direction, scaled by the share of firms reached [2]_, 0 … 1.
    sources
        The sources of its own links.
    """

    organization: str
    basis: Basis
    supply_load: int
    demand_load: int
    operational_criticality: float
    informational_independence: float
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Critical:
    """All critical points, and what they were found under.

    ``upstream`` are, for each anchor, the firms that deliver to it directly or through others, itself included.
    ``alone`` are the anchors that nothing is critical for: of them no running production is on record, or none of whose
    inputs is known. ``pivots`` is how many firms paths were counted from, None for all of them.
    """

    network: Network
    conditions: Conditions
    horizon: Horizon
    anchors: tuple[str, ...]
    single_sourced: tuple[SingleSource, ...]
    inputs: tuple[CriticalInput, ...]
    nexus: tuple[NexusSupplier, ...]
    upstream: Mapping[str, frozenset[str]]
    alone: tuple[str, ...]
    pivots: int | None
    seed: int

    def of(self, anchor: str) -> Critical:
        """Return what concerns one anchor: its inputs, those of them with a single source, and the firms above it."""
        inputs = tuple(found for found in self.inputs if found.anchor == anchor)
        products = {found.product for found in inputs}
        above = self.upstream.get(anchor, frozenset())
        return Critical(
            self.network,
            self.conditions,
            self.horizon,
            (anchor,),
            tuple(found for found in self.single_sourced if found.product in products),
            inputs,
            tuple(found for found in self.nexus if found.organization in above),
            {anchor: above},
            tuple(found for found in self.alone if found == anchor),
            self.pivots,
            self.seed,
        )


def find_critical(
    network: Network,
    anchors: Iterable[str] | None = None,
    *,
    conditions: Conditions | None = None,
    horizon: Horizon | None = None,
    seed: int = SEED,
) -> Critical:
    """Find the critical points.

    Parameters
    ----------
    network
        What the ledgers say.
    anchors
        IRIs of organizations; default the named anchors.
    conditions
        What counts as available; what is taken away is not to be had under any.
    horizon
        How old facts may be.
    seed
        Chooses the firms that paths are counted from, where there are too many to count from all.
    """
    limit = horizon or Horizon()
    presence = find_presence(network, limit)
    base = find_producible(presence, conditions)
    chosen = named_anchors(network) if anchors is None else tuple(sorted(set(anchors)))
    groups = controlling_groups(network)
    inputs = tuple(_critical_inputs(base, chosen, groups))
    links = find_links(presence, with_pipeline=False, horizon=limit)
    graph = supply_graph(links, nodes=chosen)
    pivots = PIVOTS if len(graph) > EXACT_UP_TO else None
    known = {found.anchor for found in inputs}
    return Critical(
        network,
        base.conditions,
        limit,
        chosen,
        tuple(_single_sourced(base, groups)),
        inputs,
        find_nexus(links, pivots=pivots, seed=seed),
        {anchor: frozenset({anchor, *nx.ancestors(graph, anchor)}) for anchor in chosen},
        tuple(anchor for anchor in chosen if anchor not in known),
        pivots,
        seed,
    )


@dataclass(frozen=True, slots=True)
class _Falls:
    """What some plants lose with each product, worked out once."""

    base: Producible
    among: frozenset[Plant]
    known: dict[str, Fall]

    def without(self, product: str) -> Fall:
        if product not in self.known:
            self.known[product] = self.base.fall(removed=[product], among=self.among)
        return self.known[product]


def _single_sourced(base: Producible, groups: Mapping[str, str]) -> Iterable[SingleSource]:
    presence = base.presence
    needs = find_needs(presence, with_pipeline=False)
    found = []
    for product in presence.makers:
        makers = presence.makers_of(product)
        holders = {groups.get(maker.organization, maker.organization) for maker in makers}
        if len(holders) > 1 or presence.network.product_kinds.get(product) in ("process", "service"):
            continue
        group = min(holders)
        own = {product, *presence.narrower_of(product)}
        fall = base.fall(stopped=(plant for member in sorted(own) for plant in base.plants_of(member)))
        lost = {o.product for o in fall.outages} - own
        lost = {p for p in lost if not _still_made(base, p, fall)}
        idled = {o.organization for o in fall.outages if groups.get(o.organization, o.organization) != group}
        found.append(
            SingleSource(
                product, group, makers, needs.get(product, ()), tuple(sorted(lost)), tuple(sorted(idled))
            )
        )
    return sorted(found, key=lambda s: (-len(s.idled), -len(s.lost), not s.needs, s.product))


def _still_made(base: Producible, product: str, fall: Fall) -> bool:
    out = {outage.organization for outage in fall.outages if outage.product == product}
    return any(organization not in out for organization, _ in base.plants_of(product))


def _critical_inputs(
    base: Producible, anchors: Collection[str], groups: Mapping[str, str]
) -> Iterable[CriticalInput]:
    presence = base.presence
    graph = base.graph()
    above = dominators(graph)
    traded = base.traded()
    running: dict[str, list[str]] = defaultdict(list)
    for organization, product in base.running:
        running[organization].append(product)
    falls = _Falls(base, frozenset((anchor, p) for anchor in anchors for p in running.get(anchor, ())), {})
    for anchor in anchors:
        products = sorted(running.get(anchor, ()))
        upstream = {up for product in products if product in graph for up in nx.ancestors(graph, product)}
        found = []
        for product in sorted((upstream & traded) - {ROOT}):
            own = {product, *presence.narrower_of(product)}
            out = [
                outage
                for outage in falls.without(product).outages
                if outage.organization == anchor and outage.product not in own
            ]
            if out:
                stops = tuple(outage.product for outage in out)
                makers = presence.makers_of(product)
                found.append(
                    CriticalInput(
                        anchor,
                        product,
                        stops,
                        tuple(made for made in stops if product in above.get(made, ())),
                        makers,
                        tuple(sorted({groups.get(m.organization, m.organization) for m in makers})),
                        presence.network.product_kinds.get(product) == "raw",
                        tuple(dict.fromkeys(route for outage in out for route in outage.routes)),
                    )
                )
        yield from sorted(found, key=lambda c: (-len(c.stops), -len(c.dominates), c.product))


def dominators(graph: nx.DiGraph, root: str = ROOT) -> dict[str, tuple[str, ...]]:
    """Return for each product the products that every path from the root to it leads through, the nearest first.

    Products that the root does not reach have no entry.

    Parameters
    ----------
    graph
        The product graph, from inputs to outputs; see :meth:`kg.analysis.availability.Producible.graph`.
    root
        The node that stands for whatever needs no other product.
    """
    # Whether the root is a key (its own dominator) differs between versions of NetworkX.
    above = {node: up for node, up in nx.immediate_dominators(graph, root).items() if node != root}
    found: dict[str, tuple[str, ...]] = {}
    for node in sorted(above):
        chain: list[str] = []
        step = above[node]
        while step != root:
            chain.append(step)
            step = above[step]
        found[node] = tuple(chain)
    return found


def find_nexus(
    links: Iterable[Link], *, pivots: int | None = None, seed: int = SEED
) -> tuple[NexusSupplier, ...]:
    """Return every firm's place in the supply network: on recorded links alone, then together with inferred ones.

    Parameters
    ----------
    links
        Links of :func:`kg.analysis.links.find_links`.
    pivots
        Count paths from so many firms and scale up [3]_; None for all firms.
    seed
        Chooses them.

    Notes
    -----
    By falling operational criticality, then by loads.
    """
    every = tuple(links)
    recorded = [link for link in every if link.basis == "recorded"]
    return (*_places(recorded, "recorded", pivots, seed), *_places(every, "inferred", pivots, seed))


def _places(links: Collection[Link], basis: Basis, pivots: int | None, seed: int) -> list[NexusSupplier]:
    told: dict[str, set[str]] = defaultdict(set)
    for link in links:
        told[link.supplier].update(link.sources)
        told[link.buyer].update(link.sources)
    graph = nx.DiGraph(supply_graph(links))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    between = nx.betweenness_centrality(graph, k=pivots and min(pivots, len(graph)), seed=seed)
    close = _closeness(graph.to_undirected(), pivots, seed)
    found = [
        NexusSupplier(
            firm,
            basis,
            graph.in_degree(firm),
            graph.out_degree(firm),
            between[firm],
            close[firm],
            tuple(sorted(told[firm])),
        )
        for firm in graph
    ]
    return sorted(
        found,
        key=lambda n: (-n.operational_criticality, -(n.supply_load + n.demand_load), n.organization),
    )


def _closeness(graph: nx.Graph, pivots: int | None, seed: int) -> dict[str, float]:
    """Return (r/(n-1)) · (r/Σd) over the r firms that a firm reaches, from all firms or estimated from pivots."""
    if pivots is None or pivots >= len(graph):
        return nx.closeness_centrality(graph, wf_improved=True)  # type: ignore[no-any-return]
    chosen = random.Random(seed).sample(list(graph), pivots)
    reached: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for pivot in chosen:
        for firm, distance in nx.single_source_shortest_path_length(graph, pivot).items():
            if firm != pivot:
                reached[firm] += 1
                total[firm] += distance
    return {
        firm: reached[firm] / (pivots - (firm in chosen)) * reached[firm] / total[firm]
        if total[firm]
        else 0.0
        for firm in graph
    }
