"""The anchors' clusters in figures: a row for each anchor, then one for the firms outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from kg.analysis.clusters import SHARED_FROM, Clusters
from kg.analysis.clusters.communities import Comparison
from kg.analysis.clusters.homes import Scope
from kg.analysis.clusters.hubs import Hub, SharedFirm, Tier
from kg.analysis.clusters.stability import Stability
from kg.messages import Language, text
from kg.reports.cluster_words import (
    cluster_columns,
    comparison_note,
    figure,
    joined,
    link_parameters,
    some,
    stability_notes,
    stability_parameters,
)
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Kind, Table, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("anchor", "text"),
    ("members", "number"),
    ("recorded_members", "number"),
    ("tiers", "list"),
    ("at_home", "number"),
    ("shared", "number"),
    ("centralization", "number"),
    ("centralization_recorded", "number"),
    ("spoke_density", "number"),
    ("spoke_density_recorded", "number"),
    ("external", "number"),
    ("external_recorded", "number"),
    ("unknown_place", "number"),
    ("centres", "list"),
    ("stability", "number"),
    ("louvain", "number"),
    ("shared_firms", "list"),
    ("firms", "list"),
    ("evidence", "list"),
    ("sources", "list"),
)
# How many chains the note on the firms outside names.
_CHAINS: Final = 8
_BRIEF: Final = (
    "anchor",
    "members",
    "tiers",
    "at_home",
    "shared",
    "centralization",
    "spoke_density",
    "external",
    "stability",
)


def clusters_table(
    clusters: Clusters,
    hubs: Sequence[Hub],
    lang: Language,
    *,
    of: str | None = None,
    scope: Scope = "both",
    stability: Stability | None = None,
    comparison: Comparison | None = None,
) -> Table:
    """Return the clusters in figures.

    Parameters
    ----------
    clusters, hubs
        What was found, and its figures.
    of
        IRI of the only anchor to show; the firms outside are left out then.
    scope
        What the figures were worked out for.
    stability, comparison
        How steady the clusters are, and how far they agree with Louvain communities; None if that was not worked out.
    """
    phrases = ReportPhrases(clusters.network, lang)
    shown = sorted(
        (hub for hub in hubs if of in (None, hub.anchor)), key=lambda hub: (-len(hub.members), hub.anchor)
    )
    rows = [_row(hub, phrases, stability, comparison) for hub in shown]
    notes = []
    alone = [hub.anchor for hub in shown if not clusters.of(hub.anchor)]
    if alone:
        notes.append(text("anchors.note.alone", lang, names=joined(phrases.names(alone), phrases)))
    if of is None and clusters.outside:
        rows.append(_outside(clusters.outside, phrases))
        notes.append(_outside_note(clusters, phrases))
    notes += stability_notes(stability, lang) if stability else [text("clusters.note.large", lang)]
    if comparison:
        notes.append(comparison_note(comparison, lang))
    notes.append(text("clusters.note.members", lang, tiers=clusters.tiers, percent=f"{SHARED_FROM:.0%}"))
    notes += [text(f"clusters.note.{key}", lang) for key in ("hub", "external", "reading")]
    notes.append(text("anchors.note.basis", lang))
    return Table(
        title=text(f"clusters.title.{scope}", lang),
        columns=cluster_columns(_COLUMNS, lang),
        rows=tuple(rows),
        lang=lang,
        notes=tuple(notes),
        as_of=clusters.network.as_of or None,
        parameters={
            "direction": scope,
            **link_parameters(clusters),
            "membership_from": SHARED_FROM,
            **(stability_parameters(stability) if stability else {}),
        },
        references=phrases.references(
            source for hub in shown for link in hub.links for source in link.sources
        ),
        brief=_BRIEF,
    )


def _row(
    hub: Hub, phrases: ReportPhrases, stability: Stability | None, comparison: Comparison | None
) -> tuple[Cell, ...]:
    whole, recorded = hub.shape, hub.recorded
    steady = None
    if stability:
        steady = next(one.mean for one in stability.anchors if one.anchor == hub.anchor)
    levels = {evidence(p.evidence) for k in hub.links if k.basis == "recorded" for p in k.provenances}
    levels |= {"E6" for link in hub.links if link.basis == "inferred"}
    named = [phrases.name(firm) for firm in hub.members]
    return (
        phrases.name(hub.anchor),
        len(hub.members),
        sum(tier.recorded for tier in hub.tiers),
        tuple(_tier(tier, phrases) for tier in hub.tiers),
        len(hub.at_home),
        len({firm.organization for firm in hub.shared}),
        figure(whole.centralization, phrases),
        figure(recorded.centralization, phrases),
        figure(whole.spoke_density, phrases),
        figure(recorded.spoke_density, phrases),
        figure(whole.ties.external_share, phrases),
        figure(recorded.ties.external_share, phrases),
        figure(whole.ties.unknown_share, phrases),
        phrases.names(whole.centres),
        figure(steady, phrases),
        figure(comparison.by_anchor[hub.anchor] if comparison else None, phrases),
        tuple(_shared(firm, hub.anchor, phrases) for firm in hub.shared),
        some(named, phrases),
        tuple(sorted(levels)),
        tuple(sorted({source for link in hub.links for source in link.sources})),
    )


def _outside(firms: Sequence[str], phrases: ReportPhrases) -> tuple[Cell, ...]:
    row: dict[str, Cell] = {key: () if kind == "list" else None for key, kind in _COLUMNS}
    row["anchor"] = Word("outside", phrases.say("clusters.outside"))
    row["members"] = len(firms)
    row["firms"] = some([phrases.name(firm) for firm in firms], phrases)
    return tuple(row.values())


def _outside_note(clusters: Clusters, phrases: ReportPhrases) -> str:
    """Tell how many firms stand outside, and in which chains."""
    network = clusters.network
    chains_of: dict[str, set[str]] = {}
    for chain, stages in network.stages.items():
        for product in (product for stage in stages for product in stage.products):
            chains_of.setdefault(product, set()).add(chain)
    part: dict[str, set[str]] = {firm: set() for firm in clusters.outside}
    for fact in network.current_participations():
        if fact.organization in part:
            part[fact.organization].add(fact.chain)
    for firm, own in part.items():
        own.update(*(chains_of.get(product, ()) for product in clusters.presence.products_of.get(firm, ())))
    counts = Counter(chain for own in part.values() for chain in own)
    ranked = sorted(counts, key=lambda chain: (-counts[chain], chain))
    listed = [
        phrases.say("clusters.chain_count", name=phrases.name(chain), count=counts[chain])
        for chain in ranked[:_CHAINS]
    ]
    if len(ranked) > _CHAINS:
        listed.append(phrases.say("clusters.more_chains", count=len(ranked) - _CHAINS))
    said = phrases.say("clusters.note.outside", tiers=clusters.tiers, count=len(clusters.outside))
    if not listed:
        return said
    chains = phrases.say("clusters.note.outside_chains", chains=joined(listed, phrases))
    return phrases.sentences([said, chains])


def _tier(tier: Tier, phrases: ReportPhrases) -> str:
    return phrases.say("clusters.tier", steps=tier.steps, recorded=tier.recorded, inferred=tier.inferred)


def _shared(firm: SharedFirm, anchor: str, phrases: ReportPhrases) -> str:
    """Tell of a shared firm what this anchor and the others hold of it."""
    first = sorted(firm.shares, key=lambda share: share[0] != anchor)
    held = [
        phrases.say("clusters.share", name=phrases.name(one), percent=f"{share:.0%}") for one, share in first
    ]
    return phrases.say(
        f"clusters.shared_{firm.direction}",
        name=phrases.name(firm.organization),
        shares=joined(held, phrases),
    )
