"""Names as they should be: data sets gathered from reports carry line breaks and stray quotes in them."""

from __future__ import annotations

import re
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\ufeff]")
# Between two Latin words a line break was a space; inside Chinese it was nothing.
_BREAK_IN_LATIN: Final = re.compile(r"(?<=[A-Za-z0-9])\s+(?=[A-Za-z0-9])")
_BREAK: Final = re.compile(r"\s*[\r\n\t]+\s*")
_PAIRS: Final = (("“", "”"), ("‘", "’"), ("「", "」"), ("《", "》"))


def clean_name(name: str) -> str:
    r"""Return a name without line breaks and stray quotes; empty if nothing is left of it.

    Straight double quotes go, an apostrophe at either end goes (inside a word it is part of it), a curly quote goes
    where its partner is missing.

    Examples
    --------
    >>> clean_name('光纤复合\n架空地线\n'), clean_name('家电维修系统"'), clean_name("'灵芝粉"), clean_name("“惠商")
    ('光纤复合架空地线', '家电维修系统', '灵芝粉', '惠商')
    >>> clean_name("d'zzit"), clean_name("“露露”牌杏仁露"), clean_name("gas\nturbine"), clean_name('"')
    ("d'zzit", '“露露”牌杏仁露', 'gas turbine', '')
    """
    found = _CONTROL.sub("", name.replace("\r", "\n")).replace('"', "")
    for opening, closing in _PAIRS:
        if found.count(opening) != found.count(closing):
            found = found.replace(opening, "").replace(closing, "")
    found = _BREAK.sub("", _BREAK_IN_LATIN.sub(" ", found))
    # What was inside another quote may now stand at the end.
    while (bare := found.strip().strip("'")) != found:
        found = bare
    return found
