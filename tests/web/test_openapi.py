"""The documentation says what is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import Amount
from tests.support.api_fuzz import Fuzz
from tts_core.web.app import App

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def schema(app: App) -> dict[str, Any]:
    answer = httpx.get(f"{app.url}openapi.json")
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_addresses_are_relative_so_that_they_work_behind_a_prefix(schema: dict[str, Any]) -> None:
    assert schema["servers"] == [{"url": "."}]


def test_every_door_is_there_and_nothing_of_gradio(schema: dict[str, Any]) -> None:
    names = {name for name, _ in operations(schema)}
    assert {
        "GET /",
        "GET /health",
        "GET /health/ready",
        "GET /status",
        "POST /api/tts",
        "POST /api/train-voice",
        "POST /generate",
        "GET /download/{file_id}",
        "POST /cleanup/{file_id}",
        "POST /v1/audio/speech",
        "GET /v1/models",
        "GET /v1/audio/voices",
    } <= names
    assert not [name for name in names if re.search("gradio|config|login|queue|mcp", name)]


def test_every_route_is_explained(schema: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in schema["tags"]}
    for name, operation in operations(schema):
        assert operation["description"], name
        assert set(operation["tags"]) <= tags, name
        errors = {status for status in operation["responses"] if status >= "400"}
        assert {"400", "401", "422", "429"} <= errors, name
        for status in errors - {"416"}:
            assert operation["responses"][status]["content"]["application/json"]["schema"], name


def test_every_route_has_an_example(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        bodies = [operation["responses"]["200"], operation.get("requestBody", {})]
        for body in bodies:
            for media in (body.get("content", {}).get("application/json"),):
                assert media is None or _has_example(media, schema), name


def _has_example(media: dict[str, Any], schema: dict[str, Any]) -> bool:
    if "example" in media or "examples" in media:
        return True
    name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
    fields = schema["components"]["schemas"].get(name, {}).get("properties", {})
    told = ("examples", "default", "const", "enum", "$ref", "items", "anyOf")
    return bool(fields) and all(set(told) & field.keys() for field in fields.values())


def test_requests_made_up_from_it_are_answered_as_it_says(app: App, amount: Amount) -> None:
    fuzz = Fuzz(app.url, seed=6)
    cases = amount(50, 1000)
    fuzz.run(cases)
    assert fuzz.faults == []
    assert fuzz.answers.total() >= cases
    answered = {operation for operation, _ in fuzz.answers}
    assert fuzz.answers["POST /v1/audio/speech", 200] > 0
    assert fuzz.answers["POST /api/tts", 200] > 0
    assert len(answered) >= 17
