"""Maps of a city whose names are traps: for file systems, and for the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.cli import cli
from kg.ledgers import import_ledgers

SOURCES = '来源编号,标题,证据等级\ns,"</script><script>throw 1</script>",E3\n'
CHAINS = ("CON", "A/B:<i>?", "链" * 120, "甲\u202e链")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "ledgers"
    folder.mkdir()
    rows = {
        "sources": SOURCES,
        "chains": "产业链,类别,来源\n" + "".join(f"{name},头部企业优势产业链,s\n" for name in CHAINS),
        "products": "产品,类别,来源\na<b>${1},终端品,s\n",
        "stages": "产业链,序号,环节,位置,产品,来源\n"
        + "".join(f"{name},1,唯一</script>,上游,a<b>${{1}},s\n" for name in CHAINS),
    }
    for name, text in rows.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    import_ledgers(tmp_path / "store", [folder])
    return tmp_path / "store"


def test_a_chain_of_one_stage_is_drawn_whatever_its_name(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in CHAINS:
        with pytest.raises(SystemExit) as end:
            cli.main(["view", "chain", name, "--store", str(store)])
        assert end.value.code == 0, name
    made = sorted(tmp_path.glob("*.html"))
    assert len(made) == len(CHAINS)
    for file in made:
        assert file.name.lower() != "con.html"
        page = file.read_text(encoding="utf-8")
        assert "唯一</script>" not in page
        assert "a<b>" not in page
