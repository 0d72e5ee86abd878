"""From the text of a cell to RDF terms."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date
from decimal import Decimal, InvalidOperation

from kg.names import XSD, has_han
from kg.store.terms import Literal, NamedNode

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_PERIOD = re.compile(r"(\d{4})-?(?:Q([1-4])|H([12]))")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_LATIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class BadValueError(ValueError):
    """A cell's text is not of the column's datatype. ``code`` is the finding's code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plain(text: str) -> str:
    """Return digits and punctuation in half width, as numbers and dates are read."""
    return unicodedata.normalize("NFKC", text).strip()


def named(text: str, lang: str = "") -> Literal:
    """Return a name as a literal tagged zh where it holds a Chinese character and en elsewhere."""
    return Literal(text, language=lang or ("zh" if has_han(text) else "en"))


def decimal(text: str) -> Literal:
    """Return ``text`` as an exact decimal; thousands commas are allowed.

    Raises
    ------
    BadValueError
        ``text`` is no number.
    """
    digits = plain(text).replace(",", "")
    if not _NUMBER.fullmatch(digits):
        raise BadValueError("not-a-number")
    try:
        value = Decimal(digits)
    except InvalidOperation as error:
        raise BadValueError("not-a-number") from error
    canonical = format(value.normalize(), "f") if value else "0"
    return Literal(canonical, datatype=NamedNode(XSD + "decimal"))


def integer(text: str) -> Literal:
    """Return ``text`` as an integer.

    Raises
    ------
    BadValueError
        ``text`` is no whole number.
    """
    digits = plain(text)
    if not re.fullmatch(r"[+-]?\d{1,18}", digits):
        raise BadValueError("not-an-integer")
    return Literal(str(int(digits)), datatype=NamedNode(XSD + "integer"))


def date_text(text: str) -> str:
    """Return a date of year, month or day precision as ``YYYY[-MM[-DD]]``.

    Raises
    ------
    BadValueError
        No such date.
    """
    match = _DATE.fullmatch(plain(text).replace("/", "-").replace(".", "-"))
    if not match:
        raise BadValueError("not-a-date")
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        date(year, month or 1, day or 1)
    except ValueError as error:
        raise BadValueError("not-a-date") from error
    return f"{year:04d}" + (f"-{month:02d}" if match.group(2) else "") + (f"-{day:02d}" if match.group(3) else "")


def partial_date(text: str) -> Literal:
    """Return a date literal of the precision that was written: xsd:gYear, xsd:gYearMonth or xsd:date."""
    value = date_text(text)
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value)]
    return Literal(value, datatype=NamedNode(XSD + kind))


def _first(value: str) -> str:
    return value + "-01-01"[: 10 - len(value)] if len(value) == 4 else value + ("-01" if len(value) == 7 else "")


def _last(value: str) -> str:
    if len(value) == 4:
        return value + "-12-31"
    if len(value) == 7:
        return f"{value}-{monthrange(int(value[:4]), int(value[5:]))[1]:02d}"
    return value


def period(text: str) -> tuple[str, str, str]:
    """Return a period as written (in its normal form) with its first and last day.

    >>> period("2022Q1")
    ('2022Q1', '2022-01-01', '2022-03-31')
    >>> period("2024-01/2024-08")
    ('2024-01/2024-08', '2024-01-01', '2024-08-31')

    Raises
    ------
    BadValueError
        Not a year, quarter, half year, month, day or a range of two dates.
    """
    written = plain(text).upper()
    try:
        if match := _PERIOD.fullmatch(written):
            year, quarter, half = match.groups()
            length, index = (3, int(quarter)) if quarter else (6, int(half))
            first, last = f"{year}-{(index - 1) * length + 1:02d}", f"{year}-{index * length:02d}"
            return f"{year}{'Q' if quarter else 'H'}{index}", _first(first), _last(last)
        first, slash, last = written.partition("/")
        start, end = date_text(first), date_text(last if slash else first)
    except BadValueError as error:
        raise BadValueError("not-a-period") from error
    if _first(start) > _last(end):
        raise BadValueError("not-a-period")
    return (f"{start}/{end}" if slash else start), _first(start), _last(end)


def web_address(text: str) -> NamedNode:
    """Return an http(s) address as an IRI.

    Raises
    ------
    BadValueError
        Another scheme, or characters no IRI may hold.
    """
    if not re.match(r"https?://[^\s<>\"{}|\\^`]+$", text):
        raise BadValueError("not-an-address")
    return NamedNode(text)


def identifier(text: str) -> str:
    """Return ``text`` if it may stand as the id of a source.

    Raises
    ------
    BadValueError
        Other characters than Latin letters, digits, dot, hyphen and underscore.
    """
    if not _LATIN_ID.fullmatch(text):
        raise BadValueError("not-an-id")
    return text
