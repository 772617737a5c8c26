"""Baselines that a machine measures itself, of each voice and of each engine.

The measures of the first sentences that a voice or an engine speaks are kept in the data folder,
one file for a reference, an engine, the weights of both, and a voice or all of them. A voice's own
limits are the closest: the measures of Kokoro's sentences spread up to three times as far as those
of one voice of Piper. Names, texts and sound are not kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from pathlib import Path

from tts_core.alignment.limits import ClipMeasures, limits_amid_faults
from tts_core.alignment.quality import MEASURES, Baseline

log = logging.getLogger(__name__)

ENOUGH = 60
"""Sentences from which on a voice's or an engine's own limits are used; the median of 60 is 0.16
standard deviations off."""
MOST = 200
"""Sentences that are measured; later ones change nothing, so that an engine that gets worse is not
taken for its new self."""


class MeasuredBaselines:
    """The measured baselines of one data folder. Not thread-safe: the aligner has one thread."""

    def __init__(self, folder: Path) -> None:
        """`folder`: need not exist; it is made with the first sentence."""
        self._folder = folder
        self._clips: dict[str, list[ClipMeasures]] = {}
        """By key."""
        self._known: dict[str, Baseline] = {}
        """By key."""

    def baseline(self, key: str, default: Baseline, before: Baseline) -> Baseline | None:
        """Return what was measured for a key; None while there are fewer than `ENOUGH` sentences.

        `default`: that of the reference. `before`: what holds while this returns None.
        """
        if key not in self._known:
            clips = self._read(key)
            if len(clips) < ENOUGH:
                return None
            self._known[key] = limits_amid_faults(clips, default, before)
        return self._known[key]

    def add(self, key: str, words: int, values: dict[str, float]) -> None:
        """Add the measures of a sentence of so many words, unless there are `MOST` already.

        A folder that cannot be written is logged: the speech is then judged by the default.
        """
        clips = self._read(key)
        if len(clips) >= MOST:
            return
        kept = {measure: round(values[measure], 4) for measure in MEASURES}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._path(key).open("a", encoding="utf-8") as file:
                file.write(json.dumps([words, kept]) + "\n")
        except OSError as error:
            log.warning("a measure of the speech check could not be kept: %s", error)
            return
        clips.append((words, kept))
        self._known.pop(key, None)

    def _read(self, key: str) -> list[ClipMeasures]:
        if key not in self._clips:
            try:
                lines = self._path(key).read_text(encoding="utf-8", errors="replace").splitlines()
            except FileNotFoundError:
                lines = []
            except OSError as error:
                log.warning("the measures of the speech check could not be read: %s", error)
                lines = []
            found = (_parsed(line) for line in lines)
            self._clips[key] = [clip for clip in found if clip is not None][:MOST]
        return self._clips[key]

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.jsonl"


def key_of(*parts: str) -> str:
    """Return what a measured baseline holds for.

    `parts`: the reference engine and its weights, the engine and its weights, and a voice or none.
    """
    return json.dumps(parts)


def _parsed(line: str) -> ClipMeasures | None:
    """Return a line's measures; None when it was cut off, as by a full disk."""
    try:
        words, values = json.loads(line)
        clip = int(words), {measure: float(values[measure]) for measure in MEASURES}
    except (ValueError, TypeError, KeyError):
        return None
    return clip if clip[0] > 0 and all(math.isfinite(v) for v in clip[1].values()) else None
