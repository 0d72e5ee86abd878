"""The facts that the analyses work on: plain, immutable, each with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

ProductionStatus = Literal["in-production", "under-construction", "planned", "stopped"]
Locality = Literal["local", "outside", "unknown"]
Position = Literal["upstream", "midstream", "downstream"]


def known_at(date: str, as_of: str) -> bool:
    """Tell whether something dated ``date`` was known at ``as_of``.

    Dates of different precision compare at the coarser one: 2024 is known at 2024-06, and at 2024 so is 2024-06-30.
    A fact without any date is always known.
    """
    width = min(len(date), len(as_of))
    return date[:width] <= as_of[:width]


@dataclass(frozen=True, slots=True)
class Thing:
    """Anything with a name. ``en`` falls back to ``zh`` and the other way round."""

    iri: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    def label(self, lang: str) -> str:
        """Return the name in ``lang``."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Source:
    """A document: ``evidence`` is e1 (contract) … e6 (rule)."""

    iri: str
    id: str
    title: str
    publisher: str
    issued: str
    evidence: str
    url: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which sources say a fact, and of when it is. ``date`` is empty where neither the row nor a source has one."""

    sources: tuple[str, ...]
    date: str
    dated: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Organization:
    iri: str
    kind: str
    locality: Locality
    active_from: str
    active_to: str
    places: tuple[str, ...]
    parks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ownership:
    owner: str
    owned: str
    share: Decimal | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Production:
    """``organization`` makes ``product``; ``capacity`` is in ``unit`` (a concept slug), None where not stated."""

    iri: str
    organization: str
    product: str
    status: ProductionStatus
    capacity: Decimal | None
    unit: str
    qualifier: str
    project: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Supply:
    iri: str
    supplier: str
    buyer: str
    product: str
    kind: str
    quantity: Decimal | None
    unit: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Input:
    """``requirement`` is required, auxiliary or in-unit; ``coefficient`` is tonnes per tonne of output."""

    product: str
    requirement: str
    coefficient: Decimal | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """One way to make ``output``: all its required inputs together. Routes of one output are alternatives."""

    output: str
    name: str
    inputs: tuple[Input, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source of the route's inputs."""
        return tuple(sorted({source for part in self.inputs for source in part.sources}))


@dataclass(frozen=True, slots=True)
class Stage:
    iri: str
    chain: str
    order: int
    position: Position
    branch: str
    products: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Participation:
    organization: str
    chain: str
    stage: str
    role: str
    valid_from: str
    valid_to: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Event:
    """A project reached ``stage``; ``kind`` is actual, forecast or target."""

    project: str
    stage: str
    kind: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Project:
    iri: str
    owners: tuple[str, ...]
    products: tuple[str, ...]
    chains: tuple[str, ...]
    parks: tuple[str, ...]
    events: tuple[Event, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    organization: str
    grade: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Judgement:
    """The curator judges two things to be one (``same``, ``probably-same``), one project line, or ``different``."""

    thing: str
    other: str
    relation: str


@dataclass(frozen=True, slots=True)
class Issue:
    iri: str
    product: str
    organizations: tuple[str, ...]
    state: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Network:
    """Everything the ledgers say as of ``as_of``, ready for analysis. Keys are IRIs, in sorted order.

    ``city`` is the place with the most parts: the city that the ledgers are of; empty where they name none.
    """

    as_of: str
    city: str
    names: Mapping[str, Thing]
    sources: Mapping[str, Source]
    organizations: Mapping[str, Organization]
    broader: Mapping[str, tuple[str, ...]]
    product_kinds: Mapping[str, str]
    routes: Mapping[str, tuple[Route, ...]]
    production: tuple[Production, ...]
    supply: tuple[Supply, ...]
    ownership: tuple[Ownership, ...]
    chain_versions: Mapping[str, str]
    stages: Mapping[str, tuple[Stage, ...]]
    participations: tuple[Participation, ...]
    projects: Mapping[str, Project]
    grades: tuple[Grade, ...]
    issues: tuple[Issue, ...]
    judgements: tuple[Judgement, ...] = ()
    uses: Mapping[str, tuple[Route, ...]] = field(default_factory=dict)

    def thing(self, iri: str) -> Thing:
        """Return the name of anything; a thing without a label is shown by its IRI."""
        return self.names.get(iri) or Thing(iri, iri, iri)

    def local(self, organization: str) -> bool:
        """Whether the ledgers place ``organization`` in the city and it is active as of the network's date."""
        found = self.organizations.get(organization)
        if found is None or found.locality != "local":
            return False
        return known_at(found.active_from, self.as_of) and not self.closed(organization)

    def closed(self, organization: str) -> bool:
        """Whether the ledgers say that ``organization`` has ended by the network's date."""
        found = self.organizations.get(organization)
        return found is not None and bool(found.active_to) and known_at(found.active_to, self.as_of)

    def current_participations(self) -> Iterator[Participation]:
        """Yield who takes part in which chain as of the network's date."""
        for fact in self.participations:
            over = fact.valid_to and known_at(fact.valid_to, self.as_of)
            if known_at(fact.valid_from, self.as_of) and not over:
                yield fact
