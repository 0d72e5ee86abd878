"""``kg report balance``, ``local-supply``, ``latent`` and ``targets``: what is to spare, bought here, could be, could come."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.analyses import gaps_of
from kg.cli.bilingual import Command
from kg.cli.commands.report import hand_out
from kg.cli.lookup import anchor_named, product_named, territory_named
from kg.cli.options import Asked, anchor_option, option, report_options

if TYPE_CHECKING:
    from kg.analysis.balance.programme import Objective
    from kg.network import Network
    from kg.reports.table import Table
    from kg.store import Store


@click.command("balance", cls=Command)
@option("--objective", type=click.Choice(["surplus", "gaps", "output"]), default="surplus")
@option("--local-inputs-only", is_flag=True)
@anchor_option
@report_options
def balance(asked: Asked, objective: Objective, local_inputs_only: bool, anchor: str | None) -> None:
    """Report the balance."""

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.balance import find_balance
        from kg.reports.balance_table import balance_table

        anchor_iri = anchor_named(opened, network, anchor, asked.lang) if anchor is not None else None
        found = find_balance(gaps_of(network), objective, local_only=local_inputs_only)
        return balance_table(found, asked.lang, of=anchor_iri)

    hand_out(table, asked)


@click.command("local-supply", cls=Command)
@anchor_option
@option("--within", metavar="NAME")
@report_options
def local_supply(asked: Asked, anchor: str | None, within: str | None) -> None:
    """Report the local supply rates."""

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.local_supply import find_local_supply
        from kg.reports.local_supply_table import local_supply_table

        anchor_iri = anchor_named(opened, network, anchor, asked.lang) if anchor is not None else None
        where = territory_named(opened, within, asked.lang) if within is not None else None
        found = find_local_supply(gaps_of(network), anchor_iri, where)
        return local_supply_table(found, asked.lang, of=anchor_iri)

    hand_out(table, asked)


@click.command("latent", cls=Command)
@anchor_option
@report_options
def latent(asked: Asked, anchor: str | None) -> None:
    """Report the latent matches."""

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.gaps.latent import find_latent
        from kg.reports.latent_table import latent_table

        anchor_iri = anchor_named(opened, network, anchor, asked.lang) if anchor is not None else None
        found = gaps_of(network)
        return latent_table(found, find_latent(found, anchor_iri), asked.lang, of=anchor_iri)

    hand_out(table, asked)


@click.command("targets", cls=Command)
@option("--gap", metavar="PRODUCT", multiple=True)
@option("--all-gaps", is_flag=True)
@option("--limit", type=click.IntRange(min=1), metavar="N", default=10)
@option("--name", metavar="NAME")
@option("--folder", type=click.Path(path_type=Path), metavar="FOLDER")
@report_options
def targets(
    asked: Asked,
    gap: tuple[str, ...],
    all_gaps: bool,
    limit: int,
    name: str | None,
    folder: Path | None,
) -> None:
    """Report targets for gaps."""
    from kg.datasets import dataset_folder, open_dataset
    from kg.errors import UsageError

    if bool(gap) == all_gaps:
        raise UsageError("targets.one_of")

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.targets import find_targets
        from kg.reports.targets_table import targets_table

        products = None if all_gaps else tuple(product_named(opened, one, asked.lang) for one in gap)
        with open_dataset(dataset_folder(asked.store, folder), name) as dataset:
            return targets_table(find_targets(gaps_of(network), dataset, products), asked.lang, limit=limit)

    hand_out(table, asked)
