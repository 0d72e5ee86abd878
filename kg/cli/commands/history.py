"""``kg history``, ``kg undo``, ``kg diff``: what imports changed, would change, and the way back."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.bilingual import Argument, Command
from kg.cli.options import output_options, quiet_option, store_option
from kg.cli.output import chosen_format, emit
from kg.messages import Language, text
from kg.reports.writers import Format


def require_folder(store: str) -> None:
    """Refuse the address of an endpoint where a command needs the ledgers, which only a folder keeps.

    Raises
    ------
    StoreError
        ``store`` is an address.
    """
    if "://" in store:
        from kg.errors import StoreError

        raise StoreError("store.no_ledgers", url=store)


@click.command("history", cls=Command)
@output_options
@store_option
def history(format_: Format | None, out: Path | None, store: str, lang: Language) -> None:
    """List the imports of a store, newest first."""
    from kg.ledgers import entries
    from kg.reports.history_table import history_table
    from kg.store import open_store

    chosen_format(format_, out)
    require_folder(store)
    with open_store(store) as opened:
        table = history_table(entries(opened.files()), lang)
    emit(table, format_, out)


@click.command("undo", cls=Command)
@quiet_option
@store_option
def undo(quiet: bool, store: str, lang: Language) -> None:
    """Undo the newest import."""
    from kg import ledgers
    from kg.cli.progress import Progress

    require_folder(store)
    with Progress(lang, quiet=quiet) as progress:
        entry, result = ledgers.undo(store, progress)
    files = ("、" if lang == "zh" else ", ").join(entry.after)
    # An import of what was there already changed no file.
    key = "undo.done" if files else "undo.done_unchanged"
    click.echo(text(key, lang, number=entry.number, files=files, quads=result.quads))


@click.command("diff", cls=Command)
@click.argument("paths", nargs=-1, required=True, cls=Argument, type=click.Path(path_type=Path))
@output_options
@quiet_option
@store_option
def diff(
    paths: tuple[Path, ...], format_: Format | None, out: Path | None, quiet: bool, store: str, lang: Language
) -> None:
    """Show what importing files would change."""
    from kg import ledgers
    from kg.cli.faults import report_findings
    from kg.cli.progress import Progress
    from kg.errors import DataError
    from kg.reports.history_table import changes_table

    chosen_format(format_, out)
    require_folder(store)
    try:
        with Progress(lang, quiet=quiet) as progress:
            changes = ledgers.difference(store, paths, progress)
    except DataError as error:
        findings = [finding for finding in error.findings if isinstance(finding, ledgers.Finding)]
        report_findings(findings, None, lang)
        raise
    emit(changes_table(changes, lang), format_, out)
