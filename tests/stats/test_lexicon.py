"""The dictionary in its database: SQLite and a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

import pytest
from sqlalchemy import create_engine, text

from tests.stats.conftest import Open, query
from tts_core.errors import (
    NameTakenError,
    NotAuthorized,
    StorageError,
    TooLargeError,
    UnknownNameError,
)
from tts_core.lexicon import entry as entries
from tts_core.lexicon import store as tables
from tts_core.lexicon.entry import LexiconEntry
from tts_core.services import lexicon as module
from tts_core.services.lexicon import LexiconService
from tts_core.services.visitors import Visitors
from tts_core.settings import Settings
from tts_core.stats.history import History
from tts_core.stats.migrations import MIGRATIONS, VERSION
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.reading import Options
from tts_core.types import Caller

ANNA, BEN = (Caller(owner_id=name, operator=False) for name in ("anna", "ben"))
Make = Callable[..., LexiconService]


@pytest.fixture
def lexicon_of(open_history: Open) -> Make:
    """Return a function that opens services on the test's database, each like another process."""

    def make(*, shared: bool = False, history: History | None = None) -> LexiconService:
        scope: Literal["all", "session"] = "all" if shared else "session"
        settings = Settings(_env_file=None, history_scope=scope)  # type: ignore[call-arg]
        found = history or open_history()
        return LexiconService(
            found, Visitors(found, settings, lambda caller: None), admit=lambda caller: None
        )

    return make


def said(lexicon: LexiconService, caller: Caller, written: str) -> list[str]:
    source = Source(written, Options())
    found = lexicon.matcher(caller).overrides(source, (0, len(source.text)), "en", ())
    return [override.spoken for override in found]


def test_entries_are_kept(lexicon_of: Make) -> None:
    saved = lexicon_of().save(ANNA, "Nikon", "Nick-on", "ˈnɪkɒn", "EN", "af", True)
    [found] = lexicon_of().all(ANNA)
    assert found == saved
    assert (found.written, found.spoken, found.phonemes) == ("Nikon", "Nick-on", "ˈnɪkɒn")
    assert (found.language, found.voice, found.match_case) == ("en", "af", True)


def test_same_words_are_replaced(lexicon_of: Make) -> None:
    lexicon = lexicon_of()
    first = lexicon.save(ANNA, "Nikon", "one")
    assert lexicon.save(ANNA, "NIKON", "two").id == first.id
    assert lexicon.save(ANNA, "Nikon", "three", match_case=True).id != first.id
    assert lexicon.save(ANNA, "Nikon", "four", language="de").id != first.id
    changed = lexicon.save(ANNA, "Canon", "five", entry_id=first.id)
    assert changed.id == first.id
    assert [e.spoken for e in lexicon.all(ANNA, "de")] == ["five", "three", "four"]
    assert [e.spoken for e in lexicon.all(ANNA, "fr")] == ["five", "three"]
    with pytest.raises(NameTakenError):
        lexicon.save(ANNA, "nikon", "six", language="de", entry_id=first.id)
    assert len(lexicon.all(ANNA)) == 3


def test_owners_are_apart(lexicon_of: Make) -> None:
    lexicon = lexicon_of()
    mine = lexicon.save(ANNA, "Nikon", "Anna's")
    lexicon.save(BEN, "Nikon", "Ben's")
    assert said(lexicon, ANNA, "Nikon") == ["Anna's"]
    assert said(lexicon, BEN, "Nikon") == ["Ben's"]
    for work in (
        lambda: lexicon.delete(BEN, mine.id),
        lambda: lexicon.save(BEN, "other", "x", entry_id=mine.id),
    ):
        with pytest.raises(UnknownNameError):
            work()
    assert lexicon.delete(ANNA, mine.id) == mine.id
    assert (lexicon.all(ANNA), len(lexicon.all(BEN))) == ([], 1)
    nobody = Caller(operator=False)
    assert (lexicon.all(nobody), said(lexicon, nobody, "Nikon")) == ([], [])
    with pytest.raises(NotAuthorized):
        lexicon.save(nobody, "a", "b")
    # An owner id cannot be chosen such that it is another caller's key.
    key = Caller(client="key:1", operator=True)
    lexicon.save(key, "Nikon", "the key's")
    assert said(lexicon, Caller(owner_id="key:1", operator=False), "Nikon") == []
    assert said(lexicon, Caller("key:1", "any browser"), "Nikon") == ["the key's"]


def test_one_dictionary_where_the_history_is_shared(lexicon_of: Make) -> None:
    lexicon = lexicon_of(shared=True)
    saved = lexicon.save(ANNA, "Nikon", "Nick-on")
    assert said(lexicon, Caller(operator=False), "Nikon") == ["Nick-on"]
    assert lexicon.delete(BEN, saved.id) == saved.id


def test_other_processes_notice_changes(lexicon_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = lexicon_of(), lexicon_of()
    assert said(there, ANNA, "Nikon") == []
    saved = here.save(ANNA, "Nikon", "one")
    assert said(here, ANNA, "Nikon") == ["one"]
    assert said(there, ANNA, "Nikon") == []  # for `FRESH_SECONDS`
    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    assert said(there, ANNA, "Nikon") == ["one"]
    kept = there.matcher(ANNA)
    assert there.matcher(ANNA) is kept  # nothing has changed
    here.delete(ANNA, saved.id)
    assert said(there, ANNA, "Nikon") == []


def test_import_is_all_or_nothing(lexicon_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    lexicon = lexicon_of()
    lexicon.save(ANNA, "a", "old")
    report = lexicon.import_file(ANNA, b"written,spoken\nA,new\nb,x\nc,\n")
    assert (report.added, report.replaced, len(report.skipped)) == (1, 1, 1)
    assert [e.spoken for e in lexicon.all(ANNA)] == ["new", "x"]
    monkeypatch.setattr(tables, "MOST_ENTRIES", 3)
    with pytest.raises(TooLargeError, match="would have 4 entries; the limit is 3"):
        lexicon.import_file(ANNA, b"written,spoken\nc,x\nd,x\n")
    assert len(lexicon.all(ANNA)) == 2
    lexicon.save(ANNA, "c", "x")
    with pytest.raises(TooLargeError):
        lexicon.save(ANNA, "d", "x")
    assert lexicon.save(ANNA, "c", "changed").spoken == "changed"
    monkeypatch.setattr(tables, "MOST_ALTOGETHER", 3)
    with pytest.raises(TooLargeError, match="all users"):
        lexicon.save(BEN, "d", "x")


def test_many_change_it_at_once(lexicon_of: Make) -> None:
    services = [lexicon_of() for _ in range(4)]
    errors: list[Exception] = []

    def work(lexicon: LexiconService) -> None:
        try:
            for number in range(5):
                lexicon.save(ANNA, f"word {number}", "x")
        except Exception as error:  # shown by the assertion
            errors.append(error)

    threads = [threading.Thread(target=work, args=(lexicon,)) for lexicon in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(services[0].all(ANNA)) == 5


@pytest.mark.thorough
def test_full_dictionary_goes_out_and_in(lexicon_of: Make) -> None:
    lexicon = lexicon_of()
    lines = [f"word{number},said {number}" for number in range(entries.MOST_ENTRIES)]
    report = lexicon.import_file(ANNA, "\n".join(["written,spoken", *lines]).encode())
    assert (report.added, report.replaced, report.skipped) == (entries.MOST_ENTRIES, 0, [])
    for format in ("pls", "csv"):
        again = lexicon.import_file(ANNA, lexicon.export(ANNA, format).encode())
        assert (again.added, again.replaced) == (0, entries.MOST_ENTRIES)
    assert said(lexicon, ANNA, "word9999") == ["said 9999"]


def test_database_of_an_earlier_version(lexicon_of: Make, url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for step in MIGRATIONS[:3]:
            step(connection)
        connection.execute(text("INSERT INTO schema_version VALUES (3)"))
    engine.dispose()
    lexicon = lexicon_of()
    lexicon.save(ANNA, "Nikon", "Nick-on")
    assert [entry.written for entry in lexicon.all(ANNA)] == ["Nikon"]
    assert query(url, "SELECT version FROM schema_version") == [(VERSION,)]


def test_speech_goes_on_without_the_database(lexicon_of: Make, open_history: Open) -> None:
    history = open_history(url="sqlite:////proc/no/such/history.sqlite3")
    lexicon = lexicon_of(history=history)
    assert said(lexicon, ANNA, "Nikon") == []
    with pytest.raises(StorageError, match="cannot be used at present"):
        lexicon.save(ANNA, "a", "b")
    with pytest.raises(StorageError):
        lexicon.all(ANNA)


def test_what_was_read_before_a_change_is_not_kept(
    lexicon_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    lexicon = lexicon_of()
    lexicon.save(ANNA, "Nikon", "one")
    read = lexicon._read

    def changed_meanwhile(owner: str) -> tuple[int, list[LexiconEntry]]:
        found = read(owner)
        monkeypatch.undo()
        lexicon.save(ANNA, "Nikon", "two")
        return found

    monkeypatch.setattr(lexicon, "_read", changed_meanwhile)
    assert said(lexicon, ANNA, "Nikon") == ["one"]
    assert said(lexicon, ANNA, "Nikon") == ["two"]
