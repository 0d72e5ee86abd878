"""Values into queries: only ever in the place that the query keeps for them.

A query keeps a place as ``VALUES ?name { UNDEF }``. The value is rendered by the engine's own writer, so that no text
can end a string or start a keyword. References: SPARQL 1.1 Query Language, section 10.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.store.terms import Literal, NamedNode
from kg.store.tokens import Token, significant


def bind(text: str, values: Mapping[str, Sequence[NamedNode | Literal]]) -> str:
    """Return the query with values in the places that it keeps for them.

    A place that gets no value is left out: ``VALUES ?x { UNDEF }`` restricts nothing, but an engine that meets it
    joins as if any variable might be unbound, which is slow.

    Parameters
    ----------
    text
        The query.
    values
        One or more admitted terms by parameter name.

    Raises
    ------
    KeyError
        If the query keeps no place for a name.

    >>> bind("SELECT ?s { VALUES ?x { UNDEF } VALUES ?y { UNDEF } ?s ?y ?x }", {"x": [Literal("}")]})
    'SELECT ?s { VALUES ?x { "}" }  ?s ?y ?x }'
    """
    places = list(_places(text))
    for name in values:
        if name not in {place.name for place in places}:
            raise KeyError(name)
    parts: list[str] = []
    position = 0
    for place in places:
        if place.name in values:
            parts += [text[position : place.undef.start], " ".join(str(term) for term in values[place.name])]
            position = place.undef.end
        else:
            parts.append(text[position : place.start])
            position = place.end
    return "".join([*parts, text[position:]])


def bindable(text: str) -> set[str]:
    """Return the names for which the query keeps a place."""
    return {place.name for place in _places(text)}


@dataclass(frozen=True, slots=True)
class _Place:
    """One ``VALUES ?name { UNDEF }``: where it starts and ends, and the token that a value replaces."""

    name: str
    start: int
    end: int
    undef: Token


def _places(text: str) -> Iterator[_Place]:
    window: list[Token] = []
    for token in significant(text):
        window = [*window[-4:], token]
        if len(window) < 5:
            continue
        keyword, variable, opening, undef, closing = window
        if (
            keyword.kind == undef.kind == "word"
            and keyword.text.upper() == "VALUES"
            and variable.kind == "variable"
            and opening.text == "{"
            and undef.text.upper() == "UNDEF"
            and closing.text == "}"
        ):
            yield _Place(variable.text[1:], keyword.start, closing.end, undef)
