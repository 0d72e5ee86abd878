"""Dates, periods, codes and other typed cells as offices write them; expectations from calendars and standards."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ledgers import build
from kg.ledgers.codes import division_code, project_code, unified_code
from kg.ledgers.dates import is_ongoing, read_date, read_period
from kg.ledgers.values import (
    BadValueError,
    decimal,
    identifier,
    integer,
    named,
    partial_date,
    plain,
    web_address,
)
from tests.small_city import small_city

SURE = {
    "2025": "2025", "2025年": "2025", "二〇二五年": "2025", "２０２５": "2025", "2025-3": "2025-03", "2025/03": "2025-03",
    "2025.03": "2025-03", "2025年3月": "2025-03", "2025 年 3 月": "2025-03", "2025年三月": "2025-03", "二〇二五年三月": "2025-03",
    "2025年十二月": "2025-12", "2025年十月": "2025-10", "2025年3月份": "2025-03", "202503": "2025-03", "2025-03-09": "2025-03-09",
    "2025-3-9": "2025-03-09", "2025/3/9": "2025-03-09", "2025.3.9": "2025-03-09", "2025.03.09": "2025-03-09",
    "2025年3月9日": "2025-03-09", "2025年03月09日": "2025-03-09", "2025年3月9号": "2025-03-09", "20250309": "2025-03-09",
    "二〇二五年三月九日": "2025-03-09", "二零二五年十月三十一日": "2025-10-31", "2024-02-29": "2024-02-29", "2000-02-29": "2000-02-29",
    "2025-03-09 00:00": "2025-03-09", "2025/3/9 0:00:00": "2025-03-09", "  2025-03-09  ": "2025-03-09", "1958": "1958",
}  # fmt: skip
# Read, but somebody should look: serial numbers of spreadsheets counted by hand from 1899-12-30, a lost zero, a time of day.
LOOK = {
    "36526": "2000-01-01", "45658": "2025-01-01", "45657": "2024-12-31", "45351": "2024-02-29", "45658.75": "2025-01-01",
    "2025.1": "2025-01", "2025-03-09 08:30": "2025-03-09", "2025-03-09T23:59:59": "2025-03-09",
}  # fmt: skip
REFUSED = {
    "2025-02-29": "not-a-date", "1900-02-29": "not-a-date", "2025-04-31": "not-a-date", "2025-00": "not-a-date",
    "2025年13月": "not-a-date", "2025-13-01": "not-a-date", "0000": "not-a-date", "20250230": "not-a-date", "202513": "not-a-date",
    "3/9/2025": "not-a-date", "09-03-2025": "not-a-date", "March 2025": "not-a-date", "去年": "not-a-date", "十四五": "not-a-date",
    "民国三十八年": "not-a-date", "19999": "not-a-date", "60000": "not-a-date", "2025-03-09-01": "not-a-date", "-2025": "not-a-date",
    "25年3月": "two-digit-year", "25.3": "two-digit-year", "'25年": "two-digit-year", "25/3/9": "two-digit-year",
    "3月9日": "date-without-year", "3月": "date-without-year", "三月": "date-without-year", "12月31号": "date-without-year",
    "2025年底": "vague-date", "2025年末": "vague-date", "2025年年底": "vague-date", "2025初": "vague-date", "2025年中": "vague-date",
    "2025Q1": "period-for-date", "2025年上半年": "period-for-date", "2025年1-6月": "period-for-date", "2023-2025年": "period-for-date",
    "2025年前三季度": "period-for-date", "至今": "ongoing-date", "现在": "ongoing-date", "Present": "ongoing-date",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "text"), SURE.items())
def test_a_date_of_any_office_is_read_without_doubt(cell: str, text: str) -> None:
    found = read_date(cell)
    assert (found.text, found.is_doubtful) == (text, False)


@pytest.mark.parametrize(("cell", "text"), LOOK.items())
def test_a_date_that_a_program_bent_asks_for_a_look(cell: str, text: str) -> None:
    found = read_date(cell)
    assert (found.text, found.is_doubtful) == (text, True)


@pytest.mark.parametrize(("cell", "code"), REFUSED.items())
def test_a_date_that_needs_a_guess_is_refused(cell: str, code: str) -> None:
    with pytest.raises(BadValueError) as caught:
        read_date(cell)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("cell", "suggestion"),
    [
        ("25年3月", "2025年3月"),
        ("'25年", "2025年"),
        ("2025年底", "2025-12"),
        ("2025年初", "2025-01"),
        ("2025Q1", "2025-03"),
        ("2025年上半年", "2025-06"),
        ("2025年前三季度", "2025-09"),
        ("2023-2025年", "2025-12"),
        ("2025年1-2月", "2025-02"),
    ],
)
def test_a_suggestion_is_itself_a_date(cell: str, suggestion: str) -> None:
    with pytest.raises(BadValueError) as caught:
        read_date(cell)
    assert caught.value.params == {"suggestion": suggestion}
    assert read_date(suggestion).is_doubtful is False


# cell, normal form, first and last day
PERIODS = [
    ("2025", "2025", "2025-01-01", "2025-12-31"),
    ("2025年度", "2025", "2025-01-01", "2025-12-31"),
    ("2025全年", "2025", "2025-01-01", "2025-12-31"),
    ("2024年2月", "2024-02", "2024-02-01", "2024-02-29"),
    ("2023-02", "2023-02", "2023-02-01", "2023-02-28"),
    ("2025年三季度", "2025Q3", "2025-07-01", "2025-09-30"),
    ("2025年第二季度", "2025Q2", "2025-04-01", "2025-06-30"),
    ("2025-Q4", "2025Q4", "2025-10-01", "2025-12-31"),
    ("2025q1", "2025Q1", "2025-01-01", "2025-03-31"),
    ("2025年下半年", "2025H2", "2025-07-01", "2025-12-31"),
    ("2025年1－9月", "2025-01/2025-09", "2025-01-01", "2025-09-30"),
    ("2025年1～2月", "2025-01/2025-02", "2025-01-01", "2025-02-28"),
    ("2024年1到2月份", "2024-01/2024-02", "2024-01-01", "2024-02-29"),
    ("2024年11月至2025年1月", "2024-11/2025-01", "2024-11-01", "2025-01-31"),
    ("2021年—2025年", "2021/2025", "2021-01-01", "2025-12-31"),
    ("2021～2025", "2021/2025", "2021-01-01", "2025-12-31"),
    ("2024-01-15/2024-02-03", "2024-01-15/2024-02-03", "2024-01-15", "2024-02-03"),
    ("2025年前三季度", "2025-01/2025-09", "2025-01-01", "2025-09-30"),
    ("二〇二四年二月", "2024-02", "2024-02-01", "2024-02-29"),
]


@pytest.mark.parametrize(("cell", "text", "first", "last"), PERIODS)
def test_a_period_has_its_first_and_last_day(cell: str, text: str, first: str, last: str) -> None:
    assert read_period(cell) == (text, first, last)


@pytest.mark.parametrize(
    "cell", ["2025Q5", "2025Q0", "2025H0", "2025/2021", "2025年9-1月", "2025年0-3月", "2025年第五季度", "近三年", "2025/", "/2025",
             "2025Q1/2025Q2", "一季度", "2025-02-30", "2024年12月至2024年1月", "本月", "45658"],
)  # fmt: skip
def test_a_period_that_is_none_is_refused(cell: str) -> None:
    with pytest.raises(BadValueError):
        read_period(cell)


@pytest.mark.parametrize("word", ["至今", "今", "目前", "现在", "present", " PRESENT ", "Ｐｒｅｓｅｎｔ"])
def test_something_that_goes_on(word: str) -> None:
    assert is_ongoing(word)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_day_in_chinese_numerals_comes_back(day: date) -> None:
    digits = "〇一二三四五六七八九"

    def spoken(count: int) -> str:
        tens, ones = divmod(count, 10)
        return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (
            digits[ones] if ones else ""
        )

    year = "".join(digits[int(figure)] for figure in str(day.year))
    assert read_date(f"{year}年{spoken(day.month)}月{spoken(day.day)}日").text == day.isoformat()


@given(st.integers(1900, 2099), st.integers(1, 4))
def test_quarters_meet_without_gap(year: int, quarter: int) -> None:
    _, _, last = read_period(f"{year}年第{quarter}季度")
    _, following, _ = read_period(f"{year + quarter // 4}Q{quarter % 4 + 1}")
    assert date.fromisoformat(last) + timedelta(days=1) == date.fromisoformat(following)


@given(st.integers(1, 9999), st.integers(1, 12))
def test_the_last_day_of_a_month_is_that_of_the_calendar(year: int, month: int) -> None:
    assert (
        read_period(f"{year:04d}-{month:02d}")[2]
        == f"{year:04d}-{month:02d}-{monthrange(year, month)[1]:02d}"
    )


@pytest.mark.parametrize(
    ("text", "kind"), [("2025", "gYear"), ("2025-3", "gYearMonth"), ("2025/3/9", "date"), ("0001", "gYear")]
)
def test_a_date_has_the_datatype_of_its_precision(text: str, kind: str) -> None:
    assert partial_date(text).datatype.value == f"http://www.w3.org/2001/XMLSchema#{kind}"


# ---------------------------------------------------------------- codes


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("", "code-length"),
        ("91110000710926094PP", "code-length"),
        ("无", "code-length"),
        ("210000400000123", "code-registration"),
        ("210000 4000 00123", "code-registration"),
        ("9.1110000710926E+17", "code-scientific"),
        ("9E17", "code-scientific"),
        ("91110000710926094#", "code-symbol"),
        ("91A10000710926094P", "code-symbol"),
        ("91110000710926094甲", "code-symbol"),
        ("٩1110000710926094P", "code-symbol"),
        ("91110000710926095P", "code-own-check"),
    ],
)
def test_a_wrong_unified_code(code: str, name: str) -> None:
    with pytest.raises(BadValueError) as caught:
        unified_code(code)
    assert caught.value.code.removesuffix("-hint") == name


def test_a_hint_is_given_only_where_one_slip_explains_the_fault() -> None:
    # 91110000710926094P with its ninth and tenth symbols changed over, and with three symbols wrong at once.
    with pytest.raises(BadValueError) as caught:
        unified_code("91110000170926094P")
    assert caught.value.params["suggestion"] == "91110000710926094P"
    with pytest.raises(BadValueError) as caught:
        unified_code("91110000444444444P")
    assert "suggestion" not in caught.value.params


@pytest.mark.parametrize(
    ("text", "code"),
    [("2103-211100-04-01-123456", None), ("２１０３－211100－04－01－123456", None), ("2103-211100-04-01-12345", "x"),
     ("2103211100040112345", "x"), ("2103—211100—04—01—123456", "x"), ("", "x"), ("2103-211100-04-01-12345X", "x")],
)  # fmt: skip
def test_a_project_code(text: str, code: str | None) -> None:
    if code is None:
        assert project_code(text) == "2103-211100-04-01-123456"
        return
    with pytest.raises(BadValueError) as caught:
        project_code(text)
    assert caught.value.code == "not-a-project-code"


@pytest.mark.parametrize("text", ["211100", " 211100 ", "2111 00", "２１１１００"])
def test_a_division_code(text: str) -> None:
    assert division_code(text) == "211100"


@pytest.mark.parametrize(
    "text", ["", "21110", "2111000", "211100000000", "21110O", "٢١١١٠٠", "211100.0", "-11100"]
)
def test_no_division_code(text: str) -> None:
    with pytest.raises(BadValueError):
        division_code(text)


# ---------------------------------------------------------------- plain values


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", "0"), ("-0", "0"), ("-0.00", "0"), ("+5", "5"), ("007.50", "7.5"), ("1,234,567.890", "1234567.89"), ("１２", "12"),
     ("0.10", "0.1"), ("123456789012345678901234567890.5", "123456789012345678901234567890.5")],
)  # fmt: skip
def test_a_decimal_in_its_one_form(text: str, value: str) -> None:
    assert decimal(text).value == value


@pytest.mark.parametrize(
    "text", ["", ".", "1.", ".5", "1,2", "1,23,456", "1e5", "1 000", "五", "--1", "²", "٣", "1_000", "∞"]
)
def test_no_decimal(text: str) -> None:
    with pytest.raises(BadValueError) as caught:
        decimal(text)
    assert caught.value.code == "not-a-number"


@pytest.mark.parametrize(
    ("text", "value"), [("7", "7"), ("+7", "7"), ("-07", "-7"), ("０３", "3"), ("-0", "0")]
)
def test_an_integer(text: str, value: str) -> None:
    assert integer(text).value == value


@pytest.mark.parametrize("text", ["", "7.0", "1,000", "一", "²", "9" * 19, "1e3", "0x1"])
def test_no_integer(text: str) -> None:
    with pytest.raises(BadValueError) as caught:
        integer(text)
    assert caught.value.code == "not-an-integer"


@pytest.mark.parametrize(
    "text", ["www.example.org", "ftp://example.org", "http://", "https://a b", "http://a/<x>", "javascript:alert(1)", "http://a\"b",
             "http://a\nb", "HTTP//a", "", "见附件"],
)  # fmt: skip
def test_no_web_address(text: str) -> None:
    with pytest.raises(BadValueError) as caught:
        web_address(text)
    assert caught.value.code == "not-an-address"


@pytest.mark.parametrize(
    "text", ["http://example.org", "https://例子.中国/路径?问=1#段", "http://127.0.0.1:80/a%20b"]
)
def test_a_web_address_stays_as_it_is(text: str) -> None:
    assert web_address(text).value == text


@pytest.mark.parametrize("text", ["", ".a", "-a", "a b", "甲", "a/b", "a#", "a:b", "../a", "a\n"])
def test_no_source_id(text: str) -> None:
    with pytest.raises(BadValueError):
        identifier(text)


@pytest.mark.parametrize("text", ["a", "2", "yx-1", "GB_T.2260-2007"])
def test_a_source_id(text: str) -> None:
    assert identifier(text) == text


@pytest.mark.parametrize(
    ("text", "lang", "tag"),
    [("甲公司", "", "zh"), ("ABC公司", "", "zh"), ("ABC Ltd.", "", "en"), ("甲", "en", "en"), ("123", "", "en"), ("㐀", "", "zh")],
)  # fmt: skip
def test_the_language_of_a_name(text: str, lang: str, tag: str) -> None:
    assert (named(text, lang).value, named(text, lang).language) == (text, tag)


@given(st.text(max_size=30))
def test_folding_the_width_once_is_enough_and_keeps_han(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert [c for c in plain(text) if "一" <= c <= "鿿"] == [c for c in text if "一" <= c <= "鿿"]


# ---------------------------------------------------------------- from a cell of each datatype to its finding

CELLS = [
    ("stages", "产业链,序号,环节,位置,来源", "链,{},环,上游,s", "第一", "not-an-integer"),
    ("places", "名称,区划代码,来源", "某区,{},s", "2111", "not-a-division-code"),
    ("sources", "来源编号,标题,证据等级,网址", "s,题,E4,{}\nr,手册,E5,", "见附件", "not-an-address"),
    ("sources", "来源编号,标题,证据等级,发布日期", "s,题,E4,{}\nr,手册,E5,", "3月9日", "date-without-year"),
    ("recipes", "产出产品,工艺路线,投入产品,投入性质,单耗,来源", "纸,抄造,浆,必需,{},r", "少许", "not-a-number"),
    ("production", "单位名称,产品,状态,时点,来源", "甲,浆,在产,{},s", "2025年底", "vague-date"),
    ("indicators", "对象,对象类型,指标,期间,数值,性质,来源", "甲,单位,产值,2024,{},实际,s", "5", "unit-missing"),
    ("production", "单位名称,产品,状态,产能,单位,来源", "甲,浆,在产,5,{},s", "光年", "unknown-word"),
    ("production", "单位名称,产品,状态,来源", "甲,浆,{},s", "生产中啊", "unknown-word"),
    ("organizations", "单位名称,类型,本地外地,来源", "甲,企业,{},s\n乙,企业,本地,s", "近处", "unknown-word"),
    ("organizations", "单位名称,类型,本地外地,起始时间,来源", "甲,企业,本地,{},s\n乙,企业,本地,,s", "至今", "ongoing-date"),
]  # fmt: skip


@pytest.mark.parametrize(("ledger", "header", "row", "cell", "code"), CELLS)
def test_a_cell_that_is_not_of_its_datatype_is_told_at_its_row_and_column(
    ledger: str, header: str, row: str, cell: str, code: str
) -> None:
    base = small_city(
        "production 甲 浆 在产 1 吨/年 2024\nrecipe 纸 抄造 浆 必需 1\nsupply 甲 乙 浆 货物\nchain 链 2025"
    )
    graph = build({**base, f"{ledger}.csv": f"{header}\n{row.format(cell)}\n".encode()})
    assert [(f.code, f.row, f.value) for f in graph.errors] == [(code, 2, cell)]
    titles = header.split(",")
    assert graph.errors[0].column in titles
    said = [graph.errors[0].message("zh"), graph.errors[0].message("en")]
    assert all("{" not in text and "}" not in text for text in said)
    assert said[0] != said[1]
