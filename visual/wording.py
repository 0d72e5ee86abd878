"""The words of the maps in both languages, and names short enough to stand in a box."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from visual.inputs import FactRef, Ref, Text

_BRACKETED = re.compile(r"[（(][^）)]*[）)]")
_LEGAL_FORM = re.compile(r"(?:集团)?(?:股份|有限责任|有限)+(?:责任)?(?:公司)?(?:[（(][^）)]*[）)])?$")
_HAN = re.compile(r"[\u3400-\u9fff]")


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(files("visual").joinpath("words.toml").read_text(encoding="utf-8"))


def word(section: str, key: str, **values: object) -> Text:
    """Look up a text and fill its blanks.

    Raises
    ------
    KeyError
        If there is no such text.

    Examples
    --------
    >>> word("anchor", "tier", n=2).zh
    '第2层'
    """
    entry = _table()[section][key]
    return Text(entry["zh"].format(**values), entry["en"].format(**values))


def words(section: str) -> dict[str, Text]:
    """Give all texts of a section, in the order of the file."""
    return {key: Text(entry["zh"], entry["en"]) for key, entry in _table()[section].items()}


def clauses(parts: Sequence[Text]) -> Text:
    """Join clauses into one sentence, as each language does.

    Examples
    --------
    >>> clauses([Text("甲", "a"), Text("乙", "b")])
    Text(zh='甲；乙', en='a; b')
    """
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def named(section: str, key: str, name: Text) -> Text:
    """Look up a text whose blank `{name}` takes a name in each language."""
    entry = _table()[section][key]
    return Text(entry["zh"].format(name=name.zh or name.en), entry["en"].format(name=name.en or name.zh))


def short_name(ref: Ref, longest: int = 9) -> Text:
    """Pick the name a planner would write on a map.

    The shortest usable name is an alias that keeps characters of the full name in their order (an abbreviation, not a
    former name or a stock code); without one, the full name loses its legal form.

    Examples
    --------
    >>> short_name(Ref("x", "青岚石油化工有限公司", aliases=("600001", "青岚石化"))).zh
    '青岚石化'
    """
    full = ref.zh or ref.en
    english = "" if _HAN.search(ref.en) else ref.en
    if not _HAN.search(full) or len(full) <= longest - 2:
        return Text(full, english)
    fits = [
        alias
        for alias in ref.aliases
        if 3 <= len(alias) <= longest and _HAN.search(alias) and _abbreviates(alias, full)
    ]
    if fits:
        return Text(min(fits, key=lambda alias: (abs(len(alias) - 4), fits.index(alias))), english)
    plain = _without_legal_form(ref)
    if len(plain) > longest - 2:
        bare = _BRACKETED.sub("", plain)
        plain = bare if len(bare) > 2 else plain
    return Text(plain, english)


def short_names(refs: Iterable[Ref], longest: int = 9) -> dict[str, Text]:
    """Pick short names for things on one map, by IRI; where two would read the same, both keep their fuller names."""
    held = {ref.iri: ref for ref in refs}
    picked = {iri: short_name(ref, longest) for iri, ref in held.items()}
    for fuller in (_without_legal_form, _full_name):
        seen = Counter(text.zh for text in picked.values())
        for iri, text in picked.items():
            if seen[text.zh] > 1:
                picked[iri] = Text(fuller(held[iri]), text.en)
    return picked


def _full_name(ref: Ref) -> str:
    return ref.zh or ref.en


def _without_legal_form(ref: Ref) -> str:
    return _LEGAL_FORM.sub("", _full_name(ref)) or _full_name(ref)


def _abbreviates(alias: str, full: str) -> bool:
    rest = iter(full)
    return all(character in rest for character in alias)


def terms(ref: Ref) -> tuple[Text, ...]:
    """Give the other names by which a thing may be looked for."""
    return tuple(Text(alias) for alias in ref.aliases if alias not in {ref.zh, ref.en})


def evidence_levels(facts: Iterable[FactRef]) -> tuple[str, ...]:
    """Give the evidence levels of facts, each once, in order."""
    return tuple(sorted({fact.evidence for fact in facts if fact.evidence}))
