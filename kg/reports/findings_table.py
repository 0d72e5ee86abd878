"""What is wrong with ledgers or with the graph, as lines and as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from kg.messages import Language, text
from kg.reports.table import Column, Kind, Table

if TYPE_CHECKING:
    from kg.ledgers import Finding

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("severity", "text"),
    ("file", "text"),
    ("sheet", "text"),
    ("row", "number"),
    ("column", "text"),
    ("value", "text"),
    ("reason", "text"),
)


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
            text(f"severity.{finding.severity}", lang),
            finding.file,
            finding.sheet or None,
            finding.row or None,
            finding.column or None,
            finding.value or None,
            finding.message(lang),
        )
        for finding in findings
    )
    columns = tuple(Column(key, text(f"findings.column.{key}", lang), kind) for key, kind in _COLUMNS)
    return Table(title or text("findings.title", lang), columns, rows, lang, notes)


def finding_line(finding: Finding, lang: Language) -> str:
    """Return a fault as one line: how bad, where, what."""
    severity = text(f"severity.{finding.severity}", lang)
    return text(
        "findings.line", lang, severity=severity, place=finding.place(), message=finding.message(lang)
    )
