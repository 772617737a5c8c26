from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_core.audio.join import (
    FADE_SECONDS,
    LEAD_SECONDS,
    PAUSE_SECONDS,
    TAIL_SECONDS,
    Joiner,
    bounded,
    pauses_of,
)
from tts_core.types import Pause, ReadingOptions, Samples

RATE = 16_000
LEAD = round(LEAD_SECONDS * RATE)
TAIL = round(TAIL_SECONDS * RATE)
FADE = round(FADE_SECONDS * RATE)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def tone(seconds: float, frequency: float = 220, phase: float = 0, level: float = 0.5) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * frequency * time + phase)).astype(np.float32)


def samples_of(pause: Pause, speed: float = 1) -> int:
    return round(PAUSE_SECONDS[pause] / speed * RATE)


def join(segments: list[tuple[Samples, Pause]], piece: int = 10**9, speed: float = 1) -> Samples:
    joiner = Joiner(RATE, pauses_of(ReadingOptions(), speed))
    out = []
    for samples, pause in segments:
        out += [joiner.push(samples[i : i + piece]) for i in range(0, len(samples), piece)]
        out.append(joiner.finish_segment(pause))
    out.append(joiner.close())
    joined = np.concatenate(out)
    assert joiner.position == len(joined)
    assert joined.dtype == np.float32
    return joined


def kept(samples: Samples) -> slice:
    """What the documentation says is kept, worked out from the whole segment."""
    onset = np.flatnonzero(np.abs(samples) > 10 ** (-48 / 20))
    if len(onset) == 0:
        return slice(0, 0)
    loud = np.flatnonzero(np.abs(samples) > 10 ** (-50 / 20))
    return slice(max(0, onset[0] - LEAD), min(len(samples), loud[-1] + 1 + TAIL))


def test_silence_is_trimmed_and_the_pause_put_between() -> None:
    one = np.concatenate((silence(0.5), np.full(800, 0.5, np.float32), silence(0.3)))
    two = np.concatenate((silence(0.1), np.full(400, -0.5, np.float32), silence(0.7)))
    joined = join([(one, Pause.SENTENCE), (two, Pause.PARAGRAPH)])

    gap = samples_of(Pause.SENTENCE)
    assert len(joined) == (LEAD + 800 + TAIL) + gap + (LEAD + 400 + TAIL)
    assert not joined[:LEAD].any()
    np.testing.assert_array_equal(joined[LEAD : LEAD + 800], 0.5)
    quiet = LEAD + 800
    assert not joined[quiet : quiet + TAIL + gap + LEAD].any()
    np.testing.assert_array_equal(joined[-TAIL - 400 : -TAIL], -0.5)


def test_a_segment_without_silence_is_kept_whole_but_for_its_fades() -> None:
    samples = np.full(1000, 0.5, np.float32)
    joined = join([(samples, Pause.SENTENCE)])
    assert len(joined) == 1000
    np.testing.assert_array_equal(joined[FADE:-FADE], 0.5)
    ramp = joined[:FADE]
    assert np.all(np.diff(ramp) > 0)
    assert ramp[0] < 0.001
    np.testing.assert_array_equal(joined[-FADE:], ramp[::-1])


def test_silence_inside_a_segment_is_sample_exact() -> None:
    rng = np.random.default_rng(1)
    hush = (0.002 * rng.uniform(-1, 1, 20_000)).astype(np.float32)
    samples = np.concatenate((tone(0.2, phase=1), hush, tone(0.2, phase=1)))
    joined = join([(samples, Pause.NONE)], piece=160)
    np.testing.assert_array_equal(joined[FADE:-FADE], samples[FADE:-FADE])


@pytest.mark.parametrize("pause", Pause)
@pytest.mark.parametrize("speed", [0.25, 1, 1.3, 4])
def test_pauses_follow_the_speed(pause: Pause, speed: float) -> None:
    one = tone(0.1, phase=1)
    joined = join([(one, pause), (one, pause)], speed=speed)
    assert len(joined) == 2 * len(one) + samples_of(pause, speed)


def test_a_silent_segment_yields_nothing_and_the_longer_pause_stays() -> None:
    one = tone(0.1, phase=1)
    quiet = silence(1)
    assert len(join([(quiet, Pause.PARAGRAPH)])) == 0
    assert len(join([(quiet, Pause.PARAGRAPH), (one, Pause.NONE)])) == len(one)
    for first, second in [
        (Pause.SENTENCE, Pause.PARAGRAPH),
        (Pause.PARAGRAPH, Pause.SENTENCE),
    ]:
        joined = join([(one, first), (quiet, second), (quiet, Pause.NONE), (one, Pause.NONE)])
        assert len(joined) == 2 * len(one) + samples_of(Pause.PARAGRAPH)


def test_nothing_at_all() -> None:
    joiner = Joiner(RATE)
    assert len(joiner.push(silence(0))) == 0
    assert len(joiner.finish_segment(Pause.SENTENCE)) == 0
    assert len(joiner.close()) == 0
    assert joiner.position == 0


def test_close_gives_the_rest_of_an_unfinished_segment() -> None:
    joiner = Joiner(RATE)
    got = len(joiner.push(tone(0.1, phase=1)))
    assert got + len(joiner.close()) == round(0.1 * RATE)


def test_it_holds_back_no_more_than_the_fade_and_silence() -> None:
    joiner = Joiner(RATE)
    assert len(joiner.push(np.full(1000, 0.5, np.float32))) == 1000 - FADE
    assert len(joiner.push(silence(0.5))) == FADE
    assert len(joiner.push(np.full(10, 0.5, np.float32))) == round(0.5 * RATE) + 10 - FADE


def test_silence_of_exact_length() -> None:
    quiet = np.full(4000, 10 ** (-55 / 20), np.float32)
    segment = np.concatenate((quiet, np.full(1600, 0.5, np.float32), quiet))
    joiner = Joiner(RATE, lead=0.5)
    pieces = [joiner.push(segment), joiner.finish_segment(Pause.PARAGRAPH, 1.5)]
    pieces += [joiner.push(quiet), joiner.finish_segment(Pause.SENTENCE, 0.25)]
    pieces += [joiner.push(segment), joiner.finish_segment(Pause.SENTENCE, 2.0)]
    pieces.append(joiner.closing_silence())
    sound = np.concatenate(pieces)
    loud = np.flatnonzero(np.abs(sound) > 0.1)
    assert loud[0] == pytest.approx(0.5 * RATE, abs=0.01 * RATE)
    assert np.diff(loud).max() == pytest.approx(1.75 * RATE, abs=0.01 * RATE)
    assert len(sound) - loud[-1] == pytest.approx(2.0 * RATE, abs=0.01 * RATE)
    assert joiner.position == len(sound)
    assert len(joiner.close()) == 0


def test_exact_silence_stands_in_place_of_pauses() -> None:
    joiner = Joiner(RATE)
    pieces = [joiner.push(tone(0.2)), joiner.finish_segment(Pause.PARAGRAPH)]
    pieces += [joiner.push(silence(0.2)), joiner.finish_segment(Pause.SENTENCE, 0.1)]
    pieces += [joiner.push(tone(0.2)), joiner.finish_segment(Pause.SENTENCE)]
    loud = np.flatnonzero(np.abs(np.concatenate(pieces)) > 0.01)
    assert np.diff(loud).max() == pytest.approx(0.1 * RATE, abs=0.01 * RATE)


def test_times_count_trimmed_silence_and_pauses() -> None:
    joiner = Joiner(RATE)
    segment = np.concatenate((silence(0.25), np.full(1600, 0.5, np.float32), silence(0.5)))
    joiner.push(segment)
    assert joiner.segment_start == 0
    assert joiner.word_offset == pytest.approx(-0.24)
    out = len(joiner.push(silence(0))) + len(joiner.finish_segment(Pause.SENTENCE))
    assert out > 0
    end = joiner.position / RATE

    for piece in np.array_split(segment, 100):
        before = joiner.position
        if len(joiner.push(piece)):
            break
        assert joiner.position == before
        assert joiner.segment_start == 0
    assert joiner.segment_start == pytest.approx(end + 0.4)
    # A word that the engine says starts at 0.25 s sounds 10 ms after the segment's start.
    assert 0.25 + joiner.word_offset == pytest.approx(end + 0.4 + LEAD_SECONDS)


def test_word_offset_points_at_the_sample() -> None:
    rng = np.random.default_rng(7)
    joiner = Joiner(RATE)
    out: list[Samples] = []
    marks = []
    for _ in range(20):
        mark = int(rng.integers(1000, 5000))
        segment = np.zeros(6000, np.float32)
        segment[mark:] = 0.25
        segment[mark + 200] = 0.75
        out += [joiner.push(piece) for piece in np.array_split(segment, 9)]
        marks.append((mark + 200) / RATE + joiner.word_offset)
        out.append(joiner.finish_segment(Pause.CLAUSE))
    peaks = np.flatnonzero(np.concatenate(out) == 0.75)
    np.testing.assert_allclose(peaks / RATE, marks, atol=0.1 / RATE)


def test_bad_samples_become_bounded() -> None:
    bad = np.array([0.5, np.nan, np.inf, -np.inf, 3, -3, 0.1], np.float32)
    np.testing.assert_array_equal(bounded(bad), np.array([0.5, 0, 0, 0, 1, -1, 0.1], np.float32))
    assert np.isnan(bad[1]), "the caller's array is left alone"
    joined = join([(np.tile(bad, 100), Pause.NONE)])
    assert np.all(np.abs(joined) <= 1)


def test_joins_do_not_click() -> None:
    rng = np.random.default_rng(3)
    frequency, level = 220, 0.8
    segments = [
        (tone(rng.uniform(0.05, 0.3), frequency, rng.uniform(0, 2 * np.pi), level), pause)
        for pause in list(Pause) * 5
    ]
    largest = 2 * np.pi * frequency / RATE * level
    jumps = np.abs(np.diff(join(segments), prepend=0, append=0))
    assert jumps.max() <= largest * 1.001


@st.composite
def speech(draw: st.DrawFn) -> list[tuple[Samples, Pause]]:
    """Segments of loud, faint and silent stretches."""
    segments = []
    for _ in range(draw(st.integers(1, 4))):
        level = st.sampled_from([0.0, 0.002, 0.0035, 0.0042, 0.5, 1.5])
        stretches = draw(st.lists(st.tuples(level, st.integers(0, 900)), max_size=5))
        rng = np.random.default_rng(draw(st.integers(0, 2**16)))
        parts = [level * rng.uniform(-1, 1, count) for level, count in stretches]
        samples = np.concatenate([np.zeros(0), *parts]).astype(np.float32)
        segments.append((samples, draw(st.sampled_from(Pause))))
    return segments


@given(speech(), st.data())
def test_output_does_not_depend_on_the_pieces(
    segments: list[tuple[Samples, Pause]], data: st.DataObject
) -> None:
    whole = join(segments)
    joiner = Joiner(RATE)
    out = []
    for samples, pause in segments:
        cuts = data.draw(st.lists(st.integers(0, len(samples)), max_size=12).map(sorted))
        out += [joiner.push(piece) for piece in np.split(samples, cuts)]
        out.append(joiner.finish_segment(pause))
    out.append(joiner.close())
    np.testing.assert_array_equal(np.concatenate(out), whole)


@given(speech())
def test_the_length_is_what_is_kept_and_the_pauses(segments: list[tuple[Samples, Pause]]) -> None:
    expected = owed = 0
    for samples, pause in segments:
        part = kept(samples)
        if part.stop:
            expected += owed + part.stop - part.start
            owed = samples_of(pause)
        elif expected:
            owed = max(owed, samples_of(pause))
    assert len(join(segments, piece=97)) == expected
