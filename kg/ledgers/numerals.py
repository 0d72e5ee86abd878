"""Numbers as cells write them, read exactly: Arabic, Chinese, and both mixed (3千5百, 1.2亿, 一百二十三万).

Own, because what is wanted is small and strict: every accepted text means one number only, and no binary fraction
comes in between. What people read in two ways (一万五, 一亿五千) is refused.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact

_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "两": 2,
}
_SMALL = {"十": 1, "拾": 1, "百": 2, "佰": 2, "千": 3, "仟": 3}
_LARGE = str.maketrans({"萬": "万", "億": "亿"})
_ARABIC = r"(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(?:\.[0-9]+)?"
_TOKEN = re.compile(rf"{_ARABIC}|[{''.join(_DIGITS)}{''.join(_SMALL)}万亿]")
# Wide enough for any text of MAX_DIGITS characters; should it ever not be, it fails instead of rounding.
EXACT = Context(prec=120, traps=[Inexact])
# More digits than this are no amount, but a code or a number that a machine went on dividing.
MAX_DIGITS = 30

# The characters of a number, for those who must find where one ends.
NUMERAL = rf"(?:{_ARABIC}|[{''.join(_DIGITS)}{''.join(_SMALL)}万萬亿億])+"
MAGNITUDES = "十拾百佰千仟万萬亿億"


def number(text: str) -> Decimal | None:
    """Return the number that ``text`` is, exactly, or None where it is none or could be two.

    >>> number("1.2亿"), number("三千"), number("3千5百"), number("一万五")
    (Decimal('120000000'), Decimal('3000'), Decimal('3500'), None)
    """
    tokens = _TOKEN.findall(text.translate(_LARGE))
    if not tokens or len("".join(tokens)) != len(text) or len(text) > MAX_DIGITS:
        return None
    return _scaled(tokens, (("亿", 8), ("万", 4)))


def shifted(value: Decimal, power: int) -> Decimal:
    """Return ``value`` times 10 to the ``power`` exactly, whatever the precision in force.

    >>> shifted(Decimal("1.20"), 4)
    Decimal('12000')
    """
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # numbers only, neither infinite nor undefined
    return _plain(Decimal((sign, digits, exponent + power)))


def _plain(value: Decimal) -> Decimal:
    """Return the same number without exponent and without idle zeros after the point."""
    written = f"{value:f}"
    return Decimal(written.rstrip("0").rstrip(".") if "." in written else written)


def _scaled(tokens: list[str], scales: tuple[tuple[str, int], ...]) -> Decimal | None:
    """Read X亿Y, and within each part X万Y."""
    if not scales:
        return _section(tokens)
    (word, power), *smaller = scales
    if word not in tokens:
        return _scaled(tokens, tuple(smaller))
    at = tokens.index(word)
    high, rest = _scaled(tokens[:at], tuple(smaller)), tokens[at + 1 :]
    if high is None or not rest:
        return None if high is None else shifted(high, power)
    low = _scaled(rest, tuple(smaller))
    # 一万五 is 15,000 to one reader and 10,005 to another; 一亿五千 likewise. A 零 or the next magnitude settles it.
    settled = _DIGITS.get(rest[0]) == 0 or ("万" in rest if power == 8 else _SMALL.keys() & set(rest))
    if low is None or not settled or high != int(high) or low >= shifted(Decimal(1), power):
        return None
    return EXACT.add(shifted(high, power), low)


def _section(tokens: list[str]) -> Decimal | None:
    """Read what stands below 万: a digit before each of 千, 百, 十, in falling order, and a last digit."""
    if not tokens:
        return None
    total, digit, last, zero = Decimal(0), None, 9, False
    for place, token in enumerate(tokens):
        if token in _SMALL:
            power = _SMALL[token]
            if power >= last or (digit is None and (power > 1 or place)):
                return None
            total = EXACT.add(total, shifted(Decimal(1) if digit is None else digit, power))
            digit, last, zero = None, power, False
        elif _DIGITS.get(token) == 0 and len(tokens) > 1:
            if digit is not None or zero:
                return None
            zero = True
        elif digit is not None or token in "万亿":
            return None
        else:
            digit = Decimal(_DIGITS[token]) if token in _DIGITS else Decimal(token.replace(",", ""))
    if digit is None:
        return None if zero else _plain(total)
    if last not in (1, 9) and not zero:
        return None  # 一百二 is 120 to most and 102 to none; nobody should have to guess
    if last != 9 and digit >= 10:
        return None
    return _plain(EXACT.add(total, digit))
