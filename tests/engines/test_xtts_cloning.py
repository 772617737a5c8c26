"""XTTS-v2: voices from recordings, checkpoints without voices of their own, weights of 16 bits."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.engines.conftest import Alter
from tests.support.engines import info_of, new_engine, reason_of, spoken_by
from tts_core.engines.process import ProcessRunner
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.voice_state import VoiceState
from tts_core.engines.xtts.engine import XttsEngine
from tts_core.engines.xtts.files import fingerprint
from tts_core.errors import UnknownNameError, VoiceLoadError
from tts_core.types import AudioChunk, Samples, Utterance
from tts_core.voices.catalog import VoiceCatalog

RATE = 24_000


def clip(
    seconds: float = 4.0, rate: int = 44_100, pitch: float = 120.0, seed: int = 0
) -> AudioChunk:
    """Something voiced: a buzz with a moving pitch, and noise."""
    time = np.arange(int(seconds * rate)) / rate
    phase = 2 * np.pi * pitch * (time + 0.05 * np.sin(5 * time))
    noise = np.random.default_rng(seed).normal(0, 0.02, len(time))
    buzz = sum(np.sin(n * phase) / n for n in range(1, 20))
    return AudioChunk((0.2 * buzz + noise).astype(np.float32), rate)


def speak(
    engine: XttsEngine | ProcessRunner, state: Path | None = None, voice: str = "Damien Black"
) -> Samples:
    utterance = Utterance("Hi.", voice, "en", seed=3, voice_state=state)
    chunks = [c.samples for c in spoken_by(engine, utterance, threading.Event())]
    sound = np.concatenate(chunks)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0 < np.abs(sound).max() <= 1
    return sound


def test_what_the_library_makes_of_the_clips(xtts: XttsEngine) -> None:
    import torch

    clips = [clip(8, 22_050), clip(12, 22_050, 210)]
    state = xtts.condition(clips)
    model = xtts._model._model  # type: ignore[union-attr]
    assert (model.config.max_ref_len, model.config.gpt_cond_len) == (10, 12)
    audios = [torch.from_numpy(c.samples)[None, : 10 * 22_050].clip(-1, 1) for c in clips]
    with torch.inference_mode():
        latent = model.get_gpt_cond_latents(torch.cat(audios, -1), 22_050, 12, 4)
        both = torch.stack([model.get_speaker_embedding(a, 22_050) for a in audios]).mean(0)
    assert {k: v.shape for k, v in state.tensors.items()} == {
        "gpt_cond_latent": (1, 32, 64),
        "speaker_embedding": (1, 512, 1),
    }
    assert np.array_equal(state.tensors["gpt_cond_latent"], latent.numpy())
    assert np.array_equal(state.tensors["speaker_embedding"], both.numpy())
    assert (state.engine, state.weights) == ("xtts", xtts._weights)


def same(a: VoiceState, b: VoiceState, tolerance: float = 0.0) -> bool:
    return all(np.allclose(a.tensors[k], b.tensors[k], rtol=0, atol=tolerance) for k in a.tensors)


@pytest.mark.thorough
def test_deterministic_at_any_rate_and_by_its_beginning(xtts: XttsEngine) -> None:
    first = xtts.condition([clip()])
    assert same(first, xtts.condition([clip()]))
    assert not same(first, xtts.condition([clip(pitch=210)]), 1e-3)
    assert not same(first, xtts.condition([clip(), clip(pitch=210)]), 1e-3)
    long, rest = clip(14, 22_050), np.zeros(5 * 22_050, np.float32)
    longer = AudioChunk(np.concatenate((long.samples, rest)), 22_050)
    assert same(xtts.condition([long]), xtts.condition([longer]))
    low, high = (xtts.condition([clip(rate=r)]) for r in (22_050, 48_000))
    embeddings = [s.tensors["speaker_embedding"].ravel() for s in (low, high)]
    assert np.dot(*embeddings) > 0.9  # the noise is another


@pytest.mark.parametrize(
    "clips",
    [
        [],
        [AudioChunk(np.zeros(0, np.float32), RATE)],
        [clip(0.3), clip(0.2)],
    ],
    ids=["none", "empty", "short"],
)
def test_too_little_to_clone_from(xtts: XttsEngine, clips: Sequence[AudioChunk]) -> None:
    with pytest.raises(VoiceLoadError, match=r"at least one recording longer than 0\.33 s"):
        xtts.condition(clips)


def test_a_short_clip_among_others_is_left_out(xtts: XttsEngine) -> None:
    assert same(xtts.condition([clip(0.2), clip()]), xtts.condition([clip()]))


def test_silence_and_nan(xtts: XttsEngine) -> None:
    silence = AudioChunk(np.zeros(RATE, np.float32), RATE)
    assert np.isfinite(xtts.condition([silence]).tensors["gpt_cond_latent"]).all()
    with pytest.raises(VoiceLoadError, match="found no voice"):
        xtts.condition([AudioChunk(np.full(RATE, np.nan, np.float32), RATE)])


@pytest.fixture
def state(xtts: XttsEngine, tmp_path: Path) -> Path:
    path = tmp_path / "state.safetensors"
    xtts.condition([clip()]).save(path)
    return path


def test_speaks_in_the_cloned_voice(
    xtts: XttsEngine, brief: None, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloned = speak(xtts, state, voice="whatever")
    other = speak(xtts)
    assert not np.array_equal(cloned[:5000], other[:5000])
    monkeypatch.setattr(VoiceState, "load", lambda *_: pytest.fail("read again"))
    assert np.array_equal(cloned, speak(xtts, state))


@pytest.mark.thorough
def test_another_state_under_the_same_name(xtts: XttsEngine, brief: None, state: Path) -> None:
    first = speak(xtts, state)
    xtts.condition([clip(pitch=230)]).save(state)
    assert not np.array_equal(first[:5000], speak(xtts, state)[:5000])
    for n in range(20):
        speaker = Utterance("Hi.", "x", "en", voice_state=state.with_name(f"{n}.safetensors"))
        shutil.copy(state, speaker.voice_state)  # type: ignore[arg-type]
        xtts._speaker(xtts._loaded(), speaker)
    assert len(xtts._clones._voices) == 16


def test_states_that_do_not_fit(xtts: XttsEngine, state: Path) -> None:
    good = VoiceState.load(state, "xtts", xtts._weights)
    damaged = {
        "channels": good.tensors | {"gpt_cond_latent": np.zeros((1, 32, 8), np.float32)},
        "embedding": good.tensors | {"speaker_embedding": np.zeros((1, 3, 1), np.float32)},
        "no latent": {"speaker_embedding": good.tensors["speaker_embedding"]},
    }
    for name, tensors in damaged.items():
        path = state.with_name(f"{name}.safetensors")
        VoiceState("xtts", xtts._weights, tensors).save(path)
        with pytest.raises(VoiceLoadError, match="is damaged"):
            speak(xtts, path)
    VoiceState("xtts", "model.pth of somebody else", good.tensors).save(path)
    with pytest.raises(VoiceLoadError, match="made again"):
        speak(xtts, path)
    path.write_bytes(state.read_bytes()[:1000])
    with pytest.raises(VoiceLoadError, match="cannot be read"):
        speak(xtts, path)
    path.unlink()
    with pytest.raises(VoiceLoadError, match="is gone"):
        speak(xtts, path)


def test_weights_are_told_apart(xtts_folder: Path, altered: Alter, tmp_path: Path) -> None:
    import torch

    mine = fingerprint(xtts_folder)
    copy = altered("model.pth", None)
    content = torch.load(xtts_folder / "model.pth", weights_only=False)
    torch.save(content, copy / "model.pth")
    assert fingerprint(copy) == mine
    content["model"]["gpt.final_norm.bias"] += 1e-3  # no other size
    torch.save(content, copy / "model.pth")
    assert fingerprint(copy) != mine


# A checkpoint without speakers_xtts.pth


@pytest.mark.thorough
def test_no_speakers_of_its_own(altered: Alter, brief: None, state: Path) -> None:
    altered("speakers_xtts.pth", None)
    assert reason_of(XttsEngine) is None
    assert info_of(XttsEngine).voices == []
    engine = new_engine(XttsEngine)
    engine.load()
    speak(engine, state)
    assert len(engine.condition([clip()]).tensors) == 2
    with pytest.raises(UnknownNameError, match="no speaker"):
        speak(engine)


def test_no_speakers_no_default_voice(altered: Alter) -> None:
    altered("speakers_xtts.pth", None)
    rows = ("xtts", "espeak")
    catalog = VoiceCatalog(Registry({name: ENGINES[name] for name in rows}))
    assert catalog.choose("auto", "default", "auto", "Hello").engine.name == "espeak"
    for voice in ("default", "Damien Black"):
        with pytest.raises(UnknownNameError, match="no built-in voices: choose a cloned voice"):
            catalog.choose("xtts", voice, "auto", "Hello")


# Precision


def weights_bytes(engine: XttsEngine) -> dict[str, int]:
    model = engine._model._model  # type: ignore[union-attr]
    parts = {"gpt": model.gpt.gpt, "vocoder": model.hifigan_decoder, "all": model}
    return {
        name: sum(p.numel() * p.element_size() for p in part.parameters())
        for name, part in parts.items()
    }


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("precision", "economy"),
    [
        ("auto", 1),
        ("bfloat16", 0),
        pytest.param("float32", 1, marks=pytest.mark.thorough),
        pytest.param("float16", 0, marks=pytest.mark.thorough),
    ],
)
def test_sixteen_bits(
    xtts: XttsEngine,
    xtts_folder: Path,
    brief: None,
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
    precision: str,
    economy: int,
) -> None:
    monkeypatch.setenv("TTS_XTTS_PATH", str(xtts_folder))
    monkeypatch.setenv("TTS_PRECISION", precision)
    expected = [] if precision.endswith("16") else ["16-bit weights"]
    assert list(info_of(XttsEngine).economies) == expected
    small = new_engine(XttsEngine)
    small.load(economy)
    exact, saved = weights_bytes(xtts), weights_bytes(small)
    assert saved["gpt"] == exact["gpt"] / 2
    assert saved["vocoder"] == exact["vocoder"]
    assert saved["all"] < exact["all"]
    assert len(speak(small)) > 5000
    assert len(speak(small, state)) > 5000
    assert same(small.condition([clip()]), xtts.condition([clip()]))
