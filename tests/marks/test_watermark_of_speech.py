"""The watermark in what a service speaks, and what `verify` tells of it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from tests.conftest import MakeService
from tts_core.audio.encode import StreamSink, open_encoder
from tts_core.audio.resample import resample
from tts_core.events import Audio, SpeechInfo
from tts_core.marks.verify import NOTHING, ONLY_WATERMARK, OWN, verify
from tts_core.marks.watermark_detect import detect
from tts_core.service import SpeechService
from tts_core.services.marks import COMMENT
from tts_core.types import AudioChunk, SpeechRequest

TEXT = (
    "Everyone has the right to freedom of thought, conscience and religion; this right includes "
    "freedom to change his religion or belief. Everyone has the right to a nationality."
)
REQUEST = SpeechRequest(text=TEXT, engine="espeak", voice="en")


def streamed(service: SpeechService) -> AudioChunk:
    """Return what a stream says."""
    with service.stream(REQUEST) as stream:
        chunks = [event.chunk for event in stream if isinstance(event, Audio)]
    return AudioChunk(np.concatenate([c.samples for c in chunks]), chunks[0].sample_rate)


def file_of(sound: AudioChunk, format: str) -> io.BytesIO:
    file = io.BytesIO()
    with open_encoder(format, sound.sample_rate, file) as encoder:
        encoder.write(sound.samples)
    file.seek(0)
    return file


def test_streams_carry_it_and_say_when_and_where(make_service: MakeService) -> None:
    service = make_service()
    for format in ("opus", "aac", "mp3"):
        found = service.marks.verify(file_of(streamed(service), format), None)
        assert found["marked"]
        assert found["confidence"] > 0.9999
        assert found["c2pa"] is None
        assert found["watermark"]["day"] == datetime.now(UTC).date().isoformat()
        assert {ONLY_WATERMARK, OWN} <= set(found["notes"])
        assert NOTHING not in found["notes"]


def test_a_telephone_line_keeps_some_of_it(make_service: MakeService) -> None:
    assert detect(resample(streamed(make_service()), 8_000)).marked


@pytest.mark.sample(2)
@pytest.mark.parametrize("format", ["wav", "mp3", "flac", "opus", "aac"])
def test_files_carry_it(make_service: MakeService, format: str) -> None:
    path, info = make_service().synthesize(REQUEST, format)
    assert info.marks.watermark
    with path.open("rb") as file:
        found = verify(file)
    assert found.watermark is not None
    assert found.watermark.marked


def test_the_recording_of_the_history_carries_it(make_service: MakeService) -> None:
    service = make_service(history_audio_mb=10)
    _, info = service.synthesize(REQUEST)
    service.history.recordings.close()
    recording = service.history.recordings.find(info.request_id)
    assert recording is not None
    with recording.open("rb") as file:
        assert verify(file).watermark.marked  # type: ignore[union-attr]


def info_with(make_service: MakeService, mark: str) -> tuple[Path, SpeechInfo]:
    return make_service(mark=mark).synthesize(REQUEST)


def test_it_can_be_had_alone(make_service: MakeService) -> None:
    path, info = info_with(make_service, "watermark")
    assert (info.marks.c2pa, info.marks.watermark) == (False, True)
    assert "TTS_MARK is watermark" in str(info.marks.why_not)
    with path.open("rb") as file:
        found = verify(file)
    assert found.manifest is None
    assert found.marked


@pytest.mark.parametrize("mark", ["metadata", "off"])
def test_it_can_be_switched_off(make_service: MakeService, mark: str) -> None:
    path, info = info_with(make_service, mark)
    assert not info.marks.watermark
    assert f"TTS_MARK is {mark}" in str(info.marks.why_not)
    with path.open("rb") as file:
        found = verify(file)
    assert found.watermark is not None
    assert not found.watermark.marked


def test_the_cache_stays_clean(make_service: MakeService, tmp_path: Path) -> None:
    marked = streamed(make_service(cache_mb=10))
    service = make_service(cache_mb=10, mark="off")
    with service.stream(REQUEST) as stream:
        pieces = [event.chunk.samples for event in stream if isinstance(event, Audio)]
    assert stream.record.cached == len(stream.plan.segments)
    clean = AudioChunk(np.concatenate(pieces), marked.sample_rate)
    assert len(clean.samples) == len(marked.samples)
    assert detect(marked).marked
    assert not detect(clean).marked


def test_a_broken_certificate_does_not_stop_speech(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service(c2pa_certificate=tmp_path / "none.pem", c2pa_key=tmp_path / "none.pem")
    found = detect(streamed(service))
    assert found.payload is not None
    assert found.payload.instance == 0


def test_an_engines_own_watermark_is_told(make_service: MakeService) -> None:
    marks = make_service().marks.of_speech("r" * 32, "chatterbox", "chatterbox").of_stream
    assert marks.engine_watermark == "Perth (Resemble AI)"


@pytest.mark.parametrize("format", ["mp3", "opus", "flac"])
def test_streams_have_a_tag_where_the_format_has_them(format: str) -> None:
    with open_encoder(format, 24_000, sink := StreamSink(), comment="Synthetic") as encoder:
        encoder.write(np.zeros(4_800, np.float32))
    with av.open(io.BytesIO(sink.getvalue()), "r") as container:
        tags = container.metadata | container.streams.audio[0].metadata
    assert tags["comment"] == "Synthetic"


def test_files_of_opus_have_it(make_service: MakeService) -> None:
    for mark, comment in (("metadata,watermark", COMMENT), ("off", None)):
        path, _ = make_service(mark=mark).synthesize(REQUEST, "opus")
        with av.open(str(path), "r") as container:
            assert container.streams.audio[0].metadata.get("comment") == comment
