"""An imagined city to draw, and a browser to look at the drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from math import hypot
from pathlib import Path
from random import Random
from typing import Any

import pytest

from visual.inputs import (
    AnchorFirm,
    AnchorNetwork,
    ChainState,
    ClusterState,
    FactRef,
    Link,
    Maker,
    Member,
    MissingInput,
    ProductLink,
    ProductState,
    Ref,
    StageState,
    Text,
)
from visual.scene import Node, Scene

HOSTILE = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>'
STATES = ("strong", "made", "weak", "missing", "break", "pipeline", "in-unit", "unknown")
STAGES = (
    ("原料", 1, "upstream", ""),
    ("裂解", 2, "midstream", ""),
    ("树脂单体", 3, "midstream", "树脂"),
    ("橡胶单体", 4, "midstream", "橡胶"),
    ("合成树脂", 5, "downstream", "树脂"),
    ("合成橡胶", 6, "downstream", "橡胶"),
    ("制品", 7, "downstream", "树脂"),
    ("轮胎", 8, "downstream", "橡胶"),
)


def fact(source: str = "青岚-2024", evidence: str = "E3", url: str = "") -> FactRef:
    return FactRef(
        Text("产能", "Capacity"),
        Text("12万吨/年", "120 kt/a"),
        source,
        f"{source}号文",
        "2024-06",
        evidence,
        url,
    )


def firm(name: str, *aliases: str, en: str = "") -> Ref:
    return Ref(f"https://example.org/organization/{name}", name, en, aliases)


def goods(name: str, en: str = "") -> Ref:
    return Ref(f"https://example.org/product/{name}", name, en)


def make_chain(per_stage: int = 8, extra: str = "") -> ChainState:
    """Make a chain of eight stages in two branches."""
    stages = []
    names: list[list[str]] = []
    for place, (name, order, position, branch) in enumerate(STAGES):
        held = [f"{name}{'甲乙丙丁戊己庚辛壬癸子丑寅卯'[k]}号特种产品"[: 4 + k] for k in range(per_stage)]
        names.append(held)
        products = []
        for k, product in enumerate(held):
            state = STATES[(place + k) % len(STATES)]
            makers = tuple(
                Maker(
                    firm(f"青岚{name}第{n}化工有限公司", f"岚化{n}"),
                    "12万吨/年",
                    Text("在产", "running"),
                    (fact(),),
                )
                for n in range(k % 5)
            )
            products.append(
                ProductState(
                    goods(product, f"Special product {place}-{k}"),
                    state,  # type: ignore[arg-type]
                    makers if state in {"strong", "made", "weak"} else (),
                    makers[:1] if state == "pipeline" else (),
                    (goods(held[0]),),
                    Text(f"{product}的缘由", "why"),
                    (fact(evidence=f"E{k % 5 + 1}"),),
                )
            )
        stages.append(
            StageState(
                Ref(f"https://example.org/stage/{order}", name, f"Stage {order}"),
                order,
                position,  # type: ignore[arg-type]
                branch,
                tuple(products),
            )
        )
    links = [
        ProductLink(goods(a).iri, goods(b).iri, "裂解法", (fact(),))
        for first, second in ((0, 1), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7))
        for a, b in zip(names[first], names[second], strict=True)
    ]
    return ChainState(
        Ref("https://example.org/chain/青岚", f"青岚化工产业链{extra}", "Qinglan chemicals"),
        "2025-11",
        tuple(stages),
        tuple(links),
    )


def make_anchor(up: int = 14, down: int = 9, missing: int = 7, both: int = 3, seed: int = 1) -> AnchorNetwork:
    """Make an anchor with firms in three tiers."""
    chance = Random(seed)
    anchor = firm("青岚石油化工集团有限公司", "青岚石化", en="Qinglan Petrochemical")
    sectors = [
        Ref(f"https://example.org/stage/{k}", name)
        for k, name in enumerate(("原料", "助剂与催化剂", "设备", "包装"))
    ]
    firms, links = [], []
    for direction, count in (("upstream", up), ("downstream", down), ("both", both)):
        for k in range(count):
            other = firm(f"青岚{direction[:1].upper()}{k}配套材料有限公司", en=f"{direction} {k} Materials")
            tier = 1 + (k % 5 == 4) + (k % 7 == 6)
            firms.append(
                AnchorFirm(
                    other,
                    tier,
                    direction,  # type: ignore[arg-type]
                    None if k % 6 == 5 else chance.choice(sectors),
                    chance.choice(("local", "outside", "unknown")),  # type: ignore[arg-type]
                    "inferred" if k % 3 == 2 else "recorded",
                    round(chance.random(), 2),
                    Text(f"{other.zh} → {anchor.zh}"),
                    (fact(evidence="E6" if k % 3 == 2 else "E2"),),
                )
            )
            ends = (other.iri, anchor.iri) if direction != "downstream" else (anchor.iri, other.iri)
            links.append(Link(*ends, goods("助剂"), "inferred" if k % 3 == 2 else "recorded", (fact(),)))
    links.append(Link(anchor.iri, anchor.iri, goods("石脑油", "Naphtha"), "recorded", (fact("自用-1"),)))
    lacking = tuple(
        MissingInput(
            goods(f"缺料{k}"),
            sectors[k % len(sectors)],
            Text(f"要用缺料{k}", "needed"),
            Text("某项目在建" if k % 3 == 0 else ""),
            (fact(),),
        )
        for k in range(missing)
    )
    return AnchorNetwork(anchor, "2025-11", tuple(firms), tuple(links), lacking)


def make_clusters(anchors: int = 5, members: int = 60, seed: int = 1) -> ClusterState:
    """Make anchors with firms of their own, shared firms and firms nobody reaches."""
    chance = Random(seed)
    moons = tuple(firm(f"青岚第{k}集团有限公司", f"青岚{k}团") for k in range(anchors))
    held, links = [], []
    for k in range(members):
        other = firm(f"配套{k:04d}有限公司")
        picked = chance.sample(moons, min(anchors, chance.choice((0, 1, 1, 1, 2, 2, 3))))
        weights = tuple((moon.iri, round(chance.random() + 0.2, 2)) for moon in picked)
        held.append(
            Member(
                other, weights, not picked, chance.choice(("local", "outside")), Text("经产品相连"), (fact(),)
            )  # type: ignore[arg-type]
        )
        links += [
            Link(other.iri, moon.iri, goods("零件"), chance.choice(("recorded", "inferred")), (fact(),))  # type: ignore[arg-type]
            for moon in picked
        ]
    return ClusterState(moons, tuple(held), tuple(links), "2025-11", Text("青岚市", "Qinglan"))


def overlapping(nodes: list[Node] | tuple[Node, ...]) -> list[tuple[str, str]]:
    """Give the pairs of marks that overlap: discs by their distance, other marks by their boxes."""

    def clash(a: Node, b: Node) -> bool:
        if {a.shape, b.shape} <= {"moon", "star"}:
            return hypot(a.x - b.x, a.y - b.y) < (a.width + b.width) / 2
        return a.box[0] < b.box[2] and b.box[0] < a.box[2] and a.box[1] < b.box[3] and b.box[1] < a.box[3]

    return [(a.id, b.id) for a, b in combinations(nodes, 2) if clash(a, b)]


@pytest.fixture
def imagined() -> Any:
    """Give the makers of the imagined city."""

    class City:
        chain = staticmethod(make_chain)
        anchor = staticmethod(make_anchor)
        clusters = staticmethod(make_clusters)
        fact = staticmethod(fact)
        firm = staticmethod(firm)
        goods = staticmethod(goods)
        overlapping = staticmethod(overlapping)
        hostile = HOSTILE

    return City


@dataclass
class Opened:
    """A page in the browser with all it asked for and said."""

    page: Any
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def run(self, script: str, argument: object = None) -> Any:
        return self.page.evaluate(script, argument)

    def settle(self) -> None:
        self.page.wait_for_timeout(450)


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Open a scene as a file at a screen size."""
    from visual import write

    contexts = []

    def open_scene(scene: Scene, lang: str = "zh", width: int = 1440, height: int = 900) -> Opened:
        path = write(scene, tmp_path / f"{scene.view}.html", lang)
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        opened = Opened(page)
        page.on("request", lambda request: opened.requests.append(request.url))
        page.on("console", lambda message: opened.messages.append(message.text))
        page.on("pageerror", lambda error: opened.messages.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_function("window.atlas !== undefined")
        opened.settle()
        return opened

    yield open_scene
    for context in contexts:
        context.close()
