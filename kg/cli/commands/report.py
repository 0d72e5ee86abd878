"""``kg report``: lists to hand over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click

from kg.cli.analyses import clusters_of, critical_of, gaps_of
from kg.cli.bilingual import Command, LazyGroup
from kg.cli.lookup import anchor_named, area_named, chain_named
from kg.cli.options import Asked, anchor_option, lang_option, option, report_options
from kg.cli.output import chosen_format, emit

if TYPE_CHECKING:
    from kg.analysis.gaps.leverage import RankBy
    from kg.network import Network
    from kg.reports.table import Table
    from kg.store import Store

# The columns by which findings can be ranked: those of kg.analysis.gaps.leverage, which is loaded only where it runs.
_SORTS: Final = ("source_count", "unlocked_count", "opened_count", "demand", "evidence")

report = LazyGroup(
    "report",
    commands={
        "gaps": "kg.cli.commands.report:gaps",
        "chains": "kg.cli.commands.report:chains",
        "surplus": "kg.cli.commands.report:surplus",
        "balance": "kg.cli.commands.supply_reports:balance",
        "anchors": "kg.cli.commands.report:anchors",
        "clusters": "kg.cli.commands.clusters_report:clusters",
        "critical": "kg.cli.commands.report:critical",
        "conflicts": "kg.cli.commands.conflicts_report:conflicts",
        "local-supply": "kg.cli.commands.supply_reports:local_supply",
        "latent": "kg.cli.commands.supply_reports:latent",
        "targets": "kg.cli.commands.supply_reports:targets",
    },
    params=[lang_option()],
)


def _area_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what part of the city findings are about, and whether projects count."""
    command = option("--with-pipeline/--without-pipeline", default=True)(command)
    command = option("--park", metavar="NAME")(command)
    return option("--place", metavar="NAME")(command)


@click.command("gaps", cls=Command)
@option("--chain", metavar="NAME")
@anchor_option
@_area_options
@option("--sort", type=click.Choice(_SORTS), default=None)
@report_options
def gaps(
    asked: Asked,
    chain: str | None,
    anchor: str | None,
    place: str | None,
    park: str | None,
    with_pipeline: bool,
    sort: RankBy | None,
) -> None:
    """Report the gaps."""

    def table(network: Network, opened: Store) -> Table:
        from kg.reports.gaps_table import gaps_table

        area = area_named(opened, place, park, asked.lang)

        chain_iri = chain_named(opened, chain, asked.lang) if chain is not None else None
        anchor_iri = anchor_named(opened, network, anchor, asked.lang) if anchor is not None else None
        found = gaps_of(network, with_pipeline=with_pipeline, territory=area)
        rows = found.of_chain(chain_iri) if chain_iri else found.findings
        if anchor_iri:
            of_anchor = set(found.of_anchor(anchor_iri))
            rows = tuple(finding for finding in rows if finding in of_anchor)
        return gaps_table(found, rows, asked.lang, of=anchor_iri or chain_iri, by=sort)

    hand_out(table, asked)


@click.command("chains", cls=Command)
@_area_options
@report_options
def chains(asked: Asked, place: str | None, park: str | None, with_pipeline: bool) -> None:
    """Report the chains at a glance."""

    def table(network: Network, opened: Store) -> Table:
        from kg.reports.chains_table import chains_table

        area = area_named(opened, place, park, asked.lang)
        return chains_table(gaps_of(network, with_pipeline=with_pipeline, territory=area), asked.lang)

    hand_out(table, asked)


@click.command("surplus", cls=Command)
@anchor_option
@report_options
def surplus(asked: Asked, anchor: str | None) -> None:
    """Report the surplus materials."""

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.balance.surplus import find_surplus
        from kg.reports.surplus_table import surplus_table

        anchor_iri = anchor_named(opened, network, anchor, asked.lang) if anchor is not None else None
        found = gaps_of(network)
        return surplus_table(found, find_surplus(found, anchor_iri), asked.lang, of=anchor_iri)

    hand_out(table, asked)


@click.command("anchors", cls=Command)
@anchor_option
@report_options
def anchors(asked: Asked, anchor: str | None) -> None:
    """Report the anchors' clusters."""

    def table(network: Network, opened: Store) -> Table:
        from kg.reports.anchors_table import anchors_table

        anchor_iri = anchor_named(opened, network, anchor, asked.lang) if anchor is not None else None
        return anchors_table(clusters_of(network), asked.lang, of=anchor_iri)

    hand_out(table, asked)


@click.command("critical", cls=Command)
@anchor_option
@report_options
def critical(asked: Asked, anchor: str | None) -> None:
    """Report the critical points."""

    def table(network: Network, opened: Store) -> Table:
        from kg.reports.critical_table import critical_table

        anchor_iri = anchor_named(opened, network, anchor, asked.lang) if anchor is not None else None
        return critical_table(critical_of(network), asked.lang, of=anchor_iri)

    hand_out(table, asked)


def hand_out(table: Callable[[Network, Store], Table], asked: Asked) -> None:
    """Open the store, load what was known at the date, and hand out the table made of it."""
    from kg.network import load
    from kg.store import open_store

    chosen_format(asked.format_, asked.out)  # refused before the work, not after it
    with open_store(asked.store) as opened:
        result = table(load(opened, asked.as_of), opened)
    emit(result, asked.format_, asked.out)
