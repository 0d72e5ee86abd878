"""Consoles of every kind: encodings, closed streams, and names that a terminal would obey."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CITY = ROOT / "tests" / "cities" / "yunxi"
CHAIN = "竹材产业链"


def run(*arguments: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("consoles") / "store"
    done = run("import", str(CITY), "--store", str(place), "--quiet")
    assert done.returncode == 0, done.stderr.decode()
    return str(place)


@pytest.mark.parametrize(
    ("console", "written"),
    [
        ("gbk", "gb18030"),
        ("cp936", "gb18030"),
        ("gb2312", "gb18030"),
        ("ascii", "utf-8"),
        ("cp1252", "utf-8"),
    ],
)
def test_a_console_gets_chinese_in_what_it_reads(store: str, console: str, written: str) -> None:
    done = run("report", "gaps", "--lang", "zh", "--store", store, PYTHONIOENCODING=console)
    assert done.returncode == 0
    assert "产业链缺口" in done.stdout.decode(written)
    refused = run(
        "report", "gaps", "--chain", "竹🙂", "--lang", "zh", "--store", store, PYTHONIOENCODING=console
    )
    assert refused.returncode == 2
    assert "“竹🙂”" in refused.stderr.decode(written)


def test_files_down_a_pipe_stay_utf_8(store: str) -> None:
    done = run("report", "gaps", "--format", "csv", "--lang", "zh", "--store", store, PYTHONIOENCODING="gbk")
    assert done.stdout.startswith(b"\xef\xbb\xbf")
    assert "断点" in done.stdout.decode("utf-8-sig") or "缺链" in done.stdout.decode("utf-8-sig")


def test_bytes_that_are_no_text_are_an_unknown_name(store: str) -> None:
    done = run("report", "gaps", "--chain", b"\xff\xfe", "--lang", "en", "--store", store)
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: There is no Chain named")


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_stream_is_no_fault(store: str, closed: str) -> None:
    words = [sys.executable, "-m", "kg", "report", "gaps", "--store", store]
    shell = ["sh", "-c", f'exec "$@" {closed}>&-', "sh", *words]
    done = subprocess.run(
        shell, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_finds_nothing_to_obey(store: str) -> None:
    query = 'SELECT ("\\u001B[2Jgone" AS ?a) ("x\\u202Ey" AS ?b) WHERE {}'
    shown = run("sparql", query, "--store", store)
    assert shown.returncode == 0
    assert b"\x1b" not in shown.stdout
    assert "\\x1b[2Jgone" in shown.stdout.decode()
    assert "x\\u202ey" in shown.stdout.decode()
    refused = run("report", "gaps", "--chain", "\x1b[31m\u202e", "--store", store)
    assert b"\x1b" not in refused.stderr
    assert "\u202e" not in refused.stderr.decode()


def test_a_faulty_cell_is_one_short_line_without_escapes(tmp_path: Path) -> None:
    folder = tmp_path / "ledgers"
    folder.mkdir()
    for file in CITY.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    supply = folder / "supply.csv"
    text = supply.read_text(encoding="utf-8")
    supply.write_text(text.replace("江北碱厂", '"' + "\x1b[31m红\n" + "厂" * 5000 + '"', 1), encoding="utf-8")
    done = run("import", str(folder), "--store", str(tmp_path / "store"), "--quiet", "--lang", "zh")
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert len(lines) == 2
    assert "supply.csv:2" in lines[0]
    assert "\x1b" not in lines[0]
    assert len(lines[0]) < 400


def test_a_name_too_long_to_show_is_cut(store: str) -> None:
    done = run("report", "gaps", "--chain", "竹" * 10_000, "--store", store)
    assert done.returncode == 2
    assert len(done.stderr.decode()) < 600


@pytest.mark.parametrize("option", ["--chain", "--anchor"])
def test_an_empty_name_is_an_unknown_one(store: str, option: str) -> None:
    done = run("report", "gaps", option, "", "--store", store)
    assert done.returncode == 2
    assert done.stdout == b""


def test_a_date_in_full_width_digits_is_that_date(store: str) -> None:
    wide = run("report", "gaps", "--as-of", "２０２４－０６", "--store", store)
    assert wide.returncode == 0
    assert wide.stdout == run("report", "gaps", "--as-of", "2024-06", "--store", store).stdout


def test_a_folder_is_no_file_to_write(store: str, tmp_path: Path) -> None:
    done = run("report", "gaps", "--out", str(tmp_path), "--format", "csv", "--lang", "en", "--store", store)
    assert done.returncode == 3
    assert f"({tmp_path}: Is a directory)" in done.stderr.decode()
