"""Where the findings of a ledger are marked in a copy of it, how they look there and what their notes say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from kg.messages import Language, text
from kg.reports.findings_table import suggestions
from kg.reports.text_width import width

if TYPE_CHECKING:
    from kg.ledgers import Finding
    from kg.ledgers.sheets import Sheet

COLOURS: Final = {"error": "#F8B4B4", "warning": "#FBE5A3", "info": "#E3E6EA"}
_RANKS: Final = tuple(COLOURS)
_NOTE_LIMIT: Final = 2_000
# Characters that a spreadsheet takes in a cell; rows that a column's width is taken from, and the widest, in characters.
CELL_LIMIT: Final = 32_767
MEASURED_ROWS: Final = 200
WIDEST: Final = 40
# More notes than this make a spreadsheet crawl, more links are more than it opens; colours and rows of findings go on.
MOST_NOTES: Final = 5_000
MOST_LINKS: Final = 50_000
# A note in pixels: a line of it holds some 44 half-width characters; a longer one is scrolled.
NOTE_WIDTH: Final = 320
_NOTE_LINE, _LINE_HEIGHT, _HIGHEST = 44, 18, 420
Place = tuple[int, int]


def place_of(finding: Finding, sheet: Sheet) -> Place | None:
    """Return the cell that a finding is about, row and column from 0: the first of its row if it names no column there."""
    if not finding.row:
        return None
    return finding.row - 1, sheet.header.index(finding.column) if finding.column in sheet.header else 0


def worst(findings: Iterable[Finding]) -> str:
    """Return the gravest severity among findings, empty where there are none."""
    return min((finding.severity for finding in findings), key=_RANKS.index, default="")


def note_of(findings: Iterable[Finding], lang: Language) -> str:
    """Return what the note on a cell says: how grave, what is wrong, and what may have been meant."""
    lines = []
    for finding in findings:
        lines.append(
            f"{text(f'severity.{finding.severity}', lang)}{'：' if lang == 'zh' else ': '}{finding.message(lang)}"
        )
        if suggested := suggestions(finding):
            joined = text("phrase.separator", lang).join(suggested)
            lines.append(text("marked.suggestion", lang, suggestion=joined))
    return "\n".join(lines)[:_NOTE_LIMIT]


def note_height(note: str) -> int:
    """Return the height in pixels at which a note of the usual width shows all it says."""
    lines = sum(1 + width(line) // _NOTE_LINE for line in note.split("\n"))
    return min(_HIGHEST, 2 * _LINE_HEIGHT + lines * _LINE_HEIGHT)
