"""Supply links as lines: one line for all products that go the same way on the same basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from visual.inputs import Link, Text
from visual.scene import Detail, Edge
from visual.wording import evidence_levels, word

_HEAVIEST = 4


def supply_edges(links: Sequence[Link], ids: AbstractSet[str]) -> tuple[Edge, ...]:
    """Draw the links between the given nodes; captive use, from a firm to itself, draws no line."""
    joined: dict[tuple[str, str, str], list[Link]] = defaultdict(list)
    for link in links:
        if link.source in ids and link.target in ids and link.source != link.target:
            joined[link.source, link.target, link.basis].append(link)
    edges = []
    for (source, target, basis), held in sorted(joined.items()):
        held.sort(key=lambda link: link.product.iri if link.product else "")
        goods = list(dict.fromkeys(link.product.text for link in held if link.product))
        edges.append(
            Edge(
                id=f"{source} → {target} ({basis})",
                source=source,
                target=target,
                basis=basis,
                kind="supply",
                label=Text("、".join(g.zh or g.en for g in goods), ", ".join(g.en or g.zh for g in goods)),
                weight=float(min(len(held), _HEAVIEST)),
                evidence=evidence_levels(fact for link in held for fact in link.facts),
                details=tuple(
                    Detail(
                        word("heading", "goods"),
                        link.product.text if link.product else word("heading", "link"),
                        facts=link.facts,
                    )
                    for link in held
                ),
            )
        )
    return tuple(edges)
