"""Results that nobody fetches are few and do not stay."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from gradio.server_messages import HeartbeatMessage
from gradio_client import Client

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tts_core.web import unread
from tts_core.web.app import App

pytestmark = pytest.mark.live

SENTENCE = "Nobody listens to this sentence, which is one of a great many. "
TEXT = SENTENCE * 150
OPTIONS = ["default", "scripted", "auto", 1, 1, "wav", -1, "{}"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    limits = {"max_concurrency": 8, "queue_limit": 20, "buffer_seconds": 4}
    folder = tmp_path_factory.mktemp("data")
    with running_app(folder, SCRIPTED, runner="inline", **limits) as app:
        yield app


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unread, "PATIENCE_SECONDS", 0.7)
    monkeypatch.setattr(unread, "SWEEP_SECONDS", 0.1)


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def post(app: App, name: str, data: list[Any], **more: Any) -> httpx.Response:
    return httpx.post(f"{app.url}gradio_api/call/{name}", json={"data": data, **more})


def messages(app: App) -> int:
    """How many wait for readers."""
    boxes = list(app.demo._queue.pending_messages_per_session.values())
    return sum(box.qsize() for box in boxes)


def nothing_is_kept(app: App) -> bool:
    queue = app.demo._queue
    sessions = queue.pending_messages_per_session, queue.pending_event_ids_session
    return not any(sessions) and not queue.event_ids_to_events


def test_a_stream_that_nobody_reads_is_not_made_and_not_kept(app: App) -> None:
    for _ in range(3):
        assert post(app, "stream", [TEXT, *OPTIONS]).status_code == 200
    most = 0
    wait_for(lambda: len(app.service.active()) == 3)
    deadline = time.monotonic() + 10
    while app.service.active():
        assert time.monotonic() < deadline, "the streams are not ended"
        most = max(most, messages(app))
        time.sleep(0.005)
    assert most <= 3 * 4
    wait_for(lambda: nothing_is_kept(app))


def test_a_page_that_has_gone_leaves_nothing_behind(app: App) -> None:
    stream = next(i for i, fn in app.demo.fns.items() if fn.api_name == "stream")
    event = {"data": [TEXT, *OPTIONS], "fn_index": stream, "session_hash": "gone"}
    assert httpx.post(f"{app.url}gradio_api/queue/join", json=event).status_code == 200
    wait_for(lambda: bool(app.service.active()))
    wait_for(lambda: not app.service.active())
    wait_for(lambda: nothing_is_kept(app))


def test_single_answers_that_nobody_fetches_do_not_stay(app: App) -> None:
    for _ in range(10):
        assert post(app, "list_engines", []).status_code == 200
    wait_for(lambda: messages(app) > 0)
    wait_for(lambda: nothing_is_kept(app))


def test_single_answers_that_nobody_fetches_are_bounded_in_number(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "MOST_IN_ALL", 12)
    most = 0
    for _ in range(30):
        post(app, "list_engines", [])
        most = max(most, messages(app))
    assert 0 < most < 12 + 8  # and a few for those being worked on


def test_a_session_that_reads_nothing_gets_no_more(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "PATIENCE_SECONDS", 60)
    monkeypatch.setattr(unread, "MOST_IN_SESSION", 6)
    lists = next(i for i, fn in app.demo.fns.items() if fn.api_name == "list_engines")
    event = {"data": [], "fn_index": lists, "session_hash": "greedy"}
    statuses = [
        httpx.post(f"{app.url}gradio_api/queue/join", json=event).status_code for _ in range(20)
    ]
    assert statuses == [200] * 6 + [503] * 14


def test_unread_streams_do_not_keep_the_page_waiting(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take all places for events, and then give way."""
    monkeypatch.setattr(unread, "PATIENCE_SECONDS", 60)
    monkeypatch.setattr(unread, "GIVE_WAY_SECONDS", 0.2)
    for _ in range(8):
        assert post(app, "stream", [TEXT, *OPTIONS]).status_code == 200
    client = Client(app.url, verbose=False)
    client.predict("Hello.", engine="scripted", api_name="/synthesize")
    assert app.service.active()  # a quarter of the places may go on waiting
    monkeypatch.setattr(unread, "PATIENCE_SECONDS", 0.5)
    wait_for(lambda: not app.service.active())


def test_heartbeats_keep_no_session_that_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(unread, "time", SimpleNamespace(monotonic=lambda: now))

    async def still_seconds() -> list[float]:
        nonlocal now
        mailbox = unread.Mailbox()
        mailbox.put_nowait("a message")
        found = []
        for step in (lambda: mailbox.put_nowait(HeartbeatMessage()), mailbox.get_nowait):
            now += 15
            step()
            found.append(mailbox.still_seconds)
        return found

    assert asyncio.run(still_seconds()) == [15, 0]


def test_a_dropped_session_can_be_forgotten_again() -> None:
    async def forget() -> None:
        mailboxes = unread._Mailboxes(10)
        mailboxes["session"] = object()
        for _ in range(2):
            del mailboxes["session"]
        assert not mailboxes

    asyncio.run(forget())


def test_a_reader_that_comes_late_gets_everything(app: App) -> None:
    few = SENTENCE * 20
    event_id = post(app, "stream", [few, *OPTIONS]).json()["event_id"]
    time.sleep(0.3)
    assert len(app.service.active()) == 1
    found = httpx.get(f"{app.url}gradio_api/call/stream/{event_id}", timeout=20).text
    told = [json.loads(line[6:]) for line in found.splitlines() if line.startswith("data: [")]
    kinds = [data[0]["type"] for data in told if data]
    assert kinds[0] == "generation_started"
    assert kinds.count("audio_chunk") == 20
    assert "generation_complete" in kinds


def test_a_lost_session_is_told_and_is_no_error_of_the_server(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    answer = httpx.get(f"{app.url}gradio_api/queue/data?session_hash=nobody")
    assert answer.status_code == 200
    [line] = answer.text.strip().splitlines()
    assert json.loads(line.removeprefix("data: "))["session_not_found"] is True
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
