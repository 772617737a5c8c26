"""Consent: files name it; when it is withdrawn, the voice is gone for good, the record stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.mimic import Script
from tests.support.projects import begun, ended
from tests.support.waiting import wait_until
from tests.voices.conftest import Make, Recording
from tts_core.errors import UnknownNameError, ValidationError, VoiceLoadError
from tts_core.events import Audio
from tts_core.marks.metadata import LABEL
from tts_core.marks.verify import PROJECT, verify
from tts_core.service import SpeechService
from tts_core.services.voices import LibraryVoice
from tts_core.stats.search import Query
from tts_core.types import Caller, ReadingOptions, SpeechRequest
from tts_core.voices.export import export_voice, import_voice
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import STATEMENT, VoiceRecord
from tts_core.voices.withdrawals import FOLDER

TEXT = "A first sentence here. And then a second one, with more words in it."
WHO = Caller(client="address:192.0.2.1")


def ask(voice: str = "Anna Maria", text: str = TEXT, **values: object) -> SpeechRequest:
    return SpeechRequest(text=text, voice=voice, **values)  # type: ignore[arg-type]


@pytest.fixture
def package(service: SpeechService, anna: LibraryVoice, tmp_path: Path) -> Path:
    return service.voices.export(anna.id, tmp_path)


def test_nothing_of_the_voice_is_left_but_the_record(
    make: Make, service: SpeechService, anna: LibraryVoice
) -> None:
    service.close()
    service = make(cache_mb=10)
    service.synthesize(ask(engine="espeak"))
    service.synthesize(ask("default", engine="espeak"))
    cache = service.settings.cache_path
    wait_until(lambda: len(list(cache.glob("*/*"))) == 4)
    folder = service.settings.voices_path
    assert list((folder / anna.id / "states").iterdir())
    copies = service.new_folder_of_copies(anna.id)
    (copies / "anna.wav").touch()
    given = service.voices.cloned()[0].clips[0].consent
    (withdrawal,) = service.consents.withdraw("anna maria", "page", WHO)
    assert [path.name for path in folder.iterdir()] == [FOLDER]
    assert [path.name for path in (folder / FOLDER).iterdir()] == [f"{anna.id}.json"]
    assert not copies.exists()
    assert len(list(cache.glob("*/*"))) == 2  # of the other voice
    assert service.voices.all("library") == []
    assert (withdrawal.voice, withdrawal.name) == (anna.id, "Anna Maria")
    assert (withdrawal.door, withdrawal.by) == ("page", WHO.client)
    assert withdrawal.consents == (given,)
    assert (given.statement, given.given <= withdrawal.withdrawn) == (STATEMENT, True)
    service.close()
    assert make().voices.withdrawals() == [withdrawal]


@pytest.mark.parametrize("asked", ["Anna Maria", "ANNA MARIA", "id"])
def test_whoever_asks_for_it_is_told(
    service: SpeechService, anna: LibraryVoice, asked: str
) -> None:
    service.consents.withdraw(anna.id, "page", WHO)
    today = datetime.now().astimezone().date().isoformat()
    told = f"The consent for the voice 'Anna Maria' was withdrawn on {today}"
    name = anna.id if asked == "id" else asked
    for work in (
        lambda: service.stream(ask(name)),
        lambda: service.preview(ask(name)),
        lambda: service.consents.withdraw(name, "page", WHO),
        lambda: service.voices.delete(name),
    ):
        with pytest.raises(UnknownNameError, match=told):
            work()


def test_other_voices_of_the_recording_go_with_it(
    make: Make, service: SpeechService, anna: LibraryVoice, recording: Recording, package: Path
) -> None:
    """Whichever is withdrawn, and whether the other came by a clone or by an import."""
    cloned = service.voices.clone([recording(0), recording(1)], "Reader", consent=True)
    service.voices.rename(anna.id, "Anna")
    imported = service.voices.get(service.voices.import_package(package, WHO))
    bob = service.voices.clone([recording(2)], "Bob", consent=True)
    request = ask("Reader", options={"step_seconds": 0.05})
    with service.stream(request) as stream:
        next(event for event in stream if isinstance(event, Audio))
        withdrawals = service.consents.withdraw("Anna", "page", WHO)
        with pytest.raises(VoiceLoadError, match="The consent for the voice 'Reader' was withdr"):
            stream.read_to_end()
    assert withdrawals[0].voice == anna.id
    assert {w.voice for w in withdrawals} == {anna.id, cloned.id, imported.id}
    assert [voice.id for voice in service.voices.all("library")] == [bob.id]
    service.close()
    assert {w.voice for w in make().voices.withdrawals()} == {w.voice for w in withdrawals}


@pytest.mark.parametrize("damaged", ["Anna", "Ben", "Bob"])
def test_a_link_in_the_place_of_a_recording_keeps_no_voice(
    library: VoiceLibrary, recording: Recording, tmp_path: Path, damaged: str
) -> None:
    """Neither its own nor others'; what it leads to stays."""
    names = {"Anna": 0, "Ben": 0, "Bob": 1}
    voices = {n: library.add(n, [recording(r)], consent=True) for n, r in names.items()}
    (clip,) = library.recordings(voices[damaged].id)
    clip.rename(tmp_path / "elsewhere.wav")
    clip.symlink_to(tmp_path / "elsewhere.wav")
    ended = library.withdraw(voices["Anna"].id)
    assert [withdrawal.name for withdrawal in ended] == ["Anna", "Ben"]
    assert library.all() == [voices["Bob"]]
    assert (tmp_path / "elsewhere.wav").exists()


@pytest.mark.sample(2)
@pytest.mark.parametrize("cache_mb", [0, 10])
@pytest.mark.parametrize("cast", [False, True], ids=["alone", "in a cast"])
def test_running_requests_are_stopped(
    make: Make, service: SpeechService, anna: LibraryVoice, cache_mb: int, cast: bool
) -> None:
    service.close()
    service = make(cache_mb=cache_mb)
    options = {"step_seconds": 0.05}
    if cast:
        reading = ReadingOptions(cast={"Anna": anna.id})
        text = f"Somebody asks. {TEXT}\nAnna: I answer. {TEXT}"
        request = ask("own", text, engine="mimic", options=options, reading=reading)
    else:
        request = ask(options=options)
    with (
        service.stream(request) as stream,
        service.stream(ask("default", engine="scripted", options=options)) as other,
    ):
        next(event for event in stream if isinstance(event, Audio))
        service.consents.withdraw(anna.id, "page", WHO)
        assert not stream.record.active
        with pytest.raises(VoiceLoadError, match=r"The request was stopped\. The consent for the"):
            stream.read_to_end()
        assert other.read_to_end().info.duration_seconds > 0
    entry = service.history.find(stream.request_id)
    assert entry is not None
    assert entry.error_type == "voice_load_error"


def test_withdrawn_between_plan_and_start(
    service: SpeechService, anna: LibraryVoice, script: Script
) -> None:
    service.synthesize(ask())
    submit = service._scheduler.submit

    def withdrawing(*arguments: object, **options: object) -> object:
        service.consents.withdraw(anna.id, "page", WHO)
        return submit(*arguments, **options)  # type: ignore[arg-type]

    service._scheduler.submit = withdrawing  # type: ignore[method-assign,assignment]
    with pytest.raises((VoiceLoadError, UnknownNameError), match="was withdrawn"):
        service.stream(ask())
    assert service.active() == []


def test_only_a_new_clone_with_consent_speaks_again(
    make: Make, service: SpeechService, anna: LibraryVoice, recording: Recording, package: Path
) -> None:
    old = service.voices.cloned()[0].clips[0].consent
    service.consents.withdraw(anna.id, "page", WHO)
    with pytest.raises(ValidationError, match=r"cannot be imported\. The consent for the voice"):
        service.voices.import_package(package, WHO)
    with pytest.raises(ValidationError, match="cloned only with consent"):
        service.voices.clone([recording(0)], "Anna Maria", consent=False)
    again = service.voices.clone([recording(0)], "Anna Maria", consent=True)
    new = service.voices.cloned()[0].clips[0].consent
    assert again.id != anna.id
    assert new.id != old.id
    assert service.synthesize(ask())[1].voice == again.id
    # Exported with the new consent, it comes back; with the old one it still does not.
    exported = service.voices.export(again.id, package.parent / "new")
    service.voices.delete(again.id)
    service.voices.import_package(exported, WHO)
    assert [w.voice for w in service.voices.withdrawals()] == [anna.id]


def edited(record: VoiceRecord, **consent: object) -> VoiceRecord:
    """Return a voice with another consent, as a package says that somebody has edited."""
    clips = [
        clip.model_copy(update={"consent": clip.consent.model_copy(update=consent)})
        for clip in record.clips
    ]
    return record.model_copy(update={"clips": tuple(clips)})


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("edit", "refused"),
    [
        (lambda record: record, True),
        (lambda record: edited(record, statement="Another one."), True),
        (lambda record: edited(record, given=datetime(2020, 1, 1, tzinfo=UTC)), True),
        (lambda record: edited(record, given=datetime(2999, 1, 1, tzinfo=UTC)), False),
    ],
    ids=["unchanged", "statement", "earlier", "newer consent"],
)
def test_which_packages_are_refused(
    library: VoiceLibrary,
    other: VoiceLibrary,
    recording: Recording,
    tmp_path: Path,
    edit: Callable[[VoiceRecord], VoiceRecord],
    refused: bool,
) -> None:
    anna = library.add("Anna", [recording(0), recording(1)], consent=True)
    library._rewrite(edit(anna))
    package = export_voice(library, anna.id, tmp_path / "anna.zip")
    library._rewrite(anna)
    library.withdraw(anna.id)
    assert import_voice(other, package).name == "Anna"  # nobody withdrew it there
    if refused:
        with pytest.raises(ValidationError, match="was withdrawn"):
            import_voice(library, package)
    else:
        assert import_voice(library, package).name == "Anna"


def test_the_consent_goes_with_an_exported_voice(
    library: VoiceLibrary, other: VoiceLibrary, recording: Recording, tmp_path: Path
) -> None:
    anna = library.add("Anna", [recording(0)], consent=True)
    there = import_voice(other, export_voice(library, anna.id, tmp_path / "anna.zip"))
    assert [c.consent for c in there.clips] == [c.consent for c in anna.clips]
    assert [c.consent.id for c in there.clips] == [c.consent.id for c in anna.clips]


def test_a_process_that_is_killed_meanwhile(library: VoiceLibrary, recording: Recording) -> None:
    anna = library.add("Anna", [recording(0)], consent=True)
    left = library.folder(anna.id)
    content = {path.name: path.read_bytes() for path in left.iterdir()}
    library.withdraw(anna.id)
    left.mkdir()
    for name, data in content.items():
        (left / name).write_bytes(data)
    again = VoiceLibrary(left.parent)
    assert again.all() == []
    assert not left.exists()
    assert [w.voice for w in again.withdrawals()] == [anna.id]


def test_a_damaged_record_keeps_the_voice_withdrawn(
    library: VoiceLibrary, recording: Recording
) -> None:
    anna = library.add("Anna", [recording(0)], consent=True)
    folder = library.folder(anna.id)
    (folder.parent / FOLDER).mkdir()
    (folder.parent / FOLDER / f"{anna.id}.json").write_text(json.dumps({}), encoding="utf-8")
    assert VoiceLibrary(folder.parent).all() == []
    assert not folder.exists()


def test_a_blend_has_no_consent_to_withdraw(service: SpeechService) -> None:
    duet = service.voices.library.add_blend("Duet", "one(1)+two(1)")
    with pytest.raises(ValidationError, match="is a blend of an engine's voices"):
        service.consents.withdraw(duet.id, "page", WHO)


def test_what_was_made_with_it_is_found(service: SpeechService, anna: LibraryVoice) -> None:
    def found(**conditions: str) -> list[str]:
        return [e.request_id for e in service.history.search(Query(**conditions), 10)[0]]  # type: ignore[arg-type]

    _, alone = service.synthesize(ask())
    reading = ReadingOptions(cast={"Anna": anna.id})
    _, part = service.synthesize(
        ask("own", "He asks.\nAnna: I answer.", engine="mimic", reading=reading)
    )
    service.synthesize(ask("default", "Nobody's voice."))
    service.consents.withdraw(anna.id, "page", WHO)
    assert found(voice=anna.id) == [part.request_id, alone.request_id]
    assert found(voice=anna.id[:-1]) == []


def consents_in(path: Path) -> set[tuple[str, str]]:
    """Return the voices and the consents that a file's signed metadata names."""
    with path.open("rb") as file:
        manifest = verify(file).manifest
    assert manifest is not None
    return {(c["voice"], c["id"]) for c in manifest.assertions[LABEL].get("consents", ())}


def test_files_name_the_consent_of_each_voice(
    service: SpeechService, anna: LibraryVoice, recording: Recording, tmp_path: Path
) -> None:
    bob = service.voices.clone([recording(1)], "Bob", consent=True)
    given = {(v.id, clip.consent.id) for v in service.voices.cloned() for clip in v.clips}
    assert len(given) == 2
    reading = ReadingOptions(cast={"Anna": anna.id, "Bob": bob.id})
    dialogue = "He asks.\nAnna: I answer.\nBob: So do I."
    path, _ = service.synthesize(ask("own", dialogue, engine="mimic", reading=reading), "flac")
    assert consents_in(path) == given
    path, _ = service.synthesize(ask(bob.id), "mp3")
    assert consents_in(path) == {pair for pair in given if pair[0] == bob.id}
    path, _ = service.synthesize(ask("own", engine="mimic"), "wav")
    assert consents_in(path) == set()


def test_so_do_those_of_a_project(
    service: SpeechService, anna: LibraryVoice, tmp_path: Path
) -> None:
    project = begun(service, tmp_path, engine="mimic", voice="own")
    ended(service, project)
    service.projects.edit(Caller(), project, 1, voice=anna.id)
    ended(service, project)
    book = service.projects.export(Caller(), project, "m4b")
    assert {voice for voice, _ in consents_in(book)} == {anna.id}
    with service.projects.export(Caller(), project, "project").open("rb") as file:
        found = verify(file)
    assert (found.marked, found.notes) == (False, (PROJECT,))
