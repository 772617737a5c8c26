"""eSpeak NG: the embedded engine. It needs no download, no key and no graphics card.

Measured on 2 CPU cores: start 3 ms, a sentence of 60 characters (3 s of sound) in 5 ms, 500
characters in 35 ms, real-time factor 0.0013. That is so fast that an utterance is completed before
its first chunk is yielded: without threads or queues, and with every word's end known.

Its voices can be matched to a recorded one (`engines/match`), which takes a hundred times as long.
"""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from tts_core.audio.join import SILENCE
from tts_core.audio.level import limited
from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.espeak import level
from tts_core.engines.espeak import voices as espeak_voices
from tts_core.engines.espeak.library import SAMPLE_RATE, Prosody, WordEvent, library, paths
from tts_core.engines.espeak.mnemonics import marked
from tts_core.engines.espeak.words import word_timings
from tts_core.engines.match.base import SENTENCES, BaseVoice
from tts_core.engines.match.matcher import Matcher
from tts_core.engines.match.parameters import MatchParameters
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import ModelLoadError, UnknownNameError
from tts_core.types import (
    AudioChunk,
    Capabilities,
    EngineInfo,
    Samples,
    Utterance,
    Voice,
    WordTiming,
)

FIRST_CHUNK, CHUNK = SAMPLE_RATE // 2, SAMPLE_RATE * 2
"""Samples of an utterance's first AudioChunk, which is soon on its way, and of the others, as each
costs both processes as much as a second of sound."""
_NORMAL_RATE = 175  # words per minute at speed 1
_RATES = (80, 450)
_HIGHEST = 99  # of espeak's parameters pitch and range
_HIGH_VOICE, _HIGH_VARIANT = 155.0, "f2"
"""Matched voices with a higher F0, in Hz, are based on this variant, a woman's voice."""
_PEOPLE = {"female": ("f2", "f1", "f4", "f3", "f5"), "male": ("", "m1", "m3", "m7", "m4", "m2")}
"""Variants that sound like people; "" is the voice without a variant."""
# Control characters: \0 ends the text, \x01 begins a command ("\x0180S": speak slowly), a line
# feed a pause. Surrogates have no UTF-8.
_UNSPOKEN = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], " ")


def _known_variant(variant: str) -> str:
    """Return a variant's identifier in its own case. Raises ValueError."""
    known = _variants()
    if (name := known.get(variant.casefold())) is None:
        raise ValueError(f"no such variant; choose one of: {', '.join(known.values())}")
    return name


@functools.cache
def _variants() -> dict[str, str]:
    """Return the identifiers of all variants by their lower case."""
    return {name.casefold(): name for name in ("", *espeak_voices.variant_files())}


def _draw_variants(schema: dict[str, Any]) -> None:
    """Add the variants and their labels to the JSON schema, which the page draws."""
    labels = {n: espeak_voices.variant_label(f) for n, f in espeak_voices.variant_files().items()}
    schema["enum"] = ["", *labels]
    schema["x-labels"] = {"": "The voice's own", **labels}


class EspeakParameters(MatchParameters):
    """The parameters of eSpeak NG besides speed and pitch."""

    variant: Annotated[str, AfterValidator(_known_variant)] = Field(
        "",
        title="Variant",
        description="A variation of the voice: female, whispering, robotic, …",
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


class EspeakEngine(Engine[EspeakParameters]):
    """eSpeak NG, whose voices can be matched to recordings, which is not cloning."""

    parameters = EspeakParameters

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._matcher = Matcher("espeak", _base_voice)

    def describe(self) -> EngineInfo:
        """Describe the engine; without voices if eSpeak NG is not installed.

        Voice match is left out if pyworld is not installed.
        """
        return _info()

    def unavailable(self) -> str | None:
        """Check that the package is installed; `load` finds out whether the library works."""
        try:
            paths()
        except ModelLoadError as error:
            return str(error)
        return None

    def load(self, economy: int = 0) -> None:
        """Load the library. Raises ModelLoadError."""
        library()

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """Profile a speaker from the first 10 s of the clips. Raises VoiceLoadError."""
        return self._matcher.condition(clips)

    def speak(
        self, utterance: Utterance, options: EspeakParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance; speed and pitch are limited to what espeak can do.

        A text that it cannot speak, such as an empty one, becomes a few samples of silence. A
        matched voice speaks with espeak's voice for the language. Raises UnknownNameError,
        VoiceLoadError, ModelLoadError.
        """
        if utterance.voice_state is not None and options.match:
            yield from self._speak_matched(utterance, utterance.voice_state, options, stop)
            return
        name = utterance.voice
        if utterance.voice_state is not None:
            options = self._with_base_variant(utterance.voice_state, options)
            name = utterance.language
        voice, prosody, louder = _plan(name, options, utterance.speed, utterance.pitch)
        samples, words = _spoken(utterance, voice, prosody, stop, louder)
        yield from _chunks(limited(samples * _volume(options)), words, stop)

    def _speak_matched(
        self, utterance: Utterance, state: Path, options: EspeakParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        options = self._with_base_variant(state, options)
        # The map is made for espeak's default pitch and volume: both are applied after it.
        voice, prosody, louder = _plan(utterance.language, options, utterance.speed, pitch=1.0)
        plain = _plain(utterance, voice, prosody, stop, louder)
        sound = self._matcher.speak(plain, state, voice, options.match / 100, utterance.pitch, stop)
        for chunk in sound:
            yield replace(chunk, samples=limited(chunk.samples * _volume(options)))

    def _with_base_variant(self, state: Path, options: EspeakParameters) -> EspeakParameters:
        """Return options with the variant that a matched voice is based on, unless one is set."""
        if options.variant or self._matcher.profile(state).f0 <= _HIGH_VOICE:
            return options
        return options.model_copy(update={"variant": _HIGH_VARIANT})


_UNREADABLE = {"ja"}
"""It reads each kanji as "Chinese letter", and what another engine speaks may have them."""


@functools.cache
def _info() -> EngineInfo:
    languages = espeak_voices.languages()
    return EngineInfo(
        name="espeak",
        label="eSpeak NG",
        license="GPL-3.0 (loaded dynamically)",
        sample_rate=SAMPLE_RATE,
        languages=languages,
        voices=espeak_voices.voices(),
        parameters=EspeakParameters,
        capabilities=Capabilities(
            word_times=True,
            pitch=True,
            voice_match=find_spec("pyworld") is not None,
            phonemes=True,
        ),
        leveled=True,
        wants_kana=True,
        reference_languages=tuple(
            language.code for language in languages if language.code not in _UNREADABLE
        ),
        max_characters=400,
        speed_range=(0.46, 2.57),  # 80 to 450 words per minute
        pitch_range=(0.6, 1.75),  # what `_pitch` reaches with the usual voices
        weights=version("espeakng-loader") if find_spec("espeakng_loader") else "",
        variants=_PEOPLE,
    )


def _plan(
    name: str, options: EspeakParameters, speed: float, pitch: float
) -> tuple[str, Prosody, float]:
    """Return espeak's identifier of a voice, the prosody to speak with, and its effect in dB."""
    file = espeak_voices.voice_files()[_find(name).id]
    variant = espeak_voices.variant_files().get(options.variant)
    own = espeak_voices.pitch_of(file, variant)
    tone, swing = _pitch(own, pitch, options.range)
    prosody = Prosody(
        rate=min(max(round(_NORMAL_RATE * speed), _RATES[0]), _RATES[1]),
        pitch=tone,
        range=swing,
        word_gap=options.word_gap // 10,
    )
    louder = 10 * math.log10(_mean_f0(own, tone, swing) / _mean_f0(own))
    return file.identifier + (f"+{variant.identifier}" if variant else ""), prosody, louder


def _spoken(
    utterance: Utterance, voice: str, prosody: Prosody, stop: threading.Event, louder: float
) -> tuple[Samples, list[WordTiming]]:
    """Return the sound of a text and its word timings; incomplete if stopped."""
    text = utterance.text.translate(_UNSPOKEN)
    if not utterance.phonemes:
        sound, events = level.synthesize(text, voice, prosody, stop, louder)
    else:
        given = marked(text.replace("[[", "(("), utterance.phonemes, voice)
        sound, events = level.synthesize(given.text, voice, prosody, stop, louder, mnemonics=True)
        last = len(given.origin) - 1
        events = [WordEvent(given.origin[min(e.position, last)], e.sample) for e in events]
    return sound, word_timings(text, events, _end_of_sound(sound))


def _plain(
    utterance: Utterance, voice: str, prosody: Prosody, stop: threading.Event, louder: float
) -> Iterator[AudioChunk]:
    """Yield the sound of an utterance when it is asked for, with its words."""
    samples, words = _spoken(utterance, voice, prosody, stop, louder)
    if not stop.is_set():
        yield AudioChunk(samples, SAMPLE_RATE, tuple(words))


def _base_voice(voice: str, stop: threading.Event) -> BaseVoice | None:
    """Analyze a voice, given as for `EspeakLibrary.synthesize`, in 0.7 s; None when stopped."""
    sounds = []
    for text in SENTENCES:
        samples, _ = level.synthesize(text, voice, Prosody(), stop)
        if stop.is_set():
            return None
        sounds.append(AudioChunk(samples, SAMPLE_RATE))
    return BaseVoice.of(sounds)


def _volume(options: EspeakParameters) -> np.float32:
    return np.float32(options.volume / 100)


def _chunks(
    samples: Samples, words: list[WordTiming], stop: threading.Event
) -> Iterator[AudioChunk]:
    """Yield the sound in chunks, each with the words that start in it."""
    start, end = 0, FIRST_CHUNK
    while start < len(samples) and not stop.is_set():
        piece = samples[start:end]
        yield AudioChunk(piece, SAMPLE_RATE, _starting_in(words, start, start + len(piece)))
        start, end = end, end + CHUNK


def _find(name: str) -> Voice:
    """Return the voice of an id or alias, ignoring case. Raises UnknownNameError."""
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
    """Return espeak's `pitch` and `range` that multiply the voice's mean F0 by `factor`.

    `voice`: the foot and the head of its intonation, in Hz. `swing`: the range asked for, 0-100.

    espeak's own pitch scales only the foot of the intonation, so that 0-100 moves F0 by a factor of
    0.66-1.67 and flattens high voices. Here the range is scaled as well, and the foot is then set
    so that the mean F0 is right. The factor is then accurate to 1.5 % from 0.6 to 1.75 with the
    usual voices and intonation. A wide intonation falls short at the ends (the variant Annie: 0.70
    and 1.62; range 100: 0.63 and 1.63), and the creaky variant m1 measured 0.52 at 0.6.
    """
    scaled = min(_HIGHEST, swing * factor)
    base = _low_f0(voice)
    tone = (factor * (base + _rise(voice, swing)) - _rise(voice, scaled)) / base
    pitch = 50 + 50 * math.log2(max(0.5, tone))
    return min(_HIGHEST, round(pitch)), round(scaled)


def _mean_f0(voice: tuple[int, int], pitch: int = 50, swing: int = 50) -> float:
    """Return the mean F0 in Hz at espeak's `pitch` and `range`.

    The model was fitted to librosa.pyin over 15 voices and variants at 7 settings each.
    """
    return _low_f0(voice) * 2 ** ((pitch - 50) / 50) + _rise(voice, swing)


def _low_f0(voice: tuple[int, int]) -> float:
    return 0.984 * (voice[0] - 9)


def _rise(voice: tuple[int, int], swing: float) -> float:
    foot, head = voice
    return (head - foot) * (0.483 + 0.319 * swing / 50)


def _end_of_sound(sound: Samples) -> int:
    """Return one past the index of the last sample that is not silence."""
    loud = np.flatnonzero(np.abs(sound) > SILENCE)
    return int(loud[-1]) + 1 if loud.size else 0


def _starting_in(words: list[WordTiming], start: int, stop: int) -> tuple[WordTiming, ...]:
    return tuple(w for w in words if start <= round(w.start * SAMPLE_RATE) < stop)
