"""The wheel carries everything that runs without a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from kg import __version__

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


def test_wheel_holds_ontology_questions_templates_ledgers_and_triples(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert wheel.name == f"gongyue-{__version__}-py3-none-any.whl"
    for folder, pattern, place in [
        ("ontology", "**/*.ttl", "kg/_data/ontology"),
        ("ontology", "ledgers/*.json", "kg/_data/ontology"),
        ("data", "ledgers/**/*.csv", "kg/_data/data"),
        ("data", "triples/**/*.trig", "kg/_data/data"),
        ("kg", "**/*.rq", "kg"),
        ("kg", "**/*.toml", "kg"),
        ("kg", "**/templates/*", "kg"),
        ("visual", "**/*.j2", "visual"),
        ("visual", "assets/*", "visual"),
        ("visual", "*.toml", "visual"),
    ]:
        wanted = {
            f"{place}/{path.relative_to(ROOT / folder).as_posix()}"
            for path in (ROOT / folder).glob(pattern)
            if path.is_file()
        }
        assert wanted, (folder, pattern)
        assert wanted <= names, sorted(wanted - names)[:3]
    assert not [name for name in names if name.startswith(("tests/", "docs/", "out/"))]


def test_the_program_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONSAFEPATH": "1"}
    program = "import kg, sys; from kg import settings; print(kg.__file__); print(settings.shipped_city()); from kg.cli import cli; cli.main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", program, "demo", "-q", "--lang", "zh"],
        cwd=tmp_path, env=environment, capture_output=True, timeout=240, check=False,
    )  # fmt: skip
    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    places = said.split("\n")[:2]
    assert all(place.startswith(str(tmp_path / "site")) for place in places)
    assert list((tmp_path / "out").glob("*/index.html"))


def test_the_changelog_names_the_version() -> None:
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_dependency_is_imported_and_every_import_declared() -> None:
    import ast
    import re

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[\[<>=]", entry)[0].replace("-", "_") for entry in project["dependencies"]}
    imported = set()
    for room in ("kg", "visual"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    imported.add(str(node.module).partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"kg", "visual"}
    known = foreign - {"markupsafe"}  # comes with jinja2
    assert known <= declared, known - declared
    assert declared <= known, declared - known
