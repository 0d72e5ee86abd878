"""Findings: what is found about one product or one chain, and all of them as of a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kg.analysis.demand import Need, routes_of
from kg.analysis.presence import Maker, Presence
from kg.analysis.thresholds import Thresholds
from kg.network.facts import Network, Stage
from kg.network.territory import Territory

Kind = Literal["break", "missing", "weak", "latent", "short", "blocked", "strong", "blank"]
# In the order in which a planner acts on them.
KINDS: tuple[Kind, ...] = ("break", "missing", "weak", "latent", "short", "blocked", "blank", "strong")


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
        Suppliers on record who are not, or not known to be, in the city.
    inferred
        Operators who probably make the product (E6): to be verified before it is called missing.
    wider
        missing, break: recorded makers of a broader product; whether they make this kind of it is not on record.
    ratio
        weak: K/D or the largest group's share, between 0 and 1; blank: covered stages over all.
    coverage
        weak, where capacity falls short of need: both in t/a, ``ratio`` is the one over the other.
    quantified
        Whether capacities decided, rather than presence.
    evidence, sources
        The weakest level the finding rests on, and every source of its facts.
    area
        IRI of the division or park that the finding is about; empty for the whole city.
    citywide
        Whether the whole city lacks it as well. What only the area lacks, the city has ``elsewhere``.
    elsewhere
        Recorded makers in the rest of the city, then makers to be (for ``short``: of the uses).
    unplaced
        Those of whom the ledgers do not tell where in the city they are: they may be in the area after all.
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
    wider: tuple[Maker, ...] = ()
    ratio: Decimal | None = None
    coverage: tuple[Decimal, Decimal] | None = None
    quantified: bool = False
    evidence: str = ""
    sources: tuple[str, ...] = ()
    area: str = ""
    citywide: bool = True
    elsewhere: tuple[Maker, ...] = ()
    unplaced: tuple[Maker, ...] = ()


@dataclass(frozen=True)
class Gaps:
    """All findings as of a date, with what they were found from.

    Attributes
    ----------
    presence, needs
        Makers and users in ``territory``.
    whole, all_needs
        The same of the whole city.
    with_pipeline
        Whether projects count: as need, and as filling a gap.
    """

    network: Network
    presence: Presence
    needs: Mapping[str, tuple[Need, ...]]
    thresholds: Thresholds
    findings: tuple[Finding, ...]
    territory: Territory
    whole: Presence
    all_needs: Mapping[str, tuple[Need, ...]]
    with_pipeline: bool

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


def _has(makers: Iterable[Maker], organization: str) -> bool:
    return any(maker.organization == organization for maker in makers)
