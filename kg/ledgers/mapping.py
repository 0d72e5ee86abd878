"""What the importing person says about sheets and columns that are not recognised by themselves.

A mapping is a table of five columns, each row one instruction::

    file/文件  sheet/工作表  ledger/台账  column/列  field/字段
    a.xlsx    Sheet1       产能                             the sheet is this ledger; - : it is none and is not read
    a.xlsx                              厂子       organization   the column holds this field, by its name or a title
                                        序号       -              the column is not read, in any file

A blank file or sheet means every one. The store keeps the instructions with the files, as ``mapping.csv``; a file of
that name among the ledgers is read as one.
"""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields

from kg import messages
from kg.errors import InputError, UsageError
from kg.ledgers.description import Column, Ledger, ledgers
from kg.ledgers.headers import Known, forms, known_titles
from kg.ledgers.likeness import alike
from kg.ledgers.tables import read_csv
from kg.messages import Language
from kg.names import normalize_name

MAPPING_FILE = "mapping.csv"
NOTHING = "-"
_LEAST_LIKENESS = 60
_NEAREST = 3
TITLES = {"file": "文件", "sheet": "工作表", "ledger": "台账", "column": "列", "field": "字段"}


@dataclass(frozen=True, slots=True, order=True)
class Instruction:
    """One row of a mapping, as written; ``ledger`` is the name of a ledger, empty or ``-``."""

    file: str = ""
    sheet: str = ""
    ledger: str = ""
    column: str = ""
    field: str = ""

    def concerns(self, file: str, sheet: str) -> bool:
        """Tell whether the instruction is about a sheet of a file."""
        pairs = ((self.file, file), (self.sheet, sheet))
        return all(not said or normalize_name(said) == normalize_name(name) for said, name in pairs)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Instructions; of two that fit, the one that names file and sheet counts."""

    instructions: tuple[Instruction, ...] = ()

    def __or__(self, later: Mapping) -> Mapping:
        """Return both; a later word about the same file, sheet and column replaces the earlier one."""
        about = {(i.file, i.sheet, i.column): i for i in (*self.instructions, *later.instructions)}
        return Mapping(tuple(sorted(about.values())))

    def _fitting(self, file: str, sheet: str) -> list[Instruction]:
        fitting = [i for i in self.instructions if i.concerns(file, sheet)]
        return sorted(fitting, key=lambda i: (bool(i.file), bool(i.sheet)))

    def ledger(self, file: str, sheet: str) -> str:
        """Return the name of the ledger that a sheet is said to be, ``-`` for none, empty if nothing is said."""
        return next((i.ledger for i in reversed(self._fitting(file, sheet)) if i.ledger and not i.column), "")

    def fields(self, file: str, sheet: str, ledger: Ledger) -> dict[str, Column | None]:
        """Return by the normal form of a title the column of ``ledger`` it is said to be, None for one not read."""
        said: dict[str, Column | None] = {}
        for instruction in self._fitting(file, sheet):
            if not instruction.column or instruction.ledger not in ("", ledger.name):
                continue
            column = field_of(ledger, instruction.field)
            if column is not None or instruction.field == NOTHING:
                said[normalize_name(instruction.column)] = column
        return said

    def known(self) -> Known:
        """Return the titles to find headers by: those of the ledgers and those that are mapped."""
        if not any(i.column for i in self.instructions):
            return known_titles()
        known = dict(known_titles())
        for instruction in self.instructions:
            names = frozenset([instruction.ledger] if instruction.ledger else ledgers())
            for form in forms(instruction.column):
                known[form] = known.get(form, frozenset()) | names
        return known

    def write(self) -> bytes:
        """Return the mapping as a file that ``read_mapping`` reads."""
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(TITLES.values())
        writer.writerows(astuple(instruction) for instruction in self.instructions)
        return lines.getvalue().encode()


def ledger_named(text: str) -> Ledger | None:
    """Return the ledger of a name or title in either language, or None."""
    said = normalize_name(text)
    for ledger in ledgers().values():
        if said in {ledger.name, *(normalize_name(title) for title in ledger.title.values())}:
            return ledger
    return None


class UnknownLedger(UsageError):
    """No ledger is called so; the message names the nearest ones and lists all, in the reader's language."""

    def __init__(self, value: str) -> None:
        self.nearest = nearest_ledgers(value)
        super().__init__("usage.ledger_nearest" if self.nearest else "usage.ledger", value=value[:100])

    def text(self, lang: Language = "en") -> str:
        """Return the message in ``lang``."""
        mark = messages.text("phrase.separator", lang)
        nearest, admitted = (
            mark.join(_shown(ledger, lang) for ledger in found)
            for found in (self.nearest, ledgers().values())
        )
        return messages.text(self.key, lang, value=self.params["value"], nearest=nearest, admitted=admitted)


def _shown(ledger: Ledger, lang: Language) -> str:
    return f"{ledger.title['zh']}（{ledger.name}）" if lang == "zh" else ledger.name


def nearest_ledgers(text: str) -> tuple[Ledger, ...]:
    """Return the ledgers whose name or title is most like ``text``, best first; none where nothing comes near."""
    known = {
        form: ledger
        for ledger in ledgers().values()
        for form in (ledger.name, *(normalize_name(title) for title in ledger.title.values()))
    }
    found = alike(normalize_name(text), known.keys(), 3 * _NEAREST, _LEAST_LIKENESS)
    return tuple({known[form].name: known[form] for form in found}.values())[:_NEAREST]


def chosen_ledger(text: str) -> str:
    """Return the name of the ledger that ``text`` names.

    Raises
    ------
    UnknownLedger
        There is none; the message names the nearest and lists all.
    """
    ledger = ledger_named(text)
    if ledger is None:
        raise UnknownLedger(text)
    return ledger.name


def field_of(ledger: Ledger, text: str) -> Column | None:
    """Return the column of ``ledger`` that a name or title means, or None."""
    said = normalize_name(text)
    for column in ledger.columns:
        if said == column.name or any(
            said == normalize_name(t) for titles in column.titles.values() for t in titles
        ):
            return column
    return None


def read_mapping(data: bytes, file: str) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    InputError
        No table, a column missing, or an instruction that names no ledger or no field.
    """
    known = {normalize_name(t): frozenset([MAPPING_FILE]) for pair in TITLES.items() for t in pair}
    sheet = read_csv(data, file, known)
    header = [normalize_name(title) for title in sheet.header]
    places = {}
    for field in fields(Instruction):
        titles = (field.name, TITLES[field.name])
        places[field.name] = next((header.index(t) for t in titles if t in header), None)
    if places["ledger"] is None and (places["column"] is None or places["field"] is None):
        raise InputError("input.mapping-header", file=file, value=", ".join(sheet.header))
    found = []
    for row in sheet.rows:
        said = {name: "" if place is None else row.cells[place] for name, place in places.items()}
        if said["ledger"] not in ("", NOTHING):
            ledger = ledger_named(said["ledger"])
            if ledger is None:
                raise InputError(
                    "input.mapping-ledger",
                    file=file,
                    row=row.number,
                    value=said["ledger"],
                    admitted=" ".join(ledgers()),
                )
            said["ledger"] = ledger.name
        if said["column"] and said["field"] != NOTHING:
            scope = [ledgers()[said["ledger"]]] if said["ledger"] not in ("", NOTHING) else ledgers().values()
            if not any(field_of(ledger, said["field"]) for ledger in scope):
                raise InputError("input.mapping-field", file=file, row=row.number, value=said["field"])
        if not said["column"] and not said["ledger"]:
            raise InputError("input.mapping-field", file=file, row=row.number, value=said["field"])
        found.append(Instruction(**said))
    return Mapping() | Mapping(tuple(found))
