"""Projects whose files say something else than is in them, and books with hardly anything in them.

A project's file may come from anybody; see `projects/package.py`.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from tests.support.projects import ME, begun, ended
from tts_core.audio.encode import open_encoder
from tts_core.errors import DiskFullError, GenerationError, TooLargeError
from tts_core.export.sound import read_header
from tts_core.projects.asked import narration_of
from tts_core.service import SpeechService
from tts_core.system import disk
from tts_core.system.disk import MARGIN_BYTES

RATE = 24_000
MINUTES = 10


def claiming_a_second() -> bytes:
    """Return a FLAC file of ten minutes whose header says that it has one second."""
    file = io.BytesIO()
    with open_encoder("flac", RATE, file) as encoder:
        for _ in range(60 * MINUTES):
            encoder.write(np.zeros(RATE, np.float32))
    data = bytearray(file.getvalue())
    fields = int.from_bytes(data[18:26])  # RFC 9639, section 8.2
    data[18:26] = (fields >> 36 << 36 | RATE).to_bytes(8)
    return bytes(data)


def test_no_sound_is_longer_than_it_says(service: SpeechService, tmp_path: Path) -> None:
    """Some megabytes of FLAC can be days of silence, which a listener would wait for."""
    project = begun(service, tmp_path)
    ended(service, project)
    path = service.projects.export(ME, project, "project")
    forged = tmp_path / "forged.zip"
    sound = claiming_a_second()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(forged, "w") as other:
        for name in archive.namelist():
            other.writestr(name, sound if name.startswith("takes/") else archive.read(name))
    imported = service.projects.import_package(ME, forged).project_id
    found = read_header(service.projects.sound(ME, imported, 0))
    assert (found.rate, found.samples) == (RATE, RATE)
    with pytest.raises(GenerationError, match="longer than its header says"):
        service.projects.marked_sound(ME, imported, 0)
    with pytest.raises(GenerationError, match="longer than its header says"):
        service.projects.export(ME, imported, "wav")


def test_an_export_that_has_no_room_is_not_begun(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two words of subtitles may be a hundred hours apart: 17 GB of silence as WAV."""
    document = tmp_path / "far.srt"
    document.write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nOne.\n\n2\n99:00:00,000 --> 99:00:01,000\nTwo.\n"
    )
    made = service.projects.narrate(ME, document, "far.srt", narration_of(engine="journal"))
    ended(service, made.project_id)
    free = MARGIN_BYTES + (1 << 30)
    monkeypatch.setattr(psutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(DiskFullError, match=r"need about \d\d,\d{3} MB"):
        service.projects.export(ME, made.project_id, "wav")
    assert not list(service.settings.outputs_path.glob("*/*"))
    assert service.projects.export(ME, made.project_id, "srt").is_file()


def test_the_list_of_files_is_looked_for_where_it_is_read(
    service: SpeechService, tmp_path: Path
) -> None:
    """Bytes that look like the record of the list may be anywhere near it, also within it."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.json", json.dumps({}))
    data = path.read_bytes()
    at = data.index(b"PK\5\6")
    size = int.from_bytes(b"PK\5\6", "little")  # 101,010,256
    path.write_bytes(data[: at + 12] + b"PK\5\6" + data[at + 16 :])
    with pytest.raises(TooLargeError, match=f"list of files of {size:,} bytes"):
        service.projects.import_package(ME, path)
    # The same in the format for large archives, whose record of the size comes before another one.
    large = b"PK\6\6" + (44).to_bytes(8, "little") + bytes(28) + (2**33).to_bytes(8, "little")
    locator = b"PK\6\7" + bytes(4) + b"PK\6\6" + bytes(4) + (1).to_bytes(4, "little")
    path.write_bytes(data[:at] + large + bytes(8) + locator + data[at:])
    with pytest.raises(TooLargeError, match=f"list of files of {2**33:,} bytes"):
        service.projects.import_package(ME, path)


def test_a_package_does_not_take_the_last_room(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = begun(service, tmp_path)
    ended(service, project)
    monkeypatch.setattr(disk, "MARGIN_BYTES", 2**60)
    with pytest.raises(DiskFullError):
        service.projects.export(ME, project, "project")
