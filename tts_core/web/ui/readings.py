"""A view of what is read differently from how it is written, and the panel to correct it."""

from __future__ import annotations

import html
from collections import deque
from collections.abc import Iterable, Iterator

import gradio as gr

from tts_core.synthesis.preview import Preview, PreviewWord, SkippedText
from tts_core.types import EngineInfo
from tts_core.voices.lookup import base
from tts_core.web.ui.assets import call, template
from tts_core.web.ui.texts import Texts, ui_text

_LONGEST = 20_000
"""Characters that are shown. A browser lays out tens of thousands of annotations slowly."""
_AROUND = " \n\t,;:!?…()[]{}\"'“”‘’„«»‹›*_"
_REASONS = {
    "code", "comment", "emoji", "footnote mark", "image", "link target", "markup", "ornament",
}  # fmt: skip
"""Of `SkippedText.why`, those in the catalogue."""


def readings_button() -> gr.Button:
    """Draw the button."""
    return gr.Button(
        ui_text("readings.button"), size="sm", scale=0, min_width=0, elem_id="readings-button"
    )


def readings_view() -> gr.HTML:
    """Draw the view, which is hidden until the button is pressed."""
    return gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="readings")


def pronunciations_button() -> gr.Button:
    """Draw the button that shows and hides the panel."""
    label = ui_text("lexicon.title")
    return gr.Button(label, size="sm", scale=0, min_width=0, elem_id="pronunciations-button")


def pronunciations_panel(engines: Iterable[EngineInfo]) -> gr.HTML:
    """Draw the panel of the dictionary, which is hidden until its button is pressed.

    `engines`: those whose languages an entry can be for.
    """
    codes = {base(language.code) for info in engines for language in info.languages}
    return gr.HTML(
        None,
        html_template=template("pronunciations.html"),
        # Gradio finds custom events by their quoted names in this source.
        js_on_load=call("mountPronunciations(element, props, trigger)") + "/* 'hear_request' */",
        apply_default_css=False,
        elem_id="pronunciations",
        languages=" ".join(sorted(codes)),
    )


def readings_html(preview: Preview, text: str, texts: Texts) -> str:
    """Return the text as HTML with readings above their words, and what is skipped crossed out.

    A word that differs from what is said only by punctuation is not marked.
    """
    marked = list(_marked(preview))
    note = texts("readings.marked" if marked else "readings.as_written")
    rest = readings_note(texts("readings.beginning", count=_LONGEST))
    shown = "".join(_parts(marked, text, texts))
    return f"{readings_note(note)}<div class='text' dir='auto'>{shown}</div>" + (
        rest if len(text) > _LONGEST else ""
    )


def readings_note(message: str) -> str:
    """Return a message in place of the text as HTML."""
    return f"<p class='note'>{html.escape(message)}</p>"


def _marked(preview: Preview) -> Iterator[PreviewWord | SkippedText]:
    """Yield what is said in other words and what is skipped, in order and without overlaps."""
    skipped = deque(preview.skipped)
    for word in preview.words:
        end = word.offset + word.length
        while skipped and skipped[0].offset < word.offset:
            yield skipped.popleft()
        inside: list[SkippedText] = []
        while skipped and skipped[0].offset < end:
            inside.append(skipped.popleft())
        kept, done = "", 0
        for part in inside:
            kept += word.text[done : part.offset - word.offset]
            done = part.offset - word.offset + part.length
        if _letters(kept + word.text[done:]) == _letters(word.spoken):
            yield from inside
        else:
            yield word
    yield from skipped


def _without_punctuation(word: PreviewWord) -> str:
    """Return a written word without the punctuation around it; "Dr." keeps its own."""
    text = word.text.strip(_AROUND)
    ends_sentence = text.endswith(".") and word.spoken.rstrip(_AROUND).endswith(".")
    return (text.removesuffix(".") if ends_sentence else text) or word.text


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or not c.isascii()).casefold()


def _parts(marked: Iterable[PreviewWord | SkippedText], text: str, texts: Texts) -> Iterator[str]:
    done = 0
    for part in marked:
        if part.offset >= _LONGEST:
            break
        yield html.escape(text[done : part.offset])
        done = part.offset + part.length
        written = html.escape(part.text)
        if isinstance(part, SkippedText):
            known = f"readings.{part.why.replace(' ', '_')}"
            why = texts("readings.skipped", why=texts(known) if part.why in _REASONS else part.why)
            yield f"<del title='{html.escape(why)}'>{written}</del>"
        else:
            word = html.escape(_without_punctuation(part))
            hint = html.escape(texts("readings.correct"))
            mark = f"data-word='{word}' role='button' tabindex='0' title='{hint}'"
            yield f"<ruby {mark}>{written}<rt>{html.escape(part.spoken)}</rt></ruby>"
    yield html.escape(text[done:_LONGEST])
