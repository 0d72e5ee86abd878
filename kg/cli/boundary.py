"""The edge of the program: every failure becomes one line and an exit code, in the reader's language.

0 ok · 1 the data does not conform · 2 wrong use · 3 input that cannot be read · 4 a fault of the program · 130 interrupted.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from kg import settings
from kg.errors import KgError
from kg.messages import Language, has, text

INTERRUPTED: Final = 130
WRONG_USE: Final = 2
UNREADABLE: Final = 3
INTERNAL: Final = 4


# Encodings of Chinese consoles, each contained in GB18030, which holds every character.
_CHINESE: Final = frozenset({"gbk", "gb2312", "gb18030"})


def prepare_streams() -> None:
    """Make the standard streams take every character and never fail for want of one.

    A console that reads GBK is written to in GB18030, any other that is not UTF-8 in UTF-8. A stream that is closed is
    replaced by one that keeps nothing.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            usual = codecs.lookup(stream.encoding or "ascii").name
            encoding = "gb18030" if usual in _CHINESE else "utf-8"
            # Half a surrogate pair, as a broken terminal sends it, is no reason to fail either.
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def guard(run: Callable[[Language], object], asked: Language | None) -> int:
    """Run a command and return its exit code; report what goes wrong on the error stream.

    Parameters
    ----------
    run
        The command; takes the language, returns None or an exit code.
    asked
        The language the command line asks for; None for the one in force.
    """
    lang: Language = asked or settings.language_of_locale()
    try:
        lang = asked or settings.language()
        code = run(lang)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough: not a failure. Nothing may be flushed into the closed pipe at exit.
        _close_quietly()
        return 0
    except (KeyboardInterrupt, click.Abort):
        _say(text("error.interrupted", lang))
        return INTERRUPTED
    except click.ClickException as error:
        return _say_usage(error, lang)
    except KgError as error:
        if _debugging():
            raise
        _say(text("error.line", lang, message=_with_hint(error, lang)))
        return error.exit_code
    except OSError as error:
        if _debugging():
            raise
        _say(text("error.system", lang, reason=_reason(error)))
        return UNREADABLE
    except Exception as error:
        if _debugging():
            raise
        _say(text("error.internal", lang, kind=type(error).__name__, message=_one_line(str(error))))
        return INTERNAL
    return code if isinstance(code, int) else 0


def _debugging() -> bool:
    return os.environ.get("KG_DEBUG", "") not in {"", "0"}


def _say(line: str) -> None:
    # Late: most runs end without a word.
    from kg.reports.text_width import visible

    with contextlib.suppress(BrokenPipeError):
        click.echo(visible(line), err=True)


def _with_hint(error: KgError, lang: Language) -> str:
    """Return what is wrong and, where there is a word on it, what to do."""
    message = _one_line(error.text(lang))
    hint = f"{error.key}.hint"
    if not has(hint):
        return message
    return message + text("phrase.sentence", lang) + text(hint, lang, **error.params)


def _one_line(message: str) -> str:
    return " ".join(message.split())


def _reason(error: OSError) -> str:
    what = error.strerror or _one_line(str(error)) or type(error).__name__
    return f"{error.filename}: {what}" if error.filename else what


def _close_quietly() -> None:
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say_usage(error: click.ClickException, lang: Language) -> int:
    """Report a fault in the command line itself, in the reader's language."""
    message = _usage_message(error, lang)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "kg"
    _say(
        text("error.line", lang, message=message)
        + " "
        + text("error.try_help", lang, command=f"{path} --help")
    )
    return WRONG_USE


def _usage_message(error: click.ClickException, lang: Language) -> str:
    nearest = ("、" if lang == "zh" else ", ").join(getattr(error, "possibilities", None) or ())
    if isinstance(error, click.NoSuchOption):
        key = "error.no_such_option_nearest" if nearest else "error.no_such_option"
        return text(key, lang, option=error.option_name, nearest=nearest)
    if isinstance(error, click.MissingParameter):
        return text("error.missing_parameter", lang, parameter=_parameter(error))
    if isinstance(error, click.BadParameter):
        kind = getattr(error.param, "type", None)
        if isinstance(kind, click.Choice):
            admitted = " | ".join(map(str, kind.choices))
            return text("error.choice", lang, parameter=_parameter(error), admitted=admitted)
        return text("error.bad_parameter", lang, parameter=_parameter(error), reason=error.message)
    if isinstance(error, click.BadOptionUsage):
        return text("error.option_usage", lang, option=error.option_name)
    return _one_line(error.format_message())


def _parameter(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Argument):
        return error.param.human_readable_name
    return max(error.param.opts, key=len)
