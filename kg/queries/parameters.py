"""From the text a person gives for a parameter to the term that goes into the query."""

from __future__ import annotations

import calendar
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from kg import labels, messages
from kg.errors import UnknownName, UsageError
from kg.names import GY, SCHEME, XSD
from kg.store.terms import Literal, NamedNode

if TYPE_CHECKING:
    from kg.messages import Language
    from kg.queries.header import Parameter
    from kg.queries.resolve import NameIndex

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def last_day(text: str) -> str | None:
    """Return the last day of a year, month or day; None if the text is none of them.

    What holds "as of 2021" is what was known when 2021 ended.

    >>> last_day("2024-02"), last_day("2021"), last_day("2021-02-30")
    ('2024-02-29', '2021-12-31', None)
    """
    match = _DATE.fullmatch(text.strip())
    if match is None or match.group(1) == "0000":
        return None
    year = int(match.group(1))
    month = int(match.group(2) or 12)
    if not 1 <= month <= 12:
        return None
    days = calendar.monthrange(year, month)[1]
    day = int(match.group(3) or days)
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= days else None


def term_for(parameter: Parameter, text: str, index: NameIndex, lang: Language) -> NamedNode | Literal:
    """Return the term that ``text`` means as a value of ``parameter``.

    Raises
    ------
    UnknownName
        If it names no thing, or no word of the scheme.
    UsageError
        If it names several things, or is no date or number where one is wanted.
    """
    if parameter.type == "thing":
        kind = (
            labels.label(GY + parameter.classes[0], lang)
            if parameter.classes[0] != "Organization"
            else (parameter.title[lang])
        )
        return NamedNode(index.resolve(text, parameter.classes, kind))
    if parameter.type == "concept":
        return NamedNode(_concept(parameter, text, lang))
    value = text.strip()
    if parameter.type == "date":
        day = last_day(value)
        if day is not None:
            return _typed(day, "date")
    elif parameter.type == "integer":
        if _INTEGER.fullmatch(value):
            return _typed(str(int(value)), "integer")
    elif parameter.type == "decimal":
        number = _decimal(value)
        if number is not None:
            return _typed(f"{number:f}", "decimal")
    elif _is_text(text):
        return Literal(text)
    expected = messages.text(f"query.expected.{parameter.type}", lang)
    raise UsageError("query.parameter_value", name=parameter.name, value=text, expected=expected)


def _concept(parameter: Parameter, text: str, lang: Language) -> str:
    word = text.strip()
    if word.startswith(f"{SCHEME}{parameter.scheme}/"):
        word = word.rsplit("/", 1)[-1]
    # A word of the scheme, or the slug that ends its IRI.
    try:
        return labels.concept(parameter.scheme, word)
    except labels.UnknownConcept:
        iri = f"{SCHEME}{parameter.scheme}/{word}"
        try:
            labels.label(iri, lang)
        except labels.UnknownConcept:
            raise UnknownName(text, parameter.title[lang], labels.words(parameter.scheme, lang)) from None
        return iri


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # The engine's decimals hold eighteen digits in front of the point and as many behind.
    if not number.is_finite() or number.copy_abs() >= 10**18:
        return None
    if not number:
        return Decimal(0)
    if number.adjusted() < -18:
        return None
    behind = f"{number:f}".partition(".")[2].rstrip("0")
    return number if len(behind) <= 18 else None


def _is_text(text: str) -> bool:
    """Tell whether a text can be written down: half a surrogate pair, as a broken terminal sends it, cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))
