"""``kg analyze``: run the analyses; with ``--write`` their results become graphs of the store."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from kg.cli.analyses import clusters_of, gaps_of
from kg.cli.bilingual import Command
from kg.cli.options import as_of_option, option, output_options, store_option
from kg.cli.output import chosen_format, emit
from kg.errors import SettingError
from kg.messages import Language
from kg.reports.writers import Format

_EPOCH: Final = "SOURCE_DATE_EPOCH"
_LATEST: Final = 95_617_584_000


@click.command("analyze", cls=Command)
@option("--write", is_flag=True)
@as_of_option
@output_options
@store_option
def analyze(
    write: bool, as_of: str | None, format_: Format | None, out: Path | None, store: str, lang: Language
) -> None:
    """Run the analyses and show what they found."""
    at = _time()  # first, for NumPy stumbles over one that is no number
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
        written = write_results(opened, gaps, clusters, surpluses, balance, at=at) if write else None
    emit(analysis_table(gaps, clusters, surpluses, lang, written, balance=balance), format_, out)


def _time() -> datetime | None:
    """Return the time that SOURCE_DATE_EPOCH gives a run, in seconds, where output has to be reproducible.

    Raises
    ------
    SettingError
        It is no number of seconds, or of a time after the year 5000.
    """
    epoch = os.environ.get(_EPOCH, "")
    if not epoch:
        return None
    if not epoch.isdecimal() or len(epoch) > len(str(_LATEST)) or int(epoch) > _LATEST:
        raise SettingError("settings.refused", variable=_EPOCH, value=epoch[:100], admitted=f"0 … {_LATEST}")
    return datetime.fromtimestamp(int(epoch), UTC)
