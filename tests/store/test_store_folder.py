"""The folder of a store: what it refuses, who waits for whom, and what survives a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.store import Literal, NamedNode, Quad, open_store
from kg.store.local import LocalStore

ROOT = Path(__file__).resolve().parents[2]
GRAPH = "https://example.org/g"
SIZE_OLD, SIZE_NEW = 500, 40_000

WRITER = f"""
import sys, time
from kg.store import open_store, Quad, NamedNode, Literal
g = NamedNode({GRAPH!r})
p = NamedNode("https://example.org/p")
def quads():
    for i in range({SIZE_NEW}):
        yield Quad(NamedNode(f"https://example.org/new/{{i}}"), p, Literal(str(i)), g)
with open_store(sys.argv[1], writable=True) as store:
    print("ready", flush=True)
    store.rebuild(quads(), {{"new.csv": b"new"}})
    print("done", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def quads(count: int) -> list[Quad]:
    graph, predicate = NamedNode(GRAPH), NamedNode("https://example.org/p")
    return [
        Quad(NamedNode(f"https://example.org/old/{i}"), predicate, Literal(str(i)), graph)
        for i in range(count)
    ]


def start_writer(path: Path, linger: float = 0.0) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(linger)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def make(path: Path, count: int = SIZE_OLD) -> Path:
    with open_store(path, create=True, writable=True) as store:
        store.rebuild(quads(count), {"old.csv": b"old"})
    return path


@pytest.mark.parametrize("writable", [False, True])
def test_a_missing_folder_says_so_and_is_not_made(tmp_path: Path, writable: bool) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / "none", writable=writable)
    assert caught.value.key == "store.missing"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("create", [False, True])
def test_a_foreign_folder_is_left_alone(tmp_path: Path, create: bool) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path, create=create, writable=create)
    assert caught.value.key == "store.foreign"
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / "file", create=True)
    assert caught.value.key == "store.foreign"


def test_an_empty_folder_is_taken_only_when_asked(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path)
    assert caught.value.key == "store.missing"
    with open_store(tmp_path, create=True) as store:
        assert store.size() == 0


def test_a_store_killed_at_its_birth_is_taken_up(tmp_path: Path) -> None:
    (tmp_path / "write.lock").touch()
    (tmp_path / "store.json.new").write_text("{")
    with open_store(tmp_path, create=True, writable=True) as store:
        store.rebuild(quads(1), {})
        assert store.size() == 1


def test_a_newer_format_is_not_guessed_at(tmp_path: Path) -> None:
    path = make(tmp_path / "s")
    (path / "store.json").write_text(json.dumps({"format": 2, "generation": "0001"}))
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert caught.value.key == "store.format"
    assert (caught.value.params["found"], caught.value.params["known"]) == (2, 1)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 1, "generation": "../../etc"}'])
def test_a_damaged_manifest_is_reported(tmp_path: Path, text: str) -> None:
    path = make(tmp_path / "s")
    (path / "store.json").write_text(text)
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert caught.value.key == "store.broken"


def test_a_lost_generation_is_reported(tmp_path: Path) -> None:
    path = make(tmp_path / "s")
    (path / "g0001").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert caught.value.key == "store.broken"


def test_a_damaged_database_is_reported(tmp_path: Path) -> None:
    path = make(tmp_path / "s")
    (path / "g0001" / "db" / "CURRENT").unlink()
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert caught.value.key == "store.broken"


def test_reading_needs_no_lock_and_writing_needs_one(tmp_path: Path) -> None:
    path = make(tmp_path / "s")
    with open_store(path, writable=True), open_store(path) as reader:
        assert reader.size() == SIZE_OLD
        with pytest.raises(StoreError) as caught:
            reader.replace({GRAPH: []})
        assert caught.value.key == "store.read_only"
        with pytest.raises(StoreError) as caught:
            open_store(path, writable=True)
        assert caught.value.key == "store.locked"
        with open_store(path, create=True) as other:  # create alone only reads what is there
            assert other.size() == SIZE_OLD
    with open_store(path, writable=True) as writer:
        writer.replace({GRAPH: []})


def test_a_second_writer_in_another_process_is_kept_out(tmp_path: Path) -> None:
    path = make(tmp_path / "s")
    process = start_writer(path, linger=30)
    try:
        with pytest.raises(StoreError) as caught:
            open_store(path, writable=True)
        assert caught.value.key == "store.locked"
    finally:
        process.kill()
        process.communicate()
    with open_store(path, writable=True) as writer:  # the lock dies with its holder
        assert writer.size() in (SIZE_OLD, SIZE_NEW)


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.08, 0.15, 0.25, 0.4])
def test_a_killed_writer_leaves_the_old_state_or_the_new(tmp_path: Path, delay: float) -> None:
    path = make(tmp_path / "s")
    process = start_writer(path, linger=30)
    time.sleep(delay)
    os.kill(process.pid, signal.SIGKILL)
    output, _ = process.communicate()
    with open_store(path) as store:
        size, files = store.size(), dict(store.files())
        assert (size, files) in [(SIZE_OLD, {"old.csv": b"old"}), (SIZE_NEW, {"new.csv": b"new"})]
        if "done" in output:
            assert size == SIZE_NEW
    with open_store(path, writable=True) as store:
        store.rebuild(quads(3), {})
        assert store.size() == 3
    # The generation before is kept; what the killed writer left is not.
    assert len([entry for entry in path.iterdir() if entry.is_dir()]) == 2


def test_a_writer_killed_before_the_switch_leaves_the_old_state(tmp_path: Path) -> None:
    path = make(tmp_path / "s")
    left_over = path / "g0002"
    (left_over / "db").mkdir(parents=True)
    (left_over / "db" / "000004.sst").write_bytes(b"half a file")
    with open_store(path) as store:
        assert store.size() == SIZE_OLD
    with open_store(path, writable=True) as store:
        store.replace({GRAPH: quads(2)})
        assert store.size() == 2
    assert not (left_over / "db" / "000004.sst").exists()


def test_readers_keep_their_generation_until_they_refresh(tmp_path: Path) -> None:
    path = make(tmp_path / "s")
    reader = open_store(path)
    assert isinstance(reader, LocalStore)
    assert reader.refresh() is False
    with open_store(path, writable=True) as writer:
        for count in (10, 20, 30, 40):
            writer.rebuild(quads(count), {})
            assert writer.size() == count
            assert reader.size() == SIZE_OLD
            assert reader.files() == {"old.csv": b"old"}
            assert len(reader.select("SELECT ?s { ?s ?p ?o }", timeout=20)) == SIZE_OLD
    assert sorted(entry.name for entry in path.iterdir() if entry.is_dir()) == ["g0001", "g0004", "g0005"]
    assert reader.refresh() is True
    assert reader.size() == 40
    reader.close()
    with open_store(path, writable=True) as writer:
        writer.rebuild(quads(1), {})
    assert sorted(entry.name for entry in path.iterdir() if entry.is_dir()) == ["g0005", "g0006"]


def test_a_writer_sees_what_was_written_since_it_was_opened_for_reading(tmp_path: Path) -> None:
    path = make(tmp_path / "s")
    other = "https://example.org/other"
    with open_store(path, writable=True) as first:
        first.replace({other: quads(5)})
    with open_store(path, writable=True) as second:
        second.replace({GRAPH: quads(1)})
        assert second.size() == 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    path = make(tmp_path / "s")
    path.chmod(0o500)
    try:
        with open_store(path) as reader:
            assert reader.size() == SIZE_OLD
        with pytest.raises(StoreError):
            open_store(tmp_path / "s" / "below", create=True)
    finally:
        path.chmod(0o700)
