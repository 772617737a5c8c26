"""Chatterbox's real loading code on random weights. What it says is noise; how long, how soon, in
whose voice and how exactly it says it is tested."""

import importlib.util
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.engines import info_of, new_engine, reason_of, spoken_by, texts_given
from tests.support.tiny_chatterbox import kept_checkpoint, recording, shrink
from tts_core.engines.chatterbox.engine import ChatterboxEngine
from tts_core.engines.chatterbox.files import CANGJIE, FILES, find_models, languages, their_code
from tts_core.engines.chatterbox.parameters import ChatterboxParameters
from tts_core.engines.chatterbox.weights import REPO, TURBO_REPO, WEIGHTS
from tts_core.engines.registry import ENGINES
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import (
    EngineUnavailable,
    GenerationError,
    ModelLoadError,
    OutOfMemory,
    UnknownNameError,
    ValidationError,
    VoiceLoadError,
)
from tts_core.settings import Settings
from tts_core.types import MULTILINGUAL, Utterance

TINY = "tests.support.tiny_chatterbox:TinyChatterboxEngine"
MODELS = ("english", "multilingual", "turbo")
SENTENCE = "The quick brown fox jumps over the lazy dog, and nobody is surprised."


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """All three models as the Hub's cache has them."""
    import torch

    torch.set_num_threads(1)
    shrink()
    root = tmp_path_factory.mktemp("hub")
    for model in MODELS:
        snapshot = _snapshot(root, model)
        snapshot.mkdir(parents=True, exist_ok=True)
        for file in kept_checkpoint(model).iterdir():
            if not (snapshot / file.name).exists():  # two models share a snapshot, and a voice
                (snapshot / file.name).symlink_to(file)
    return root


def _snapshot(root, model):
    repo, revision = TURBO_REPO if model == "turbo" else REPO
    return root / f"models--{repo.replace('/', '--')}" / "snapshots" / revision


@pytest.fixture(autouse=True)
def environment(cache, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    monkeypatch.setenv("TTS_DEVICE", "cpu")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("TTS_CHATTERBOX_PATH", raising=False)


@pytest.fixture(scope="module")
def engines(cache):
    """One that has loaded each of the models, by name."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_CACHE", str(cache))
        patch.setenv("TTS_DEVICE", "cpu")
        for model in MODELS:
            made[model] = new_engine(ChatterboxEngine)
            made[model]._models = find_models(Settings())
            made[model]._load(model)
    return made


@pytest.fixture
def brief(monkeypatch):
    """The guard ends "Hi." after 17 tokens: 0.1 s + 3 / 5 s."""
    monkeypatch.setattr("tts_core.engines.chatterbox.model.SLACK_SECONDS", 0.1)


@pytest.fixture
def mute(engines, brief, monkeypatch):
    """Tokens instead of samples, where they tell enough."""

    def tokens(found, prompt):
        return found.numpy().astype(np.float32) / 6561

    for engine in engines.values():
        monkeypatch.setattr(engine._model, "sound", tokens)


@pytest.fixture
def local(cache, tmp_path, monkeypatch):
    """A folder of the English model with one file replaced, and nothing in the cache."""

    def alter(name: str = "", content: bytes | None = b"", model: str = "english") -> Path:
        folder = tmp_path / "copy"
        folder.mkdir()
        for file in _snapshot(cache, model).iterdir():
            if file.name in (*FILES[model], "conds.pt") and file.name != name:
                (folder / file.name).symlink_to(file)
        if name and content is not None:
            (folder / name).write_bytes(content)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "empty"))
        monkeypatch.setenv("TTS_CHATTERBOX_PATH", str(folder))
        return folder

    return alter


def sound(engine, text="Hi.", language="en", stop=None, **fields):
    utterance = Utterance(
        text, **{"voice": "chatterbox", "language": language, "seed": 3, **fields}
    )
    chunks = list(spoken_by(engine, utterance, stop or threading.Event()))
    assert {c.sample_rate for c in chunks} <= {24_000}
    return np.concatenate([c.samples for c in chunks] or [np.zeros(0, np.float32)])


def many_tokens(*_):
    import torch

    return torch.arange(750) * 7


def by_model(engines, model, text="Hi.", **fields):
    options = {"model": model, **fields.pop("options", {})}
    language = fields.pop("language", "de" if model == "multilingual" else "en")
    return sound(engines[model], text, language=language, options=options, **fields)


# What there is, and what is missing


def test_describes_itself_without_pytorch(cache):
    script = (
        "import sys\n"
        "from tests.support.engines import new_engine\n"
        "from tts_core.engines.chatterbox.engine import ChatterboxEngine\n"
        "engine = new_engine(ChatterboxEngine)\n"
        "assert engine.unavailable() is None, engine.unavailable()\n"
        "print(engine.describe().voices[0].id)\n"
        "assert not {'torch', 'chatterbox', 'transformers', 'perth'} & sys.modules.keys()\n"
    )
    env = {"HF_HUB_CACHE": str(cache), "PYTHONPATH": "."}
    answer = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "chatterbox"


def test_languages_are_those_of_the_library():
    from chatterbox.mtl_tts import SUPPORTED_LANGUAGES

    from tts_core.engines.chatterbox.files import _LANGUAGES

    assert {their_code(code) for code in _LANGUAGES} == set(SUPPORTED_LANGUAGES)
    assert set(info_of(ChatterboxEngine).language_limits) <= set(_LANGUAGES)


def test_languages_without_their_packages_are_not_offered(cache, monkeypatch):
    folder = _snapshot(cache, "multilingual")
    assert [lang.code for lang in languages({"english": folder, "turbo": folder})] == ["en"]
    for found, number in ((object(), 23), (None, 19)):
        monkeypatch.setattr("tts_core.engines.chatterbox.files.find_spec", lambda _, f=found: f)
        assert len(languages({"multilingual": folder})) == number
    assert languages({})


def test_what_is_fetched_is_what_is_loaded():
    for model, names in FILES.items():
        weights = WEIGHTS[model]
        assert {*names, "conds.pt"} <= {file.path for file in weights.files}
        assert len({(file.repo, file.revision) for file in weights.files}) == 1
    assert CANGJIE in {file.path for file in WEIGHTS["multilingual"].files}
    assert [w.name for w in ChatterboxEngine.weights] == [f"chatterbox-{m}" for m in MODELS]


def test_missing_package(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "run `make chatterbox`" in str(reason_of(ChatterboxEngine))
    with pytest.raises(EngineUnavailable, match="make chatterbox"):
        new_engine(ChatterboxEngine).load()


def test_without_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert "download chatterbox-english" in str(reason_of(ChatterboxEngine))
    assert not info_of(ChatterboxEngine).voices
    with pytest.raises(EngineUnavailable, match="TTS_CHATTERBOX_PATH"):
        new_engine(ChatterboxEngine).load()


@pytest.mark.parametrize("model", MODELS)
def test_a_local_folder_is_recognised(local, model):
    folder = local(model=model)
    assert reason_of(ChatterboxEngine) is None
    assert find_models(Settings()) == {model: folder.resolve()}
    spoken = {voice.language for voice in info_of(ChatterboxEngine).voices}
    assert spoken == {MULTILINGUAL if model == "multilingual" else "en"}


def test_a_folder_with_a_file_missing(local):
    local("t3_cfg.safetensors", None)
    reason = str(reason_of(ChatterboxEngine))
    assert reason.startswith("t3_cfg.safetensors not found in")
    assert "is no english model" in reason


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t3_cfg.safetensors", b""),
        ("s3gen.safetensors", b"\x10\0\0\0\0\0\0\0{}"),
        ("tokenizer.json", b"{"),
        ("conds.pt", b"PK\x03\x04 half a file"),
    ],
)
def test_damaged_files(engines, local, name, content):
    local(name, content)
    with pytest.raises(ModelLoadError, match="could not be loaded from"):
        new_engine(ChatterboxEngine).load()


class _Code:
    """Makes a file when it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("model", "name"), [("english", "conds.pt"), ("multilingual", "ve.pt")], ids=str
)
def test_code_in_a_checkpoint_is_not_run(engines, local, tmp_path, model, name):
    import torch

    marker, hostile = tmp_path / "was_run", tmp_path / "hostile.pt"
    torch.save({"t3": {"speaker_emb": _Code(marker)}, "gen": {}}, hostile)
    local(name, hostile.read_bytes(), model)
    engine = new_engine(ChatterboxEngine)
    engine._models = find_models(Settings())
    with pytest.raises(ModelLoadError, match="was not run"):
        engine._load(model)
    assert not marker.exists()
    torch.load(hostile, weights_only=False)  # the file does what it threatens
    assert marker.exists()


def test_a_broken_watermarker_is_told(local, monkeypatch):
    import perth

    local()
    monkeypatch.setattr(perth, "PerthImplicitWatermarker", None)
    with pytest.raises(ModelLoadError, match="make chatterbox"):
        new_engine(ChatterboxEngine).load()


# Speech


@pytest.mark.parametrize("model", MODELS)
def test_speaks(engines, brief, model):
    samples = by_model(engines, model, "Hello.")
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    assert 0 < np.abs(samples).max() <= 1
    # 6 characters: 0.1 s + 6 / 5 s and Turbo's 0.12 s of silence at the most. Random weights hardly
    # ever end by themselves; the tokens among theirs that are no sound are dropped.
    assert 0.2 < len(samples) / 24_000 <= 1.5


@pytest.mark.sample(1)
@pytest.mark.parametrize("model", MODELS)
def test_same_seed_same_sound(engines, brief, model):
    first, again = by_model(engines, model), by_model(engines, model)
    assert _alike(first, again)
    assert not _alike(first, by_model(engines, model, seed=4))


def test_the_library_leaves_nothing_behind(engines, mute):
    model = engines["multilingual"]._model

    def hooks():
        return sum(len(layer.self_attn._forward_hooks) for layer in model.tts.t3.tfmr.layers)

    by_model(engines, "multilingual")
    before = hooks()
    by_model(engines, "multilingual")
    assert hooks() == before


def _alike(one, other):
    return len(one) == len(other) and np.array_equal(one, other)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("option", "values", "models"),
    [
        ("temperature", (0.05, 2.0), MODELS),
        ("top_p", (0.1, 1.0), MODELS),
        ("exaggeration", (0.25, 2.0), MODELS[:2]),
        ("cfg_weight", (0.0, 1.0), MODELS[:2]),
        ("min_p", (0.0, 0.9), MODELS[:2]),
        ("top_k", (1, 6000), MODELS[2:]),
    ],
)
def test_options_make_a_difference_where_they_say_so(engines, mute, option, values, models):
    for model in MODELS:
        one, other = (by_model(engines, model, options={option: value}) for value in values)
        assert _alike(one, other) == (model not in models), model


@pytest.mark.sample(1)
@pytest.mark.parametrize("model", MODELS)
def test_repetition_penalty(engines, mute, model):
    # Turbo's comes last, when at low temperatures a single token is left.
    others = {"temperature": 0.5, "top_p": 1.0} if model == "turbo" else {"temperature": 0.05}
    one, other = (
        by_model(engines, model, options={"repetition_penalty": value, **others})
        for value in (1.0, 3.0)
    )
    assert not _alike(one, other)


@pytest.mark.sample(1)
@pytest.mark.parametrize("model", MODELS)
def test_same_sound_as_the_library(engines, brief, model, monkeypatch):
    import torch

    tts = engines[model]._model.tts
    name = "inference_turbo" if model == "turbo" else "inference"
    theirs = getattr(tts.t3, name)
    limit = {"max_gen_len" if model == "turbo" else "max_new_tokens": 17}
    monkeypatch.setattr(tts.t3, name, lambda *args, **given: theirs(*args, **{**given, **limit}))
    # It forgets this for the multilingual one, and random weights say all sorts of tokens.
    monkeypatch.setattr("chatterbox.mtl_tts.drop_invalid_tokens", lambda x: x[x < 6561])
    torch.manual_seed(3)
    language = {"language_id": "de"} if model == "multilingual" else {}
    expected = tts.generate("Hi.", **language).squeeze(0).numpy()
    assert np.array_equal(by_model(engines, model), expected)


def test_the_watermark_is_there(engines, monkeypatch):
    monkeypatch.setattr(engines["english"]._model, "tokens", lambda *_: many_tokens()[:100])
    watermarker = engines["english"]._model.tts.watermarker
    marked, hum = sound(engines["english"]), recording(4).samples
    assert watermarker.get_watermark(marked, sample_rate=24_000).mean() > 0.9
    assert watermarker.get_watermark(hum, sample_rate=24_000).mean() < 0.9


def test_models_are_chosen_by_language(engines):
    engine = new_engine(ChatterboxEngine)
    engine._models = dict.fromkeys(MODELS, Path())
    assert engine._choose("auto", "en") == "english"
    assert engine._choose("auto", "de") == "multilingual"
    assert engine._choose("turbo", "en") == "turbo"
    with pytest.raises(ValidationError, match="speaks English only"):
        engine._choose("english", "de")
    engine._models = {"turbo": Path(), "multilingual": Path()}
    assert engine._choose("auto", "en") == "turbo"
    engine._models = {"turbo": Path()}
    for wanted, language in (("auto", "de"), ("multilingual", "en"), ("english", "en")):
        with pytest.raises(EngineUnavailable, match=r"download chatterbox-\w+, or choose .*turbo"):
            engine._choose(wanted, language)


@pytest.mark.thorough
def test_one_model_at_a_time(engines, brief, monkeypatch):
    engine = new_engine(ChatterboxEngine)
    engine.load()
    assert engine._model.name == "english"
    sound(engine, language="fr")
    assert engine._model.name == "multilingual"

    def fail(*_):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    with monkeypatch.context() as patch:
        patch.setattr("chatterbox.tts_turbo.ChatterboxTurboTTS.from_local", fail)
        with pytest.raises(OutOfMemory):
            sound(engine, options={"model": "turbo"})
    assert engine._model is None
    assert len(sound(engine, options={"model": "turbo"}))
    assert engine._model.name == "turbo"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "precision"),
    [
        ("multilingual", "bfloat16"),
        *(
            pytest.param(*case, marks=pytest.mark.thorough)
            for case in (
                *((m, "bfloat16") for m in MODELS if m != "multilingual"),
                ("english", "float16"),
            )
        ),
    ],
)
def test_16_bit_weights(engines, brief, monkeypatch, model, precision):
    import torch

    if precision != "bfloat16":
        monkeypatch.setenv("TTS_PRECISION", precision)
    engine = new_engine(ChatterboxEngine)
    engine._models = find_models(Settings())
    engine._economy = int(precision == "bfloat16")
    engine._load(model)
    assert engine._model.tts.t3.speech_head.weight.dtype == getattr(torch, precision)
    samples = by_model({model: engine}, model)
    assert 0.1 < len(samples) / 24_000 < 0.9


def test_the_guard_follows_the_text():
    from tts_core.engines.chatterbox.model import most_tokens

    assert most_tokens("Hi.", "en") == int((3 + 3 / 5) * 25)
    assert most_tokens("1984.", "en") > most_tokens("Hi ya.", "en")
    assert most_tokens("한국어", "ko") > most_tokens("abc", "en")
    assert most_tokens("word " * 500, "en") == 1000
    info = info_of(ChatterboxEngine)
    for language in ("en", "ko"):
        assert most_tokens("字" * info.limit(language), their_code(language)) == 1000


def test_unknown_voice(engines, local):
    with pytest.raises(UnknownNameError, match="no voice 'Nobody'"):
        sound(engines["english"], voice="Nobody")
    local("conds.pt", None)
    engine = new_engine(ChatterboxEngine)
    engine.load()
    assert not engine.describe().voices
    with pytest.raises(UnknownNameError, match=r"no conds\.pt beside it"):
        sound(engine)


def test_nan_is_not_sound(engines, brief, monkeypatch):
    model = engines["english"]._model
    monkeypatch.setattr(model, "sound", lambda *_: np.full(100, np.nan, np.float32))
    with pytest.raises(GenerationError, match="NaN"):
        sound(engines["english"])


# Stopping


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("part", ["tokens", "sound"])
def test_stops_soon(engines, monkeypatch, model, part):
    loaded, stop, set_at = engines[model]._model, threading.Event(), []
    if part == "sound":
        monkeypatch.setattr(loaded, "tokens", many_tokens)
    real = getattr(loaded, part)

    def set_stop():
        set_at.append(time.monotonic())
        stop.set()

    def reached(*given):
        threading.Timer(0.05, set_stop).start()
        return real(*given)

    monkeypatch.setattr(loaded, part, reached)
    assert not len(by_model(engines, model, SENTENCE * 3, stop=stop))
    took = time.monotonic() - set_at[0]
    print(f"{model} stopped in {part} after {took:.3f} s")
    assert took < 1  # loose: machines are noisy


# Cloned voices


@pytest.fixture(scope="module")
def clips():
    return [recording(4.0, rate=44_100), recording(3.5, rate=16_000, pitch=130)]


def test_hears_what_the_library_hears(engines, tmp_path):
    clip = recording(7)
    soundfile.write(tmp_path / "clip.wav", clip.samples, clip.sample_rate, subtype="FLOAT")
    state = engines["english"].condition([clip]).tensors
    tts = engines["english"]._model.tts
    built_in, tts.conds = tts.conds, None
    tts.prepare_conditionals(tmp_path / "clip.wav")
    theirs, tts.conds = tts.conds, built_in
    assert np.allclose(state["plain.speaker"], theirs.t3.speaker_emb.numpy(), atol=1e-6)
    assert np.array_equal(state["plain.manner"], theirs.t3.cond_prompt_speech_tokens.numpy())
    for name in ("prompt_token", "prompt_feat", "embedding"):
        expected = theirs.gen[name].detach().numpy()
        assert np.allclose(state[f"plain.sound.{name}"], expected, atol=1e-5), name


@pytest.mark.thorough
def test_clones_from_several_clips(engines, clips, tmp_path, mute):
    engine = engines["english"]
    state = engine.condition(clips)
    assert (state.engine, state.weights) == ("chatterbox", engine._model.conditioning_weights)
    again = engine.condition(clips).tensors
    assert all(np.array_equal(state.tensors[name], again[name]) for name in state.tensors)
    assert not np.array_equal(
        state.tensors["plain.speaker"], engine.condition(clips[:1]).tensors["plain.speaker"]
    )
    state.save(tmp_path / "voice")
    assert (tmp_path / "voice").stat().st_size < 1_000_000
    spoken = [
        by_model(engines, model, voice="Ann", voice_state=tmp_path / "voice") for model in MODELS
    ]
    built_in = [by_model(engines, model) for model in MODELS]
    assert all(len(s) and not _alike(s, b) for s, b in zip(spoken, built_in, strict=True))


@pytest.mark.thorough
def test_short_recordings(engines, tmp_path, brief):
    with pytest.raises(VoiceLoadError, match="needs at least 1 s"):
        engines["english"].condition([recording(0.5)])
    engines["english"].condition([recording(3)]).save(tmp_path / "voice")
    assert len(by_model(engines, "english", voice_state=tmp_path / "voice"))
    with pytest.raises(VoiceLoadError, match="more than 5 s"):
        by_model(engines, "turbo", voice_state=tmp_path / "voice")
    only_turbo = new_engine(ChatterboxEngine)
    only_turbo._models, only_turbo._model = {"turbo": Path()}, engines["turbo"]._model
    with pytest.raises(VoiceLoadError, match="more than 5 s"):
        only_turbo.condition([recording(5)])
    assert "turbo.manner" in only_turbo.condition([recording(5.1)]).tensors


def test_states_of_others_and_damaged_ones_are_refused(engines, clips, tmp_path):
    engine, path = engines["english"], tmp_path / "voice"
    state = engine.condition(clips[:1])
    other = kept_checkpoint("english", seed=5)
    stranger = new_engine(ChatterboxEngine)
    stranger._models = {"english": other}
    stranger._load("english")
    stranger.condition(clips[:1]).save(path)
    with pytest.raises(VoiceLoadError, match="must be made again"):
        sound(engine, voice_state=path)
    path.write_bytes(b"\0" * 100)
    with pytest.raises(VoiceLoadError, match="cannot be read"):
        sound(engine, voice_state=path)
    for name, value in (
        ("plain.manner", np.full((1, 9), 9999)),
        ("plain.manner", np.ones((1, 9), np.float32)),
        ("plain.sound.prompt_feat", np.zeros(3, np.float32)),
    ):
        VoiceState("chatterbox", state.weights, {**state.tensors, name: value}).save(path)
        with pytest.raises(VoiceLoadError, match=f"is damaged.*{name}"):
            sound(engine, voice_state=path)
    few = {n: a for n, a in state.tensors.items() if "embedding" not in n}
    VoiceState("chatterbox", state.weights, few).save(path)
    with pytest.raises(VoiceLoadError, match="is damaged"):
        sound(engine, voice_state=path)
    path.unlink()
    with pytest.raises(VoiceLoadError, match="is gone"):
        sound(engine, voice_state=path)


# Through the house


def test_registered_after_xtts():
    names = list(ENGINES)
    assert names.index("xtts") < names.index("chatterbox") < names.index("groq")


def test_parameters_are_described():
    for field in ChatterboxParameters.model_fields.values():
        assert field.title
        assert field.description


def test_it_is_given_words_for_numbers_and_signs():
    given = texts_given("chatterbox", "It cost $5 on May 3, 2024.")
    assert given == ["It cost five dollars on May third, twenty twenty-four."]
