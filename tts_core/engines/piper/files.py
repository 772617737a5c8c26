"""The files of Piper's voices: `NAME.onnx` beside `NAME.onnx.json`, in a folder.

Their content is checked, since it may come from anywhere: only voices are listed that are regular
files inside the folder and whose description can be used.
"""

from __future__ import annotations

import functools
import json
import logging
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pydantic
from pydantic import BaseModel, Field

from tts_core.types import Language

log = logging.getLogger(__name__)

MOST_VOICES = 1_000
"""Speakers included, of whom some models have 900."""
LONGEST_NAME = 100
LARGEST_MODEL = 500_000_000
LARGEST_DESCRIPTION = 1_000_000
"""Bytes."""
SPEAKER = ":"
"""Between the name of a model and of its speaker in a voice's id."""
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")

_Id = Annotated[int, Field(ge=0, le=100_000)]
_Scale = Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)]


class _Audio(BaseModel):
    sample_rate: Annotated[int, Field(ge=8_000, le=48_000)]


class _Espeak(BaseModel):
    voice: Annotated[str, Field(max_length=LONGEST_NAME)] = ""


class _Inference(BaseModel):
    noise_scale: _Scale = 0.667
    length_scale: Annotated[float, Field(gt=0.1, le=5, allow_inf_nan=False)] = 1.0
    noise_w: _Scale = 0.8


class _Language(BaseModel):
    code: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    name_english: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    country_english: Annotated[str, Field(max_length=LONGEST_NAME)] = ""


class Description(BaseModel):
    """What is used of a `.onnx.json` file, in Piper's own words."""

    audio: _Audio
    espeak: _Espeak = _Espeak()
    inference: _Inference = _Inference()
    language: _Language = _Language()
    phoneme_type: str = "espeak"
    phoneme_id_map: dict[str, list[_Id]]
    num_speakers: Annotated[int, Field(ge=1)] = 1
    speaker_id_map: dict[str, _Id] = {}
    hop_length: Annotated[int, Field(ge=1, le=4_096)] = 256
    """Samples of a frame."""

    @property
    def tag(self) -> str:
        """Return the language as a BCP 47 tag."""
        return (self.language.code or self.espeak.voice).replace("_", "-").lower()

    @property
    def spoken_language(self) -> Language:
        """Return the language and its name."""
        name, country = self.language.name_english or self.tag, self.language.country_english
        return Language(self.tag, f"{name} ({country})" if country else name)


@dataclass(frozen=True, slots=True)
class PiperVoice:
    """A voice in the folder."""

    id: str
    name: str
    model: Path
    description: Description
    speaker: int | None
    """The number of a speaker, for models with several."""


def voices_in(folder: Path) -> dict[str, PiperVoice]:
    """Return the usable voices by id. Why others are left out is logged, once."""
    found: dict[str, PiperVoice] = {}
    for model in sorted(folder.glob("*.onnx")):
        for voice in voices_of(model, folder):
            if len(found) >= MOST_VOICES:
                _warn(f"{folder} has more than {MOST_VOICES} voices; the others are left out.")
                return found
            found[voice.id] = voice
    return found


def voices_of(model: Path, folder: Path) -> Iterator[PiperVoice]:
    """Yield the speakers of a model; nothing, and a line in the log, if it cannot be used.

    `folder`: links that leave it are not followed.
    """
    description = _described(model, folder)
    if isinstance(description, str):
        _warn(f"{model} is not offered as a voice: {description}")
        return
    yield from _speakers(model, description)


def _speakers(model: Path, description: Description) -> Iterator[PiperVoice]:
    name = _name_of(model.stem)
    if description.num_speakers == 1:
        yield PiperVoice(model.stem, name, model, description, None)
        return
    numbers: Mapping[str, int] = description.speaker_id_map or {
        str(number): number for number in range(min(description.num_speakers, MOST_VOICES))
    }
    for speaker, number in numbers.items():
        if number < description.num_speakers and not _problem_of_name(speaker):
            id = f"{model.stem}{SPEAKER}{speaker}"
            yield PiperVoice(id, f"{name} {speaker}", model, description, number)


def _name_of(stem: str) -> str:
    """Return "Joe" for "en_US-joe-medium", as Piper's files are named."""
    parts = stem.split("-")
    name = parts[1] if len(parts) == 3 else stem
    return name.replace("_", " ").title() if name.islower() else name


def _described(model: Path, folder: Path) -> Description | str:
    """Return the description of a model, or what is wrong with its files."""
    file = model.with_name(f"{model.name}.json")
    problem = (
        _problem_of_name(model.stem)
        or _problem(model, folder, LARGEST_MODEL)
        or _problem(file, folder, LARGEST_DESCRIPTION)
    )
    if problem:
        return problem
    try:
        seen = file.stat()
        description = _parsed(file, (seen.st_ino, seen.st_mtime_ns, seen.st_size))
    except (ValueError, RecursionError, OSError) as error:
        return f"{file.name} cannot be used: {_first_line(error)}"
    if description.phoneme_type not in ("espeak", "text"):
        return f"its phonemes are {description.phoneme_type[:40]!r}; espeak and text are supported."
    if not _TAG.fullmatch(description.tag):
        return f"{file.name} does not say which language it speaks (language.code)."
    if any(len(ids) > 4 for ids in description.phoneme_id_map.values()):
        return f"{file.name} has symbols of more than four ids."
    if not {"^", "$", "_"} <= description.phoneme_id_map.keys():
        return f"{file.name} has no ids for ^, $ and _ (phoneme_id_map)."
    return description


@functools.lru_cache(maxsize=MOST_VOICES)
def _parsed(file: Path, stamp: tuple[int, int, int]) -> Description:
    """Return what a description says; it is read again when the `stamp` is another.

    Raises ValueError, RecursionError, OSError.
    """
    content: Any = json.loads(file.read_bytes())
    return Description.model_validate(content)


def _first_line(error: Exception) -> str:
    if isinstance(error, pydantic.ValidationError):
        fault = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in fault['loc'][:3])[:80]}: {fault['msg']}."
    return str(error)[:200]


def _problem_of_name(name: str) -> str | None:
    """Return what is wrong with a name, which requests have to be able to spell."""
    if len(name) > LONGEST_NAME or name != name.strip() or not name.isprintable() or not name:
        return f"its name has to be printable and of at most {LONGEST_NAME} characters; rename it."
    return None


def _problem(path: Path, folder: Path, most: int) -> str | None:
    """Return what is wrong with a file of at most `most` bytes, which is not read."""
    try:
        resolved = path.resolve(strict=True)
        seen = resolved.stat()
    except (OSError, RuntimeError):  # a loop of links
        return f"there is no {path.name} beside it; copy it there."
    if not resolved.is_relative_to(folder.resolve()):
        return f"{path.name} is a link to a file outside the folder; copy that file into it."
    if not stat.S_ISREG(seen.st_mode):
        return f"{path.name} is not a regular file; remove it."
    if seen.st_size > most:
        return f"{path.name} has {seen.st_size:,} bytes, and at most {most:,} are read."
    return None


@functools.lru_cache(maxsize=1_000)
def _warn(message: str) -> None:
    """Log a warning the first time that it is given."""
    log.warning("%s", message)
