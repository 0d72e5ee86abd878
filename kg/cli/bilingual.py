"""Click commands whose help is looked up in the reader's language when it is shown.

No text stands in the code: a command ``report gaps`` reads ``command.report.gaps.short``, ``.help`` and ``.example`` from the
messages, an option ``--as-of`` reads ``option.as_of``, or ``command.report.gaps.option.as_of`` where it means something of its own.
The context's object (``ctx.obj``) is the language.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final, NoReturn, Self, cast

import click

from kg import messages, settings
from kg.cli import boundary
from kg.errors import UsageError
from kg.messages import Language, text
from kg.reports.text_width import pad, width, wrap

_INDENT: Final = "  "
_WIDEST: Final = 100
# What a shell sets to ask for completions.
_COMPLETION: Final = "_KG_COMPLETE"


def language_of(context: click.Context) -> Language:
    """Return the language a context speaks."""
    return cast("Language", context.find_root().obj)


class _Texts:
    """The texts of one parameter: its own under the command's key, else the shared ones."""

    def __init__(self, command: str, kind: str, name: str) -> None:
        self._own = f"command.{command}.{kind}.{name}"
        self._shared = f"{kind}.{name}"

    @property
    def key(self) -> str:
        return self._own if messages.has(self._own) else self._shared


class Option(click.Option):
    """An option whose help is in the messages."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option as written and its help, in the context's language."""
        if self.hidden:
            return None
        lang = language_of(ctx)
        names = ", ".join([*self.opts, *self.secondary_opts])
        if not self.is_flag and not self.count:
            values = (
                "|".join(self.type.choices) if isinstance(self.type, click.Choice) else self.metavar or ""
            )
            names += f" {values}".rstrip()
        return names, text(self.help_key(command_key(ctx)), lang)

    def help_key(self, command: str) -> str:
        """Return the key of the help, for the command it stands at."""
        return _Texts(command, "option", str(self.name)).key

    @classmethod
    def version(cls) -> Self:
        """Return ``--version``."""
        return cls(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_show_version)


class Argument(click.Argument):
    """An argument whose help is in the messages."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Return the argument as written and its help, in the context's language."""
        return self.make_metavar(ctx), text(self.help_key(command_key(ctx)), language_of(ctx))

    def help_key(self, command: str) -> str:
        """Return the key of the help, for the command it stands at."""
        return _Texts(command, "argument", str(self.name)).key


def _show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        from kg import __version__

        click.echo(f"gongyue {__version__}")
        context.exit()


def command_key(context: click.Context) -> str:
    """Return the command's path below ``kg`` with dots between: ``report.gaps``; ``kg`` for the group itself."""
    names: list[str] = []
    current: click.Context | None = context
    while current is not None and current.parent is not None:
        names.insert(0, cast("str", current.command.name))
        current = current.parent
    return ".".join(names) or "kg"


class _Bilingual(click.Command):
    """What commands and groups have in common: help laid out in cells, words in the reader's language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", {"help_option_names": ["-h", "--help"]})
        super().__init__(*args, **kwargs)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None and not isinstance(option, Option):
            own = Option(option.opts, is_flag=True, is_eager=True, expose_value=False, callback=_show_help)
            self._help_option = option = own
        return option

    def get_help(self, ctx: click.Context) -> str:
        """Return the whole help page."""
        import shutil

        lang = language_of(ctx)
        cells = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
        key = command_key(ctx)
        usage = text(
            "help.usage", lang, usage=f"{ctx.command_path} {' '.join(self.collect_usage_pieces(ctx))}"
        )
        lines = [*wrap(usage, cells), ""]
        for paragraph in text(f"command.{key}.help", lang).strip().split("\n"):
            lines += [_INDENT + line if line else "" for line in wrap(paragraph, cells - 2)]
        arguments = [p for p in self.get_params(ctx) if isinstance(p, Argument)]
        options = [p for p in self.get_params(ctx) if isinstance(p, Option)]
        sections = [
            ("help.arguments", [argument.get_help_record(ctx) for argument in arguments]),
            ("help.options", [record for option in options if (record := option.get_help_record(ctx))]),
            ("help.commands", self.command_records(ctx)),
        ]
        for heading, records in sections:
            if records:
                lines += ["", text(heading, lang), *_definitions(records, cells)]
        if messages.has(f"command.{key}.example"):
            lines += ["", text("help.example", lang)]
            lines += [_INDENT + line for line in text(f"command.{key}.example", lang).strip().split("\n")]
        return "\n".join(lines)

    def command_records(self, _context: click.Context) -> list[tuple[str, str]]:
        """Return the sub-commands with a line about each."""
        return []


def _show_help(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        click.echo(context.get_help())
        context.exit()


def _definitions(records: Sequence[tuple[str, str]], cells: int) -> list[str]:
    """Lay out terms and their explanations in two columns; a long term stands on a line of its own."""
    column = min(max(width(term) for term, _ in records), 26)
    lines: list[str] = []
    for term, explanation in records:
        first, *rest = wrap(explanation, max(20, cells - column - 4))
        if width(term) <= column:
            lines.append(f"{_INDENT}{pad(term, column)}  {first}")
        else:
            lines += [f"{_INDENT}{term}", f"{_INDENT}{' ' * column}  {first}"]
        lines += [f"{_INDENT}{' ' * column}  {line}" for line in rest]
    return lines


class Command(_Bilingual):
    """A command with its help in the messages."""

    # click would refuse surplus arguments in English.
    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; those left over are refused."""
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise UsageError(
                "error.extra_arguments", arguments=" ".join(rest), command=f"{ctx.command_path} --help"
            )
        return rest


class LazyGroup(_Bilingual, click.Group):
    """A group that imports a command only when it is called.

    Parameters
    ----------
    commands
        For every command, in the order of the help page, where it is: ``package.module:name``.
    """

    def __init__(
        self,
        name: str,
        commands: Mapping[str, str],
        params: list[click.Parameter] | None = None,
    ) -> None:
        super().__init__(name=name, params=params, callback=_help_when_alone, invoke_without_command=True)
        self._places = dict(commands)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands, in the order of the help page."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command and return it; None for an unknown name."""
        if cmd_name not in self._places:
            return None
        module, _, attribute = self._places[cmd_name].partition(":")
        return cast("click.Command", getattr(import_module(module), attribute))

    def command_records(self, context: click.Context) -> list[tuple[str, str]]:
        """Return the commands with a line about each, without importing one."""
        key = command_key(context)
        prefix = "" if key == "kg" else f"{key}."
        lang = language_of(context)
        return [(name, text(f"command.{prefix}{name}.short", lang)) for name in self._places]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names; an unknown one is refused with the nearest names."""
        name = args[0]
        found = self.get_command(ctx, name)
        if found is None and not ctx.resilient_parsing:
            raise _no_such_command(name, ctx, list(self._places))
        return name if found else None, found, args[1:]

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str = "kg", **_extra: object
    ) -> NoReturn:
        """Run the command line and end the process with its exit code; nothing escapes as a traceback."""
        arguments = list(sys.argv[1:] if args is None else args)
        boundary.prepare_streams()

        def run(lang: Language) -> object:
            if instruction := os.environ.get(_COMPLETION):
                from click.shell_completion import shell_complete

                return shell_complete(self, {"obj": lang}, prog_name, _COMPLETION, instruction)
            try:
                with self.make_context(prog_name, arguments, obj=lang) as context:
                    return self.invoke(context)
            except click.exceptions.Exit as end:
                return end.exit_code

        sys.exit(boundary.guard(run, asked_language(arguments)))


def _no_such_command(name: str, context: click.Context, known: list[str]) -> UsageError:
    from difflib import get_close_matches

    lang = language_of(context)
    nearest = get_close_matches(name, known, n=3)
    return UsageError(
        "error.no_such_command_nearest" if nearest else "error.no_such_command",
        name=name,
        nearest=("、" if lang == "zh" else ", ").join(nearest),
        command=f"{context.command_path} --help",
    )


@click.pass_context
def _help_when_alone(context: click.Context, /, **_values: object) -> None:
    """Show the help of a group called without a command."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def asked_language(arguments: Sequence[str]) -> Language | None:
    """Return the language that ``--lang`` asks for anywhere on the command line, or None.

    Read before click parses, so that help and errors of the parsing speak it as well.
    """
    asked: str | None = None
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and position + 1 < len(arguments):
            asked = arguments[position + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    return next((lang for lang in messages.LANGUAGES if lang == asked), None)


def default_language() -> Language:
    """Return the language of the running command, else the one in force."""
    context = click.get_current_context(silent=True)
    found = language_of(context) if context else None
    return found or settings.language()
