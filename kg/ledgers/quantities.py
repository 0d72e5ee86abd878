"""Quantities as cells write them: 约95万吨/年, 1.2亿颗/月, 3-5亿元, 667.4万余吨, 三成.

The number stays as it is written and the unit is the one that is written: 95万吨/年 is 95 of the unit 万吨/年. A magnitude
multiplies the number only where the scheme has no such unit (5千吨 is 5000 吨) or where no unit is written (1.2亿).
Nothing is converted but the low end of a range, to the unit of the high one, and only where that is exact.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from kg.labels import conversion
from kg.ledgers.numerals import EXACT, MAGNITUDES, NUMERAL, number, shifted
from kg.ledgers.values import BadValueError, decimal, plain
from kg.names import SCHEME
from kg.vocabulary import fold, slug, vocabulary

# What only says what kind of number it is goes before how exact it is, where a cell says both: 累计超194.3亿元.
_KINDS = ("expected", "cumulative")
_SIGNS = {
    "≥": "at-least",
    ">=": "at-least",
    ">": "over",
    "≤": "at-most",
    "<=": "at-most",
    "<": "at-most",
    "≈": "about",
}
_NOT_STATED = re.compile(r"[—–―\-/]+|无|暂无|不详|未知|n/a", re.IGNORECASE)
_RATE_BEFORE = re.compile(r"(年|月|日)(?:产能|产量|产|加工|处理)(?:能力)?(?=.)")
_RATES = {"年": "年", "a": "年", "year": "年", "月": "月", "month": "月", "日": "日", "天": "日", "d": "日", "day": "日",
          "小时": "小时", "h": "小时"}  # fmt: skip
_RATE = re.compile(rf"(.+?)(?:/|每)({'|'.join(sorted(_RATES, key=len, reverse=True))})")
_CURRENCY = re.compile("^(?:人民币|rmb|cny|[¥￥])(?=[^/])", re.IGNORECASE)
_SIGNED = re.compile(rf"([+\-−]?)({NUMERAL})")
_TO = re.compile(r"——|[-–—―−~〜～]|至|到")
_MAGNITUDE = re.compile(f"[{MAGNITUDES}]+")
_MAY_SAY_NOTHING = frozenset("—–―-/无暂不未NnＮｎ－／ \t\u3000")
# These stand behind the number, all other qualifying words before it.
_AFTER = ("以上", "以下", "以内", "左右", "上下", "余", "多")
_INNER = re.compile(f"(?<=[0-9{MAGNITUDES}])(余|多)(?=[^0-9])")
_VERB = re.compile("^(?:完成|总投资|投资|达到|达|为|共计|共)+")
_TENTHS = re.compile(r"([一二三四五六七八九1-9])成(?:([一二三四五六七八九1-9]))?(半)?")
_OF = re.compile(r"(百|千|万)分之(.+)")
_BRACKETED = re.compile(r"(.+)\(([^()]+)\)")
_AROUND = re.compile(" ?([\u4e00-\u9fff/]) ?")
_POWER = re.compile("(?<=[mM])[²³]")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a cell says: one number, or a low and a high end, with what it says beside them.

    Attributes
    ----------
    value
        The number; None for a range.
    low, high
        The ends of a range, both in ``unit``; None where one number is written.
    unit, qualifiers
        Slugs of the schemes ``unit`` (empty where none is written) and ``qualifier`` (the weightiest first).
    text
        The cell as it stands.
    is_plain
        Whether the cell holds a number and nothing else, so that the number says it all.
    is_scaled
        Whether a magnitude was multiplied into a number without unit (1.2亿).
    """

    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    qualifiers: tuple[str, ...] = ()
    text: str = ""
    is_plain: bool = False
    is_scaled: bool = False


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with its unit; ``scaled`` tells whether a magnitude was multiplied in without a unit behind it."""

    value: Decimal
    unit: str
    scaled: bool


def is_not_stated(text: str) -> bool:
    """Tell whether a cell says that nothing is known: blank, a dash, a stroke, 无, 暂无, 不详, 未知, N/A.

    >>> is_not_stated("——"), is_not_stated("N/A"), is_not_stated("0")
    (True, True, False)
    """
    if text and text[0] not in _MAY_SAY_NOTHING:
        return False  # asked of every cell there is
    folded = plain(text)
    return not folded or bool(_NOT_STATED.fullmatch(folded))


def unit_of(text: str) -> str:
    """Return the slug of the unit that ``text`` is a word for, empty where it is none.

    >>> unit_of("万吨/a"), unit_of("km²"), unit_of("光年")
    ('10kt-a', 'km2', '')
    """
    found = _unit(_squeezed(text))
    return found[0] if found and not found[1] else ""


def quantity(text: str) -> Quantity:
    """Read a cell.

    Raises
    ------
    BadValueError
        ``not-a-quantity``, ``unknown-unit`` (with the yearly unit where a monthly one has no word), ``range-units``,
        ``range-backwards``, ``scientific``.
    """
    folded = plain(text)
    try:
        return Quantity(Decimal(decimal(folded).value), text=text, is_plain=True)
    except BadValueError:
        pass
    if _SCIENTIFIC.fullmatch(folded):
        raise BadValueError("scientific")
    folded = _POWER.sub(lambda found: str(unicodedata.digit(found.group())), folded)
    if any(unicodedata.category(character) == "No" for character in folded):
        raise BadValueError("not-a-quantity")  # 10² is no 102 and ⑤ no 5
    body, qualifiers = _qualifiers(_squeezed(folded))
    body, signs = _CURRENCY.subn("", body)
    body = body.lstrip()
    if signs and body[-1] in "0123456789" + MAGNITUDES:
        body += "元"
    if rate := _RATE_BEFORE.match(body):
        body = body[rate.end() :] + "/" + rate.group(1)
        body, more = _qualifiers(body)
        qualifiers = _weighed((*qualifiers, *more))
    if ends := _ends(body):
        low, high = ends
        return Quantity(None, low.value, high.value, high.unit, qualifiers, text, is_scaled=high.scaled)
    amount = _amount(body)
    return Quantity(amount.value, None, None, amount.unit, qualifiers, text, is_scaled=amount.scaled)


def _squeezed(text: str) -> str:
    """Return the text folded as the words of a scheme are, with white space only where Latin words and digits need it."""
    return _AROUND.sub(r"\1", re.sub(r"\s+", " ", fold(text)))


@lru_cache(maxsize=1)
def _qualifier_words() -> tuple[tuple[str, str], ...]:
    words = {word: slug(iri) for (scheme, word), iri in vocabulary().words.items() if scheme == "qualifier"}
    return tuple(sorted((words | _SIGNS).items(), key=lambda pair: (-len(pair[0]), pair)))


def _qualifiers(body: str) -> tuple[str, tuple[str, ...]]:
    """Take the qualifying words off the front, the end, and from between number and unit."""
    found: list[str] = []
    if inner := _INNER.search(body):
        found.append(dict(_qualifier_words())[inner.group()])
        body = body[: inner.start()] + body[inner.end() :]
    moved = True
    while moved:
        moved = False
        body = _VERB.sub("", body).strip()
        for word, concept in _qualifier_words():
            if word in _AFTER and body.endswith(word):
                body = body.removesuffix(word).removesuffix("及")
            elif word not in _AFTER and body.startswith(word):
                body = body.removeprefix(word)
            else:
                continue
            found.append(concept)
            moved = True
            break
    return body, _weighed(found)


def _weighed(found: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(found), key=lambda concept: concept not in _KINDS))


def _ends(body: str) -> tuple[_Amount, _Amount] | None:
    """Read a range; None where the text is none."""
    for cut in _TO.finditer(body, 1):
        first, last = body[: cut.start()].strip(), body[cut.end() :].strip()
        if not (_starts_with_number(first) and _starts_with_number(last)):
            continue
        high = _amount(last)
        low = _low_end(first, last, high)
        if low.value > high.value:
            raise BadValueError("range-backwards")
        return low, high
    return None


def _starts_with_number(text: str) -> bool:
    return bool(_SIGNED.match(text) or _TENTHS.match(text) or _OF.match(text))


def _low_end(first: str, last: str, high: _Amount) -> _Amount:
    """Read the low end, which leaves out what it shares with the high one: 3-5亿元, 3亿-5亿元, 5000万元至1亿元."""
    low = _amount(first)
    if low.unit == high.unit and low.scaled == high.scaled:
        return low
    number_of_high = _SIGNED.match(last)
    if not low.unit and number_of_high:
        digits, shared = number_of_high.group(2), last[number_of_high.end() :]
        if not low.scaled:
            # The magnitude of the high end, with or without a unit behind it, is that of the low end as well.
            return _amount(first + digits[len(digits.rstrip(MAGNITUDES)) :] + shared)
        low = _amount(first + shared) if high.unit else low
    if low.unit and high.unit:
        factor = conversion(low.unit, high.unit)
        if factor is not None:
            return _Amount(shifted(EXACT.multiply(low.value, factor), 0), high.unit, scaled=False)
    raise BadValueError("range-units")


def _amount(body: str) -> _Amount:
    """Read one number with the unit behind it."""
    if tenths := _TENTHS.fullmatch(body):
        whole, part, half = tenths.groups()
        if part and half:
            raise BadValueError("not-a-quantity")
        ones = Decimal(5) if half else _number(part or "零", "")
        return _Amount(_number(whole, "") * 10 + ones, "percent", scaled=False)
    if share := _OF.fullmatch(body):
        power = {"百": 0, "千": -1, "万": -2}[share.group(1)]
        amount = _amount(share.group(2))
        if amount.unit:
            raise BadValueError("not-a-quantity")
        return _Amount(shifted(amount.value, power), "percent", scaled=False)
    if (bracketed := _BRACKETED.fullmatch(body)) and unit_of(bracketed.group(2)):
        body = bracketed.group(1) + bracketed.group(2)
    match = _SIGNED.match(body)
    if not match:
        raise BadValueError("not-a-quantity")
    sign, digits = match.groups()
    rest = body[match.end() :].strip()
    if not rest:
        return _Amount(_number(digits, sign), "", scaled=bool(_MAGNITUDE.search(digits)))
    # A magnitude before a unit belongs to the unit where the scheme has it so: 95万吨/年 is 95 of 万吨/年. Elsewhere
    # it multiplies: 5千吨 is 5000 of 吨.
    trailing = len(digits) - len(digits.rstrip(MAGNITUDES))
    cuts = [(digits[: len(digits) - n], digits[len(digits) - n :] + rest) for n in range(trailing, -1, -1)]
    known = [(head, found) for head, word in cuts if head and (found := _unit(word))]
    for head, (unit, power) in sorted(known, key=lambda cut: cut[1][1] > 0):
        if number(head) is not None:
            return _Amount(shifted(_number(head, sign), power), unit, scaled=False)
    _number(digits, sign)
    raise _unknown_unit(digits[len(digits) - trailing :] + rest)


def _number(digits: str, sign: str) -> Decimal:
    value = number(digits)
    if value is None:
        raise BadValueError("not-a-quantity")
    return value.copy_negate() if sign in ("-", "−") and value else value


def _unknown_unit(word: str) -> BadValueError:
    """Return the error for a unit without a word; a monthly rate names the yearly one, which nobody may just assume."""
    if not re.search(r"[a-z\u4e00-\u9fff%‰]", word) or word.startswith("几"):
        return BadValueError("not-a-quantity")
    rate = _RATE.fullmatch(word)
    yearly = _unit(rate.group(1) + "/年") if rate and _RATES[rate.group(2)] == "月" else None
    if yearly:
        return BadValueError("monthly-unit", unit=word, yearly=vocabulary().labels[_iri(yearly[0]), "zh"])
    return BadValueError("unknown-unit", unit=word)


def _iri(unit: str) -> str:
    return f"{SCHEME}unit/{unit}"


@lru_cache(maxsize=1)
def _unit_words() -> dict[str, str]:
    """Return the slug of a unit by each of its words. A bare 1, the notation of a count, is no word in a cell."""
    found = {word: slug(iri) for (scheme, word), iri in vocabulary().words.items() if scheme == "unit"}
    return {word: unit for word, unit in found.items() if not word.isdigit()}


@lru_cache(maxsize=4096)
def _unit(word: str) -> tuple[str, int] | None:
    """Return the unit that ``word`` names and the power of ten to multiply by, or None."""
    words = _unit_words()
    if word in words:
        return words[word], 0
    rate = _RATE.fullmatch(word)
    measure, per = (rate.group(1), "/" + _RATES[rate.group(2)]) if rate else (word, "")
    if (unit := words.get(measure + per)) is not None:
        return unit, 0  # 万桶/d, whose 桶 is no unit of its own
    prefix = _MAGNITUDE.match(measure)
    magnitude = prefix.group() if prefix else ""
    base = words.get(measure[len(magnitude) :])
    if base is None:
        return None
    # In the scheme's own words: 万m³ is 万立方米 and t/a is 吨/年.
    own = vocabulary().labels[_iri(base), "zh"]
    if (unit := words.get(magnitude + own + per)) is not None:
        return unit, 0
    unit = words.get(own + per)
    scale = number("一" + magnitude) if magnitude else Decimal(1)
    return None if unit is None or scale is None else (unit, scale.adjusted())
