"""What all tests share: an environment of their own, the command line, and the shipped city imported once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).resolve().parent.parent

Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings and the locale of whoever runs the tests out of them."""
    for name in [name for name in os.environ if name.startswith("KG_")]:
        monkeypatch.delenv(name)
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def run() -> Run:
    """Run the command line in this process."""
    from kg.cli import cli

    def invoke(*arguments: object, stdin: bytes | None = None, env: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=stdin, env=env)

    return invoke


@pytest.fixture
def spawn() -> Spawn:
    """Run the command line as a process of its own."""

    def start(
        *arguments: object, env: dict[str, str] | None = None, cwd: Path | None = None, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **(env or {})}
        return subprocess.run(
            [sys.executable, "-m", "kg", *map(str, arguments)],
            env=environment,
            cwd=cwd or ROOT,
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )

    return start


@pytest.fixture(scope="session")
def yunxi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the store of the made-up city; for reading only."""
    from kg.ledgers import import_ledgers

    store = tmp_path_factory.mktemp("yunxi") / "store"
    import_ledgers(store, [ROOT / "tests" / "cities" / "yunxi"])
    return store


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the store of the shipped city; for reading only."""
    from kg.ledgers import import_ledgers
    from kg.settings import shipped_city

    store = tmp_path_factory.mktemp("city") / "store"
    import_ledgers(store, [shipped_city()])
    return store


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()
