"""The watermark: that it is found after what happens to sound, and what it leaves as it was."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace
from datetime import date

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from hypothesis import given
from hypothesis import strategies as st

from tests.support.engines import new_engine, spoken_by
from tts_core.audio.resample import resample
from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.marks.watermark import FIRST_DAY, Payload, Watermark
from tts_core.marks.watermark_detect import FOUND, detect
from tts_core.types import AudioChunk, Samples, Utterance

PAYLOAD = Payload(0xA10D, date(2026, 11, 27))
TEXT = (
    "Everyone has the right to freedom of thought, conscience and religion; this right includes "
    "freedom to change his religion or belief, alone or in community with others, in public or "
    "private."
)


@pytest.fixture(scope="module")
def speech() -> AudioChunk:
    """Return 9 s of speech, unmarked."""
    engine = new_engine(EspeakEngine)
    engine.load()
    chunks = list(spoken_by(engine, Utterance(TEXT, "en", "en")))
    samples = np.concatenate([chunk.samples for chunk in chunks])
    return resample(AudioChunk(samples, chunks[0].sample_rate), 24_000)


@pytest.fixture(scope="module")
def marked(speech: AudioChunk) -> AudioChunk:
    return mark(speech)


def mark(sound: AudioChunk) -> AudioChunk:
    return replace(sound, samples=Watermark(sound.sample_rate, PAYLOAD).process(sound.samples))


def cut(sound: AudioChunk, begin: float, end: float) -> AudioChunk:
    first, last = (round(second * sound.sample_rate) for second in (begin, end))
    return replace(sound, samples=sound.samples[first:last])


def coded(sound: AudioChunk, format: str, codec: str, bit_rate: int) -> AudioChunk:
    """Encode and decode a sound."""
    file, sound = io.BytesIO(), resample(sound, 48_000)
    with av.open(file, "w", format=format) as out:
        stream = out.add_stream(codec, rate=48_000, layout="mono", bit_rate=bit_rate)
        assert isinstance(stream, AudioStream)
        pcm = (sound.samples * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = 48_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as source:
        frames = [frame.to_ndarray()[0] for frame in source.decode(audio=0)]
    return AudioChunk(np.concatenate(frames).astype(np.float32), 48_000)


def test_what_it_says_is_read(marked: AudioChunk) -> None:
    found = detect(marked)
    assert found.marked
    assert found.confidence > 1 - 1e-9
    assert found.payload == PAYLOAD


def test_clean_speech_is_not_marked(speech: AudioChunk) -> None:
    found = detect(speech)
    assert not found.marked
    assert found.payload is None


@pytest.mark.parametrize(
    ("format", "codec", "bit_rate"), [("mp3", "libmp3lame", 64_000), ("ogg", "libopus", 24_000)]
)
def test_codecs_leave_it(marked: AudioChunk, format: str, codec: str, bit_rate: int) -> None:
    assert detect(coded(cut(marked, 1.2345, 6.2345), format, codec, bit_rate)).marked


def test_noise_leaves_it_in_three_seconds(marked: AudioChunk) -> None:
    part = cut(marked, 2.123, 5.123)
    level = float(np.sqrt(np.mean(part.samples**2))) * 10 ** (-10 / 20)
    noise = np.random.default_rng(1).normal(0, level, len(part.samples))
    assert detect(replace(part, samples=(part.samples + noise).astype(np.float32))).marked


@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_time_stretching_leaves_it(marked: AudioChunk, factor: float) -> None:
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=24_000, format="fltp", layout="mono")
    graph.link_nodes(source, graph.add("atempo", str(factor)), graph.add("abuffersink"))
    graph.configure()
    frame = av.AudioFrame.from_ndarray(cut(marked, 1, 5).samples[None], "fltp", "mono")
    frame.sample_rate = 24_000
    graph.push(frame)
    graph.push(None)
    pieces = []
    with suppress(av.error.EOFError):
        while True:
            pieces.append(graph.pull().to_ndarray()[0])
    found = detect(AudioChunk(np.concatenate(pieces), 24_000))
    assert found.marked
    # One step of the search beside it at most; espeak never says it the same way twice.
    assert found.speed == pytest.approx(factor, abs=0.0065)


def test_three_seconds_at_another_level_and_rate_are_enough(marked: AudioChunk) -> None:
    part = cut(marked, 2.123, 5.123)
    assert detect(resample(replace(part, samples=part.samples * np.float32(0.05)), 16_000)).marked


@pytest.mark.parametrize("speed", [0.95, 1.05])
def test_another_speed_leaves_it(marked: AudioChunk, speed: float) -> None:
    found = detect(AudioChunk(cut(marked, 1, 6).samples, round(24_000 * speed)))
    assert found.marked
    assert found.speed == pytest.approx(speed, abs=0.004)


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_all_rates(speech: AudioChunk, rate: int) -> None:
    found = detect(mark(resample(cut(speech, 0, 5), rate)))
    assert found.marked


@given(blocks=st.lists(st.integers(0, 3_000), min_size=1, max_size=12))
def test_blocks_make_no_difference(blocks: list[int]) -> None:
    samples = np.random.default_rng(2).normal(0, 0.2, sum(blocks)).astype(np.float32)
    whole = Watermark(24_000, PAYLOAD).process(samples)
    stream = Watermark(24_000, PAYLOAD)
    pieces = [stream.process(piece) for piece in np.split(samples, np.cumsum(blocks))]
    assert [len(piece) for piece in pieces] == [*blocks, 0]
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-6)


def test_the_level_stays(speech: AudioChunk, marked: AudioChunk) -> None:
    powers = [float(np.mean(sound.samples**2)) for sound in (speech, marked)]
    assert abs(10 * np.log10(powers[1] / powers[0])) < 0.15


def test_silence_stays_silence(speech: AudioChunk) -> None:
    silence = np.zeros(12_000, np.float32)
    sound = np.concatenate((silence, speech.samples[:24_000], silence, speech.samples[:1_000]))
    marked = Watermark(24_000, PAYLOAD).process(sound)
    assert not marked[:12_000].any()
    assert not marked[36_000 + 24 : 48_000].any()


def test_nothing_exceeds_full_scale() -> None:
    loud: Samples = np.random.default_rng(3).choice([-1, 1], 48_000).astype(np.float32)
    assert np.abs(Watermark(24_000, PAYLOAD).process(loud)).max() <= 1


@given(instance=st.integers(0, 0xFFFF), day=st.dates(FIRST_DAY, date(2200, 1, 1)))
def test_payloads(instance: int, day: date) -> None:
    payload = Payload(instance, day)
    said = payload.encode()
    assert Payload.decode(said) == payload
    damaged = bytes([said[0] ^ 1]) + said[1:]
    assert Payload.decode(damaged) is None


@pytest.mark.parametrize("payload", [Payload(0x10000, FIRST_DAY), Payload(1, date(2023, 12, 31))])
def test_payloads_out_of_range(payload: Payload) -> None:
    with pytest.raises(ValueError, match="use an instance up to 65535"):
        payload.encode()


def test_what_is_too_short_or_silent_is_not_marked() -> None:
    for samples in (np.zeros(0), np.zeros(48_000), np.ones(100)):
        found = detect(AudioChunk(samples.astype(np.float32), 24_000))
        assert (found.marked, found.confidence) == (False, 0.0)


def test_clean_noise_and_tones_are_sure_as_often_as_they_say() -> None:
    random = np.random.default_rng(4)
    tone = np.sin(2 * np.pi * 440 / 16_000 * np.arange(48_000))
    sounds = [random.normal(0, 0.1, 48_000) + 0.2 * tone * (i % 2) for i in range(8)]
    found = [detect(AudioChunk(sound.astype(np.float32), 16_000)) for sound in sounds]
    assert all(detection.confidence < FOUND for detection in found)
    assert sum(detection.confidence > 0.9 for detection in found) <= 5
