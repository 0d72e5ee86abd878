"""``kg whatif``: what stops with a firm, a product or a park, and what projects bring."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kg.cli.bilingual import Argument, Command, LazyGroup
from kg.cli.lookup import TARGETS, Target, project_named, whatif_target
from kg.cli.options import as_of_option, lang_option, option, output_options, store_option
from kg.cli.output import chosen_format, emit
from kg.messages import Language
from kg.reports.writers import Format

if TYPE_CHECKING:
    from kg.analysis.availability.recipe_clauses import Conditions

Decorated = TypeVar("Decorated", bound=Callable[..., object])

whatif = LazyGroup(
    "whatif",
    commands={
        "stop": "kg.cli.commands.whatif:stop",
        "start": "kg.cli.commands.whatif:start",
    },
    params=[lang_option()],
)


def _conditions_options(command: Decorated) -> Decorated:
    command = option("--inferred", is_flag=True)(command)
    return option("--market/--island", "market", default=True)(command)


def _conditions(*, market: bool, inferred: bool, replaceable: bool = False) -> Conditions:
    from kg.analysis.availability.recipe_clauses import Conditions

    return Conditions("market" if market else "island", replaceable, inferred)


@click.command("stop", cls=Command)
@click.argument("names", cls=Argument, metavar="NAME...", nargs=-1, required=True)
@option("--kind", type=click.Choice(list(TARGETS)), default=None)
@_conditions_options
@option("--replaceable", is_flag=True)
@as_of_option
@output_options
@store_option
def stop(
    names: tuple[str, ...],
    kind: Target | None,
    market: bool,
    inferred: bool,
    replaceable: bool,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Show what is lost when firms, products or parks stop."""
    from kg.analysis.resilience.whatif import stop as find
    from kg.analysis.thresholds import Thresholds
    from kg.network import load
    from kg.network.parks import park_with_parts
    from kg.reports.whatif_table import stop_table
    from kg.store import open_store

    chosen_format(format_, out)  # refused before the work, not after it
    thresholds = Thresholds.from_settings()
    meant: dict[Target, list[str]] = {target: [] for target in TARGETS}
    with open_store(store) as opened:
        for name in names:
            target, iri = whatif_target(opened, name, kind, lang)
            meant[target] += park_with_parts(opened, iri) if target == "park" else [iri]
        found = find(
            load(opened, as_of),
            organizations=meant["firm"],
            products=meant["product"],
            parks=meant["park"],
            conditions=_conditions(market=market, inferred=inferred, replaceable=replaceable),
            horizon=thresholds.horizon(),
        )
    emit(stop_table(found, lang, thresholds=thresholds), format_, out)


@click.command("start", cls=Command)
@click.argument("projects", cls=Argument, metavar="[PROJECT]...", nargs=-1)
@_conditions_options
@as_of_option
@output_options
@store_option
def start(
    projects: tuple[str, ...],
    market: bool,
    inferred: bool,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Show what projects bring once they are on stream."""
    from kg.analysis.resilience.whatif import start as find
    from kg.analysis.thresholds import Thresholds
    from kg.network import load
    from kg.reports.whatif_table import start_table
    from kg.store import open_store

    chosen_format(format_, out)  # refused before the work, not after it
    with open_store(store) as opened:
        chosen = [project_named(opened, name, lang) for name in projects]
        found = find(
            load(opened, as_of),
            chosen or None,
            conditions=_conditions(market=market, inferred=inferred),
            thresholds=Thresholds.from_settings(),
        )
    emit(start_table(found, lang), format_, out)
