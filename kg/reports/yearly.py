"""Amounts a year as cells, in one unit for the whole table: the one planners count in; and figures that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from kg.analysis.balance.stocks import Missing
from kg.labels import conversion
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Cell

_UNIT: Final = "10kt-a"
# Amounts are shown to a tonne, and small ones to so many digits.
_PLACES: Final = -4
_DIGITS: Final = 3
# So many missing figures are named in a cell.
_NAMED: Final = 12


def yearly(tonnes: Decimal | None, phrases: ReportPhrases) -> Cell:
    """Return an amount in t/a in the unit of tables; what is unknown is said to be, and is no zero."""
    if tonnes is None:
        return phrases.unknown()
    amount = tonnes * (conversion("t-a", _UNIT) or 1)
    last = min(_PLACES, amount.adjusted() + 1 - _DIGITS)
    exponent = amount.as_tuple().exponent
    return round(amount, -last) if isinstance(exponent, int) and exponent < last else amount


def yearly_unit(phrases: ReportPhrases) -> str:
    """Return the name of that unit."""
    return phrases.concept("unit", _UNIT).label


def missing_figures(missing: Sequence[Missing], phrases: ReportPhrases) -> tuple[str, ...]:
    """Return figures that no ledger tells, one text each; of many the first ones, and how many there are."""
    named = tuple(
        phrases.say(
            f"missing.{datum.datum}",
            product=phrases.name(datum.product),
            name=phrases.name(datum.organization) if datum.organization else "",
            output=phrases.name(datum.output) if datum.output else "",
            route=datum.route,
        )
        for datum in missing[:_NAMED]
    )
    return named if len(missing) <= _NAMED else (*named, phrases.say("missing.more", count=len(missing)))
