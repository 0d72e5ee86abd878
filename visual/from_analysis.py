"""From the analysis to what the maps draw: names in both languages, facts with their sources, states of products."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from kg import labels
from kg.analysis.clusters import Clusters, Membership
from kg.analysis.demand import taken_up
from kg.analysis.gaps import Finding, Gaps
from kg.analysis.gaps.explain import why
from kg.analysis.links import Link as FoundLink
from kg.analysis.presence import GOODS, current
from kg.analysis.presence import Maker as FoundMaker
from kg.names import SCHEME
from kg.network.facts import Network, Provenance, Route, Stage
from visual.inputs import (
    AnchorFirm,
    AnchorNetwork,
    ChainState,
    ClusterState,
    FactRef,
    Link,
    Maker,
    Member,
    MissingInput,
    ProductCondition,
    ProductLink,
    ProductState,
    Ref,
    StageState,
    Text,
)


def ref(network: Network, iri: str) -> Ref:
    """Return a thing's names for the map."""
    thing = network.thing(iri)
    return Ref(iri, thing.zh, thing.en, thing.aliases)


def _word(scheme: str, slug: str) -> Text:
    iri = f"{SCHEME}{scheme}/{slug}"
    return Text(labels.label(iri, "zh"), labels.label(iri, "en"))


def _heading(column: str) -> Text:
    return Text(labels.column(column, "zh"), labels.column(column, "en"))


def _facts(network: Network, label: Text, value: Text, provenance: Provenance) -> tuple[FactRef, ...]:
    """One line a source: what it says, who says it, when."""
    return tuple(
        FactRef(label, value, source, known.title, provenance.date, known.evidence.upper(), known.url)
        for source in provenance.sources
        if (known := network.sources.get(source))
    )


def _route_facts(network: Network, route: Route) -> tuple[FactRef, ...]:
    label = _heading("route")
    names = [network.thing(part.product) for part in route.inputs]
    output = network.thing(route.output)
    value = Text(
        f"{route.name}：{'、'.join(name.zh for name in names)} → {output.zh}",
        f"{route.name}: {', '.join(name.en for name in names)} → {output.en}",
    )
    return tuple(
        FactRef(label, value, source, known.title, known.issued, known.evidence.upper(), known.url)
        for source in route.sources
        if (known := network.sources.get(source))
    )


def _amount(written: tuple[Decimal, str] | None) -> Text:
    if written is None:
        return Text("")
    unit = _word("unit", written[1]) if written[1] else Text("")
    return Text(f"{written[0]:f} {unit.zh}".strip(), f"{written[0]:f} {unit.en}".strip())


def _status(found: FoundMaker) -> Text:
    return _word("project-stage" if found.basis == "project" else "production-status", found.status)


def _maker(network: Network, found: FoundMaker) -> Maker:
    amount, status = _amount(found.written), _status(found)
    value = Text(
        " ".join(part for part in (network.thing(found.product).zh, amount.zh, status.zh) if part),
        " ".join(part for part in (network.thing(found.product).en, amount.en, status.en) if part),
    )
    label = ref(network, found.organization).text
    return Maker(
        ref(network, found.organization), amount.zh, status, _facts(network, label, value, found.provenance)
    )


def _condition(gaps: Gaps, product: str, findings: Iterable[Finding]) -> ProductCondition:
    kinds = {finding.kind for finding in findings}
    if gaps.presence.made(product):
        return "weak" if "weak" in kinds else "strong" if "strong" in kinds else "made"
    if gaps.presence.coming(product):
        return "pipeline"
    if gaps.presence.inferred.get(product):
        return "inferred"
    if "break" in kinds:
        return "break"
    if "missing" in kinds:
        return "missing"
    return "in-unit" if taken_up(gaps.presence, gaps.needs, product) else "unknown"


def _product(gaps: Gaps, product: str) -> ProductState:
    network = gaps.network
    findings = [finding for finding in gaps.findings if finding.product == product]
    makers = gaps.presence.makers_of(product)
    pipeline = gaps.presence.pipeline_of(product)
    needs = gaps.needs.get(product, ())
    reasons = [Text(why(finding, network, "zh"), why(finding, network, "en")) for finding in findings]
    routes = {(need.route.name, need.route.output): need.route for need in needs}
    return ProductState(
        ref(network, product),
        _condition(gaps, product, findings),
        tuple(_maker(network, maker) for maker in makers),
        tuple(_maker(network, maker) for maker in pipeline),
        tuple(ref(network, output) for output in sorted({need.output for need in needs})),
        Text("\n".join(reason.zh for reason in reasons), "\n".join(reason.en for reason in reasons)),
        tuple(fact for key in sorted(routes) for fact in _route_facts(network, routes[key])),
    )


def chain_state(gaps: Gaps, chain: str) -> ChainState:
    """Return a chain as the chain map draws it: its stages, each product's state, and what goes into what."""
    network = gaps.network
    stages = network.stages.get(chain, ())
    shown = {product for stage in stages for product in stage.products}
    links = {
        (part.product, route.output, route.name): route
        for output in sorted(shown)
        for route in network.routes.get(output, ())
        for part in route.inputs
        if part.product in shown and part.product != output
    }
    return ChainState(
        ref(network, chain),
        network.as_of,
        tuple(
            StageState(
                ref(network, stage.iri),
                stage.order,
                stage.position,
                stage.branch,
                tuple(_product(gaps, product) for product in stage.products),
            )
            for stage in stages
        ),
        tuple(
            ProductLink(start, end, route.name, _route_facts(network, route))
            for (start, end, _), route in sorted(links.items(), key=lambda item: item[0])
        ),
    )


def _link(network: Network, found: FoundLink) -> Link:
    product = network.thing(found.product)
    label = _heading("product")
    # The sources of an inferred link say who makes and who needs; that the two trade is a rule's word, not theirs.
    inferred = found.basis == "inferred"
    value = Text(
        f"{network.thing(found.supplier).zh} → {network.thing(found.buyer).zh}：{product.zh}"
        + ("（推断）" if inferred else ""),
        f"{network.thing(found.supplier).en} → {network.thing(found.buyer).en}: {product.en}"
        + (" (inferred)" if inferred else ""),
    )
    facts = tuple(
        replace(fact, evidence="E6") if inferred else fact
        for provenance in found.provenances
        for fact in _facts(network, label, value, provenance)
    )
    return Link(found.supplier, found.buyer, ref(network, found.product), found.basis, facts)


def _path(network: Network, path: Iterable[FoundLink]) -> Text:
    """The strongest path as words: each step with its product, inferred steps marked."""
    parts_zh, parts_en = [], []
    for step in path:
        supplier, buyer, product = (network.thing(iri) for iri in (step.supplier, step.buyer, step.product))
        marked = step.basis == "inferred"
        parts_zh.append(f"{supplier.zh} —{product.zh}→ {buyer.zh}" + ("（推断）" if marked else ""))
        parts_en.append(f"{supplier.en} —{product.en}→ {buyer.en}" + (" (inferred)" if marked else ""))
    return Text("；".join(parts_zh), "; ".join(parts_en))


def _strongest(links: Iterable[FoundLink]) -> list[FoundLink]:
    """Every product between two firms; where something is on record between them, only what is on record."""
    ordered = sorted(links, key=lambda link: (link.supplier, link.buyer, link.product, link.basis))
    recorded = {(link.supplier, link.buyer) for link in ordered if link.basis == "recorded"}
    return [
        link for link in ordered if link.basis == "recorded" or (link.supplier, link.buyer) not in recorded
    ]


def _captive(network: Network, clusters: Clusters, anchor: str) -> tuple[Link, ...]:
    """What an anchor makes for its own use: no link between firms, but worth a word on its map."""
    held: dict[str, list[Provenance]] = {}
    for fact in network.supply:
        recent = current(fact.provenance, network.as_of, clusters.horizon.present)
        if recent and fact.kind in GOODS and fact.supplier == fact.buyer == anchor:
            held.setdefault(fact.product, []).append(fact.provenance)
    return tuple(
        _link(
            network,
            FoundLink(
                anchor,
                anchor,
                product,
                "recorded",
                pipeline=False,
                weight=1.0,
                provenances=tuple(held[product]),
            ),
        )
        for product in sorted(held)
    )


def _stage_of(network: Network, chains: Iterable[str], product: str) -> Stage | None:
    for chain in chains:
        for stage in network.stages.get(chain, ()):
            if product in stage.products:
                return stage
    return None


def anchor_network(gaps: Gaps, clusters: Clusters, anchor: str) -> AnchorNetwork:
    """Return one anchor with its suppliers, customers and missing inputs, as the anchor map draws it."""
    network = gaps.network
    own = sorted({fact.chain for fact in network.current_participations() if fact.organization == anchor})
    chains = (*own, *(chain for chain in sorted(network.stages) if chain not in own))
    nearest: dict[str, list[Membership]] = {}
    for membership in clusters.of(anchor):
        nearest.setdefault(membership.organization, []).append(membership)
    firms = []
    for organization, found in sorted(nearest.items()):
        best = min(found, key=lambda m: (m.tier, -m.weight, m.direction))
        both = len({m.direction for m in found if m.tier == best.tier}) == 2
        product = best.path[-1].product
        stage = _stage_of(network, chains, product)
        firms.append(
            AnchorFirm(
                ref(network, organization),
                best.tier,
                "both" if both else best.direction,
                ref(network, stage.iri) if stage else None,
                network.organizations[organization].locality
                if organization in network.organizations
                else "unknown",
                "recorded" if best.recorded_tier is not None else "inferred",
                best.weight,
                _path(network, best.path),
                tuple(fact for step in best.path for fact in _link(network, step).facts),
            )
        )
    shown = {anchor, *nearest}
    between = [link for link in clusters.links if link.supplier in shown and link.buyer in shown]
    missing = []
    for finding in gaps.of_anchor(anchor):
        users = {user.organization for need in finding.needs for user in need.users}
        if finding.kind not in ("missing", "break") or anchor not in users:
            continue
        stage = _stage_of(network, chains, finding.product)
        coming = [_maker(network, maker) for maker in finding.pipeline]
        missing.append(
            MissingInput(
                ref(network, finding.product),
                ref(network, stage.iri) if stage else None,
                Text(why(finding, network, "zh"), why(finding, network, "en")),
                Text(
                    "、".join(f"{maker.organization.zh}（{maker.status.zh}）" for maker in coming),
                    ", ".join(f"{maker.organization.en} ({maker.status.en})" for maker in coming),
                ),
                tuple(
                    fact
                    for need in finding.needs
                    if anchor in {user.organization for user in need.users}
                    for fact in _route_facts(network, need.route)
                ),
            )
        )
    return AnchorNetwork(
        ref(network, anchor),
        network.as_of,
        tuple(firms),
        (
            *(_link(network, link) for link in _strongest(between)),
            *_captive(network, clusters, anchor),
        ),
        tuple(missing),
    )


def cluster_state(clusters: Clusters) -> ClusterState:
    """Return every anchor and the firms around them, as the cluster map draws it."""
    network = clusters.network
    best: dict[str, Membership] = {}
    recorded: dict[str, set[str]] = {}
    for membership in clusters.memberships:
        if membership.recorded_tier is not None:
            recorded.setdefault(membership.organization, set()).add(membership.anchor)
        known = best.get(membership.organization)
        if known is None or (-membership.weight, membership.tier) < (-known.weight, known.tier):
            best[membership.organization] = membership
    members = [
        Member(
            ref(network, firm),
            tuple(shares.items()),
            outside=False,
            locality=network.organizations[firm].locality if firm in network.organizations else "unknown",
            path=_path(network, best[firm].path),
            facts=tuple(fact for step in best[firm].path for fact in _link(network, step).facts),
            recorded=tuple(sorted(recorded.get(firm, ()))),
        )
        for firm, shares in clusters.shares().items()
        if firm not in clusters.anchors
    ]
    members += [Member(ref(network, firm), (), outside=True, locality="local") for firm in clusters.outside]
    return ClusterState(
        tuple(ref(network, anchor) for anchor in clusters.anchors),
        tuple(sorted(members, key=lambda member: member.organization.iri)),
        tuple(_link(network, link) for link in _strongest(clusters.links)),
        network.as_of,
        ref(network, network.city).text if network.city else Text(""),
    )
