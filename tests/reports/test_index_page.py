"""The page that leads to everything, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.analysis.clusters import find_clusters
from kg.analysis.gaps import find_gaps
from kg.network import load
from kg.reports.city import city_name, downloads
from kg.reports.index_page import index_page, render_index
from kg.store import open_store

NASTY = '<img src=x onerror="document.title=1">&"\''


def html(store: Path, lang: str = "zh", city: str | None = None) -> str:
    with open_store(store) as opened:
        network = load(opened)
        name = city_name(network) if city is None else {"zh": city, "en": city}
    gaps, clusters = find_gaps(network), find_clusters(network)
    page = index_page(
        name,
        gaps,
        clusters,
        clusters_map="clusters.html",
        chain_maps={chain: f"chains/{network.thing(chain).zh}.html" for chain in network.stages},
        anchor_maps={},
        downloads=downloads(),
    )
    return render_index(page, lang)  # type: ignore[arg-type]


def test_the_page_names_the_city_its_date_and_its_gaps(yunxi: Path) -> None:
    page = html(yunxi)
    assert "<title>云溪市产业生态图谱</title>" in page
    assert "2025-06-15" in page
    assert "竹纤维" in page
    assert "yx-1" in page


def test_names_stay_text(yunxi: Path) -> None:
    page = html(yunxi, city=NASTY)
    assert NASTY not in page
    assert "&lt;img src=x" in page


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_asks_for_nothing_and_switches_its_language(
    browser, yunxi: Path, tmp_path: Path, lang: str
) -> None:
    (tmp_path / "index.html").write_text(html(yunxi, lang), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((tmp_path / "index.html").as_uri())
    titles = {"zh": "云溪市产业生态图谱", "en": "The industrial ecosystem of Yunxi"}
    assert page.locator("h1").inner_text().startswith(titles[lang][:20])
    other = "en" if lang == "zh" else "zh"
    page.click(f'label[for="lang-{other}"]')
    assert page.locator("h1").inner_text().startswith(titles[other][:4])
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    page.close()


@pytest.mark.browser
def test_the_language_can_be_switched_by_keyboard(browser, yunxi: Path, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(html(yunxi, "zh"), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.locator("h1").inner_text().startswith("The industrial ecosystem")
    page.close()
