"""Speech in library voices, through the service: states are made once and kept."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import soundfile

from tests.support.mimic import Script
from tests.voices.conftest import Make, Recording
from tts_core.errors import (
    Cancelled,
    UnknownNameError,
    VoiceLoadError,
)
from tts_core.events import Audio
from tts_core.service import SpeechService
from tts_core.services.voices import LibraryVoice
from tts_core.types import SpeechRequest
from tts_core.voices.files import write_record

TEXT = "A first sentence here. And then a second one, with more words in it."


def ask(voice: str = "Anna Maria", text: str = TEXT, **values: Any) -> SpeechRequest:
    return SpeechRequest(text=text, voice=voice, **values)


def states(service: SpeechService, voice: LibraryVoice) -> dict[str, int]:
    """By name, when each was written."""
    folder = service.voices.library.folder(voice.id) / "states"
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_cloned_once(
    make: Make, service: SpeechService, anna: LibraryVoice, script: Script
) -> None:
    assert anna.engines == ["mimic", "espeak"]
    _, info = service.synthesize(ask())
    assert (info.engine, info.voice, info.language) == ("mimic", anna.id, "en")
    assert script.conditioned == ["1"]
    before = states(service, anna)
    assert len(before) == 1
    service.synthesize(ask(anna.id))
    service.close()
    again = make()
    assert again.voices.get(anna.id) == anna
    again.synthesize(ask("anna maria"))
    assert script.conditioned == ["1"]
    assert states(again, anna) == before


def test_in_a_process_of_its_own(
    make: Make, anna: LibraryVoice, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    service = make(runner="process")
    with caplog.at_level(logging.INFO, "tts_core.voices.conditioning"):
        for _ in range(2):
            service.synthesize(ask())
    assert script.conditioned == ["1"]
    assert sum("made its state" in record.getMessage() for record in caplog.records) == 1


def test_eight_requests_at_once(service: SpeechService, anna: LibraryVoice, script: Script) -> None:
    script.seconds = 0.1
    with ThreadPoolExecutor(8) as pool:
        infos = [info for _, info in pool.map(service.synthesize, [ask()] * 8)]
    assert {info.voice for info in infos} == {anna.id}
    assert script.conditioned == ["1"]


def test_other_weights(service: SpeechService, anna: LibraryVoice, script: Script) -> None:
    service.synthesize(ask())
    script.weights = "second"
    service.synthesize(ask())
    service.synthesize(ask())
    assert script.conditioned == ["1", "1"]
    assert len(states(service, anna)) == 2
    script.weights = "first"
    service.synthesize(ask())
    assert script.conditioned == ["1", "1"]  # the first one is still there


def not_finite(path: Path) -> None:
    tensors = {"seconds": np.array([np.nan], np.float32)}
    safetensors.numpy.save_file(tensors, path, metadata={"engine": "mimic", "weights": "first"})


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(os.urandom(500)),
        lambda path: path.write_bytes(path.read_bytes()[:-2]),
        not_finite,
    ],
)
def test_damaged(
    service: SpeechService, anna: LibraryVoice, script: Script, spoil: Callable[[Path], None]
) -> None:
    service.synthesize(ask())
    (name,) = states(service, anna)
    spoil(service.voices.library.folder(anna.id) / "states" / name)
    service.synthesize(ask())
    assert script.conditioned == ["1", "1"]
    service.synthesize(ask())
    assert script.conditioned == ["1", "1"]
    assert list(states(service, anna)) == [name]


def test_another_recording(
    make: Make, anna: LibraryVoice, script: Script, recording: Recording
) -> None:
    """As a voice by URL gets one when its file changes."""
    service = make()
    service.synthesize(ask())
    old = states(service, anna)
    library = service.voices.library
    ben = library.add("Ben", [recording(1)], consent=True)
    voice, more = library.get(anna.id), ben.clips[0].model_copy(update={"file": "clip-2.wav"})
    library.recordings(ben.id)[0].rename(library.folder(voice.id) / more.file)
    grown = voice.model_copy(update={"clips": (*voice.clips, more)})
    write_record(grown, library.folder(voice.id))
    service.close()
    service = make()
    service.synthesize(ask())
    assert script.conditioned == ["1", "2"]
    assert len(states(service, anna)) == 1
    assert states(service, anna) != old
    service.voices.library.change(anna.id, name="Anne")
    service.synthesize(ask("Anne"))
    assert script.conditioned == ["1", "2"]  # a name changes nothing


def test_a_recording_that_is_damaged(service: SpeechService, anna: LibraryVoice) -> None:
    service.voices.library.recordings(anna.id)[0].write_bytes(b"not sound" * 99)
    with pytest.raises(VoiceLoadError, match=r"clip-1\.wav is not a supported audio file"):
        service.synthesize(ask())


@pytest.mark.sample(1)
@pytest.mark.parametrize("runner", ["inline", "process"])
def test_cancelled_while_conditioning(
    make: Make, anna: LibraryVoice, script: Script, runner: str
) -> None:
    service = make(runner=runner)
    service.synthesize(ask("own"))  # it is loaded
    pid = service._scheduler.runners()["mimic"].pid
    script.seconds = 0.8
    stream = service.stream(ask())
    while not script.conditioned:
        time.sleep(0.01)
    began = []

    def stop() -> None:
        began.append(time.monotonic())
        service.cancel(stream.request_id)

    threading.Timer(0.1, stop).start()
    with pytest.raises(Cancelled):
        stream.read_to_end()
    took = time.monotonic() - began[0]
    print(f"{runner}: ended {took * 1000:.1f} ms after the stop")
    assert took < 0.3
    assert service.active() == []
    script.seconds = 0
    _, info = service.synthesize(ask())
    assert info.voice == anna.id
    assert service._scheduler.runners()["mimic"].pid == pid  # it was stopped, not ended


@pytest.mark.sample(1)
@pytest.mark.parametrize("cache_mb", [0, 10])
def test_deleted_while_speaking(
    make: Make, anna: LibraryVoice, recording: Recording, cache_mb: int
) -> None:
    service = make(cache_mb=cache_mb)
    with service.stream(ask(text=TEXT * 3, options={"step_seconds": 0.05})) as stream:
        next(event for event in stream if isinstance(event, Audio))
        assert service.voices.delete("anna maria") == anna.id
        with pytest.raises(VoiceLoadError, match=f"^The voice {anna.id} was deleted; choose"):
            stream.read_to_end()
    assert service.voices.all("library") == []
    with pytest.raises(UnknownNameError, match="There is no voice 'Anna Maria'"):
        service.stream(ask())
    again = service.voices.clone([recording(0)], "Anna Maria", consent=True)
    assert service.synthesize(ask())[1].voice == again.id
    assert [path.name for path in service.settings.voices_path.iterdir()] == [again.id]


def test_deleted_while_conditioning(
    service: SpeechService, anna: LibraryVoice, script: Script
) -> None:
    script.seconds = 0.5
    stream = service.stream(ask())
    while not script.conditioned:
        time.sleep(0.01)
    service.voices.delete(anna.id)
    with pytest.raises(VoiceLoadError, match="was deleted; choose another"):
        stream.read_to_end()
    assert list(service.settings.voices_path.iterdir()) == []


def test_voice_match(make: Make, service: SpeechService, anna: LibraryVoice) -> None:
    path, info = service.synthesize(ask(text="Hello there.", engine="espeak"))
    assert (info.engine, info.voice, info.language) == ("espeak", anna.id, "en")
    matched, rate = soundfile.read(path, dtype="float32")
    before = states(service, anna)
    (name,) = before
    assert name.startswith("espeak-")
    plain, _ = soundfile.read(
        service.synthesize(ask("default", "Hello there.", engine="espeak"))[0]
    )
    assert rate == 22_050
    length = min(len(matched), len(plain))
    assert np.abs(matched[:length] - plain[:length]).max() > 0.05  # another throat
    service.close()
    again, _ = soundfile.read(
        make().synthesize(ask(text="Hello there.", engine="espeak"))[0], dtype="float32"
    )
    assert len(again) == pytest.approx(len(matched), rel=0.01)
    assert states(service, anna) == before
