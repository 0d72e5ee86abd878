"""Which ledger a sheet is: by what is said of it, by its name, else by its headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.ledgers import mapping
from kg.ledgers.description import Column, Ledger, ledgers
from kg.ledgers.findings import Finding
from kg.ledgers.headers import forms
from kg.ledgers.sheets import Sheet
from kg.names import normalize_name

# By fewer titles than these no sheet looks like a ledger.
_LEAST_TITLES = 2
_CLEARLY_MORE = 2
# Columns that number the rows: nobody misses them.
_SERIALS = frozenset({"序号", "序", "行号", "no", "no.", "#"})


@dataclass(frozen=True, slots=True)
class Match:
    """A sheet matched to a ledger: the position of each column found, what is missing, what is not known."""

    ledger: Ledger
    positions: Mapping[str, int]
    missing: tuple[Column, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognition:
    """How a sheet was read, to be shown: the columns found as pairs of title and field, and those not read."""

    file: str
    sheet: str
    ledger: Ledger
    columns: tuple[tuple[str, Column], ...]
    unknown: tuple[str, ...]


def _titles(column: Column) -> set[str]:
    titles = (column.name, *(title for titles in column.titles.values() for title in titles))
    return {form for title in titles for form in forms(title)}


def match(sheet: Sheet, ledger: Ledger, said: mapping.Mapping | None = None) -> Match:
    """Match the headers of ``sheet`` against the columns of ``ledger``; what ``said`` says of them goes first."""
    mapped = said.fields(sheet.file, sheet.name, ledger) if said else {}
    positions: dict[str, int] = {}
    taken: set[int] = set()
    shapes = [forms(title) for title in sheet.header]
    for index, shape in enumerate(shapes):
        if form := next((form for form in shape if form in mapped), None):
            taken.add(index)
            if column := mapped[form]:
                positions.setdefault(column.name, index)
    ignored = taken - set(positions.values())
    for column in ledger.columns:
        if column.name in positions:
            continue
        titles = _titles(column)
        fits = [
            (rank, index)
            for index, shape in enumerate(shapes)
            if index not in taken
            for rank, form in enumerate(shape)
            if form in titles
        ]
        if fits:
            positions[column.name] = min(fits)[1]
            taken.add(positions[column.name])
    read = set(positions.values()) | ignored
    return Match(
        ledger,
        positions,
        tuple(
            c
            for c in ledger.columns
            if c.required and c.name not in positions and not ledger.may_be_filled(c)
        ),
        tuple(title for index, title in enumerate(sheet.header) if index not in read and title),
    )


def recognize(sheet: Sheet, said: mapping.Mapping | None = None) -> Match | None:
    """Return the ledger that ``sheet`` is, or None.

    A sheet is what is said of it; else what its own name says (that of the file, where the file holds no named sheets:
    the ledger's English name, or its title in either language); else the one ledger whose required columns are all
    there and of whose columns the most are found; else what the name of the file says.
    """
    if said and (name := said.ledger(sheet.file, sheet.name)) in ledgers():
        return match(sheet, ledgers()[name], said)
    stem = sheet.file.partition(".")[0]
    if ledger := mapping.ledger_named(sheet.name or stem):
        return match(sheet, ledger, said)
    best = candidates(sheet, said)
    if len(best) == 1:
        return best[0]
    ledger = mapping.ledger_named(stem) if sheet.name else None
    found = match(sheet, ledger, said) if ledger else None
    # A note or a cover in a file that is named after a ledger is none of its sheets.
    return found if found and len(found.positions) >= _LEAST_TITLES else None


def candidates(sheet: Sheet, said: mapping.Mapping | None = None) -> tuple[Match, ...]:
    """Return the matches with all required columns of which the most columns are found; several are rivals.

    There are none where another ledger explains clearly more columns and only lacks a few: a list of firms without one required
    column is no list of sites, though a site needs no more than a firm and a source.
    """
    found = [match(sheet, ledger, said) for ledger in ledgers().values()]
    complete = [candidate for candidate in found if not candidate.missing]
    most = max((len(candidate.positions) for candidate in complete), default=0)
    lacking = [
        m for m in found if len(m.positions) >= most + _CLEARLY_MORE and len(m.missing) < len(m.positions)
    ]
    return () if lacking else tuple(candidate for candidate in complete if len(candidate.positions) == most)


def about_match(sheet: Sheet, found: Match) -> Iterator[Finding]:
    """Yield what a matched sheet lacks and which of its columns are not read."""
    for column in found.missing:
        titles = {lang: column.title(lang) for lang in column.titles}
        yield Finding(
            "error",
            "missing-column",
            sheet.file,
            sheet.name,
            sheet.header_row,
            value=titles["zh"],
            params=titles,
        )
    read = {
        form for column in found.ledger.columns if column.name in found.positions for form in _titles(column)
    }
    for title in found.unknown:
        if normalize_name(title) in _SERIALS:
            continue
        code = "repeated-column" if read.intersection(forms(title)) else "unknown-column"
        yield Finding("warning", code, sheet.file, sheet.name, sheet.header_row, title)


def about_unrecognized(sheet: Sheet, said: mapping.Mapping | None, *, others: bool) -> Finding:
    """Return why a sheet is no ledger.

    Parameters
    ----------
    others
        Whether another sheet of the same file is a ledger: then one that looks like none is a cover or a note.
    """
    if rivals := candidates(sheet, said):
        names = _titles_of(rivals)
        return Finding(
            "error", "ambiguous-sheet", sheet.file, sheet.name, sheet.header_row, params={"rivals": names}
        )
    partial = [match(sheet, ledger, said) for ledger in ledgers().values()]
    nearest = max(partial, key=lambda found: (len(found.positions), -len(found.missing)))
    if len(nearest.positions) >= max(_LEAST_TITLES, len(nearest.missing)):
        lacking = {
            lang: tuple(column.title(lang) for column in nearest.missing) for lang in nearest.ledger.title
        }
        params = {"ledger": nearest.ledger.title, "name": nearest.ledger.name, "missing": lacking}
        return Finding("error", "incomplete-sheet", sheet.file, sheet.name, sheet.header_row, params=params)
    value = "、".join(sheet.header)
    if others:
        return Finding("warning", "sheet-not-read", sheet.file, sheet.name, value=value[:200])
    return Finding("error", "unrecognized", sheet.file, sheet.name, value=value)


def _titles_of(found: tuple[Match, ...]) -> dict[str, tuple[str, ...]]:
    return {lang: tuple(f"{m.ledger.title[lang]} ({m.ledger.name})" for m in found) for lang in ("zh", "en")}


def shown(sheet: Sheet, found: Match) -> Recognition:
    """Return how a sheet was read."""
    columns = tuple(
        (sheet.header[found.positions[column.name]], column)
        for column in found.ledger.columns
        if column.name in found.positions
    )
    return Recognition(sheet.file, sheet.name, found.ledger, columns, found.unknown)
