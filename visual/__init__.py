"""Interactive maps of an industrial ecosystem: chain map, anchor map, cluster map.

Each map is one HTML file that needs nothing but a browser. Names are loaded on first use, so that importing the package
stays cheap and a program that draws nothing never loads pyvis.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visual.anchor_map import anchor_scene
    from visual.chain_map import chain_scene
    from visual.cluster_map import cluster_scene
    from visual.page import render, write
    from visual.scene import Scene

__all__ = ["Scene", "anchor_scene", "chain_scene", "cluster_scene", "render", "write"]

_HOMES = {
    "Scene": "visual.scene",
    "anchor_scene": "visual.anchor_map",
    "chain_scene": "visual.chain_map",
    "cluster_scene": "visual.cluster_map",
    "render": "visual.page",
    "write": "visual.page",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
