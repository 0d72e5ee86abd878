"""Parts of the city: who makes and who needs in one division or park.

A plant stands where its project stands, else where its firm has sites; a firm with sites in several areas counts in each,
because which plant stands where is not on record. A firm of which the ledgers do not tell where in the city it is counts
in no area, and is told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kg.analysis.demand import Need
from kg.analysis.presence import Maker, Presence
from kg.network.facts import Network
from kg.network.territory import CITY, Territory


@dataclass(frozen=True, slots=True)
class Area:
    """A division or park of the city that the ledgers are of; by default the whole city."""

    network: Network
    territory: Territory = CITY
    _known: dict[tuple[str, str], bool | None] = field(default_factory=dict, repr=False)

    @property
    def whole(self) -> bool:
        """Whether this is the whole city, or more."""
        return not self.territory.iri or self.territory.beyond

    def has(self, maker: Maker) -> bool | None:
        """Whether a maker's plant stands here; None where the ledgers do not tell."""
        key = (maker.organization, maker.project)
        if key not in self._known:
            self._known[key] = self._stands(*key)
        return self._known[key]

    def _stands(self, organization: str, project: str) -> bool | None:
        told = self.territory.holds(self.network, project) if project else None
        return self.territory.holds(self.network, organization) if told is None else told

    def inside(self, makers: Iterable[Maker]) -> tuple[Maker, ...]:
        """Return the makers that are here."""
        return tuple(maker for maker in makers if self.has(maker))

    def presence(self, presence: Presence) -> Presence:
        """Return who of the city's makers is here."""
        if self.whole:
            return presence
        return Presence(
            presence.network,
            self._table(presence.makers),
            self._table(presence.pipeline),
            self._table(presence.inferred),
        )

    def _table(self, table: Mapping[str, tuple[Maker, ...]]) -> dict[str, tuple[Maker, ...]]:
        return {product: own for product, makers in table.items() if (own := self.inside(makers))}

    def needs(self, needs: Mapping[str, tuple[Need, ...]]) -> Mapping[str, tuple[Need, ...]]:
        """Return what the users that are here need.

        What a plant needs does not hang on the county line: its routes are those that the city as a whole lacks least.
        """
        if self.whole:
            return needs
        found = {}
        for product, own in needs.items():
            here = tuple(replace(need, users=users) for need in own if (users := self.inside(need.users)))
            if here:
                found[product] = here
        return found

    def unplaced(self, presence: Presence) -> tuple[str, ...]:
        """Return the makers of the city, recorded or to be, of whom the ledgers do not tell whether they are here."""
        if self.whole:
            return ()
        tables = (*presence.makers.values(), *presence.pipeline.values())
        return tuple(sorted({m.organization for own in tables for m in own if self.has(m) is None}))
