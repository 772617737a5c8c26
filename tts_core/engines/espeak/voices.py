"""eSpeak NG's voices and variants, read from its data folder.

The web process lists them, so they are read from 245 small text files (20 ms) rather than from the
C library (15 ms), whose code, global state and lock stay out of that process. The format is
described in espeak-ng's `docs/voices.md`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tts_core.engines.espeak.library import paths
from tts_core.errors import ModelLoadError
from tts_core.types import Language, Voice

# Listed, but without a dictionary in espeakng-loader 0.2.4, so that they make no sound.
_SILENT = {"gmq/fo", "trk/kaa", "art/xex"}
# Where the file's own tag is not BCP 47, or does not tell the country.
_TAGS = {
    "art/piqd": "tlh",
    "gmw/en-US-nyc": "en-us-x-nyc",
    "iro/chr": "chr",
    "roa/ca-ba": "ca-x-balear",
    "roa/ca-nw": "ca-x-nordoc",
    "roa/ca-va": "ca-valencia",
    "roa/pt": "pt-pt",
    "sit/yue-Latn-jyutping": "yue-latn-jyutping",
    "zle/ru-cl": "ru-x-classic",
}
# By tag, where the file's own name is unclear.
_NAMES = {
    "cmn": "Chinese (Mandarin)",
    "cmn-latn-pinyin": "Chinese (Mandarin, pinyin)",
    "fa-latn": "Persian (Latin letters)",
    "ga": "Irish",
    "gd": "Scottish Gaelic",
    "grc": "Ancient Greek",
    "hy": "Armenian (Eastern)",
    "hyw": "Armenian (Western)",
    "my": "Burmese",
    "nci": "Classical Nahuatl",
    "or": "Odia",
    "yue": "Chinese (Cantonese)",
    "yue-latn-jyutping": "Chinese (Cantonese, Jyutping)",
}
_LANGUAGE_NAMES = {
    "cmn": "Chinese (Mandarin)",
    "hyw": "Western Armenian",
    "yue": "Chinese (Cantonese)",
}
# According to CLDR's likely subtags, where espeak's own ranking differs.
_DEFAULTS = {"en": "en-us", "pt": "pt-br"}
_PITCH = (82, 118)  # espeak's default, for voices without one
_UNRANKED = 99


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """One voice or variant file."""

    identifier: str
    """Its path under `lang` ("gmw/en-US"), or its name under `voices/!v` ("f2")."""
    name: str
    languages: Mapping[str, int]
    """Lower-case tags with espeak's ranking; the lowest number is the best."""
    gender: str
    """"female", "male" or ""."""
    pitch: tuple[int, int] | None
    """Hz: the foot and the head of the intonation."""

    @property
    def tag(self) -> str:
        """Its BCP 47 tag, lower-case; unique among the voices."""
        return _TAGS.get(self.identifier) or next(iter(self.languages))


@functools.cache
def voice_files() -> Mapping[str, VoiceFile]:
    """Return the voices that make sound, by tag; none when eSpeak NG is not installed."""
    files = _read_folder("lang")
    return {f.tag: f for f in files if f.identifier not in _SILENT}


@functools.cache
def variant_files() -> Mapping[str, VoiceFile]:
    """Return the variants by identifier, in alphabetical order of their labels."""
    files = _read_folder("voices/!v")
    return {f.identifier: f for f in sorted(files, key=lambda f: variant_label(f).casefold())}


def pitch_of(voice: VoiceFile, variant: VoiceFile | None) -> tuple[int, int]:
    """Return the foot and the head of the intonation in Hz, the variant's if it has its own."""
    return (variant and variant.pitch) or voice.pitch or _PITCH


def variant_label(file: VoiceFile) -> str:
    """Return a variant's name for people: "Universal Robot" for "UniversalRobot"."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", file.name.replace("_", " "))
    name = name[0].upper() + name[1:]
    return f"{name} (female)" if file.gender == "female" and "emale" not in name else name


@functools.cache
def voices() -> tuple[Voice, ...]:
    """Return all voices by language, the default of each language before the others."""
    files = voice_files()
    defaults = {_base(tag): _default(_base(tag)) for tag in files}
    names = {tag: _NAMES.get(tag, file.name) for tag, file in files.items()}
    found = [
        Voice(
            id=tag,
            name=names[tag],
            engine="espeak",
            language=tag,
            # Without a variant every voice is male: the library lists it so, and its F0 is
            # about 100 Hz.
            gender=file.gender or "male",
            aliases=tuple(_aliases(file, defaults)),
            tags=("default",) if defaults[_base(tag)] == tag else (),
        )
        for tag, file in files.items()
    ]
    return tuple(sorted(found, key=lambda v: (_language_name(v.language), not v.tags, v.name)))


@functools.cache
def languages() -> tuple[Language, ...]:
    """Return every base language, and every regional form with a voice of its own, by name."""
    found = {_base(v.language): _language_name(v.language) for v in voices()}
    found |= {v.language: v.name for v in voices() if v.language not in found}
    return tuple(sorted((Language(*item) for item in found.items()), key=lambda item: item.name))


def _language_name(tag: str) -> str:
    """Return the name of a tag's base language: its default voice's, without the brackets."""
    base = _base(tag)
    default = _default(base)
    name = _NAMES.get(default, voice_files()[default].name)
    return _LANGUAGE_NAMES.get(base) or re.sub(r" \(.*\)", "", name)


def _default(base: str) -> str:
    """Return the tag of a base language's default voice."""
    related = [tag for tag in voice_files() if _base(tag) == base]
    if (wanted := _DEFAULTS.get(base)) in related:
        return str(wanted)
    return min(related, key=lambda t: (voice_files()[t].languages.get(base, _UNRANKED), len(t)))


def _aliases(file: VoiceFile, defaults: Mapping[str, str]) -> Iterable[str]:
    """Yield espeak's identifier, and the tags for which espeak ranks this voice first."""
    if file.identifier != file.tag:
        yield file.identifier
    files = voice_files()
    for tag in file.languages:
        rivals = [f for f in files.values() if tag in f.languages]
        first = min(rivals, key=lambda f: f.languages[tag])
        if first is file and tag not in files and tag not in defaults:
            yield tag
    base = _base(file.tag)
    if defaults[base] == file.tag != base:
        yield base


def _base(tag: str) -> str:
    return tag.split("-")[0]


def _read_folder(name: str) -> list[VoiceFile]:
    try:
        folder = paths()[1] / name
    except ModelLoadError:
        return []
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [_read(path, path.relative_to(folder).as_posix()) for path in found]


def _read(path: Path, identifier: str) -> VoiceFile:
    name, gender = identifier, ""
    ranks: dict[str, int] = {}
    pitch: tuple[int, int] | None = None
    for line in path.read_text("utf-8", errors="replace").splitlines():
        key, _, rest = line.split("//")[0].strip().partition(" ")
        match key, rest.split():
            case "name", [_, *_]:
                name = rest.strip()
            case "language", [tag, *rank]:
                ranks[tag.lower()] = int(rank[0]) if rank else 5
            case "gender", [gender, *_]:
                pass
            case "pitch", [foot, head, *_]:
                pitch = (int(foot), int(head))
    return VoiceFile(identifier, name, ranks, gender, pitch)
