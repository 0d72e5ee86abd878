"""Territories: the city as the ledgers tell local from outside, or one of its counties or parks with all its parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.network.facts import Network
from kg.network.loading import rows
from kg.store import Store


@dataclass(frozen=True, slots=True)
class Territory:
    """What counts as local: the city (``iri`` empty), or a division or park.

    ``parts`` are itself and what lies in it, ``around`` what it lies in. ``beyond`` tells that the city is one of the
    parts: a province.
    """

    iri: str = ""
    parts: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()
    beyond: bool = False

    def holds(self, network: Network, organization: str) -> bool | None:
        """Whether an organization is in the territory; None where the ledgers do not tell.

        An organization from outside the city is in none of its parts. A local one without a recorded site may be
        anywhere in the city, and one recorded only in an area around the territory (a park's county) anywhere in that
        area. A project that stands for its plant is where the ledger says, which is the city.
        """
        found = network.organizations.get(organization)
        if found is None:
            project = network.projects.get(organization)
            if project is None:
                return None
            return True if self.beyond or not self.iri else self._within(project.parks)
        if found.locality == "local" and (self.beyond or not self.iri):
            return True
        if not self.iri:
            return False if found.locality == "outside" else None
        if found.locality == "outside" and not self.beyond:
            return False
        return self._within((*found.places, *found.parks))

    def _within(self, sites: Iterable[str]) -> bool | None:
        telling = [site for site in sites if site not in self.around]
        if not telling:
            return None
        return any(site in self.parts for site in telling)


CITY = Territory()


def territory(store: Store, iri: str) -> Territory:
    """Return a division or park with everything that lies in it, at any depth; the city itself is `CITY`."""
    city = next((row["place"] for row in rows(store, "place")), "")
    if iri == city:
        return CITY
    inside: dict[str, set[str]] = defaultdict(set)
    above: dict[str, set[str]] = defaultdict(set)
    for row in rows(store, "territory"):
        inside[row["whole"]].add(row["part"])
        above[row["part"]].add(row["whole"])
    parts = _closure(iri, inside)
    return Territory(iri, parts, _closure(iri, above) - parts, city in parts)


def _closure(start: str, steps: Mapping[str, set[str]]) -> frozenset[str]:
    found = {start}
    todo = [start]
    while todo:
        new = steps.get(todo.pop(), set()) - found
        found |= new
        todo.extend(new)
    return frozenset(found)
