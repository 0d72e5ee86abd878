"""The terms that a store speaks in, and their plain Python values.

Every other room takes these names from here, so that the engine below can change in one room.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.names import XSD

__all__ = [
    "BlankNode",
    "DefaultGraph",
    "Literal",
    "NamedNode",
    "Quad",
    "Term",
    "Triple",
    "Value",
    "text_of",
    "value_of",
]

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Value: TypeAlias = str | int | Decimal | float | bool

_INTEGERS = frozenset(
    XSD + name
    for name in (
        "integer",
        "int",
        "long",
        "short",
        "byte",
        "nonNegativeInteger",
        "nonPositiveInteger",
        "positiveInteger",
        "negativeInteger",
        "unsignedInt",
        "unsignedLong",
        "unsignedShort",
        "unsignedByte",
    )
)
_FLOATS = frozenset({XSD + "double", XSD + "float"})
_DECIMAL = XSD + "decimal"
_BOOLEAN = XSD + "boolean"


def text_of(term: Term | None) -> str:
    """Return an IRI or a literal's text; empty for None.

    >>> text_of(Literal("盘", language="zh")), text_of(None)
    ('盘', '')
    """
    if term is None:
        return ""
    return str(term) if isinstance(term, Triple) else term.value


def value_of(term: Term | None) -> Value | None:
    """Return the plain value of a term.

    Numbers become ``int``, ``Decimal`` or ``float`` after their datatype and booleans ``bool``; dates stay the text
    they were written as, since theirs may be a year, a month or a day; an IRI becomes its text.

    >>> value_of(Literal("1.5", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")))
    Decimal('1.5')
    >>> value_of(Literal("2021", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#gYear")))
    '2021'
    """
    if term is None:
        return None
    if isinstance(term, Literal):
        datatype = term.datatype.value
        try:
            if datatype in _INTEGERS:
                return int(term.value)
            if datatype == _DECIMAL:
                return Decimal(term.value)
            if datatype in _FLOATS:
                return float(term.value)
        except (ArithmeticError, ValueError):
            return term.value  # ill-typed literals are legal RDF; the checks report them, reading goes on
        if datatype == _BOOLEAN:
            return term.value in ("true", "1")
        return term.value
    if isinstance(term, Triple):
        return str(term)
    return term.value
