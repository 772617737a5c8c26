"""XTTS-v2's real loading code on random weights. What it says is noise; how long, how soon and
how exactly it says it is tested."""

import importlib.util
import pickle
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.support.engines import info_of, new_engine, reason_of, spoken_by, texts_given
from tests.support.tiny_xtts import SPEAKERS
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.xtts import files as xtts_files
from tts_core.engines.xtts.engine import XttsEngine, XttsParameters
from tts_core.engines.xtts.files import speaker_names
from tts_core.engines.xtts.text import prepared
from tts_core.errors import EngineUnavailable, ModelLoadError, UnknownNameError
from tts_core.synthesis.planner import plan
from tts_core.types import MULTILINGUAL, SpeechRequest, Utterance
from tts_core.voices.catalog import VoiceCatalog

SENTENCE = "The quick brown fox jumps over the lazy dog, and nobody is surprised."
OPTIONS = XttsParameters().model_dump()


@pytest.fixture(scope="session")
def folder(xtts_folder):
    return xtts_folder


@pytest.fixture(scope="module")
def engine(xtts):
    return xtts


def speak(engine, text="Hi.", voice="Damien Black", language="en", stop=None, **fields):
    utterance = Utterance(text, voice, language, **{"seed": 3, **fields})
    return [c.samples for c in spoken_by(engine, utterance, stop or threading.Event())]


def sound(engine, text="Hi.", **fields):
    return np.concatenate(speak(engine, text, **fields))


def test_describes_itself_without_pytorch(folder):
    script = (
        "import sys\n"
        "from tests.support.engines import info_of, reason_of\n"
        "from tts_core.engines.xtts.engine import XttsEngine\n"
        "info = info_of(XttsEngine)\n"
        "assert reason_of(XttsEngine) is None\n"
        "assert not {'torch', 'TTS', 'transformers'} & sys.modules.keys()\n"
        "print(*(voice.name for voice in info.voices), sep='|')\n"
    )
    env = {"TTS_XTTS_PATH": str(folder), "PYTHONPATH": ".", "PYTHONIOENCODING": "utf-8"}
    answer = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, encoding="utf-8", check=True
    )
    assert answer.stdout.strip().split("|") == list(SPEAKERS)


def test_describes_itself(altered, monkeypatch):
    altered()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    info = info_of(XttsEngine)
    assert len(info.languages) == 17
    assert {v.language for v in info.voices} == {MULTILINGUAL}
    assert info.language_limits.keys() == {language.code for language in info.languages}
    assert (info.limit("en"), info.limit("ja")) == (250, 71)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert len(info_of(XttsEngine).languages) == 14


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("language", "text"),
    [("cmn", "你好，世界。"), ("ja", "こんにちは世界。"), ("ko", "안녕하세요.")],
)
def test_romanised_languages(engine, language, text):
    assert language in {item.code for item in info_of(XttsEngine).languages}
    library = _tokenizer(engine)
    read = library.preprocess_text(text, {"cmn": "zh"}.get(language, language))
    assert read.isascii()
    assert any(c.isalpha() for c in read)


def test_limits_are_those_of_the_library(engine):
    limits = {("cmn" if k == "zh" else k): v for k, v in _tokenizer(engine).char_limits.items()}
    assert info_of(XttsEngine).language_limits == limits


def _tokenizer(engine):
    return engine._model._model.tokenizer


def test_the_checkpoint_is_left_as_it_was(engine, folder):
    import torch

    from tts_core.engines.xtts import model as xtts_model

    # The library would write its own form over a model.pth that holds a config object.
    with xtts_model._legacy_safe_globals():
        content = torch.load(folder / "model.pth", weights_only=True, mmap=True)
    assert type(content["config"]).__name__ == "XttsConfig"


def test_speaks(engine, brief):
    pieces = speak(engine, "Hello.")
    samples = np.concatenate(pieces)
    assert len(pieces) >= 2
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    assert 0 < np.abs(samples).max() <= 1
    # 6 characters: 0.2 s + 6 / 5 s at the most. Random weights hardly ever end by themselves.
    assert 0.2 < len(samples) / 24_000 <= 1.45


def test_same_seed_same_sound(engine, brief):
    first, again, other = sound(engine), sound(engine), sound(engine, seed=4)
    assert np.array_equal(first, again)
    assert not np.array_equal(first[: len(other)], other[: len(first)])
    assert not np.array_equal(first[:5000], sound(engine, voice=SPEAKERS[0])[:5000])


def test_same_sound_as_the_library(engine, monkeypatch):
    import torch

    model = engine._model._model
    monkeypatch.setattr(model.gpt, "max_gen_mel_tokens", 20)
    speaker = model.speaker_manager.speakers["Damien Black"]
    torch.manual_seed(3)
    prompt, embedding = speaker["gpt_cond_latent"], speaker["speaker_embedding"]
    theirs = model.inference_stream(
        "hi.", "en", prompt, embedding, stream_chunk_size=0, speed=1.3, **OPTIONS
    )
    theirs = torch.cat(list(theirs)).numpy()
    ours = sound(engine, speed=1.3)
    assert len(ours) == len(theirs) > 10_000
    assert np.abs(ours - theirs).max() < 1e-5


@pytest.mark.thorough
@pytest.mark.parametrize("speed", [0.7, 1.0, 2.0])
def test_in_pieces_as_in_one_go(engine, speed):
    import torch

    from tts_core.engines.xtts.vocoder import IncrementalVocoder

    torch.manual_seed(1)
    latents = torch.randn(26, 64)
    speaker = torch.nn.functional.normalize(torch.randn(1, 512, 1), dim=1)
    vocoder = IncrementalVocoder(engine._model.decoder, speaker, speed, threading.Event())
    pieces = []
    for count, latent in enumerate(latents):
        vocoder.push(latent[None])
        if count % 6 == 5:
            pieces.append(vocoder.decode())
    pieces.append(vocoder.decode(final=True))
    whole = latents[None].transpose(1, 2)
    if speed != 1:
        whole = torch.nn.functional.interpolate(whole, scale_factor=1 / speed, mode="linear")
    with torch.inference_mode():
        expected = engine._model.decoder(whole.transpose(1, 2), g=speaker).squeeze().numpy()
    assert sum(len(piece) > 0 for piece in pieces) >= 3
    difference = np.abs(np.concatenate(pieces) - expected).max()
    assert difference < 1e-5
    assert difference < 1e-4 * np.abs(expected).max()


@pytest.mark.sample(1)
@pytest.mark.parametrize("delay", [0.05, 0.9])
def test_stops_soon(engine, delay):
    stop, times = threading.Event(), []

    def set_stop():
        times.append(time.monotonic())
        stop.set()

    timer = threading.Timer(delay, set_stop)
    timer.start()
    speak(engine, SENTENCE, stop=stop)
    assert time.monotonic() - times[0] < 2  # loose: machines are noisy
    timer.join()


def test_the_guard_follows_the_text(engine):
    tokens = engine._model.most_tokens
    assert tokens("Hi.", "en") == int((2 + 3 / 5) * 22_050 / 1024)
    assert tokens("1984.", "en") > tokens("Hi ya.", "en")  # counted as words
    assert tokens("word " * 50, "en") < 1200


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Hi", "Hi."),
        ("en", " Hi, ", "Hi."),
        ("en", 'He said "Hi!"', 'He said "Hi!"'),
        ("en", "[de] and [STOP]", "(de) and (STOP)."),
        ("de", "Im Jahr 1984.", "Im Jahr 1984 ."),
        ("de", "Es sind 5", "Es sind 5 ."),
        ("cs", "Dnes je 1. května", "Dnes je 1 . května."),
        ("hi", "20", " दो  शून्य  ."),
        ("en", "9" * 20, " ".join("9" * 20) + " ."),
    ],
)
def test_prepared_text(engine, language, text, expected):
    clean = _tokenizer(engine).preprocess_text
    assert prepared(text, language, clean) == expected
    clean(expected, language)


def test_texts_of_too_many_tokens_are_parted(engine):
    # 249 characters, but 2,500 once the numbers are words.
    parts = engine._model.parts("987654321987 " * 19, "en")
    assert len(parts) > 1
    assert all(len(_tokenizer(engine).encode(part, "en")) < 402 for part in parts)
    assert "".join(parts).replace(" ", "") == "987654321987" * 19 + "."


def test_unknown_speaker(engine):
    with pytest.raises(UnknownNameError, match="no speaker 'Nobody'"):
        speak(engine, voice="Nobody")


@pytest.mark.sample(1)
@pytest.mark.parametrize(("language", "limit"), [("de", 253), ("ar", 166)])
def test_limits_reach_the_planner(altered, language, limit):
    altered()
    catalog = VoiceCatalog(Registry(ENGINES))
    request = SpeechRequest(text="wort " * 300, voice="damien black", language=language)
    lengths = [len(segment.spoken) for segment in plan(request, catalog, 10_000)[0].segments]
    assert limit * 0.8 < max(lengths) <= limit


def test_unavailable_until_told_where(altered, monkeypatch):
    monkeypatch.delenv("TTS_XTTS_PATH", raising=False)
    monkeypatch.setenv("TTS_DATA_DIR", "nowhere")
    said = str(reason_of(XttsEngine))
    assert said.startswith("Needs 1.9 GB of weights: press Download on the page, or run `")
    assert "point TTS_XTTS_PATH at a folder" in said
    assert not info_of(XttsEngine).voices
    with pytest.raises(EngineUnavailable, match="TTS_XTTS_PATH"):
        new_engine(XttsEngine).load()
    altered("vocab.json", None)
    assert str(reason_of(XttsEngine)).startswith("vocab.json not found in")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "Not installed: coqui-tts, torch" in str(reason_of(XttsEngine))


def test_unreadable_speakers(altered, monkeypatch):
    path = altered("speakers_xtts.pth", b"PK nonsense") / "speakers_xtts.pth"
    assert "names no speakers" in str(reason_of(XttsEngine))
    for content in (b"\x80\x02}q\x00", b"\x80\x02X\xff\xff\xff\x7fabc", b" " * (9 << 20)):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("speakers/data.pkl", content)
        assert speaker_names(path.parent) == ()
    monkeypatch.setattr(xtts_files, "_LARGEST_FILE", 10)
    assert speaker_names(path.parent) == ()


class _Code:
    """Makes a file when it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", ["model.pth", "speakers_xtts.pth"])
def test_code_in_a_checkpoint_is_not_run(altered, tmp_path, name):
    import torch

    marker, file = tmp_path / "was_run", tmp_path / "hostile.pth"
    torch.save({"model": {"Eve": _Code(marker)}, "Mallory": {"x": 1}}, file)
    altered(name, file.read_bytes())
    assert reason_of(XttsEngine) is None
    with pytest.raises(ModelLoadError, match="was not run"):
        new_engine(XttsEngine).load()
    assert not marker.exists()
    with zipfile.ZipFile(file) as archive:  # the file does what it threatens
        data = next(n for n in archive.namelist() if n.endswith("data.pkl"))
        pickle.loads(archive.read(data))
    assert marker.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", b"{"),
        ("config.json", b"[1]"),
        ("vocab.json", b"{}"),
        ("model.pth", b""),
        ("model.pth", b"PK\x03\x04 half a file"),
    ],
)
def test_damaged_files(altered, name, content):
    altered(name, content)
    with pytest.raises(ModelLoadError, match="could not be loaded from"):
        new_engine(XttsEngine).load()


def test_a_device_that_is_not_there(altered, monkeypatch):
    import torch

    altered()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setenv("TTS_DEVICE", "cuda")
    with pytest.raises(EngineUnavailable, match="set it to auto"):
        new_engine(XttsEngine).load()


def test_it_is_given_words_for_numbers_and_signs(altered):
    altered()
    given = texts_given("xtts", "It cost $5 on May 3, 2024.", voice="damien black")
    assert given == ["It cost five dollars on May third, twenty twenty-four."]
