"""The planner's questions: every query of the folder, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError, UsageError
from kg.queries.header import Query, parse_query

FOLDER = Path(__file__).with_name("catalogue")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The questions in the order of their file names."""

    queries: Mapping[str, Query]

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Catalogue:
        """Read every ``NN-id.rq`` of a folder.

        Raises
        ------
        InputError
            If a header is faulty, or a file is not named after its query.
        """
        queries: dict[str, Query] = {}
        for path in sorted(folder.glob("*.rq")):
            query = parse_query(path.read_text(encoding="utf-8"), path.name)
            if path.stem.partition("-")[2] != query.id or query.id in queries:
                raise InputError(
                    "query.header", file=path.name, row=1, reason=f"the file must be named NN-{query.id}.rq"
                )
            queries[query.id] = query
        return cls(queries)

    def get(self, name: str) -> Query:
        """Return a query by its id or by its number in the list, from 1.

        Raises
        ------
        UsageError
            If there is none; the message holds the nearest ids.
        """
        if name in self.queries:
            return self.queries[name]
        if name.isdecimal() and 1 <= int(name) <= len(self.queries):
            return list(self.queries.values())[int(name) - 1]
        from rapidfuzz import process

        near = ", ".join(match for match, _, _ in process.extract(name, sorted(self.queries), limit=3))
        raise UsageError("query.unknown", name=name, nearest=near)

    def __iter__(self) -> Iterator[Query]:
        return iter(self.queries.values())

    def __len__(self) -> int:
        return len(self.queries)
