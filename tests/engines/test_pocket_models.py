"""Pocket TTS's downloaded models: which are here, which one speaks, what can be cloned."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydantic
import pytest
import yaml
from numpy.typing import NDArray

from tests.support.engines import info_of, new_engine, reason_of, spoken_by, texts_given
from tests.support.tiny_pocket import kept_model
from tests.support.tiny_pocket_hub import TINY, TinyPocketEngine, add_model, write_configs
from tts_core.engines.pocket import models as pocket_models
from tts_core.engines.pocket.engine import PocketEngine
from tts_core.engines.pocket.weights import WEIGHTS
from tts_core.engines.process import ProcessRunner
from tts_core.engines.registry import Registry
from tts_core.engines.voice_state import VoiceState
from tts_core.engines.weights.catalog import HubFile
from tts_core.errors import EngineUnavailable, UnknownNameError, VoiceLoadError
from tts_core.types import MULTILINGUAL, AudioChunk, Utterance
from tts_core.voices.catalog import VoiceCatalog

RATE = 24_000
LIBRARY = pocket_models.config_folder()
TEXT = "Hello world, a test."

Add = Callable[..., None]


@pytest.fixture(scope="session")
def small() -> Path:
    return kept_model()


@pytest.fixture(scope="session")
def large() -> Path:
    """Of another architecture, so that no state fits both."""
    return kept_model(layers=3)


@pytest.fixture
def add(small: Path, large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Add:
    """Puts models into a folder of weights that is empty at first. No network, no time to end."""
    configs, cache = tmp_path / "configs", tmp_path / "cache"
    names = [model.name for model in pocket_models.MODELS]
    write_configs(configs, LIBRARY, [(n, large if "24l" in n else small) for n in names])
    monkeypatch.setenv("TINY_POCKET_CONFIGS", str(configs))
    monkeypatch.setattr(pocket_models, "config_folder", lambda: configs)
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    monkeypatch.setenv("TTS_DEVICE", "cpu")
    monkeypatch.delenv("TTS_POCKET_CONFIG", raising=False)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("asked the network"))

    def add(*names: str, voices: tuple[str, ...] = ("alba", "estelle")) -> None:
        for name in names:
            add_model(cache, name, large if "24l" in name else small, voices)

    return add


def loaded(economy: int = 0) -> PocketEngine:
    engine = new_engine(TinyPocketEngine)
    engine.load(economy)
    return engine


def speak(
    engine: PocketEngine | ProcessRunner,
    voice: str = "alba",
    language: str = "en",
    state: Path | None = None,
    **options: Any,
) -> NDArray[np.float32]:
    options.setdefault("eos_threshold", 50)
    utterance = Utterance(TEXT, voice, language, seed=1, options=options, voice_state=state)
    sound = np.concatenate([c.samples for c in spoken_by(engine, utterance, threading.Event())])
    assert np.isfinite(sound).all()
    assert len(sound) > RATE
    return sound


def in_memory(engine: PocketEngine) -> list[str]:
    return [path.stem for path in engine._loaded]


# The table


def hub_file(reference: str) -> HubFile:
    owner, repo, path = reference.removeprefix("hf://").split("/", 2)
    path, _, revision = path.partition("@")
    return HubFile(f"{owner}/{repo}", revision, path)


@pytest.mark.parametrize("model", pocket_models.MODELS, ids=lambda m: m.name)
def test_rows_are_the_librarys(model: pocket_models.PocketModel) -> None:
    from pocket_tts.utils.utils import get_predefined_voice

    theirs = yaml.safe_load((LIBRARY / f"{model.config}.yaml").read_text(encoding="utf-8"))
    voices = [
        hub_file(get_predefined_voice(model.config, voice))
        for voice in pocket_models.PREDEFINED_VOICES
    ]
    tokenizer = hub_file(theirs["flow_lm"]["lookup_table"]["tokenizer_path"])
    for row, weights in (
        (WEIGHTS[model.name], theirs["weights_path_without_voice_cloning"]),
        (WEIGHTS[f"{model.name}-cloning"], theirs["weights_path"]),
    ):
        whole = [file for file in row.files if not file.optional]
        assert whole == [hub_file(weights), tokenizer]
        optional = [HubFile(f.repo, f.revision, f.path) for f in row.files if f.optional]
        assert optional == voices
        assert row.gated == row.name.endswith("-cloning")
        assert row.engine == "pocket"
        assert row.size > 20e6
    assert model.config.startswith(model.language)
    assert ("24l" in model.config) == (model.kind == "24l")


def test_every_language_and_size_is_in_the_table() -> None:
    # Left out: dated copies of the default models, and other trainings of the small ones.
    names = {path.stem for path in LIBRARY.glob("*.yaml")}
    left_out = {n for n in names if n.startswith("english_2026-0") or "refl" in n}
    left_out |= {"english_2026-10", "english_drifting_26-09"}
    left_out -= {"english_2026-09_24l"}
    assert {model.config for model in pocket_models.MODELS} == names - left_out
    assert len(WEIGHTS) == 2 * len(pocket_models.MODELS)
    assert set(pocket_models.SMALLEST_FIRST) == set(pocket_models.KINDS)


# What is here


def test_nothing_here(add: Add) -> None:
    reason = reason_of(PocketEngine)
    assert reason is not None
    assert "download pocket-english`" in reason
    with pytest.raises(EngineUnavailable, match="press Download"):
        loaded()


def test_half_a_download_is_nothing(add: Add, tmp_path: Path) -> None:
    add("pocket-english")
    next((tmp_path / "cache").rglob("tokenizer.json")).unlink()
    assert "press Download" in str(reason_of(PocketEngine))


def test_one_language(add: Add) -> None:
    add("pocket-french")
    info = info_of(PocketEngine)
    assert reason_of(PocketEngine) is None
    assert [language.code for language in info.languages] == ["fr"]
    assert [(v.id, v.language, v.tags) for v in info.voices] == [
        ("alba", "fr", ()),
        ("estelle", "fr", ("default",)),
    ]
    assert not info.capabilities.cloning
    assert list(info.economies) == ["one decode step"]
    speak(loaded(), "estelle", "fr")


def test_two_languages(add: Add) -> None:
    add("pocket-english", voices=("alba", "marius"))
    add("pocket-french")
    info = info_of(PocketEngine)
    assert [language.code for language in info.languages] == ["en", "fr"]
    assert [(v.id, v.language, v.languages, v.tags) for v in info.voices] == [
        ("alba", MULTILINGUAL, ("en", "fr"), ("default:en",)),
        ("estelle", "fr", (), ("default:fr",)),
        ("marius", "en", (), ()),
    ]
    catalog = VoiceCatalog(Registry({"pocket": TINY}))

    def chosen(voice: str, language: str, text: str = "Hello") -> tuple[str, str]:
        choice = catalog.choose("auto", voice, language, text)
        return choice.voice.id, choice.language

    assert chosen("default", "auto") == ("alba", "en")
    assert chosen("default", "fr") == ("estelle", "fr")
    assert chosen("default", "auto", "Bonjour, comment allez-vous ?") == ("estelle", "fr")
    assert chosen("alba", "fr") == ("alba", "fr")
    assert chosen("Alba", "auto", "Bonjour, comment allez-vous ?") == ("alba", "fr")
    assert chosen("marius", "auto", "Bonjour, comment allez-vous ?") == ("marius", "en")
    engine = loaded()
    assert in_memory(engine) == ["english"]
    english, french = speak(engine, "alba", "en"), speak(engine, "alba", "fr")
    assert in_memory(engine) == ["english", "french"]
    np.testing.assert_allclose(english, french, atol=1e-4)  # the same weights under two names
    with pytest.raises(UnknownNameError, match="no voice 'marius' here for French"):
        speak(engine, "marius", "fr")


def test_a_voice_that_speaks_some_of_the_languages(add: Add) -> None:
    add("pocket-english", "pocket-german", voices=("alba", "juergen"))
    add("pocket-french", voices=("estelle",))
    catalog = VoiceCatalog(Registry({"pocket": TINY}))
    assert catalog.choose("auto", "juergen", "de", "Hallo").language == "de"
    assert catalog.choose("auto", "juergen", "auto", "Bonjour, ça va bien ?").language == "en"
    assert catalog.choose("auto", "default", "fr", "Hello").voice.id == "estelle"
    assert catalog.choose("auto", "default", "de", "Hello").voice.id == "juergen"
    with pytest.raises(Exception, match="Juergen speaks de, en, not 'fr'"):
        catalog.choose("auto", "juergen", "fr", "Bonjour")


@pytest.mark.thorough
def test_two_models_at_most_in_memory(add: Add) -> None:
    add("pocket-english", "pocket-french", "pocket-german")
    engine = loaded()
    for language in ("fr", "en", "de", "en", "fr"):
        speak(engine, "alba", language)
        assert len(in_memory(engine)) <= 2
    assert in_memory(engine) == ["english", "french"]
    saving = loaded(economy=2)
    for language in ("fr", "en"):
        speak(saving, "alba", language)
        assert len(in_memory(saving)) == 1


def test_what_is_downloaded_while_it_runs(add: Add) -> None:
    add("pocket-english", voices=("alba",))
    engine = loaded()
    with pytest.raises(EngineUnavailable, match="Pocket TTS, French is not here"):
        speak(engine, "estelle", "fr")
    with pytest.raises(UnknownNameError):
        speak(engine, "marius")
    add("pocket-french")
    add("pocket-english", voices=("marius",))
    speak(engine, "estelle", "fr")
    speak(engine, "marius")


# Sizes


def test_which_model_speaks(add: Add) -> None:
    add("pocket-english-2m", "pocket-english-24l")
    engine = loaded()
    assert in_memory(engine) == ["english_2026-09_24l"]  # the best there is
    speak(engine, model="2m")
    assert in_memory(engine)[-1] == "english_2m_2026-10"
    with pytest.raises(EngineUnavailable, match=r"download pocket-english-7m`"):
        speak(engine, model="7m")
    add("pocket-english")
    assert in_memory(loaded()) == ["english"]


def test_a_voice_that_only_another_size_has(add: Add) -> None:
    add("pocket-english", voices=("alba",))
    add("pocket-english-24l", voices=("alba", "marius"))
    engine = loaded()
    speak(engine, "marius")
    assert in_memory(engine)[-1] == "english_2026-09_24l"
    with pytest.raises(UnknownNameError, match="no voice 'marius'"):
        speak(engine, "marius", model="standard")


def test_economies(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    add("pocket-english", "pocket-english-2m")
    assert list(info_of(PocketEngine).economies) == ["one decode step", "the smallest model here"]
    plain = speak(loaded(), decode_steps=1)
    assert np.abs(speak(loaded(), decode_steps=8) - plain).max() > 1e-4
    np.testing.assert_allclose(speak(loaded(1), decode_steps=8), plain, atol=1e-4)
    engine = loaded(2)
    assert in_memory(engine) == ["english_2m_2026-10"]
    speak(engine, model="standard")
    assert in_memory(engine) == ["english_2m_2026-10"]


def test_defaults_that_models_do_not_share(add: Add) -> None:
    def default(name: str) -> Any:
        return info_of(PocketEngine).parameters.model_json_schema()["properties"][name]

    add("pocket-english-2m")
    assert default("eos_threshold")["default"] == -1.0
    add("pocket-english")
    shared, own = default("temperature"), default("eos_threshold")
    assert shared["default"] == 0.3
    assert own["default"] is None
    assert own["description"].endswith("Empty: the model's own.")
    parameters = info_of(PocketEngine).parameters
    for wrong in ({"eos_threshold": 51}, {"model": "huge"}, {"temperature": None}):
        with pytest.raises(pydantic.ValidationError):
            parameters(**wrong)
    engine = loaded()
    for model, expected in (("2m", -1.0), ("standard", -4.0)):
        utterance = Utterance(TEXT, "alba", "en", options=parameters(model=model).model_dump())
        assert list(spoken_by(engine, utterance, threading.Event()))
        assert list(engine._loaded.values())[-1].model.eos_threshold == expected


def test_no_slider_stands_on_nothing(add: Add) -> None:
    import gradio as gr

    from tts_core.web.ui.parameters import chosen_options, draw_parameters

    add("pocket-english", "pocket-english-2m")
    with gr.Blocks(analytics_enabled=False):
        drawn = draw_parameters(info_of(PocketEngine).parameters)
    by_name = {p.name: p.component for p in drawn}
    assert isinstance(by_name["eos_threshold"], gr.Number)
    assert isinstance(by_name["temperature"], gr.Slider)
    assert isinstance(by_name["model"], gr.Dropdown)
    assert chosen_options(drawn, [p.component.value for p in drawn]) == {}


# Cloning


def clip(seconds: float = 2.0, rate: int = 44_100, seed: int = 0) -> AudioChunk:
    noise = np.random.default_rng(seed).normal(0, 0.1, int(seconds * rate))
    return AudioChunk(noise.clip(-1, 1).astype(np.float32), rate)


def test_open_weights_cannot_clone(add: Add) -> None:
    add("pocket-english")
    with pytest.raises(VoiceLoadError, match="gated: accept the terms on https://huggingface"):
        loaded().condition([clip()])


def test_gated_weights_can(add: Add, tmp_path: Path) -> None:
    add("pocket-english-cloning", voices=())
    info = info_of(PocketEngine)
    assert info.capabilities.cloning
    assert reason_of(PocketEngine) is None
    assert info.voices == []  # nor are there any: those are other files
    engine = loaded()
    state = engine.condition([clip()])
    again = engine.condition([clip()])
    assert state.engine == "pocket"
    assert state.weights == f"english@{pocket_models.MODELS[0].open[:12]}"
    assert all(np.array_equal(state.tensors[k], again.tensors[k]) for k in state.tensors)
    state.save(tmp_path / "me.safetensors")
    cloned = speak(engine, "me", state=tmp_path / "me.safetensors")
    engine.condition([clip(seed=1), clip(rate=16_000)]).save(tmp_path / "other.safetensors")
    other = speak(engine, "other", state=tmp_path / "other.safetensors")
    assert np.abs(cloned - other).max() > 1e-6


def test_a_state_is_a_file_of_the_librarys(add: Add, tmp_path: Path) -> None:
    add("pocket-english-cloning")
    engine = loaded()
    engine.condition([clip()]).save(tmp_path / "me.safetensors")
    [model] = [loaded.model for loaded in engine._loaded.values()]
    theirs = model.get_state_for_audio_prompt(tmp_path / "me.safetensors")
    assert sum(len(piece) for piece in model.generate_audio_stream(theirs, TEXT)) > RATE / 2


@pytest.mark.thorough
def test_at_most_thirty_seconds(add: Add) -> None:
    add("pocket-english-cloning")
    engine = loaded()
    lengths = [
        engine.condition(clips).tensors["transformer.layers.0.self_attn/cache"].shape[2]
        for clips in ([clip(30, 24_000)], [clip(28, 24_000), clip(9, 24_000)])
    ]
    assert abs(lengths[0] - lengths[1]) <= 1
    assert 370 < lengths[0] < 380  # 12.5 a second


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("clips", "message"),
    [
        ([], "at least one recording"),
        ([clip(0.4), clip(0.1)], r"longer than 0\.5 s"),
        ([AudioChunk(np.zeros(RATE, np.float32), RATE)], "no sound"),
        ([AudioChunk(np.full(RATE, np.nan, np.float32), RATE)], "no sound"),
    ],
)
def test_nothing_to_clone_from(add: Add, clips: list[AudioChunk], message: str) -> None:
    add("pocket-english-cloning")
    with pytest.raises(VoiceLoadError, match=message):
        loaded().condition(clips)


@pytest.mark.thorough
def test_a_cloned_voice_speaks_every_language_it_could_be_made_for(
    add: Add, tmp_path: Path
) -> None:
    add("pocket-english-cloning", "pocket-french-24l-cloning", "pocket-german")
    engine = loaded()
    path = tmp_path / "me.safetensors"
    engine.condition([clip()]).save(path)
    speak(engine, "me", "en", path)
    speak(engine, "me", "fr", path)
    assert in_memory(engine) == ["english", "french_24l"]
    with pytest.raises(VoiceLoadError, match="cloned for English, French only"):
        speak(engine, "me", "de", path)
    add("pocket-french", "pocket-english-24l")
    speak(loaded(), "me", "fr", path)  # still with the model it was made with


def test_foreign_and_damaged_states(add: Add, tmp_path: Path) -> None:
    add("pocket-english-cloning")
    engine = loaded()
    good = engine.condition([clip()])
    path = tmp_path / "me.safetensors"
    for engine_name, weights, tensors, message in (
        ("xtts", good.weights, good.tensors, "is for xtts"),
        ("pocket", "french@123", good.tensors, "must be made again"),
        ("pocket", good.weights, dict(list(good.tensors.items())[:2]), "does not fit"),
        ("pocket", good.weights, {"a": np.zeros(3, np.float32)}, "does not fit"),
    ):
        VoiceState(engine_name, weights, tensors).save(path)
        with pytest.raises(VoiceLoadError, match=message):
            speak(engine, "me", state=path)
    good.save(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(VoiceLoadError, match="cannot be read"):
        speak(engine, "me", state=path)
    path.unlink()
    with pytest.raises(VoiceLoadError):
        speak(engine, "me", state=path)
    speak(engine)


def test_a_configuration_of_ones_own_clones(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTS_POCKET_CONFIG", str(small))
    assert info_of(PocketEngine).capabilities.cloning
    engine = loaded()
    engine.condition([clip()]).save(tmp_path / "me.safetensors")
    speak(engine, "me", "en", tmp_path / "me.safetensors")
    for file in ("config.yaml", "model.safetensors", "tokenizer.json"):
        shutil.copy(small.parent / file, tmp_path / file)
    shutil.copytree(small.parent / "voices", tmp_path / "voices")
    config = yaml.safe_load((tmp_path / "config.yaml").read_text())
    other = tmp_path / "model.safetensors"
    content = bytearray(other.read_bytes())
    content[len(content) // 2] ^= 1  # fine-tuned, in a way
    other.write_bytes(content)
    config["weights_path"] = str(other)
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    monkeypatch.setenv("TTS_POCKET_CONFIG", str(tmp_path / "config.yaml"))
    with pytest.raises(VoiceLoadError, match="must be made again"):
        speak(loaded(), "me", "en", tmp_path / "me.safetensors")


# Texts that do not end


@pytest.mark.sample(1)
@pytest.mark.parametrize("text", ["Hi.", "No", "A"])
def test_a_short_text_has_an_end(add: Add, text: str) -> None:
    """The library's own bound: a third of a second for each token, and 2 s."""
    add("pocket-english")
    utterance = Utterance(text, "alba", "en", options={"eos_threshold": 50})
    chunks = spoken_by(loaded(), utterance, threading.Event())
    seconds = sum(len(chunk.samples) for chunk in chunks) / RATE
    assert 2 < seconds < 5


def test_short_segments_are_joined(add: Add) -> None:
    from tts_core.synthesis.planner import plan
    from tts_core.types import SpeechRequest

    add("pocket-english")
    catalog = VoiceCatalog(Registry({"pocket": TINY}))
    request = SpeechRequest(text="Oh. No. Yes! This is the end of it all. Hm.")
    lengths = [len(s.spoken) for s in plan(request, catalog, 1000)[0].segments]
    assert min(lengths) >= info_of(PocketEngine).min_characters


def test_it_is_given_words_for_numbers_and_signs(add: Add) -> None:
    add("pocket-english")
    given = texts_given("pocket", "It cost $5 on May 3, 2024.")
    assert given == ["It cost five dollars on May third, twenty twenty-four."]
