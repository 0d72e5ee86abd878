"""The quads of a store property by property, as arrays of numbers: what an analysis of a whole city reads.

An engine on disk looks up the text of every term it answers with: 5-6 µs each on a large store, a minute for the facts
of 100,000 firms. The columns hold each text once and the quads as numbers. They are made while a generation is written
(or, where that was not done, at the first reading) and kept beside the database that they repeat, in ``columns.npz``. A
generation never changes, so they never age; without them, or where they are damaged, the engine answers the same.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyoxigraph
from numpy.typing import NDArray

from kg.names import XSD
from kg.store.terms import Literal, NamedNode, Quad, Term, text_of

Numbers = NDArray[np.int32]

_VERSION = 1
# Different statements that are remembered while quads pass by: most of a ledger's recur.
MOST_STATEMENTS = 1 << 18
# A text and its language are one entry; no text that Unicode has a use for holds this character.
_LANGUAGE = "\0"
_STRING = NamedNode(XSD + "string")
# A statement about an IRI, a whole number or a date: most of what ledgers say, and read without a parser.
_PLAIN_STATEMENT = re.compile(
    r"<([^>\\]*)> (?:<([^>\\]*)>"
    rf'|"(0|[1-9][0-9]*|[0-9]{{4}}(?:-[0-9]{{2}}){{0,2}})"\^\^<{re.escape(XSD)}(?:decimal|integer|gYear|gYearMonth|date)>)'
)
_ANY = NamedNode("urn:any")
# What notes subject, object and graph of a statement, and the object's number.
_Noting = tuple[Callable[[int], None], Callable[[int], None], Callable[[int], None], int]


class QuadColumns:
    """Quads by property. A term's number is its place in the order of texts, so that numbers sort as texts do.

    Parameters
    ----------
    blob, ends
        The texts in UTF-8, one after the other in sorted order, and where each ends.
    rows
        For each property three arrays of equal length: numbers of subjects, objects and graphs.
    """

    def __init__(
        self, blob: bytes, ends: NDArray[np.int64], rows: dict[str, tuple[Numbers, Numbers, Numbers]]
    ) -> None:
        self._blob = blob
        self._ends = ends
        self._rows = rows

    def __len__(self) -> int:
        """Return how many terms there are."""
        return len(self._ends)

    def of(self, property_: str) -> tuple[Numbers, Numbers, Numbers]:
        """Return the numbers of subjects, objects and graphs of a property's quads, in no particular order."""
        nothing = np.zeros(0, np.int32)
        return self._rows.get(property_, (nothing, nothing, nothing))

    def texts(self, numbers: Iterable[int] | Numbers) -> list[str]:
        """Return the texts of terms: an IRI, or a literal without language and datatype."""
        return [text.partition(_LANGUAGE)[0] for text in self._entries(numbers)]

    def texts_and_languages(self, numbers: Iterable[int] | Numbers) -> list[tuple[str, str]]:
        """Return texts of terms, each with its language or an empty string."""
        entries = (entry.partition(_LANGUAGE) for entry in self._entries(numbers))
        return [(text, language) for text, _, language in entries]

    def number(self, text: str) -> int | None:
        """Return the number of the term without language that reads ``text``."""
        wanted = text.encode()
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._bytes(low) == wanted else None

    def _bytes(self, number: int) -> bytes:
        return self._blob[int(self._ends[number - 1]) if number else 0 : int(self._ends[number])]

    def _entries(self, numbers: Iterable[int] | Numbers) -> list[str]:
        wanted = np.asarray(numbers, dtype=np.int64)
        ends = self._ends[wanted]
        starts = np.where(wanted > 0, self._ends[wanted - 1], 0)
        blob = self._blob
        return [blob[a:b].decode() for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]

    def save(self, path: Path) -> None:
        """Keep the columns in a file, whole or not at all; a disk that refuses, or is full, keeps none."""
        draft = path.with_name(f"{path.name}.new")
        arrays: dict[str, NDArray[np.generic]] = {
            "version": np.array([_VERSION]),
            "blob": np.frombuffer(self._blob, np.uint8),
            "ends": self._ends,
            "properties": np.frombuffer("\n".join(self._rows).encode(), np.uint8),
        }
        for number, row in enumerate(self._rows.values()):
            arrays |= {f"{part}{number}": column for part, column in zip("sog", row, strict=True)}
        try:
            with draft.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
            draft.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)


def read_columns(path: Path) -> QuadColumns | None:
    """Return the columns kept in a file; None where there are none or they are damaged."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            if file["version"].tolist() != [_VERSION]:
                return None
            names = file["properties"].tobytes().decode().split("\n")
            rows = {
                name: (file[f"s{number}"], file[f"o{number}"], file[f"g{number}"])
                for number, name in enumerate(names)
            }
            return QuadColumns(file["blob"].tobytes(), file["ends"], rows)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


class ColumnsMaker:
    """Makes columns of the quads that pass by.

    Parameters
    ----------
    least
        Of fewer quads no columns are made: the engine answers those as fast.
    """

    def __init__(self, least: int = 0) -> None:
        self._least = least
        # In UTF-8, which is a good deal smaller than Chinese text in memory, and sorts alike.
        self._numbers: dict[bytes, int] = {}
        self._rows: dict[str, tuple[array[int], array[int], array[int]]] = {}
        self._literals: dict[Literal, str] = {}
        self._statements: dict[str, _Noting] = {}
        self._plain = True

    def describe(self, graph: str, subject: str, statements: Iterable[str]) -> None:
        """Note what a graph says of a subject, both given by IRI: predicates with objects, as N-Triples writes them."""
        numbers = self._numbers
        about = numbers.setdefault(subject.encode(), len(numbers))
        within = numbers.setdefault(graph.encode(), len(numbers))
        for statement in statements:
            known = self._statements.get(statement)
            if known is None:
                known = self._read(statement)
                if len(self._statements) >= MOST_STATEMENTS:
                    self._statements.clear()
                self._statements[statement] = known
            note_subject, note_object, note_graph, object_ = known
            note_subject(about)
            note_object(object_)
            note_graph(within)

    def _read(self, statement: str) -> _Noting:
        if plain := _PLAIN_STATEMENT.fullmatch(statement):
            predicate, text = plain[1], plain[2] if plain[2] is not None else plain[3]
        else:
            (triple,) = pyoxigraph.parse(f"{_ANY} {statement} .", format=pyoxigraph.RdfFormat.N_TRIPLES)
            predicate, object_ = triple.predicate.value, triple.object
            text = object_.value if type(object_) is NamedNode else self._text(object_)
        row = self._rows.get(predicate)
        if row is None:
            row = self._rows[predicate] = array("i"), array("i"), array("i")
        subjects, objects, graphs = row
        number = self._numbers.setdefault(text.encode(), len(self._numbers))
        return subjects.append, objects.append, graphs.append, number

    def watch(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """Hand the quads on, and note them."""
        numbers, rows = self._numbers, self._rows
        for quad in quads:
            subject, predicate, object_, graph = quad
            row = rows.get(predicate.value)
            if row is None:
                row = rows[predicate.value] = array("i"), array("i"), array("i")
            text = object_.value if type(object_) is NamedNode else self._text(object_)
            row[0].append(numbers.setdefault(text_of(subject).encode(), len(numbers)))
            row[1].append(numbers.setdefault(text.encode(), len(numbers)))
            row[2].append(numbers.setdefault(getattr(graph, "value", "").encode(), len(numbers)))
            yield quad

    def _text(self, object_: Term) -> str:
        if not isinstance(object_, Literal):
            return text_of(object_)
        found = self._literals.get(object_)
        if found is None:
            text = _as_stored(object_)
            self._plain &= _LANGUAGE not in text
            found = text + _LANGUAGE + object_.language if object_.language else text
            if object_.datatype != _STRING:
                self._literals[object_] = found  # numbers and dates recur, names do not
        return found

    def columns(self) -> QuadColumns | None:
        """Return the columns of what has passed; None if it was too little, or holds texts that columns cannot."""
        if not self._plain or sum(len(row[0]) for row in self._rows.values()) < max(self._least, 1):
            return None
        texts = sorted(self._numbers)
        place = np.empty(len(texts), np.int32)
        found = np.fromiter((self._numbers[text] for text in texts), np.int64, len(texts))
        place[found] = np.arange(len(texts), dtype=np.int32)
        ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
        rows = {name: _placed(place, self._rows[name]) for name in sorted(self._rows)}
        return QuadColumns(b"".join(texts), ends, rows)


def _as_stored(literal: Literal) -> str:
    """Return a literal's text in the engine's own form: 1.50 is kept as 1.5."""
    if literal.language or literal.datatype == _STRING:
        return literal.value
    store = pyoxigraph.Store()
    store.add(Quad(_ANY, _ANY, literal))
    return text_of(next(iter(store)).object)


def _placed(place: Numbers, row: Sequence[array[int]]) -> tuple[Numbers, Numbers, Numbers]:
    """Return a property's quads by the final numbers of their terms, each quad once."""
    subjects, objects, graphs = (place[np.frombuffer(column, np.int32)] for column in row)
    order = np.lexsort((graphs, objects, subjects))
    subjects, objects, graphs = subjects[order], objects[order], graphs[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (np.diff(subjects) != 0) | (np.diff(objects) != 0) | (np.diff(graphs) != 0)
    return subjects[first], objects[first], graphs[first]
