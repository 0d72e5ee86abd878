"""The chains at a glance: each against its reference list, with its findings counted."""

from __future__ import annotations

from kg.analysis.areas import Area
from kg.analysis.gaps import KINDS, Gaps
from kg.analysis.gaps.chain_summary import summarize
from kg.labels import column
from kg.messages import Language, text
from kg.reports.gaps_table import area_notes, parameters
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Column, Table


def chains_table(gaps: Gaps, lang: Language) -> Table:
    """Return each chain that has a reference list: stages covered of all, stages in the pipeline, findings by kind.

    n/N is told against the list that it is of, which is named: another list of the same chain gives another rate.
    """
    phrases = ReportPhrases(gaps.network, lang)
    area = Area(gaps.network, gaps.territory)
    columns = [
        Column("chain", column("chain", lang)),
        Column("list_version", column("list_version", lang)),
        Column("covered", text("chains.covered", lang), "number"),
        Column("stages", column("stages", lang), "number"),
        Column("coming", text("chains.coming", lang), "number"),
        *(Column(kind, phrases.concept("finding-kind", kind).label, "number") for kind in KINDS),
    ]
    rows = tuple(
        (
            phrases.name(summary.chain),
            summary.version or None,
            summary.covered,
            summary.stages,
            summary.coming,
            *(summary.counts[kind] for kind in KINDS),
        )
        for summary in summarize(gaps)
    )
    title = text("chains.title", lang)
    if not area.whole:
        title = text("chains.title_of", lang, name=phrases.name(gaps.territory.iri))
    return Table(
        title,
        tuple(columns),
        rows,
        lang,
        (
            text("gaps.note.zero", lang),
            text("chains.note.list", lang),
            *_without_list(gaps, phrases),
            *area_notes(gaps, area, lang),
        ),
        gaps.network.as_of or None,
        parameters=parameters(gaps, area, phrases),
    )


def _without_list(gaps: Gaps, phrases: ReportPhrases) -> tuple[str, ...]:
    """Name the chains that cannot be judged, having no reference list."""
    names = phrases.names(c for c in gaps.network.chain_versions if not gaps.network.stages.get(c))
    listed = phrases.say("phrase.separator").join(names)
    return (phrases.say("chains.note.without_list", names=listed),) if names else ()
