"""Blank ledgers to fill in: a workbook with a sheet a ledger, its headings, its words and an example.

Everything in it comes from the descriptions of the ledgers and the schemes of the ontology, and `kg.ledgers` reads it back: the
example row is left out and says so, the lists stand on a hidden sheet.
"""

from __future__ import annotations

import contextlib
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_col_to_name

from kg.excel import new_workbook
from kg.labels import UnknownConcept, concept, definition, label, words
from kg.ledgers.description import Column, Ledger, ledgers
from kg.ledgers.mapping import chosen_ledger
from kg.ledgers.records import EXAMPLE_MARKS
from kg.messages import Language, text
from kg.names import has_han

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SOURCES: Final = "sources"
REQUIRED_MARK: Final = "*"
_NUMBERS: Final = frozenset({"gy:quantity", "decimal", "integer"})
# Rows below the example to which the lists apply, and rows of another sheet that are offered as names.
_LAST_ROW: Final = 1_048_575
_NAMES_OFFERED: Final = 2_000
_NARROWEST: Final = 9
_WIDEST: Final = 36


def chosen(names: Iterable[str]) -> tuple[Ledger, ...]:
    """Return the ledgers of these names or titles, each once, and the sources; without names every ledger.

    Raises
    ------
    UsageError
        A name that is no ledger's.
    """
    known = ledgers()
    asked = list(dict.fromkeys(map(chosen_ledger, names))) or list(known)
    if SOURCES not in asked:
        asked.append(SOURCES)
    return tuple(known[name] for name in asked)


def allowed_words(column: Column, lang: Language) -> tuple[str, ...]:
    """Return the words that a column admits, in a language; empty where any text may stand."""
    if column.code_list:
        return words(column.code_list, lang)
    listed = column.word_map or column.ledger_words or {}
    return tuple(word for word in listed if has_han(word) == (lang == "zh"))


def example(column: Column, lang: Language) -> str:
    """Return the example of a column as one would write it in a language; empty where the description has none."""
    if column.example is None:
        return ""
    said = column.example[lang]
    if column.code_list:
        return label(concept(column.code_list, said), lang)
    listed: Mapping[str, str] = column.word_map or column.ledger_words or {}
    return next((word for word in allowed_words(column, lang) if listed[word] == listed[said]), said)


def template(chosen_ledgers: Sequence[Ledger], lang: Language) -> bytes:
    """Return a workbook to fill in, the same bytes for the same ledgers and language.

    Parameters
    ----------
    chosen_ledgers
        A sheet each, in this order; see `chosen`.
    lang
        Language of titles, headings, words, notes and examples.
    """
    stream = io.BytesIO()
    book = new_workbook(stream, text("template.title", lang))
    sheets = [(ledger, book.add_worksheet(ledger.title[lang])) for ledger in chosen_ledgers]
    writer = _Writer(
        book, lang, {ledger.name for ledger in chosen_ledgers}, _write_lists(book, chosen_ledgers, lang)
    )
    styles = _Styles.of(book)
    for ledger, sheet in sheets:
        writer.fill(sheet, ledger, styles)
    book.close()
    return stream.getvalue()


def _list_name(ledger: Ledger, column: Column) -> str:
    """Return the defined name of a column's list: that of its scheme, which several ledgers share, else its own."""
    scheme = column.code_list.replace("-", "_")
    return f"list_{scheme}" if scheme else f"list_{ledger.name}_{column.name}"


def _write_lists(book: Workbook, chosen_ledgers: Iterable[Ledger], lang: Language) -> frozenset[str]:
    """Write every list of words on a hidden sheet, under a defined name, and return these names."""
    lists = {
        _list_name(ledger, column): allowed
        for ledger in chosen_ledgers
        for column in ledger.columns
        if (allowed := allowed_words(column, lang))
    }
    title = text("template.lists", lang)
    sheet = book.add_worksheet(title)
    sheet.hide()
    for index, (name, allowed) in enumerate(sorted(lists.items())):
        sheet.write_column(0, index, (name, *allowed))
        letter = xl_col_to_name(index)
        book.define_name(name, f"='{title}'!${letter}$2:${letter}${len(allowed) + 1}")
    return frozenset(lists)


@dataclass(frozen=True, slots=True)
class _Styles:
    """The looks of a sheet: headings by whether they are required, the example row, cells that stay text."""

    required: Format
    optional: Format
    example: Format
    text: Format

    @classmethod
    def of(cls, book: Workbook) -> _Styles:
        heading = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        return cls(
            book.add_format({**heading, "bg_color": "#C9DCEF"}),
            book.add_format({**heading, "bg_color": "#EEF2F6"}),
            book.add_format({"italic": True, "font_color": "#8A8A8A", "num_format": "@"}),
            # Codes keep their zeros, and 2023-05 does not become a day.
            book.add_format({"num_format": "@"}),
        )


@dataclass(frozen=True, slots=True)
class _Writer:
    book: Workbook
    lang: Language
    present: set[str]
    lists: frozenset[str]

    def fill(self, sheet: Worksheet, ledger: Ledger, styles: _Styles) -> None:
        for index, column in enumerate(ledger.columns):
            heading = column.title(self.lang) + (REQUIRED_MARK if column.required else "")
            shown = example(column, self.lang)
            if index == 0:
                shown = EXAMPLE_MARKS[self.lang] + shown
            number = column.datatype in _NUMBERS
            widest = max(_width(heading) + 2, _width(shown) + 1, _NARROWEST)
            sheet.set_column(index, index, min(widest, _WIDEST), None if number else styles.text)
            sheet.write_string(0, index, heading, styles.required if column.required else styles.optional)
            note = self._note(ledger, column, first=index == 0)
            lines = sum(1 + _width(line) // 38 for line in note.split("\n"))
            sheet.write_comment(0, index, note, {"author": "", "width": 290, "height": 20 + 15 * lines})
            sheet.write_string(1, index, shown, styles.example)
            self._offer(sheet, index, ledger, column)
        sheet.freeze_panes(1, 1)

    def _note(self, ledger: Ledger, column: Column, *, first: bool) -> str:
        """Return what has to be known to fill in a column."""
        lang = self.lang
        lines = [text("template.required" if column.required else "template.optional", lang)]
        # Names and sources carry terms of other vocabularies, which the titles say well enough.
        with contextlib.suppress(UnknownConcept):
            lines.append(definition(column.predicate, lang))
        if column.hint:
            lines.append(column.hint[lang])
        if column.separator:
            lines.append(text("template.several", lang))
        if allowed_words(column, lang):
            lines.append(text("template.list", lang))
        if column.refers_to:
            known = ledgers()
            titles = text("phrase.separator", lang).join(known[name].title[lang] for name in column.refers_to)
            lines.append(text("template.refers", lang, ledgers=titles))
        if shown := example(column, lang):
            lines.append(text("template.example", lang, example=shown))
        if first:
            lines.insert(
                0, f"{ledger.text[lang]}\n{text('template.how', lang, mark=EXAMPLE_MARKS[lang].strip())}"
            )
        return "\n".join(lines)

    def _offer(self, sheet: Worksheet, index: int, ledger: Ledger, column: Column) -> None:
        """Add the list of a column below the example: its words and no others, or the names that another sheet has."""
        if (name := _list_name(ledger, column)) in self.lists:
            rule: dict[str, object] = {
                "source": f"={name}",
                "error_title": column.title(self.lang),
                "error_message": text("template.not_in_list", self.lang),
            }
        elif len(column.refers_to) == 1 and column.refers_to[0] in self.present:
            known = ledgers()[column.refers_to[0]]
            naming = [c.name for c in known.columns].index(known.name_column.name) if known.name_column else 0
            letter = xl_col_to_name(naming)
            # Names may stand in other files, and several in one cell: they are offered, not enforced.
            rule = {
                "source": f"='{known.title[self.lang]}'!${letter}$3:${letter}${_NAMES_OFFERED}",
                "show_error": False,
            }
        else:
            return
        sheet.data_validation(2, index, _LAST_ROW, index, {"validate": "list", **rule})


def _width(shown: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in shown)
