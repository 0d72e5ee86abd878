"""Amounts as people write them: numbers without idle zeros, shares, tonnes a year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Final

from kg.labels import conversion, label
from kg.messages import Language, text

# From how many tonnes a year on a planner counts in the larger unit, and how many tonnes that is.
_LARGE: Final[dict[Language, Decimal]] = {"zh": Decimal(10_000), "en": Decimal(1_000)}

# What English names of units that count in 万 and 亿 begin with; English readers expect the number written out.
_COUNTED: Final[Mapping[str, int]] = {"10 thousand ": 10_000, "100 million ": 100_000_000}
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def plain_number(number: float | Decimal) -> str:
    """Write a number without exponent and without idle zeros.

    Examples
    --------
    >>> plain_number(Decimal("1E+3")), plain_number(Decimal("2.50")), plain_number(0.1)
    ('1000', '2.5', '0.1')
    """
    if isinstance(number, int):
        return str(number)
    exact = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
    if not exact.is_finite():
        return str(number)
    if exact == 0:  # Decimal keeps the sign and the exponent of a zero
        return "0"
    written = f"{exact:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def percent(share: Decimal) -> str:
    """Write a share as a percentage with at most one decimal.

    Examples
    --------
    >>> percent(Decimal("0.8")), percent(Decimal(1) / 3)
    ('80%', '33.3%')
    """
    return f"{plain_number((share * 100).quantize(Decimal('0.1')))}%"


def tonnes(amount: Decimal, lang: Language) -> str:
    """Write an amount given in tonnes a year in the unit planners use for its size.

    Examples
    --------
    >>> tonnes(Decimal(300_000), "zh"), tonnes(Decimal(300_000), "en"), tonnes(Decimal(500), "zh")
    ('30万吨/年', '300 kt/a', '500吨/年')
    """
    large = _LARGE[lang]
    if abs(amount) >= large:
        return text("amount.large_tonnes", lang, number=plain_number(amount / large))
    return text("amount.tonnes", lang, number=plain_number(amount))


def in_unit(value: str, unit: str, lang: Language) -> str:
    """Write a value, which may be a span of two numbers, with its unit.

    Parameters
    ----------
    value
        Numbers as :func:`plain_number` writes them.
    unit
        Slug of the unit.

    Examples
    --------
    >>> in_unit("5", "10kt-a", "zh"), in_unit("5", "10kt-a", "en"), in_unit("1–1.5", "10k-bbl-d", "en")
    ('5万吨/年', '50,000 t/a', '10,000–15,000 barrels per day')
    """
    if lang == "en" and (factor := conversion(unit, "t-a")):
        return text("amount.tonnes", lang, number=_NUMBER.sub(partial(_times, factor), value))
    name = label(f"scheme:unit/{unit}", lang)
    for counted, many in _COUNTED.items():
        if lang == "en" and name.startswith(counted):
            value = _NUMBER.sub(partial(_times, many), value)
            name = name.removeprefix(counted)
            break
    return text("phrase.amount", lang, number=value, unit=name)


def _times(factor: int | Decimal, number: re.Match[str]) -> str:
    return f"{Decimal(plain_number(Decimal(number[0]) * factor)):,f}"
