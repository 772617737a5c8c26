"""The public Gradio API, through the real gradio_client and plain HTTP, on a real server."""

from __future__ import annotations

import base64
import io
import json
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
import soundfile
from gradio_client import Client
from gradio_client.exceptions import AppError
from gradio_client.utils import QueueError

from tests.conftest import Amount
from tests.support.scripted import RATE, SAMPLES_PER_CHARACTER
from tests.support.waiting import wait_until
from tts_core.audio.encode import FORMATS
from tts_core.engines.runner import RunnerState
from tts_core.web.app import App

pytestmark = pytest.mark.live

PUBLIC = {
    "/synthesize",
    "/stream",
    "/preview",
    "/clone_voice",
    "/delete_voice",
    "/withdraw_consent",
    "/list_voices",
    "/list_engines",
    "/cancel",
    "/status",
    "/progress",
    "/statistics",
    "/history",
    "/subtitles",
    "/verify",
    "/clear_history",
    "/lexicon",
    "/lexicon_save",
    "/lexicon_delete",
    "/lexicon_export",
    "/lexicon_import",
    "/narrate",
    "/projects",
    "/project_status",
    "/project_control",
    "/project_segments",
    "/project_edit",
    "/export_project",
}
SLOW = json.dumps({"pieces": 1000, "step_seconds": 0.02})


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return Client(app.url, verbose=False)


def worker_is_idle(app: App) -> bool:
    runner = app.service._scheduler.runners().get("scripted")
    return runner is not None and runner.state is RunnerState.IDLE


def is_speaking(app: App) -> bool:
    runner = app.service._scheduler.runners().get("scripted")
    return runner is not None and runner.state is RunnerState.SPEAKING


def call(app: App, name: str, data: str) -> str:
    """What a curl on /gradio_api/call gets, raw."""
    base = f"{app.url}gradio_api/call/{name}"
    answer = httpx.post(base, content=data, headers={"Content-Type": "application/json"})
    if answer.status_code != 200:
        return answer.text
    return httpx.get(f"{base}/{answer.json()['event_id']}", timeout=20).text


def test_three_lines_of_python_get_a_wav(app: App) -> None:
    client = Client(app.url, verbose=False)
    audio, info = client.predict("Hello there. This is Aloud.", api_name="/synthesize")
    sound = soundfile.info(audio)
    assert sound.duration == pytest.approx(info["duration_seconds"], abs=1e-3)
    assert (info["engine"], info["chunks"]) == ("espeak", 2)


def test_only_the_contract_is_public(client: Client) -> None:
    api = client.view_api(return_format="dict")
    assert isinstance(api, dict)
    assert set(api["named_endpoints"]) == PUBLIC
    assert api["unnamed_endpoints"] == {}
    for name in ("/synthesize", "/stream"):
        parameters = api["named_endpoints"][name]["parameters"]
        assert [(p["parameter_name"], p["parameter_default"]) for p in parameters[1:]] == [
            ("voice", "default"),
            ("engine", "auto"),
            ("language", "auto"),
            ("speed", 1.0),
            ("pitch", 1.0),
            ("format", "wav"),
            ("seed", -1),
            ("options", "{}"),
        ]
        assert parameters[0]["parameter_has_default"] is False


def test_run_is_closed(app: App) -> None:
    answer = httpx.post(f"{app.url}gradio_api/run/synthesize", json={"data": ["Hello."]})
    assert answer.status_code == 404 or "does not accept" in answer.text


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format(client: Client, name: str) -> None:
    audio, info = client.predict("Short text.", format=name, api_name="/synthesize")
    assert Path(audio).suffix == FORMATS[name].extension
    if name == "pcm":
        seconds = Path(audio).stat().st_size / 2 / info["sample_rate"]
    elif name in ("ulaw", "alaw"):
        seconds = Path(audio).stat().st_size / 8_000
    else:
        with av.open(audio) as file:
            frames = list(file.decode(audio=0))
            seconds = sum(f.samples for f in frames) / frames[0].sample_rate
    assert seconds == pytest.approx(info["duration_seconds"], abs=0.05)


def test_stream_has_the_messages_of_the_websocket(client: Client) -> None:
    texts = ["One is here.", "Two is here.", "Three is here."]
    messages = list(client.submit(" ".join(texts), engine="scripted", api_name="/stream"))
    assert [m["type"] for m in messages] == [
        "generation_started",
        *["audio_chunk"] * 3,
        "generation_complete",
    ]
    chunks = [m["data"] for m in messages[1:4]]
    assert [c["text_chunk"] for c in chunks] == texts
    assert [(c["chunk_id"], c["total_chunks"], c["is_final"]) for c in chunks] == [
        (1, 3, False),
        (2, 3, False),
        (3, 3, True),
    ]
    sounds = [soundfile.read(io.BytesIO(base64.b64decode(c["audio_data"]))) for c in chunks]
    total = sum(len(samples) for samples, _ in sounds) / RATE
    info = messages[-1]["data"]["info"]
    assert total == pytest.approx(info["duration_seconds"], abs=1e-3)
    assert messages[-1]["data"]["voice_used"] == "one"


def test_stream_failing_half_way_says_where(app: App) -> None:
    job = Client(app.url, verbose=False).submit(
        "One. Two.", engine="scripted", options='{"fail": "boom"}', api_name="/stream"
    )
    with pytest.raises(AppError, match="boom"):
        job.result()
    started, error = job.outputs()
    assert started["type"] == "generation_started"
    assert (error["type"], error["chunk_id"], error["total_chunks"]) == ("error", 1, 2)


@pytest.mark.parametrize(
    ("values", "kind"), [({"voice": "bob"}, "not_found"), ({"format": "mp4"}, "validation_error")]
)
def test_whoever_iterates_over_a_stream_sees_its_error(
    client: Client, values: dict[str, str], kind: str
) -> None:
    job = client.submit("Hello.", api_name="/stream", **values)
    (error,) = list(job)
    assert (error["type"], error["error_type"]) == ("error", kind)
    with pytest.raises(AppError, match=re.escape(error["message"])):
        job.result()


def test_lists(client: Client) -> None:
    voices = client.predict(api_name="/list_voices")
    assert len(voices) > 120
    assert {"id", "name", "engine", "language", "tags", "created", "engines"} <= voices[0].keys()
    assert {v["engine"] for v in client.predict("scripted", api_name="/list_voices")} == {
        "scripted"
    }
    with pytest.raises(AppError, match="no engine 'nope'"):
        client.predict("nope", api_name="/list_voices")
    engines = {e["name"]: e for e in client.predict(api_name="/list_engines")}
    assert engines["espeak"]["ready"] is True
    assert "range" in engines["espeak"]["parameters"]["properties"]
    assert (engines["absent"]["ready"], engines["absent"]["reason"]) == (
        False,
        "It is not installed; run `make absent`.",
    )


def test_status_routes(client: Client) -> None:
    client.predict("For the record.", api_name="/synthesize")
    status = client.predict(
        include_memory=True, include_history=True, include_stats=True, api_name="/status"
    )
    assert status["status"] == "idle"
    assert status["memory"]["worker_memory_mb"] > 1
    assert status["request_history"][0]["text_preview"] == "For the record."
    assert client.predict(api_name="/progress")["is_processing"] is False
    assert client.predict(api_name="/statistics")["completed_requests"] >= 1
    history = client.predict(limit=1, api_name="/history")
    assert (history["total_records"], history["limit"]) == (1, 1)
    with pytest.raises(AppError, match="from 1 to 50"):
        client.predict(limit=51, api_name="/history")
    with pytest.raises(AppError, match="from 1 to 20"):
        client.predict(history_limit=21, api_name="/status")


BAD = [
    ({"text": ""}, "text is empty"),
    ({"text": " \n "}, "text is empty"),
    ({"text": "a" * 10_001}, "the limit is 10,000"),
    ({"text": "😀😀"}, "nothing to speak"),
    ({"text": "\x00\x00"}, "nothing to speak"),
    ({"text": 5}, "text must be text"),
    ({"voice": "gmw/xx"}, "no voice"),
    ({"voice": "en-us+../../x"}, "variant"),
    ({"engine": "xttts"}, "no engine"),
    ({"engine": "absent"}, "make absent"),
    ({"language": "xx-klingon"}, "xx-klingon"),
    ({"format": "exe"}, "no audio format"),
    ({"speed": 0}, "between 0.25 and 4.0"),
    ({"speed": 1e9}, "between 0.25 and 4.0"),
    ({"speed": "NaN"}, "speed must be"),
    ({"options": "{"}, "not valid JSON"),
    ({"options": '{"rnge": 3}'}, "Did you mean range"),
    ({"options": '{"range": 1000}'}, "range must be"),
]


@pytest.mark.sample(6)
@pytest.mark.parametrize(("values", "message"), BAD)
def test_bad_input_gets_a_clear_message(
    client: Client, values: dict[str, Any], message: str
) -> None:
    for endpoint in ("/synthesize", "/stream"):
        with pytest.raises(AppError) as caught:
            client.predict(**({"text": "Hello."} | values), api_name=endpoint)
        assert message in str(caught.value)
        assert "Traceback" not in str(caught.value)


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "data",
    [
        '{"data":["Hello.","default","auto","auto",NaN,1,"wav",-1,"{}"]}',
        '{"data":["\\ud800\\udfff\\ud800","default","auto","auto",1,1,"wav",-1,"{}"]}',
        '{"data":["Hello."]}',
        '{"data":[null,null,null,null,null,null,null,null,null]}',
        '{"data":[{"a":1},[],{},"auto",1,1,"wav",-1,"{}"]}',
        '{"data":',
        "[]",
    ],
)
def test_raw_http_rubbish_leaves_the_app_alive(app: App, client: Client, data: str) -> None:
    answer = call(app, "synthesize", data)
    assert "Traceback" not in answer
    assert "event: complete" not in answer
    client.predict("Still alive.", api_name="/synthesize")


def test_odd_but_speakable(client: Client) -> None:
    for text in (
        "x" * 2_000,
        "مرحبا بالعالم",
        "שלום עולם",
        "Hi 😀 there",
        "A\x00B",
        "<b>bold</b>",
    ):
        audio, info = client.predict(text, api_name="/synthesize")
        assert soundfile.info(audio).duration > 0.2, text
        assert info["segments"]


def test_job_cancel_stops_the_engine(app: App) -> None:
    client = Client(app.url, verbose=False)
    client.predict("Warm.", engine="scripted", api_name="/synthesize")
    for endpoint in ("/synthesize", "/stream"):
        job = client.submit("A long one.", engine="scripted", options=SLOW, api_name=endpoint)
        wait_until(lambda: is_speaking(app))
        job.cancel()
        assert wait_until(lambda: worker_is_idle(app)) < 5  # of 20
        assert app.service.report.progress()["is_processing"] is False


def test_cancel_endpoint_stops_the_engine(app: App) -> None:
    client = Client(app.url, verbose=False)
    job = client.submit("A long one.", engine="scripted", options=SLOW, api_name="/synthesize")
    wait_until(lambda: is_speaking(app))
    request_id = client.predict(api_name="/status")["request_id"]
    assert client.predict(request_id, api_name="/cancel") == {"cancelled": True}
    assert wait_until(lambda: worker_is_idle(app)) < 5  # of 20
    with pytest.raises(AppError, match="stopped"):
        job.result(timeout=20)
    assert client.predict(request_id, api_name="/cancel") == {"cancelled": False}
    assert client.predict("no such thing", api_name="/cancel") == {"cancelled": False}


def test_worker_killed_under_load(app: App, tmp_path: Path) -> None:
    client = Client(app.url, verbose=False)
    texts = [f"Number {'o' * (i + 1)} speaks." for i in range(6)]
    dying = json.dumps({"die_once": str(tmp_path / "died")})
    jobs = [
        client.submit(
            text,
            engine="scripted",
            options=dying if i == 2 else '{"step_seconds": 0.01}',
            api_name="/synthesize",
        )
        for i, text in enumerate(texts)
    ]
    for i, job in enumerate(jobs):
        audio, info = job.result(timeout=20)
        assert info["segments"][0]["text"] == texts[i]
        assert soundfile.info(audio).frames == len(texts[i]) * SAMPLES_PER_CHARACTER


def test_clearing_the_history(app: App, client: Client) -> None:
    client.predict("Soon forgotten.", engine="scripted", api_name="/synthesize")
    with pytest.raises(AppError, match="confirm=true"):
        client.predict(api_name="/clear_history")
    answer = client.predict(confirm=True, api_name="/clear_history")
    assert answer["cleared_records"] >= 1
    assert client.predict(api_name="/history")["total_records"] == 0


@pytest.mark.thorough
def test_many_requests_from_many_clients(app: App, amount: Amount) -> None:
    requests, clients = amount(48, 64), amount(6, 16)
    words = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf"]
    rng = random.Random(1)
    texts = [
        f"Request {'o' * i}: {' '.join(rng.choices(words, k=i % 9 + 1))}." for i in range(requests)
    ]
    local = threading.local()

    def one(text: str) -> str:
        if not hasattr(local, "client"):
            local.client = Client(app.url, verbose=False)
        try:
            audio, info = local.client.predict(text, engine="scripted", api_name="/synthesize")
        except (AppError, QueueError) as error:
            return "full" if "queue is full" in str(error).lower() else f"wrong: {error}"
        assert [s["text"] for s in info["segments"]] == [text]
        assert soundfile.info(audio).frames == len(text) * SAMPLES_PER_CHARACTER
        return "spoken"

    with ThreadPoolExecutor(clients) as pool:
        outcomes = list(pool.map(one, texts))
    assert set(outcomes) <= {"spoken", "full"}
    assert len(outcomes) == requests
    assert outcomes.count("spoken") >= 0.6 * requests
