"""The command ``kg``: thin, no logic, every text in the reader's language.

Starting up loads only the standard library and click; a command imports what it needs when it runs.
"""

from __future__ import annotations

from kg.cli.bilingual import LazyGroup, Option
from kg.cli.options import lang_option

__all__ = ["cli", "main"]

cli = LazyGroup(
    "kg",
    commands={
        "demo": "kg.cli.commands.demo:demo",
        "template": "kg.cli.commands.template:template",
        "import": "kg.cli.commands.import_ledgers:import_ledgers",
        "diff": "kg.cli.commands.history:diff",
        "history": "kg.cli.commands.history:history",
        "undo": "kg.cli.commands.history:undo",
        "names": "kg.cli.commands.names:names",
        "check": "kg.cli.commands.check:check",
        "info": "kg.cli.commands.info:info",
        "export": "kg.cli.commands.export:export",
        "query": "kg.cli.commands.query:query",
        "sparql": "kg.cli.commands.sparql:sparql",
        "report": "kg.cli.commands.report:report",
        "whatif": "kg.cli.commands.whatif:whatif",
        "analyze": "kg.cli.commands.analyze:analyze",
        "view": "kg.cli.commands.view:view",
        "dataset": "kg.cli.commands.dataset:dataset",
        "settings": "kg.cli.commands.settings:settings",
    },
    params=[lang_option(), Option.version()],
)


def main() -> None:
    """Run the command line on the arguments of the process."""
    cli.main()
