"""Looking up labels, code words and units."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
from rdflib import SKOS, Graph, Literal, URIRef

from kg import labels
from kg.errors import UnknownName
from kg.vocabulary import vocabulary

SCHEME = "https://w3id.org/gongyue/scheme/"


def test_label_and_definition_by_iri_and_by_prefixed_name() -> None:
    zh = labels.labels("zh")
    assert zh.label("gy:Enterprise") == zh.label("https://w3id.org/gongyue/ontology#Enterprise") == "企业"
    assert zh.label("gy:Enterprise", "en") == labels.label("gy:Enterprise", "en") == "Enterprise"
    assert zh.label("scheme:role/anchor") == "头部企业"
    assert zh.label(SCHEME + "role", "en") == "Role in a chain"
    assert "不是竣工" in zh.definition("scheme:project-stage/mechanically-complete")
    assert labels.definition("gy:Park", "en").startswith("The area of")


@pytest.mark.parametrize("term", ["gy:Nothing", "nothing", "https://example.org/x", ""])
def test_an_unknown_term_is_named(term: str) -> None:
    with pytest.raises(labels.UnknownConcept) as caught:
        labels.label(term, "zh")
    assert (caught.value.name, caught.value.allowed) == (term, ())


def test_every_word_of_every_scheme_is_understood(schemes: Graph) -> None:
    for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.notation):
        for concept, word in schemes.subject_objects(predicate):
            scheme = schemes.value(concept, SKOS.inScheme)
            if scheme is not None:
                name = str(scheme).removeprefix(SCHEME)
                assert labels.concept(name, f" {word} ") == str(concept)


@pytest.mark.parametrize(
    ("scheme", "word", "concept"),
    [
        ("unit", "万吨／年", "10kt-a"),
        ("unit", "10KT/A", "10kt-a"),
        ("unit", "％", "percent"),
        ("evidence-level", "Ｅ３", "e3"),
        ("evidence-level", "e3", "e3"),
        ("role", "Anchor Firm", "anchor"),
        ("role", "龙头企业", "anchor"),
        ("project-stage", "机械竣工", "mechanically-complete"),
        ("grade", "专精特新小巨人", "little-giant"),
        ("grade", "省级专精特新中小企业", "specialised-sme"),
    ],
)
def test_words_as_ledgers_write_them(scheme: str, word: str, concept: str) -> None:
    assert labels.concept(scheme, word) == f"{SCHEME}{scheme}/{concept}"


def test_an_unknown_word_lists_the_allowed_ones() -> None:
    with pytest.raises(labels.UnknownConcept) as caught:
        labels.concept("value-kind", "大概")
    assert isinstance(caught.value, LookupError)
    assert isinstance(caught.value, UnknownName)
    assert (caught.value.name, caught.value.kind) == ("大概", "value-kind")
    assert caught.value.allowed == ("目标", "预计", "实际")


def test_an_unknown_scheme_lists_the_schemes() -> None:
    with pytest.raises(labels.UnknownConcept) as caught:
        labels.words("colour", "en")
    assert "role" in caught.value.allowed


def test_words_come_in_the_order_of_the_scheme() -> None:
    assert labels.words("production-status", "zh") == ("在产", "在建", "规划", "停产")
    assert labels.words("chain-position", "en") == ("upstream", "midstream", "downstream")


def test_headings_come_from_columns_and_else_from_properties() -> None:
    assert labels.column("needed_by", "zh") == "需求方"
    assert labels.column("kind", "en") == "Finding"
    assert labels.column("unified_code", "zh") == labels.label("gy:unifiedCode", "zh") == "统一社会信用代码"
    with pytest.raises(labels.UnknownConcept):
        labels.column("no_such_heading", "zh")


def test_report_fields_have_headings() -> None:
    for name in ("kind", "product", "chain", "stage", "needed_by", "pipeline", "evidence", "sources", "why"):
        assert labels.column(name, "zh") != labels.column(name, "en")


def test_stages_are_ranked() -> None:
    assert labels.stage_rank("conceived") == 1
    assert labels.stage_rank("terminated") == 17
    assert labels.stage_rank("mechanically-complete") < labels.stage_rank("completed")
    with pytest.raises(labels.UnknownConcept):
        labels.stage_rank("finished")


@pytest.mark.parametrize(
    ("unit", "to", "factor"),
    [
        ("10kt-a", "t-a", "10000"),
        ("t-a", "10kt-a", "0.0001"),
        ("t-a", "t-a", "1"),
        ("100m-cny", "10k-cny", "10000"),
        ("km2", "ha", "100"),
        ("m2", "mu", "0.0015"),
        ("bbl-d", "t-a", None),
        ("t-d", "t-a", None),
        ("usd", "cny", None),
        # One mu is 2000/3 square metres, which no finite decimal is.
        ("mu", "m2", None),
    ],
)
def test_units_convert_exactly_or_not_at_all(unit: str, to: str, factor: str | None) -> None:
    assert labels.conversion(unit, to) == (None if factor is None else Decimal(factor))


def test_every_exact_conversion_inverts() -> None:
    units = vocabulary().units
    for unit in units:
        for to in units:
            forth, back = labels.conversion(unit, to), labels.conversion(to, unit)
            if forth is not None and back is not None:
                assert forth * back == 1, (unit, to)


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(labels.UnknownConcept) as caught:
        labels.conversion("furlong", "km")
    assert caught.value.name == "furlong"


def test_the_index_is_the_ontology(core: Graph, schemes: Graph) -> None:
    texts = vocabulary().definitions
    for graph in (core, schemes):
        for term, text in graph.subject_objects(SKOS.definition):
            assert isinstance(term, URIRef)
            assert isinstance(text, Literal)
            assert texts[str(term), str(text.language)] == str(text)


def test_the_index_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        vocabulary().labels["x", "zh"] = "y"  # type: ignore[index]


def test_importing_reads_nothing() -> None:
    code = "import sys, kg.labels; print(sorted({'pyoxigraph', 'rdflib', 'pyshacl'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
