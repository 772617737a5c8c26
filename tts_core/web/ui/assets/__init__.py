"""The page's styles, scripts and markup, each read once."""

from __future__ import annotations

import functools
from pathlib import Path

_FOLDER = Path(__file__).parent

SCRIPTS = (
    "shell.js", "pcm_buffer.js", "playback.js", "reader.js", "waveform.js", "player.js",
    "engines.js", "charts.js", "history.js", "status.js", "clone.js",
)  # fmt: skip
"""Ordered so that each script follows those it uses."""
STYLES = ("aloud.css", "status.css")


@functools.cache
def template(name: str) -> str:
    """Return markup for `gr.HTML(html_template=…)`, which becomes a JavaScript template literal.

    Raises ValueError when it has characters with a meaning in such a literal.
    """
    text = (_FOLDER / name).read_text(encoding="utf-8")
    if any(mark in text for mark in ("`", "${", "{{", "\\")):
        raise ValueError(f"{name} contains a backquote, a backslash, '${{' or '{{{{'.")
    return text


def head() -> str:
    """Return styles and scripts for `launch(head=…)`, loaded before any component is drawn.

    Not `launch(css=…)`: Gradio adds that twice, once with prefixes that break half of the rules.
    """
    style = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in STYLES)
    sources = [(_FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS]
    script = "\n".join(sources).replace("</script", "<\\/script")
    return f"<style>{style}</style><script>{script}</script>"


def call(expression: str) -> str:
    """Return a script for `gr.HTML(js_on_load=…)` that calls a function once our scripts ran."""
    name = expression.split("(", 1)[0]
    return f"const go = () => window.aloud?.{name} ? aloud.{expression} : setTimeout(go, 10); go();"
