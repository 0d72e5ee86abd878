"""Ask a data set who makes what."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rapidfuzz import fuzz

from kg.datasets.importing import FORMAT
from kg.errors import InputError
from kg.names import normalize_name

# Shorter names have no three characters in a row to search by.
_TRIGRAM: Final = 3


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm of the data set; its place is not known, only where its shares are listed."""

    id: int
    code: str
    name: str
    fullname: str
    exchange: str
    listed: str


@dataclass(frozen=True, slots=True)
class MadeElsewhere:
    """``firm`` makes ``product`` (as the data set writes it); ``share`` of its revenue, None where not stated.

    ``row`` is the row of company_product.csv, counted as a spreadsheet does.
    """

    firm: Firm
    product: str
    share: Decimal | None
    row: int


@dataclass(frozen=True, slots=True)
class SimilarProduct:
    """A product whose name looks like the one asked for, from 0 to 100."""

    name: str
    likeness: float


class Dataset:
    """A data set, open for reading; a context manager.

    Parameters
    ----------
    path
        The file that :func:`kg.datasets.import_dataset` wrote.

    Raises
    ------
    InputError
        If the file is none of those.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        try:
            self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
            about = dict(self._connection.execute("SELECT name, value FROM about"))
        except sqlite3.Error as error:
            raise InputError("dataset.foreign", file=str(path), reason=str(error)) from error
        if about.get("format") != str(FORMAT):
            self.close()
            raise InputError("dataset.foreign", file=str(path), reason=f"format {about.get('format')}")
        self.digest: str = about["digest"]

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def makers(self, names: Iterable[str]) -> tuple[MadeElsewhere, ...]:
        """Return who makes a product of one of these names (compared in normal form), by product, share and firm."""
        found = [
            MadeElsewhere(Firm(*row[:6]), row[6], None if row[7] is None else Decimal(row[7]), row[8])
            for key in dict.fromkeys(normalize_name(name) for name in names)
            for row in self._connection.execute(
                "SELECT firm.id, code, firm.name, fullname, exchange, listed, product.name, share, makes.row "
                "FROM product JOIN makes ON makes.product = product.id JOIN firm ON firm.id = makes.firm "
                "WHERE product.key = ?",
                (key,),
            )
        ]
        return tuple(sorted(found, key=lambda m: (m.product, m.share is None, -(m.share or 0), m.firm.code)))

    def products_of(self, firm: Firm) -> tuple[str, ...]:
        """Return the names of what a firm makes, sorted."""
        rows = self._connection.execute(
            "SELECT product.name FROM makes JOIN product ON product.id = makes.product WHERE firm = ?",
            (firm.id,),
        )
        return tuple(sorted(name for (name,) in rows))

    def narrower(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the products that the data set lists as kinds of products of these names, one step, sorted."""
        found = {
            name
            for key in dict.fromkeys(normalize_name(name) for name in names)
            for (name,) in self._connection.execute(
                "SELECT kind.name FROM product JOIN relation ON relation.product = product.id AND kind = 'narrower' "
                "JOIN product AS kind ON kind.id = relation.other WHERE product.key = ?",
                (key,),
            )
        }
        return tuple(sorted(found))

    def similar(self, name: str, limit: int, least: float = 60.0) -> tuple[SimilarProduct, ...]:
        """Return made products whose names look like ``name`` and are not the same, most alike first.

        Parameters
        ----------
        limit
            At most so many.
        least
            Likeness (edit similarity in percent) below which a name is not returned.
        """
        # No name of a data set holds a NUL, and the full-text search takes one for the end of the text.
        key = normalize_name(name).replace("\0", "")
        if len(key) < _TRIGRAM:
            rows = self._connection.execute(
                "SELECT product.name, product.key FROM made JOIN product ON product.id = made.rowid "
                "WHERE instr(made.key, ?) > 0",
                (key,),
            )
        else:
            trigrams = dict.fromkeys(key[i : i + _TRIGRAM] for i in range(len(key) - _TRIGRAM + 1))
            wanted = " OR ".join('"' + part.replace('"', '""') + '"' for part in trigrams)
            rows = self._connection.execute(
                "SELECT product.name, product.key FROM made JOIN product ON product.id = made.rowid WHERE made MATCH ?",
                (wanted,),
            )
        rated = [(round(fuzz.ratio(key, other), 1), found) for found, other in rows if other != key]
        rated.sort(key=lambda pair: (-pair[0], pair[1]))
        return tuple(SimilarProduct(found, likeness) for likeness, found in rated if likeness >= least)[
            :limit
        ]

    def firms(self) -> tuple[Firm, ...]:
        """Return every firm, in the order of the table."""
        rows = self._connection.execute(
            "SELECT id, code, name, fullname, exchange, listed FROM firm ORDER BY id"
        )
        return tuple(Firm(*row) for row in rows)

    def size(self) -> tuple[int, int, int]:
        """Return the numbers of firms, of products and of firm–product pairs."""
        count = (
            "SELECT (SELECT COUNT(*) FROM firm), (SELECT COUNT(*) FROM product), (SELECT COUNT(*) FROM makes)"
        )
        firms, products, pairs = self._connection.execute(count).fetchone()
        return firms, products, pairs
