"""``kg names``: which names may mean the same thing, and what somebody decided about it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.cli.bilingual import Command
from kg.cli.options import option, output_options, store_option
from kg.cli.output import chosen_format, emit, write_file
from kg.errors import UnknownName, UsageError
from kg.messages import Language, text
from kg.reports.writers import Format

if TYPE_CHECKING:
    from kg.ledgers.decisions import Decision
    from kg.queries.resolve import NameIndex
    from kg.store import Store

# Classes a decision may be about, the likeliest first, with the ledger that names their things.
_LEDGERS: Final[Mapping[str, str]] = {
    "Organization": "organizations",
    "Project": "projects",
    "Park": "parks",
    "Product": "products",
    "Chain": "chains",
    "Place": "places",
}
_KINDS: Final = ("organization", "product", "park", "project")
_SOURCE: Final = "curation"


@click.command("names", cls=Command)
@option("--kind", type=click.Choice(_KINDS), default=None)
@option("--least", type=click.FloatRange(0, 100), metavar="NUMBER", default=0)
@option("--decide", nargs=3, metavar="NAME NAME RELATION", default=None)
@option("--undecide", nargs=2, metavar="NAME NAME", default=None)
@option("--reason", metavar="TEXT", default=None)
@option("--ledger", type=click.Path(path_type=Path), metavar="FILE", default=None)
@option("--source", metavar="ID", default=_SOURCE)
@output_options
@store_option
def names(
    kind: str | None,
    least: float,
    decide: tuple[str, str, str] | None,
    undecide: tuple[str, str] | None,
    reason: str | None,
    ledger: Path | None,
    source: str,
    format_: Format | None,
    out: Path | None,
    store: str,
    lang: Language,
) -> None:
    """List suspects, or record or take back a decision about two names."""
    file = ledger or Path(text("names.file", lang))
    if decide and undecide:
        raise UsageError("names.one_at_a_time")
    if decide:
        if not reason or not reason.strip():
            raise UsageError("names.reason")
        _decide(store, file, decide, reason.strip(), source, lang)
    elif undecide:
        _undecide(store, file, undecide, lang)
    else:
        _list(store, kind, least, format_, out, lang)


def _list(
    store: str, kind: str | None, least: float, format_: Format | None, out: Path | None, lang: Language
) -> None:
    from kg.analysis.suspects import KINDS, find_suspects
    from kg.queries import name_index
    from kg.reports.suspects_table import suspects_table
    from kg.store import open_store

    chosen_format(format_, out)
    with open_store(store) as opened:
        kinds = tuple(known for known in KINDS if kind in (None, known))
        found = [suspect for suspect in find_suspects(opened, kinds) if suspect.likeness >= least]
        index = name_index(opened)
    emit(suspects_table(found, lambda iri: index.label(iri, lang), lang), format_, out)


def _decide(
    store: str, file: Path, asked: tuple[str, str, str], reason: str, source: str, lang: Language
) -> None:
    from kg.analysis.suspects import judged_pairs
    from kg.labels import concept, label
    from kg.ledgers import decisions
    from kg.network.loading import rows
    from kg.queries import name_index
    from kg.store import open_store

    relation = concept("identity-relation", asked[2].replace("-", " "))
    with open_store(store) as opened:
        index = name_index(opened)
        first, second, about = _pair(index, asked[0], asked[1], lang)
        if first == second:
            raise UsageError("names.one_thing", name=index.label(first, lang))
        known = _kept(opened, file)
        new = decisions.Decision(
            index.label(first, "zh"),
            decisions.kind_word(about, lang),
            label(relation, lang),
            index.label(second, "zh"),
            reason,
            source,
        )
        elsewhere = not any(decision.pair == new.pair for decision in known)
        if elsewhere and frozenset((first, second)) in judged_pairs(opened):
            raise UsageError("names.judged_elsewhere", first=new.thing, second=new.other, file=str(file))
        contents = {file: decisions.write_decisions(decisions.decided(known, new), lang)}
        if not any(row["id"] == source for row in rows(opened, "sources")):
            declared = file.with_name(f"{file.stem}{text('names.sources_suffix', lang)}.csv")
            contents[declared] = decisions.source_row(source, text("names.source_title", lang), lang)
    _import(store, contents)
    done = new.in_words(lang)
    click.echo(
        text(
            "names.decided", lang, first=done.thing, second=done.other, relation=done.relation, file=str(file)
        )
    )
    if relation.endswith("/same"):
        click.echo(text("names.same_merges_nothing", lang, second=done.other), err=True)


def _undecide(store: str, file: Path, asked: tuple[str, str], lang: Language) -> None:
    from kg.ledgers import decisions
    from kg.queries import name_index
    from kg.store import open_store

    with open_store(store) as opened:
        index = name_index(opened)
        first, second, _ = _pair(index, *asked, lang)
        rest = decisions.undecided(_kept(opened, file), index.label(first, "zh"), index.label(second, "zh"))
    _import(store, {file: decisions.write_decisions(rest, lang)})
    click.echo(
        text(
            "names.taken_back",
            lang,
            first=index.label(first, lang),
            second=index.label(second, lang),
            file=str(file),
        )
    )


def _pair(index: NameIndex, first: str, second: str, lang: Language) -> tuple[str, str, str]:
    """Return what two names mean among the things of one kind, and the ledger of these.

    Raises
    ------
    UnknownName
        One of them means nothing of the kind that the other is of.
    """
    from kg.cli.lookup import class_label

    refused: UnknownName | None = None
    for class_, ledger in _LEDGERS.items():
        meant = class_label(class_, lang)
        try:
            return index.resolve(first, [class_], meant), index.resolve(second, [class_], meant), ledger
        except UnknownName as error:
            # Say it of the kind that one of both names is of.
            if refused is None or index.has(_maybe(index, first, class_)):
                refused = error
    assert refused is not None
    raise refused


def _maybe(index: NameIndex, name: str, class_: str) -> str:
    try:
        return index.resolve(name, [class_])
    except UsageError:
        return ""


def _kept(store: Store, file: Path) -> tuple[Decision, ...]:
    """Return the decisions in the file; where there is none, those of the file of that name that was imported."""
    from kg.ledgers import decisions

    data = file.read_bytes() if file.exists() else store.files().get(file.name)
    return decisions.read_decisions(data, file.name) if data else ()


def _import(store: str, contents: Mapping[Path, bytes]) -> None:
    """Import the files as they would be, and write them when the import has succeeded."""
    from kg.ledgers import import_ledgers

    with tempfile.TemporaryDirectory() as folder:
        for file, content in contents.items():
            (Path(folder) / file.name).write_bytes(content)
        import_ledgers(store, sorted(Path(folder).iterdir()))
    for file, content in contents.items():
        write_file(file, content)
