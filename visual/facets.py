"""Legend and filters of a scene, counted from what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from visual.inputs import Text
from visual.scene import Edge, Entry, Facet, Node
from visual.wording import word, words

_NOT_STATED = "none"
_GLOSSED = ("state", "basis", "locality")


def build_facets(nodes: Iterable[Node], edges: Iterable[Edge], names: Iterable[str]) -> tuple[Facet, ...]:
    """Make the named facets, each with the values that occur, in the order of the words' file.

    Nodes are counted for `state`, `kind` and `locality`; edges (and nodes that have one) for `basis`; both for
    `evidence`, where a thing without a level counts as not stated. A value the words' file does not know stands under
    its own name.
    """
    nodes, edges = tuple(nodes), tuple(edges)
    facets = []
    for name in names:
        counts = _counts(name, nodes, edges)
        known = words(name)
        notes = words("state_note") if name == "state" else {}
        glosses = words(f"{name}_gloss") if name in _GLOSSED else {}
        order = [value for value in known if value in counts] + sorted(set(counts) - set(known))
        entries = tuple(
            Entry(
                value,
                known.get(value, Text(value)),
                counts[value],
                swatch=_swatch(name, value),
                gloss=glosses.get(value, Text("")),
                note=notes.get(value, Text("")),
            )
            for value in order
        )
        if len(entries) > 1 or (entries and name in {"state", "basis", "evidence"}):
            facets.append(Facet(name, word("facet", name), entries))
    return tuple(facets)


def _counts(name: str, nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> Counter[str]:
    if name == "evidence":
        bearers: list[Node | Edge] = [*filter(_bears_evidence, nodes), *filter(_bears_evidence, edges)]
        held = [thing.evidence or (_NOT_STATED,) for thing in bearers]
        return Counter(level for levels in held for level in levels)
    things: tuple[Node | Edge, ...] = edges if name == "basis" else nodes
    return Counter(value for value in (getattr(thing, name) for thing in things) if value)


def _bears_evidence(thing: Node | Edge) -> bool:
    """Say whether evidence is to be expected: a stage, an anchor and a firm that nothing links rest on no fact."""
    return thing.kind not in {"stage", "anchor"} and getattr(thing, "state", "") != "unreached"


def _swatch(name: str, value: str) -> str:
    return (
        f"{name}:{value}"
        if name in {"state", "basis", "locality"} or (name, value) == ("kind", "anchor")
        else ""
    )
