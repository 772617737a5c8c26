"""Blends of an engine's voices that are saved as voices of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.choir import CHOIR
from tts_core.engines.registry import Registry
from tts_core.errors import NameTakenError, TTSError, UnknownNameError, ValidationError
from tts_core.service import SpeechService
from tts_core.services.voices import LibraryVoice
from tts_core.settings import Settings
from tts_core.types import Caller, SpeechRequest

Start = Callable[..., SpeechService]
TEXT = "Two voices in one."
BLEND = "af_bella(2)+af_nova(1)"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Services on one data folder with an engine that blends, natural ones and eSpeak NG."""
    services: list[SpeechService] = []

    def make(engines: dict[str, str] = CHOIR) -> SpeechService:
        settings = Settings(_env_file=None, data_dir=tmp_path / "data", runner="inline")  # type: ignore[call-arg]
        services.append(SpeechService(settings, Registry(engines)))
        return services[-1]

    yield make
    for service in services:
        service.close()


@pytest.fixture
def service(start: Start) -> SpeechService:
    return start()


@pytest.fixture
def duet(service: SpeechService) -> LibraryVoice:
    return service.voices.save_blend("AF_Bella(2) + Nova", "Duet", tags="calm")


def test_it_is_a_voice_of_the_library(service: SpeechService, duet: LibraryVoice) -> None:
    assert (duet.engine, duet.engines, duet.clips, duet.report) == ("library", ["choir"], 0, {})
    assert duet.tags == ["calm"]
    assert service.voices.all("library") == [duet]
    assert duet in service.voices.all("choir")
    assert duet not in service.voices.all("espeak")
    service.voices.rename(duet.id, "Twins")
    assert service.voices.find("twins") is not None
    assert service.voices.delete("Twins") == duet.id
    assert service.voices.all("library") == []


@pytest.mark.parametrize("engine", ["auto", "choir"])
def test_it_speaks(service: SpeechService, duet: LibraryVoice, engine: str) -> None:
    for name in ("duet", duet.id):
        _, info = service.synthesize(SpeechRequest(text=TEXT, voice=name, engine=engine))
        assert (info.engine, info.voice, info.language) == ("choir", BLEND, "en-us")


def test_its_language_is_the_one_it_was_saved_with(service: SpeechService) -> None:
    service.voices.save_blend("af_bella+ef_dora", "Bilingual", language="Spanish")
    for asked, spoken in (("auto", "es"), ("en-us", "en-us")):
        request = SpeechRequest(text=TEXT, voice="Bilingual", language=asked)
        assert service.synthesize(request)[1].language == spoken


def test_it_is_there_after_a_restart(
    start: Start, service: SpeechService, duet: LibraryVoice
) -> None:
    service.close()
    again = start()
    assert again.voices.problems == ()
    assert again.voices.get(duet.id) == duet
    assert again.synthesize(SpeechRequest(text=TEXT, voice="Duet"))[1].voice == BLEND


def test_without_its_engine(start: Start, service: SpeechService, duet: LibraryVoice) -> None:
    service.close()
    without = start({"espeak": CHOIR["espeak"]})
    assert without.voices.get(duet.id).engines == []
    with pytest.raises(ValidationError, match="cannot speak a blend") as caught:
        without.stream(SpeechRequest(text=TEXT, voice="Duet"))
    assert caught.value.field == "engine"


def test_an_engine_that_cannot_blend(service: SpeechService, duet: LibraryVoice) -> None:
    with pytest.raises(ValidationError, match="eSpeak NG cannot speak a blend of voices; leave"):
        service.stream(SpeechRequest(text=TEXT, voice=duet.id, engine="espeak"))
    with pytest.raises(UnknownNameError, match="Choir has no voice variants"):
        service.stream(SpeechRequest(text=TEXT, voice="Duet+f2"))


def test_it_goes_to_another_library(
    service: SpeechService, duet: LibraryVoice, tmp_path: Path
) -> None:
    package = service.voices.export(duet.id, tmp_path)
    service.voices.delete(duet.id)
    again = service.voices.get(service.voices.import_package(package, Caller()))
    assert (again.name, again.engines) == ("Duet", ["choir"])
    assert service.synthesize(SpeechRequest(text=TEXT, voice="Duet"))[1].voice == BLEND


@pytest.mark.parametrize("voice", ["Duet", "id", "default"])
def test_the_dictionary_knows_it_by_its_names(
    service: SpeechService, duet: LibraryVoice, voice: str
) -> None:
    named = duet.id if voice == "id" else voice
    service.lexicon.save(Caller(), written="Two", spoken="both", voice="duet")
    service.lexicon.save(Caller(), written="one", spoken="unity", voice=duet.id)
    preview = service.preview(SpeechRequest(text=TEXT, voice=named, engine="choir"))
    said = "Two voices in one." if voice == "default" else "Both voices in unity."
    assert preview.segments[0].spoken == said


def test_the_same_blend_again(service: SpeechService, duet: LibraryVoice) -> None:
    assert service.voices.save_blend(BLEND, "Duet").id == duet.id
    with pytest.raises(NameTakenError, match="There is a voice 'Duet' already"):
        service.voices.save_blend("af_bella+af_nova", "Duet")
    with pytest.raises(NameTakenError, match="'af_nova' is a voice of Choir"):
        service.voices.save_blend(BLEND, "af_nova")
    assert len(service.voices.all("library")) == 1


@pytest.mark.parametrize(
    ("blend", "problem"),
    [
        ("af_bella", "'af_bella' is no blend of voices that are here"),
        ("af_bella+af_bella", "needs two different voices"),
        ("af_bella(0)+af_nova", "is no blend of voices"),
        ("af_bella+nobody", "There is no voice 'nobody'"),
        ("en-us+f2", "is no blend of voices"),
        ("", "is no blend of voices"),
        ("a" * 5_000, "Send a shorter one"),
    ],
)
def test_what_is_no_blend(service: SpeechService, blend: str, problem: str) -> None:
    with pytest.raises(TTSError, match=problem):
        service.voices.save_blend(blend, "Duet")
    assert service.voices.all("library") == []
