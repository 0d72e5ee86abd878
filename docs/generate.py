"""Write the reference pages of docs/ from what they describe: the commands, the settings, the questions, the ontology.

Pages that run (analysis.md) get below each block what it prints, and are written as notebooks, too.

Run ``python docs/generate.py`` after changing one of them; ``--check`` only says which pages are stale.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# The width of the help pages in the reference.
os.environ["COLUMNS"] = "100"

import click
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Node, URIRef
from rdflib.collection import Collection

from kg.cli import cli
from kg.cli.bilingual import LazyGroup
from kg.messages import LANGUAGES, text
from kg.names import GY, SCHEME, local_name
from kg.queries import Catalogue
from kg.settings import SETTINGS, data_path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from notebooks import notebook, with_output

FOLDER = Path(__file__).resolve().parent
NOTE = "<!-- Written by docs/generate.py; edit what it describes, not this page. -->\n"


def cli_page() -> str:
    """Return the help page of every command, in both languages."""
    lines = [
        "# Commands · 命令",
        "",
        NOTE,
        (
            "Exit codes · 退出码: 0 ok · 1 the data does not conform 数据不合规则 · 2 wrong use 用法不对 · "
            "3 input that cannot be read 输入读不出 · 4 a fault of the program 程序缺陷"
        ),
        "",
    ]
    for contexts in _commands():
        lines += [f"## {contexts[0].command_path}", ""]
        for context in contexts:
            lines += ["```text", context.get_help(), "```", ""]
    return "\n".join(lines)


def _commands() -> Iterator[list[click.Context]]:
    """Yield every command as a context per language, parents before children."""

    def walk(parents: list[click.Context]) -> Iterator[list[click.Context]]:
        yield parents
        group = parents[0].command
        if isinstance(group, LazyGroup):
            for name in group.list_commands(parents[0]):
                command = group.get_command(parents[0], name)
                assert command is not None
                yield from walk(
                    [
                        click.Context(
                            command, info_name=name, parent=parent, obj=parent.obj, **command.context_settings
                        )
                        for parent in parents
                    ]
                )

    yield from walk(
        [click.Context(cli, info_name="kg", obj=lang, **cli.context_settings) for lang in LANGUAGES]
    )


def settings_page() -> str:
    """Return the table of settings."""
    lines = [
        "# Settings · 设置",
        "",
        NOTE,
        (
            "`kg settings` shows the values in force and where they come from. An option beats the environment, the environment beats "
            "the default. `kg settings` 显示当前值与来处；选项优先于环境变量，环境变量优先于缺省值。"
        ),
        "",
        "| name | environment | default | admitted | meaning | 含义 |",
        "|---|---|---|---|---|---|",
    ]
    for setting in SETTINGS:
        cells = [
            f"`{setting.name}`",
            f"`{setting.variable}`",
            _code(setting.default),
            _code(setting.admitted),
        ]
        lines.append("| " + " | ".join([*cells, setting.help("en"), setting.help("zh")]) + " |")
    return "\n".join([*lines, ""])


def _code(value: object) -> str:
    return f"`{value}`".replace("|", "\\|") if value != "" else ""


def queries_page() -> str:
    """Return every question of the catalogue with its parameters and columns."""
    catalogue = Catalogue.load()
    lines = [
        "# Questions · 问题",
        "",
        NOTE,
        (
            f"{len(catalogue)} questions that planners ask, each a plain SPARQL file in `kg/queries/catalogue/`. "
            f"规划者常问的 {len(catalogue)} 个问题，每个是 `kg/queries/catalogue/` 中的一个 SPARQL 文件。"
        ),
        "",
        "```text",
        'kg query NAME PARAMETER="value"',
        "```",
        "",
    ]
    for query in catalogue:
        lines += [f"## {query.id}", "", f"**{query.title['zh']}** {query.question['zh']}", ""]
        lines += [f"**{query.title['en']}** {query.question['en']}", ""]
        if query.params:
            lines += ["| parameter | type | 参数 | meaning |", "|---|---|---|---|"]
            for parameter in query.params:
                kind = text(f"query.type.{parameter.type}", "en") + (
                    ", required" if parameter.required else ""
                )
                lines.append(
                    f"| `{parameter.name}` | {kind} | {parameter.title['zh']} | {parameter.title['en']} |"
                )
            lines.append("")
        lines += ["| column | 列 | meaning |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {c.title['zh']} | {c.title['en']} |" for c in query.columns]
        lines.append("")
    return "\n".join(lines)


def ontology_page() -> str:
    """Return every class, property and scheme of the ontology with labels and definitions."""
    graph = Graph()
    folder = data_path("ontology")
    for path in [*sorted(folder.glob("*.ttl")), *sorted((folder / "schemes").glob("*.ttl"))]:
        graph.parse(path)
    lines = ["# Ontology · 本体", "", NOTE, f"Namespace · 命名空间 `gy:` = `{GY}`", ""]
    lines += ["## Classes · 类", "", "| term | 中文 | English | 定义 | definition |", "|---|---|---|---|---|"]
    lines += [_term_row(graph, term) for term in _own(graph, OWL.Class)]
    lines += ["", "## Properties · 属性", ""]
    lines += [
        "| term | 中文 | English | domain | range | 定义 | definition |",
        "|---|---|---|---|---|---|---|",
    ]
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    for term in sorted({term for kind in kinds for term in _own(graph, kind)}):
        ends = [" ∪ ".join(_classes(graph, graph.value(term, end))) for end in (RDFS.domain, RDFS.range)]
        zh, en, meaning_zh, meaning_en = _texts(graph, term)
        lines.append(
            f"| `gy:{local_name(term)}` | {zh} | {en} | {ends[0]} | {ends[1]} | {meaning_zh} | {meaning_en} |"
        )
    lines += ["", "## Schemes · 词表", ""]
    for scheme in sorted(
        term for term in graph.subjects(RDF.type, SKOS.ConceptScheme) if isinstance(term, URIRef)
    ):
        zh, en, meaning_zh, meaning_en = _texts(graph, scheme)
        lines += [
            f"### {str(scheme).removeprefix(SCHEME)} · {zh} · {en}",
            "",
            f"{meaning_zh} {meaning_en}",
            "",
        ]
        lines += ["| concept | 中文 | English | 定义 | definition |", "|---|---|---|---|---|"]
        members = [term for term in graph.subjects(SKOS.inScheme, scheme) if isinstance(term, URIRef)]
        rank = URIRef(GY + "rank")
        members.sort(key=lambda term: (int(str(graph.value(term, rank) or 0)), term))
        lines += [_concept_row(graph, term) for term in members]
        lines.append("")
    return "\n".join(lines)


def _own(graph: Graph, kind: URIRef) -> list[URIRef]:
    found = {
        term for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef) and term.startswith(GY)
    }
    return sorted(found)


def _texts(graph: Graph, term: Node) -> tuple[str, str, str, str]:
    def of(*predicates: URIRef) -> dict[str, str]:
        values = [value for predicate in predicates for value in graph.objects(term, predicate)]
        return {value.language: str(value) for value in values if getattr(value, "language", None)}

    labels, meanings = of(RDFS.label, SKOS.prefLabel), of(SKOS.definition)
    return tuple(_cell(texts.get(lang, "")) for texts in (labels, meanings) for lang in ("zh", "en"))  # type: ignore[return-value]


def _cell(value: str) -> str:
    return " ".join(value.split()).replace("|", "\\|").replace("<", "\\<")


def _term_row(graph: Graph, term: URIRef) -> str:
    zh, en, meaning_zh, meaning_en = _texts(graph, term)
    return f"| `gy:{local_name(term)}` | {zh} | {en} | {meaning_zh} | {meaning_en} |"


def _concept_row(graph: Graph, term: URIRef) -> str:
    zh, en, meaning_zh, meaning_en = _texts(graph, term)
    return f"| `{local_name(term)}` | {zh} | {en} | {meaning_zh} | {meaning_en} |"


def _classes(graph: Graph, node: Node | None) -> list[str]:
    if node is None:
        return []
    union = graph.value(node, OWL.unionOf)
    members = list(Collection(graph, union)) if union is not None else [node]
    return [f"`{graph.namespace_manager.normalizeUri(str(member))}`" for member in members]


def run_page(name: str) -> str:
    """Return a page of docs/ with what its code prints."""
    return with_output((FOLDER / name).read_text(encoding="utf-8"))


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "settings.md": settings_page,
    "queries.md": queries_page,
    "ontology.md": ontology_page,
    "analysis.md": lambda: run_page("analysis.md"),
    "analysis.zh.md": lambda: run_page("analysis.zh.md"),
    "analysis.ipynb": lambda: notebook(run_page("analysis.md")),
    "analysis.zh.ipynb": lambda: notebook(run_page("analysis.zh.md")),
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name those that are stale; return the exit code."""
    stale = []
    for name, make in PAGES.items():
        path, content = FOLDER / name, make()
        if path.is_file() and path.read_text(encoding="utf-8") == content:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(content, encoding="utf-8", newline="\n")
    for name in stale:
        print(("stale: " if "--check" in arguments else "wrote: ") + name)
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
