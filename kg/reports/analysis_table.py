"""What the analyses found, in numbers; and where it was written, if it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.analysis.balance import Balance
from kg.analysis.balance.surplus import Surplus
from kg.analysis.clusters import Clusters
from kg.analysis.gaps import KINDS, Gaps
from kg.analysis.results import RESULTS, Written
from kg.messages import Language, text
from kg.names import ANALYSIS_GRAPHS
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Cell, Column, Kind, Table, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("result", "text"),
    ("what", "text"),
    ("count", "number"),
    ("graph", "text"),
)


def analysis_table(
    gaps: Gaps,
    clusters: Clusters,
    surpluses: Sequence[Surplus],
    lang: Language,
    written: Written | None = None,
    *,
    balance: Balance | None = None,
) -> Table:
    """Return the numbers of findings by kind, of memberships by anchor, and of balances.

    Parameters
    ----------
    gaps, clusters, surpluses
        What was found.
    written
        What was written; None if nothing was.
    balance
        The plan for the surpluses, if one was made.
    """
    phrases = ReportPhrases(gaps.network, lang)
    graphs = {name: ANALYSIS_GRAPHS + name if written else None for name in RESULTS}
    rows: list[tuple[Cell, ...]] = []

    def row(name: str, what: Cell, count: int) -> None:
        rows.append((Word(name, text(f"analysis.result.{name}", lang)), what, count, graphs[name]))

    for kind in KINDS:
        row("findings", phrases.concept("finding-kind", kind), sum(f.kind == kind for f in gaps.findings))
    for anchor in clusters.anchors:
        row("memberships", phrases.name(anchor), len(clusters.of(anchor)))
    known = sum(one.surplus is not None for one in surpluses)
    row("balances", Word("known", text("analysis.known", lang)), known)
    row("balances", Word("unknown", text("analysis.unknown", lang)), len(surpluses) - known)
    if balance:
        planned = sum(bool(use.planned) for use in balance.uses)
        waiting = len(balance.uses) - len(balance.calculable)
        row("balances", Word("planned", text("analysis.planned", lang)), planned)
        row("balances", Word("left_out", text("analysis.left_out", lang)), len(balance.calculable) - planned)
        row("balances", Word("not_calculable", text("analysis.not_calculable", lang)), waiting)
    notes = [text("analysis.note.results", lang)]
    if written:
        count = sum(written.counts.values())
        notes.append(
            text(
                "analysis.note.written", lang, count=count, graphs=len(written.counts), digest=written.digest
            )
        )
    else:
        notes.append(text("analysis.note.not_written", lang))
    return Table(
        text("analysis.title", lang),
        tuple(Column(key, text(f"analysis.column.{key}", lang), kind) for key, kind in _COLUMNS),
        tuple(rows),
        lang,
        notes=tuple(notes),
        as_of=gaps.network.as_of or None,
        parameters={
            "tiers": clusters.tiers,
            "alpha": clusters.alpha,
            "fact_horizon_years": gaps.thresholds.horizon_years,
        },
    )
