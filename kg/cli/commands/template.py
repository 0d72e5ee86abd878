"""``kg template``: blank ledgers to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.bilingual import Argument, Command
from kg.cli.options import lang_option, option
from kg.cli.output import write_file
from kg.errors import UsageError
from kg.messages import Language, text


@click.command("template", cls=Command, params=[lang_option()])
@click.argument("ledgers", nargs=-1, cls=Argument)
@option("--out", "-o", type=click.Path(path_type=Path), metavar="FILE", default=None)
def template(ledgers: tuple[str, ...], out: Path | None, lang: Language) -> None:
    """Write a workbook with a sheet for every ledger asked for."""
    from kg.ledgers import templates

    chosen = templates.chosen(ledgers)
    file = out or Path(text("template.file", lang))
    if file.suffix.lower() != ".xlsx":
        raise UsageError("template.suffix", file=str(file))
    if file.exists():
        raise UsageError("template.exists", file=str(file))  # it may be filled in by now
    write_file(file, templates.template(chosen, lang))
    sheets = text("phrase.separator", lang).join(ledger.title[lang] for ledger in chosen)
    click.echo(text("template.written", lang, file=str(file), count=len(chosen), sheets=sheets))
