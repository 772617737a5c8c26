"""The list of the Hub's voices, `voices.json` of rhasspy/piper-voices, and their MODEL_CARDs.

Both come from the network, so that they are read with bounds: a voice is left out whose files are
not where the list's own layout puts them, `FAMILY/CODE/NAME/QUALITY/KEY.onnx`, or are too large.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from tts_core.engines.piper.files import LARGEST_DESCRIPTION, LARGEST_MODEL, LONGEST_NAME

log = logging.getLogger(__name__)

LARGEST_LIST = 5_000_000
LARGEST_CARD = 20_000
"""Bytes."""
MOST_LISTED = 2_000
CARD = "MODEL_CARD"
LONGEST_LICENSE = 80
"""Characters that are shown of a license."""
_SEGMENT = r"\w[\w-]*"
_FOLDER = re.compile("/".join([_SEGMENT] * 4))

_Text = Annotated[str, Field(max_length=LONGEST_NAME)]


class ListedFile(BaseModel):
    """What the list tells of a file."""

    size_bytes: Annotated[int, Field(ge=1)]
    md5_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Language(BaseModel):
    name_english: _Text = ""
    country_english: _Text = ""


class _Entry(BaseModel):
    """A voice in the list, in its words."""

    key: Annotated[str, Field(max_length=LONGEST_NAME, pattern=rf"^{_SEGMENT}$")]
    name: _Text
    language: _Language = _Language()
    quality: _Text = ""
    num_speakers: Annotated[int, Field(ge=1, le=100_000)] = 1
    files: Annotated[dict[_Text, ListedFile], Field(max_length=20)]


@dataclass(frozen=True, slots=True)
class ListedVoice:
    """A voice of the Hub's."""

    key: str
    """As "en_US-joe-medium": the name of its files, and the voice's id."""
    label: str
    """As "English (United States), Joe, medium"."""
    folder: str
    """In the repository."""
    model: ListedFile
    description: ListedFile
    card: ListedFile | None


def read_list(content: bytes) -> list[ListedVoice]:
    """Return the voices of a `voices.json`, sorted by key; what cannot be used is logged.

    Raises ValueError when it is no list at all.
    """
    if len(content) > LARGEST_LIST:
        raise ValueError(f"it has {len(content):,} bytes; at most {LARGEST_LIST:,} are read")
    try:
        raw = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(raw, dict) or len(raw) > MOST_LISTED:
        raise ValueError(f"it has to be an object with at most {MOST_LISTED:,} voices")
    found = []
    for key, value in sorted(raw.items()):
        try:
            found.append(_voice(key, _Entry.model_validate(value)))
        except ValueError as error:
            log.warning("The voice %.80r in Piper's list is left out: %.200s", key, error)
    return found


def _voice(key: str, entry: _Entry) -> ListedVoice:
    """Check a voice. Raises ValueError, with what is wrong."""
    if entry.key != key:
        raise ValueError(f"its key is {entry.key!r}")
    models = [path for path in entry.files if path.endswith(f"/{key}.onnx")]
    if len(models) != 1:
        raise ValueError(f"it needs one file {key}.onnx")
    folder = models[0].rpartition("/")[0]
    if not _FOLDER.fullmatch(folder):
        raise ValueError(f"its folder is not FAMILY/CODE/NAME/QUALITY but {folder!r}")
    description = entry.files.get(f"{models[0]}.json")
    if description is None:
        raise ValueError(f"it has no {key}.onnx.json beside its model")
    model, card = entry.files[models[0]], entry.files.get(f"{folder}/{CARD}")
    for what, most in ((model, LARGEST_MODEL), (description, LARGEST_DESCRIPTION)):
        if what.size_bytes > most:
            raise ValueError(f"a file has {what.size_bytes:,} bytes; at most {most:,} are taken")
    if card is not None and card.size_bytes > LARGEST_CARD:
        card = None
    return ListedVoice(key, _label(entry), folder, model, description, card)


def _label(entry: _Entry) -> str:
    language, country = entry.language.name_english, entry.language.country_english
    parts = [
        f"{language} ({country})" if language and country else language,
        entry.name.replace("_", " ").title(),
        entry.quality.replace("_", "-"),
    ]
    return " ".join(", ".join(part for part in parts if part).split())


_LICENSE = re.compile(r"^[\s*-]*licen[cs]e\s*:(.*)$", re.IGNORECASE | re.MULTILINE)
_URL = re.compile(r"^[\s*-]*url\s*:\s*(https?://\S+)", re.IGNORECASE | re.MULTILINE)
_NON_COMMERCIAL = re.compile(
    r"non.?commercial|\bnc\b|research (use|purposes)|lessac_blizzard2013", re.IGNORECASE
)
"""Also the Blizzard Challenge's license of 2013, by its address: for research only."""
UNSTATED = "license not stated"


def license_of(card: bytes) -> str:
    """Return the license that a MODEL_CARD states for its data set, marked if non-commercial."""
    text = card[:LARGEST_CARD].decode(errors="replace")
    stated = _LICENSE.search(text)
    name = _printable(stated[1]) if stated else ""
    if name.casefold() in ("", "unknown", "?", "n/a", "none"):
        return UNSTATED
    if name.casefold() in ("see url", "see link") and (url := _URL.search(text)):
        name = f"see {_printable(url[1])}"
    return f"{name} (non-commercial)" if _NON_COMMERCIAL.search(name) else name


def _printable(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:LONGEST_LICENSE]
