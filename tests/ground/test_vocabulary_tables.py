"""The vocabulary against tables written by hand: words in both languages, ranks, units."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import labels
from kg.names import SCHEME
from kg.vocabulary import fold, slug, vocabulary

# Scheme, slug, word in Chinese, word in English: what reports and maps show.
WORDS = [
    ("production-status", "in-production", "在产", "in production"),
    ("production-status", "under-construction", "在建", "under construction"),
    ("production-status", "planned", "规划", "planned"),
    ("production-status", "stopped", "停产", "stopped"),
    ("chain-position", "upstream", "上游", "upstream"),
    ("chain-position", "midstream", "中游", "midstream"),
    ("chain-position", "downstream", "下游", "downstream"),
    ("value-kind", "target", "目标", "target"),
    ("value-kind", "forecast", "预计", "forecast"),
    ("value-kind", "actual", "实际", "actual"),
    ("locality", "local", "本地", "local"),
    ("locality", "outside", "外地", "outside"),
    ("locality", "unknown", "不明", "unknown"),
    ("requirement", "required", "必需", "required"),
    ("requirement", "auxiliary", "辅助", "auxiliary"),
    ("role", "anchor", "头部企业", "anchor firm"),
    ("role", "backbone", "骨干企业", "backbone firm"),
    ("role", "supporting", "配套企业", "supporting firm"),
    ("issue-state", "open", "未销号", "open"),
    ("issue-state", "closed", "已销号", "closed"),
]

STAGES = [
    "conceived", "negotiating", "signed", "registered", "filed", "preliminary", "started", "under-construction",
    "suspended", "structure-complete", "mechanically-complete", "completed", "trial-production", "in-production",
    "design-capacity", "target-return", "terminated",
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "name", "zh", "en"), WORDS)
def test_a_word_of_either_language_is_the_concept_and_the_concept_has_the_word(
    scheme: str, name: str, zh: str, en: str
) -> None:
    iri = f"{SCHEME}{scheme}/{name}"
    assert labels.concept(scheme, zh) == iri
    assert labels.concept(scheme, en) == iri
    assert labels.concept(scheme, en.upper()) == iri
    assert (labels.label(iri, "zh"), labels.label(iri, "en")) == (zh, en)
    assert zh in labels.words(scheme, "zh")
    assert en in labels.words(scheme, "en")


@pytest.mark.parametrize(
    ("scheme", "zh"),
    [
        ("chain-position", ("上游", "中游", "下游")),
        ("issue-state", ("未销号", "已销号")),
        ("finding-kind", ("缺链", "断点", "弱链", "未连", "短链", "优势", "空白", "堵点")),
        ("supply-kind", ("货物", "能源", "技术许可", "工程承包", "中试服务", "代理销售", "场地", "设备")),
        ("product-kind", ("原料", "中间品", "终端品", "工艺能力", "服务")),
        ("park-level", ("国家级", "省级", "市级", "其他")),
        ("identity-relation", ("同一", "很可能同一", "很可能同一项目线", "不同")),
    ],
)
def test_a_scheme_is_whole_and_in_order(scheme: str, zh: tuple[str, ...]) -> None:
    assert labels.words(scheme, "zh") == zh
    assert len(set(labels.words(scheme, "en"))) == len(zh)


@pytest.mark.parametrize("word", ["", " ", "在 产", "在产了", "role", "在产;在建", "http://x", "\x00"])
def test_what_is_nearly_a_word_is_none(word: str) -> None:
    with pytest.raises(labels.UnknownConcept) as caught:
        labels.concept("production-status", word)
    assert caught.value.name == word
    assert caught.value.allowed == ("在产", "在建", "规划", "停产")


def test_a_word_means_something_only_in_its_own_scheme() -> None:
    assert labels.concept("production-status", "在建").endswith("production-status/under-construction")
    assert labels.concept("project-stage", "在建").endswith("project-stage/under-construction")
    with pytest.raises(labels.UnknownConcept):
        labels.concept("locality", "在建")


def test_an_unknown_word_is_answered_in_the_askers_language() -> None:
    with pytest.raises(labels.UnknownConcept) as caught:
        labels.labels("en").concept("chain-position", "sideways")
    assert caught.value.allowed == ("upstream", "midstream", "downstream")
    assert "upstream; midstream; downstream" in caught.value.text("en")


@pytest.mark.parametrize(("place", "stage"), list(enumerate(STAGES, 1)))
def test_the_seventeen_stages_have_the_ranks_of_a_projects_life(place: int, stage: str) -> None:
    assert labels.stage_rank(stage) == place


@pytest.mark.parametrize("stage", ["", "签约", "Signed", SCHEME + "project-stage/signed"])
def test_only_the_slug_of_a_stage_has_a_rank(stage: str) -> None:
    with pytest.raises(labels.UnknownConcept) as caught:
        labels.stage_rank(stage)
    assert caught.value.allowed == tuple(STAGES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" 在产 ", "在产"),
        ("９５％", "95%"),
        ("T/A", "t/a"),
        ("吨／年", "吨/年"),
        ("ＡＮＣＨＯＲ", "anchor"),
        ("㎡", "m2"),
    ],
)
def test_ways_to_write_a_word_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("在产", "在建"), ("吨/年", "吨/日"), ("a b", "ab"), ("t-a", "t/a")]
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(st.sampled_from("在产aＡ％/／ \t㎡９"), max_size=10))
def test_folding_is_done_once_and_for_all(word: str) -> None:
    assert fold(fold(word)) == fold(word)
    assert fold(f"\t{word} ") == fold(word)


@pytest.mark.parametrize(
    ("iri", "name"),
    [(SCHEME + "unit/t-a", "t-a"), ("urn:x", "urn:x"), ("https://e.org/a/", ""), ("", "")],
)
def test_a_slug_is_what_stands_behind_the_last_slash(iri: str, name: str) -> None:
    assert slug(iri) == name


@pytest.mark.parametrize(
    ("unit", "to", "factor"),
    [
        ("100mt-a", "10kt-a", "10000"),
        ("10k-kg-a", "t-a", "10"),
        ("10k-kg", "10kt", "0.001"),
        ("100m-cny-a", "10k-cny-a", "10000"),
        ("100m-usd", "10k-usd", "10000"),
        ("100m-m3", "10k-m3", "10000"),
        ("10k-bbl-d", "bbl-d", "10000"),
        ("ha", "mu", "15"),
        ("km2", "mu", "1500"),
        ("10k-m2", "ha", "1"),
        ("m2", "km2", "0.000001"),
        ("mw", "kw", "1000"),
        ("mw", "10k-kw", "0.1"),
        ("100m-kwh", "10k-kwh", "10000"),
        ("km", "m", "1000"),
        ("100m-pcs-a", "10k-pcs-a", "10000"),
        ("10k-person", "person", "10000"),
        ("10kt-month", "t-month", "10000"),
        ("percent", "percent", "1"),
    ],
)
def test_units_of_one_measure_convert_by_the_factor_of_the_textbook(unit: str, to: str, factor: str) -> None:
    assert labels.conversion(unit, to) == Decimal(factor)


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("t", "t-a"),
        ("t-a", "t-month"),
        ("t-a", "m3-a"),
        ("cny", "cny-a"),
        ("cny", "usd"),
        ("gbp", "usd"),
        ("kw", "kwh"),
        ("kwh", "kwh-d"),
        ("firm", "household"),
        ("percent", "percentage-point"),
        ("month", "year"),
        ("dwt-10kt", "10kt"),
        ("m", "mu"),
        ("pcs-a", "sets-a"),
    ],
)
def test_units_of_different_measures_do_not_convert_in_either_direction(unit: str, to: str) -> None:
    assert labels.conversion(unit, to) is None
    assert labels.conversion(to, unit) is None


def test_conversions_chain() -> None:
    # From one to a second and on to a third is from the first to the third, wherever all three are exact.
    units = sorted(vocabulary().units)
    for one in units:
        reachable = {to: factor for to in units if (factor := labels.conversion(one, to)) is not None}
        for (middle, first), (last, direct) in permutations(reachable.items(), 2):
            second = labels.conversion(middle, last)
            if second is not None:
                assert first * second == direct, (one, middle, last)


@pytest.mark.parametrize(("unit", "to"), [("", "t-a"), ("t-a", ""), ("吨/年", "t-a"), ("t-a", "T-A")])
def test_a_unit_goes_by_its_slug_only(unit: str, to: str) -> None:
    with pytest.raises(labels.UnknownConcept) as caught:
        labels.conversion(unit, to)
    assert caught.value.name == (to if unit == "t-a" else unit)


@pytest.mark.parametrize(
    ("column", "zh", "en"),
    [
        ("needed_by", "需求方", "Needed by"),
        ("unified_code", "统一社会信用代码", "unified social credit code"),
        ("division_code", "区划代码", "division code"),
        ("supply_kind", "供应类型", "supply kind"),
        ("park_level", "园区级别", "park level"),
    ],
)
def test_headings_in_both_languages(column: str, zh: str, en: str) -> None:
    assert (labels.column(column, "zh"), labels.column(column, "en")) == (zh, en)


def test_a_language_that_the_ontology_does_not_speak_is_refused() -> None:
    with pytest.raises(labels.UnknownConcept):
        labels.label("gy:Product", "fr")


def test_every_concept_has_a_label_in_both_languages_and_no_chinese_in_the_english_one() -> None:
    for concepts in vocabulary().concepts.values():
        for term in concepts:
            assert labels.label(term, "zh").strip(), term
            assert not any("\u4e00" <= c <= "\u9fff" for c in labels.label(term, "en")), term
