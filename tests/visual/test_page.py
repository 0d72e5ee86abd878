from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from visual import anchor_scene, chain_scene, cluster_scene, render, write
from visual.inputs import Text
from visual.page import AtlasNetwork
from visual.scene import Node, Scene

SCENES = ("chain", "anchor", "cluster")


@pytest.fixture(params=SCENES)
def scene(request, imagined) -> Scene:
    return {
        "chain": lambda: chain_scene(imagined.chain(3)),
        "anchor": lambda: anchor_scene(imagined.anchor()),
        "cluster": lambda: cluster_scene(imagined.clusters()),
    }[request.param]()


def payload(html: str) -> dict:
    return json.loads(
        re.search(r'<script id="scene" type="application/json">(.*?)</script>', html, re.S).group(1)
    )


def test_page_is_whole_and_names_no_other_address(scene: Scene) -> None:
    html = render(scene)
    assert html.startswith('<!doctype html>\n<html lang="zh-CN">')
    tags = re.sub(r"<script.*?</script>", "", html, flags=re.S)
    assert not re.search(r"https?://", tags)
    assert not re.search(r"\b(src|href)=(?!\"data:,\")", tags)
    assert "\r" not in html


def test_policy_allows_only_what_is_inside(scene: Scene) -> None:
    html = render(scene)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html).group(1).replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "*" not in policy
    inside = re.findall(r"<script>(.*?)</script>", html, re.S) + re.findall(
        r"<style>(.*?)</style>", html, re.S
    )
    assert len(inside) == 3
    for content in inside:
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_data_carries_nodes_edges_and_facts(scene: Scene) -> None:
    held = payload(render(scene))
    assert [node["id"] for node in held["nodes"]] == [node.id for node in scene.nodes]
    assert {(edge["from"], edge["to"]) for edge in held["edges"]} == {
        (e.source, e.target) for e in scene.edges
    }
    facts = [fact for node in held["nodes"] for detail in node["details"] for fact in detail["facts"]]
    assert facts
    assert {fact["source"] for fact in facts} >= {"青岚-2024"}
    assert all(isinstance(node["x"], (int, float)) for node in held["nodes"])


def test_markup_in_names_is_escaped(imagined) -> None:
    nasty = imagined.hostile + "\u2028\u2029&</script>"
    node = Node(nasty, Text(nasty), "firm", 0, 0, 9, 9, "star", note=Text(nasty), terms=(Text(nasty),))
    html = render(Scene("cluster", Text(nasty), Text(nasty), nasty, (node,), (), (), (), (0, 0, 9, 9)))
    assert imagined.hostile not in html
    assert "<img" not in html
    assert not set("\u2028\u2029") & set(re.search(r"<script id=.*?</script>", html, re.S).group(0))
    assert payload(html)["nodes"][0]["id"] == nasty


def test_language_of_the_page(scene: Scene) -> None:
    english = render(scene, "en")
    assert '<html lang="en">' in english
    assert f"<title>{scene.title.en}</title>" in english.replace("&#39;", "'")
    with pytest.raises(ValueError, match="fr"):
        render(scene, "fr")


def test_written_file_is_the_page(scene: Scene, tmp_path: Path) -> None:
    path = write(scene, tmp_path / "图.html", "en")
    assert path.read_bytes().decode("utf-8") == render(scene, "en")
    assert [entry.name for entry in tmp_path.iterdir()] == ["图.html"]


def test_pyvis_holds_the_network(scene: Scene) -> None:
    network = AtlasNetwork(scene)
    assert network.num_nodes() == len(scene.nodes)
    assert network.num_edges() == len(scene.edges)
    assert all("title" not in node for node in network.nodes)


SCRIPT = """
import hashlib, importlib.util, sys
spec = importlib.util.spec_from_file_location("imagined_city", sys.argv[1])
city = importlib.util.module_from_spec(spec)
sys.modules["imagined_city"] = city
spec.loader.exec_module(city)
from visual import anchor_scene, chain_scene, cluster_scene, render
for scene in (chain_scene(city.make_chain()), anchor_scene(city.make_anchor()), cluster_scene(city.make_clusters(9, 200))):
    print(hashlib.sha256(render(scene).encode()).hexdigest())
"""


def test_same_bytes_whatever_the_hash_seed() -> None:
    root = Path(__file__).resolve().parents[2]
    seen = set()
    for seed in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(Path(__file__).with_name("conftest.py"))],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        seen.add(done.stdout)
    assert len(seen) == 1
    assert len(seen.pop().split()) == 3
