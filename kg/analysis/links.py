"""Links between firms: recorded deliveries, and what can be inferred from who makes and who needs what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import attrgetter
from typing import Literal

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from kg.analysis.capacities import capacities_of
from kg.analysis.demand import Need, find_needs
from kg.analysis.lazy import LazySequence
from kg.analysis.presence import GOODS, Maker, Presence, current
from kg.analysis.thresholds import Horizon
from kg.network.facts import Provenance, Supply

Basis = Literal["recorded", "inferred"]
Column = NDArray[np.int32]

# An inferred link weighs less than a recorded one, and the possible suppliers of one need share that weight, by capacity
# where all of theirs is known, else alike: any of them may be the one. With a project at either end it weighs half of that.
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


class Links(LazySequence[Link]):
    """Links as columns: recorded ones first, each kind by supplier, buyer and product.

    A city of a million firms has millions: what an analysis does to all of them it does to the columns, and a
    :class:`Link` is made when it is asked for.

    Attributes
    ----------
    firms, products
        Names, sorted; the columns hold places in them.
    supplier, buyer, product
        Columns of int32, one entry a link.
    recorded
        Column of bool: whether the basis is ``recorded``.
    weight
        Column of float64.
    """

    def __init__(self, recorded: Iterable[Supply], inferred: Iterable[Link]) -> None:
        facts, guesses = list(recorded), tuple(inferred)
        self.firms = _names(facts, guesses, "supplier", "buyer")
        self.products = _names(facts, guesses, "product")
        sellers, buyers = (_places(self.firms, facts, of) for of in ("supplier", "buyer"))
        goods = _places(self.products, facts, "product")
        # Statements about one delivery keep their order.
        order = np.lexsort((goods, buyers, sellers))
        sellers, buyers, goods = sellers[order], buyers[order], goods[order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (np.diff(sellers) != 0) | (np.diff(buyers) != 0) | (np.diff(goods) != 0)
        self._facts, self._order = facts, order
        self._starts = np.append(np.flatnonzero(fresh), len(order))
        self._guesses = guesses
        self.supplier = np.append(sellers[fresh], _places(self.firms, guesses, "supplier"))
        self.buyer = np.append(buyers[fresh], _places(self.firms, guesses, "buyer"))
        self.product = np.append(goods[fresh], _places(self.products, guesses, "product"))
        self.recorded = np.arange(len(self.supplier)) < len(self._starts) - 1
        self.weight = np.append(np.ones(len(self._starts) - 1), [link.weight for link in guesses])

    def __len__(self) -> int:
        return len(self.supplier)

    def _entry(self, place: int) -> Link:
        recorded = len(self._starts) - 1
        if place >= recorded:
            return self._guesses[place - recorded]
        own = self._order[self._starts[place] : self._starts[place + 1]].tolist()
        fact = self._facts[own[0]]
        told = tuple(self._facts[number].provenance for number in own)
        return Link(
            fact.supplier,
            fact.buyer,
            fact.product,
            "recorded",
            pipeline=False,
            weight=1.0,
            provenances=told,
        )


def _names(facts: list[Supply], guesses: tuple[Link, ...], *ends: str) -> tuple[str, ...]:
    found: set[str] = set()
    for end in ends:
        found.update(map(attrgetter(end), facts), map(attrgetter(end), guesses))
    return tuple(sorted(found))


def _places(names: tuple[str, ...], things: Sequence[Supply] | Sequence[Link], end: str) -> Column:
    place = {name: number for number, name in enumerate(names)}
    return np.fromiter(map(place.__getitem__, map(attrgetter(end), things)), np.int32, len(things))


def find_links(presence: Presence, *, with_pipeline: bool = True, horizon: Horizon | None = None) -> Links:
    """Return the recorded deliveries of goods and energy, and the inferred links they leave open.

    A need that has a recorded supplier infers no other. Captive use (supplier = buyer) is no link, nor is a delivery of or to a
    firm that has closed.
    """
    network, years = presence.network, (horizon or Horizon()).present
    gone = set(filter(network.closed, network.organizations))
    recent: dict[str, bool] = {}
    recorded = []
    for fact in network.supply:
        date = fact.provenance.date
        if date not in recent:
            recent[date] = current(fact.provenance, network.as_of, years)
        ends = fact.supplier, fact.buyer
        if recent[date] and fact.kind in GOODS and ends[0] != ends[1] and gone.isdisjoint(ends):
            recorded.append(fact)
    return Links(recorded, _inferred(presence, recorded, with_pipeline=with_pipeline))


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Who may deliver a needed product: each maker, whether it is one to be, and its capacity in t/a where it is known.

    A capacity of zero makes nothing: who has that is none of them.
    """

    needs: tuple[Need, ...]
    makers: Mapping[str, tuple[Maker, bool]]
    capacities: Mapping[str, Decimal | None]
    family: tuple[str, ...]

    def parts(self, sellers: Iterable[str]) -> dict[str, float]:
        """Return each seller's part of a need: by capacity where all of theirs is known, else the same for each."""
        names = tuple(sellers)
        known = {name: amount for name in names if (amount := self.capacities[name]) is not None}
        if len(known) < len(names):
            return dict.fromkeys(names, 1 / len(names))
        whole = sum(known.values())
        return {name: float(amount / whole) for name, amount in known.items()}


def _candidates(presence: Presence, *, with_pipeline: bool) -> Iterator[tuple[str, _Candidates]]:
    network = presence.network
    # What is to be made is counted as what is made, a firm's kinds of a product together.
    stages = [(presence, False)]
    if with_pipeline:
        stages.append((replace(presence, makers=presence.pipeline), True))
    for product, needs in find_needs(presence, with_pipeline=with_pipeline).items():
        if network.product_kinds.get(product) in ("process", "service"):
            continue
        makers: dict[str, tuple[Maker, bool]] = {}
        capacities: dict[str, Decimal | None] = {}
        for who, coming in stages:
            own = capacities_of(who, product)
            able = {m.organization: (m, coming) for m in who.makers_of(product) if own[m.organization] != 0}
            makers = able | makers
            capacities = {firm: own[firm] for firm in able} | capacities
        if len(makers) <= MOST_CANDIDATES + 1:  # one of them may be the user itself
            family = (product, *network.broader.get(product, ()), *presence.narrower_of(product))
            yield product, _Candidates(needs, makers, capacities, family)


def _inferred(presence: Presence, recorded: Iterable[Supply], *, with_pipeline: bool) -> list[Link]:
    candidates = dict(_candidates(presence, with_pipeline=with_pipeline))
    asked = {member for own in candidates.values() for member in own.family}
    met = {(fact.buyer, fact.product) for fact in recorded if fact.product in asked}
    found: dict[tuple[str, str, str], Link] = {}
    for product, own in candidates.items():
        for need in own.needs:
            for user in need.users:
                if user.organization in own.makers and not own.makers[user.organization][1]:
                    continue  # the user makes it itself
                if any((user.organization, member) in met for member in own.family):
                    continue
                sellers = {name: maker for name, maker in own.makers.items() if name != user.organization}
                if not 0 < len(sellers) <= MOST_CANDIDATES:
                    continue
                parts = own.parts(sellers)
                for name, (maker, coming) in sorted(sellers.items()):
                    pending = coming or need.basis == "pipeline"
                    weight = INFERRED_WEIGHT * parts[name] * (PIPELINE_FACTOR if pending else 1.0)
                    key = (name, user.organization, product)
                    if key not in found or found[key].weight < weight:
                        facts = maker.provenance, user.provenance
                        found[key] = Link(*key, "inferred", pending, weight, facts)
    return [found[key] for key in sorted(found)]


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
