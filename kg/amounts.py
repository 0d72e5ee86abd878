"""Amounts as people write them: numbers without idle zeros, shares, tonnes a year."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from kg.messages import Language, text

# From how many tonnes a year on a planner counts in the larger unit, and how many tonnes that is.
_LARGE: Final[dict[Language, Decimal]] = {"zh": Decimal(10_000), "en": Decimal(1_000)}


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
