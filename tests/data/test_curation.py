"""The record of how raw rows became ledger rows is complete and leads to rows that exist.

The raw tables lie beside a checkout only where the ledgers were curated; elsewhere those tests are skipped.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kg.ledgers.description import ledgers

ROOT = Path(__file__).resolve().parents[2]
LEDGERS = ROOT / "data" / "ledgers" / "panjin"
RAW = ROOT.parent / "shared" / "panjin"
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
MEASURES = {
    "production": ["capacity"],
    "projects": ["investment_yi"],
    "indicators": ["value"],
    "parks": ["area_km2"],
}

# Rows that say nothing of their own but name a thing once more: their sources do not say everything in its ledger row,
# so they may not stand on it. A row named in left_out.csv tells there what became of its source.
ONLY_MENTIONS = {
    "parks": {40, 44, 52, 53, 55, 56, 61, 66, 67, 76, 77},
    "chains": {42, 47, 58},
    "firms": {21},
}

Record = dict[str, str]

raw_tables = pytest.mark.skipif(not RAW.is_dir(), reason="the raw tables are not beside this checkout")
each_raw_file = pytest.mark.parametrize(
    "name", sorted(path.stem for path in RAW.glob("*.csv")) if RAW.is_dir() else ["none"]
)


@cache
def table(path: Path) -> tuple[Record, ...]:
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def by_key(name: str) -> dict[str, Record]:
    """The rows of a ledger by the text of their key columns, joined as the record joins them."""
    ledger = ledgers()[name]
    found: dict[str, Record] = {}
    for row in table(LEDGERS / f"{name}.csv"):
        titles = {
            column.name: next(t for t in column.titles["zh"] if t in row)
            for column in ledger.columns
            if set(column.titles["zh"]) & set(row)
        }
        found[
            "|".join(row[titles[column]].strip() if column in titles else "" for column in ledger.primary_key)
        ] = row
    return found


@cache
def mapped() -> dict[tuple[str, int], list[tuple[str, Record]]]:
    """The ledger rows that each raw row went into."""
    found: dict[tuple[str, int], list[tuple[str, Record]]] = defaultdict(list)
    for line in table(LEDGERS / "curation" / "rows.csv"):
        row = by_key(line["台账"]).get(line["主键"])
        if row is not None:
            found[line["原始文件"], int(line["原始行"])].append((line["台账"], row))
    return found


@cache
def left_out() -> set[tuple[str, int]]:
    return {(line["原始文件"], int(line["原始行"])) for line in table(LEDGERS / "curation" / "left_out.csv")}


def raw_rows(name: str) -> list[tuple[int, Record]]:
    """The rows of a raw table with their spreadsheet numbers."""
    return list(enumerate(table(RAW / f"{name}.csv"), start=2))


def test_every_line_leads_to_a_row() -> None:
    lost = [
        line for line in table(LEDGERS / "curation" / "rows.csv") if line["主键"] not in by_key(line["台账"])
    ]
    assert lost == []


def test_no_line_stands_twice() -> None:
    for file in ("rows", "left_out"):
        lines = [tuple(line.values()) for line in table(LEDGERS / "curation" / f"{file}.csv")]
        assert sorted(lines) == sorted(set(lines))


def test_what_is_left_out_has_a_reason() -> None:
    assert [
        line for line in table(LEDGERS / "curation" / "left_out.csv") if not line["名称"] or not line["原因"]
    ] == []


@raw_tables
def test_lines_speak_of_rows_that_exist() -> None:
    sizes = {path.stem: len(table(path)) + 1 for path in RAW.glob("*.csv")}
    beyond = [key for key in {*mapped(), *left_out()} if not 2 <= key[1] <= sizes[key[0]]]
    assert beyond == []


@raw_tables
@each_raw_file
def test_every_raw_row_is_in_or_left_out_with_a_reason(name: str) -> None:
    assert [number for number, _ in raw_rows(name) if (name, number) not in {*mapped(), *left_out()}] == []


@raw_tables
@each_raw_file
def test_the_sources_of_a_raw_row_stand_on_its_ledger_rows(name: str) -> None:
    missing = []
    for number, raw in raw_rows(name):
        rows = mapped().get((name, number), [])
        if not rows or (name, number) in left_out() or number in ONLY_MENTIONS.get(name, ()):
            continue
        said = {
            s
            for ledger, row in rows
            for s in re.split("[;；]", row["来源编号" if ledger == "sources" else "来源"])
        }
        wanted = {raw["id"]} if name == "sources" else set(filter(None, re.split("[;；]", raw["source"])))
        if not wanted <= said:
            missing.append((number, sorted(wanted - said)))
    assert missing == []


@raw_tables
@pytest.mark.parametrize("name", sorted(MEASURES))
def test_the_numbers_of_a_raw_row_stand_on_its_ledger_rows(name: str) -> None:
    lost = []
    for number, raw in raw_rows(name):
        rows = mapped().get((name, number), [])
        said = {
            Decimal(n.replace(",", ""))
            for _, row in rows
            for cell in row.values()
            for n in NUMBER.findall(cell or "")
        }
        for column in MEASURES[name]:
            wanted = [Decimal(n.replace(",", "")) for n in NUMBER.findall(raw[column])]
            if rows and not set(wanted) <= said:
                lost.append((number, column, raw[column]))
    assert lost == []
