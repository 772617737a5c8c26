"""The title of the voice card, with the button that opens the gallery."""

from __future__ import annotations

import gradio as gr

from tts_core.web.ui.assets import asset_path, call, template


def build_gallery_button() -> gr.HTML:
    """Draw the title of the voice card. The gallery's own script loads when it is opened."""
    return gr.HTML(
        None,
        html_template=template("gallery_button.html"),
        # Gradio finds custom events by their quoted names in this source.
        js_on_load=call("mountGalleryButton(element, props, trigger)")
        + "/* 'choose_voice' 'engine_request' */",
        apply_default_css=False,
        elem_classes="card-title",
        script=asset_path("js", "gallery"),
        styles=asset_path("css", "gallery"),
    )
