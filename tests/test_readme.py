"""Every command and snippet in the README and in the documents of `DOCUMENTS` works."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from tests.support.books import epub, page
from tests.support.hub_server import hub_server
from tests.support.live import running_app
from tests.support.piper_hub import serve_joe
from tests.support.recordings import spoken
from tests.support.socket_client import address
from tts_core import __version__
from tts_core.engines.xtts.weights import REVISION

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README", "docs/api", "docs/engines", "docs/voices", "docs/measurements")
TEXT = "\n".join((ROOT / f"{name}.md").read_text(encoding="utf-8") for name in DOCUMENTS)
ADDRESS = "http://127.0.0.1:7860"


def blocks(language: str) -> list[str]:
    """Return the code blocks of a language, in the order of the documents."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Return the shell commands without their comments."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    found = [re.sub(r"\s+#.*", "", line).strip() for line in lines]
    found += re.findall(r"`((?:make|pip install|\.venv/bin/python) [^`]*)`", TEXT)
    return sorted({command for command in found if command})


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("data")) as app:
        yield app.url


def run(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run in a shell in `folder`, where `aloud` and `python` are those of this environment."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    calls = {
        "aloud": "-m tts_core",
        "python": "",
        "your-language-model": "-c 'print(\"First this. Then that.\")'",
    }
    for name, call in calls.items():
        script = programs / name
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {call} "$@"\n')
        script.chmod(0o755)
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TTS_DATA_DIR": str(folder / "data"),
    }
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=os.environ | environment | variables,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("make ")])
def test_make(command: str, tmp_path: Path) -> None:
    """The target exists, and make can expand each of its commands."""
    done = subprocess.run(
        [*shlex.split(command), "--dry-run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert ("--thorough" in done.stdout) == command.startswith("make test-all")


def test_extras_exist() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    named = re.findall(r"^pip .*\[(\w+)\]", "\n".join(commands()), re.MULTILINE)
    assert named
    assert set(named) <= extras.keys()


def test_pip_install(tmp_path: Path) -> None:
    """The wheel has the command and every file of the package."""
    assert "pip install ." in commands()
    site = tmp_path / "site"
    options = "--no-deps --no-build-isolation --no-index --quiet"
    done = run(f"python -m pip install {options} --target {site} {ROOT}", tmp_path)
    assert done.returncode == 0, done.stderr
    source = ROOT / "tts_core"
    files = {p.relative_to(source) for p in source.rglob("*") if p.is_file()}
    wanted = {f for f in files if "__pycache__" not in f.parts}
    assert len(wanted) > 150
    assert wanted <= {p.relative_to(site / "tts_core") for p in (site / "tts_core").rglob("*")}
    installed = {
        "PYTHONPATH": str(site),
        "TTS_DATA_DIR": "",
        "XDG_DATA_HOME": "",
        "HOME": str(tmp_path),
    }
    answer = run(f"{site}/bin/aloud --version", tmp_path, **installed)
    assert answer.stdout.strip().endswith(__version__), answer.stderr
    show = "from tts_core import Settings; print(Settings().data_path)"
    answer = run(f"python -c '{show}'", tmp_path, **installed)
    assert Path(answer.stdout.strip()).is_relative_to(tmp_path), answer.stderr


def shell_commands() -> list[str]:
    others = ("make ", "pip ", ".venv/bin/python -m tests.benchmarks")
    return [c for c in commands() if not c.startswith(others) and c != "aloud"]


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    """Yield the address of a local Hub that has files with XTTS-v2's names, and a Piper voice."""
    with hub_server() as server:
        server.revision = REVISION
        names = ("model.pth", "config.json", "vocab.json", "speakers_xtts.pth")
        server.files["coqui/XTTS-v2"] = dict.fromkeys(names, b"{}")
        serve_joe(server, real=False)
        yield server.url


@pytest.mark.sample(5)
@pytest.mark.parametrize("command", shell_commands())
def test_shell(command: str, url: str, hub: str, tmp_path: Path) -> None:
    with_address = command.replace("examples/", f"{ROOT}/examples/")
    if "anna.wav" in command:
        recording = spoken()
        soundfile.write(tmp_path / "anna.wav", recording.samples, recording.sample_rate)
        with_address += f" --url {url}"
    elif "narrate" in command:
        (tmp_path / "texts").mkdir()
        for name in ("book.txt", "texts/one.txt"):
            (tmp_path / name).write_text("A short book.")
    elif "websocket_client" in command or "token_stream" in command:
        with_address += f" --url {address(url)}"
    hub_variables = {"HF_ENDPOINT": hub, "HF_HUB_CACHE": "", "HF_TOKEN": ""}
    if "piper-en" in command:
        run("aloud download piper-list", tmp_path, **hub_variables)
    done = run(f"{with_address} > printed", tmp_path, **hub_variables)
    assert done.returncode == 0, done.stderr
    if name := re.search(r"(\w+\.(?:mp3|wav))(?: --\S+)?$", command):
        assert soundfile.info(tmp_path / name[1]).duration > 0.3
    elif command.endswith("book.m4b"):
        assert (tmp_path / "book.m4b").stat().st_size > 5_000
    else:
        assert (tmp_path / "printed").stat().st_size > 20


@pytest.mark.parametrize("command", blocks("bash"))
def test_curl(command: str, url: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    epub(tmp_path / "book.epub", {"one.xhtml": page("<p>A short book.</p>")})
    assert command.startswith("curl localhost:7860/")
    with_address = command.replace("curl localhost:7860/", f"curl --fail-with-body -s {url}")
    done = run(with_address, tmp_path)
    assert done.returncode == 0, done.stdout
    assert {"written", "project_id"} & json.loads(done.stdout).keys()


def test_aloud_alone_is_the_studio(tmp_path: Path) -> None:
    """`aloud` runs what `python app.py` does, which tests/web/test_app.py starts."""
    done = run("aloud", tmp_path, TTS_PORT="70000")
    assert done.returncode == 2
    assert "TTS_PORT" in done.stderr


def test_python(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TTS_DATA_DIR", str(tmp_path / "data"))
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in blocks("python"):
            exec(block.replace(ADDRESS, url.rstrip("/")), names)
    assert printed.getvalue().split()[-1] == "generation_complete"
    assert soundfile.info("hello.mp3").duration > 0.3
