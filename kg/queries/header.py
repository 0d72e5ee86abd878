"""A catalogue file: a query that runs in any SPARQL tool, and a header that says what it is.

The header is TOML in comment lines that start with ``#+``, before anything else::

    #+ id = "chain-firms"
    #+ needs = ["participations"]
    #+ title = { zh = "链上企业", en = "Firms of a chain" }
    #+ question = { zh = "某条链上有哪些企业？", en = "Which firms does a chain have?" }
    #+ [params.chain]
    #+ type = "thing"
    #+ class = ["Chain"]
    #+ zh = "产业链"
    #+ en = "chain"
    #+ [columns.firm]
    #+ kind = "thing"
    #+ zh = "企业"
    #+ en = "firm"

A parameter stands in the query as ``VALUES ?chain { UNDEF }``, which by itself means "any". Whatever is missing, misspelt
or does not fit the query is an error, with its line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from kg.errors import InputError
from kg.queries.binding import bindable
from kg.store.tokens import significant

ParameterType = Literal["thing", "concept", "date", "text", "integer", "decimal"]
ColumnKind = Literal["thing", "source", "number", "date", "text"]
Texts = Mapping[str, str]

_LINE = re.compile(r"#\+(?: (.*))?")
_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LANGUAGES = ("zh", "en")
_KEYS = {"id", "title", "question", "needs", "absent", "tags", "params", "columns"}
_PARAMETER_KEYS = {"type", "class", "scheme", "default", "required", *_LANGUAGES}
_COLUMN_KEYS = {"kind", *_LANGUAGES}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the asker may give.

    Attributes
    ----------
    name
        Its variable in the query, without question mark.
    type
        What it accepts.
    classes
        Of a thing: local names of the classes it may belong to; ``Organization`` stands for all kinds of them.
    scheme
        Of a concept: the scheme whose words it accepts.
    default
        What is used when nothing is given; None means "any".
    required
        Whether it must be given.
    title
        Its name for people, by language.
    """

    name: str
    type: ParameterType
    classes: tuple[str, ...]
    scheme: str
    default: str | None
    required: bool
    title: Texts


@dataclass(frozen=True, slots=True)
class ColumnMeaning:
    """A column of the answer: its variable, what it holds, and its heading by language."""

    name: str
    kind: ColumnKind
    title: Texts


@dataclass(frozen=True, slots=True)
class Query:
    """A question of the catalogue.

    Attributes
    ----------
    id
        Its name for people and programs.
    title, question
        Short name and full question, by language.
    params, columns
        What goes in and what comes out, in order.
    needs
        Ledgers, or columns of ledgers (``recipes.coefficient``), without which there is no answer.
    absent
        Ledgers it needs that this version of the program has no place for; titles by language.
    tags
        Words to find it by.
    text
        The file as it is: SPARQL.
    """

    id: str
    title: Texts
    question: Texts
    params: tuple[Parameter, ...]
    columns: tuple[ColumnMeaning, ...]
    needs: tuple[str, ...]
    absent: Mapping[str, Texts]
    tags: tuple[str, ...]
    text: str


def parse_query(text: str, file: str) -> Query:
    """Read a catalogue file.

    Parameters
    ----------
    text
        The whole file.
    file
        Its name, for messages.

    Raises
    ------
    InputError
        If the header is missing, is not TOML, lacks or misspells something, or does not fit the query.
    """
    lines = _header_lines(text, file)
    try:
        header = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"line (\d+)", str(error))
        raise _fault(file, int(match.group(1)) if match else len(lines), str(error)) from error
    reader = _Header(header, lines, file)
    reader.only(header, _KEYS, "")
    identifier = reader.string(header, "id")
    if not _ID.fullmatch(identifier):
        raise reader.fault("id", "id must be lower-case words joined by hyphens")
    params = tuple(reader.parameter(name, table) for name, table in reader.tables(header, "params"))
    columns = tuple(reader.column(name, table) for name, table in reader.tables(header, "columns"))
    query = Query(
        id=identifier,
        title=reader.texts(header.get("title"), "title"),
        question=reader.texts(header.get("question"), "question"),
        params=params,
        columns=columns,
        needs=reader.strings(header, "needs"),
        absent={
            name: reader.texts(table, f"absent.{name}") for name, table in reader.tables(header, "absent")
        },
        tags=reader.strings(header, "tags"),
        text=text,
    )
    _check_fit(query, reader)
    return query


def _header_lines(text: str, file: str) -> list[str]:
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#+"):
            if any(later.startswith("#+") for later in text.splitlines()[number:]):
                raise _fault(file, number, "the header must be one block of #+ lines")
            break
        match = _LINE.fullmatch(line)
        if match is None:
            raise _fault(file, number, "a header line is #+, a space, and TOML")
        lines.append(match.group(1) or "")
    if not lines:
        raise _fault(file, 1, "a catalogue file starts with a header of #+ lines")
    return lines


def _check_fit(query: Query, reader: _Header) -> None:
    found = bindable(query.text)
    for parameter in query.params:
        if parameter.name not in found:
            raise reader.fault(
                f"params.{parameter.name}", f"the query lacks VALUES ?{parameter.name} {{ UNDEF }}"
            )
    for name in found - {parameter.name for parameter in query.params}:
        raise reader.fault("params", f"VALUES ?{name} {{ UNDEF }} has no [params.{name}]")
    projected = _projection(query.text)
    declared = tuple(column.name for column in query.columns)
    if projected != declared:
        raise reader.fault("columns", f"the query selects {projected}, the header describes {declared}")


def _projection(text: str) -> tuple[str, ...]:
    """Return the variables that the outermost SELECT projects: those outside brackets, and those behind AS."""
    names: list[str] = []
    depth = 0
    previous = ""
    inside = False
    for token in significant(text):
        if not inside:
            inside = token.kind == "word" and token.text.upper() == "SELECT"
            continue
        if token.text == "{" or (token.kind == "word" and token.text.upper() == "WHERE"):
            break
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and (depth == 0 or previous == "AS"):
            names.append(token.text[1:])
        previous = token.text.upper()
    return tuple(names)


def _fault(file: str, row: int, reason: str) -> InputError:
    return InputError("query.header", file=file, row=row, reason=reason)


class _Header:
    """Reads the parts of a header, and knows the line of each."""

    def __init__(self, header: Mapping[str, Any], lines: list[str], file: str) -> None:
        self._header = header
        self._lines = lines
        self._file = file

    def fault(self, where: str, reason: str) -> InputError:
        """Return the error for the entry ``where`` (dotted), at its line or at the top."""
        last = where.rsplit(".", 1)[-1]
        for number, line in enumerate(self._lines, start=1):
            if line.startswith((f"[{where}]", f"{last} ", f"{last}=", f"{last}.")):
                return _fault(self._file, number, reason)
        return _fault(self._file, 1, reason)

    def only(self, table: Mapping[str, Any], known: set[str], where: str) -> None:
        """Refuse entries that nobody reads."""
        for key in table:
            if key not in known:
                raise self.fault(f"{where}.{key}".strip("."), f"unknown entry {key}")

    def string(self, table: Mapping[str, Any], key: str) -> str:
        """Return a text that must be there."""
        value = table.get(key)
        if not isinstance(value, str) or not value:
            raise self.fault(key, f"{key} must be a text")
        return value

    def strings(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """Return a list of texts, empty if it is not there."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise self.fault(key, f"{key} must be a list of texts")
        return tuple(value)

    def tables(self, table: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the tables below ``key`` in the order of the file."""
        value = table.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(part, dict) for part in value.values()):
            raise self.fault(key, f"[{key}.…] must be tables")
        return list(value.items())

    def texts(self, table: Any, where: str) -> Texts:
        """Return a text in both languages."""
        if not isinstance(table, dict) or any(not isinstance(table.get(lang), str) for lang in _LANGUAGES):
            raise self.fault(where, f"{where} needs zh and en")
        return {lang: str(table[lang]) for lang in _LANGUAGES}

    def parameter(self, name: str, table: Mapping[str, Any]) -> Parameter:
        """Return one parameter."""
        where = f"params.{name}"
        self.only(table, _PARAMETER_KEYS, where)
        if not _NAME.fullmatch(name):
            raise self.fault(where, f"{name} is no plain variable name")
        kind = self.string(table, "type")
        if kind not in get_args(ParameterType):
            raise self.fault(where, f"unknown type {kind}")
        classes, scheme = self.strings(table, "class"), table.get("scheme", "")
        if (kind == "thing") != bool(classes) or (kind == "concept") != bool(scheme):
            raise self.fault(
                where, "a thing needs its class, a concept its scheme, and no other type has one"
            )
        default, required = table.get("default"), table.get("required", False)
        if not isinstance(required, bool) or not isinstance(default, str | None) or (required and default):
            raise self.fault(where, "required is true or false, default a text, and not both")
        return Parameter(
            name,
            kind,  # type: ignore[arg-type]
            classes,
            str(scheme),
            default,
            required,
            self.texts(table, where),
        )

    def column(self, name: str, table: Mapping[str, Any]) -> ColumnMeaning:
        """Return one column."""
        where = f"columns.{name}"
        self.only(table, _COLUMN_KEYS, where)
        kind = self.string(table, "kind")
        if kind not in get_args(ColumnKind):
            raise self.fault(where, f"unknown kind {kind}")
        return ColumnMeaning(name, kind, self.texts(table, where))  # type: ignore[arg-type]
