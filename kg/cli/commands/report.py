"""``kg report``: lists to hand over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.analyses import clusters_of, critical_of, gaps_of
from kg.cli.bilingual import Command, LazyGroup
from kg.cli.lookup import anchor_named, chain_named
from kg.cli.options import as_of_option, lang_option, option, output_options, store_option
from kg.cli.output import chosen_format, emit
from kg.messages import Language
from kg.reports.writers import Format

if TYPE_CHECKING:
    from kg.network import Network
    from kg.reports.table import Table
    from kg.store import Store

report = LazyGroup(
    "report",
    commands={
        "gaps": "kg.cli.commands.report:gaps",
        "surplus": "kg.cli.commands.report:surplus",
        "anchors": "kg.cli.commands.report:anchors",
        "critical": "kg.cli.commands.report:critical",
        "conflicts": "kg.cli.commands.conflicts_report:conflicts",
        "local-supply": "kg.cli.commands.supply_reports:local_supply",
        "latent": "kg.cli.commands.supply_reports:latent",
        "targets": "kg.cli.commands.supply_reports:targets",
    },
    params=[lang_option()],
)


@click.command("gaps", cls=Command)
@option("--chain", metavar="NAME")
@option("--anchor", metavar="NAME")
@as_of_option
@output_options
@store_option
def gaps(
    chain: str | None,
    anchor: str | None,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Report the gaps."""

    def table(network: Network, opened: Store) -> Table:
        from kg.reports.gaps_table import gaps_table

        chain_iri = chain_named(opened, chain, lang) if chain is not None else None
        anchor_iri = anchor_named(opened, network, anchor, lang) if anchor is not None else None
        found = gaps_of(network)
        rows = found.of_chain(chain_iri) if chain_iri else found.findings
        if anchor_iri:
            of_anchor = set(found.of_anchor(anchor_iri))
            rows = tuple(finding for finding in rows if finding in of_anchor)
        return gaps_table(found, rows, lang, of=anchor_iri or chain_iri)

    hand_out(table, store, as_of, format_, out)


@click.command("surplus", cls=Command)
@option("--anchor", metavar="NAME")
@as_of_option
@output_options
@store_option
def surplus(
    anchor: str | None,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Report the surplus materials."""

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.surplus import find_surplus
        from kg.reports.surplus_table import surplus_table

        anchor_iri = anchor_named(opened, network, anchor, lang) if anchor is not None else None
        found = gaps_of(network)
        return surplus_table(found, find_surplus(found, anchor_iri), lang, of=anchor_iri)

    hand_out(table, store, as_of, format_, out)


@click.command("anchors", cls=Command)
@option("--anchor", metavar="NAME")
@as_of_option
@output_options
@store_option
def anchors(
    anchor: str | None,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Report the anchors' clusters."""

    def table(network: Network, opened: Store) -> Table:
        from kg.reports.anchors_table import anchors_table

        anchor_iri = anchor_named(opened, network, anchor, lang) if anchor is not None else None
        return anchors_table(clusters_of(network), lang, of=anchor_iri)

    hand_out(table, store, as_of, format_, out)


@click.command("critical", cls=Command)
@option("--anchor", metavar="NAME")
@as_of_option
@output_options
@store_option
def critical(
    anchor: str | None,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Report the critical points."""

    def table(network: Network, opened: Store) -> Table:
        from kg.reports.critical_table import critical_table

        anchor_iri = anchor_named(opened, network, anchor, lang) if anchor is not None else None
        return critical_table(critical_of(network), lang, of=anchor_iri)

    hand_out(table, store, as_of, format_, out)


def hand_out(
    table: Callable[[Network, Store], Table],
    store: str,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
) -> None:
    """Open the store, load what was known at the date, and hand out the table made of it."""
    from kg.network import load
    from kg.store import open_store

    chosen_format(format_, out)  # refused before the work, not after it
    with open_store(store) as opened:
        result = table(load(opened, as_of), opened)
    emit(result, format_, out)
