"""The data of a library voice in `voice.json`, validated whenever it is read."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from tts_core.audio.clip_report import ClipReport
from tts_core.engines.blends import parse_blend
from tts_core.errors import TooLargeError, ValidationError
from tts_core.types import MULTILINGUAL, Voice
from tts_core.validation import checked_name, shown

LIBRARY = "library"
"""`Voice.engine` of library voices, which every engine that can clone speaks."""
STATEMENT = (
    "I am the person in this recording, or have their permission, and agree to its use for "
    "making speech in this voice."
)
"""What a user must agree to in order to clone a voice."""
MAX_NAME = 60
MAX_TAGS = 10
MAX_TAG = 30
MAX_CLIPS = 8
MAX_BLEND = 1_000
"""Characters of a blend."""
_LONGEST_FOLDED = 500
"""Characters of a name that are compared; every voice's name and id is much shorter."""
_MOST_GIVEN = 100
"""Tags in a request, duplicates included."""
_RESERVED = {"auto", "default", LIBRARY}
_LANGUAGE = r"^(auto|[a-z]{2,3}(-[a-z0-9]{1,8})*)$"
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
"""Used in emoji, Persian and Indic scripts; they are invisible but change what they join."""
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Characters that are drawn as nothing though not as spaces: Hangul fillers, empty Braille."""
_UNSEEN = dict.fromkeys(map(ord, _JOINERS + "\ufe0e\ufe0f"))


class Consent(BaseModel):
    """A statement of consent that came with a recording, and when."""

    model_config = ConfigDict(frozen=True)

    statement: str = Field(min_length=1, max_length=1000)
    given: AwareDatetime
    door: Annotated[str, Field(max_length=40)] = ""
    """The API or page through which it was given, if known."""

    @property
    def id(self) -> str:
        """Return what identifies it in exported packages and in the metadata of speech.

        A digest of what was agreed to and when, to the microsecond, so that records written before
        there were ids have one too.
        """
        given = self.given.astimezone(UTC).isoformat()
        return hashlib.sha256(f"{given}\n{self.statement}".encode()).hexdigest()[:32]


class Clip(BaseModel):
    """A prepared recording of a voice."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    file: str = Field(pattern=r"^clip-[0-9]{1,4}\.wav$")
    """Trimmed, normalized, 24 kHz, mono; beside voice.json."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Digest of the uploaded file; in an imported voice, of `file`."""
    consent: Consent
    report: ClipReport
    """On the recording as uploaded. In an imported voice it is untrusted."""


class VoiceRecord(BaseModel):
    """A voice in the library: cloned, with its recordings, or a blend of an engine's voices."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    name: str = Field(min_length=1, max_length=MAX_NAME)
    language: str = Field("auto", pattern=_LANGUAGE, max_length=35)
    """A BCP 47 tag, or "auto": the language of the text."""
    tags: tuple[Annotated[str, Field(min_length=1, max_length=MAX_TAG)], ...] = Field(
        (), max_length=MAX_TAGS
    )
    created: AwareDatetime
    clips: Annotated[tuple[Clip, ...], Field(max_length=MAX_CLIPS)] = ()
    blend: Annotated[str, Field(max_length=MAX_BLEND)] = ""
    """The voices that are blended, "af_bella(2)+af_sky(1)"; "" for a cloned voice."""

    @model_validator(mode="after")
    def _check_kind(self) -> VoiceRecord:
        """Raise ValueError unless it has recordings or is a blend, but not both."""
        if bool(self.clips) == bool(self.blend):
            raise ValueError("a voice has either clips or a blend")
        if self.blend and parse_blend(self.blend) is None:
            raise ValueError("its blend is not well-formed")
        return self

    def public(self) -> dict[str, Any]:
        """Return the voice as the APIs describe it, without the engines that can speak it."""
        return {
            "id": self.id,
            "name": self.name,
            "engine": LIBRARY,
            "language": self.language,
            "gender": "",
            "tags": list(self.tags),
            "created": self.created.isoformat(),
            "report": self.clips[0].report.to_json() if self.clips else {},
            "clips": len(self.clips),
        }

    def voice(self, folder: Path) -> Voice:
        """Return the voice as the catalog describes it. `folder` is the voice's folder."""
        language = MULTILINGUAL if self.language == "auto" else self.language
        return Voice(self.id, self.name, LIBRARY, language, tags=self.tags, folder=folder)


def checked_voice_name(name: str) -> str:
    """Return a name with normalized spaces. Raises ValidationError when it is not valid."""
    name = " ".join(unicodedata.normalize("NFC", checked_name(name, "name")).split())
    if len(name) > MAX_NAME:
        raise ValidationError(
            f"A voice's name has at most {MAX_NAME} characters; this one has {len(name)}.", "name"
        )
    # Format characters (Cf) include those that change the direction of the text.
    if any(unicodedata.category(c)[0] == "C" and c not in _JOINERS for c in name):
        raise ValidationError("The name contains invisible characters; retype it.", "name")
    if not any(unicodedata.category(c)[0] in "LNPS" and c not in _BLANK for c in name):
        raise ValidationError("Give the voice a name.", "name")
    if "+" in name:
        raise ValidationError("A voice's name cannot contain '+', which selects variants.", "name")
    if folded(name) in _RESERVED:
        raise ValidationError(f"{shown(name)!r} is reserved; choose another name.", "name")
    return name


def agreed(door: str = "") -> Consent:
    """Return consent to `STATEMENT`, given now."""
    return Consent(statement=STATEMENT, given=now(), door=door)


def checked_consent(given: object) -> Consent:
    """Return a consent; True is consent to `STATEMENT`. Raises ValidationError for other values."""
    if isinstance(given, Consent):
        return given
    if given is True:
        return agreed()
    raise ValidationError(
        "A voice is cloned only with consent: tick the box or send consent=true to state: "
        f"“{STATEMENT}”",
        "consent",
    )


def check_count(clips: int) -> None:
    """Check the number of recordings of a voice. Raises TooLargeError."""
    if clips > MAX_CLIPS:
        raise TooLargeError(f"A voice has at most {MAX_CLIPS} recordings.", "audio")


def checked_tags(tags: object) -> tuple[str, ...]:
    """Return distinct, sorted tags of a list or comma-separated text. Raises ValidationError."""
    if isinstance(tags, str):
        tags = checked_name(tags, "tags").split(",")
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
        raise ValidationError("tags must be a list of texts.", "tags")
    if len(tags) > _MOST_GIVEN:
        raise ValidationError(f"A voice has at most {MAX_TAGS} tags, not {len(tags)}.", "tags")
    for tag in tags:
        checked_name(tag, "tags")
    clean = {" ".join(tag.split()).casefold() for tag in tags} - {""}
    if len(clean) > MAX_TAGS:
        raise ValidationError(f"A voice has at most {MAX_TAGS} tags, not {len(clean)}.", "tags")
    for tag in clean:
        if len(tag) > MAX_TAG or not tag.isprintable():
            raise ValidationError(
                f"The tag {shown(tag)!r} is invalid: use at most {MAX_TAG} printable characters.",
                "tags",
            )
    return tuple(sorted(clean))


def checked_language(code: str) -> str:
    """Return a BCP 47 tag in lower case, or "auto". Raises ValidationError."""
    code = checked_name(code, "language").strip().casefold().replace("_", "-") or "auto"
    if len(code) > 35 or re.fullmatch(_LANGUAGE, code) is None:
        raise ValidationError(
            f"{shown(code)!r} is not the code of a language; use 'auto' or a code such as 'en' or "
            "'pt-br'.",
            "language",
        )
    return code


def slug(name: str) -> str:
    """Return the part of a name that an id can hold: "zoe-radio" for "Zoë (radio)"."""
    plain = (
        unicodedata.normalize("NFKD", name[:MAX_NAME]).encode("ascii", "ignore").decode().lower()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "voice"


def new_id(name: str) -> str:
    """Return a unique id for a voice of that name."""
    return f"{slug(name)}-{secrets.token_hex(4)}"


def folded(name: str) -> str:
    """Return the form in which names are compared, limited to `_LONGEST_FOLDED` characters."""
    normal = unicodedata.normalize("NFKC", name[:_LONGEST_FOLDED])
    return " ".join(normal.translate(_UNSEEN).split()).casefold()


def now() -> datetime:
    """Return the current time with its time zone."""
    return datetime.now().astimezone()
