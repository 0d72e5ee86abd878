"""``kg import``: ledgers into the graph, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.cli.bilingual import Argument, Command
from kg.cli.commands.history import require_folder
from kg.cli.options import option, quiet_option, store_option
from kg.errors import UsageError
from kg.messages import Language, text

if TYPE_CHECKING:
    from kg.ledgers import Finding, Recognition, Rejects

# Nobody reads more than this on a terminal; the rest goes into the file of --faults.
_SHOWN: Final = 50


@click.command("import", cls=Command)
@click.argument("paths", nargs=-1, cls=Argument, type=click.Path(path_type=Path))
@option("--as", "ledger", metavar="LEDGER", default="")
@option("--mapping", type=click.Path(path_type=Path), metavar="FILE", default=None)
@option("--write-mapping", type=click.Path(path_type=Path), metavar="FILE", default=None)
@option("--drop", multiple=True, metavar="NAME")
@option("--accept-valid", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER")
@option("--faults", type=click.Path(path_type=Path), metavar="FILE")
@option("--marked", type=click.Path(path_type=Path), metavar="PLACE", default=None)
@quiet_option
@store_option
def import_ledgers(
    paths: tuple[Path, ...],
    ledger: str,
    mapping: Path | None,
    write_mapping: Path | None,
    drop: tuple[str, ...],
    accept_valid: Path | None,
    faults: Path | None,
    marked: Path | None,
    quiet: bool,
    store: str,
    lang: Language,
) -> None:
    """Import files and folders of ledgers."""
    from kg import ledgers
    from kg.cli.output import chosen_format
    from kg.cli.progress import Progress
    from kg.errors import DataError

    if not paths and not drop:
        raise UsageError("import.no-paths")
    require_folder(store)
    if ledger:
        from kg.ledgers.mapping import chosen_ledger

        chosen_ledger(ledger)
    if faults is not None:
        chosen_format(None, faults)  # a suffix nobody knows is refused before the work, not after it
    if marked is not None:
        _check_marked(marked, paths)
    if write_mapping is not None:
        _write_mapping(paths, mapping, write_mapping, store, lang)
    sheets: list[Recognition] = []
    try:
        with Progress(lang, quiet=quiet) as progress:
            result = ledgers.import_ledgers(
                store,
                paths,
                progress,
                ledger=ledger,
                mapping=mapping,
                drop=drop,
                accept_valid=accept_valid is not None,
                show=sheets.extend,
            )
    except DataError as error:
        _show(sheets, lang, quiet=quiet)
        findings = [finding for finding in error.findings if isinstance(finding, ledgers.Finding)]
        report_findings(findings, faults, lang)
        _mark(findings, paths, marked, lang)
        raise
    _show(sheets, lang, quiet=quiet)
    report_findings(result.findings, faults, lang)
    _mark(result.findings, paths, marked, lang)
    rows = sum(result.rows.values())
    click.echo(
        text(
            "import.done",
            lang,
            ledgers=len(result.rows),
            rows=rows,
            sources=result.sources,
            quads=result.quads,
            store=store,
        )
    )
    if accept_valid is not None and result.rejects:
        _write_rejects(result.rejects, accept_valid, lang)
    key = "import.changes" if any(result.changes.values()) else "import.unchanged"
    click.echo(text(key, lang, **{str(kind): count for kind, count in result.changes.items()}))


def _write_rejects(rejects: Sequence[Rejects], folder: Path, lang: Language) -> None:
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


def _show(sheets: Sequence[Recognition], lang: Language, *, quiet: bool) -> None:
    if not quiet:
        for sheet in sheets:
            click.echo(_sheet_line(sheet, lang), err=True)


def _sheet_line(sheet: Recognition, lang: Language) -> str:
    """Return which ledger a sheet was taken for, with the title that each column goes by in the file."""
    place = f"{sheet.file}[{sheet.sheet}]" if sheet.sheet else sheet.file
    comma = "、" if lang == "zh" else ", "
    columns = comma.join(
        title if title in column.titles[lang] else f"{title} = {column.title(lang)}"
        for title, column in sheet.columns
    )
    title = sheet.ledger.title[lang]
    count = len(sheet.columns)
    line = text(
        "import.sheet", lang, place=place, title=title, ledger=sheet.ledger.name, count=count, columns=columns
    )
    unknown = comma.join(sheet.unknown)
    return line + (text("import.sheet_unknown", lang, unknown=unknown) if unknown else "")


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


def _write_mapping(
    paths: Sequence[Path], mapping: Path | None, file: Path, store: str, lang: Language
) -> None:
    """Write what is unclear about the files as a mapping to finish: what neither the store nor a mapping settles."""
    from kg.cli.output import write_file
    from kg.ledgers import collect
    from kg.ledgers.mapping import MAPPING_FILE, Mapping, read_mapping
    from kg.ledgers.starting_mapping import unclear, write_unclear
    from kg.store import open_store

    if file.suffix.lower() != ".csv":
        raise UsageError("mapping.suffix", file=str(file))
    if file.exists():
        raise UsageError("mapping.exists", file=str(file))  # it may be finished by now
    files = collect(paths)
    said = Mapping()
    if Path(store).is_dir() and any(Path(store).iterdir()):
        with open_store(store) as opened:
            kept = opened.files().get(MAPPING_FILE)
        said |= read_mapping(kept, MAPPING_FILE) if kept else Mapping()
    if MAPPING_FILE in files:
        said |= read_mapping(files[MAPPING_FILE], MAPPING_FILE)
    if mapping is not None:
        said |= read_mapping(next(iter(collect([mapping]).values())), mapping.name)
    rows = list(unclear(files, said))
    if not rows:
        click.echo(text("mapping.nothing", lang), err=True)
        return
    write_file(file, write_unclear(rows, lang))
    click.echo(text("mapping.written", lang, file=str(file), count=len(rows)), err=True)


def _check_marked(marked: Path, paths: Sequence[Path]) -> None:
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


def _mark(findings: Sequence[Finding], paths: Sequence[Path], marked: Path | None, lang: Language) -> None:
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
