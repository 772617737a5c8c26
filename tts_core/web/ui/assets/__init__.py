"""The page's own styles, scripts and markup, read once."""

from __future__ import annotations

import functools
from pathlib import Path

_FOLDER = Path(__file__).parent

SCRIPTS = (
    "shell.js", "tape.js", "deck.js", "reader.js", "wave.js", "player.js",
    "engines.js", "charts.js", "history.js", "status.js", "clone.js",
)  # fmt: skip
"""In the order in which they need each other."""
STYLES = ("aloud.css", "status.css")


@functools.cache
def template(name: str) -> str:
    """Markup for `gr.HTML(html_template=…)`, which is a JavaScript template string."""
    text = (_FOLDER / name).read_text(encoding="utf-8")
    if any(mark in text for mark in ("`", "${", "{{", "\\")):
        raise ValueError(f"{name} has characters that mean something in a template.")
    return text


def head() -> str:
    """Styles and scripts, for `launch(head=…)`: they are there before any component is drawn.

    Not `launch(css=…)`: Gradio adds that twice, once with prefixes that break half of the rules.
    """
    style = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in STYLES)
    sources = [(_FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS]
    script = "\n".join(sources).replace("</script", "<\\/script")
    return f"<style>{style}</style><script>{script}</script>"


def call(what: str) -> str:
    """For `gr.HTML(js_on_load=…)`: waits for our scripts and calls a function of theirs."""
    name = what.split("(", 1)[0]
    return f"const go = () => window.aloud?.{name} ? aloud.{what} : setTimeout(go, 10); go();"
