"""How loud an exported book is, and what is around its chapters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tts_core.audio.level import LEVEL
from tts_core.errors import ValidationError
from tts_core.validation import did_you_mean, shown


@dataclass(frozen=True, slots=True)
class Preset:
    """What an export is to be like."""

    name: str
    loudness: float = -20.0
    """LUFS, integrated (EBU R 128)."""
    ceiling: float = -2.0
    """dBTP before encoding. Lossy codecs exceed it by some tenths of a dB."""
    head: float = 0.0
    """Seconds of silence before the first sentence of each chapter."""
    tail: float = 1.0
    """Seconds of silence after the last sentence of each chapter."""
    room_tone: float | None = None
    """dBFS (RMS) of steady noise below everything; None: digital silence stays."""
    rate: int | None = None
    """Hz of the files; None: that of most of the book's sound."""
    bit_rate: int | None = None
    """Bits per second; None: by format and sample rate."""
    formats: tuple[str, ...] = ()
    """The only formats it is for; none: all."""

    @property
    def gain(self) -> float:
        """Return the gain in dB, one for all books.

        Every voice speaks at `audio.level.LEVEL`. A gain that was measured from the book instead
        would change with every edit, and with it the sound of all chapters.
        """
        return self.loudness - LEVEL


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "": Preset("book"),
        # https://help.acx.com/s/article/what-are-the-acx-audio-submission-requirements: RMS -23 to
        # -18 dB, peaks to -3 dB, room tone of 0.5 to 1 s at the head and 1 to 5 s at the tail. The
        # RMS of read speech with its pauses is about 1 dB below its loudness.
        "acx": Preset(
            "acx",
            loudness=-19.5,
            ceiling=-3.8,
            head=0.75,
            tail=2.5,
            room_tone=-75.0,
            rate=44_100,
            bit_rate=192_000,
            formats=("mp3",),
        ),
    }
)


def find_preset(name: str, format: str) -> Preset:
    """Return the preset of a name, for a format.

    Raises ValidationError when there is none, or when it is not for this format.
    """
    preset = PRESETS.get(name)
    if preset is None:
        known = ", ".join(repr(known) for known in PRESETS)
        raise ValidationError(
            f"There is no preset {shown(name)!r}.{did_you_mean(name, PRESETS)} Choose one of: "
            f"{known}.",
            "preset",
        )
    if preset.formats and format not in preset.formats:
        raise ValidationError(
            f"preset: {name!r} is for the format {' or '.join(preset.formats)}; got {format}. "
            "Choose that format, or leave the preset out.",
            "preset",
        )
    return preset
