"""Templates: what they show, and that whatever is put into one comes back as it went in."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.labels import concept, words
from kg.ledgers import build
from kg.ledgers.codes import check_symbol, own_check_symbol
from kg.ledgers.description import Column, Ledger, ledgers
from kg.ledgers.quantities import is_not_stated
from kg.ledgers.records import EXAMPLE_MARKS
from kg.ledgers.surveys import ERRORS
from kg.ledgers.tables import read_sheets
from kg.ledgers.templates import REQUIRED_MARK, allowed_words, chosen, example, template

LANGUAGES = ("zh", "en")
EVERY = tuple(ledgers().values())
ROOT = Path(__file__).resolve().parents[2]


@cache
def blank(lang: str, *names: str) -> bytes:
    return template(chosen(names), lang)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sheet_a_ledger_with_its_headings_notes_and_example(lang: str) -> None:
    book = opened(blank(lang))
    assert [s.title for s in book.worksheets if s.sheet_state == "visible"] == [
        ledger.title[lang] for ledger in EVERY
    ]
    for ledger in EVERY:
        sheet = book[ledger.title[lang]]
        assert sheet.freeze_panes == "B2"
        assert sheet.max_row == 2
        for cell, shown, column in zip(sheet[1], sheet[2], ledger.columns, strict=True):
            assert cell.value == column.title(lang) + (REQUIRED_MARK if column.required else "")
            note = cell.comment.text
            assert ("必填" in note or "Required" in note) == column.required
            assert column.hint is None or column.hint[lang] in note
            expected = example(column, lang)
            assert expected in note
            assert (shown.value or "").removeprefix(EXAMPLE_MARKS[lang]) == expected
            assert shown.font.italic
        assert str(sheet["A2"].value).startswith(EXAMPLE_MARKS[lang])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lists_hold_the_words_of_the_schemes(lang: str) -> None:
    book = opened(blank(lang))
    [hidden] = [sheet for sheet in book.worksheets if sheet.sheet_state == "hidden"]
    for ledger in EVERY:
        rules = {str(rule.sqref): rule for rule in book[ledger.title[lang]].data_validations.dataValidation}
        for index, column in enumerate(ledger.columns):
            letter = openpyxl.utils.get_column_letter(index + 1)
            rule = rules.get(f"{letter}3:{letter}1048576")
            allowed = allowed_words(column, lang)
            if not allowed:
                assert rule is None or rule.showErrorMessage is not True  # names are offered, not enforced
                continue
            assert rule is not None
            assert rule.showErrorMessage
            where = book.defined_names[rule.formula1].attr_text
            assert where.startswith((f"'{hidden.title}'!", f"{hidden.title}!"))
            cells = hidden[where.split("!")[1].replace("$", "")]
            assert tuple(cell.value for (cell,) in cells) == allowed
            if column.code_list:
                assert allowed == words(column.code_list, lang)
                # One word, one meaning: what is chosen is what is read.
                assert [concept(column.code_list, word) for word in allowed] == [
                    concept(column.code_list, word) for word in words(column.code_list, "zh")
                ]


def test_codes_and_dates_stay_text_and_numbers_are_numbers() -> None:
    sheet = opened(blank("zh"))["产能"]
    widths = sheet.column_dimensions.values()  # neighbours of one look are one entry
    formats = {sheet.cell(1, n).value: w.number_format for w in widths for n in range(w.min, w.max + 1)}
    assert formats["时点"] == formats["单位名称*"] == "@"
    assert formats["产能"] == "General"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_untouched_template_imports_as_nothing(lang: str) -> None:
    graph = build({"a.xlsx": blank(lang)})
    assert not graph.quads
    assert {finding.severity for finding in graph.findings} == {"info"}
    assert {finding.code for finding in graph.findings} == {"example-row", "hidden-sheet"}
    assert [sheet.ledger.name for sheet in graph.sheets] == [ledger.name for ledger in EVERY]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_examples_are_themselves_right(lang: str) -> None:
    book = opened(blank(lang))
    for ledger in EVERY:
        cell = book[ledger.title[lang]]["A2"]
        cell.value = cell.value.removeprefix(EXAMPLE_MARKS[lang])
    codes = {(f.code, f.sheet, f.value) for f in build({"a.xlsx": saved(book)}).errors}
    # The examples speak of more things than the one that each sheet has a row for.
    assert {code for code, _, _ in codes} <= {"unknown-name", "unknown-name-none"}, codes


def test_sources_are_always_there_and_unknown_ledgers_are_refused() -> None:
    assert [ledger.name for ledger in chosen(("产能", "supply", "Production"))] == [
        "production",
        "supply",
        "sources",
    ]
    with pytest.raises(UsageError):
        chosen(("产量",))


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "import sys; from kg.ledgers.templates import chosen, template;"
        "sys.stdout.buffer.write(template(chosen(()), 'en'))"
    )
    for seed in ("0", "9"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=120,
        )
        assert done.stdout == blank("en")


# ---------------------------------------------------------------- what goes in comes back

THINGS = {
    "sources": {"id": "doc-9", "title": "公报", "evidence": "E3"},
    "chains": {"name": "链甲", "source": "doc-9"},
    "organizations": {"name": "单位甲", "kind": "企业", "locality": "本地", "source": "doc-9"},
    "parks": {"name": "园区甲", "source": "doc-9"},
    "places": {"name": "区划甲", "source": "doc-9"},
    "products": {"name": "产品甲", "kind": "原料", "source": "doc-9"},
    "projects": {"name": "项目甲", "source": "doc-9"},
    "stages": {"chain": "链甲", "order": "1", "name": "环节甲", "position": "上游", "source": "doc-9"},
}

letters = st.characters(
    categories=("Lu", "Ll", "Lo", "Nd", "Po", "Ps", "Pe", "Sm", "Sc", "Zs"), exclude_characters=";；"
)
texts = (
    st.text(letters, min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text and not is_not_stated(text))
)
dates = st.tuples(st.dates(), st.sampled_from([4, 7, 10])).map(lambda pair: pair[0].isoformat()[: pair[1]])
periods = st.one_of(
    st.integers(1900, 2099).flatmap(
        lambda year: st.sampled_from([f"{year}{part}" for part in ("", "Q1", "Q4", "H2")])
    ),
    st.tuples(st.integers(1990, 2020), st.integers(2021, 2030)).map(lambda pair: f"{pair[0]}-03/{pair[1]}"),
)
numbers = st.decimals(-(10**9), 10**9, places=3).map(lambda number: f"{number:f}")


@st.composite
def unified_codes(draw: st.DrawFn) -> str:
    own = draw(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8))
    body = f"91{draw(st.integers(100000, 999999))}{own}{own_check_symbol(own)}"
    return body + check_symbol(body)


BY_TYPE: Mapping[str, st.SearchStrategy[str]] = {
    "gy:partialDate": dates,
    "gy:periodText": periods,
    "gy:quantity": numbers,
    "decimal": numbers,
    "integer": st.integers(-99, 999).map(str),
    "anyURI": texts.map(lambda text: "https://example.org/" + "".join(filter(str.isalnum, text))),
    "gy:unifiedCode": unified_codes(),
    "gy:divisionCode": st.integers(110000, 820000).map(str),
    "gy:projectCode": st.integers(0, 999_999).map(lambda n: f"2301-211100-04-01-{n:06d}"),
}


def cells(column: Column, ledger: Ledger, lang: str) -> st.SearchStrategy[str]:
    """What may stand in a column."""
    found: st.SearchStrategy[str]
    if column.name == "about_kind":
        found = st.sampled_from(
            [w for w in allowed_words(column, lang) if column.ledger_words[w] == "organizations"]
        )
    elif column.kind_column:
        found = st.just("单位甲")
    elif allowed := allowed_words(column, lang):
        found = st.sampled_from(allowed)
    elif column.refers_to:
        found = st.just(next(iter(_naming(column.refers_to[0]).values())))
    elif column.predicate.endswith("identifier"):
        found = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,11}", fullmatch=True)
    else:
        found = BY_TYPE.get(column.datatype, texts)
    if column.separator and not column.refers_to:
        found = st.lists(found, min_size=1, max_size=3, unique_by=str.casefold).map(";".join)
    needed = column.required or (column.predicate.endswith("unit"))  # a number needs its unit
    return found if needed else st.one_of(st.just(""), found)


def _naming(ledger: str) -> dict[str, str]:
    column = ledgers()[ledger].name_column
    assert column is not None
    return {column.name: THINGS[ledger][column.name]}


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def table(ledger: Ledger, rows: Sequence[Mapping[str, str]], lang: str) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.title(lang) for column in ledger.columns])
    writer.writerows([row.get(column.name, "") for column in ledger.columns] for row in rows)
    return stream.getvalue().encode()


@pytest.mark.parametrize("error", sorted(ERRORS))
def test_the_name_of_an_error_is_a_text_in_a_workbook_and_an_error_in_a_text_file(error: str) -> None:
    ledger = ledgers()["plan_listings"]
    row = {"project": error, "list": "清单", "year": "2024", "source": "s"}
    book = opened(blank("zh", ledger.name))
    for index, column in enumerate(ledger.columns, 1):
        cell = book[ledger.title["zh"]].cell(3, index)
        cell.value, cell.data_type = row[column.name], "s"
    typed = build({"a.xlsx": saved(book)})
    assert "cell-error" not in {f.code for f in typed.findings}
    assert error in {f.value for f in typed.findings if f.code == "unknown-name-none"}
    plain = build({"plan_listings.csv": table(ledger, [row], "zh")})
    assert [f.value for f in plain.findings if f.code == "cell-error"] == [error]


@pytest.mark.parametrize("ledger", EVERY, ids=lambda ledger: ledger.name)
@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_a_template_holds_comes_back(ledger: Ledger, data: st.DataObject) -> None:
    lang = data.draw(st.sampled_from(LANGUAGES))
    row = {column.name: data.draw(cells(column, ledger, lang), column.name) for column in ledger.columns}
    first = next((row[column.name] for column in ledger.columns if row[column.name]), "")
    assume(not first.startswith(("例", "e.g")))
    # What a text file cannot tell from an error of a spreadsheet is tried below.
    assume(not ERRORS.intersection(row.values()))
    rows = {name: [dict(thing)] for name, thing in THINGS.items()}
    for name, own in rows.items():  # the things that rows refer to, in the language of the template
        for column in ledgers()[name].columns:
            if said := own[0].get(column.name):
                words_here = allowed_words(column, lang)
                at = {c: w for w, c in (column.word_map or {}).items() if w in words_here}
                if column.code_list:
                    iri = concept(column.code_list, said)
                    said = next(word for word in words_here if concept(column.code_list, word) == iri)
                own[0][column.name] = at[(column.word_map or {})[said]] if at else said
    rows.setdefault(ledger.name, []).append(row)
    book = opened(blank(lang, *rows))
    for name, own in rows.items():
        sheet = book[ledgers()[name].title[lang]]
        for number, filled in enumerate(own, 3):
            for index, column in enumerate(ledgers()[name].columns, 1):
                if said := filled.get(column.name):
                    cell = sheet.cell(number, index)
                    cell.value = said
                    cell.data_type = "s"
    workbook = saved(book)
    [read] = [s for s in read_sheets("a.xlsx", workbook) if s.name == ledger.title[lang]]
    assert read.rows[-1].cells == tuple(row[column.name] for column in ledger.columns)
    filled = build({"a.xlsx": workbook})
    plain = build({f"{name}.csv": table(ledgers()[name], own, lang) for name, own in rows.items()})
    assert filled.quads == plain.quads
    assert filled.rows == plain.rows
    said = [(f.code, f.value) for f in filled.findings if f.severity != "info"]
    # A text that begins with = is a remark in a text file only: a workbook tells texts from formulas.
    assert said == [
        (f.code, f.value) for f in plain.findings if f.severity != "info" and f.code != "formula-text"
    ]
    assert not filled.errors, [(f.place(), f.message("en")) for f in filled.errors]
    assert filled.rows[ledger.name] == len(rows[ledger.name])
