"""Options that several commands share, each set a decorator."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from kg import settings
from kg.cli.bilingual import Option, default_language
from kg.messages import LANGUAGES, Language, text
from kg.reports.writers import FORMATS, Format

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

# Dates are compared as they are written, so the digits of other scripts are none.
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def option(*declarations: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
    """Add an option whose help is in the messages."""
    return click.option(*declarations, cls=Option, **attributes)


def lang_option() -> Option:
    """Return ``--lang``; its default is the language of the command line or of the locale."""
    return Option(["--lang"], type=click.Choice(LANGUAGES), default=default_language, show_default=False)


def _lang(command: Decorated) -> Decorated:
    return option("--lang", type=click.Choice(LANGUAGES), default=default_language)(command)


def store_option(command: Decorated) -> Decorated:
    """Add ``--store`` (a folder, or the address of a SPARQL endpoint) and ``--lang``."""
    command = _lang(command)
    return option("--store", metavar="PLACE", default=lambda: settings.value("store"))(command)


def output_options(command: Decorated) -> Decorated:
    """Add ``--format`` and ``--out`` to a command that yields rows."""
    command = option("--out", "-o", type=click.Path(path_type=Path), metavar="FILE")(command)
    return option("--format", "-f", "format_", type=click.Choice(FORMATS), default=None)(command)


def as_of_option(command: Decorated) -> Decorated:
    """Add ``--as-of``: the date facts have to hold at."""
    return option("--as-of", metavar="DATE", type=PartialDate(), default=None)(command)


@dataclass(frozen=True, slots=True)
class Asked:
    """What every report is asked: of which store, as of when, in which language, in which form and where to."""

    store: str
    as_of: str | None
    format_: Format | None
    out: Path | None
    lang: Language


def report_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add ``--as-of``, ``--format``, ``--out``, ``--store`` and ``--lang``; the command gets them as one ``Asked``, first."""

    @wraps(command)
    def asked(
        *, store: str, as_of: str | None, format_: Format | None, out: Path | None, lang: Language, **own: Any
    ) -> None:
        command(Asked(store, as_of, format_, out, lang), **own)

    return as_of_option(output_options(store_option(asked)))


def anchor_option(command: Decorated) -> Decorated:
    """Add ``--anchor``: the one anchor firm to report on."""
    return option("--anchor", metavar="NAME")(command)


def quiet_option(command: Decorated) -> Decorated:
    """Add ``--quiet``: no progress on the error stream."""
    return option("--quiet", "-q", is_flag=True)(command)


class PartialDate(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.5
    """A date as ledgers write it: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, and one that exists."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the date as written."""
        from datetime import date

        # An input method for Chinese writes full-width digits.
        written = unicodedata.normalize("NFKC", str(value)).strip()
        match = _DATE.fullmatch(written)
        if match:
            year, month, day = (int(part) if part else 1 for part in match.groups())
            try:
                date(year, month, day)
            except ValueError:
                match = None
        if not match:
            self.fail(text("error.date", default_language(), value=written), param, ctx)
        return written


class Seconds(click.ParamType):  # type: ignore[type-arg]
    """A time in seconds, more than none."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds < float("inf"):
            self.fail(text("error.seconds", default_language(), value=value), param, ctx)
        return seconds
