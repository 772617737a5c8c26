"""What clients of Aloud can see: its routes, Gradio endpoints, messages, answers and settings.

Two descriptions are compared with `changes`. To describe another release, check it out beside this
checkout and run the following with the packages of that release:

    python -m tests.support.public_api ../release tests/fixtures/public_api.json
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import PIPE, Popen, check_output
from typing import Any

import httpx
from gradio_client import Client

from tests.support.live import free_port
from tests.support.socket_client import socket_client

Json = dict[str, Any]

DESCRIPTIVE = {"title", "description", "summary", "examples", "example"}
"""Keywords of a JSON schema that say nothing about which values are valid."""
SETTINGS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from tts_core.settings import Settings
prefix = Settings.model_config.get("env_prefix", "")
print(json.dumps(sorted(
    str(field.validation_alias or prefix + name).upper()
    for name, field in Settings.model_fields.items()
)))
"""


def describe(url: str, checkout: Path) -> Json:
    """Return the description of the app at `url`, which runs the code of `checkout`."""
    command = [sys.executable, "-c", SETTINGS, str(checkout)]
    return {
        "settings": dict.fromkeys(json.loads(check_output(command, cwd=checkout)), "setting"),
        "routes": _routes(httpx.get(f"{url}openapi.json").raise_for_status().json()),
        "gradio": _endpoints(httpx.get(f"{url}gradio_api/info").raise_for_status().json()),
        "messages": _messages(url),
        "answers": _answers(url),
    }


def changes(old: object, new: object, where: str = "") -> Iterator[str]:
    """Yield a line for everything in `old` that `new` lacks or has otherwise.

    What only `new` has is no change, nor is a schema where `old` allows any object.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        if old.get("type") == "object" and old.get("additionalProperties") is True:
            yield from changes("object", new.get("type"), f"{where}/type")
            return
        for key, value in old.items():
            if key in new:
                yield from changes(value, new[key], f"{where}/{key}")
            else:
                yield f"{where}/{key} is missing"
    elif isinstance(old, list) and isinstance(new, list) and where.endswith(("/required", "/enum")):
        if missing := set(old) - set(new):
            yield f"{where} lacks {sorted(missing)}"
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from changes(before, after, f"{where}/{index}")
    elif "null" not in (old, new) and old != new:  # whether a value is null depends on the run
        yield f"{where} was {old!r} and is {new!r}"


def _routes(document: Json) -> Json:
    """Return each operation's parameters, body and answers, with references resolved."""
    schemas = document["components"]["schemas"]

    def plain(value: object) -> object:
        if isinstance(value, list):
            return [plain(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return plain(schemas[value["$ref"].rpartition("/")[2]])
        named = {"properties", "content", "responses"}  # whose keys are names, not keywords
        return {
            key: {name: plain(item) for name, item in found.items()}
            if key in named and isinstance(found, dict)
            else plain(found)
            for key, found in value.items()
            if key not in DESCRIPTIVE
        }

    return {
        f"{method.upper()} {path}": {
            "parameters": {
                f"{parameter['in']} {parameter['name']}": plain(parameter)
                for parameter in operation.get("parameters", ())
            },
            "body": plain(operation.get("requestBody", {})),
            "responses": plain(operation["responses"]),
            "tags": operation["tags"],
            "name": operation["operationId"],  # which generated clients call their functions
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def _endpoints(info: Json) -> Json:
    """Return each named endpoint's parameters, in their order, and what it returns."""
    return {
        name: {
            "parameters": [_without_text(parameter) for parameter in endpoint["parameters"]],
            "returns": [_without_text(value) for value in endpoint["returns"]],
        }
        for name, endpoint in info["named_endpoints"].items()
    }


def _without_text(value: object) -> object:
    if isinstance(value, list):
        return [_without_text(item) for item in value]
    if not isinstance(value, dict):
        return value
    texts = {*DESCRIPTIVE, "example_input"}
    return {key: _without_text(item) for key, item in value.items() if key not in texts}


def _messages(url: str) -> Json:
    """Return the shapes of the WebSocket's messages by type, and of answers during a request."""
    told: list[Json] = []
    busy: Json = {}
    with socket_client(url) as socket:
        told.append(socket.greeting)
        for kind, data, answer in (
            ("ping", {"timestamp": 1}, "pong"),
            ("get_status", {}, "status"),
            ("text_input", {"text": "Hello.", "voice": "en-us"}, "generation_complete"),
            ("text_input", {"text": "Hello.", "voice": "nobody"}, "error"),
            ("text_delta", {"text": "Hello there. ", "voice": "en-us"}, "generation_started"),
            ("text_end", {}, "generation_complete"),
            ("no_such_type", {}, "error"),
        ):
            socket.send(kind, **data)
            told += socket.until(answer)
        # Nobody reads it, so it goes on until it is cancelled.
        long = " ".join(f"This is sentence {uuid.uuid4().hex[:8]}." for _ in range(300))
        socket.speak(long, "en-us")
        told += socket.until("generation_started")
        for path in ("status?include_memory=true", "status/progress", "info"):
            busy[path] = shape(httpx.get(f"{url}{path}").raise_for_status().json())
        socket.send("cancel_generation")
        told += socket.until("generation_cancelled")
    kinds: Json = {}
    for message in told:
        kinds.setdefault(message["type"], []).append(message)
    return {kind: shape(found)[0] for kind, found in kinds.items()} | {"during a request": busy}


def _answers(url: str) -> Json:
    """Return the shapes of answers whose form the schema of a release may not tell."""
    found: Json = {}
    with httpx.Client(base_url=url, timeout=30) as http:

        def ask(method: str, path: str, name: str = "", **body: object) -> Any:
            answer = http.request(method, path, json=body or None)
            value = answer.json()
            if path == "health/ready":  # which engines are installed differs
                value["reasons"] = {}
            found[name or f"{method} {path}"] = [answer.status_code, shape(value)]
            return value

        spoken = ask("POST", "generate", text="Hello.", voice="en-us")
        ask("POST", f"cleanup/{spoken['file_id']}", "POST cleanup")
        ask("POST", "api/tts", text="Hello.", voiceId="en-us")
        everything = "include_memory=true&include_history=true&include_stats=true"
        for path in (
            "", "health", "health/ready", "status/progress", "info", "v1/models",
            "v1/models/tts-1", "v1/audio/voices", "status", f"status?{everything}",
            "status/statistics?include_memory=true", "status/history",
            "status/history/search?engine=espeak", "status/history/export?format=json",
            "status/series", "status/series?window=day", "status/history/none",
            "status/history?limit=99", "v1/models/none", "v1/none", "none",
        ):  # fmt: skip
            ask("GET", path)
        ask("POST", "generate", "POST generate without a text", text="")
        ask("POST", "api/tts", "POST api/tts without a text", text="", voiceId="en-us")
        ask("POST", "v1/audio/speech", model="tts-1", input="", voice="alloy")
        last = http.get("status/history?limit=1").json()["request_history"][0]["request_id"]
        ask("GET", f"status/history/{last}", "GET status/history/{id}")
        ask("DELETE", f"status/history/{last}", "DELETE status/history/{id}")
        client = Client(url, verbose=False, download_files=False)
        for name, arguments in (
            ("/synthesize", ["Hello there.", "en-us"]),
            ("/list_voices", ["espeak"]),
            ("/list_engines", []),
            ("/status", [True, True, True]),
            ("/progress", []),
            ("/statistics", [True]),
            ("/history", []),
            ("/cancel", ["none"]),
            ("/clear_history", [True]),
        ):
            answer = client.predict(*arguments, api_name=name)
            if name == "/list_engines":
                answer = [engine for engine in answer if engine["name"] == "espeak"]
            found[name] = shape(answer)
        streamed = list(client.submit("Hello there.", "en-us", api_name="/stream"))
        found["/stream"] = [shape(message) for message in streamed]
        ask("POST", "status/history/clear")
        ask("POST", "status/history/clear?confirm=true")
    return found


def shape(value: object) -> Any:
    """Return what a JSON value is made of: keys and types, and of a list what its items have.

    An item's key need not be in every item.
    """
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        together: Any = "null"
        for item in value:
            together = _merged(together, shape(item))
        return [together] if len(value) else []
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, int | float) else "text"


def _merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        both = {key: _merged(one[key], other[key]) for key in one.keys() & other.keys()}
        return one | other | both
    if isinstance(one, list) and isinstance(other, list):
        return [_merged(one[0], other[0])] if one and other else one or other
    return one if other == "null" else other


def main(checkout: Path, file: Path) -> None:
    """Write the description of a checkout's app into a file."""
    with tempfile.TemporaryDirectory() as data:
        own = {"TTS_HOST": "127.0.0.1", "TTS_PORT": str(free_port()), "TTS_DATA_DIR": data}
        environment = os.environ | own | {"PYTHONPATH": str(checkout), "GROQ_API_KEY": ""}
        command = [sys.executable, str(checkout / "app.py")]
        with Popen(command, cwd=data, env=environment, stdout=PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                url = process.stdout.readline().split()[-1]
                found = describe(url, checkout)
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=60)
    parts = (f"{json.dumps(name)}: {_lines(part)}" for name, part in found.items())
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def _lines(part: Json) -> str:
    """Return an object as JSON with a line for each of its entries."""
    lines = (f"{json.dumps(k)}: {json.dumps(v, sort_keys=True)}" for k, v in sorted(part.items()))
    return "{\n" + ",\n".join(lines) + "\n}"


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:]))
