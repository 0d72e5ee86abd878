"""``kg dataset``: data sets of firms elsewhere, beside the graph."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.bilingual import Argument, Command, LazyGroup
from kg.cli.options import lang_option, option, output_options, quiet_option, store_option
from kg.cli.output import chosen_format, emit
from kg.messages import Language
from kg.reports.writers import Format

dataset = LazyGroup(
    "dataset",
    commands={
        "import": "kg.cli.commands.dataset:import_",
        "list": "kg.cli.commands.dataset:list_",
    },
    params=[lang_option()],
)


@click.command("import", cls=Command)
@click.argument("tables", cls=Argument, type=click.Path(path_type=Path), metavar="TABLES")
@option("--name", metavar="NAME", default="firms")
@option("--folder", type=click.Path(path_type=Path), metavar="FOLDER")
@quiet_option
@output_options
@store_option
def import_(
    tables: Path,
    name: str,
    folder: Path | None,
    quiet: bool,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Import a data set of firms and products."""
    from kg.cli.progress import Progress
    from kg.datasets import dataset_folder, dataset_path, import_dataset
    from kg.reports.datasets_table import dataset_report_table
    from kg.store import open_store

    chosen_format(format_, out)
    target = dataset_path(dataset_folder(store, folder), name)
    if folder is None:
        # Beside a store, or nowhere: a folder that holds something else cannot become one later.
        open_store(store).close()
    with Progress(lang, quiet=quiet) as progress:
        report = import_dataset(tables, target, progress)
    emit(dataset_report_table(report, lang), format_, out)


@click.command("list", cls=Command)
@option("--folder", type=click.Path(path_type=Path), metavar="FOLDER")
@output_options
@store_option
def list_(folder: Path | None, format_: Format | None, out: Path | None, store: str, lang: Language) -> None:
    """List the data sets."""
    from contextlib import ExitStack

    from kg.datasets import dataset_folder, dataset_names, open_dataset
    from kg.reports.datasets_table import datasets_table

    chosen_format(format_, out)
    place = dataset_folder(store, folder)
    with ExitStack() as stack:
        opened = [stack.enter_context(open_dataset(place, name)) for name in dataset_names(place)]
        table = datasets_table(opened, lang)
    emit(table, format_, out)
