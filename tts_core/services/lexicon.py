"""`SpeechService.lexicon`: how words are to be spoken, for each owner."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from tts_core.errors import NameTakenError, NotAuthorized, StorageError
from tts_core.lexicon.entry import LexiconEntry, checked_entry, checked_language
from tts_core.lexicon.files import Skipped, read, write
from tts_core.lexicon.matcher import Matcher, applies_to
from tts_core.services.visitors import Visitors
from tts_core.stats.history import History
from tts_core.types import Caller
from tts_core.validation import checked_name, shown

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tts_core.stats.store import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

FRESH_SECONDS = 1.0
"""How long entries are used before asking whether another process has changed them."""
MOST_KEPT = 32
"""Owners whose entries are kept in memory, the last ones to speak."""
_NOTHING = Matcher()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of an imported file. The fields have the names of the public JSON."""

    added: int
    replaced: int
    skipped: Sequence[Skipped]


@dataclass(slots=True)
class _Kept:
    version: int
    checked: float
    """`time.monotonic()`"""
    matcher: Matcher


class LexiconService:
    """The pronunciation dictionaries of one service. Thread-safe.

    Where the history is shared, so is the dictionary; otherwise each owner has one. Every method
    raises StorageError while the database is not available, except `matcher`.
    """

    def __init__(
        self, database: History, visitors: Visitors, *, admit: Callable[[Caller], object]
    ) -> None:
        """`admit`: called before entries are written; limits rates and makes disk space."""
        self._database, self._visitors, self._admit = database, visitors, admit
        self._shared = not visitors.apart
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._changes = 0
        """Changes by this process: what was read before one is not kept after it."""
        self._lock = threading.Lock()

    def all(self, caller: Caller, language: str = "") -> list[LexiconEntry]:
        """Return the caller's entries by what is written, or those for texts in one language.

        Raises ValidationError.
        """
        wanted = checked_language(language)
        owner = self._owner(caller)
        if owner is None:
            return []
        found = self._read(owner)[1]
        return [entry for entry in found if applies_to(entry, wanted)]

    def save(
        self,
        caller: Caller,
        written: str,
        spoken: str = "",
        phonemes: str = "",
        language: str = "",
        voice: str = "",
        match_case: bool = False,
        entry_id: str = "",
    ) -> LexiconEntry:
        """Add an entry, or replace the one of an id or that for the same words; return it.

        Raises ValidationError, UnknownNameError for an unknown id, NameTakenError when another
        entry is for the same words, TooLargeError, NotAuthorized, RateLimited.
        """
        from tts_core.lexicon import store as tables

        entry = checked_entry(written, spoken, phonemes, language, voice, match_case)
        wanted = checked_name(entry_id, "entry_id")
        owner = self._writer(caller)
        self._admit(caller)

        def work(connection: Connection) -> LexiconEntry:
            if wanted:
                tables.find(connection, owner, wanted)
            taken = tables.ids_by_key(connection, owner, [entry.key]).get(entry.key)
            if wanted and taken not in (None, wanted):
                raise NameTakenError(
                    f"The dictionary has another entry for {shown(entry.written)}. Change or "
                    "delete that one.",
                    "written",
                )
            saved = replace(entry, id=wanted or taken or uuid.uuid4().hex)
            tables.put(connection, owner, [saved])
            return saved

        return self._change(caller, owner, work)

    def delete(self, caller: Caller, entry_id: str) -> str:
        """Delete an entry and return its id. Raises UnknownNameError, NotAuthorized."""
        from tts_core.lexicon import store as tables

        wanted = checked_name(entry_id, "entry_id")
        owner = self._writer(caller)

        def work(connection: Connection) -> str:
            found = tables.find(connection, owner, wanted)
            tables.remove(connection, owner, found.id)
            return found.id

        return self._change(caller, owner, work)

    def forget_visitor(self, owner_id: str) -> None:
        """Delete the dictionary of a visitor who no longer comes."""
        from tts_core.lexicon import store as tables

        owner = _digest("owner", owner_id)
        self._write(owner, lambda connection: tables.forget(connection, owner))

    def export(self, caller: Caller, format: str) -> str:
        """Return the caller's entries as a file, "pls" or "csv". Raises ValidationError."""
        return write(self.all(caller), format)

    def import_file(self, caller: Caller, data: bytes) -> ImportReport:
        """Add the entries of a PLS or CSV file; those for the same words are replaced.

        All or none are added. Raises ValidationError for what is neither, TooLargeError,
        NotAuthorized, RateLimited.
        """
        from tts_core.lexicon import store as tables

        owner = self._writer(caller)
        self._admit(caller)
        entries, skipped = read(data)

        def work(connection: Connection) -> int:
            known = tables.ids_by_key(connection, owner, [entry.key for entry in entries])
            named = [replace(e, id=known.get(e.key) or uuid.uuid4().hex) for e in entries]
            tables.put(connection, owner, named)
            return len(known)

        replaced = self._change(caller, owner, work) if entries else 0
        return ImportReport(len(entries) - replaced, replaced, skipped)

    def matcher(self, caller: Caller) -> Matcher:
        """Return what finds the caller's entries in texts; it has none while they are unavailable.

        Changes by this process take effect at once, those by others after `FRESH_SECONDS`.
        """
        owner = self._owner(caller)
        if owner is None:
            return _NOTHING
        with self._lock:
            changes = self._changes
            kept = self._kept.get(owner)
            if kept is not None and time.monotonic() < kept.checked + FRESH_SECONDS:
                self._kept.move_to_end(owner)
                return kept.matcher
        try:
            if kept is not None and kept.version == self._version(owner):
                matcher, version = kept.matcher, kept.version
            else:
                version, entries = self._read(owner)
                matcher = Matcher(entries)
        except StorageError as error:  # speech does not depend on the database
            log.debug("dictionary not read: %s", error)
            return kept.matcher if kept is not None else _NOTHING
        with self._lock:
            if changes != self._changes:
                return matcher
            self._kept[owner] = _Kept(version, time.monotonic(), matcher)
            self._kept.move_to_end(owner)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return matcher

    def _version(self, owner: str) -> int:
        from tts_core.lexicon import store as tables

        def work(connection: Connection) -> int:
            return tables.version_of(connection, owner)

        return self._reading(work)

    def _read(self, owner: str) -> tuple[int, list[LexiconEntry]]:
        """Return the version of an owner's entries, and the entries."""
        from tts_core.lexicon import store as tables

        def work(connection: Connection) -> tuple[int, list[LexiconEntry]]:
            version = tables.version_of(connection, owner)
            return version, tables.entries_of(connection, owner)

        return self._reading(work)

    def _reading(self, work: Callable[[Connection], T]) -> T:
        def used(store: Store) -> T:
            with store.reading() as connection:
                return work(connection)

        return self._database.use(used)

    def _change(self, caller: Caller, owner: str, work: Callable[[Connection], T]) -> T:
        """Return what `work` returns in a transaction that changes a caller's entries."""
        from tts_core.lexicon import store as tables

        def changed(connection: Connection) -> T:
            tables.begin_change(connection, owner)
            self._visitors.enlist(connection, caller)
            return work(connection)

        return self._write(owner, changed)

    def _write(self, owner: str, work: Callable[[Connection], T]) -> T:
        def used(store: Store) -> T:
            with store.writing() as connection:
                return work(connection)

        result = self._database.use(used)
        with self._lock:
            self._kept.pop(owner, None)
            self._changes += 1
        return result

    def _owner(self, caller: Caller) -> str | None:
        """Return whose dictionary a caller uses; None for callers who cannot be told apart.

        A key and a login are owners, so that scripts keep their entries; visitors of a page are by
        its cookie, scripts without a key by their Gradio session.
        """
        self._visitors.note(caller)
        if self._shared:
            return ""
        kind, name = ("client", caller.client) if caller.operator else ("owner", caller.owner_id)
        if not name:
            return "" if caller.operator else None
        return _digest(kind, name)

    def _writer(self, caller: Caller) -> str:
        """Return whose dictionary a caller changes. Raises NotAuthorized."""
        owner = self._owner(caller)
        if owner is None:
            raise NotAuthorized(
                "Each user of this server has a separate dictionary, so it must know who you "
                "are: use the page, a Gradio session, or an API key."
            )
        return owner


def _digest(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind}:{name}".encode("utf-8", "replace")).hexdigest()[:32]
