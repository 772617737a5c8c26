"""Turns a request into a plan for an engine: all validation, no sound yet."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Any

from pydantic.fields import FieldInfo

from tts_core.errors import TooLargeError, ValidationError
from tts_core.events import HonouredMarkup, Segment
from tts_core.lexicon.matcher import Matcher
from tts_core.synthesis.directed import DirectedText
from tts_core.synthesis.foreign import Runs, find_foreign, switch_voices, whole
from tts_core.synthesis.segments import (
    SHORTEST_LONG_TEXT,
    TextReader,
    check_overrides,
    overrides_of,
)
from tts_core.text.chunker import chunk
from tts_core.text.directions.find import directions_of
from tts_core.text.normalize import is_speakable
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.kana import kana
from tts_core.text.reading.reading import Options, Reading, Word, joined
from tts_core.types import (
    MULTILINGUAL,
    EngineInfo,
    Pause,
    SpeechRequest,
    Utterance,
    Voice,
    WordPhonemes,
)
from tts_core.validation import shown, validate
from tts_core.voices.catalog import Choice, VoiceCatalog
from tts_core.voices.lookup import AUTO, base, find_language
from tts_core.voices.stand_ins import named_or_similar

_TEMPERATURE = 0.5
"""Default of engines whose own default depends on the model."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A valid request, cut into segments, with engine, voice and language chosen."""

    request: SpeechRequest
    engine: EngineInfo
    voice: Voice
    language: str
    segments: list[Segment]
    utterances: list[Utterance]
    """One for each segment, in the same order."""
    parameters: Mapping[str, Any]
    """Everything that shapes the sound, for the history."""
    speed: float
    """The request's speed, within the engine's range."""
    warnings: Sequence[str]
    fallback: Mapping[str, str] | None = None
    """As in `SpeechInfo`."""
    directed: DirectedText | None = None
    """Its markup, if it has any."""
    lead: float = 0.0
    """Seconds of silence before the first segment."""
    rest: Callable[[], Sequence[str]] | None = None
    """Set if only the beginning of the text has been read: reads the rest, appends its segments and
    utterances to those above, and returns further warnings. Call it once."""

    @property
    def markup(self) -> Sequence[HonouredMarkup]:
        """Return what the engine makes of the markup."""
        return self.markup_by(self.engine)

    def markup_by(self, engine: EngineInfo) -> Sequence[HonouredMarkup]:
        """Return what an engine makes of the markup: the plan's own or a fallback."""
        return self.directed.report(engine, self.request) if self.directed else ()


@dataclass(frozen=True, slots=True)
class SegmentPart:
    """Where one utterance belongs in its request."""

    segment: int
    pause: Pause
    """The pause after it."""
    last: bool
    """Whether it completes the segment."""
    silence: float | None = None
    """As in `Segment`."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a plan, or the rest of one after a fallback, is spoken."""

    engine: EngineInfo
    voice: Voice
    language: str
    utterances: Sequence[Utterance]
    parts: Sequence[SegmentPart]
    """One for each utterance, in the same order."""


def plan(
    request: SpeechRequest,
    catalog: VoiceCatalog,
    limit: int,
    *,
    longest: int | None = None,
    most_words: int | None = None,
    as_heard: bool = False,
    lexicon: Matcher | None = None,
    voice_meant: Callable[[str], str] = str,
    early: bool = False,
) -> tuple[Plan, Reading]:
    """Validate a request, read its text and cut it into segments.

    `limit`: maximum characters of the text. `longest`, `most_words`: maximum characters and words
    of a segment, where the engine's own limit is not lower. `as_heard`: Japanese is in kana, also
    for engines that read kanji. `lexicon`: pronunciations, which come before the rules of reading.
    `voice_meant`: returns what a voice's name in markup stands for. `early`: whether of a long text
    only the beginning may be read, and the rest by `Plan.rest`.
    Also return the reading of the text, which a plan does not keep, since it is large. Raises
    ValidationError or one of its subclasses, and EngineUnavailable.
    """
    _check_length(request.text, limit)
    wanted = request.reading
    directions = directions_of(request.text, wanted.markup, wanted.cast)
    directed = DirectedText(directions, catalog, voice_meant)
    how = Options.of(request.reading)
    if directed.directions.is_ssml:
        how = replace(how, markup=False)
    source = Source(request.text, how, directed.directions)
    choice = _choice(request, catalog, source.text)
    choice = directed.best_choice(choice, source.text, free=_is_free(request))
    early = early and _can_begin(source.text, choice, request, directed)
    runs = _runs(request, catalog, choice, source.text, directed, early=early)
    choice = runs.choice
    parts = directed.runs(source, runs.runs)
    known = lexicon or Matcher()
    overrides = [overrides_of(source, run, directed, known) for run in parts]
    check_overrides(overrides, limit)
    text = TextReader(source, parts, overrides, how, longest, most_words, as_heard=as_heard)
    spoken, lead = text.begun() if early else text.whole(directed.leading_silence(source))
    if not spoken:
        raise ValidationError(_nothing_in(text.readings), "text")
    foreign = _foreign_options(choice, request, catalog)
    given = {name: value for name, value in request.options.items() if name not in foreign}
    options = _options(choice, request, given)
    speed, pitch, warnings = _within_engine(request, choice.engine)
    warnings += _accent(choice)
    warnings += [f"{choice.engine.label} has no parameter {shown(n)!r}; ignored." for n in foreign]
    warnings += [*runs.warnings, *directed.warnings]
    if choice.fallback is not None:
        warnings.insert(0, choice.fallback["reason"])
    seed = request.seed if request.seed >= 0 else secrets.randbelow(2**31)

    def utterance(segment: Segment, by: Choice) -> Utterance:
        said = _utterance(segment, by, request, seed, {**options, **by.options})
        return said.take(request.takes.get(segment.index, 0))

    segments = [segment for segment, _ in spoken]
    utterances = list(starmap(utterance, spoken))

    def rest() -> Sequence[str]:
        more = text.rest(segments)
        segments.extend(segment for segment, _ in more)
        utterances.extend(starmap(utterance, more))
        return _runs(request, catalog, choice, source.text, directed).warnings

    chosen = request.reading.model_dump(exclude_defaults=True, exclude={"cast"})
    parameters = {"speed": speed, "pitch": pitch, "seed": seed, **options, **chosen}
    planned = Plan(
        request,
        choice.engine,
        choice.voice,
        choice.language,
        segments,
        utterances,
        parameters,
        speed,
        warnings,
        choice.fallback,
        directed if directed.directions.elements else None,
        lead,
        rest if text.is_begun else None,
    )
    return planned, joined(text.readings)


def _utterance(
    segment: Segment, by: Choice, request: SpeechRequest, seed: int, options: Mapping[str, Any]
) -> Utterance:
    """Return a segment as the input of an engine, within its ranges."""
    speed = _bounded(request.speed * segment.rate, by.engine.speed_range)
    pitch = _bounded(request.pitch * segment.pitch, by.engine.pitch_range)
    return Utterance(
        segment.spoken,
        by.voice.id,
        by.language,
        speed,
        pitch,
        seed,
        options,
        voice_folder=by.voice.folder,
        phonemes=tuple(
            WordPhonemes(word.at, word.end - word.at, word.phonemes)
            for word in segment.words
            if word.phonemes
        ),
    )


def _bounded(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])


def _runs(
    request: SpeechRequest,
    catalog: VoiceCatalog,
    choice: Choice,
    text: str,
    directed: DirectedText,
    *,
    early: bool = False,
) -> Runs:
    """Return the text in runs of one language, if the caller allows several.

    `early`: foreign sentences are not looked for, of which there is only a warning.
    """
    language, voice = request.language.strip().casefold(), request.voice.strip().casefold()
    if request.reading.foreign == "switch":
        return switch_voices(text, choice, catalog, free=_is_free(request))
    # Who names a voice or a language means it, also by markup.
    unnamed = language in ("", AUTO) and voice in ("", "default") and not directed.wishes
    return find_foreign(text, choice) if unnamed and not early else whole(text, choice)


def _can_begin(text: str, choice: Choice, request: SpeechRequest, directed: DirectedText) -> bool:
    """Return whether the beginning of a text can be spoken before the rest has been read."""
    is_long = len(text) > SHORTEST_LONG_TEXT
    one_way = directed.is_plain and request.reading.foreign != "switch"
    return is_long and one_way and base(choice.language) != "ja"  # not cut where it is read


def _is_free(request: SpeechRequest) -> bool:
    """Return whether a request names neither an engine nor a voice."""
    engine, voice = request.engine.strip().casefold(), request.voice.strip().casefold()
    return engine in ("", AUTO) and voice in ("", "default")


def _nothing_in(readings: Sequence[Reading]) -> str:
    left_out = {part.why for reading in readings for part in reading.left_out}
    for why, option in (("code", "code=say"), ("emoji", "emoji=say")):
        if why in left_out:
            return f"There is nothing to speak in the text but {why}. With {option} it is spoken."
    return "There is nothing to speak in the text: it has no letters or digits."


def _check_length(text: str, limit: int) -> None:
    """Raise TooLargeError over `limit` characters, ValidationError when there is nothing else."""
    if not text.strip():
        raise ValidationError("The text is empty: write something to speak.", "text")
    if len(text) > limit:
        raise TooLargeError(
            f"The text has {len(text):,} characters; the limit is {limit:,}. "
            "Split it into several requests, or raise TTS_MAX_TEXT_LENGTH on your own server.",
            "text",
        )


def planned_route(plan: Plan) -> Route:
    """Return the route of the plan's own engine: one utterance for each segment."""
    parts = [SegmentPart(s.index, s.pause, True, s.silence) for s in plan.segments]
    return Route(plan.engine, plan.voice, plan.language, plan.utterances, parts)


def fallback_route(plan: Plan, first: int, choice: Choice) -> Route:
    """Return a route for the segments from `first` on with another engine and its defaults.

    A segment that is too long for that engine becomes several utterances. Raises ValidationError
    when that engine does not accept the request.
    """
    options = _options(choice, plan.request, {})
    seed = plan.utterances[0].seed
    utterances: list[Utterance] = []
    parts: list[SegmentPart] = []
    for segment in plan.segments[first:]:
        whole = _utterance(segment, choice, plan.request, seed, options)
        pieces = _pieces(segment, choice)
        for number, (text, pause) in enumerate(pieces, 1):
            last = number == len(pieces)
            same = text == segment.spoken
            utterances.append(whole if same else replace(whole, text=text, phonemes=()))
            silence = segment.silence if last else None
            parts.append(SegmentPart(segment.index, pause, last, silence))
    return Route(choice.engine, choice.voice, choice.language, utterances, parts)


def _pieces(segment: Segment, choice: Choice) -> list[tuple[str, Pause]]:
    """Cut a segment into texts that an engine can speak, with the pause after each."""
    spoken, longest = segment.spoken, choice.engine.limit(choice.language)
    if base(choice.language) == "ja" and choice.engine.wants_kana:
        spoken = kana(Reading(spoken, (Word(spoken, 0, 0, len(spoken)),))).spoken
    if len(spoken) <= longest:
        return [(spoken, segment.pause)]
    found = [(p.text.strip(), p.pause) for p in chunk(spoken, longest)]
    pieces = [(text, pause) for text, pause in found if is_speakable(text)]
    return [*pieces[:-1], (pieces[-1][0], segment.pause)]


def _choice(request: SpeechRequest, catalog: VoiceCatalog, text: str) -> Choice:
    if request.stand_in is None:
        return catalog.choose(request.engine, request.voice, request.language, text)
    return named_or_similar(catalog, request, request.stand_in, text)


def _accent(choice: Choice) -> list[str]:
    """Return a warning if the voice speaks a language which is not its own, else nothing."""
    info, voice = choice.engine, choice.voice
    codes = voice.language, choice.language
    if voice.engine != info.name or MULTILINGUAL in codes or base(codes[0]) == base(codes[1]):
        return []
    found = (find_language(info, base(code)) for code in codes)
    own, spoken = (lang.name.partition(" (")[0] if lang else "foreign" for lang in found)
    article = "an" if own[0] in "AEIOU" else "a"
    return [f"{voice.name} is {article} {own} voice; it speaks {spoken} with an accent."]


def _foreign_options(choice: Choice, request: SpeechRequest, catalog: VoiceCatalog) -> list[str]:
    """Return the options that only other engines have, where "auto" chose the engine.

    Which engine that is depends on what is installed, and should not make a request invalid.
    """
    if request.engine.strip().casefold() not in ("", AUTO):
        return []
    own = choice.engine.parameters.model_fields
    return [name for name in request.options if name not in own and catalog.has_option(name)]


def _options(choice: Choice, request: SpeechRequest, given: Mapping[str, Any]) -> dict[str, Any]:
    fields = choice.engine.parameters.model_fields
    hints = {name: value for name, value in request.hints.items() if name in fields}
    if request.variability is not None and (field := fields.get("temperature")) is not None:
        hints.setdefault("temperature", _temperature(field, request.variability))
    options = {**hints, **given, **choice.options}
    return validate(choice.engine.parameters, options).model_dump(mode="json")


def _temperature(field: FieldInfo, variability: float) -> float | None:
    """Scale the engine's default temperature: half of it at 0, twice at 1, within its bounds."""
    default: float | None = field.default
    if variability == 0.5:
        return default
    wanted = (default or _TEMPERATURE) * 4 ** (variability - 0.5)
    for bound in field.metadata:
        wanted = max(wanted, getattr(bound, "ge", wanted))
        wanted = min(wanted, getattr(bound, "le", wanted))
    return wanted


def _within_engine(request: SpeechRequest, engine: EngineInfo) -> tuple[float, float, list[str]]:
    """Return speed and pitch within the engine's ranges, and a warning for each change."""
    warnings = []
    values = []
    for name, value, (low, high) in (
        ("speed", request.speed, engine.speed_range),
        ("pitch", request.pitch, engine.pitch_range),
    ):
        used = min(max(value, low), high)
        if used != value:
            supported = f"a {name} of {low:g} to {high:g}" if low < high else f"no other {name}"
            warnings.append(
                f"{engine.label} supports {supported}; {used:g} was used instead of {value:g}."
            )
        values.append(used)
    return values[0], values[1], warnings
