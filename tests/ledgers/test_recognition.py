"""Which ledger a table is."""

from __future__ import annotations

import pytest

from kg.ledgers.description import Ledger, ledgers
from kg.ledgers.recognition import match, recognize
from kg.ledgers.tables import Sheet

each_ledger = pytest.mark.parametrize("ledger", list(ledgers().values()), ids=lambda ledger: ledger.name)


def sheet(file: str, *header: str) -> Sheet:
    return Sheet(file, "", header, ())


@each_ledger
@pytest.mark.parametrize("lang", ["name", "zh", "en"])
def test_by_file_name(ledger: Ledger, lang: str) -> None:
    stem = ledger.name if lang == "name" else ledger.title[lang]
    found = recognize(sheet(f"{stem.upper()}.csv", "x"))
    assert found is not None
    assert found.ledger == ledger
    assert found.unknown == ("x",)
    assert found.missing == tuple(c for c in ledger.columns if c.required and not ledger.may_be_filled(c))


@each_ledger
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_by_headers(ledger: Ledger, lang: str) -> None:
    found = recognize(sheet("表1.csv", *(column.title(lang) for column in reversed(ledger.columns))))
    assert found is not None
    assert found.ledger == ledger
    assert (found.missing, found.unknown) == ((), ())
    last = len(ledger.columns) - 1
    assert found.positions == {column.name: last - index for index, column in enumerate(ledger.columns)}


@each_ledger
def test_by_every_other_title(ledger: Ledger) -> None:
    for column in ledger.columns:
        for titles in column.titles.values():
            for title in titles:
                found = match(sheet("x.csv", "?", f" {title.upper()} "), ledger)
                assert found.positions == {column.name: 1}


def test_a_file_name_beats_headers() -> None:
    headers = [column.title("zh") for column in ledgers()["places"].columns]
    found = recognize(sheet("产品.csv", *headers))
    assert found is not None
    assert found.ledger.name == "products"
    assert [column.name for column in found.missing] == ["name", "kind"]


def test_unknown_columns_are_told_and_nameless_ones_are_not() -> None:
    found = match(sheet("x.csv", "名称", "人口", "", "来源"), ledgers()["places"])
    assert found.unknown == ("人口",)


def test_of_two_columns_of_one_title_the_first_is_read() -> None:
    found = match(sheet("x.csv", "名称", "来源", "名称"), ledgers()["places"])
    assert found.positions["name"] == 0
    assert found.unknown == ("名称",)


@pytest.mark.parametrize("header", [("甲", "乙"), ("来源",), ("名称",), ("单位名称", "产品")])
def test_what_is_no_ledger(header: tuple[str, ...]) -> None:
    assert recognize(sheet("表1.csv", *header)) is None


def test_headers_that_fit_two_ledgers_as_well_are_not_guessed() -> None:
    header = ("park name", "单位名称", "来源")
    fits = [
        ledger.name for ledger in ledgers().values() if not match(sheet("x.csv", *header), ledger).missing
    ]
    assert fits == ["parks", "sites"]
    assert recognize(sheet("x.csv", *header)) is None
    assert recognize(sheet("x.csv", *header, "所在县区", "管理机构")).ledger.name == "parks"  # type: ignore[union-attr]
