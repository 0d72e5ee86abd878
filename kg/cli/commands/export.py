"""``kg export``: the whole graph as RDF, the same bytes every time."""

from __future__ import annotations

import io
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
@store_option
def export(format_: Literal["trig", "nquads"] | None, out: Path | None, store: str, lang: Language) -> None:
    """Write every quad."""
    from kg.cli.output import write_file
    from kg.errors import UsageError
    from kg.messages import text
    from kg.store import open_store

    if format_ is None and out is not None:
        format_ = _SUFFIXES.get(out.suffix.lower())
        if format_ is None:
            raise UsageError("export.suffix", file=str(out))
    content = io.BytesIO()
    with open_store(store) as opened:
        opened.dump(content, format_ or "trig")
        quads = opened.size()
    if out is None:
        stream = click.get_binary_stream("stdout")
        stream.write(content.getvalue())
        stream.flush()
        return
    write_file(out, content.getvalue())
    click.echo(text("export.done", lang, file=str(out), count=quads), err=True)
