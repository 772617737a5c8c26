"""Standard streams that are closed or full, arguments and settings that are no text."""

from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Start
from tests.support.recordings import encoded, spoken
from tts_core.cli.main import main
from tts_core.cli.output import open_output
from tts_core.voices.library import VoiceLibrary

PLAIN = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
"""A locale whose encoding is ASCII, and a Python that believes it."""


def shell(command: str, *arguments: str | bytes) -> tuple[int, bytes, bytes]:
    """Run `aloud ARGUMENTS` with the redirections of `command`, in which it is "$@"."""
    done = subprocess.run(
        ["/bin/sh", "-c", command, "sh", sys.executable, "-m", "tts_core", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def frames(path: Path) -> int:
    with wave.open(str(path)) as file:
        return file.getnframes()


@pytest.mark.parametrize(
    "arguments", [["speak", "Hello."], ["voices"], ["voices", "--json"], ["check"], ["download"]]
)
def test_standard_output_is_closed(arguments: list[str]) -> None:
    status, _, err = shell('exec "$@" >&-', *arguments)
    assert status == 1
    assert err.startswith(b"aloud: Standard output is closed; open it")
    assert err.count(b"\n") == 1


@pytest.mark.thorough
def test_streams_that_are_not_needed_may_be_closed(tmp_path: Path) -> None:
    assert shell('exec "$@" <&- >&-', "speak", "Hello.", "-o", "a.wav") == (0, b"", b"")
    assert shell('exec "$@" <&- >&- 2>&-', "speak", "Hello.", "-o", "b.wav") == (0, b"", b"")
    assert frames(tmp_path / "a.wav") == frames(tmp_path / "b.wav") > 4_000


@pytest.mark.thorough
def test_standard_error_is_closed() -> None:
    arguments = ["speak", "Hello.", "--voice", "Nobody"]
    assert shell('exec "$@" 2>&-', *arguments) == (1, b"", b"")
    status, out, _ = shell('exec "$@" 2>&-', "speak", "Hello.")
    assert (status, out[:4]) == (0, b"RIFF")


@pytest.mark.thorough
def test_standard_error_is_full() -> None:
    arguments = ["speak", "Hello.", "--voice", "Nobody"]
    assert shell('exec "$@" 2>/dev/full', *arguments) == (1, b"", b"")


@pytest.mark.sample(1)
@pytest.mark.parametrize("arguments", [["speak", "Hello."], ["voices"], ["check", "--json"]])
def test_standard_output_is_full(arguments: list[str]) -> None:
    status, _, err = shell('exec "$@" >/dev/full', *arguments)
    assert status == 1
    assert err == b"aloud: Standard output cannot be written: No space left on device.\n"


def test_standard_input_is_no_text() -> None:
    status, out, err = shell('exec "$@" 0>/dev/null', "speak")
    assert (status, out) == (1, b"")
    assert err == b"aloud: Standard input cannot be read: Bad file descriptor.\n"
    status, _, err = shell('exec "$@" <&-', "speak", "-")
    assert status == 2
    assert err.startswith(b"aloud: There is no text: give one")


def test_the_output_says_why_it_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["speak", "Hello.", "-o", "/dev/full"]) == 1
    assert capsys.readouterr().err == (
        "aloud: /dev/full cannot be written: No space left on device.\n"
    )
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        assert main(["speak", "A whole sentence.", "-o", "a.wav"]) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert capsys.readouterr().err == "aloud: a.wav cannot be written: File too large.\n"
    assert list(tmp_path.iterdir()) == []


def test_other_errors_are_not_those_of_the_output(tmp_path: Path) -> None:
    missing = OSError(errno.ENOENT, os.strerror(errno.ENOENT), "voice.onnx")
    with pytest.raises(FileNotFoundError) as caught, open_output("a.wav"):
        raise missing
    assert caught.value is missing
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["speak", b"Gr\xfc\xdfe"], b"text"),
        (["speak", "Hello.", "--voice", b"Zo\xeb"], b"voice"),
        (["voices", "--language", b"\xff"], b"language"),
        (["download", b"\xff"], b"name"),
    ],
)
def test_arguments_that_are_no_text(arguments: list[str | bytes], name: bytes) -> None:
    status, out, err = shell('exec "$@"', *arguments)
    assert (status, out) == (2, b"")
    assert err.startswith(b"aloud: The argument '" + name + b"' is not valid text in the encoding")
    assert err.count(b"\n") == 1


@pytest.mark.thorough
def test_the_name_of_a_file_may_be_any_bytes(tmp_path: Path) -> None:
    name = b"Gr\xfc\xdfe.wav"
    assert shell('exec "$@"', "speak", "Hello.", "-o", name) == (0, b"", b"")
    assert [os.fsencode(path.name) for path in tmp_path.iterdir()] == [name]
    status, _, err = shell('exec "$@"', "speak", "Hello.", "-o", b"\xff/a.wav")
    assert status == 1
    assert err == b"aloud: \\udcff/a.wav cannot be written: No such file or directory.\n"


def test_a_locale_without_letters(
    monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path
) -> None:
    recording = tmp_path / "zoe.wav"
    recording.write_bytes(encoded(spoken(), "wav", "pcm_s16le"))
    VoiceLibrary(data / "voices").add("Zoë", [recording], consent=True)
    for name, value in PLAIN.items():
        monkeypatch.setenv(name, value)
    status, out, err = shell('exec "$@"', "voices", "--engine", "library", "--json")
    assert (status, err) == (0, b"")
    assert [voice["name"] for voice in json.loads(out)] == ["Zoë"]
    status, out, err = shell('exec "$@"', "voices", "--engine", "library")
    assert (status, err) == (0, b"")
    assert b"Zo\\xeb" in out
    status, _, err = shell('exec "$@"', "speak", "Grüße")
    assert status == 2
    assert b"(ascii); retype it, or set LC_ALL to a UTF-8 locale.\n" in err


@pytest.mark.parametrize("command", ["run", "check", "voices", "download", "speak"])
def test_an_env_file_in_another_encoding(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str], start: Start
) -> None:
    (tmp_path / ".env").write_bytes("# Schlüssel\nTTS_AUTH=ann:größer\n".encode("latin-1"))
    said = ".env is not UTF-8 text: line 1 has the byte 0xfc. Save it as UTF-8.\n"
    if command == "run":  # changes its whole process
        process = start("run")
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err.decode()) == (2, f"aloud: {said}")
    else:
        assert main([command]) == 2
        assert capsys.readouterr() == ("", f"aloud: {said}")
    assert [path.name for path in tmp_path.iterdir()] == [".env"]
