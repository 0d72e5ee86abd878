"""Imports leave a record, show what they would change, and can be undone."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from kg.errors import DataError, UsageError
from kg.ledgers import Change, difference, entries, import_ledgers, ledger_files, undo
from kg.ledgers.history import HISTORY, MOST_ENTRIES, ChangeKind, recorded
from kg.store import open_store, write_nquads

CITY = Path(__file__).parents[1] / "cities" / "yunxi"
NOTHING: Mapping[ChangeKind, int] = {"added": 0, "changed": 0, "removed": 0}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CITY, tmp_path / "city"))


@pytest.fixture
def store(tmp_path: Path, city: Path) -> Path:
    import_ledgers(tmp_path / "store", [city])
    return tmp_path / "store"


def change(file: Path, old: str, new: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def counted(changes: Iterable[Change]) -> dict[str, int]:
    kinds = Counter(change.kind for change in changes)
    return {kind: kinds[kind] for kind in ("added", "changed", "removed")}


def content(store: Path) -> str:
    with open_store(store) as opened:
        return write_nquads(opened.quads())


def test_an_import_says_what_it_changed(store: Path, city: Path) -> None:
    file = change(city / "production.csv", "竹纤维布,在产,1,", "竹纤维布,在产,2,")
    (only,) = difference(store, [file])
    assert import_ledgers(store, [file]).changes == {"added": 0, "changed": 1, "removed": 0}
    assert only.kind == "changed"
    assert only.subject.endswith("/production/青篁纺织有限公司/竹纤维布/in-production/2024/yx-1")
    assert [value for _, value, _ in only.before] == ["1"]
    assert [value for _, value, _ in only.after] == ["2"]
    assert {source for *_, source in (*only.before, *only.after)} == {"yx-1"}


def test_diff_tells_beforehand_what_the_import_then_does(store: Path, city: Path) -> None:
    file = change(city / "projects.csv", "竹纤维,,,yx-2", "竹纤维布,,,yx-2")
    before = content(store)
    foretold = difference(store, [file])
    assert content(store) == before
    assert foretold
    done = import_ledgers(store, [file]).changes
    assert done == counted(foretold)
    assert difference(store, [file]) == ()


def test_importing_the_same_again_changes_nothing(store: Path, city: Path) -> None:
    before = content(store)
    assert import_ledgers(store, [city]).changes == {"added": 0, "changed": 0, "removed": 0}
    assert content(store) == before


def test_a_row_that_goes_takes_its_facts_along(store: Path, city: Path) -> None:
    file = change(city / "supply.csv", "江北碱厂,溪南纸品有限公司,烧碱,技术许可,,,,2024,,yx-2\n", "")
    changes = difference(store, [file])
    assert import_ledgers(store, [file]).changes == counted(changes)
    assert [(c.kind, "/technology/" in c.subject) for c in changes] == [("removed", True)]
    assert "supply-kind/technology" not in content(store)


def test_undo_brings_back_the_very_graph(store: Path, city: Path) -> None:
    before = content(store)
    import_ledgers(store, [change(city / "production.csv", "竹纤维布,在产,1,", "竹纤维布,在产,2,")])
    changed = content(store)
    assert changed != before
    import_ledgers(store, [change(city / "grades.csv", "2024,2027", "2023,2026")])
    entry, _ = undo(store)
    assert list(entry.after) == ["grades.csv"]
    assert content(store) == changed
    undo(store)
    assert content(store) == before


def test_undoing_the_first_import_leaves_an_empty_graph_and_nothing_to_undo(store: Path) -> None:
    undo(store)
    assert content(store) == ""
    with pytest.raises(UsageError) as caught:
        undo(store)
    assert caught.value.key == "history.nothing"


def test_history_counts_up_and_names_the_files(store: Path, city: Path) -> None:
    import_ledgers(store, [change(city / "grades.csv", "2024,2027", "2023,2026")])
    with open_store(store) as opened:
        first, second = entries(opened.files())
    assert (first.number, second.number) == (1, 2)
    assert set(first.before.values()) == {""}
    assert list(second.after) == ["grades.csv"]
    assert second.before["grades.csv"] == first.after["grades.csv"] != second.after["grades.csv"]
    assert (second.added, second.changed, second.removed) == (0, 1, 0)
    assert second.at.endswith("Z")


def test_a_failed_import_leaves_no_record(store: Path, city: Path) -> None:
    with open_store(store) as opened:
        before = dict(opened.files())
    with pytest.raises(DataError):
        import_ledgers(store, [change(city / "grades.csv", "2024,2027", "soon,2026")])
    with open_store(store) as opened:
        assert dict(opened.files()) == before


def test_a_kept_file_can_be_dropped_and_the_drop_undone(store: Path) -> None:
    before = content(store)
    result = import_ledgers(store, [], drop=["grades.csv"])
    assert result.changes == {"added": 0, "changed": 0, "removed": result.changes["removed"]}
    assert result.changes["removed"] > 0
    with open_store(store) as opened:
        assert "grades.csv" not in opened.files()
    assert "GradeAward" not in content(store)
    undo(store)
    assert content(store) == before


def test_dropping_an_unknown_file_names_the_kept_ones(store: Path) -> None:
    with pytest.raises(UsageError) as caught:
        import_ledgers(store, [], drop=["grade.csv"])
    assert caught.value.key == "import.not-kept"
    assert "grades.csv" in caught.value.text("zh")


def test_earlier_versions_are_kept_only_as_long_as_an_entry_needs_them() -> None:
    kept: dict[str, bytes] = {}
    for number in range(MOST_ENTRIES + 5):
        files = {"a.csv": str(number).encode()}
        kept = {**files, **recorded(kept, files, NOTHING, "2026-01-01T00:00:00Z")}
    log = entries(kept)
    assert [entry.number for entry in log] == list(range(6, MOST_ENTRIES + 6))
    assert sum(name.startswith(HISTORY) for name in kept) == MOST_ENTRIES + 1
    assert ledger_files(kept) == {"a.csv": str(MOST_ENTRIES + 4).encode()}
