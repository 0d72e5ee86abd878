"""--accept-valid: good rows go in, the others come back to be mended and imported again."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from kg.errors import DataError
from kg.ledgers import Rejects, import_ledgers, undo
from kg.store import open_store, write_nquads

CITY = Path(__file__).parents[1] / "cities" / "yunxi"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CITY, tmp_path / "city"))


def change(file: Path, old: str, new: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def content(store: Path) -> str:
    with open_store(store) as opened:
        return write_nquads(opened.quads())


def written(refused: Rejects, folder: Path) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([refused.header, *(cells for cells, _ in refused.rows)])
    path = folder / refused.name
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def test_valid_rows_go_in_and_the_mended_rest_makes_the_graph_whole(tmp_path: Path, city: Path) -> None:
    import_ledgers(tmp_path / "whole", [city])
    change(city / "production.csv", "竹纤维布,在产,1,", "竹纤维布,在产,很多,")
    with pytest.raises(DataError):
        import_ledgers(tmp_path / "store", [city])
    result = import_ledgers(tmp_path / "store", [city], accept_valid=True)
    (refused,) = result.rejects
    assert (refused.file, refused.name, len(refused.rows)) == ("production.csv", "production.rejects.csv", 1)
    ((cells, findings),) = refused.rows
    assert cells[:4] == ("青篁纺织有限公司", "竹纤维布", "在产", "很多")
    assert [(f.row, f.column, f.value) for f in findings] == [(5, "产能", "很多")]
    assert "/production/青篁纺织有限公司/" not in content(tmp_path / "store")

    mended = change(written(refused, tmp_path), "很多", "1")
    import_ledgers(tmp_path / "store", [mended])
    assert content(tmp_path / "store") == content(tmp_path / "whole")


def test_rows_that_refer_to_a_rejected_one_come_back_too(tmp_path: Path, city: Path) -> None:
    change(city / "organizations.csv", "青篁纺织有限公司,青篁纺织,企业", "青篁纺织有限公司,青篁纺织,工厂")
    result = import_ledgers(tmp_path / "store", [city], accept_valid=True)
    by_file = {refused.file: len(refused.rows) for refused in result.rejects}
    assert by_file == {"organizations.csv": 1, "participations.csv": 1, "production.csv": 1}
    assert "青篁纺织有限公司" not in content(tmp_path / "store")


def test_a_fault_that_is_not_about_a_row_still_stops_everything(tmp_path: Path, city: Path) -> None:
    change(city / "production.csv", "单位名称,产品", "单位名称,货品")
    with pytest.raises(DataError) as caught:
        import_ledgers(tmp_path / "store", [city], accept_valid=True)
    assert {finding.code for finding in caught.value.findings if finding.severity == "error"} >= {
        "missing-column"
    }
    assert not (tmp_path / "store").exists()


def test_changing_the_file_makes_all_its_rows_count_again(tmp_path: Path, city: Path) -> None:
    file = change(city / "production.csv", "竹纤维布,在产,1,", "竹纤维布,在产,很多,")
    import_ledgers(tmp_path / "store", [city], accept_valid=True)
    with pytest.raises(DataError):
        import_ledgers(tmp_path / "store", [change(file, "竹炭,在产,2", "竹炭,在产,3")])
    import_ledgers(tmp_path / "store", [change(file, "很多", "1")])
    assert "/production/青篁纺织有限公司/" in content(tmp_path / "store")


def test_accepting_can_be_undone(tmp_path: Path, city: Path) -> None:
    import_ledgers(tmp_path / "store", [city])
    before = content(tmp_path / "store")
    file = change(city / "production.csv", "竹纤维布,在产,1,", "竹纤维布,在产,很多,")
    import_ledgers(tmp_path / "store", [file], accept_valid=True)
    assert content(tmp_path / "store") != before
    undo(tmp_path / "store")
    assert content(tmp_path / "store") == before


def test_the_sheet_of_a_workbook_comes_back_under_its_own_name(tmp_path: Path, city: Path) -> None:
    import_ledgers(tmp_path / "store", [city])
    book = openpyxl.Workbook()
    book.active.title = "产能"
    for row in (
        ("单位名称", "产品", "状态", "产能（万吨/年）", "来源"),
        ("云溪炭业有限公司", "活性炭", "在产", 3, "yx-2"),
        ("无此企业", "活性炭", "在产", 3, "yx-2"),
    ):
        book.active.append(row)
    book.save(tmp_path / "2025年报.xlsx")
    result = import_ledgers(tmp_path / "store", [tmp_path / "2025年报.xlsx"], accept_valid=True)
    (refused,) = result.rejects
    assert refused.name == "产能.2025年报.rejects.csv"
    mended = change(written(refused, tmp_path), "无此企业", "白鹭新材料有限公司")
    assert import_ledgers(tmp_path / "store", [mended]).changes == {"added": 1, "changed": 0, "removed": 0}


def test_rows_that_wait_to_be_mended_are_told_at_every_import(tmp_path: Path, city: Path) -> None:
    change(city / "production.csv", "竹纤维布,在产,1,", "竹纤维布,在产,很多,")
    import_ledgers(tmp_path / "store", [city], accept_valid=True)
    again = import_ledgers(tmp_path / "store", [city])
    (told,) = [finding for finding in again.findings if finding.code == "passed-over"]
    assert (told.severity, told.file, told.params["count"]) == ("warning", "production.csv", 1)
    assert "1 行" in told.message("zh")
    assert "1 of its rows" in told.message("en")
