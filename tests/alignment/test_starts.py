"""The starts of words in natural speech, by eSpeak NG's speech of the same text."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.support.engines import context, new_engine, reference, spoken_by
from tts_core.alignment.align import Alignment, align
from tts_core.alignment.aligner import ReferenceAligner, References
from tts_core.alignment.starts import FURTHEST, placed
from tts_core.engines.hibari.engine import HEART, HibariEngine
from tts_core.types import AlignmentRequest, AudioChunk, Utterance, WordTiming

TEXTS = (
    "The birch canoe slid on the smooth planks, and nobody on the shore was surprised.",
    "Four hours of steady work faced us, so she opened the letter slowly and read it twice.",
    "Several farmers in the northern valley expect a fine harvest if summer stays like this.",
)
ESPEAK = reference("en-us")


@pytest.fixture(scope="module")
def spoken() -> dict[str, AudioChunk]:
    """Natural speech with the times of its words. The network has not learned by hibari."""
    engine = new_engine(HibariEngine)
    engine.load()
    found = {}
    for text in TEXTS:
        pieces = list(spoken_by(engine, Utterance(text, HEART, "en-us"), threading.Event()))
        words = tuple(word for piece in pieces for word in piece.words)
        samples = np.concatenate([piece.samples for piece in pieces])
        found[text] = AudioChunk(samples, pieces[0].sample_rate, words)
    return found


@pytest.fixture(scope="module")
def aligned(spoken: dict[str, AudioChunk]) -> dict[str, Alignment]:
    references = References(context())
    found = {text: align(chunk, references.speaker(text, ESPEAK)) for text, chunk in spoken.items()}
    return {text: alignment for text, alignment in found.items() if alignment is not None}


def test_words_begin_closer_to_where_natural_speech_has_them(
    spoken: dict[str, AudioChunk], aligned: dict[str, Alignment]
) -> None:
    """Without the constant between both, as the benchmark of word times measures."""

    def off(words: list[WordTiming], truth: AudioChunk) -> list[float]:
        return [a.start - b.start for a, b in zip(words, truth.words, strict=True)][1:]

    before = np.concatenate([off(aligned[text].words, spoken[text]) for text in TEXTS])
    after = np.concatenate([off(placed(aligned[text]), spoken[text]) for text in TEXTS])
    for way, most in ((50, 0.016), (90, 0.045)):
        was, now = (np.percentile(np.abs(d - np.median(d)), way) for d in (before, after))
        print(f"{way} %: {1000 * was:.0f}, {1000 * now:.0f} ms")
        assert now < most
        assert now < was


def test_words_stay_in_order_and_in_the_sound(aligned: dict[str, Alignment]) -> None:
    for alignment in aligned.values():
        words = placed(alignment)
        assert [w.text for w in words] == [w.text for w in alignment.words]
        assert all(w.start <= w.end for w in words)
        assert all(a.end <= b.start for a, b in pairwise(words))
        assert words[0].start == alignment.words[0].start
        assert words[-1].end == alignment.words[-1].end
        pairs = list(zip(words, alignment.words, strict=True))
        assert all(abs(a.start - b.start) <= FURTHEST + 1e-6 for a, b in pairs)
        assert all(type(w.start) is float and type(w.end) is float for w in words)


def test_words_that_follow_each_other_at_once_still_do(aligned: dict[str, Alignment]) -> None:
    """A gap between two words is in the sound, and does not come from moving a start."""
    for alignment in aligned.values():
        moved = placed(alignment)
        for number, (a, b) in enumerate(pairwise(alignment.words)):
            if a.end == b.start:
                assert moved[number].end == moved[number + 1].start


def test_a_word_that_is_not_heard_has_no_negative_length(aligned: dict[str, Alignment]) -> None:
    alignment = aligned[TEXTS[0]]
    flat = [replace(word, start=1.0, end=1.0) for word in alignment.words]
    words = placed(replace(alignment, words=flat))
    assert all(w.start == w.end == 1.0 for w in words)


def test_only_words_by_espeak_ng_are_moved(
    spoken: dict[str, AudioChunk], aligned: dict[str, Alignment]
) -> None:
    text = TEXTS[0]
    aligner, hibari = ReferenceAligner(context()), reference("heart", "en-us", "hibari")
    request = AlignmentRequest(spoken[text], text, ESPEAK, "scripted")
    by_espeak, by_hibari = (
        aligner.align(replace(request, voice=voice)).words for voice in (ESPEAK, hibari)
    )
    assert by_espeak is not None
    assert by_hibari is not None
    plain = align(spoken[text], References(context()).speaker(text, hibari))
    assert plain is not None
    # eSpeak NG does not speak a text twice alike to the sample.
    moved, unmoved = placed(aligned[text]), aligned[text].words
    assert [w.start for w in by_espeak] == pytest.approx([w.start for w in moved], abs=0.005)
    assert max(abs(a.start - b.start) for a, b in zip(moved, unmoved, strict=True)) > 0.01
    assert [w.start for w in by_hibari] == [w.start for w in plain.words]
