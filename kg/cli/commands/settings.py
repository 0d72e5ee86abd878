"""``kg settings``: the settings in force."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.bilingual import Command
from kg.cli.options import lang_option, output_options
from kg.cli.output import emit
from kg.messages import Language
from kg.reports.settings_table import settings_table
from kg.reports.writers import Format


@click.command("settings", cls=Command, params=[lang_option()])
@output_options
def settings(lang: Language, format_: Format | None, out: Path | None) -> None:
    """Show every setting."""
    emit(settings_table(lang), format_, out)
