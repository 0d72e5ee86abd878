"""``kg info``: what the graph holds."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.bilingual import Command
from kg.cli.options import output_options, store_option
from kg.cli.output import chosen_format, emit
from kg.messages import Language
from kg.reports.writers import Format


@click.command("info", cls=Command)
@output_options
@store_option
def info(format_: Format | None, out: Path | None, store: str, lang: Language) -> None:
    """Show counts, sources and the newest date."""
    from kg.reports.contents_table import contents_table
    from kg.store import open_store

    chosen_format(format_, out)
    with open_store(store) as opened:
        table = contents_table(opened, lang)
    emit(table, format_, out)
