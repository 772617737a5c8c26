"""Commands where no server is running: they speak by themselves and leave the data folder alone."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import stat
import subprocess
import sys
import wave
from base64 import b64decode
from pathlib import Path

import av
import psutil
import pytest

from tests.cli.conftest import Start
from tests.support.recordings import encoded, spoken
from tts_core.cli import standalone
from tts_core.cli.main import main
from tts_core.engines.xtts.weights import XTTS
from tts_core.marks.certificate import load_certificate
from tts_core.settings import Settings
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.withdrawals import FOLDER


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of everything in a folder."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
    }


def wav_seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        # The size in the header is that of the file, which ends with the signed metadata.
        assert int.from_bytes(path.read_bytes()[4:8], "little") == path.stat().st_size - 8
        return file.getnframes() / file.getframerate()


def test_speaks_into_a_file(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    umask = os.umask(0o027)
    try:
        assert main(["speak", "Hello there.", "-o", "hello.wav", "--voice", "de"]) == 0
    finally:
        os.umask(umask)
    assert capsys.readouterr() == ("", "")
    assert 0.4 < wav_seconds(tmp_path / "hello.wav") < 3
    assert stat.S_IMODE((tmp_path / "hello.wav").stat().st_mode) == 0o640
    assert not data.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["hello.wav"]


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.flac"])
def test_a_file_is_marked_as_generated(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (data / "voices").mkdir(parents=True)
    own = load_certificate(Settings())  # the server has signed already
    before = contents(data)
    for _ in range(2):
        assert main(["speak", "Hello there.", "--voice", "de", "-o", name]) == 0
    assert contents(data) == before
    assert capsys.readouterr() == ("", "")
    assert main(["verify", name, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["marked"], found["c2pa"]["valid"]) == (True, True)
    speech = found["c2pa"]["assertions"]["aloud.speech"]
    assert (speech["engine"], speech["voice"]) == ("espeak", "de")
    [signer] = own.chain.split(b"-----BEGIN")[1:2]
    signature = b64decode(b"".join(signer.splitlines()[1:-1]))
    assert signature in Path(name).read_bytes()  # the server's own certificate


def test_a_consent_is_withdrawn(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = tmp_path / "anna.wav"
    recording.write_bytes(encoded(spoken(), "wav", "pcm_s16le"))
    voice = VoiceLibrary(data / "voices").add("Anna", [recording], consent=True, language="en")
    again = VoiceLibrary(data / "voices").add("Reader", [recording], consent=True)
    withdraw = ["voices", "withdraw", "Anna"]
    assert main(withdraw) == 2  # nobody is there to be asked
    assert "confirm it with --yes" in capsys.readouterr().err
    assert VoiceLibrary(data / "voices").find("Anna") == voice
    assert main([*withdraw, "--yes"]) == 0
    told = capsys.readouterr().out
    assert "The consent for Anna was withdrawn" in told
    assert f"So were other voices made from the same recording: {again.id}." in told
    assert main([*withdraw, "--yes"]) == 1
    assert "was withdrawn on" in capsys.readouterr().err
    library = VoiceLibrary(data / "voices")
    assert library.all() == []
    ended = {(w.voice, w.door) for w in library.withdrawals()}
    assert ended == {(voice.id, "command line"), (again.id, "command line")}
    assert main(["voices", "--engine", "library", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_what_a_killed_withdrawal_left_does_not_speak(data: Path, tmp_path: Path) -> None:
    recording = tmp_path / "anna.wav"
    recording.write_bytes(encoded(spoken(), "wav", "pcm_s16le"))
    voice = VoiceLibrary(data / "voices").add("Anna", [recording], consent=True, language="en")
    (data / "voices" / FOLDER).mkdir()
    (data / "voices" / FOLDER / f"{voice.id}.json").write_text("{}")
    assert main(["speak", "Hello there.", "--voice", "Anna", "-o", "a.wav"]) == 1


def test_a_cloned_voice_leaves_the_data_folder_alone(tmp_path: Path, data: Path) -> None:
    recording = tmp_path / "anna.wav"
    recording.write_bytes(encoded(spoken(), "wav", "pcm_s16le"))
    voice = VoiceLibrary(data / "voices").add("Anna", [recording], consent=True, language="en")
    # Of a server that is adding a voice just now, and of its history.
    (data / "voices" / ".new-0123456789abcdef").mkdir()
    (data / "voices" / voice.id / ".voice.json.part").write_text("{")
    (data / "history.sqlite3").write_bytes(b"in use")
    before = contents(data)
    assert main(["speak", "Hello there.", "--voice", " ANNA ", "-o", "anna-says.wav"]) == 0
    assert main(["voices", "--json"]) == 0
    assert contents(data) == before
    assert wav_seconds(tmp_path / "anna-says.wav") > 0.4


def test_weights_and_licenses_are_those_of_the_data_folder(data: Path) -> None:
    xtts = XTTS
    for file in xtts.files[:3]:
        folder = data / "models" / "models--coqui--XTTS-v2" / "snapshots" / file.revision
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(b"")
    (folder / "speakers_xtts.pth").write_bytes(b"")
    with standalone.standalone(Settings()) as service:
        assert "has to be accepted" in (service.registry.unavailable("xtts") or "")
    (data / "agreements.json").write_text(json.dumps({"xtts": {"licence": xtts.license}}))
    with standalone.standalone(Settings()) as service:
        assert "names no speakers" in (service.registry.unavailable("xtts") or "")
        assert service.settings.models_path == data / "models"
        folder = service.settings.data_path
        assert folder.is_dir()
    assert not folder.exists()


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("arguments", "codec", "rate"),
    [
        (["-o", "a.mp3"], "mp3float", 48_000),
        (["-o", "a.OGG"], "opus", 48_000),
        (["-o", "a.mp3", "--format", "flac"], "flac", 22_050),
        (["-o", "nameless"], "pcm_s16le", 22_050),
    ],
)
def test_the_format(tmp_path: Path, arguments: list[str], codec: str, rate: int) -> None:
    assert main(["speak", "Yes.", *arguments]) == 0
    with av.open(str(tmp_path / arguments[1])) as file:
        assert (file.streams.audio[0].codec.name, file.streams.audio[0].rate) == (codec, rate)


def test_raw_samples_have_the_rate_that_a_server_has(tmp_path: Path) -> None:
    assert main(["speak", "One two three.", "-o", "a.wav"]) == 0
    assert main(["speak", "One two three.", "-o", "a.pcm"]) == 0
    seconds = wav_seconds(tmp_path / "a.wav")
    assert (tmp_path / "a.pcm").stat().st_size == pytest.approx(48_000 * seconds, abs=20)


def test_through_pipes(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for arguments in (["speak"], ["speak", "-", "-o", "-"]):
        stdin = io.TextIOWrapper(io.BytesIO("Grüße, мир.".encode()), encoding="ascii")
        monkeypatch.setattr(sys, "stdin", stdin)
        assert main(arguments) == 0
        out, err = capsysbinary.readouterr()
        assert err == b""
        assert out[:4] == b"RIFF"
        assert len(out) > 20_000
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    assert main(["speak", "-o", "x.wav"]) == 1
    assert b"not UTF-8" in capsysbinary.readouterr().err


def test_to_a_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE) as cat:
        assert main(["speak", "Yes.", "-o", "pipe"]) == 0
        out, _ = cat.communicate(timeout=60)
    assert out[:4] == b"RIFF"
    assert (tmp_path / "pipe").is_fifo()


def test_a_terminal_gets_no_audio_and_gives_no_text(start: Start) -> None:
    ours, terminal = pty.openpty()
    processes = [
        (start("speak", "Hello.", stdout=terminal), b"`-o speech.wav`"),
        (start("speak", "-o", "a.wav", stdin=terminal), b'`aloud speak "Hello."`'),
    ]
    os.close(terminal)
    for process, said in processes:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 2
        assert said in err
        assert err.count(b"\n") == 1
    os.close(ours)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["-o", "a.doc"], 2, "'a.doc' ends in no format that Aloud writes; name one with --format"),
        (["-o", "a.wav", "--format", "mp4"], 1, "no audio format 'mp4'. Did you mean mp3?"),
        (["-o", "none/a.wav"], 1, "none/a.wav cannot be written: No such file or directory."),
        (["-o", "."], 1, ". is a folder"),
        (["-o", "a.wav", "--voice", "Nobody"], 1, "There is no voice 'Nobody'."),
        (["-o", "a.wav", "--engine", "esspeak"], 1, "There is no engine 'esspeak'"),
        (["-o", "a.wav", "--speed", "9"], 1, "speed must be between 0.25 and 4"),
        (["-o", "a.wav", "--url", "http://127.0.0.1:9"], 1, "No server answers at http://127.0.0"),
        (
            ["-o", "a.wav", "--url", "http://127.0.0.1:9", "--key", "ключ"],
            1,
            "not printable ASCII; see --key",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    tmp_path: Path,
    arguments: list[str],
    status: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.wav").write_bytes(b"before")
    assert main(["speak", "Hello.", *arguments]) == status
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("aloud: ")
    assert said in err
    assert {path.name for path in tmp_path.iterdir()} == {"a.wav"}
    assert (tmp_path / "a.wav").read_bytes() == b"before"


def test_wrong_settings_are_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTS_AUTH", "hunter2")
    assert main(["check"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("aloud: TTS_AUTH: must be user:password")
    assert "hunter2" not in err


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["sing"], ["speak", "--speed", "fast"], ["voices", "--url", "here:80"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
        assert "usage: aloud" in capsys.readouterr().err


def test_interrupted_in_the_middle(start: Start, tmp_path: Path) -> None:
    text = "A sentence that is long enough to be spoken for some seconds. " * 100
    process = start("speak", text)
    assert process.stdout is not None
    assert process.stdout.read(4) == b"RIFF"  # the rest fills the pipe: it is waiting now
    workers = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert not psutil.wait_procs(workers, timeout=10)[1]


def test_a_reader_that_leaves(start: Start) -> None:
    process = start("speak", "A sentence that is long enough to fill a pipe. " * 100)
    assert process.stdout is not None
    process.stdout.read(4)
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 1


def test_voices(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voices", "--language", "German", "--engine", "espeak", "--json"]) == 0
    (german,) = json.loads(capsys.readouterr().out)
    assert german == {
        "id": "de",
        "name": "German",
        "engine": "espeak",
        "language": "de",
        "gender": "male",
    }
    assert main(["voices", "--language", "en", "--engine", "espeak"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["id", "name", "engine", "language", "gender"]
    assert {"en-gb", "en-us"} <= {line.split()[0] for line in lines}
    assert main(["voices", "--engine", "esspeak"]) == 1
    assert "Did you mean espeak?" in capsys.readouterr().err
    assert main(["voices", "--language", "xx"]) == 1
    assert "speaks the language 'xx'" in capsys.readouterr().err
