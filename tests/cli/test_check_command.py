from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.names import GY, RDF_TYPE
from kg.store import NamedNode, Quad, open_store


def test_what_the_import_let_in_conforms(run, yunxi: Path) -> None:
    done = run("check", "--store", yunxi, "-f", "json", "--lang", "zh")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["rows"] == []
    assert "符合" in document["notes"][0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_does_not_conform_is_listed(run, tmp_path: Path, lang: str) -> None:
    store = tmp_path / "store"
    nameless = NamedNode("https://w3id.org/gongyue/id/product/无名")
    quad = Quad(
        nameless,
        NamedNode(RDF_TYPE),
        NamedNode(GY + "Product"),
        NamedNode("https://w3id.org/gongyue/source/x"),
    )
    with open_store(store, create=True, writable=True) as opened:
        opened.rebuild([quad], {})
    done = run("check", "--store", store, "-f", "json", "--lang", lang)
    assert done.exit_code == 1
    rows = json.loads(done.stdout)["rows"]
    assert rows
    assert all(row["reason"] for row in rows)
    assert any("无名" in str(row.values()) for row in rows)


def test_faults_can_be_written_to_a_file(run, yunxi: Path, tmp_path: Path) -> None:
    done = run("check", "--store", yunxi, "--out", tmp_path / "faults.xlsx", "-q")
    assert done.exit_code == 0
    assert (tmp_path / "faults.xlsx").is_file()
