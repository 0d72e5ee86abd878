"""The anchors' clusters as a table: a row for each firm in each anchor's cluster, then the firms outside."""

from __future__ import annotations

from typing import Final

from kg.analysis.clusters import Clusters
from kg.analysis.clusters.homes import Scope, directions_of
from kg.analysis.clusters.memberships import Membership
from kg.analysis.links import Link
from kg.labels import column
from kg.messages import Language, text
from kg.reports.cluster_words import link_parameters
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Column, Kind, Table, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("anchor", "text"),
    ("direction", "text"),
    ("tier", "number"),
    ("recorded_tier", "number"),
    ("member", "text"),
    ("locality", "text"),
    ("stage", "list"),
    ("weight", "number"),
    ("importance", "number"),
    ("basis", "text"),
    ("shared_with", "list"),
    ("path", "text"),
    ("evidence", "text"),
    ("sources", "list"),
)
# Shares are shown to a tenth of a percent: more digits would pretend to more than the ledgers know.
_DIGITS: Final = 3

# What a terminal has room for.
_BRIEF: Final = ("anchor", "direction", "tier", "member", "weight", "basis", "path", "sources")


def anchors_table(
    clusters: Clusters,
    lang: Language,
    *,
    of: str | None = None,
    member: str | None = None,
    scope: Scope = "both",
) -> Table:
    """Return the clusters as a table: by anchor, direction, tier and falling membership.

    Parameters
    ----------
    clusters
        What was found.
    of
        IRI of the only anchor to show; the firms outside are left out then.
    member
        IRI of the only firm to show.
    scope
        Show suppliers, customers or both.
    """
    phrases = ReportPhrases(clusters.network, lang)
    members = [
        m
        for m in clusters.memberships
        if of in (None, m.anchor) and member in (None, m.organization) and m.direction in directions_of(scope)
    ]
    shared = {direction: clusters.shared(direction) for direction in ("upstream", "downstream")}
    rows = [_row(m, tuple(shared[m.direction].get(m.organization, ())), phrases) for m in members]
    notes = [
        text("anchors.note.method", lang, tiers=clusters.tiers, alpha=clusters.alpha),
        text("anchors.note.basis", lang),
    ]
    alone = [a for a in clusters.anchors if of in (None, a) and member in (None, a) and not clusters.of(a)]
    if alone:
        names = text("phrase.separator", lang).join(phrases.names(alone))
        notes.append(text("anchors.note.alone", lang, names=names))
    if member is not None:
        notes += _no_member(member, clusters, phrases) if not members else []
    elif of is None:
        rows += [_outside(firm, phrases) for firm in clusters.outside]
        notes.append(text("anchors.note.outside", lang, tiers=clusters.tiers, count=len(clusters.outside)))
    return Table(
        title=text("anchors.title", lang)
        if member is None
        else text("anchors.title_member", lang, name=phrases.name(member)),
        columns=tuple(Column(key, _heading(key, lang), kind) for key, kind in _COLUMNS),
        rows=tuple(rows),
        lang=lang,
        notes=tuple(notes),
        as_of=clusters.network.as_of or None,
        parameters=link_parameters(clusters),
        references=phrases.references(source for m in members for link in m.path for source in link.sources),
        brief=_BRIEF,
    )


def _heading(key: str, lang: Language) -> str:
    return text(f"anchors.{key}", lang) if key in ("recorded_tier", "importance") else column(key, lang)


def _row(membership: Membership, shared_by: tuple[str, ...], phrases: ReportPhrases) -> tuple[Cell, ...]:
    recorded = all(link.basis == "recorded" for link in membership.path)
    levels = [p.evidence for link in membership.path for p in link.provenances]
    return (
        phrases.name(membership.anchor),
        Word(membership.direction, phrases.say(f"anchors.{membership.direction}")),
        membership.tier,
        membership.recorded_tier,
        phrases.name(membership.organization),
        _locality(membership.organization, phrases),
        _stages(membership, phrases),
        round(membership.weight, _DIGITS),
        round(membership.rank, _DIGITS),
        _basis(membership, phrases),
        phrases.names(anchor for anchor in shared_by if anchor != membership.anchor),
        path(membership, phrases),
        evidence(max(levels, default="e6") if recorded else "e6"),
        tuple(sorted({source for link in membership.path for source in link.sources})),
    )


def _outside(firm: str, phrases: ReportPhrases) -> tuple[Cell, ...]:
    outside = Word("outside", phrases.say("anchors.outside"))
    return (
        *(None, outside, None, None, phrases.name(firm), _locality(firm, phrases)),
        *((), None, None, None, (), None, None, ()),
    )


def _no_member(firm: str, clusters: Clusters, phrases: ReportPhrases) -> list[str]:
    """Say why a firm stands in no cluster: it is linked to nobody, or only to firms that lead to no anchor."""
    linked = {
        end
        for link in clusters.links
        for end in (link.supplier, link.buyer)
        if firm in (link.supplier, link.buyer)
    }
    partners = phrases.listed(phrases.names(sorted(linked - {firm})))
    name = phrases.name(firm)
    if not partners:
        return [phrases.say("anchors.note.unlinked", name=name)]
    return [phrases.say("anchors.note.unreached", name=name, partners=partners, tiers=clusters.tiers)]


def _stages(membership: Membership, phrases: ReportPhrases) -> tuple[str, ...]:
    """Return the stages of what the firm delivers or buys, those of the anchor's own chains if there are any."""
    product = membership.path[-1].product
    stages = [stage for own in phrases.network.stages.values() for stage in own if product in stage.products]
    chains = {
        fact.chain
        for fact in phrases.network.current_participations()
        if fact.organization == membership.anchor
    }
    own = [stage for stage in stages if stage.chain in chains]
    return phrases.names(stage.iri for stage in own or stages)


def _locality(firm: str, phrases: ReportPhrases) -> Word | None:
    known = phrases.network.organizations.get(firm)
    return phrases.concept("locality", known.locality) if known else None


def _basis(membership: Membership, phrases: ReportPhrases) -> Word:
    basis = "inferred" if membership.recorded_tier is None else "recorded"
    return Word(basis, phrases.say(f"anchors.{basis}"))


def path(membership: Membership, phrases: ReportPhrases) -> str:
    """Return the strongest path in words, from the anchor outwards."""
    upstream = membership.direction == "upstream"
    told = phrases.name(membership.anchor)
    for link in membership.path:
        told += phrases.say(
            "anchors.path_up" if upstream else "anchors.path_down",
            product=_product(link, phrases),
            name=phrases.name(link.supplier if upstream else link.buyer),
        )
    return told


def _product(link: Link, phrases: ReportPhrases) -> str:
    name = phrases.name(link.product)
    return name if link.basis == "recorded" else phrases.say("anchors.inferred_link", product=name)
