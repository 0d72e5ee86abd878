"""The page that leads to everything, read without a browser; and tables of the made-up city in a terminal."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.clusters import Clusters, find_clusters
from kg.analysis.gaps import Gaps, find_gaps
from kg.names import ID
from kg.network import load
from kg.reports.city import city_name, downloads
from kg.reports.gaps_table import gaps_table
from kg.reports.index_page import IndexPage, index_page, render_index
from kg.reports.table import Column, Table, Thing, Word
from kg.reports.terminal import terminal
from kg.store import open_store
from tests.small_city import network_of, org

MILL = "云溪竹业集团有限公司"
CHAIN = f"{ID}chain/竹材产业链"


@pytest.fixture(scope="module")
def analysed(yunxi: Path) -> tuple[Gaps, Clusters]:
    with open_store(yunxi) as store:
        network = load(store)
    return find_gaps(network), find_clusters(network)


@pytest.fixture(scope="module")
def page(analysed: tuple[Gaps, Clusters]) -> IndexPage:
    gaps, clusters = analysed
    return index_page(
        city_name(gaps.network),
        gaps,
        clusters,
        clusters_map="clusters.html",
        chain_maps={CHAIN: "chains/竹材产业链.html"},
        anchor_maps={org(MILL): "anchors/a b#c?d.html"},
        downloads=downloads(),
    )


class Reader(HTMLParser):
    """Collects texts by language, links, and elements that would run or fetch something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[tuple[str, str | None]] = []
        self.told: dict[str, list[str]] = {"zh": [], "en": []}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "a":
            self.links.append(str(dict(attrs)["href"]))
        if tag not in ("meta", "link", "input", "br", "img"):
            self.open.append((tag, dict(attrs).get("lang")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        spoken = next((lang for tag, lang in reversed(self.open) if lang and tag == "span"), None)
        if spoken:
            self.told[spoken].append(data)


def test_the_page_holds_the_numbers_of_the_city(page: IndexPage) -> None:
    assert page.as_of == "2025-06-15"
    assert {kind.key: kind.count for kind in page.kinds} == {
        "break": 1, "missing": 1, "weak": 1, "latent": 1, "short": 1, "blocked": 0, "blank": 1, "strong": 1,
    }  # fmt: skip
    # Stages covered, all, coming; breaks, missing, weak.
    assert [(entry.name["zh"], entry.numbers, entry.href) for entry in page.chains] == [
        ("竹材产业链", (2, 4, 1, 1, 1, 1), "chains/竹材产业链.html"),
        ("锂电产业链", (0, 2, 0, 0, 0, 0), None),
    ]
    assert page.outside == 1


def test_an_anchor_counts_firms_on_each_side_and_what_it_lacks(page: IndexPage) -> None:
    # Lye upstream; paper, tissue, fibre and cloth downstream. It lacks lye; the break of fibre is no input of its own.
    [entry] = page.anchors
    assert (entry.name["zh"], entry.numbers) == (MILL, (1, 4, 1))


def test_the_first_gaps_are_about_products_and_speak_both_languages(page: IndexPage) -> None:
    assert [(gap.kind, gap.product["zh"], gap.evidence) for gap in page.gaps][:3] == [
        ("break", "竹纤维", "E5"),
        ("missing", "烧碱", "E5"),
        ("weak", "竹浆", "E5"),
    ]
    assert "blank" not in {gap.kind for gap in page.gaps}
    assert page.gaps[0].kind_name == {"zh": "断点", "en": "break"}
    assert page.gaps[1].why["en"].endswith("Suppliers from outside on record: 江北碱厂.")
    assert page.gaps[1].sources == ("yx-1", "yx-3")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_everything_in_both_languages_and_opens_in_one(page: IndexPage, lang) -> None:
    html = render_index(page, lang)
    read = Reader(html)
    assert len(read.told["zh"]) == len(read.told["en"]) > 50
    assert f'<html lang="{lang}">' in html
    assert re.findall(r'id="lang-(..)"[^>]*checked', html) == [lang]
    assert not [text for text in read.told["zh"] + read.told["en"] if "{" in text]


def test_the_page_runs_and_fetches_nothing(page: IndexPage) -> None:
    html = render_index(page, "zh")
    read = Reader(html)
    assert not {"script", "img", "iframe", "object", "form", "base"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name.startswith("on") or name == "src"]
    assert not [link for link in read.links if re.match(r"[a-z]+:|//|/", link)]
    policy = next(
        value for name, value in read.attributes if name == "content" and "default-src" in str(value)
    )
    style = re.search(r"<style>(.*)</style>", html, re.S).group(1)  # type: ignore[union-attr]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert "default-src 'none'" in str(policy)
    assert f"'sha256-{digest}'" in str(policy)


def test_links_are_quoted_so_that_any_name_leads_to_its_file(page: IndexPage) -> None:
    links = Reader(render_index(page, "en")).links
    assert links[0] == "clusters.html"
    assert {"chains/竹材产业链.html", "anchors/a b#c?d.html"} <= {unquote(link) for link in links}
    assert not [link for link in links if set(link) & set(' #?<>"')]
    assert all(link.isascii() for link in links)
    reports = [unquote(link) for link in links if link.startswith("reports/")]
    assert len(reports) == len(set(reports)) == 9 * 4 * 2


@pytest.mark.parametrize(
    "nasty", ["</title><script>alert(1)</script>", '" onload="x', "<b>&amp;", "{{ 7*7 }}", "'--"]
)
def test_hostile_names_stay_text_everywhere(page: IndexPage, nasty: str) -> None:
    both = {"zh": nasty, "en": nasty}
    changed = replace(
        page,
        city=both,
        chains=tuple(replace(entry, name=both) for entry in page.chains),
        anchors=tuple(replace(entry, name=both) for entry in page.anchors),
        gaps=tuple(replace(gap, product=both, chains=both, why=both, sources=(nasty,)) for gap in page.gaps),
    )
    read = Reader(render_index(changed, "zh"))
    assert sorted(read.tags) == sorted(Reader(render_index(page, "zh")).tags)
    assert sum(nasty in text for text in read.told["zh"]) >= 4
    assert "49" not in "".join(read.told["zh"])


def test_a_city_without_anything_still_has_a_page() -> None:
    network = network_of("product 料 中间品")
    gaps, clusters = find_gaps(network), find_clusters(network)
    page = index_page(
        {"zh": "", "en": ""},
        gaps,
        clusters,
        clusters_map="c.html",
        chain_maps={},
        anchor_maps={},
        downloads=(),
    )
    assert (page.chains, page.anchors, page.gaps) == ((), (), ())
    assert Reader(render_index(page, "zh")).links == ["c.html"]


# The terminal


def cells(line: str) -> int:
    """Count the cells of a line by another route: wide and full-width characters take two, marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in line
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [40, 60, 80, 120, 200])
def test_the_gaps_of_the_city_fit_terminals_of_any_size(
    analysed: tuple[Gaps, Clusters], lang, size: int
) -> None:
    table = gaps_table(analysed[0], analysed[0].findings, lang)
    drawn = terminal(table, size)
    assert max(map(cells, drawn.split("\n"))) <= size
    assert drawn.endswith("\n")
    assert not [line for line in drawn.split("\n") if line != line.rstrip()]
    together = "".join(drawn.split())
    for name in ("竹纤维", "烧碱", "竹浆", "竹炭"):
        assert name in together
    assert {"zh": "共7行", "en": "rows:7"}[lang] in together


def test_a_terminal_shows_the_main_columns_and_says_so(analysed: tuple[Gaps, Clusters]) -> None:
    table = gaps_table(analysed[0], analysed[0].findings, "zh")
    drawn = terminal(table, 200)
    assert "需求方" not in drawn  # made for files only
    assert "依据说明" in drawn
    assert "--out" in drawn
    assert "需求方" in terminal(replace(table, brief=()), 300)
    assert "--out" not in terminal(replace(table, brief=()), 300)
    assert "--out" not in terminal(replace(table, rows=()), 200)


@pytest.mark.parametrize(
    ("items", "lang", "shown"),
    [
        (("甲",), "zh", "甲"),
        (("甲", "乙", "丙"), "zh", "甲；乙；丙"),
        (("甲", "乙", "丙", "丁"), "zh", "甲；乙；丙 +1"),
        (tuple("abcdefghij"), "en", "a; b; c +7"),
    ],
)
def test_long_lists_are_cut_in_a_terminal_and_counted(items: tuple[str, ...], lang, shown: str) -> None:
    drawn = terminal(Table("", (Column("a", "A", "list"),), ((items,),), lang), 80).split("\n")
    assert drawn[2] == shown


def test_numbers_stand_right_and_texts_left_whatever_their_width() -> None:
    columns = (Column("a", "名"), Column("n", "数", "number"), Column("w", "词"))
    rows = (
        ("甲", 5, Word("k", "未知")),
        ("ab", 12345, Thing("https://x", "物")),
        ("ＡＢ", Word(None, "未知"), None),
    )
    drawn = terminal(Table("", columns, rows, "zh"), 60).split("\n")
    assert drawn[:5] == [
        "名       数  词",
        "────  ─────  ────",
        "甲        5  未知",
        "ab    12345  物",
        "ＡＢ   未知",
    ]


def test_cells_titles_and_notes_are_shown_and_not_obeyed() -> None:
    nasty = "\x1b[31m红\x07\u202e\x9b"
    table = Table(nasty, (Column("a", "A"),), ((nasty,),), "zh", (nasty,), None, {"p": nasty})
    drawn = terminal(table, 80)
    assert not set(drawn) & set("\x1b\x07\u202e\x9b")
    assert drawn.count("\\x1b[31m红\\x07\\u202e\\x9b") == 4


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(st.sampled_from("甲乙ＡabＢ, ，。"), max_size=30), st.integers(-(10**15), 10**15)),
        min_size=1,
        max_size=4,
    ),
    st.integers(40, 120),
)
def test_nothing_of_a_cell_is_lost_in_a_terminal(rows: list[tuple[str, int]], size: int) -> None:
    table = Table("", (Column("a", "x"), Column("n", "y", "number")), tuple(rows), "zh")
    drawn = terminal(table, size)
    assert max(map(cells, drawn.split("\n"))) <= size
    together = "".join(drawn.split())
    for char in "甲乙Ａab，。":
        assert together.count(char) >= sum(text.count(char) for text, _ in rows)
    assert all(str(number) in together for _, number in rows)
