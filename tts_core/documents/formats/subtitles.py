"""Reads subtitles: SubRip, and WebVTT with its speakers.

WebVTT: https://www.w3.org/TR/webvtt1/; SubRip as players read it.
"""

from __future__ import annotations

import html
import re

from tts_core.documents.flow import Flow
from tts_core.documents.limits import LATEST_CUE, invalid, too_large

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,300})>")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,300}>|<\d[\d:.]*>|\{\\[^{}\n]{0,100}\}")
_BLANK = re.compile(r"\n[ \t]*\n")
_MOST_LINES = 3
"""Lines before the times of a cue: its number or name."""


def read_subtitles(text: str, flow: Flow) -> None:
    """Append the cues of a file to a flow, in the order of their times.

    Cues without a text are left out, and so are those whose times are invalid, with a warning.
    Raises ValidationError when no cue is left, and TooLargeError.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    cues: list[tuple[float, float, str, str]] = []
    bad = 0
    for block in _BLANK.split(text):
        lines = block.strip("\n").split("\n")
        at = next((i for i, line in enumerate(lines[:_MOST_LINES]) if "-->" in line), None)
        if at is None:
            continue  # the head of the file, a note, a style sheet, a region
        match = _TIMES.fullmatch(lines[at])
        start, end = _seconds(match, 1), _seconds(match, 5)
        if match is None or end <= start:
            bad += 1
            continue
        if end > LATEST_CUE:
            raise too_large(
                f"The document has a subtitle that ends after {end / 3600:,.0f} hours; the limit "
                f"is {LATEST_CUE / 3600:.0f}. Correct its times, or split the document."
            )
        content = "\n".join(lines[at + 1 :])
        cues += ((start, end, *voiced) for voiced in _voices(content))
    if bad:
        flow.warn(f"Cues with invalid times were left out: {bad:,}.")
    for start, end, speaker, said in sorted(cues, key=lambda cue: cue[0]):
        flow.add(said, "cue", speaker=speaker, start=start, end=end)
    if not flow.items:
        raise invalid(
            "The document has no subtitles: no cue with times such as "
            "“00:00:01,000 --> 00:00:02,500” and a text was found. Check that it is SRT or WebVTT."
        )


def _seconds(match: re.Match[str] | None, group: int) -> float:
    """Return the time in the four groups from `group` on, in seconds."""
    if match is None:
        return 0.0
    hours, minutes, seconds = (int(match[group + i] or 0) for i in range(3))
    return hours * 3600 + minutes * 60 + seconds + float(f"0.{match[group + 3] or 0}")


def _voices(content: str) -> list[tuple[str, str]]:
    """Return pairs of speaker and text; a cue with several voices gives one for each."""
    found: list[tuple[str, str]] = []
    voices = list(_VOICE.finditer(content))
    before = _shown(content[: voices[0].start()] if voices else content)
    if before:
        found.append(("", before))
    ends = [*(voice.start() for voice in voices[1:]), len(content)]
    for voice, end in zip(voices, ends, strict=True) if voices else ():
        if said := _shown(content[voice.end() : end]):
            found.append((html.unescape(voice[1]), said))
    return found


def _shown(content: str) -> str:
    """Return the text of a cue without tags."""
    return html.unescape(_TAG.sub("", content)).strip()
