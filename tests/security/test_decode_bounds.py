"""What a recording may cost while it is read."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.support.recordings import encoded, tone
from tts_core.audio import decode as module
from tts_core.audio.decode import decode
from tts_core.errors import NotAudioError

CHUNKS = 100_000


@pytest.mark.parametrize("sound", [b"", bytes(16_000)], ids=["no sound", "sound behind them"])
def test_no_wav_of_empty_chunks_is_read_to_its_end(
    sound: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """FFmpeg moves in the file for each of them, which 50 MB can hold six million of."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16)
    data = struct.pack("<4sI", b"data", len(sound)) + sound if sound else b""
    body = b"WAVE" + form + b"junk\0\0\0\0" * CHUNKS + data
    path = tmp_path / "clip.wav"
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    with pytest.raises(NotAudioError, match=r"takes too long to read.*Convert it to WAV"):
        decode(path)
    assert len(capfd.readouterr().err) < 10_000  # PyAV prints what else goes wrong


def test_a_film_takes_a_tenth_of_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of honest recordings none makes FFmpeg move so often as one with pictures in between."""
    path = tmp_path / "film.mp4"
    path.write_bytes(encoded(tone(30, 48_000), "mp4", "aac", pictures=True))
    share = 30 / module.MAX_SECONDS
    monkeypatch.setattr(module, "MAX_SEEKS", int(module.MAX_SEEKS * share / 5))
    assert decode(path).duration == pytest.approx(30, abs=0.1)
