"""Importing a firm–product data set: what is kept, what is dropped, and what it then answers."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.datasets import (
    Dataset,
    DatasetReport,
    clean_name,
    dataset_folder,
    dataset_names,
    import_dataset,
    open_dataset,
)
from kg.errors import InputError, UsageError

NATIONAL = Path(__file__).resolve().parent / "national"
REAL = Path(__file__).resolve().parents[3] / "shared" / "chainkg"


def test_the_report_counts_what_was_dropped_and_mended(imported: tuple[Path, DatasetReport]) -> None:
    report = imported[1]
    assert report.read == {"companies": 7, "products": 4, "company_product": 16, "product_product": 7}
    counts = {(dropped.table, dropped.reason): dropped.count for dropped in report.dropped}
    assert counts == {
        ("companies", "cleaned"): 1,
        ("companies", "duplicate"): 1,
        ("companies", "nameless"): 1,
        ("products", "cleaned"): 1,
        ("products", "duplicate"): 1,
        ("company_product", "cleaned"): 2,
        ("company_product", "duplicate"): 1,
        ("company_product", "merged"): 1,
        ("company_product", "nameless"): 1,
        ("company_product", "not-a-number"): 1,
        ("company_product", "share-not-stated"): 1,
        ("company_product", "share-out-of-range"): 2,
        ("company_product", "short-row"): 1,
        ("company_product", "unknown-firm"): 1,
        ("product_product", "cleaned"): 1,
        ("product_product", "duplicate"): 1,
        ("product_product", "nameless"): 1,
        ("product_product", "self-loop"): 1,
        ("product_product", "unknown-word"): 1,
    }
    # 16 read, less 1 given twice, 2 out of range, 1 no number, 1 nameless, 1 unknown firm, 1 merged.
    assert report.kept == {"companies": 5, "products": 8, "company_product": 9, "product_product": 3}
    examples = {
        dropped.reason: dropped.examples for dropped in report.dropped if dropped.table == "company_product"
    }
    assert examples["share-out-of-range"] == ("600001SH,分部间抵销,-0.3", "600001SH,汽车制造,1.2")
    assert examples["cleaned"][0] == "竹纤⏎维⏎"


def test_makers_come_by_share_and_an_unstated_share_is_unknown(national: Dataset) -> None:
    found = [(made.firm.code, made.share, made.row) for made in national.makers(["烧碱"])]
    # Of 烧碱 and 烧 碱 the larger share stays; 0.001 is what the data set fills in.
    assert found == [
        ("600001SH", Decimal("0.4"), 2),
        ("600003SH", Decimal("0.2"), 12),
        ("600004SH", None, 13),
    ]
    assert [made.firm.code for made in national.makers(["竹纤维"])] == ["600001SH"]
    assert national.makers(["没有的产品"]) == ()


def test_a_share_of_nothing_is_stated_and_is_not_unknown(national: Dataset) -> None:
    assert [made.share for made in national.makers(["竹纤维衣料"])] == [Decimal(0)]


def test_a_date_is_no_exchange(national: Dataset) -> None:
    exchanges = {firm.code: firm.exchange for firm in national.firms()}
    assert exchanges["600004SH"] == ""
    assert exchanges["600005SH"] == "深圳证券交易所"


def test_kinds_and_look_alikes(national: Dataset) -> None:
    assert national.narrower(["烧碱"]) == ("片状烧碱",)
    assert [(s.name, s.likeness) for s in national.similar("竹纤维", 5)] == [
        ("竹纤维布料", 75.0),
        ("竹纤维衣料", 75.0),
    ]
    assert [s.name for s in national.similar("烧碱", 5)] == ["片状烧碱"]
    assert national.similar("烧碱", 5, least=70) == ()
    assert national.similar("碳", 5) == ()


def test_the_same_tables_give_the_same_data_set(imported: tuple[Path, DatasetReport], tmp_path: Path) -> None:
    assert import_dataset(NATIONAL, tmp_path / "national.sqlite") == imported[1]
    first = (imported[0] / "national.sqlite").read_bytes()
    assert (tmp_path / "national.sqlite").read_bytes() == first


def test_a_failed_import_leaves_the_old_data_set(tmp_path: Path) -> None:
    folder, tables = tmp_path / "sets", tmp_path / "tables"
    shutil.copytree(NATIONAL, tables)
    import_dataset(tables, folder / "a.sqlite")
    before = (folder / "a.sqlite").read_bytes()
    (tables / "company_product.csv").write_text(
        'company,product,weight\n600001SH,"烧碱,0.4\n', encoding="utf-8"
    )
    with pytest.raises(InputError):
        import_dataset(tables, folder / "a.sqlite")
    assert (folder / "a.sqlite").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["a.sqlite"]


def test_optional_tables_may_be_absent_and_columns_bear_chinese_titles(tmp_path: Path) -> None:
    (tmp_path / "companies.csv").write_bytes("代码,简称\n1,甲\n".encode("gb18030"))
    (tmp_path / "company_product.csv").write_text(
        "企业代码,产品,收入占比\n1,乙料,0.5\n", encoding="utf-8-sig"
    )
    report = import_dataset(tmp_path, tmp_path / "sets" / "two.sqlite")
    assert report.kept == {"companies": 1, "company_product": 1}
    with open_dataset(tmp_path / "sets") as dataset:
        [made] = dataset.makers(["乙料"])
        assert (made.firm.fullname, made.share) == ("甲", Decimal("0.5"))


@pytest.mark.parametrize(
    ("files", "key"),
    [
        ({}, "dataset.table"),
        ({"companies.csv": "code,name\n1,甲\n"}, "dataset.table"),
        ({"companies.csv": "code\n1\n", "company_product.csv": "company,product\n"}, "dataset.column"),
        ({"companies.csv": "", "company_product.csv": ""}, "dataset.column"),
    ],
)
def test_what_is_no_data_set_is_refused(tmp_path: Path, files: dict[str, str], key: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        import_dataset(tmp_path, tmp_path / "sets" / "x.sqlite")
    assert caught.value.key == key
    assert not list((tmp_path / "sets").glob("*"))


def test_data_sets_are_found_by_name(imported: tuple[Path, DatasetReport], tmp_path: Path) -> None:
    assert dataset_names(imported[0]) == ("national",)
    assert dataset_folder("store") == Path("store") / "datasets"
    assert dataset_folder("http://example.org/sparql", tmp_path) == tmp_path

    def refused(*arguments: object) -> str:
        with pytest.raises((UsageError, InputError)) as caught:
            open_dataset(*arguments)  # type: ignore[arg-type]
        return caught.value.key

    assert refused(tmp_path) == "dataset.none"
    assert refused(imported[0], "other") == "dataset.unknown"
    assert refused(imported[0], "../national") == "dataset.name"
    (tmp_path / "a.sqlite").write_bytes(b"no database at all, but long enough to be read as one" * 10)
    assert refused(tmp_path) == "dataset.foreign"
    (tmp_path / "b.sqlite").write_bytes(b"")
    assert refused(tmp_path) == "dataset.several"
    with pytest.raises(UsageError, match="endpoint"):
        dataset_folder("http://example.org/sparql")


@settings(deadline=None)
@given(st.text(st.sampled_from("竹碱a \"'“”‘’\n\r\t\u200b（）"), max_size=12))
def test_cleaning_is_done_once_and_for_all(name: str) -> None:
    cleaned = clean_name(name)
    assert clean_name(cleaned) == cleaned
    assert not set(cleaned) & set('"\n\r\t\u200b')
    assert cleaned == cleaned.strip()
    assert cleaned.count("“") == cleaned.count("”")


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data set is not here")
def test_the_real_data_set_is_cleaned(tmp_path: Path) -> None:
    report = import_dataset(REAL, tmp_path / "real.sqlite")
    counts = {(d.table, d.reason): d.count for d in report.dropped}
    assert report.read["company_product"] == 53_785
    assert counts["company_product", "duplicate"] == 578
    # 763 negative and 48 over one, less those among the rows given twice.
    assert 763 <= counts["company_product", "share-out-of-range"] <= 763 + 48
    assert 108 <= counts["product_product", "self-loop"] <= 110
    with open_dataset(tmp_path) as dataset:
        assert dataset.size()[0] == report.kept["companies"]
        assert all("\n" not in firm.fullname and '"' not in firm.fullname for firm in dataset.firms())
