"""Decisions on who is who: a ledger of their own that comes back as it was written, in either language."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, UsageError
from kg.ledgers import build
from kg.ledgers.decisions import (
    Decision,
    decided,
    kind_word,
    read_decisions,
    source_row,
    undecided,
    write_decisions,
)
from kg.ledgers.templates import allowed_words, chosen, template
from tests.small_city import org, small_city

BASE = small_city("supply 甲 乙 浆 货物\nsupply 丙 乙 浆 货物")
ONE = Decision("甲", "单位", "不同", "丙", "地址不同", "names")
TWO = Decision("甲", "单位", "同一", "乙", "同一代码", "names")
RELATIONS = {"同一": "same", "很可能同一": "probably-same", "不同": "different"}
names = st.text(
    st.characters(categories=("Lu", "Ll", "Lo", "Nd", "Pd", "Ps", "Pe", "Sm")), min_size=1, max_size=8
)
reasons = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20).map(
    str.strip
)


@given(st.lists(st.tuples(names, names, st.sampled_from(sorted(RELATIONS)), reasons), max_size=5))
def test_a_ledger_of_decisions_comes_back_whatever_the_names_and_reasons(
    rows: list[tuple[str, str, str, str]],
) -> None:
    decisions = tuple(
        Decision(thing, "单位", relation, other, reason, "names") for thing, other, relation, reason in rows
    )
    assert read_decisions(write_decisions(decisions, "zh"), "j.csv") == decisions


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+86 427",
        "-甲",
        "@sum",
        '=HYPERLINK("http://x")',
        'he said "no"',
        "a,b;c",
        "'x",
        "1/2",
        "=",
        '="x"',
    ],
)
def test_no_cell_opens_as_a_formula_and_none_is_changed(cell: str) -> None:
    decision = Decision("甲", "单位", "不同", "丙", cell, "names")
    data = write_decisions([decision], "zh")
    assert read_decisions(data, "j.csv")[0].reason == cell
    raw = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1][4]
    assert not raw.startswith(("+", "-", "@"))
    # A formula that is one text only: no quotation mark within ends it.
    assert not raw.startswith("=") or (raw[:2] == '="' and '"' not in raw[2:-1].replace('""', ""))


@pytest.mark.parametrize(
    ("lang", "kind", "relation"), [("zh", "单位", "不同"), ("en", "organization", "different")]
)
def test_the_words_follow_the_language_and_the_facts_do_not(lang: str, kind: str, relation: str) -> None:
    data = write_decisions([ONE, TWO], lang)  # type: ignore[arg-type]
    first = read_decisions(data, "j.csv")[0]
    assert (first.about_kind, first.relation) == (kind, relation)
    graph = build({**BASE, "judgements.csv": data, "sources.names.csv": source_row("names", "核对", lang)})  # type: ignore[arg-type]
    assert graph.findings == ()
    assert graph.rows["judgements"] == 2
    said = {
        q.object.value.rpartition("/")[2]
        for q in graph.quads
        if q.predicate.value.endswith("#identityRelation")
    }
    pairs = {q.object.value for q in graph.quads if q.predicate.value.endswith("#other")}
    levels = {
        q.object.value.rpartition("/")[2] for q in graph.quads if q.predicate.value.endswith("#evidenceLevel")
    }
    assert (said, pairs, levels) == ({"different", "same"}, {org("丙"), org("乙")}, {"e4", "e5"})


def test_both_languages_give_the_very_same_facts() -> None:
    graphs = [
        build({**BASE, "judgements.csv": write_decisions([ONE, TWO], lang), "sources.n.csv": source_row("names", "核对", "zh")})
        for lang in ("zh", "en")
    ]  # fmt: skip
    assert graphs[0].quads == graphs[1].quads != ()


def test_a_new_decision_replaces_that_on_the_same_pair_whichever_name_comes_first() -> None:
    again = Decision("丙", "单位", "同一", "甲", "改判", "names")
    assert decided((ONE, TWO), again) == (TWO, again)
    assert decided((), ONE) == (ONE,)
    assert decided((ONE,), TWO) == (ONE, TWO)


@pytest.mark.parametrize("pair", [("甲", "丙"), ("丙", "甲"), (" 甲 ", "丙")])
def test_a_decision_is_taken_back_by_its_pair(pair: tuple[str, str]) -> None:
    assert undecided((ONE, TWO), *pair) == (TWO,)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_never_decided_cannot_be_taken_back(lang: str) -> None:
    with pytest.raises(UsageError) as caught:
        undecided((ONE,), "乙", "丙")
    assert all(name in caught.value.text(lang) for name in ("乙", "丙"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "名称,区划代码,来源\n某区,,s\n",
        "对象,对象类型,关系,另一对象,来源\n甲,单位,不同,丙,s\n",
        "对象,对象类型,关系,另一对象,理由,来源,审核\n甲,单位,不同,丙,x,s,某\n",
    ],
    ids=["another ledger", "a column missing", "a column of its own"],
)
def test_a_foreign_ledger_is_not_written_over(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_decisions(text.encode(), "某表.csv")
    assert "某表.csv" in caught.value.text("zh")


def test_an_empty_file_holds_no_table() -> None:
    with pytest.raises(InputError):
        read_decisions(b"", "j.csv")


@pytest.mark.parametrize(
    ("ledger", "lang", "word"),
    [("organizations", "zh", "单位"), ("organizations", "en", "organization"), ("projects", "zh", "项目")],
)
def test_the_word_for_a_kind(ledger: str, lang: str, word: str) -> None:
    assert kind_word(ledger, lang) == word  # type: ignore[arg-type]


# ---------------------------------------------------------------- templates filled in by hand


@pytest.mark.parametrize(
    ("lang", "cells"),
    [
        ("zh", ["甲", "浆", "在产", "约12", "万吨/年"]),
        ("en", ["甲", "浆", "in production", "about 12", "10 thousand tonnes per year"]),
    ],
)
def test_a_template_filled_in_below_its_example_says_what_was_filled_in(lang: str, cells: list[str]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(chosen(["production"]), lang)))  # type: ignore[arg-type]
    sheet = book.worksheets[0]
    (ledger, sources) = chosen(["production"])
    places = {column.name: number for number, column in enumerate(ledger.columns, 1)}
    for name, cell in zip(("organization", "product", "status", "capacity", "unit"), cells, strict=True):
        sheet.cell(3, places[name]).value = cell
    sheet.cell(3, places["source"]).value = "s"
    stream = io.BytesIO()
    book.save(stream)
    graph = build({**BASE, "表.xlsx": stream.getvalue()})
    assert graph.errors == ()
    assert graph.rows["production"] == 1
    said = {
        q.predicate.value.rpartition("#")[2]: q.object.value.rpartition("/")[2]
        for q in graph.quads
        if "/production/" in q.subject.value
    }
    assert {
        name: said[name] for name in ("producer", "product", "status", "capacity", "unit", "qualifier")
    } == {
        "producer": "甲",
        "product": "浆",
        "status": "in-production",
        "capacity": "12",
        "unit": "10kt-a",
        "qualifier": "about",
    }
    assert sources.name == "sources"


def test_the_words_offered_are_those_of_the_schemes_in_their_order() -> None:
    (production, _) = chosen(["production"])
    assert allowed_words(production.column("status"), "zh") == ("在产", "在建", "规划", "停产")
    assert allowed_words(production.column("status"), "en") == (
        "in production",
        "under construction",
        "planned",
        "stopped",
    )
    assert allowed_words(production.column("organization"), "zh") == ()
