"""``kg sparql``: any SPARQL query, read-only."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.bilingual import Argument, Command
from kg.cli.options import Seconds, option, output_options, store_option
from kg.messages import Language
from kg.reports.writers import Format


@click.command("sparql", cls=Command)
@click.argument("query", required=False, cls=Argument)
@option("--file", type=click.Path(path_type=Path), metavar="FILE")
@option("--timeout", type=Seconds(), metavar="SECONDS")
@output_options
@store_option
def sparql(
    query: str | None,
    file: Path | None,
    timeout: float | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Run a query and show its answer."""
    from kg import settings
    from kg.cli.output import chosen_format, emit
    from kg.reports.solutions import answer
    from kg.store import open_store

    chosen_format(format_, out)
    written = _query_text(query, file)
    with open_store(store, query_memory=settings.query_memory()) as opened:
        table = answer(opened, written, lang, timeout or settings.number("query_timeout"))
    emit(table, format_, out)


def _query_text(query: str | None, file: Path | None) -> str:
    from kg.errors import InputError, UsageError

    if (query is None) == (file is None):
        raise UsageError("sparql.one_query")
    if file is None and query != "-":
        return query or ""
    try:
        raw = sys.stdin.buffer.read() if file is None else file.read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("sparql.not_utf8", file=str(file or "-"), position=error.start) from error
    except OSError as error:
        raise InputError("input.unreadable", file=str(file), reason=error.strerror or str(error)) from error
