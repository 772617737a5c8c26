"""Search in the history by owner and by page; deletion and export."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest
from sqlalchemy import create_engine, text

from tests.stats.conftest import Open, ended, live, query
from tts_core.errors import ValidationError
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.export import as_csv, as_json
from tts_core.stats.history import History
from tts_core.stats.live import Status
from tts_core.stats.migrations import MIGRATIONS
from tts_core.stats.search import Query, cursor


def found(history: History, **wanted: object) -> list[str]:
    return [r.request_id for r in history.search(Query(**wanted), 50)]  # type: ignore[arg-type]


def at(name: str, seconds: float, **values: object) -> HistoryEntry:
    """Return an entry that ended so many seconds ago."""
    end = time.time() - seconds
    return ended(
        name, values.pop("status", Status.COMPLETED), start_time=end - 1, end_time=end, **values
    )  # type: ignore[arg-type]


def test_words_and_filters(open_history: Open) -> None:
    history = open_history()
    history.end(at("a", 5, text_preview="Grüße aus STRASSBURG, 100% sicher"))
    history.end(at("b", 4, text_preview="Straßburg liegt am Rhein", engine="espeak", door="page"))
    history.end(at("c", 3, status=Status.ERROR, error_message="The disk_is full", engine="espeak"))
    history.end(at("d", 2, text_preview="anything", voice_source="anna-1234")).wait()
    assert found(history) == ["d", "c", "b", "a"]
    assert found(history, text="straSSburg") == ["b", "a"]  # ß and ss are folded alike
    assert found(history, text="GRÜSSE strassburg") == ["a"]
    assert found(history, text="100%") == ["a"]  # no wildcard
    assert found(history, text="disk_") == ["c"]
    assert found(history, text="k%f") == []
    assert found(history, text="anna") == ["d"]
    assert found(history, engine="espeak") == ["c", "b"]
    assert found(history, engine="espeak", status="error") == ["c"]
    assert found(history, door="page") == ["b"]
    assert found(history, since=time.time() - 3.5) == ["d", "c"]
    assert found(history, text="' OR 1=1 --") == []
    assert found(history, text="\x00") == ["d", "c", "b", "a"]


@pytest.mark.parametrize(("keep", "whole", "preview"), [("full", 1, 0), ("preview", 0, 1)])
def test_only_what_is_kept_is_found(
    open_history: Open, url: str, keep: str, whole: int, preview: int
) -> None:
    history = open_history(keep_text=keep)
    history.end(ended("a", text="secret", text_preview="visible")).wait()
    assert len(found(history, text="secret")) == whole
    assert len(found(history, text="visible")) == preview
    bare = open_history(keep_text="none")
    bare.end(ended("b", text="secret", text_preview="visible", voice_source="one")).wait()
    assert "b" not in found(bare, text="secret") + found(bare, text="visible")
    assert "b" in found(bare, text="one")
    assert query(url, "SELECT search FROM requests WHERE request_id = 'b'") == [("one",)]


def test_pages_do_not_overlap(open_history: Open) -> None:
    history = open_history()
    moment = time.time()
    for i in range(25):  # five at the same moment each
        history.end(ended(f"r{i:02}", end_time=moment + i // 5, start_time=moment))
    pages, before = [], ""
    while page := history.search(Query(before=before), 7):
        pages.append([r.request_id for r in page])
        assert page[-1].end_time is not None
        before = cursor(page[-1].end_time, page[-1].request_id)
        history.end(ended(f"new{len(pages)}", end_time=moment + 99, start_time=moment)).wait()
    assert [len(p) for p in pages] == [7, 7, 7, 4]
    assert [name for page in pages for name in page] == [f"r{i:02}" for i in reversed(range(25))]
    for broken in ("x", "1~", "~a", "nan", "1.5"):
        with pytest.raises(ValidationError, match="before must be the cursor"):
            history.search(Query(before=broken), 5)


def test_each_sees_and_deletes_their_own(open_history: Open, url: str) -> None:
    history = open_history()
    for name, owner in (("a", "anna"), ("b", "ben"), ("c", ""), ("d", "anna")):
        history.end(ended(name, owner=owner))
    history.begin(live("running", owner="anna")).wait()
    assert sorted(found(history)) == ["a", "b", "c", "d"]
    assert sorted(found(history, owner="anna")) == ["a", "d"]
    assert found(history, owner="") == []
    assert {r.request_id for r in history.recent(9, "ben")} == {"b"}
    assert history.find("a", "ben") is history.find("c", "") is None
    assert history.find("a", "anna") is not None
    assert not history.delete("a", "ben")
    assert not history.delete("c", "")
    assert not history.delete("running", "anna")  # it has not ended
    assert history.delete("a", "anna")
    assert not history.delete("a", "anna")
    assert (history.clear(""), history.clear("anna")) == (0, 1)
    assert sorted(found(history)) == ["b", "c"]
    assert history.delete("c")
    assert history.clear() == 1
    assert history.total_requests() == 4
    assert query(url, "SELECT request_id FROM requests") == [("running",)]


def test_found_while_nothing_can_be_written(open_history: Open) -> None:
    history = open_history(url="sqlite:////dev/null/history.sqlite3")
    for i in range(5):
        history.end(at(f"r{i}", 10 - i, owner="anna" if i % 2 else "ben", text_preview=f"Nr. {i}"))
    history.end(at("x", 1)).wait()
    assert history.error is not None
    assert found(history) == ["x", "r4", "r3", "r2", "r1", "r0"]
    assert found(history, owner="anna") == ["r3", "r1"]
    assert found(history, text="nr. 2") == ["r2"]
    (last,) = history.search(Query(owner="ben"), 1)
    assert last.end_time is not None
    assert found(history, owner="ben", before=cursor(last.end_time, "r4")) == ["r2", "r0"]
    assert history.series("hour")["engines"] == {}


def test_the_version_changes_with_what_is_found(open_history: Open) -> None:
    history = open_history()
    versions = [history.version]
    history.end(ended("a")).wait()
    found(history)
    versions.append(history.version)
    history.end(ended("b")).wait()
    found(history)
    versions.append(history.version)
    history.delete("a")
    versions.append(history.version)
    assert len(set(versions)) == 4
    history.delete("a")
    found(history)
    assert history.version == versions[-1]


HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '"=1"', "fine, really\nyes")


def test_export(open_history: Open) -> None:
    history = open_history(keep_text="full")
    for i, words in enumerate(HOSTILE):
        name = f"r{i}"
        history.end(at(name, 100 - i, text=words, text_preview="p", voice_source=words))
    fault = "=cmd|' /C calc'!A0"
    history.end(
        at("bad", 1, status=Status.ERROR, error_message=fault, error_type="worker_died")
    ).wait()
    every = list(history.every(Query()))
    rows = list(csv.DictReader(io.StringIO("".join(as_csv(every)), newline="")))
    assert len(rows) == len(HOSTILE) + 1
    assert rows[0]["error_message"] == "'" + fault
    for words, row in zip(HOSTILE, rows[:0:-1], strict=True):
        harmless = words[0] not in "=+-@\t\r＝"
        assert row["text"] == row["voice"] == (words if harmless else f"'{words}")
    assert rows[0]["started"].endswith("+00:00")
    entries = json.loads("".join(as_json(every)))
    assert [e["text"] for e in entries[:0:-1]] == list(HOSTILE)
    assert entries[0]["error"] == {"message": fault, "type": "worker_died"}
    assert json.loads("".join(as_json([]))) == []
    assert len(list(csv.reader(as_csv([])))) == 1


def test_all_of_many_are_exported_once(open_history: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tts_core.stats.history.PAGE", 10)
    history = open_history()
    for i in range(35):
        history.end(at(f"r{i}", i, owner=str(i % 2)))
    history.recent(1)
    names = [r.request_id for r in history.every(Query(owner="1"))]
    assert names == [f"r{i}" for i in range(1, 35, 2)]


def test_migration_from_version_2(open_history: Open, url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for step in MIGRATIONS[:2]:
            step(connection)
        connection.execute(text("INSERT INTO schema_version VALUES (2)"))
        for i, whole in enumerate(("", "Ganz Groß")):
            connection.execute(
                text(
                    f"INSERT INTO requests VALUES ('r{i}', 'p', 'test', 'completed', 'espeak',"
                    f" 'en', 'one', 10, 'Früher', '{whole}', '{{}}', NULL, 1, 998.0, {1000 + i},"
                    " 0.5, 1.0, 4.0, '', '')"
                )
            )
        connection.execute(
            text("INSERT INTO tallies VALUES (0, 0, 'espeak', 'completed', '', 7, 70, 1, 4, 2)")
        )
    engine.dispose()
    history = open_history(days=0)
    assert found(history, text="früher ONE") == ["r0"]
    assert found(history, text="gross") == ["r1"]
    assert found(history, owner="") == []
    history.end(ended("new", engine="espeak", cached=2)).wait()
    tally = history.sums()["all"]["espeak"]
    assert (tally.requests, tally.chunks, tally.cached) == (8, 3, 2)
