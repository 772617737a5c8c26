"""A process that imports, adds to, renames, exports and deletes voices, killed at random moments.

After each SIGKILL a new library reads the folder. Wanted: every voice wholly there or wholly
absent, nothing skipped, nothing left lying about.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.support.recordings import encoded, excerpt, spoken
from tts_core.audio.decode import decode
from tts_core.errors import ValidationError
from tts_core.voices.export import export_voice, import_voice
from tts_core.voices.library import VoiceLibrary

PACKAGES = 4
LONGEST = 0.15
"""Seconds until the kill; some thirty changes are made meanwhile."""


def prepare(folder: Path) -> None:
    """Packages 0.zip, 1.zip … of little voices, and a recording."""
    library = VoiceLibrary(folder / "source")
    for number in range(PACKAGES):
        source = folder / "source.wav"
        source.write_bytes(encoded(excerpt(spoken(), number / 10, 4), "wav", "pcm_s16le"))
        voice = library.add(f"Voice {number}", [source], consent=True)
        # Of the first tenth of a second, so that little time is spent on reading sound.
        recording = library.recordings(voice.id)[0]
        recording.write_bytes(encoded(excerpt(decode(recording), 0, 0.1), "wav", "pcm_s16le"))
        export_voice(library, voice.id, folder / f"{number}.zip")
    (folder / "more.wav").write_bytes(encoded(excerpt(spoken(), 1, 5), "wav", "pcm_s16le"))


def change_something(library: VoiceLibrary, folder: Path, chance: random.Random) -> None:
    voices = library.all()
    what = chance.choice(("import", "rename", "rename", "export", "delete", "delete", "add"))
    if not voices or (what == "import" and len(voices) < PACKAGES):
        import_voice(library, folder / f"{chance.randrange(PACKAGES)}.zip")
        return
    voice = chance.choice(voices)
    if what == "rename":
        library.change(voice.id, name=f"Name {chance.random()}", tags=[str(chance.random())])
    elif what == "export":
        export_voice(library, voice.id, folder / "exported.zip")
    elif what == "delete":
        library.delete(voice.id)
    elif what == "add" and chance.random() < 0.1:  # these take longest
        library.add(f"Name {chance.random()}", [folder / "more.wav"], consent=True)


def go_on_for_ever(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    library = VoiceLibrary(folder / "voices")
    while True:
        with suppress(ValidationError):  # the library has that voice
            change_something(library, folder, chance)


def half_way(root: Path) -> list[str]:
    """What a kill left behind."""
    found = [path.name.split("-")[0] for path in root.glob(".*")]
    return found + [".part" for _ in root.glob("*/.voice.json.part")]


def check(root: Path) -> int:
    """How many voices there are. Raises AssertionError when one is neither there nor absent."""
    library = VoiceLibrary(root)
    assert library.problems == (), library.problems
    voices = library.all()
    if root.exists():
        assert {path.name for path in root.iterdir()} == {voice.id for voice in voices}
    assert len({voice.name for voice in voices}) == len(voices)
    for voice in voices:
        files = {path.name for path in library.folder(voice.id).iterdir()}
        assert files == {"voice.json", *(clip.file for clip in voice.clips)}
        for path in library.recordings(voice.id):
            assert decode(path).duration >= 0.09
    return len(voices)


def run(kills: int) -> str:
    """Kill so many; what was found. To be called in a process without threads, which can fork.

    Raises AssertionError when a voice is neither there nor absent.
    """
    chance = random.Random(7)
    left: Counter[str] = Counter()
    voices = caught = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        for seed in range(kills):
            child = os.fork()
            if child == 0:
                try:
                    go_on_for_ever(folder, seed)
                finally:
                    os._exit(1)  # it must be killed, not end
            time.sleep(chance.uniform(0, LONGEST))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            assert os.WIFSIGNALED(status), "the process failed by itself"
            found = half_way(folder / "voices")
            caught += bool(found)
            left.update(found)
            voices += check(folder / "voices")
    assert voices, "no voice was ever there"
    took = time.monotonic() - began
    return (
        f"{kills} kills in {took:.1f} s; {caught} caught it half-way {left}\n"
        f"{voices / kills:.1f} voices on average, each whole"
    )
