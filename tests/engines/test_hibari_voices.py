"""hibari's voices by download: the bytes are those of "heart", served as another's.

The true networks of the other voices are on the Hub only.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.downloading import download, settings_for
from tests.support.engines import spoken_by
from tests.support.hub_server import HubServer, hub_server
from tts_core.engines.base import EngineContext
from tts_core.engines.hibari import engine as hibari
from tts_core.engines.hibari.data import FILES, VOICES
from tts_core.engines.hibari.engine import HibariEngine
from tts_core.engines.hibari.weights import REPO, WEIGHTS
from tts_core.engines.weights.catalog import Weights, locate
from tts_core.errors import EngineUnavailable, ModelLoadError
from tts_core.types import Samples, Utterance

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> dict[str, Weights]:
    """The rows of the voices, all of them with the digest of "heart"."""
    rows = {
        name: replace(row, files=(replace(row.files[0], sha256=FILES["hibari.onnx"]),))
        for name, row in WEIGHTS.items()
    }
    monkeypatch.setattr(hibari, "WEIGHTS", rows)
    return rows


@pytest.fixture
def server() -> Iterator[HubServer]:
    heart = (hibari._assets() / "hibari.onnx").read_bytes()
    with hub_server() as server:
        server.revision = COMMIT
        server.files[REPO] = {f"voices/{voice.file}": heart for voice in VOICES.values()}
        yield server


@pytest.fixture
def context(server: HubServer, tmp_path: Path) -> EngineContext:
    return EngineContext(settings_for(server, tmp_path))


def speak(engine: HibariEngine, voice: str, text: str) -> Samples:
    utterance = Utterance(text, voice, "en")
    return np.concatenate([c.samples for c in spoken_by(engine, utterance, threading.Event())])


def test_the_table_is_that_of_the_package() -> None:
    theirs = json.loads((hibari._assets() / "voices.json").read_text(encoding="utf-8"))
    heart = theirs.pop("heart")
    assert heart["sha256"] == FILES["hibari.onnx"]
    assert set(theirs) == set(VOICES)
    for name, voice in VOICES.items():
        row = theirs[name]
        assert (voice.language, voice.gender) == (row["language"].casefold(), row["gender"])
        assert (voice.file, voice.size, voice.sha256) == (row["file"], row["bytes"], row["sha256"])
        assert (voice.language == "en-gb") is row["british"]


def test_voices_that_are_not_here_are_not_offered(context: EngineContext) -> None:
    engine = HibariEngine(context)
    info = engine.describe()
    assert [voice.id for voice in info.voices] == ["heart"]
    assert "en-gb" not in [language.code for language in info.languages]
    assert info.downloadable_voices == {name: f"hibari-{name}" for name in VOICES}
    engine.load()
    with pytest.raises(EngineUnavailable, match=r"Emma is not here.*download hibari-emma"):
        speak(engine, "emma", "Hello.")


def test_a_downloaded_voice_speaks(context: EngineContext, rows: dict[str, Weights]) -> None:
    engine = HibariEngine(context)
    engine.load()
    for name in ("emma", "kore"):  # while the engine is loaded
        assert download(context.settings, rows[name])["state"] == "done"
    info = engine.describe()
    assert [(v.id, v.language, v.gender) for v in info.voices] == [
        ("heart", "en-us", "female"),
        ("kore", "en-us", "female"),
        ("emma", "en-gb", "female"),
    ]
    assert "en-gb" in [language.code for language in info.languages]
    assert set(info.downloadable_voices) == {"fenrir", "fable"}
    heart, kore, emma = (speak(engine, v, "The last path.") for v in ("heart", "kore", "emma"))
    np.testing.assert_array_equal(heart, kore)
    assert not np.array_equal(heart, emma)  # the same network reads British pronunciation


def test_a_changed_voice_is_refused(context: EngineContext, rows: dict[str, Weights]) -> None:
    download(context.settings, rows["fable"])
    path = locate(rows["fable"].files[0], context.weights_dir)
    assert path is not None
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    engine = HibariEngine(context)
    engine.load()
    with pytest.raises(ModelLoadError, match=r"bm_fable.* is not the file that belongs there"):
        speak(engine, "fable", "Hello.")


def test_another_file_than_the_known_one_is_refused(context: EngineContext) -> None:
    progress = download(context.settings, WEIGHTS["emma"])  # which has the digest of Emma
    assert progress["state"] == "failed"
    assert "bf_emma.int8.onnx of maureesewilliams/hibari is not the expected" in progress["error"]
