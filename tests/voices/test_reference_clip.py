"""A recording is decoded and inspected once on its way to a voice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.recordings import encoded, excerpt, spoken
from tests.voices.conftest import Recording
from tts_core.errors import NameTakenError, NotAudioError, ValidationError
from tts_core.service import SpeechService
from tts_core.voices import reference_clip
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.reference_clip import ReferenceClipCache
from tts_core.web.ui.clone import clip_report


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the calls of the decoder and of the inspection, which still do their work."""
    counts: Counter[str] = Counter()

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            counts[name] += 1
            return real(*arguments)

        return call

    for name in ("decode", "inspect_clip"):
        monkeypatch.setattr(reference_clip, name, counted(name, getattr(reference_clip, name)))
    return counts


def test_from_the_page_to_the_voice(
    service: SpeechService, clip: Path, calls: Counter[str]
) -> None:
    shown = clip_report(service.voices, str(clip), True)
    assert clip_report(service.voices, str(clip), False)["waveform"] == shown["waveform"]
    voice = service.voices.clone([clip], "Anna", consent=True)
    assert calls == {"decode": 1, "inspect_clip": 1}
    assert voice.report == {key: shown[key] for key in voice.report}


def test_a_retry_with_another_name(
    library: VoiceLibrary, recording: Recording, calls: Counter[str]
) -> None:
    library.add("Anna", [recording(0)], consent=True)
    calls.clear()
    library.inspect(recording(1))
    with pytest.raises(NameTakenError):
        library.add("Anna", [recording(1)], consent=True)
    library.add("Ben", [recording(1)], consent=True)
    assert calls == {"decode": 1, "inspect_clip": 1}


def test_what_is_saved_is_no_longer_held(
    library: VoiceLibrary, clip: Path, calls: Counter[str]
) -> None:
    library.inspect(clip)
    library.add("Anna", [clip], consent=True)
    library.inspect(clip)
    assert calls["decode"] == 2


def test_another_file_of_the_same_name_is_read(
    library: VoiceLibrary, tmp_path: Path, recording: Recording, calls: Counter[str]
) -> None:
    path = tmp_path / "recording.wav"
    for number in range(2):
        path.write_bytes(recording(number).read_bytes())
        assert library.inspect(path).audio.duration == pytest.approx(3.5 + number / 100, abs=1e-3)
    assert calls["decode"] == 2


def test_the_memory_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: Counter[str]
) -> None:
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"{number}.wav")
        sound = excerpt(spoken(), number / 10, 2)
        paths[-1].write_bytes(encoded(sound, "wav", "pcm_s16le"))
    size = spoken().samples.dtype.itemsize * 2 * spoken().sample_rate
    monkeypatch.setattr(reference_clip, "MAX_CACHED_BYTES", round(2.5 * size))
    cache = ReferenceClipCache()
    first, second, _ = (cache.read(path) for path in paths)
    assert cache.read(paths[1]) is second
    assert calls["decode"] == 3
    again = cache.read(paths[0])  # it was the least recently read, and had to go
    assert calls["decode"] == 4
    np.testing.assert_array_equal(again.audio.samples, first.audio.samples)
    monkeypatch.setattr(reference_clip, "MAX_CACHED_BYTES", size // 2)
    assert cache.read(paths[2]) is not cache.read(paths[2])  # too large to be held at all


def test_what_cannot_be_used_is_no_voice(
    library: VoiceLibrary, tmp_path: Path, short_clip: Path
) -> None:
    assert library.inspect(short_clip).report.grade == "bad"
    with pytest.raises(ValidationError, match=r"cannot be used\. .* Record at least"):
        library.add("Anna", [short_clip], consent=True)
    noise = tmp_path / "noise.wav"
    noise.write_bytes(b"not a recording" * 99)
    with pytest.raises(NotAudioError, match="not a supported audio file"):
        library.inspect(noise)
