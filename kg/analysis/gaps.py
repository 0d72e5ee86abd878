"""Gap findings: what a city's chains lack, where they are thin, and what is not connected.

Every test is stated in the scheme ``finding-kind`` of the ontology. Where capacities or coefficients are unknown a test
falls back to presence and says so (``quantified`` is False). "No maker" means none in the ledgers as of the date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from kg.analysis.demand import Need, available, find_needs, in_unit_only, routes_of, taken_up
from kg.analysis.groups import controlling_groups
from kg.analysis.presence import GOODS, Maker, Presence, find_presence
from kg.analysis.thresholds import Thresholds
from kg.network.facts import Network, Stage

Kind = Literal["break", "missing", "weak", "latent", "short", "blocked", "strong", "blank"]
# In the order in which a planner acts on them.
KINDS: tuple[Kind, ...] = ("break", "missing", "weak", "latent", "short", "blocked", "blank", "strong")
# Grades that the state gives for leading in a product.
LEADING_GRADES = frozenset({"little-giant", "single-champion"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one product (or, for ``blank``, about one chain).

    Attributes
    ----------
    product
        IRI; empty for ``blank``.
    chains, stages
        The chains concerned and the stages in which the product stands; where it stands in none, those of the
        products that need it.
    needs
        Who needs the product for what (missing, break, weak, latent).
    makers
        Recorded local makers (weak, latent, short, strong).
    pipeline
        Makers to be: with one, a missing product is being filled (在补).
    related
        break: present upstream products; short: the uses that nobody takes up locally; blank: absent stages.
    outside
        Suppliers from outside on record.
    inferred
        Operators who probably make the product (E6): to be verified before it is called missing.
    ratio
        weak: K/D or the largest group's share, between 0 and 1; blank: covered stages over all.
    quantified
        Whether capacities decided, rather than presence.
    evidence, sources
        The weakest level the finding rests on, and every source of its facts.
    """

    kind: Kind
    product: str
    chains: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    needs: tuple[Need, ...] = ()
    makers: tuple[Maker, ...] = ()
    pipeline: tuple[Maker, ...] = ()
    related: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    inferred: tuple[Maker, ...] = ()
    ratio: Decimal | None = None
    quantified: bool = False
    evidence: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gaps:
    """All findings as of a date, with what they were found from."""

    network: Network
    presence: Presence
    needs: Mapping[str, tuple[Need, ...]]
    thresholds: Thresholds
    findings: tuple[Finding, ...] = ()

    def of_chain(self, chain: str) -> tuple[Finding, ...]:
        """Return the findings that concern ``chain``."""
        return tuple(finding for finding in self.findings if chain in finding.chains)

    def of_anchor(self, anchor: str) -> tuple[Finding, ...]:
        """Return the findings on what ``anchor`` makes or needs, directly or through what is missing on the way."""
        made = {product for product, makers in self.presence.makers.items() if _has(makers, anchor)}
        coming = {product for product, makers in self.presence.pipeline.items() if _has(makers, anchor)}
        wanted = set(made | coming)
        todo = sorted(wanted)
        while todo:
            output = todo.pop()
            for route in routes_of(self.network, output):
                for part in route.inputs:
                    if part.product not in wanted:
                        wanted.add(part.product)
                        if not self.presence.made(part.product):
                            todo.append(part.product)
        return tuple(
            finding
            for finding in self.findings
            if finding.product in made
            or (
                finding.product in wanted
                and finding.kind in ("break", "missing", "weak", "latent", "blocked")
            )
        )


@dataclass(frozen=True, slots=True)
class ChainSummary:
    """One chain against its reference list.

    ``covered`` of ``stages`` have a local maker, ``coming`` more have one in the pipeline; ``counts`` are the numbers of
    findings by kind.
    """

    chain: str
    version: str
    stages: int
    covered: int
    coming: int
    counts: Mapping[str, int] = field(default_factory=dict)


def _has(makers: Iterable[Maker], organization: str) -> bool:
    return any(maker.organization == organization for maker in makers)


def find_gaps(network: Network, thresholds: Thresholds | None = None, *, with_pipeline: bool = True) -> Gaps:
    """Find every gap as of the network's date.

    Parameters
    ----------
    network
        What the ledgers say.
    thresholds
        The named settings of the tests; default the shipped ones.
    with_pipeline
        Whether what projects will need, once on stream, counts as needed.
    """
    limits = thresholds or Thresholds()
    presence = find_presence(network, limits.horizon())
    needs = find_needs(presence, with_pipeline=with_pipeline)
    gaps = Gaps(network, presence, needs, limits)
    finder = _Finder(gaps, controlling_groups(network), _stages_by_product(network))
    found = [
        *finder.missing(),
        *finder.weak(),
        *finder.latent(),
        *finder.short(),
        *finder.blocked(),
        *finder.strong(),
    ]
    found += [finder.blank(summary) for summary in summarize(gaps) if finder.is_blank(summary)]
    found.sort(
        key=lambda f: (
            KINDS.index(f.kind),
            bool(f.inferred),
            bool(f.pipeline),
            _only_later(f),
            -_users(f),
            f.product,
            f.chains,
        )
    )
    return Gaps(network, presence, needs, gaps.thresholds, tuple(found))


def _only_later(finding: Finding) -> bool:
    return bool(finding.needs) and all(need.basis == "pipeline" for need in finding.needs)


def _users(finding: Finding) -> int:
    return len({user.organization for need in finding.needs for user in need.users})


def _stages_by_product(network: Network) -> dict[str, tuple[Stage, ...]]:
    found: dict[str, list[Stage]] = {}
    for stages in network.stages.values():
        for stage in stages:
            for product in stage.products:
                found.setdefault(product, []).append(stage)
    return {product: tuple(stages) for product, stages in found.items()}


@dataclass(frozen=True, slots=True)
class _Finder:
    gaps: Gaps
    groups: Mapping[str, str]
    stages: Mapping[str, tuple[Stage, ...]]

    def _finding(self, kind: Kind, product: str, **parts: object) -> Finding:
        """Complete a finding with its place in the chains and with what it rests on."""
        needs: tuple[Need, ...] = parts.get("needs", ())  # type: ignore[assignment]
        stages = self.stages.get(product, ()) or tuple(
            dict.fromkeys(stage for need in needs for stage in self.stages.get(need.output, ()))
        )
        chains = {stage.chain for stage in stages}
        chains |= {stage.chain for need in needs for stage in self.stages.get(need.output, ())}
        makers: tuple[Maker, ...] = parts.get("makers", ())  # type: ignore[assignment]
        pipeline: tuple[Maker, ...] = parts.get("pipeline", ())  # type: ignore[assignment]
        inferred: tuple[Maker, ...] = parts.get("inferred", ())  # type: ignore[assignment]
        facts = [user.provenance for need in needs for user in need.users]
        facts += [maker.provenance for maker in (*makers, *pipeline)]
        sources = {source for fact in facts for source in fact.sources}
        sources |= {source for need in needs for source in need.route.sources}
        return Finding(
            kind,
            product,
            tuple(sorted(chains)),
            stages,
            evidence="e6" if inferred else self._evidence(needs, (*makers, *pipeline)),
            sources=tuple(sorted(sources)),
            **parts,  # type: ignore[arg-type]
        )

    def _evidence(self, needs: Iterable[Need], makers: Iterable[Maker]) -> str:
        """The weakest of what the finding cannot do without: one user, one recipe, one maker."""
        known = self.gaps.network.sources
        levels = [min(user.provenance.evidence for user in need.users) for need in needs][:1]
        levels += [
            max((known[source].evidence for source in need.route.sources if source in known), default="e6")
            for need in needs
        ][:1]
        levels += [min(maker.provenance.evidence for maker in makers)] if makers else []
        return max(levels, default="e6")

    def missing(self) -> Iterable[Finding]:
        """Missing: needed, and no recorded local maker. Break: moreover a maker upstream and a user downstream."""
        presence = self.gaps.presence
        for product, needs in self.gaps.needs.items():
            if available(presence, product):
                continue
            upstream = sorted(
                {
                    part.product
                    for route in routes_of(self.gaps.network, product)
                    for part in route.inputs
                    if part.requirement != "auxiliary" and presence.made(part.product)
                }
            )
            inferred = presence.inferred.get(product, ())
            both_ends = upstream and not inferred and any(need.basis == "current" for need in needs)
            yield self._finding(
                "break" if both_ends else "missing",
                product,
                needs=needs,
                pipeline=presence.pipeline_of(product),
                related=tuple(upstream),
                outside=self._outside_suppliers(product),
                inferred=inferred,
            )

    def _outside_suppliers(self, product: str) -> tuple[str, ...]:
        network = self.gaps.network
        return tuple(
            sorted(
                {
                    fact.supplier
                    for fact in network.supply
                    if fact.product == product and fact.kind in GOODS and not network.local(fact.supplier)
                }
            )
        )

    def weak(self) -> Iterable[Finding]:
        """Weak: capacity below a share of need, or one group holds most of it while others depend on it."""
        limits = self.gaps.thresholds
        for product, needs in self.gaps.needs.items():
            makers = self.gaps.presence.makers_of(product)
            current = tuple(need for need in needs if need.basis == "current")
            if not makers or not current or self.gaps.network.product_kinds.get(product) == "raw":
                continue
            supply, demand = capacity_of(makers), demand_of(current)
            pipeline = self.gaps.presence.pipeline_of(product)
            if supply is not None and demand and supply / demand < limits.coverage:
                yield self._finding(
                    "weak",
                    product,
                    needs=current,
                    makers=makers,
                    pipeline=pipeline,
                    ratio=supply / demand,
                    quantified=True,
                )
                continue
            holders = {self._group(maker.organization) for maker in makers}
            dependants = {self._group(user.organization) for need in current for user in need.users} - holders
            share, quantified = self._largest_share(makers)
            if dependants and share >= limits.single_group_share:
                yield self._finding(
                    "weak",
                    product,
                    needs=current,
                    makers=makers,
                    pipeline=pipeline,
                    ratio=share,
                    quantified=quantified,
                )

    def _group(self, organization: str) -> str:
        return self.groups.get(organization, organization)

    def _largest_share(self, makers: tuple[Maker, ...]) -> tuple[Decimal, bool]:
        """The largest group's share of capacity, or of the number of makers where a capacity is unknown."""
        known = all(maker.capacity is not None for maker in makers)
        totals: dict[str, Decimal] = {}
        for maker in makers:
            amount = (maker.capacity or Decimal(0)) if known else Decimal(1)
            group = self._group(maker.organization)
            totals[group] = totals.get(group, Decimal(0)) + amount
        whole = sum(totals.values())
        return (max(totals.values()) / whole if whole else Decimal(1)), known

    def latent(self) -> Iterable[Finding]:
        """Latent: seller and buyer are both local, in different groups, and no trade between them is on record."""
        traded = {
            (fact.supplier, fact.buyer, fact.product)
            for fact in self.gaps.network.supply
            if fact.kind in GOODS
        }
        # Who buys from outside may still be brought together with a local seller.
        supplied = {
            (buyer, product) for supplier, buyer, product in traded if self.gaps.network.local(supplier)
        }
        for product, needs in self.gaps.needs.items():
            makers = self.gaps.presence.makers_of(product)
            own = {maker.organization for maker in makers}
            groups = {self._group(organization) for organization in own}
            open_needs = []
            for need in needs:
                users = tuple(
                    user
                    for user in need.users
                    if user.organization not in own
                    and self._group(user.organization) not in groups
                    and not any((user.organization, p) in supplied for p in self._same(product))
                )
                if users and need.basis == "current":
                    open_needs.append(replace(need, users=users))
            if makers and open_needs:
                yield self._finding("latent", product, needs=tuple(open_needs), makers=makers)

    def _same(self, product: str) -> set[str]:
        return {
            product,
            *self.gaps.network.broader.get(product, ()),
            *self.gaps.presence.narrower.get(product, ()),
        }

    def short(self) -> Iterable[Finding]:
        """Short: made locally, with known uses, and nobody local takes up any of them, nor its maker itself."""
        network, presence = self.gaps.network, self.gaps.presence
        captive = {
            fact.product for fact in network.supply if fact.supplier == fact.buyer and fact.kind in GOODS
        }
        for product in presence.makers:
            uses = {route.output for route in network.uses.get(product, ())} - {product}
            uses = {use for use in uses if not in_unit_only(network, use)} or uses
            if (
                not uses
                or product in captive
                or any(taken_up(presence, self.gaps.needs, use) for use in uses)
            ):
                continue
            pipeline = tuple(maker for use in sorted(uses) for maker in presence.pipeline_of(use))
            yield self._finding(
                "short",
                product,
                makers=presence.makers[product],
                pipeline=pipeline,
                related=tuple(sorted(uses)),
            )

    def blocked(self) -> Iterable[Finding]:
        """Blocked: an open issue record names the product."""
        for issue in self.gaps.network.issues:
            if issue.state == "open" and issue.product:
                finding = self._finding("blocked", issue.product, related=issue.organizations)
                yield Finding(
                    "blocked",
                    issue.product,
                    finding.chains,
                    finding.stages,
                    related=issue.organizations,
                    evidence=issue.provenance.evidence,
                    sources=issue.provenance.sources,
                )

    def strong(self) -> Iterable[Finding]:
        """Strong: a maker holds a grade that the state gives for leading in a product."""
        leaders: dict[str, set[str]] = {}
        for grade in self.gaps.network.grades:
            if grade.grade.rpartition("/")[2] in LEADING_GRADES:
                leaders.setdefault(grade.organization, set()).update(grade.provenance.sources)
        for product, makers in self.gaps.presence.makers.items():
            leading = tuple(maker for maker in makers if maker.organization in leaders)
            if leading:
                finding = self._finding("strong", product, makers=leading)
                grades = {source for maker in leading for source in leaders[maker.organization]}
                yield replace(finding, sources=tuple(sorted({*finding.sources, *grades})))

    def is_blank(self, summary: ChainSummary) -> bool:
        """Blank: of a chain's reference stages fewer than a threshold have a local maker."""
        return bool(summary.stages) and Decimal(summary.covered) / summary.stages < self.gaps.thresholds.blank

    def blank(self, summary: ChainSummary) -> Finding:
        stages = self.gaps.network.stages[summary.chain]
        absent = tuple(
            stage for stage in stages if not any(self.gaps.presence.made(p) for p in stage.products)
        )
        return Finding(
            "blank",
            "",
            (summary.chain,),
            absent,
            related=tuple(stage.iri for stage in absent),
            ratio=Decimal(summary.covered) / summary.stages,
            evidence=max(
                (
                    s.evidence
                    for stage in stages
                    for i in stage.sources
                    if (s := self.gaps.network.sources.get(i))
                ),
                default="e6",
            ),
            sources=tuple(sorted({source for stage in stages for source in stage.sources})),
        )


def capacity_of(makers: Iterable[Maker]) -> Decimal | None:
    """Return the makers' capacity in t/a, or None where any of them is unknown: unknown is not zero."""
    total = Decimal(0)
    for maker in makers:
        if maker.capacity is None:
            return None
        total += maker.capacity
    return total


def demand_of(needs: Iterable[Need]) -> Decimal | None:
    """Return D = Σ a·K over the needs in t/a, or None where a coefficient or a capacity is unknown.

    Routes of one output are alternatives: a user whose routes need different amounts (or of whom one needs none) has
    an unknown need, not the sum of them.
    """
    amounts: dict[tuple[str, str], dict[str, Decimal]] = {}
    routes: dict[tuple[str, str], int] = {}
    for need in needs:
        for user in need.users:
            if need.coefficient is None or user.capacity is None:
                return None
            key = (need.output, user.organization)
            by_route = amounts.setdefault(key, {})
            known = by_route.get(need.route.name, Decimal(0))
            by_route[need.route.name] = known + need.coefficient * user.capacity
            routes[key] = need.alternatives + 1
    total = Decimal(0)
    for key, by_route in amounts.items():
        if len(by_route) < routes[key] or len(set(by_route.values())) > 1:
            return None
        total += next(iter(by_route.values()))
    return total


def summarize(gaps: Gaps) -> tuple[ChainSummary, ...]:
    """Return each chain that has a reference list against it: covered and coming stages, findings by kind."""
    found = []
    for chain, stages in gaps.network.stages.items():
        covered = sum(any(gaps.presence.made(p) for p in stage.products) for stage in stages)
        coming = sum(
            not any(gaps.presence.made(p) for p in stage.products)
            and any(gaps.presence.coming(p) for p in stage.products)
            for stage in stages
        )
        counts: dict[str, int] = {kind: sum(f.kind == kind for f in gaps.of_chain(chain)) for kind in KINDS}
        found.append(
            ChainSummary(
                chain, gaps.network.chain_versions.get(chain, ""), len(stages), covered, coming, counts
            )
        )
    return tuple(found)
