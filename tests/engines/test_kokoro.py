"""Kokoro with its real weights, heard by Whisper."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pyloudnorm
import pytest

from tests.support.engines import new_engine, spoken_by
from tests.support.recognizer import transcribe, word_errors
from tts_core.engines.blends import blend_name, parse_blend
from tts_core.engines.kokoro import files, reading
from tts_core.engines.kokoro.data import PACKAGED
from tts_core.engines.kokoro.engine import SAMPLE_RATE, KokoroEngine
from tts_core.engines.kokoro.model import KokoroModel
from tts_core.engines.phonemes.base import Phonemes
from tts_core.engines.phonemes.front_end import phonemes_of
from tts_core.engines.registry import Registry
from tts_core.errors import VoiceLoadError
from tts_core.synthesis.planner import plan
from tts_core.types import AudioChunk, SpeechRequest, Utterance
from tts_core.voices.catalog import VoiceCatalog

ENGLISH = (
    "The birch canoe slid on the smooth planks.",
    "The boy was there when the sun rose.",
    "The source of the huge river is the clear spring.",
    "Help the woman get back to her feet.",
    "The fish twisted and turned on the bent hook.",
    "Her purse was full of useless trash.",
)
"""Harvard sentences, lists 1 to 3."""
SPANISH = (
    "El tren sale de la ciudad por la mañana.",
    "Los niños juegan en el parque con su perro.",
    "Mi hermana compró pan, queso y dos botellas de agua.",
    "La casa de mi abuelo está cerca del mar.",
)
LONG = (
    "When the weather changes, the old harbor fills with small boats, and nobody in the village "
    "can remember who owns which, or how long they have been there, or who painted them so "
    "carefully in the spring."
)


@pytest.fixture(scope="module")
def engine() -> KokoroEngine:
    engine = new_engine(KokoroEngine)
    engine.load()
    return engine


def chunks_of(
    engine: KokoroEngine, text: str, voice: str = "jm_kumo", language: str = "en", speed: float = 1
) -> list[AudioChunk]:
    return list(spoken_by(engine, Utterance(text, voice, language, speed), threading.Event()))


def joined(chunks: list[AudioChunk]) -> AudioChunk:
    words = tuple(word for chunk in chunks for word in chunk.words)
    return AudioChunk(np.concatenate([c.samples for c in chunks]), SAMPLE_RATE, words)


def audible(chunk: AudioChunk) -> tuple[float, float]:
    """Return the times of the first and the last audible sample."""
    loud = np.flatnonzero(np.abs(chunk.samples) > 0.01 * np.abs(chunk.samples).max())
    return loud[0] / SAMPLE_RATE, loud[-1] / SAMPLE_RATE


@pytest.mark.sample(1)
@pytest.mark.parametrize(("texts", "language"), [(ENGLISH, "en"), (SPANISH, "es")])
def test_it_is_understood(
    engine: KokoroEngine,
    texts: tuple[str, ...],
    language: str,
    amount: Callable[[int, int], int],
) -> None:
    errors = words = 0
    for text in random.Random(18).sample(texts, amount(1, len(texts))):
        chunk = joined(chunks_of(engine, text, language=language))
        wrong, count = word_errors(text, transcribe(chunk, language))
        errors, words = errors + wrong, words + count
        first, last = audible(chunk)
        assert first < 0.06
        assert last > chunk.duration - 0.2
    assert errors <= 0.1 * words


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("It cost $5 - “really!” he said.", "en", ["It", "cost", "$5", "“really!”", "he", "said."]),
        ("Yes.", "en", None),
        ("¿Dónde está?", "es", None),
        ("A snowman \N{SNOWMAN} melts.", "en", ["A", "snowman", "melts."]),
    ],
)
def test_each_written_word_has_its_time(
    engine: KokoroEngine, text: str, language: str, words: list[str] | None
) -> None:
    chunk = joined(chunks_of(engine, text, language=language))
    assert [word.text for word in chunk.words] == (words or text.split())
    assert all(0 <= w.start <= w.end <= chunk.duration for w in chunk.words)
    assert all(a.start <= b.start for a, b in pairwise(chunk.words))
    first, last = audible(chunk)
    assert chunk.words[0].start == pytest.approx(first, abs=0.1)
    assert chunk.words[-1].end == pytest.approx(last, abs=0.25)


@pytest.mark.thorough
def test_a_long_text_comes_in_pieces_without_a_seam(engine: KokoroEngine) -> None:
    chunks = chunks_of(engine, LONG)
    assert len(chunks) > 2
    assert chunks[0].duration < 2.1
    assert all(b.duration < 2 * a.duration + 0.1 for a, b in pairwise(chunks))
    whole = joined(chunks)
    assert [word.text for word in whole.words] == LONG.split()
    at = 0.0
    for chunk in chunks:
        assert all(at - 0.1 <= w.start <= at + chunk.duration + 0.1 for w in chunk.words)
        at += chunk.duration
    wrong, count = word_errors(LONG, transcribe(whole, "en"))
    assert wrong <= 0.1 * count
    # No click: from one sample to the next it changes no more at a join than elsewhere.
    steps = np.abs(np.diff(whole.samples))
    joins = np.cumsum([len(chunk.samples) for chunk in chunks[:-1]])
    assert all(steps[join - 600 : join + 600].max() < steps.max() for join in joins)


def test_a_long_text_is_not_hurried(engine: KokoroEngine) -> None:
    """Its durations are planned in portions: those of all 510 phonemes would be shorter."""
    pack, model = engine._pack("jm_kumo"), engine._model
    assert model is not None
    phonemes = phonemes_of(" ".join(ENGLISH), "en")
    alone = [phonemes_of(text, "en") for text in ENGLISH]

    def frames(parts: list[Phonemes]) -> int:
        read = [r for part in parts for r in reading.readings(model, part, part, pack, 1)]
        return sum(r.ends(word) - r.starts(word) for r in read for word in range(r.start, r.end))

    assert 0.96 <= frames([phonemes]) / frames(alone) <= 1.08


def test_an_overlong_word() -> None:
    phonemes = phonemes_of("xylophone" * 60, "en")
    words = list(reading._divided(phonemes))
    assert max(word.end - word.start for word in words) <= reading.LONGEST_WORD
    assert [word.text for word in words if word.text] == ["xylophone" * 60]
    divided = Phonemes(phonemes.text, words)
    cuts = reading._cuts(divided)
    assert cuts[-1] == len(words)
    for start, end in pairwise(cuts):
        part, _, _ = reading._portion(divided, start, end)
        assert len(part.text) <= 510


def test_speed(engine: KokoroEngine) -> None:
    slow, plain, fast = (
        joined(chunks_of(engine, "Never mind.", speed=speed)).duration for speed in (0.5, 1, 2)
    )
    assert plain / slow == pytest.approx(0.5, rel=0.25)
    assert plain / fast == pytest.approx(2, rel=0.25)


@pytest.mark.thorough
def test_the_voices_are_equally_loud(
    engine: KokoroEngine, amount: Callable[[int, int], int]
) -> None:
    meter = pyloudnorm.Meter(SAMPLE_RATE)
    for voice in random.Random(18).sample(PACKAGED, amount(2, len(PACKAGED))):
        text = " ".join(ENGLISH[:4])  # single sentences are up to 1.6 LU from the voice's level
        samples = joined(chunks_of(engine, text, voice)).samples
        assert np.abs(samples).max() < 1
        assert meter.integrated_loudness(samples.astype(float)) == pytest.approx(-24, abs=1.2)


def test_blends(engine: KokoroEngine) -> None:
    first, second = engine._pack("jm_kumo"), engine._pack("jf_alpha")
    mixed = engine._pack("jm_kumo(2)+jf_alpha(1)")
    np.testing.assert_allclose(mixed, (2 * first + second) / 3, atol=1e-6)
    np.testing.assert_allclose(engine._pack("jm_kumo+jm_kumo"), first, atol=1e-6)
    assert len(chunks_of(engine, "Yes.", "jm_kumo(2)+jf_alpha(1)")) == 1


@pytest.mark.parametrize("voice", ["nobody", "jm_kumo(1)+nobody(1)"])
def test_an_unknown_voice(engine: KokoroEngine, voice: str) -> None:
    with pytest.raises(VoiceLoadError, match="no voice 'nobody'"):
        chunks_of(engine, "Yes.", voice)


def test_it_stops_at_once(engine: KokoroEngine) -> None:
    stop = threading.Event()
    sound = spoken_by(engine, Utterance(LONG, "jm_kumo", "en"), stop)
    next(sound)
    threading.Timer(0.1, stop.set).start()  # while the next piece is computed
    assert sum(1 for _ in sound) <= 1


def test_nothing_to_say_is_silent(engine: KokoroEngine) -> None:
    assert not joined(chunks_of(engine, "\N{SNOWMAN}")).samples.any()


def test_the_voices_that_are_here() -> None:
    info = new_engine(KokoroEngine).describe()
    assert {*PACKAGED} <= {voice.id for voice in info.voices}
    kumo = next(voice for voice in info.voices if voice.id == "jm_kumo")
    assert (kumo.name, kumo.language, kumo.gender) == ("Kumo", "ja", "male")
    assert "grade:C-" in kumo.tags
    defaults = {tag for voice in info.voices for tag in voice.tags if tag.startswith("default:")}
    assert defaults == {f"default:{language.code}" for language in info.languages}


def test_a_foreign_voice_says_so() -> None:
    catalog = VoiceCatalog(Registry())

    def warnings(language: str) -> list[str]:
        request = SpeechRequest(text="Sí.", engine="kokoro", voice="jm_kumo", language=language)
        return list(plan(request, catalog, 1000)[0].warnings)

    assert warnings("es") == ["Kumo is a Japanese voice; it speaks Spanish with an accent."]
    assert warnings("ja") == []


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("af_bella(2)+af_sky(1)", [("af_bella", 2), ("af_sky", 1)]),
        ("a+b", [("a", 1), ("b", 1)]),
        (" Bella (1.5) + Sky (.5) ", [("Bella", 1.5), ("Sky", 0.5)]),
        ("a+a", [("a", 2)]),
        ("+".join("abcdefgh"), [(name, 1) for name in "abcdefgh"]),
        *((name, None) for name in ("a", "a+", "a(0)+b", "a(-1)+b", "a(nan)+b", "a(1e9)+b")),
        ("a(99999)+b", None),
        ("+".join("abcdefghi"), None),
    ],
)
def test_names_of_blends(name: str, parts: list[tuple[str, float]] | None) -> None:
    assert parse_blend(name) == parts
    if parts is not None and len(parts) > 1:
        assert parse_blend(blend_name(parts)) == parts


@pytest.mark.thorough
def test_another_export_of_the_model(engine: KokoroEngine) -> None:
    """Where it cannot be divided, it makes the same sound all at once."""
    weights = files.read_model(engine.context).replace(b"/encoder/MatMul_1_", b"/encoder/MatMul_X_")
    pack = engine._pack("jm_kumo")
    assert engine._model is not None
    sounds = []
    for model in (engine._model, KokoroModel(weights, 2)):
        prosody = model.read("jˈɛs.", pack, 1)
        sounds.append(model.speak(prosody, 0, prosody.frames))
    np.testing.assert_array_equal(sounds[0], sounds[1])
