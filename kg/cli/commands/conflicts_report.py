"""``kg report conflicts``: what sources state differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.bilingual import Command
from kg.cli.commands.report import hand_out
from kg.cli.options import Asked, option, report_options

if TYPE_CHECKING:
    from kg.network import Network
    from kg.reports.table import Table
    from kg.store import Store


@click.command("conflicts", cls=Command)
@option("--changes", is_flag=True)
@report_options
def conflicts(asked: Asked, changes: bool) -> None:
    """Report the conflicts, and on demand the changes."""

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.conflicts import find_conflicts
        from kg.reports.conflicts_table import conflicts_table

        return conflicts_table(find_conflicts(opened, network, changes=changes), network, asked.lang)

    hand_out(table, asked)
