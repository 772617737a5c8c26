"""A voice in a zip file: out of one library, into another, and what strangers may send."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.voices.conftest import Recording
from tts_core.errors import ValidationError, VoiceLoadError
from tts_core.voices.export import export_voice, import_voice
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import VoiceRecord

Write = Callable[[zipfile.ZipFile], object]


@pytest.fixture
def anna(library: VoiceLibrary, recording: Recording) -> VoiceRecord:
    clips = [recording(0), recording(1)]
    return library.add("Anna", clips, consent=True, language="de", tags="warm")


@pytest.fixture
def package(library: VoiceLibrary, anna: VoiceRecord, tmp_path: Path) -> Path:
    return export_voice(library, anna.id, tmp_path / "out" / "anna.zip")


def test_round_trip(
    library: VoiceLibrary, anna: VoiceRecord, package: Path, other: VoiceLibrary, tmp_path: Path
) -> None:
    (library.folder(anna.id) / "states").mkdir()
    (library.folder(anna.id) / "states" / "x.safetensors").touch()
    assert package.parent == tmp_path / "out"
    assert [path.name for path in package.parent.iterdir()] == ["anna.zip"]
    with zipfile.ZipFile(package) as file:
        assert file.namelist() == ["voice.json", "clip-1.wav", "clip-2.wav"]
    found = import_voice(other, package)
    assert found.id != anna.id
    assert re.fullmatch(r"anna-[0-9a-f]{8}", found.id)
    # Its consents and reports too; but each digest is that of the file that came.
    files = other.recordings(found.id)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    clips = [c.model_copy(update={"sha256": d}) for c, d in zip(anna.clips, digests, strict=True)]
    assert found == anna.model_copy(update={"id": found.id, "clips": tuple(clips)})
    for ours, theirs in zip(library.recordings(anna.id), other.recordings(found.id), strict=True):
        assert ours.read_bytes() == theirs.read_bytes()
    fresh = VoiceLibrary(other.folder(found.id).parent)
    assert fresh.all() == [found]
    assert fresh.problems == ()


def test_into_the_same_library(library: VoiceLibrary, anna: VoiceRecord, package: Path) -> None:
    with pytest.raises(ValidationError, match="in the library already: the voice 'Anna'"):
        import_voice(library, package)
    assert library.all() == [anna]
    library.change(anna.id, name="Bea")
    again = import_voice(library, package)
    assert {voice.name for voice in library.all()} == {"Anna", "Bea"}
    library.delete(anna.id)
    assert VoiceLibrary(library.folder(again.id).parent).all() == [again]


def test_a_name_that_is_taken(package: Path, recording: Recording, tmp_path: Path) -> None:
    library = VoiceLibrary(tmp_path / "third" / "voices", {"anna (2)": "Pocket TTS"}.get)
    library.add("ANNA", [recording(7)], consent=True)
    assert import_voice(library, package).name == "Anna (3)"


def test_files_from_before_1980(library: VoiceLibrary, anna: VoiceRecord, tmp_path: Path) -> None:
    os.utime(library.recordings(anna.id)[0], (0, 0))
    assert zipfile.is_zipfile(export_voice(library, anna.id, tmp_path / "old.zip"))


def test_exporting_to_where_nothing_can_be(
    library: VoiceLibrary, anna: VoiceRecord, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VoiceLoadError, match="cannot be exported"):
        export_voice(library, anna.id, tmp_path / "file" / "anna.zip")


def test_a_link_is_not_followed(
    library: VoiceLibrary, anna: VoiceRecord, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("root:x:0:0")
    clip = folder / anna.id / anna.clips[0].file
    clip.unlink()
    clip.symlink_to(tmp_path / "secret")
    with pytest.raises(VoiceLoadError, match="is a link"):
        library.recordings(anna.id)
    with pytest.raises(VoiceLoadError, match="is a link"):
        export_voice(library, anna.id, tmp_path / "out" / "anna.zip")
    assert list((tmp_path / "out").glob("*")) == []
