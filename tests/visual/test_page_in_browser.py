"""What a planner does with a map, done in the system's chromium."""

from __future__ import annotations

from dataclasses import replace

import pytest

from visual import anchor_scene, chain_scene, cluster_scene
from visual.inputs import AnchorFirm, AnchorNetwork, ClusterState, FactRef, Member, Text

pytestmark = pytest.mark.browser
SIZES = [(1440, 900), (1920, 1080)]


def scenes(imagined):
    return {
        "chain": chain_scene(imagined.chain(8)),
        "anchor": anchor_scene(imagined.anchor()),
        "cluster": cluster_scene(imagined.clusters()),
    }


@pytest.mark.parametrize("view", ["chain", "anchor", "cluster"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_one_request_no_message_nothing_cut_off(imagined, show, view: str, width: int, height: int) -> None:
    opened = show(scenes(imagined)[view], width=width, height=height)
    assert len(opened.requests) == 1
    assert opened.requests[0].startswith("file:")
    assert opened.messages == []
    assert opened.run("document.documentElement.scrollWidth") == width
    assert opened.run("document.documentElement.scrollHeight") == height
    lost = opened.run(
        """() => {
          const map = document.getElementById('map');
          return data.nodes.filter((node) => {
            const at = (x, y) => atlas.network.canvasToDOM({ x, y });
            const low = at(node.x - node.width / 2, node.y - node.height / 2);
            const high = at(node.x + node.width / 2, node.y + node.height / 2);
            return low.x < 0 || low.y < 0 || high.x > map.clientWidth || high.y > map.clientHeight;
          }).map((node) => node.id);
        }"""
    )
    assert lost == []
    clipped = opened.run(
        """() => [...document.querySelectorAll('header *, #side .word, #side .gloss, #side .count, #side legend, #how p')]
          .filter((item) => item.scrollWidth > item.clientWidth + 1 && item.clientWidth > 0).map((item) => item.textContent)"""
    )
    assert clipped == []


@pytest.mark.parametrize(("lang", "zoom"), [("zh", 0.4), ("en", 0.8), ("zh", 0.8), ("en", 1.6)])
def test_labels_never_overlap_at_any_zoom(imagined, show, lang: str, zoom: float) -> None:
    opened = show(scenes(imagined)["cluster"], lang)
    opened.run("(zoom) => atlas.network.moveTo({ scale: zoom })", zoom)
    opened.settle()
    boxes = opened.run("atlas.placed.boxes.map(({ left, right, top, bottom }) => [left, top, right, bottom])")
    clash = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert clash == []
    if zoom > 0.7:
        assert len(boxes) > 10


def test_names_in_boxes_can_be_read(imagined, show) -> None:
    opened = show(chain_scene(imagined.chain(8)))
    small = opened.run(
        """() => {
          const ctx = document.querySelector('#map canvas').getContext('2d');
          return data.nodes.filter((node) => node.mark === 'box').map((node) => boxPlan(ctx, node).name.size * atlas.scale).filter((size) => size < 8);
        }"""
    )
    assert small == []


def test_writing_stays_inside_its_box(imagined, show) -> None:
    opened = show(chain_scene(imagined.chain(8)), "en")
    for zoom in (0.5, 1.0, 2.0):
        opened.run("(zoom) => atlas.network.moveTo({ scale: zoom })", zoom)
        opened.settle()
        wide = opened.run(
            """() => {
              const ctx = document.querySelector('#map canvas').getContext('2d');
              return data.nodes.filter((node) => node.mark === 'box').filter((node) => {
                const plan = boxPlan(ctx, node);
                const name = Math.max(...plan.name.lines.map((line) => measure(ctx, line, plan.name.size, 600)));
                const rows = Math.max(0, ...plan.rows.map((row) => measure(ctx, row, plan.rowSize)));
                const height = plan.name.lines.length * plan.name.size * plan.name.lead + plan.rows.length * plan.rowSize * 1.26;
                return name > plan.room + 1 || rows > node.width - 16 || height > node.height;
              }).map((node) => t(node.name));
            }"""
        )
        assert wide == []


def hostile_network(imagined) -> AnchorNetwork:
    nasty = imagined.hostile
    fact = FactRef(Text(nasty), Text(nasty), nasty, nasty, nasty, nasty, "javascript:window.broken=1")
    firm = replace(imagined.firm(nasty), aliases=(nasty + "别名",))
    stage = replace(imagined.firm(nasty + "环节"), en=nasty)
    return AnchorNetwork(
        imagined.firm("青岚" + nasty),
        nasty,
        (AnchorFirm(firm, 1, "upstream", stage, "local", "recorded", 0.5, Text(nasty), (fact,)),),
    )


def test_markup_in_names_stays_text_everywhere(imagined, show) -> None:
    opened = show(anchor_scene(hostile_network(imagined)))
    page = opened.page
    page.fill("#search", "<img")
    page.wait_for_selector("#found li .name")
    assert imagined.hostile in page.inner_text("#found")
    page.keyboard.press("Enter")
    opened.settle()
    assert imagined.hostile in page.inner_text("#panel")
    assert imagined.hostile in page.inner_text("#filters")
    assert imagined.hostile in page.inner_text("#as-of")
    assert imagined.hostile in page.inner_text("#title")
    page.click("#language")
    opened.settle()
    assert page.query_selector_all("img, #panel script, #found script, #panel a") == []
    assert opened.run("window.broken") is None
    assert opened.messages == []
    assert len(opened.requests) == 1


def test_search_by_name_alias_and_firm_focuses(imagined, show) -> None:
    state = imagined.chain(8)
    opened = show(chain_scene(state))
    page = opened.page
    wanted = state.stages[4].products[1].product
    page.fill("#search", wanted.zh)
    assert page.inner_text("#found li:first-child .name") == wanted.zh
    page.keyboard.press("Enter")
    opened.settle()
    assert opened.run("atlas.selected") == wanted.iri
    assert page.inner_text("#panel h2") == wanted.zh
    page.fill("#search", "special product 0-1")
    assert page.locator("#found li").count() == 1
    page.fill("#search", "岚化1")
    assert "岚化1" in page.inner_text("#found li:first-child .via")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#found li:nth-child(2)", "aria-selected") == "true"
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""
    page.fill("#search", "查无此名")
    assert page.inner_text("#found") == "没有匹配的名称"


def test_a_mark_hidden_by_the_panel_is_brought_out(imagined, show) -> None:
    state = imagined.chain(8)
    opened = show(chain_scene(state))
    last = state.stages[6].products[0].product.iri
    opened.run("(id) => atlas.focus(id)", last)
    opened.settle()
    right = opened.run(
        "(id) => { const n = atlas.nodes.get(id); return atlas.network.canvasToDOM({ x: n.x + n.width / 2, y: n.y }).x; }",
        last,
    )
    free = opened.run(
        "document.getElementById('map').clientWidth - document.getElementById('panel').offsetWidth"
    )
    assert right < free
    before = opened.run("atlas.network.getScale()")
    opened.page.click("#panel .close")
    opened.settle()
    assert opened.page.is_hidden("#panel")
    assert opened.run("atlas.network.getScale()") == pytest.approx(before, rel=0.2)


@pytest.mark.parametrize("facet", ["state", "kind", "evidence"])
def test_filters_hide_and_show_all_brings_back(imagined, show, facet: str) -> None:
    opened = show(chain_scene(imagined.chain(8)))
    page = opened.page
    hidden = "nodeSet.get().filter((node) => node.hidden).length"
    assert opened.run(hidden) == 0
    boxes = page.locator(f"fieldset.{facet} input")
    boxes.nth(0).uncheck()
    value = boxes.nth(0).get_attribute("data-value")
    gone = opened.run(
        """([facet, value]) => data.nodes.filter((node) => facet === 'evidence'
          ? node.kind !== 'stage' && node.evidence.length && node.evidence.every((level) => level === value)
          : node[facet] === value).length""",
        [facet, value],
    )
    assert opened.run(hidden) == gone
    if facet != "evidence":
        assert gone
    for k in range(boxes.count()):
        boxes.nth(k).uncheck()
    assert opened.run(hidden) > gone
    page.click("#reset")
    assert opened.run(hidden) == 0
    assert page.locator(f"fieldset.{facet} input:not(:checked)").count() == 0


def test_basis_filter_hides_lines_and_firms_that_are_only_inferred(imagined, show) -> None:
    scene = anchor_scene(imagined.anchor())
    opened = show(scene)
    opened.page.uncheck('input[data-facet="basis"][data-value="inferred"]')
    shown = set(opened.run("edgeSet.get().filter((edge) => !edge.hidden).map((edge) => edge.id)"))
    basis = {node.id: node.basis for node in scene.nodes}
    assert shown == {
        edge.id
        for edge in scene.edges
        if edge.basis == "recorded" and "inferred" not in {basis[edge.source], basis[edge.target]}
    }
    styles = {edge["id"]: edge["dashes"] for edge in opened.run("edgeSet.get()")}
    assert all(bool(styles[edge.id]) == (edge.basis == "inferred") for edge in scene.edges)


def test_search_finds_what_is_filtered_out_and_shows_it(imagined, show) -> None:
    state = imagined.chain(8)
    opened = show(chain_scene(state))
    product = state.stages[0].products[0]
    opened.page.uncheck(f'input[data-facet="state"][data-value="{product.state}"]')
    opened.page.fill("#search", product.product.zh)
    assert "已筛除" in opened.page.inner_text("#found")
    opened.page.keyboard.press("Enter")
    opened.settle()
    assert opened.run("atlas.selected") == product.product.iri
    assert opened.run("nodeSet.get().filter((node) => node.hidden).length") == 0


def test_panel_shows_source_title_date_and_evidence(imagined, show) -> None:
    state = imagined.chain(8)
    address = "https://example.org/doc?a=1&b=<2>"
    product = replace(state.stages[1].products[0], facts=(imagined.fact("源-7", "E4", address),))
    stage = replace(state.stages[1], products=(product, *state.stages[1].products[1:]))
    opened = show(chain_scene(replace(state, stages=(state.stages[0], stage, *state.stages[2:]))))
    opened.run("(id) => atlas.focus(id)", product.product.iri)
    said = opened.page.inner_text("#panel")
    for wanted in ("源-7", "源-7号文", "2024-06", "E4", "产能", "12万吨/年", product.why.zh):
        assert wanted in said
    assert opened.page.get_attribute("#panel a", "href") == address
    assert opened.page.get_attribute("#panel a", "rel") == "noopener noreferrer"
    links = opened.page.locator("#panel .links li")
    assert links.count() == 3
    links.nth(0).locator(".why").click()
    assert "裂解法" in opened.page.inner_text("#panel")
    assert "→" in opened.page.inner_text("#panel h2")


def test_clicking_marks_lines_and_nothing(imagined, show) -> None:
    scene = anchor_scene(imagined.anchor(2, 2, 0, 0))
    opened = show(scene)
    page = opened.page
    firm = next(node for node in scene.nodes if node.kind == "firm")
    spot = "(p) => { const r = document.getElementById('map').getBoundingClientRect(); const d = atlas.network.canvasToDOM(p); return [d.x + r.left, d.y + r.top]; }"
    page.mouse.click(*opened.run(spot, {"x": firm.x, "y": firm.y}))
    opened.settle()
    assert page.inner_text("#panel h2") == firm.label.zh
    page.keyboard.press("Escape")
    opened.settle()
    assert page.is_hidden("#panel")
    page.mouse.click(*opened.run(spot, {"x": firm.x * 0.5, "y": firm.y * 0.5}))
    opened.settle()
    assert "→" in page.inner_text("#panel h2")
    page.mouse.click(*opened.run(spot, {"x": scene.bounds[0] + 4, "y": scene.bounds[3] - 4}))
    opened.settle()
    assert page.is_hidden("#panel")


def test_language_button_changes_every_word(imagined, show) -> None:
    scene = chain_scene(imagined.chain(3))
    opened = show(scene)
    page = opened.page
    assert page.inner_text("#title") == scene.title.zh
    assert page.inner_text("#as-of") == "现状截至 2025-11"
    opened.run("(id) => atlas.focus(id)", scene.nodes[-1].id)
    page.click("#language")
    opened.settle()
    assert page.inner_text("#title") == scene.title.en
    assert page.inner_text("#as-of") == "As of 2025-11"
    assert page.get_attribute("html", "lang") == "en"
    assert page.inner_text("#panel h2") == scene.nodes[-1].label.en
    assert "Legend and filters" in page.inner_text("#side")
    assert not any("\u4e00" <= character <= "\u9fff" for character in page.inner_text("#side"))
    page.click("#language")
    assert page.inner_text("#title") == scene.title.zh


def test_keyboard_alone_reaches_a_fact(imagined, show) -> None:
    state = imagined.chain(3)
    opened = show(chain_scene(state))
    page = opened.page
    page.keyboard.press("/")
    assert opened.run("document.activeElement.id") == "search"
    page.keyboard.type(state.stages[0].products[1].product.zh)
    page.keyboard.press("Enter")
    opened.settle()
    assert "青岚-2024" in page.inner_text("#panel")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(opened.run("document.activeElement.id || document.activeElement.className"))
    assert {"map", "language", "png", "fit", "go"} <= reached


def test_zoom_fit_theme_and_hover(imagined, show) -> None:
    opened = show(cluster_scene(imagined.clusters()))
    page = opened.page
    home = opened.run("atlas.network.getScale()")
    page.click("#zoom-in")
    opened.settle()
    assert opened.run("atlas.network.getScale()") == pytest.approx(home * 1.25, rel=0.01)
    page.click("#zoom-out")
    opened.settle()
    page.click("#zoom-out")
    opened.settle()
    page.click("#fit")
    opened.settle()
    assert opened.run("atlas.network.getScale()") == pytest.approx(home, rel=0.01)
    assert page.get_attribute("body", "data-theme") == "night"
    page.click("#theme")
    assert page.get_attribute("body", "data-theme") == "paper"
    page.mouse.move(720, 480)
    assert opened.messages == []


def test_picture_is_saved_as_png(imagined, show) -> None:
    scene = chain_scene(imagined.chain(3))
    opened = show(scene)
    before = opened.run("[atlas.network.getScale(), document.querySelector('#map canvas').width]")
    with opened.page.expect_download() as waiting:
        opened.page.click("#png")
    saved = waiting.value
    assert saved.suggested_filename == f"{scene.title.zh}.png"
    content = saved.path().read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = (int.from_bytes(content[k : k + 4], "big") for k in (16, 20))
    assert width >= 2200
    assert height >= 1600
    assert len(content) > 30_000
    opened.settle()
    after = opened.run("[atlas.network.getScale(), document.querySelector('#map canvas').width]")
    assert after == pytest.approx(before, rel=0.01)
    assert opened.messages == []
    assert len([address for address in opened.requests if not address.startswith("blob:")]) == 1


def test_printing_puts_one_light_sheet_in_place_of_the_page(imagined, show) -> None:
    opened = show(cluster_scene(imagined.clusters(4, 60)))
    before = opened.run("[atlas.network.getScale(), atlas.theme]")
    opened.run("() => window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert opened.page.is_visible("#sheet")
    assert not opened.page.is_visible("#head")
    assert not opened.page.is_visible("#map")
    width, height, ground = opened.run(
        "() => { const s = document.getElementById('sheet');"
        " return [s.width, s.height, [...s.getContext('2d').getImageData(4, 4, 1, 1).data]] }"
    )
    assert width / height > 1.4  # A4 across
    assert min(ground[:3]) > 220
    # Names are drawn as large as on a screen of the sheet's size, not at half of it.
    assert opened.run("Math.round(10 * LABEL_SIZE / placed.boxes[0].fontSize)") == opened.run(
        "Math.round(10 * atlas.scale)"
    )
    opened.page.emulate_media(media="screen")
    opened.run("() => window.dispatchEvent(new Event('afterprint'))")
    opened.settle()
    assert opened.run("document.querySelectorAll('#sheet').length") == 0
    assert opened.run("[atlas.network.getScale(), atlas.theme]") == [
        pytest.approx(before[0], rel=0.01),
        before[1],
    ]
    assert opened.messages == []


def test_no_anchor_is_without_a_name_however_long_and_crowded(imagined, show) -> None:
    names = (
        "第一石油化学工业与新材料产业投资发展控股第二分公司",
        "<img src=x onerror=alert(1)>集团",
        "青岚重工",
    )
    moons = tuple(imagined.firm(name) for name in names)
    members = tuple(
        Member(
            imagined.firm(f"配套{k}号新材料科技"),
            ((moons[k % 3].iri, 0.6), (moons[(k + k % 2 + 1) % 3].iri, 0.4)),
        )
        for k in range(150)
    )
    opened = show(cluster_scene(ClusterState(moons, members)))
    for factor in (1, 0.5):
        opened.run("(factor) => atlas.network.moveTo({ scale: atlas.network.getScale() * factor })", factor)
        opened.settle()
        named = opened.run("placed.boxes.map((box) => box.id)")
        on_disc = opened.run(
            "data.nodes.filter((n) => n.mark === 'moon' && moonText(document.createElement('canvas').getContext('2d'), n))"
            ".map((n) => n.id)"
        )
        assert {moon.iri for moon in moons} <= {*named, *on_disc}
    assert opened.messages == []


def test_a_firm_that_no_anchor_reaches_says_why_it_stands_outside(imagined, show) -> None:
    state = imagined.clusters(2, 3)
    alone = Member(imagined.firm("独行有限公司"), (), outside=True)
    opened = show(cluster_scene(replace(state, members=(*state.members, alone))))
    opened.run("(id) => atlas.focus(id)", alone.organization.iri)
    assert "没有记录不等于没有往来" in opened.page.inner_text("#panel")
