"""What strangers may send for a voice: a clear message, bounded memory, nothing left behind."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.voices.conftest import Recording, full_disk
from tts_core.errors import TooLargeError, ValidationError, VoiceLoadError
from tts_core.voices.export import MAX_PACKAGE_BYTES, export_voice, import_voice
from tts_core.voices.library import VoiceLibrary

Write = Callable[[zipfile.ZipFile], object]


@pytest.fixture(scope="module")
def honest(recording: Recording, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a package of one clip."""
    folder = tmp_path_factory.mktemp("honest")
    library = VoiceLibrary(folder / "voices")
    voice = library.add("Anna", [recording(0)], consent=True)
    with zipfile.ZipFile(export_voice(library, voice.id, folder / "anna.zip")) as package:
        return {entry.filename: package.read(entry) for entry in package.infolist()}


def write(folder: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "package.zip"
    with zipfile.ZipFile(path, "w", compression) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return path


def changed(honest: dict[str, bytes], **values: Any) -> bytes:
    return json.dumps(json.loads(honest["voice.json"]) | values).encode()


def test_a_very_long_name_that_is_taken(
    honest: dict[str, bytes], other: VoiceLibrary, recording: Recording, tmp_path: Path
) -> None:
    long = "n" * 51 + " " + "m" * 8
    other.add(long, [recording(7)], consent=True)
    path = write(tmp_path, honest | {"voice.json": changed(honest, name=long)})
    assert import_voice(other, path).name == "n" * 51 + " (2)"


def refused(library: VoiceLibrary, path: Path, words: str = "") -> None:
    """The package gets a message, and leaves nothing behind."""
    top = path.parent
    before = {item for item in top.rglob("*") if "voices" not in item.parts}
    with pytest.raises((ValidationError, VoiceLoadError), match=words) as caught:
        import_voice(library, path)
    assert str(top) not in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert library.all() == []
    folder = top / "other" / "voices"
    assert not folder.exists() or list(folder.iterdir()) == []
    after = {item for item in top.rglob("*") if "voices" not in item.parts}
    assert after - before <= {top / "other"}


@pytest.mark.parametrize(
    "name",
    [
        *("../x.wav", "/tmp/x.wav", "..\\x.wav", "C:\\x.wav", "a/voice.json", "a/", "clip-1.wav/"),
        *("clip-1.wav\n", "CLIP-1.WAV", "states/x.safetensors", "clip-12345.wav", ".", "x" * 999),
    ],
)
def test_names_that_are_not_ours(
    honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path, name: str
) -> None:
    refused(other, write(tmp_path, honest | {name: b"x"}), "not a voice exported from Aloud")


def link(package: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("clip-2.wav")
    entry.external_attr = 0o120777 << 16
    package.writestr(entry, "/etc/passwd")


def twice(package: zipfile.ZipFile) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr("voice.json", b"{}")


def thousands(package: zipfile.ZipFile) -> None:
    for number in range(10_000):
        package.writestr(f"{number}.wav", b"")


def lzma(package: zipfile.ZipFile) -> None:
    package.writestr("clip-2.wav", b"x", zipfile.ZIP_LZMA)


@pytest.mark.parametrize(
    ("add", "words"),
    [
        (link, "holds 'clip-2.wav'"),
        (twice, "holds a file twice"),
        (thousands, "list of files is too long"),
        (lambda package: [package.writestr(f"{n}", b"") for n in range(10)], "holds 12 files"),
        (lzma, "holds 'clip-2.wav'"),
    ],
)
def test_entries_that_are_not_ours(
    honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path, add: Write, words: str
) -> None:
    path = write(tmp_path, honest)
    with zipfile.ZipFile(path, "a") as package:
        add(package)
    refused(other, path, words)


def test_what_is_no_zip_file(other: VoiceLibrary, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    for data in (b"", b"PK", b"hello" * 100, b"PK\x05\x06" + bytes(18), b"PK\x03\x04" * 99):
        path.write_bytes(data)
        refused(other, path)
    refused(other, tmp_path / "absent.zip", "There is no file absent.zip")
    (tmp_path / "folder.zip").mkdir()
    refused(other, tmp_path / "folder.zip", "There is no file")
    os.mkfifo(tmp_path / "pipe.zip")
    refused(other, tmp_path / "pipe.zip", "There is no file")
    with path.open("wb") as file:
        file.truncate(MAX_PACKAGE_BYTES + 1)
    with pytest.raises(TooLargeError, match="at most 100 MB"):
        import_voice(other, path)


def test_encrypted(honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path) -> None:
    path = write(tmp_path, honest, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(mark), bytes(data)):
            data[found.start() + at] |= 1
    path.write_bytes(data)
    refused(other, path, "locked with a password")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"id": "../../x"}, "id: "),
        ({"name": ""}, "name"),
        ({"name": "default"}, "choose another"),
        ({"name": "a\u202eb"}, "invisible characters"),
        ({"name": ["x"]}, "name"),
        ({"clips": []}, "clips"),
        ({"clips": None}, "clips"),
        ({"language": "../.."}, "language"),
        ({"tags": ["x" * 99]}, "tags"),
        ({"tags": ["a\u202eb"]}, "printable characters"),
        ({"created": "yesterday"}, "created"),
    ],
)
def test_another_schema(
    honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path, values: Any, words: str
) -> None:
    refused(other, write(tmp_path, honest | {"voice.json": changed(honest, **values)}), words)


@pytest.mark.parametrize(
    "record",
    [b"", b"hello", b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 100_000, b'{"id": 1}', b" " * 10**7],
)
def test_records_that_are_none(
    honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path, record: bytes
) -> None:
    refused(other, write(tmp_path, honest | {"voice.json": record}), "its voice.json is ")


def test_a_package_without_a_part(
    honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path
) -> None:
    refused(other, write(tmp_path, {"voice.json": honest["voice.json"]}), "clip-1.wav is missing")
    refused(other, write(tmp_path, {"clip-1.wav": honest["clip-1.wav"]}), "voice.json is not")


@pytest.mark.parametrize("data", [b"", b"<html>" * 99, b"RIFF" + bytes(40), bytes(10**6)])
def test_clips_that_are_no_sound(
    honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path, data: bytes
) -> None:
    refused(other, write(tmp_path, honest | {"clip-1.wav": data}), "clip-1.wav")


def test_words_of_a_stranger_stay_words(
    honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path
) -> None:
    """HTML in a name or a report is a text like another; a file it does not name is left out."""
    record = json.loads(honest["voice.json"])
    record["name"] = "<b onclick=x()>Eve</b>"
    record["clips"][0]["report"] |= {"checks": [], "more": "<script>"}
    record["clips"][0]["sha256"] = "0" * 64
    record["more"] = "<script>"
    record["created"] = "9999-12-31T23:59:59-23:00"
    files = honest | {"voice.json": json.dumps(record).encode(), "clip-7.wav": b"x"}
    found = import_voice(other, write(tmp_path, files))
    assert found.name == "<b onclick=x()>Eve</b>"
    home = other.folder(found.id)
    assert "<script>" not in (home / "voice.json").read_text(encoding="utf-8")
    assert {path.name for path in home.iterdir()} == {"voice.json", "clip-1.wav"}
    report = found.public()["report"]
    assert report.keys() == {"duration", "sample_rate", "grade", "checks"}
    fresh = VoiceLibrary(home.parent)
    assert fresh.problems == ()
    assert fresh.all() == [found]


def test_damaged_anywhere(honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path) -> None:
    """A byte spoilt, or the end cut off: a message, or the voice."""
    small = honest | {"clip-1.wav": honest["clip-1.wav"][: 44 + 200]}
    small["voice.json"] = honest["voice.json"]
    whole = write(tmp_path, small).read_bytes()
    path = tmp_path / "spoilt.zip"
    step = max(1, len(whole) // 150)
    for at in range(0, len(whole), step):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]):
            path.write_bytes(data)
            with suppress(ValidationError, VoiceLoadError):
                other.delete(import_voice(other, path).id)
    assert other.all() == []
    assert list((tmp_path / "other" / "voices").iterdir()) == []


IMPORT = """
import resource, sys
from pathlib import Path
from tts_core.errors import TTSError
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.export import import_voice
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    import_voice(VoiceLibrary(Path(sys.argv[1])), Path(sys.argv[2]))
except TTSError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def cost(folder: Path, path: Path) -> tuple[str, int]:
    """What importing says, in a process of its own, and by how many MB it grew."""
    command = [sys.executable, "-c", IMPORT, str(folder), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    words, megabytes = done.stdout.strip().rsplit("\n", 1)
    assert not folder.exists() or list(folder.iterdir()) == []
    return words, int(megabytes)


def bomb(name: str) -> bytes:
    """1 GB of zeros in a thousandth of it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(2**24)) + packer.flush(zlib.Z_FULL_FLUSH)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as package:
        package.writestr(name, block * 64 + packer.flush())
        package.filelist[0].compress_type = zipfile.ZIP_DEFLATED
        package.filelist[0].file_size = 2**30
    return sink.getvalue()


def test_a_bomb(tmp_path: Path) -> None:
    data = bomb("clip-1.wav")
    assert len(data) < 1.1 * 2**20
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    words, megabytes = cost(tmp_path / "voices", path)
    assert words == "This file unpacks to more than a voice can have."
    assert megabytes < 30
    # The same with a header that says it were a kilobyte.
    lie = data.replace(struct.pack("<I", 2**30), struct.pack("<I", 1024))
    assert lie != data
    path.write_bytes(lie)
    words, megabytes = cost(tmp_path / "voices", path)
    assert "Bad CRC-32" in words
    assert megabytes < 30


def test_a_list_of_a_million_files(tmp_path: Path) -> None:
    """Which zipfile makes a gigabyte of."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *[0] * 9, 1, *[0] * 6) + b"x"
    count = 1_000_000
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, len(entry) * count, 0, 0
    )
    path = tmp_path / "package.zip"
    path.write_bytes(entry * count + end)
    assert path.stat().st_size < MAX_PACKAGE_BYTES
    words, megabytes = cost(tmp_path / "voices", path)
    assert "its list of files is too long" in words
    assert megabytes < 30


def test_a_full_disk(honest: dict[str, bytes], other: VoiceLibrary, tmp_path: Path) -> None:
    path = write(tmp_path, honest)
    with full_disk(100_000):
        refused(other, path, "Check free disk space")
