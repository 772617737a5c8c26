"""Files whose commit or content is not known before their first download, and files that are known.

The server's content is its own: the rows are made up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import constants, hf_hub_download

from tests.support.downloading import download, settings_for
from tests.support.hub_server import LARGE, HubServer, hub_server
from tts_core.engines.weights.catalog import (
    HubFile,
    Weights,
    locate,
    missing_files,
    read_checked,
    repo_folder,
    snapshot,
)
from tts_core.engines.weights.records import NAME
from tts_core.errors import ModelLoadError
from tts_core.settings import Settings

REPO = "somebody/voices"
ONE, TWO = "one.bin", "deep/two.bin"
FILES = {ONE: bytes(range(256)) * 200, TWO: b"small"}
assert len(FILES[ONE]) > LARGE
FIRST, LATER = "1" * 40, "2" * 40


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def row(path: str, sha256: str = "", revision: str = "main") -> Weights:
    return Weights(
        name=path.rpartition("/")[2].partition(".")[0],
        engine="scripted",
        label=f"Weights {path}",
        files=(HubFile(REPO, revision, path, sha256=sha256),),
        size=len(FILES[path]),
        license="MIT",
    )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    for name in ("HF_TOKEN", "HF_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", "/nowhere")
    with hub_server() as server:
        server.revision = FIRST
        server.files[REPO] = dict(FILES)
        yield server


@pytest.fixture
def settings(server: HubServer, tmp_path: Path) -> Settings:
    return settings_for(server, tmp_path)


def record(settings: Settings) -> Path:
    return repo_folder(REPO, settings.models_path) / NAME


@pytest.mark.parametrize("path", FILES)
def test_the_first_download_is_recorded(server: HubServer, settings: Settings, path: str) -> None:
    weights, cache = row(path), settings.models_path
    assert missing_files(weights, cache) == [*weights.files]
    assert snapshot(weights, cache) is None
    assert download(settings, weights)["state"] == "done"
    assert json.loads(record(settings).read_text()) == {
        "main": {"commit": FIRST, "sha256": {path: digest(FILES[path])}}
    }
    assert missing_files(weights, cache) == []
    folder = snapshot(weights, cache)
    assert folder is not None
    assert folder.name == FIRST
    # Where the Hub's own library finds it.
    args = {"cache_dir": cache, "revision": FIRST, "local_files_only": True}
    assert hf_hub_download(REPO, path, **args) == str(locate(weights.files[0], cache))
    assert read_checked(weights.files[0], weights, cache) == FILES[path]


def test_the_recorded_commit_is_kept(server: HubServer, settings: Settings) -> None:
    download(settings, row(ONE))
    server.revision, server.former = LATER, {FIRST}
    assert download(settings, row(TWO))["state"] == "done"
    assert server.requests[-1].path == f"/{REPO}/resolve/{FIRST}/{TWO}"
    recorded = json.loads(record(settings).read_text())["main"]
    assert recorded["commit"] == FIRST
    assert set(recorded["sha256"]) == {ONE, TWO}
    assert missing_files(row(ONE), settings.models_path) == []


def test_a_recorded_commit_that_is_gone(server: HubServer, settings: Settings) -> None:
    download(settings, row(ONE))
    server.revision = LATER
    error = download(settings, row(TWO))["error"]
    assert "no longer has that revision" in error
    assert f"delete {NAME}" in error
    record(settings).unlink()
    assert download(settings, row(TWO))["state"] == "done"


def test_one_commit_for_all_files_of_a_row(server: HubServer, settings: Settings) -> None:
    weights = replace(row(ONE), files=(*row(ONE).files, *row(TWO).files))
    assert download(settings, weights)["state"] == "done"
    asked = [r.path.split("/")[4] for r in server.requests if "/resolve/" in r.path]
    assert asked[0] == "main"
    assert set(asked[1:]) == {FIRST}


@pytest.mark.parametrize("path", FILES)
def test_another_content_than_recorded_is_refused(
    server: HubServer, settings: Settings, path: str
) -> None:
    weights, cache = row(path), settings.models_path
    download(settings, weights)
    here = locate(weights.files[0], cache)
    assert here is not None
    here.resolve().unlink()
    server.files[REPO][path] = FILES[path][::-1]
    progress = download(settings, weights)
    assert progress["state"] == "failed"
    assert f"{path} of {REPO} is not the expected file" in progress["error"]
    assert f"delete {record(settings)}" in progress["error"]
    assert locate(weights.files[0], cache) is None
    record(settings).unlink()
    assert download(settings, weights)["state"] == "done"
    assert read_checked(weights.files[0], weights, cache) == FILES[path][::-1]


@pytest.mark.parametrize("revision", ["main", FIRST])
@pytest.mark.parametrize("path", FILES)
def test_another_content_than_known_is_refused(
    server: HubServer, settings: Settings, path: str, revision: str
) -> None:
    weights = row(path, digest(b"the right one"), revision)
    progress = download(settings, weights)
    assert progress["state"] == "failed"
    assert "is not the expected file" in progress["error"]
    assert "Update Aloud" in progress["error"]
    assert missing_files(weights, settings.models_path) == [*weights.files]
    assert not [p for p in settings.models_path.rglob("*") if p.is_file()]
    if path == ONE:  # of a large file the Hub tells the digest beforehand
        assert server.fetched() == []


@pytest.mark.parametrize("sha256", ["", digest(FILES[ONE])])
def test_a_file_that_changes_later_is_refused(
    server: HubServer, settings: Settings, sha256: str
) -> None:
    weights, cache = row(ONE, sha256), settings.models_path
    with pytest.raises(ModelLoadError, match=r"one.bin is not downloaded; run .*download one"):
        read_checked(weights.files[0], weights, cache)
    download(settings, weights)
    here = locate(weights.files[0], cache)
    assert here is not None
    here.write_bytes(b"another")
    with pytest.raises(ModelLoadError, match="its SHA-256 is wrong") as refused:
        read_checked(weights.files[0], weights, cache)
    assert f"Delete {here.resolve()} and run" in str(refused.value)
    here.resolve().unlink()  # as it says
    assert download(settings, weights)["state"] == "done"
    assert read_checked(weights.files[0], weights, cache) == FILES[ONE]


def test_a_wrong_file_of_another_program_is_not_taken(
    server: HubServer, settings: Settings
) -> None:
    weights = row(ONE, digest(FILES[ONE]))
    blob = repo_folder(REPO, settings.models_path) / "blobs" / digest(FILES[ONE])
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"damaged")
    assert "is not the expected file" in download(settings, weights)["error"]
    assert download(settings, weights)["state"] == "done"
    assert blob.read_bytes() == FILES[ONE]


def test_a_hub_that_tells_no_commit(server: HubServer, settings: Settings) -> None:
    server.revision = "unknown"
    assert "did not say which commit 'main'" in download(settings, row(ONE))["error"]


@pytest.mark.parametrize("text", ["", "[1]", '{"main": 1}', '{"main": {"commit": "../.."}}'])
def test_a_damaged_record_counts_as_none(settings: Settings, server: HubServer, text: str) -> None:
    record(settings).parent.mkdir(parents=True)
    record(settings).write_text(text)
    assert missing_files(row(ONE), settings.models_path) == [*row(ONE).files]
    assert download(settings, row(ONE))["state"] == "done"
    assert json.loads(record(settings).read_text())["main"]["commit"] == FIRST


def test_people_are_told() -> None:
    assert row(ONE).note == "revision and SHA-256 recorded at the first download"
    known = row(ONE, digest(FILES[ONE]))
    assert known.note == "SHA-256 known; revision recorded at the first download"
    assert row(ONE, "", FIRST).note == ""
