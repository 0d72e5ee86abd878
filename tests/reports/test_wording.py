"""What reports say: reasons that claim no more than the ledgers show, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.amounts import percent, plain_number, tonnes
from kg.analysis.gaps import Finding, Gaps, find_gaps
from kg.analysis.gaps.explain import why
from kg.analysis.phrases import Phrases
from kg.messages import LANGUAGES
from kg.network import load
from kg.store import open_store


@pytest.fixture(scope="module")
def gaps(yunxi: Path) -> Iterator[Gaps]:
    with open_store(yunxi) as store:
        yield find_gaps(load(store))


def finding(gaps: Gaps, kind: str) -> Finding:
    return next(finding for finding in gaps.findings if finding.kind == kind)


def test_every_finding_has_a_reason_in_both_languages(gaps: Gaps) -> None:
    for found in gaps.findings:
        zh, en = (why(found, gaps.network, lang) for lang in LANGUAGES)
        assert zh.endswith("。")
        assert en.endswith(".")
        assert not {"{", "}"} & set(zh + en)


def test_absence_is_claimed_of_the_ledgers_only(gaps: Gaps) -> None:
    for found in gaps.findings:
        reason = why(found, gaps.network, "zh")
        assert "本地没有" not in reason
        if found.kind in {"missing", "break", "latent", "short", "blank"}:
            assert (
                f"台账（截至 {gaps.network.as_of}" in reason or f"台账中（截至 {gaps.network.as_of}" in reason
            )


def test_a_coming_project_is_named_with_its_stage(gaps: Gaps) -> None:
    reason = why(finding(gaps, "break"), gaps.network, "zh")
    assert "在补：白鹭新材料有限公司（签约，项目：白鹭竹纤维项目）。" in reason


def test_an_inferred_maker_has_to_be_verified(gaps: Gaps) -> None:
    found = finding(gaps, "missing")
    maker = finding(gaps, "short").makers[0]
    assert "待核实" in why(replace(found, inferred=(maker,)), gaps.network, "zh")
    assert "verified" in why(replace(found, inferred=(maker,)), gaps.network, "en")


def test_weakness_by_capacity_and_by_group_are_told_apart(gaps: Gaps) -> None:
    found = finding(gaps, "weak")
    by_group = why(found, gaps.network, "en")
    assert "One controlling group holds 100%" in by_group
    maker = replace(found.makers[0], capacity=Decimal(1000))
    need = found.needs[0]
    user = replace(need.users[0], capacity=Decimal(2000))
    measured = replace(need, coefficient=Decimal(2), users=(user,))
    short = replace(
        found,
        makers=(maker,),
        needs=(measured,),
        coverage=(Decimal(1000), Decimal(4000)),
        ratio=Decimal("0.25"),
        quantified=True,
    )
    assert "Local capacity on record is 1 kt/a, local need 4 kt/a: it covers 25%." in why(
        short, gaps.network, "en"
    )


def test_long_lists_are_cut_and_counted(gaps: Gaps) -> None:
    phrases = Phrases(gaps.network, "zh")
    assert phrases.listed(["甲", "乙", "甲"]) == "甲、乙"
    assert phrases.listed(list("甲乙丙丁戊己")).endswith("等6家")
    assert phrases.listed(list("甲乙丙丁戊己"), products=True).endswith("等6种")


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        ("0", "0吨/年", "0 t/a"),
        ("500", "500吨/年", "500 t/a"),
        ("9999.5", "9999.5吨/年", "9.9995 kt/a"),
        ("300000", "30万吨/年", "300 kt/a"),
    ],
)
def test_tonnes_are_written_in_the_unit_of_their_size(amount: str, zh: str, en: str) -> None:
    assert tonnes(Decimal(amount), "zh") == zh
    assert tonnes(Decimal(amount), "en") == en


@given(st.decimals(min_value=0, max_value=1, places=8))
def test_percentages_are_near_and_short(share: Decimal) -> None:
    written = Decimal(percent(share).removesuffix("%"))
    assert abs(written - share * 100) <= Decimal("0.05")
    assert -written.as_tuple().exponent <= 1


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_numbers_have_no_idle_zeros(number: Decimal) -> None:
    written = plain_number(number)
    assert not ("." in written and written.endswith("0"))
