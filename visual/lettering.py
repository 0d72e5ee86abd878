"""How wide a text is, without a browser: a fixed model, so that positions do not depend on the machine's fonts.

A Han character is one em wide; a Latin capital about 0.68 em, other Latin characters about 0.55 em. The model errs on
the wide side for the fonts the page asks for; the page measures again and shrinks what still would not fit.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_NO_LINE_START = frozenset("，。、；：！？）》」』】〉…·—-,.;:!?)]}%")


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character == " ":
        return 0.28
    return 0.68 if character.isupper() or character.isdigit() else 0.55


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text at a font size.

    Examples
    --------
    >>> text_width("竹纤维", 10)
    30.0
    """
    return size * sum(map(_em, text))


def wrap(text: str, width: float, size: float, max_lines: int = 2) -> tuple[str, ...]:
    """Break a text into lines of at most `width`; Han anywhere, Latin at spaces; what is left over becomes an ellipsis.

    Examples
    --------
    >>> wrap("甲乙丙丁戊己庚辛壬", 40, 10)
    ('甲乙丙丁', '戊己庚…')
    """
    lines: list[str] = []
    line = ""
    for word in _pieces(text):
        if line and text_width(line + word.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
        while text_width(line.rstrip(), size) > width and len(line) > 1:
            cut = len(line)
            while cut > 1 and text_width(line[:cut], size) > width:
                cut -= 1
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip():
        lines.append(line.rstrip())
    if len(lines) > max_lines:
        lines = lines[:max_lines]
        last = lines[-1]
        while last and text_width(last + "…", size) > width:
            last = last[:-1]
        lines[-1] = last + "…"
    return tuple(lines)


def balanced(text: str, width: float, size: float, max_lines: int = 2) -> tuple[str, ...]:
    """Break a text as :func:`wrap` does, then even the lines out, so that no single character is left alone.

    No word is broken that `wrap` leaves whole.

    Examples
    --------
    >>> balanced("竹材纤维中间体", 60, 10)
    ('竹材纤维', '中间体')
    """
    lines = wrap(text, width, size, max_lines)
    narrow = width
    word = max((text_width(piece.strip(), size) for piece in _pieces(text)), default=0.0)
    while lines and narrow - size / 4 > max(size * 2, word) and not lines[-1].endswith("…"):
        narrow -= size / 4
        trial = wrap(text, narrow, size, max_lines)
        if len(trial) != len(lines) or trial[-1].endswith("…"):
            break
        if max(text_width(line, size) for line in trial) <= narrow:
            lines = trial
    return lines


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end."""
    pieces: list[str] = []
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        joins = pieces and (
            character in _NO_LINE_START
            or (
                not wide
                and not pieces[-1].endswith(" ")
                and unicodedata.east_asian_width(pieces[-1][-1]) not in "WF"
            )
        )
        if joins:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces
