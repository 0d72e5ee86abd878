"""Words, widths of letters, legends: what a reader sees besides positions, checked against tables written by hand."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import visual
from kg import labels
from kg.names import SCHEME
from visual import anchor_scene, chain_scene, cluster_scene
from visual.facets import build_facets
from visual.inputs import AnchorNetwork, ChainState, ClusterState, ProductState, Ref, StageState, Text
from visual.lettering import balanced, text_width, wrap
from visual.scene import Edge, Node, Scene
from visual.wording import named, short_name, short_names, terms, word, words

QUICK = settings(max_examples=60, deadline=None)
TABLE = tomllib.loads((Path(visual.__file__).parent / "words.toml").read_text(encoding="utf-8"))
ENTRIES = [
    pytest.param(section, key, entry["zh"], entry["en"], id=f"{section}.{key}")
    for section, held in TABLE.items()
    for key, entry in held.items()
]
HAN = re.compile(r"[\u4e00-\u9fff]")
FULL_WIDTH = re.compile(r"[，。；：！？（）、“”《》]")


# ---------------------------------------------------------------- every word


@pytest.mark.parametrize(("section", "key", "zh", "en"), ENTRIES)
def test_each_language_keeps_its_own_punctuation(section: str, key: str, zh: str, en: str) -> None:
    assert not FULL_WIDTH.search(en)
    assert not re.search(r"(?<=[\u4e00-\u9fff}])[,;:!?()](?=[\u4e00-\u9fff{])", zh)
    assert zh == zh.strip()
    assert en == en.strip()
    assert "  " not in zh + en


@pytest.mark.parametrize(("section", "key", "zh", "en"), ENTRIES)
def test_chinese_words_are_chinese(section: str, key: str, zh: str, en: str) -> None:
    if (section, key) not in {
        ("page", "language"),
        ("cluster", "share"),
    }:  # the button names the other language
        assert HAN.search(zh)


@pytest.mark.parametrize("section", ["state", "kind", "locality", "basis", "evidence", "position", "facet"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_two_entries_of_a_legend_read_the_same(section: str, lang: str) -> None:
    held = [getattr(text, lang) for text in words(section).values()]
    assert len(set(held)) == len(held)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("section", ["state_brief", "state_gloss", "state_note"])
def test_states_that_meet_on_one_map_are_told_apart(section: str, lang: str) -> None:
    for group in (
        ("strong", "made", "weak", "missing", "break", "pipeline", "in-unit", "inferred", "unknown"),
        ("upstream", "downstream", "both"),
        ("exclusive", "shared", "unreached"),
    ):
        held = [getattr(words(section)[key], lang) for key in group if key in words(section)]
        assert len(set(held)) == len(held)


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("made", "在产", "Made"),
        ("weak", "弱", "Weak"),
        ("missing", "缺", "Missing"),
        ("break", "断", "Break"),
        ("pipeline", "在补", "Coming"),
        ("in-unit", "装置内", "In-unit"),
        ("inferred", "待核", "To verify"),
    ],
)
def test_states_are_called_what_planners_call_them(key: str, zh: str, en: str) -> None:
    assert word("state", key) == Text(zh, en)


def test_a_product_without_maker_or_gap_is_not_said_to_be_needed_by_nobody() -> None:
    """Raw materials are bought in: they are needed, and their absence is still no gap."""
    for section in ("state_gloss", "state_note"):
        text = words(section)["unknown"]
        assert "需要它" not in text.zh
        assert "need" not in text.en


@pytest.mark.parametrize("level", ["1", "2", "3", "4", "5", "6"])
def test_evidence_levels_begin_as_the_ontology_numbers_them(level: str) -> None:
    text = words("evidence")[f"E{level}"]
    assert text.zh.startswith(f"E{level} ")
    assert text.en.startswith(f"E{level} ")
    known = labels.label(f"{SCHEME}evidence-level/e{level}", "zh")
    assert set(text.zh.split()[1]) & set(known)  # the short word is drawn from the full one


@pytest.mark.parametrize("position", ["upstream", "midstream", "downstream"])
def test_positions_are_called_as_in_the_ontology(position: str) -> None:
    assert word("position", position).zh == labels.label(f"{SCHEME}chain-position/{position}", "zh")


@pytest.mark.parametrize("name", ["{braces}", "{0}", "%s", "<b>", "a\nb", "甲{乙"])
def test_names_with_braces_are_names(name: str) -> None:
    assert name in named("chain", "title", Text(name)).zh
    assert name in word("anchor", "captive", goods=name).en


def test_a_name_in_one_language_stands_for_both() -> None:
    assert named("cluster", "title", Text("", "Cloudbrook")).zh == "Cloudbrook众星拱月图"
    assert named("cluster", "title", Text("云溪市", "")).en == "云溪市: firms around their anchors"


# ---------------------------------------------------------------- short names


@pytest.mark.parametrize(
    ("ref", "zh", "en"),
    [
        (Ref("x", "云溪竹业集团有限公司", "", ("云溪竹业", "竹业集团")), "云溪竹业", ""),
        (Ref("x", "云溪竹业集团有限公司", "Yunxi Bamboo", ()), "云溪竹业", "Yunxi Bamboo"),
        (Ref("x", "江北碱厂", "", ("北碱",)), "江北碱厂", ""),  # short enough as it is
        (Ref("x", "", "Jiangbei Alkali Works"), "Jiangbei Alkali Works", "Jiangbei Alkali Works"),
        (Ref("x", "白鹭新材料股份有限公司", "", ("SZ300001", "白鹭新材")), "白鹭新材", ""),
        (
            Ref("x", "白鹭新材料股份有限公司", "", ("青鸟旧厂",)),
            "白鹭新材料",
            "",
        ),  # a former name abbreviates nothing
    ],
)
def test_short_names_by_hand(ref: Ref, zh: str, en: str) -> None:
    assert short_name(ref) == Text(zh, en)


@QUICK
@given(
    st.lists(
        st.text(st.sampled_from("青岚石化集团股份有限公司（东）"), min_size=2, max_size=14),
        max_size=6,
        unique=True,
    )
)
def test_firms_of_different_names_are_told_apart(names: list[str]) -> None:
    refs = [Ref(f"x{k}", name, "", (name[:4],)) for k, name in enumerate(names)]
    picked = short_names(refs)
    assert set(picked) == {ref.iri for ref in refs}
    assert len({text.zh for text in picked.values()}) == len(refs)


def test_terms_are_the_other_names_only() -> None:
    assert terms(Ref("x", "烧碱", "Caustic soda", ("氢氧化钠", "烧碱", "Caustic soda", "NaOH"))) == (
        Text("氢氧化钠"),
        Text("NaOH"),
    )


# ---------------------------------------------------------------- widths


@pytest.mark.parametrize(
    ("text", "ems"),
    [
        ("竹", 1.0),
        ("㐀", 1.0),  # an ideograph of extension A
        ("𠀀", 1.0),  # beyond the basic plane, one character
        ("，", 1.0),
        ("Ａ", 1.0),  # a full-width capital
        ("1", 0.68),
        ("２", 1.0),  # a full-width digit
        ("Z", 0.68),
        ("É", 0.68),
        (" ", 0.28),
        ("-", 0.55),
        ("…", 1.0),
        ("\u0301", 0.0),
        ("12 t/a", 0.68 * 2 + 0.28 + 0.55 * 3),
        ("C5馏分", 0.68 * 2 + 2),
    ],
)
@pytest.mark.parametrize("size", [8.0, 12.5])
def test_width_of_letters_by_hand(text: str, ems: float, size: float) -> None:
    assert text_width(text, size) == pytest.approx(size * ems)


@QUICK
@given(st.text(max_size=20), st.text(max_size=20), st.floats(1, 60))
def test_widths_add_up_and_grow_with_the_size(first: str, second: str, size: float) -> None:
    whole = text_width(first + second, size)
    assert whole == pytest.approx(text_width(first, size) + text_width(second, size))
    assert text_width(first, 2 * size) == pytest.approx(2 * text_width(first, size))
    assert whole >= 0


@pytest.mark.parametrize(
    ("text", "width", "most", "lines"),
    [
        ("", 50, 2, ()),
        ("   ", 50, 2, ()),
        ("竹浆", 20, 2, ("竹浆",)),  # exactly as wide as the line
        ("竹浆", 19, 2, ("竹", "浆")),
        ("竹材纤维", 20, 1, ("竹…",)),
        ("竹材，纤维", 20, 3, ("竹", "材，", "纤维")),
        ("（竹）", 30, 1, ("（竹）",)),
        ("abcdefgh", 22, 3, ("abcd", "efgh")),  # a word wider than the line is cut
        ("ab cd", 12, 2, ("ab", "cd")),
        ("ABS树脂", 21, 3, ("ABS", "树脂")),
    ],
)
def test_lines_by_hand(text: str, width: float, most: int, lines: tuple[str, ...]) -> None:
    assert wrap(text, width, 10, most) == lines


@QUICK
@given(
    st.text(st.sampled_from("竹材纤维浆"), min_size=1, max_size=20),
    st.sampled_from("，。、；：）》"),
    st.data(),
)
def test_no_line_starts_with_closing_punctuation(text: str, mark: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(text)))
    written = text[:place] + mark + text[place:]
    for width in (30, 45, 70):
        assert not any(line.startswith(mark) for line in wrap(written, width, 10, 40))
        assert not any(line.startswith(mark) for line in balanced(written, width, 10, 40))


@QUICK
@given(st.text(st.sampled_from("竹材纤维浆ab "), min_size=1, max_size=24))
def test_balanced_lines_are_no_wider_than_plain_ones(text: str) -> None:
    plain, even = wrap(text, 60, 10, 4), balanced(text, 60, 10, 4)
    assert max((text_width(line, 10) for line in even), default=0) <= max(
        (text_width(line, 10) for line in plain), default=0
    )


# ---------------------------------------------------------------- legends


def mark(name: str, kind: str = "firm", **fields: object) -> Node:
    return Node(name, Text(name), kind, 0, 0, 10, 10, "star", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facet", "nodes", "edges", "entries"),
    [
        # legend order is that of the words' file, not of what comes first
        (
            "state",
            (
                mark("a", state="unknown"),
                mark("b", state="strong"),
                mark("c", state="break"),
                mark("d", state="break"),
            ),
            (),
            [("strong", 1), ("break", 2), ("unknown", 1)],
        ),
        ("state", (mark("a", state="weak"),), (), [("weak", 1)]),  # a state explains itself even alone
        ("state", (mark("a"),), (), None),
        ("kind", (mark("a"), mark("b")), (), None),  # one kind tells nothing apart
        ("kind", (mark("a"), mark("b", kind="anchor")), (), [("anchor", 1), ("firm", 1)]),
        (
            "locality",
            (mark("a", locality="outside"), mark("b", locality="local")),
            (),
            [("local", 1), ("outside", 1)],
        ),
        ("locality", (mark("a", locality="local"), mark("b")), (), None),
        # stages and anchors bear no evidence; a thing with two levels counts under both
        (
            "evidence",
            (mark("s", kind="stage"), mark("m", kind="anchor"), mark("a", evidence=("E3", "E5")), mark("b")),
            (),
            [("E3", 1), ("E5", 1), ("none", 1)],
        ),
        ("evidence", (mark("s", kind="stage"),), (), None),
        # the basis is that of the lines
        (
            "basis",
            (mark("a", basis="inferred"), mark("b")),
            (Edge("e", "a", "b", "recorded", "supply"), Edge("f", "b", "a", "recorded", "supply")),
            [("recorded", 2)],
        ),
    ],
)
def test_legends_by_hand(
    facet: str, nodes: tuple[Node, ...], edges: tuple[Edge, ...], entries: list[tuple[str, int]] | None
) -> None:
    made = build_facets(nodes, edges, (facet,))
    if entries is None:
        assert made == ()
    else:
        assert [(entry.value, entry.count) for entry in made[0].entries] == entries


def test_legends_stand_in_the_order_asked_for_and_unknown_values_keep_their_own_name() -> None:
    nodes = (mark("a", state="strange", locality="local"), mark("b", state="made", locality="outside"))
    made = build_facets(nodes, (), ("locality", "state"))
    assert [facet.name for facet in made] == ["locality", "state"]
    assert [entry.label.zh for entry in made[1].entries] == ["在产", "strange"]


# ---------------------------------------------------------------- what a map says of itself


def product_in(state: str, name: str) -> ProductState:
    return ProductState(Ref(name, name), state)  # type: ignore[arg-type]


def test_the_counts_of_a_chain_add_up() -> None:
    held = [
        "strong",
        "made",
        "made",
        "weak",
        "missing",
        "missing",
        "break",
        "pipeline",
        "in-unit",
        "inferred",
    ]
    products = tuple(product_in(state, f"p{k}") for k, state in enumerate([*held, "unknown"]))
    stages = (
        StageState(Ref("s", "段"), 1, "upstream", "", products[:6]),
        StageState(Ref("t", "节"), 2, "downstream", "", products[5:]),
    )
    said = chain_scene(ChainState(Ref("c", "链"), "2025", stages)).subtitle
    # eleven products, though one of them stands in two stages
    assert said.zh == "11个产品，本地在产4个（强1、弱1），缺3个（断点1），在补1个"
    assert said.en == "11 products: 4 made locally (1 strong, 1 weak), 3 missing (1 breaks), 1 coming"


@pytest.mark.parametrize(
    ("states", "zh", "en"),
    [
        (["made", "made"], "2个", "2"),
        (["made", "missing", "break"], "3个·缺2", "3 · 2 missing"),
        (["pipeline"], "1个", "1"),
        ([], "0个", "0"),
    ],
)
def test_the_head_of_a_stage_counts_what_it_lacks(states: list[str], zh: str, en: str) -> None:
    stage = StageState(
        Ref("s", "段"), 1, "upstream", "", tuple(product_in(s, f"p{k}") for k, s in enumerate(states))
    )
    (head,) = [
        n for n in chain_scene(ChainState(Ref("c", "链"), "2025", (stage,))).nodes if n.kind == "stage"
    ]
    assert head.badge == Text(zh, en)


@pytest.mark.parametrize("scene", [
    chain_scene(ChainState(Ref("c", "链", "Chain"), "", ())),
    anchor_scene(AnchorNetwork(Ref("a", "月集团", "Moon"), "", ())),
    cluster_scene(ClusterState((), ())),
], ids=["chain", "anchor", "cluster"])  # fmt: skip
def test_an_empty_map_is_a_map_with_title_and_room_in_both_languages(scene: Scene) -> None:
    assert scene.title.zh
    assert scene.title.en
    assert scene.width > 0
    assert scene.height > 0
    assert scene.edges == ()
    assert not HAN.search(scene.title.en)


def test_a_scene_refuses_lines_into_the_void_on_either_end() -> None:
    scene = anchor_scene(AnchorNetwork(Ref("a", "月集团"), "2025", ()))
    for ends in (("a", "b"), ("b", "a")):
        with pytest.raises(ValueError, match="unknown nodes: b"):
            replace(scene, edges=(Edge("e", *ends, "recorded", "supply"),))
