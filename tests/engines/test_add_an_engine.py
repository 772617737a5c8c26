"""docs/add_an_engine.md, followed to the letter, and engines of other packages that are broken."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tts_core.engines.registry import ENGINES, ENTRY_POINTS, Registry, installed_engines

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/add_an_engine.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\w+\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
FILES = {found[1]: block for block in BLOCKS if (found := re.match(r"# ([\w./]+)\n", block))}
LIST = """
import json
from tts_core import SpeechService
service = SpeechService()
listed = [e.name for e in service.engines.all()]
hum = next(e for e in service.engines.all() if e.name == "hum")
voices = [v.id for v in service.voices.all("hum")]
service.close()
print(json.dumps([listed, hum.label, hum.ready, list(hum.parameters["properties"]), voices]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package of the document is installed."""
    folder = tmp_path_factory.mktemp("written") / "aloud-hum"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    assert "`pip install ./aloud-hum`" in DOCUMENT
    options = "--no-deps --no-build-isolation --no-index --quiet --target"
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", *options.split(), str(target), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return target


def run(script: str, site: Path, data: Path) -> str:
    variables = {"PYTHONPATH": f"{site}:{ROOT}", "TTS_DATA_DIR": str(data)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_is_short() -> None:
    assert set(FILES) == {"aloud_hum/__init__.py", "pyproject.toml"}
    assert sum(len(content.splitlines()) for content in FILES.values()) < 60


def test_it_is_listed_and_speaks(site: Path, tmp_path: Path) -> None:
    listed, label, ready, parameters, voices = json.loads(run(LIST, site, tmp_path))
    assert set(listed) == {*ENGINES, "hum"}
    assert (label, ready, parameters, voices) == ("Hum", True, ["frequency"], ["hummer"])
    path, voice, seconds = run(BLOCKS[-1], site, tmp_path).split()
    assert (voice, float(seconds)) == ("hummer", pytest.approx(0.6, abs=0.15))
    sound, rate = soundfile.read(path)
    spectrum = np.abs(np.fft.rfft(sound))
    assert np.argmax(spectrum) * rate / len(sound) == pytest.approx(440, abs=10)


def test_a_row_is_enough(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = (block for block in BLOCKS if block.startswith('"hum"'))
    rows = json.loads("{" + row.strip().removesuffix(",") + "}")
    monkeypatch.syspath_prepend(site)
    rows = {
        name: target.replace("tts_core.engines.hum.engine", "aloud_hum")
        for name, target in rows.items()
    }
    assert Registry({**ENGINES, **rows}).info("hum").label == "Hum"


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path of modules, for packages that are installed by hand."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def declare(folder: Path, name: str, value: str, package: str = "rival") -> None:
    about = folder / f"{package}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{ENTRY_POINTS}]\n{name} = {value}\n")


def test_a_broken_one_is_reported(add: Path) -> None:
    declare(add, "broken", "a_module_that_is_not_there:Engine")
    engines = Registry()
    assert "No module named 'a_module_that_is_not_there'" in str(engines.unavailable("broken"))
    assert set(engines.infos) == {*ENGINES, "broken"}
    assert "espeak" in engines.ready()


def test_a_name_that_is_taken_is_reported(add: Path, caplog: pytest.LogCaptureFixture) -> None:
    declare(add, "espeak", "somewhere:Else")
    with caplog.at_level(logging.WARNING):
        assert installed_engines() == dict(ENGINES)
    assert "The engine 'espeak' of the package rival is ignored" in caplog.text


def test_one_that_calls_itself_otherwise_is_not_used(add: Path) -> None:
    declare(add, "parrot2", "tests.support.parrot:ParrotEngine")
    assert "calls itself 'parrot'" in str(Registry().unavailable("parrot2"))
