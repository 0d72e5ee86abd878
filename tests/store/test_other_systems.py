"""The store where there is no ``fcntl``: as on Windows, whose locks of byte ranges are stood in for by those of POSIX."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What Windows lacks is taken away; its lock on a range of bytes is played by a lock of the open file (Linux).
WINDOWS = """
import fcntl, os, shutil, struct, subprocess, sys, tempfile, types

def locking(descriptor, mode, count):
    start = os.lseek(descriptor, 0, os.SEEK_CUR)
    os.set_inheritable(descriptor, False)
    kind = fcntl.F_WRLCK if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_RDWR else fcntl.F_RDLCK
    fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", kind, os.SEEK_SET, start, count, 0))

sys.modules["fcntl"] = sys.modules["resource"] = None
sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
del os.O_CLOEXEC
shutil._use_fd_functions = False
really = os.open

def opened(path, flags, *rest, **named):
    if os.path.isdir(path):
        raise PermissionError(13, "Permission denied", str(path))
    return really(path, flags, *rest, **named)

os.open = opened
"""

STORE = """
from pathlib import Path
from kg.errors import StoreError
from kg.store import Literal, NamedNode, Quad, open_store

graph = NamedNode("https://example.org/g")

def quads(count):
    return [Quad(NamedNode(f"https://example.org/{i}"), graph, Literal("x"), graph) for i in range(count)]

place = Path(sys.argv[1])
with open_store(place, create=True, writable=True) as store:
    store.rebuild(quads(3), {"a.csv": b"a"})
    try:
        open_store(place, writable=True)
    except StoreError as error:
        assert error.key == "store.locked", error.key
    else:
        raise AssertionError("two writers")
    reader, second = open_store(place), open_store(place)
    for count in (4, 5, 6):
        store.rebuild(quads(count), {})
    assert (reader.size(), second.size(), store.size()) == (3, 3, 6)
    assert (place / "g0001" / "db").exists(), "a generation was removed under its readers"
    reader.close(), second.close()
    store.rebuild(quads(7), {})
    assert not (place / "g0001").exists()
with open_store(place, writable=True, query_memory=1 << 30) as store:
    assert store.ask("ASK { ?s ?p 'x' }", 20.0)
print("well")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="plays Windows with the locks of Linux")
def test_a_store_without_fcntl_locks_and_cleans_up(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS + STORE, str(tmp_path / "store")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "well", "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="plays Windows with the locks of Linux")
def test_the_command_line_runs_without_fcntl(tmp_path: Path) -> None:
    steps = f"""
import runpy
for words in (["import", {str(ROOT / "tests/cities/yunxi")!r}, "--quiet"], ["report", "gaps"], ["query", "plan-lists"],
              ["sparql", "SELECT ?s {{ ?s ?p ?o }} LIMIT 1"]):
    sys.argv = ["kg", *words, "--store", sys.argv[-1]]
    try:
        runpy.run_module("kg", run_name="__main__")
    except SystemExit as end:
        assert end.code == 0, (words, end.code)
"""
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS + "import sys\n" + steps, str(tmp_path / "store")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
