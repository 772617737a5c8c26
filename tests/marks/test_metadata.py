"""Signed metadata of finished files, written and read back."""

from __future__ import annotations

import json
import os
import platform
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import numpy as np
import pytest

from tests.conftest import MakeService
from tests.support.node import JAVASCRIPT, run_node
from tts_core.audio.encode import FORMATS, open_encoder
from tts_core.errors import MarkingError, NotAudioError
from tts_core.marks import metadata
from tts_core.marks.certificate import CHAIN, KEY, OWNER, load_certificate, make_certificate
from tts_core.marks.metadata import CARRIERS, COMPUTED, Marker, Origin
from tts_core.marks.verify import (
    CHANGED,
    ELSEWHERE,
    NOTHING,
    UNKNOWN_SIGNER,
    Verification,
    verify,
)
from tts_core.services.marks import MarkService
from tts_core.settings import Settings
from tts_core.stats.recordings import Recordings
from tts_core.types import SpeechRequest
from tts_core.voices.record import VoiceRecord

RATE = 24_000
ORIGIN = Origin("r" * 32, "espeak", "en", trained=False)


def settings(folder: Path, **fields: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **fields)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def own_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one each time, as it is outside of tests."""
    monkeypatch.setattr("tts_core.marks.certificate.make_certificate", make_certificate)


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Marker:
    return Marker(settings(tmp_path_factory.mktemp("data")))


def sound(path: Path, seconds: float = 1.0) -> Path:
    """Write a tone in the format that the name of the file says."""
    samples = 0.1 * np.sin(2 * np.pi * 440 / RATE * np.arange(round(seconds * RATE)))
    if path.suffix in {".m4a", ".m4b"}:
        with av.open(str(path), "w", format="mp4") as container:
            stream = container.add_stream("aac", rate=RATE, layout="mono", format="fltp")
            block = samples.astype(np.float32)[np.newaxis]
            frame = av.AudioFrame.from_ndarray(block, "fltp", "mono")
            frame.sample_rate = RATE
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path
    with path.open("wb") as file, open_encoder(path.suffix[1:], RATE, file) as encoder:
        encoder.write(samples.astype(np.float32))
    return path


def verified(path: Path) -> Verification:
    with path.open("rb") as file:
        return verify(file)


@pytest.mark.parametrize("format", CARRIERS)
def test_a_file_says_what_made_it(marker: Marker, tmp_path: Path, format: str) -> None:
    path = sound(tmp_path / f"a.{format}")
    plain = path.read_bytes()
    marks = marker.mark(path, format, ORIGIN)
    assert (marks.c2pa, marks.watermark, marks.why_not) == (True, True, None)
    found = verified(path)
    assert (found.marked, found.confidence) == (True, 1.0)
    assert found.manifest is not None
    assert found.manifest.valid
    assert found.manifest.signer == OWNER
    assert found.manifest.generator.startswith("Aloud 0")
    assert found.manifest.request_id == ORIGIN.request_id
    assert found.manifest.created == ORIGIN.created.isoformat(timespec="seconds")
    assert COMPUTED in json.dumps(dict(found.manifest.assertions))
    assert UNKNOWN_SIGNER in found.notes
    assert len(path.read_bytes()) - len(plain) < 6_000
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("format", CARRIERS)
def test_a_changed_byte_is_found(marker: Marker, tmp_path: Path, format: str) -> None:
    path = sound(tmp_path / f"a.{format}")
    marker.mark(path, format, ORIGIN)
    content = bytearray(path.read_bytes())
    # In the middle of the sound: WAV has the manifest last, the others first.
    content[len(content) * (1 if format == "wav" else 3) // 4] ^= 1
    path.write_bytes(content)
    found = verified(path)
    assert (found.marked, found.confidence) == (True, 0.5)
    assert found.notes[0] == CHANGED


def test_a_fresh_process_reads_it_with_the_library_alone(marker: Marker, tmp_path: Path) -> None:
    path = sound(tmp_path / "a.flac")
    marker.mark(path, "flac", ORIGIN)
    script = "import c2pa, sys; print(c2pa.Reader(sys.argv[1]).json())"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    store = json.loads(done.stdout)
    manifest = store["manifests"][store["active_manifest"]]
    assert manifest["claim_generator_info"][0]["name"] == "Aloud"
    assert [problem["code"] for problem in store["validation_status"]] == [
        "signingCredential.untrusted"
    ]


@pytest.mark.live  # the package is installed with those of the other tests in Node.js
@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="@contentauth/c2pa-node 0.5.5 has its library for Linux on x86-64 only.",
)
def test_a_package_of_others_reads_it(marker: Marker, tmp_path: Path) -> None:
    intact, changed = [], []
    for format in CARRIERS:
        path = sound(tmp_path / f"a.{format}")
        marker.mark(path, format, ORIGIN)
        intact.append(path)
        content = bytearray(path.read_bytes())
        content[len(content) * (1 if format == "wav" else 3) // 4] ^= 1
        changed.append(tmp_path / f"changed.{format}")
        changed[-1].write_bytes(content)
    done = run_node(JAVASCRIPT / "c2pa_node.mjs", *intact, *changed, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["state"] for one in found] == ["Valid"] * len(intact) + ["Invalid"] * len(changed)
    for one in found[: len(intact)]:
        assert one["claim_generator_info"][0]["name"] == "Aloud"
        assert one["codes"] == ["signingCredential.untrusted"]
        (speech,) = [a["data"] for a in one["assertions"] if a["label"] == "aloud.speech"]
        assert speech["request_id"] == ORIGIN.request_id


def test_what_cannot_carry_it_says_so(marker: Marker, tmp_path: Path) -> None:
    for format in set(FORMATS) - set(CARRIERS):
        path = sound(tmp_path / f"a{FORMATS[format].extension}") if format == "opus" else None
        before = path.read_bytes() if path else b""
        marks = marker.mark(path or tmp_path / "none", format, ORIGIN)
        assert not marks.c2pa
        assert "use wav, mp3, flac" in str(marks.why_not)
        if path:
            assert path.read_bytes() == before
            assert verified(path).notes[0] == NOTHING


def test_without_a_mark(tmp_path: Path) -> None:
    found = verified(sound(tmp_path / "a.wav"))
    assert (found.marked, found.confidence, found.manifest) == (False, 0.0, None)
    assert found.notes[0] == NOTHING


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"RIFF\0\0\0\0AVI LIST", b"\x89PNG\r\n\x1a\n", bytes(100)]
)
def test_what_is_no_audio(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(NotAudioError, match="no audio file of a known format"):
        verified(path)


def test_an_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("01.mp3", b"sound")
    with pytest.raises(NotAudioError, match="this is an archive"):
        verified(path)


@pytest.mark.sample(2)
@pytest.mark.parametrize("format", CARRIERS)
def test_damaged_files_are_answered(marker: Marker, tmp_path: Path, format: str) -> None:
    path = sound(tmp_path / f"a.{format}", 0.2)
    marker.mark(path, format, ORIGIN)
    content = path.read_bytes()
    for length in range(16, len(content), len(content) // 40):
        path.write_bytes(content[:length])
        assert verified(path).confidence in (0.0, 0.5)
        path.write_bytes(content[:length] + os.urandom(50) + content[length + 50 :])
        assert verified(path).confidence in (0.0, 0.5, 1.0)


def test_the_own_certificate_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    made = load_certificate(settings(tmp_path))
    assert load_certificate(settings(tmp_path)) == made
    folder = settings(tmp_path).certificate_path
    assert {path.name for path in folder.iterdir()} == {CHAIN, KEY}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / KEY).stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".certificate-*"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / KEY).unlink(),
        lambda folder: (folder / CHAIN).write_bytes(b""),
        lambda folder: (folder / KEY).write_bytes(make_certificate().key),
    ],
    ids=["missing", "empty", "another key"],
)
def test_a_broken_own_certificate_is_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], object]
) -> None:
    own = settings(tmp_path)
    first = load_certificate(own)
    damage(own.certificate_path)
    kept = {path.name: path.read_bytes() for path in own.certificate_path.iterdir()}
    again = load_certificate(own)
    assert again.chain != first.chain
    assert load_certificate(own) == again
    assert "a new one signs from now on" in caplog.text
    [aside] = tmp_path.glob("certificate.broken-*")
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == kept
    assert Marker(own).mark(sound(tmp_path / "a.wav"), "wav", ORIGIN).c2pa


def test_the_certificate_of_the_operator(tmp_path: Path) -> None:
    own = make_certificate()
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(own.chain)
    key.write_bytes(own.key)
    given = settings(tmp_path / "data", c2pa_certificate=chain, c2pa_key=key)
    assert load_certificate(given) == own
    assert Marker(given).mark(sound(tmp_path / "a.wav"), "wav", ORIGIN).c2pa
    assert not given.certificate_path.exists()
    key.write_bytes(make_certificate().key)
    told = Marker(given).mark(sound(tmp_path / "b.wav"), "wav", ORIGIN).why_not
    assert "TTS_C2PA_KEY is not the key of TTS_C2PA_CERTIFICATE" in str(told)
    with pytest.raises(MarkingError, match="Set both"):
        load_certificate(settings(tmp_path, c2pa_key=key))


@pytest.mark.parametrize("content", [b"", b"no PEM", b"-----BEGIN PRIVATE KEY-----\n\n"])
def test_a_key_that_is_none_does_not_stop_speech(tmp_path: Path, content: bytes) -> None:
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(make_certificate().chain)
    key.write_bytes(content)
    given = settings(tmp_path / "data", c2pa_certificate=chain, c2pa_key=key)
    path = sound(tmp_path / "a.wav")
    before = path.read_bytes()
    marks = Marker(given).mark(path, "wav", ORIGIN)
    assert not marks.c2pa
    assert "TTS_C2PA_KEY" in str(marks.why_not)
    assert path.read_bytes() == before


def test_files_of_requests_are_marked_and_streams_say_why_not(make_service: MakeService) -> None:
    service = make_service(history_audio_mb=10)
    request = SpeechRequest(text="One.", engine="espeak", voice="en")
    path, info = service.synthesize(request, "mp3")
    assert info.as_dict()["marks"]["c2pa"] is True
    with path.open("rb") as file:
        found = service.marks.verify(file, None)
    assert found["marked"]
    assert found["request"]["request_id"] == info.request_id
    with path.open("rb") as file:
        assert service.marks.verify(file, "somebody else")["request"] is None
    recordings = service.history.recordings
    recordings.close()  # the one in the background is finished then
    recording = recordings.find(info.request_id)
    assert recording is not None
    assert verified(recording).confidence == 1.0
    with service.stream(request) as stream:
        marks = stream.read_to_end().info.marks
    assert (marks.c2pa, marks.watermark) == (False, True)
    assert "stream" in str(marks.why_not)


def test_it_can_be_switched_off(make_service: MakeService) -> None:
    service = make_service(mark="off")
    path, info = service.synthesize(SpeechRequest(text="One.", engine="espeak", voice="en"))
    assert info.marks.as_dict() == {
        "c2pa": False,
        "watermark": False,
        "engine_watermark": None,
        "why_not": "TTS_MARK is off on this server.",
    }
    assert not verified(path).marked


def test_metadata_elsewhere_is_not_fetched(marker: Marker, tmp_path: Path) -> None:
    from c2pa import Builder

    asked = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = tmp_path / "elsewhere.wav"
        with sound(tmp_path / "a.wav").open("rb") as source, path.open("w+b") as target:
            builder = Builder(json.dumps(ORIGIN.manifest("audio/wav")))
            builder.set_remote_url(f"http://127.0.0.1:{server.server_port}/manifest.c2pa")
            builder.set_no_embed()
            builder.sign(marker._signer, "audio/wav", source, target)
        found = verified(path)
        server.shutdown()
    assert not asked
    assert found.manifest is None
    assert {ELSEWHERE, NOTHING} <= set(found.notes)


def test_large_files_are_not_signed(
    marker: Marker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sound(tmp_path / "a.wav")
    monkeypatch.setattr(metadata, "LARGEST", 1_000)
    assert "use mp3 or flac" in str(marker.mark(path, "wav", ORIGIN).why_not)
    assert verified(path).manifest is None


SIGNING = """
import resource, sys
from pathlib import Path
from tts_core.marks.metadata import Marker, Origin
from tts_core.settings import Settings
marker = Marker(Settings(_env_file=None, data_dir=Path(sys.argv[1])))
peaks = []
for path in sys.argv[2:]:
    assert marker.mark(Path(path), "m4b", Origin("r", "hibari", "v")).c2pa
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[1] - peaks[0])
"""


def test_a_long_audiobook_is_signed_in_little_memory(tmp_path: Path) -> None:
    """Two hours take no more than a second does, and are found to be as they were."""
    short, long = sound(tmp_path / "short.m4b"), tmp_path / "long.m4b"
    with av.open(str(short)) as one, av.open(str(long), "w", format="mp4") as container:
        stream = container.add_stream_from_template(one.streams.audio[0])
        packets = [bytes(packet) for packet in one.demux(audio=0) if packet.size]
        for number in range(100_000):
            packet = av.Packet(packets[number % len(packets)] + bytes(400))
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = 1024 * number
            container.mux(packet)
    assert long.stat().st_size > 40_000_000
    folder = tmp_path / "data"
    command = [sys.executable, "-c", SIGNING, str(folder), str(short), str(long)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 20_000  # kB
    found = verified(long)
    assert found.manifest is not None
    assert found.manifest.valid


def test_what_a_killed_process_leaves_is_deleted(tmp_path: Path) -> None:
    left: list[Path] = []

    class Killed(Marker):
        def _sign(self, path: Path, signed: Path, *_: object) -> None:
            left.append(signed)
            raise OSError("killed")

    unfinished = sound(tmp_path / "a.flac").rename(tmp_path / f".{'r' * 32}.none.part")
    Killed(settings(tmp_path)).mark(unfinished, "flac", ORIGIN)
    left[0].write_bytes(b"half a file")
    with closing(Recordings(tmp_path, 1_000_000)) as recordings:
        recordings.names()
    assert not left[0].exists()


def test_a_blend_has_no_consent(make_service: MakeService) -> None:
    service = make_service()
    blend = VoiceRecord(
        id="duo-1", name="Duo", language="en", tags=(), created=ORIGIN.created, blend="a(2)+b(1)"
    )
    marks = MarkService(service.settings, service.registry, lambda _: blend, lambda *_: None)
    _, info = service.synthesize(SpeechRequest(text="Hello.", engine="espeak"))
    for voice in ("Duo", "duo-1"):
        assert not marks.of_request(replace(info, voice=voice)).origin.consents


EXITING = """
import io, sys, threading, time
from tts_core.marks.verify import verify

inside = threading.Event()

class SlowFile(io.BytesIO):
    def readinto(self, buffer):  # only c2pa calls it
        inside.set()
        time.sleep(0.3)
        return super().readinto(buffer)

class SlowEnd:  # is deleted when threads that come back to the interpreter are ended
    def __del__(self, sleep=time.sleep):
        sleep(1)

sys.end = SlowEnd()
file = SlowFile(open(sys.argv[1], "rb").read())
threading.Thread(target=verify, args=(file,), daemon=True).start()
assert inside.wait(60)
"""


def test_an_exit_waits_for_the_library(marker: Marker, tmp_path: Path) -> None:
    """Otherwise "panic in a function that cannot unwind" aborts the process."""
    path = sound(tmp_path / "a.wav")
    assert marker.mark(path, "wav", ORIGIN).c2pa
    command = [sys.executable, "-c", EXITING, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
