"""Faults in what a voice says: each kind is found, named and placed, and clean speech passes."""

from __future__ import annotations

import functools
import json
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.engines import context, info_of, new_engine, reference, spoken_by
from tests.support.recordings import timed_speech
from tts_core.alignment import baselines, calibrate
from tts_core.alignment.aligner import ReferenceAligner, References, compare
from tts_core.alignment.client import ALIGNER as ALIGNER_TARGET
from tts_core.alignment.expected import DURATIONS
from tts_core.alignment.limits import SMALLEST
from tts_core.alignment.quality import Baseline, assess
from tts_core.engines.execution import engine_class
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.runner import InlineRunner
from tts_core.errors import GenerationError
from tts_core.types import AlignmentRequest, AudioChunk, Quality, ReferenceVoice, Utterance

TEXT = (
    "When the train finally arrived, most of the passengers had already gone home by bus, "
    "and nobody in the village was surprised."
)
NEURAL = "The boy was there when the sun rose, and he had brought his little dog."
ALIGNER = ReferenceAligner(context())
ESPEAK = reference("en-us")
HIBARI = reference("heart", "en-us", "hibari")


@functools.cache
def voice(text: str = TEXT) -> AudioChunk:
    return timed_speech(text, "en-gb-scotland", "f2", 0.95)


def heard(chunk: AudioChunk, text: str = TEXT, by: ReferenceVoice = ESPEAK) -> Quality:
    quality = ALIGNER.align(AlignmentRequest(chunk, text, by, "an engine nobody measured")).quality
    assert quality is not None
    return quality


@functools.cache
def kokoro() -> AudioChunk:
    engine = new_engine(engine_class(ENGINES["kokoro"]))
    engine.load()
    chunks = list(spoken_by(engine, Utterance(NEURAL, "jf_gongitsune", "en-us")))
    samples = np.concatenate([chunk.samples for chunk in chunks])
    words = tuple(word for chunk in chunks for word in chunk.words)
    return AudioChunk(samples, chunks[0].sample_rate, words)


def heard_of_kokoro(chunk: AudioChunk, text: str) -> Quality:
    weights = info_of(engine_class(ENGINES["kokoro"])).weights
    quality = ALIGNER.align(AlignmentRequest(chunk, text, HIBARI, "kokoro", weights)).quality
    assert quality is not None
    return quality


def kinds(quality: Quality) -> dict[str, tuple[str, ...]]:
    return {f.kind: f.words for f in quality.issues}


def spliced(chunk: AudioChunk, at: float, samples: np.ndarray) -> AudioChunk:
    cut = round(at * chunk.sample_rate)
    parts = (chunk.samples[:cut], samples.astype(np.float32), chunk.samples[cut:])
    return AudioChunk(np.concatenate(parts), chunk.sample_rate)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "variant", [("en-us", "m3"), ("en-gb", "f2"), ("en-gb-x-rp", "f4"), ("en-029", "Andy")]
)
def test_clean_speech_passes(variant: tuple[str, str]) -> None:
    quality = heard(timed_speech(TEXT, *variant, 1.1))
    assert quality.checked
    assert quality.issues == ()
    assert quality.score is not None
    assert 0.5 < quality.score <= 1


def test_a_dropped_word() -> None:
    found = heard(voice(TEXT.replace("already ", "")))
    assert "already" in kinds(found)["missing"]
    assert found.score is not None
    assert found.score < 0.5


def test_a_dropped_clause() -> None:
    found = kinds(heard(voice(TEXT.replace("most of the passengers ", ""))))
    assert "passengers" in found["missing"]


def test_a_repeat() -> None:
    found = heard(voice(TEXT.replace("finally", "finally arrived, the train finally")))
    assert set(kinds(found)["extra"]) & {"the", "train", "finally", "arrived,", "When"}


def test_a_babbled_tail() -> None:
    found = kinds(heard(voice(TEXT + " Purple elephants would dance.")))
    assert "surprised." in found["extra"]


def test_a_replaced_clause() -> None:
    said = TEXT.replace("had already gone home by bus", "would always dance with elephants")
    found = heard(voice(said))
    assert found.sure
    assert kinds(found)


def test_a_cut_end() -> None:
    chunk = voice()
    cut = round(chunk.words[-2].start * chunk.sample_rate)
    found = kinds(heard(AudioChunk(chunk.samples[:cut], chunk.sample_rate)))
    assert {"was", "surprised."} <= set(found["cut end"])


def test_a_cut_end_of_a_voice_whose_measures_spread() -> None:
    """Whatever the voice's own limits, a last word that stops at its beginning is missing."""
    chunk = voice()
    default = baselines.baseline_of("espeak")
    assert default is not None
    wide = Baseline(
        default.slopes, default.middles, {k: 9 * v for k, v in default.allowances.items()}
    )
    cut = AudioChunk(
        chunk.samples[: round(chunk.words[-1].start * chunk.sample_rate)], chunk.sample_rate
    )
    found = []
    for sound in (chunk, cut):
        alignment, measures = compare(sound, References(context()).speaker(TEXT, ESPEAK))
        assert alignment is not None
        assert measures is not None
        found.append(kinds(assess(measures, [word.text for word in alignment.words], wide)))
    assert found == [{}, {"cut end": ("surprised.",)}]


def test_a_long_silence() -> None:
    chunk = voice()
    pause = np.random.default_rng(1).standard_normal(2 * chunk.sample_rate) * 3e-5
    found = kinds(heard(spliced(chunk, chunk.words[7].start, pause)))
    assert set(found["silence"]) & {"the", "passengers"}


def test_noise() -> None:
    chunk = voice()
    samples = chunk.samples.copy()
    part = samples[30_000:45_000]
    part[:] = np.random.default_rng(1).standard_normal(len(part)) * samples.std()
    assert "noise" in kinds(heard(AudioChunk(samples, chunk.sample_rate)))


def test_another_text() -> None:
    found = heard(voice("Heavy rain fell during the night, and several roads near the river were "
                        "closed by the morning."))  # fmt: skip
    assert found.sure


@pytest.mark.parametrize("text", ["Yes.", "Thank you.", "Good morning, everybody."])
def test_few_words_are_not_judged(text: str) -> None:
    assert not heard(voice(text), text).checked
    assert not heard(voice("Purple elephants dance."), text).checked


@pytest.mark.parametrize("by", [ESPEAK, HIBARI])
def test_a_whisper_is_not_judged(by: ReferenceVoice) -> None:
    assert not heard(timed_speech(TEXT, "en-us", "whisper"), by=by).checked


def test_noisy_speech_is_not_judged() -> None:
    chunk = voice()
    noise = np.random.default_rng(1).standard_normal(len(chunk.samples)) * chunk.samples.std() / 2
    noisy = AudioChunk((chunk.samples + noise).astype(np.float32), chunk.sample_rate)
    assert not heard(noisy).checked


def test_silence_is_not_judged() -> None:
    quality = heard(AudioChunk(np.zeros(20_000, np.float32), 24_000))
    assert not quality.checked


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("said", "kinds_found", "word"),
    [
        (TEXT, set(), ""),
        (TEXT.replace("already ", ""), {"missing"}, "already"),
        (
            TEXT.replace("gone home by bus", "dance with elephants"),
            {"wrong words", "missing", "extra"},
            "home",
        ),
    ],
)
def test_compared_with_natural_speech(said: str, kinds_found: set[str], word: str) -> None:
    found = heard(voice(said), by=HIBARI)
    assert found.checked
    assert set(kinds(found)) <= kinds_found
    assert bool(kinds(found)) == bool(kinds_found)
    assert not word or word in {w for words in kinds(found).values() for w in words}


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("written", "instead"), [("had brought", "had carefully brought"), ("sun rose", "lights went")]
)
def test_neural_speech_of_other_words(written: str, instead: str) -> None:
    """What Kokoro says stays the same; what it should have said differs."""
    clean = heard_of_kokoro(kokoro(), NEURAL)
    assert clean.checked
    assert clean.issues == ()
    found = kinds(heard_of_kokoro(kokoro(), NEURAL.replace(written, instead)))
    assert set(found) & {"missing", "wrong words"}
    near = NEURAL[: NEURAL.index(written)].split()[-1:] + instead.split()
    assert {word for words in found.values() for word in words} & set(near)


def test_neural_speech_that_is_cut_off() -> None:
    chunk = kokoro()
    cut = round(chunk.words[-2].start * chunk.sample_rate)
    found = heard_of_kokoro(AudioChunk(chunk.samples[:cut], chunk.sample_rate), NEURAL)
    assert set(kinds(found)["cut end"]) >= {"little", "dog."}


def test_loudness_does_not_matter() -> None:
    speak = References(context()).speaker(TEXT, reference("en-us"))
    chunk = voice()
    _, loud = compare(chunk, speak)
    _, soft = compare(AudioChunk(chunk.samples * np.float32(0.2), chunk.sample_rate), speak)
    assert loud is not None
    assert soft is not None
    assert soft.values == pytest.approx(loud.values, rel=0.02, abs=0.02)


def test_more_wrong_costs_more() -> None:
    clean, little, much = (
        heard(voice(TEXT + tail)).cost for tail in ("", " Oh dear.", " Purple elephants dance.")
    )
    assert clean < little < much


def test_the_worst_measure_decides() -> None:
    _, numbers = compare(voice(), References(context()).speaker(TEXT, reference("en-us")))
    assert numbers is not None
    default = baselines.baseline_of("espeak")
    assert default is not None
    words = TEXT.split()
    assert assess(numbers, words, default).issues == ()
    strict = Baseline(default.slopes, {**default.middles, "mean": 0.0}, default.allowances)
    assert [f.kind for f in assess(numbers, words, strict).issues] == ["wrong words"]


@pytest.mark.thorough
def test_limits_are_made_anew_from_clean_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "baselines.json"
    file.write_text(baselines.FILE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(baselines, "FILE", file)
    baselines.baseline_of.cache_clear()
    clips = tmp_path / "clips"
    clips.mkdir()
    for number in range(calibrate.FEWEST_CLIPS + 5):  # some are too hoarse to be checked
        text = f"La frase {number} se dice {'muy ' * (number % 4)}despacio."
        chunk = timed_speech(text, "es-419", "f3", 1.5)
        soundfile.write(clips / f"{number}.wav", chunk.samples, chunk.sample_rate)
        (clips / f"{number}.txt").write_text(text + "\n", encoding="utf-8")
    calibrate.main(["mine", str(clips), "--language", "es", "--write"])
    entry = json.loads(file.read_text(encoding="utf-8"))["espeak"]["engines"]["mine"]
    assert entry["clips"] >= calibrate.FEWEST_CLIPS
    assert str(entry["clips"]) in entry["how"]
    mine, default = baselines.baseline_of("espeak", "mine"), baselines.baseline_of("espeak")
    assert mine is not None
    assert default is not None
    assert mine.middles != default.middles
    for measure, allowance in default.allowances.items():
        assert round(mine.allowances[measure], 3) >= round(SMALLEST * allowance, 3)
    # What was measured says nothing of other weights or references.
    assert baselines.baseline_of("espeak", "mine", "of version 2") is None
    assert baselines.baseline_of("hibari", "mine") is None
    assert baselines.baseline_of("parrot", "mine") is None
    for clip in list(clips.glob("1*")):
        clip.unlink()
    with pytest.raises(SystemExit):
        calibrate.main(["mine", str(clips)])
    assert "20 or more are needed" in capsys.readouterr().err
    baselines.baseline_of.cache_clear()


def test_the_file_says_how_it_was_made() -> None:
    for known in json.loads(baselines.FILE.read_text(encoding="utf-8")).values():
        for entry in known["engines"].values():
            assert entry["how"]
            assert entry["clips"] >= calibrate.FEWEST_CLIPS
            assert set(entry["middles"]) == set(entry["allowances"]) == set(known["slopes"])


def test_baselines_are_of_the_engines_that_are_here() -> None:
    """With another version of a reference or of an engine they have to be made again."""
    registry = Registry()
    for name, known in json.loads(baselines.FILE.read_text(encoding="utf-8")).items():
        if name != DURATIONS:
            assert known["weights"] == registry.info(name).weights
            assert registry.info(name).reference_languages
        for engine in known["engines"].keys() - {baselines.DEFAULT}:
            assert known["engines"][engine]["weights"] == registry.info(engine).weights


def test_a_folder_of_voices_does_not_change_the_model() -> None:
    known = baselines.baseline_of("hibari", "kokoro", "1.0 int8")
    assert known is not None
    assert baselines.baseline_of("hibari", "kokoro", "1.0 int8 5d3e") == known
    assert baselines.baseline_of("hibari", "kokoro", "1.0 int80") is None
    assert baselines.baseline_of("hibari", "kokoro", "1.0 fp32") is None


def test_the_aligner_only_aligns() -> None:
    runner = InlineRunner(ALIGNER_TARGET, context())
    with pytest.raises(GenerationError, match="cannot speak"):
        next(runner.speak(Utterance("Hello.", "en-us", "en"), threading.Event()))
    with pytest.raises(GenerationError, match="cannot clone"):
        runner.condition([voice()])
    with pytest.raises(GenerationError, match="cannot align"):
        InlineRunner(ENGINES["espeak"], context()).align(
            AlignmentRequest(voice(), TEXT, reference("en-us"), "any")
        )
