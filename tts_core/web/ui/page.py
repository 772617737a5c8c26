"""The page: header, tabs, player. Each tab has a module of its own."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from tts_core.service import SpeechService
from tts_core.web.ui.assets import call, template
from tts_core.web.ui.clone import build_clone
from tts_core.web.ui.drafts import keep_drafts
from tts_core.web.ui.engines import build_engines
from tts_core.web.ui.gallery.choosing import connect_gallery
from tts_core.web.ui.player.component import build_player
from tts_core.web.ui.player.tab_state import TabState
from tts_core.web.ui.refresh import refresh_choices
from tts_core.web.ui.speak import build_speak
from tts_core.web.ui.speak_again import connect_speak_again
from tts_core.web.ui.status import build_status
from tts_core.web.ui.studio.tab import build_studio
from tts_core.web.ui.texts import ui_text
from tts_core.web.ui.theme import Studio
from tts_core.web.ui.voice_card import PRIVATE


def build_page(service: SpeechService, demo: gr.Blocks) -> None:
    """Draw the whole page. Called inside `demo`."""
    tab_state = gr.State(TabState())
    header = gr.HTML(
        _engine_summary(service),
        html_template=template("header.html"),
        js_on_load=call("mountHeader(element, props, watch)")
        + call("mountApiPanel(element, props)"),
        apply_default_css=False,
        elem_id="aloud-header",
        needs_key=service.settings.closed,
    )
    with gr.Tabs(elem_id="aloud-tabs") as tabs:
        with gr.Tab(ui_text("tab.speak"), id="speak") as speak_tab:
            speak = build_speak(service)
        with gr.Tab(ui_text("tab.studio"), id="studio"):
            build_studio()
        with gr.Tab(ui_text("tab.clone"), id="clone") as clone_tab:
            clone = build_clone(service)
        with gr.Tab(ui_text("tab.history"), id="status"):
            status = build_status(service)
        with gr.Tab(ui_text("tab.engines"), id="engines"):
            build_engines(service)
    player = build_player(service, tab_state)
    speak.connect(tab_state, player)
    clone.connect(tab_state, player, clone_tab, tabs, speak)
    keep_drafts(speak, demo.load, speak_tab.select)
    demo.load(None, None, None, js="() => { aloud.mountFineTuning(); }")
    # Engines may have become ready or unavailable since the page was built.
    shown = (demo.load, speak_tab.select)
    sent = refresh_choices(speak, *shown)
    connect_gallery(speak.title, speak, sent)
    connect_speak_again(status, service, tabs, speak, sent)
    for event in shown:
        event(lambda: _engine_summary(service), None, [header], **PRIVATE)


def page_options() -> dict[str, Any]:
    """Return the arguments of `launch` that concern the page's looks."""
    return {
        "theme": Studio(),
        "footer_links": [],
    }


def _engine_summary(service: SpeechService) -> dict[str, str]:
    """Return the value of the header's pill: the engines, ready ones first, as JSON."""
    known = service.engines
    names = [*known.ready(), *(n for n in known.infos if known.unavailable(n))]
    engines = [
        {"label": known.info(name).label, "ready": not known.unavailable(name)} for name in names
    ]
    return {"json": json.dumps(engines, separators=(",", ":"))}
