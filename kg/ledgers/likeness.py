"""Which known names a text may have been meant as. Likeness only suggests; it never resolves a name."""

from __future__ import annotations

from collections.abc import Collection

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

# Of a longer name, one other character is no likelier a slip than a part left out: 云溪竹业 may be 云溪竹业集团 or 云溪纸业.
_SHORT = 5
# GB 2312 orders its 3,755 common characters, from 啊 to 座, by their sound.
_FIRST, _LAST, _ROW = 0xB0, 0xD7, 94
_FAR = 1 << 16


def alike(asked: str, known: Collection[str], limit: int, least: float) -> tuple[str, ...]:
    """Return the known names most like ``asked``, best first.

    In a short name, one character wrong, missing, too many or swapped goes before all other likeness, and first of all one of the
    same sound, which is how input methods err: 竹桨 is 竹浆 rather than 竹材 or 竹桨机械厂.

    Parameters
    ----------
    known
        In an order that does not depend on chance: of equally like names the first counts.
    least
        The least likeness, of 100.
    """
    slips = (
        process.extract(asked, known, scorer=OSA.distance, score_cutoff=1, limit=None)
        if 1 < len(asked) <= _SHORT
        else []
    )
    slips.sort(key=lambda found: (found[1], _sound_distance(asked, found[0])))
    likes = process.extract(asked, known, scorer=fuzz.WRatio, score_cutoff=least, limit=limit)
    return tuple(dict.fromkeys(name for name, _, _ in (*slips, *likes)))[:limit]


def _sound_distance(asked: str, name: str) -> int:
    """Return how far apart two names sound that differ in one character."""
    if len(asked) != len(name):
        return _FAR
    return max((abs(_sound(a) - _sound(b)) for a, b in zip(asked, name, strict=True) if a != b), default=0)


def _sound(character: str) -> int:
    code = character.encode("gb2312", "ignore")
    return (code[0] - _FIRST) * _ROW + code[1] if len(code) == 2 and _FIRST <= code[0] <= _LAST else -_FAR
