"""``kg report local-supply``, ``latent`` and ``targets``: what is bought here, what could be, and who could come."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.analyses import gaps_of
from kg.cli.bilingual import Command
from kg.cli.commands.report import hand_out
from kg.cli.lookup import anchor_named, product_named, territory_named
from kg.cli.options import as_of_option, option, output_options, store_option
from kg.messages import Language
from kg.reports.writers import Format

if TYPE_CHECKING:
    from kg.network import Network
    from kg.reports.table import Table
    from kg.store import Store


@click.command("local-supply", cls=Command)
@option("--anchor", metavar="NAME")
@option("--within", metavar="NAME")
@as_of_option
@output_options
@store_option
def local_supply(
    anchor: str | None,
    within: str | None,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Report the local supply rates."""

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.local_supply import find_local_supply
        from kg.reports.local_supply_table import local_supply_table

        anchor_iri = anchor_named(opened, network, anchor, lang) if anchor is not None else None
        where = territory_named(opened, within, lang) if within is not None else None
        found = find_local_supply(gaps_of(network), anchor_iri, where)
        return local_supply_table(found, lang, of=anchor_iri)

    hand_out(table, store, as_of, format_, out)


@click.command("latent", cls=Command)
@option("--anchor", metavar="NAME")
@as_of_option
@output_options
@store_option
def latent(
    anchor: str | None,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Report the latent matches."""

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.latent import find_latent
        from kg.reports.latent_table import latent_table

        anchor_iri = anchor_named(opened, network, anchor, lang) if anchor is not None else None
        found = gaps_of(network)
        return latent_table(found, find_latent(found, anchor_iri), lang, of=anchor_iri)

    hand_out(table, store, as_of, format_, out)


@click.command("targets", cls=Command)
@option("--gap", metavar="PRODUCT", multiple=True)
@option("--all-gaps", is_flag=True)
@option("--limit", type=click.IntRange(min=1), metavar="N", default=10)
@option("--name", metavar="NAME")
@option("--folder", type=click.Path(path_type=Path), metavar="FOLDER")
@as_of_option
@output_options
@store_option
def targets(
    gap: tuple[str, ...],
    all_gaps: bool,
    limit: int,
    name: str | None,
    folder: Path | None,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Report targets for gaps."""
    from kg.datasets import dataset_folder, open_dataset
    from kg.errors import UsageError

    if bool(gap) == all_gaps:
        raise UsageError("targets.one_of")

    def table(network: Network, opened: Store) -> Table:
        from kg.analysis.targets import find_targets
        from kg.reports.targets_table import targets_table

        products = None if all_gaps else tuple(product_named(opened, one, lang) for one in gap)
        with open_dataset(dataset_folder(store, folder), name) as dataset:
            return targets_table(find_targets(gaps_of(network), dataset, products), lang, limit=limit)

    hand_out(table, store, as_of, format_, out)
