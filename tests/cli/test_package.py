"""What the package shows those who import it, and how it is when it is installed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tts_core
from tts_core import SpeechRequest, SpeechService, errors

PACKAGE = Path(tts_core.__file__).parent


def run(script: str, folder: Path, **variables: str) -> str:
    """What a script prints, run elsewhere with `folder` on its path."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)} | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_names_are_there() -> None:
    assert all(getattr(tts_core, name) is not None for name in tts_core.__all__)
    ours = {n for n, e in vars(errors).items() if isinstance(e, type) and n[0].isupper()}
    assert ours == set(tts_core.__all__) - {
        "Settings",
        "SpeechRequest",
        "SpeechService",
        "__version__",
    }
    assert set(tts_core.__all__) <= set(dir(tts_core))
    assert SpeechService.stream.__annotations__["request"] == SpeechRequest.__name__
    with pytest.raises(AttributeError, match="'Speach'"):
        tts_core.Speach  # noqa: B018 - it raises


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    seen = {a.name: n.module for n in imports for a in n.names if n.module[:8] == "tts_core"}
    assert seen.keys() | {"__version__"} == set(tts_core.__all__)
    for name, module in seen.items():
        assert getattr(tts_core, name).__module__ == module
    assert (PACKAGE / "py.typed").is_file()


def test_importing_it_is_light() -> None:
    script = """
import sys
import tts_core, tts_core.cli.main
print({"pydantic", "numpy", "httpx2"} & set(sys.modules))
import tts_core.engines.worker
print({"tts_core.service", "pydantic_settings"} & set(sys.modules))
"""
    assert run(script, PACKAGE.parent).splitlines() == ["set()", "set()"]


def test_in_an_installed_package(tmp_path: Path) -> None:
    """Without an app.py beside it: another data folder, and pip instead of make."""
    (tmp_path / "tts_core").symlink_to(PACKAGE)
    script = """
import importlib.util, json
importlib.util.find_spec = lambda name: None
from tts_core.engines.registry import ENGINES, Registry
from tts_core.system.packages import POSTGRES, aloud_command
from tts_core.system.packages import install_engines_command, missing_packages
from tts_core.settings import Settings
print(json.dumps({
    "data": str(Settings().data_path),
    "missing": {e.name: missing_packages(e) for e in (*Registry(ENGINES).extras, POSTGRES)},
    "engines": install_engines_command(),
    "aloud": aloud_command("download xtts"),
}))
"""
    found = json.loads(run(script, tmp_path, HOME="/home/anna", XDG_DATA_HOME=""))
    assert Path("/home/anna") in Path(found["data"]).parents
    assert Path(found["data"]).name == "aloud"
    assert found["missing"] == {
        "xtts": "Not installed: coqui-tts, torch, torchaudio, torchcodec, transformers; run "
        "`pip install 'aloud[xtts]' -c requirements.txt`.",
        "pocket": "Not installed: pocket-tts, torch; run `pip install 'aloud[pocket]' -c "
        "requirements.txt`.",
        "groq": "Not installed: groq; run `pip install 'aloud[groq]' -c requirements.txt`.",
        "chatterbox": "Not installed: chatterbox-tts, torch, torchaudio, transformers, librosa; "
        "run `pip install 'aloud[xtts]' -c requirements.txt && pip install --no-deps -r "
        "requirements/chatterbox.txt`.",
        "postgres": "Not installed: psycopg; run `pip install 'aloud[postgres]' -c "
        "requirements.txt`.",
    }
    assert found["engines"] == "pip install 'aloud[engines]' -c requirements.txt"
    assert found["aloud"] == "aloud download xtts"
