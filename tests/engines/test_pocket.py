"""Pocket TTS on random weights, through the real loading code."""

from __future__ import annotations

import importlib.util
import json
import pickle
import shutil
import statistics
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import yaml
from numpy.typing import NDArray

from tests.conftest import MakeService
from tests.support.engines import context, info_of, new_engine, reason_of, spoken_by
from tests.support.tiny_pocket import VOICES, kept_model
from tts_core.engines import registry
from tts_core.engines.pocket import config as pocket_config
from tts_core.engines.pocket import files as pocket_files
from tts_core.engines.pocket import models as pocket_models
from tts_core.engines.pocket.engine import PocketEngine
from tts_core.engines.pocket.voices import read_voice
from tts_core.engines.process import ProcessRunner
from tts_core.engines.registry import ENGINES, Registry
from tts_core.errors import ModelLoadError, TTSError, UnknownNameError, ValidationError
from tts_core.types import Utterance
from tts_core.validation import speech_request

RATE = 24_000
FRAME = 1_920  # samples
TEXT = "Hello world, a test."
LONG = "The quick brown fox jumps over the lazy dog, and then over another one."
REVISION = "0" * 40

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def tiny() -> Path:
    return kept_model()


@pytest.fixture
def config(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TTS_POCKET_CONFIG", str(tiny))
    monkeypatch.setenv("TTS_DEVICE", "cpu")
    return tiny


@pytest.fixture
def own(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model's configuration and voices, to be spoilt."""
    shutil.copytree(config.parent / "voices", tmp_path / "own" / "voices")
    copy = tmp_path / "own" / "config.yaml"
    shutil.copy(config, copy)
    monkeypatch.setenv("TTS_POCKET_CONFIG", str(copy))
    return copy


@pytest.fixture
def engine(config: Path) -> PocketEngine:
    engine = new_engine(PocketEngine)
    engine.load()
    return engine


@pytest.fixture
def runner(config: Path) -> Iterator[ProcessRunner]:
    runner = ProcessRunner(ENGINES["pocket"], context())
    yield runner
    runner.unload()


def utterance(text: str = TEXT, voice: str = "alba", seed: int = 1, **options: Any) -> Utterance:
    return Utterance(text, voice, "en", seed=seed, options=options)


def speak(engine: PocketEngine | ProcessRunner, *args: Any, **options: Any) -> NDArray[np.float32]:
    chunks = list(spoken_by(engine, utterance(*args, **options), threading.Event()))
    assert all(chunk.sample_rate == RATE for chunk in chunks)
    assert all(chunk.samples.dtype == np.float32 for chunk in chunks)
    return np.concatenate([chunk.samples for chunk in chunks])


def edit(path: Path, change: Edit) -> None:
    values = yaml.safe_load(path.read_text())
    change(values)
    path.write_text(yaml.safe_dump(values))


def seconds_allowed(text: str, config: Path) -> float:
    """What the library allows a sentence that does not end by itself."""
    from tokenizers import Tokenizer

    tokens = Tokenizer.from_file(str(config.parent / "tokenizer.json")).encode(text).ids
    return len(tokens) / 3 + 2


# What it says of itself


def test_describes_itself_without_torch(config: Path) -> None:
    script = (
        "import sys, json\n"
        "from tests.support.engines import new_engine\n"
        "from tts_core.engines.pocket.engine import PocketEngine\n"
        "p = new_engine(PocketEngine)\n"
        "i = p.describe()\n"
        "heavy = sorted({'torch', 'pocket_tts', 'transformers'} & sys.modules.keys())\n"
        "print(json.dumps([p.unavailable(), i.sample_rate, [v.id for v in i.voices], heavy]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [None, RATE, list(VOICES), []]


def test_unset_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTS_POCKET_CONFIG", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    reason = reason_of(PocketEngine)
    assert reason is not None
    assert reason.startswith("Needs about 386 MB of weights (English): press Download")
    assert "point TTS_POCKET_CONFIG at" in reason
    assert info_of(PocketEngine).voices == []
    with pytest.raises(ModelLoadError, match="TTS_POCKET_CONFIG"):
        new_engine(PocketEngine).load()


def test_without_the_package(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    reason = reason_of(PocketEngine)
    assert reason is not None
    assert reason == "Not installed: pocket-tts, torch; run `make pocket`."


def test_the_tables_are_the_librarys() -> None:
    from pocket_tts import default_parameters
    from pocket_tts.models.tts_model import Config
    from pocket_tts.utils import utils

    assert set(pocket_models.PREDEFINED_VOICES) == utils._ORIGINS_OF_PREDEFINED_VOICES.keys()
    ours = pocket_models.PREDEFINED_STATE.format(model="french_24l", voice="alba")
    assert ours == utils.get_predefined_voice("french_24l", "alba")
    for name, language in pocket_models.LANGUAGES.items():
        voice = default_parameters.get_default_voice_for_language(name)
        assert pocket_models.default_voice(language.code) == voice
    for name in ("default_temperature", "default_eos_threshold"):
        theirs = Config.model_fields[name].default
        assert pocket_config.PocketConfig.model_fields[name].default == theirs
    parameters = info_of(PocketEngine).parameters.model_fields
    assert parameters["decode_steps"].default == default_parameters.DEFAULT_SAMPLER_DECODE_STEPS
    assert default_parameters.DEFAULT_NOISE_CLAMP is None


def test_the_librarys_own_configurations_are_understood() -> None:
    import pocket_tts

    folder = Path(pocket_tts.__file__).parent / "config"
    files = sorted(folder.glob("*.yaml"))
    assert len(files) > 20
    for file in files:
        parsed = pocket_config.read_config(file)
        assert parsed.mimi.sample_rate == RATE
        name = pocket_files._model_name(file, parsed)
        assert pocket_files._language(name).name.casefold() == name.split("_")[0]


def test_defaults_and_language_are_the_models(own: Path) -> None:
    def change(values: dict[str, Any]) -> None:
        values["default_temperature"] = 0.7
        values["flow_lm"]["flow"]["type"] = "flow_matching"

    edit(own, change)
    french = own.rename(own.with_name("french_24l.yaml"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TTS_POCKET_CONFIG", str(french))
        info = info_of(PocketEngine)
    assert [item.code for item in info.languages] == ["fr"]
    assert {voice.language for voice in info.voices} == {"fr"}
    properties = info.parameters.model_json_schema()["properties"]
    defaults = {name: field["default"] for name, field in properties.items()}
    assert defaults == {
        "temperature": 0.7,
        "decode_steps": 16,
        "noise_clamp": 0.0,
        "eos_threshold": 50.0,
    }
    assert properties["temperature"]["maximum"] == 2


# Speaking


def test_speaks_at_the_stated_rate_and_length(engine: PocketEngine, config: Path) -> None:
    for text in (TEXT, LONG):
        sound = speak(engine, text)
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() <= 1
        assert len(sound) % FRAME == 0
        assert len(sound) / RATE == pytest.approx(seconds_allowed(text, config), abs=0.6)
    assert sound.std() > 0


def test_a_seed_makes_the_same_sound_again(engine: PocketEngine) -> None:
    first, again, other = speak(engine, seed=5), speak(engine, seed=5), speak(engine, seed=6)
    # Not bit for bit: how many frames are decoded at once depends on timing.
    np.testing.assert_allclose(first, again, atol=1e-5)
    assert np.abs(first - other).max() > 1e-3


def test_voices_differ(engine: PocketEngine) -> None:
    assert np.abs(speak(engine, voice="alba") - speak(engine, voice="zoe")).max() > 1e-6


def test_parameters_take_effect_without_loading_again(engine: PocketEngine) -> None:
    plain = speak(engine)
    for option in ({"temperature": 2.0}, {"decode_steps": 8}, {"noise_clamp": 0.01}):
        changed = speak(engine, **option)
        assert len(changed) == len(plain)
        assert np.abs(changed - plain).max() > 1e-4, option
    assert len(speak(engine, eos_threshold=-50)) < len(plain) / 4
    np.testing.assert_allclose(speak(engine), plain, atol=1e-5)


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("temperature", 0),
        ("temperature", float("nan")),
        ("decode_steps", 33),
        ("noise_clamp", -1),
        ("eos_threshold", 51),
        ("speaker", 1),
    ],
)
def test_bad_options(engine: PocketEngine, option: str, value: float) -> None:
    with pytest.raises(ValidationError) as caught:
        speak(engine, **{option: value})
    assert caught.value.field == option


def test_unknown_voice(engine: PocketEngine) -> None:
    for voice in ("nobody", "../voices/alba", "hf://kyutai/x/y.wav"):
        with pytest.raises(UnknownNameError, match="no voice"):
            speak(engine, voice=voice)


# Stopping and ending


def library_threads() -> int:
    return sum(
        "_decode_audio_worker" in t.name or "run_gen" in t.name for t in threading.enumerate()
    )


def test_leaving_ends_the_librarys_threads(engine: PocketEngine) -> None:
    for told in (True, False):
        stop = threading.Event()
        sound = spoken_by(engine, utterance(LONG), stop)
        next(sound)
        assert library_threads() > 0
        if told:
            stop.set()
            assert list(sound) == []
        else:
            sound.close()  # type: ignore[attr-defined]
            assert not stop.is_set()
        deadline = time.monotonic() + 2
        while library_threads() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert library_threads() == 0


@pytest.mark.thorough
def test_a_worker_stops_within_300_ms_and_gives_its_memory_back(runner: ProcessRunner) -> None:
    whole = len(speak(runner, LONG))
    taken = []
    for _ in range(5):
        stop = threading.Event()
        sound = runner.speak(utterance(LONG), stop)
        heard = len(next(sound).samples)
        stop.set()
        started = time.monotonic()
        heard += sum(len(chunk.samples) for chunk in sound)
        taken.append(time.monotonic() - started)
        assert heard < whole / 2
    assert statistics.median(taken) < 2  # alone on the machine 0.01
    assert len(speak(runner, LONG)) == whole
    assert runner.pid is not None
    worker = psutil.Process(runner.pid)
    assert worker.memory_info().rss > 100e6
    runner.unload()
    assert not worker.is_running()


# Through the service


def test_the_best_engine_for_the_language(config: Path, make_service: MakeService) -> None:
    service = make_service()
    engines = [engine.name for engine in service.engines.all() if engine.ready]
    assert engines[:2] == ["pocket", "espeak"]
    for text, expected in (
        ("Hello there, how are you?", "pocket"),
        ("Привет, как дела?", "espeak"),
    ):
        with service.stream(speech_request(text=text)) as stream:
            assert stream.read_to_end().info.engine == expected


# Files that are missing, broken or hostile


def test_missing_files(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reason() -> str:
        assert info_of(PocketEngine).voices == []
        found = reason_of(PocketEngine)
        assert found is not None
        with pytest.raises(ModelLoadError):
            new_engine(PocketEngine).load()
        return found

    shutil.rmtree(own.parent / "voices")
    assert "export-voice" in reason()
    edit(own, lambda v: v["flow_lm"]["lookup_table"].update(tokenizer_path="nowhere.json"))
    assert "tokenizer nowhere.json" in reason()
    edit(own, lambda v: v.update(weights_path="nowhere.safetensors"))
    assert "nowhere.safetensors" in reason()
    edit(own, lambda v: v.update(weights_path="https://example.invalid/model.safetensors"))
    assert "example.invalid" in reason()
    edit(own, lambda v: v.update(weights_path=f"hf://a/b/model.safetensors@{REVISION}"))
    assert "hf download" in reason()
    edit(own, lambda v: v.update(weights_path="hf://../../etc/passwd"))
    assert "not on this machine" in reason()
    edit(own, lambda v: v.pop("weights_path"))
    assert "names no weights" in reason()
    for name in ("none.yaml", "."):
        monkeypatch.setenv("TTS_POCKET_CONFIG", str(tmp_path / name))
        assert "not a file ending in .yaml" in reason()


def test_what_comes_after_the_start(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "RECHECK_SECONDS", 0.0)
    engines = Registry()
    voices = own.parent / "voices"
    voices.rename(voices.with_name("later"))
    assert engines.info("pocket").voices == []
    assert "pocket" not in engines.ready()
    voices.with_name("later").rename(voices)
    assert engines.info("pocket").voices
    assert "pocket" in engines.ready()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"- a list",
        b"flow_lm: {",
        b"\xff\xfe\x00",
        b"a: &a [*a, *a]",
        b"[" * 400,
        b"!!python/object/apply:os.system ['touch /tmp/aloud-was-here']",
        b"flow_lm: 1\nmimi: {sample_rate: fast}",
    ],
)
def test_what_is_not_a_configuration(own: Path, content: bytes) -> None:
    own.write_bytes(content)
    reason = reason_of(PocketEngine)
    assert reason is not None
    assert "is not a Pocket TTS configuration" in reason
    assert len(reason) < 600
    assert not Path("/tmp/aloud-was-here").exists()
    assert info_of(PocketEngine).sample_rate == RATE


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickle was loaded",))


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, pickle.dumps(Bomb()), "half"])
def test_broken_weights(own: Path, config: Path, content: bytes | str) -> None:
    whole = (config.parent / "model.safetensors").read_bytes()
    broken = own.parent / "model.safetensors"
    broken.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)
    edit(own, lambda v: v.update(weights_path=str(broken)))
    with pytest.raises(ModelLoadError, match="could not load") as caught:
        new_engine(PocketEngine).load()
    assert len(str(caught.value)) < 800


def test_files_that_do_not_belong_together(own: Path) -> None:
    edit(own, lambda v: v["flow_lm"]["lookup_table"].update(n_bins=7))
    with pytest.raises(ModelLoadError, match="belong together"):
        new_engine(PocketEngine).load()
    edit(own, lambda v: v.update(nonsense=1))
    with pytest.raises(ModelLoadError, match="nonsense"):
        new_engine(PocketEngine).load()


def test_a_device_that_is_not_there(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTS_DEVICE", "mps")
    with pytest.raises(ModelLoadError, match="no such device here; set it to auto"):
        new_engine(PocketEngine).load()


def write_wav(path: Path, seconds: float) -> None:
    noise = np.random.default_rng(0).normal(0, 3000, int(seconds * 16_000)).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(noise.tobytes())


def test_recordings_and_states(own: Path) -> None:
    voices = own.parent / "voices"
    write_wav(voices / "My voice.wav", 1.5)
    write_wav(voices / "alba.wav", 1.5)
    for name in ("a+b.wav", "notes.txt", "state.pt"):
        (voices / name).write_bytes(b"")
    (voices / "folder.wav").mkdir()
    info = info_of(PocketEngine)
    assert [(v.id, v.tags) for v in info.voices] == [
        ("My voice", ()),
        ("alba", ("default",)),
        ("zoe", ()),
    ]
    engine = new_engine(PocketEngine)
    engine.load()
    assert len(speak(engine, voice="My voice")) > RATE
    assert pocket_files.find_files(own, own.parent).voices["alba"].suffix == ".safetensors"


def spoilt_states() -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
    def nan(state: dict[str, Any]) -> dict[str, Any]:
        return {k: v * float("nan") if k.endswith("cache") else v for k, v in state.items()}

    return {
        "one layer": lambda state: {k: v for k, v in state.items() if ".1." not in k},
        "no cache": lambda state: {k: v for k, v in state.items() if not k.endswith("cache")},
        "narrow": lambda state: {
            k: v[..., :3].contiguous() if k.endswith("cache") else v for k, v in state.items()
        },
        "too long": lambda state: {
            k: v + 10_000 if k.endswith("offset") else v for k, v in state.items()
        },
        "nan": nan,
        "other names": lambda state: {k.replace("/", "-"): v for k, v in state.items()},
    }


@pytest.mark.sample(3)
@pytest.mark.parametrize("fault", [*spoilt_states(), "empty", "pickle"])
def test_broken_voices(own: Path, fault: str) -> None:
    import safetensors.torch

    file = own.parent / "voices" / "zoe.safetensors"
    if fault == "empty":
        file.write_bytes(b"")
    elif fault == "pickle":
        file.write_bytes(pickle.dumps(Bomb()))
    else:
        state = spoilt_states()[fault](safetensors.torch.load_file(file))
        safetensors.torch.save_file(state, file)
    engine = new_engine(PocketEngine)
    engine.load()
    with pytest.raises(TTSError, match=r"voice zoe (cannot be read|does not fit)"):
        speak(engine, voice="zoe")
    assert len(speak(engine, voice="alba")) > RATE


def test_a_broken_recording(own: Path) -> None:
    (own.parent / "voices" / "bad.wav").write_bytes(b"RIFF" + b"\xff" * 100)
    write_wav(own.parent / "voices" / "nothing.wav", 0)
    engine = new_engine(PocketEngine)
    engine.load()
    for voice in ("bad", "nothing"):
        with pytest.raises(TTSError, match=f"voice {voice} cannot be read"):
            speak(engine, voice=voice)


# The Hub's cache, and the weights that cannot clone


@pytest.fixture
def hub(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Hub cache with the open weights and one predefined voice; and no network at all."""
    cache = tmp_path / "hub"
    repo = "kyutai/pocket-tts-without-voice-cloning"
    voice = pocket_models.PREDEFINED_STATE.format(model="english", voice="marius")
    weights = f"hf://{repo}/languages/english/model.safetensors@{REVISION}"
    for reference, source in (
        (weights, yaml.safe_load(own.read_text())["weights_path"]),
        (voice, own.parent / "voices" / "zoe.safetensors"),
    ):
        name, _, revision = reference.removeprefix(f"hf://{repo}/").partition("@")
        target = cache / f"models--{repo.replace('/', '--')}" / "snapshots" / revision / name
        target.parent.mkdir(parents=True)
        shutil.copy(source, target)
    gated = f"hf://kyutai/pocket-tts/languages/english/model.safetensors@{REVISION}"
    edit(own, lambda v: v.update(weights_path=gated, weights_path_without_voice_cloning=weights))
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("asked the network"))
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("asked the network"))
    return cache


def test_gated_weights(hub: Path, own: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_wav(own.parent / "voices" / "me.wav", 1)
    assert [voice.id for voice in info_of(PocketEngine).voices] == ["alba", "marius", "zoe"]
    engine = new_engine(PocketEngine)
    engine.load()
    assert "without voice cloning" in caplog.text
    assert "accept the terms" in caplog.text
    assert len(speak(engine, voice="marius")) > RATE
    [loaded] = engine._loaded.values()
    with pytest.raises(TTSError, match="gated: accept the terms"):
        read_voice(loaded.model, own.parent / "voices" / "me.wav")


def test_neither_weights(hub: Path, own: Path) -> None:
    shutil.rmtree(hub)
    reason = reason_of(PocketEngine)
    assert reason is not None
    assert "accept the terms" in reason
    assert "hf download" in reason


def test_the_page_can_be_built_with_it(config: Path, make_service: MakeService) -> None:
    import gradio as gr

    from tts_core.web.ui import voice_card as card

    with gr.Blocks():
        speed, pitch = card.draw_prosody(make_service())
        assert speed.minimum < speed.value < speed.maximum
        assert pitch.minimum < pitch.value < pitch.maximum
    assert card._widest([(1.0, 1.0)]) == (0.5, 2.0)
