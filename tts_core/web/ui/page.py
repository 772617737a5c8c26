"""The shell: header, tabs, player. One file for each tab beside it."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from tts_core.service import SpeechService
from tts_core.web.ui.assets import call, head, template
from tts_core.web.ui.clone import build_clone
from tts_core.web.ui.player import build_player
from tts_core.web.ui.player_events import TabState
from tts_core.web.ui.speak import PRIVATE, build_speak
from tts_core.web.ui.speak_again import connect_recall
from tts_core.web.ui.status import build_status
from tts_core.web.ui.theme import Studio


def build_page(service: SpeechService, demo: gr.Blocks) -> None:
    """Everything a visitor sees. Called inside `demo`."""
    tab_state = gr.State(TabState())
    header = gr.HTML(
        _pills(service),
        html_template=template("header.html"),
        js_on_load=call("mountHeader(element, props, watch)"),
        apply_default_css=False,
        elem_id="aloud-header",
    )
    with gr.Tabs(elem_id="aloud-tabs") as tabs:
        with gr.Tab("Speak", id="speak") as speak_tab:
            speak = build_speak(service)
        with gr.Tab("Clone a voice", id="clone") as clone_tab:
            clone = build_clone(service)
        with gr.Tab("Status & history", id="status"):
            board = build_status(service)
    player = build_player(service, tab_state)
    speak.connect(tab_state, player)
    clone.connect(tab_state, player, clone_tab, tabs, speak)
    connect_recall(board, service, tabs, speak)
    demo.load(None, None, None, js="() => { aloud.mountFineTuning(); }")
    # What is ready changes while the page is open, and since it was built.
    seen = (demo.load, speak_tab.select)
    speak.keep_current(*seen)
    for event in seen:
        event(lambda: _pills(service), None, [header], **PRIVATE)


def page_options() -> dict[str, Any]:
    """What `launch` is told about the page's looks."""
    return {
        "theme": Studio(),
        "head": head(),
        "footer_links": ["api", "settings"],
    }


def _pills(service: SpeechService) -> dict[str, str]:
    registry = service.registry
    names = [*registry.ready(), *(n for n in registry.infos if registry.unavailable(n))]
    engines = [
        {"label": registry.info(n).label, "ready": not reason, "reason": reason or ""}
        for n in names
        for reason in [registry.unavailable(n)]
    ]
    return {"json": json.dumps(engines, separators=(",", ":"))}
