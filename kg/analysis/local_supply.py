"""Local supply rates (本地配套率), a family: no standard defines the rate, and the choice decides the answer.

========  ==================================================================================================
L1        by value: local purchases / purchases, where an amount is on record for every one of them
L2        by item: materials bought locally / materials bought
L3        by supplier: local suppliers / suppliers
L5        potential: required inputs with a recorded local maker / required inputs, from recipes
M2        the mirror (本地消纳率), by item: outputs delivered locally / outputs whose deliveries are on record
M5        the mirror, potential: outputs that a local plant requires / outputs that any recipe requires
========  ==================================================================================================

A fourth count that is in use, firms with at least one local supplier (L4), says nothing about supply and is left out.

Rates are over what the ledgers tell. What they do not tell (a supplier without a place, a purchase without an amount) is
counted apart as missing coverage; it is neither local nor outside. Nothing recorded gives no rate at all, not zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal

from kg.analysis.areas import Area
from kg.analysis.clusters import named_anchors
from kg.analysis.demand import Need
from kg.analysis.gaps import Gaps
from kg.analysis.presence import GOODS, Maker, current
from kg.labels import conversion
from kg.network.facts import Provenance, Route, Supply
from kg.network.territory import CITY, Territory

Measure = Literal["L1", "L2", "L3", "L5", "M2", "M5"]
State = Literal["known", "unknown", "no-data"]
MEASURES: Final[tuple[Measure, ...]] = ("L1", "L2", "L3", "L5", "M2", "M5")
# Nothing is bought or sold of these as a material.
_NO_MATERIAL: Final = frozenset({"process", "service"})
_MONEY: Final = "cny"
_MASS: Final = "t"


@dataclass(frozen=True, slots=True)
class LocalRate:
    """One rate of one anchor, or of all of them together (``anchor`` empty).

    Attributes
    ----------
    measure
        Which definition, see the module.
    local, total
        n and N of the rate: counts, or amounts for L1; None where the state is not ``known``.
    state
        ``known``; ``unknown`` (there are records, but not what the rate needs); ``no-data`` (no record at all).
    covered, recorded
        Of the recorded purchases, suppliers, inputs or outputs, how many the rate could take into account.
    inside, outside, unplaced
        The materials (L1, L2, L5, M2, M5) or suppliers (L3) behind it: local, not local, and not known which.
    own
        Inputs that the anchor makes itself, which it need not buy: left out of L5.
    since, until
        The oldest and the newest date of the facts, recipes apart, empty where there is none.
    evidence, sources
        The weakest level among the facts and the recipes (best source of each), and every source of both.
    """

    anchor: str
    measure: Measure
    state: State
    local: Decimal | None
    total: Decimal | None
    covered: int
    recorded: int
    inside: tuple[str, ...]
    outside: tuple[str, ...]
    unplaced: tuple[str, ...]
    own: tuple[str, ...]
    since: str
    until: str
    evidence: str
    sources: tuple[str, ...]

    @property
    def rate(self) -> Decimal | None:
        """n/N, None where it is not known."""
        if self.state != "known" or self.local is None or not self.total:
            return None
        return self.local / self.total


@dataclass(frozen=True)
class LocalSupply:
    """Every rate of the anchors asked for, with the territory that counts as local."""

    gaps: Gaps
    territory: Territory
    anchors: tuple[str, ...]
    rates: tuple[LocalRate, ...]

    def of(self, anchor: str, measure: Measure) -> LocalRate:
        """Return one rate; the empty text stands for all anchors together."""
        return next(rate for rate in self.rates if (rate.anchor, rate.measure) == (anchor, measure))


@dataclass(frozen=True, slots=True)
class _Placed:
    """Things with where they are (True, False, None), the facts and the recipes that tell of them."""

    where: Mapping[str, bool | None]
    facts: tuple[Provenance, ...]
    own: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()


def find_local_supply(
    gaps: Gaps, anchor: str | None = None, territory: Territory | None = None
) -> LocalSupply:
    """Work out every rate for one anchor (any organization), or for each named anchor and all of them together.

    Parameters
    ----------
    gaps
        Presence and needs, as of a date.
    anchor
        IRI of the only one to answer for.
    territory
        What counts as local; default the city.

    Notes
    -----
    A purchase is a recorded delivery of goods or energy to the anchor that is still taken for the present (see
    ``fact_horizon_years``), from a firm that has not closed; of several statements about one supplier and material the newest counts. What the anchor
    delivers to itself is no purchase; it is a local use in M2. Inputs are those of the routes that
    :func:`kg.analysis.demand.find_needs` takes as needed, raw materials among them.
    """
    where = territory or CITY
    anchors = (anchor,) if anchor else named_anchors(gaps.network)
    subjects: list[tuple[str, frozenset[str]]] = [(one, frozenset({one})) for one in anchors]
    if not anchor and anchors:
        subjects.insert(0, ("", frozenset(anchors)))
    finder = _Finder(gaps, where, _deliveries(gaps))
    rates = [rate for name, firms in subjects for rate in finder.rates(name, firms)]
    return LocalSupply(gaps, where, anchors, tuple(rates))


def _deliveries(gaps: Gaps) -> tuple[Supply, ...]:
    """The newest statement about each supplier, buyer and material."""
    newest: dict[tuple[str, str, str], Supply] = {}
    for fact in sorted(gaps.network.supply, key=lambda f: (f.provenance.date, f.quantity is not None, f.iri)):
        if fact.kind not in GOODS or any(map(gaps.network.closed, (fact.supplier, fact.buyer))):
            continue
        if current(fact.provenance, gaps.network.as_of, gaps.thresholds.horizon_years):
            newest[fact.supplier, fact.buyer, fact.product] = fact
    return tuple(newest[key] for key in sorted(newest))


@dataclass(frozen=True)
class _Finder:
    gaps: Gaps
    territory: Territory
    deliveries: tuple[Supply, ...]

    def rates(self, name: str, firms: frozenset[str]) -> Iterable[LocalRate]:
        bought = tuple(
            fact for fact in self.deliveries if fact.buyer in firms and fact.supplier != fact.buyer
        )
        yield self._by_value(name, bought)
        yield self._counted(name, "L2", self._by_product((f, f.supplier) for f in bought))
        suppliers = {fact.supplier: self._holds(fact.supplier) for fact in bought}
        yield self._counted(name, "L3", _Placed(suppliers, tuple(fact.provenance for fact in bought)))
        yield self._counted(name, "L5", self._inputs(firms))
        outputs = self._outputs(firms)
        yield self._counted(name, "M2", self._delivered(firms, outputs))
        yield self._counted(name, "M5", self._required(outputs))

    @cached_property
    def area(self) -> Area:
        """Where plants stand: a plant of a project where the project is, which need not be where its firm is."""
        return Area(self.gaps.network, self.territory)

    def _holds(self, organization: str) -> bool | None:
        return self.territory.holds(self.gaps.network, organization)

    def _by_product(self, trades: Iterable[tuple[Supply, str]]) -> _Placed:
        """Materials by where the other end is: local as soon as one is, unknown while one may be."""
        ends: dict[str, list[bool | None]] = defaultdict(list)
        facts = []
        for fact, end in trades:
            ends[fact.product].append(self._holds(end))
            facts.append(fact.provenance)
        return _Placed({product: _any(found) for product, found in sorted(ends.items())}, tuple(facts))

    def _by_value(self, name: str, bought: tuple[Supply, ...]) -> LocalRate:
        amounts = [_amount(fact, _MONEY) for fact in bought]
        if None in amounts and len({fact.product for fact in bought}) == 1:
            # Of one material, tonnes compare as well as money does.
            amounts = [_amount(fact, _MASS) for fact in bought]
        placed = [self._holds(fact.supplier) for fact in bought]
        known = [a is not None and place is not None for a, place in zip(amounts, placed, strict=True)]
        whole = bool(bought) and all(known)
        inside = sum(
            (a for a, place in zip(amounts, placed, strict=True) if a is not None and place), Decimal(0)
        )
        total = sum((a for a in amounts if a is not None), Decimal(0))
        state: State = "no-data" if not bought else "known" if whole and total else "unknown"
        by_product = self._by_product((fact, fact.supplier) for fact in bought)
        return self._rate(
            name,
            "L1",
            state,
            (inside, total) if state == "known" else None,
            (sum(known), len(bought)),
            by_product,
        )

    def _inputs(self, firms: frozenset[str]) -> _Placed:
        """Required inputs by whether a local maker is on record, a delivering one included."""
        network, presence = self.gaps.network, self.gaps.presence
        where: dict[str, bool | None] = {}
        facts: list[Provenance] = []
        routes: list[Route] = []
        own: set[str] = set()
        for product, needs in self.gaps.needs.items():
            if network.product_kinds.get(product) in _NO_MATERIAL:
                continue
            makers = presence.makers_of(product)
            having = {maker.organization for maker in makers}
            users = [user for need in _current(needs) for user in need.users if user.organization in firms]
            buyers = [user for user in users if user.organization not in having]
            if not users:
                continue
            if not buyers:
                own.add(product)
                continue
            where[product] = _any(map(self.area.has, makers)) if makers else False
            facts += [fact.provenance for fact in (*buyers, *makers)]
            needing = {user.organization for user in buyers}
            routes += [
                need.route
                for need in _current(needs)
                if any(user.organization in needing for user in need.users)
            ]
        return _Placed(where, tuple(facts), tuple(sorted(own)), tuple(routes))

    def _outputs(self, firms: frozenset[str]) -> Mapping[str, tuple[Maker, ...]]:
        found = {}
        for product, makers in self.gaps.presence.makers.items():
            mine = tuple(maker for maker in makers if maker.organization in firms)
            if mine and self.gaps.network.product_kinds.get(product) not in _NO_MATERIAL:
                found[product] = mine
        return found

    def _delivered(self, firms: frozenset[str], outputs: Mapping[str, tuple[Maker, ...]]) -> _Placed:
        """Outputs by where their recorded buyers are; those without any are not known to be used anywhere."""
        sold = self._by_product(
            (f, f.buyer) for f in self.deliveries if f.supplier in firms and f.product in outputs
        )
        where = {product: sold.where.get(product) for product in outputs}
        facts = [maker.provenance for makers in outputs.values() for maker in makers]
        return _Placed(where, (*facts, *sold.facts))

    def _required(self, outputs: Mapping[str, tuple[Maker, ...]]) -> _Placed:
        """Outputs by whether a plant in the territory requires them; products that no recipe takes up are left open."""
        where: dict[str, bool | None] = {}
        facts: list[Provenance] = []
        routes: list[Route] = []
        for product, makers in outputs.items():
            needs = tuple(_current(self._needs_of(product)))
            users = [user for need in needs for user in need.users]
            known = [r for member in self._wider(product) for r in self.gaps.network.uses.get(member, ())]
            if not users and not known:
                where[product] = None
                continue
            where[product] = _any(map(self.area.has, users)) if users else False
            facts += [fact.provenance for fact in (*makers, *users)]
            routes += [need.route for need in needs] or known
        return _Placed(where, tuple(facts), routes=tuple(routes))

    def _wider(self, product: str) -> tuple[str, ...]:
        """The product and what it is a kind of: whoever needs that can take it."""
        found: dict[str, None] = {product: None}
        todo = [product]
        while todo:
            new = [up for up in self.gaps.network.broader.get(todo.pop(), ()) if up not in found]
            found.update(dict.fromkeys(new))
            todo.extend(new)
        return tuple(found)

    def _needs_of(self, product: str) -> tuple[Need, ...]:
        return tuple(need for member in self._wider(product) for need in self.gaps.needs.get(member, ()))

    def _counted(self, name: str, measure: Measure, placed: _Placed) -> LocalRate:
        known = [place for place in placed.where.values() if place is not None]
        state: State = "known" if known else "unknown" if placed.where else "no-data"
        counts = (Decimal(sum(known)), Decimal(len(known))) if known else None
        return self._rate(name, measure, state, counts, (len(known), len(placed.where)), placed)

    def _rate(
        self,
        name: str,
        measure: Measure,
        state: State,
        numbers: tuple[Decimal, Decimal] | None,
        coverage: tuple[int, int],
        placed: _Placed,
    ) -> LocalRate:
        local, total = numbers or (None, None)
        dates = [fact.date for fact in placed.facts if fact.date]
        told = self.gaps.network.sources
        levels = [fact.evidence for fact in placed.facts]
        levels += [
            min((told[source].evidence for source in route.sources if source in told), default="e6")
            for route in placed.routes
        ]
        sources = {source for fact in placed.facts for source in fact.sources}
        sources.update(source for route in placed.routes for source in route.sources)

        def those(*, wanted: bool | None) -> tuple[str, ...]:
            return tuple(sorted(thing for thing, place in placed.where.items() if place is wanted))

        return LocalRate(
            name,
            measure,
            state,
            local,
            total,
            *coverage,
            those(wanted=True),
            those(wanted=False),
            those(wanted=None),
            placed.own,
            min(dates, default=""),
            max(dates, default=""),
            max(levels, default=""),
            tuple(sorted(sources)),
        )


def _current(needs: Iterable[Need]) -> Iterable[Need]:
    return (need for need in needs if need.basis == "current")


def _any(places: Iterable[bool | None]) -> bool | None:
    """Whether one is inside; None while none is and one is not known."""
    found = list(places)
    return True if True in found else None if None in found else False


def _amount(fact: Supply, unit: str) -> Decimal | None:
    if fact.quantity is None or not fact.unit:
        return None
    factor = conversion(fact.unit, unit)
    return None if factor is None else fact.quantity * factor
