"""``kg report conflicts``: what sources state differently."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.bilingual import Command
from kg.cli.commands.report import hand_out
from kg.cli.options import as_of_option, option, output_options, store_option
from kg.messages import Language
from kg.reports.writers import Format

if TYPE_CHECKING:
    from kg.network import Network
    from kg.reports.table import Table
    from kg.store import Store


@click.command("conflicts", cls=Command)
@option("--changes", is_flag=True)
@as_of_option
@output_options
@store_option
def conflicts(
    changes: bool, as_of: str | None, format_: Format | None, out: Path | None, store: str, lang: Language
) -> None:
    """Report the conflicts, and on demand the changes."""

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.conflicts import find_conflicts
        from kg.reports.conflicts_table import conflicts_table

        return conflicts_table(find_conflicts(opened, network, changes=changes), network, lang)

    hand_out(table, store, as_of, format_, out)
