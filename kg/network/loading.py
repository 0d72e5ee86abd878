"""From the store to a :class:`Network`: every fact with its sources, as it was known at a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any

from kg.names import SKOS, local_name
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
from kg.store import Store

Row = Mapping[str, str]
# Weaker than every level a source can have: a fact without a described source.
UNKNOWN_EVIDENCE = "e6"


def rows(store: Store, query: str) -> list[Row]:
    """Run one of this folder's queries; each row maps its bound variables to text, in a fixed order."""
    found = store.select(files(__package__).joinpath(f"{query}.rq").read_text(encoding="utf-8"))
    table = [
        {name: term.value for name, term in zip(found.variables, row, strict=True) if term is not None}
        for row in found.rows
    ]
    return sorted(table, key=lambda row: sorted(row.items()))


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents, and what standing in them gives a fact."""

    by_iri: Mapping[str, Source]

    def provenance(self, graphs: Iterable[str], date: str) -> Provenance:
        """Return where a fact found in ``graphs`` comes from.

        Its evidence is the best of its sources; an undated fact takes the date its first source was published.
        """
        found = sorted(
            (self.by_iri[graph] for graph in set(graphs) if graph in self.by_iri), key=lambda s: s.id
        )
        issued = min((source.issued for source in found if source.issued), default="")
        evidence = min((source.evidence for source in found), default=UNKNOWN_EVIDENCE)
        return Provenance(tuple(source.id for source in found), date or issued, bool(date), evidence)


def newest_date(store: Store) -> str:
    """Return the newest publication date of a source: the default date of every analysis."""
    return max((row.get("issued", "") for row in rows(store, "sources")), default="")


def _grouped(table: Iterable[Row], *keys: str) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in table:
        groups[tuple(row.get(key, "") for key in keys)].append(row)
    return dict(sorted(groups.items()))


def _names(store: Store) -> dict[str, Thing]:
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    aliases: dict[str, set[str]] = defaultdict(set)
    found = store.select(files(__package__).joinpath("names.rq").read_text(encoding="utf-8"))
    for thing, predicate, name in found.rows:
        if predicate.value == SKOS + "prefLabel":
            labels[thing.value][name.language or "zh"] = name.value
        else:
            aliases[thing.value].add(name.value)
    return {
        iri: Thing(
            iri, zh := own.get("zh") or own["en"], own.get("en") or zh, tuple(sorted(aliases.get(iri, ())))
        )
        for iri, own in sorted(labels.items())
    }


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
    sources: Sources
    as_of: str
    evidence: str

    def facts(
        self, query: str, *fields: str, date: str = "asOf"
    ) -> Iterable[tuple[dict[str, str], Provenance]]:
        """Yield each statement once, with all the graphs it stands in, if it was known and is admitted."""
        for key, group in _grouped(rows(self.store, query), *fields, date).items():
            provenance = self.sources.provenance((row["graph"] for row in group), key[-1])
            if known_at(provenance.date, self.as_of) and provenance.evidence <= self.evidence:
                yield dict(zip(fields, key[:-1], strict=True)), provenance

    def organizations(self) -> dict[str, Organization]:
        places: dict[str, set[str]] = defaultdict(set)
        parks: dict[str, set[str]] = defaultdict(set)
        for row in rows(self.store, "sites"):
            if "place" in row:
                places[row["organization"]].add(row["place"])
            if "park" in row:
                parks[row["organization"]].add(row["park"])
        found = {}
        for (iri, kind, locality, start, end), _ in _grouped(
            rows(self.store, "organizations"), "organization", "kind", "locality", "from", "to"
        ).items():
            found[iri] = Organization(
                iri,
                local_name(kind),
                _slug(locality),
                start,
                end,
                tuple(sorted(places[iri])),
                tuple(sorted(parks[iri])),
            )
        return found

    def routes(self) -> dict[str, tuple[Route, ...]]:
        found: dict[str, list[Route]] = defaultdict(list)
        for (output, name), group in _grouped(rows(self.store, "recipes"), "output", "route").items():
            inputs = []
            for (product, requirement, coefficient), same in _grouped(
                group, "input", "requirement", "coefficient"
            ).items():
                stated = self.sources.provenance((row["graph"] for row in same), "")
                inputs.append(Input(product, local_name(requirement), _decimal(coefficient), stated.sources))
            found[output].append(Route(output, name, tuple(inputs)))
        return {output: tuple(routes) for output, routes in sorted(found.items())}

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
        for fact, provenance in self.facts("events", "project", "stage", "kind"):
            events[fact["project"]].append(
                Event(fact["project"], local_name(fact["stage"]), local_name(fact["kind"]), provenance)
            )
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
                found.append(Issue(iri, product, affected, local_name(state), provenance))
        return tuple(found)


def _slug(iri: str) -> Any:
    # The ledgers' code lists and the shapes keep the word within the literal type of the field.
    return local_name(iri)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


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
    by_iri = _sources(store)
    date = as_of or max((source.issued for source in by_iri.values()), default="")
    loader = _Loader(store, Sources(by_iri), date, evidence)
    routes = loader.routes()
    uses: dict[str, list[Route]] = defaultdict(list)
    for route in (route for own in routes.values() for route in own):
        for part in route.inputs:
            uses[part.product].append(route)
    broader: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, str] = {}
    for row in rows(store, "products"):
        kinds[row["product"]] = local_name(row["kind"])
        if "broader" in row:
            broader[row["product"]].add(row["broader"])
    return Network(
        as_of=date,
        city=next((row["place"] for row in rows(store, "place")), ""),
        names=_names(store),
        sources={source.id: source for source in sorted(by_iri.values(), key=lambda s: s.id)},
        organizations=loader.organizations(),
        broader={product: tuple(sorted(own)) for product, own in sorted(broader.items())},
        product_kinds=dict(sorted(kinds.items())),
        routes=routes,
        production=tuple(
            Production(
                f["fact"],
                f["producer"],
                f["product"],
                _slug(f["status"]),
                _decimal(f["capacity"]),
                _unit(f["unit"]),
                _unit(f["qualifier"]),
                f["project"],
                provenance,
            )
            for f, provenance in loader.facts(
                "production",
                "fact",
                "producer",
                "product",
                "status",
                "capacity",
                "unit",
                "qualifier",
                "project",
            )
        ),
        supply=tuple(
            Supply(
                f["fact"],
                f["supplier"],
                f["buyer"],
                f["product"],
                local_name(f["kind"]),
                _decimal(f["quantity"]),
                _unit(f["unit"]),
                provenance,
            )
            for f, provenance in loader.facts(
                "supply", "fact", "supplier", "buyer", "product", "kind", "quantity", "unit"
            )
        ),
        ownership=tuple(
            Ownership(f["owner"], f["owned"], _decimal(f["share"]), provenance)
            for f, provenance in loader.facts("ownership", "owner", "owned", "share")
        ),
        chain_versions={row["chain"]: row.get("version", "") for row in rows(store, "chains")},
        stages=loader.stages(),
        participations=tuple(
            Participation(
                f["organization"],
                f["chain"],
                f["stage"],
                local_name(f["role"]),
                f["from"],
                f["to"],
                provenance,
            )
            for f, provenance in loader.facts(
                "participations", "organization", "chain", "stage", "role", "from", "to", date=""
            )
        ),
        projects=loader.projects(),
        grades=tuple(
            Grade(f["organization"], f["grade"], provenance)
            for f, provenance in loader.facts("grades", "organization", "grade", "to", date="from")
            if not f["to"]
            or known_at(date, f["to"])  # a grade holds until the end of its last day, month or year
        ),
        issues=loader.issues(),
        judgements=tuple(
            Judgement(row["thing"], row["other"], local_name(row["relation"]))
            for row in rows(store, "judgements")
        ),
        uses={product: tuple(own) for product, own in sorted(uses.items())},
    )


def _unit(iri: str) -> str:
    return local_name(iri) if iri else ""
