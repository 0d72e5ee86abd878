"""``kg check``: the graph against its rules."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.bilingual import Command
from kg.cli.options import output_options, quiet_option, store_option
from kg.cli.output import chosen_format, emit
from kg.messages import Language, text
from kg.reports.writers import Format


@click.command("check", cls=Command)
@output_options
@quiet_option
@store_option
@click.pass_context
def check(
    context: click.Context, format_: Format | None, out: Path | None, quiet: bool, store: str, lang: Language
) -> None:
    """List what does not conform."""
    from kg.checks import check as find
    from kg.cli.progress import Progress
    from kg.reports.findings_table import findings_table
    from kg.store import open_store

    chosen_format(format_, out)
    with open_store(store) as opened, Progress(lang, quiet=quiet) as progress:
        progress("check", 0, 1)
        findings = find(opened)
    notes = () if findings else (text("check.clean", lang),)
    emit(findings_table(findings, lang, title=text("check.title", lang), notes=notes), format_, out)
    if any(finding.severity == "error" for finding in findings):
        context.exit(1)
