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
    """What counts as local: the city (``iri`` empty), or a division or park, with the ``parts`` that lie in it."""

    iri: str = ""
    parts: frozenset[str] = frozenset()

    def holds(self, network: Network, organization: str) -> bool | None:
        """Whether an organization is in the territory; None where the ledgers do not tell.

        An organization from outside the city is in none of its parts. A local one without a recorded site may be
        anywhere in the city. A project that stands for its plant is where the ledger says, which is the city.
        """
        found = network.organizations.get(organization)
        if found is None:
            project = network.projects.get(organization)
            if project is None:
                return None
            return True if not self.iri else _within(self.parts, project.parks)
        if found.locality == "outside":
            return False
        if not self.iri:
            return True if found.locality == "local" else None
        return _within(self.parts, (*found.places, *found.parks))


CITY = Territory()


def _within(parts: frozenset[str], sites: Iterable[str]) -> bool | None:
    known = tuple(sites)
    if not known:
        return None
    return any(site in parts for site in known)


def territory(store: Store, iri: str) -> Territory:
    """Return a division or park with everything that lies in it, at any depth."""
    inside: Mapping[str, set[str]] = defaultdict(set)
    for row in rows(store, "territory"):
        inside[row["whole"]].add(row["part"])
    parts = {iri}
    todo = [iri]
    while todo:
        new = inside.get(todo.pop(), set()) - parts
        parts |= new
        todo.extend(sorted(new))
    return Territory(iri, frozenset(parts))
