"""The gap findings as a table, each with its reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.analysis.explain import why
from kg.analysis.gaps import Finding, Gaps
from kg.labels import column
from kg.messages import Language, text
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Column, Kind, Table

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("kind", "text"),
    ("product", "text"),
    ("chain", "list"),
    ("stage", "list"),
    ("needed_by", "list"),
    ("made_by", "list"),
    ("pipeline", "list"),
    ("evidence", "text"),
    ("sources", "list"),
    ("why", "text"),
)

# What a terminal has room for.
_BRIEF: Final = ("kind", "product", "chain", "why", "evidence", "sources")


def gaps_table(
    gaps: Gaps,
    findings: Sequence[Finding],
    lang: Language,
    *,
    of: str | None = None,
    limit: int | None = None,
) -> Table:
    """Return findings as a table, in the order given.

    Parameters
    ----------
    gaps
        What they were found in: names, sources, date and thresholds.
    findings
        The rows.
    of
        IRI of the chain or anchor they are of.
    limit
        Show only so many.
    """
    phrases = ReportPhrases(gaps.network, lang)
    shown = tuple(findings[:limit])
    name = phrases.name(of) if of else None
    limits = gaps.thresholds
    return Table(
        title=text("gaps.title", lang) if name is None else text("gaps.title_of", lang, name=name),
        columns=tuple(Column(key, column(key, lang), kind) for key, kind in _COLUMNS),
        rows=tuple(_row(gaps, finding, phrases) for finding in shown),
        lang=lang,
        notes=(
            *(text(f"gaps.note.{note}", lang) for note in ("zero", "pipeline", "evidence")),
            *_undated(gaps, lang),
        ),
        as_of=gaps.network.as_of or None,
        parameters={
            "coverage_threshold": limits.coverage,
            "single_group_share": limits.single_group_share,
            "blank_threshold": limits.blank,
            "fact_horizon_years": limits.horizon_years,
            "pipeline_horizon_years": limits.pipeline_horizon_years,
        },
        references=phrases.references(source for finding in shown for source in finding.sources),
        brief=_BRIEF,
    )


def _undated(gaps: Gaps, lang: Language) -> tuple[str, ...]:
    """Say how many production records have no date at all: they hold at whatever date is asked for."""
    count = sum(not fact.provenance.date for fact in gaps.network.production)
    return (text("gaps.note.undated", lang, count=count),) if count else ()


def _row(gaps: Gaps, finding: Finding, phrases: ReportPhrases) -> tuple[Cell, ...]:
    return (
        phrases.concept("finding-kind", finding.kind),
        phrases.name(finding.product) if finding.product else None,
        phrases.names(finding.chains),
        phrases.names(stage.iri for stage in finding.stages),
        phrases.users(finding.needs),
        phrases.makers(finding.makers),
        phrases.makers(finding.pipeline),
        evidence(finding.evidence),
        finding.sources,
        why(finding, gaps.network, phrases.lang),
    )
