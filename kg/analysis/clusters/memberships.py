"""Memberships as columns, each with its explanation worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.clusters.ppr import BLOCK, rank_blocks
from kg.analysis.clusters.shares import DIGITS
from kg.analysis.clusters.strongest import StrongestLinks, StrongestPaths
from kg.analysis.clusters.tiers import find_tiers
from kg.analysis.lazy import LazySequence
from kg.analysis.links import Column, Link, Links

Direction = Literal["upstream", "downstream"]
DIRECTIONS: tuple[Direction, ...] = ("upstream", "downstream")


@dataclass(frozen=True, slots=True)
class Membership:
    """One firm in one anchor's cluster, in one direction.

    Attributes
    ----------
    tier
        Steps along any links; ``recorded_tier`` along recorded links only, None where they do not reach.
    weight
        Share of the firm's membership (over all anchors, this direction) that falls to this anchor, 0 … 1.
    """

    anchor: str
    organization: str
    direction: Direction
    tier: int
    recorded_tier: int | None
    weight: float
    _grounds: Grounds = field(repr=False, compare=False)

    @property
    def rank(self) -> float:
        """Personalised PageRank of the anchor at the firm, 0 … 1: how much the firm matters to the anchor."""
        return self._grounds.rank(self.direction, self.anchor, self.organization)

    @property
    def path(self) -> tuple[Link, ...]:
        """The strongest path between anchor and firm, from the anchor outwards."""
        return self._grounds.path(self.direction, self.anchor, self.organization)


class Grounds:
    """What explains memberships: the walks that they were found on.

    Parameters
    ----------
    firms
        Names of the rows, sorted.
    anchors
        Names of the anchors, sorted.
    links
        What joins the firms.
    supply, recorded
        n × n; entry (i, j) is the weight of what firm i delivers to firm j, by all links and by recorded ones.
    alpha
        Damping of the walk.
    tiers
        How many steps the clusters reach from their anchors.
    """

    def __init__(
        self,
        firms: Sequence[str],
        anchors: Sequence[str],
        links: Links,
        supply: sparse.csr_array,
        recorded: sparse.csr_array,
        alpha: float,
        tiers: int,
    ) -> None:
        self.firms, self.anchors, self.links, self.alpha, self.tiers = firms, anchors, links, alpha, tiers
        self._recorded = None if recorded is supply else recorded
        self._walks: Mapping[Direction, sparse.csr_array] = {
            "upstream": supply,
            "downstream": supply.T.tocsr(),
        }
        self._ranks: dict[tuple[Direction, int], NDArray[np.float64]] = {}
        self._paths: dict[Direction, StrongestPaths] = {}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Rows of the firms."""
        return {firm: row for row, firm in enumerate(self.firms)}

    @cached_property
    def anchor_rows(self) -> list[int]:
        """Rows of the anchors."""
        return [self.places[anchor] for anchor in self.anchors]

    @cached_property
    def _anchor_places(self) -> Mapping[str, int]:
        return {anchor: place for place, anchor in enumerate(self.anchors)}

    @cached_property
    def _strongest(self) -> StrongestLinks:
        return StrongestLinks(self.links)

    def walk(self, direction: Direction) -> sparse.csr_array:
        """Return the weights along which walks go from firms towards anchors."""
        return self._walks[direction]

    def recorded_walk(self, direction: Direction) -> sparse.csr_array | None:
        """Return the weights of recorded links along which walks go; None where every link is recorded."""
        if self._recorded is None or direction == "upstream":
            return self._recorded
        return self._recorded.T.tocsr()

    def rank(self, direction: Direction, anchor: str, firm: str) -> float:
        """Return how much a firm matters to an anchor; the anchors of a block are worked out together."""
        block = self._anchor_places[anchor] // BLOCK
        if (direction, block) not in self._ranks:
            own = self.anchor_rows[block * BLOCK : (block + 1) * BLOCK]
            # From the anchor the walk goes the other way.
            opposite = self._walks["downstream" if direction == "upstream" else "upstream"]
            ((_, columns),) = rank_blocks(opposite, own, self.alpha)
            # One block is kept: memberships are asked for by anchor.
            self._ranks = {key: kept for key, kept in self._ranks.items() if key[1] == block}
            self._ranks[direction, block] = columns
        return float(self._ranks[direction, block][self.places[firm], self._anchor_places[anchor] % BLOCK])

    def path(self, direction: Direction, anchor: str, firm: str) -> tuple[Link, ...]:
        """Return the links of the strongest path, from the anchor outwards."""
        if direction not in self._paths:
            walk = self._walks[direction]
            self._paths[direction] = StrongestPaths(walk, self.anchor_rows, self.alpha, self.tiers)
        rows = self._paths[direction].find(self._anchor_places[anchor], self.places[firm])
        ends = [
            (after, before) if direction == "upstream" else (before, after)
            for before, after in pairwise(rows)
        ]
        return tuple(self.links[self._link_place(supplier, buyer)] for supplier, buyer in ends)

    @cached_property
    def _link_rows(self) -> NDArray[np.int64]:
        """Places among the links' firms of the rows: anchors without links have none."""
        known = {firm: place for place, firm in enumerate(self.links.firms)}
        return np.array([known.get(firm, -1) for firm in self.firms])

    def _link_place(self, supplier: int, buyer: int) -> int:
        return self._strongest.place(int(self._link_rows[supplier]), int(self._link_rows[buyer]))


class Memberships(LazySequence[Membership]):
    """Memberships by anchor, direction, tier, falling weight and firm; columns of equal length.

    Attributes
    ----------
    anchor, firm
        Places in ``grounds.anchors`` and ``grounds.firms``.
    direction
        Places in `DIRECTIONS`.
    tier
        Steps.
    weight
        Shares.
    """

    def __init__(
        self,
        grounds: Grounds,
        anchor: Column,
        firm: Column,
        direction: Column,
        tier: Column,
        weight: NDArray[np.float64],
    ) -> None:
        order = np.lexsort((firm, -weight.round(DIGITS), tier, direction, anchor))
        self.grounds = grounds
        self.anchor, self.firm, self.direction = anchor[order], firm[order], direction[order]
        self.tier, self.weight = tier[order], weight[order]

    @cached_property
    def recorded_tier(self) -> Column:
        """Steps along recorded links; -1 where they do not lead to it within the cluster's tiers."""
        found = self.tier.copy()
        for number, direction in enumerate(DIRECTIONS):
            walk = self.grounds.recorded_walk(direction)
            if walk is not None:
                own = self.direction == number
                rows = self.grounds.anchor_rows
                found[own] = find_tiers(walk, rows, self.firm[own], self.anchor[own], self.grounds.tiers)
        return found

    def __len__(self) -> int:
        return len(self.anchor)

    def of(self, anchor: str) -> tuple[Membership, ...]:
        """Return the memberships in one anchor's cluster."""
        anchors = self.grounds.anchors
        if anchor not in anchors:
            return ()
        place = anchors.index(anchor)
        return self[
            int(np.searchsorted(self.anchor, place)) : int(np.searchsorted(self.anchor, place, "right"))
        ]

    def _entry(self, place: int) -> Membership:
        recorded = int(self.recorded_tier[place])
        return Membership(
            self.grounds.anchors[self.anchor[place]],
            self.grounds.firms[self.firm[place]],
            DIRECTIONS[self.direction[place]],
            int(self.tier[place]),
            None if recorded < 0 else recorded,
            float(self.weight[place]),
            self.grounds,
        )
