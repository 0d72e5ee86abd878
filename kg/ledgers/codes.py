"""Codes that can be checked: the unified social credit code, the project code and the division code."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from kg.ledgers.values import BadValueError, plain
from kg.settings import data_path

# GB 32100: the digits and the letters without I, O, S, V, Z. A symbol's value is its place.
SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# GB 11714, for the organization's own nine symbols within the code: here every letter has a value, A = 10.
_OWN_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LOOKALIKES = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "U"}
_ALIKE = ("0DQ", "1L7", "2Z", "5S", "6G", "8B3", "UVY", "CG", "PR", "MN")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+")
_PROJECT = re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}")
_DIVISION = re.compile("[0-9]{6}")


def check_symbol(first: str) -> str:
    """Return the last symbol of a unified code from its first seventeen (GB 32100: weights 3^i mod 31).

    >>> check_symbol("91110000710926094")
    'P'
    """
    total = sum(_VALUES[symbol] * weight for symbol, weight in zip(first, _WEIGHTS, strict=True))
    return SYMBOLS[-total % 31]


def own_check_symbol(body: str) -> str:
    """Return the ninth symbol of an organization's own code from its first eight (GB 11714).

    >>> own_check_symbol("71092609")
    '4'
    """
    total = sum(int(symbol, 36) * weight for symbol, weight in zip(body, _OWN_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def unified_code(text: str) -> str:
    """Return a unified social credit code in capitals and half width.

    Raises
    ------
    BadValueError
        ``code-scientific``, ``code-registration`` (the fifteen digits of before 2015), ``code-length``, ``code-symbol``,
        ``code-own-check`` (GB 11714), ``code-last-check`` (GB 32100); ``…-hint`` where one slip explains it.
    """
    code = re.sub(r"[\s-]+", "", plain(text)).upper()
    if _SCIENTIFIC.fullmatch(code):
        raise BadValueError("code-scientific")
    if re.fullmatch("[0-9]{15}", code):
        raise BadValueError("code-registration")
    if len(code) != 18:
        raise BadValueError("code-length", length=len(code))
    fault = _fault(code)
    if not fault:
        return code
    name, params = fault
    corrected = tuple(sorted({slip for slip in _slips(code) if not _fault(slip)}))
    if len(corrected) == 1:
        raise BadValueError(name + "-hint", **params, suggestion=corrected[0])
    raise BadValueError(name, **params)


def _fault(code: str) -> tuple[str, dict[str, object]] | None:
    """Return the code of the first check that fails with the values of its message."""
    for place, symbol in enumerate(code, 1):
        if symbol not in _VALUES or (3 <= place <= 8 and not symbol.isdigit()):
            return "code-symbol", {"place": place, "symbol": symbol}
    if own_check_symbol(code[8:16]) != code[16]:
        return "code-own-check", {"symbol": code[16]}
    if check_symbol(code[:17]) != code[17]:
        return "code-last-check", {"symbol": code[17]}
    return None


def _slips(code: str) -> Iterator[str]:
    """Yield the codes that a slip may have been made from: symbols that look alike, two that changed places."""
    yield "".join(_LOOKALIKES.get(symbol, symbol) for symbol in code)
    for place, symbol in enumerate(code):
        for group in _ALIKE:
            if symbol in group:
                yield from (code[:place] + other + code[place + 1 :] for other in group if other != symbol)
        yield code[:place] + code[place : place + 2][::-1] + code[place + 2 :]


def project_code(text: str) -> str:
    """Return the code of a project in the national platform: NNNN-division-NN-NN-NNNNNN.

    Raises
    ------
    BadValueError
        ``not-a-project-code``.
    """
    code = re.sub(r"\s+", "", plain(text))
    if not _PROJECT.fullmatch(code):
        raise BadValueError("not-a-project-code")
    return code


def division_code(text: str) -> str:
    """Return a division code of six digits (GB/T 2260). Codes of towns and villages start with it.

    Raises
    ------
    BadValueError
        ``not-a-division-code``.
    """
    code = re.sub(r"\s+", "", plain(text))
    if not _DIVISION.fullmatch(code):
        raise BadValueError("not-a-division-code")
    return code


@lru_cache(maxsize=1)
def _successors() -> Mapping[str, str]:
    with (data_path("ontology") / "codes" / "division-changes.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        return {old: new for old, _, new, _ in list(csv.reader(file))[1:]}


def division_in_force(code: str) -> str:
    """Return the code that took the place of a division code that went out of use; other codes come back unchanged.

    >>> division_in_force("211121"), division_in_force("211100")
    ('211104', '211100')
    """
    return _successors().get(code, code)
