"""Values into queries: only ever in the place that the query keeps for them.

A query keeps a place as ``VALUES ?name { UNDEF }``. The value is rendered by the engine's own writer, so that no text
can end a string or start a keyword. References: SPARQL 1.1 Query Language, section 10.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kg.store.terms import Literal, NamedNode
from kg.store.tokens import Token, tokens


def bind(text: str, values: Mapping[str, Sequence[NamedNode | Literal]]) -> str:
    """Return the query with values in the places of some of its parameters.

    Parameters
    ----------
    text
        The query.
    values
        One or more admitted terms by parameter name; a parameter that is not mentioned stays open.

    Raises
    ------
    KeyError
        If the query keeps no place for a name.

    >>> bind("SELECT ?s { VALUES ?x { UNDEF } ?s ?p ?x }", {"x": [Literal("}")]})
    'SELECT ?s { VALUES ?x { "}" } ?s ?p ?x }'
    """
    places = list(_places(text))
    for name in values:
        if name not in {place for place, _ in places}:
            raise KeyError(name)
    parts: list[str] = []
    position = 0
    for name, token in places:
        if name in values:
            parts += [text[position : token.start], " ".join(str(term) for term in values[name])]
            position = token.end
    return "".join([*parts, text[position:]])


def bindable(text: str) -> set[str]:
    """Return the names for which the query keeps a place."""
    return {name for name, _ in _places(text)}


def _places(text: str) -> Iterator[tuple[str, Token]]:
    """Yield name and UNDEF token of each ``VALUES ?name { UNDEF }``."""
    window: list[Token] = []
    for token in tokens(text):
        if token.kind in ("space", "comment"):
            continue
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
            yield variable.text[1:], undef
