"""The History tab: running requests, the history, figures and charts.

Its scripts poll `status_feed.py` and `web/api/history.py`; only actions come through Gradio.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from tts_core.service import SpeechService
from tts_core.web.callers import caller_of
from tts_core.web.ui.assets import call, template


def build_status(service: SpeechService) -> gr.HTML:
    """Draw the tab and connect its actions. It polls for updates only while it is visible."""
    status = gr.HTML(
        None,
        html_template=template("status.html"),
        # Gradio finds custom events by their quoted names in this source.
        js_on_load=call("mountStatus(element, trigger)") + "/* 'stop_request' 'speak_again' */",
        apply_default_css=False,
        elem_id="status-board",
    )

    def stop_request(event: gr.EventData, request: gr.Request) -> None:
        owner = service.history.viewer(caller_of(request))
        service.cancel(str(event._data.get("request_id", "")), owner)

    options: dict[str, Any] = {
        "api_visibility": "private",
        "show_progress": "hidden",
        "trigger_mode": "multiple",
    }
    status.stop_request(stop_request, None, None, **options)
    return status
