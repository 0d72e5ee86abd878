"""The columns kept beside a large store: what they hold, how they are kept, and that nothing depends on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.names import XSD
from kg.store import generations, local, memory_store, open_store
from kg.store.columns import ColumnsMaker, QuadColumns, read_columns
from kg.store.terms import BlankNode, Literal, NamedNode, Quad, text_of

A, B, P, Q, G, H = (NamedNode(f"urn:{letter}") for letter in "abpqgh")
DECIMAL = NamedNode(XSD + "decimal")
QUADS = [
    Quad(A, P, B, G),
    Quad(A, P, B, H),
    Quad(B, P, Literal("盘锦", language="zh"), G),
    Quad(B, P, Literal("盘锦"), G),
    Quad(B, Q, Literal("1.50", datatype=DECIMAL), G),
    Quad(BlankNode("x"), Q, Literal(""), H),
]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep columns of everything."""
    monkeypatch.setattr(generations, "COLUMNS_FROM_QUADS", 1)
    monkeypatch.setattr(local, "COLUMNS_FROM_BYTES", 1)


def columns_of(quads: list[Quad]) -> QuadColumns | None:
    maker = ColumnsMaker()
    assert list(maker.watch(iter(quads))) == quads
    return maker.columns()


def rows(columns: QuadColumns, property_: NamedNode) -> list[tuple[str, str, str]]:
    return sorted(zip(*map(columns.texts, columns.of(property_.value)), strict=True))


def test_what_columns_hold() -> None:
    columns = columns_of(QUADS)
    assert columns is not None
    assert rows(columns, P) == [
        ("urn:a", "urn:b", "urn:g"),
        ("urn:a", "urn:b", "urn:h"),
        ("urn:b", "盘锦", "urn:g"),
        ("urn:b", "盘锦", "urn:g"),
    ]
    # In the engine's own form, as a query tells it.
    assert rows(columns, Q) == [("urn:b", "1.5", "urn:g"), ("x", "", "urn:h")]
    assert rows(columns, A) == []
    assert sorted(columns.texts_and_languages(columns.of(P.value)[1])) == [
        ("urn:b", ""), ("urn:b", ""), ("盘锦", ""), ("盘锦", "zh"),
    ]  # fmt: skip


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=20
    )
)
def test_numbers_sort_as_texts_do(texts: list[str]) -> None:
    columns = columns_of([Quad(A, P, Literal(text), G) for text in texts])
    assert columns is not None
    numbers = columns.of(P.value)[1]
    assert columns.texts(numbers) == sorted(set(texts))
    assert (
        [columns.number(text) for text in sorted(set(texts))] == numbers.tolist() == sorted(numbers.tolist())
    )
    assert columns.number("urn:nothing") is None


def test_too_little_or_strange_text_makes_none() -> None:
    assert columns_of([]) is None
    assert columns_of([Quad(A, P, Literal("a\0zh"), G)]) is None
    maker = ColumnsMaker(least=2)
    list(maker.watch(QUADS[:1]))
    assert maker.columns() is None


@pytest.mark.usefixtures("small")
def test_columns_come_with_a_generation_and_go_with_it(tmp_path: Path) -> None:
    with open_store(tmp_path / "s", create=True, writable=True) as store:
        store.rebuild(QUADS, {})
        first = store.columns()
        assert first is not None
        assert rows(first, Q) == [("urn:b", "1.5", "urn:g"), ("x", "", "urn:h")]
        store.replace({"urn:g": [Quad(A, Q, B, G)]})
        second = store.columns()
        assert second is not None
        assert rows(second, Q) == [("urn:a", "urn:b", "urn:g"), ("x", "", "urn:h")]
        store.replace({}, drop=["urn:h"])
        store.replace({}, drop=["urn:h"])
    # Two generations are kept, each with its own.
    assert len(list((tmp_path / "s").glob("g*/columns.npz"))) == len(list((tmp_path / "s").glob("g*"))) == 2


def told(columns: QuadColumns | None) -> list[tuple[str, str, str]]:
    assert columns is not None
    return rows(columns, P) + rows(columns, Q)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-40]),
        lambda path: path.write_bytes(path.read_bytes()[: len(path.read_bytes()) // 2]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"urn:a", b"urn:c")),
        lambda path: np.savez(path, version=np.array([99])),
        lambda path: np.savez(path, version=np.array([1])),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_missing_or_damaged_columns_are_made_again(damage, tmp_path: Path) -> None:
    with open_store(tmp_path / "s", create=True, writable=True) as store:
        store.rebuild(QUADS, {})
        whole = told(store.columns())
    (path,) = (tmp_path / "s").glob("g*/columns.npz")
    damage(path)
    assert read_columns(path) is None
    with open_store(tmp_path / "s") as store:
        assert sorted(set(told(store.columns()))) == sorted(set(whole))


@pytest.mark.usefixtures("small")
def test_a_disk_that_refuses_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", refuse)
    with open_store(tmp_path / "s", create=True, writable=True) as store:
        store.rebuild(QUADS, {})
        assert len(set(told(store.columns()))) == 5
    assert not list((tmp_path / "s").glob("g*/columns*"))


def test_small_stores_memory_and_endpoints_keep_none(tmp_path: Path) -> None:
    with open_store(tmp_path / "s", create=True, writable=True) as store:
        assert store.columns() is None
        store.rebuild(QUADS, {})
        assert store.columns() is None
    assert memory_store(QUADS).columns() is None


def test_every_term_has_the_text_that_queries_give() -> None:
    columns = columns_of(QUADS)
    assert columns is not None
    found = memory_store(QUADS).select("SELECT ?s ?o WHERE { ?s <urn:q> ?o }").rows
    assert sorted((text_of(s), text_of(o)) for s, o in found if not isinstance(s, BlankNode)) == [
        row[:2] for row in rows(columns, Q) if row[0] != "x"
    ]


def test_a_draft_described_in_text_keeps_the_columns_of_its_quads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "COLUMNS_FROM_QUADS", 1)
    described = [
        (
            "urn:g",
            [("urn:a", ('<urn:p> "x"@zh', '<urn:p> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'))],
        ),
        ("urn:h", [("urn:a", ('<urn:p> "x"@zh', "<urn:q> <urn:b>")), ("urn:b", ('<urn:p> "引\\"号\\n"',))]),
        ("urn:h", [("urn:a", ("<urn:q> <urn:b>",))]),
    ]
    with open_store(tmp_path / "text", create=True, writable=True) as store, store.draft() as draft:
        for graph, descriptions in described:
            draft.describe(graph, descriptions)
        draft.publish({})
        assert store.size() == 5
        assert store.graphs() == ("urn:g", "urn:h")
    with (
        open_store(tmp_path / "text") as store,
        open_store(tmp_path / "quads", create=True, writable=True) as other,
    ):
        other.rebuild(store.quads(), {})
        columns, same = store.columns(), other.columns()
        assert columns is not None
        assert same is not None
        for predicate in ("urn:p", "urn:q"):
            for part, other_part in zip(columns.of(predicate), same.of(predicate), strict=True):
                assert columns.texts_and_languages(part) == same.texts_and_languages(other_part)
        assert columns.texts(columns.of("urn:p")[1]) == ["1.5", "x", "x", '引"号\n']


def test_a_draft_that_is_left_leaves_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", create=True, writable=True) as store:
        store.rebuild([Quad(A, P, A, G)], {"kept.txt": b"1"})
        before = sorted(path.name for path in (tmp_path / "store").iterdir())
        with store.draft() as draft:
            draft.describe("urn:g", [("urn:b", ("<urn:p> <urn:c>",))])
        assert sorted(path.name for path in (tmp_path / "store").iterdir()) == before
        assert list(store.quads()) == [Quad(A, P, A, G)]
        with pytest.raises(ValueError, match="published or discarded"):
            draft.publish({})
