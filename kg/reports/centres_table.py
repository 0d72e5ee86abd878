"""Anchors by their links beside the named ones: named and found, named and not found, found and not named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kg.analysis.clusters import SHARED_FROM
from kg.analysis.clusters.discovery import Centre, Discovery, Move
from kg.analysis.clusters.memberships import Direction
from kg.analysis.links import Link, Links
from kg.messages import Language, text
from kg.reports.cluster_words import cluster_columns, joined, link_parameters, some
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Kind, Table, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("verdict", "text"),
    ("organization", "text"),
    ("dependent_suppliers", "number"),
    ("dependent_suppliers_recorded", "number"),
    ("dependent_buyers", "number"),
    ("dependent_buyers_recorded", "number"),
    ("moves", "number"),
    ("moved_firms", "list"),
    ("divided_firms", "list"),
    ("depends_on", "list"),
    ("group_anchors", "list"),
    ("suppliers", "number"),
    ("suppliers_recorded", "number"),
    ("buyers", "number"),
    ("buyers_recorded", "number"),
    ("strength", "number"),
    ("products", "number"),
    ("chains", "list"),
    ("dependent_firms", "list"),
    ("evidence", "list"),
    ("sources", "list"),
    ("why", "text"),
)
_BRIEF: Final = ("verdict", "organization", "dependent_suppliers", "dependent_buyers", "moves", "why")
_DIGITS: Final = 3


def centres_table(discovery: Discovery, lang: Language, *, of: str | None = None) -> Table:
    """Return a row for each named anchor and each firm that the criterion finds.

    Parameters
    ----------
    discovery
        What was found.
    of
        IRI of a named anchor: show it, and the firms that would take members from it.
    """
    clusters = discovery.clusters
    phrases = ReportPhrases(clusters.network, lang)
    shown = [one for one in discovery.centres if of in (None, one.organization) or _takes_from(one, of)]
    links = _links(shown, clusters.links)
    notes = [
        text("clusters.note.criterion", lang, least=discovery.min_dependents),
        text("clusters.note.limits", lang),
        text("clusters.note.moves", lang, percent=f"{SHARED_FROM:.0%}"),
        text("anchors.note.basis", lang),
    ]
    if discovery.elsewhere and of is None:
        told = [
            phrases.say("clusters.dependent_count", name=phrases.name(firm), count=count)
            for firm, count in discovery.elsewhere
        ]
        notes.append(text("clusters.note.elsewhere", lang, firms=joined(told, phrases)))
    return Table(
        title=text("clusters.title_discovery", lang),
        columns=cluster_columns(_COLUMNS, lang),
        rows=tuple(_row(one, links[one.organization], discovery, phrases) for one in shown),
        lang=lang,
        notes=tuple(notes),
        as_of=clusters.network.as_of or None,
        parameters={
            "direction": discovery.scope,
            **link_parameters(clusters),
            "min_dependents": discovery.min_dependents,
        },
        references=phrases.references(
            source for own in links.values() for link in own for source in link.sources
        ),
        brief=_BRIEF,
    )


def _takes_from(centre: Centre, anchor: str | None) -> bool:
    return any(move.home == anchor for move in centre.moves or ())


def _links(centres: Iterable[Centre], links: Links) -> dict[str, list[Link]]:
    """Return the links between each centre and its dependents."""
    dependents = {one.organization: _dependents(one) for one in centres}
    found: dict[str, list[Link]] = {firm: [] for firm in dependents}
    ends = zip(links.supplier.tolist(), links.buyer.tolist(), strict=True)
    for place, (supplier, buyer) in enumerate((links.firms[a], links.firms[b]) for a, b in ends):
        for centre, other in ((supplier, buyer), (buyer, supplier)):
            if centre in found and other in dependents[centre]:
                found[centre].append(links[place])
    return found


def _row(centre: Centre, links: list[Link], discovery: Discovery, phrases: ReportPhrases) -> tuple[Cell, ...]:
    moved = [move for move in centre.moves or () if move.leaves]
    divided = [move for move in centre.moves or () if not move.leaves]
    levels = {evidence(p.evidence) for k in links if k.basis == "recorded" for p in k.provenances}
    levels |= {"E6" for link in links if link.basis == "inferred"}
    return (
        Word(centre.verdict, phrases.say(f"clusters.verdict.{centre.verdict}")),
        phrases.name(centre.organization),
        *_counts(centre, "upstream"),
        *_counts(centre, "downstream"),
        None if centre.moves is None else len(moved),
        some([_move(move, phrases) for move in moved], phrases),
        some([_move(move, phrases) for move in divided], phrases),
        phrases.names(centre.depends_on.values()),
        phrases.names(centre.group_anchors),
        centre.suppliers[1],
        centre.suppliers[0],
        centre.buyers[1],
        centre.buyers[0],
        round(centre.strength, _DIGITS),
        len(centre.products),
        phrases.names(centre.chains),
        some([phrases.name(firm) for firm in sorted(_dependents(centre))], phrases),
        tuple(sorted(levels)),
        tuple(sorted({source for link in links for source in link.sources})),
        _why(centre, len(moved), discovery, phrases),
    )


def _move(move: Move, phrases: ReportPhrases) -> str:
    home = phrases.say("clusters.outside_home") if move.home is None else phrases.name(move.home)
    name = phrases.name(move.organization)
    return phrases.say("clusters.move", name=name, percent=f"{move.share:.0%}", home=home)


def _dependents(centre: Centre) -> set[str]:
    return {firm for own in centre.dependents.values() for firm in own}


def _counts(centre: Centre, way: Direction) -> tuple[int | None, int | None]:
    """Return how many depend on it in a direction, and how many by records; None in a direction not asked for."""
    if way not in centre.dependents:
        return None, None
    return len(centre.dependents[way]), len(centre.recorded_dependents[way])


def _why(centre: Centre, moved: int, discovery: Discovery, phrases: ReportPhrases) -> str:
    """Say why a centre is found or not, and what speaks for and against naming it."""
    clusters, least = discovery.clusters, discovery.min_dependents
    parts = []
    for way, own in centre.dependents.items():
        if own:
            recorded = len(centre.recorded_dependents[way])
            parts.append(phrases.say(f"clusters.why.{way}", count=len(own), recorded=recorded))
    if not parts and centre.miss == "few-dependents":
        parts.append(phrases.say("clusters.why.no-dependents"))
    elif centre.miss != "outside":
        parts.append(phrases.say(f"clusters.why.{centre.miss or 'enough'}", least=least))
    known = clusters.network.organizations.get(centre.organization)
    if known is not None and known.locality == "outside":
        parts.append(phrases.say("clusters.why.outside"))
    if centre.verdict == "found":
        if all(len(centre.recorded_dependents[way]) < least for way in centre.ways):
            parts.append(phrases.say("clusters.why.to_verify"))
        anchors = sorted(_dependents(centre) & set(clusters.anchors))
        if anchors:
            parts.append(phrases.say("clusters.why.anchors", names=phrases.listed(phrases.names(anchors))))
        if centre.moves is not None:
            divided = len(centre.moves) - moved
            parts.append(phrases.say("clusters.why.moves", moved=moved, divided=divided))
    for way, on in centre.depends_on.items():
        if way not in centre.ways:
            parts.append(phrases.say(f"clusters.why.depends_{way}", name=phrases.name(on)))
    if centre.group_anchors and centre.verdict != "both":
        names = phrases.listed(phrases.names(centre.group_anchors))
        parts.append(phrases.say("clusters.why.group", names=names))
    return phrases.sentences(parts)
