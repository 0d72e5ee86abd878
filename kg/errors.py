"""Everything that can go wrong, as one tree.

::

    KgError                 4  a fault of the program itself
    ├── InputError          3  a file cannot be read: which file, sheet, row, column, value
    ├── DataError           1  the data was read and does not conform; holds the findings
    ├── StoreError          3  the store is missing, foreign, locked, unreachable or of another format
    ├── UsageError          2  the caller asked for something that does not exist
    │   ├── SettingError    2  a setting holds a value that it does not admit
    │   └── UnknownName     2  no thing of that name; holds the nearest names
    ├── QueryError          2  a query that is not SPARQL: at which line and column
    ├── QueryRefused        2  a query that is not run: SERVICE, updates
    └── QueryTimeout        2  a query that took more time or memory than it was given

The number is the exit code of the command line (0 is success). An error holds the key of a message and the
values to fill in; the text is looked up in the reader's language when it is shown, so no room below the faces
knows which language that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from kg.messages import Language

__all__ = [
    "DataError",
    "InputError",
    "KgError",
    "QueryError",
    "QueryRefused",
    "QueryTimeout",
    "SettingError",
    "StoreError",
    "UnknownName",
    "UsageError",
]


# Of a name longer than this, a message shows the beginning.
_SHOWN = 120


class KgError(Exception):
    """Something went wrong that the program can name.

    Parameters
    ----------
    key
        Key of the message in ``kg/messages.toml``, for example ``store.missing``.
    params
        Values for the placeholders of the message. They may not be called ``key`` or ``lang``.
    """

    exit_code: ClassVar[int] = 4

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params: Mapping[str, object] = MappingProxyType(dict(params))

    def text(self, lang: Language = "en") -> str:
        """Return the message in ``lang`` (``zh`` or ``en``)."""
        # Late: an error is raised far more often in tests and loops than it is shown.
        from kg import messages

        return messages.text(self.key, lang, **self.params)

    def __str__(self) -> str:
        return self.text("en")


class InputError(KgError):
    """A file cannot be read as what it should be.

    Parameters
    ----------
    file, sheet, row, column, value
        Where the fault is, as far as known. ``row`` counts as a spreadsheet does: the header is row 1. They are
        placeholders of the message as well.
    """

    exit_code: ClassVar[int] = 3

    def __init__(
        self,
        key: str,
        *,
        file: str | None = None,
        sheet: str | None = None,
        row: int | None = None,
        column: str | int | None = None,
        value: str | None = None,
        **params: object,
    ) -> None:
        where = {"file": file, "sheet": sheet, "row": row, "column": column, "value": value}
        super().__init__(key, **{k: v for k, v in where.items() if v is not None}, **params)
        self.file = file
        self.sheet = sheet
        self.row = row
        self.column = column
        self.value = value


class DataError(KgError):
    """The data was read and does not conform to its rules.

    Parameters
    ----------
    findings
        What was found, one object a fault, in the order in which it should be shown.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, *, findings: Iterable[object] = (), **params: object) -> None:
        self.findings = tuple(findings)
        super().__init__(key, **{"count": len(self.findings), **params})


class StoreError(KgError):
    """The store cannot be opened, read or written; the message says what to do."""

    exit_code: ClassVar[int] = 3


class UsageError(KgError):
    """The caller asked for something that does not exist or does not fit."""

    exit_code: ClassVar[int] = 2


class SettingError(UsageError):
    """A setting holds a value that it does not admit."""


class UnknownName(UsageError):
    """No thing bears the name that was given.

    Parameters
    ----------
    name
        The text that was given.
    kind
        What was looked for, in words for the reader (a class label or the name of a parameter).
    nearest
        Names that exist and look most like ``name``, best first; may be empty.
    """

    def __init__(self, name: str, kind: str, nearest: Iterable[str] = ()) -> None:
        self.name = name
        self.kind = kind
        self.nearest = tuple(nearest)
        key = "name.unknown_nearest" if self.nearest else "name.unknown"
        shown = name if len(name) <= _SHOWN else name[:_SHOWN] + "…"
        super().__init__(key, name=shown, kind=kind, nearest="; ".join(self.nearest))

    def text(self, lang: Language = "en") -> str:
        """Return the message in ``lang``, its list of names joined as that language joins lists."""
        from kg import messages

        joined = ("、" if lang == "zh" else "; ").join(self.nearest)
        return messages.text(self.key, lang, **{**self.params, "nearest": joined})


class QueryError(KgError):
    """A query that cannot be understood.

    Parameters
    ----------
    line, column
        Where reading stopped, counted from 1; None when the engine does not say.
    """

    exit_code: ClassVar[int] = 2

    def __init__(
        self, key: str, *, line: int | None = None, column: int | None = None, **params: object
    ) -> None:
        where = {"line": line, "column": column}
        super().__init__(key, **{k: v for k, v in where.items() if v is not None}, **params)
        self.line = line
        self.column = column


class QueryRefused(KgError):
    """A query that is understood and not run, because it would reach out or change data."""

    exit_code: ClassVar[int] = 2


class QueryTimeout(KgError):
    """A query that was stopped because it took more time or memory than it was given."""

    exit_code: ClassVar[int] = 2
