"""The Engines tab: which engines are ready, what the others need, and downloads of weights."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from tts_core.errors import DownloadError, TTSError
from tts_core.service import SpeechService
from tts_core.services.engines import EngineStatus
from tts_core.voices.lookup import base
from tts_core.web.ui.assets import call, template
from tts_core.web.ui.player.stream import ERROR_TITLE
from tts_core.web.ui.texts import Texts, texts_of

Said = tuple[str, dict[str, object]]
"""A text for the scripts, which know the language: its key and its values."""
_ABILITIES = ("cloning", "voice_match", "word_times", "blending")


def build_engines(service: SpeechService) -> None:
    """Draw the tab and connect its buttons. It polls for updates only while it is visible."""
    board = gr.HTML(
        None,
        html_template=template("engines.html"),
        # Gradio finds custom events by their quoted names in this source.
        js_on_load=call("mountEngines(element, trigger)") + "/* 'engine_request' */",
        apply_default_css=False,
        elem_id="engine-board",
    )

    def engine_request(event: gr.EventData, request: gr.Request) -> None:
        handle_engine_request(service, event._data, texts_of(request))

    options: dict[str, Any] = {
        "api_visibility": "private",
        "show_progress": "hidden",
        "trigger_mode": "multiple",
    }
    board.engine_request(engine_request, None, None, **options)


def handle_engine_request(service: SpeechService, data: Mapping[str, Any], texts: Texts) -> None:
    """Apply the action of a card's button: "download" or "cancel" the weights `name`.

    An error is shown as a toast.
    """
    name = str(data.get("name", ""))[:100]
    try:
        if data.get("action") == "cancel":
            service.engines.cancel_download(name)
        else:
            service.engines.download(name, accept=data.get("accept") is True)
    except TTSError as error:
        gr.Warning(html.escape(texts.failure(error)), title=ERROR_TITLE)


def engine_cards(service: SpeechService, *, visitor: bool = False) -> list[dict[str, Any]]:
    """Return the contents of the cards: engines that are ready first, the best of them first.

    `visitor`: without commands and variables, which only those can use who run the server.
    """
    engines = sorted(service.engines.all(), key=lambda engine: not engine.ready)
    cards = [_card(service, engine) for engine in engines]
    if visitor:
        for card in cards:
            card["reason"] = _for_visitors(card["reason"])
    return cards


def translated_cards(cards: Sequence[dict[str, Any]], texts: Texts) -> list[dict[str, Any]]:
    """Return the cards with what the engines say of themselves in the language of the page."""
    return [
        {
            **card,
            "licence": texts.said(card["licence"]),
            "reason": texts.said(card["reason"]),
            "weights": [_translated_weights(weights, texts) for weights in card["weights"]],
        }
        for card in cards
    ]


def _translated_weights(weights: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    said: dict[str, Any] = {name: texts.said(weights[name]) for name in ("licence", "note")}
    if (download := weights["download"]) and download["error"]:
        error = texts.failure(DownloadError(download["error"]))
        said["download"] = {**download, "error": error}
    return {**weights, **said, "label": _translated_label(weights["label"], texts)}


def _translated_label(label: str, texts: Texts) -> str:
    """Return a title as a whole, or its parts: "Englisch, kann klonen"."""
    found = texts.said(label)
    if found == label:
        found = texts.comma.join(texts.said(part) for part in label.split(", "))
    return found[:1].upper() + found[1:]


def _for_visitors(reason: str) -> str:
    """Return the sentences of a reason that name no command, variable or folder."""
    sentences = re.split(r"(?<=[.!]) ", reason)
    return " ".join(s for s in sentences if not re.search(r"`|[A-Z]+_[A-Z]|\S/\S", s))


def _card(service: SpeechService, engine: EngineStatus) -> dict[str, Any]:
    badge, tone = _badge(engine)
    info = service.engines.info(engine.name)
    voices, brought = len(info.voices), Counter(info.downloadable_voices.values())
    languages = {base(language.code) for language in engine.languages}
    facts: list[Said] = [("engines.voices", {"count": voices})] if voices > 1 else []
    if languages:
        facts.append(("engines.languages", {"count": len(languages)}))
    facts += [(f"engines.{a}", {}) for a in _ABILITIES if a in engine.abilities]
    return {
        "name": engine.name,
        "label": engine.label,
        "badge": badge,
        "tone": tone,
        "facts": facts,
        "licence": engine.licence,
        "reason": ""
        if tone == "busy"
        else engine.reason or engine.trouble or engine.not_preferred or "",
        "weights": [
            {**w, "label": _title(w["label"], engine.label), "voices": brought[w["name"]]}
            for w in engine.weights
        ],
        "ready": engine.ready,
    }


def _title(weights: str, engine: str) -> str:
    """Return the title without the engine's name: "Multilingual" for "Chatterbox, multilingual"."""
    title = weights.removeprefix(f"{engine}, ")
    return title[:1].upper() + title[1:]


def _badge(engine: EngineStatus) -> tuple[Said, str]:
    """Return an engine's state in two or three words, and its tone: good, busy, off or bad."""
    if engine.ready:
        if engine.trouble:
            return ("badge.failed", {}), "bad"
        if engine.state in ("speaking", "loading"):
            return (f"badge.{engine.state}", {}), "busy"
        return ("badge.ready", {}), "good"
    reason = str(engine.reason).casefold()
    downloads = {w["download"]["state"] for w in engine.weights if w["download"]}
    if downloads & {"waiting", "downloading", "checking"}:
        return ("badge.downloading", {}), "busy"
    if "not installed" in reason:
        return ("badge.not_installed", {}), "off"
    if engine.download_bytes:
        return ("badge.needs", {"size_bytes": engine.download_bytes}), "off"
    if "api_key" in reason:
        return ("badge.key", {}), "off"
    return ("badge.not_ready", {}), "off"
