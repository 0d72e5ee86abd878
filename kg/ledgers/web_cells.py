"""What a cell of a web page says."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

# What stands for the end of a line among the pieces of a text; no text that is read holds it.
BREAK: Final = "\x00"
_HAN: Final = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
# A line break in the source between two Chinese characters is none at all, elsewhere it is a blank.
_WRAPPED: Final = re.compile(rf"(?<={_HAN})[ \t\r\f]*\n[ \t\r\n\f]*(?={_HAN})")
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
# The attributes with the number behind a cell that shows fewer digits, as Excel and LibreOffice write them.
_EXACT: Final = ("x:num", "sdval")
_NUMBER: Final = re.compile(r"([-+]?(?:0|[1-9][0-9,]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?)(%?)")


def shown_text(pieces: Sequence[str]) -> str:
    """Return what a browser shows of a text, line by line."""
    lines = _WRAPPED.sub("", "".join(pieces)).replace("\xa0", " ").split(BREAK)
    return "\n".join(filter(None, (_BLANKS.sub(" ", line).strip() for line in lines)))


def exact_number(text: str, cell: Mapping[str, str]) -> tuple[float | None, bool]:
    """Return the number behind a cell that shows one, unless it is another one (a date), and whether it is a percentage."""
    shown = _NUMBER.fullmatch(text)
    written = next((cell[name] for name in _EXACT if cell.get(name)), "")
    try:
        number = float(written)
    except ValueError:
        return None, False
    if not shown or not math.isfinite(number):
        return None, False
    seen = float(shown[1].replace(",", "")) / (100 if shown[2] else 1)
    is_same = math.isclose(number, seen, rel_tol=0.05, abs_tol=0.005 if shown[2] else 0.5)
    return (number, bool(shown[2])) if is_same else (None, False)
