"""The tab that shows what is happening and what has happened."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from tts_core.service import SpeechService
from tts_core.web.ui.assets import call, template
from tts_core.web.ui.engines import answer_engine_request, engine_cards

HISTORY_ROWS = 30
_SHOWN = ("request_id", "status", "start_time", "duration_seconds", "text_preview", "door")


def build_status(service: SpeechService, tab: gr.Tab, others: Sequence[gr.Tab]) -> None:
    """Draw the tab; it asks for news once a second while it is the one that is shown."""
    board = gr.HTML(
        None,
        html_template=template("status.html"),
        # Gradio finds the events by their quoted names.
        js_on_load=call("mountStatus(element, props, watch, trigger)")
        + "/* 'stop_request' 'engine_request' */",
        apply_default_css=False,
        elem_id="status-board",
    )
    timer = gr.Timer(1.0, active=False)

    def look() -> dict[str, str]:
        return snapshot(service)

    def show() -> tuple[gr.Timer, dict[str, str]]:
        return gr.Timer(active=True), snapshot(service)

    def stop_request(event: gr.EventData) -> dict[str, str]:
        service.cancel(str(event._data.get("request_id", "")))
        return snapshot(service)

    def engine_request(event: gr.EventData) -> dict[str, str]:
        answer_engine_request(service, event._data)
        return snapshot(service)

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    timer.tick(look, None, [board], **quiet)
    tab.select(show, None, [timer, board], **quiet)
    for other in others:
        other.select(lambda: gr.Timer(active=False), None, [timer], **quiet)
    board.stop_request(stop_request, None, [board], **quiet)
    board.engine_request(engine_request, None, [board], trigger_mode="multiple", **quiet)


def snapshot(service: SpeechService) -> dict[str, str]:
    """The board's value. JSON in a string: its texts are data, and are shown as such."""
    voices = {voice["id"]: voice["name"] for voice in service.voices()}
    engines = {info.name: info.label for info in service.registry.infos.values()}

    def row(record: dict[str, Any]) -> dict[str, Any]:
        return {name: record[name] for name in _SHOWN} | {
            "engine": engines.get(record["engine"], record["engine"]),
            "voice": voices.get(record["voice_source"], record["voice_source"]),
            "audio_seconds": record.get("audio_seconds"),
            "error": record.get("error", {}).get("message", ""),
            "fallback": _fallback(record["fallback"], engines),
            "progress": record.get("progress"),
            "position": record.get("queue_position", 0),
        }

    news = {
        "engines": engine_cards(service),
        "statistics": service.report.statistics(),
        "active": [row(record) for record in service.report.status()["active_requests"]],
        "history": [row(r) for r in service.report.history(HISTORY_ROWS)["request_history"]],
    }
    return {"json": json.dumps(news, separators=(",", ":"))}


def _fallback(fallback: Mapping[str, str] | None, labels: Mapping[str, str]) -> str:
    """That another engine had to go on, in a sentence; "" when none had."""
    if fallback is None:
        return ""
    wanted, spoke = (labels.get(fallback[key], fallback[key]) for key in ("from", "to"))
    return f"{spoke} spoke instead of {wanted}: {fallback['reason']}"
