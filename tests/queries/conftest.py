"""The shipped city twice: as a store, and as its ledgers read by nothing but the csv module."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from kg.labels import concept, label
from kg.ledgers import build, collect
from kg.queries import NameIndex, name_index
from kg.settings import shipped_city
from kg.store import Store, memory_store

Row = dict[str, str]


# One city a session: what its methods remember does not pile up.
# ruff: noqa: B019
@dataclass(frozen=True)
class City:
    """Ledgers as lists of rows, and the few notions that the questions share."""

    folder: Path

    @cache
    def rows(self, ledger: str) -> list[Row]:
        with (self.folder / f"{ledger}.csv").open(encoding="utf-8-sig", newline="") as stream:
            return [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(stream)]

    @staticmethod
    @cache
    def word(scheme: str, text: str) -> str | None:
        """The preferred Chinese word for a word of a scheme; None for a blank cell."""
        return label(concept(scheme, text), "zh") if text else None

    @staticmethod
    def joined(ids: set[str]) -> str:
        """Ids as a cell of sources shows them."""
        return "; ".join(sorted(ids))

    @staticmethod
    def split(text: str) -> list[str]:
        return [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]

    def sources(self, row: Row) -> list[str]:
        return self.split(row["来源"])

    def each(self, ledger: str) -> Iterator[tuple[Row, str]]:
        """Every row once for each of its sources."""
        for row in self.rows(ledger):
            for source in self.sources(row):
                yield row, source

    @cache
    def issued(self, source: str) -> str:
        return next((row["发布日期"] for row in self.rows("sources") if row["来源编号"] == source), "")

    @property
    def newest(self) -> str:
        return max(row["发布日期"] for row in self.rows("sources"))

    @staticmethod
    def before(date: str, as_of: str) -> bool:
        """Whether something so dated was known at ``as_of`` (a full day); what has no date always was."""
        return date <= as_of[: len(date)]

    def known(self, stated: str, source: str, as_of: str) -> bool:
        return self.before(stated or self.issued(source), as_of)

    def dated(self, stated: str, source: str) -> str | None:
        return stated or self.issued(source) or None

    @cache
    def locality(self, name: str) -> str:
        return next(row["本地外地"] for row in self.rows("organizations") if row["单位名称"] == name)

    @cache
    def ended(self, firm: str, as_of: str) -> bool:
        """Whether a firm is no more: its last date lies at ``as_of`` or before."""
        ends = [row["终止时间"] for row in self.rows("organizations") if row["单位名称"] == firm]
        return any(end and self.before(end, as_of) for end in ends)

    def made(self, as_of: str, statuses: tuple[str, ...] = ("在产",)) -> dict[str, dict[str, set[str]]]:
        """Local makers by product, each with the sources that record it; not those recorded as stopped."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        stopped = {
            (row["单位名称"], row["产品"])
            for row in self.rows("production")
            if row["状态"] == "停产" and self.before(row["时点"], as_of)
        }
        for row, source in self.each("production"):
            firm, product = row["单位名称"], row["产品"]
            if row["状态"] not in statuses or self.locality(firm) != "本地" or self.ended(firm, as_of):
                continue
            if "在产" in statuses and (firm, product) in stopped:
                continue
            if self.known(row["时点"], source, as_of):
                found[product][firm].add(source)
        return {product: dict(makers) for product, makers in found.items()}

    def uses(self, *, required: bool = False) -> dict[tuple[str, str, str], tuple[str, str]]:
        """(output, route, input) to (requirement, its sources joined)."""
        found: dict[tuple[str, str, str], tuple[str, set[str]]] = {}
        for row in self.rows("recipes"):
            if required and row["投入性质"] != "必需":
                continue
            key = (row["产出产品"], row["工艺路线"], row["投入产品"])
            found.setdefault(key, (row["投入性质"], set()))[1].update(self.sources(row))
        return {key: (requirement, self.joined(ids)) for key, (requirement, ids) in found.items()}

    def anchors(self) -> set[str]:
        return {row["单位名称"] for row in self.rows("participations") if row["角色"] == "头部企业"}

    def stage_products(self) -> Iterator[tuple[Row, str, str]]:
        """Every product of every stage, once for each source."""
        for row, source in self.each("stages"):
            for product in self.split(row["产品"]):
                yield row, product, source

    def busiest(self, ledger: str, column: str) -> str:
        """The value that stands in most rows of a column: a question about it has an answer."""
        counts: dict[str, int] = defaultdict(int)
        for row in self.rows(ledger):
            for value in self.split(row[column]):
                counts[value] += 1
        return min(counts, key=lambda value: (-counts[value], value))

    def argument(self, parameter: str) -> str:
        """A value to ask with for a parameter that must be given."""
        ledger, column = {
            "anchor": ("supply", "采购方"),
            "chain": ("stages", "产业链"),
            "product": ("production", "产品"),
            "firm": ("production", "单位名称"),
            "project": ("project_events", "项目名称"),
            "thing": ("production", "产品"),
            "source": ("indicators", "来源"),
        }[parameter]
        return self.busiest(ledger, column)

    def __hash__(self) -> int:
        return hash(self.folder)


@pytest.fixture(scope="session")
def city() -> City:
    return City(shipped_city())


@pytest.fixture(scope="session")
def store(city: City) -> Store:
    graph = build(collect([city.folder]))
    assert graph.errors == (), "the shipped ledgers do not import cleanly"
    return memory_store(graph.quads)


@pytest.fixture(scope="session")
def index(store: Store) -> NameIndex:
    return name_index(store)
