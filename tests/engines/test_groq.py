"""Groq's voices, with the real SDK against a server of our own."""

from __future__ import annotations

import importlib.util
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from tests.support.engines import new_engine, reason_of, spoken_by, texts_given
from tests.support.groq_server import (
    KEY,
    RATE,
    SAMPLES_PER_CHARACTER,
    GroqServer,
    groq_server,
    sound,
)
from tts_core.engines.groq import client as groq_client
from tts_core.engines.groq.engine import GroqEngine
from tts_core.engines.groq.voices import MODELS
from tts_core.engines.registry import Registry
from tts_core.errors import (
    EngineUnavailable,
    GenerationError,
    ModelLoadError,
    TTSError,
    UnknownNameError,
    ValidationError,
)
from tts_core.events import Audio
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import AudioChunk, SpeechRequest, Utterance
from tts_core.voices.catalog import VoiceCatalog


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GroqServer]:
    with groq_server() as running:
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        monkeypatch.setenv("GROQ_BASE_URL", running.url)
        monkeypatch.setenv("TTS_USE_GROQ", "true")
        yield running


@pytest.fixture
def engine(server: GroqServer) -> GroqEngine:
    loaded = new_engine(GroqEngine)
    loaded.load()
    return loaded


def speak(
    engine: GroqEngine, text: str, voice: str = "autumn", **values: float
) -> list[AudioChunk]:
    language = "ar" if voice == "fahad" else "en"
    return list(spoken_by(engine, Utterance(text, voice, language, **values), threading.Event()))  # type: ignore[arg-type]


def joined(chunks: list[AudioChunk]) -> np.ndarray:  # type: ignore[type-arg]
    assert all(chunk.sample_rate == RATE for chunk in chunks)
    return np.concatenate([chunk.samples for chunk in chunks])


@pytest.mark.parametrize("text", ["Good morning to you.", "A plain header.", "x" * 200, "x"])
def test_every_sample_comes_through(engine: GroqEngine, text: str) -> None:
    chunks = speak(engine, text)
    samples = joined(chunks)
    assert samples.dtype == np.float32
    assert np.array_equal(samples, sound(text) / np.float32(2**15))
    assert all(len(chunk.samples) == 3600 for chunk in chunks[:-1])


def test_stereo_is_mixed(engine: GroqEngine) -> None:
    text = "In stereo, please."
    assert np.allclose(joined(speak(engine, text)), sound(text) / 2**16, atol=1e-6)


@pytest.mark.parametrize("rate", [48_000, 22_050])
def test_other_sample_rates_are_converted(engine: GroqEngine, rate: int) -> None:
    text = f"At the rate {rate} it is the same tone."
    samples = joined(speak(engine, text))
    assert len(samples) == pytest.approx(len(text) * SAMPLES_PER_CHARACTER, abs=2)
    assert np.abs(samples).max() <= 1
    middle = slice(2000, -2000)
    wanted = (sound(text) / 2**15)[: len(samples)]
    assert np.allclose(samples[middle], wanted[middle], atol=5e-3)


def test_what_the_server_is_told(
    engine: GroqEngine, server: GroqServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(engine, "Hello.", speed=1.5)
    speak(engine, "مرحبا", "fahad")
    monkeypatch.setenv("TTS_GROQ_MODEL", "somebody/else")
    another = new_engine(GroqEngine)
    another.load()
    speak(another, "Hello.", "troy")
    english, arabic = (model.name for model in MODELS)
    common = {"response_format": "wav"}
    assert server.requests == [
        {"model": english, "voice": "autumn", "input": "Hello.", "speed": 1.5, **common},
        {"model": arabic, "voice": "fahad", "input": "مرحبا", **common},
        {"model": "somebody/else", "voice": "troy", "input": "Hello.", **common},
    ]


def test_sound_comes_before_the_last_byte_is_sent(engine: GroqEngine, server: GroqServer) -> None:
    text = "slow " * 20
    chunks = spoken_by(engine, Utterance(text, "autumn", "en"), threading.Event())
    first = next(chunks)
    assert not server.finished.is_set()
    assert server.sent < len(text) * SAMPLES_PER_CHARACTER
    assert len(joined([first, *chunks])) == len(text) * SAMPLES_PER_CHARACTER
    assert server.finished.wait(10)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("slow " * 20, 3),  # between pieces
        ("stall " * 20, 3),  # nothing more arrives
        ("hang", 0),  # no answer at all
        ("status 503 retry-after 9", 0),  # waiting for the next try
    ],
)
def test_stop_takes_effect_within_a_third_of_a_second(
    engine: GroqEngine, server: GroqServer, text: str, pieces: int
) -> None:
    stop = threading.Event()
    stopped = []

    def press_stop() -> None:
        stopped.append(time.monotonic())
        stop.set()

    chunks = spoken_by(engine, Utterance(text, "autumn", "en"), stop)
    for _ in range(pieces):
        next(chunks)
    timer = threading.Timer(0.3, press_stop)
    timer.start()
    list(chunks)
    assert time.monotonic() - stopped[0] < 2  # loose: machines are noisy
    if "status" not in text:
        assert server.gone.wait(1)  # the connection is closed, not left to its fate
    assert len(server.requests) == 1
    assert len(joined(speak(engine, "And on."))) == 7 * SAMPLES_PER_CHARACTER


def test_a_reader_that_leaves_closes_the_connection(engine: GroqEngine, server: GroqServer) -> None:
    chunks = spoken_by(engine, Utterance("slow " * 30, "autumn", "en"), threading.Event())
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    assert server.gone.wait(1)


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("status 400", ValidationError, "refused the text"),
        ("terms: status 400", EngineUnavailable, "accept the terms of the model in the Groq cons"),
        ("status 403", EngineUnavailable, "accept the terms of the model in the Groq console"),
        ("status 404", EngineUnavailable, "correct TTS_GROQ_MODEL, or accept the terms"),
        ("status 413", ValidationError, "shorten or change it"),
        (
            "status 422",
            ValidationError,
            r"shorten or change it. Groq says: No. \(your key is \[key",
        ),
        ("status 429 retry-after 77", GenerationError, "rate limit .* try again in 77 s"),
        ("status 498", GenerationError, "no capacity at the moment; try again later"),
        (
            "status 500 retry-after 60",
            GenerationError,
            r"internal error \(500\); try again in 60",
        ),
        ("status 418", GenerationError, "status 418"),
        ("x" * 201, ValidationError, "at most 200 characters"),
        ("not a wav", GenerationError, "not a WAV file"),
        ("float", GenerationError, "kind 3, 32 bits"),
        ("silent", GenerationError, "contains no sound"),
    ],
)
def test_errors_name_the_remedy_and_not_the_key(
    engine: GroqEngine,
    server: GroqServer,
    caplog: pytest.LogCaptureFixture,
    text: str,
    kind: type[TTSError],
    message: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(kind, match=message) as caught:
        speak(engine, text)
    logging.getLogger("worker").exception("as the worker logs it", exc_info=caught.value)
    assert KEY not in str(caught.value)
    assert KEY not in caplog.text
    assert len(server.requests) == 1


def test_a_wrong_key(
    server: GroqServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_wrong")
    engine = new_engine(GroqEngine)
    engine.load()
    with pytest.raises(EngineUnavailable, match=r"create a new one at https://console\.") as caught:
        speak(engine, "Hello.")
    logging.getLogger("worker").exception("as the worker logs it", exc_info=caught.value)
    assert "gsk_wrong" not in str(caught.value) + caplog.text
    assert "Invalid API Key: [key]" in caplog.text


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "text", ["twice 500", "twice 429 retry-after 0.2", "twice 503", "cut at once"]
)
def test_a_passing_fault_is_tried_again(engine: GroqEngine, server: GroqServer, text: str) -> None:
    started = time.monotonic()
    assert len(joined(speak(engine, text))) == len(text) * SAMPLES_PER_CHARACTER
    assert len(server.requests) == (2 if "cut" in text else 3)
    assert time.monotonic() - started > (0.4 if "0.2" in text else 0.5)


def test_three_tries_and_no_more(engine: GroqEngine, server: GroqServer) -> None:
    with pytest.raises(GenerationError, match="rate limit"):
        speak(engine, "status 429 retry-after 0.1")
    assert len(server.requests) == 3


def test_no_retry_once_there_was_sound(engine: GroqEngine, server: GroqServer) -> None:
    chunks = spoken_by(engine, Utterance("cut " * 20, "autumn", "en"), threading.Event())
    next(chunks)
    with pytest.raises(GenerationError, match="was cut off"):
        list(chunks)
    assert len(server.requests) == 1


@pytest.mark.sample(1)
@pytest.mark.parametrize(("text", "pieces"), [("hang", 0), ("stall " * 20, 3)])
def test_timeout(
    server: GroqServer, monkeypatch: pytest.MonkeyPatch, text: str, pieces: int
) -> None:
    monkeypatch.setattr(groq_client, "TIMEOUT", httpx.Timeout(0.3))
    engine = new_engine(GroqEngine)
    engine.load()
    chunks = spoken_by(engine, Utterance(text, "autumn", "en"), threading.Event())
    for _ in range(pieces):
        next(chunks)
    with pytest.raises(GenerationError, match="did not answer in time"):
        list(chunks)
    assert len(server.requests) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense"])
def test_nobody_there(monkeypatch: pytest.MonkeyPatch, server: GroqServer, url: str) -> None:
    monkeypatch.setenv("GROQ_BASE_URL", url)
    monkeypatch.setattr(groq_client, "_backoff", lambda _: 0.0)
    engine = new_engine(GroqEngine)
    engine.load()
    with pytest.raises(GenerationError, match=r"cannot be reached \(.+\)\. Check the network"):
        speak(engine, "Hello.")


def test_a_base_url_that_is_none(monkeypatch: pytest.MonkeyPatch, server: GroqServer) -> None:
    monkeypatch.setenv("GROQ_BASE_URL", "http://a:bc")
    with pytest.raises(ModelLoadError, match="Is GROQ_BASE_URL a web address"):
        new_engine(GroqEngine).load()


def test_unknown_names(engine: GroqEngine, server: GroqServer) -> None:
    with pytest.raises(UnknownNameError, match="no voice 'nobody'"):
        speak(engine, "Hello.", "nobody")
    with pytest.raises(ValidationError, match="no parameter 'warmth'"):
        list(
            spoken_by(
                engine, Utterance("Hi", "troy", "en", options={"warmth": 1}), threading.Event()
            )
        )
    assert server.requests == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"GROQ_API_KEY": ""}, "set GROQ_API_KEY"),
        ({"GROQ_API_KEY": "  "}, "set GROQ_API_KEY"),
        ({"GROQ_API_KEY": "two words"}, "no spaces"),
        ({"GROQ_API_KEY": "schlüssel"}, "only ASCII"),
        ({"TTS_USE_GROQ": "false"}, "switched off; set TTS_USE_GROQ=true"),
    ],
)
def test_not_ready_and_what_to_do(
    server: GroqServer,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    message: str,
) -> None:
    assert "groq" in Registry().ready()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert "groq" not in Registry().ready()
    reason = reason_of(GroqEngine)
    assert reason is not None
    assert message in reason
    with pytest.raises(EngineUnavailable, match=r"TTS_USE_GROQ|GROQ_API_KEY"):
        new_engine(GroqEngine).load()


def test_a_missing_package_is_named(server: GroqServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert reason_of(GroqEngine) == "Not installed: groq; run `make groq`."


@pytest.mark.parametrize(
    ("ready", "text", "expected"),
    [
        (True, "Hello there.", ("groq", "autumn", "en")),
        (True, "مرحبا بالعالم، كيف حالكم اليوم؟", ("groq", "fahad", "ar")),
        (True, "Guten Tag, wie geht es Ihnen heute?", ("espeak", "de", "de")),
        (False, "Hello there.", ("espeak", "en-us", "en")),
    ],
)
def test_auto_picks_groq_where_it_can(
    server: GroqServer,
    monkeypatch: pytest.MonkeyPatch,
    ready: bool,
    text: str,
    expected: tuple[str, str, str],
) -> None:
    monkeypatch.setenv("TTS_USE_GROQ", str(ready))
    choice = VoiceCatalog(Registry()).choose("auto", "default", "auto", text)
    assert (choice.engine.name, choice.voice.id, choice.language) == expected


def test_describing_imports_no_sdk() -> None:
    code = (
        "import sys\nfrom tests.support.engines import info_of, reason_of\n"
        "from tts_core.engines.groq.engine import GroqEngine\n"
        "info_of(GroqEngine), reason_of(GroqEngine)\n"
        "bad = {'groq', 'httpx', 'tenacity'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_key_does_not_print(server: GroqServer) -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert settings.groq_key == KEY
    assert KEY not in repr(settings) + str(settings.model_dump())


@pytest.fixture
def service(server: GroqServer, tmp_path: Path) -> Iterator[SpeechService]:
    settings = Settings(_env_file=None, data_dir=tmp_path, runner="process", fallback=False)  # type: ignore[call-arg]
    made = SpeechService(settings, Registry())
    yield made
    made.close()


def test_from_end_to_end(service: SpeechService, server: GroqServer) -> None:
    text = "This is the first sentence, and it is long enough to stand for itself. " * 4
    path, info = service.synthesize(SpeechRequest(text=text, engine="groq", voice="Hannah"))
    assert (info.engine, info.voice, info.language) == ("groq", "hannah", "en")
    assert len(info.segments) == len(server.requests) > 1
    assert {request["voice"] for request in server.requests} == {"hannah"}
    assert all(len(request["input"]) <= 200 for request in server.requests)
    spoken = sum(len(request["input"]) for request in server.requests) * SAMPLES_PER_CHARACTER
    frames = soundfile.info(path).frames
    assert spoken * 0.98 < frames < spoken + RATE * len(info.segments)


def test_errors_and_stops_across_the_process(
    service: SpeechService, server: GroqServer, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(EngineUnavailable, match="accept the terms of the model") as caught:
        service.synthesize(SpeechRequest(text="Answer that it is forbidden.", engine="groq"))
    with service.stream(SpeechRequest(text="slow " * 30, engine="groq")) as stream:
        next(event for event in stream if isinstance(event, Audio))
        started = time.monotonic()
    assert server.gone.wait(5)
    assert time.monotonic() - started < 2
    service.close()
    printed = "".join(capfd.readouterr())
    assert "PermissionDenied" in printed  # the worker logged it
    assert KEY not in printed + str(caught.value)


def test_it_is_given_words_for_numbers_and_signs(server: GroqServer) -> None:
    given = texts_given("groq", "It cost $5 on May 3, 2024.")
    assert given == ["It cost five dollars on May third, twenty twenty-four."]
