"""The descriptions of the ledgers: CSVW metadata files that drive reading, import, templates and documentation.

A description follows the W3C vocabulary for tabular data on the Web (https://www.w3.org/TR/tabular-metadata/).
What that vocabulary lacks stands under ``gy:``: the code list of a column, the words of a closed set, a hint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kg.messages import LANGUAGES
from kg.names import DCTERMS, GY, SKOS, expand
from kg.settings import data_path

Text = Mapping[str, str]
_NAMING = (SKOS + "prefLabel", DCTERMS + "identifier")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a ledger.

    ``refers_to`` names the ledgers whose things the cell may name; ``kind_column`` names the column whose word says
    which of them, by way of that column's ``ledger_words``. ``unit`` is the unit of every number of the column, for
    columns of ledgers without a unit column.
    """

    name: str
    titles: Mapping[str, tuple[str, ...]]
    required: bool = False
    datatype: str = "string"
    separator: str = ""
    lang: str = ""
    about: str = ""
    predicate: str = ""
    code_list: str = ""
    word_map: Mapping[str, str] | None = None
    ledger_words: Mapping[str, str] | None = None
    kind_column: str = ""
    unit: str = ""
    mints: str = ""
    refers_to: tuple[str, ...] = ()
    hint: Text | None = None
    example: Text | None = None

    def title(self, lang: str) -> str:
        """Return the column's first title in ``lang``."""
        return self.titles[lang][0]


@dataclass(frozen=True, slots=True)
class Constant:
    """A virtual column: a triple that every row yields.

    A derived one follows from those rows whose columns hold one of the words of ``when``; it relates no thing to itself
    and stands in the graph of what is derived.
    """

    about: str
    predicate: str
    value: str
    derived: bool = False
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One kind of table. ``name`` is its file stem, ``about`` the IRI template of the row's main subject."""

    name: str
    title: Text
    text: Text
    about: str
    describes: str
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...]
    constants: tuple[Constant, ...]

    def column(self, name: str) -> Column:
        """Return the column called ``name``."""
        return next(column for column in self.columns if column.name == name)

    @property
    def quantity_column(self) -> Column | None:
        """The column of a number that has a unit and may be qualified, if there is one."""
        return next((column for column in self.columns if column.datatype == "gy:quantity"), None)

    def stating(self, predicate: str) -> Column | None:
        """Return the column whose cells state ``predicate``, if there is one."""
        return next((column for column in self.columns if column.predicate == predicate), None)

    def may_be_filled(self, column: Column) -> bool:
        """Tell whether a cell of ``column`` may stay blank because the quantity beside it can say the same."""
        return column.predicate in (GY + "unit", GY + "qualifier") and self.quantity_column is not None

    @property
    def name_column(self) -> Column | None:
        """The column that holds the name by which other ledgers refer to this one's things, if they can."""
        naming = (column for column in self.columns if column.predicate in _NAMING and not column.lang)
        return next(naming, None)

    @property
    def scope_columns(self) -> tuple[str, ...]:
        """The columns besides the name that tell apart things of the same name (a stage belongs to a chain)."""
        name = self.name_column
        return (
            tuple(c.name for c in self.columns if c != name and "{" + c.name + "}" in self.about)
            if name
            else ()
        )


def _in_each_language(said: str | Text | None) -> Text | None:
    """Return what a description says once for all languages, by language."""
    return dict.fromkeys(LANGUAGES, said) if isinstance(said, str) else said


def _column(raw: dict[str, Any], references: dict[str, list[str]]) -> Column:
    return Column(
        name=raw["name"],
        titles={lang: tuple(titles) for lang, titles in raw["titles"].items()},
        required=raw.get("required", False),
        datatype=raw.get("datatype", "string"),
        separator=raw.get("separator", ""),
        lang=raw.get("lang", ""),
        about=raw.get("aboutUrl", ""),
        predicate=expand(raw.get("propertyUrl", "")),
        code_list=raw.get("gy:codeList", ""),
        word_map=raw.get("gy:wordMap"),
        ledger_words=raw.get("gy:ledgerWords"),
        kind_column=raw.get("gy:kindColumn", ""),
        unit=raw.get("gy:unit", ""),
        mints=expand(raw.get("gy:mints", "")),
        refers_to=tuple(references.get(raw["name"], ())),
        hint=raw.get("gy:hint"),
        example=_in_each_language(raw.get("gy:example")),
    )


def _ledger(name: str, raw: dict[str, Any]) -> Ledger:
    schema = raw["tableSchema"]
    references: dict[str, list[str]] = {}
    for key in schema.get("foreignKeys", ()):
        references.setdefault(key["columnReference"], []).append(
            key["reference"]["resource"].removesuffix(".csv")
        )
    real = [column for column in schema["columns"] if not column.get("virtual")]
    virtual = [column for column in schema["columns"] if column.get("virtual")]
    return Ledger(
        name=name,
        title=raw["dcterms:title"],
        text=raw["dcterms:description"],
        about=schema["aboutUrl"],
        describes=expand(raw.get("gy:describes", "")),
        primary_key=tuple(schema["primaryKey"]),
        columns=tuple(_column(column, references) for column in real),
        constants=tuple(
            Constant(
                c.get("aboutUrl", schema["aboutUrl"]),
                expand(c["propertyUrl"]),
                c["valueUrl"],
                c.get("gy:derived", False),
                {name: tuple(words) for name, words in c.get("gy:when", {}).items()},
            )
            for c in virtual
        ),
    )


@cache
def ledgers() -> Mapping[str, Ledger]:
    """Return every described ledger by name.

    Ledgers that name things come first, the sources before all, so that names are known before they are used.
    """
    folder = data_path("ontology") / "ledgers"
    found = [
        _ledger(path.stem, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.json"))
    ]
    found.sort(key=lambda ledger: (ledger.name != "sources", ledger.name_column is None, ledger.name))
    return {ledger.name: ledger for ledger in found}
