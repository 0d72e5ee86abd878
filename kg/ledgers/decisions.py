"""Decisions on who is who: a judgements ledger of its own, kept by ``kg names`` and readable by anybody.

A decision merges nothing. It says that a pair has been looked at, and what was found; the ledger is imported like any other,
and taking a row out of it takes the decision back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Final

from kg.errors import UsageError
from kg.labels import concept, label
from kg.ledgers.description import ledgers
from kg.ledgers.recognition import match
from kg.ledgers.tables import read_csv
from kg.messages import Language
from kg.names import has_han, normalize_name

LEDGER: Final = "judgements"
# What a spreadsheet would take for a formula is written the way that keeps codes texts: ="…"; the reader knows it.
_FORMULA_STARTS: Final = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the ledger, in its columns' order; ``relation`` and ``about_kind`` are words of any language."""

    thing: str
    about_kind: str
    relation: str
    other: str
    reason: str
    source: str

    @property
    def pair(self) -> frozenset[str]:
        """The two names, whichever comes first."""
        return frozenset(map(normalize_name, (self.thing, self.other)))

    def in_words(self, lang: Language) -> Decision:
        """Return the decision with its kind and relation in the words of a language."""
        words = ledgers()[LEDGER].column("about_kind").ledger_words or {}
        meant = next(
            (
                ledger
                for word, ledger in words.items()
                if normalize_name(word) == normalize_name(self.about_kind)
            ),
            "",
        )
        own = (word for word, ledger in words.items() if ledger == meant and has_han(word) == (lang == "zh"))
        relation = label(concept("identity-relation", self.relation), lang)
        return replace(self, about_kind=next(own, self.about_kind), relation=relation)


def kind_word(ledger: str, lang: Language) -> str:
    """Return the word by which the ledger of judgements names another ledger's things."""
    words = ledgers()[LEDGER].column("about_kind").ledger_words or {}
    return next(
        word for word, target in words.items() if target == ledger and has_han(word) == (lang == "zh")
    )


def read_decisions(data: bytes, file: str) -> tuple[Decision, ...]:
    """Read a ledger of decisions.

    Raises
    ------
    InputError
        No table.
    UsageError
        A table of another kind, or with columns of its own, which writing it again would lose.
    """
    sheet = read_csv(data, file)
    found = match(sheet, ledgers()[LEDGER])
    if found.missing or found.unknown:
        raise UsageError("names.foreign_ledger", file=file)
    names = [field.name for field in fields(Decision)]
    return tuple(Decision(*(row.cells[found.positions[name]] for name in names)) for row in sheet.rows)


def write_decisions(decisions: Iterable[Decision], lang: Language) -> bytes:
    """Return the ledger as a text file that spreadsheets open, headed and worded in a language."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    ledger = ledgers()[LEDGER]
    writer.writerow([ledger.column(field.name).title(lang) for field in fields(Decision)])
    writer.writerows([_guarded(cell) for cell in astuple(decision.in_words(lang))] for decision in decisions)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _guarded(cell: str) -> str:
    if not cell.startswith(_FORMULA_STARTS):
        return cell
    return '="' + cell.replace('"', '""') + '"'


def decided(decisions: Sequence[Decision], new: Decision) -> tuple[Decision, ...]:
    """Return the decisions with a new one, which takes the place of what was decided on the same pair."""
    return (*(decision for decision in decisions if decision.pair != new.pair), new)


def undecided(decisions: Sequence[Decision], first: str, second: str) -> tuple[Decision, ...]:
    """Return the decisions without that on a pair.

    Raises
    ------
    UsageError
        There is none in this ledger.
    """
    pair = frozenset(map(normalize_name, (first, second)))
    rest = tuple(decision for decision in decisions if decision.pair != pair)
    if len(rest) == len(decisions):
        raise UsageError("names.undecided", first=first, second=second)
    return rest


def source_row(source: str, title: str, lang: Language) -> bytes:
    """Return a sources ledger with the one source that decisions name, of the weakest level a source can have."""
    ledger = ledgers()["sources"]
    cells = {"id": source, "title": title, "evidence": "E5"}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([ledger.column(name).title(lang) for name in cells])
    writer.writerow(cells.values())
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")
