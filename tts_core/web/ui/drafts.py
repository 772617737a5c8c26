"""Drafts: the Speak tab's text and settings, which `assets/drafts.js` keeps in the browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import gradio as gr

from tts_core.web.ui.speak import SpeakTab


def keep_drafts(speak: SpeakTab, *shown: Callable[..., Any]) -> None:
    """Save the controls' values at every change, and restore them on the events `shown`.

    Nothing is sent to the server. Gradio gives the controls their first values again once it has
    laid out the tabs, hence several events.
    """
    named = {"text": speak.text, **speak.named_settings()}
    controls: list[Any] = list(named.values())
    names = json.dumps(list(named))
    save = f"(...values) => {{ aloud.saveDraft({names}, values); }}"
    gr.on([control.change for control in controls], None, controls, None, js=save)
    restore = f"(...now) => aloud.restoreDraft({names}, now)"
    for event in shown:
        event(None, controls, controls, js=restore)
