"""What if: what stops when firms, products or parks stop, and what starts when projects come on stream.

Both questions are asked of the producible set of :mod:`kg.analysis.availability`. What starts is what would be lost if
the started plants stopped again, so both are the same calculation, and both name the shortest chain of causes.

Amounts are the capacities on record. Where one is unknown the sum is unknown; nothing is estimated, and no loss is
shared out by tonnes: a product of which some maker remains is reduced, and what that means downstream is not on record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from kg.analysis.availability import Fall, Producible, Spared, find_producible
from kg.analysis.availability.recipe_clauses import Conditions, Plant
from kg.analysis.gaps import Finding, Gaps, find_gaps
from kg.analysis.presence import GOODS, ON_STREAM_FROM, Maker, Presence, current, find_presence
from kg.analysis.resilience.effects import Causes, Effect, find_effects
from kg.analysis.thresholds import Horizon, Thresholds
from kg.labels import stage_rank
from kg.network.facts import Event, Network, Production, Project, Provenance, Supply

# The findings that a start can close or open; strength and issue records do not hang on it.
_COMPARED: Final = frozenset({"break", "missing", "weak", "latent", "short", "blank"})


@dataclass(frozen=True, slots=True)
class Idled:
    """A firm of which ``products`` stand still and ``remaining`` run on; ``named`` if it was itself asked to stop."""

    organization: str
    products: tuple[str, ...]
    remaining: tuple[str, ...]
    named: bool

    @property
    def whole(self) -> bool:
        """Whether nothing that it is recorded as making runs on."""
        return not self.remaining


@dataclass(frozen=True)
class Stoppage:
    """What a stop takes away.

    Attributes
    ----------
    effects
        Products lost, then reduced; nearest to the cause first.
    idled
        Firms with something that stands still: wholly idled first.
    spared
        Plants that lose an input on one route and run on by another.
    deliveries
        Recorded deliveries that end, whose buyers have to look elsewhere.
    stalled
        Recorded makers that could not be judged: under these conditions they do not run even before the stop.
    unjudged
        Those of them that were asked to stop: what their stop takes away is not among the effects.
    silent
        What was asked to stop and has no production, and no delivery, on record.
    elsewhere
        Firms stopped with a park that have sites outside it as well: which plant stands where is not on record.
    """

    network: Network
    conditions: Conditions
    organizations: tuple[str, ...]
    products: tuple[str, ...]
    parks: tuple[str, ...]
    effects: tuple[Effect, ...]
    idled: tuple[Idled, ...]
    spared: tuple[Spared, ...]
    deliveries: tuple[Supply, ...]
    stalled: tuple[Maker, ...]
    unjudged: tuple[Maker, ...]
    silent: tuple[str, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A started plant that cannot run under the conditions, and the inputs it lacks."""

    maker: Maker
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class Startup:
    """What projects on stream bring.

    Attributes
    ----------
    projects
        What was asked to start; empty for everything in the pipeline.
    effects
        Products gained, then added to; those of the projects themselves, and those that can run because of them.
    expanded
        Makers-to-be whose firm makes the product already: whether the new capacity includes the old is not on record.
    waiting
        Started plants that lack inputs under the conditions.
    closed, opened
        Gaps found before and not after, and the other way round, on current needs.
    silent
        Projects of which no product is on record.
    after
        The gaps with the projects on stream.
    """

    network: Network
    conditions: Conditions
    projects: tuple[str, ...]
    effects: tuple[Effect, ...]
    expanded: tuple[Maker, ...]
    waiting: tuple[Waiting, ...]
    closed: tuple[Finding, ...]
    opened: tuple[Finding, ...]
    silent: tuple[str, ...]
    after: Gaps


def stop(
    world: Network | Presence,
    *,
    organizations: Iterable[str] = (),
    products: Iterable[str] = (),
    parks: Iterable[str] = (),
    conditions: Conditions | None = None,
    horizon: Horizon | None = None,
) -> Stoppage:
    """Find what is lost when firms, products or parks stop, all at once.

    Parameters
    ----------
    world
        What the ledgers say, or who makes what.
    organizations
        IRIs of firms that make nothing any more.
    products
        IRIs of products that nobody makes and nobody can buy any more, narrower ones included.
    parks
        IRIs of parks in which nothing is made any more: the firms on record there, save for plants of projects that
        stand elsewhere.
    conditions
        What counts as available.
    horizon
        How old facts may be.
    """
    presence = world if isinstance(world, Presence) else find_presence(world, horizon)
    network = presence.network
    firms, removed, areas = (tuple(sorted(set(own))) for own in (organizations, products, parks))
    base = find_producible(presence, conditions)
    stopped: dict[Plant, set[str]] = defaultdict(set)
    for plant, maker in base.makers.items():
        if maker.organization in firms:
            stopped[plant].add(maker.organization)
        for park in set(areas).intersection(_parks(network, maker)):
            stopped[plant].add(park)
    fall = base.fall(stopped, removed)
    causes = Causes(presence, stopped, removed)
    named = {organization for organization, _ in stopped}
    met = {cause for own in stopped.values() for cause in own}
    ended = _deliveries(network, {*firms, *named}, stopped, causes.removed, horizon or Horizon())
    met |= {fact.supplier for fact in ended}
    return Stoppage(
        network,
        base.conditions,
        firms,
        removed,
        areas,
        find_effects(base, fall, causes, "lost", "reduced", base.makers),
        _idled(base, fall, named),
        fall.spared,
        ended,
        base.stalled,
        tuple(
            m for m in base.stalled if (m.organization, m.product) in stopped or m.product in causes.removed
        ),
        tuple(thing for thing in (*firms, *areas) if thing not in met),
        tuple(sorted(firm for firm in named - set(firms) if set(_sites(network, firm)) - set(areas))),
    )


def _sites(network: Network, organization: str) -> tuple[str, ...]:
    found = network.organizations.get(organization)
    return found.parks if found else ()


def _parks(network: Network, maker: Maker) -> tuple[str, ...]:
    """Where a plant stands: where its project stands, else where its firm has sites."""
    project = network.projects.get(maker.project)
    return project.parks if project and project.parks else _sites(network, maker.organization)


def _idled(base: Producible, fall: Fall, named: Collection[str]) -> tuple[Idled, ...]:
    by_firm: dict[str, set[str]] = defaultdict(set)
    for outage in fall.outages:
        by_firm[outage.organization].add(outage.product)
    kept: dict[str, set[str]] = defaultdict(set)
    for organization, product in base.running:
        if organization in by_firm and product not in by_firm[organization]:
            kept[organization].add(product)
    found = [
        Idled(firm, tuple(sorted(products)), tuple(sorted(kept[firm])), firm in named)
        for firm, products in by_firm.items()
    ]
    return tuple(sorted(found, key=lambda f: (not f.named, not f.whole, f.organization)))


def _deliveries(
    network: Network,
    firms: Collection[str],
    plants: Collection[Plant],
    removed: Collection[str],
    horizon: Horizon,
) -> tuple[Supply, ...]:
    """Recorded deliveries that end: of a stopped firm what it stops making, or has only been trading."""
    made = {(fact.organization, fact.product) for fact in network.production}
    ended = []
    for fact in network.supply:
        if fact.kind not in GOODS or fact.supplier == fact.buyer or network.closed(fact.supplier):
            continue
        plant = (fact.supplier, fact.product)
        stops = fact.supplier in firms and (plant in plants or plant not in made)
        if (stops or fact.product in removed) and current(fact.provenance, network.as_of, horizon.present):
            ended.append(fact)
    return tuple(sorted(ended, key=lambda f: (f.supplier, f.product, f.buyer, f.iri)))


def start(
    network: Network,
    projects: Iterable[str] | None = None,
    *,
    conditions: Conditions | None = None,
    thresholds: Thresholds | None = None,
) -> Startup:
    """Find what projects bring once they are on stream: products and firms, gaps closed and gaps opened.

    Parameters
    ----------
    network
        What the ledgers say.
    projects
        IRIs of projects, in whatever stage they are; None for everything in the pipeline.
    conditions
        What counts as available.
    thresholds
        The named settings of the gap tests.
    """
    chosen = None if projects is None else tuple(sorted(set(projects)))
    # On current needs only: what a project will need counts from its start on, and that is what is asked.
    before = find_gaps(network, thresholds, with_pipeline=False)
    coming = _coming(before.presence, chosen)
    after = find_gaps(_on_stream(network, coming, before.presence, chosen), thresholds, with_pipeline=False)
    base = find_producible(after.presence, conditions, home=before.presence)
    old = {(m.organization, product) for product, own in before.presence.makers.items() for m in own}
    started: dict[Plant, tuple[str, ...]] = {
        (maker.organization, product): (maker.project or maker.organization,)
        for product, own in after.presence.makers.items()
        for maker in own
        if (maker.organization, product) not in old
    }
    planned = {(maker.organization, maker.product): maker for maker in coming}
    started |= {
        plant: (planned[plant].project,) for plant in started if plant in planned and planned[plant].project
    }
    # What starts is shown as it is on record, not as it would be.
    shown = dict(base.makers)
    shown |= {plant: planned.get(plant) or _as_recorded(network, base.makers[plant]) for plant in started}
    fall = base.fall(started)
    found, left = _keyed(after.findings), _keyed(before.findings)
    return Startup(
        network,
        base.conditions,
        chosen or (),
        find_effects(base, fall, Causes(after.presence, started, ()), "gained", "added", shown),
        tuple(maker for maker in coming if (maker.organization, maker.product) in old),
        tuple(Waiting(shown[p], base.lacking(p)) for p in sorted(started) if p not in base.running),
        tuple(finding for key, finding in left.items() if key not in found),
        tuple(finding for key, finding in found.items() if key not in left),
        tuple(project for project in chosen or () if not _tells(network.projects[project], coming)),
        after,
    )


def _coming(presence: Presence, chosen: Collection[str] | None) -> tuple[Maker, ...]:
    """The makers in the pipeline that belong to the chosen projects."""
    if chosen is None:
        return tuple(maker for own in presence.pipeline.values() for maker in own)
    plants = {
        (organization, product)
        for project in map(presence.network.projects.__getitem__, chosen)
        for organization in (*project.owners, project.iri)
        for product in project.products
    }
    return tuple(
        maker
        for own in presence.pipeline.values()
        for maker in own
        if maker.project in chosen or (maker.organization, maker.product) in plants
    )


def _tells(project: Project, coming: Iterable[Maker]) -> bool:
    return bool(project.products) or any(maker.project == project.iri for maker in coming)


def _on_stream(
    network: Network, coming: Collection[Maker], presence: Presence, chosen: Collection[str] | None
) -> Network:
    """Return the network as if the projects had come on stream at its date."""
    wanted = set(chosen) if chosen is not None else {maker.project for maker in coming if maker.project}
    projects = {
        iri: replace(project, events=(_started(network, project),)) if iri in wanted else project
        for iri, project in network.projects.items()
    }
    plants = {(maker.organization, maker.product) for maker in coming}
    plants |= {(owner, p) for iri in wanted for owner in projects[iri].owners for p in projects[iri].products}
    running = {(m.organization, product) for product, own in presence.makers.items() for m in own}
    new = tuple(
        Production(
            f"{maker.organization} {maker.product}",
            maker.organization,
            maker.product,
            "in-production",
            maker.written[0] if maker.written else None,
            maker.written[1] if maker.written else "",
            "",
            maker.project,
            replace(maker.provenance, date=network.as_of, dated=True),
        )
        for maker in coming
        if (maker.organization, maker.product) not in running
    )
    kept = tuple(
        fact
        for fact in network.production
        if fact.status != "stopped" or (fact.organization, fact.product) not in plants
    )
    return replace(network, projects=projects, production=(*kept, *new))


def _as_recorded(network: Network, maker: Maker) -> Maker:
    """A plant of a project that does not count as coming yet, with the stage that its project has reached, if any."""
    project = network.projects.get(maker.project)
    if not project:
        return maker
    reached = [event for event in project.events if event.kind == "actual"]
    if not reached:
        return replace(maker, status="")
    furthest = max(reached, key=lambda event: (stage_rank(event.stage), event.provenance.date))
    return replace(maker, status=furthest.stage, provenance=furthest.provenance)


def _started(network: Network, project: Project) -> Event:
    known = (network.sources[source].evidence for source in project.sources if source in network.sources)
    provenance = Provenance(project.sources, network.as_of, True, min(known, default="e6"))  # noqa: FBT003
    return Event(project.iri, ON_STREAM_FROM, "actual", provenance)


def _keyed(findings: Iterable[Finding]) -> dict[tuple[str, str], Finding]:
    """Findings by what they are about; a break that becomes a plain missing product is still lacking."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        if finding.kind in _COMPARED:
            kind = "missing" if finding.kind == "break" else finding.kind
            found.setdefault((kind, finding.product or finding.chains[0]), finding)
    return found
