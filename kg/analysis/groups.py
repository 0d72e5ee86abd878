"""Controlling groups: firms under one owner count as one where concentration is judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

import networkx as nx

from kg.network.facts import Network

MAJORITY = Decimal(50)


def controlling_groups(network: Network) -> Mapping[str, str]:
    """Return for each organization the organization at the top of its chain of control.

    Owners that the curator judges to be the same, or probably so, count as one: concentration is rather over- than
    underrated.

    An owner controls with more than half of the shares, or as the only owner on record. Equal partners, or several
    owners without stated shares, leave a firm its own group: joint ventures are nobody's captive.
    """
    # Of several statements about one owner and firm the newest that states a share decides.
    one = one_thing(network, ("same", "probably-same"))
    owners: dict[str, dict[str, Decimal | None]] = defaultdict(dict)
    for fact in sorted(network.ownership, key=lambda f: (f.provenance.date, f.owner, f.owned, str(f.share))):
        owned, owner = one.get(fact.owned, fact.owned), one.get(fact.owner, fact.owner)
        known = owners[owned].get(owner)
        owners[owned][owner] = fact.share if fact.share is not None else known
    parent: dict[str, str] = {}
    for owned, shares in sorted(owners.items()):
        major = [owner for owner, share in shares.items() if share is not None and share > MAJORITY]
        if len(major) == 1:
            parent[owned] = major[0]
        elif len(shares) == 1 and None in shares.values():
            parent[owned] = next(iter(shares))
    return {
        organization: _top(one.get(organization, organization), parent)
        for organization in sorted({*network.organizations, *parent})
    }


def one_thing(network: Network, relations: tuple[str, ...]) -> Mapping[str, str]:
    """Return for each thing that a judgement of ``relations`` joins to others the first of them by IRI."""
    joined = nx.Graph((j.thing, j.other) for j in network.judgements if j.relation in relations)
    return {thing: min(group) for group in nx.connected_components(joined) for thing in group}


def _top(organization: str, parent: Mapping[str, str]) -> str:
    seen = [organization]
    while (above := parent.get(organization)) is not None:
        if above in seen:
            # Cross-holdings: the circle is one group, named by its first member.
            return min(seen[seen.index(above) :])
        seen.append(above)
        organization = above
    return organization
