"""Locks on an open file, on every system: one holder alone, or many together.

POSIX systems lock whole files, shared or alone. Windows locks ranges of bytes, each for one holder alone: there a holder
alone takes the whole range, and one of many takes a single byte of it, drawn at random.
"""

from __future__ import annotations

import os
import random
from types import ModuleType

_posix: ModuleType | None
try:
    import fcntl
except ModuleNotFoundError:  # Windows
    _posix = None
else:
    _posix = fcntl

# Windows: the bytes that stand for the lock. They may lie behind the end of the file.
_RANGE = 1 << 30
# One of many fails only where two draw the same byte, or somebody holds the file alone.
_DRAWS = 5


def lock_alone(descriptor: int) -> None:
    """Lock an open file for this holder alone.

    Raises
    ------
    OSError
        If anybody else holds it; nothing waits.
    """
    if _posix is not None:
        _posix.flock(descriptor, _posix.LOCK_EX | _posix.LOCK_NB)
    else:
        _lock_bytes(descriptor, 0, _RANGE)


def lock_shared(descriptor: int) -> None:
    """Lock an open file together with others.

    Raises
    ------
    OSError
        If somebody holds it alone.
    """
    if _posix is not None:
        _posix.flock(descriptor, _posix.LOCK_SH)
        return
    for draw in range(1, _DRAWS + 1):
        try:
            _lock_bytes(descriptor, random.randrange(_RANGE), 1)
        except OSError:
            if draw == _DRAWS:
                raise
        else:
            return


def _lock_bytes(descriptor: int, start: int, count: int) -> None:
    import msvcrt

    os.lseek(descriptor, start, os.SEEK_SET)
    msvcrt.locking(descriptor, msvcrt.LK_NBLCK, count)  # type: ignore[attr-defined]
