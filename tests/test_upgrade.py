"""Data that an earlier release has left is opened by this one; see tests/fixtures/README.md."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psycopg
import pytest

from tests.conftest import MakeService
from tests.support.live import running_app
from tests.support.postgres import Server, postgres_server, programs
from tests.support.waiting import wait_until
from tts_core.audio.decode import decode
from tts_core.service import SpeechService
from tts_core.stats.export import as_json
from tts_core.stats.search import Query
from tts_core.validation import speech_request
from tts_core.voices.record import STATEMENT

FOLDER = Path(__file__).parent / "fixtures" / "data-0.1.0"
TOLD: dict[str, Any] = json.loads(Path(f"{FOLDER}.expected.json").read_text(encoding="utf-8"))
"""Answers of the release about its data, by database."""
VOICES = {voice["name"]: voice for voice in TOLD["sqlite"]["voices"]}
KEPT: dict[str, Any] = {"history_days": 0, "keep_outputs_hours": 876_000}
"""Settings under which none of the data is too old."""


@dataclass(frozen=True)
class Left:
    """Data of a release: the settings that open it, and the release's answers about it."""

    settings: dict[str, Any]
    told: dict[str, Any]


def copied(folder: Path) -> dict[Path, bytes]:
    """Copy the data folder; return the content of each file."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """Yield a copy of the data folder, and check that nothing else than the history changed.

    And than the cache of sentences, which is deleted where it is not sorted by voice.
    """
    before = copied(tmp_path)
    yield tmp_path
    del before[tmp_path / "history.sqlite3"]
    before = {p: content for p, content in before.items() if tmp_path / "cache" not in p.parents}
    assert [path for path in before if not path.exists()] == []
    assert [path for path, content in before.items() if path.read_bytes() != content] == []


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    bin = programs()
    if bin is None:
        pytest.skip("no PostgreSQL here; apt-get install postgresql")
    with postgres_server(bin) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def left(request: pytest.FixtureRequest) -> Left:
    """Return data with each database."""
    told = TOLD[request.param]
    if request.param == "sqlite":
        request.getfixturevalue("data")
        return Left(KEPT, told)
    server: Server = request.getfixturevalue("postgres")
    url = server.new_database()
    with psycopg.connect(url) as connection:
        connection.execute(Path(f"{FOLDER}.sql").read_bytes())
    return Left(KEPT | {"database_url": url}, told)


@pytest.fixture
def service(data: Path, make_service: MakeService) -> SpeechService:
    """Yield a service on a copy of the data folder; closed before `data` checks the copy."""
    return make_service(**KEPT)


def same(now: dict[str, Any], then: dict[str, Any]) -> None:
    """Check that all old answers are the same now; there may be more."""
    assert {name: now.get(name) for name in then} == then


def opened(service: SpeechService) -> SpeechService:
    """Wait until the history is open, which takes a while on a busy machine."""
    wait_until(lambda: service.history.recent(1), 20)
    return service


def test_the_history_goes_on(left: Left, make_service: MakeService) -> None:
    service = opened(make_service(**left.settings))
    old = left.told["history?limit=50"]["request_history"]
    for now, then in zip(service.report.history(50)["request_history"], old, strict=True):
        same(now, then)
    exported = json.loads("".join(as_json(service.history.every(Query()))))
    for now, then in zip(exported, left.told["history/export?format=json"], strict=True):
        same(now, then)
    ended = Counter(record["status"] for record in exported)
    assert ended == {"completed": 8, "error": 1, "cancelled": 1, "interrupted": 1}

    totals = {k: v for k, v in left.told["statistics"].items() if k != "windows"}
    same(service.report.statistics(), totals)
    assert totals["total_requests"] == 11

    request = speech_request(text="One more.", engine="scripted")
    request_id = service.synthesize(request)[1].request_id
    service.close()
    service = opened(make_service(**left.settings))
    ids = {record["request_id"] for record in service.report.history(50)["request_history"]}
    assert ids == {request_id, *(record["request_id"] for record in exported)}
    assert service.report.statistics()["total_requests"] == 12


def test_what_was_interrupted_is_shown(left: Left, make_service: MakeService) -> None:
    service = opened(make_service(**left.settings))
    (interrupted,), _ = service.history.search(Query("once more", status="interrupted"), 10)
    found = service.history.find(interrupted.request_id)
    assert found is not None
    assert (found.door, found.voice_source, found.error_type) == ("openai", "en-us", "")
    assert found.text.startswith("Once more. Once more. ")
    assert (found.text_length, found.duration_seconds) == (len(found.text), 0)
    assert service.active() == []


def test_the_library_is_there(service: SpeechService) -> None:
    assert not service.voices.library.problems
    found = {voice.name: asdict(voice) for voice in service.voices.all("library")}
    assert found.keys() == VOICES.keys() == {"Flora", "Mark"}
    for name, voice in VOICES.items():
        assert found[name] | {"engines": ["espeak"]} == voice | {"engines": ["espeak"]}
        assert "espeak" in found[name]["engines"]
        (clip,) = service.voices.library.get(voice["id"]).clips
        assert clip.consent.statement == STATEMENT
        (recording,) = service.voices.library.recordings(voice["id"])
        assert decode(recording).duration == pytest.approx(voice["report"]["duration"], abs=0.5)
    assert (found["Flora"]["language"], found["Flora"]["tags"]) == ("en-gb", ["calm", "narrator"])
    assert (found["Mark"]["language"], found["Mark"]["tags"]) == ("auto", [])


def test_a_voice_gets_a_state_of_this_version_once(service: SpeechService, data: Path) -> None:
    """Voice match measures more of a recording than it did in 0.1.0."""

    def states() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in data.glob("voices/*/states/*")}

    before = states()
    for text, made in (("Something new.", 1), ("And more.", 0)):
        info = service.synthesize(speech_request(text=text, voice="flora"))[1]
        assert (info.engine, info.voice) == ("espeak", VOICES["Flora"]["id"])
        assert (info.language, info.duration_seconds > 0.3) == ("en-gb", True)
        after = states()
        assert before.items() <= after.items()
        assert len(after) == len(before) + made
        before = after


def test_what_was_spoken_before_is_spoken_again(data: Path, make_service: MakeService) -> None:
    """Cached speech of 0.1.0 is louder than what is spoken now, so it must not be mixed with it."""
    service = make_service(**KEPT, cache_mb=50)
    greeting = speech_request(text="Good morning.", voice="en-gb", engine="espeak")
    other = speech_request(text="Something new.", voice="en-gb", engine="espeak")
    assert service.synthesize(other)[1].cached == 0  # meanwhile the cache has been looked through
    path, info = service.synthesize(greeting)
    then, now = TOLD["sqlite"]["info"], info.as_dict()
    for name in ("engine", "voice", "language"):
        assert now[name] == then[name]
    assert (then["cached"], info.cached) == (1, 0)
    assert info.duration_seconds == pytest.approx(then["duration_seconds"], abs=0.05)
    before = decode(data / "outputs" / f"{then['request_id']}.wav")
    difference = 20 * np.log10(before.samples.std() / decode(path).samples.std())
    assert 2 < difference < 5  # dB


def test_recordings_are_heard(service: SpeechService) -> None:
    opened(service)
    completed, _ = service.history.search(Query(status="completed"), 50)
    assert len(completed) == 8
    for record in completed:
        path = service.history.recording(record.request_id)
        assert path is not None
        assert decode(path).duration == pytest.approx(record.audio_seconds, abs=0.01)
    (path,) = FOLDER.glob(f"outputs/{TOLD['sqlite']['info']['request_id']}.*")
    assert service.output(path.stem) is not None


def test_an_accepted_license_counts(
    data: Path, make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COQUI_TOS_AGREED", raising=False)

    def accepted(service: SpeechService) -> bool:
        (xtts,) = (engine for engine in service.engines.all() if engine.name == "xtts")
        return all(weights["accepted"] for weights in xtts.weights if weights["must_agree"])

    assert accepted(make_service(**KEPT))
    assert not accepted(make_service(data_dir=data / "another"))


@pytest.mark.live
def test_the_app_shows_it(data: Path) -> None:
    with running_app(data, runner="inline", **KEPT) as app, httpx.Client(base_url=app.url) as http:
        opened(app.service)
        records = http.get("/status/history", params={"limit": 50}).json()["request_history"]
        old = TOLD["sqlite"]["history?limit=50"]["request_history"]
        assert [r["request_id"] for r in records] == [r["request_id"] for r in old]
        for path in data.glob("recordings/*.flac"):
            answer = http.get(f"/status/history/{path.stem}/audio")
            assert answer.content == path.read_bytes()
        table = http.get("/status/history/export", params={"text": "grüße"}).text
        assert "Grüße! Bis bald." in table
        names = {voice["name"] for voice in http.get("/v1/audio/voices").json()["voices"]}
        assert VOICES.keys() <= names
        body = {"model": "tts-1", "input": "Hello.", "voice": "Flora", "response_format": "wav"}
        assert http.post("/v1/audio/speech", json=body, timeout=60).content.startswith(b"RIFF")
        body = {"text": "Hello.", "voice": VOICES["Mark"]["id"]}  # it never had a state
        assert http.post("/generate", json=body, timeout=60).json()["fallback"] is None
