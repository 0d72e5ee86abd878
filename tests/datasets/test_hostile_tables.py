"""Hostile tables of a firm–product data set, each written here with the answer that it must give."""

from __future__ import annotations

import sqlite3
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
    dataset_path,
    import_dataset,
    open_dataset,
)
from kg.errors import InputError, UsageError

FIRMS = "code,name\nA1,甲\nA2,乙\nA3,丙\n"


def write(folder: Path, **tables: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for stem, content in ({"companies": FIRMS} | tables).items():
        raw = content.encode() if isinstance(content, str) else content
        (folder / f"{stem}.csv").write_bytes(raw)
    return folder


def imported(place: Path, **tables: str | bytes) -> tuple[Dataset, DatasetReport]:
    report = import_dataset(write(place / "tables", **tables), place / "sets" / "x.sqlite")
    return open_dataset(place / "sets"), report


def made(dataset: Dataset, *names: str) -> list[tuple[str, str, str | None, int]]:
    return [
        (m.product, m.firm.code, None if m.share is None else str(m.share), m.row)
        for m in dataset.makers(names)
    ]


def reasons(report: DatasetReport) -> dict[str, int]:
    return {f"{d.table} {d.reason}": d.count for d in report.dropped}


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("0", "0"),
        ("1", "1"),
        ("1.000", "1.000"),
        ("0.0", "0.0"),
        (" 0.25 ", "0.25"),
        ("2.5e-1", "0.25"),
        (".5", "0.5"),
        ("", None),
        ("  ", None),
        ("0.001", None),
        ("0.0010", "0.0010"),
    ],
)
def test_a_share_is_kept_as_written_or_unknown(tmp_path: Path, written: str, share: str | None) -> None:
    dataset, report = imported(tmp_path, company_product=f"company,product,weight\nA1,料,{written}\n")
    with dataset:
        assert made(dataset, "料") == [("料", "A1", share, 2)]
    assert reasons(report) == ({} if share else {"company_product share-not-stated": 1})


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("-0.0001", "share-out-of-range"),
        ("1.0001", "share-out-of-range"),
        ("25", "share-out-of-range"),
        ("1e999", "share-out-of-range"),
        ("25%", "not-a-number"),
        ("NaN", "not-a-number"),
        ("-Infinity", "not-a-number"),
        ("0，5", "not-a-number"),
        ("约0.5", "not-a-number"),
        ("0x1", "not-a-number"),
    ],
)
def test_a_row_with_an_impossible_share_is_dropped_whole(tmp_path: Path, written: str, reason: str) -> None:
    dataset, report = imported(
        tmp_path, company_product=f"company,product,weight\nA1,料,{written}\nA2,料,0.5\n"
    )
    with dataset:
        assert made(dataset, "料") == [("料", "A2", "0.5", 3)]
    (dropped,) = report.dropped
    assert (dropped.table, dropped.reason, dropped.examples) == (
        "company_product",
        reason,
        (f"A1,料,{written}",),
    )


@pytest.mark.parametrize(
    ("shares", "kept", "row"),
    [
        (("0.2", "0.3"), "0.3", 3),
        (("0.3", "0.2"), "0.3", 2),
        (("0.3", "0.30"), "0.3", 2),
        (("", "0.1"), "0.1", 3),
        (("0.1", ""), "0.1", 2),
        (("", "0.001"), None, 2),
        (("0", ""), "0", 2),
        (("", "0"), "0", 3),
    ],
)
def test_of_two_shares_of_one_pair_the_larger_stays_with_its_row(
    tmp_path: Path, shares: tuple[str, str], kept: str | None, row: int
) -> None:
    rows = "".join(f"A1,料,{share}\n" for share in shares)
    dataset, report = imported(tmp_path, company_product="company,product,weight\n" + rows)
    with dataset:
        assert made(dataset, "料") == [("料", "A1", kept, row)]
    assert reasons(report)["company_product merged"] == 1


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    # A blank line is a row; a cell of two lines stays one row.
    table = 'company,product,weight\n\nA1,"粉\n料",0.5\n,,\nA2,粉料,0.4\n'
    dataset, report = imported(tmp_path, company_product=table)
    with dataset:
        assert made(dataset, "粉料") == [("粉料", "A1", "0.5", 3), ("粉料", "A2", "0.4", 5)]
    assert report.read["company_product"] == 2


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ('company,product\nA1,"料\n', 2),
        ('company,product\nA1,"料"x\n', 2),
        ('company,product\nA1,料\nA2,料\nA3,"料\n', 4),
        ('company,"product\nA1,料\n', 1),
        ("company,product\nA1," + "料" * 200_000 + "\n", 2),
    ],
)
def test_a_broken_table_is_told_with_its_row(tmp_path: Path, table: str, row: int) -> None:
    with pytest.raises(InputError) as caught:
        imported(tmp_path, company_product=table)
    assert (caught.value.key, caught.value.row) == ("input.csv", row)
    assert str(caught.value.file).endswith("company_product.csv")
    assert not list((tmp_path / "sets").iterdir())


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_line_ends_and_encodings_of_office_programs(tmp_path: Path, line_end: str, encoding: str) -> None:
    def table(*lines: str) -> bytes:
        return (line_end.join(lines) + line_end).encode(encoding)

    dataset, report = imported(
        tmp_path, companies=table("代码,简称", "B1,丁"), company_product=table("企业代码,产品", "B1,镕料")
    )
    with dataset:
        assert made(dataset, "镕料") == [("镕料", "B1", None, 2)]
    assert report.kept == {"companies": 1, "company_product": 1}


def test_a_table_in_no_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        imported(tmp_path, company_product=b"company,product\nA1,\xff\xff\xff\n")
    assert caught.value.key == "input.encoding"


def test_columns_may_stand_in_any_order_between_others(tmp_path: Path) -> None:
    table = "备注,Weight, PRODUCT ,年,Company\n某,0.5,料,2020,A1\n某,0.4,料,2020,A2\n"
    dataset, report = imported(tmp_path, company_product=table)
    with dataset:
        assert made(dataset, "料") == [("料", "A1", "0.5", 2), ("料", "A2", "0.4", 3)]
    assert report.dropped == ()


def test_rows_that_differ_only_in_a_column_nobody_reads_are_the_same(tmp_path: Path) -> None:
    table = "company,product,weight,year\nA1,料,0.5,2020\nA1,料,0.5,2021\n"
    dataset, report = imported(tmp_path, company_product=table)
    dataset.close()
    assert reasons(report) == {"company_product duplicate": 1}


def test_of_a_firm_given_twice_the_first_row_counts(tmp_path: Path) -> None:
    firms = "code,name,fullname,exchange,listed\nA1,甲,甲股份有限公司,上交所,2001-01-01\nA1,乙,,,\n A1 ,丙,,,\n,丁,,,\nA9,,,,\n"
    dataset, report = imported(tmp_path, companies=firms, company_product="company,product\nA1,料\n")
    with dataset:
        (firm,) = dataset.firms()
        assert (firm.code, firm.name, firm.fullname, firm.exchange, firm.listed) == (
            "A1",
            "甲",
            "甲股份有限公司",
            "上交所",
            "2001-01-01",
        )
        assert dataset.size() == (1, 1, 1)
    assert reasons(report) == {
        "companies duplicate": 2,
        "companies nameless": 2,
        "company_product share-not-stated": 1,
    }


def test_makers_of_several_names_come_by_product_then_share_then_code(tmp_path: Path) -> None:
    table = "company,product,weight\nA3,乙料,0.1\nA2,甲料,\nA1,甲料,\nA3,甲料,0.2\nA2,乙料,0.1\n"
    dataset, _ = imported(tmp_path, company_product=table)
    with dataset:
        expected = [
            ("乙料", "A2", "0.1", 6),
            ("乙料", "A3", "0.1", 2),
            ("甲料", "A3", "0.2", 5),
            ("甲料", "A1", None, 4),
            ("甲料", "A2", None, 3),
        ]
        assert made(dataset, "甲料", "乙料") == expected
        assert made(dataset, "乙料", "甲料", " 甲 料 ", "没有") == expected
        assert made(dataset) == []
        third = dataset.firms()[2]
        assert (third.code, dataset.products_of(third)) == ("A3", ("乙料", "甲料"))


@pytest.mark.parametrize("asked", ["ＡＢＳ树脂", "abs树脂", "ABS 树脂", " Abs\n树脂 ", "ABS\u3000树脂"])
def test_products_are_compared_in_their_normal_form(tmp_path: Path, asked: str) -> None:
    dataset, _ = imported(tmp_path, company_product="company,product,weight\nA1,ABS树脂,0.5\n")
    with dataset:
        assert made(dataset, asked) == [("ABS树脂", "A1", "0.5", 2)]


def test_relations_have_a_direction_and_only_narrower_makes_kinds(tmp_path: Path) -> None:
    relations = "from,to,relation\n烃,烯,产品小类\n烯,乙烯,产品小类\n烃,油,上游材料\n烃,胶,下游产品\n烃,烯,产品小类\n烃,烃,产品小类\n烃,炔,同类\n烃, ,产品小类\n"
    dataset, report = imported(
        tmp_path, company_product="company,product\nA1,烃\n", product_product=relations
    )
    with dataset:
        assert dataset.narrower(["烃"]) == ("烯",)
        assert dataset.narrower(["烯"]) == ("乙烯",)
        assert dataset.narrower(["乙烯"]) == ()
        assert dataset.narrower(["烯", "烃"]) == ("乙烯", "烯")
        # What only a relation names is a product that nobody makes.
        assert made(dataset, "乙烯") == []
        assert dataset.size() == (3, 5, 1)
    assert report.kept["product_product"] == 4
    assert reasons(report) == {
        "company_product share-not-stated": 1,
        "product_product cleaned": 1,
        "product_product duplicate": 1,
        "product_product nameless": 1,
        "product_product self-loop": 1,
        "product_product unknown-word": 1,
    }


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "a",
        '"',
        '"""',
        "料%",
        "_",
        "' OR 1=1 --",
        'x" OR "料',
        "NEAR(料 料)",
        "key:料甲乙",
        "*料*",
        "\x00料料",
        "＂料＂甲",
    ],
)
def test_no_text_breaks_a_search(tmp_path: Path, asked: str) -> None:
    dataset, _ = imported(tmp_path, company_product="company,product\nA1,甲料\nA2,铝合金材料\n")
    with dataset:
        assert made(dataset, asked) == []
        assert dataset.similar(asked, 5, least=90) == ()
        assert dataset.narrower([asked]) == ()


def test_likeness_is_by_hand(tmp_path: Path) -> None:
    table = "company,product\nA1,聚丙烯\nA1,聚丙烯酸\nA1,聚丙烯腈纤维\nA2,无关之物\n"
    dataset, _ = imported(tmp_path, company_product=table, products="name\n聚丙烯膜\n")
    with dataset:
        # 2 × common characters ÷ all characters: 6/7 and 6/9; nobody makes 聚丙烯膜.
        found = [(s.name, s.likeness) for s in dataset.similar("聚丙烯", 9)]
        assert found == [("聚丙烯酸", 85.7), ("聚丙烯腈纤维", 66.7)]
        assert [s.name for s in dataset.similar("聚丙烯", 1)] == ["聚丙烯酸"]
        assert dataset.similar("聚丙烯", 0) == ()
        assert [s.name for s in dataset.similar("聚丙烯", 9, least=66.7)] == ["聚丙烯酸", "聚丙烯腈纤维"]
        # Asked by two characters, for which there is no index of three.
        assert [s.name for s in dataset.similar("丙烯", 9)] == ["聚丙烯", "聚丙烯酸"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("纯碱", "纯碱"),
        ("  纯碱\u3000", "纯碱"),
        ("纯\r\n碱", "纯碱"),
        ("纯\t碱", "纯碱"),
        ("gas\r\nturbine", "gas turbine"),
        ("PVC\n管", "PVC管"),
        ("5\n6", "5 6"),
        ("\ufeff纯碱\u200b", "纯碱"),
        ("'纯碱'", "纯碱"),
        ('"纯碱"', "纯碱"),
        ("“纯碱”", "“纯碱”"),
        ("纯碱”", "纯碱"),
        ("「纯碱", "纯碱"),
        ("《纯碱》、“食用", "《纯碱》、食用"),
        ("d'or", "d'or"),
        ("\x00\x1f", ""),
        ("' '", ""),
        ("‘", ""),
    ],
)
def test_a_name_is_cleaned(written: str, name: str) -> None:
    assert clean_name(written) == name


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A1", "A2", "A3", "ZZ"]),
            st.sampled_from(["甲", "乙", " 甲", "丙丙丙"]),
            st.sampled_from(["", "0.1", "0.5", "2", "x"]),
        ),
        max_size=12,
    )
)
def test_every_row_read_is_kept_dropped_or_merged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    table = "company,product,weight\n" + "".join(",".join(row) + "\n" for row in rows)
    dataset, report = imported(tmp_path_factory.mktemp("set"), company_product=table)
    mends = {"cleaned", "share-not-stated"}
    lost = sum(d.count for d in report.dropped if d.table == "company_product" and d.reason not in mends)
    assert report.read["company_product"] == len(rows)
    assert report.kept["company_product"] + lost == len(rows)
    # By another route: the pairs of known firms whose share is admissible, the largest of each.
    pairs: dict[tuple[str, str], set[str]] = {}
    for firm, product, share in rows:
        if firm != "ZZ" and share not in ("2", "x"):
            pairs.setdefault((product.strip(), firm), set()).add(share)
    with dataset:
        found = {(m.product, m.firm.code): m.share for m in dataset.makers(["甲", "乙", "丙丙丙"])}
    largest = {pair: max(shares) for pair, shares in pairs.items()}
    assert found == {pair: Decimal(share) if share else None for pair, share in largest.items()}


@pytest.mark.parametrize("name", ["national", "全国_2024", "a-b", "X" * 64])
def test_plain_names_of_data_sets(tmp_path: Path, name: str) -> None:
    assert dataset_path(tmp_path, name) == tmp_path / f"{name}.sqlite"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a b", "a/b", "a\\b", "a.sqlite", "a\n", "X" * 65, "..\\x", "a;b"]
)
def test_names_that_could_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        dataset_path(tmp_path, name)
    assert caught.value.key == "dataset.name"


def test_data_sets_lie_beside_the_store_and_a_chosen_folder_beats_it(tmp_path: Path) -> None:
    assert dataset_folder(str(tmp_path)) == tmp_path / "datasets"
    assert dataset_folder(str(tmp_path), tmp_path / "other") == tmp_path / "other"
    assert dataset_names(tmp_path / "nowhere") == ()


def test_a_draft_of_an_import_is_no_data_set(tmp_path: Path) -> None:
    for name in (".a.sqlite", ".b.sqlite.part", "c.db", "d.sqlite", "b.sqlite"):
        (tmp_path / name).write_bytes(b"")
    assert dataset_names(tmp_path) == ("b", "d")


def test_a_data_set_of_a_later_format_is_not_guessed_at(tmp_path: Path) -> None:
    dataset, _ = imported(tmp_path, company_product="company,product\nA1,料\n")
    dataset.close()
    file = tmp_path / "sets" / "x.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("UPDATE about SET value = '99' WHERE name = 'format'")
    connection.commit()
    connection.close()
    with pytest.raises(InputError) as caught:
        open_dataset(tmp_path / "sets", "x")
    assert caught.value.key == "dataset.foreign"
    assert "99" in caught.value.text("zh")


def test_the_digest_tells_other_tables_and_not_other_places(tmp_path: Path) -> None:
    digests = []
    for place, share in (("a", "0.5"), ("b", "0.5"), ("c", "0.6")):
        (tmp_path / place).mkdir()
        dataset, _ = imported(tmp_path / place, company_product=f"company,product,weight\nA1,料,{share}\n")
        with dataset:
            digests.append(dataset.digest)
    assert digests[0] == digests[1] != digests[2]


def test_a_data_set_is_open_for_reading_only(tmp_path: Path) -> None:
    dataset, _ = imported(tmp_path, company_product="company,product\nA1,料\n")
    before = (tmp_path / "sets" / "x.sqlite").read_bytes()
    with dataset:
        dataset.makers(["料"])
        dataset.similar("料料料", 3)
    with pytest.raises(sqlite3.ProgrammingError):
        dataset.firms()
    assert (tmp_path / "sets" / "x.sqlite").read_bytes() == before
    assert [path.name for path in (tmp_path / "sets").iterdir()] == ["x.sqlite"]


def test_progress_names_each_table_once_in_order(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    tables = write(
        tmp_path / "tables",
        company_product="company,product\nA1,料\n",
        products="name\n料\n",
        product_product="from,to,relation\n",
    )
    import_dataset(tables, tmp_path / "x.sqlite", lambda *step: steps.append(step))
    assert steps == [
        ("companies.csv", 1, 4),
        ("products.csv", 2, 4),
        ("company_product.csv", 3, 4),
        ("product_product.csv", 4, 4),
    ]
