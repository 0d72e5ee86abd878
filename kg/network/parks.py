"""Parks inside parks."""

from __future__ import annotations

from collections import defaultdict

from kg.network.loading import rows
from kg.store import Store


def park_with_parts(store: Store, park: str) -> tuple[str, ...]:
    """Return a park and every park that lies in it, at any depth, sorted."""
    parts: dict[str, set[str]] = defaultdict(set)
    for row in rows(store, "park_tree"):
        parts[row["within"]].add(row["park"])
    found = {park}
    todo = [park]
    while todo:
        new = parts[todo.pop()] - found
        found |= new
        todo.extend(new)
    return tuple(sorted(found))
