"""Trains the network of the speech check that tells phones apart, and writes its weights.

    TTS_KOKORO_PATH=FOLDER python -m tests.benchmarks.phone_net CLIPS [--epochs 5]

needs PyTorch; FOLDER has Kokoro's voices as the files `ID.bin` of `kokoro-js` (`npm pack
kokoro-js@1.2.1`). CLIPS keeps what has been spoken, so that a run can be ended and gone on with:
random words by hibari and by those of Kokoro's voices that `speech_check.py` learns by, and some
sentences in its other languages. The phones and when each is spoken are the engines' own
(`LEADS`). The same clips, seed and release of PyTorch give the same weights.

Half of what it learns by is changed: other frequencies, as of a longer or shorter vocal tract, and
noise. The judge of the network is the table of `speech_check.py`, whose voices it has never heard.
The weights in the package are those of 300 clips of hibari and 55 of Kokoro, which were spoken at
other speeds than this script draws.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import hibari
import numpy as np
import safetensors.numpy
import torch
from numpy.typing import NDArray
from torch import nn

from tests.benchmarks.speech_check import INITIALS, LEARNT_TEXTS, WHISPERING, voices_of
from tests.support.engines import context, new_engine
from tts_core.alignment import phones
from tts_core.alignment.phones import NONE, SILENCE, labels
from tts_core.audio.features import FRAME_SECONDS, RATE, Matrix, spectrum
from tts_core.audio.resample import resample
from tts_core.engines.hibari.engine import HibariEngine
from tts_core.engines.kokoro import files
from tts_core.engines.kokoro.engine import KokoroEngine
from tts_core.engines.kokoro.model import KokoroModel
from tts_core.engines.phonemes.english import phonemes_of
from tts_core.engines.phonemes.front_end import phonemes_of as kokoro_phonemes
from tts_core.types import AudioChunk

HIBARI_CLIPS, KOKORO_CLIPS = 300, 3
"""In all, and of each voice."""
LANGUAGES = ("en-us", "en-gb", "es", "fr", "it", "pt")
LEADS = {"hibari": 0.07, "kokoro": 0.075}
"""Seconds by which the engines' sound comes before what their durations say."""
FRAME, SAMPLE_RATE = 0.025, 24_000
"""Seconds of a frame of their durations; Hz."""
PITCHES = (0.6, 0.75, 0.9, 1.0, 1.0, 1.15, 1.35, 1.6)
MOST_PHONEMES = 400
FEWEST_FRAMES = 250
"""Of a phone that the network learns."""
WIDTH = 192
BATCH, RATE_OF_LEARNING, SMOOTHING, DROPOUT = 512, 4e-3, 0.05, 0.15

Clip = tuple[NDArray[np.float32], NDArray[np.float64], str]
"""Samples at `SAMPLE_RATE`, the seconds at which each phoneme begins, and the phonemes."""


def words() -> list[str]:
    """Plain words of hibari's dictionary."""
    path = Path(hibari.__file__).with_name("assets") / "lexicon_us_gold.json.gz"
    known = json.loads(gzip.decompress(path.read_bytes()))
    return sorted(word for word in known if re.fullmatch("[a-z]{3,9}", word))


def nonsense(dice: random.Random, known: Sequence[str]) -> str:
    return " ".join(dice.choices(known, k=9)).capitalize() + "."


def make_clips(folder: Path) -> None:
    """Speak what is not yet in the folder."""
    known = words()
    engine = new_engine(HibariEngine)
    engine.load()
    model, reader = engine._voice("heart")
    for number in range(HIBARI_CLIPS):
        path, dice = folder / f"hibari-{number}.npz", random.Random(number)
        text = nonsense(dice, known)
        speed, pitch = dice.uniform(0.8, 1.3), dice.choice(PITCHES)
        if not path.exists():
            read = phonemes_of(text, reader).text[:MOST_PHONEMES]
            spoken = model.speak(read, speed, pitch, number)
            save(path, np.concatenate(list(spoken.blocks)), spoken.onsets / SAMPLE_RATE, read)
    kokoro = KokoroModel(files.read_model(context()), 1)
    packs = new_engine(KokoroEngine)
    for language in LANGUAGES:
        initial = INITIALS[language][0]
        names = sorted(v for v in voices_of("kokoro") - WHISPERING if v[0] == initial)
        for voice in names[::2]:
            dice = random.Random(voice)
            sentences = dice.sample(list(LEARNT_TEXTS[language[:2]]), KOKORO_CLIPS)
            for number, sentence in enumerate(sentences):
                text = nonsense(dice, known) if initial in "ab" and number else sentence
                path, speed = folder / f"kokoro-{voice}-{number}.npz", dice.uniform(0.85, 1.25)
                if not path.exists():
                    read = kokoro_phonemes(text, language).text[:MOST_PHONEMES]
                    reading = kokoro.read(read, packs._pack(voice), speed)
                    sound = kokoro.speak(reading, 0, reading.frames)
                    save(path, sound, reading.onsets * FRAME, read)


def save(path: Path, samples: NDArray[np.float32], onsets: NDArray[np.floating], read: str) -> None:
    np.savez(path, samples=samples.astype(np.float16), onsets=onsets, phonemes=np.array(read))


def load(path: Path) -> Clip:
    clip = np.load(path)
    onsets = clip["onsets"] - LEADS[path.name.split("-")[0]]
    return clip["samples"].astype(np.float32), onsets, str(clip["phonemes"])


def frames(clip: Clip, dice: np.random.Generator) -> Iterator[tuple[Matrix, list[str]]]:
    """What the network gets of a clip, plain and changed, and the phone of each frame."""
    samples, onsets, phonemes = clip
    named = [*labels(phonemes), NONE]
    for changed in (False, True):
        heard, warp = samples, 1.0
        if changed:
            level = 10 ** (dice.uniform(-50, -20) / 20) * samples.std()
            noise = dice.standard_normal(len(samples)) * level
            heard, warp = (samples + noise).astype(np.float32), float(dice.uniform(0.84, 1.2))
        sound = spectrum(resample(AudioChunk(heard, SAMPLE_RATE), RATE).samples)
        times = np.arange(len(sound.speech)) * FRAME_SECONDS
        at = np.searchsorted(onsets, times, side="right") - 1
        found = [named[i] if 0 <= i < len(named) else NONE for i in at]
        yield (
            phones.inputs(sound, warp),
            [n if speech else SILENCE for n, speech in zip(found, sound.speech, strict=True)],
        )


def train(inputs: torch.Tensor, targets: torch.Tensor, classes: int, epochs: int) -> nn.Sequential:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Linear(inputs.shape[1], WIDTH),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
        nn.Linear(WIDTH, WIDTH),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
        nn.Linear(WIDTH, classes),
    )
    optimizer = torch.optim.Adam(network.parameters())
    steps = epochs * (len(inputs) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE_OF_LEARNING, total_steps=steps)
    for epoch in range(epochs):
        right = 0
        for batch in torch.split(torch.randperm(len(inputs)), BATCH):
            found = network(inputs[batch].float())
            loss = nn.functional.cross_entropy(found, targets[batch], label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            right += int((found.argmax(1) == targets[batch]).sum())
        print(f"epoch {epoch + 1}: {right / len(inputs):.1%} of the frames", flush=True)
    return network.eval()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("clips", type=Path)
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()
    options.clips.mkdir(parents=True, exist_ok=True)
    make_clips(options.clips)
    torch.set_num_threads(1)
    dice = np.random.default_rng(0)
    made = [f for path in sorted(options.clips.glob("*.npz")) for f in frames(load(path), dice)]
    counts = Counter(name for _, named in made for name in named)
    learned = sorted(n for n, count in counts.items() if n != NONE and count >= FEWEST_FRAMES)
    numbers = {name: number for number, name in enumerate(learned)}
    targets = np.array([numbers.get(name, -1) for _, named in made for name in named])
    inputs = np.concatenate([matrix.astype(np.float16) for matrix, _ in made])
    kept = targets >= 0
    kept &= (targets != numbers[SILENCE]) | (dice.random(len(targets)) < 0.5)
    print(f"{len(made) // 2} clips, {kept.sum()} frames, {len(learned)} phones", flush=True)
    network = train(
        torch.from_numpy(inputs[kept]),
        torch.from_numpy(targets[kept]),
        len(learned),
        options.epochs,
    )
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    tensors = {}
    for number, layer in enumerate(layers):
        tensors[f"weight{number}"] = layer.weight.detach().numpy().T.astype(np.float16)
        tensors[f"bias{number}"] = layer.bias.detach().numpy().astype(np.float16)
    safetensors.numpy.save_file(
        {name: np.ascontiguousarray(value) for name, value in tensors.items()},
        phones.FILE,
        {"phones": " ".join(learned)},
    )


if __name__ == "__main__":
    main()
