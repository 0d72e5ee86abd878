"""Targets for gaps: firms elsewhere that make what the city lacks, and what ties them to the local anchors.

Firms come from a data set beside the graph (:mod:`kg.datasets`); nothing of it becomes a fact about the city. Names are
compared in normal form. Only equal names are matches: of the product, of one of its aliases, of a product that the
ledgers call a kind of it. What the data set itself lists as a kind of the product, and names that merely look alike, are
suggestions that somebody has to check, and are counted apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal

from kg.analysis.clusters import named_anchors
from kg.analysis.demand import routes_of
from kg.analysis.gaps import Finding, Gaps
from kg.datasets import Dataset, Firm, MadeElsewhere
from kg.names import normalize_name
from kg.network.territory import CITY

Match = Literal["exact", "alias", "narrower", "listed", "similar"]
Relation = Literal["needs", "feeds"]
# In the order of trust.
MATCHES: Final[tuple[Match, ...]] = ("exact", "alias", "narrower", "listed", "similar")
SUGGESTIONS: Final[frozenset[Match]] = frozenset({"listed", "similar"})
GAP_KINDS: Final = ("break", "missing")
# A one-character name (an element's symbol, a letter) is no name to search by.
_LEAST_NAME: Final = 2


@dataclass(frozen=True, slots=True)
class Tie:
    """What the product means to a local anchor.

    ``needs``: the anchor makes the last product of ``path``, each product of which is an input of the next; the first is
    the gap. ``feeds``: the anchor makes the first product of ``path``, an input of the gap, which is the last.
    """

    anchor: str
    relation: Relation
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A firm elsewhere that makes what a gap lacks.

    Attributes
    ----------
    product
        The gap, an IRI.
    firm, made, share, row
        The firm, the product as the data set writes it, its share of the firm's revenue (None: not stated), and the row
        of the data set's table.
    match, likeness
        How the names agree; the likeness, 0 to 100, of similar names.
    matched
        The name or the IRI of the narrower product in the ledgers by which it was found.
    organization
        The firm in the ledgers, if they know it (as an outsider, or without a place), else empty.
    also
        Other gaps (IRIs) that the firm would fill, by equal names.
    """

    product: str
    firm: Firm
    made: str
    share: Decimal | None
    row: int
    match: Match
    likeness: float | None
    matched: str
    organization: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapTargets:
    """One gap with its targets, best match and largest share first.

    ``finding`` is None where the product is no gap. ``local`` are firms of the data set that make it and that the ledgers
    place in the city: no targets, but a sign that the ledgers may lack a production record.
    """

    product: str
    finding: Finding | None
    ties: tuple[Tie, ...]
    targets: tuple[Target, ...]
    local: tuple[MadeElsewhere, ...]

    @property
    def matched(self) -> tuple[Target, ...]:
        """The targets by equal names."""
        return tuple(target for target in self.targets if target.match not in SUGGESTIONS)

    @property
    def suggested(self) -> tuple[Target, ...]:
        """The targets that somebody has to check."""
        return tuple(target for target in self.targets if target.match in SUGGESTIONS)


@dataclass(frozen=True)
class Targets:
    """The gaps asked about with their targets, and the data set they come from."""

    gaps: Gaps
    dataset: str
    digest: str
    size: tuple[int, int, int]
    found: tuple[GapTargets, ...]

    @property
    def matched(self) -> int:
        """How many gaps have a target by an equal name."""
        return sum(bool(gap.matched) for gap in self.found)

    @property
    def suggested_only(self) -> int:
        """How many gaps have suggestions only."""
        return sum(bool(gap.suggested) and not gap.matched for gap in self.found)


def find_targets(
    gaps: Gaps, dataset: Dataset, products: Iterable[str] | None = None, *, similar: int = 5
) -> Targets:
    """Find the firms of a data set that make the products, by default all missing products and breaks.

    Parameters
    ----------
    gaps
        The city's gaps.
    dataset
        An open data set.
    products
        IRIs; any products, gaps or not.
    similar
        How many look-alike product names to suggest for each; 0 for none.
    """
    finder = _Finder(gaps, dataset, similar)
    wanted = tuple(finder.findings) if products is None else tuple(dict.fromkeys(products))
    found = tuple(finder.gap(product) for product in wanted)
    return Targets(gaps, dataset.name, dataset.digest, dataset.size(), found)


def find_ties(gaps: Gaps, product: str) -> tuple[Tie, ...]:
    """Return which anchors need a product, directly or by way of other products, and which make an input of it.

    Of several ways to one anchor the shortest counts; needs in the pipeline count as well.
    """
    anchors = named_anchors(gaps.network)
    ties: dict[tuple[Relation, str], Tie] = {}
    ways: list[tuple[str, ...]] = [(product,)]
    seen = {product}
    while ways:
        longer = []
        for way in ways:
            for need in sorted(gaps.needs.get(way[-1], ()), key=lambda n: (n.output, n.route.name)):
                users = {user.organization for user in need.users}
                path = (*way, need.output)
                for anchor in anchors:
                    if anchor in users and ("needs", anchor) not in ties:
                        ties["needs", anchor] = Tie(anchor, "needs", path)
                if need.output not in seen:
                    seen.add(need.output)
                    longer.append(path)
        ways = longer
    for route in routes_of(gaps.network, product):
        for part in route.inputs:
            if part.requirement == "auxiliary":
                continue
            makers = {maker.organization for maker in gaps.presence.makers_of(part.product)}
            for anchor in anchors:
                if anchor in makers:
                    ties.setdefault(("feeds", anchor), Tie(anchor, "feeds", (part.product, product)))
    return tuple(ties[key] for key in sorted(ties, key=lambda k: (k[0] != "needs", len(ties[k].path), k[1])))


@dataclass(frozen=True)
class _Finder:
    gaps: Gaps
    dataset: Dataset
    similar: int

    @cached_property
    def findings(self) -> Mapping[str, Finding]:
        """Missing products and breaks, in the order of the findings."""
        return {f.product: f for f in self.gaps.findings if f.kind in GAP_KINDS}

    @cached_property
    def organizations(self) -> Mapping[str, str]:
        """Organizations of the ledgers by the normal form of each of their names."""
        known: dict[str, str] = {}
        for iri in self.gaps.network.organizations:
            for name in self._names(iri):
                known.setdefault(normalize_name(name), iri)
        return known

    @cached_property
    def vocabulary(self) -> Mapping[str, str]:
        """Products of the ledgers by the normal form of each of their names."""
        known: dict[str, str] = {}
        for iri in self.gaps.network.product_kinds:
            for name in self._names(iri):
                known.setdefault(normalize_name(name), iri)
        return known

    @cached_property
    def fillers(self) -> Mapping[str, frozenset[str]]:
        """For the normal form of a name, the gaps that a product of this name fills."""
        found: dict[str, set[str]] = defaultdict(set)
        for product in self.findings:
            for member in (product, *self.gaps.presence.narrower_of(product)):
                for name in self._names(member):
                    found[normalize_name(name)].add(product)
        return {name: frozenset(products) for name, products in found.items()}

    def _names(self, iri: str) -> tuple[str, ...]:
        thing = self.gaps.network.thing(iri)
        return tuple(
            name for name in dict.fromkeys((thing.zh, thing.en, *thing.aliases)) if len(name) >= _LEAST_NAME
        )

    def organization(self, firm: Firm) -> str:
        """Return the firm's IRI in the ledgers, by its full or its short name; empty if they do not know it."""
        names = (normalize_name(firm.fullname), normalize_name(firm.name))
        return next((self.organizations[name] for name in names if name in self.organizations), "")

    def gap(self, product: str) -> GapTargets:
        """Return one product's targets; a firm is listed once, by its best match."""
        best: dict[int, Target] = {}
        local: dict[int, MadeElsewhere] = {}
        for match, matched, likeness, made in self._made(product):
            organization = self.organization(made.firm)
            if organization and CITY.holds(self.gaps.network, organization):
                if match not in SUGGESTIONS:
                    local.setdefault(made.firm.id, made)
                continue
            if made.firm.id not in best:
                best[made.firm.id] = Target(
                    product,
                    made.firm,
                    made.product,
                    made.share,
                    made.row,
                    match,
                    likeness,
                    matched,
                    organization,
                    self._also(made.firm, product),
                )
        targets = sorted(
            best.values(),
            key=lambda t: (MATCHES.index(t.match), t.share is None, -(t.share or 0), t.made, t.firm.code),
        )
        return GapTargets(
            product,
            self.findings.get(product),
            find_ties(self.gaps, product),
            tuple(targets),
            tuple(local[key] for key in sorted(local)),
        )

    def _made(self, product: str) -> Iterable[tuple[Match, str, float | None, MadeElsewhere]]:
        """Yield what the data set has under the product's names, best matches first."""
        first, *others = self._names(product) or (self.gaps.network.thing(product).zh,)
        kinds = self.gaps.presence.narrower_of(product)
        asked: dict[str, None] = {}
        plan: list[tuple[Match, str, str]] = [
            ("exact", first, first),
            *(("alias", name, name) for name in others),
        ]
        plan += [("narrower", kind, name) for kind in sorted(kinds) for name in self._names(kind)]
        for match, matched, name in plan:
            key = normalize_name(name)
            if key not in asked:
                asked[key] = None
                for made in self.dataset.makers([name]):
                    yield match, matched, None, made
        for name in self.dataset.narrower([first, *others]):
            if self._open(name, asked):
                for made in self.dataset.makers([name]):
                    yield "listed", name, None, made
        if self.similar:
            # Another product of the ledgers that looks alike is known to be another product.
            likely = (s for s in self.dataset.similar(first, self.similar * 4) if self._open(s.name, asked))
            for _, likeness in zip(range(self.similar), likely, strict=False):
                for made in self.dataset.makers([likeness.name]):
                    yield "similar", likeness.name, likeness.likeness, made

    def _open(self, name: str, asked: dict[str, None]) -> bool:
        """Whether a suggested name is neither searched already nor a name of the ledgers; it is remembered."""
        key = normalize_name(name)
        if key in asked or key in self.vocabulary:
            return False
        asked[key] = None
        return True

    def _also(self, firm: Firm, product: str) -> tuple[str, ...]:
        found = {
            gap
            for name in self.dataset.products_of(firm)
            for gap in self.fillers.get(normalize_name(name), ())
        }
        return tuple(sorted(found - {product}))
