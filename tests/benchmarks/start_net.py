"""Trains the network that places the starts of words, and writes its weights.

    TTS_KOKORO_PATH=FOLDER python -m tests.benchmarks.start_net CLIPS

needs PyTorch and flite (`speakers.py`); FOLDER has Kokoro's voices as the files `ID.bin` of
`kokoro-js` (`npm pack kokoro-js@1.2.1`). CLIPS keeps what has been spoken, so that a run can be
ended and gone on with: the texts that the speech check learns by, in five languages, each in a
voice of Kokoro and at a speed drawn for it. Some in English are read by two voices of flite too:
they keep the network from moving the words of voices whose sounds begin when eSpeak NG's do. All
are aligned with eSpeak NG's speech, and the network learns how much later each word begins by the
speaker's own durations. The same clips and release of PyTorch give the same weights.

The judge of the network is the table of `word_times.py`: none of its voices and texts is learned
by. There are too few voices of the four other languages to leave some to be judged, so that most
of these texts are read by voices of English, Hindi and Japanese.
"""

from __future__ import annotations

import argparse
import json
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors.numpy
import torch
from numpy.typing import NDArray
from torch import nn

from tests.benchmarks.speakers import Flite
from tests.benchmarks.speech_check import LEARNT_TEXTS
from tests.benchmarks.word_times import ESPEAK
from tests.support.engines import context, new_engine, spoken_by
from tts_core.alignment import starts
from tts_core.alignment.align import align
from tts_core.alignment.aligner import References
from tts_core.audio.features import FRAME_SECONDS, Matrix
from tts_core.engines.kokoro.engine import KokoroEngine
from tts_core.types import AudioChunk, Utterance, WordTiming

ENGLISH = (
    *("af_alloy", "am_adam", "af_jessica", "am_eric"),
    *("af_nova", "am_liam", "af_sarah", "am_onyx"),
)
OTHERS = (*ENGLISH, "jf_alpha", "jm_kumo", "bf_alice", "bm_daniel", "hf_alpha", "hm_omega")
VOICES = {
    "es": ("em_santa", "em_santa", *OTHERS),
    "fr": OTHERS,
    "it": OTHERS,
    "pt-br": ("pm_santa", "pm_santa", *OTHERS),
    "en-us": ENGLISH,
}
FLITE = ("awb", "rms")
SLOWEST, FASTEST = 0.8, 1.25
COPIES, JITTER = 4, 0.02
"""Of each start, all but one of which are moved at random; seconds by which."""
WORST = 0.1
"""Seconds; a start that is further off is that of another word."""
WIDTH, EPOCHS, BATCH, RATE_OF_LEARNING = 32, 40, 256, 4e-3
DECAY, DROPPED, DROPOUT, SQUARED = 1e-2, 0.1, 0.2, 0.5
"""Of the weights, of the inputs, of the hidden layer; frames up to which errors are squared."""


class Clip(NamedTuple):
    voice: str
    language: str
    number: int
    text: str
    speed: float


def clips() -> Iterator[Clip]:
    dice = random.Random(1)
    for language, voices in VOICES.items():
        for number, text in enumerate(LEARNT_TEXTS[language[:2]]):
            voice, speed = dice.choice(voices), round(dice.uniform(SLOWEST, FASTEST), 2)
            yield Clip(voice, language, number, text, speed)


def spoken(clip: Clip, engine: KokoroEngine, folder: Path) -> AudioChunk:
    """The sound and its words, from the folder if it is there."""
    path = folder / f"{clip.language}-{clip.number}-{clip.voice}.npz"
    if not path.exists():
        utterance = Utterance(clip.text, clip.voice, clip.language, clip.speed)
        parts = list(spoken_by(engine, utterance, threading.Event()))
        samples = np.concatenate([part.samples for part in parts])
        words = json.dumps([(w.text, w.start, w.end) for part in parts for w in part.words])
        np.savez(path, samples=samples.astype(np.float16), rate=parts[0].sample_rate, words=words)
    kept = np.load(path)
    words = tuple(WordTiming(*word) for word in json.loads(str(kept["words"])))
    return AudioChunk(kept["samples"].astype(np.float32), int(kept["rate"]), words)


def flite() -> Iterator[tuple[str, str, AudioChunk]]:
    """Every second English text with its language and sound."""
    speakers, texts = Flite(), LEARNT_TEXTS["en"][::2]
    for name in FLITE:
        for text, chunk in zip(texts, speakers.speaker(name).speak(texts), strict=True):
            if chunk is not None:
                yield text, "en", chunk


def examples(
    text: str, language: str, chunk: AudioChunk, references: References, dice: np.random.Generator
) -> tuple[Matrix, NDArray[np.float64]] | None:
    """What the network gets of the words but the first, and by how many frames each is later."""
    found = align(chunk, references.speaker(text, ESPEAK[language]))
    if found is None or len(found.words) != len(chunk.words):
        return None
    begun = np.array([word.start for word in found.words])
    truth = np.array([word.start for word in chunk.words])
    near = np.abs(truth - begun) < WORST
    near[0] = False
    seen, later = [], []
    for copy in range(COPIES):
        moved = begun + dice.uniform(-JITTER, JITTER, len(begun)) * (copy > 0)
        seen.append(starts.inputs(found, moved)[near])
        later.append((truth - moved)[near] / FRAME_SECONDS)
    return np.concatenate(seen), np.concatenate(later)


def train(inputs: Matrix, targets: NDArray[np.float64]) -> dict[str, Matrix]:
    """The weights for inputs that are not normalized."""
    torch.manual_seed(0)
    mean, deviation = inputs.mean(axis=0), inputs.std(axis=0) + np.float32(0.1)
    first, last = nn.Linear(inputs.shape[1], WIDTH), nn.Linear(WIDTH, 1)
    network = nn.Sequential(nn.Dropout(DROPPED), first, nn.ReLU(), nn.Dropout(DROPOUT), last)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=DECAY)
    steps = EPOCHS * (len(inputs) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE_OF_LEARNING, total_steps=steps)
    given = torch.from_numpy((inputs - mean) / deviation)
    wanted = torch.from_numpy(targets.astype(np.float32))
    for epoch in range(EPOCHS):
        total = 0.0
        for batch in torch.split(torch.randperm(len(inputs)), BATCH):
            found = network(given[batch])[:, 0]
            loss = nn.functional.huber_loss(found, wanted[batch], delta=SQUARED)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        print(f"epoch {epoch + 1}: {total / len(inputs):.3f}", flush=True)
    weight0 = first.weight.detach().numpy().T / deviation[:, None]
    return {
        "weight0": np.ascontiguousarray(weight0, np.float32),
        "bias0": np.asarray(first.bias.detach().numpy() - mean @ weight0, np.float32),
        "weight1": np.ascontiguousarray(last.weight.detach().numpy().T),
        "bias1": last.bias.detach().numpy(),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("clips", type=Path)
    folder: Path = parser.parse_args().clips
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    engine, references = new_engine(KokoroEngine), References(context())
    engine.load()
    dice = np.random.default_rng(0)
    kokoro = ((c.text, c.language[:2], spoken(c, engine, folder)) for c in clips())
    made = [examples(*clip, references, dice) for clip in (*kokoro, *flite())]
    known = [pair for pair in made if pair is not None]
    inputs, targets = (np.concatenate(part) for part in zip(*known, strict=True))
    print(f"{len(known)} clips, {len(inputs) // COPIES} words", flush=True)
    weights, made_with = train(inputs, targets), {"reference": ESPEAK["en"].engine}
    safetensors.numpy.save_file(weights, starts.FILE, made_with)


if __name__ == "__main__":
    main()
