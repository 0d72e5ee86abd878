"""``kg analyze``: run the analyses; with ``--write`` their results become graphs of the store."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from kg.cli.analyses import clusters_of, gaps_of
from kg.cli.bilingual import Command
from kg.cli.options import as_of_option, option, output_options, store_option
from kg.cli.output import chosen_format, emit
from kg.messages import Language
from kg.reports.writers import Format


@click.command("analyze", cls=Command)
@option("--write", is_flag=True)
@as_of_option
@output_options
@store_option
def analyze(
    write: bool, as_of: str | None, format_: Format | None, out: Path | None, store: str, lang: Language
) -> None:
    """Run the analyses and show what they found."""
    from kg.analysis.balance import find_balance
    from kg.analysis.balance.surplus import find_surplus
    from kg.analysis.results import write_results
    from kg.network import load
    from kg.reports.analysis_table import analysis_table
    from kg.store import open_store

    chosen_format(format_, out)
    with open_store(store, writable=write) as opened:
        network = load(opened, as_of)
        gaps, clusters = gaps_of(network), clusters_of(network)
        surpluses = find_surplus(gaps)
        balance = find_balance(gaps)
        written = write_results(opened, gaps, clusters, surpluses, balance, at=_time()) if write else None
    emit(analysis_table(gaps, clusters, surpluses, lang, written, balance=balance), format_, out)


def _time() -> datetime:
    """Return the time of the run: now, or where output has to be reproducible what SOURCE_DATE_EPOCH says, in seconds."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
