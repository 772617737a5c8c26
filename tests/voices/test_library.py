"""Voices kept in a folder: found again, whole or not at all, and nobody else's."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.voices.conftest import Recording
from tts_core.audio.decode import decode
from tts_core.audio.prepare import SAMPLE_RATE
from tts_core.errors import TooLargeError, UnknownNameError, ValidationError, VoiceLoadError
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import MAX_CLIPS, STATEMENT, VoiceRecord, agreed


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_add_and_find(library: VoiceLibrary, folder: Path, clip: Path) -> None:
    voice = library.add("  Zoë   (Radio) ", [clip], consent=True, language="en", tags="warm, Low")
    assert voice.name == "Zoë (Radio)"
    assert re.fullmatch(r"zoe-radio-[0-9a-f]{8}", voice.id)
    assert (voice.language, voice.tags) == ("en", ("low", "warm"))
    for name in (voice.id, voice.id.upper(), "zoë (radio)", "ZOË  (RADIO)", " Zoe\u0308 (radio)"):
        assert library.find(name) == voice
    assert library.get(voice.id) == voice
    assert library.find("Zoe") is None
    assert files(folder) == {f"{voice.id}/voice.json", f"{voice.id}/clip-1.wav"}
    (path,) = library.recordings(voice.id)
    kept = decode(path)
    assert kept.sample_rate == SAMPLE_RATE
    assert kept.duration == pytest.approx(decode(clip).duration, abs=0.5)  # it was trimmed
    assert voice.public()["report"]["grade"] in ("good", "warn")
    with pytest.raises(UnknownNameError, match=r"Did you mean .*Zoë .Radio."):
        library.get("zoe radio")


def test_consent_statement_time_and_hash(library: VoiceLibrary, clip: Path) -> None:
    voice = library.add("Anna", [clip], consent=True)
    kept = voice.clips[0]
    assert kept.consent.statement == STATEMENT
    for time in (kept.consent.given, voice.created):
        assert time.tzinfo is not None
        assert abs(datetime.now(UTC) - time) < timedelta(seconds=30)
    assert kept.sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()


@pytest.mark.parametrize("consent", [False, None, "yes", 1, "true"])
def test_no_consent_no_voice(
    library: VoiceLibrary, folder: Path, recording: Recording, consent: bool
) -> None:
    with pytest.raises(ValidationError, match="only with consent: tick the box") as caught:
        library.add("Anna", [recording(0)], consent=consent)
    assert caught.value.field == "consent"
    assert STATEMENT in str(caught.value)
    assert not folder.exists()


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    "name",
    [
        *("../../x", "CON", "/etc/passwd", "\N{PARTY POPPER}", "<img src=x onerror=alert(1)>"),
        "آنا",
        "می‌خواهم",
        "👩‍🚀",
        "a" * 60,
        "...",
        "nul.",
        "C:\\x",
        "%2e%2e",
    ],
)
def test_ids_are_safe_file_names(
    library: VoiceLibrary, folder: Path, clip: Path, name: str
) -> None:
    voice = library.add(name, [clip], consent=True)
    assert voice.name == name
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", voice.id)
    assert len(voice.id) <= 64
    assert [path.name for path in folder.iterdir()] == [voice.id]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert VoiceLibrary(folder).find(name) == voice


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the voice a name"),
        (" \t\n\u3000", "Give the voice a name"),
        ("\u200d", "Give the voice a name"),
        ("\u3164", "Give the voice a name"),
        ("\u0301", "Give the voice a name"),
        ("x" * 300, "at most 60 characters; this one has 300"),
        ("An\x00na", "invisible characters; retype"),
        ("An\u202ena", "invisible characters; retype"),
        ("An\u200bna", "invisible characters; retype"),
        ("An\ud800na", "invisible characters; retype"),
        ("default", "choose another"),
        ("AUTO", "choose another"),
        ("Ｌibrary", "choose another"),
        ("+", "cannot contain '\\+'"),
        ("Anna+f2", "cannot contain '\\+'"),
        (7, "must be text"),
        (None, "must be text"),
    ],
)
def test_bad_names(library: VoiceLibrary, folder: Path, clip: Path, name: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        library.add(name, [clip], consent=True)
    assert caught.value.field == "name"
    assert not folder.exists()


@pytest.mark.parametrize("language", ["klingon language", "../x", "x", "e" * 40, 7, "en\n"])
def test_bad_languages(library: VoiceLibrary, folder: Path, clip: Path, language: str) -> None:
    if language == "en\n":
        assert library.add("Anna", [clip], consent=True, language=language).language == "en"
        return
    with pytest.raises(ValidationError) as caught:
        library.add("Anna", [clip], consent=True, language=language)
    assert caught.value.field == "language"
    assert not folder.exists()


@pytest.mark.parametrize("tags", [7, [1], ["x" * 31], [str(n) for n in range(11)], ["a\u202eb"]])
def test_bad_tags(library: VoiceLibrary, folder: Path, clip: Path, tags: object) -> None:
    with pytest.raises(ValidationError) as caught:
        library.add("Anna", [clip], consent=True, tags=tags)
    assert caught.value.field == "tags"
    assert not folder.exists()


def test_the_newest_first(library: VoiceLibrary, recording: Recording) -> None:
    anna = library.add("Anna Maria", [recording(0)], consent=True, language="de", tags="warm")
    ben = library.add("Ben", [recording(1)], consent=True, tags=["warm", "low"])
    assert library.all() == [ben, anna]


def test_change(library: VoiceLibrary, folder: Path, recording: Recording) -> None:
    anna = library.add("Anna", [recording(0)], consent=True)
    library.add("Ben", [recording(1)], consent=True)
    changed = library.change(anna.id, name="Anne", language="pt_BR", tags=["a", "A ", ""])
    assert changed.id == anna.id
    assert (changed.name, changed.language, changed.tags) == ("Anne", "pt-br", ("a",))
    assert library.find("anna") is None
    assert library.change(anna.id, name="ANNE").name == "ANNE"  # its own name is free
    for name in ("ben", "Bｅn", "B\u200den", anna.id[:-1] + "+"):
        with pytest.raises(ValidationError):
            library.change(anna.id, name=name)
    with pytest.raises(ValidationError, match="not the code of a language"):
        library.change(anna.id, language="no language")
    with pytest.raises(UnknownNameError):
        library.change("nobody", name="x")
    fresh = VoiceLibrary(folder)
    assert fresh.all() == library.all()
    assert fresh.get(anna.id).clips == anna.clips


def test_delete(library: VoiceLibrary, folder: Path, recording: Recording) -> None:
    anna = library.add("Anna", [recording(0)], consent=True)
    library.delete(anna.id)
    assert list(folder.iterdir()) == []
    assert library.all() == []
    with pytest.raises(UnknownNameError):
        library.delete(anna.id)
    again = library.add("Anna", [recording(0)], consent=True)  # all of it is free again
    (folder / again.id / "voice.json").unlink()
    (folder / again.id).rename(folder.parent / "away")
    library.delete(again.id)  # deleted by hand before
    assert library.all() == []


def test_several_recordings(library: VoiceLibrary, folder: Path, recording: Recording) -> None:
    voice = library.add("Anna", [recording(n) for n in range(3)], consent=True)
    assert [clip.file for clip in voice.clips] == ["clip-1.wav", "clip-2.wav", "clip-3.wav"]
    assert voice.public()["clips"] == 3
    assert len({clip.sha256 for clip in voice.clips}) == 3
    assert all(decode(path).duration > 3 for path in library.recordings(voice.id))
    assert VoiceLibrary(folder).get(voice.id) == voice
    with pytest.raises(TooLargeError, match=f"at most {MAX_CLIPS} recordings"):
        library.add("Ben", [recording(50 + n) for n in range(MAX_CLIPS + 1)], consent=True)
    assert [path.name for path in folder.iterdir()] == [voice.id]
    with pytest.raises(ValidationError, match="given twice"):
        library.add("Cid", [recording(60), recording(60)], consent=True)
    with pytest.raises(ValidationError, match="Give a recording"):
        library.add("Cid", [], consent=True)


def test_the_same_recording_again(library: VoiceLibrary, recording: Recording) -> None:
    anna = library.add("Anna", [recording(0)], consent=True)
    assert library.add(" anna", [recording(0)], consent=True) == anna
    with pytest.raises(ValidationError, match="There is a voice 'Anna' already"):
        library.add("ANNA", [recording(1)], consent=True)
    assert library.all() == [anna]


def test_the_same_recording_under_another_name(
    library: VoiceLibrary, folder: Path, recording: Recording
) -> None:
    anna = library.add("Anna", [recording(0)], consent=True)
    ben = library.add("Ben", [recording(1), recording(0)], consent=agreed("page"), language="de")
    assert library.made_of(anna.clips[0].sha256) == [ben, anna]
    assert ben.clips[1].sha256 == anna.clips[0].sha256
    assert {clip.consent.door for clip in ben.clips} == {"page"}
    assert ben.clips[1].consent.id != anna.clips[0].consent.id
    library.delete(anna.id)
    assert VoiceLibrary(folder).all() == [ben]
    assert all(decode(path).duration > 3 for path in library.recordings(ben.id))


def test_names_that_belong_to_others(folder: Path, recording: Recording) -> None:
    library = VoiceLibrary(folder, {"alba": "Pocket TTS"}.get)
    for name in ("Alba", "ＡLBA", "Al\u200dba", " alba "):
        with pytest.raises(ValidationError, match="is a voice of Pocket TTS; choose another"):
            library.add(name, [recording(0)], consent=True)
    voice = library.add("Anna", [recording(0)], consent=True)
    with pytest.raises(ValidationError, match="is a voice of Pocket TTS"):
        library.change(voice.id, name="alba")
    assert library.change(voice.id, tags="x").name == "Anna"


def test_bad_recordings(
    library: VoiceLibrary, folder: Path, recording: Recording, short_clip: Path, tmp_path: Path
) -> None:
    noise = tmp_path / "noise.wav"
    noise.write_bytes(b"not a recording" * 99)
    (tmp_path / "empty.wav").touch()
    good = recording(0)
    with pytest.raises(ValidationError, match=r"cannot be used\. .*s of speech\. Record at least"):
        library.add("Anna", [good, short_clip], consent=True)
    for path, words in (
        (noise, "not a supported audio file"),
        (tmp_path / "empty.wav", "is empty"),
        (tmp_path / "absent.wav", "There is no file absent.wav"),
        (tmp_path, "is not a file"),
        (Path("/dev/zero"), "is not a file"),
    ):
        with pytest.raises(VoiceLoadError, match=words):
            library.add("Anna", [path], consent=True)
    assert not folder.exists() or list(folder.iterdir()) == []
    voice = library.add("Anna", [good], consent=True)
    before = files(folder)
    with pytest.raises(ValidationError, match="cannot be used"):
        library.add("Ben", [recording(1), short_clip], consent=True)
    assert files(folder) == before
    assert library.all() == [voice]


def test_a_new_process_finds_everything(folder: Path, recording: Recording) -> None:
    first = VoiceLibrary(folder)
    voices = [first.add(f"Voice {n}", [recording(n)], consent=True) for n in range(3)]
    first.change(voices[1].id, name="Renamed", tags=["t"])
    first.delete(voices[2].id)
    second = VoiceLibrary(folder)
    assert second.all() == first.all()
    assert second.problems == ()
    assert second.find("renamed") == second.get(voices[1].id)


def test_eight_threads_at_once(library: VoiceLibrary, folder: Path, clip: Path) -> None:
    def add(_: int) -> VoiceRecord:
        return library.add("Anna", [clip], consent=True)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(add, range(8)))
    assert {voice.id for voice in found} == {library.all()[0].id}
    assert [path.name for path in folder.iterdir()] == [found[0].id]


def test_eight_names_for_one_recording_at_once(
    library: VoiceLibrary, folder: Path, clip: Path
) -> None:
    def add(number: int) -> str:
        return library.add(f"Voice {number}", [clip], consent=True).id

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(add, range(8)))
    assert {path.name for path in folder.iterdir()} == set(found)
    assert {voice.id for voice in VoiceLibrary(folder).all()} == set(found)


def test_a_full_library(
    library: VoiceLibrary, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tts_core.voices.library.MAX_VOICES", 1)
    library.add("Anna", [recording(0)], consent=True)
    with pytest.raises(TooLargeError, match="keeps 1 voices"):
        library.add("Ben", [recording(1)], consent=True)
