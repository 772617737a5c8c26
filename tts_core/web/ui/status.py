"""The tab that shows what is happening and what has happened.

Its scripts ask `status_feed.py` and `web/api/history.py`; what needs the rest of the page comes
here.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from tts_core.service import SpeechService
from tts_core.web.callers import caller_of
from tts_core.web.ui.assets import call, template
from tts_core.web.ui.engines import answer_engine_request


def build_status(service: SpeechService) -> gr.HTML:
    """Draw the tab; it asks for news once a second while it is the one that is shown."""
    board = gr.HTML(
        None,
        html_template=template("status.html"),
        # Gradio finds the events by their quoted names.
        js_on_load=call("mountStatus(element, trigger)")
        + "/* 'stop_request' 'engine_request' 'speak_again' */",
        apply_default_css=False,
        elem_id="status-board",
    )

    def stop_request(event: gr.EventData, request: gr.Request) -> None:
        owner = service.archive.viewer(caller_of(request))
        service.cancel(str(event._data.get("request_id", "")), owner)

    def engine_request(event: gr.EventData) -> None:
        answer_engine_request(service, event._data)

    quiet: dict[str, Any] = {
        "api_visibility": "private",
        "show_progress": "hidden",
        "trigger_mode": "multiple",
    }
    board.stop_request(stop_request, None, None, **quiet)
    board.engine_request(engine_request, None, None, **quiet)
    return board
