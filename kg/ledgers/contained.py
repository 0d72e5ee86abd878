"""The values of an .xls workbook, read in a process of its own.

On a mangled compound file the engine panics, or gives up its process for want of memory; this one would go with it.
The module is both sides: :func:`read_values` in the calling process, and, as a script, the worker, which imports
nothing but the standard library and the engine. (.xlsx and .ods are handed to the engine as containers written anew
from parts that were looked through, and need no such care.)
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

SECONDS: Final = 120
MEMORY: Final = 3 << 30
_FROM_TEXT: Final = {kind.__name__: kind.fromisoformat for kind in (date, datetime, time)}


class ReadingFailedError(Exception):
    """The worker gave no answer."""


def read_values(data: bytes) -> list[dict[str, Any]]:
    """Return the sheets of a workbook: ``name``, ``visible``, ``start``, ``rows`` and ``merged``, as the engine has them.

    Raises
    ------
    ReadingFailedError
        The engine failed, died, or took longer than two minutes or more than 3 GB.
    """
    # Isolated (-I): the worker must not depend on how the program was started, nor find the modules beside it.
    command = [sys.executable, "-I", str(Path(__file__).resolve())]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ReadingFailedError(f"{SECONDS} s") from error
    if done.returncode:
        raise ReadingFailedError("BIFF")
    sheets: list[dict[str, Any]] = json.loads(done.stdout, object_hook=_restored)
    return sheets


def _restored(value: dict[str, Any]) -> Any:
    if "seconds" in value:
        return timedelta(seconds=value["seconds"])
    if "iso" in value:
        return _FROM_TEXT[value["type"]](value["iso"])
    return value


def _kept(value: Any) -> dict[str, Any]:
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    return {"type": type(value).__name__, "iso": value.isoformat()}


def _work() -> None:
    import io

    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        import resource
    except ImportError:
        pass  # Windows has no such limit
    else:
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sheets = []
    with CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())) as workbook:
        for index, meta in enumerate(workbook.sheets_metadata):
            visible = meta.visible == SheetVisibleEnum.Visible
            found: dict[str, Any] = {
                "name": meta.name,
                "visible": visible,
                "start": None,
                "rows": [],
                "merged": [],
            }
            if visible and meta.typ == SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_index(index)
                if sheet.start is not None:
                    found |= {
                        "start": sheet.start,
                        "rows": sheet.to_python(),
                        "merged": sheet.merged_cell_ranges or [],
                    }
            sheets.append(found)
    json.dump(sheets, sys.stdout, default=_kept)


if __name__ == "__main__":
    _work()
