"""A small SPARQL tokenizer: enough to tell a keyword from the same letters in a string, comment, IRI or name.

It does not judge whether a query is correct; the engine does. References: SPARQL 1.1 Query Language, section 19.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

Kind = OneOf[
    "space", "comment", "iri", "string", "variable", "name", "blank", "language", "number", "word", "mark"
]

_LETTER = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_INNER = rf"{_LETTER}_0-9\u00B7\u0300-\u036F\u203F-\u2040"
_PREFIX = rf"(?:[{_LETTER}](?:[{_INNER}.-]*[{_INNER}-])?)?:"
_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[{_INNER}:]|{_ESCAPE})(?:(?:[{_INNER}.:-]|{_ESCAPE})*(?:[{_INNER}:-]|{_ESCAPE}))?"
_STRING = (
    r'(?P<string>"""(?:"{0,2}(?:[^"\\]|\\.))*"""'
    r"|'''(?:'{0,2}(?:[^'\\]|\\.))*'''"
    r'|"(?:[^"\\\r\n]|\\.)*"'
    r"|'(?:[^'\\\r\n]|\\.)*')"
)

_TOKEN = re.compile(
    "|".join(
        (
            r"(?P<space>[ \t\r\n]+)",
            r"(?P<comment>#[^\r\n]*)",
            r"(?P<iri><[^\x00-\x20<>\"{}|^`]*>)",
            _STRING,
            rf"(?P<variable>[?$][{_INNER}]+)",
            rf"(?P<blank>_:[{_INNER}](?:[{_INNER}.-]*[{_INNER}-])?)",
            rf"(?P<name>{_PREFIX}(?:{_LOCAL})?)",
            r"(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)",
            r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)",
            r"(?P<word>[A-Za-z_][A-Za-z_0-9]*)",
            r"(?P<mark>.)",
        )
    ),
    re.DOTALL,
)

_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PROLOGUE = frozenset({"PREFIX", "BASE", "VERSION"})


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text and where it starts in the query."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.start + len(self.text)


def _match(text: str, position: int) -> Token:
    match = _TOKEN.match(text, position)
    assert match is not None  # the last alternative takes any character
    return Token(match.lastgroup, match.group(), position)  # type: ignore[arg-type]


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of ``text``, spaces and comments included: joined, they are the text again."""
    position = 0
    while position < len(text):
        token = _match(text, position)
        yield token
        position = token.end


def significant(text: str) -> Iterator[Token]:
    """Yield the tokens that mean something to the engine."""
    return (token for token in tokens(text) if token.kind not in ("space", "comment"))


def first_keyword(text: str) -> str:
    """Return, in capitals, the keyword behind the prologue (``SELECT``, ``INSERT`` …); empty if there is none.

    >>> first_keyword("PREFIX gy: <http://e/> select ?s { ?s a gy:Chain }")
    'SELECT'
    """
    for token in significant(text):
        if token.kind == "word" and token.text.upper() not in _PROLOGUE:
            return token.text.upper()
        if token.kind not in ("word", "name", "iri", "string"):
            return ""
    return ""


def names_dataset(text: str) -> bool:
    """Tell whether a query says itself, with ``FROM``, which graphs it is asked of.

    >>> names_dataset("SELECT ?from FROM <http://e/g> { ?from a ?c }"), names_dataset("SELECT ?from { ?from a ?c }")
    (True, False)
    """
    # The clause stands before the first group; behind it, no keyword is FROM.
    return any(token.kind == "word" and token.text.upper() == "FROM" for token in significant(text))


def may_call_service(text: str) -> bool:
    """Tell whether some reading of ``text`` calls another server with ``SERVICE``.

    When in doubt the answer is yes, because the engine calls without asking:

    - ``?a<1#>`` can be read as an IRI behind a variable or as a comparison followed by a comment, and only the
      grammar decides which; a string opened in one reading is closed in the other. So both readings are followed
      at every ``<`` that could be either. An IRI with ``://`` is never a comparison.
    - The engine needs no space around the keyword: ``SERVICESILENT<…>`` and ``SERVICE:x {`` are calls. A word that
      holds SERVICE is therefore refused, and so is a name with such a prefix where a group follows it.
    - Escaped code points (backslash, u, 0053) are read both as written and as decoded: engines differ.

    >>> may_call_service("PREFIX SERVICE: <http://e/service> SELECT * { ?service SERVICE:p <http://e/service> }")
    False
    >>> may_call_service("SELECT * { sErViCe <http://e/> {} }")
    True
    """
    return any(_reaches_service(reading) for reading in {text, _decoded(text)})


def _reaches_service(text: str) -> bool:
    if "SERVICE" not in text.upper():
        return False
    open_positions = [0]
    seen: set[int] = set()
    while open_positions:
        position = open_positions.pop()
        while position < len(text) and position not in seen:
            seen.add(position)
            token = _match(text, position)
            if token.kind == "word" and "SERVICE" in token.text.upper():
                return True
            if token.kind == "name" and _is_glued_call(token, text):
                return True
            if token.kind == "iri" and "://" not in token.text:
                open_positions.append(position + 1)
            position = token.end
    return False


def _is_glued_call(token: Token, text: str) -> bool:
    prefix = token.text.partition(":")[0].upper()
    if not prefix.endswith(("SERVICE", "SERVICESILENT")):
        return False
    following = next(significant(text[token.end :]), None)
    return following is not None and following.text == "{"


def _decoded(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()

    return _CODE_POINT.sub(character, text)
