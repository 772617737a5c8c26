"""The history on both databases: no request is lost or counted twice."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import pytest

from tests.stats.conftest import Open, ended, live, query
from tts_core.errors import GenerationError
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.live import LiveRequests, Status
from tts_core.stats.report import Report
from tts_core.stats.store import SILENT_SECONDS


def test_a_record_comes_back_as_it_was(open_history: Open, url: str) -> None:
    fallback = {"from": "xtts", "to": "espeak", "reason": "„out of memory“"}
    request = live("a", text="Grüße \x00\ud800👍🏽", fallback=fallback, parameters={"x": [1, None]})
    first = open_history(keep_text="full")
    first.begin(request)
    request.time_to_first_audio_seconds, request.audio_seconds = 0.25, 4.5
    request.chunks, request.generation_seconds = 3, 1.5
    request.fail(GenerationError("It broke\x00."))
    first.end(HistoryEntry.of(request)).wait()
    assert query(url, "SELECT count(*) FROM requests WHERE end_time IS NOT NULL") == [(1,)]
    first.close()
    history = open_history()
    found = history.find("a")
    assert found is not None
    assert (found.text, found.error_message) == ("Grüße \ufffd?👍🏽", "It broke\ufffd.")
    compared = {f.name for f in fields(HistoryEntry)} - {"text", "error_message"}
    for name in compared:
        assert getattr(found, name) == getattr(request, name), name
    assert [r.request_id for r in history.recent(5)] == ["a"]
    assert history.find("b") is None


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("keep", "preview", "text"),
    [
        ("full", "Text of a", "Text of a, all of it"),
        ("preview", "Text of a", ""),
        ("none", "", ""),
    ],
)
def test_what_is_kept_of_a_text(
    open_history: Open, url: str, keep: str, preview: str, text: str
) -> None:
    history = open_history(keep_text=keep)
    history.end(ended("a")).wait()
    assert query(url, "SELECT text_preview, text FROM requests") == [(preview, text)]


def test_sixteen_at_once_on_two_histories(open_history: Open, url: str) -> None:
    """Two histories stand for two processes; each end is on disk when `wait` returns."""
    pair = [open_history(), open_history()]

    def speak(n: int) -> None:
        for i in range(5):
            request = live(f"{n}-{i}", engine=("a", "b")[n % 2])
            pair[n % 2].begin(request)
            request.audio_seconds, request.time_to_first_audio_seconds = 2.0, 0.1
            request.end(Status.COMPLETED if i else Status.CANCELLED)
            pair[n % 2].end(HistoryEntry.of(request)).wait()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(speak, range(16)))
    rows = query(
        url, "SELECT status, count(*), count(DISTINCT request_id) FROM requests GROUP BY 1"
    )
    assert sorted(rows) == [("cancelled", 16, 16), ("completed", 64, 64)]
    sums = pair[0].sums()
    for window in sums.values():
        assert {e: (t.completed, t.cancelled) for e, t in window.items()} == {
            "a": (32, 8),
            "b": (32, 8),
        }
        assert window["a"].audio_seconds == pytest.approx(64)
    assert pair[1].total_requests() == 80


def test_an_end_that_is_written_twice_counts_once(open_history: Open) -> None:
    """This happens when the connection breaks before the commit is confirmed."""
    history = open_history()
    history.end(ended("a")).wait()
    history.end(ended("a", text_length=99)).wait()
    (only,) = history.recent(5)
    assert only.text_length == 10
    assert history.total_requests() == 1


def test_statistics(open_history: Open) -> None:
    history = open_history()
    for i in range(20):
        first = 0.1 * (i + 1)
        history.end(ended(f"a{i}", engine="a", text_length=20, time_to_first_audio_seconds=first))
    history.end(ended("b", Status.ERROR, engine="b", error_type="worker_died"))
    history.end(ended("c", Status.CANCELLED, engine="b", time_to_first_audio_seconds=None))
    history.end(ended("d", Status.ERROR, engine="", error_type="not_found"))
    two_hours = time.time() - 7200
    history.end(ended("e", engine="old", start_time=two_hours - 4, end_time=two_hours))
    two_days = time.time() - 2 * 86_400
    history.end(ended("f", engine="old", start_time=two_days - 4, end_time=two_days))
    answer = Report(LiveRequests(), history).statistics()
    assert answer["total_requests"] == 25
    assert answer["completed_requests"] == 22
    assert answer["error_requests"] == 2
    assert answer["cancelled_requests"] == 1
    assert answer["errors_by_type"] == {"worker_died": 1, "not_found": 1}
    assert (answer["success_rate"], answer["error_rate"]) == (91.7, 8.3)
    assert answer["average_text_length"] == pytest.approx((20 * 20 + 5 * 10) / 25)
    assert answer["average_duration_seconds"] == pytest.approx((20 * 2 + 8) / 22, abs=1e-3)
    assert answer["real_time_factor"] == 0.5
    assert answer["engines"].keys() == {"a", "b", "old"}
    of_a = answer["engines"]["a"]
    assert of_a["median_first_audio_seconds"] == pytest.approx(1.0, rel=0.021)
    assert of_a["p95_first_audio_seconds"] == pytest.approx(1.9, rel=0.021)
    assert answer["engines"]["b"]["success_rate"] == 0.0
    assert answer["windows"]["hour"]["total_requests"] == 23
    assert answer["windows"]["day"]["total_requests"] == 24
    assert answer["windows"]["day"]["engines"]["old"]["completed_requests"] == 1
    assert "windows" not in answer["windows"]["hour"]
    assert answer["history_error"] is None


def test_nothing_yet(open_history: Open) -> None:
    answer = Report(LiveRequests(), open_history()).statistics()
    assert (answer["total_requests"], answer["success_rate"], answer["engines"]) == (0, 0.0, {})
    assert answer["median_first_audio_seconds"] is None
    assert answer["real_time_factor"] == 0.0


def test_retention_by_count_leaves_the_sums(open_history: Open, url: str) -> None:
    history = open_history(limit=3)
    now = time.time()
    for i in range(8):
        history.end(ended(f"r{i}", end_time=now + i, start_time=now)).wait()
    history.begin(live("running"))
    history.close()
    history = open_history(limit=3)
    assert [r.request_id for r in history.recent(50)] == ["r7", "r6", "r5"]
    assert history.total_requests() >= 8


def test_retention_by_age(open_history: Open, url: str) -> None:
    history = open_history(days=0)
    long_ago = time.time() - 40 * 86_400
    history.end(ended("old", start_time=long_ago, end_time=long_ago))
    history.end(ended("new")).wait()
    assert len(history.recent(5)) == 2
    history.close()
    history = open_history(days=30)
    history.recent(1)
    wait_for_query(url, "SELECT request_id FROM requests", [("new",)])
    assert history.total_requests() == 2
    assert query(
        url, f"SELECT count(*) FROM tallies WHERE span <> 0 AND minute < {int(long_ago // 60) + 60}"
    ) == [(0,)]


def test_clear_leaves_the_sums_and_the_running(open_history: Open, url: str) -> None:
    history = open_history()
    history.begin(live("running"))
    for i in range(4):
        history.end(ended(f"r{i}"))
    assert history.clear() == 4
    assert history.recent(5) == []
    assert history.total_requests() == 4
    assert query(url, "SELECT request_id, status FROM requests") == [("running", "running")]


def wait_for_query(url: str, sql: str, wanted: list[tuple[object, ...]]) -> None:
    deadline = time.monotonic() + 5
    while (found := query(url, sql)) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.01)


def adopt(url: str, process: str, host: str, pid: int, started: float, seen: float) -> None:
    """Assign the running requests to another process."""
    query(url, f"INSERT INTO processes VALUES ('{process}', '{host}', {pid}, {started}, {seen})")
    query(url, f"UPDATE requests SET process = '{process}' WHERE end_time IS NULL")


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("host", "pid", "silence", "interrupted"),
    [
        ("", 2**22 + 1, 0, True),  # no such process here
        ("", 1, 0, True),  # another process by now: its start differs
        ("elsewhere", 1, SILENT_SECONDS / 2, False),
        ("elsewhere", 1, SILENT_SECONDS * 2, True),
    ],
)
def test_requests_of_dead_processes(
    open_history: Open, url: str, host: str, pid: int, silence: float, interrupted: bool
) -> None:
    first = open_history()
    lost = live("lost")
    first.begin(lost)
    first.recent(1)  # waits until it is written
    ((here,),) = query(url, "SELECT host FROM processes")
    adopt(url, "other", host or str(here), pid, 1.0, time.time() - silence)
    second = open_history()
    own = live("own")
    second.begin(own)
    second.end(ended("done")).wait()
    found = {r.request_id: r for r in second.recent(5)}
    assert ("lost" in found) is interrupted
    assert "own" not in found
    if interrupted:
        assert found["lost"].status is Status.INTERRUPTED
        assert second.sums()["all"]["scripted"].interrupted == 1
        # It was only slow, and now it ends: that counts, the other not.
        lost.end(Status.COMPLETED)
        first.end(HistoryEntry.of(lost)).wait()
        tally = second.sums()["all"]["scripted"]
        assert (tally.requests, tally.completed, tally.interrupted) == (2, 2, 0)


def test_living_processes_keep_their_requests(open_history: Open, url: str) -> None:
    first = open_history()
    first.begin(live("mine"))
    first.recent(1)  # waits until it is written
    second = open_history()
    second.end(ended("other")).wait()
    assert [r.request_id for r in second.recent(5)] == ["other"]
