"""The chains at a glance: each against its reference list, with its findings counted."""

from __future__ import annotations

from kg.analysis.gaps import KINDS, Gaps, summarize
from kg.labels import column
from kg.messages import Language, text
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Column, Table


def chains_table(gaps: Gaps, lang: Language) -> Table:
    """Return each chain that has a reference list: stages covered of all, stages in the pipeline, findings by kind."""
    phrases = ReportPhrases(gaps.network, lang)
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
    note = text("gaps.note.zero", lang)
    return Table(text("chains.title", lang), tuple(columns), rows, lang, (note,), gaps.network.as_of or None)
