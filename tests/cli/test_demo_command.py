"""The demonstration: everything at once, on the shipped city and on the made-up one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from kg import settings

YUNXI = Path(__file__).resolve().parents[1] / "cities" / "yunxi"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ship the made-up city instead."""
    monkeypatch.setattr(settings, "shipped_city", lambda: YUNXI)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_demo_writes_every_map_and_report_and_says_what_to_open(run, small, tmp_path: Path) -> None:
    done = run("demo", "--out", tmp_path / "out", "--store", tmp_path / "store", "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert "各产业链概要" in done.stdout
    assert "竹纤维" in done.stdout
    assert str(tmp_path / "out" / "index.html") in done.stdout
    written = files_of(tmp_path / "out")
    reports = {f"reports/{lang}/{name}.{form}" for lang in ("zh", "en") for name in ("gaps", "surplus", "anchors", "chains", "clusters", "latent", "balance", "local_supply", "critical") for form in ("csv", "json", "md", "xlsx")}  # fmt: skip
    assert reports <= set(written)
    maps = {
        "clusters.html",
        "chains/竹材产业链.html",
        "chains/锂电产业链.html",
        "anchors/云溪竹业集团有限公司.html",
    }
    assert set(written) == reports | maps | {"index.html"}
    assert json.loads(written["reports/en/gaps.json"])["title"].startswith("Gaps")


def test_the_index_leads_to_every_file(run, small, tmp_path: Path) -> None:
    assert run("demo", "--out", tmp_path / "out", "--store", tmp_path / "store", "-q").exit_code == 0
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    links = {unquote(link) for link in re.findall(r'href="([^"]+)"', page)} - {"data:,"}
    assert links == set(files_of(tmp_path / "out")) - {"index.html"}


def test_demo_writes_the_same_bytes_again(run, spawn, small, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert (
            run(
                "demo", "--out", tmp_path / name, "--store", tmp_path / "store", "-q", "--lang", "zh"
            ).exit_code
            == 0
        )
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_demo_overwrites_no_other_ledgers(run, small, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "sources.csv").write_text(
        (YUNXI / "sources.csv").read_text("utf-8").replace("云溪市", "别的市"), "utf-8"
    )
    store = tmp_path / "store"
    assert run("import", own, "--store", store, "-q").exit_code == 0
    before = run("export", "--store", store).stdout_bytes
    done = run("demo", "--out", tmp_path / "out", "--store", store, "--lang", "zh")
    assert done.exit_code == 2
    assert "--store" in done.stderr
    assert run("export", "--store", store).stdout_bytes == before
    assert not (tmp_path / "out").exists()


def test_demo_of_the_shipped_city(spawn, tmp_path: Path) -> None:
    done = spawn("demo", "--lang", "zh", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    out = tmp_path / "out" / settings.shipped_city().name
    assert (out / "index.html").is_file()
    assert len(list((out / "chains").iterdir())) >= 12
    assert len(list((out / "anchors").iterdir())) >= 5
    assert "丙烯腈" in done.stdout.decode()
    follow_up = spawn("report", "gaps", "-f", "csv", cwd=tmp_path)
    assert follow_up.returncode == 0
    for path in out.rglob("*.html"):
        assert not re.search(r'(src|href)="(https?:)?//', path.read_text(encoding="utf-8")), path
