"""Voices by URL: through the service to the embedded engine, and what is kept of them."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import MakeService
from tests.support.file_server import Answer, FileServer, file_server, public_here
from tests.support.hub_server import hub_server
from tests.support.recordings import encoded, spoken, tone
from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import ENGINES, Registry
from tts_core.errors import QueueFullError, TTSError, ValidationError, VoiceLoadError
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import SpeechRequest
from tts_core.voices import urls
from tts_core.voices.fetch import Fetcher
from tts_core.voices.record import LIBRARY
from tts_core.voices.urls import UrlVoices, is_url, without_secrets

TEXT = "Good morning."


@pytest.fixture(scope="module")
def recording() -> bytes:
    return encoded(spoken(), "flac", "flac")


@pytest.fixture
def server(recording: bytes) -> Iterator[FileServer]:
    with file_server() as running:
        running.answers["/a+f2/clip.flac"] = Answer(recording)
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, runner="inline", allow_voice_urls=True)  # type: ignore[call-arg]


@pytest.fixture
def voices(settings: Settings) -> UrlVoices:
    return UrlVoices(settings, Fetcher(is_public=public_here))


@pytest.fixture
def service(settings: Settings, voices: UrlVoices) -> Iterator[SpeechService]:
    running = SpeechService(settings, Registry({**ENGINES, **SCRIPTED}), voices)
    yield running
    running.close()


def speak(service: SpeechService, voice: str, engine: str = "espeak") -> Path:
    return service.synthesize(SpeechRequest(text=TEXT, voice=voice, engine=engine))[0]


def age(folder: Path, seconds: float) -> None:
    """As if it had been fetched so long ago."""
    then = time.time() - seconds
    os.utime(folder / "voice.json", (then, then))


def folder_of(voices: UrlVoices, url: str) -> Path:
    found = voices.find(url)
    assert found is not None
    assert found.folder is not None
    return found.folder


def test_a_request_speaks_in_the_voice_of_a_recording(
    service: SpeechService, voices: UrlVoices, server: FileServer, settings: Settings
) -> None:
    url = server.url("/a+f2/clip.flac?key=s3cr3t#part")
    request = SpeechRequest(text=TEXT, voice=f" {url} ", engine="espeak")
    path, info = service.synthesize(request)
    assert path.stat().st_size > 10_000
    folder = folder_of(voices, url)
    assert info.voice == folder.name
    assert folder.parent == settings.data_path / "voice_urls"
    assert sorted(p.name for p in folder.iterdir()) == ["clip-1.wav", "states", "voice.json"]
    assert [p.name.split("-")[0] for p in (folder / "states").iterdir()] == ["espeak"]
    speak(service, url)
    assert len(server.asked) == 1
    assert not service.voices.all(LIBRARY)
    kept = (folder / "voice.json").read_text() + json.dumps(service.report.history(), default=str)
    assert "s3cr3t" not in kept
    record = json.loads((folder / "voice.json").read_text())
    assert record["name"] == "clip.flac"
    statement = record["clips"][0]["consent"]["statement"]
    assert "TTS_ALLOW_VOICE_URLS" in statement
    assert statement.endswith(server.url("/a+f2/clip.flac"))


def test_auto_finds_an_engine_that_can(service: SpeechService, server: FileServer) -> None:
    request = SpeechRequest(text=TEXT, voice=server.url("/a+f2/clip.flac"))
    with service.stream(request) as stream:
        assert service.registry.info(stream.record.engine).capabilities.voice_match


def test_an_engine_that_cannot(service: SpeechService, server: FileServer) -> None:
    with pytest.raises(ValidationError, match="cannot speak in a cloned voice") as caught:
        speak(service, server.url("/a+f2/clip.flac"), "scripted")
    assert caught.value.field == "engine"


@pytest.mark.parametrize("scheme", ["http", "https", "hf", "HTTP", "ftp"])
def test_off_by_default(make_service: MakeService, tmp_path: Path, scheme: str) -> None:
    with pytest.raises(ValidationError, match="TTS_ALLOW_VOICE_URLS=1") as caught:
        speak(make_service(), f"{scheme}://127.0.0.1/s3cr3t/clip.wav")
    assert caught.value.field == "voice"
    assert "s3cr3t" not in str(caught.value)
    assert not (tmp_path / "voice_urls").exists()


def test_off_again(voices: UrlVoices, server: FileServer, settings: Settings) -> None:
    url = server.url("/a+f2/clip.flac")
    voices.fetch(url)
    off = settings.model_copy(update={"allow_voice_urls": False})
    later = SpeechService(off, Registry({**ENGINES, **SCRIPTED}))
    try:
        with pytest.raises(ValidationError, match="are off on this server"):
            speak(later, url)
    finally:
        later.close()


def test_refusals_reach_the_caller_and_not_the_secrets(service: SpeechService) -> None:
    for voice in ("http://me:s3cr3t@127.0.0.1/?s3cr3t", "http://127.0.0.1:9999/clip.wav?s3cr3t"):
        with pytest.raises(ValidationError) as caught:
            speak(service, voice)
        assert caught.value.field == "voice"
        assert "s3cr3t" not in str(caught.value) + json.dumps(service.report.history(), default=str)


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"nothing that sounds", VoiceLoadError, "no_sound.txt is not a supported audio file"),
        (b"", VoiceLoadError, "no_sound.txt is empty"),
        (
            encoded(tone(4, level=0), "flac", "flac"),
            ValidationError,
            "The recording cannot be used",
        ),
    ],
)
def test_files_that_are_no_voice(
    voices: UrlVoices, server: FileServer, body: bytes, kind: type[TTSError], message: str
) -> None:
    server.answers["/..no%20sound.txt"] = Answer(body)
    url = server.url("/..no sound.txt?s3cr3t")
    with pytest.raises(kind, match=message) as caught:
        voices.fetch(url)
    assert getattr(caught.value, "field", "voice") == "voice"
    assert "s3cr3t" not in str(caught.value)
    assert voices.find(url) is None


def test_two_at_once_fetch_once(voices: UrlVoices, server: FileServer, recording: bytes) -> None:
    together = threading.Barrier(6)

    def answer(_: int) -> Answer:
        time.sleep(0.3)
        return Answer(recording)

    server.answers["/slow.flac"] = answer
    url = server.url("/slow.flac")

    def fetch(_: int) -> Path:
        together.wait()
        voices.fetch(url)
        return folder_of(voices, url)

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(fetch, range(6)))) == 1
    assert len(server.asked) == 1


def test_two_at_once_fail_once_and_the_next_tries_again(
    voices: UrlVoices, server: FileServer, recording: bytes
) -> None:
    def answer(number: int) -> Answer:
        time.sleep(0.3)
        return Answer(recording) if number > 1 else Answer(status=503)

    server.answers["/later.flac"] = answer
    url = server.url("/later.flac")
    with ThreadPoolExecutor(4) as threads:
        failures = [threads.submit(voices.fetch, url) for _ in range(4)]
        assert all(isinstance(f.exception(), VoiceLoadError) for f in failures)
    assert len(server.asked) == 1
    voices.fetch(url)
    assert voices.find(url) is not None


def test_kept_after_a_restart(voices: UrlVoices, server: FileServer, settings: Settings) -> None:
    url = server.url("/a+f2/clip.flac")
    voices.fetch(url)
    left = settings.voice_urls_path / ".new-0123"
    left.mkdir()
    server.answers.clear()
    again = UrlVoices(settings, Fetcher(is_public=public_here))
    again.fetch(url)
    assert again.find(url) == voices.find(url)
    assert len(server.asked) == 1
    assert not left.exists()


def test_after_an_hour_the_same_is_fetched_and_kept(voices: UrlVoices, server: FileServer) -> None:
    url = server.url("/a+f2/clip.flac")
    voices.fetch(url)
    folder = folder_of(voices, url)
    (folder / "states").mkdir()
    age(folder, urls.FRESH_SECONDS + 1)
    for _ in range(2):
        voices.fetch(url)
    assert len(server.asked) == 2
    assert (folder / "states").is_dir()


def test_after_an_hour_another_takes_its_place(voices: UrlVoices, server: FileServer) -> None:
    url = server.url("/a+f2/clip.flac")
    voices.fetch(url)
    folder = folder_of(voices, url)
    before = (folder / "clip-1.wav").read_bytes()
    (folder / "states").mkdir()
    server.answers["/a+f2/clip.flac"] = Answer(encoded(spoken("f2"), "flac", "flac"))
    age(folder, urls.FRESH_SECONDS + 1)
    voices.fetch(url)
    assert folder_of(voices, url) == folder
    assert (folder / "clip-1.wav").read_bytes() != before
    assert not (folder / "states").exists()
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("answer", [Answer(status=404), Answer(b"noise")])
def test_after_an_hour_what_is_here_stays_if_nothing_comes(
    voices: UrlVoices, server: FileServer, answer: Answer
) -> None:
    url = server.url("/a+f2/clip.flac")
    voices.fetch(url)
    age(folder_of(voices, url), urls.FRESH_SECONDS + 1)
    server.answers["/a+f2/clip.flac"] = answer
    for _ in range(2):  # the second does not ask again so soon
        voices.fetch(url)
    assert voices.find(url) is not None
    assert len(server.asked) == 2


def test_a_damaged_one_is_fetched_again(voices: UrlVoices, server: FileServer) -> None:
    url = server.url("/a+f2/clip.flac")
    voices.fetch(url)
    folder = folder_of(voices, url)
    (folder / "clip-1.wav").unlink()
    assert voices.find(url) is None
    voices.fetch(url)
    assert (folder / "clip-1.wav").is_file()


def test_the_one_not_used_for_longest_makes_room(
    voices: UrlVoices, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urls, "MAX_VOICES", 2)
    first, second, third = (server.url(f"/a+f2/clip.flac?{n}") for n in range(3))
    for ago, url in ((200, first), (100, second)):
        voices.fetch(url)
        os.utime(folder_of(voices, url), (time.time() - ago,) * 2)
    voices.fetch(first)
    voices.fetch(third)
    assert [voices.find(url) is not None for url in (first, second, third)] == [True, False, True]


def test_more_at_once_than_may_be(
    voices: UrlVoices, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urls, "PATIENCE_SECONDS", 0.2)
    going, leave = threading.Semaphore(0), threading.Event()

    def answer(_: int) -> Answer:
        going.release()
        leave.wait(10)
        return Answer(status=404)

    server.answers["/slow"] = answer
    with ThreadPoolExecutor(urls.MAX_FETCHES) as threads:
        for number in range(urls.MAX_FETCHES):
            threads.submit(voices.fetch, server.url(f"/slow?{number}"))
            assert going.acquire(timeout=10)
        try:
            with pytest.raises(QueueFullError, match="try again"):
                voices.fetch(server.url("/a+f2/clip.flac"))
        finally:
            leave.set()
    voices.fetch(server.url("/a+f2/clip.flac"))


def test_a_mirror_of_the_hub(settings: Settings, recording: bytes) -> None:
    with hub_server() as hub:
        hub.files["owner/voices"] = {"a/clip.flac": recording}
        there = settings.model_copy(update={"hub_endpoint": hub.url})
        service = SpeechService(there, Registry({**ENGINES, **SCRIPTED}))
        voice = f"hf://owner/voices/a/clip.flac@{hub.revision}"
        try:
            with service.stream(SpeechRequest(text=TEXT, voice=voice)) as stream:
                assert stream.record.voice_source.startswith("url-")
        finally:
            service.close()
        assert [seen.method for seen in hub.requests] == ["GET", "GET"]  # the Hub, its storage


@pytest.mark.parametrize(
    ("voice", "shown"),
    [
        ("https://host/a/clip.wav?key=1#2", "https://host/a/clip.wav"),
        (" http://me:word@host:8080/clip.wav ", "http://host:8080/clip.wav"),
        ("http://me@word@host", "http://host"),
        ("http://host?key=@x", "http://host"),
        ("hf://owner/repo/clip.wav@main", "hf://owner/repo/clip.wav@main"),
        ("en-us+f2", "en-us+f2"),
        ("What? #1", "What? #1"),
    ],
)
def test_what_is_shown_of_an_address(voice: str, shown: str) -> None:
    assert without_secrets(voice) == shown
    assert is_url(voice) == ("://" in voice)
