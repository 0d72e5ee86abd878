"""Results as data: findings, memberships and balances as quads, each in a named graph with the run that made it.

Results are computed, not recorded: their graphs lie below ``https://w3id.org/gongyue/graph/analysis/``, bear no source,
and nothing that loads facts reads them. The run (``gy:Analysis``, a ``prov:Activity``) tells the software, the data by date
and digest, the parameters, and when it was: all else is equal for equal data.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from kg import __version__
from kg.amounts import plain_number
from kg.analysis.balance import Balance
from kg.analysis.balance.outlets import Outlet
from kg.analysis.balance.surplus import Surplus
from kg.analysis.clusters import Clusters
from kg.analysis.clusters.memberships import Membership
from kg.analysis.gaps import Finding, Gaps
from kg.analysis.gaps.explain import why
from kg.analysis.links import INFERRED_WEIGHT, PIPELINE_FACTOR
from kg.messages import LANGUAGES
from kg.names import (
    ANALYSIS_GRAPHS,
    DCTERMS,
    GY,
    ID,
    PROV,
    RDF_TYPE,
    SCHEME,
    SOURCE,
    XSD,
    local_name,
    segment,
)
from kg.store import Store
from kg.store.terms import Literal, NamedNode, Quad

RESULTS: Final = ("findings", "memberships", "balances")
# Beyond this many digits a membership is rounding of the power iteration.
_WEIGHT: Final = Decimal("1e-9")
# Scales are quotients; a gram more or less is nothing.
_SCALE_PLACES: Final = 6
_DATE: Final = {4: "gYear", 7: "gYearMonth", 10: "date"}
Statement: TypeAlias = tuple[NamedNode, NamedNode, NamedNode | Literal]

_TYPE: Final = NamedNode(RDF_TYPE)
_GENERATED: Final = NamedNode(PROV + "wasGeneratedBy")
_DERIVED: Final = NamedNode(PROV + "wasDerivedFrom")


@dataclass(frozen=True, slots=True)
class Written:
    """Which graphs were written, with the number of results in each, and the digest of the data they hold for."""

    counts: Mapping[str, int]
    digest: str


def data_digest(store: Store) -> str:
    """Return a digest of every quad in the store besides results of analyses.

    Digests of the single quads are added up, so that the order in which a store yields them does not matter.
    """
    total = 0
    for graph in store.graphs():
        if not graph.startswith(ANALYSIS_GRAPHS):
            for quad in store.quads(graph):
                total += int.from_bytes(hashlib.sha256(str(quad).encode()).digest(), "big")
    return f"sha256:{total % (1 << 256):064x}"


def write_results(
    store: Store,
    gaps: Gaps,
    clusters: Clusters,
    surpluses: Iterable[Surplus],
    balance: Balance,
    *,
    at: datetime | None = None,
) -> Written:
    """Write results into a store, all or nothing, in place of all that were there.

    Parameters
    ----------
    store
        Opened for writing; the one that the results were computed from.
    gaps, clusters, surpluses, balance
        What the analyses found, on one network.
    at
        When the analysis was, with its time zone; default now.

    Raises
    ------
    StoreError
        If the store was not opened for writing or cannot be written.
    """
    digest = data_digest(store)
    graphs = result_quads(gaps, clusters, surpluses, balance, digest, at or datetime.now(UTC))
    stale = [g for g in store.graphs() if g.startswith(ANALYSIS_GRAPHS) and g not in graphs]
    store.replace(graphs, drop=stale)
    counts = {
        graph: len({quad.subject for quad in quads if quad.predicate == _GENERATED})
        for graph, quads in graphs.items()
    }
    return Written(counts, digest)


def result_quads(
    gaps: Gaps,
    clusters: Clusters,
    surpluses: Iterable[Surplus],
    balance: Balance,
    digest: str,
    at: datetime,
) -> dict[str, tuple[Quad, ...]]:
    """Return the quads of each result graph, in a fixed order; see `write_results`."""
    parts: dict[str, Iterator[Statement]] = {
        "findings": _findings(gaps),
        "memberships": _memberships(clusters),
        "balances": itertools.chain(_balances(gaps, surpluses, balance), _uses(gaps, balance)),
    }
    limits = {name: _written(value) for name, value in asdict(gaps.thresholds).items()}
    walk = {
        "alpha": _written(clusters.alpha),
        "tiers": _written(clusters.tiers),
        "inferred_weight": _written(INFERRED_WEIGHT),
        "pipeline_factor": _written(PIPELINE_FACTOR),
        "horizon_years": _written(clusters.horizon.present),
        "pipeline_horizon_years": _written(clusters.horizon.pipeline),
    }
    plan = {"objective": balance.objective, "local_inputs_only": str(balance.local_only).lower()}
    parameters = {"findings": limits, "memberships": walk, "balances": limits | plan}
    found = {}
    for name in RESULTS:
        run = NamedNode(f"{ID}analysis/{name}")
        triples = {*_run(run, gaps.network.as_of, digest, at, parameters[name])}
        for subject, predicate, value in parts[name]:
            triples.add((subject, predicate, value))
            triples.add((subject, _GENERATED, run))
        graph = NamedNode(ANALYSIS_GRAPHS + name)
        quads = (Quad(*triple, graph) for triple in triples)
        found[graph.value] = tuple(sorted(quads, key=str))
    return found


def _written(value: object) -> str:
    return plain_number(value) if isinstance(value, int | float | Decimal) else str(value)


def _run(
    run: NamedNode, as_of: str, digest: str, at: datetime, parameters: Mapping[str, str]
) -> Iterator[Statement]:
    yield run, _TYPE, NamedNode(GY + "Analysis")
    yield run, _TYPE, NamedNode(PROV + "Activity")
    yield run, NamedNode(GY + "softwareVersion"), Literal(f"gongyue {__version__}")
    yield run, NamedNode(GY + "dataDigest"), Literal(digest)
    ended = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield run, NamedNode(PROV + "endedAtTime"), Literal(ended, datatype=NamedNode(XSD + "dateTime"))
    if len(as_of) in _DATE:
        yield run, NamedNode(GY + "dataAsOf"), Literal(as_of, datatype=NamedNode(XSD + _DATE[len(as_of)]))
    for name, value in sorted(parameters.items()):
        yield run, NamedNode(GY + "parameterValue"), Literal(f"{name}={value}")


def _node(kind: str, *parts: str) -> NamedNode:
    return NamedNode(f"{ID}{kind}/" + segment("~".join(map(_short, parts))))


def _short(thing: str) -> str:
    """A thing's name; with its class where it might be another thing's name too (a project called like its firm)."""
    kind, slash, _ = thing.removeprefix(ID).partition("/")
    named = local_name(thing)
    return f"{kind}/{named}" if slash and kind not in ("organization", "product", "chain") else named


def _decimal(value: Decimal) -> Literal:
    return Literal(plain_number(value), datatype=NamedNode(XSD + "decimal"))


def _basis(node: NamedNode, evidence: str, sources: Iterable[str]) -> Iterator[Statement]:
    if evidence:
        yield node, NamedNode(GY + "resultEvidence"), NamedNode(f"{SCHEME}evidence-level/{evidence}")
    for source in sources:
        yield node, _DERIVED, NamedNode(SOURCE + segment(source))


def _findings(gaps: Gaps) -> Iterator[Statement]:
    taken: dict[str, int] = {}
    for finding in gaps.findings:
        about = (finding.product,) if finding.product else finding.chains
        node = _node("finding", finding.kind, *about)
        # Two issues may be open about one product.
        taken[node.value] = taken.get(node.value, 0) + 1
        if taken[node.value] > 1:
            node = _node("finding", finding.kind, *about, str(taken[node.value]))
        yield from _finding(node, finding, gaps)


def _finding(node: NamedNode, finding: Finding, gaps: Gaps) -> Iterator[Statement]:
    yield node, _TYPE, NamedNode(GY + "Finding")
    yield node, NamedNode(GY + "findingKind"), NamedNode(f"{SCHEME}finding-kind/{finding.kind}")
    if finding.product:
        yield node, NamedNode(GY + "findingProduct"), NamedNode(finding.product)
    for chain in finding.chains:
        yield node, NamedNode(GY + "findingChain"), NamedNode(chain)
    for stage in finding.stages:
        yield node, NamedNode(GY + "findingStage"), NamedNode(stage.iri)
    for organization in sorted({user.organization for need in finding.needs for user in need.users}):
        yield node, NamedNode(GY + "neededBy"), NamedNode(organization)
    for organization in sorted({maker.organization for maker in (*finding.makers, *finding.pipeline)}):
        yield node, NamedNode(GY + "findingMaker"), NamedNode(organization)
    if finding.ratio is not None:
        yield node, NamedNode(GY + "findingRatio"), _decimal(finding.ratio)
    for lang in LANGUAGES:
        yield (
            node,
            NamedNode(DCTERMS + "description"),
            Literal(why(finding, gaps.network, lang), language=lang),
        )
    yield from _basis(node, finding.evidence, finding.sources)


def _memberships(clusters: Clusters) -> Iterator[Statement]:
    for one in clusters.memberships:
        node = _node("membership", one.anchor, one.direction, one.organization)
        integer = NamedNode(XSD + "integer")
        yield node, _TYPE, NamedNode(GY + "Membership")
        yield node, NamedNode(GY + "memberOf"), NamedNode(one.anchor)
        yield node, NamedNode(GY + "member"), NamedNode(one.organization)
        yield node, NamedNode(GY + "direction"), NamedNode(f"{SCHEME}chain-position/{one.direction}")
        yield node, NamedNode(GY + "tier"), Literal(str(one.tier), datatype=integer)
        if one.recorded_tier is not None:
            yield node, NamedNode(GY + "recordedTier"), Literal(str(one.recorded_tier), datatype=integer)
        weight = min(Decimal(repr(one.weight)).quantize(_WEIGHT), Decimal(1))
        yield node, NamedNode(GY + "weight"), _decimal(weight)
        yield from _basis(node, _evidence(one), sorted({s for link in one.path for s in link.sources}))


def _evidence(membership: Membership) -> str:
    """The weakest link's level; an inferred link is a rule's."""
    if any(link.basis != "recorded" for link in membership.path):
        return "e6"
    return max((min(p.evidence for p in link.provenances) for link in membership.path), default="e6")


def _balances(gaps: Gaps, surpluses: Iterable[Surplus], balance: Balance) -> Iterator[Statement]:
    drawn = {one.stock.product: one.drawn for one in balance.stocks if one.free is not None}
    for one in surpluses:
        node = _node("balance", one.product)
        yield node, _TYPE, NamedNode(GY + "Balance")
        yield node, NamedNode(GY + "balanceProduct"), NamedNode(one.product)
        amounts = {
            "balanceCapacity": one.capacity,
            # Without a recorded use the need is not known to be nothing.
            "balanceNeed": one.need if one.stock.used else None,
            "balanceSurplus": one.surplus if one.stock.used else None,
            "balanceDrawn": drawn.get(one.product),
        }
        yield from _amounts(node, amounts)
        for output in sorted({outlet.output for outlet in one.outlets}):
            yield node, NamedNode(GY + "balanceOutlet"), NamedNode(output)
        levels = [one.stock.evidence, *(_told(gaps, outlet) for outlet in one.outlets)]
        yield from _basis(node, max(levels), one.sources)


def _uses(gaps: Gaps, balance: Balance) -> Iterator[Statement]:
    for use in balance.uses:
        outlet = use.outlet
        node = NamedNode(_node("use", outlet.output).value + "~" + segment(outlet.route.name))
        yield node, _TYPE, NamedNode(GY + "PlannedUse")
        yield node, NamedNode(GY + "useOutput"), NamedNode(outlet.output)
        yield node, NamedNode(GY + "useRoute"), Literal(outlet.route.name)
        products = {
            "useInput": tuple(feed.product for feed in outlet.feeds if feed.origin == "local"),
            "importedInput": tuple(feed.product for feed in outlet.imports),
            "limitedBy": use.limited_by,
            "closesGapOf": (outlet.gap.product,) if outlet.gap else (),
        }
        for name, own in products.items():
            for product in own:
                yield node, NamedNode(GY + name), NamedNode(product)
        yield from _amounts(node, {"largestScale": _written_scale(outlet.scale), "plannedScale": use.planned})
        yield from _basis(node, max(outlet.evidence, _told(gaps, outlet)), outlet.sources)


def _written_scale(scale: Decimal | None) -> Decimal | None:
    return None if scale is None else round(scale, _SCALE_PLACES)


def _amounts(node: NamedNode, amounts: Mapping[str, Decimal | None]) -> Iterator[Statement]:
    for name, amount in amounts.items():
        if amount is not None:
            yield node, NamedNode(GY + name), _decimal(amount)


def _told(gaps: Gaps, outlet: Outlet) -> str:
    """The best evidence of the route."""
    known = gaps.network.sources
    return min((known[s].evidence for s in outlet.route.sources if s in known), default="e6")
