"""Whether two voices are told from one, and the sounds of speech that this is done with.

    python -m tests.benchmarks.speaker_change [--write] [FOLDER ...]

It downloads Debian's Asterisk prompts (`apt-get download`, 60 MB), people who read whole sentences,
in one take each. Those of `MADE_FROM` make `speech_sounds.json` anew with `--write`; the others,
flite's and festival's voices and the folders are held out: they had no part in it (though the way
itself was chosen with an eye on some of them). Each file of a folder is a recording of one speaker,
and several are when their names agree up to a "-".

Printed for the recordings of a speaker that are long enough, how many a second voice is wrongly
heard in; for one speaker's after another's, how many it is heard in; beside the peer, the same
without the sounds taken off.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import permutations, product
from pathlib import Path
from unittest import mock

import av
import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture

from tests.benchmarks.speakers import english
from tests.benchmarks.speech_texts import ENGLISH
from tts_core.audio import features, measure, speaker_change
from tts_core.audio.clip_report import MOST_CHANGE
from tts_core.audio.decode import decode
from tts_core.audio.resample import resample
from tts_core.types import AudioChunk, Samples

RATE = measure.VAD_RATE
MADE_FROM = tuple(f"asterisk-core-sounds-{name}-g722" for name in ("en", "es", "fr", "it", "ru"))
"""Four people, one of them in English and in Spanish."""
AGAIN = ("asterisk-core-sounds-es-g722", "festival-kal", "festival-slt-hts")
"""Voices of people who are there already."""
TELEPHONE = (
    "asterisk-prompt-it-menardi-wav",
    "asterisk-prompt-fr-armelle",
    "asterisk-prompt-es-co",
)
SCREAMS = "tt-monkeys"
"""A prompt with monkeys in it: another voice indeed."""
LEAST_SECONDS = 2.0
"""Of a recording that is used."""
LEAST_JOINED = 4.0
"""Seconds, of one that is joined to another's."""
MOST_RECORDINGS, MOST_FRAMES = 120, 4000
"""Of a voice."""
SOUNDS, SEED = 64, 0
DRAWS = 3
KINDS = {".g722", ".gsm", ".wav"}

Voices = dict[str, list[Samples]]
"""Recordings of one speaker each, at `RATE`."""


def prompts(package: str) -> list[Samples]:
    """Those of a package, at most `MOST_RECORDINGS`, drawn by chance but always the same."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = partial(subprocess.run, cwd=folder, check=True, capture_output=True)
        run(["apt-get", "download", package])
        run(["dpkg", "-x", *(path.name for path in folder.iterdir()), "."])
        files = sorted(path for path in folder.rglob("*") if path.suffix in KINDS)
        random.Random(1).shuffle(files)
        read = (opened(path) for path in files if path.stem != SCREAMS)
        return [s for s in read if len(s) >= LEAST_SECONDS * RATE][:MOST_RECORDINGS]


def opened(path: Path) -> Samples:
    """Of a format that the studio need not know."""
    kind = path.suffix[1:]
    resampler = av.AudioResampler("flt", "mono", RATE)
    with av.open(str(path), format=kind) as container:
        frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([np.zeros(0, np.float32), *(f.to_ndarray()[0] for f in frames)])


def synthetic() -> Voices:
    """Of flite and festival in English; three sentences make a recording."""
    with tempfile.TemporaryDirectory() as folder:
        speakers = english(Path(folder), ENGLISH)
    found: Voices = {}
    for name, speaker in speakers.items():
        if speaker.kind != "matched" and name not in AGAIN:
            said = [resample(c, RATE).samples for c in speaker.speak(ENGLISH) if c is not None]
            found[name] = [np.concatenate(said[n : n + 3]) for n in range(0, len(said) - 2, 3)]
    return found


def folder_of(path: Path) -> Voices:
    """One speaker for each beginning of a name."""
    found: Voices = defaultdict(list)
    for file in sorted(path.iterdir()):
        if file.suffix in {".wav", ".flac", ".mp3", ".ogg"}:
            found[file.stem.split("-")[0]].append(resample(decode(file), RATE).samples)
    return dict(found)


def make(voices: Iterable[list[Samples]]) -> dict[str, object]:
    """The mixture that all voices share, each relative to its own mean."""
    draw = np.random.default_rng(SEED)
    frames: list[NDArray[np.floating]] = []
    for recordings in voices:
        spoken = np.concatenate([cepstra(samples) for samples in recordings])
        spoken = spoken - spoken.mean(axis=0)
        chosen = draw.choice(len(spoken), min(len(spoken), MOST_FRAMES), replace=False)
        frames.append(spoken[chosen])
    mixture = GaussianMixture(
        SOUNDS, covariance_type="diag", max_iter=50, reg_covar=1e-2, random_state=SEED
    ).fit(np.concatenate(frames))
    return {
        "how": "tests.benchmarks.speaker_change: a mixture of Gaussians, of frames of "
        f"{', '.join(MADE_FROM)} (Debian; CC BY-SA 3.0)",
        "weights": mixture.weights_.astype(float).round(5).tolist(),
        "means": mixture.means_.astype(float).round(3).tolist(),
        "variances": mixture.covariances_.astype(float).round(3).tolist(),
    }


def cepstra(samples: Samples) -> NDArray[np.floating]:
    """Of the frames with speech."""
    speech = measure.speech_frames(AudioChunk(samples, RATE))
    found = features.cepstra(features.spectrum(samples), speaker_change.COEFFICIENTS)
    return found[speaker_change.speech_mask(len(found), speech)]


def score(samples: Samples) -> float | None:
    pitches = measure.pitch_track(samples, RATE)
    speech = measure.speech_frames(AudioChunk(samples, RATE))
    found = speaker_change.speaker_change(samples, pitches, speech)
    return None if found is None else found.score


def pairs(voices: Voices) -> Iterator[Samples]:
    """One voice after another: `DRAWS` different ones of each two, drawn as in `prompts`."""
    draw = random.Random(SEED)
    long = {
        name: [s for s in recordings if len(s) >= LEAST_JOINED * RATE]
        for name, recordings in voices.items()
    }
    for first, second in permutations(long, 2):
        choices = list(product(long[first], long[second]))
        for chosen in draw.sample(choices, min(DRAWS, len(choices))):
            yield np.concatenate(chosen)


def flagged(recordings: Iterable[Samples]) -> tuple[int, int]:
    """How many, of how many that are long enough to tell."""
    scores = [found for samples in recordings if (found := score(samples)) is not None]
    return sum(s > MOST_CHANGE for s in scores), len(scores)


def table(groups: dict[str, Voices]) -> None:
    def ways() -> Iterator[tuple[str, AbstractContextManager[object]]]:
        yield "ours", nullcontext()
        yield "peer", mock.patch.object(speaker_change, "relative_to_sounds", lambda frames: frames)

    print("                    one voice, heard as two     two voices, heard as two")
    for group, voices in groups.items():
        for way, patched in ways():
            with patched:
                one = flagged(s for recordings in voices.values() for s in recordings)
                two = flagged(pairs(voices))
            print(f"{group:12} {way}   {one[0]:8} of {one[1]:4} {two[0]:20} of {two[1]:4}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Two voices told from one.")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help=f"into {speaker_change.SOUNDS.name}")
    options = parser.parse_args()
    learnt = {package: prompts(package) for package in MADE_FROM}
    if options.write:
        speaker_change.SOUNDS.write_text(json.dumps(make(learnt.values())) + "\n")
    table(
        {
            "made from": {name: learnt[name] for name in MADE_FROM if name not in AGAIN},
            "telephone": {name: prompts(name) for name in TELEPHONE},
            "synthetic": synthetic(),
            **{path.name: folder_of(path) for path in options.folders},
        }
    )


if __name__ == "__main__":
    main()
