"""Word times from other engines' sound: how far from the truth, and at what cost.

    .venv/bin/python -m tests.benchmarks.word_times [FOLDER_OF_RECORDINGS]

The speakers are in `speakers.py`, with what to install. Kokoro and Piper tell when they speak a
word by the durations of their networks, in frames of 25 and 12 ms; TTS_KOKORO_PATH needs `KOKORO`.
Where they put a word in the sound is their own convention, so the constant between it and the
reference's, "bias", is the median of the differences, and is taken off before the percentiles.
Wanted: word starts at most 10 ms off in the median and 30 ms at the 90th percentile, a bias near 0,
at most 0.03 s of CPU time for a second of sound (RTF).

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
from tests.benchmarks.speakers import Speaker, english, foreign, kokoro, piper
from tests.support.engines import context, reference
from tts_core.alignment.align import align
from tts_core.alignment.aligner import References, words_of
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
    "es": texts.SPANISH,
    "fr": texts.FRENCH,
    "pt": texts.PORTUGUESE,
}
ESPEAK = {language: reference({"en": "en-us"}.get(language, language)) for language in TEXTS}
"""The reference voice of each language."""
HIBARI = {"en": reference("heart", "en-us", "hibari")}
KOKORO = ("am_michael", "am_fenrir", "af_bella", "af_kore", "bf_emma", "bm_george")
"""Voices in English; af_heart is hibari's own."""
KOKORO_FOREIGN = {"ef_dora": "es", "ff_siwis": "fr", "if_sara": "it", "pf_dora": "pt-br"}


def compare(
    speaker: Speaker, references: References, voices: Mapping[str, ReferenceVoice]
) -> tuple[list[float], list[float], float]:
    """Differences of starts and of ends from the truth in ms, and the real-time factor."""
    starts, ends, work, sound = [], [], 0.0, 0.0
    references.speaker("Good morning.", voices[speaker.language])(1.0)  # loads the engine
    sentences = TEXTS[speaker.language]
    if speaker.kind == "kokoro":  # it is slow
        sentences = [text for text in sentences if len(text) < 100][::2]
    for text, chunk in zip(sentences, speaker.speak(sentences), strict=True):
        if chunk is None or not chunk.words:
            continue
        began = time.process_time()
        found = align(chunk, references.speaker(text, voices[speaker.language]))
        assert found is not None
        words = words_of(found, voices[speaker.language])
        work += time.process_time() - began
        sound += chunk.duration
        if len(words) != len(chunk.words):
            continue
        for word, truth in zip(words, chunk.words, strict=True):
            starts.append((word.start - truth.start) * 1000)
            ends.append((word.end - truth.end) * 1000)
    return starts, ends, work / sound


def table(
    title: str,
    speakers: Sequence[Speaker],
    references: References,
    voices: Mapping[str, ReferenceVoice] = ESPEAK,
) -> None:
    edges = " | ".join(
        f"{edge} {f}" for edge in ("start", "end") for f in ("bias", "median", "p90")
    )
    print(f"\n{title}\n\n| voice | words | {edges} | RTF |\n|---|---|---|---|---|---|---|---|---|")
    all_starts: list[float] = []
    all_ends: list[float] = []
    for speaker in speakers:
        starts, ends, factor = compare(speaker, references, voices)
        all_starts, all_ends = all_starts + starts, all_ends + ends
        cells = f"{figures(starts)} | {figures(ends)}"
        print(f"| {speaker.name} | {len(starts)} | {cells} | {factor:.4f} |", flush=True)
    print(f"| all | {len(all_starts)} | {figures(all_starts)} | {figures(all_ends)} | |")


def figures(differences: Sequence[float]) -> str:
    """The bias, and the median and the 90th percentile of what is beyond it, as cells."""
    bias = float(np.median(differences))
    beyond = np.abs(np.array(differences) - bias)
    return f"{bias:.0f} ms | {np.median(beyond):.0f} ms | {np.percentile(beyond, 90):.0f} ms"


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
        natural = [kokoro(v, "en-gb" if v[0] == "b" else "en-us") for v in KOKORO] + [piper()]
        table("Kokoro and Piper in English, by hibari", natural, references, HIBARI)
        table("The same by eSpeak NG", natural, references)
        foreigners = [kokoro(voice, language) for voice, language in KOKORO_FOREIGN.items()]
        table("Kokoro in other languages, by eSpeak NG", foreigners, references)
    if len(sys.argv) > 1:
        people(Path(sys.argv[1]), references)


if __name__ == "__main__":
    main()
