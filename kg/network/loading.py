"""From the store to a :class:`Network`: every fact with its sources, as it was known at a date."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from kg import queries
from kg.collector import paused
from kg.names import GY, SKOS, local_name
from kg.network.columns import Columns
from kg.network.facts import (
    Event,
    Grade,
    Input,
    Issue,
    Judgement,
    Network,
    Organization,
    Ownership,
    Participation,
    Production,
    Project,
    Provenance,
    Route,
    Source,
    Stage,
    Supply,
    Thing,
    known_at,
)
from kg.network.scanned_columns import ScannedColumns
from kg.store import Solutions, Store

Row = Mapping[str, str]
ORGANIZATION_KINDS = ("Enterprise", "ResearchInstitute", "GovernmentBody", "OtherOrganization")
# Weaker than every level a source can have: a fact without a described source.
UNKNOWN_EVIDENCE = "e6"


def select(store: Store, query: str) -> Solutions:
    """Run one of this folder's queries."""
    return store.select(files(__package__).joinpath(f"{query}.rq").read_text(encoding="utf-8"))


def rows(store: Store, query: str) -> list[Row]:
    """Run one of this folder's queries; each row maps its bound variables to text, in a fixed order."""
    found = select(store, query)
    return [
        {name: text for name, text in zip(found.variables, row, strict=True) if text}
        for row in sorted(found.texts())
    ]


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents, and what standing in them gives a fact."""

    by_iri: Mapping[str, Source]
    # Thousands of facts share a few sources and dates, and then one provenance.
    _known: dict[tuple[frozenset[str], str], Provenance] = field(default_factory=dict)

    def provenance(self, graphs: Iterable[str], date: str) -> Provenance:
        """Return where a fact found in ``graphs`` comes from.

        Its evidence is the best of its sources; an undated fact takes the date its first source was published.
        """
        key = (frozenset(graphs), date)
        known = self._known.get(key)
        if known is None:
            found = sorted(
                (self.by_iri[graph] for graph in key[0] if graph in self.by_iri), key=lambda s: s.id
            )
            issued = min((source.issued for source in found if source.issued), default="")
            evidence = min((source.evidence for source in found), default=UNKNOWN_EVIDENCE)
            known = Provenance(tuple(source.id for source in found), date or issued, bool(date), evidence)
            self._known[key] = known
        return known


def newest_date(store: Store) -> str:
    """Return the newest publication date of a source: the default date of every analysis."""
    return queries.newest_date(store) or ""


def _grouped(table: Iterable[Row], *keys: str) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in table:
        groups[tuple(row.get(key, "") for key in keys)].append(row)
    return dict(sorted(groups.items()))


def _names(columns: Columns) -> dict[str, Thing]:
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for thing, name, language in columns.names(SKOS + "prefLabel"):
        known = labels[thing].setdefault(language or "zh", name)
        labels[thing][language or "zh"] = min(known, name)
    aliases: dict[str, set[str]] = defaultdict(set)
    for thing, name, _ in columns.names(SKOS + "altLabel"):
        aliases[thing].add(name)
    found = {}
    for iri, own in sorted(labels.items()):
        zh = own.get("zh") or own.get("en") or min(own.values())
        found[iri] = Thing(iri, zh, own.get("en") or zh, tuple(sorted(aliases.get(iri, ()))))
    return found


def _sources(store: Store) -> dict[str, Source]:
    return {
        row["source"]: Source(
            row["source"],
            row["id"],
            row["title"],
            row.get("publisher", ""),
            row.get("issued", ""),
            local_name(row["evidence"]),
            row.get("url", ""),
        )
        for row in rows(store, "sources")
    }


@dataclass(slots=True)
class _Loader:
    store: Store
    columns: Columns
    sources: Sources
    as_of: str
    evidence: str

    def facts(
        self, kind: str, *names: str, date: str = "asOf"
    ) -> Iterable[tuple[tuple[str, ...], Provenance]]:
        """Yield each statement of class ``kind`` that was known and is admitted: its IRI and properties, its sources.

        Properties are texts in the order of ``names``, empty where not stated.
        """
        known: dict[tuple[frozenset[str], str], Provenance | None] = {}
        for iri, graphs, values in self.columns.statements(kind, *names, *([date] if date else ())):
            said = values[-1] if date else ""
            key = graphs, said
            if key not in known:
                provenance = self.sources.provenance(graphs, said)
                admitted = known_at(provenance.date, self.as_of) and provenance.evidence <= self.evidence
                known[key] = provenance if admitted else None
            if (found := known[key]) is not None:
                yield (iri, *values[: len(names)]), found

    def organizations(self) -> dict[str, Organization]:
        places, parks = self.columns.sets(GY + "inPlace"), self.columns.sets(GY + "inPark")
        places_of_park = _places_of_parks(places, self.columns.sets(GY + "partOfPark"))
        found = {}
        for kind in ORGANIZATION_KINDS:
            for iri, _, (locality, start, end) in self.columns.statements(
                kind, "locality", "activeFrom", "activeTo"
            ):
                own_parks = parks.get(iri, ())
                # Who is in a park is in the park's county.
                own_places = {*places.get(iri, ()), *(p for park in own_parks for p in places_of_park(park))}
                found[iri] = Organization(
                    iri,
                    kind,
                    _slug(locality) or "unknown",
                    start,
                    end,
                    tuple(sorted(own_places)),
                    own_parks,
                )
        return dict(sorted(found.items()))

    def routes(self) -> dict[str, tuple[Route, ...]]:
        found: dict[str, list[Route]] = defaultdict(list)
        for (output, name), group in _grouped(self._recipe_rows(), "output", "route").items():
            inputs: dict[str, tuple[tuple[bool, int, str], Input]] = {}
            for (product, requirement, coefficient), same in _grouped(
                group, "input", "requirement", "coefficient"
            ).items():
                stated = self.sources.provenance((row["graph"] for row in same), "")
                told = Input(product, _slug(requirement), _decimal(coefficient), stated.sources)
                # A route needs an input once. Of several statements the better proven counts, then the newer; one
                # without a coefficient does not speak against one with it. The report of conflicts has them all.
                rank = told.coefficient is not None, -int(stated.evidence[1:]), stated.date
                if product not in inputs or inputs[product][0] < rank:
                    inputs[product] = rank, told
            found[output].append(Route(output, name, tuple(told for _, told in inputs.values())))
        return {output: tuple(routes) for output, routes in sorted(found.items())}

    def _recipe_rows(self) -> Iterable[Row]:
        """Yield a row for each input of each recipe in each graph that states both: sources may differ in them."""

        def column(name: str) -> Mapping[tuple[str, str], tuple[str, ...]]:
            values: dict[tuple[str, str], set[str]] = defaultdict(set)
            for thing, value, graph in self.columns.triples(GY + name):
                values[thing, graph].add(value)
            return {key: tuple(sorted(own)) for key, own in values.items()}

        recipes = {iri: graphs for iri, graphs, _ in self.columns.statements("Recipe")}
        outputs, routes, parts = column("output"), column("route"), column("hasInput")
        inputs, requirements, coefficients = column("input"), column("requirement"), column("coefficient")
        for key in sorted(outputs):
            if key[1] not in recipes.get(key[0], ()):
                continue
            for part in parts.get(key, ()):
                own = part, key[1]
                for output, route, product, requirement, coefficient in itertools.product(
                    outputs[key],
                    routes.get(key, ()),
                    inputs.get(own, ()),
                    requirements.get(own, ()),
                    coefficients.get(own, ("",)),
                ):
                    yield {
                        "output": output,
                        "route": route,
                        "input": product,
                        "requirement": requirement,
                        "coefficient": coefficient,
                        "graph": key[1],
                    }

    def stages(self) -> dict[str, tuple[Stage, ...]]:
        found: dict[str, list[Stage]] = defaultdict(list)
        for (chain, order, iri), group in _grouped(
            rows(self.store, "stages"), "chain", "order", "stage"
        ).items():
            first = group[0]
            products = tuple(sorted({row["product"] for row in group if "product" in row}))
            sources = self.sources.provenance((row["graph"] for row in group), "").sources
            found[chain].append(
                Stage(
                    iri,
                    chain,
                    int(order),
                    _slug(first["position"]),
                    first.get("branch", ""),
                    products,
                    sources,
                )
            )
        return {
            chain: tuple(sorted(own, key=lambda s: (s.order, s.iri))) for chain, own in sorted(found.items())
        }

    def projects(self) -> dict[str, Project]:
        events: dict[str, list[Event]] = defaultdict(list)
        for (_, project, stage, kind), provenance in self.facts(
            "StageEvent", "project", "projectStage", "valueKind"
        ):
            events[project].append(Event(project, _slug(stage), _slug(kind), provenance))
        found = {}
        for (iri,), group in _grouped(rows(self.store, "projects"), "project").items():

            def of(key: str, group: list[Row] = group) -> tuple[str, ...]:
                return tuple(sorted({row[key] for row in group if key in row}))

            own = tuple(sorted(events[iri], key=lambda e: (e.provenance.date, e.stage)))
            sources = self.sources.provenance((row["graph"] for row in group), "").sources
            found[iri] = Project(iri, of("owner"), of("product"), of("chain"), of("park"), own, sources)
        return found

    def issues(self) -> tuple[Issue, ...]:
        found = []
        for (iri, product, state, date), group in _grouped(
            rows(self.store, "issues"), "fact", "product", "state", "asOf"
        ).items():
            provenance = self.sources.provenance((row["graph"] for row in group), date)
            affected = tuple(sorted({row["organization"] for row in group if "organization" in row}))
            if known_at(provenance.date, self.as_of) and provenance.evidence <= self.evidence:
                found.append(Issue(iri, product, affected, _slug(state), provenance))
        return tuple(found)


def _places_of_parks(
    places: Mapping[str, tuple[str, ...]], upper: Mapping[str, tuple[str, ...]]
) -> Callable[[str], frozenset[str]]:
    """Return what tells a park's places: its own, else those of the nearest park around it that has any."""

    @cache
    def of(park: str) -> frozenset[str]:
        level, seen = {park}, {park}
        while level:
            found = {place for member in level for place in places.get(member, ())}
            if found:
                return frozenset(found)
            level = {above for member in level for above in upper.get(member, ())} - seen
            seen |= level
        return frozenset()

    return of


@cache
def _slug(iri: str) -> Any:
    # The ledgers' code lists and the shapes keep the word within the literal type of the field.
    return local_name(iri) if iri else ""


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _columns_of(store: Store) -> Columns:
    """Return the columns of a store: the arrays it keeps, or scans by query."""
    kept = store.columns()
    if kept is None:
        return ScannedColumns(store)
    from kg.network.kept_columns import KeptColumns

    return KeptColumns(kept)


def load(store: Store, as_of: str | None = None, evidence: str = "e5") -> Network:
    """Load everything that was known at ``as_of`` from sources of level ``evidence`` or better.

    Parameters
    ----------
    store
        Any store: folder, memory or endpoint.
    as_of
        ``YYYY[-MM[-DD]]``; default: the newest publication date of a source, never the clock.
    evidence
        The weakest admitted level, ``e1`` (contract) to ``e6`` (inferred by rule).
    """
    with paused():
        return _load(store, as_of, evidence)


def _load(store: Store, as_of: str | None, evidence: str) -> Network:
    by_iri = _sources(store)
    date = as_of or max((source.issued for source in by_iri.values()), default="")
    columns = _columns_of(store)
    loader = _Loader(store, columns, Sources(by_iri), date, evidence)
    routes = loader.routes()
    uses: dict[str, list[Route]] = defaultdict(list)
    for route in (route for own in routes.values() for route in own):
        for part in route.inputs:
            uses[part.product].append(route)
    kinds = {iri: _slug(kind) for iri, _, (kind,) in columns.statements("Product", "productKind") if kind}
    above = columns.sets(SKOS + "broader")
    return Network(
        as_of=date,
        city=next((row["place"] for row in rows(store, "place")), ""),
        names=_names(columns),
        sources={source.id: source for source in sorted(by_iri.values(), key=lambda s: s.id)},
        organizations=loader.organizations(),
        broader={product: above[product] for product in kinds if product in above},
        product_kinds=kinds,
        routes=routes,
        production=tuple(
            Production(
                iri,
                firm,
                product,
                _slug(status),
                _decimal(capacity),
                _slug(unit),
                _slug(word),
                project,
                provenance,
            )
            for (iri, firm, product, status, capacity, unit, word, project), provenance in loader.facts(
                "Production", "producer", "product", "status", "capacity", "unit", "qualifier", "ofProject"
            )
        ),
        supply=tuple(
            Supply(iri, supplier, buyer, product, _slug(kind), _decimal(quantity), _slug(unit), provenance)
            for (iri, supplier, buyer, product, kind, quantity, unit), provenance in loader.facts(
                "SupplyRelation", "supplier", "buyer", "product", "supplyKind", "quantity", "unit"
            )
        ),
        ownership=tuple(
            Ownership(owner, owned, _decimal(share), provenance)
            for (_, owner, owned, share), provenance in loader.facts("Ownership", "owner", "owned", "share")
        ),
        chain_versions={row["chain"]: row.get("version", "") for row in rows(store, "chains")},
        stages=loader.stages(),
        participations=tuple(
            Participation(firm, chain, stage, _slug(role), start, end, provenance)
            for (_, firm, chain, stage, role, start, end), provenance in loader.facts(
                "ChainParticipation", "participant", "chain", "stage", "role", "validFrom", "validTo", date=""
            )
        ),
        projects=loader.projects(),
        grades=tuple(
            Grade(firm, grade, provenance)
            for (_, firm, grade, end), provenance in loader.facts(
                "GradeAward", "holder", "grade", "validTo", date="validFrom"
            )
            if not end or known_at(date, end)  # a grade holds until the end of its last day, month or year
        ),
        issues=loader.issues(),
        judgements=tuple(
            Judgement(row["thing"], row["other"], _slug(row["relation"])) for row in rows(store, "judgements")
        ),
        uses={product: tuple(own) for product, own in sorted(uses.items())},
    )
