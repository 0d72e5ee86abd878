"""What each import changed, and the way back.

A store keeps, beside its ledgers, the earlier versions of files that imports replaced and a log of the imports. Undoing
an import puts the earlier versions back and builds the graph from them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from kg.errors import UsageError
from kg.names import local_name
from kg.store.terms import NamedNode, Quad, text_of

# Kept files whose names start so are no ledgers.
HISTORY = ".history/"
_LOG = HISTORY + "log.json"
# Older imports stay in the graph but can no longer be undone one by one.
MOST_ENTRIES = 50

ChangeKind = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One import.

    Attributes
    ----------
    number
        Counts up from 1.
    at
        Universal time of the import, to the second.
    before, after
        Digest of each file that the import gave, before it (empty where there was none) and after it.
    added, changed, removed
        Things and statements, counted by IRI.
    """

    number: int
    at: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    added: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True)
class Change:
    """One thing or statement that differs: what was said of it only before, and what only after.

    ``before`` and ``after`` hold (property IRI, value, source id), sorted.
    """

    kind: ChangeKind
    subject: str
    before: tuple[tuple[str, str, str], ...]
    after: tuple[tuple[str, str, str], ...]


def ledger_files(kept: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the kept files that are ledgers, without the history."""
    return {name: data for name, data in kept.items() if not name.startswith(HISTORY)}


def entries(kept: Mapping[str, bytes]) -> tuple[Entry, ...]:
    """Return the imports on record, oldest first."""
    return tuple(Entry(**entry) for entry in json.loads(kept[_LOG])) if _LOG in kept else ()


def compare(before: Iterable[Quad], after: Iterable[Quad]) -> tuple[Change, ...]:
    """Return what differs between two graphs, by the IRI of the thing or statement."""
    old, new = _by_subject(before), _by_subject(after)
    found = []
    for subject in sorted(old.keys() | new.keys()):
        gone, come = (
            old.get(subject, set()) - new.get(subject, set()),
            new.get(subject, set()) - old.get(subject, set()),
        )
        if gone or come:
            kind: ChangeKind = (
                "added" if subject not in old else "removed" if subject not in new else "changed"
            )
            found.append(Change(kind, subject, tuple(sorted(gone)), tuple(sorted(come))))
    return tuple(found)


def _by_subject(quads: Iterable[Quad]) -> dict[str, set[tuple[str, str, str]]]:
    found: dict[str, set[tuple[str, str, str]]] = {}
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode):
            said = (quad.predicate.value, text_of(quad.object), local_name(quad.graph_name.value))
            found.setdefault(quad.subject.value, set()).add(said)
    return found


def recorded(
    kept: Mapping[str, bytes], files: Mapping[str, bytes], changes: Mapping[ChangeKind, int], at: str
) -> dict[str, bytes]:
    """Return the history to keep after an import that turned the ledgers of ``kept`` into ``files``."""
    earlier = ledger_files(kept)
    touched = sorted(name for name in earlier.keys() | files.keys() if earlier.get(name) != files.get(name))
    past = entries(kept)
    entry = Entry(
        past[-1].number + 1 if past else 1,
        at,
        {name: _digest(earlier[name]) if name in earlier else "" for name in touched},
        {name: _digest(files[name]) if name in files else "" for name in touched},
        changes["added"],
        changes["changed"],
        changes["removed"],
    )
    log = (*past, entry)[-MOST_ENTRIES:]
    blobs = {name: data for name, data in kept.items() if name.startswith(HISTORY) and name != _LOG}
    blobs |= {HISTORY + _digest(earlier[name]): earlier[name] for name in touched if name in earlier}
    return _history(log, blobs)


def undone(kept: Mapping[str, bytes]) -> tuple[Entry, dict[str, bytes], dict[str, bytes]]:
    """Return the newest import, the ledgers as they were before it, and the history without it.

    Raises
    ------
    UsageError
        Nothing is left to undo.
    """
    past = entries(kept)
    if not past:
        raise UsageError("history.nothing")
    newest = past[-1]
    files = ledger_files(kept)
    for name, digest in newest.before.items():
        files.pop(name, None)
        if digest:
            files[name] = kept[HISTORY + digest]
    blobs = {name: data for name, data in kept.items() if name.startswith(HISTORY) and name != _LOG}
    return newest, files, _history(past[:-1], blobs)


def _history(log: tuple[Entry, ...], blobs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return log and the earlier versions that some entry of it still leads back to."""
    needed = {HISTORY + digest for entry in log for digest in entry.before.values() if digest}
    text = json.dumps([asdict(entry) for entry in log], ensure_ascii=False, indent=1)
    return {name: data for name, data in sorted(blobs.items()) if name in needed} | {_LOG: text.encode()}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
