"""The tests behind the gap findings, one a kind; each is stated in the scheme ``finding-kind`` of the ontology."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from kg.analysis.areas import Area
from kg.analysis.availability.recipe_clauses import broader_of
from kg.analysis.capacities import capacities_of, demand_of, total
from kg.analysis.demand import Need, available, in_unit_only, requirements, routes_of
from kg.analysis.gaps.chain_summary import ChainSummary
from kg.analysis.gaps.findings import Finding, Gaps, Kind
from kg.analysis.groups import controlling_groups
from kg.analysis.presence import GOODS, Maker, Presence
from kg.network.facts import Network, Stage
from kg.network.territory import CITY

# The makers whose sources a finding names.
_MAKERS: Final = ("makers", "pipeline", "elsewhere", "unplaced", "wider")
# Grades that the state gives for leading in a product.
LEADING_GRADES: Final = frozenset({"little-giant", "single-champion"})


@dataclass(frozen=True, slots=True)
class _Deliveries:
    """By product: its suppliers from outside the city, and who is recorded as buying it from a local supplier.

    Whoever buys from outside may still be brought together with a local seller. A supplier of the city that has closed is
    neither. ``captive`` are the products that some local firm delivers to itself.
    """

    outside: dict[str, set[str]]
    supplied: dict[str, set[str]]
    captive: set[str]


def _deliveries(network: Network) -> _Deliveries:
    local = frozenset(filter(network.local, network.organizations))
    found = _Deliveries(defaultdict(set), defaultdict(set), set())
    for fact in network.supply:
        if fact.kind in GOODS:
            if fact.supplier in local:
                found.supplied[fact.product].add(fact.buyer)
                if fact.supplier == fact.buyer:
                    found.captive.add(fact.product)
            elif not CITY.holds(network, fact.supplier):
                found.outside[fact.product].add(fact.supplier)
    return found


@dataclass(frozen=True)
class Finder:
    """Applies the tests to the makers and users of an area.

    ``gaps`` has no findings yet; ``area`` is what it is about.
    """

    gaps: Gaps
    area: Area
    _said: dict[int, tuple[Collection[Maker], frozenset[str], str]] = field(default_factory=dict, repr=False)

    @property
    def network(self) -> Network:
        return self.gaps.network

    @property
    def presence(self) -> Presence:
        return self.gaps.presence

    @cached_property
    def groups(self) -> Mapping[str, str]:
        return controlling_groups(self.network)

    @cached_property
    def stages(self) -> Mapping[str, tuple[Stage, ...]]:
        """The stages in which each product stands."""
        found: dict[str, list[Stage]] = defaultdict(list)
        for stages in self.network.stages.values():
            for stage in stages:
                for product in stage.products:
                    found[product].append(stage)
        return {product: tuple(stages) for product, stages in found.items()}

    @cached_property
    def deliveries(self) -> _Deliveries:
        """Who delivers and who receives each product."""
        return _deliveries(self.network)

    def all(self) -> Iterator[Finding]:
        """Every finding about a product."""
        yield from self.missing()
        yield from self.weak()
        yield from self.latent()
        yield from self.short()
        yield from self.blocked()
        yield from self.strong()

    def _finding(self, kind: Kind, product: str, **parts: Any) -> Finding:
        """Complete a finding with its place in the chains and with what it rests on."""
        needs: tuple[Need, ...] = parts.get("needs", ())
        stages = self.stages.get(product, ()) or tuple(
            dict.fromkeys(stage for need in needs for stage in self.stages.get(need.output, ()))
        )
        chains = {stage.chain for stage in stages}
        chains |= {stage.chain for need in needs for stage in self.stages.get(need.output, ())}
        groups = [need.users for need in needs]
        groups += [own for part in _MAKERS if (own := parts.get(part, ()))]
        sources = frozenset[str]().union(*map(self._sources, groups), *(n.route.sources for n in needs))
        return Finding(
            kind,
            product,
            tuple(sorted(chains)),
            stages,
            evidence="e6" if parts.get("inferred") else self._evidence(needs, parts),
            sources=tuple(sorted(sources)),
            area=self.gaps.territory.iri if not self.area.whole else "",
            **parts,
        )

    def _sources(self, makers: Collection[Maker]) -> frozenset[str]:
        return self._tell(makers)[1]

    def _tell(self, makers: Collection[Maker]) -> tuple[Collection[Maker], frozenset[str], str]:
        """The sources of makers, and the best evidence of any of them; the users of one route share one tuple."""
        if (known := self._said.get(id(makers))) is None:
            facts = {id(maker.provenance): maker.provenance for maker in makers}.values()
            sources = frozenset(source for fact in facts for source in fact.sources)
            known = self._said[id(makers)] = (makers, sources, min(fact.evidence for fact in facts))
        return known

    def _evidence(self, needs: tuple[Need, ...], parts: Mapping[str, Any]) -> str:
        """The weakest of what the finding cannot do without: one user, one recipe, one maker."""
        known = self.network.sources
        levels = []
        for need in needs[:1]:
            levels.append(self._tell(need.users)[2])
            told = (known[source].evidence for source in need.route.sources if source in known)
            levels.append(max(told, default="e6"))
        makers = [own for part in ("makers", "pipeline") if (own := parts.get(part, ()))]
        levels += [min(self._tell(own)[2] for own in makers)] if makers else []
        return max(levels, default="e6")

    def _coming(self, product: str) -> tuple[Maker, ...]:
        return self.presence.pipeline_of(product) if self.gaps.with_pipeline else ()

    def _elsewhere(self, *products: str) -> dict[str, tuple[Maker, ...]]:
        """Who has, or will have, one of some products in the rest of the city, or at an unknown place in it."""
        if self.area.whole:
            return {}
        whole = self.gaps.whole
        makers = [maker for product in products for maker in whole.makers_of(product)]
        if self.gaps.with_pipeline:
            makers += [maker for product in products for maker in whole.pipeline_of(product)]
        return {
            "elsewhere": tuple(maker for maker in makers if self.area.has(maker) is False),
            "unplaced": tuple(maker for maker in makers if self.area.has(maker) is None),
        }

    def missing(self) -> Iterator[Finding]:
        """Missing: needed, and no recorded local maker. Break: moreover a maker upstream and a user downstream."""
        presence, whole = self.presence, self.gaps.whole
        for product, needs in self.gaps.needs.items():
            if available(presence, product):
                continue
            upstream = self._upstream(product)
            citywide = not whole.made(product)
            # Where somebody in the city is recorded, a guess about another firm there adds nothing.
            inferred = (whole if citywide else presence).inferred.get(product, ())
            both_ends = upstream and not inferred and any(need.basis == "current" for need in needs)
            yield self._finding(
                "break" if both_ends else "missing",
                product,
                needs=needs,
                pipeline=self._coming(product),
                related=tuple(upstream),
                outside=tuple(sorted(self.deliveries.outside.get(product, ()))),
                inferred=inferred,
                wider=tuple(
                    m for up in sorted(broader_of(presence, product)) for m in presence.makers.get(up, ())
                ),
                citywide=citywide,
                **self._elsewhere(product),
            )

    def _upstream(self, product: str) -> list[str]:
        """What goes into a product, directly or inside its plant, and is made in the area."""
        parts = set()
        for route in routes_of(self.network, product):
            parts |= {part.product for part in route.inputs if part.requirement != "auxiliary"}
            parts |= {part.product for part in requirements(self.gaps.whole, route)}
        return sorted(part for part in parts if self.presence.made(part))

    def weak(self) -> Iterator[Finding]:
        """Weak: capacity below a share of need, or one group holds most of it while others depend on it.

        Capacity and need are those of the area. Whether one group holds most of it is judged in the whole city: a park
        with one maker of a product is no thin supply while others make it next door.
        """
        for product, needs in self.gaps.needs.items():
            makers = self.presence.makers_of(product)
            current = tuple(need for need in needs if need.basis == "current")
            if not makers or not current or self.network.product_kinds.get(product) == "raw":
                continue
            found = self._uncovered(product, current, makers) or self._held(product, current)
            if found:
                yield found

    def _uncovered(self, product: str, needs: tuple[Need, ...], makers: tuple[Maker, ...]) -> Finding | None:
        limit = self.gaps.thresholds.coverage
        supply = total(capacities_of(self.presence, product).values())
        demand = None if supply is None else demand_of(needs)
        if supply is None or not demand or supply / demand >= limit:
            return None
        citywide = True
        if not self.area.whole:
            everybody = tuple(n for n in self.gaps.all_needs[product] if n.basis == "current")
            made, wanted = total(capacities_of(self.gaps.whole, product).values()), demand_of(everybody)
            citywide = made is not None and bool(wanted) and made < limit * (wanted or 0)
        return self._finding(
            "weak",
            product,
            needs=needs,
            makers=makers,
            pipeline=self._coming(product),
            ratio=supply / demand,
            coverage=(supply, demand),
            quantified=True,
            citywide=citywide,
            **self._elsewhere(product),
        )

    def _held(self, product: str, needs: tuple[Need, ...]) -> Finding | None:
        makers = self.gaps.whole.makers_of(product)
        share, quantified = self._largest_share(product)
        if share < self.gaps.thresholds.single_group_share:
            return None
        holders = {self._group(maker.organization) for maker in makers}
        if all(self._group(user.organization) in holders for need in needs for user in need.users):
            return None
        return self._finding(
            "weak",
            product,
            needs=needs,
            makers=makers,
            pipeline=self._coming(product),
            ratio=share,
            quantified=quantified,
        )

    def _group(self, organization: str) -> str:
        return self.groups.get(organization, organization)

    def _largest_share(self, product: str) -> tuple[Decimal, bool]:
        """The largest group's share of capacity, or of the number of firms where a capacity is unknown."""
        made = capacities_of(self.gaps.whole, product)
        if None in made.values():
            number = Counter(map(self._group, made))
            return Decimal(max(number.values())) / len(made), False
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for firm, capacity in made.items():
            totals[self._group(firm)] += capacity or Decimal(0)
        whole = sum(totals.values())
        return (max(totals.values()) / whole if whole else Decimal(1)), True

    def latent(self) -> Iterator[Finding]:
        """Latent: seller and buyer are both local, in different groups, and no trade between them is on record."""
        for product, needs in self.gaps.needs.items():
            makers = self.presence.makers_of(product)
            if not makers:
                continue
            own = {maker.organization for maker in makers}
            groups = {self._group(organization) for organization in own}
            kinds = [
                self.deliveries.supplied[p] for p in self._same(product) if p in self.deliveries.supplied
            ]
            out = own.union(*kinds)
            open_needs = []
            for need in needs:
                if need.basis != "current":
                    continue
                users = tuple(
                    user
                    for user in need.users
                    if user.organization not in out
                    and self.groups.get(user.organization, user.organization) not in groups
                )
                if users:
                    open_needs.append(replace(need, users=users))
            if open_needs:
                yield self._finding("latent", product, needs=tuple(open_needs), makers=makers)

    def _same(self, product: str) -> set[str]:
        return {product, *self.network.broader.get(product, ()), *self.gaps.whole.narrower.get(product, ())}

    def short(self) -> Iterator[Finding]:
        """Short: made locally, with known uses, and nobody local takes up any of them, nor its maker itself."""
        network, whole, captive = self.network, self.gaps.whole, self.deliveries.captive
        inside, inside_whole = _looked_through(self.gaps.needs), _looked_through(self.gaps.all_needs)
        for product, makers in self.presence.makers.items():
            uses = {route.output for route in network.uses.get(product, ())} - {product}
            uses = {use for use in uses if not in_unit_only(network, use)} or uses
            if not uses or product in captive or any(_takes_up(self.presence, inside, use) for use in uses):
                continue
            yield self._finding(
                "short",
                product,
                makers=makers,
                pipeline=tuple(maker for use in sorted(uses) for maker in self._coming(use)),
                related=tuple(sorted(uses)),
                citywide=not any(_takes_up(whole, inside_whole, use) for use in uses),
                **self._elsewhere(*sorted(uses)),
            )

    def blocked(self) -> Iterator[Finding]:
        """Blocked: an open issue record names the product, and in an area a firm or a product of it."""
        for issue in self.network.issues:
            if (
                issue.state != "open"
                or not issue.product
                or not self._concerns(issue.product, issue.organizations)
            ):
                continue
            yield replace(
                self._finding("blocked", issue.product, related=issue.organizations),
                evidence=issue.provenance.evidence,
                sources=issue.provenance.sources,
            )

    def _concerns(self, product: str, organizations: tuple[str, ...]) -> bool:
        if self.area.whole:
            return True
        if organizations:
            return any(self.area.territory.holds(self.network, one) for one in organizations)
        return self.presence.made(product) or product in self.gaps.needs

    def strong(self) -> Iterator[Finding]:
        """Strong: a maker holds a grade that the state gives for leading in a product."""
        leaders: dict[str, set[str]] = {}
        for grade in self.network.grades:
            if grade.grade.rpartition("/")[2] in LEADING_GRADES:
                leaders.setdefault(grade.organization, set()).update(grade.provenance.sources)
        for product, makers in self.presence.makers.items():
            leading = tuple(maker for maker in makers if maker.organization in leaders)
            if leading:
                finding = self._finding("strong", product, makers=leading)
                grades = {source for maker in leading for source in leaders[maker.organization]}
                yield replace(finding, sources=tuple(sorted({*finding.sources, *grades})))

    def blank(self, summaries: Iterable[ChainSummary]) -> Iterator[Finding]:
        """Blank: of a chain's reference stages fewer than a threshold have a local maker.

        The chains are the city's; nobody wants each of them in every park, so an area has no blank chain.
        """
        limit = self.gaps.thresholds.blank
        for summary in summaries:
            if self.area.whole and summary.stages and Decimal(summary.covered) / summary.stages < limit:
                yield self._blank(summary)

    def _blank(self, summary: ChainSummary) -> Finding:
        stages = self.network.stages[summary.chain]
        absent = tuple(stage for stage in stages if not any(self.presence.made(p) for p in stage.products))
        known = self.network.sources
        return Finding(
            "blank",
            "",
            (summary.chain,),
            absent,
            related=tuple(stage.iri for stage in absent),
            ratio=Decimal(summary.covered) / summary.stages,
            evidence=max(
                (known[source].evidence for stage in stages for source in stage.sources if source in known),
                default="e6",
            ),
            sources=tuple(sorted({source for stage in stages for source in stage.sources})),
        )


def _looked_through(needs: Mapping[str, tuple[Need, ...]]) -> frozenset[str]:
    """The intermediates inside the plants of recorded products."""
    return frozenset(
        product
        for own in needs.values()
        for need in own
        if need.basis == "current"
        for product in need.through
    )


def _takes_up(presence: Presence, inside: Collection[str], use: str) -> bool:
    """Whether somebody makes a use; see :func:`kg.analysis.demand.taken_up`."""
    return presence.made(use) or bool(presence.inferred.get(use)) or use in inside
