"""From the text of a cell to RDF terms."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date

from kg.names import XSD, has_han
from kg.store.terms import Literal, NamedNode

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_PERIOD = re.compile(r"([0-9]{4})-?(?:Q([1-4])|H([12]))")
# A comma parts thousands or nothing: 1,5 is no fifteen.
_NUMBER = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_LATIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class BadValueError(ValueError):
    """A cell's text is not of the column's datatype.

    ``code`` is the finding's code, ``params`` what its message fills in besides the place and the value.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def plain(text: str) -> str:
    """Return digits and punctuation in half width, as numbers and dates are read.

    Only the width is folded: 10² must not become 102.

    >>> plain("２０２４－０５ "), plain("10²")
    ('2024-05', '10²')
    """
    if text.isascii():
        return text.strip()
    folded = (unicodedata.normalize("NFKC", c) if unicodedata.east_asian_width(c) == "F" else c for c in text)
    return "".join(folded).strip()


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
    match = _NUMBER.fullmatch(plain(text))
    if not match:
        raise BadValueError("not-a-number")
    sign, whole, fraction = match.groups(default="")
    # On the digits themselves: arithmetic would round to the precision of its context.
    whole, fraction = whole.replace(",", "").lstrip("0") or "0", fraction.rstrip("0")
    canonical = whole + (f".{fraction}" if fraction else "")
    if sign == "-" and canonical != "0":
        canonical = "-" + canonical
    return Literal(canonical, datatype=NamedNode(XSD + "decimal"))


def integer(text: str) -> Literal:
    """Return ``text`` as an integer.

    Raises
    ------
    BadValueError
        ``text`` is no whole number.
    """
    digits = plain(text)
    if not _INTEGER.fullmatch(digits):
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
    year, month, day = (int(part) for part in match.groups(default="1"))
    try:
        date(year, month, day)
    except ValueError as error:
        raise BadValueError("not-a-date") from error
    return (
        f"{year:04d}"
        + (f"-{month:02d}" if match.group(2) else "")
        + (f"-{day:02d}" if match.group(3) else "")
    )


def partial_date(text: str) -> Literal:
    """Return a date literal of the precision that was written: xsd:gYear, xsd:gYearMonth or xsd:date."""
    value = date_text(text)
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value)]
    return Literal(value, datatype=NamedNode(XSD + kind))


def _first(value: str) -> str:
    return (
        value + "-01-01"[: 10 - len(value)] if len(value) == 4 else value + ("-01" if len(value) == 7 else "")
    )


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
            first = date_text(f"{year}-{(index - 1) * length + 1:02d}")
            last = date_text(f"{year}-{index * length:02d}")
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
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", text):
        raise BadValueError("not-an-address")
    try:
        return NamedNode(text)
    except ValueError as error:
        raise BadValueError("not-an-address") from error


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
