from __future__ import annotations

from pathlib import Path

import pytest

from kg.reports.city import file_name


@pytest.mark.parametrize(
    ("arguments", "holds"),
    [
        (("chain", "竹链"), "竹纤维"),
        (("anchor", "云溪竹业集团有限公司"), "江北碱厂"),
        (("clusters",), "云溪竹业"),
    ],
)
def test_a_map_is_one_file_with_both_languages(
    run, yunxi: Path, tmp_path: Path, arguments: tuple[str, ...], holds: str
) -> None:
    out = tmp_path / "maps" / "map.html"
    done = run("view", *arguments, "--store", yunxi, "--out", out, "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert str(out) in done.stdout
    page = out.read_text(encoding="utf-8")
    assert holds in page
    assert "Content-Security-Policy" in page
    assert [path.name for path in out.parent.iterdir()] == ["map.html"]


def test_a_map_is_named_after_what_it_shows(
    run, yunxi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (("chain", "竹链"), ("anchor", "云溪竹业集团有限公司"), ("clusters",)):
        assert run("view", *arguments, "--store", yunxi, "--lang", "zh").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "clusters.html",
        "云溪竹业集团有限公司.html",
        "竹材产业链.html",
    ]


@pytest.mark.parametrize("name", ["a/b", "a\\b", "a:b?", "..", "x\x00y"])
def test_file_names_suit_every_system(name: str) -> None:
    made = file_name(name)
    assert made.endswith(".html")
    assert not set(made) & set('\\/:*?"<>|\x00')


def test_maps_have_the_same_bytes_whatever_the_hash_seed(spawn, yunxi: Path, tmp_path: Path) -> None:
    for arguments in (("chain", "竹链"), ("anchor", "云溪竹业集团有限公司"), ("clusters",)):
        pages = set()
        for seed in ("0", "5"):
            out = tmp_path / f"{seed}.html"
            done = spawn("view", *arguments, "--store", yunxi, "--out", out, env={"PYTHONHASHSEED": seed})
            assert done.returncode == 0, done.stderr
            pages.add(out.read_bytes())
        assert len(pages) == 1
