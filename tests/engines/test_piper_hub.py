"""Piper's voices by download: the list, the licenses, and a real voice, from a Hub's server."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.downloading import SOON, settings_for
from tests.support.engines import spoken_by
from tests.support.hub_server import HubServer, Wrong, hub_server
from tests.support.piper_hub import DATA, FOLDER, JOE, entry, joe_files, serve_joe
from tests.support.recognizer import transcribe, word_errors
from tts_core.engines.piper.engine import PiperEngine
from tts_core.engines.piper.voice_list import (
    LARGEST_LIST,
    LONGEST_LICENSE,
    MOST_LISTED,
    UNSTATED,
    license_of,
    read_list,
)
from tts_core.engines.piper.weights import LIST, REPO
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.weights.catalog import Weights, repo_folder
from tts_core.engines.weights.downloads import Downloads
from tts_core.engines.weights.records import NAME
from tts_core.errors import ModelLoadError, UnknownNameError
from tts_core.settings import Settings
from tts_core.types import AudioChunk, Utterance

ROW = f"piper-{JOE}"


class Machine:
    """A data folder whose downloads come from the server."""

    def __init__(self, server: HubServer, folder: Path, **fields: Any) -> None:
        self.settings: Settings = settings_for(server, folder, recogniser="off", **fields)
        self.registry = Registry({"piper": ENGINES["piper"]}, self.settings)
        self.downloads = Downloads(
            self.settings, lambda: self.registry.weights, self.registry.refresh
        )
        self.engine = PiperEngine(self.registry.context)

    def rows(self) -> dict[str, Weights]:
        return {row.name: row for row in self.registry.weights}

    def download(self, name: str) -> dict[str, Any]:
        self.downloads.start(name)
        return self.downloads.wait(name, SOON)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.delenv("TTS_PIPER_PATH", raising=False)
    with hub_server() as server:
        serve_joe(server, real=False)
        yield server


@pytest.fixture
def machine(server: HubServer, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(server, tmp_path)
    yield machine
    machine.downloads.close()


def test_the_list_comes_first_with_the_licenses(server: HubServer, machine: Machine) -> None:
    assert list(machine.rows()) == [LIST]
    assert f"download {LIST}" in str(machine.engine.unavailable())
    with pytest.raises(UnknownNameError, match=f"download {LIST} first"):
        machine.downloads.start(ROW)
    assert machine.download(LIST)["state"] == "done"
    assert [seen.file for seen in server.fetched()] == ["voices.json", f"{FOLDER}/MODEL_CARD"]
    row = machine.rows()[ROW]
    assert (row.label, row.license) == ("Piper, English (United States), Joe, medium", "CC0")
    assert row.license_url.endswith(f"/{REPO}/blob/main/{FOLDER}/MODEL_CARD")
    assert row.size == sum(map(len, joe_files(real=False).values()))
    assert machine.registry.info("piper").downloadable_voices == {JOE: ROW}
    assert "press Download" in str(machine.engine.unavailable())


def test_a_voice_is_downloaded_and_speaks(server: HubServer, machine: Machine) -> None:
    serve_joe(server)
    machine.download(LIST)
    assert machine.download(ROW)["state"] == "done"
    assert machine.registry.unavailable("piper") is None
    info = machine.registry.info("piper")
    assert [(v.id, v.name, v.language) for v in info.voices] == [(JOE, "Joe", "en-us")]
    assert info.downloadable_voices == {}
    text = "The bridge will stay closed until the workers have repaired it."
    machine.engine.load()
    chunks = list(spoken_by(machine.engine, Utterance(text, JOE, "en-us"), threading.Event()))
    sound = AudioChunk(np.concatenate([c.samples for c in chunks]), chunks[0].sample_rate)
    assert word_errors(text, transcribe(sound, "en"))[0] <= 1
    model = machine.settings.models_path / f"models--{REPO.replace('/', '--')}"
    recorded = json.loads((model / NAME).read_text())["main"]["sha256"]
    true = hashlib.sha256((DATA / f"{JOE}.onnx").read_bytes()).hexdigest()
    assert recorded[f"{FOLDER}/{JOE}.onnx"] == true


def test_a_changed_model_is_not_loaded(machine: Machine) -> None:
    machine.download(LIST)
    machine.download(ROW)
    (path,) = machine.settings.models_path.rglob(f"{JOE}.onnx")
    path.resolve().write_bytes(b"another!")
    with pytest.raises(ModelLoadError, match="SHA-256 is wrong"):
        machine.engine.load()


def test_ones_own_voice_is_preferred(server: HubServer, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for name in (f"{JOE}.onnx", f"{JOE}.onnx.json"):
        (own / name).symlink_to(own / f"copy-{name}")
        (own / f"copy-{name}").write_bytes(joe_files(real=False)[f"{FOLDER}/{name}"])
    machine = Machine(server, tmp_path, piper_path=own)
    machine.download(LIST)
    machine.download(ROW)
    assert machine.engine._voices()[JOE].model == own / f"{JOE}.onnx"


def listed(server: HubServer, **change: Any) -> None:
    """Change what the list says of joe's model."""
    content = json.loads(server.files[REPO]["voices.json"])
    content[JOE]["files"][f"{FOLDER}/{JOE}.onnx"] |= change
    server.files[REPO]["voices.json"] = json.dumps(content).encode()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"size_bytes": 9}, "has 8 bytes at the Hub; expected are 9 bytes"),
        ({"md5_digest": "0" * 32}, "its MD5 begins with"),
    ],
)
def test_another_file_than_the_listed_one_is_refused(
    server: HubServer, machine: Machine, change: dict[str, Any], problem: str
) -> None:
    listed(server, **change)
    machine.download(LIST)
    progress = machine.download(ROW)
    assert progress["state"] == "failed"
    assert problem in progress["error"]
    assert not list(machine.settings.models_path.rglob(f"{JOE}.onnx"))
    assert machine.engine.describe().voices == []


def test_damage_on_the_way_is_refused(server: HubServer, machine: Machine) -> None:
    machine.download(LIST)
    server.faults[f"{FOLDER}/{JOE}.onnx"] = [Wrong(), Wrong()]
    assert "arrived damaged twice" in machine.download(ROW)["error"]
    assert machine.download(ROW)["state"] == "done"


def test_a_list_that_is_too_large_is_not_downloaded(server: HubServer, machine: Machine) -> None:
    server.files[REPO]["voices.json"] = b" " * (LARGEST_LIST + 1)
    assert "at most 5,000,000 bytes" in machine.download(LIST)["error"]
    assert server.fetched() == []


def test_a_list_that_is_none_has_no_voices(
    server: HubServer, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    server.files[REPO]["voices.json"] = b"[1]"
    assert machine.download(LIST)["state"] == "done"
    assert list(machine.rows()) == [LIST]
    assert "cannot be used" in caplog.text


def test_a_list_that_was_changed_here_has_no_voices(machine: Machine) -> None:
    machine.download(LIST)
    (path,) = machine.settings.models_path.rglob("voices.json")
    path.resolve().write_bytes(b"{}")
    record = repo_folder(REPO, machine.settings.models_path) / NAME
    record.write_text(record.read_text() + "\n")  # so that it is read again
    assert list(machine.rows()) == [LIST]


# The list


@pytest.mark.parametrize(
    "values",
    [
        {"key": "../../etc"},
        {"name": "x" * 101},
        {"files": {}},
        {"files": None},
        {"num_speakers": 0},
        {"language": 5},
    ],
)
def test_voices_that_are_left_out(values: dict[str, Any]) -> None:
    voices = {JOE: entry(JOE, joe_files(real=False)) | values}
    assert read_list(json.dumps(voices).encode()) == []


@pytest.mark.parametrize(
    "folder",
    ["..", "../../../..", "en/en_US/joe", "/en/en_US/joe/medium", "en/../joe/medium", "en//joe/x"],
)
def test_folders_that_are_not_those_of_the_hub(folder: str) -> None:
    files = {f"{folder}/{path.rpartition('/')[2]}": b"x" for path in joe_files(real=False)}
    assert read_list(json.dumps({JOE: entry(JOE, files)}).encode()) == []


@pytest.mark.parametrize(
    "change", [{"size_bytes": 10**12}, {"size_bytes": -1}, {"md5_digest": "x"}, {"md5_digest": 5}]
)
def test_files_that_are_left_out(change: dict[str, Any]) -> None:
    voice = entry(JOE, joe_files(real=False))
    voice["files"][f"{FOLDER}/{JOE}.onnx"] |= change
    other = "en_US-amy-low"
    path = f"en/en_US/amy/low/{other}.onnx"
    amy = entry(other, {path: b"x", f"{path}.json": b"x"})
    (found,) = read_list(json.dumps({JOE: voice, other: amy}).encode())
    assert (found.key, found.card) == (other, None)


def test_a_name_with_an_accent() -> None:
    key, folder = "pt_PT-tugão-medium", "pt/pt_PT/tugão/medium"
    files = {f"{folder}/{key}.onnx": b"x", f"{folder}/{key}.onnx.json": b"x"}
    (found,) = read_list(json.dumps({key: entry(key, files)}).encode())
    assert (found.key, found.folder) == (key, folder)


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"\xff", b"null", b"[]", b'"x"'])
def test_lists_that_are_none(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        read_list(content)


def test_a_list_of_too_many() -> None:
    with pytest.raises(ValueError, match="at most 2,000 voices"):
        read_list(json.dumps(dict.fromkeys(map(str, range(MOST_LISTED + 1)))).encode())


# Licenses


@pytest.mark.parametrize(
    ("card", "license"),
    [
        ("* URL: https://a.test\n* License: CC0\n", "CC0"),
        ("* Licence: CC BY-NC-SA 4.0", "CC BY-NC-SA 4.0 (non-commercial)"),
        (
            "* License: https://creativecommons.org/licenses/by-nc/4.0/",
            "https://creativecommons.org/licenses/by-nc/4.0/ (non-commercial)",
        ),
        ("* License: Attribution-NonCommercial", "Attribution-NonCommercial (non-commercial)"),
        ("* License: free for research purposes", "free for research purposes (non-commercial)"),
        ("* URL: https://a.test/x\n* License: See URL", "see https://a.test/x"),
        ("* License: See URL", "See URL"),
        ("* License: Unknown", UNSTATED),
        ("* License:\n* Other: x", UNSTATED),
        ("no license at all", UNSTATED),
        ("", UNSTATED),
        ("* License: a\x1b[31m\u202eb", "a [31m b"),
        (f"* License: {'x' * 500}", "x" * LONGEST_LICENSE),
    ],
)
def test_what_a_card_says(card: str, license: str) -> None:
    assert license_of(card.encode()) == license


def test_a_card_of_any_bytes() -> None:
    assert license_of(b"\xff\x00* License: \xfe") != ""
