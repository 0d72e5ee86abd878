"""Who makes what, as of a date: the ground on which every finding stands.

Three kinds of presence are kept apart, because they are known differently:

* recorded production: the newest statement about a firm and a product, or a project of the firm that came on stream;
* recorded delivery: a local firm is recorded as supplying the product, though no production record names it;
* inferred: a local firm operates the process by which the product is made (evidence E6). It never counts as recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Literal

from kg.analysis.groups import one_thing
from kg.analysis.thresholds import Horizon
from kg.labels import conversion, stage_rank
from kg.network.facts import Network, Production, Provenance, Route, Supply, known_at

Basis = Literal["production", "supply", "project", "inferred"]

# A project counts as pipeline from its signing on, and as production from its start-up on (stage list of the scheme
# project-stage). Negotiated and conceived projects are intentions.
PIPELINE_FROM = "signed"
ON_STREAM_FROM = "in-production"
ENDED = "terminated"
# A project that was last heard of as suspended is not coming, until it is heard of again.
SUSPENDED = "suspended"
# Suppliers of technology or services do not thereby have the product.
GOODS = frozenset({"goods", "energy"})
# Statements about what is; the others tell what is to be.
_PRESENT = ("in-production", "stopped")


@dataclass(frozen=True, slots=True)
class Maker:
    """A local organization that has a product, or will have it.

    ``capacity`` is in tonnes a year where the ledgers state it in a unit that converts, else None; ``written`` is the
    statement as it stands (number and unit slug). ``project`` is the project in the pipeline, if it is one.
    """

    organization: str
    product: str
    basis: Basis
    status: str
    capacity: Decimal | None
    written: tuple[Decimal, str] | None
    project: str
    provenance: Provenance

    @property
    def coming(self) -> bool:
        """Whether it is a maker to be: a plan, a construction site, or a project before its start-up."""
        if self.basis == "project":
            return stage_rank(self.status) < stage_rank(ON_STREAM_FROM)
        return self.status in ("under-construction", "planned")


@dataclass(frozen=True)
class Presence:
    """Makers by product.

    Attributes
    ----------
    makers
        Recorded local makers, in production or delivering.
    pipeline
        Local makers to be: capacity under construction or planned, and projects from signing on.
    inferred
        Local operators of the process by which a product is made, who are not recorded as making it.
    """

    network: Network
    makers: Mapping[str, tuple[Maker, ...]]
    pipeline: Mapping[str, tuple[Maker, ...]]
    inferred: Mapping[str, tuple[Maker, ...]]

    def made(self, product: str) -> bool:
        """Whether a local maker of ``product``, or of a narrower product, is recorded."""
        return product in self.makers or any(below in self.makers for below in self.narrower_of(product))

    def coming(self, product: str) -> bool:
        """Whether ``product``, or a narrower product, is in the pipeline."""
        return product in self.pipeline or any(below in self.pipeline for below in self.narrower_of(product))

    def makers_of(self, product: str) -> tuple[Maker, ...]:
        """Return the recorded local makers of ``product`` and of the products narrower than it."""
        return self._with_narrower(self.makers, product)

    def pipeline_of(self, product: str) -> tuple[Maker, ...]:
        """Return the makers-to-be of ``product`` and of the products narrower than it."""
        return self._with_narrower(self.pipeline, product)

    def narrower_of(self, product: str) -> tuple[str, ...]:
        """Return the products narrower than ``product``, at any depth."""
        if product not in self.narrower:
            return ()
        found: dict[str, None] = {}
        todo = list(self.narrower[product])
        while todo:
            current = todo.pop()
            if current not in found and current != product:
                found[current] = None
                todo.extend(self.narrower.get(current, ()))
        return tuple(found)

    def _with_narrower(self, table: Mapping[str, tuple[Maker, ...]], product: str) -> tuple[Maker, ...]:
        below = [member for member in self.narrower_of(product) if member in table]
        if not below:
            return table.get(product, ())  # in order as it is
        found = [maker for member in (product, *below) for maker in table.get(member, ())]
        return tuple(sorted(found, key=lambda maker: (maker.organization, maker.product)))

    @cached_property
    def narrower(self) -> Mapping[str, tuple[str, ...]]:
        """Products directly narrower than each product."""
        found: dict[str, set[str]] = defaultdict(set)
        for product, parents in self.network.broader.items():
            for parent in parents:
                found[parent].add(product)
        return {product: tuple(sorted(own)) for product, own in sorted(found.items())}

    @cached_property
    def looked_through(self) -> dict[tuple[str, frozenset[str]], Any]:
        """Kept by :mod:`kg.analysis.demand`: how each intermediate is made inside a plant, found once."""
        return {}

    @cached_property
    def below(self) -> dict[str, frozenset[str]]:
        """Kept by :mod:`kg.analysis.demand`: what is looked through on the way to an intermediate's inputs."""
        return {}

    @cached_property
    def products_of(self) -> Mapping[str, tuple[str, ...]]:
        """Products that each local organization is recorded as making or delivering."""
        found: dict[str, set[str]] = defaultdict(set)
        for product, makers in self.makers.items():
            for maker in makers:
                found[maker.organization].add(product)
        return {organization: tuple(sorted(own)) for organization, own in sorted(found.items())}


def _weight(fact: Production) -> tuple[int, str]:
    # Of two statements of one date the better proven one decides.
    return -int(fact.provenance.evidence[1:]), fact.iri


def _newest_first(fact: Production) -> tuple[str, tuple[int, str]]:
    return fact.provenance.date, _weight(fact)


@lru_cache(maxsize=256)
def _tonnes(unit: str) -> Decimal | None:
    return conversion(unit, "t-a")


def _capacity(facts: Collection[Production]) -> tuple[Decimal | None, tuple[Decimal, str] | None]:
    """Return the newest stated capacity in t/a (None if its unit does not convert) and as written."""
    for fact in facts if len(facts) == 1 else sorted(facts, key=_newest_first, reverse=True):
        if fact.capacity is not None and fact.unit:  # a number without a unit is no amount
            factor = _tonnes(fact.unit)
            return (None if factor is None else fact.capacity * factor), (fact.capacity, fact.unit)
    return None, None


def current(provenance: Provenance, as_of: str, horizon_years: int) -> bool:
    """Whether a statement is recent enough, at ``as_of``, to be taken for the present."""
    return _recent(provenance.date, as_of, horizon_years)


@lru_cache(maxsize=1 << 16)
def _recent(date: str, as_of: str, horizon_years: int) -> bool:
    # Of hundreds of thousands of facts few dates are different.
    return not date or not as_of or int(as_of[:4]) - int(date[:4]) <= horizon_years


def find_presence(network: Network, horizon: Horizon | None = None) -> Presence:
    """Work out who makes what as of the network's date.

    Of several statements about one firm and product the newest decides the status. A statement that does not tell
    production from intention counts for what it says; capacity is the newest one stated with that status.
    """
    limit = horizon or Horizon()
    local = frozenset(filter(network.local, network.organizations))
    makers: dict[str, dict[str, Maker]] = defaultdict(dict)
    pipeline: dict[str, dict[str, Maker]] = defaultdict(dict)
    stopped: dict[tuple[str, str], str] = {}
    for product, by_firm in _statements(network, local, limit).items():
        for organization, facts in by_firm.items():
            running = [fact for fact in facts if fact.status in _PRESENT]
            since = ""
            if running:
                newest = running[0] if len(running) == 1 else max(running, key=_newest_running)
                since = newest.provenance.date
                if newest.status == "stopped":
                    stopped[organization, product] = since
                else:
                    makers[product][organization] = _maker(newest, running)
            if len(running) == len(facts):
                continue
            # What was planned before the start-up is what runs now; only a later plan is an extension.
            later = [f for f in facts if f.status not in _PRESENT and f.provenance.date > since]
            coming = later if running else facts
            if coming:
                newest = max(coming, key=_newest_coming)
                pipeline[product][organization] = _maker(newest, coming)
    _add_projects(network, local, makers, pipeline, stopped, limit)
    _add_deliveries(network, local, makers, stopped, limit)
    return Presence(network, _by_product(makers), _by_product(pipeline), _inferred(network, makers))


def _newest_running(fact: Production) -> tuple[str, str, tuple[int, str]]:
    return fact.provenance.date, fact.status, _weight(fact)


def _newest_coming(fact: Production) -> tuple[str, bool, tuple[int, str]]:
    return fact.provenance.date, fact.status == "under-construction", _weight(fact)


def _statements(
    network: Network, local: frozenset[str], limit: Horizon
) -> dict[str, dict[str, list[Production]]]:
    """The statements of local firms that still hold, by product and firm."""
    found: dict[str, dict[str, list[Production]]] = defaultdict(dict)
    for fact in network.production:
        years = limit.present if fact.status in _PRESENT else limit.pipeline
        if fact.organization in local and current(fact.provenance, network.as_of, years):
            found[fact.product].setdefault(fact.organization, []).append(fact)
    return found


def _maker(newest: Production, stating: Collection[Production]) -> Maker:
    """What the newest statement says, with the newest capacity among those that say the same."""
    capacity, written = _capacity([fact for fact in stating if fact.status == newest.status])
    project = "" if newest.status == "in-production" else newest.project
    return Maker(
        newest.organization,
        newest.product,
        "production",
        newest.status,
        capacity,
        written,
        project,
        newest.provenance,
    )


def _by_product(table: Mapping[str, Mapping[str, Maker]]) -> dict[str, tuple[Maker, ...]]:
    return {product: tuple(own[key] for key in sorted(own)) for product, own in sorted(table.items()) if own}


def _add_projects(
    network: Network,
    local: frozenset[str],
    makers: dict[str, dict[str, Maker]],
    pipeline: dict[str, dict[str, Maker]],
    stopped: Mapping[tuple[str, str], str],
    horizon: Horizon,
) -> None:
    lines = one_thing(network, ("same", "probably-same", "probably-same-line"))
    local_owners: dict[str, set[str]] = defaultdict(set)
    for project in network.projects.values():
        local_owners[lines.get(project.iri, project.iri)].update(local.intersection(project.owners))
    for project in network.projects.values():
        reached = [event for event in project.events if event.kind == "actual"]
        if not reached or any(event.stage == ENDED for event in reached):
            continue
        heard = max(reached, key=lambda event: (event.provenance.date, stage_rank(event.stage)))
        going = [event for event in reached if event.stage != SUSPENDED]
        if heard.stage == SUSPENDED or not going:
            continue
        furthest = max(going, key=lambda event: (stage_rank(event.stage), event.provenance.date))
        if stage_rank(furthest.stage) < stage_rank(PIPELINE_FROM):
            continue
        on_stream = stage_rank(furthest.stage) >= stage_rank(ON_STREAM_FROM)
        if not current(heard.provenance, network.as_of, horizon.present if on_stream else horizon.pipeline):
            continue
        # The city's project ledger lists projects in the city. Where no local owner is on record for it or for its
        # project line, the line itself stands for the plant. One that runs closed with owners that have all closed.
        line = lines.get(project.iri, project.iri)
        owners = sorted(local.intersection(project.owners)) or sorted(local_owners[line])
        if on_stream and not owners and project.owners and all(map(network.closed, project.owners)):
            continue
        owners = owners or [line]
        for organization in owners:
            for product in project.products:
                fact = Maker(
                    organization,
                    product,
                    "project",
                    furthest.stage,
                    None,
                    None,
                    project.iri,
                    furthest.provenance,
                )
                known = pipeline[product].get(organization)
                if on_stream and not _stopped_since(stopped, (organization, product), fact.provenance):
                    makers[product].setdefault(organization, fact)
                    if known and known.provenance.date <= fact.provenance.date:
                        del pipeline[product][organization]
                newer = known is None or known.provenance.date <= fact.provenance.date
                if newer and not on_stream and organization not in makers[product]:
                    # The project tells how far it is, the production record how much it will make.
                    amount = (known.capacity, known.written) if known else (None, None)
                    pipeline[product][organization] = replace(fact, capacity=amount[0], written=amount[1])


def _add_deliveries(
    network: Network,
    local: frozenset[str],
    makers: dict[str, dict[str, Maker]],
    stopped: Mapping[tuple[str, str], str],
    horizon: Horizon,
) -> None:
    # The newest delivery speaks for the pair, as the newest statement does elsewhere.
    newest: dict[tuple[str, str], Supply] = {}
    for fact in network.supply:
        if (
            fact.kind in GOODS
            and fact.supplier in local
            and current(fact.provenance, network.as_of, horizon.present)
        ):
            pair = (fact.supplier, fact.product)
            known = newest.get(pair)
            if known is None or (known.provenance.date, known.iri) < (fact.provenance.date, fact.iri):
                newest[pair] = fact
    for (supplier, product), fact in newest.items():
        own = makers[product]
        if supplier not in own and not _stopped_since(stopped, (supplier, product), fact.provenance):
            own[supplier] = Maker(
                supplier, product, "supply", "in-production", None, None, "", fact.provenance
            )


def _stopped_since(stopped: Mapping[tuple[str, str], str], plant: tuple[str, str], told: Provenance) -> bool:
    """Whether a production record of the same date, as far as both are precise, or later says that the maker has stopped."""
    date = stopped.get(plant)
    return date is not None and (told.date == date or (bool(date) and known_at(told.date, date)))


def _inferred(network: Network, makers: Mapping[str, Mapping[str, Maker]]) -> dict[str, tuple[Maker, ...]]:
    """Return who probably makes what no ledger says they make: the co-products of the processes that they run.

    Outputs of one process share the route's name and inputs. Whoever makes one of them, or has the process as a
    capacity of its own (crude processing), probably has the others.
    """
    processes = {
        network.thing(product).zh: product
        for product, kind in network.product_kinds.items()
        if kind == "process"
    }
    outputs: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for output, routes in network.routes.items():
        for route in routes:
            outputs[_process(route)].append(output)
    found: dict[str, dict[str, Maker]] = defaultdict(dict)
    for output, routes in network.routes.items():
        for route in routes:
            siblings = [processes[route.name]] if route.name in processes else []
            siblings += [sibling for sibling in outputs[_process(route)] if sibling != output]
            for sibling in siblings:
                for operator in makers.get(sibling, {}).values():
                    if operator.basis != "supply" and operator.organization not in makers.get(output, {}):
                        inferred = replace(
                            operator, product=output, basis="inferred", capacity=None, written=None
                        )
                        found[output].setdefault(operator.organization, inferred)
    return {product: tuple(own[key] for key in sorted(own)) for product, own in sorted(found.items())}


def _process(route: Route) -> tuple[str, tuple[str, ...]]:
    return route.name, tuple(sorted(part.product for part in route.inputs))
