"""Sounds of voices that are made ahead, in the segment cache, while nothing else is spoken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import MakeService
from tests.support.waiting import wait_until
from tts_core.events import Audio
from tts_core.service import SpeechService
from tts_core.services.previews import CLIENTS, MOST
from tts_core.types import Caller, SpeechRequest
from tts_core.validation import speech_request

TEXT = "This is how I sound."
SLOW = {"pieces": 40, "step_seconds": 0.5}
"""Options of a request that takes twenty seconds."""


@pytest.fixture
def service(make_service: MakeService) -> SpeechService:
    return make_service(cache_mb=50)


def wanted(voice: str = "one", text: str = TEXT, **options: object) -> SpeechRequest:
    return speech_request(text=text, engine="scripted", voice=voice, seed=1, options=options)


def prepared(service: SpeechService, *requests: SpeechRequest) -> None:
    """Have requests made ahead, and wait until all are on the disk."""
    service.previews.prepare("anybody", requests)
    wait_until(lambda: not service.previews.waiting)
    wait_until(lambda: files(service) >= len(requests))


def files(service: SpeechService) -> int:
    return len(list(service.settings.cache_path.glob("*/*.safetensors")))


def is_cached(service: SpeechService, request: SpeechRequest) -> bool:
    _, info = service.synthesize(request)
    return info.cached == 1


def test_they_are_kept_and_not_counted(service: SpeechService) -> None:
    prepared(service, wanted("one"), wanted("two", "Another text."))
    assert service.report.statistics()["total_requests"] == 0
    assert is_cached(service, wanted("one"))
    assert is_cached(service, wanted("two", "Another text."))
    assert not is_cached(service, wanted("two"))
    assert service.report.statistics()["total_requests"] == 3


def test_they_give_way(service: SpeechService) -> None:
    """To a request of the same engine, which would otherwise have to wait for them."""
    service.previews.prepare("anybody", [wanted("one", **SLOW)])
    wait_until(lambda: service.previews._stream)
    service.synthesize(wanted("two"))
    assert service.previews.waiting == 1
    wait_until(lambda: service.previews._stream)  # it is made again


def test_they_wait_while_somebody_listens(service: SpeechService) -> None:
    waiting = []
    with service.stream(wanted("two", pieces=10, step_seconds=0.1)) as stream:
        service.previews.prepare("anybody", [wanted("one")])
        for event in stream:
            if isinstance(event, Audio):
                waiting.append(service.previews.waiting)
    assert len(waiting) > 1
    assert set(waiting) == {1}
    wait_until(lambda: not service.previews.waiting)


def test_a_new_list_replaces_the_former(service: SpeechService) -> None:
    with service.stream(wanted("two", **SLOW)):
        for _ in range(3):
            service.previews.prepare("anna", [wanted("one")] * 2 * MOST)
        assert service.previews.waiting == MOST
        service.previews.prepare("anna", [])
        assert service.previews.waiting == 0
        for number in range(2 * CLIENTS):
            service.previews.prepare(f"client {number}", [wanted("one")])
        assert service.previews.waiting == CLIENTS


def test_clients_have_turns(service: SpeechService, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = service.previews._make

    def noting(request: SpeechRequest) -> bool:
        made.append(request.text)
        return make(request)

    monkeypatch.setattr(service.previews, "_make", noting)
    with service.stream(wanted("two", **SLOW)):
        service.previews.prepare("anna", [wanted(text=f"Anna {n}.") for n in "123"])
        service.previews.prepare("bert", [wanted(text="Bert 1.")])
    wait_until(lambda: not service.previews.waiting)
    assert made == ["Anna 1.", "Bert 1.", "Anna 2.", "Anna 3."]


def test_what_fails_does_not_end_the_others(service: SpeechService) -> None:
    service.previews.prepare("anybody", [wanted("one", "No.", fail="broken"), wanted()])
    wait_until(lambda: files(service) == 1)
    assert is_cached(service, wanted())


def test_none_are_made_without_a_cache(make_service: MakeService) -> None:
    service = make_service(cache_mb=0)
    service.previews.prepare("anybody", [wanted()])
    assert service.previews.waiting == 0


def test_which_pay(service: SpeechService, monkeypatch: pytest.MonkeyPatch) -> None:
    pays = service.previews._pays
    assert pays(wanted())
    assert not pays(wanted("nobody"))
    assert not pays(speech_request(text=TEXT, voice="one"))  # "auto" may be a cloned voice
    assert not pays(speech_request(text=TEXT, engine="none", voice="one"))
    for engine, voice in (("hibari", "heart"), ("espeak", "en-us")):  # they are fast enough
        assert not pays(speech_request(text=TEXT, engine=engine, voice=voice))
    assert pays(speech_request(text=TEXT, engine="kokoro", voice="jm_kumo"))

    info = service.registry.info("scripted")
    paid = replace(info, capabilities=replace(info.capabilities, cloud=True))
    for other in (paid, replace(info, real_time=False)):
        with monkeypatch.context() as patch:
            patch.setattr(service.registry, "info", lambda name, other=other: other)
            assert not pays(wanted())
    service.registry.start_cooldown("scripted", "it failed")
    assert not pays(wanted())


def test_an_alias_of_an_engine_that_costs_money_does_not_pay(make_service: MakeService) -> None:
    service = make_service(cache_mb=50, model_aliases="kokoro=groq")
    assert not service.previews._pays(speech_request(text=TEXT, engine="kokoro", voice="jm_kumo"))


def test_a_client_has_no_more_made_than_it_may_ask_for(make_service: MakeService) -> None:
    service = make_service(cache_mb=50, rate_limit="2/hour")
    caller = Caller(client="anna")
    asked = [wanted(text=f"Anna {n}.").model_copy(update={"caller": caller}) for n in "1234"]
    service.previews.prepare("anna", asked)
    wait_until(lambda: not service.previews.waiting)
    wait_until(lambda: files(service) == 2)
    assert [is_cached(service, one) for one in asked[1:3]] == [True, False]  # its own two requests


def test_closing_ends_them(service: SpeechService) -> None:
    service.previews.prepare("anybody", [wanted("one", **SLOW)])
    wait_until(lambda: service.previews._stream)
    service.close()
    assert service.previews._thread is not None
    service.previews._thread.join(10)
    assert not service.previews._thread.is_alive()
    service.previews.prepare("anybody", [wanted("one")])
    assert service.previews.waiting == 0
