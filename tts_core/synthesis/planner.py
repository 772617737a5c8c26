"""From a request to what the engine will be told: all checks, no sound yet."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from tts_core.errors import TooLargeError, UnknownNameError, ValidationError
from tts_core.text.chunker import Chunk, chunk
from tts_core.text.normalize import Normalized, is_speakable, normalize
from tts_core.text.word_limit import at_most_words
from tts_core.types import EngineInfo, Pause, Segment, SpeechRequest, Utterance, Voice
from tts_core.validation import validate
from tts_core.voices.catalog import Choice, VoiceCatalog

_TEMPERATURE = 0.5
"""Taken for an engine's own where that depends on its model."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A valid request, taken apart."""

    request: SpeechRequest
    engine: EngineInfo
    voice: Voice
    language: str
    text: str
    """Normalised."""
    segments: Sequence[Segment]
    utterances: Sequence[Utterance]
    """One for each segment."""
    parameters: Mapping[str, Any]
    """Everything that shaped the sound, for the record."""
    speed: float
    """What the engine does, after its own limits."""
    warnings: Sequence[str]
    fallback: Mapping[str, str] | None = None
    """As in `SpeechInfo`."""


@dataclass(frozen=True, slots=True)
class SegmentPart:
    """What one utterance is to its request."""

    segment: int
    pause: Pause
    """What follows it."""
    last: bool
    """Whether the segment is complete with it."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a plan, or the rest of one, is spoken: by which engine, in which utterances."""

    engine: EngineInfo
    voice: Voice
    language: str
    utterances: Sequence[Utterance]
    parts: Sequence[SegmentPart]
    """One for each utterance."""


def checked_text(text: str, limit: int) -> Normalized:
    """The text as it can be spoken. Raises ValidationError, TooLargeError."""
    if not text.strip():
        raise ValidationError("The text is empty: write something to speak.", "text")
    if len(text) > limit:
        raise TooLargeError(
            f"The text has {len(text):,} characters; the limit is {limit:,}. "
            "Split it into several requests, or raise TTS_MAX_TEXT_LENGTH on your own server.",
            "text",
        )
    normalized = normalize(text)
    if not is_speakable(normalized.text):
        raise ValidationError(
            "There is nothing to speak in the text: it has no letters or digits.", "text"
        )
    return normalized


def plan(
    request: SpeechRequest,
    catalog: VoiceCatalog,
    limit: int,
    *,
    longest: int | None = None,
    most_words: int | None = None,
) -> Plan:
    """Check everything that can be wrong with a request, and cut it into segments.

    `limit`: the most characters the text may have; `longest`, `most_words`: the most that one
    segment may have, where the engine's own limit is not less. Raises ValidationError (and its
    kinds), EngineUnavailable.
    """
    normalized = checked_text(request.text, limit)
    choice = _choice(request, catalog, normalized.text)
    options = _options(choice, request, request.options)
    speed, pitch, warnings = _within_engine(request, choice.engine)
    if choice.fallback is not None:
        warnings.insert(0, choice.fallback["reason"])
    segments = _segments(normalized, choice, longest, most_words)
    seed = request.seed if request.seed >= 0 else secrets.randbelow(2**31)
    voice = choice.voice
    utterances = [
        Utterance(
            s.text,
            voice.id,
            choice.language,
            speed,
            pitch,
            seed,
            options,
            voice_folder=voice.folder,
        ).take(request.takes.get(s.index, 0))
        for s in segments
    ]
    parameters = {"speed": speed, "pitch": pitch, "seed": seed, **options}
    return Plan(
        request,
        choice.engine,
        choice.voice,
        choice.language,
        normalized.text,
        segments,
        utterances,
        parameters,
        speed,
        warnings,
        choice.fallback,
    )


def route_of(plan: Plan) -> Route:
    """As it was planned: an utterance for each segment."""
    parts = [SegmentPart(s.index, s.pause, True) for s in plan.segments]
    return Route(plan.engine, plan.voice, plan.language, plan.utterances, parts)


def detour(plan: Plan, first: int, choice: Choice) -> Route:
    """The segments from `first` on, for another engine, with its own defaults.

    A segment that is too long for that engine becomes several utterances.
    """
    speed, pitch, _ = _within_engine(plan.request, choice.engine)
    options = _options(choice, plan.request, {})
    seed = plan.utterances[0].seed
    utterances: list[Utterance] = []
    parts: list[SegmentPart] = []
    for segment in plan.segments[first:]:
        pieces = _pieces(segment, choice.engine.limit(choice.language))
        for number, (text, pause) in enumerate(pieces, 1):
            utterances.append(
                Utterance(
                    text,
                    choice.voice.id,
                    choice.language,
                    speed,
                    pitch,
                    seed,
                    options,
                    voice_folder=choice.voice.folder,
                )
            )
            parts.append(SegmentPart(segment.index, pause, number == len(pieces)))
    return Route(choice.engine, choice.voice, choice.language, utterances, parts)


def _pieces(segment: Segment, longest: int) -> list[tuple[str, Pause]]:
    """The segment's text in pieces that an engine can speak, and what follows each."""
    if len(segment.text) <= longest:
        return [(segment.text, segment.pause)]
    found = [(p.text.strip(), p.pause) for p in chunk(segment.text, longest)]
    pieces = [(text, pause) for text, pause in found if is_speakable(text)]
    return [*pieces[:-1], (pieces[-1][0], segment.pause)]


def _choice(request: SpeechRequest, catalog: VoiceCatalog, text: str) -> Choice:
    try:
        return catalog.choose(request.engine, request.voice, request.language, text)
    except UnknownNameError as error:
        if request.stand_in is None or error.field != "voice":
            raise
    return catalog.stand_in(request, request.stand_in, text)


def _options(choice: Choice, request: SpeechRequest, given: Mapping[str, Any]) -> dict[str, Any]:
    fields = choice.engine.parameters.model_fields
    hints = {name: value for name, value in request.hints.items() if name in fields}
    if request.variability is not None and (field := fields.get("temperature")) is not None:
        hints.setdefault("temperature", _temperature(field, request.variability))
    options = {**hints, **given, **choice.options}
    return validate(choice.engine.parameters, options).model_dump(mode="json")


def _temperature(field: FieldInfo, variability: float) -> float | None:
    """From half the engine's own at 0 to twice as much at 1, within its bounds."""
    own: float | None = field.default
    if variability == 0.5:
        return own
    wanted = (own or _TEMPERATURE) * 4 ** (variability - 0.5)
    for bound in field.metadata:
        wanted = max(wanted, getattr(bound, "ge", wanted))
        wanted = min(wanted, getattr(bound, "le", wanted))
    return wanted


def _within_engine(request: SpeechRequest, engine: EngineInfo) -> tuple[float, float, list[str]]:
    warnings = []
    values = []
    for name, value, (low, high) in (
        ("speed", request.speed, engine.speed_range),
        ("pitch", request.pitch, engine.pitch_range),
    ):
        possible = min(max(value, low), high)
        if possible != value:
            able = f"a {name} of {low:g} to {high:g}" if low < high else f"no other {name}"
            warnings.append(
                f"{engine.label} can do {able}; {possible:g} was used instead of {value:g}."
            )
        values.append(possible)
    return values[0], values[1], warnings


def _segments(
    normalized: Normalized, choice: Choice, longest: int | None, most_words: int | None
) -> list[Segment]:
    able = choice.engine.limit(choice.language)
    longest = able if longest is None else min(able, longest)
    text, origin = normalized.text, normalized.origin
    segments: list[Segment] = []
    pieces: Iterable[Chunk] = chunk(text, longest, choice.engine.min_characters)
    if most_words is not None:
        pieces = at_most_words(pieces, most_words)
    for piece in pieces:
        spoken = piece.text.strip()
        if not is_speakable(spoken):
            continue
        start = piece.start + piece.text.index(spoken[0])
        last = start + len(spoken) - 1
        segments.append(
            Segment(len(segments), spoken, origin[start], origin[last] + 1, piece.pause)
        )
    return segments
