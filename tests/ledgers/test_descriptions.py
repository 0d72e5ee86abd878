"""The descriptions of the ledgers hold together."""

from __future__ import annotations

import json
import re
from itertools import chain

import pytest

from kg.labels import words
from kg.ledgers.datatypes import _DATATYPES
from kg.ledgers.description import Ledger, ledgers
from kg.names import DCTERMS, GY, SKOS, normalize_name
from kg.settings import data_path
from kg.vocabulary import vocabulary

LEDGERS = list(ledgers().values())
PLACEHOLDER = re.compile(r"\{(\w+)\}")

each_ledger = pytest.mark.parametrize("ledger", LEDGERS, ids=lambda ledger: ledger.name)


def defined(term: str) -> bool:
    return not term.startswith(GY) or (term, "zh") in vocabulary().labels


def test_sources_come_first_and_names_before_their_use() -> None:
    names = list(ledgers())
    assert names[0] == "sources"
    naming = [ledgers()[name].name_column is not None for name in names]
    assert naming == sorted(naming, reverse=True)


@each_ledger
def test_a_file_is_called_as_its_ledger(ledger: Ledger) -> None:
    raw = json.loads((data_path("ontology") / "ledgers" / f"{ledger.name}.json").read_text(encoding="utf-8"))
    assert raw["url"] == f"{ledger.name}.csv"
    assert raw["@context"][0] == "http://www.w3.org/ns/csvw"


@each_ledger
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_titles_are_there_and_unique_within_a_ledger(ledger: Ledger, lang: str) -> None:
    assert ledger.title[lang].strip()
    assert ledger.text[lang].strip()
    titles = [normalize_name(title) for column in ledger.columns for title in column.titles[lang]]
    assert all(titles)
    assert len(titles) == len(set(titles))


@each_ledger
def test_a_title_of_one_language_is_no_other_column_of_the_other(ledger: Ledger) -> None:
    owner: dict[str, str] = {}
    for column in ledger.columns:
        for title in chain(*column.titles.values(), [column.name]):
            assert owner.setdefault(normalize_name(title), column.name) == column.name


def test_ledgers_have_titles_of_their_own() -> None:
    for lang in ("zh", "en"):
        titles = [normalize_name(ledger.title[lang]) for ledger in LEDGERS]
        assert len(titles) == len(set(titles))


@each_ledger
def test_names_of_columns_are_unique(ledger: Ledger) -> None:
    names = [column.name for column in ledger.columns]
    assert len(names) == len(set(names))


@each_ledger
def test_key_columns_exist(ledger: Ledger) -> None:
    assert ledger.primary_key
    assert set(ledger.primary_key) <= {column.name for column in ledger.columns}


@each_ledger
def test_templates_use_columns_that_exist(ledger: Ledger) -> None:
    templates = [ledger.about, *(column.about for column in ledger.columns)]
    templates += [text for constant in ledger.constants for text in (constant.about, constant.value)]
    used = {name for template in templates for name in PLACEHOLDER.findall(template)}
    assert used <= {column.name for column in ledger.columns}
    assert re.match(r"(id|source)/", ledger.about)


@each_ledger
def test_the_subject_is_told_by_the_key(ledger: Ledger) -> None:
    told = set(PLACEHOLDER.findall(ledger.about))
    stands_for_key = {"stages": {"chain", "name"}, "judgements": {"about_kind"}}
    assert told <= set(ledger.primary_key) | stands_for_key.get(ledger.name, set())


@each_ledger
def test_statements_keep_their_source_in_the_key_and_things_do_not(ledger: Ledger) -> None:
    if ledger.name_column is not None:
        assert "source" not in ledger.primary_key
    elif ledger.name not in ("recipes", "judgements"):
        assert "source" in ledger.primary_key


@each_ledger
def test_every_ledger_but_the_sources_tells_its_sources(ledger: Ledger) -> None:
    if ledger.name == "sources":
        assert all(column.name != "source" for column in ledger.columns)
    else:
        source = ledger.columns[-1]
        assert (source.name, source.required, source.separator, source.refers_to) == (
            "source",
            True,
            ";",
            ("sources",),
        )


@each_ledger
def test_references_exist(ledger: Ledger) -> None:
    for column in ledger.columns:
        for target in column.refers_to:
            assert ledgers()[target].name_column is not None
        if column.kind_column:
            kinds = ledger.column(column.kind_column).ledger_words
            assert kinds
            assert set(kinds.values()) <= set(column.refers_to)


@each_ledger
def test_code_lists_and_words_exist(ledger: Ledger) -> None:
    for column in ledger.columns:
        if column.code_list:
            assert words(column.code_list, "zh")
            assert words(column.code_list, "en")
        targets = (column.word_map or {}).values()
        assert all(defined(target.replace("gy:", GY)) for target in targets)
        assert len({normalize_name(word) for word in column.word_map or {}}) == len(column.word_map or {})


@each_ledger
def test_datatypes_are_known(ledger: Ledger) -> None:
    for column in ledger.columns:
        assert column.datatype in {*_DATATYPES, "gy:quantity"}


@each_ledger
def test_terms_are_defined(ledger: Ledger) -> None:
    for column in ledger.columns:
        assert defined(column.predicate)
        assert defined(column.mints)
        assert all(defined(constant.predicate) for constant in ledger.constants)
        assert defined(ledger.describes)


@each_ledger
def test_hints_speak_both_languages(ledger: Ledger) -> None:
    for column in ledger.columns:
        assert column.hint is None or set(column.hint) == {"zh", "en"}


def test_name_columns() -> None:
    found = {ledger.name: ledger.name_column.name for ledger in LEDGERS if ledger.name_column}
    assert found == {
        "sources": "id", "chains": "name", "issues": "name", "mechanisms": "name", "organizations": "name", "parks": "name",
        "places": "name", "policies": "title", "products": "name", "projects": "name", "stages": "name",
    }  # fmt: skip
    assert {ledger.name: ledger.scope_columns for ledger in LEDGERS if ledger.scope_columns} == {
        "stages": ("chain",)
    }


def test_naming_predicates() -> None:
    for ledger in LEDGERS:
        if ledger.name_column:
            assert ledger.name_column.predicate in (SKOS + "prefLabel", DCTERMS + "identifier")
            assert ledger.name_column.required
