"""Pages that run: their Python blocks are executed in order, and what each prints stands below it; also as notebooks."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_CODE = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n```text\n(?P<printed>.*?)```\n)?", re.DOTALL)


def blocks(page: str) -> tuple[str, ...]:
    """Return the Python blocks of a page."""
    return tuple(match["code"] for match in _CODE.finditer(page))


@cache
def printed(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Run blocks one after the other in an empty folder and return what each prints."""
    names: dict[str, object] = {}
    texts = []
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for code in codes:
                out = io.StringIO()
                with contextlib.redirect_stdout(out):
                    exec(compile(code, "page", "exec"), names)
                texts.append(out.getvalue())
        finally:
            os.chdir(before)
    return tuple(texts)


def with_output(page: str) -> str:
    """Return a page with what its blocks print, each below its block."""
    texts = iter(printed(blocks(page)))

    def shown(match: re.Match[str]) -> str:
        text = next(texts)
        return f"```python\n{match['code']}```\n" + (f"\n```text\n{text}```\n" if text else "")

    return _CODE.sub(shown, page)


def notebook(page: str) -> str:
    """Return a page as a Jupyter notebook (nbformat 4.5)."""
    cells = [{"id": f"cell-{number:02d}", **cell} for number, cell in enumerate(_cells(page))]
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _cells(page: str) -> Iterator[dict[str, object]]:
    end = 0
    for number, match in enumerate(_CODE.finditer(page), 1):
        yield _markdown(page[end : match.start()])
        text = match["printed"] or ""
        outputs = [{"name": "stdout", "output_type": "stream", "text": _lines(text)}] if text else []
        yield {
            "cell_type": "code",
            "execution_count": number,
            "metadata": {},
            "outputs": outputs,
            "source": _lines(match["code"].rstrip()),
        }
        end = match.end()
    yield _markdown(page[end:])


def _markdown(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text.strip())}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
