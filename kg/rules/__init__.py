"""Rules: facts derived from recorded facts, kept in a graph of their own.

Each rule is one CONSTRUCT query in a ``.rq`` file of this folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from kg.names import DERIVED_GRAPH
from kg.store import memory_store
from kg.store.terms import NamedNode, Quad


def derive(quads: Iterable[Quad]) -> tuple[Quad, ...]:
    """Return the quads that the rules derive from ``quads``, in a fixed order."""
    store = memory_store(quads)
    graph = NamedNode(DERIVED_GRAPH)
    rules = sorted(
        (rule for rule in files(__package__).iterdir() if rule.name.endswith(".rq")), key=lambda r: r.name
    )
    derived = {
        Quad(triple.subject, triple.predicate, triple.object, graph)
        for rule in rules
        for triple in store.construct(rule.read_text(encoding="utf-8"))
    }
    return tuple(sorted(derived, key=str))
