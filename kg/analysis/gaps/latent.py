"""Latent matches (未连): who makes and who needs the same product here, without any trade between them on record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from kg.analysis.capacities import demand_of
from kg.analysis.demand import Need
from kg.analysis.gaps.findings import Finding, Gaps
from kg.analysis.presence import Maker


@dataclass(frozen=True, slots=True)
class LatentMatch:
    """One seller and one buyer to bring together.

    ``made`` is what the seller has: the product itself or kinds of it. ``needs`` are the buyer's needs of the product
    alone, ``demand`` their amount in t/a, None where a coefficient or a capacity is unknown; ``finding`` is what the
    match is part of.
    """

    product: str
    seller: str
    buyer: str
    made: tuple[Maker, ...]
    needs: tuple[Need, ...]
    demand: Decimal | None
    finding: Finding


def find_latent(gaps: Gaps, anchor: str | None = None) -> tuple[LatentMatch, ...]:
    """Return every pair of the latent findings, in their order, then by buyer and seller.

    Parameters
    ----------
    gaps
        The findings.
    anchor
        Only pairs with this organization as seller or as buyer.
    """
    found = []
    for finding in gaps.findings:
        if finding.kind != "latent":
            continue
        buyers = sorted({user.organization for need in finding.needs for user in need.users})
        for buyer in buyers:
            needs = tuple(
                replace(need, users=own)
                for need in finding.needs
                if (own := tuple(user for user in need.users if user.organization == buyer))
            )
            found += [
                LatentMatch(
                    finding.product,
                    seller,
                    buyer,
                    tuple(maker for maker in finding.makers if maker.organization == seller),
                    needs,
                    demand_of(needs),
                    finding,
                )
                for seller in sorted({maker.organization for maker in finding.makers})
                if anchor in (None, buyer, seller)
            ]
    return tuple(found)
