"""Excel workbooks to be written: the same bytes for the same content, and texts that stay texts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import BinaryIO, Final

import xlsxwriter

# Workbooks carry the time they were made; a fixed one keeps the bytes the same.
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def new_workbook(stream: BinaryIO, title: str) -> xlsxwriter.Workbook:
    """Return an empty workbook, which is written into ``stream`` when it is closed.

    No text in it becomes a formula, a link or a number.
    """
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"title": title, "created": _CREATED})
    return book
