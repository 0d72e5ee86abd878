"""How alike names are: what is left of a name without place and legal form, and which of many names resemble each other.

Nothing here decides anything: likeness gives suspects, people judge them (Christen, Data Matching, 2012, on blocking).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Final

from kg.names import has_han, normalize_name

# 34 provinces, regions and cities of their own, without 省, 市 and 自治区.
_PROVINCES: Final = (
    "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西",
    "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门",
)  # fmt: skip
_COUNTRY: Final = ("中国", "中华人民共和国")
_PLACE_SUFFIX: Final = re.compile("(?:特别行政区|自治区|自治州|自治县|新区|省|市|区|县|盟|州)$")
_LEGAL: Final = re.compile(
    "(?:有限责任公司|股份有限公司|有限公司|股份公司|总公司|公司|集团|股份|控股|"
    "company|limited|ltd|inc|incorporated|corporation|corp|group|holdings?|llc|gmbh|plc|co)$"
)
_PROJECT: Final = re.compile("(?:建设|工程|项目|一体化)$")
_PUNCTUATION: Final = re.compile(r"[\s()\[\]{}<>【】〔〕《》“”\"'’‘·•・,，.。、;；:：/\\_—–-]+")
_BRACKETED: Final = re.compile(r"\(([^()]*)\)")
_NUMBERS: Final = re.compile(
    r"\d+(?:\.\d+)?|[一二三四五六七八九十]+(?=[期号厂线分])|(?<=第)[一二三四五六七八九十]+"
)
_HAN_LEAST: Final = 2
_LATIN_LEAST: Final = 4
# A core or a pair of letters that more names share than this tells nothing about any two of them.
_GROUP: Final = 12
_BLOCK: Final = 60
_NEIGHBOURS: Final = 4
# Two names as alike as we ask share at least this part of their pairs of letters.
_OVERLAP: Final = 0.5
# A name inside another that is longer than twice its length is hardly its short form.
_LEAST_PART: Final = 0.5


class Cores:
    """What is left of names.

    Parameters
    ----------
    places
        Names of places that names of firms start with or put in brackets, besides provinces.
    """

    def __init__(self, places: Iterable[str]) -> None:
        known = {normalize_name(place) for place in (*places, *_PROVINCES, *_COUNTRY)}
        known |= {_PLACE_SUFFIX.sub("", place) for place in known}
        self._places = frozenset(place for place in known if len(place) >= _HAN_LEAST)
        longest = sorted(self._places, key=lambda place: (-len(place), place))
        joined = "|".join(map(re.escape, longest))
        self._prefix = re.compile(f"(?:{joined})(?:省|市|自治区|区|县)?")

    def core(self, name: str, kind: str) -> str:
        """Return a name without place, legal form and punctuation.

        Parameters
        ----------
        kind
            ``enterprise``, ``project`` or anything else: a government body, an institute, a park and a product lose
            their punctuation only, because their place or their numbers are all that tells one from another.

        Examples
        --------
        >>> cores = Cores(["云溪市"])
        >>> cores.core("云溪白鹭竹业（集团）有限责任公司", "enterprise")
        '白鹭竹业'
        >>> cores.core("浙江省云溪市白鹭竹业股份有限公司", "enterprise")
        '白鹭竹业'
        """
        whole = normalize_name(name)
        bare = _PUNCTUATION.sub("", whole)
        ending = {"enterprise": _LEGAL, "project": _PROJECT}.get(kind)
        if ending is None:
            return bare
        inner = _BRACKETED.sub(lambda found: "" if found[1] in self._places else found[0], whole)
        rest = _PUNCTUATION.sub("", inner)
        while (
            cut := self._prefix.sub("", rest, count=1) if self._prefix.match(rest) else rest
        ) != rest and _is_telling(cut):
            if not _stripped(cut, ending):
                break  # a legal form alone is no name: 云溪集团 is not 北岭集团
            rest = cut
        while (cut := ending.sub("", rest)) != rest and _is_telling(cut):
            rest = cut
        return rest if _is_telling(rest) else bare

    def places_of(self, name: str) -> frozenset[str]:
        """Return the places, provinces aside, that a name starts with or puts in brackets, without 市, 区 and the like."""
        whole = normalize_name(name)
        said = set(_BRACKETED.findall(whole))
        rest = whole
        while found := self._prefix.match(rest):
            said.add(found[0])
            rest = rest[found.end() :]
        bare = {_PLACE_SUFFIX.sub("", place) for place in said if place in self._places}
        return frozenset(bare.difference(_PROVINCES, _COUNTRY))


def _stripped(text: str, ending: re.Pattern[str]) -> str:
    while (cut := ending.sub("", text)) != text:
        text = cut
    return text


def _is_telling(core: str) -> bool:
    return len(core) >= (_HAN_LEAST if has_han(core) else _LATIN_LEAST)


def numbers(name: str) -> tuple[str, ...]:
    """Return the numbers in a name: what tells phases, lines and isomers apart.

    >>> numbers("某项目（二期）"), numbers("1,4-某二醇")
    (('二',), ('1', '4'))
    """
    return tuple(sorted(_NUMBERS.findall(normalize_name(name))))


def grouped(keys: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield which things share a key: key, lower and higher number of the thing.

    A key of very many things gives each only with the next, so that the work stays in proportion to the names.
    """
    groups: dict[str, set[int]] = defaultdict(set)
    for key, thing in keys:
        groups[key].add(thing)
    for key, things in sorted(groups.items()):
        members = sorted(things)
        for first, second in combinations(members, 2) if len(members) <= _GROUP else pairwise(members):
            yield key, first, second


def contained(cores: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Yield which cores stand inside others: number of the short one, of the long one, and their ratio in per cent."""
    at: dict[str, list[int]] = defaultdict(list)
    for number, core in enumerate(cores):
        if _is_telling(core):
            at[core].append(number)
    around: dict[str, list[int]] = defaultdict(list)
    for number, core in enumerate(cores):
        size = len(core)
        least = max(_HAN_LEAST, -(-size // 2))
        parts = {core[start : start + n] for n in range(least, size) for start in range(size - n + 1)}
        for part in parts & at.keys():
            around[part].append(number)
    for part, longer in sorted(around.items()):
        if len(longer) > _GROUP or len(at[part]) > _GROUP:
            continue
        for short in at[part]:
            for long in longer:
                share = len(part) / len(cores[long])
                if share >= _LEAST_PART:
                    yield short, long, round(100 * share, 1)


def alike(cores: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of different cores that are at least so alike: lower number, higher number, likeness.

    Only cores that share a rare pair of letters, or that stand next to each other in the order of their letters read from
    either end, are compared: time and memory stay in proportion to the number of names.

    Parameters
    ----------
    least
        Of 100 (rapidfuzz ``ratio``: the share of letters that stay when one is edited into the other).
    """
    # Late: a list of a few names is common, and numpy is slow to load.
    import numpy
    from rapidfuzz import fuzz, process

    first: dict[str, int] = {}
    for number, core in enumerate(cores):
        first.setdefault(core, number)
    texts = sorted(first)
    grams = [sorted({f"^{text}$"[i : i + 2] for i in range(len(text) + 1)}) for text in texts]
    count: dict[str, int] = defaultdict(int)
    for own in grams:
        for gram in own:
            count[gram] += 1
    blocks: dict[str, list[int]] = defaultdict(list)
    for index, own in enumerate(grams):
        rare = sorted(own, key=lambda gram: (count[gram], gram))[: len(own) - int(_OVERLAP * len(own)) + 1]
        for gram in rare:
            if 1 < count[gram] <= _BLOCK:
                blocks[gram].append(index)
    size = len(texts)
    found = {a * size + b for members in blocks.values() for a, b in combinations(members, 2)}
    backwards = sorted(range(size), key=lambda index: (texts[index][::-1], index))
    for order in (range(size), backwards):
        for step in range(1, _NEIGHBOURS + 1):
            for a, b in zip(order, order[step:], strict=False):
                found.add(min(a, b) * size + max(a, b))
    codes = numpy.fromiter(sorted(found), dtype=numpy.int64, count=len(found))
    left, right = (codes // size, codes % size) if size else (codes, codes)
    chunk = 1_000_000
    for start in range(0, len(codes), chunk):
        one, other = left[start : start + chunk], right[start : start + chunk]
        scores = process.cpdist(
            [texts[i] for i in one], [texts[j] for j in other], scorer=fuzz.ratio, score_cutoff=least
        )
        for place in numpy.flatnonzero(scores >= least):
            a, b = first[texts[one[place]]], first[texts[other[place]]]
            yield min(a, b), max(a, b), round(float(scores[place]), 1)
