from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from kg.cli import cli
from kg.cli.bilingual import Argument, LazyGroup, Option
from kg.messages import has
from kg.reports.text_width import width


def commands(
    group: LazyGroup = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, group
    context = click.Context(group, obj="en")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, LazyGroup):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = list(commands())
IDS = [" ".join(path) or "kg" for path, _ in ALL]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(("path", "command"), ALL, ids=IDS)
def test_every_command_has_help_and_an_example(path: tuple[str, ...], command: click.Command) -> None:
    key = "command." + (".".join(path) or "kg")
    assert has(f"{key}.help")
    assert has(f"{key}.example")
    assert not path or has(f"{key}.short")


@pytest.mark.parametrize(("path", "command"), ALL, ids=IDS)
def test_every_parameter_is_explained(path: tuple[str, ...], command: click.Command) -> None:
    key = ".".join(path) or "kg"
    for parameter in command.params:
        assert isinstance(parameter, Option | Argument), parameter
        assert has(parameter.help_key(key)), parameter.help_key(key)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", [path for path, _ in ALL], ids=IDS)
def test_help_is_in_the_language_asked_for(run, path: tuple[str, ...], lang: str, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    shown = run(*path, "--help", "--lang", lang)
    assert shown.exit_code == 0, shown.output
    assert bool(HAN.search(shown.output)) == (lang == "zh")
    body = shown.output.split("例：" if lang == "zh" else "Example:")[0]
    assert all(width(line) <= 72 for line in body.split("\n"))


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "KG_LANG": "zh"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False),
    ],
)
def test_help_follows_setting_and_locale(run, environment: dict[str, str], chinese: bool) -> None:
    assert ("用法" in run("--help", env=environment).output) == chinese


@pytest.mark.parametrize(
    "arguments", [("--lang", "zh", "report"), ("report", "--lang=zh"), ("report", "--lang", "zh", "--help")]
)
def test_lang_may_stand_anywhere(run, arguments: tuple[str, ...]) -> None:
    shown = run(*arguments)
    assert shown.exit_code == 0
    assert "命令：" in shown.output


def test_kg_alone_shows_the_help(run) -> None:
    assert run().output == run("--help").output


def test_version_is_the_packages(run) -> None:
    from kg import __version__

    assert run("--version").output == f"gongyue {__version__}\n"


def test_completion_for_shells(run) -> None:
    shown = run(env={"_KG_COMPLETE": "bash_complete", "COMP_WORDS": "kg re", "COMP_CWORD": "1"})
    assert shown.output == "plain,report\n"
