"""VoiceForge's door, with the requests its application sends."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator

import httpx
import pytest
import soundfile

from tests.support.live import ALL_ENGINES, running_app
from tests.support.recordings import spoken
from tts_core.audio.decode import MAX_BYTES
from tts_core.voices.record import STATEMENT
from tts_core.web.api.voiceforge import VOUCHED
from tts_core.web.app import App

pytestmark = pytest.mark.live

WARM = {"warm": "tests.support.warm_engine:WarmEngine", **ALL_ENGINES}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("data"), engines=WARM) as app:
        yield app


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, timeout=60) as client:
        yield client


def data_uri(variant: str) -> str:
    """Four seconds of somebody."""
    clip = spoken(
        variant, text="The birch canoe slid on the smooth planks, and nobody was surprised."
    )
    file = io.BytesIO()
    soundfile.write(file, clip.samples, clip.sample_rate, format="WAV")
    return f"data:audio/wav;base64,{base64.b64encode(file.getvalue()).decode()}"


@pytest.fixture(scope="module")
def recording() -> str:
    return data_uri("f2")


def seconds(answer: httpx.Response) -> float:
    """Of the sound in an answer."""
    assert answer.status_code == 200, answer.text
    header, data = answer.json()["audioDataUri"].split(",", 1)
    assert header == "data:audio/wav;base64"
    sound, rate = soundfile.read(io.BytesIO(base64.b64decode(data)))
    assert abs(sound).max() > 0.01
    return len(sound) / rate


def last(app: App) -> dict:
    entries: list[dict] = app.service.report.history(1)["request_history"]
    return entries[0]


def test_what_the_application_sends(client: httpx.Client) -> None:
    body = {"text": "Hello from VoiceForge.", "voiceId": "default-1", "speed": 1.0}
    usual = seconds(client.post("/api/tts", json=body | {"variability": 0.5}))
    assert usual > 0.2
    assert seconds(client.post("/api/tts", json={"text": "Hello.", "voiceId": "default"})) > 0
    nothing = {"text": "Hello.", "voiceId": "default-1", "speed": None, "variability": None}
    assert seconds(client.post("/api/tts", json=nothing)) > 0


def test_speed(client: httpx.Client) -> None:
    body = {"text": "One two three four five six.", "voiceId": "en-us"}
    slow, fast = (
        seconds(client.post("/api/tts", json=body | {"speed": speed})) for speed in (0.5, 2)
    )
    assert slow > 3 * fast


@pytest.mark.parametrize(
    ("voice_id", "voice"), [("default-male", "adam"), ("default-female", "eva")]
)
def test_default_voices_have_their_sex(
    app: App, client: httpx.Client, voice_id: str, voice: str
) -> None:
    seconds(client.post("/api/tts", json={"text": "Hello.", "voiceId": voice_id}))
    assert last(app)["voice_source"] == voice


def test_variability_is_the_engines_temperature(app: App, client: httpx.Client) -> None:
    for variability, temperature in ((0.5, 0.8), (0, 0.4), (1, 1.5)):
        body = {"text": "Hello.", "voiceId": "eva", "variability": variability}
        seconds(client.post("/api/tts", json=body))
        assert last(app)["parameters"]["temperature"] == temperature


def test_a_trained_voice_speaks_here_and_everywhere(
    app: App, client: httpx.Client, recording: str
) -> None:
    body = {"modelName": "Anna", "audioDataUri": recording}
    answer = client.post("/api/train-voice", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"trainingStatus", "modelId"}
    assert answer.json()["trainingStatus"] == "completed"
    voice_id = answer.json()["modelId"]
    assert seconds(client.post("/api/tts", json={"text": "Hello.", "voiceId": voice_id})) > 0.2
    assert last(app)["voice_source"] == voice_id
    generated = client.post("/generate", json={"text": "Hello.", "voice": voice_id})
    assert generated.json()["fallback"] is None
    assert app.service.voices.get(voice_id).name == "Anna"
    kept = json.loads((app.settings.voices_path / voice_id / "voice.json").read_text())
    (clip,) = kept["clips"]
    assert clip["consent"]["statement"] == VOUCHED
    assert clip["consent"]["door"] == "voiceforge"
    assert clip["consent"]["given"][:2] == "20"
    assert len(clip["sha256"]) == 64
    # Once more is the same voice, and under another name another; the name is taken for any other.
    assert client.post("/api/train-voice", json=body).json()["modelId"] == voice_id
    second = client.post("/api/train-voice", json=body | {"modelName": "Reader"})
    assert second.status_code == 200, second.text
    (copy,) = app.service.voices.library.get(second.json()["modelId"]).clips
    assert (copy.sha256, copy.consent.statement) == (clip["sha256"], VOUCHED)
    app.service.voices.delete(voice_id)
    body = {"text": "Hello.", "voiceId": second.json()["modelId"]}
    assert seconds(client.post("/api/tts", json=body)) > 0.2
    uri = data_uri("m1")
    taken = client.post("/api/train-voice", json={"modelName": "reader", "audioDataUri": uri})
    assert taken.status_code == 409
    assert "already" in taken.json()["detail"]
    said = client.post(
        "/api/train-voice", json={"modelName": "Bert", "audioDataUri": uri, "consent": True}
    )
    record = app.service.voices.library.get(said.json()["modelId"])
    assert record.clips[0].consent.statement == STATEMENT
    assert not [p for p in app.settings.voices_path.iterdir() if p.name.startswith(".")]


def test_without_consent_no_voice(app: App, client: httpx.Client, recording: str) -> None:
    body = {"modelName": "Eve", "audioDataUri": recording, "consent": False}
    answer = client.post("/api/train-voice", json=body)
    assert answer.status_code == 400
    assert "only with consent" in answer.json()["detail"]
    assert app.service.voices.library.find("Eve") is None


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"text": "  "}, 400, "text is empty"),
        ({"text": "!?"}, 400, "nothing to speak"),
        ({"text": "x" * 10_001}, 413, "limit is 10,000"),
        ({"text": 5}, 422, "text: "),
        ({"text": None}, 422, "text: "),
        ({"voiceId": "nobody"}, 404, "no voice 'nobody'"),
        ({"voiceId": None}, 422, "voiceId: "),
        ({"speed": 0.4}, 400, "speed: .*0.5"),
        ({"speed": 2.1}, 400, "speed: .*2"),
        ({"speed": "fast"}, 422, "speed: "),
        ({"variability": -0.1}, 400, "variability: "),
        ({"variability": True}, 422, "variability: "),
        ({"text": "\ud800"}, 400, "nothing to speak"),
    ],
)
def test_bad_requests(client: httpx.Client, change: dict, status: int, words: str) -> None:
    body = {"text": "Hello.", "voiceId": "default-1"} | change
    answer = client.post(
        "/api/tts", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert answer.json().keys() == {"detail"}
    assert re.search(words, answer.json()["detail"])


@pytest.mark.parametrize(
    ("content", "status"), [("{", 422), ("[]", 422), ('{"text": NaN}', 422), ("", 422)]
)
def test_what_is_no_such_request(client: httpx.Client, content: str, status: int) -> None:
    for path in ("/api/tts", "/api/train-voice"):
        headers = {"Content-Type": "application/json"}
        answer = client.post(path, content=content, headers=headers)
        assert answer.status_code == status
        assert isinstance(answer.json()["detail"], str)


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("uri", "status", "words"),
    [
        ("", 400, "not a data URI"),
        ("hello", 400, "not a data URI"),
        ("https://example.com/a.wav", 400, "not a data URI"),
        ("data:audio/wav,RIFF", 400, "not a data URI"),
        ("data:audio/wav;" + "x" * 300 + ";base64,AAAA", 400, "not a data URI"),
        ("data:text/html;base64,AAAA", 400, "Invalid audio file type: text/html"),
        ("data:;base64,AAAA", 400, "Invalid audio file type"),
        ("data:audio/wav;base64,AA AA", 400, "not valid base64"),
        ("data:audio/wav;base64,A", 400, "not valid base64"),
        ("data:audio/wav;base64,é", 400, "not valid base64"),
        ("data:audio/wav;base64,", 415, "is empty"),
        ("data:audio/wav;base64,aGVsbG8gd29ybGQ=", 415, "not a supported audio file"),
        ("data:audio/wav;base64," + "A" * (MAX_BYTES * 4 // 3 + 8), 413, "at most 50 MB"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_hostile_data_uris(
    app: App, client: httpx.Client, uri: str, status: int, words: str
) -> None:
    answer = client.post("/api/train-voice", json={"modelName": "Mallory", "audioDataUri": uri})
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]
    assert app.service.voices.library.find("Mallory") is None
    assert not list(app.settings.voices_path.glob(".*"))


def test_the_application_may_call_from_its_own_origin(client: httpx.Client) -> None:
    for origin in ("http://localhost:9002", "http://127.0.0.1:9002"):
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }
        answer = client.options("/api/tts", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == origin


def test_where_vouching_is_not_enough(
    tmp_path_factory: pytest.TempPathFactory, recording: str
) -> None:
    engines = {"absent": ALL_ENGINES["absent"]}
    data = tmp_path_factory.mktemp("data")
    with running_app(data, engines, train_voice_vouched=False) as app:
        body = {"modelName": "Anna", "audioDataUri": recording}
        refused = httpx.post(f"{app.url}api/train-voice", json=body)
        assert refused.status_code == 400
        agreed = httpx.post(f"{app.url}api/train-voice", json=body | {"consent": True})
        assert agreed.status_code == 200
        # And here no engine can speak.
        for voice in ("default-1", "default-male", agreed.json()["modelId"]):
            body = {"text": "Hello.", "voiceId": voice}
            answer = httpx.post(f"{app.url}api/tts", json=body)
            assert answer.status_code == 503
            assert "No engine" in answer.json()["detail"]
