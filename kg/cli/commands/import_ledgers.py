"""``kg import``: ledgers into the graph, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.bilingual import Argument, Command
from kg.cli.commands.history import require_folder
from kg.cli.faults import check_marked, report_findings, write_marked, write_rejects
from kg.cli.options import option, quiet_option, store_option
from kg.errors import UsageError
from kg.messages import Language, text

if TYPE_CHECKING:
    from kg.ledgers import Recognition


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
        check_marked(marked, paths)
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
        write_marked(findings, paths, marked, lang)
        raise
    _show(sheets, lang, quiet=quiet)
    report_findings(result.findings, faults, lang)
    write_marked(result.findings, paths, marked, lang)
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
        write_rejects(result.rejects, accept_valid, lang)
    key = "import.changes" if any(result.changes.values()) else "import.unchanged"
    click.echo(text(key, lang, **{str(kind): count for kind, count in result.changes.items()}))


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
