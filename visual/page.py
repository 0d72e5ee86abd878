"""A scene as one HTML file: pyvis carries nodes, edges and the drawing library, our own template makes the page.

The file asks nothing of any network: the library, the style and the data stand inside it, and a Content-Security-Policy
allows only what is hashed. Data is one JSON block with `<`, `>`, `&`, U+2028 and U+2029 escaped; the page writes names
as text, never as markup. Positions come from the scene; nothing moves by itself. The same scene gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pyvis.network import Network

from visual.scene import Scene
from visual.wording import word, words

_SCRIPTS = ("text.js", "marks.js", "backdrops.js", "labels.js", "panel.js", "search.js", "page.js")
_STYLES = ("page.css",)
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_LANGUAGES = {"zh": "zh-CN", "en": "en"}


class AtlasNetwork(Network):  # type: ignore[misc]
    """A pyvis network of a scene, shown through our own template instead of pyvis's."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(height="100%", width="100%", directed=True, cdn_resources="in_line")
        self.scene = scene
        self.toggle_physics(status=False)
        self.templateEnv = Environment(
            loader=PackageLoader("visual"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        for node in scene.nodes:
            fields = _plain(node)
            fields["mark"] = fields.pop("shape")
            fields["name"] = fields.pop("label")
            self.add_node(fields.pop("id"), label=node.label.zh or node.label.en, shape="custom", **fields)
        for edge in scene.edges:
            fields = _plain(edge)
            fields["name"] = fields.pop("label")
            self.add_edge(fields.pop("source"), fields.pop("target"), **fields)

    def generate_html(self, lang: str = "zh", **_: Any) -> str:
        """Give the page; `lang` is the language it opens in, both are inside.

        Raises
        ------
        ValueError
            If the language is neither `zh` nor `en`.
        """
        if lang not in _LANGUAGES:
            raise ValueError(f"no such language: {lang}")
        scene = self.scene
        style = "\n".join(_asset(name) for name in _STYLES)
        scripts = [_drawing_library(), "\n".join(_asset(name) for name in _SCRIPTS)]
        policy = (
            "default-src 'none'; img-src data: blob:; base-uri 'none'; form-action 'none'; "
            f"style-src {_hash(style)}; script-src {' '.join(map(_hash, scripts))}"
        )
        return self.templateEnv.get_template("page.html.j2").render(
            lang=_LANGUAGES[lang],
            title=getattr(scene.title, lang) or scene.title.zh or scene.title.en,
            policy=policy,
            style=Markup(style),
            scripts=[Markup(script) for script in scripts],
            payload=Markup(_escaped(self.payload(lang))),
        )

    def payload(self, lang: str) -> dict[str, Any]:
        """Give everything the page draws and says, as plain data."""
        scene = self.scene
        return {
            "lang": lang,
            "view": scene.view,
            "theme": scene.theme,
            "title": asdict(scene.title),
            "subtitle": asdict(scene.subtitle),
            "asOf": asdict(
                word("page", "as_of", date=scene.as_of) if scene.as_of else word("page", "undated")
            ),
            "notes": [asdict(note) for note in scene.notes],
            "bounds": [_tidy(edge) for edge in scene.bounds],
            "backdrops": [_plain(backdrop) for backdrop in scene.backdrops],
            "facets": [_plain(facet) for facet in scene.facets],
            "nodes": self.nodes,
            "edges": self.edges,
            "words": {key: asdict(text) for key, text in words("page").items()},
            "kinds": {key: asdict(text) for key, text in words("kind").items()},
            "headings": {key: asdict(text) for key, text in words("heading").items()},
            "states": {key: asdict(text) for key, text in words("state").items()},
        }

    def write_html(self, name: str | Path, lang: str = "zh", **_: Any) -> None:
        """Write the page to a file, and nothing else beside it."""
        Path(name).write_bytes(self.generate_html(lang).encode("utf-8"))


def render(scene: Scene, lang: str = "zh") -> str:
    """Give a scene as one self-contained HTML page that opens in `lang` (`zh` or `en`)."""
    return AtlasNetwork(scene).generate_html(lang)


def write(scene: Scene, path: str | Path, lang: str = "zh") -> Path:
    """Write a scene as one HTML file and give its path; the folder must be there."""
    AtlasNetwork(scene).write_html(path, lang)
    return Path(path)


def _plain(thing: Any) -> dict[str, Any]:
    return {key: _tidy(value) for key, value in asdict(thing).items()}


def _tidy(value: Any) -> Any:
    """Round numbers to hundredths, through lists and maps, so that bytes do not hang on the last digit."""
    if isinstance(value, float):
        rounded = round(value, 2)
        return int(rounded) if rounded == int(rounded) else rounded
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tidy(item) for item in value]
    return value


def _escaped(payload: dict[str, Any]) -> str:
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@cache
def _asset(name: str) -> str:
    return files("visual").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def _drawing_library() -> str:
    """Give vis-network as pyvis ships it."""
    script = files("pyvis").joinpath("lib", "vis-9.1.2", "vis-network.min.js").read_text(encoding="utf-8")
    return script.replace("//# sourceMappingURL=vis-network.min.js.map", "").replace("</script", "<\\/script")
