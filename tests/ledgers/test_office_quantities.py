"""Amounts as reports, forms and spreadsheets write them, each with the number worked out by hand."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ledgers.measures import Beside, measure
from kg.ledgers.numerals import number
from kg.ledgers.quantities import is_not_stated, quantity, unit_of
from kg.ledgers.values import BadValueError

# Cells of capacity columns: number, unit, qualifiers.
CAPACITIES = [
    ("年产3万吨", "3", "10kt-a", ()),
    ("年产约3万吨", "3", "10kt-a", ("about",)),
    ("年加工能力550万吨", "550", "10kt-a", ()),
    ("年处理能力不低于20万吨", "20", "10kt-a", ("at-least",)),
    ("日处理能力5万立方米", "5", "10k-m3-d", ()),
    ("月产6万颗", "6", "10k-pcs-month", ()),
    ("30万吨每年", "30", "10kt-a", ()),
    ("30万吨/a", "30", "10kt-a", ()),
    ("30 万吨/year", "30", "10kt-a", ()),
    ("３０万吨／年", "30", "10kt-a", ()),
    ("30(万吨/年)", "30", "10kt-a", ()),
    ("2,000吨/年", "2000", "t-a", ()),
    ("2000吨/天", "2000", "t-d", ()),
    ("1.5亿只/年", "1.5", "100m-pcs-a", ()),
    ("8000套/年", "8000", "sets-a", ()),
    ("1万台套/年", "1", "10k-sets-a", ()),
    ("12万标方/小时", "12", "10k-nm3-h", ()),
    ("12万标方/h", "12", "10k-nm3-h", ()),
    ("30万桶/d", "30", "10k-bbl-d", ()),
    ("500桶/day", "500", "bbl-d", ()),
    ("两万吨", "2", "10kt", ()),
    ("五十万吨/年", "50", "10kt-a", ()),
    ("十二万吨/年", "12", "10kt-a", ()),
    ("壹佰贰拾万吨", "120", "10kt", ()),
    ("60 万 千 瓦", "60", "10k-kw", ()),
    ("200MW", "200", "mw", ()),
    ("5GBP", "5", "gbp", ()),
]
# Cells of money columns.
MONEY = [
    ("12亿", "1200000000", "", ()),
    ("12 亿元", "12", "100m-cny", ()),
    ("￥1,234,567.80", "1234567.8", "cny", ()),
    ("RMB 500万元", "500", "10k-cny", ()),
    ("CNY 1,200", "1200", "cny", ()),
    ("cny500万", "500", "10k-cny", ()),
    ("人民币壹仟万元", "1000", "10k-cny", ()),
    ("投资12亿元", "12", "100m-cny", ()),
    ("总投资达12亿元", "12", "100m-cny", ()),
    ("总投资超过12.5亿元", "12.5", "100m-cny", ("over",)),
    ("预计总投资12亿元", "12", "100m-cny", ("expected",)),
    ("累计完成12亿元", "12", "100m-cny", ("cumulative",)),
    ("将近12亿元", "12", "100m-cny", ("about",)),
    ("突破100亿元", "100", "100m-cny", ("over",)),
    ("不超过3000万元", "3000", "10k-cny", ("at-most",)),
    ("3000万元以内", "3000", "10k-cny", ("at-most",)),
    ("3000万元及以下", "3000", "10k-cny", ("at-most",)),
    ("至少3000万元", "3000", "10k-cny", ("at-least",)),
    ("3000万元上下", "3000", "10k-cny", ("about",)),
    ("十余亿元", "10", "100m-cny", ("about",)),
    ("20多亿元", "20", "100m-cny", ("over",)),
    ("≈3亿元", "3", "100m-cny", ("about",)),
    ("<=3亿元", "3", "100m-cny", ("at-most",)),
    ("＞3亿元", "3", "100m-cny", ("over",)),
    ("-1,200.5万元", "-1200.5", "10k-cny", ()),
    ("−0.5亿元", "-0.5", "100m-cny", ()),
    ("+3亿元", "3", "100m-cny", ()),
    ("1000万美元", "1000", "10k-usd", ()),
    ("12万元/亩", "12", "10k-cny-mu", ()),
    ("0元", "0", "cny", ()),
    ("0.00万元", "0", "10k-cny", ()),
]
# Cells that count, measure land, or state shares.
OTHERS = [
    ("1200余人", "1200", "person", ("about",)),
    ("近百人", None, "", ()),
    ("3.2万人", "3.2", "10k-person", ()),
    ("三家", "3", "firm", ()),
    ("约三百家", "300", "firm", ("about",)),
    ("占地1,500亩", None, "", ()),
    ("1500 亩", "1500", "mu", ()),
    ("1.5万亩", "1.5", "10k-mu", ()),
    ("1.5千亩", "1500", "mu", ()),
    ("9.8平方千米", "9.8", "km2", ()),
    ("3500 M²", "3500", "m2", ()),
    ("5 m3/d", "5", "m3-d", ()),
    ("51%", "51", "percent", ()),
    ("51 ％", "51", "percent", ()),
    ("超过51%", "51", "percent", ("over",)),
    ("百分之五十一", "51", "percent", ()),
    ("百分之0.5", "0.5", "percent", ()),
    ("万分之五", "0.05", "percent", ()),
    ("八成以上", "80", "percent", ("at-least",)),
    ("近七成", "70", "percent", ("about",)),
    ("九成五", "95", "percent", ()),
    ("2.5倍", "2.5", "fold", ()),
    ("第3位", None, "", ()),
    ("3个", "3", "count", ()),
    ("3", "3", "", ()),
    ("007", "7", "", ()),
]
# In English.
ENGLISH = [
    ("about 30 tonne", "30", "t", ("about",)),
    ("at least 51%", "51", "percent", ("at-least",)),
    ("At Most 5 ha", "5", "ha", ("at-most",)),
    ("over 100 million yuan", None, "", ()),
    ("3 100 million yuan", "3", "100m-cny", ()),
    ("expected 20 firm", "20", "firm", ("expected",)),
    ("cumulative 2,500 kWh", "2500", "kwh", ("cumulative",)),
    ("15 t/a", "15", "t-a", ()),
    ("15t/a", "15", "t-a", ()),
    ("15 T/A", "15", "t-a", ()),
    ("1,200 barrel per day", "1200", "bbl-d", ()),
    ("6 square kilometre", "6", "km2", ()),
    ("0.5 percent", "0.5", "percent", ()),
]
READ = [case for case in (*CAPACITIES, *MONEY, *OTHERS, *ENGLISH) if case[1] is not None]
UNREAD = [case[0] for case in (*CAPACITIES, *MONEY, *OTHERS, *ENGLISH) if case[1] is None]


@pytest.mark.parametrize(("cell", "value", "unit", "qualifiers"), READ)
def test_a_cell_as_an_office_writes_it(cell: str, value: str, unit: str, qualifiers: tuple[str, ...]) -> None:
    found = quantity(cell)
    assert (found.value, found.unit, found.qualifiers) == (Decimal(value), unit, qualifiers)
    assert (found.low, found.high, found.text) == (None, None, cell)


@pytest.mark.parametrize("cell", UNREAD)
def test_a_cell_that_says_more_or_less_than_an_amount(cell: str) -> None:
    with pytest.raises(BadValueError):
        quantity(cell)


RANGES = [
    ("3~5亿元", "3", "5", "100m-cny", ()),
    ("3 - 5 亿元", "3", "5", "100m-cny", ()),
    ("约3-5亿元", "3", "5", "100m-cny", ("about",)),
    ("预计3至5亿元", "3", "5", "100m-cny", ("expected",)),
    ("10%至15%", "10", "15", "percent", ()),
    ("10-15%", "10", "15", "percent", ()),
    ("三到五万元", "3", "5", "10k-cny", ()),
    ("800万元到1.2亿元", "0.08", "1.2", "100m-cny", ()),
    ("20～30万吨/年", "20", "30", "10kt-a", ()),
    ("年产20-30万吨", "20", "30", "10kt-a", ()),
    ("-3至5%", "-3", "5", "percent", ()),
    ("5-5万元", "5", "5", "10k-cny", ()),
]


@pytest.mark.parametrize(("cell", "low", "high", "unit", "qualifiers"), RANGES)
def test_a_range_as_an_office_writes_it(
    cell: str, low: str, high: str, unit: str, qualifiers: tuple[str, ...]
) -> None:
    found = quantity(cell)
    assert (found.low, found.high) == (Decimal(low), Decimal(high))
    assert (found.value, found.unit, found.qualifiers, found.is_plain) == (None, unit, qualifiers, False)


FAULTS = [
    ("好几亿", "not-a-quantity"),
    ("几千万元", "not-a-quantity"),
    ("上百亿元", "not-a-quantity"),
    ("翻一番", "not-a-quantity"),
    ("3万吨和5万吨", "unknown-unit"),
    ("一期3万吨", None),
    ("3万吨（一期）", "unknown-unit"),
    ("3..5万元", None),
    ("1.2.3", "not-a-quantity"),
    ("--5", "not-a-quantity"),
    ("5-", None),
    ("1,23万元", None),
    ("3e8元", None),
    ("3E8", "scientific"),
    ("１．２Ｅ＋０８", "scientific"),
    ("inf", "not-a-quantity"),
    ("NaN", "not-a-quantity"),
    ("0x10", None),
    ("½吨", "not-a-quantity"),
    ("Ⅲ吨", None),
    ("#DIV/0!", "not-a-quantity"),
    ("=1+2", "not-a-quantity"),
    ("٣ 吨", "not-a-quantity"),
    ("100-50吨", "range-backwards"),
    ("1亿元-5000万元", "range-backwards"),
    ("3吨-5亿元", "range-units"),
    ("10亩到5户", "range-units"),
    ("5吨/月/年", None),
    ("3万立方米/月", "monthly-unit"),
    ("9" * 31 + "吨", "not-a-quantity"),
]


@pytest.mark.parametrize(("cell", "code"), [case for case in FAULTS if case[1]])
def test_what_cannot_be_an_amount_says_why(cell: str, code: str) -> None:
    with pytest.raises(BadValueError) as caught:
        quantity(cell)
    assert caught.value.code == code


@pytest.mark.parametrize("cell", [case[0] for case in FAULTS if case[1] is None])
def test_a_doubtful_cell_is_never_taken_for_a_number(cell: str) -> None:
    with pytest.raises(BadValueError):
        quantity(cell)


@pytest.mark.parametrize(
    ("cell", "stated"),
    [
        ("无", False), ("暂无", False), ("不详", False), ("---", False), ("－", False), ("　／　", False), ("N/A", False),
        ("ｎ／ａ", False), ("\t", False), ("无偿", True), ("无锡", True), ("0", True), ("-5", True), ("/年", True),
        ("未知数", True), ("不详细", True), ("否", True), ("null", True), ("无。", True),
    ],
)  # fmt: skip
def test_what_counts_as_said(cell: str, stated: bool) -> None:
    assert is_not_stated(cell) is not stated


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("万吨/年", "10kt-a"), ("万吨／年", "10kt-a"), ("万吨每年", "10kt-a"), ("万t/a", "10kt-a"), ("10kt/a", "10kt-a"),
        ("KM²", "km2"), ("平方千米", "km2"), ("㎡", "m2"), ("万㎡", "10k-m2"), ("亿度", "100m-kwh"), ("万标箱", "10k-teu"),
        ("元/天", ""), ("人民币", ""), ("万", ""), ("吨吨", ""), ("/年", ""), ("", ""), (" 亩 ", "mu"), ("％", "percent"),
    ],
)  # fmt: skip
def test_a_unit_word_by_itself(word: str, unit: str) -> None:
    assert unit_of(word) == unit


# ---------------------------------------------------------------- numbers in words

WRITTEN = {
    "二": "2", "两": "2", "十": "10", "拾": "10", "十一": "11", "二十一": "21", "九十九": "99", "一百": "100", "一百零一": "101",
    "一百一十一": "111", "两百五十": "250", "九百九十九": "999", "一千零一": "1001", "一千零一十": "1010", "一千一百": "1100",
    "三千零五十": "3050", "一万": "10000", "一万零一": "10001", "十万": "100000", "二十五万": "250000", "一百万": "1000000",
    "一千二百三十四万五千六百七十八": "12345678", "一亿零三百万": "103000000", "九千九百九十九亿": "999900000000",
    "壹仟贰佰叁拾肆": "1234", "3千": "3000", "2.5万": "25000", "1.05亿": "105000000", "1,000万": "10000000", "12万": "120000",
    "0.3": "0.3", "100.0": "100", "1亿5千万": "150000000", "3万亿": "3000000000000", "二千零二十五": "2025",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), WRITTEN.items())
def test_a_number_in_words(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["二三", "十百", "百", "千", "万一", "一十百", "三百四千", "一万万", "两两", "1万2万", "1,0000", ",1", "1.", ".5", "-1", "+1",
     "1 000", "五点三", "三分之一", "百八", "一千五", "１", "Ⅲ", "一亿二", "1.5百2"],
)  # fmt: skip
def test_what_two_readers_would_read_in_two_ways(text: str) -> None:
    assert number(text) is None


@given(st.integers(1, 99), st.sampled_from([("百", 100), ("千", 1000), ("万", 10**4), ("亿", 10**8)]))
def test_digits_before_a_magnitude_multiply(count: int, magnitude: tuple[str, int]) -> None:
    word, factor = magnitude
    assert number(f"{count}{word}") == count * factor


@given(
    st.integers(0, 10**9),
    st.integers(0, 999),
    st.sampled_from(["元", "万元", "亿元", "吨", "万吨/年", "亩", "%"]),
)
def test_thousands_commas_and_width_change_nothing(whole: int, thousandths: int, unit: str) -> None:
    plain = f"{whole}.{thousandths:03d}{unit}"
    grouped = f"{whole:,}.{thousandths:03d}{unit}"
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in grouped)
    expected = Decimal(whole * 1000 + thousandths).scaleb(-3)
    assert {quantity(text).value for text in (plain, grouped, wide)} == {expected}
    assert len({quantity(text).unit for text in (plain, grouped, wide)}) == 1


@given(st.integers(10**20, 10**22), st.sampled_from(["亿元", "吨"]))
def test_no_digit_is_lost_whatever_precision_the_program_works_in(digits: int, unit: str) -> None:
    with localcontext() as context:
        context.prec = 5
        found = quantity(f"{digits}.25{unit}")
    assert found.value is not None
    assert f"{found.value:f}" == f"{digits}.25"


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_range_of_yuan_and_ten_thousands_has_exact_ends(low: int, more: int) -> None:
    high = low // 10_000 + more
    found = quantity(f"{low}元至{high}万元")
    assert (found.low, found.high, found.unit) == (Decimal(low) / 10_000, high, "10k-cny")


# ---------------------------------------------------------------- what stands beside


@pytest.mark.parametrize(
    ("text", "beside", "unit", "qualifier", "remarks"),
    [
        ("3", Beside(title="万吨／年"), "10kt-a", "", ()),
        ("约3", Beside(title="万元"), "10k-cny", "about", ()),
        ("3-5", Beside(title="亿元"), "100m-cny", "", ()),
        ("3万吨", Beside("10kt-a"), "10kt-a", "", ()),
        ("51%", Beside(fixed="percent"), "percent", "", ()),
        ("51", Beside(fixed="percent"), "percent", "", ()),
        ("超51", Beside(fixed="percent"), "percent", "over", ()),
        ("3亿元", Beside(title="亿元"), "100m-cny", "", ()),
        ("3", Beside(qualifier="at-least"), "", "at-least", ()),
        ("3以上", Beside(qualifier="at-least"), "", "at-least", ()),
        ("预计3亿元", Beside(qualifier="about"), "100m-cny", "about", ("two-qualifiers",)),
        ("3万元", Beside(title="亩"), "10k-cny", "", ("unit-over-title",)),
        ("1.2亿", Beside("cny"), "cny", "", ()),
    ],
)
def test_cell_row_and_title_together(
    text: str, beside: Beside, unit: str, qualifier: str, remarks: tuple[str, ...]
) -> None:
    found = measure(text, beside)
    assert (found.unit, found.qualifier) == (unit, qualifier)
    assert tuple(code for _, code, _ in found.remarks) == remarks


@pytest.mark.parametrize(
    ("text", "beside", "code"),
    [
        ("3万元", Beside("100m-cny"), "unit-contradiction"),
        ("3吨/年", Beside("t"), "unit-contradiction"),
        ("3亩", Beside(fixed="percent"), "unit-contradiction"),
        ("3", Beside("t-a", title="万吨/年"), "unit-contradiction"),
        ("1.2亿", Beside("10k-cny"), "magnitude-twice"),
        ("3-5亿", Beside(title="亿元"), "magnitude-twice"),
        ("超3", Beside(qualifier="at-most"), "qualifier-contradiction"),
        ("3以下", Beside("cny", "over"), "qualifier-contradiction"),
        ("若干", Beside("cny"), "not-a-quantity"),
    ],
)
def test_neighbours_that_disagree(text: str, beside: Beside, code: str) -> None:
    with pytest.raises(BadValueError) as caught:
        measure(text, beside)
    assert caught.value.code == code


def test_what_a_plain_number_says_besides_is_nothing_and_a_written_one_keeps_its_text() -> None:
    assert measure("1,234.50", Beside("t")).statements == ()
    said = [(p.value.rpartition("#")[2], t.value) for p, t in measure("约3-5亿元", Beside()).statements]
    assert said == [("originalText", "约3-5亿元"), ("valueLow", "3"), ("valueHigh", "5")]
    assert measure("约3-5亿元", Beside()).number is None
    written = measure("1.20亿", Beside("cny")).number
    assert written is not None
    assert (written.value, written.datatype.value) == (
        "120000000",
        "http://www.w3.org/2001/XMLSchema#decimal",
    )
