"""Small cities for tests, written in a few lines and read through the real ledgers.

Each line is one row: a word for the ledger, then cells in the order of ``_HEADERS``; ``-`` is a blank cell, ``@id`` at
the end names the sources (default ``s``, published 2025-01-01, evidence E4; for recipes ``r``, a handbook of 2000, E5).
Organizations and products that a line
mentions are declared by themselves: local enterprises and intermediates, unless a line says otherwise.
"""

from __future__ import annotations

import csv
import io

from kg.ledgers import build
from kg.names import ID, local_name
from kg.network import Network, load
from kg.store import Store, memory_store

_HEADERS = {
    "source": ("sources", "来源编号", "发布日期", "证据等级", "标题"),
    "organization": ("organizations", "单位名称", "本地外地", "起始时间", "终止时间", "类型", "来源"),
    "product": ("products", "产品", "类别", "上位产品", "来源"),
    "production": ("production", "单位名称", "产品", "状态", "产能", "单位", "时点", "来源"),
    "recipe": ("recipes", "产出产品", "工艺路线", "投入产品", "投入性质", "单耗", "来源"),
    "supply": ("supply", "供应方", "采购方", "产品", "供应类型", "时点", "数量", "单位", "来源"),
    "own": ("ownership", "出资方", "被投资方", "持股比例", "时点", "来源"),
    "chain": ("chains", "产业链", "清单版本", "来源"),
    "stage": ("stages", "产业链", "序号", "环节", "位置", "产品", "来源"),
    "anchor": ("participations", "单位名称", "产业链", "起始时间", "终止时间", "角色", "来源"),
    "project": ("projects", "项目名称", "建设单位", "产品", "来源"),
    "event": ("project_events", "项目名称", "阶段", "时间", "性质", "来源"),
    "grade": ("grades", "单位名称", "资质", "认定时间", "有效期至", "来源"),
    "issue": ("issues", "编号", "产品", "影响企业", "提出时间", "状态", "描述", "来源"),
}
_DEFAULTS = {"类型": "企业", "角色": "头部企业", "描述": "描述", "标题": "标题", "性质": "实际"}
_MENTIONS = {"单位名称": "organization", "供应方": "organization", "采购方": "organization", "出资方": "organization",
             "被投资方": "organization", "建设单位": "organization", "影响企业": "organization",
             "产品": "product", "产出产品": "product", "投入产品": "product", "上位产品": "product"}  # fmt: skip
_OWN = {"organization": ("本地", "", "", "企业"), "product": ("中间品", "")}


def small_city(text: str) -> dict[str, bytes]:
    """Return ledger files by name."""
    rows: dict[str, dict[tuple[str, ...], None]] = {word: {} for word in _HEADERS}
    rows["source"]["s", "2025-01-01", "E4", "标题"] = None
    rows["source"]["r", "2000", "E5", "手册"] = None
    mentioned: dict[str, dict[str, None]] = {"organization": {}, "product": {}}
    for line in filter(None, map(str.strip, text.splitlines())):
        word, *cells = line.split()
        sources = (
            cells.pop().removeprefix("@") if cells[-1].startswith("@") else "r" if word == "recipe" else "s"
        )
        titles = _HEADERS[word][1:]
        values = {title: "" if cell == "-" else cell for title, cell in zip(titles, cells, strict=False)}
        values = {title: values.get(title) or _DEFAULTS.get(title, "") for title in titles}
        if "来源" in values:
            values["来源"] = sources
        rows[word][tuple(values.values())] = None
        for title, value in values.items():
            kind = _MENTIONS.get(title)
            for name in (
                filter(None, value.split(";")) if kind and not (kind == word and titles[0] == title) else ()
            ):
                mentioned[str(kind)][name] = None
    for kind, names in mentioned.items():
        declared = {row[0] for row in rows[kind]}
        for name in names:
            if name not in declared:
                rows[kind][name, *_OWN[kind], "s"] = None
    files = {}
    for word, own in rows.items():
        if own:
            ledger, *titles = _HEADERS[word]
            stream = io.StringIO()
            csv.writer(stream, lineterminator="\n").writerows([titles, *own])
            files[f"{ledger}.csv"] = stream.getvalue().encode()
    return files


def store_of(files: dict[str, bytes]) -> Store:
    """Return a store in memory built from ledger files, which must be without fault."""
    graph = build(files)
    assert not graph.findings, [(finding.place(), finding.message("en")) for finding in graph.findings]
    return memory_store(graph.quads)


def network_of(text: str, as_of: str | None = None, evidence: str = "e5") -> Network:
    """Return the network of a small city."""
    return load(store_of(small_city(text)), as_of, evidence)


def org(name: str) -> str:
    """Return the IRI of an organization."""
    return f"{ID}organization/{name}"


def product(name: str) -> str:
    """Return the IRI of a product."""
    return f"{ID}product/{name}"


def names(iris) -> list[str]:
    """Return readable names of things, or of what carries an organization."""
    return [local_name(getattr(iri, "organization", iri)) for iri in iris]
