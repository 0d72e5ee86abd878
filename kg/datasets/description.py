"""What the tables of a firm–product data set look like: a CSVW description, as the ledgers have one each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kg.names import expand, local_name
from kg.settings import data_path


@dataclass(frozen=True, slots=True)
class DataColumn:
    """One column. ``empty`` are the cells that say nothing, ``words`` the admitted words and what they stand for."""

    name: str
    titles: tuple[str, ...]
    required: bool
    low: Decimal | None
    high: Decimal | None
    empty: frozenset[str]
    words: Mapping[str, str]

    @property
    def numeric(self) -> bool:
        """Whether cells are numbers."""
        return self.low is not None or self.high is not None


@dataclass(frozen=True, slots=True)
class DataTable:
    """One table of the data set, by the name of its file."""

    file: str
    optional: bool
    columns: tuple[DataColumn, ...]

    def column(self, name: str) -> DataColumn:
        """Return the column called ``name``."""
        return next(column for column in self.columns if column.name == name)


def _column(raw: dict) -> DataColumn:  # type: ignore[type-arg]
    datatype = raw["datatype"]
    bounds = datatype if isinstance(datatype, dict) else {}
    null = raw.get("null", [""])
    return DataColumn(
        name=raw["name"],
        titles=tuple(title for lang in sorted(raw["titles"]) for title in raw["titles"][lang]),
        required=raw.get("required", False),
        low=Decimal(str(bounds["minimum"])) if "minimum" in bounds else None,
        high=Decimal(str(bounds["maximum"])) if "maximum" in bounds else None,
        empty=frozenset([null] if isinstance(null, str) else null),
        words={word: local_name(expand(term)) for word, term in raw.get("gy:wordMap", {}).items()},
    )


@cache
def tables() -> Mapping[str, DataTable]:
    """Return the tables by the stem of their file."""
    raw = json.loads((data_path("ontology") / "datasets" / "firm_products.json").read_text(encoding="utf-8"))
    found = {}
    for table in raw["tables"]:
        columns = tuple(_column(column) for column in table["tableSchema"]["columns"])
        found[table["url"].removesuffix(".csv")] = DataTable(
            table["url"], table.get("gy:optional", False), columns
        )
    return found
