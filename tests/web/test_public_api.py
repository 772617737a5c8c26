"""What clients of the release in `tests/fixtures/public_api.json` use is still there, unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.live import running_app
from tests.support.public_api import changes, describe

ROOT = Path(__file__).parents[2]
RELEASE = ROOT / "tests/fixtures/public_api.json"


@pytest.mark.live
def test_nothing_of_the_public_api_has_gone_or_changed(tmp_path: Path) -> None:
    released = json.loads(RELEASE.read_text(encoding="utf-8"))
    assert len(released["routes"]) == 25
    assert len(released["gradio"]) == 12
    with running_app(tmp_path) as app:  # of its own: the answers depend on the history
        assert list(changes(released, describe(app.url, ROOT))) == []


def test_changes_are_found() -> None:
    old = {"a": {"type": "string"}, "required": ["x"], "values": [1, 2], "open": "null"}
    assert list(changes(old, old | {"b": 1, "required": ["y", "x"], "open": "text"})) == []
    assert list(changes({"enum": ["wav"]}, {"enum": ["mp3", "wav"]})) == []
    assert list(changes({"enum": ["wav"]}, {"enum": ["mp3"]}))
    for new in (
        {},
        old | {"a": {"type": "number"}},
        old | {"a": {}},
        old | {"a": "string"},
        old | {"required": []},
        old | {"values": [2, 1]},
    ):
        assert list(changes(old, new)), new
    items = {"items": [{"a": "text"}]}
    assert list(changes(items, {"items": [{"a": "text", "b": "text"}]})) == []
    assert list(changes(items, {"items": [{"b": "text"}]}))
    untyped = {"type": "object", "additionalProperties": True, "title": "Answer"}
    assert list(changes(untyped, {"type": "object", "properties": {}})) == []
    assert list(changes(untyped, {"type": "array"}))
