"""Targets as a table: a row for each firm elsewhere and gap, and one for each gap that no firm was found for."""

from __future__ import annotations

from typing import Final

from kg.amounts import percent
from kg.analysis.targets import SUGGESTIONS, GapTargets, Target, Targets, Tie
from kg.labels import column
from kg.messages import Language, text
from kg.network.territory import CITY
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Cell, Column, Kind, Table, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("product", "text"),
    ("kind", "text"),
    ("firm", "text"),
    ("code", "text"),
    ("exchange", "text"),
    ("made", "text"),
    ("match", "text"),
    ("share", "number"),
    ("anchors", "list"),
    ("also", "list"),
    ("known", "text"),
    ("row", "number"),
    ("sources", "list"),
    ("why", "text"),
)
_SHARED: Final = ("product", "kind", "code", "sources", "why")
_BRIEF: Final = ("product", "kind", "firm", "made", "match", "share", "anchors")


def targets_table(targets: Targets, lang: Language, *, limit: int | None = None) -> Table:
    """Return targets as a table: gaps in the order given, in each the best match and the largest share first.

    Parameters
    ----------
    targets
        What was found.
    limit
        Show only so many firms for each gap; the notes tell how many there are in all.
    """
    phrases = ReportPhrases(targets.gaps.network, lang)
    rows: list[tuple[Cell, ...]] = []
    for gap in targets.found:
        rows += [_row(gap, target, phrases) for target in gap.targets[:limit]] or [_empty(gap, phrases)]
    firms, _, pairs = targets.size
    every = len(targets.found)
    notes = [
        text(
            "targets.note.coverage",
            lang,
            products=every,
            matched=targets.matched,
            suggested=targets.suggested_only,
            none=every - targets.matched - targets.suggested_only,
            shown=sum(len(gap.targets[:limit]) for gap in targets.found),
            total=sum(len(gap.targets) for gap in targets.found),
        ),
        text("targets.note.data", lang, name=targets.dataset, firms=firms, pairs=pairs),
        text("targets.note.names", lang),
        text("targets.note.place", lang),
    ]
    notes += [
        text(
            "targets.note.local",
            lang,
            product=phrases.name(gap.product),
            firms=phrases.listed(made.firm.name for made in gap.local),
        )
        for gap in targets.found
        if gap.local
    ]
    return Table(
        title=text("targets.title", lang)
        if every != 1
        else text("targets.title_of", lang, name=phrases.name(targets.found[0].product)),
        columns=tuple(Column(key, _heading(key, lang), kind) for key, kind in _COLUMNS),
        rows=tuple(rows),
        lang=lang,
        notes=tuple(notes),
        as_of=targets.gaps.network.as_of or None,
        parameters={"dataset": targets.dataset, "digest": targets.digest, "limit": limit},
        references=phrases.references(s for gap in targets.found if gap.finding for s in gap.finding.sources),
        brief=_BRIEF,
    )


def _heading(key: str, lang: Language) -> str:
    return column(key, lang) if key in _SHARED else text(f"targets.column.{key}", lang)


def _gap(gap: GapTargets, phrases: ReportPhrases) -> tuple[Cell, Cell]:
    kind = (
        phrases.concept("finding-kind", gap.finding.kind)
        if gap.finding
        else Word(None, phrases.say("targets.no_gap"))
    )
    return phrases.name(gap.product), kind


def _row(gap: GapTargets, target: Target, phrases: ReportPhrases) -> tuple[Cell, ...]:
    return (
        *_gap(gap, phrases),
        target.firm.fullname,
        target.firm.code,
        target.firm.exchange or None,
        target.made,
        Word(target.match, phrases.say(f"targets.match.{target.match}")),
        phrases.unknown() if target.share is None else target.share,
        _ties(gap, phrases),
        phrases.names(target.also),
        phrases.name(target.organization) if target.organization else None,
        target.row,
        gap.finding.sources if gap.finding else (),
        _why(gap, target, phrases),
    )


def _empty(gap: GapTargets, phrases: ReportPhrases) -> tuple[Cell, ...]:
    return (
        *_gap(gap, phrases),
        *(None, None, None, None, None, None),
        _ties(gap, phrases),
        (),
        None,
        None,
        gap.finding.sources if gap.finding else (),
        phrases.say("targets.none"),
    )


def _ties(gap: GapTargets, phrases: ReportPhrases) -> tuple[str, ...]:
    return tuple(_tie(tie, phrases) for tie in gap.ties)


def _tie(tie: Tie, phrases: ReportPhrases) -> str:
    path = phrases.say("targets.arrow").join(phrases.name(product) for product in tie.path)
    return phrases.say(f"targets.{tie.relation}", anchor=phrases.name(tie.anchor), path=path)


def _why(gap: GapTargets, target: Target, phrases: ReportPhrases) -> str:
    name = phrases.name(gap.product)
    matched = phrases.name(target.matched) if target.match == "narrower" else target.matched
    parts = [phrases.say(f"targets.why.{target.match}", made=target.made, matched=matched, product=name)]
    if target.share is not None and target.match not in SUGGESTIONS:
        parts.append(phrases.say("targets.why.share", share=percent(target.share)))
    if target.organization:
        outside = CITY.holds(phrases.network, target.organization) is False
        key = "targets.why.known" if outside else "targets.why.known_unplaced"
        parts.append(phrases.say(key, name=phrases.name(target.organization)))
    if not gap.ties:
        parts.append(phrases.say("targets.why.no_anchor"))
    return phrases.sentences(parts)
