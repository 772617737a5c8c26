"""The tab for voices of one's own. They arrive with the voice library; until then it says so."""

from __future__ import annotations

import gradio as gr

from tts_core.web.ui.assets import template


def build_clone() -> None:
    """Draw the tab. Called inside its `gr.Tab`."""
    gr.HTML(
        None,
        html_template=template("clone.html"),
        js_on_load=None,
        apply_default_css=False,
        elem_id="clone",
    )
