"""Links between firms: recorded deliveries, and what can be inferred from who makes and who needs what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import networkx as nx

from kg.analysis.demand import find_needs
from kg.analysis.presence import GOODS, Presence, current
from kg.analysis.thresholds import Horizon
from kg.network.facts import Provenance

Basis = Literal["recorded", "inferred"]

# An inferred link weighs less than a recorded one, and the possible suppliers of one need share that weight: any of
# them may be the one. With a project at either end it weighs half of that again.
INFERRED_WEIGHT = 0.25
PIPELINE_FACTOR = 0.5
# Among more possible suppliers than this nothing can be inferred about any one of them.
MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class Link:
    """``supplier`` delivers ``product`` to ``buyer`` (recorded), or could (inferred, evidence E6).

    ``pipeline`` tells that one end is not on stream yet. ``provenances`` hold the facts the link rests on.
    """

    supplier: str
    buyer: str
    product: str
    basis: Basis
    pipeline: bool
    weight: float
    provenances: tuple[Provenance, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source of the facts the link rests on."""
        return tuple(sorted({source for p in self.provenances for source in p.sources}))


def find_links(
    presence: Presence, *, with_pipeline: bool = True, horizon: Horizon | None = None
) -> tuple[Link, ...]:
    """Return the recorded deliveries of goods and energy, and the inferred links they leave open.

    A need that has a recorded supplier infers no other. Captive use (supplier = buyer) is no link.
    """
    network = presence.network
    years = (horizon or Horizon()).present
    recorded: dict[tuple[str, str, str], list[Provenance]] = defaultdict(list)
    for fact in network.supply:
        recent = current(fact.provenance, network.as_of, years)
        if recent and fact.kind in GOODS and fact.supplier != fact.buyer:
            recorded[fact.supplier, fact.buyer, fact.product].append(fact.provenance)
    links = [
        Link(supplier, buyer, product, "recorded", pipeline=False, weight=1.0, provenances=tuple(own))
        for (supplier, buyer, product), own in sorted(recorded.items())
    ]
    met = {(buyer, product) for _, buyer, product in recorded}
    inferred: dict[tuple[str, str, str], Link] = {}
    for product, needs in find_needs(presence, with_pipeline=with_pipeline).items():
        if network.product_kinds.get(product) in ("process", "service"):
            continue
        makers = {maker.organization: (maker, False) for maker in presence.makers_of(product)}
        if with_pipeline:
            for maker in presence.pipeline_of(product):
                makers.setdefault(maker.organization, (maker, True))
        family = (product, *network.broader.get(product, ()), *presence.narrower_of(product))
        for need in needs:
            for user in need.users:
                if user.organization in makers and not makers[user.organization][1]:
                    continue  # the user makes it itself
                if any((user.organization, member) in met for member in family):
                    continue
                sellers = {name: found for name, found in makers.items() if name != user.organization}
                if len(sellers) > MOST_CANDIDATES:
                    continue
                for name, (maker, coming) in sorted(sellers.items()):
                    pending = coming or need.basis == "pipeline"
                    weight = INFERRED_WEIGHT / len(sellers) * (PIPELINE_FACTOR if pending else 1.0)
                    key = (name, user.organization, product)
                    link = Link(
                        name,
                        user.organization,
                        product,
                        "inferred",
                        pending,
                        weight,
                        (maker.provenance, user.provenance),
                    )
                    if key not in inferred or inferred[key].weight < weight:
                        inferred[key] = link
    return (*links, *(inferred[key] for key in sorted(inferred)))


def supply_graph(links: Iterable[Link], nodes: Iterable[str] = ()) -> nx.MultiDiGraph:
    """Return the links as a NetworkX graph, supplier to buyer.

    Each edge is keyed ``(product, basis)`` and has ``product``, ``basis``, ``pipeline``, ``weight`` and ``sources``.
    Nodes and edges stand in sorted order, so that algorithms that depend on it give the same result on every run.
    """
    graph = nx.MultiDiGraph()
    ordered = sorted(links, key=lambda k: (k.supplier, k.buyer, k.product, k.basis))
    graph.add_nodes_from(sorted({*nodes, *(n for link in ordered for n in (link.supplier, link.buyer))}))
    for link in ordered:
        graph.add_edge(
            link.supplier,
            link.buyer,
            key=(link.product, link.basis),
            product=link.product,
            basis=link.basis,
            pipeline=link.pipeline,
            weight=link.weight,
            sources=link.sources,
        )
    return graph


def weighted(graph: nx.MultiDiGraph, *, reverse: bool = False) -> nx.DiGraph:
    """Return one edge a pair with the sum of the weights; reversed, it leads from buyers to their suppliers."""
    simple = nx.DiGraph()
    simple.add_nodes_from(graph)
    for supplier, buyer, weight in graph.edges(data="weight"):
        start, end = (buyer, supplier) if reverse else (supplier, buyer)
        known = simple.edges[start, end]["weight"] if simple.has_edge(start, end) else 0.0
        simple.add_edge(start, end, weight=known + weight)
    return simple
