from __future__ import annotations

import string
import tomllib
from pathlib import Path

import pytest

import visual
from visual.inputs import ProductCondition, Ref, Text
from visual.wording import evidence_levels, named, short_name, short_names, word, words

TABLE = tomllib.loads((Path(visual.__file__).parent / "words.toml").read_text(encoding="utf-8"))
ENTRIES = [(section, key, entry) for section, held in TABLE.items() for key, entry in held.items()]


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("section", "key", "entry"), ENTRIES)
def test_every_text_is_there_in_both_languages_with_the_same_blanks(
    section: str, key: str, entry: dict[str, str]
) -> None:
    assert set(entry) == {"zh", "en"}
    assert entry["zh"].strip()
    assert entry["en"].strip()
    assert blanks(entry["zh"]) == blanks(entry["en"])
    assert not any("\u4e00" <= character <= "\u9fff" for character in entry["en"]) or key == "language"


def test_every_text_is_used() -> None:
    house = Path(visual.__file__).parent
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(house.rglob("*"))
        if path.suffix in {".py", ".js", ".j2"}
    )
    spoken = [
        (s, k)
        for s, k, _ in ENTRIES
        if s
        not in {
            "state",
            "state_note",
            "state_gloss",
            "state_brief",
            "basis_gloss",
            "locality_gloss",
            "evidence",
        }
    ]
    dynamic = {"no_upstream", "no_downstream", "share_recorded", "share_inferred"}
    unused = [(s, k) for s, k in spoken if k not in dynamic and f"{k}" not in code]
    assert not unused


def test_every_state_of_a_product_has_its_word_gloss_and_brief() -> None:
    states = set(ProductCondition.__args__)
    for section in ("state", "state_note", "state_gloss", "state_brief"):
        assert states <= set(words(section))


def test_unknown_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        word("page", "no such text")


def test_named_puts_the_name_of_each_language() -> None:
    assert named("chain", "title", Text("青岚链", "Qinglan")) == Text("青岚链图谱", "Qinglan: chain map")
    assert named("chain", "title", Text("青岚链")).en.startswith("青岚链")


@pytest.mark.parametrize(
    ("name", "aliases", "short"),
    [
        ("青岚石油化工有限公司", ("青岚石化", "600001"), "青岚石化"),
        ("青岚石油化工有限公司", ("老厂旧名",), "青岚石油化工"),
        ("青岚石油化工集团股份有限公司", (), "青岚石油化工"),
        ("青岚石油化工有限责任公司（筹）", (), "青岚石油化工"),
        ("青岚海达（东港）食品有限公司", (), "青岚海达食品"),
        ("青岚", (), "青岚"),
        ("Qinglan Co., Ltd.", (), "Qinglan Co., Ltd."),
        ("有限公司", (), "有限公司"),
    ],
)
def test_short_names(name: str, aliases: tuple[str, ...], short: str) -> None:
    assert short_name(Ref("x", name, "", aliases)).zh == short


def test_a_chinese_name_in_place_of_the_english_one_is_shortened_too() -> None:
    name = "青岚石油化工有限公司"
    assert short_name(Ref("x", name, name)) == Text("青岚石油化工", "")
    assert short_name(Ref("x", name, "Qinglan")).en == "Qinglan"


def test_two_things_never_share_a_short_name() -> None:
    group = Ref("a", "青岚石油化工集团有限公司", "", ("青岚石化",))
    stock = Ref("b", "青岚石油化工股份有限公司", "", ("青岚石化",))
    short = short_names([group, stock, Ref("c", "东港港务")])
    assert len({text.zh for text in short.values()}) == 3
    assert short["c"].zh == "东港港务"


def test_evidence_levels_are_sorted_and_single(imagined) -> None:
    facts = [imagined.fact(evidence=level) for level in ("E5", "E2", "E5", "")]
    assert evidence_levels(facts) == ("E2", "E5")
