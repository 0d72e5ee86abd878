"""Rows reach the store in pieces, while others are still read: the graph is whole or not there at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import DataError
from kg.ledgers import import_ledgers, reading, undo
from kg.ledgers.fingerprints import Fingerprints
from kg.store import drafts, open_store, write_nquads
from tests.small_city import small_city

CITY = Path(__file__).parents[1] / "cities" / "yunxi"
ROWS = 400


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "PIECE_BYTES", 2_000)
    monkeypatch.setattr(reading, "TOLD_ROWS", 10)


def content(store: Path) -> str:
    with open_store(store) as opened:
        return write_nquads(opened.quads())


def supplies(folder: Path, *, bad: int = -1) -> Path:
    """Write a city whose supply ledger has many rows, one of them at fault if wanted."""
    folder.mkdir()
    files = dict(small_city("supply 甲 乙 浆 货物\nsupply 乙 甲 汽 能源"))
    rows = [
        f"甲,乙,{'不知何物' if number == bad else '浆'},货物,{number},吨/年,,{2000 + number % 20},,s"
        for number in range(1, ROWS)
    ]
    head = "供应方,采购方,产品,供应类型,数量,单位,限定词,时点,备注,来源"
    rows = list({row.split(",")[7]: row for row in rows}.values()) if bad < 0 else rows
    files["supply.csv"] = "\n".join([head, *rows, ""]).encode()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_pieces_make_the_same_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_ledgers(tmp_path / "pieces", [CITY])
    monkeypatch.setattr(drafts, "PIECE_BYTES", 64_000_000)
    import_ledgers(tmp_path / "whole", [CITY])
    assert content(tmp_path / "pieces") == content(tmp_path / "whole") != ""


def test_an_error_in_the_last_row_leaves_nothing_of_the_pieces_before(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        import_ledgers(tmp_path / "new", [supplies(tmp_path / "bad", bad=ROWS - 1)])
    assert {(f.code, f.row) for f in caught.value.findings if f.code.startswith("unknown-name")} == {
        ("unknown-name-none", ROWS)
    }
    assert not (tmp_path / "new").exists()
    store = tmp_path / "old"
    import_ledgers(store, [CITY])
    before, generations = content(store), sorted(path.name for path in store.iterdir())
    with pytest.raises(DataError):
        import_ledgers(store, [tmp_path / "bad"])
    assert content(store) == before
    assert sorted(path.name for path in store.iterdir()) == generations


@pytest.mark.parametrize("step", ["rows", "supply.csv", "changes", "store"])
def test_an_interrupt_at_any_step_leaves_the_store_as_it_was(tmp_path: Path, step: str) -> None:
    store = tmp_path / "store"
    import_ledgers(store, [supplies(tmp_path / "city")])
    before, generations = content(store), sorted(path.name for path in store.iterdir())

    def interrupt(said: str, done: int, total: int) -> None:
        if said == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_ledgers(store, [CITY], interrupt)
    assert content(store) == before
    assert sorted(path.name for path in store.iterdir()) == generations
    import_ledgers(store, [CITY])
    undo(store)
    assert content(store) == before


def test_rows_are_told_as_they_are_read(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    result = import_ledgers(
        tmp_path / "store",
        [CITY],
        lambda step, done, total: told.append((done, total)) if step == "rows" else None,
    )
    assert {total for _, total in told} == {sum(result.rows.values())}
    assert [done for done, _ in told] == list(range(10, sum(result.rows.values()) + 1, 10))


def test_fingerprints_of_nothing() -> None:
    nothing = Fingerprints().differing(Fingerprints())
    assert nothing == {"added": frozenset(), "changed": frozenset(), "removed": frozenset()}
