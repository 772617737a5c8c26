"""Word times from other engines' sound: how far from the truth, and at what cost.

    .venv/bin/python -m tests.benchmarks.word_times [FOLDER_OF_RECORDINGS]

The speakers are in `speakers.py`, with what to install. Wanted: word starts at most 20 ms off in
the median and 60 ms at the 90th percentile, at most 0.02 s of CPU time for a second of sound (RTF).

The folder holds recordings and a README.md with a table "| name | transcript |". Nobody knows the
times of their words, but where there is a pause: the end of the word before it and the start of the
next must lie at its edges (the pauses are found by energy alone; each needs 120 ms).
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks import speech_texts as texts
from tests.benchmarks.speakers import Speaker, english, foreign, kokoro
from tests.support.engines import context, reference
from tts_core.alignment.align import align
from tts_core.alignment.aligner import References
from tts_core.audio.decode import decode
from tts_core.audio.features import FRAME_SECONDS, RATE, spectrum
from tts_core.audio.resample import resample
from tts_core.types import AudioChunk, ReferenceVoice

TEXTS = {
    "en": texts.ENGLISH,
    "it": texts.ITALIAN,
    "cs": texts.CZECH,
    "fi": texts.FINNISH,
    "ca": texts.CATALAN,
}
ESPEAK = {language: reference({"en": "en-us"}.get(language, language)) for language in TEXTS}
"""The reference voice of each language."""
HIBARI = {"en": reference("heart", "en-us", "hibari")}
KOKORO = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")


def compare(
    speaker: Speaker, references: References, voices: Mapping[str, ReferenceVoice]
) -> tuple[list[float], list[float], float]:
    """Errors of starts and of ends in ms, and the real-time factor."""
    starts, ends, work, sound = [], [], 0.0, 0.0
    sentences = TEXTS[speaker.language]
    if speaker.kind == "kokoro":  # it is slow
        sentences = [text for text in sentences if len(text) < 100][::2]
    for text, chunk in zip(sentences, speaker.speak(sentences), strict=True):
        if chunk is None or not chunk.words:
            continue
        began = time.process_time()
        found = align(chunk, references.speaker(text, voices[speaker.language]))
        work += time.process_time() - began
        sound += chunk.duration
        assert found is not None
        if len(found.words) != len(chunk.words):
            continue
        for word, truth in zip(found.words, chunk.words, strict=True):
            starts.append(abs(word.start - truth.start) * 1000)
            ends.append(abs(word.end - truth.end) * 1000)
    return starts, ends, work / sound


def table(
    title: str,
    speakers: Sequence[Speaker],
    references: References,
    voices: Mapping[str, ReferenceVoice] = ESPEAK,
) -> None:
    print(f"\n{title}\n\n| voice | words | start median | start p90 | end median | end p90 | RTF |")
    print("|---|---|---|---|---|---|---|")
    everything: list[float] = []
    for speaker in speakers:
        starts, ends, factor = compare(speaker, references, voices)
        everything += starts
        figures = [np.median(starts), np.percentile(starts, 90), np.median(ends)]
        figures.append(np.percentile(ends, 90))
        cells = " | ".join(f"{f:.0f} ms" for f in figures)
        print(f"| {speaker.name} | {len(starts)} | {cells} | {factor:.4f} |", flush=True)
    print(
        f"| all | {len(everything)} | {np.median(everything):.1f} ms | "
        f"{np.percentile(everything, 90):.0f} ms | | | |"
    )


def recordings(folder: Path) -> list[tuple[str, str, AudioChunk]]:
    """Name, transcript and sound of those with a transcript."""
    found = []
    for line in (folder / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        files = sorted(folder.glob(f"{cells[0]}.*")) if len(cells) == 2 and cells[0] else []
        if files:
            found.append((cells[0], cells[1], decode(files[0])))
    return found


def pauses(chunk: AudioChunk, shortest: float = 0.12) -> list[tuple[float, float]]:
    """Inside the speech, by energy alone."""
    speech = spectrum(resample(chunk, RATE).samples).speech
    edges = np.flatnonzero(np.diff(speech.astype(int)))[1:-1] + 1
    spans = zip(edges[::2] * FRAME_SECONDS, edges[1::2] * FRAME_SECONDS, strict=False)
    return [(a, b) for a, b in spans if b - a >= shortest]


def people(folder: Path, references: References) -> None:
    print("\n| recording | pauses | their edges: median | worst | beyond 60 ms |")
    print("|---|---|---|---|---|")
    for name, text, chunk in recordings(folder):
        found = align(chunk, references.speaker(text, reference("en-us")))
        assert found is not None
        errors = []
        for begin, end in pauses(chunk):
            before = min(abs(w.end - begin) for w in found.words)
            after = min(abs(w.start - end) for w in found.words)
            errors.append(max(before, after) * 1000)
        late = sum(e > 60 for e in errors)
        print(
            f"| {name} | {len(errors)} | {np.median(errors):.0f} ms | {max(errors):.0f} ms "
            f"| {late} |"
        )


def main() -> None:
    references = References(context())
    with tempfile.TemporaryDirectory() as name, threadpool_limits(1):
        speakers = english(Path(name), texts.ENGLISH)
        warm = next(iter(speakers.values())).speak(texts.ENGLISH[:1])[0]
        assert warm is not None
        align(warm, references.speaker(texts.ENGLISH[0], reference("en-us")))
        others = [s for s in speakers.values() if s.kind != "matched"]
        table("Other synthesisers, English", others, references)
        matched = [s for s in speakers.values() if s.kind == "matched"]
        table("eSpeak NG matched to other voices", matched, references)
        table("Other languages", list(foreign().values()), references)
        natural = [kokoro(voice) for voice in KOKORO]
        table("Kokoro in English, by eSpeak NG", natural, references)
        table("Kokoro in English, by hibari", natural, references, HIBARI)
    if len(sys.argv) > 1:
        people(Path(sys.argv[1]), references)


if __name__ == "__main__":
    main()
