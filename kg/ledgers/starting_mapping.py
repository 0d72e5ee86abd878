"""A mapping to begin with: what of some files was unclear, each in a row that a person finishes.

Nothing is decided here: a sheet's ledger is left blank, which `kg.ledgers.mapping` refuses until somebody fills it in, and a
column that was not read stays unread (``-``) unless somebody names its field. What may have been meant stands beside.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace

from kg.ledgers.description import Column, Ledger, ledgers
from kg.ledgers.headers import forms
from kg.ledgers.likeness import alike
from kg.ledgers.mapping import MAPPING_FILE, NOTHING, TITLES, Instruction
from kg.ledgers.mapping import Mapping as Instructions
from kg.ledgers.recognition import Match, match, recognize
from kg.ledgers.sheets import Sheet
from kg.ledgers.tables import read_sheets
from kg.messages import Language, text

# How many ledgers or fields are offered.
_OFFERED = 4
_LEAST_LIKENESS = 50


@dataclass(frozen=True, slots=True)
class Unclear:
    """One instruction to finish, with the ledgers or fields that may have been meant."""

    instruction: Instruction
    offered: tuple[Ledger, ...] | tuple[Column, ...]


def unclear(files: Mapping[str, bytes], said: Instructions | None = None) -> Iterator[Unclear]:
    """Yield what of the sheets and columns of ``files`` is unclear, in their order.

    Raises
    ------
    InputError
        A file that is no table.
    """
    for file in sorted(files.keys() - {MAPPING_FILE}):
        for sheet in read_sheets(file, files[file], said.known() if said else None):
            if sheet.header and not (said and said.ledger(file, sheet.name) == NOTHING):
                yield from _about(sheet, recognize(sheet, said), said)


def _about(sheet: Sheet, found: Match | None, said: Instructions | None) -> Iterator[Unclear]:
    if found is not None:
        free = [column for column in found.ledger.columns if column.name not in found.positions]
        for title in dict.fromkeys(found.unknown):
            row = Instruction(sheet.file, sheet.name, found.ledger.name, title, NOTHING)
            yield Unclear(row, _fields(title, found.ledger, free))
        return
    partial = (match(sheet, ledger, said) for ledger in ledgers().values())
    likely = sorted(partial, key=lambda m: (-len(m.positions), len(m.missing), m.ledger.name))
    offered = tuple(m.ledger for m in likely[:_OFFERED] if m.positions)
    yield Unclear(Instruction(sheet.file, sheet.name), offered or tuple(ledgers().values()))
    nearest = likely[0]
    if nearest.positions:
        free = [column for column in nearest.ledger.columns if column.name not in nearest.positions]
        for title in dict.fromkeys(nearest.unknown):
            row = Instruction(sheet.file, sheet.name, "", title, NOTHING)
            yield Unclear(row, _fields(title, nearest.ledger, free))


def _fields(title: str, ledger: Ledger, free: list[Column]) -> tuple[Column, ...]:
    """Return columns not found yet: those most like a title, else those that the ledger requires."""
    known = {
        form: column
        for column in free
        for titles in column.titles.values()
        for said in titles
        for form in forms(said)
    }
    found = alike(forms(title)[0], known.keys(), 3 * _OFFERED, _LEAST_LIKENESS)
    like = {known[form].name: known[form] for form in found}
    needed = (column for column in free if column.required and not ledger.may_be_filled(column))
    return (tuple(like.values()) or tuple(needed) or tuple(free))[:_OFFERED]


def write_unclear(rows: Iterable[Unclear], lang: Language) -> bytes:
    """Return the rows as a mapping file with one more column, which tells what may have been meant and is not read."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    heads = TITLES.keys() if lang == "en" else TITLES.values()
    writer.writerow([*heads, text("mapping.offered", lang)])
    for row in rows:
        asked = row.instruction
        if asked.ledger:
            asked = replace(asked, ledger=_called(ledgers()[asked.ledger], lang))
        offered = text("phrase.separator", lang).join(_called(one, lang) for one in row.offered)
        # A title that begins as a formula would not be found again if it were changed; tables are read as texts anyway.
        writer.writerow([*map(_guarded, astuple(asked)), offered])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _called(meant: Ledger | Column, lang: Language) -> str:
    """Return what a reader calls a ledger or a column; a mapping may use either language's names."""
    if lang == "en":
        return meant.name
    return meant.title[lang] if isinstance(meant, Ledger) else meant.titles[lang][0]


def _guarded(cell: str) -> str:
    if not cell.startswith(("=", "+", "-", "@")) or cell == NOTHING:
        return cell
    return '="' + cell.replace('"', '""') + '"'
