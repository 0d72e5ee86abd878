"""The settings of the program: one table, and where the shipped data lies.

Every setting has a default and can be set by an environment variable ``KG_<NAME>``; a command's option beats both. The command
``kg settings``, the page ``docs/settings.md`` and the options' defaults all come from this table.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from kg.errors import SettingError
from kg.messages import LANGUAGES, Language, text

Origin = Literal["default", "environment", "locale"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name, default, and the values it admits.

    Attributes
    ----------
    name
        Name in Python and, in capitals behind ``KG_``, in the environment.
    default
        Value when nothing is said; its type is the setting's type. An empty text means "worked out" (the language).
    low, high
        Bounds, both admitted, of a number.
    choices
        Admitted texts; empty for any.
    """

    name: str
    default: str | int | float
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """Environment variable that sets it."""
        return f"KG_{self.name.upper()}"

    def help(self, lang: Language) -> str:
        """What the setting does, in a language."""
        return text(f"settings.{self.name}", lang)

    def parse(self, written: str) -> str | int | float:
        """Read a value as written in the environment.

        Raises
        ------
        SettingError
            If it is not of the setting's type, or outside what is admitted.
        """
        value: str | int | float
        try:
            value = type(self.default)(written)
        except ValueError:
            raise self._refuse(written) from None
        if isinstance(value, str):
            if not value or (self.choices and value not in self.choices):
                raise self._refuse(written)
        # Written as "not (low <= value)" so that NaN is refused too.
        elif not ((self.low is None or self.low <= value) and (self.high is None or value <= self.high)):
            raise self._refuse(written)
        return value

    def _refuse(self, written: str) -> SettingError:
        return SettingError("settings.refused", variable=self.variable, value=written, admitted=self.admitted)

    @property
    def admitted(self) -> str:
        """The values it admits, in the shortest form; empty when any text is."""
        if self.choices:
            return " | ".join(self.choices)
        if self.low is not None and self.high is not None:
            return f"{self.low:g} … {self.high:g}"
        return "" if self.low is None else f"≥ {self.low:g}"


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("store", ".kg"),
    Setting("lang", "", choices=LANGUAGES),
    Setting("base_iri", "https://w3id.org/gongyue/id/"),
    Setting("query_timeout", 60.0, low=0.1, high=86_400),
    Setting("query_memory", 2048, low=256),
    Setting("row_limit", 100_000, low=1),
    Setting("coverage_threshold", 0.5, low=0, high=1),
    Setting("single_group_share", 0.8, low=0, high=1),
    Setting("ppr_alpha", 0.5, low=0.01, high=0.99),
    Setting("cluster_tiers", 3, low=1, high=9),
    Setting("blank_threshold", 0.2, low=0, high=1),
    Setting("fact_horizon_years", 20, low=1),
    Setting("pipeline_horizon_years", 10, low=1),
)

_BY_NAME: Final[Mapping[str, Setting]] = {setting.name: setting for setting in SETTINGS}


def value(name: str) -> str | int | float:
    """Return the value in force: the environment's, else the default."""
    return value_and_origin(name)[0]


def value_and_origin(name: str) -> tuple[str | int | float, Origin]:
    """Return the value in force and where it comes from."""
    setting = _BY_NAME[name]
    written = os.environ.get(setting.variable)
    if written:
        return setting.parse(written), "environment"
    if name == "lang":
        return language_of_locale(), "locale"
    return setting.default, "default"


def number(name: str) -> float:
    """Return the value in force of a setting that is a number."""
    return float(value(name))


def query_memory() -> int:
    """Return how many bytes a query may take."""
    return int(number("query_memory")) << 20


def language() -> Language:
    """Return the language in force when no option says otherwise."""
    return cast("Language", value("lang"))


def language_of_locale() -> Language:
    """Return ``zh`` under a Chinese locale and ``en`` under any other."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        written = os.environ.get(variable)
        if written:
            return "zh" if written.lower().startswith(("zh", "chinese")) else "en"
    # Windows sets none of these; Python has asked the system for the character type's locale at its start.
    system = locale.getlocale()[0] or ""
    return "zh" if system.lower().startswith(("zh", "chinese")) else "en"


def data_path(name: str) -> Path:
    """Return where a shipped folder lies: beside the packages in a checkout, inside the package when installed.

    Parameters
    ----------
    name
        ``ontology``, ``data/ledgers``, ``data/triples``, or something below one of them.
    """
    package = Path(__file__).resolve().parent
    packed = package / "_data" / name
    return packed if packed.exists() else package.parent / name


def shipped_city() -> Path:
    """Return the folder of ledgers of the city that comes with the program: the first one there is."""
    return sorted(folder for folder in data_path("data/ledgers").iterdir() if folder.is_dir())[0]
