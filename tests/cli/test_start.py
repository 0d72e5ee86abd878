"""Starting up is quick because it loads next to nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {"click", "kg"}
PROBE = """
import sys
before = set(sys.modules)
from kg.cli import cli
try:
    cli.main({arguments})
except SystemExit:
    pass
import json
print(json.dumps(sorted({{name.partition(".")[0] for name in set(sys.modules) - before}})), file=sys.stderr)
"""


def loaded(arguments: list[str]) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=arguments)],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["report", "--help"], ["report", "gaps", "--help"], ["settings"]]
)
def test_help_loads_only_the_standard_library_and_click(arguments: list[str]) -> None:
    assert loaded(arguments) - set(sys.stdlib_module_names) <= ALLOWED


def test_help_loads_no_command() -> None:
    program = "import sys\nfrom kg.cli import cli\ntry:\n cli.main(['--help'])\nexcept SystemExit: pass\n"
    program += "assert not [n for n in sys.modules if n.startswith('kg.cli.commands')]"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, timeout=60)


def test_help_takes_under_a_fifth_of_a_second() -> None:
    command = [sys.executable, "-m", "kg", "--help"]
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60, env=dict(os.environ))
        times.append(time.perf_counter() - begin)
    # The best of five: what the program costs, not what else the machine does.
    assert min(times) < 0.2
