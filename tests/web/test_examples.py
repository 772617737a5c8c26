"""The scripts under examples/, run as a user would run them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from tests.support.node import run_node
from tests.support.recordings import spoken
from tests.support.socket_client import address
from tts_core.web.app import App

pytestmark = pytest.mark.live

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def url(app: App) -> str:
    return app.url


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_every_example_is_tested() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    for script in EXAMPLES.iterdir():
        assert f'"{script.name}"' in source, script.name


def test_speak_to_file(url: str, tmp_path: Path) -> None:
    output = tmp_path / "hello.flac"
    done = run("speak_to_file.py", "Hello from Aloud.", output, "--url", url, "--voice", "en-gb")
    assert done.returncode == 0, done.stderr
    assert "spoken by en-gb" in done.stdout
    assert soundfile.info(output).duration > 0.5


def test_stream_sentences(url: str, tmp_path: Path) -> None:
    done = run("stream_sentences.py", "First this. Then that. Done.", tmp_path, "--url", url)
    assert done.returncode == 0, done.stderr
    files = sorted(tmp_path.glob("*.wav"))
    assert [f.name for f in files] == ["0001.wav", "0002.wav", "0003.wav"]
    assert all(soundfile.info(f).duration > 0.3 for f in files)
    assert "3 sentences" in done.stdout
    arguments = ("Hello.", tmp_path / "none", "--voice", "bob")
    failed = run("stream_sentences.py", *arguments, "--url", url)
    assert (failed.returncode, "no voice 'bob'" in failed.stderr) == (1, True)


def test_speak_folder(url: str, tmp_path: Path) -> None:
    texts, audio = tmp_path / "texts", tmp_path / "audio"
    texts.mkdir()
    for name, text in {"a": "Alpha speaks.", "b": "Bravo speaks too.", "empty": ""}.items():
        (texts / f"{name}.txt").write_text(text, encoding="utf-8")
    done = run("speak_folder.py", texts, audio, "--url", url, "--format", "mp3")
    assert done.returncode == 1
    assert "2 of 3 spoken" in done.stdout
    assert "text is empty" in done.stdout
    assert sorted(f.name for f in audio.iterdir()) == ["a.mp3", "b.mp3"]
    again = run("speak_folder.py", texts, audio, "--url", url, "--format", "mp3")
    assert "there already" in again.stdout


def test_clone_voice(url: str, tmp_path: Path) -> None:
    clip = spoken("f2")
    recording, output = tmp_path / "anna.wav", tmp_path / "hello.mp3"
    soundfile.write(recording, clip.samples, clip.sample_rate)
    arguments = (recording, "Anna", "Read this.", output, "--url", url)
    refused = run("clone_voice.py", *arguments)
    assert refused.returncode == 1
    assert "only with consent" in refused.stderr
    done = run("clone_voice.py", *arguments, "--i-have-consent")
    assert done.returncode == 0, done.stderr
    assert "good  Speech: " in done.stdout
    assert "by espeak as Anna" in done.stdout
    assert output.stat().st_size > 1000


def test_voiceforge_client(url: str, tmp_path: Path) -> None:
    clip = spoken("f3")
    recording, output = tmp_path / "vera.wav", tmp_path / "hello.wav"
    soundfile.write(recording, clip.samples, clip.sample_rate)
    done = run("voiceforge_client.py", recording, "Vera", "Read this.", output, "--url", url)
    assert done.returncode == 0, done.stderr
    assert "trained vera-" in done.stdout
    assert soundfile.info(output).duration > 0.3
    there = run("voiceforge_client.py", "-", "default-male", "Hello.", output, "--url", url)
    assert there.returncode == 0, there.stderr
    refused = run("voiceforge_client.py", "-", "nobody", "Hello.", output, "--url", url)
    assert refused.stderr.startswith("404: There is no voice 'nobody'")


def test_openai_client(url: str, tmp_path: Path) -> None:
    output = tmp_path / "hello.mp3"
    done = run("openai_client.py", "Hello from Aloud.", output, "--url", f"{url}v1")
    assert done.returncode == 0, done.stderr
    assert "first sound after" in done.stdout
    assert soundfile.info(output).duration > 0.5


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_lines(url: str, tmp_path: Path) -> None:
    command = ["sh", str(EXAMPLES / "curl.sh"), url.rstrip("/")]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ('"status":"healthy"', "cleanup_scheduled", "data:audio/wav", "request_history"):
        assert words in done.stdout
    assert soundfile.info(tmp_path / "hello.wav").duration > 0.5
    assert soundfile.info(tmp_path / "speech.mp3").duration > 0.5
    assert "speech.audio.done" in (tmp_path / "events.txt").read_text()


def test_websocket_client(url: str, tmp_path: Path) -> None:
    arguments = (tmp_path, "--url", address(url), "--voice", "en-gb")
    done = run("websocket_client.py", "First this. Then that.", *arguments)
    assert done.returncode == 0, done.stderr
    assert "2 chunks, voice en-gb" in done.stdout
    assert all(soundfile.info(tmp_path / f"000{i}.wav").duration > 0.3 for i in (1, 2))
    refused = run("websocket_client.py", "...", *arguments)
    assert (refused.returncode, "nothing to speak" in refused.stderr) == (1, True)


def test_websocket_client_in_javascript(url: str, tmp_path: Path) -> None:
    program = EXAMPLES / "websocket_client.js"
    text = "First this. Then that."
    done = run_node(program, text, tmp_path / "out", address(url), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 chunks, voice " in done.stdout
    assert all(soundfile.info(tmp_path / f"out/000{i}.wav").duration > 0.3 for i in (1, 2))


def test_token_stream(url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-u", str(EXAMPLES / "token_stream.py"), str(tmp_path)]
    with subprocess.Popen(
        [*command, "--url", address(url), "--voice", "en-gb"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for token in ("Une ", "phras", "e \u00e9crite. ", "And "):
            for byte in token.encode():  # even characters come in pieces
                process.stdin.write(bytes([byte]))
                process.stdin.flush()
        first = process.stdout.readline().decode()
        assert first.endswith("0001.wav  Une phrase \u00e9crite.\n")  # while the model still writes
        process.stdin.write(b"then that.")
        process.stdin.close()
        rest = process.stdout.read().decode()
    assert process.returncode == 0
    assert "2 chunks, voice en-gb" in rest
    assert all(soundfile.info(tmp_path / f"000{i}.wav").duration > 0.3 for i in (1, 2))
