"""The status document's routes, as a client written from that document alone uses them."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tts_core.stats.request_log import JsonFormatter
from tts_core.validation import speech_request
from tts_core.web.app import App

TWELVE = " ".join(f"This is sentence number {n} of twelve." for n in range(1, 13))
ORDER = [
    "initializing",
    "processing_text",
    "chunking",
    "generating_audio",
    "concatenating",
    "finalizing",
    "completed",
]
ALIASES = {
    "/status": ["/v1/status", "/processing", "/processing/status"],
    "/status/progress": ["/v1/status/progress", "/progress"],
    "/status/history": ["/v1/status/history", "/history"],
    "/status/statistics": ["/v1/status/statistics", "/stats"],
    "/info": ["/v1/info", "/api/info"],
}


@pytest.fixture(scope="module")
def http(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url) as client:
        yield client


def scripted(app: App, text: str = TWELVE, **options: object) -> dict[str, object]:
    request = speech_request(text=text, engine="scripted", options=options)
    return app.service.synthesize(request)[1].as_dict()


def test_twelve_chunks_polled(app: App, http: httpx.Client) -> None:
    """As the document's React hook does, only faster; the scripted engine takes its time."""
    work = threading.Thread(target=scripted, args=(app,), kwargs={"step_seconds": 0.03})
    seen: list[dict[str, object]] = []
    work.start()
    while work.is_alive():
        seen.append(http.get("/status/progress").json())
        time.sleep(0.03)
    busy = [p for p in seen if p["is_processing"]]
    states = [str(p["status"]) for p in busy]
    assert [ORDER.index(s) for s in states] == sorted(ORDER.index(s) for s in states)
    assert {p["total_chunks"] for p in busy if p["status"] == "generating_audio"} == {12}
    percentages = [p["progress_percentage"] for p in busy]
    assert percentages == sorted(percentages)
    assert len(set(percentages)) >= 10
    assert max(percentages) > 90
    for name in ("current_step", "duration_seconds", "estimated_completion", "text_preview"):
        assert name in busy[0]
    after = http.get("/status/progress").json()
    assert after == {
        "is_processing": False,
        "status": "idle",
        "message": "No active TTS requests",
    }


def test_the_final_record_is_the_live_one(app: App, http: httpx.Client) -> None:
    work = threading.Thread(target=scripted, args=(app,), kwargs={"step_seconds": 0.02})
    work.start()
    live: dict[str, object] = {}
    while work.is_alive():
        answer = http.get("/status").json()
        if answer["is_processing"] and answer["status"] == "generating_audio":
            live = answer
    ended = http.get("/status/history", params={"limit": 1}).json()["request_history"][0]
    assert ended["status"] == "completed"
    assert ended["end_time"] >= ended["start_time"]
    for name in ("request_id", "start_time", "text_length", "text_preview", "voice_source"):
        assert ended[name] == live[name]
    assert ended["parameters"] == live["parameters"]
    assert live["active_requests"][0]["request_id"] == live["request_id"]


def test_documented_fields(app: App, http: httpx.Client) -> None:
    scripted(app, "Hello.")
    wanted = {"include_memory": True, "include_history": True, "include_stats": True}
    status = http.get("/status", params=wanted).json()
    assert status["memory"]["cpu_memory_mb"] > 0
    assert len(status["request_history"]) <= 5
    statistics = http.get("/status/statistics", params={"include_memory": True}).json()
    for name in (
        "total_requests",
        "completed_requests",
        "error_requests",
        "success_rate",
        "average_duration_seconds",
        "average_text_length",
        "is_processing",
        "current_memory",
    ):
        assert name in statistics
    assert status["statistics"]["total_requests"] == statistics["total_requests"]
    info = http.get("/info").json()
    assert info["status"] == "operational"
    assert info["uptime_info"]["total_requests"] == statistics["total_requests"]
    assert len(info["recent_requests"]) <= 3
    assert info["tts_status"]["status"] == "idle"
    assert info["memory_info"]["cpu_memory_mb"] > 0


@pytest.mark.parametrize("path", ALIASES)
def test_aliases(http: httpx.Client, path: str) -> None:
    primary = http.get(path)
    assert primary.status_code == 200
    for alias in ALIASES[path]:
        answer = http.get(alias)
        assert answer.status_code == 200
        assert answer.json().keys() == primary.json().keys()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/status?history_limit=0", "history_limit"),
        ("/status?history_limit=21", "history_limit"),
        ("/status?include_memory=perhaps", "include_memory"),
        ("/status/history?limit=0", "limit"),
        ("/status/history?limit=51", "limit"),
        ("/status/history?limit=ten", "limit"),
        ("/history?limit=1e9", "limit"),
        ("/stats?include_memory=%00", "include_memory"),
    ],
)
def test_out_of_range(http: httpx.Client, path: str, field: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "validation_error"
    assert error["message"].startswith(field)


def test_clearing(app: App, http: httpx.Client) -> None:
    app.service.history.clear()
    scripted(app, "Hello.")
    before = http.get("/status/statistics").json()
    refused = http.post("/status/history/clear")
    assert refused.status_code == 400
    assert "confirm=true" in refused.json()["error"]["message"]
    assert http.get("/status/history").json()["total_records"] == 1
    cleared = http.post("/status/history/clear", params={"confirm": "true"})
    assert cleared.json()["cleared_records"] == 1
    assert http.get("/status/history").json()["total_records"] == 0
    assert http.get("/status/statistics").json()["total_requests"] == before["total_requests"] > 0


def test_a_page_of_the_history_is_made_once_for_all(
    app: App, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.service.history.clear()
    searched: list[tuple[object, ...]] = []
    search = app.service.history.search

    def counted(*what: Any) -> Any:
        searched.append(what)
        return search(*what)

    monkeypatch.setattr(app.service.history, "search", counted)

    def texts(**asked: object) -> list[str]:
        answer = http.get("/status/history/search", params=asked).raise_for_status()
        return [record["text_preview"] for record in answer.json()["records"]]

    began = time.monotonic()
    for number in range(1, 4):  # what has changed is seen at once
        scripted(app, f"Text {number}.")
        assert texts()[0] == f"Text {number}."
    assert [texts(limit=2) for _ in range(20)] == [["Text 3.", "Text 2."]] * 20
    assert texts(text="text 1") == ["Text 1."]
    # Of 24 questions 5 are new; sound that is kept later, and each second, make some anew.
    assert len(searched) <= 5 + 3 + 1 + (time.monotonic() - began)
    assert http.post("/status/history/clear?confirm=true").json()["cleared_records"] == 3
    assert texts() == []


def metric_samples(text: str) -> dict[tuple[Any, ...], float]:
    """Values by name and labels."""
    families = text_string_to_metric_families(text)
    return {(s.name, *sorted(s.labels.items())): s.value for f in families for s in f.samples}


def test_metrics(app: App, http: httpx.Client) -> None:
    before = metric_samples(http.get("/metrics").text)
    scripted(app, "Hello there. And again.")
    with pytest.raises(Exception, match="boom"):
        scripted(app, "Hello.", fail="boom")
    answer = http.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    samples = metric_samples(answer.text)
    scripted_engine = ("engine", "scripted")
    outcome = [v for k, v in samples.items() if k[0] == "aloud_requests_total"]
    assert sum(outcome) == http.get("/stats").json()["total_requests"]
    assert samples["aloud_errors_total", scripted_engine, ("type", "generation_error")] >= 1
    for name, more in (("time_to_first_audio", 1), ("queue", 2)):  # one failed before it spoke
        count = (f"aloud_{name}_seconds_count", scripted_engine)
        assert samples[count] == before.get(count, 0) + more
    assert samples["aloud_audio_seconds_total", scripted_engine] > 0
    assert samples["aloud_requests_active",] == 0
    assert samples["aloud_history_in_order",] == 1
    assert samples["aloud_memory_bytes", ("part", "app")] > 1e7


def test_log_lines(app: App, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "aloud.requests")
    info = scripted(app, "Hello <b>there</b>.\nAgain.")
    with pytest.raises(Exception, match="boom"):
        scripted(app, "Hello.", fail="boom")
    lines = [json.loads(JsonFormatter().format(r)) for r in caplog.records if "facts" in vars(r)]
    accepted, ended, _, failed = lines
    assert accepted["event"] == "accepted"
    assert ended["event"] == "ended"
    assert accepted["request_id"] == ended["request_id"] == info["request_id"]
    assert ended["audio_seconds"] == pytest.approx(info["duration_seconds"], abs=0.001)
    assert ended["queue_seconds"] <= ended["first_audio_seconds"] <= ended["duration_seconds"]
    assert ended["text"] == "Hello there. Again."
    assert (failed["error_type"], failed["status"]) == ("generation_error", "error")
    assert failed["logger"] == "aloud.requests"
