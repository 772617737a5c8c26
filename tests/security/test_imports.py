"""What a voice's package says of its recordings is not believed."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from tests.support.recordings import encoded, spoken
from tts_core.errors import ValidationError
from tts_core.voices.export import export_voice, import_voice
from tts_core.voices.library import VoiceLibrary


@pytest.fixture
def library(tmp_path: Path) -> VoiceLibrary:
    return VoiceLibrary(tmp_path / "voices")


@pytest.fixture
def package(library: VoiceLibrary, tmp_path: Path) -> Path:
    """Of a voice that is deleted again."""
    clip = tmp_path / "clip.wav"
    clip.write_bytes(encoded(spoken(), "wav", "pcm_s16le"))
    voice = library.add("Anna", [clip], consent=True)
    path = export_voice(library, voice.id, tmp_path / "anna.zip")
    library.delete(voice.id)
    return path


def claiming(package: Path, digest: str) -> Path:
    """The same, that claims to be of another recording."""
    path = package.with_name(f"{digest[:8]}.zip")
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(path, "w") as target:
        record = json.loads(source.read("voice.json"))
        record["clips"][0]["sha256"] = digest
        target.writestr("voice.json", json.dumps(record))
        target.writestr("clip-1.wav", source.read("clip-1.wav"))
    return path


def test_no_recording_is_kept_twice_for_a_made_up_digest(
    library: VoiceLibrary, package: Path
) -> None:
    first = import_voice(library, package)
    for number in range(3):
        with pytest.raises(ValidationError, match="in the library already: the voice 'Anna'"):
            import_voice(library, claiming(package, f"{number:064x}"))
    assert library.all() == [first]


def test_no_voice_passes_for_the_recording_of_another(library: VoiceLibrary, package: Path) -> None:
    """Speech that is kept, and what engines make of a voice, go by the digests."""
    victim = "f" * 64
    found = import_voice(library, claiming(package, victim))
    (kept,) = library.recordings(found.id)
    assert found.clips[0].sha256 == hashlib.sha256(kept.read_bytes()).hexdigest()
    assert victim not in (kept.parent / "voice.json").read_text(encoding="utf-8")


def test_no_recording_of_a_voice_here_comes_back_under_a_made_up_digest(
    library: VoiceLibrary, package: Path, tmp_path: Path
) -> None:
    voice = library.add("Anna", [tmp_path / "clip.wav"], consent=True)
    with pytest.raises(ValidationError, match="in the library already: the voice 'Anna'"):
        import_voice(library, claiming(package, "0" * 64))
    assert library.all() == [voice]
