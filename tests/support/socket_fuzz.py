"""Messages that no client should send, among some that it may, in any order."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.socket_client import SocketClient, socket_client
from tts_core.web.api.websocket.protocol import LONGEST_MESSAGE

KNOWN = {
    "error",
    "status",
    "pong",
    "generation_started",
    "audio_chunk",
    "generation_complete",
    "generation_cancelled",
}
PER_CONNECTION = 1000
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 10**40, 1e308, "", " ", "\0", "\ud800", "💥" * 50, [], [[]], {}, {"a": {}},
    "default", "en", "../../etc/passwd", "'; DROP TABLE requests; --", "<script>", "NaN", "1e999",
)  # fmt: skip
TYPES = ("text_input", "ping", "get_status", "cancel_generation", "text_delta", "text_end")


@dataclass
class Told:
    """What came back."""

    messages: int = 0
    answered: int = 0
    """Those after which a ping was answered on the same connection."""
    kinds: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)
    """Those that should have been refused, and were not."""


def fuzz(url: str, *, messages: int, seed: int) -> Told:
    """Send so many to the app at `url`. Fails when a connection dies or something unknown comes."""
    chance = random.Random(seed)
    told = Told()
    while told.messages < messages:
        with socket_client(url) as client:
            for _ in range(min(PER_CONNECTION, messages - told.messages)):
                _exchange(client, chance, told)
    return told


def _exchange(client: SocketClient, chance: random.Random, told: Told) -> None:
    make = chance.choices(list(MAKERS), weights=list(MAKERS.values()))[0]
    sent = make(chance)
    client.connection.send(sent)
    told.messages += 1
    client.send("ping", timestamp=told.messages)
    refused = False
    while True:
        message = client.read()
        assert message["type"] in KNOWN, message
        told.kinds[message["type"]] += 1
        if message["type"] == "pong" and message["data"]["timestamp"] == told.messages:
            break
        if message["type"] == "error":
            refused = True
            told.errors[message["error_type"]] += 1
            assert message["message"]
            assert "Traceback" not in message["message"]
    told.answered += 1
    if make in REFUSED and not refused:
        told.unanswered.append(repr(sent)[:200])


def _binary(chance: random.Random) -> bytes:
    return chance.randbytes(chance.choice((0, 1, 10, 1000, 100_000)))


def _broken(chance: random.Random) -> str:
    whole = json.dumps({"type": "text_input", "data": {"text": "Broken off.", "voice": "en"}})
    return whole[: chance.randrange(len(whole))]


def _deep(chance: random.Random) -> str:
    return chance.choice("[{") * chance.choice((1000, 100_000))


def _huge(chance: random.Random) -> str:
    return json.dumps({"type": "text_input", "data": {"text": "x" * (LONGEST_MESSAGE + 1)}})


def _too_long(chance: random.Random) -> str:
    return json.dumps({"type": "text_input", "data": {"text": "long " * 2000}})


def _unknown_type(chance: random.Random) -> str:
    return json.dumps({"type": chance.choice(ODD), "data": chance.choice(ODD)})


def _wrong_types(chance: random.Random) -> str:
    parameters = {
        name: chance.choice(ODD)
        for name in ("speed", "pitch", "seed", "engine", "language", "format", "range", "variant")
        if chance.random() < 0.4
    }
    data = {
        "text": chance.choice((*ODD, "Hello.")),
        "voice": chance.choice(ODD),
        "parameters": parameters if chance.random() < 0.8 else chance.choice(ODD),
        "timestamp": chance.choice(ODD),
    }
    if chance.random() < 0.5:
        data["voice"] = data["parameters"] = None
    kind = chance.choice(TYPES) if chance.random() < 0.5 else "text_input"
    return json.dumps({"type": kind, "data": data if chance.random() < 0.8 else chance.choice(ODD)})


def _characters(chance: random.Random) -> str:
    return "".join(chance.choices('{}[]":,\\ue0"type\n\t\0é💥', k=chance.randrange(200)))


def _out_of_order(chance: random.Random) -> str:
    return json.dumps({"type": chance.choice(("cancel_generation", "get_status", "text_end"))})


def _right(chance: random.Random) -> str:
    text = chance.choice(("Hello.", "One. Two. Three.", "مرحبا", "你好。", "A" * 500))
    voice = chance.choice((None, "default", "en-gb", "Fritz-PlayAI"))
    return json.dumps({"type": "text_input", "data": {"text": text, "voice": voice}})


MAKERS: dict[Callable[[random.Random], str | bytes], float] = {
    _binary: 10,
    _broken: 15,
    _deep: 2,
    _huge: 0.5,
    _too_long: 5,
    _unknown_type: 15,
    _wrong_types: 30,
    _characters: 15,
    _out_of_order: 5,
    _right: 5,
}
REFUSED = (_binary, _broken, _deep, _huge, _too_long, _unknown_type, _characters)
