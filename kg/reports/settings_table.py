"""The settings as a table: values in force and where they come from."""

from __future__ import annotations

from kg import settings
from kg.messages import Language, text
from kg.reports.table import Column, Table

_COLUMNS = ("name", "value", "origin", "default", "variable", "admitted", "help")


def settings_table(lang: Language) -> Table:
    """Return every setting, in the order of the settings' table.

    Raises
    ------
    UsageError
        If the environment sets one to a value that is not admitted.
    """
    rows = []
    for setting in settings.SETTINGS:
        value, origin = settings.value_and_origin(setting.name)
        rows.append(
            (
                setting.name,
                value,
                text(f"settings.origin.{origin}", lang),
                setting.default,
                setting.variable,
                setting.admitted,
                setting.help(lang),
            )
        )
    columns = tuple(Column(key, text(f"settings.column.{key}", lang)) for key in _COLUMNS)
    return Table(text("settings.title", lang), columns, tuple(rows), lang)
