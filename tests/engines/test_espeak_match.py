"""Voice match on recordings that espeak made: the real library, the real WORLD.

espeak is not deterministic (some 20 samples), so what it said is listened to (`heard`) where a
matched utterance is held against the plain one.
"""

from __future__ import annotations

import functools
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from tests.support.engines import context, info_of, new_engine, spoken_by
from tts_core.audio import world
from tts_core.audio.level import LEVEL
from tts_core.audio.resample import resample
from tts_core.engines.espeak import engine as engine_module
from tts_core.engines.espeak.engine import EspeakEngine, _base_voice
from tts_core.engines.espeak.library import EspeakLibrary
from tts_core.engines.match.matcher import WEIGHTS, Matcher
from tts_core.engines.match.profile import Profile, log_tone, profile_of
from tts_core.engines.match.voice_map import VoiceMap
from tts_core.engines.process import ProcessRunner
from tts_core.engines.registry import ENGINES
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import TTSError, VoiceLoadError
from tts_core.types import AudioChunk, Utterance
from tts_core.voices.lookup import default_voice

RATE = 22_050
READ = "The rainbow is a division of white light into many beautiful colours."
MORE = "These take the shape of a long round arch, with its path high above."
"""With it a recording has enough unvoiced frames for a Gaussian of their own."""
TEXT = "The quick brown fox jumps, over the lazy dog."

Sound = NDArray[np.float32]


@pytest.fixture(scope="module")
def engine() -> EspeakEngine:
    engine = new_engine(EspeakEngine)
    engine.load()
    return engine


def chunks(engine: Any, text: str, state: Path | None = None, **fields: Any) -> list[AudioChunk]:
    options = fields.pop("options", {})
    utterance = Utterance(
        text, fields.pop("voice", "en-us"), fields.pop("language", "en"), options=options,
        voice_state=state, **fields,
    )  # fmt: skip
    return list(spoken_by(engine, utterance, threading.Event()))


def sound(*args: Any, **fields: Any) -> Sound:
    return np.concatenate([chunk.samples for chunk in chunks(*args, **fields)])


def clip(engine: EspeakEngine, variant: str, text: str = READ, **fields: Any) -> AudioChunk:
    return AudioChunk(sound(engine, text, options={"variant": variant}, **fields), RATE)


@pytest.fixture(scope="module")
def references(engine: EspeakEngine) -> dict[str, AudioChunk]:
    """A woman and a man that the base voices f2 and "no variant" differ from."""
    return {name: clip(engine, name, f"{READ} {MORE}") for name in ("Annie", "m8")}


@pytest.fixture(scope="module")
def states(
    engine: EspeakEngine,
    references: dict[str, AudioChunk],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("states")
    paths = {name: folder / f"{name}.safetensors" for name in references}
    for name, path in paths.items():
        engine.condition([references[name]]).save(path)
    return paths


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, NDArray[np.int16]]]:
    """What espeak said from now on, and in which voice."""
    said: list[tuple[str, NDArray[np.int16]]] = []
    synthesize = EspeakLibrary.synthesize

    def listen(library: EspeakLibrary, text: str, voice: str, *rest: Any, **more: Any) -> Any:
        result = synthesize(library, text, voice, *rest, **more)
        said.append((voice, result[0]))
        return result

    monkeypatch.setattr(EspeakLibrary, "synthesize", listen)
    return said


@pytest.fixture
def repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """espeak says a thing the same way twice, so that only what is done to it differs."""
    synthesize = EspeakLibrary.synthesize

    @functools.cache
    def remembered(library: EspeakLibrary, *what: Any) -> Any:
        return synthesize(library, *what, threading.Event())

    def repeat(library: EspeakLibrary, *rest: Any, mnemonics: bool = False) -> Any:
        assert not mnemonics
        return remembered(library, *rest[:-1])

    monkeypatch.setattr(EspeakLibrary, "synthesize", repeat)


def tone(samples: Sound) -> float:
    """Mean F0 in Hz."""
    return float(np.exp(log_tone([world.track_pitch(world.padded(samples)).f0])[0]))


def timbre(samples: Sound) -> NDArray[np.float64]:
    """The mean coefficients of speech, but for the loudness."""
    padded = world.padded(samples)
    log_power = world.envelope(padded, world.track_pitch(padded))
    rows = log_power @ world.coding()[0]
    loud: NDArray[np.float64] = rows[rows[:, 0] > np.percentile(rows[:, 0], 60)].mean(axis=0)[1:]
    return loud


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", ["Annie", "m8"])
def test_it_moves_to_the_reference_in_pitch_and_timbre(
    engine: EspeakEngine, references: dict[str, AudioChunk], states: dict[str, Path], name: str
) -> None:
    base = {"Annie": "f2", "m8": ""}[name]
    plain = sound(engine, TEXT, options={"variant": base})
    half = sound(engine, TEXT, states[name], options={"match": 50})
    full = sound(engine, TEXT, states[name])
    wanted = tone(references[name].samples)
    assert tone(full) == pytest.approx(wanted, rel=0.06)
    assert abs(np.log(tone(plain) / wanted)) > 0.1
    low, high = sorted((tone(plain), wanted))
    assert low * 1.02 < tone(half) < high * 0.98
    there = timbre(references[name].samples)
    far, between, near = (np.linalg.norm(timbre(x) - there) for x in (plain, half, full))
    assert near < 0.75 * far
    assert near < between < far


@pytest.mark.thorough
def test_short_recordings_without_many_unvoiced_frames_do_as_well(engine: EspeakEngine) -> None:
    reference = clip(engine, "Annie", "Maybe Roy will learn a lullaby in January, or Mary will.")
    profile = profile_of([reference])
    assert profile.has("voiced")
    assert not profile.has("unvoiced")
    base = _base_voice("gmw/en-US+f2", threading.Event())
    assert base is not None
    plain = sound(engine, TEXT, options={"variant": "f2"})
    mine = VoiceMap(base, profile).convert(plain, 1.0, 1.0, threading.Event())
    assert mine is not None
    there = timbre(reference.samples)
    far, near = (np.linalg.norm(timbre(x) - there) for x in (plain, mine))
    assert near < 0.35 * far


def test_timing_and_words_are_those_of_the_plain_utterance(
    engine: EspeakEngine, states: dict[str, Path], heard: list[Any]
) -> None:
    sound(engine, TEXT, states["Annie"])  # the base voice is known from here on
    for fields in ({}, {"speed": 1.7}, {"pitch": 1.3}, {"options": {"word_gap": 100}}):
        heard.clear()
        made = chunks(engine, TEXT, states["Annie"], **fields)
        [(voice, plain)] = heard
        assert voice == "gmw/en-US+f2"
        assert sum(len(chunk.samples) for chunk in made) == len(plain)
        words = [word for chunk in made for word in chunk.words]
        assert [word.text for word in words] == TEXT.split()
        begin = 0.0
        for chunk in made:
            for word in chunk.words:
                assert begin - 1e-4 <= word.start < begin + chunk.duration + 1e-4
            begin += chunk.duration
        # Where espeak pauses, and speaks, so does the matched voice.
        mine = np.concatenate([chunk.samples for chunk in made])
        levels = [
            np.sqrt(np.mean(x[: len(x) // 441 * 441].reshape(-1, 441) ** 2, axis=1) + 1e-8)
            for x in (plain / 2**15, mine)
        ]
        assert np.corrcoef(np.log(levels))[0, 1] > 0.9


def test_no_strength_is_plain_espeak(
    engine: EspeakEngine, states: dict[str, Path], heard: list[Any]
) -> None:
    made = chunks(engine, TEXT, states["Annie"], options={"match": 0}, pitch=1.2)
    [(voice, plain)] = heard
    assert voice == "gmw/en-US+f2"
    samples = np.concatenate([c.samples for c in made])
    gain = np.dot(samples, plain.astype(float)) / np.dot(plain.astype(float), plain)
    np.testing.assert_allclose(samples, gain * plain, atol=1e-5)
    first, *others = (len(c.samples) for c in made[:-1])
    assert (first, set(others)) == (RATE // 2, {2 * RATE})


@pytest.mark.thorough
def test_formants_move_as_they_did(engine: EspeakEngine, states: dict[str, Path]) -> None:
    """Frame by frame: what is different between two sounds stays different."""
    voice_map = Matcher("espeak", _base_voice).voice_map(
        states["Annie"], "gmw/en-US+f2", threading.Event()
    )
    assert voice_map is not None
    plain = sound(engine, TEXT, options={"variant": "f2"})
    mine = voice_map.convert(plain, 1.0, 1.0, threading.Event())
    tracks = []
    for samples in (plain, mine):
        padded = world.padded(samples)
        log_power = world.envelope(padded, world.track_pitch(padded)) @ world.coding()[0]
        tracks.append(log_power[:, 1:9])
    loud = tracks[0].std(axis=1) > 0
    agree = [np.corrcoef(a, b)[0, 1] for a, b in zip(*(t[loud].T for t in tracks), strict=True)]
    assert np.median(agree) > 0.7


@pytest.mark.thorough
def test_the_same_sound_becomes_the_same(engine: EspeakEngine, states: dict[str, Path]) -> None:
    stop = threading.Event()
    base = _base_voice("gmw/en-US", stop)
    assert base is not None
    plain = sound(engine, TEXT)
    made = []
    for _ in range(2):
        voice_map = VoiceMap(base, Matcher("espeak", _base_voice).profile(states["m8"]))
        voice_map.convert(plain[:9000], 1.0, 1.1, stop)  # what went before leaves nothing behind
        made.append(voice_map.convert(plain, 0.8, 1.1, stop))
    assert np.array_equal(*made)


def test_the_same_recording_gives_the_same_state(
    engine: EspeakEngine, references: dict[str, AudioChunk], states: dict[str, Path]
) -> None:
    again = engine.condition([references["m8"]])
    saved = VoiceState.load(states["m8"], "espeak", WEIGHTS)
    assert states["m8"].stat().st_size < 50_000
    assert again.tensors.keys() == saved.tensors.keys()
    for name, array in again.tensors.items():
        assert np.array_equal(array, saved.tensors[name]), name


@pytest.mark.thorough
def test_it_runs_in_the_worker(
    references: dict[str, AudioChunk], states: dict[str, Path], tmp_path: Path
) -> None:
    runner = ProcessRunner(ENGINES["espeak"], context())
    try:
        runner.condition([references["m8"]]).save(tmp_path / "here.safetensors")
        made = sound(runner, TEXT, tmp_path / "here.safetensors")
        assert tone(made) == pytest.approx(tone(references["m8"].samples), rel=0.04)
        assert len(made) == pytest.approx(len(sound(runner, TEXT)), abs=600)
        (tmp_path / "bad.safetensors").write_bytes(b"no tensors")
        with pytest.raises(VoiceLoadError, match="clone the voice again"):
            sound(runner, TEXT, tmp_path / "bad.safetensors")
        assert len(sound(runner, "Fine.")) > 0
    finally:
        runner.unload()


def test_a_file_that_changes_is_read_anew(
    engine: EspeakEngine, states: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "one.safetensors"
    path.write_bytes(states["m8"].read_bytes())
    before = tone(sound(engine, TEXT, path))
    path.write_bytes(states["Annie"].read_bytes())
    assert tone(sound(engine, TEXT, path)) > 1.5 * before


# What comes with a request


def test_volume(engine: EspeakEngine, states: dict[str, Path], repeated: None) -> None:
    def made(volume: int) -> Sound:
        return sound(engine, TEXT, states["m8"], options={"volume": volume})

    quiet, soft, own = (made(volume) for volume in (25, 50, 100))
    np.testing.assert_allclose(quiet, soft / 2, atol=1e-6)  # the limiter leaves both alone
    assert np.mean(np.isclose(own, 2 * soft, atol=1e-6)) > 0.9  # and all but the peaks here
    assert not made(0).any()
    assert 0.9 < np.abs(made(200)).max() <= 1


def test_pitch_range_and_variant(engine: EspeakEngine, states: dict[str, Path]) -> None:
    def made(**fields: Any) -> Sound:
        return sound(engine, TEXT, states["m8"], **fields)

    plain = made()
    assert tone(made(pitch=1.4)) / tone(plain) == pytest.approx(1.4, rel=0.04)
    spread = log_tone([world.track_pitch(world.padded(made(options={"range": 0}))).f0])[1]
    assert spread < 0.65 * log_tone([world.track_pitch(world.padded(plain)).f0])[1]
    assert tone(made(options={"variant": "f2"})) == pytest.approx(tone(plain), rel=0.05)


def test_it_is_at_the_level_of_all_voices(engine: EspeakEngine, states: dict[str, Path]) -> None:
    for state in states.values():
        mine = sound(engine, f"{TEXT} {READ}", state)
        assert pyloudnorm.Meter(RATE).integrated_loudness(mine) == pytest.approx(LEVEL, abs=1)


@pytest.mark.sample(6)
@pytest.mark.parametrize("text", ["", " ", "…", "—", "Hi.", "7", "10:45", "a b c", "Shh!"])
@pytest.mark.parametrize("match", [1, 100])
def test_little_to_say(
    engine: EspeakEngine, states: dict[str, Path], heard: list[Any], text: str, match: int
) -> None:
    made = chunks(engine, text, states["Annie"], options={"match": match})
    samples = np.concatenate([np.zeros(0, np.float32), *(chunk.samples for chunk in made)])
    assert samples.dtype == np.float32
    assert len(samples) == len(heard[-1][1])
    assert np.isfinite(samples).all()
    assert np.abs(samples).max(initial=0) <= 1
    assert bool(np.abs(samples).max(initial=0) > 0.05) == any(c.isalnum() for c in text)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("language", "voice", "text"),
    [
        ("de", "gmw/de", "Der Fluss trägt die Schiffe bis zum Meer."),
        ("hi", "inc/hi", "नदी समुद्र तक बहती है और नावें चलती हैं।"),
        ("en-gb", "gmw/en", "The river carries the ships."),
    ],
)
def test_other_languages(
    engine: EspeakEngine,
    states: dict[str, Path],
    references: dict[str, AudioChunk],
    heard: list[Any],
    language: str,
    voice: str,
    text: str,
) -> None:
    made = sound(engine, text, states["m8"], language=language, voice="anything")
    assert heard[-1][0] == voice
    assert tone(made) == pytest.approx(tone(references["m8"].samples), rel=0.12)


def test_the_base_voice_is_the_one_the_catalogue_takes() -> None:
    info = info_of(EspeakEngine)
    names = {n: voice.id for voice in info.voices for n in (voice.id, *voice.aliases)}
    for language in info.languages:
        assert names[language.code] == default_voice(info, language.code).id, language


class ComingStop(threading.Event):
    """Is set from the n-th time on that the engine asks, however fast the machine is."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.left = n

    def is_set(self) -> bool:
        self.left -= 1
        if self.left <= 0:
            self.set()
        return super().is_set()


def test_stop_ends_what_espeak_says(
    engine: EspeakEngine, states: dict[str, Path], heard: list[Any]
) -> None:
    sound(engine, "Hi.", states["m8"])
    long = Utterance("word " * 400, "x", "en", voice_state=states["m8"])
    assert list(spoken_by(engine, long, ComingStop(3))) == []
    assert 0 < len(heard[-1][1]) < RATE  # of more than 100 s


def test_stop_ends_the_match(
    engine: EspeakEngine, states: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound(engine, "Hi.", states["m8"])
    stop = threading.Event()
    track_pitch = world.track_pitch

    def stopped_meanwhile(samples: world.Floats) -> world.Pitch:
        stop.set()
        return track_pitch(samples)

    def too_late(*_: object) -> None:
        pytest.fail("It went on after the stop.")

    monkeypatch.setattr(world, "track_pitch", stopped_meanwhile)
    monkeypatch.setattr(world, "envelope", too_late)
    utterance = Utterance(TEXT, "x", "en", voice_state=states["m8"])
    assert list(spoken_by(engine, utterance, stop)) == []


def test_what_was_stopped_is_not_kept(engine: EspeakEngine, states: dict[str, Path]) -> None:
    stop = threading.Event()
    stop.set()
    assert (
        list(spoken_by(engine, Utterance(TEXT, "x", "en", voice_state=states["Annie"]), stop)) == []
    )
    new = new_engine(EspeakEngine)
    new.load()
    assert list(spoken_by(new, Utterance(TEXT, "x", "en", voice_state=states["Annie"]), stop)) == []
    assert sound(new, "Hi.", states["Annie"]).any()  # what was not finished is not kept


# Recordings


@pytest.mark.thorough
def test_several_clips_at_any_rate_and_loudness(
    engine: EspeakEngine, references: dict[str, AudioChunk]
) -> None:
    whole = references["m8"]
    half = len(whole.samples) // 2
    parts = [
        AudioChunk(whole.samples[:half] * np.float32(0.1), RATE),
        AudioChunk(np.zeros(5000, np.float32), RATE),
        AudioChunk(np.zeros(0, np.float32), RATE),
        resample(AudioChunk(whole.samples[half:], RATE), 44_100),
    ]
    ours, theirs = profile_of(parts), profile_of([whole])
    assert ours.f0 == pytest.approx(theirs.f0, rel=0.02)
    assert np.abs((ours.mean - theirs.mean) / theirs.deviation).max() < 0.2


def test_too_little_speech_is_refused(engine: EspeakEngine) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 3 * RATE).astype(np.float32)
    for clips in (
        [],
        [AudioChunk(np.zeros(RATE, np.float32), RATE)],
        [AudioChunk(noise, RATE)],
        [clip(engine, "Annie", "Hello there.")],
    ):
        with pytest.raises(VoiceLoadError, match="Record 3 s or more"):
            engine.condition(clips)


# States


@pytest.mark.parametrize(
    "change",
    [
        {"mean": np.zeros(35, np.float32)},
        {"tone": np.array([4.6, -0.1], np.float32)},
        {"tone": np.array([99, 0.1], np.float32)},
        {"deviation": np.zeros(36, np.float32)},
        {"covariance": np.zeros((36, 36), np.int64)},
        {"frames": np.zeros((0, 15), np.float32)},
        {"frames": np.full((9, 15), np.nan, np.float32)},
    ],
)
def test_damaged_states_are_refused(
    engine: EspeakEngine, states: dict[str, Path], tmp_path: Path, change: dict[str, Any]
) -> None:
    tensors = VoiceState.load(states["Annie"], "espeak", WEIGHTS).tensors
    path = tmp_path / "damaged.safetensors"
    VoiceState("espeak", WEIGHTS, {**tensors, **change}).save(path)
    with pytest.raises(VoiceLoadError, match=r"again"):
        sound(engine, TEXT, path)


def test_states_of_others_are_refused(
    engine: EspeakEngine, states: dict[str, Path], tmp_path: Path
) -> None:
    tensors = VoiceState.load(states["Annie"], "espeak", WEIGHTS).tensors
    path = tmp_path / "other.safetensors"
    for engine_name, weights in (("pocket", WEIGHTS), ("espeak", "match-0")):
        VoiceState(engine_name, weights, tensors).save(path)
        for match in (0, 100):
            with pytest.raises(VoiceLoadError, match="made again"):
                sound(engine, TEXT, path, options={"match": match})
    with pytest.raises(VoiceLoadError, match="is gone"):
        sound(engine, TEXT, tmp_path / "missing.safetensors")
    with pytest.raises(VoiceLoadError, match="damaged"):
        Profile.restored({})


# The package


@pytest.fixture
def without_pyworld(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    caches = (world._world, world.coding, engine_module._info)
    for cache in caches:
        cache.cache_clear()
    monkeypatch.setitem(sys.modules, "pyworld", None)
    yield
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("without_pyworld")
def test_without_pyworld_plain_voices_speak(states: dict[str, Path]) -> None:
    engine = new_engine(EspeakEngine)
    engine.load()
    assert not info_of(EspeakEngine).capabilities.voice_match
    assert sound(engine, TEXT).any()
    assert sound(engine, TEXT, states["Annie"], options={"match": 0}).any()
    for act in (
        lambda: sound(engine, TEXT, states["Annie"]),
        lambda: engine.condition([AudioChunk(np.ones(RATE, np.float32), RATE)]),
    ):
        with pytest.raises(TTSError, match="pip install pyworld") as caught:
            act()
        assert isinstance(caught.value, VoiceLoadError)


def test_pyworld_comes_late_and_says_nothing() -> None:
    script = (
        "import sys; from tts_core.engines.espeak.engine import EspeakEngine\n"
        "from tests.support.engines import info_of\n"
        "info_of(EspeakEngine); assert 'pyworld' not in sys.modules\n"
        "from tts_core.audio.world import coding; coding(); assert 'pyworld' in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_the_sentences_are_enough() -> None:
    base = _base_voice("gmw/en-US", threading.Event())
    assert base is not None
    assert base.counts.min() > 200  # frames, 10 ms apart
