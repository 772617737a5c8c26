"""The place of the Studio. Its own scripts and styles load when the tab is first opened."""

from __future__ import annotations

import gradio as gr

from tts_core.web.ui.assets import asset_path, call, template


def build_studio() -> gr.HTML:
    """Draw the tab. It asks the server for what has changed only while it is visible."""
    return gr.HTML(
        None,
        html_template=template("studio.html"),
        js_on_load=call("mountStudio(element, props)"),
        apply_default_css=False,
        elem_id="studio-board",
        script=asset_path("js", "studio"),
        styles=asset_path("css", "studio"),
    )
