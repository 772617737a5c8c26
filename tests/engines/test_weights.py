"""The table of weights, and what can be told of the cache without a request."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import try_to_load_from_cache
from huggingface_hub.utils import validate_repo_id

from tts_core.engines.execution import engine_class
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.weights.catalog import (
    PARTIAL,
    HubFile,
    Weights,
    bytes_here,
    locate,
    missing_files,
    repo_folder,
    snapshot,
)

WEIGHTS = Registry(ENGINES).weights
REVISION = "0123456789abcdef0123456789abcdef01234567"
REPO = "somebody/something"
ROW = Weights(
    name="row",
    engine="scripted",
    label="Row",
    files=(
        HubFile(REPO, REVISION, "deep/down/model.bin"),
        HubFile(REPO, REVISION, "config.json"),
        HubFile(REPO, REVISION, "extra.json", optional=True),
    ),
    size=1000,
    license="MIT",
)


def put(cache: Path, path: str, content: bytes = b"content", repo: str = REPO) -> Path:
    file = repo_folder(repo, cache) / "snapshots" / REVISION / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("weights", WEIGHTS, ids=lambda weights: weights.name)
def test_the_rows_are_sound(weights: Weights) -> None:
    assert [w.name for w in WEIGHTS].count(weights.name) == 1
    assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", weights.name)
    assert weights in engine_class(ENGINES[weights.engine]).weights
    assert weights.size > 0
    assert weights.label
    assert weights.license
    assert weights.license_url.startswith("https://") or not weights.must_agree
    assert any(not file.optional for file in weights.files)
    for file in weights.files:
        validate_repo_id(file.repo)
        # A list changes; its commit and digest are recorded at the first download.
        pinned = re.fullmatch(r"[0-9a-f]{40}", file.revision) or file.sha256
        assert pinned or weights.lists
        assert re.fullmatch(r"[0-9a-f]{64}|", file.sha256)
        assert not file.path.startswith("/")
        assert ".." not in file.path.split("/")


def test_where_the_library_has_it(tmp_path: Path) -> None:
    for path in ("config.json", "deep/down/model.bin"):
        file = HubFile(REPO, REVISION, path)
        assert locate(file, tmp_path) is None
        put(tmp_path, path)
        found = try_to_load_from_cache(REPO, path, cache_dir=tmp_path, revision=REVISION)
        assert found == str(locate(file, tmp_path))


def test_a_link_to_nothing_is_no_file(tmp_path: Path) -> None:
    put(tmp_path, "config.json").unlink()
    link = repo_folder(REPO, tmp_path) / "snapshots" / REVISION / "config.json"
    link.symlink_to("../../blobs/gone")
    assert locate(ROW.files[1], tmp_path) is None


def test_whole_or_not(tmp_path: Path) -> None:
    assert missing_files(ROW, tmp_path) == [*ROW.files[:2]]
    assert snapshot(ROW, tmp_path) is None
    put(tmp_path, "config.json")
    put(tmp_path, "extra.json")
    assert missing_files(ROW, tmp_path) == [ROW.files[0]]
    assert snapshot(ROW, tmp_path) is None
    model = put(tmp_path, "deep/down/model.bin")
    assert missing_files(ROW, tmp_path) == []
    assert snapshot(ROW, tmp_path) == model.parents[2]
    other = replace(ROW, files=(replace(ROW.files[0], revision="f" * 40),))
    assert missing_files(other, tmp_path) == [*other.files]


def test_bytes_here(tmp_path: Path) -> None:
    assert bytes_here(ROW, tmp_path) == 0
    put(tmp_path, "config.json", b"x" * 10)
    put(tmp_path, "extra.json", b"x" * 5)
    put(tmp_path, "unrelated.json", b"x" * 99)
    blobs = repo_folder(REPO, tmp_path) / "blobs"
    blobs.mkdir()
    (blobs / f"abc{PARTIAL}").write_bytes(b"x" * 100)
    (blobs / "def").write_bytes(b"x" * 1000)
    assert bytes_here(ROW, tmp_path) == 115


def test_asking_loads_no_library() -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tts_core.engines.registry import Registry\n"
        "from tts_core.engines.weights.catalog import snapshot\n"
        "from tts_core.engines.weights.downloads import Downloads\n"
        "from tts_core.settings import Settings\n"
        "registry = Registry()\n"
        "one = Downloads(Settings(data_dir=Path('nowhere')), lambda: registry.weights)\n"
        "one.weights('xtts'), one.missing_bytes('xtts'), one.progress()\n"
        "snapshot(registry.weights[0], Path('nowhere'))\n"
        "bad = {'huggingface_hub', 'httpx2', 'httpx', 'torch'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
