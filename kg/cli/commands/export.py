"""``kg export``: the whole graph as RDF, the same bytes every time."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Literal

import click

from kg.cli.bilingual import Command
from kg.cli.options import option, store_option
from kg.messages import Language

_SUFFIXES: dict[str, Literal["trig", "nquads"]] = {".trig": "trig", ".nq": "nquads"}


@click.command("export", cls=Command)
@option("--format", "-f", "format_", type=click.Choice(["trig", "nquads"]))
@option("--out", "-o", type=click.Path(path_type=Path), metavar="FILE")
@option("--by-source", type=click.Path(path_type=Path), metavar="FOLDER")
@store_option
def export(
    format_: Literal["trig", "nquads"] | None,
    out: Path | None,
    by_source: Path | None,
    store: str,
    lang: Language,
) -> None:
    """Write every quad, in one file or in one file a source."""
    from kg.cli.output import write_file
    from kg.errors import UsageError
    from kg.messages import text
    from kg.store import open_store, write_graph_files
    from kg.store.serialization import is_graph_file

    if by_source is not None:
        if out is not None:
            raise UsageError("export.both")
        with open_store(store) as opened:
            texts = write_graph_files(opened.quads())
        by_source.mkdir(parents=True, exist_ok=True)
        for stale in sorted(by_source.glob("*.trig")):
            # Only what an earlier export wrote is ours to remove.
            if stale.name not in texts and is_graph_file(
                stale.name, stale.read_text(encoding="utf-8", errors="replace")
            ):
                stale.unlink()
        for name, content_text in texts.items():
            write_file(by_source / name, content_text.encode())
        click.echo(text("export.files", lang, folder=str(by_source), count=len(texts)), err=True)
        return
    if format_ is None and out is not None:
        format_ = _SUFFIXES.get(out.suffix.lower())
        if format_ is None:
            raise UsageError("export.suffix", file=str(out))
    content = io.BytesIO()
    with open_store(store) as opened:
        opened.dump(content, format_ or "trig")
        quads = opened.size()
    if out is None:
        stream = sys.stdout.buffer
        stream.write(content.getvalue())
        stream.flush()
        return
    write_file(out, content.getvalue())
    click.echo(text("export.done", lang, file=str(out), count=quads), err=True)
