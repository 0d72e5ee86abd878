"""Dates and periods as cells write them: 2023年5月8日, 20230508, 45054, 2023年上半年, 2023年1-8月.

What says a day, month or year without doubt is read. What needs a guess is refused with a suggestion, or, where a
program has mangled the cell in a known way, read with a remark that asks for a look.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from kg.ledgers.numerals import number
from kg.ledgers.values import BadValueError, date_text, period, plain

_CHINESE_COUNT = re.compile("[一二三四五六七八九十]{1,3}(?=[月日号])")
_CHINESE_YEAR = re.compile("[〇零一二三四五六七八九]{4}(?=年)")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_CHINESE = re.compile(r"([0-9]{4})年(?:([0-9]{1,2})月(?:份|([0-9]{1,2})[日号])?)?")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-9]{2})?")
_TIMED = re.compile(
    r"([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2})[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)"
)
# From 1954 to 2064, or four years later; outside, five digits are something else.
_SERIAL = re.compile(r"([2-5][0-9]{4})(?:\.[0-9]+)?")
_SERIAL_ORIGINS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
# A spreadsheet that takes 2023.10 for a number shows 2023.1.
_LOST_ZERO = re.compile(r"[0-9]{4}\.1")
_TWO_DIGITS = re.compile(r"['’]?([0-9]{2})(?:年.*|[-/.][0-9]{1,2}(?:[-/.][0-9]{1,2})?)")
_NO_YEAR = re.compile(r"[0-9]{1,2}月(?:[0-9]{1,2}[日号])?")
_VAGUE = re.compile(r"([0-9]{4})年?(底|末|年底|年末|初|年初|中|年中)")
_VAGUE_MONTHS = {"底": "12", "末": "12", "初": "01", "中": "06"}
_ONGOING = ("至今", "今", "目前", "现在", "present")

_PART = re.compile(r"([0-9]{4})年?(?:(上|下)半年|(前三)季度|第?([一二三四1-4])季度|([QqHh][1-4]))")
_WHOLE = re.compile(r"([0-9]{4})(?:年度|全年|年全年)")
_YEARS = re.compile(r"([0-9]{4})年?(?:[-–—~～至到]|——)([0-9]{4})年?")
_MONTHS = re.compile(r"([0-9]{4})年([0-9]{1,2})月?(?:[-–—~～至到]|——)(?:([0-9]{4})年)?([0-9]{1,2})月(?:份)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """A date in its normal form, and whether somebody should look at it again."""

    text: str
    is_doubtful: bool = False


def is_ongoing(text: str) -> bool:
    """Tell whether a cell says that something goes on (至今), which as an end means that none is stated."""
    return plain(text).casefold() in _ONGOING


def read_date(text: str, *, since_1904: bool = False) -> Reading:
    """Read a date of year, month or day precision as ``YYYY[-MM[-DD]]``.

    Parameters
    ----------
    since_1904
        Whether a bare number of days, as an unformatted cell has it, counts from 1904.

    >>> read_date("2023年5月"), read_date("45054")
    (Reading(text='2023-05', is_doubtful=False), Reading(text='2023-05-08', is_doubtful=True))

    Raises
    ------
    BadValueError
        ``not-a-date``, ``two-digit-year``, ``date-without-year``, ``vague-date``, ``period-for-date``, ``ongoing-date``.
    """
    written = _folded(text)
    if _SERIAL.fullmatch(written):
        day = _SERIAL_ORIGINS[since_1904] + timedelta(days=int(written[:5]))
        return Reading(day.isoformat(), is_doubtful=True)
    if match := _TIMED.fullmatch(plain(text)):
        written, time = match.groups()
        return Reading(date_text(written), is_doubtful=bool(re.search("[1-9]", time)))
    try:
        return Reading(date_text(_dashed(written)), is_doubtful=bool(_LOST_ZERO.fullmatch(written)))
    except BadValueError as error:
        raise _explained(written) or error from error


def read_period(text: str) -> tuple[str, str, str]:
    """Read a period as its normal form with its first and last day; see `kg.ledgers.values.period`.

    >>> read_period("2023年上半年"), read_period("2023年1-8月")
    (('2023H1', '2023-01-01', '2023-06-30'), ('2023-01/2023-08', '2023-01-01', '2023-08-31'))

    Raises
    ------
    BadValueError
        ``not-a-period``, or what `read_date` says of a date that needs a guess.
    """
    written = _folded(text)
    try:
        return period(_normal_period(written))
    except BadValueError as error:
        raise _explained(written) or error from error


def _folded(text: str) -> str:
    """Return the text in half width, without white space, with the years in digits."""
    squeezed = re.sub(r"\s+", "", plain(text))
    dated = _CHINESE_YEAR.sub(lambda year: year.group().translate(_DIGITS), squeezed)
    return _CHINESE_COUNT.sub(lambda count: str(number(count.group()) or ""), dated)


def _dashed(written: str) -> str:
    match = _CHINESE.fullmatch(written) or _COMPACT.fullmatch(written)
    return "-".join(part for part in match.groups() if part) if match else written


def _normal_period(written: str) -> str:
    if match := _PART.fullmatch(written):
        year, half, three, quarter, code = match.groups()
        if half:
            return year + ("H1" if half == "上" else "H2")
        if three:
            return f"{year}-01/{year}-09"
        return f"{year}Q{quarter.translate(_DIGITS)}" if quarter else year + code
    if match := _WHOLE.fullmatch(written):
        return match.group(1)
    if match := _YEARS.fullmatch(written):
        return "/".join(match.groups())
    if match := _MONTHS.fullmatch(written):
        year, month, other, last = match.groups()
        return f"{year}-{month}/{other or year}-{last}"
    return _dashed(written)


def _explained(written: str) -> BadValueError | None:
    """Return what is wrong with a cell that a person would take for a date."""
    if is_ongoing(written):
        return BadValueError("ongoing-date")
    if match := _VAGUE.fullmatch(written):
        return BadValueError("vague-date", suggestion=f"{match.group(1)}-{_VAGUE_MONTHS[match.group(2)[-1]]}")
    if _NO_YEAR.fullmatch(written):
        return BadValueError("date-without-year")
    if match := _TWO_DIGITS.fullmatch(written):
        return BadValueError("two-digit-year", suggestion="20" + match.group().lstrip("'’"))
    try:
        return BadValueError("period-for-date", suggestion=period(_normal_period(written))[2][:7])
    except BadValueError:
        return None
