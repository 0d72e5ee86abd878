from __future__ import annotations

import subprocess
import sys

import pytest

import visual
from visual.facets import build_facets
from visual.inputs import Text
from visual.scene import Edge, Node, Scene


def mark(name: str, **fields: object) -> Node:
    return Node(name, Text(name), "firm", 0, 0, 10, 10, "star", **fields)  # type: ignore[arg-type]


def scene(nodes: tuple[Node, ...], edges: tuple[Edge, ...] = ()) -> Scene:
    return Scene("cluster", Text("图"), Text(""), "2025", nodes, edges, (), (), (0, 0, 30, 20))


def test_size_and_boxes() -> None:
    drawn = scene((mark("a"),))
    assert (drawn.width, drawn.height) == (30, 20)
    assert drawn.nodes[0].box == (-5, -5, 5, 5)


def test_ids_are_single_and_edges_end_somewhere() -> None:
    with pytest.raises(ValueError, match="two nodes"):
        scene((mark("a"), mark("a")))
    with pytest.raises(ValueError, match="unknown nodes: b"):
        scene((mark("a"),), (Edge("e", "a", "b", "recorded", "supply"),))
    with pytest.raises(ValueError, match="two edges"):
        scene(
            (mark("a"), mark("b")),
            (Edge("e", "a", "b", "recorded", "supply"), Edge("e", "b", "a", "recorded", "supply")),
        )


def test_facets_count_what_they_filter() -> None:
    nodes = (
        mark("a", state="shared", locality="local", evidence=("E2", "E3")),
        mark("b", state="exclusive", locality="local"),
        mark("c", state="made up"),
    )
    edges = (
        Edge("e", "a", "b", "inferred", "supply", evidence=("E6",)),
        Edge("f", "b", "a", "recorded", "supply"),
    )
    facets = {
        facet.name: facet
        for facet in build_facets(nodes, edges, ("state", "kind", "locality", "basis", "evidence"))
    }
    assert [(e.value, e.count) for e in facets["state"].entries] == [
        ("exclusive", 1),
        ("shared", 1),
        ("made up", 1),
    ]
    assert [(e.value, e.count) for e in facets["basis"].entries] == [("recorded", 1), ("inferred", 1)]
    assert {e.value: e.count for e in facets["evidence"].entries} == {"E2": 1, "E3": 1, "E6": 1, "none": 3}
    assert "locality" not in facets
    assert "kind" not in facets
    assert facets["state"].entries[-1].label == Text("made up")


def test_exports_are_complete() -> None:
    for name in visual.__all__:
        assert getattr(visual, name)
    assert set(visual.__all__) == set(dir(visual))
    with pytest.raises(AttributeError):
        _ = visual.nothing  # type: ignore[attr-defined]


def test_importing_the_package_loads_no_drawing_library() -> None:
    code = "import sys, visual; print(sorted({'pyvis','numpy','jinja2','IPython'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
