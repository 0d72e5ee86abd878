"""Written pages: every link leads somewhere, every command and option exists, Chinese is set as Chinese."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from kg.cli import cli
from kg.cli.bilingual import LazyGroup

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CHINESE = [name for name in PAGES if name.endswith(".zh.md")]
LINK = re.compile(r"\]\((?!https?://)([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
HAN = r"[\u3400-\u9fff]"


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name: str) -> str:
    """Return a page without its blocks of code."""
    return FENCE.sub("", page(name))


def anchors(path: Path) -> set[str]:
    """Return what the headings of a page are called in links: lower case, no punctuation, hyphens for spaces."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", prose(str(path.relative_to(ROOT))), re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(
            " ", "-"
        )
        found.add(next(each for n in range(99) if (each := f"{slug}-{n}" if n else slug) not in found))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    for link in LINK.findall(prose(name)):
        file, _, anchor = unquote(link).partition("#")
        target = (ROOT / name).parent / file if file else ROOT / name
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.resolve()), link


def told(name: str) -> list[str]:
    """Return the command lines of ``kg`` in a page's shell blocks and in its running text."""
    blocks = [line for kind, text in FENCE.findall(page(name)) if kind == "sh" for line in text.splitlines()]
    spans = re.findall(r"`((?:\.venv/bin/)?kg [^`]+)`", prose(name))
    return [line for line in [*blocks, *spans] if line.removeprefix(".venv/bin/").startswith("kg ")]


@pytest.mark.parametrize(
    "name", [name for name in PAGES if told(name) and "docs/generate.py; edit" not in page(name)]
)
def test_every_command_and_option_told_exists(name: str) -> None:
    for line in told(name):
        command: click.Command = cli
        words = iter(shlex.split(line, comments=True)[1:])
        for word in words:
            if isinstance(command, LazyGroup) and not word.startswith("-"):
                # “kg whatif stop|start” tells two of them.
                several = [command.get_command(click.Context(command), each) for each in word.split("|")]
                assert all(several), line
                command = several[0]  # type: ignore[assignment]
            elif word.startswith("--"):
                options = {option for parameter in command.params for option in parameter.opts}
                options |= {option for parameter in command.params for option in parameter.secondary_opts}
                # “--place|--park” tells two of them.
                assert set(word.split("=")[0].split("|")) <= options, line


def test_every_option_told_by_itself_is_one_of_some_command() -> None:
    def walk(command: click.Command) -> Iterator[str]:
        for parameter in command.params:
            yield from (*parameter.opts, *parameter.secondary_opts)
        if isinstance(command, LazyGroup):
            for name in command.list_commands(click.Context(command)):
                yield from walk(command.get_command(click.Context(command), name) or command)

    known = {*walk(cli), "--check", "--full"}  # of docs/generate.py, of benchmarks/import_speed.py
    spans = {span for name in PAGES for span in re.findall(r"`(--[a-z-]+)[ `]", prose(name))}
    assert spans - known == set()


@pytest.mark.parametrize("name", CHINESE)
def test_chinese_is_set_as_chinese(name: str) -> None:
    text = re.sub(r"`[^`\n]*`", "`x`", prose(name))
    text = re.sub(r"\]\([^)]*\)", "]", text)
    for wrong, why in (
        (rf"{HAN}\n{HAN}", "a line break between two characters shows as a space"),
        (rf"{HAN}[,;:?!]|{HAN}\(|\){HAN}", "half-width punctuation in Chinese"),
        (rf"{HAN}[A-Za-z0-9`]|[A-Za-z0-9%`]{HAN}", "no space between Chinese and Latin"),
        (r"[「」『』]", "quotation marks are “”"),
        (r"[，。；：、？！（）“”] | [，。；：、？！）”]", "a space beside full-width punctuation"),
    ):
        found = re.search(wrong, text)
        assert found is None, f"{why}: {text[max(0, found.start() - 20) : found.end() + 20]!r}"


@pytest.mark.parametrize("name", CHINESE)
def test_a_chinese_page_has_the_sections_and_code_of_the_english_one(name: str) -> None:
    other = name.replace(".zh.md", ".md")

    def outline(each: str) -> list[int]:
        return [len(marks) for marks in re.findall(r"^(#+) ", prose(each), re.MULTILINE)]

    assert outline(name) == outline(other)
    assert [kind for kind, _ in FENCE.findall(page(name))] == [kind for kind, _ in FENCE.findall(page(other))]
