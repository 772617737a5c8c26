"""Keep the Speak tab's choices up to date: engines, languages, voices, and parameters shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from tts_core.web.ui.choices import (
    AUTO,
    DEFAULT_VOICE,
    Choices,
    engine_choices,
    gender_choices,
    language_choices,
    ready_engines,
    voice_choices,
)
from tts_core.web.ui.parameters import parameter_choices
from tts_core.web.ui.reading_options import code_choices
from tts_core.web.ui.speak import SpeakTab
from tts_core.web.ui.texts import ENGLISH, texts_of
from tts_core.web.ui.voice_card import ENGLISH_TEXTS, PRIVATE

Marks = list[int]
"""Hashes of the lists of engines, languages, voices, genders and what becomes of code, and of the
engine whose parameters are shown; last, of the language of the parameters' choices."""
UNKNOWN: Marks = [0, 0, 0, 0, 0, 0, 0]


def refresh_choices(speak: SpeakTab, *events: Callable[..., Any]) -> gr.State:
    """Update the choices on these events, and whenever one of the choices changes.

    They depend on which engines are ready and on each other. Returns the `Marks` of what the
    browser has; who sends it other choices sets it to `UNKNOWN`.
    """
    service = speak.service
    engines = ready_engines(service)
    drawn = _marks(
        engine_choices(service, ENGLISH_TEXTS),
        language_choices(engines, ENGLISH_TEXTS),
        voice_choices(service, engines, AUTO, ENGLISH_TEXTS),
        gender_choices(ENGLISH_TEXTS),
        code_choices(ENGLISH_TEXTS),
        speak.engine_of_parameters(AUTO),
        ENGLISH,
    )
    own = [parameter for group in speak.parameters.values() for parameter in group]
    listed = [parameter for parameter in own if parameter_choices(parameter, ENGLISH_TEXTS)]
    lists = [parameter.component for parameter in listed]
    state = gr.State(drawn)

    def refresh(
        request: gr.Request, engine: str, language: str, voice: str, gender: str, sent: Marks
    ) -> tuple[Any, ...]:
        texts = texts_of(request)
        ready = engine_choices(service, texts)
        chosen_engine = _valid(engine, ready, AUTO)
        engines = ready_engines(service, chosen_engine)
        languages = language_choices(engines, texts, request.headers.get("accept-language", ""))
        chosen_language = _valid(language, languages, AUTO)
        voices = voice_choices(service, engines, chosen_language, texts, gender, chosen=voice or "")
        genders, codes = gender_choices(texts), code_choices(texts)
        named = speak.engine_of_parameters(chosen_engine)
        marks = _marks(ready, languages, voices, genders, codes, named, texts.language)
        # An open list that is sent again forgets what has been typed to filter it, and its entries
        # move under the pointer.
        same = [new == old for new, old in zip(marks, sent, strict=True)]
        groups = [gr.skip() if same[5] else gr.Column(visible=n == named) for n in speak.groups]
        return (
            _updated(engine, AUTO, ready, same[0], visible=len(ready) > 2),
            _updated(language, AUTO, languages, same[1]),
            _updated(voice, DEFAULT_VOICE, voices, same[2]),
            gr.skip() if same[3] else gr.Radio(genders),
            gr.skip() if same[4] else gr.Radio(codes),
            *groups,
            *(gr.skip() if same[6] else gr.Dropdown(parameter_choices(p, texts)) for p in listed),
            marks,
        )

    choices = [speak.engine, speak.language, speak.voice]
    code = speak.reading["code"]
    gr.on(
        [*events, *(choice.change for choice in choices), speak.gender.change],
        refresh,
        [*choices, speak.gender, state],
        [
            *choices,
            speak.gender,
            code,
            *speak.groups.values(),
            *lists,
            state,
        ],
        # A change made while an answer is under way triggers another call after it, so that
        # choices computed for the earlier state do not remain.
        trigger_mode="always_last",
        # Preprocessing would reject a choice that no longer exists, which refresh replaces.
        preprocess=False,
        **PRIVATE,
    ).then(None, None, None, js="() => { aloud.settled = true; }")
    return state


def _marks(*lists: Choices | str) -> Marks:
    """Return hashes, since one of them is kept for every session."""
    return [hash(tuple(choices)) for choices in lists]


def _updated(value: str, otherwise: str, choices: Choices, same: bool, **others: bool) -> Any:  # noqa: ANN401
    """Return an update with the choices, and with a value only if the present one is gone.

    The user may have chosen another value by the time the update arrives. `same`: the browser has
    these choices.
    """
    valid = _valid(value, choices, otherwise) == value
    if valid and same:
        return gr.skip()
    changed: dict[str, Any] = others if valid else {**others, "value": otherwise}
    return gr.Dropdown(choices, **changed)


def _valid(value: str, choices: Choices, otherwise: str) -> str:
    return value if value in [key for _, key in choices] else otherwise
