"""What is wrong with ledgers or with the graph, as lines and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from kg.messages import Language, text
from kg.names import has_han
from kg.reports.table import Column, Kind, Table, Word
from kg.reports.text_width import visible

if TYPE_CHECKING:
    from kg.ledgers import Finding

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("severity", "text"),
    ("code", "text"),
    ("file", "text"),
    ("sheet", "text"),
    ("row", "number"),
    ("column", "text"),
    ("value", "text"),
    ("reason", "text"),
    ("suggestion", "list"),
)
# What a terminal has room for.
_BRIEF: Final = ("severity", "file", "sheet", "row", "column", "value", "reason")
# Below this likeness (of 100) an admitted word is no likely slip of the pen.
_LEAST_LIKENESS: Final = 50
# Of a cell longer than this, a line shows the beginning.
_SHOWN: Final = 120


def findings_table(
    findings: Iterable[Finding], lang: Language, *, title: str | None = None, notes: tuple[str, ...] = ()
) -> Table:
    """Return faults and remarks, one a row, in the order given.

    Parameters
    ----------
    findings
        What an import or a check found.
    title
        What the table shows; None for the faults of an import.
    notes
        What stands under it.
    """
    rows = tuple(
        (
            Word(finding.severity, text(f"severity.{finding.severity}", lang)),
            finding.code,
            finding.file,
            finding.sheet or None,
            finding.row or None,
            finding.column or None,
            finding.value or None,
            finding.message(lang),
            suggestions(finding),
        )
        for finding in findings
    )
    columns = tuple(Column(key, text(f"findings.column.{key}", lang), kind) for key, kind in _COLUMNS)
    return Table(title or text("findings.title", lang), columns, rows, lang, notes, brief=_BRIEF)


def suggestions(finding: Finding) -> tuple[str, ...]:
    """Return what may have been meant, the likeliest first: what the reader found, names nearest, a word admitted."""
    if suggested := finding.params.get("suggestion"):
        return (str(suggested),)
    nearest = finding.params.get("nearest")
    if isinstance(nearest, tuple):
        return tuple(map(str, nearest))
    allowed = finding.params.get("allowed")
    if isinstance(allowed, Mapping) and finding.value:
        # Late: most findings need no matcher.
        from rapidfuzz import fuzz, process

        # Ledgers may be written in either language: what was meant is a word of the language that was written.
        words = allowed["zh" if has_han(finding.value) else "en"]
        found = process.extractOne(finding.value, words, scorer=fuzz.WRatio, score_cutoff=_LEAST_LIKENESS)
        return (str(found[0]),) if found else ()
    return ()


def finding_line(finding: Finding, lang: Language) -> str:
    """Return a fault as one line: how bad, where, what."""
    severity = text(f"severity.{finding.severity}", lang)
    message = finding.message(lang)
    if len(finding.value) > _SHOWN:
        message = message.replace(finding.value, finding.value[:_SHOWN] + "…")
    line = text("findings.line", lang, severity=severity, place=finding.place(), message=message)
    return visible(" ".join(line.split("\n")))
