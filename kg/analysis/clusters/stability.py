"""How much of the clusters hangs on the parameters or on a tenth of the links.

The method itself draws nothing at random: the same links and the same parameters always give the same clusters. What is
varied is α, how many tiers a cluster has, and the links, because ledgers miss some and have others wrong. Seeds choose which links are spoilt.

References
----------
.. [1] Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics & Data Analysis 52(1),
   doi:10.1016/j.csda.2006.11.025 (mean Jaccard index of each cluster under perturbation).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final, Literal, get_args

import networkx as nx
import numpy as np

from kg.analysis.clusters.agreement import adjusted_rand, jaccard
from kg.analysis.clusters.edges import Edges
from kg.analysis.clusters.homes import Scope, find_homes, members_of
from kg.analysis.clusters.shares import ALPHA, TIERS

# How links are spoilt: left out, led to another buyer, or the weights of the inferred ones changed.
Spoiling = Literal["dropped", "rewired", "weights"]
Variation = Literal["alpha", "tiers", "dropped", "rewired", "weights"]
VARIATIONS: Final[tuple[Variation, ...]] = get_args(Variation)
SPOILINGS: Final[tuple[Spoiling, ...]] = get_args(Spoiling)

ALPHAS: Final = (0.3, 0.5, 0.7, 0.85)
DEPTHS: Final = (2, 3, 4, 5)
SEEDS: Final = 10
# Share of the links that are dropped or rewired.
SPOILT: Final = 0.1
# Weights of inferred links are multiplied by a factor between 1/2 and 2, evenly on the logarithm.
FACTOR: Final = 2.0


@dataclass(frozen=True, slots=True)
class Mover:
    """A firm that changes its home in ``times`` of the variants, most often to ``to`` (None: no anchor reaches it)."""

    organization: str
    home: str
    to: str | None
    times: int


@dataclass(frozen=True, slots=True)
class AnchorStability:
    """How steady one anchor's cluster is.

    Attributes
    ----------
    at_home
        The firms at home with it as the ledgers stand.
    agreement
        Mean Jaccard index [1]_ of these firms and those at home with it under a kind of variation; None where there are
        none as the ledgers stand.
    mean
        The mean over all variants.
    movers
        Firms that change their home at least once, the most often first.
    """

    anchor: str
    at_home: tuple[str, ...]
    agreement: Mapping[Variation, float | None]
    mean: float | None
    movers: tuple[Mover, ...]


@dataclass(frozen=True, slots=True)
class Stability:
    """How steady the clusters are.

    Attributes
    ----------
    anchors
        Each anchor's cluster.
    ari
        Mean adjusted Rand index of the homes as the ledgers stand and under a kind of variation; a firm that loses its
        home counts as a group of its own. None where no firm has a home.
    variants
        How many variants of each kind were tried.
    """

    anchors: tuple[AnchorStability, ...]
    ari: Mapping[Variation, float | None]
    variants: Mapping[Variation, int]
    alpha: float
    alphas: tuple[float, ...]
    tiers: int
    depths: tuple[int, ...]
    seeds: tuple[int, ...]
    scope: Scope


def spoil(graph: nx.DiGraph | Edges, how: Spoiling, seed: int, *, share: float = SPOILT) -> Edges:
    """Return a spoilt copy of a supply network.

    Parameters
    ----------
    graph
        Weighted edges from supplier to buyer, as of :func:`kg.analysis.links.supply_graph` or
        :func:`kg.analysis.links.weighted`.
    how
        ``dropped``: a share of the links is left out; ``rewired``: led to a buyer drawn from all other firms (a draw of the
        supplier itself leaves the link where it is); ``weights``: the weight of every link that is not recorded is
        multiplied by a factor between 1/2 and 2.
    seed
        What is drawn follows from it.
    share
        Share of the links that is dropped or rewired, 0 … 1; at least one link, if there is any.
    """
    edges = Edges.of_graph(graph)
    rng = np.random.default_rng((seed, SPOILINGS.index(how)))
    count = len(edges.weight)
    if how == "weights":
        factors = FACTOR ** rng.uniform(-1, 1, size=count)
        return replace(edges, weight=np.where(edges.recorded, edges.weight, edges.weight * factors))
    if not count:
        return edges
    hit = np.sort(rng.choice(count, size=max(1, round(share * count)), replace=False))
    if how == "dropped":
        kept = np.ones(count, bool)
        kept[hit] = False
        return edges.only(kept)
    drawn = rng.integers(len(edges.firms), size=len(hit))
    buyer = edges.buyer.copy()
    buyer[hit] = np.where(drawn == edges.supplier[hit], buyer[hit], drawn)
    return replace(edges, buyer=buyer)


def find_stability(
    graph: nx.DiGraph | Edges,
    anchors: Sequence[str],
    *,
    scope: Scope = "both",
    alpha: float = ALPHA,
    tiers: int = TIERS,
    alphas: Iterable[float] = ALPHAS,
    depths: Iterable[int] = DEPTHS,
    seeds: Iterable[int] = range(SEEDS),
) -> Stability:
    """Return how steady each anchor's cluster is over the parameters and over spoilt links.

    Costs one run of :func:`kg.analysis.clusters.homes.find_homes` for every other parameter and three for every seed.

    Parameters
    ----------
    graph
        Supply network, see :func:`spoil`.
    anchors
        Nodes of the graph.
    scope, alpha, tiers
        The clusters whose steadiness is asked for.
    alphas
        The other values of α; ``alpha`` itself is left out.
    depths
        The other numbers of tiers; ``tiers`` itself is left out.
    seeds
        Each gives one network with dropped links, one with rewired ones and one with other weights.
    """
    chosen = tuple(seeds)
    others = tuple(value for value in alphas if value != alpha)
    deeper = tuple(value for value in depths if value != tiers)
    edges = Edges.of_graph(graph)

    def homes(variant: Edges, *, alpha: float = alpha, tiers: int = tiers) -> dict[str, str]:
        return find_homes(variant, anchors, scope=scope, alpha=alpha, tiers=tiers)

    base = homes(edges)
    own = members_of(base, anchors)
    alike: dict[str, dict[Variation, list[float]]] = {anchor: defaultdict(list) for anchor in anchors}
    ari: dict[Variation, list[float]] = defaultdict(list)
    away: dict[str, Counter[str | None]] = defaultdict(Counter)

    def compare(kind: Variation, found: Mapping[str, str]) -> None:
        members = members_of(found, anchors)
        for anchor in anchors:
            alike[anchor][kind].append(jaccard(own[anchor], members[anchor]))
        ari[kind].append(adjusted_rand(base, {firm: found.get(firm, firm) for firm in base}))
        for firm, home in base.items():
            if found.get(firm) != home:
                away[firm][found.get(firm)] += 1

    for value in others:
        compare("alpha", homes(edges, alpha=value))
    for depth in deeper:
        compare("tiers", homes(edges, tiers=depth))
    for how in SPOILINGS:
        for seed in chosen:
            compare(how, homes(spoil(edges, how, seed)))
    return Stability(
        anchors=tuple(
            AnchorStability(
                anchor,
                tuple(sorted(own[anchor])),
                {kind: fmean(values) if own[anchor] else None for kind, values in alike[anchor].items()},
                fmean(value for values in alike[anchor].values() for value in values)
                if own[anchor] and ari
                else None,
                _movers(own[anchor], anchor, away),
            )
            for anchor in anchors
        ),
        ari={kind: fmean(values) if base else None for kind, values in ari.items()},
        variants={kind: len(values) for kind, values in ari.items()},
        alpha=alpha,
        alphas=others,
        tiers=tiers,
        depths=deeper,
        seeds=chosen,
        scope=scope,
    )


def _movers(firms: Iterable[str], anchor: str, away: Mapping[str, Counter[str | None]]) -> tuple[Mover, ...]:
    found = []
    for firm in sorted(firms):
        if counts := away.get(firm):
            to = min(counts, key=lambda home: (-counts[home], home is None, home or ""))
            found.append(Mover(firm, anchor, to, counts.total()))
    return tuple(sorted(found, key=lambda mover: (-mover.times, mover.organization)))
