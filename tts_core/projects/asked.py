"""Checks what a caller asks of a project."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tts_core.errors import ValidationError
from tts_core.projects.project import MOST_SPEAKERS, Narration, Part
from tts_core.types import LONGEST_NAME
from tts_core.validation import LONGEST_OPTIONS, speech_request, validate

_OWN = ("speakers", "front_matter", "footnotes")
"""Options of a project that no request for speech has."""


def narration_of(
    *,
    voice: object = "default",
    engine: object = "auto",
    language: object = "auto",
    speed: object = 1.0,
    pitch: object = 1.0,
    options: object = "{}",
    cast: object = "{}",
) -> Narration:
    """Return how to speak a project, from untrusted values; see `validation.speech_request`.

    `options`: the engine's, the reader's, and those of `Narration`. `cast`: speaker → voice, or →
    {"voice", "speed", "pitch"}. Both may be JSON in a string. Raises ValidationError, naming the
    field.
    """
    given = json_object(options, "options")
    own = {name: given.pop(name) for name in _OWN if given.get(name) is not None}
    request = speech_request(
        text="", voice=voice, engine=engine, language=language, speed=speed, pitch=pitch,
        options=given,
    )  # fmt: skip
    return validate(
        Narration,
        {
            "engine": request.engine.strip() or "auto",
            "voice": request.voice.strip() or "default",
            "language": request.language.strip() or "auto",
            "speed": request.speed,
            "pitch": request.pitch,
            "options": request.options,
            "reading": request.reading,
            "cast": cast_of(cast),
            **own,
        },
    )


def cast_of(given: object) -> dict[str, Part]:
    """Return a cast from untrusted values; see `narration_of`. Raises ValidationError."""
    cast = json_object(given, "cast")
    if len(cast) > MOST_SPEAKERS:
        raise ValidationError(
            f"cast has {len(cast):,} speakers; the limit is {MOST_SPEAKERS}. Leave out those that "
            "speak as the narrator does.",
            "cast",
        )
    found = {}
    for speaker, how in cast.items():
        name = " ".join(str(speaker).replace("\x00", "").split())
        if not name or len(name) > LONGEST_NAME:
            raise ValidationError(
                f"cast: a speaker's name has 1 to {LONGEST_NAME} characters.", "cast"
            )
        try:
            found[name] = validate(Part, {"voice": how} if isinstance(how, str) else dict(how))
        except ValidationError as error:
            raise ValidationError(f"cast: {error}", "cast") from error
        except (TypeError, ValueError) as error:
            raise ValidationError(
                'cast: each speaker needs a voice, such as {"Anna": "en-us"} or {"Anna": '
                '{"voice": "en-us", "speed": 1.1}}.',
                "cast",
            ) from error
    return found


def json_object(given: object, field: str) -> dict[str, Any]:
    """Return a JSON object, which may be in a string. Raises ValidationError."""
    if isinstance(given, str):
        if len(given) > LONGEST_OPTIONS:
            raise ValidationError(
                f"{field} has {len(given):,} characters; the limit is {LONGEST_OPTIONS:,}.", field
            )
        try:
            given = json.loads(given.strip() or "{}")
        except (ValueError, RecursionError) as error:
            raise ValidationError(f"{field} is not valid JSON: {error}.", field) from error
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ValidationError(f'{field} must be a JSON object such as {{"a": "b"}}.', field)
    return dict(given)
