"""What an import of a data set left out or mended, and which data sets there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.datasets import Dataset, DatasetReport
from kg.messages import Language, text
from kg.reports.table import Cell, Column, Kind, Table

_REPORT: Final[tuple[tuple[str, Kind], ...]] = (
    ("table", "text"),
    ("what", "text"),
    ("count", "number"),
    ("examples", "list"),
)
_LIST: Final[tuple[tuple[str, Kind], ...]] = (
    ("name", "text"),
    ("firms", "number"),
    ("products", "number"),
    ("pairs", "number"),
    ("digest", "text"),
)


def _columns(keys: Sequence[tuple[str, Kind]], lang: Language) -> tuple[Column, ...]:
    return tuple(Column(key, text(f"dataset.column_of.{key}", lang), kind) for key, kind in keys)


def dataset_report_table(report: DatasetReport, lang: Language) -> Table:
    """Return what was read and kept of each table, and each reason for leaving out or mending, with examples."""
    rows: list[tuple[Cell, ...]] = []
    for table, read in report.read.items():
        rows.append((table, text("dataset.read", lang), read, ()))
        rows += [
            (table, text(f"dataset.reason.{d.reason}", lang), d.count, d.examples)
            for d in report.dropped
            if d.table == table
        ]
        rows.append((table, text("dataset.kept", lang), report.kept[table], ()))
    return Table(
        text("dataset.report", lang, name=report.name),
        _columns(_REPORT, lang),
        tuple(rows),
        lang,
        notes=(text("dataset.note", lang),),
        parameters={"dataset": report.name},
    )


def datasets_table(datasets: Sequence[Dataset], lang: Language) -> Table:
    """Return the data sets with their sizes."""
    rows = tuple((dataset.name, *dataset.size(), dataset.digest) for dataset in datasets)
    return Table(
        text("dataset.list", lang),
        _columns(_LIST, lang),
        rows,
        lang,
        brief=("name", "firms", "products", "pairs"),
    )
