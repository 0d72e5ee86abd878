"""Whatever goes wrong: one line, no traceback, the right exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from kg.cli import boundary
from kg.errors import KgError, StoreError, UsageError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["repotr"], "没有命令“repotr”，是否想用：report", "No command “repotr”. Did you mean: report"),
        (["qqqqqq"], "没有命令“qqqqqq”。", "No command “qqqqqq”."),
        (["report", "gapps"], "是否想用：gaps", "Did you mean: gaps"),
        (
            ["settings", "--fromat", "csv"],
            "没有选项 --fromat，是否想用：--format",
            "No option --fromat. Did you mean: --format",
        ),
        (
            ["settings", "--format", "pdf"],
            "--format 只能是：table | csv | json | xlsx | md",
            "--format must be one of",
        ),
        (["settings", "--lang", "fr"], "--lang 只能是：zh | en", "--lang must be one of: zh | en"),
        (["settings", "--format"], "选项 --format 用法不对", "Option --format is used wrongly"),
        (["settings", "more"], "多余的参数：more", "Too many arguments: more"),
        (["import"], "请写出要导入的文件或文件夹", "name files or folders to import"),
        (["report", "gaps", "--as-of", "2023-13"], "“2023-13”不是日期", "“2023-13” is not a date"),
        (["report", "gaps", "--as-of", "2023-02-30"], "不是日期", "is not a date"),
        (["settings", "--out", "a.pdf"], "看不出 a.pdf 应写成什么格式", "a.pdf does not say which format"),
    ],
)
def test_wrong_use_is_one_line_in_the_readers_language(run, arguments: list[str], zh: str, en: str) -> None:
    for lang, said in (("zh", zh), ("en", en)):
        shown = run(*arguments, env={"KG_LANG": lang})
        assert shown.exit_code == 2, shown.output
        assert said in shown.stderr
        assert shown.stderr.count("\n") == 1
        assert shown.stdout == ""


def failing(error: BaseException):
    def run(_lang: str) -> None:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("output.workbook_on_terminal"), 2, "错误：工作簿不能显示在终端"),
        (StoreError("error.date", value="x"), 3, "错误：“x”不是日期"),
        (KgError("error.date", value="x"), 4, "错误："),
        (RuntimeError("two\nlines"), 4, "RuntimeError：two lines"),
        (PermissionError(13, "Permission denied", "/x"), 3, "/x: Permission denied"),
        (KeyboardInterrupt(), 130, "已中断"),
        (click.Abort(), 130, "已中断"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_every_failure_has_its_exit_code(error: BaseException, code: int, said: str, capfd) -> None:
    # A broken pipe closes the standard output for good, so each case gets a process-like copy of it.
    kept = os.dup(1)
    try:
        assert boundary.guard(failing(error), "zh") == code
    finally:
        os.dup2(kept, 1)
        os.close(kept)
    told = capfd.readouterr().err
    assert said in told
    assert told.count("\n") <= 1


def test_debugging_lets_the_error_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        boundary.guard(failing(ZeroDivisionError()), "en")


def test_a_bad_language_setting_is_reported_in_the_locales_language(run) -> None:
    shown = run("settings", env={"KG_LANG": "fr", "LANG": "zh_CN.UTF-8"})
    assert shown.exit_code == 2
    assert "环境变量 KG_LANG 的值“fr”不可用" in shown.stderr


def test_an_ascii_console_still_gets_chinese(spawn) -> None:
    done = spawn(
        "settings", "--lang", "zh", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    )
    assert done.returncode == 0, done.stderr
    assert "设置" in done.stdout.decode("utf-8")


def test_a_reader_that_stops_reading_is_no_failure() -> None:
    done = subprocess.run(
        f"{sys.executable} -m kg settings --lang zh | head -c 1; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", cwd=ROOT, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.endswith(b"0\n")
    assert done.stderr == b""


def test_interrupt_ends_cleanly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "sparql", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
        assert process.stderr is not None
        told = process.stderr.read().decode()
    finally:
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    assert process.returncode == 130
    assert told == "Interrupted.\n"
