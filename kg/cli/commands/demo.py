"""``kg demo``: everything on the city that comes with the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.cli.bilingual import Command
from kg.cli.options import option, quiet_option, store_option
from kg.messages import Language, text

if TYPE_CHECKING:
    from kg.analysis.clusters import Clusters
    from kg.analysis.gaps import Gaps
    from kg.cli.progress import Progress
    from kg.store import Store

# How many gaps are printed, and with which columns: what fits a terminal.
_TOP: Final = 10
_SHOWN: Final = ("kind", "product", "chain", "needed_by", "pipeline", "evidence", "sources")


@click.command("demo", cls=Command)
@option("--out", "-o", type=click.Path(path_type=Path), metavar="FOLDER")
@quiet_option
@store_option
def demo(out: Path | None, quiet: bool, store: str, lang: Language) -> None:
    """Import, check, report and draw the shipped city."""
    from kg import settings
    from kg.analysis.clusters import find_clusters
    from kg.analysis.gaps import find_gaps
    from kg.analysis.thresholds import Thresholds
    from kg.cli.output import emit
    from kg.cli.progress import Progress
    from kg.ledgers import import_ledgers
    from kg.network import load
    from kg.reports.chains_table import chains_table
    from kg.reports.city import city_name
    from kg.reports.gaps_table import gaps_table
    from kg.store import open_store

    ledgers = settings.shipped_city()
    folder = out or Path("out") / ledgers.name
    _refuse_other_data(store, ledgers)
    with Progress(lang, quiet=quiet) as progress:
        import_ledgers(store, [ledgers], progress)
        with open_store(store) as opened:
            _check(opened, progress)
            network = load(opened)
            city = city_name(opened, network)
        gaps = find_gaps(network, Thresholds.from_settings())
        clusters = find_clusters(network, alpha=settings.number("ppr_alpha"))
        written = _write_city(folder, gaps, clusters, city, lang, progress)
    emit(chains_table(gaps, lang), None, None)
    click.echo()
    emit(gaps_table(gaps, gaps.findings, lang, limit=_TOP).only(*_SHOWN), None, None)
    click.echo()
    click.echo(text("demo.done", lang, folder=str(folder), files=written))
    usual = store == settings.value("store")
    click.echo(text("demo.open", lang, index=str(folder / "index.html"), option="" if usual else f" --store {store}"))
