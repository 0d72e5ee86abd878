"""Tell on the error stream how far a long piece of work has come."""

from __future__ import annotations

import shutil
import sys
from typing import Self

import click

from kg.messages import Language, has, text
from kg.reports.text_width import pad, wrap


class Progress:
    """Shows one line that is rewritten on a terminal, and plain lines elsewhere: one a file, one a step with words of its own.

    Parameters
    ----------
    lang
        Language of the steps' words.
    quiet
        Show nothing.
    """

    def __init__(self, lang: Language, *, quiet: bool = False) -> None:
        self._lang = lang
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._open = False
        self._step = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show a step: what is being done (a file, or a step with words of its own), and how many of how many are done."""
        if self._quiet:
            return
        key = f"progress.{step}"
        named = has(key)
        what = text(key, self._lang) if named else step
        count = f"[{done}/{total}] " if total > 1 else ""
        if not self._terminal:
            if not named or step != self._step:
                click.echo(what if named else f"{count}{what}", err=True)
            self._step = step
            return
        cells = shutil.get_terminal_size().columns - 1
        click.echo("\r" + pad(wrap(f"{count}{what}", cells)[0], cells), err=True, nl=False)
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        """Clear the line, so that what follows starts on an empty one."""
        if self._open:
            click.echo("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r", err=True, nl=False)
            self._open = False
