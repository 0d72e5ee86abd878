"""Text in a grid of equally wide cells, where a Chinese character takes two.

Terminals give wide and full-width characters (Unicode Standard Annex #11, East Asian Width) two cells, and combining marks none.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Punctuation that must not open a line, and that must not close one (避头尾).
_NEVER_FIRST: Final = frozenset("，。、；：！？）】》」』”’…—,.;:!?)]}%％/")
_NEVER_LAST: Final = frozenset("（【《「『“‘([{/")


# What a terminal obeys instead of showing it: controls, and the marks that turn the direction of writing.
_OBEYED: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def visible(written: str) -> str:
    r"""Return a text in which a terminal finds nothing to obey; line breaks stay, tabs become spaces.

    Examples
    --------
    >>> visible("\\x1b[31m红")
    '\\\\x1b[31m红'
    """
    return _OBEYED.sub(_spelled, written)


def _spelled(match: re.Match[str]) -> str:
    if match.group() == "\t":
        return " "
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def char_width(char: str) -> int:
    """Return how many cells one character takes: 0, 1 or 2."""
    if char < "\u0300":
        return 1 if char >= " " else 0
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def width(line: str) -> int:
    """Return how many cells a line takes.

    Examples
    --------
    >>> width("abc"), width("纤维"), width("abc 纤维")
    (3, 4, 8)
    """
    return sum(map(char_width, line))


def pad(line: str, cells: int, *, right: bool = False) -> str:
    """Fill a line with spaces up to a number of cells; ``right`` puts the spaces before it."""
    spaces = " " * max(0, cells - width(line))
    return spaces + line if right else line + spaces


def wrap(paragraph: str, cells: int) -> list[str]:
    """Break a text into lines of at most so many cells.

    Latin words stay whole where they fit; Chinese breaks anywhere but before closing and after opening punctuation. Line breaks of
    the text are kept. Always returns at least one line.

    Examples
    --------
    >>> wrap("缺少本地生产者，需要外购。", 14)
    ['缺少本地生产', '者，需要外购。']
    """
    cells = max(2, cells)
    lines: list[str] = []
    for given in paragraph.split("\n"):
        lines.extend(_wrap_line(given.rstrip(), cells))
    return lines


def longest_word(paragraph: str) -> int:
    """Return how many cells the longest part takes that :func:`wrap` keeps together."""
    return max((width(piece.strip()) for line in paragraph.split("\n") for piece in _pieces(line)), default=0)


def _wrap_line(line: str, cells: int) -> list[str]:
    done: list[str] = []
    current = ""
    room = cells
    for piece in _pieces(line):
        size = width(piece)
        if size > room and current:
            done.append(current.rstrip())
            current, room = "", cells
            piece = piece.lstrip()
            size = width(piece)
        while size > cells:  # a word, or a run of punctuation, wider than a whole line is cut hard
            head = _head(piece, cells)
            done.append(head)
            piece = piece[len(head) :]
            size = width(piece)
        current += piece
        room -= size
    done.append(current.rstrip())
    return done


def _head(piece: str, cells: int) -> str:
    taken = 0
    for position, char in enumerate(piece):
        taken += char_width(char)
        if taken > cells:
            return piece[: max(1, position)]
    return piece


def _pieces(line: str) -> list[str]:
    """Split a line where it may be broken; joining the pieces gives the line back."""
    pieces: list[str] = []
    for char in line:
        if pieces and not _may_break(pieces[-1][-1], char):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    if before == " ":
        return True
    return char_width(before) == 2 or char_width(after) == 2
