"""Take the pictures of the READMEs: one of each map, of the shipped city, in the system's chromium.

Run ``make pictures`` after changing a map or the ledgers.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from kg import settings
from kg.cli.analyses import clusters_of, gaps_of
from kg.ledgers import import_ledgers
from kg.network import load
from kg.store import open_store
from visual import anchor_scene, chain_scene, cluster_scene, write
from visual.from_analysis import anchor_network, chain_state, cluster_state

FOLDER = Path(__file__).resolve().parent / "pictures"
WIDTH, HEIGHT = 1440, 900


def main() -> int:
    """Draw the chain with the most findings, the anchor with the most firms, and the clusters; photograph each."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("chromium is missing", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        pages = draw(Path(folder))
        FOLDER.mkdir(exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            for name, path in pages.items():
                page.goto(path.as_uri())
                page.wait_for_timeout(1500)
                page.screenshot(path=FOLDER / f"{name}.png")
            browser.close()
    return 0


def draw(folder: Path) -> dict[str, Path]:
    """Write the three maps into a folder and return where they are."""
    import_ledgers(folder / "store", [settings.shipped_city()])
    with open_store(folder / "store") as store:
        network = load(store)
    gaps, clusters = gaps_of(network), clusters_of(network)
    chain = max(sorted(network.stages), key=lambda iri: sum(f.kind == "break" for f in gaps.of_chain(iri)))
    anchor = max(
        clusters.anchors, key=lambda iri: len({m.organization for m in clusters.of(iri) if m.tier == 1})
    )
    scenes = {
        "chain": chain_scene(chain_state(gaps, chain), "zh"),
        "anchor": anchor_scene(anchor_network(gaps, clusters, anchor)),
        "clusters": cluster_scene(cluster_state(clusters)),
    }
    return {name: write(scene, folder / f"{name}.html", "zh") for name, scene in scenes.items()}


if __name__ == "__main__":
    sys.exit(main())
