"""``kg query``: the planners' questions."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.bilingual import Argument, Command
from kg.cli.options import Seconds, as_of_option, option, output_options, store_option
from kg.cli.output import chosen_format, emit
from kg.messages import Language
from kg.reports.writers import Format


@click.command("query", cls=Command)
@click.argument("name", required=False, cls=Argument)
@click.argument("parameters", nargs=-1, cls=Argument, metavar="[NAME=VALUE]...")
@option("--param", "-p", "param", multiple=True, metavar="NAME=VALUE")
@option("--show", is_flag=True)
@option("--timeout", type=Seconds(), metavar="SECONDS")
@as_of_option
@output_options
@store_option
def query(
    name: str | None,
    parameters: tuple[str, ...],
    param: tuple[str, ...],
    show: bool,
    timeout: float | None,
    as_of: str | None,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """List, show or run a question."""
    from kg import settings
    from kg.queries import Catalogue, run
    from kg.reports.answers import answer_table, question_text, questions_table
    from kg.store import open_store

    chosen_format(format_, out)
    catalogue = Catalogue.load()
    if name is None:
        emit(questions_table(catalogue, lang), format_, out)
        return
    question = catalogue.get(name)
    if show:
        click.echo(question_text(question, lang), nl=False)
        return
    given = _given([*parameters, *param])
    with open_store(store, query_memory=settings.query_memory()) as opened:
        result = run(
            opened, question, given, lang, as_of, timeout=timeout or settings.number("query_timeout")
        )
    emit(answer_table(result, lang), format_, out)


def _given(written: list[str]) -> dict[str, str]:
    """Read NAME=VALUE pairs; the last one of a name counts."""
    from kg.errors import UsageError

    pairs = {}
    for pair in written:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError("query.pair", written=pair)
        pairs[name.strip()] = value
    return pairs
