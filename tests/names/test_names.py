"""Minting and comparing names."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.names import ID, PREFIXES, expand, file_stem, has_han, local_name, normalize_name, segment
from kg.store import Literal, NamedNode, Quad, write_nquads, write_trig

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@given(TEXT, TEXT)
def test_two_names_never_share_a_segment(one: str, other: str) -> None:
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (segment(one) == segment(other)) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", "~"),
        ("~", "%7E"),
        (".", "%2E"),
        ("..", "."),
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("A", "a"),
        ("（", "("),
    ],
)
def test_near_names_stay_apart(one: str, other: str) -> None:
    assert segment(one) != segment(other)


def test_ways_to_compose_one_character_are_one_name() -> None:
    assert segment("e\u0301") == segment("\u00e9")


@given(TEXT)
def test_a_segment_is_one_legal_step_of_an_iri(name: str) -> None:
    part = segment(name)
    assert part not in ("", ".", "..")
    assert not set("/?#") & set(part)
    NamedNode(ID + "product/" + part)  # raises where a character may not stand in an IRI


@given(TEXT.filter(bool))
def test_a_segment_reads_back(name: str) -> None:
    assert local_name(f"{ID}product/{segment(name)}") == unicodedata.normalize("NFC", name)


@given(TEXT)
def test_minted_names_survive_both_writers(name: str) -> None:
    import pyoxigraph

    thing = NamedNode(ID + "product/" + segment(name))
    quad = Quad(thing, NamedNode("https://example.org/p"), Literal("x"), NamedNode("https://example.org/g"))
    for text, format_ in (
        (write_nquads([quad]), pyoxigraph.RdfFormat.N_QUADS),
        (write_trig([quad]), pyoxigraph.RdfFormat.TRIG),
    ):
        assert list(pyoxigraph.parse(input=text.encode(), format=format_)) == [quad]


@pytest.mark.parametrize("name", ["ABS树脂", "1,4-丁二醇", "华锦（盘锦）", "𬭊材料", "C₅馏分"])
def test_chinese_stays_readable(name: str) -> None:
    assert segment(name) == name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("云溪化工（溪南） 有限公司", "云溪化工(溪南)有限公司"),
        ("ＡＢＳ树脂", "abs树脂"),
        ("Bamboo  Pulp\u3000", "bamboopulp"),
        ("甲\n乙", "甲乙"),
    ],
)
def test_width_case_and_space_do_not_tell_names_apart(written: str, meant: str) -> None:
    assert normalize_name(written) == normalize_name(meant)


@pytest.mark.parametrize(
    ("one", "other"),
    [("云溪股份", "云溪集团"), ("一期项目", "二期项目"), ("丁二烯", "丁烯"), ("PVC-R", "PVCR")],
)
def test_nothing_else_is_folded(one: str, other: str) -> None:
    assert normalize_name(one) != normalize_name(other)


@given(TEXT)
def test_white_space_never_matters(name: str) -> None:
    assert normalize_name(f" {name}\t") == normalize_name(name)


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://w3id.org/gongyue/ontology#Product", "Product"),
        ("https://w3id.org/gongyue/id/stage/甲链/制浆%2F造纸", "制浆/造纸"),
        ("plain", "plain"),
    ],
)
def test_local_name(iri: str, name: str) -> None:
    assert local_name(iri) == name


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_expand_knows_every_prefix(prefix: str) -> None:
    assert expand(f"{prefix}:x") == PREFIXES[prefix] + "x"


@pytest.mark.parametrize("text", ["nothing:x", "plain", "", "https://example.org/x", ":x"])
def test_expand_leaves_the_rest(text: str) -> None:
    assert expand(text) == text


@pytest.mark.parametrize(
    ("text", "answer"),
    [("竹浆", True), ("ABS树脂", True), ("𠀋", True), ("Pulp 2", False), ("（）。", False), ("", False)],
)
def test_han_decides_the_language(text: str, answer: bool) -> None:
    assert has_han(text) is answer


@given(TEXT, TEXT)
def test_a_file_goes_by_a_name_that_every_system_takes(one: str, other: str) -> None:
    stem = file_stem(one)
    assert stem
    assert not set(stem) & set('\\/:*?"<>|\x00\n')
    assert not stem.endswith((".", " "))
    assert one == other or stem != file_stem(other)


@pytest.mark.parametrize(
    "name", ["CON", "nul", "com1", "LPT9.2024", "..", ".", "", "a/../b", "链 ", "链.", "<b>"]
)
def test_a_name_that_some_system_refuses_is_changed_and_marked(name: str) -> None:
    assert file_stem(name) != name
    assert "/" not in file_stem(name)


def test_a_long_name_still_fits_a_file_system() -> None:
    one, other = file_stem("链" * 300 + "甲"), file_stem("链" * 300 + "乙")
    assert one != other
    assert len(one.encode()) + len(b".html.part") < 255
