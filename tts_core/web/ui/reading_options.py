"""The Speak tab's controls for how a text is read, below "Fine tuning"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import gradio as gr
from gradio.components import Component

from tts_core.errors import ValidationError
from tts_core.types import ReadingOptions
from tts_core.web.ui.choices import Choices
from tts_core.web.ui.texts import ENGLISH, Texts, ui_text

Controls = Mapping[str, Component]
"""By field of `ReadingOptions`. The cast belongs to the APIs, and so does markup="ssml"."""

_CHECKED = {"markup": "auto", "emoji": "say", "foreign": "switch"}
"""What a checkbox stands for, and what it stands for without its check."""
_UNCHECKED = {"markup": "off", "emoji": "skip", "foreign": "keep"}
_PAUSES = ("pause_sentence", "pause_paragraph")
_LONGEST_NUMBER = 10
"""Characters."""
_LONGEST_PAUSE = 10
"""Seconds, as in `ReadingOptions`."""


def code_choices(texts: Texts) -> Choices:
    """Return what can become of code."""
    return [(texts(f"reading.code.{name}"), name) for name in ("skip", "announce", "say")]


def draw_reading_options() -> dict[str, Component]:
    """Draw a control for each option, at the default. Called inside `gr.Blocks`."""
    usual = ReadingOptions()
    # Not `gr.Number`, which shows 0 when it is empty.
    pause: dict[str, Any] = {
        "placeholder": ui_text("reading.usual"),
        "max_lines": 1,
        "max_length": _LONGEST_NUMBER,
        "min_width": 120,
    }
    with gr.Column(elem_id="reading-options"):
        boxes: dict[str, Component] = {
            name: gr.Checkbox(
                getattr(usual, name) == _CHECKED[name], label=ui_text(f"reading.{name}")
            )
            for name in ("foreign", "emoji", "markup")
        }
        code = gr.Radio(
            code_choices(Texts(ENGLISH)),
            value=usual.code,
            label=ui_text("reading.code"),
            elem_classes="segmented",
        )
        with gr.Row():
            sentence = gr.Textbox(label=ui_text("reading.pause_sentence"), **pause)
            paragraph = gr.Textbox(label=ui_text("reading.pause_paragraph"), **pause)
    return {**boxes, "code": code, "pause_sentence": sentence, "pause_paragraph": paragraph}


def chosen_reading(controls: Controls, values: Sequence[Any]) -> dict[str, Any]:
    """Return the options that the controls' values stand for, but for empty ones.

    Raises ValidationError.
    """
    named = zip(controls, values, strict=True)
    options = {name: _option(name, value) for name, value in named}
    return {name: value for name, value in options.items() if value is not None}


def shown_reading(controls: Controls, parameters: Mapping[str, Any]) -> list[Any]:
    """Return the controls' values for the parameters of a request in the history."""
    usual = ReadingOptions().model_dump()
    asked = {name: parameters.get(name, usual[name]) for name in controls}
    return [_shown(name, value) for name, value in asked.items()]


def _shown(name: str, value: Any) -> Any:  # noqa: ANN401
    if name in _PAUSES:
        return "" if value is None else f"{value:g}"
    return value == _CHECKED[name] if name in _CHECKED else value


def _option(name: str, value: Any) -> Any:  # noqa: ANN401
    if name in _PAUSES:
        return _seconds(value or "")
    return (_CHECKED if value else _UNCHECKED)[name] if name in _CHECKED else value


def _seconds(entered: str) -> float | None:
    """Return a pause in seconds, None when nothing was entered."""
    if not entered.strip():
        return None
    with suppress(ValueError):
        seconds = float(entered.replace(",", "."))
        if 0 <= seconds <= _LONGEST_PAUSE:
            return seconds
    raise ValidationError(
        f"Pauses must be numbers of seconds from 0 to {_LONGEST_PAUSE}. Empty the field for the "
        "usual pause."
    )
