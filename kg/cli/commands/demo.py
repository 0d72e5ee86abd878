"""``kg demo``: everything on the city that comes with the program."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.cli.analyses import clusters_of, gaps_of
from kg.cli.bilingual import Command
from kg.cli.options import option, quiet_option, store_option
from kg.messages import Language, text

if TYPE_CHECKING:
    from kg.analysis.clusters import Clusters
    from kg.analysis.gaps import Gaps
    from kg.cli.progress import Progress
    from kg.reports.index_page import Both
    from visual.scene import Scene

# How many gaps are printed, and with which columns: what fits a terminal.
_TOP: Final = 10
_SHOWN: Final = ("kind", "product", "chain", "needed_by", "pipeline", "evidence", "sources")


@click.command("demo", cls=Command)
@option("--out", "-o", type=click.Path(path_type=Path), metavar="FOLDER")
@quiet_option
@store_option
def demo(out: Path | None, quiet: bool, store: str, lang: Language) -> None:
    """Import, check, report and draw the shipped city."""
    from kg import settings
    from kg.checks import check
    from kg.cli.output import emit
    from kg.cli.progress import Progress
    from kg.ledgers import import_ledgers
    from kg.network import load
    from kg.reports.chains_table import chains_table
    from kg.reports.city import city_name
    from kg.reports.gaps_table import gaps_table
    from kg.store import open_store

    ledgers = settings.shipped_city()
    folder = out or Path("out") / ledgers.name
    _refuse_other_data(store, ledgers)
    with Progress(lang, quiet=quiet) as progress:
        import_ledgers(store, [ledgers], progress)
        with open_store(store) as opened:
            progress("check", 0, 1)
            faults = check(opened)
            network = load(opened)
            city = city_name(network)
        gaps = gaps_of(network)
        clusters = clusters_of(network)
        written = _write_city(folder, gaps, clusters, city, lang, progress)
    if faults:
        click.echo(text("demo.faults", lang, count=len(faults)), err=True)
    emit(chains_table(gaps, lang), None, None)
    click.echo()
    emit(gaps_table(gaps, gaps.findings, lang, limit=_TOP).only(*_SHOWN), None, None)
    click.echo()
    click.echo(text("demo.done", lang, folder=str(folder), files=written))
    usual = store == settings.value("store")
    option = "" if usual else f" --store {store}"
    click.echo(text("demo.open", lang, index=str(folder / "index.html"), program=_program(), option=option))


def _program() -> str:
    """Return how the reader calls this program: by its name where the shell finds it, else by its path."""
    called = Path(sys.argv[0])
    if called.stem != "kg" or shutil.which("kg"):
        return "kg"
    return str(called.relative_to(Path.cwd()) if called.is_relative_to(Path.cwd()) else called)


def _refuse_other_data(store: str, ledgers: Path) -> None:
    """Refuse to import over ledgers that are not the shipped ones: files of the same name would replace them."""
    from kg.errors import StoreError, UsageError
    from kg.ledgers import collect, ledger_files
    from kg.store import open_store

    try:
        with open_store(store) as opened:
            held = ledger_files(opened.files())
    except StoreError as error:
        if error.key == "store.missing":
            return
        raise
    shipped = collect([ledgers])
    same = [name for name in held if held[name] == shipped.get(name)]
    if held and (not same or not set(held) <= set(shipped)):
        raise UsageError("demo.other_data", store=store)


def _write_city(
    folder: Path, gaps: Gaps, clusters: Clusters, city: Both, lang: Language, progress: Progress
) -> int:
    """Write every map, every report and the page that leads to them; return how many files."""
    from kg.cli.output import write_file
    from kg.reports.city import downloads, file_name, report_files
    from kg.reports.index_page import index_page, render_index
    from visual import anchor_scene, cluster_scene, render
    from visual.from_analysis import anchor_network, cluster_state

    names = gaps.network.thing
    chain_maps = {chain: f"chains/{file_name(names(chain).zh)}" for chain in gaps.network.stages}
    around = {anchor: anchor_network(gaps, clusters, anchor) for anchor in clusters.anchors}
    anchor_maps = {
        anchor: f"anchors/{file_name(names(anchor).zh)}"
        for anchor, found in around.items()
        if found.firms or found.missing
    }
    draw: dict[str, Callable[[], Scene]] = {"clusters.html": lambda: cluster_scene(cluster_state(clusters))}
    for iri, path in chain_maps.items():
        draw[path] = partial(_chain_scene, gaps, iri, lang)
    for iri, path in anchor_maps.items():
        draw[path] = partial(anchor_scene, around[iri])
    for number, (path, scene) in enumerate(draw.items(), start=1):
        progress("maps", number, len(draw))
        write_file(folder / path, render(scene(), lang).encode("utf-8"))
    progress("reports", 0, 1)
    reports = 0
    for path, content in report_files(gaps, clusters):
        write_file(folder / path, content)
        reports += 1
    page = index_page(
        city,
        gaps,
        clusters,
        clusters_map="clusters.html",
        chain_maps=chain_maps,
        anchor_maps=anchor_maps,
        downloads=downloads(),
    )
    write_file(folder / "index.html", render_index(page, lang).encode("utf-8"))
    return len(draw) + reports + 1


def _chain_scene(gaps: Gaps, chain: str, lang: Language) -> Scene:
    from visual import chain_scene
    from visual.from_analysis import chain_state

    return chain_scene(chain_state(gaps, chain), lang)
