"""The pages of Yunxi's maps: what stands in the file, and what a planner does with it in the system's chromium."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kg.analysis.clusters import find_clusters
from kg.analysis.gaps import find_gaps
from kg.names import ID
from kg.network import load
from kg.store import open_store
from tests.small_city import org, product
from visual import anchor_scene, chain_scene, cluster_scene, render
from visual.from_analysis import anchor_network, chain_state, cluster_state
from visual.inputs import FactRef, Text
from visual.scene import Detail, Edge, Node, Scene

ROOT = Path(__file__).resolve().parents[2]
GROUP = "云溪竹业集团有限公司"
MAPS = ("bamboo", "lithium", "anchor", "clusters")
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "\u2028\u2029",
    "'\"`${1}",
    "{{ 7*7 }}{% raw %}",
    "\\u003c/script\\u003e",
    "&lt;b&gt;",
    "\u202egnp.exe",
    "\x00\x07",
    "😀",
]


@pytest.fixture(scope="module")
def scenes(yunxi: Path) -> dict[str, Scene]:
    with open_store(yunxi) as store:
        network = load(store)
    gaps, clusters = find_gaps(network), find_clusters(network)
    return {
        "bamboo": chain_scene(chain_state(gaps, f"{ID}chain/竹材产业链")),
        "lithium": chain_scene(chain_state(gaps, f"{ID}chain/锂电产业链")),
        "anchor": anchor_scene(anchor_network(gaps, clusters, org(GROUP))),
        "clusters": cluster_scene(cluster_state(clusters)),
    }


def block(html: str) -> str:
    (found,) = re.findall(r'<script id="scene" type="application/json">(.*?)</script>', html, re.S)
    return found


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_asks_for_nothing_and_forbids_all_else(scenes: dict[str, Scene], name: str, lang: str) -> None:
    html = render(scenes[name], lang)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.replace("&#39;", "'").split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"].split() == ["data:", "blob:"]
    assert set(rules) == {"default-src", "img-src", "base-uri", "form-action", "style-src", "script-src"}
    assert all(re.fullmatch(r"'sha256-[\w+/]{43}='", part) for part in rules["script-src"].split())
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", rules["style-src"])
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)
    assert "://" not in markup
    assert not re.search(r"\son\w+=|\sstyle=", markup)
    style = re.search(r"<style>(.*?)</style>", html, re.S)
    assert style
    assert not re.search(r"@import|url\(", style.group(1))


@pytest.mark.parametrize("name", MAPS)
def test_the_data_of_a_page_says_what_the_scene_says(scenes: dict[str, Scene], name: str) -> None:
    scene, data = scenes[name], json.loads(block(render(scenes[name])))
    assert data["title"] == {"zh": scene.title.zh, "en": scene.title.en}
    assert data["asOf"] == {"zh": "现状截至 2025-06-15", "en": "As of 2025-06-15"}
    assert {n["id"]: (n["kind"], n["state"], n["name"]["zh"], n["evidence"]) for n in data["nodes"]} == {
        n.id: (n.kind, n.state, n.label.zh, list(n.evidence)) for n in scene.nodes
    }
    assert {(e["from"], e["to"], e["basis"]) for e in data["edges"]} == {
        (e.source, e.target, e.basis) for e in scene.edges
    }
    numbers = [n[key] for n in data["nodes"] for key in ("x", "y", "width", "height")]
    assert all(round(number, 2) == number for number in numbers)


@pytest.mark.parametrize("nasty", HOSTILE)
def test_a_hostile_text_comes_back_as_it_was_and_opens_nothing(nasty: str) -> None:
    fact = FactRef(Text(nasty, nasty), Text(nasty), nasty, nasty, nasty, nasty, nasty)
    detail = Detail(Text(nasty), Text(nasty), Text(nasty), (fact,))
    node = Node("a" + nasty, Text(nasty), "firm", 0, 0, 9, 9, "star", terms=(Text(nasty),), details=(detail,))
    edge = Edge("e" + nasty, node.id, node.id, "recorded", "supply", Text(nasty), details=(detail,))
    scene = Scene("cluster", Text(nasty, nasty), Text(nasty), nasty, (node,), (edge,), (), (), (0, 0, 9, 9))
    html = render(scene)
    held = block(html)
    assert not set(held) & set("<>&\u2028\u2029")
    data = json.loads(held)
    assert data["nodes"][0]["id"] == "a" + nasty
    assert data["nodes"][0]["details"][0]["facts"][0]["url"] == nasty
    assert data["edges"][0]["name"]["zh"] == nasty
    assert html.count("<script") - html.count("<\\/script") <= render(
        Scene("cluster", Text("x", "x"), Text("x"), "x", (), (), (), (), (0, 0, 9, 9))
    ).count("<script")
    assert "49" not in re.findall(r"<title>(.*?)</title>", html, re.S)[0]


@pytest.mark.parametrize("lang", ["fr", "", "ZH", "zh-CN"])
def test_a_page_opens_in_no_third_language(scenes: dict[str, Scene], lang: str) -> None:
    with pytest.raises(ValueError, match="no such language"):
        render(scenes["lithium"], lang)


SCRIPT = """
import hashlib, sys
from pathlib import Path
from kg.analysis.clusters import find_clusters
from kg.analysis.gaps import find_gaps
from kg.names import ID
from kg.network import load
from tests.small_city import org, store_of
from visual import anchor_scene, chain_scene, cluster_scene, render
from visual.from_analysis import anchor_network, chain_state, cluster_state
network = load(store_of({p.name: p.read_bytes() for p in Path("tests/cities/yunxi").glob("*.csv")}))
gaps, clusters = find_gaps(network), find_clusters(network)
for scene in (chain_scene(chain_state(gaps, ID + "chain/竹材产业链")), cluster_scene(cluster_state(clusters)),
              anchor_scene(anchor_network(gaps, clusters, org("云溪竹业集团有限公司")))):
    print(hashlib.sha256(render(scene).encode()).hexdigest())
"""


def test_pages_from_the_ledgers_are_the_same_bytes_whatever_the_hash_seed() -> None:
    seen = set()
    for seed in ("1", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        seen.add(done.stdout)
    assert len(seen) == 1
    assert len(set(seen.pop().split())) == 3


# ---------------------------------------------------------------- the browser


@dataclass
class Sheet:
    """A page with all it asked for and said."""

    page: Any
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def hidden(self) -> set[str]:
        return set(self.page.evaluate("nodeSet.get().filter((node) => node.hidden).map((node) => node.id)"))

    def focus(self, node: str) -> str:
        self.page.evaluate("(id) => atlas.focus(id)", node)
        return str(self.page.inner_text("#panel"))


@pytest.fixture(scope="module")
def turn_to(
    browser: Any, scenes: dict[str, Scene], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """Open a map in one tab that all tests of this module share, each from the beginning."""
    folder = tmp_path_factory.mktemp("pages")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    sheets: list[Sheet] = []
    page.on("request", lambda request: sheets[-1].requests.append(request.url))
    page.on("console", lambda message: sheets[-1].messages.append(message.text))
    page.on("pageerror", lambda error: sheets[-1].messages.append(str(error)))

    def turn(name: str, lang: str = "zh", width: int = 1440, height: int = 900) -> Sheet:
        file = folder / f"{name}-{lang}.html"
        if not file.exists():
            file.write_bytes(render(scenes[name], lang).encode())
        page.set_viewport_size({"width": width, "height": height})
        sheets.append(Sheet(page))
        page.goto(file.as_uri())
        page.wait_for_function("window.atlas !== undefined || typeof atlas !== 'undefined'")
        return sheets[-1]

    yield turn
    context.close()


Turn = Callable[..., Sheet]


@pytest.mark.browser
@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize(("lang", "size"), [("en", (1440, 900)), ("zh", (1920, 1080))])
def test_every_map_opens_alone_and_in_silence(
    turn_to: Turn, scenes: dict[str, Scene], name: str, lang: str, size: tuple[int, int]
) -> None:
    sheet = turn_to(name, lang, *size)
    assert [address.split(":")[0] for address in sheet.requests] == ["file"]
    assert sheet.messages == []
    assert sheet.page.title() == getattr(scenes[name].title, lang)
    assert sheet.page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]") == list(size)
    assert sheet.page.evaluate("nodeSet.length") == len(scenes[name].nodes)
    assert sheet.hidden() == set()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "words", "found"),
    [
        ("bamboo", "氢氧化钠", product("烧碱")),
        ("bamboo", "白鹭新材", product("竹纤维")),  # a firm is found in the box of what it makes
        ("anchor", "竹业集团", org(GROUP)),
        ("anchor", "  青篁  ", org("青篁纺织有限公司")),
        ("clusters", "云溪纸业", org("云溪纸业有限公司")),
    ],
)
def test_an_alias_finds_the_thing(turn_to: Turn, name: str, words: str, found: str) -> None:
    sheet = turn_to(name)
    sheet.page.fill("#search", words)
    sheet.page.keyboard.press("Enter")
    assert sheet.page.evaluate("atlas.selected") == found
    assert sheet.page.is_visible("#panel")
    assert sheet.messages == []


@pytest.mark.browser
def test_leaving_out_what_a_rule_inferred_leaves_what_is_on_record(turn_to: Turn) -> None:
    sheet = turn_to("anchor")
    guessed = {org("溪南纸品有限公司"), org("白鹭新材料有限公司"), org("青篁纺织有限公司")}
    for facet, value in (("basis", "inferred"), ("evidence", "E6")):
        sheet.page.uncheck(f'input[data-facet="{facet}"][data-value="{value}"]')
        assert sheet.hidden() == guessed
        shown = sheet.page.evaluate(
            "edgeSet.get().filter((edge) => !edge.hidden).map((edge) => [edge.from, edge.to])"
        )
        assert sorted(shown) == sorted([[org("江北碱厂"), org(GROUP)], [org(GROUP), org("云溪纸业有限公司")]])
        sheet.page.click("#reset")
        assert sheet.hidden() == set()


@pytest.mark.browser
def test_the_panel_of_a_product_tells_maker_reason_and_source(turn_to: Turn) -> None:
    sheet = turn_to("bamboo")
    said = sheet.focus(product("竹纤维"))
    for words in (
        "白鹭新材料有限公司",
        "签约",
        "yx-2",
        "《云溪日报报道》",
        "2025-02",
        "E4",
        "只断在这一环",
        "竹纤维布",
    ):
        assert words in said
    assert sheet.page.get_attribute("#panel a", "href") == "http://example.org/yx-2"
    assert len(sheet.requests) == 1


@pytest.mark.browser
def test_the_panel_of_an_inferred_line_says_so_in_both_languages(
    turn_to: Turn, scenes: dict[str, Scene]
) -> None:
    (edge,) = [e for e in scenes["anchor"].edges if e.target == org("溪南纸品有限公司")]
    sheet = turn_to("anchor")
    sheet.page.evaluate("(id) => atlas.openEdge(id)", edge.id)
    said = sheet.page.inner_text("#panel")
    assert f"{GROUP} → 溪南纸品有限公司" in said
    assert "推断" in said
    assert "E6" in said
    assert not {"E3", "E4"} & set(said.split())
    sheet.page.click("#language")
    assert "Inferred" in sheet.page.inner_text("#panel")


@pytest.mark.browser
def test_the_panel_of_the_anchor_tells_captive_use_and_missing_inputs(turn_to: Turn) -> None:
    sheet = turn_to("anchor")
    said = sheet.focus(org(GROUP))
    assert said.index("自用") < said.index("缺少的投入")
    assert "竹浆" in said
    sheet.page.click("#panel .go:has-text('烧碱')")
    assert sheet.page.evaluate("atlas.selected") == f"{product('烧碱')}#missing"
    assert "有记录的外地供应方：江北碱厂" in sheet.page.inner_text("#panel")


@pytest.mark.browser
@pytest.mark.parametrize("name", ["bamboo", "anchor"])
def test_the_language_button_turns_the_words_and_back(
    turn_to: Turn, scenes: dict[str, Scene], name: str
) -> None:
    sheet = turn_to(name)
    before = sheet.page.inner_text("#side")
    sheet.page.click("#language")
    assert sheet.page.inner_text("#title") == scenes[name].title.en
    assert not re.search(r"[\u4e00-\u9fff]", sheet.page.inner_text("#side"))
    assert sheet.page.inner_text("#language") == "中文"
    sheet.page.click("#language")
    assert sheet.page.inner_text("#side") == before
    assert sheet.messages == []


@pytest.mark.browser
def test_keys_alone_search_open_and_close(turn_to: Turn) -> None:
    sheet = turn_to("clusters")
    press = sheet.page.keyboard.press
    press("/")
    sheet.page.keyboard.type("云溪")
    hits = sheet.page.locator("#found li").count()
    assert hits >= 3  # the group, its paper mill, the char maker
    press("ArrowUp")  # from the first round to the last
    assert sheet.page.get_attribute(f"#found li:nth-child({hits})", "aria-selected") == "true"
    press("ArrowDown")
    assert sheet.page.get_attribute("#found li:nth-child(1)", "aria-selected") == "true"
    press("Enter")
    assert sheet.page.evaluate("atlas.selected") == org(GROUP)  # an anchor comes before its firms
    sheet.page.focus("#map")
    press("Escape")
    assert sheet.page.is_hidden("#panel")
    assert sheet.page.evaluate("atlas.selected") is None


@pytest.mark.browser
def test_the_map_is_saved_under_its_title_in_the_language_shown(
    turn_to: Turn, scenes: dict[str, Scene]
) -> None:
    sheet = turn_to("clusters", "en")
    with sheet.page.expect_download() as waiting:
        sheet.page.click("#png")
    content = waiting.value.path().read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert content[12:16] == b"IHDR"
    assert int.from_bytes(content[16:20], "big") > 1440
    name = waiting.value.suggested_filename
    assert name.endswith(".png")
    assert re.sub(r"[\W_]", "", scenes["clusters"].title.en) in re.sub(r"[\W_]", "", name)
    assert [address for address in sheet.requests if not address.startswith(("file:", "blob:"))] == []
