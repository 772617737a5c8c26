"""What the server notes of an open page's requests."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

import gradio as gr
from starlette.requests import Request

from tts_core.service import SpeechService
from tts_core.validation import speech_request
from tts_core.web.ui.player.stream import stream_to_player
from tts_core.web.ui.player.tab_state import TabState


def test_a_request_that_a_newer_one_overtook_is_not_what_is_retaken(service: SpeechService) -> None:
    tab_state = TabState()
    visit = gr.Request(Request({"type": "http", "headers": []}))

    async def spoken(number: int, text: str) -> list[str]:
        make_request = partial(speech_request, text=text, engine="espeak")
        messages = stream_to_player(service, tab_state, make_request, visit, number)
        return [event["type"] async for m in messages for event in json.loads(m["events"])]

    assert "finished" in asyncio.run(spoken(2, "The newer one."))
    assert asyncio.run(spoken(1, "The older one.")) == ["stopped"]
    assert tab_state.with_retake(0).text == "The newer one."
    assert service.report.history(2)["total_records"] == 1


def test_warnings_at_the_end_are_in_the_language_of_the_page(service: SpeechService) -> None:
    headers = [(b"accept-language", b"de")]
    visit = gr.Request(Request({"type": "http", "headers": headers}))

    async def spoken() -> list[dict[str, Any]]:
        make_request = partial(speech_request, text="Hello.", voice="heart", language="fr")
        messages = stream_to_player(service, TabState(), make_request, visit, 1)
        return [event async for m in messages for event in json.loads(m["events"])]

    finished = asyncio.run(spoken())[-2]
    assert finished["type"] == "finished"
    assert finished["info"]["warnings"][0].endswith("it speaks French with an accent.")
    assert finished["warnings"][0].endswith("spricht sie mit Akzent.")
