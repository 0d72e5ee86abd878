"""What is wrong with ledgers, handed back: told in lines, as a table, in marked copies, and as rows to mend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.errors import UsageError
from kg.messages import Language, text

if TYPE_CHECKING:
    from kg.ledgers import Finding, Rejects

# Nobody reads more than this on a terminal; the rest goes into the file of --faults.
_SHOWN: Final = 50


def report_findings(findings: Sequence[Finding], faults: Path | None, lang: Language) -> None:
    """Tell the first findings on the error stream, and write all of them into the file asked for."""
    from kg.cli.output import emit
    from kg.reports.findings_table import finding_line, findings_table

    for finding in findings[:_SHOWN]:
        click.echo(finding_line(finding, lang), err=True)
    if len(findings) > _SHOWN:
        click.echo(text("import.more", lang, count=len(findings) - _SHOWN), err=True)
    if faults is not None:
        emit(findings_table(findings, lang), None, faults)


def write_rejects(rejects: Sequence[Rejects], folder: Path, lang: Language) -> None:
    """Write the rejected rows as files to mend and import again, with what is wrong in a last column."""
    import csv
    import io

    from kg.cli.output import write_file

    for refused in rejects:
        content = io.StringIO(newline="")
        writer = csv.writer(content)
        writer.writerow([*refused.header, text("rejects.column", lang)])
        for cells, findings in refused.rows:
            said = ("；" if lang == "zh" else "; ").join(
                f"{f.column} {f.message(lang)}".strip() for f in findings
            )
            writer.writerow([*cells, said])
        path = folder / refused.name
        write_file(path, content.getvalue().encode("utf-8-sig"))
        click.echo(text("rejects.written", lang, file=str(path), count=len(refused.rows)), err=True)


def check_marked(marked: Path, paths: Sequence[Path]) -> None:
    """Refuse marked copies that are no workbooks, or that would take the place of what is imported."""
    if _is_folder(marked):
        taken = {path.resolve() if path.is_dir() else path.resolve().parent for path in paths}
    elif marked.suffix.lower() == ".xlsx":
        taken = {path.resolve() / marked.name if path.is_dir() else path.resolve() for path in paths}
    else:
        raise UsageError("marked.suffix", file=str(marked))
    if marked.resolve() in taken:
        raise UsageError("marked.original", file=str(marked))


def _is_folder(marked: Path) -> bool:
    return marked.is_dir() or not marked.suffix


def write_marked(
    findings: Sequence[Finding], paths: Sequence[Path], marked: Path | None, lang: Language
) -> None:
    """Write the marked copy of the files that have findings, or a copy of each; without any there is nothing to mark."""
    if marked is None:
        return
    if not findings:
        click.echo(text("marked.nothing", lang), err=True)
        return
    from kg.cli.output import write_file
    from kg.ledgers import collect
    from kg.reports.marked_copy import marked_copies, marked_copy

    files = collect(paths)
    if _is_folder(marked):
        copies = {marked / name: copy for name, copy in marked_copies(files, findings, lang).items()}
    else:
        copies = {marked: marked_copy(files, findings, lang)}
    for place, copy in copies.items():
        write_file(place, copy)
    names = text("phrase.separator", lang).join(map(str, copies))
    click.echo(text("marked.written", lang, file=names, count=len(findings)), err=True)
