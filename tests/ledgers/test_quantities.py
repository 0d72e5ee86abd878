"""Quantities as cells write them: number, unit, qualifier, range; nothing converted, nothing guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.labels import conversion
from kg.ledgers.quantities import is_not_stated, quantity, unit_of
from kg.ledgers.values import BadValueError
from kg.vocabulary import slug, vocabulary

# cell, number, unit, qualifiers
SINGLE = [
    ("95", "95", "", ()),
    ("1,234.50", "1234.5", "", ()),
    ("１２３．４５", "123.45", "", ()),
    ("-3", "-3", "", ()),
    ("约95万吨/年", "95", "10kt-a", ("about",)),
    ("95 万吨 / 年", "95", "10kt-a", ()),
    ("95万吨每年", "95", "10kt-a", ()),
    ("95万t/a", "95", "10kt-a", ()),
    ("95（万吨/年）", "95", "10kt-a", ()),
    ("年产95万吨", "95", "10kt-a", ()),
    ("年产能约95万吨", "95", "10kt-a", ("about",)),
    ("日处理30万桶", "30", "10k-bbl-d", ()),
    ("30万桶/日", "30", "10k-bbl-d", ()),
    ("1.2亿颗/月", "1.2", "100m-pcs-month", ()),
    ("300万件/年", "300", "10k-pcs-a", ()),
    ("三千万元", "3000", "10k-cny", ()),
    ("一百二十三万", "1230000", "", ()),
    ("1.2亿", "120000000", "", ()),
    ("3万亿元", "30000", "100m-cny", ()),
    ("1,200.50万元", "1200.5", "10k-cny", ()),
    ("１２３．４５亿元", "123.45", "100m-cny", ()),
    ("¥5亿", "5", "100m-cny", ()),
    ("人民币5亿元", "5", "100m-cny", ()),
    ("5亿美元", "5", "100m-usd", ()),
    ("5千吨", "5000", "t", ()),
    ("3千5百吨", "3500", "t", ()),
    ("10万吨", "10", "10kt", ()),
    ("15.5%", "15.5", "percent", ()),
    ("15.5％", "15.5", "percent", ()),
    ("-3%", "-3", "percent", ()),
    ("-0%", "0", "percent", ()),
    ("三成", "30", "percent", ()),
    ("三成五", "35", "percent", ()),
    ("七成半", "75", "percent", ()),
    ("百分之十五", "15", "percent", ()),
    ("千分之三", "0.3", "percent", ()),
    ("1.2个百分点", "1.2", "percentage-point", ()),
    ("500亩", "500", "mu", ()),
    ("20公顷", "20", "ha", ()),
    ("5km²", "5", "km2", ()),
    ("5平方公里", "5", "km2", ()),
    ("300m²", "300", "m2", ()),
    ("300㎡", "300", "m2", ()),
    ("5万㎡", "5", "10k-m2", ()),
    ("5亿m³", "5", "100m-m3", ()),
    ("667.4万余吨", "667.4", "10kt", ("about",)),
    ("5亿多元", "5", "100m-cny", ("over",)),
    ("三千多万元", "3000", "10k-cny", ("over",)),
    ("100余家", "100", "firm", ("about",)),
    ("近3000万元", "3000", "10k-cny", ("about",)),
    ("超5亿元", "5", "100m-cny", ("over",)),
    ("逾10亿元", "10", "100m-cny", ("over",)),
    (">5亿元", "5", "100m-cny", ("over",)),
    ("100以上", "100", "", ("at-least",)),
    ("100万吨及以上", "100", "10kt", ("at-least",)),
    ("不低于5%", "5", "percent", ("at-least",)),
    ("≥95%", "95", "percent", ("at-least",)),
    ("5%以下", "5", "percent", ("at-most",)),
    ("100左右", "100", "", ("about",)),
    ("预计超5亿元", "5", "100m-cny", ("expected", "over")),
    ("累计完成投资194.3亿元", "194.3", "100m-cny", ("cumulative",)),
    ("累计超194.3亿元", "194.3", "100m-cny", ("cumulative", "over")),
    ("总投资约5亿元", "5", "100m-cny", ("about",)),
    ("about 95 t/a", "95", "t-a", ("about",)),
    ("95 10kt/a", "95", "10kt-a", ()),
]
# cell, low, high, unit
RANGES = [
    ("3-5亿元", "3", "5", "100m-cny"),
    ("３～５亿元", "3", "5", "100m-cny"),
    ("3亿-5亿元", "3", "5", "100m-cny"),
    ("3亿元—5亿元", "3", "5", "100m-cny"),
    ("3000-5000万元", "3000", "5000", "10k-cny"),
    ("3000万——5000万元", "3000", "5000", "10k-cny"),
    ("5000万元至1亿元", "0.5", "1", "100m-cny"),
    ("100～120", "100", "120", ""),
    ("3-5亿", "300000000", "500000000", ""),
    ("3%-5%", "3", "5", "percent"),
    ("-5--3%", "-5", "-3", "percent"),
    ("三成至五成", "30", "50", "percent"),
    ("1公顷到30亩", "15", "30", "mu"),
]
REFUSED = [
    ("若干", "not-a-quantity"), ("", "not-a-quantity"), ("万元", "not-a-quantity"), ("约", "not-a-quantity"), ("10²", "not-a-quantity"),
    ("⑤亿元", "not-a-quantity"), ("增长8%", "not-a-quantity"), ("第3位", "not-a-quantity"), ("数十家", "not-a-quantity"),
    ("百万吨", "not-a-quantity"), ("一万五元", "not-a-quantity"), ("5 1", "not-a-quantity"), ("1-2-3", "not-a-quantity"),
    ("1,5", "not-a-quantity"), ("百分之5吨", "not-a-quantity"), ("95万吨/光年", "unknown-unit"), ("5亿元（含税）", "unknown-unit"),
    ("9.5E+05", "scientific"), ("500-3亿元", "range-backwards"), ("3亩-5吨", "range-units"),
    ("5立方米/月", "monthly-unit"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "value", "unit", "qualifiers"), SINGLE)
def test_one_number_is_read(cell: str, value: str, unit: str, qualifiers: tuple[str, ...]) -> None:
    found = quantity(cell)
    assert (found.value, found.low, found.high) == (Decimal(value), None, None)
    assert (found.unit, found.qualifiers, found.text) == (unit, qualifiers, cell)


@pytest.mark.parametrize(("cell", "low", "high", "unit"), RANGES)
def test_a_range_keeps_both_ends(cell: str, low: str, high: str, unit: str) -> None:
    found = quantity(cell)
    assert (found.value, found.low, found.high, found.unit) == (None, Decimal(low), Decimal(high), unit)


@pytest.mark.parametrize(("cell", "code"), REFUSED)
def test_what_needs_a_guess_is_refused(cell: str, code: str) -> None:
    with pytest.raises(BadValueError) as caught:
        quantity(cell)
    assert caught.value.code == code


def test_a_monthly_unit_without_a_word_names_the_yearly_one() -> None:
    with pytest.raises(BadValueError) as caught:
        quantity("约5万立方米/月")
    assert caught.value.params == {"unit": "万立方米/月", "yearly": "万立方米/年"}


@pytest.mark.parametrize(
    "cell", ["", " ", "—", "——", "–", "-", "/", "无", "暂无", "不详", "未知", "N/A", "n/a", "／", "　"]
)
def test_words_for_nothing(cell: str) -> None:
    assert is_not_stated(cell)


@pytest.mark.parametrize("cell", ["0", "零", "-1", "无锡", "待定", "A/B"])
def test_what_is_something(cell: str) -> None:
    assert not is_not_stated(cell)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("万元", "10k-cny"), ("万吨／年", "10kt-a"), ("含税", ""), ("1", ""), ("5元", ""), ("千元", "")],
)
def test_the_unit_of_a_header(text: str, unit: str) -> None:
    assert unit_of(text) == unit


WORDS = sorted(
    (word, slug(iri))
    for (scheme, word), iri in vocabulary().words.items()
    if scheme == "unit" and word != "1"
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=10**9)
QUALIFIERS = [
    ("", ""),
    ("约", "about"),
    ("超", "over"),
    ("不低于", "at-least"),
    ("最高", "at-most"),
    ("预计", "expected"),
    ("累计", "cumulative"),
]


@pytest.mark.parametrize(("word", "unit"), WORDS)
def test_every_word_of_every_unit_comes_back(word: str, unit: str) -> None:
    for number in ("0", "95", "1,000", "0.001"):
        found = quantity(f"{number} {word}")
        assert (found.value, found.unit) == (Decimal(number.replace(",", "")), unit)


@given(number=NUMBERS, named=st.sampled_from(WORDS), qualifier=st.sampled_from(QUALIFIERS))
def test_number_unit_and_qualifier_come_back(
    number: Decimal, named: tuple[str, str], qualifier: tuple[str, str]
) -> None:
    found = quantity(f"{qualifier[0]}{number:f} {named[0]}")
    assert (found.value, found.unit) == (number, named[1])
    assert found.qualifiers == ((qualifier[1],) if qualifier[1] else ())


@given(low=NUMBERS, high=NUMBERS, unit=st.sampled_from(sorted(vocabulary().units)))
def test_a_range_in_every_unit_comes_back(low: Decimal, high: Decimal, unit: str) -> None:
    low, high = sorted((low, high))
    word = vocabulary().labels[f"https://w3id.org/gongyue/scheme/unit/{unit}", "zh"]
    found = quantity(f"{low:f}-{high:f}{word}")
    assert (found.low, found.high, found.unit) == (low, high, unit)


@given(
    number=NUMBERS, low=st.sampled_from(["元", "万元", "亿元"]), high=st.sampled_from(["元", "万元", "亿元"])
)
def test_the_low_end_converts_exactly(number: Decimal, low: str, high: str) -> None:
    factor = conversion(unit_of(low), unit_of(high))
    assert factor is not None
    found = quantity(f"{number:f}{low}-{10**18}{high}")
    assert found.low == number * factor


PIECES = st.sampled_from(
    ["约", "超", "余", "多", "以上", "及", "累计", "3", "1.5", "1,000", "千", "万", "亿", "三", "十", "元", "吨", "/", "年", "月", "-", "至", "%",
     "成", "百分之", "（", "）", "²", "㎡", "￥", " ", "年产", "１", "E+5", "〇", "每", "投资"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=10).map("".join)))
def test_any_text_is_a_quantity_or_a_bad_value(text: str) -> None:
    is_not_stated(text)
    unit_of(text)
    try:
        found = quantity(text)
    except BadValueError:
        return
    assert (found.value is None) == (found.low is not None) == (found.high is not None)
    assert not found.unit or found.unit in vocabulary().units
