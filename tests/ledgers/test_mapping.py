"""What is said about sheets and columns that are not recognised by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError, InputError, UsageError
from kg.ledgers import build, import_ledgers
from kg.ledgers.description import ledgers
from kg.ledgers.mapping import Instruction, Mapping, read_mapping
from kg.store import open_store
from tests.small_city import small_city
from tests.workbook_files import Page, xlsx

CITY = """
    production 甲 浆 在产 10 万吨/年 2024
    production 乙 浆 在产 10 万吨/年 2024
"""
ODD = "厂子,产品,状态,规模,序号,来源\n乙,浆,在建,5,1,s\n".encode()
WORDS = "文件,工作表,台账,列,字段\nodd.csv,,产能,,\nodd.csv,,,厂子,organization\nodd.csv,,,规模,产能\n,,,序号,-\n".encode()


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_titles_nobody_knows_are_read_as_they_are_said_to_be() -> None:
    graph = build(small_city(CITY) | {"odd.csv": ODD, "mapping.csv": WORDS})
    assert not graph.findings
    (sheet,) = (sheet for sheet in graph.sheets if sheet.file == "odd.csv")
    assert sheet.ledger.name == "production"
    assert [(title, column.name) for title, column in sheet.columns][:2] == [
        ("厂子", "organization"),
        ("产品", "product"),
    ]
    assert sheet.unknown == ()
    assert graph.rows["production"] == 3


def test_without_a_word_they_are_told_with_what_to_do() -> None:
    graph = build(small_city(CITY) | {"odd.csv": ODD})
    (finding,) = graph.errors
    assert (finding.code, finding.row) == ("incomplete-sheet", 1)
    assert "“产能”" in finding.message("zh")
    assert "单位名称" in finding.message("zh")
    assert "--as production" in finding.message("en")


def test_rivals_are_named() -> None:
    data = "park name,单位名称,来源\n园,甲,s\n".encode()
    (finding,) = build(small_city(CITY) | {"x.csv": data}).errors
    assert finding.code == "ambiguous-sheet"
    assert "parks" in finding.message("zh")
    assert "sites" in finding.message("en")
    assert "--as" in finding.message("en")
    settled = build(small_city(CITY) | {"x.csv": data, "mapping.csv": b"file,ledger\nx.csv,sites\n"})
    assert [(f.code, f.column) for f in settled.findings] == [("unknown-column", "park name")]
    assert next(s for s in settled.sheets if s.file == "x.csv").ledger.name == "sites"


def test_sheets_are_told_apart_and_left_out() -> None:
    header = ["厂子", "产品", "状态", "来源"]
    book = xlsx(
        Page([header, ["乙", "浆", "在建", "s"]], "一"),
        Page([["说明", "见附件"]], "二"),
        Page([["产品", "类别", "来源"], ["布", "终端品", "s"]], "三"),
    )
    words = "文件,工作表,台账,列,字段\n年报.xlsx,一,产能,,\n年报.xlsx,一,,厂子,单位名称\n年报.xlsx,二,-,,\n".encode()
    graph = build(small_city(CITY) | {"年报.xlsx": book, "mapping.csv": words})
    assert not graph.findings
    assert [(s.sheet, s.ledger.name) for s in graph.sheets if s.sheet] == [
        ("一", "production"),
        ("三", "products"),
    ]


def test_the_store_remembers(tmp_path: Path) -> None:
    city = write(tmp_path / "city", small_city(CITY))
    odd = write(tmp_path / "new", {"odd.csv": ODD}) / "odd.csv"
    words = write(tmp_path / "words", {"titles.csv": WORDS}) / "titles.csv"
    store = tmp_path / "store"
    import_ledgers(store, [city])
    with pytest.raises(DataError):
        import_ledgers(store, [odd])
    shown: list = []
    import_ledgers(store, [odd], mapping=words, show=shown.extend)
    assert [(s.file, s.ledger.name) for s in shown] == [("odd.csv", "production")]
    again = import_ledgers(store, [city / "production.csv"])
    assert again.rows["production"] == 3
    with open_store(store) as opened:
        assert read_mapping(opened.files()["mapping.csv"], "mapping.csv") == read_mapping(WORDS, "titles.csv")


def test_as_names_the_ledger_for_good(tmp_path: Path) -> None:
    store = tmp_path / "store"
    import_ledgers(store, [write(tmp_path / "city", small_city(CITY))])
    unclear = write(tmp_path / "new", {"x.csv": "park name,单位名称,来源\n,甲,s\n".encode()}) / "x.csv"
    with pytest.raises(DataError):
        import_ledgers(store, [unclear])
    assert import_ledgers(store, [unclear], ledger="所在地").rows["sites"] == 1
    assert import_ledgers(store, [tmp_path / "city"]).rows["sites"] == 1
    with pytest.raises(UsageError) as caught:
        import_ledgers(store, [unclear], ledger="没有")
    assert "sites" in caught.value.text("zh")


def test_what_is_said_of_one_sheet_goes_before_what_is_said_of_all() -> None:
    said = Mapping(
        (
            Instruction(column="规模", field="note"),
            Instruction("a.csv", column="规模", field="capacity"),
            Instruction(ledger="sites"),
            Instruction("a.csv", ledger="production"),
        )
    )
    production = ledgers()["production"]
    assert (said.ledger("a.csv", ""), said.ledger("b.csv", "")) == ("production", "sites")
    assert [said.fields(file, "", production)["规模"].name for file in ("A.CSV", "b.csv")] == [
        "capacity",
        "note",
    ]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "key", "row"),
    [
        ("甲,乙\n1,2\n", "input.mapping-header", None),
        ("文件,台账\na.csv,没有\n", "input.mapping-ledger", 2),
        ("列,字段\n厂子,没有\n", "input.mapping-field", 2),
        ("台账,列,字段\n产能,厂子,采购方\n", "input.mapping-field", 2),
        ("文件,台账,列,字段\na.csv,,,产能\n", "input.mapping-field", 2),
        ("", "input.empty", None),
    ],
)
def test_what_is_no_mapping(text: str, key: str, row: int | None) -> None:
    with pytest.raises(InputError) as caught:
        read_mapping(text.encode(), "m.csv")
    assert (caught.value.key, caught.value.row) == (key, row)
    assert "m.csv" in caught.value.text("zh")


cell = st.text(st.characters(exclude_categories=("C", "Z")), max_size=8)


@given(
    st.lists(
        st.one_of(
            st.builds(Instruction, cell, cell, st.sampled_from([*ledgers(), "-"])),
            st.builds(
                Instruction,
                cell,
                cell,
                st.just(""),
                cell.filter(bool),
                st.sampled_from(["-", "source", "来源"]),
            ),
        ),
        max_size=5,
    )
)
def test_a_mapping_comes_back_as_it_was_written(said: list[Instruction]) -> None:
    mapping = Mapping() | Mapping(tuple(said))
    assert read_mapping(mapping.write(), "m.csv") == mapping


@given(st.binary(max_size=200))
def test_any_bytes_are_a_mapping_or_told(data: bytes) -> None:
    try:
        read_mapping(data, "m.csv")
    except InputError as error:
        assert error.text("zh")  # noqa: PT017  # most bytes are a fault, some are a mapping
