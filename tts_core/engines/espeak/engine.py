"""eSpeak NG: the embedded engine. It needs no download, no key and no graphics card.

Measured on 2 CPU cores: start 3 ms, a sentence of 60 characters (3 s of sound) in 5 ms, 500
characters in 35 ms, real-time factor 0.0013. That is so fast that an utterance is made whole
before its first piece is given out: no thread, no queue, and every word's end is known.

It can be moved towards a recorded voice (`match.py`), which costs a hundred times as much.
"""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pydantic
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tts_core.engines.espeak import voices as espeak_voices
from tts_core.engines.espeak.library import SAMPLE_RATE, Prosody, library, paths
from tts_core.engines.espeak.match import WEIGHTS, Matcher, limited, pieces
from tts_core.engines.espeak.profile import profile_of
from tts_core.engines.espeak.words import word_timings
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import ModelLoadError, UnknownNameError, ValidationError
from tts_core.types import AudioChunk, EngineInfo, Samples, Utterance, Voice, WordTiming

CHUNK = SAMPLE_RATE // 2  # samples per AudioChunk
_NORMAL_RATE = 175  # words per minute at speed 1
_RATES = (80, 450)
_HIGHEST = 99  # of the parameters pitch and range
_HIGH_VOICE, _HIGH_VARIANT = 155.0, "f2"
"""Matched voices of a higher F0, in Hz, are based on this variant: a woman's."""
_PEOPLE = {"female": ("f2", "f1", "f4", "f3", "f5"), "male": ("", "m1", "m3", "m7", "m4", "m2")}
"""Variants that sound like people; "" is every voice's own."""
_SILENCE = 10 ** (-50 / 20) * 2**15  # as `audio/join.py` has it, in int16
# Control characters: \0 ends the text, \x01 begins a command ("\x0180S": speak slowly), a line
# feed a pause. Surrogates have no UTF-8.
_UNSPOKEN = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], " ")


def _known_variant(variant: str) -> str:
    known = {name.casefold(): name for name in ("", *espeak_voices.variant_files())}
    if (name := known.get(variant.casefold())) is None:
        raise ValueError(f"no such variant; choose one of: {', '.join(known.values())}")
    return name


def _draw_variants(schema: dict[str, Any]) -> None:
    labels = {n: espeak_voices.variant_label(f) for n, f in espeak_voices.variant_files().items()}
    schema["enum"] = ["", *labels]
    schema["x-labels"] = {"": "The voice's own", **labels}


class EspeakParameters(BaseModel):
    """What can be set besides speed and pitch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: Annotated[str, AfterValidator(_known_variant)] = Field(
        "",
        title="Variant",
        description="Another speaker for the same voice: female, whispering, a robot, …",
        json_schema_extra=_draw_variants,
    )
    range: int = Field(
        50,
        ge=0,
        le=100,
        title="Intonation",
        description="How far the pitch rises and falls: 0 is monotone, 50 the voice's own.",
    )
    word_gap: int = Field(
        0,
        ge=0,
        le=500,
        multiple_of=10,
        title="Gap between words",
        description="Extra silence between words, in milliseconds at speed 1.",
        json_schema_extra={"x-unit": "ms"},
    )
    volume: int = Field(
        100,
        ge=0,
        le=200,
        title="Volume",
        description="Loudness in percent of the voice's own. Above 100 loud sounds may distort.",
        json_schema_extra={"x-unit": "%"},
    )
    match: int = Field(
        100,
        ge=0,
        le=100,
        title="Voice match",
        description="How far a voice matched to a recording goes towards it, in timbre and pitch: "
        "0 is plain eSpeak NG. Other voices do not change.",
        json_schema_extra={"x-unit": "%"},
    )


class EspeakEngine:
    """A `CloningEngine` (see base.py), of voices that are matched and not cloned."""

    def __init__(self) -> None:
        self._matcher = Matcher()

    @classmethod
    @functools.cache
    def describe(cls) -> EngineInfo:
        """Without voices when eSpeak NG is not installed, or voice match when pyworld is not."""
        matching = {"voice_match"} if find_spec("pyworld") is not None else set()
        return EngineInfo(
            name="espeak",
            label="eSpeak NG",
            license="GPL-3.0 (loaded dynamically)",
            sample_rate=SAMPLE_RATE,
            languages=espeak_voices.languages(),
            voices=espeak_voices.voices(),
            parameters=EspeakParameters,
            abilities=frozenset({"word_times", "pitch"} | matching),
            max_characters=400,
            speed_range=(0.46, 2.57),  # 80 to 450 words per minute
            pitch_range=(0.6, 1.75),  # what `_pitch` reaches with the usual voices
            weights=version("espeakng-loader") if find_spec("espeakng_loader") else "",
            variants=_PEOPLE,
        )

    @classmethod
    def unavailable(cls) -> str | None:
        """Whether the package is there; `load` tells whether the library works."""
        try:
            paths()
        except ModelLoadError as error:
            return str(error)
        return None

    def load(self, economy: int = 0) -> None:
        """Raises ModelLoadError."""
        library()

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """See `CloningEngine`: of all clips together the first 10 s, 0.3 s of work for each."""
        return VoiceState("espeak", WEIGHTS, profile_of(clips).tensors())

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """Speed and pitch beyond what espeak can do become the nearest it can.

        What it cannot say (an empty text) is a few samples of silence. A matched voice speaks
        with espeak's own voice for the language. Raises UnknownNameError, ValidationError,
        VoiceLoadError, ModelLoadError.
        """
        options = _options(utterance)
        if utterance.voice_state is not None and options.match:
            yield from self._speak_matched(utterance, utterance.voice_state, options, stop)
            return
        name = utterance.voice
        if utterance.voice_state is not None:
            options = self._based(utterance.voice_state, options)
            name = utterance.language
        voice, prosody = _plan(name, options, utterance.speed, utterance.pitch)
        samples, words = _spoken(utterance.text, voice, prosody, stop)
        yield from _chunks([samples], words, stop)

    def _speak_matched(
        self, utterance: Utterance, state: Path, options: EspeakParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        options = self._based(state, options)
        # The map knows espeak at its own pitch and volume: what is asked for comes after it.
        own = options.model_copy(update={"volume": 100})
        voice, prosody = _plan(utterance.language, own, utterance.speed, pitch=1.0)
        voice_map = self._matcher.voice_map(state, voice, stop)
        if voice_map is None:
            return
        samples, words = _spoken(utterance.text, voice, prosody, stop)

        def converted() -> Iterator[Samples]:
            for piece in pieces(samples):
                made = voice_map.convert(piece, options.match / 100, utterance.pitch, stop)
                if made is None:
                    return
                yield limited(made * np.float32(options.volume / 100))

        yield from _chunks(converted(), words, stop)

    def _based(self, state: Path, options: EspeakParameters) -> EspeakParameters:
        """With the variant that a matched voice speaks with, unless one is chosen."""
        if options.variant or self._matcher.profile(state).f0 <= _HIGH_VOICE:
            return options
        return options.model_copy(update={"variant": _HIGH_VARIANT})


def _options(utterance: Utterance) -> EspeakParameters:
    try:
        return EspeakParameters.model_validate(dict(utterance.options))
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise ValidationError(f"eSpeak NG's option {field!r}: {first['msg']}", field) from error


def _plan(name: str, options: EspeakParameters, speed: float, pitch: float) -> tuple[str, Prosody]:
    """espeak's name for a voice, and how it is to speak."""
    file = espeak_voices.voice_files()[_find(name).id]
    variant = espeak_voices.variant_files().get(options.variant)
    tone, swing = _pitch(espeak_voices.pitch_of(file, variant), pitch, options.range)
    prosody = Prosody(
        rate=min(max(round(_NORMAL_RATE * speed), _RATES[0]), _RATES[1]),
        pitch=tone,
        range=swing,
        volume=options.volume,
        word_gap=options.word_gap // 10,
    )
    return file.identifier + (f"+{variant.identifier}" if variant else ""), prosody


def _spoken(
    text: str, voice: str, prosody: Prosody, stop: threading.Event
) -> tuple[Samples, list[WordTiming]]:
    """All the sound of a text, and when its words sound; nothing of use once stopped."""
    text = text.translate(_UNSPOKEN)
    sound, events = library().synthesize(text, voice, prosody, stop)
    words = word_timings(text, events, _end_of_sound(sound))
    return sound.astype(np.float32) / np.float32(2**15), words


def _chunks(
    parts: Iterable[Samples], words: list[WordTiming], stop: threading.Event
) -> Iterator[AudioChunk]:
    """The parts in their order, in pieces of `CHUNK`, with the words that start in each."""
    position = 0
    for part in parts:
        for start in range(0, len(part), CHUNK):
            if stop.is_set():
                return
            piece = part[start : start + CHUNK]
            here = _starting_in(words, position, position + len(piece))
            yield AudioChunk(piece, SAMPLE_RATE, here)
            position += len(piece)


def _find(name: str) -> Voice:
    voice = _by_name().get(name.casefold())
    if voice is None:
        raise UnknownNameError(
            f"eSpeak NG has no voice {name[:80]!r}. list_voices names them all; a variant such as "
            "'f2' goes into the option 'variant'.",
            "voice",
        )
    return voice


@functools.cache
def _by_name() -> dict[str, Voice]:
    return {n.casefold(): v for v in espeak_voices.voices() for n in (v.id, *v.aliases)}


def _pitch(voice: tuple[int, int], factor: float, swing: int) -> tuple[int, int]:
    """espeak's `pitch` and `range` that multiply the voice's mean F0 by `factor`.

    espeak's own pitch scales the foot of the intonation only, so that 0-100 moves F0 by a factor
    of 0.66-1.67 and flattens high voices. Here its swing is scaled with it, and the foot then
    set to bring the mean F0 where it should be. The model of the mean, in Hz,

        F0 = 0.984 (foot - 9) t + (head - foot) (0.483 + 0.319 range / 50)

    with t = 2 ** ((pitch - 50) / 50), was fitted to librosa.pyin over 15 voices and variants at
    7 settings each. The factor then holds within 1.5 % from 0.6 to 1.75 with the usual voices and
    intonation. A wide intonation falls short at the ends (the variant Annie: 0.70 and 1.62; range
    100: 0.63 and 1.63), and the creaky variant m1 measured 0.52 at 0.6.
    """
    foot, head = voice
    base = 0.984 * (foot - 9)

    def rest(percent: float) -> float:
        return (head - foot) * (0.483 + 0.319 * percent / 50)

    scaled = min(_HIGHEST, swing * factor)
    tone = (factor * (base + rest(swing)) - rest(scaled)) / base
    pitch = 50 + 50 * math.log2(max(0.5, tone))
    return min(_HIGHEST, round(pitch)), round(scaled)


def _end_of_sound(sound: NDArray[np.int16]) -> int:
    """One past the last sample that is not silence."""
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > _SILENCE)
    return int(loud[-1]) + 1 if loud.size else 0


def _starting_in(words: list[WordTiming], start: int, stop: int) -> tuple[WordTiming, ...]:
    return tuple(w for w in words if start <= round(w.start * SAMPLE_RATE) < stop)
