"""Settings: what each admits, in which form it is given back, and where the language comes from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import settings
from kg.errors import SettingError
from kg.settings import Setting

# Smallest and largest value that each bounded setting admits, from the page of settings.
BOUNDS = [
    ("query_timeout", "0.1", "86400"),
    ("query_memory", "256", None),
    ("row_limit", "1", None),
    ("coverage_threshold", "0", "1"),
    ("single_group_share", "0", "1"),
    ("ppr_alpha", "0.01", "0.99"),
    ("blank_threshold", "0", "1"),
    ("fact_horizon_years", "1", None),
    ("pipeline_horizon_years", "1", None),
]


def put(monkeypatch: pytest.MonkeyPatch, name: str, written: str) -> None:
    monkeypatch.setenv(f"KG_{name.upper()}", written)


@pytest.mark.parametrize(("name", "low", "high"), BOUNDS)
def test_bounds_are_admitted_themselves(
    name: str, low: str, high: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in filter(None, (low, high)):
        put(monkeypatch, name, bound)
        assert settings.number(name) == float(bound)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("query_timeout", "0.09"),
        ("query_timeout", "86401"),
        ("query_timeout", "0"),
        ("query_timeout", "inf"),
        ("query_timeout", "-inf"),
        ("query_memory", "255"),
        ("query_memory", "2048.0"),
        ("query_memory", "2 GB"),
        ("row_limit", "-1"),
        ("row_limit", "1e5"),
        ("coverage_threshold", "-0.0001"),
        ("coverage_threshold", "1.0001"),
        ("coverage_threshold", "50%"),
        ("coverage_threshold", "0,5"),
        ("single_group_share", "nan"),
        ("ppr_alpha", "0"),
        ("ppr_alpha", "1"),
        ("fact_horizon_years", "0"),
        ("pipeline_horizon_years", "ten"),
        ("lang", "ZH"),
        ("lang", "zh_CN"),
        ("lang", "english"),
    ],
)
def test_what_is_outside_is_refused_with_variable_value_and_what_is_admitted(
    name: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(monkeypatch, name, written)
    with pytest.raises(SettingError) as caught:
        settings.value(name)
    assert caught.value.exit_code == 2
    for lang in ("zh", "en"):
        shown = caught.value.text(lang)  # type: ignore[arg-type]
        assert f"KG_{name.upper()}" in shown
        assert written in shown


@pytest.mark.parametrize(
    ("name", "admitted"),
    [
        ("lang", "zh | en"),
        ("query_timeout", "0.1 … 86400"),
        ("ppr_alpha", "0.01 … 0.99"),
        ("coverage_threshold", "0 … 1"),
        ("row_limit", "≥ 1"),
        ("query_memory", "≥ 256"),
        ("store", ""),
    ],
)
def test_what_is_admitted_is_told_in_short(name: str, admitted: str) -> None:
    (setting,) = (s for s in settings.SETTINGS if s.name == name)
    assert setting.admitted == admitted
    assert setting.variable == "KG_" + name.upper()


def test_a_value_has_the_type_of_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, "row_limit", "25")
    put(monkeypatch, "query_timeout", "5")
    put(monkeypatch, "store", "25")
    found = [settings.value(name) for name in ("row_limit", "query_timeout", "store")]
    assert [(value, type(value)) for value in found] == [(25, int), (5.0, float), ("25", str)]


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, "store", "")
    put(monkeypatch, "row_limit", "")
    assert settings.value_and_origin("store") == (".kg", "default")
    assert settings.value_and_origin("row_limit") == (100_000, "default")


def test_memory_is_counted_in_bytes_and_written_in_mebibytes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.query_memory() == 2_147_483_648
    put(monkeypatch, "query_memory", "256")
    assert settings.query_memory() == 268_435_456


def test_every_default_is_admitted_by_its_own_setting() -> None:
    for setting in settings.SETTINGS:
        if setting.default != "":
            assert setting.parse(str(setting.default)) == setting.default


def test_a_setting_nobody_has_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        settings.value("colour")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "ZH_cn"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "Chinese (Simplified)_China.936"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_language_follows_the_locale_the_stronger_variable_first(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, written in environment.items():
        monkeypatch.setenv(name, written)
    assert settings.language_of_locale() == language
    assert settings.value_and_origin("lang") == (language, "locale")
    assert settings.language() == language


@pytest.mark.parametrize(("chosen", "locale"), [("zh", "en_US.UTF-8"), ("en", "zh_CN.UTF-8")])
def test_the_language_chosen_beats_the_locale(
    chosen: str, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    put(monkeypatch, "lang", chosen)
    assert settings.value_and_origin("lang") == (chosen, "environment")


@given(st.floats())
def test_no_float_slips_past_the_bounds(number: float) -> None:
    setting = Setting("share", 0.5, low=0, high=1)
    try:
        found = setting.parse(repr(number))
    except SettingError:
        assert not 0 <= number <= 1
    else:
        assert found == number
        assert 0 <= number <= 1


@given(st.text(max_size=8))
def test_any_text_is_read_or_refused_and_nothing_else_happens(written: str) -> None:
    for setting in settings.SETTINGS:
        try:
            found = setting.parse(written)
        except SettingError:
            continue
        assert isinstance(found, type(setting.default))


def test_shipped_folders_hold_what_they_are_named_after() -> None:
    assert (settings.data_path("ontology") / "industry.ttl").is_file()
    assert (settings.data_path("ontology/schemes") / "unit.ttl").is_file()
    assert (settings.shipped_city() / "sources.csv").is_file()
    assert settings.shipped_city().parent == settings.data_path("data/ledgers")
    assert isinstance(settings.data_path("no such folder"), Path)
