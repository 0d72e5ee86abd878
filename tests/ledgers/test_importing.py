"""Import: all or nothing, and a function of the ledgers alone."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import DataError, InputError, StoreError
from kg.ledgers import build, collect, import_ledgers, ledger_files
from kg.store import open_store, write_nquads
from tests.small_city import product, small_city

ROOT = Path(__file__).resolve().parents[2]

CITY = """
    production 甲 浆 在产 10 万吨/年 2024
    recipe 纸 抄造 浆 必需 1.1
    supply 甲 乙 浆 货物
"""


def folder(path: Path, files: dict[str, bytes]) -> Path:
    path.mkdir(exist_ok=True)
    for name, content in files.items():
        (path / name).write_bytes(content)
    return path


def state(store: Path) -> dict[str, bytes]:
    """Every file of a store but its lock."""
    return {p.relative_to(store).as_posix(): p.read_bytes() for p in sorted(store.rglob("*")) if p.is_file()}


@pytest.fixture
def ledgers(tmp_path: Path) -> Path:
    return folder(tmp_path / "ledgers", small_city(CITY))


@pytest.fixture
def store(tmp_path: Path, ledgers: Path) -> Path:
    import_ledgers(tmp_path / "store", [ledgers])
    return tmp_path / "store"


def quads(store: Path) -> str:
    with open_store(store) as opened:
        return write_nquads(opened.quads())


def test_what_is_built_is_what_is_stored(tmp_path: Path, ledgers: Path) -> None:
    result = import_ledgers(tmp_path / "store", [ledgers])
    graph = build(collect([ledgers]))
    with open_store(tmp_path / "store") as opened:
        assert write_nquads(opened.quads()) == write_nquads(graph.quads)
        assert opened.size() == result.quads
        assert ledger_files(opened.files()) == collect([ledgers])
    assert result.rows == {
        "organizations": 2,
        "production": 1,
        "products": 2,
        "recipes": 1,
        "sources": 2,
        "supply": 1,
    }
    assert (result.sources, result.findings) == (2, ())


@pytest.mark.parametrize(
    ("file", "content", "error"),
    [
        ("production.csv", "单位名称,产品,状态,来源\n甲,钢,在产,s\n", DataError),
        ("production.csv", "单位名称,产品,来源\n甲,浆,s\n", DataError),
        ("production.csv", '单位名称,"产品\n', InputError),
        ("things.csv", "甲,乙\n1,2\n", DataError),
        ("products.csv", "产品,类别,来源\n纸,终端品,s\n", DataError),
    ],
    ids=["unknown name", "missing column", "broken file", "no ledger", "name gone that others use"],
)
def test_a_fault_leaves_everything_as_it_was(
    store: Path, tmp_path: Path, file: str, content: str, error: type[Exception]
) -> None:
    before, graph = state(store), quads(store)
    broken = tmp_path / "new" / file
    broken.parent.mkdir()
    broken.write_text(content, encoding="utf-8")
    good = tmp_path / "new" / "indicators.csv"
    good.write_text("对象,对象类型,指标,数值,单位,性质,来源\n甲,单位,产值,1,亿元,实际,s\n", encoding="utf-8")
    with pytest.raises(error):
        import_ledgers(store, [broken, good])
    assert state(store) == before
    assert quads(store) == graph
    import_ledgers(store, [good])
    assert quads(store) != graph


def test_faults_are_handed_over(store: Path, tmp_path: Path) -> None:
    folder(
        tmp_path / "new", {"production.csv": "单位名称,产品,状态,来源\n甲,钢,在产,s\n丁,浆,在产,s\n".encode()}
    )
    with pytest.raises(DataError) as caught:
        import_ledgers(store, [tmp_path / "new"])
    assert [(f.row, f.column, f.value) for f in caught.value.findings] == [
        (2, "产品", "钢"),
        (3, "单位名称", "丁"),
    ]
    assert caught.value.exit_code == 1
    assert "2" in caught.value.text("zh")


def test_a_missing_column_and_a_strange_one(tmp_path: Path) -> None:
    graph = build(small_city(CITY) | {"production.csv": "单位名称,产品,备考,来源\n甲,浆,x,s\n".encode()})
    told = [(f.severity, f.code, f.row, f.column, f.value) for f in graph.findings]
    assert told == [("error", "missing-column", 1, "", "状态"), ("warning", "unknown-column", 1, "备考", "")]
    assert "“状态”" in graph.findings[0].message("zh")
    assert "status" in graph.findings[0].message("en")
    assert "备考" in graph.findings[1].message("en")


def test_an_unknown_table_is_told_with_its_headers() -> None:
    graph = build(small_city(CITY) | {"x.csv": "甲,乙\n1,2\n".encode()})
    assert [(f.code, f.file, f.value) for f in graph.errors] == [("unrecognized", "x.csv", "甲、乙")]


def test_a_strange_column_is_no_fault(store: Path, tmp_path: Path) -> None:
    files = {"production.csv": "单位名称,产品,状态,备考,来源\n甲,浆,在产,x,s\n".encode()}
    result = import_ledgers(store, [folder(tmp_path / "new", files)])
    assert [f.code for f in result.findings] == ["unknown-column"]


def test_a_changed_file_replaces_what_it_said(store: Path, tmp_path: Path, ledgers: Path) -> None:
    changed = folder(
        tmp_path / "new", {"production.csv": "单位名称,产品,状态,时点,来源\n乙,浆,在产,2025,s\n".encode()}
    )
    import_ledgers(store, [changed])
    after = quads(store)
    assert "/production/甲/" not in after
    assert "/production/乙/" in after
    # The same as importing the changed folder from nothing.
    (ledgers / "production.csv").write_bytes((changed / "production.csv").read_bytes())
    import_ledgers(tmp_path / "fresh", [ledgers])
    assert quads(tmp_path / "fresh") == after


def test_importing_twice_changes_nothing(store: Path, ledgers: Path) -> None:
    before = quads(store)
    import_ledgers(store, [ledgers])
    assert quads(store) == before


def test_files_may_come_one_after_another(tmp_path: Path, store: Path, ledgers: Path) -> None:
    later = tmp_path / "later"
    for name in ("sources", "products", "organizations", "recipes", "supply", "production"):
        import_ledgers(later, [ledgers / f"{name}.csv"])
    assert quads(later) == quads(store)


def test_a_ledger_may_be_spread_over_files(store: Path, tmp_path: Path) -> None:
    header = "单位名称,产品,状态,时点,来源\n"
    again = header + "乙,纸,在产,2024,s\n"
    files = {"产能一.csv": again.encode(), "产能二.csv": again.encode()}
    import_ledgers(store, [folder(tmp_path / "new", files)])
    assert quads(store).count("/production/乙/") > 0
    files["产能二.csv"] = (
        header.replace("状态", "状态,产能,单位") + "乙,纸,在产,3,万吨/年,2024,s\n"
    ).encode()
    graph = build(small_city(CITY) | files)
    (finding,) = graph.errors
    assert (finding.code, finding.file, finding.row) == ("duplicate-elsewhere", "产能二.csv", 2)
    for lang in ("zh", "en"):
        assert "产能一.csv" in finding.message(lang)


def test_two_files_of_one_name(tmp_path: Path, ledgers: Path) -> None:
    other = folder(tmp_path / "other", {"supply.csv": (ledgers / "supply.csv").read_bytes()})
    with pytest.raises(InputError) as caught:
        collect([ledgers, other / "supply.csv"])
    assert (caught.value.key, caught.value.file) == ("input.same-name", str(other / "supply.csv"))


def test_what_cannot_be_collected(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    for path, key in ((tmp_path / "no.csv", "input.absent"), (tmp_path, "input.no-tables")):
        with pytest.raises(InputError) as caught:
            import_ledgers(tmp_path / "store", [path])
        assert caught.value.key == key
    assert not (tmp_path / "store").exists()


def test_a_folder_that_is_called_like_a_table(tmp_path: Path, ledgers: Path) -> None:
    (ledgers / "more.csv").mkdir()
    with pytest.raises(InputError) as caught:
        collect([ledgers])
    assert (caught.value.key, caught.value.file) == ("input.unreadable", str(ledgers / "more.csv"))


def test_other_files_of_a_folder_are_left_alone(ledgers: Path) -> None:
    (ledgers / "notes.txt").write_text("x")
    (ledgers / "curation").mkdir()
    (ledgers / "curation" / "rows.csv").write_text("a,b\n")
    assert set(collect([ledgers])) == set(small_city(CITY))


def test_a_foreign_folder_is_not_touched(tmp_path: Path, ledgers: Path) -> None:
    foreign = folder(tmp_path / "foreign", {"letter.txt": b"x"})
    with pytest.raises(StoreError) as caught:
        import_ledgers(foreign, [ledgers])
    assert caught.value.key == "store.foreign"
    assert state(foreign) == {"letter.txt": b"x"}


def test_the_order_of_files_and_rows_does_not_matter(yunxi_files: dict[str, bytes]) -> None:
    plain = build(yunxi_files)
    shuffled = {}
    for name in random.Random(7).sample(sorted(yunxi_files), len(yunxi_files)):
        header, *rows = yunxi_files[name].decode().splitlines()
        shuffled[name] = "\n".join([header, *random.Random(name).sample(rows, len(rows))]).encode()
    other = build(shuffled)
    assert other.quads == plain.quads
    assert other.rows == plain.rows
    assert not other.findings


def test_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from kg.ledgers import import_ledgers; from kg.store import open_store\n"
        "import_ledgers(sys.argv[1], [Path(sys.argv[2])])\n"
        "with open_store(sys.argv[1]) as store:\n"
        "    store.dump(sys.stdout.buffer, 'trig'); store.dump(sys.stdout.buffer, 'nquads')\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / seed), str(ROOT / "tests/cities/yunxi")],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            cwd=ROOT,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert product("竹浆").encode() in outputs.pop()


def test_progress_is_told(tmp_path: Path, ledgers: Path) -> None:
    told: list[tuple[str, int, int]] = []
    import_ledgers(tmp_path / "store", [ledgers], lambda *step: told.append(step))
    assert {step for step, _, _ in told} == {*small_city(CITY), "changes", "store"}
    counts = [(done, total) for step, done, total in told if step not in ("changes", "store")]
    assert counts == [(n, 6) for n in range(1, 7)]
