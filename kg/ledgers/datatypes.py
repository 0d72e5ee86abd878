"""What the text of a cell means by the datatype of its column, for all datatypes that need the cell only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kg.ledgers import codes, dates, values
from kg.ledgers.description import Column
from kg.ledgers.measures import Remark
from kg.names import GY, SKOS
from kg.store.terms import Literal, NamedNode

PREF_LABEL = SKOS + "prefLabel"
ALT_LABEL = SKOS + "altLabel"
_ENDS = (GY + "activeTo", GY + "validTo")


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell means.

    Attributes
    ----------
    terms, texts
        Its RDF terms, and the texts that stand for it in an IRI template.
    beside
        What it states besides, as property and term: the unit, the qualifier, the original text, the ends of a range.
    remarks
        What is to be looked at again.
    """

    terms: tuple[NamedNode | Literal, ...] = ()
    texts: tuple[str, ...] = ()
    beside: tuple[tuple[NamedNode, NamedNode | Literal], ...] = ()
    remarks: tuple[Remark, ...] = ()


def read_datatype(column: Column, piece: str, *, since_1904: bool = False) -> Value:
    """Return what a cell, or one of the values in it, means by the datatype of its column.

    Parameters
    ----------
    since_1904
        Whether a bare number of days counts from 1904.

    Raises
    ------
    BadValueError
        The text is not of the datatype.
    """
    if column.datatype == "gy:partialDate":
        return _date(column, piece, since_1904=since_1904)
    return _DATATYPES[column.datatype](column, piece)


def _string(column: Column, piece: str) -> Value:
    if column.predicate in (PREF_LABEL, ALT_LABEL):
        return Value((values.named(piece, column.lang),), (piece,))
    if column.predicate.endswith("identifier"):
        return Value((Literal(values.identifier(piece)),), (piece,))
    return Value((Literal(piece),), (piece,))


def _period(_: Column, piece: str) -> Value:
    written, first, last = dates.read_period(piece)
    return Value((Literal(written), values.partial_date(first), values.partial_date(last)), (written,))


def _date(column: Column, piece: str, *, since_1904: bool = False) -> Value:
    if column.predicate in _ENDS and dates.is_ongoing(piece):
        return Value()
    reading = dates.read_date(piece, since_1904=since_1904)
    term = values.partial_date(reading.text)
    remarks: tuple[Remark, ...] = (
        (("warning", "date-read-as", {"read": reading.text}),) if reading.is_doubtful else ()
    )
    return Value((term,), (term.value,), remarks=remarks)


def _division(_: Column, piece: str) -> Value:
    written = codes.division_code(piece)
    code = codes.division_in_force(written)
    remarks: tuple[Remark, ...] = (("info", "division-changed", {"now": code}),) if code != written else ()
    return Value((Literal(code),), (code,), remarks=remarks)


def _code(parse: Callable[[str], str]) -> Callable[[Column, str], Value]:
    def read(_: Column, piece: str) -> Value:
        code = parse(piece)
        return Value((Literal(code),), (code,))

    return read


def _simple(parse: Callable[[str], Literal | NamedNode]) -> Callable[[Column, str], Value]:
    def read(_: Column, piece: str) -> Value:
        term = parse(piece)
        return Value((term,), (term.value,))

    return read


_DATATYPES: Mapping[str, Callable[[Column, str], Value]] = {
    "string": _string,
    "decimal": _simple(values.decimal),
    "integer": _simple(values.integer),
    "anyURI": _simple(values.web_address),
    "gy:divisionCode": _division,
    "gy:partialDate": _date,
    "gy:periodText": _period,
    "gy:projectCode": _code(codes.project_code),
    "gy:unifiedCode": _code(codes.unified_code),
}
