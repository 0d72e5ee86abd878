"""Dates and periods as cells write them, and what is said of those that need a guess."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ledgers.dates import Reading, is_ongoing, read_date, read_period
from kg.ledgers.values import BadValueError, date_text, period

DATES = {
    "2023": "2023", "2023年": "2023", "2023年5月": "2023-05", "2023年05月": "2023-05", "2023年5月份": "2023-05",
    "2023年5月8日": "2023-05-08", "2023 年 5 月 8 号": "2023-05-08", "２０２３年５月": "2023-05", "2023/5/8": "2023-05-08",
    "2023.05": "2023-05", "2023.10": "2023-10", "2023.5.8": "2023-05-08", "2023-5": "2023-05", "202305": "2023-05",
    "20230508": "2023-05-08", "二〇二三年五月": "2023-05", "二零二三年十二月二十一日": "2023-12-21",
    "2023-05-08 00:00:00": "2023-05-08", "2023-05-08T00:00:00": "2023-05-08",
}  # fmt: skip
DOUBTFUL = {
    "45054": "2023-05-08", "45054.5": "2023-05-08", "40237": "2010-02-28", "2023.1": "2023-01", "2023/5/8 14:30": "2023-05-08",
}  # fmt: skip
REFUSED = [
    ("今年", "not-a-date", {}), ("5/8/2023", "not-a-date", {}), ("2023年13月", "not-a-date", {}), ("2023-02-30", "not-a-date", {}),
    ("12345", "not-a-date", {}), ("20231308", "not-a-date", {}),
    ("23年", "two-digit-year", {"suggestion": "2023年"}), ("23年5月", "two-digit-year", {"suggestion": "2023年5月"}),
    ("5月8日", "date-without-year", {}), ("2023年底", "vague-date", {"suggestion": "2023-12"}),
    ("2023年初", "vague-date", {"suggestion": "2023-01"}), ("2023年年中", "vague-date", {"suggestion": "2023-06"}),
    ("2023H1", "period-for-date", {"suggestion": "2023-06"}), ("2023年一季度", "period-for-date", {"suggestion": "2023-03"}),
    ("至今", "ongoing-date", {}), ("目前", "ongoing-date", {}),
]  # fmt: skip
PERIODS = {
    "2023": "2023", "2023年": "2023", "2023年度": "2023", "2023年全年": "2023", "2023年5月": "2023-05", "2023H1": "2023H1", "2023h2": "2023H2",
    "2023年上半年": "2023H1", "2023下半年": "2023H2", "2023年一季度": "2023Q1", "2023年第4季度": "2023Q4", "2023年Q1": "2023Q1",
    "2023年前三季度": "2023-01/2023-09", "2023年1-8月": "2023-01/2023-08", "2023年1月至8月": "2023-01/2023-08",
    "2023年11月—2024年3月": "2023-11/2024-03", "2021-2023年": "2021/2023", "2024-01/2024-08": "2024-01/2024-08",
    "2023年5月8日": "2023-05-08",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "text"), DATES.items())
def test_a_date_is_read(cell: str, text: str) -> None:
    assert read_date(cell) == Reading(text)


@pytest.mark.parametrize(("cell", "text"), DOUBTFUL.items())
def test_a_mangled_date_is_read_and_remarked(cell: str, text: str) -> None:
    assert read_date(cell) == Reading(text, is_doubtful=True)


@pytest.mark.parametrize(("cell", "code", "params"), REFUSED)
def test_what_needs_a_guess_is_refused_with_a_suggestion(
    cell: str, code: str, params: dict[str, str]
) -> None:
    with pytest.raises(BadValueError) as caught:
        read_date(cell)
    assert (caught.value.code, caught.value.params) == (code, params)


@pytest.mark.parametrize(("cell", "text"), PERIODS.items())
def test_a_period_is_read(cell: str, text: str) -> None:
    assert read_period(cell) == period(text)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2023H3", "not-a-period"),
        ("2023年8-1月", "not-a-period"),
        ("45054", "not-a-period"),
        ("近年", "not-a-period"),
        ("2023年底", "vague-date"),
        ("23年", "two-digit-year"),
    ],
)
def test_what_is_no_period_is_refused(cell: str, code: str) -> None:
    with pytest.raises(BadValueError) as caught:
        read_period(cell)
    assert caught.value.code == code


def test_words_for_what_goes_on() -> None:
    assert is_ongoing("至今")
    assert not is_ongoing("2023")


@given(st.dates(date(1954, 10, 4), date(2064, 4, 8)))
def test_every_day_comes_back_in_every_way_of_writing(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    ways = (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
        str(serial),
    )
    assert {read_date(way).text for way in ways} == {day.isoformat()}
    assert read_date(str(serial)).is_doubtful


@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(0, 30))
def test_a_run_of_months_ends_on_its_last_day(year: int, first: int, more: int) -> None:
    last = min(12, first + more)
    found = read_period(f"{year}年{first}-{last}月")
    assert found[1:] == (f"{year}-{first:02d}-01", f"{year}-{last:02d}-{monthrange(year, last)[1]}")
    assert date.fromisoformat(found[1]) + timedelta(days=27) <= date.fromisoformat(found[2])


PIECES = st.sampled_from(
    [
        "2023",
        "23",
        "年",
        "月",
        "日",
        "5",
        "12",
        "-",
        "/",
        ".",
        "上半年",
        "季度",
        "一",
        "〇",
        "底",
        "至",
        "Q1",
        "H",
        " ",
        "今",
        "٣",
        "T00:00",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=8).map("".join)))
def test_any_text_is_a_date_or_a_bad_value(text: str) -> None:
    is_ongoing(text)
    for read in (read_date, read_period):
        try:
            found = read(text)
        except BadValueError:
            continue
        assert date_text(found.text if isinstance(found, Reading) else found[1])
