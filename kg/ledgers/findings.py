"""What is wrong with a table, and exactly where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kg import messages
from kg.messages import Language

Severity = Literal["error", "warning", "info"]
# A cell with one of these holds nothing that could be read: what its text is taken for says nothing more.
_UNREADABLE = frozenset({"cell-error", "formula-blank", "long-number"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect of one cell, row or file.

    Attributes
    ----------
    code
        Stable name of the defect, also the message key ``finding.<code>``.
    file, sheet, row, column, value
        Where it is. ``row`` is the row a spreadsheet shows (the header is row 1); 0 when no row is meant.
    params
        What the message fills in besides the place: one value, several as a tuple, or one for each language.
    texts
        The message by language, where it comes from a shape of the ontology and not from the messages.
    """

    severity: Severity
    code: str
    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    value: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def message(self, lang: Language) -> str:
        """Return what is wrong, in the user's language."""
        if self.texts:
            return self.texts[lang]
        params = {name: _said(value, lang) for name, value in self.params.items()}
        return messages.text(f"finding.{self.code}", lang, value=self.value, column=self.column, **params)

    def place(self) -> str:
        """Return file, sheet, row and column as one readable place."""
        sheet = f"[{self.sheet}]" if self.sheet else ""
        row = f":{self.row}" if self.row else ""
        column = f" {self.column}" if self.column else ""
        return f"{self.file}{sheet}{row}{column}"


def _said(value: object, lang: str) -> object:
    if isinstance(value, Mapping):
        return _said(value[lang], lang)
    return ("、" if lang == "zh" else ", ").join(value) if isinstance(value, tuple) else value


def order(finding: Finding) -> tuple[str, str, int, str, str, str]:
    """Sort key: by place, then by code."""
    return (finding.file, finding.sheet, finding.row, finding.column, finding.code, finding.value)


def foremost(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in order, without those that only follow from a cell that holds nothing readable."""
    found = sorted(findings, key=order)
    unreadable = {_cell(finding) for finding in found if finding.code in _UNREADABLE}
    return tuple(f for f in found if f.code in _UNREADABLE or not f.column or _cell(f) not in unreadable)


def _cell(finding: Finding) -> tuple[str, str, int, str]:
    return finding.file, finding.sheet, finding.row, finding.column
