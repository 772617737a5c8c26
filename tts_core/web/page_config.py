"""Gradio's description of the page in its document, without what only programs need.

The document describes each public endpoint twice: as components, one for each value, and as
documentation with examples in four languages. The page shows neither; programs ask for both under
addresses of their own, `/config` and `/gradio_api/info`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_CONFIG = re.compile(r"window\.gradio_config = (?=\{)")
_API_INFO = re.compile(r"window\.gradio_api_info = (?=\{)")
_NO_API = '{"named_endpoints":{},"unnamed_endpoints":{}}'
_OF_PROGRAMS = "api"
"""Type of the components that stand for the values of endpoints."""
_DESCRIPTIONS = ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs")


def without_endpoints(document: str) -> str:
    """Return the document without what describes endpoints.

    What Gradio writes in another way than expected stays as it is.
    """
    document = _replaced(document, _API_INFO, lambda _: _NO_API)
    return _replaced(document, _CONFIG, _lean)


def _replaced(
    document: str, before: re.Pattern[str], change: Callable[[dict[str, Any]], str]
) -> str:
    """Return the document with the JSON behind a pattern changed."""
    found = before.search(document)
    if not found:
        return document
    value, length = json.JSONDecoder().raw_decode(document[found.end() :])
    return document[: found.end()] + change(value) + document[found.end() + length :]


def _lean(config: dict[str, Any]) -> str:
    """Return the configuration as JSON without the components and events of programs."""
    gone = {item["id"] for item in config["components"] if item["type"] == _OF_PROGRAMS}
    kept = [item for item in config["components"] if item["id"] not in gone]
    for item in kept:
        for name in _DESCRIPTIONS:
            item.pop(name, None)
    config["components"] = kept
    config["dependencies"] = [
        event
        for event in config["dependencies"]
        if gone.isdisjoint(event["inputs"] + event["outputs"])
    ]
    for place in (config, *config["page"].values()):
        _drop(place["layout"], gone)
    # As in Gradio's own JSON, no end tag of a script may occur in it.
    return json.dumps(config, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")


def _drop(node: dict[str, Any], gone: set[int]) -> None:
    """Drop components from a layout."""
    if "children" in node:
        node["children"] = [child for child in node["children"] if child["id"] not in gone]
        for child in node["children"]:
            _drop(child, gone)
