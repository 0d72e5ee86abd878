"""The order of the house: who may lean on whom, how large a module is, and that no room knows a city by name."""

from __future__ import annotations

import ast
import csv
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from kg.names import normalize_name

ROOT = Path(__file__).resolve().parent.parent
LEDGERS = ROOT / "data" / "ledgers" / "panjin"
CODE = sorted([*(ROOT / "kg").rglob("*.py"), *(ROOT / "visual").rglob("*.py")])
TEXTS = sorted(
    path
    for room in ("kg", "visual")
    for path in (ROOT / room).rglob("*")
    if path.suffix in {".py", ".rq", ".toml", ".j2", ".js", ".css", ".html"} and "_data" not in path.parts
)
# From the ground floor upwards: a room imports only from floors below its own, and from itself.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"collector", "errors", "excel", "names", "messages", "settings"}),
    frozenset({"amounts", "labels", "vocabulary"}),
    frozenset({"store"}),
    frozenset({"ledgers", "queries", "datasets"}),
    frozenset({"checks"}),
    frozenset({"network"}),
    frozenset({"analysis"}),
    frozenset({"reports", "visual"}),
    frozenset({"cli", "server"}),
    frozenset({"__main__"}),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# English words of programs that happen to be names of products in this city's ledgers.
ORDINARY = frozenset({"abs", "paper", "feed", "ships", "hook"})


# Inside the analysis, from the ground upwards in the same way; modules on the ground may use each other.
ANALYSIS: tuple[frozenset[str], ...] = (
    frozenset(
        {
            "areas",
            "capacities",
            "demand",
            "groups",
            "lazy",
            "likeness",
            "links",
            "phrases",
            "presence",
            "thresholds",
        }
    ),
    frozenset({"availability", "clusters"}),
    frozenset({"gaps"}),
    frozenset({"balance"}),
    frozenset({"resilience"}),
    frozenset({"conflicts", "local_supply", "suspects", "targets"}),
    frozenset({"results"}),
)

ENGINES = frozenset({"pyoxigraph", "oxrdflib", "urllib3", "httpx", "requests"})
SPARQL = re.compile(r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE)\b[^\"]*\{|\bPREFIX\s+\w*:\s*<", re.DOTALL)
WORD = re.compile(r"[a-z0-9]+(?:[-+.][a-z0-9]+)*")


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if parts[0] == "visual" else parts[1].removesuffix(".py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in CODE}


@cache
def imported(path: Path) -> frozenset[str]:
    """Modules of the house that a module imports, late imports and those for types included."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in named}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset(found & MODULES.keys())


def imports(path: Path) -> set[str]:
    """Rooms that a module imports from, its own included."""
    return {room_of(MODULES[name]) for name in imported(path)} - {"__init__"}


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_a_room_leans_only_on_rooms_below() -> None:
    wrong = []
    for path in CODE:
        own = room_of(path)
        if own == "__init__":
            assert imports(path) == set()
            continue
        # The two floors at the bottom are modules, not rooms: they may use each other.
        top = FLOOR[own] + 1 if FLOOR[own] <= 1 else FLOOR[own]
        wrong += [(shown(path), room) for room in sorted(imports(path) - {own}) if FLOOR[room] >= top]
    assert wrong == []


def test_every_room_has_a_floor() -> None:
    assert {room_of(path) for path in CODE} - {"__init__"} <= set(FLOOR)


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {name: imported(path) - {name} for name, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def part_of_analysis(name: str) -> str:
    return name.split(".")[2] if name.startswith("kg.analysis.") else ""


def test_the_parts_of_the_analysis_lean_on_those_below() -> None:
    floor = {part: number for number, parts in enumerate(ANALYSIS) for part in parts}
    wrong = []
    for name, path in MODULES.items():
        if own := part_of_analysis(name):
            others = {part_of_analysis(other) for other in imported(path)} - {own, ""}
            wrong += [(name, part) for part in sorted(others) if floor[part] >= max(floor[own], 1)]
    assert wrong == []


def test_only_the_store_knows_the_engine() -> None:
    wrong = []
    for path in CODE:
        named = set()
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                named |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                named.add((node.module or "").split(".")[0])
        # The vocabulary reads the ontology's files with the engine's parser; the checks run on the engine's store.
        if room_of(path) not in {"store", "vocabulary", "checks"} and named & ENGINES:
            wrong.append((shown(path), sorted(named & ENGINES)))
    assert wrong == []


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_modules_have_the_size_of_one_concept() -> None:
    assert [(shown(path), length(path)) for path in CODE if length(path) > 600] == []
    large = [shown(path) for path in CODE if length(path) > 400]
    assert len(large) <= len(CODE) // 20, large


def test_modules_are_named_after_what_they_hold() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core"}
    assert [shown(path) for path in CODE if path.stem in vague] == []


def test_only_the_command_line_prints() -> None:
    printing = [
        (shown(path), node.lineno)
        for path in CODE
        if room_of(path) not in {"cli", "__main__"}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def strings(path: Path) -> list[ast.Constant]:
    """Every text of a module that is no docstring."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    ]


def test_queries_lie_in_files_of_their_own() -> None:
    written = [
        (shown(path), text.lineno)
        for path in CODE
        if room_of(path) not in {"queries", "store", "checks"}
        for text in strings(path)
        if SPARQL.search(str(text.value))
    ]
    assert written == []


@cache
def city_names() -> dict[str, str]:
    """Names and aliases of the shipped city, of three characters or more, by normal form."""
    found = {}
    for ledger in ("organizations", "products", "parks", "chains", "projects"):
        with (LEDGERS / f"{ledger}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                first, *_ = row.values()
                for name in [first, *re.split("[;；]", row.get("别名") or ""), row.get("英文名") or ""]:
                    if len(name.strip()) >= 3:
                        found[normalize_name(name)] = f"{ledger}: {name}"
    return found


def test_there_are_names_to_look_for() -> None:
    assert len(city_names()) > 1000


def test_no_room_knows_the_city() -> None:
    mentioned = []
    for path in TEXTS:
        content = path.read_text(encoding="utf-8")
        text, words = normalize_name(content), set(WORD.findall(content.casefold()))
        mentioned += [
            (shown(path), said)
            for name, said in city_names().items()
            if name not in ORDINARY and (name in words if name.isascii() and name.isalnum() else name in text)
        ]
    assert mentioned == []


@pytest.mark.parametrize("word", ["盘锦", "panjin"])
def test_the_city_itself_is_not_named(word: str) -> None:
    # Where the shipped data lies is the one thing that the settings must know.
    naming = [shown(path) for path in TEXTS if word in path.read_text(encoding="utf-8").casefold()]
    assert naming in ([], ["kg/settings.py"])
