"""``kg view``: maps, each one HTML file that stands alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.analyses import clusters_of, gaps_of
from kg.cli.bilingual import Argument, Command, LazyGroup
from kg.cli.lookup import anchor_named, chain_named
from kg.cli.options import as_of_option, lang_option, option, store_option
from kg.messages import Language, text

if TYPE_CHECKING:
    from visual.scene import Scene

view = LazyGroup(
    "view",
    commands={
        "chain": "kg.cli.commands.view:chain",
        "anchor": "kg.cli.commands.view:anchor",
        "clusters": "kg.cli.commands.view:clusters",
    },
    params=[lang_option()],
)


def _page(_context: click.Context, _option: click.Parameter, out: Path | None) -> Path | None:
    """Refuse, before the work, a file that a browser would not open as a page."""
    from kg.errors import UsageError

    if out is not None and out.suffix.lower() not in {".html", ".htm"}:
        raise UsageError("view.suffix", file=str(out))
    return out


_out = option("--out", "-o", type=click.Path(path_type=Path), metavar="FILE", callback=_page)


@click.command("chain", cls=Command)
@click.argument("chain", cls=Argument, metavar="NAME")
@_out
@as_of_option
@store_option
def chain(chain: str, out: Path | None, as_of: str | None, store: str, lang: Language) -> None:
    """Draw a chain."""
    from kg.network import load
    from kg.reports.city import file_name
    from kg.store import open_store
    from visual import chain_scene
    from visual.from_analysis import chain_state

    with open_store(store) as opened:
        iri = chain_named(opened, chain, lang)
        network = load(opened, as_of)
    scene = chain_scene(chain_state(gaps_of(network), iri), lang)
    _write(scene, out or Path(file_name(network.thing(iri).label(lang))), lang)


@click.command("anchor", cls=Command)
@click.argument("anchor", cls=Argument, metavar="NAME")
@_out
@as_of_option
@store_option
def anchor(anchor: str, out: Path | None, as_of: str | None, store: str, lang: Language) -> None:
    """Draw an anchor firm and the firms around it."""
    from kg.network import load
    from kg.reports.city import file_name
    from kg.store import open_store
    from visual import anchor_scene
    from visual.from_analysis import anchor_network

    with open_store(store) as opened:
        network = load(opened, as_of)
        iri = anchor_named(opened, network, anchor, lang)
    gaps = gaps_of(network)
    clusters = clusters_of(network)
    scene = anchor_scene(anchor_network(gaps, clusters, iri))
    _write(scene, out or Path(file_name(network.thing(iri).label(lang))), lang)


@click.command("clusters", cls=Command)
@_out
@as_of_option
@store_option
def clusters(out: Path | None, as_of: str | None, store: str, lang: Language) -> None:
    """Draw all anchors and the firms between them."""
    from kg.network import load
    from kg.store import open_store
    from visual import cluster_scene
    from visual.from_analysis import cluster_state

    with open_store(store) as opened:
        network = load(opened, as_of)
    scene = cluster_scene(cluster_state(clusters_of(network)))
    _write(scene, out or Path("clusters.html"), lang)


def _write(scene: Scene, out: Path, lang: Language) -> None:
    from kg.cli.output import write_file
    from visual import render

    write_file(out, render(scene, lang).encode("utf-8"))
    click.echo(text("view.written", lang, file=str(out)))
