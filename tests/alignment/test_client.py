"""Word timestamps and quality of engines that report neither, without delay for the sound."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
import soundfile

from tests.support.parrot import BAD_SEED, GOOD_SEED, PARROT
from tts_core.audio.encode import find_format
from tts_core.engines.registry import Registry
from tts_core.events import Audio, Finished, SegmentAligned, SegmentFinished, SpeechInfo
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import SpeechRequest, WordTiming
from tts_core.validation import speech_request
from tts_core.web.messages import messages

FIRST = "The birch canoe slid on the smooth planks."
TEXT = f"{FIRST} Most of the passengers had already gone home by bus. Rice is served in bowls."
MakeParrot = Callable[..., SpeechService]


@pytest.fixture
def make_parrot(tmp_path: Path) -> Iterator[MakeParrot]:
    services: list[SpeechService] = []

    def make(**settings: object) -> SpeechService:
        values = {"data_dir": tmp_path, "runner": "inline", **settings}
        services.append(SpeechService(Settings(_env_file=None, **values), Registry(PARROT)))  # type: ignore[arg-type]
        return services[-1]

    yield make
    for service in services:
        service.close()


def request_for(text: str = TEXT, seed: int = GOOD_SEED, **values: object) -> SpeechRequest:
    return speech_request(text=text, seed=seed, **{"engine": "parrot", "language": "en", **values})


def espeak_words(service: SpeechService) -> Sequence[WordTiming]:
    """The truth, from the engine that knows its words and says what is written."""
    _, info = service.synthesize(
        speech_request(text=TEXT, engine="espeak", voice="en-gb-scotland+f2")
    )
    assert info.words is not None
    assert info.quality is not None
    assert [q.quality.checked for q in info.quality] == [False] * len(info.segments)
    return info.words


def kinds(info: SpeechInfo, segment: int = 0) -> list[str]:
    assert info.quality is not None
    return [issue.kind for issue in info.quality[segment].quality.issues]


def test_every_word_has_a_timestamp(make_parrot: MakeParrot) -> None:
    service = make_parrot()
    _, info = service.synthesize(request_for())
    assert info.words is not None
    assert [w.text for w in info.words] == TEXT.split()
    assert all(a.start <= a.end <= b.start + 1e-6 for a, b in pairwise(info.words))
    for segment, words in zip(info.segments, (8, 10, 5), strict=True):
        inside = [w for w in info.words if segment.start <= w.start < segment.end]
        assert len(inside) == words
    assert info.quality is not None
    assert [q.segment for q in info.quality] == [0, 1, 2]
    assert info.as_dict()["quality"][0].keys() == {
        "segment", "score", "checked", "faults", "retries"
    }  # fmt: skip
    assert [kinds(info, i) for i in range(3)] == [[], [], []]
    truth = espeak_words(service)
    off = [abs(a.start - b.start) for a, b in zip(info.words, truth, strict=True)]
    assert sorted(off)[len(off) // 2] < 0.02


@pytest.mark.thorough
def test_words_of_an_engine_that_may_garble_are_its_own(make_parrot: MakeParrot) -> None:
    """The aligner only checks what it says, and comes after the words."""
    service = make_parrot()
    truth = espeak_words(service)
    with service.stream(request_for(engine="reciter")) as stream:
        events = list(stream)
    told = [e for e in events if isinstance(e, SegmentFinished)]
    assert not any(e.words_follow for e in told)
    words = [w for e in told for w in e.words]
    assert [w.text for w in words] == [w.text for w in truth]
    # Quieter speech is trimmed a few milliseconds later.
    assert [w.start for w in words] == pytest.approx([w.start for w in truth], abs=0.02)
    checked = [e for e in events if isinstance(e, SegmentAligned)]
    assert [e.words for e in checked] == [None] * 3
    assert isinstance(events[-1], Finished)
    info = events[-1].info
    assert info.words == words
    assert [kinds(info, i) for i in range(3)] == [[], [], []]
    _, babbled = service.synthesize(request_for(engine="reciter", seed=BAD_SEED))
    assert all("extra" in kinds(babbled, i) for i in range(3))
    assert babbled.words is not None


def test_an_engine_that_may_garble_is_regenerated(make_parrot: MakeParrot) -> None:
    service = make_parrot(quality_check="retry")
    _, info = service.synthesize(request_for(FIRST, seed=BAD_SEED, engine="reciter"))
    assert info.quality is not None
    assert [q.retries for q in info.quality] == [1]
    assert info.words is not None
    assert [w.text for w in info.words] == FIRST.split()


@pytest.mark.parametrize(
    ("setting", "language", "text"), [("off", "en", FIRST), ("report", "ja", "今日は天気が良い。")]
)
def test_words_of_its_own_without_a_check(
    make_parrot: MakeParrot, setting: str, language: str, text: str
) -> None:
    """In Japanese there is nothing to compare with: eSpeak NG cannot read kanji."""
    service = make_parrot(quality_check=setting)
    _, info = service.synthesize(request_for(text, engine="reciter", language=language))
    assert info.words
    told = [q.quality.checked for q in info.quality or ()]
    assert told == ([] if setting == "off" else [False])
    assert info.warnings == []


def test_sound_never_waits_for_alignment(make_parrot: MakeParrot) -> None:
    """Events with sound do not wait for the aligner; only Finished does."""
    service = make_parrot()
    runner = service._alignment._runner
    heard, align = threading.Event(), runner.align

    def late(question: object) -> object:
        assert heard.wait(10)
        return align(question)  # type: ignore[arg-type]

    runner.align = late  # type: ignore[method-assign,assignment]
    events = []
    with service.stream(request_for()) as stream:
        for event in stream:
            events.append(event)
            if isinstance(event, SegmentFinished) and event.segment == 2:
                heard.set()
    order = [type(e).__name__ for e in events if not isinstance(e, Audio)]
    assert order == ["Started", *["SegmentFinished"] * 3, *["SegmentAligned"] * 3, "Finished"]
    told = [e for e in events if isinstance(e, SegmentFinished)]
    assert all(e.words_follow and not e.words for e in told)
    words = [w for e in events if isinstance(e, SegmentAligned) for w in e.words or ()]
    assert isinstance(events[-1], Finished)
    assert events[-1].info.words == words


def test_an_audio_chunk_carries_its_words(
    make_parrot: MakeParrot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tts_core.web.messages.PATIENCE_SECONDS", 30.0)
    service = make_parrot()

    async def collect() -> list[dict[str, object]]:
        stream = service.stream(request_for())
        return [m async for m in messages(stream, find_format("wav")) if m is not None]

    asyncio.run(collect())  # the aligner is loaded
    found = asyncio.run(collect())
    chunks = [m["data"] for m in found if m["type"] == "audio_chunk"]
    assert [c["chunk_id"] for c in chunks] == [1, 2, 3]  # type: ignore[index]
    info = found[-1]["data"]["info"]  # type: ignore[index]
    assert [w for c in chunks for w in c["words"]] == info["words"]  # type: ignore[index]
    for chunk in chunks:
        file = io.BytesIO(base64.b64decode(chunk["audio_data"]))  # type: ignore[index]
        seconds = soundfile.info(file).duration
        length = chunk["end"] - chunk["start"]  # type: ignore[index]
        assert length <= seconds + 0.01 < length + 0.6  # with the pause before it


def test_late_words_leave_the_chunk_without(
    make_parrot: MakeParrot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tts_core.web.messages.PATIENCE_SECONDS", 0.0)
    service = make_parrot()
    runner = service._alignment._runner
    align = runner.align
    runner.align = lambda s: (time.sleep(0.4), align(s))[1]  # type: ignore[method-assign,misc]

    async def collect() -> list[dict[str, object]]:
        stream = service.stream(request_for(FIRST))
        return [m async for m in messages(stream, find_format("wav")) if m is not None]

    found = asyncio.run(collect())
    assert [m["type"] for m in found] == [
        "generation_started", "audio_chunk", "generation_complete"
    ]  # fmt: skip
    assert found[1]["data"]["words"] is None  # type: ignore[index]
    assert len(found[2]["data"]["info"]["words"]) == 8  # type: ignore[index]


@pytest.mark.sample(1)
@pytest.mark.parametrize(("language", "text", "words"), [
    ("es", "El viejo pescador miraba el mar y esperaba la barca.", 10),
    ("zh-cn", "今天天气很好，我们去公园。", 8),
])  # fmt: skip
def test_language_codes_of_other_engines(
    make_parrot: MakeParrot, language: str, text: str, words: int
) -> None:
    _, info = make_parrot().synthesize(request_for(text, language=language))
    assert info.words is not None
    assert len(info.words) >= words
    assert info.warnings == []


def test_a_language_without_reference_voice_has_no_words_but_a_warning(
    make_parrot: MakeParrot,
) -> None:
    service = make_parrot(quality_check="retry")
    service._alignment.reference_voice = lambda *_: None  # type: ignore[method-assign]
    _, info = service.synthesize(request_for(FIRST))
    assert info.words is None
    assert info.quality is None
    assert info.warnings == [
        "There are no word timestamps: there is no speech in 'en' to compare this engine's with."
    ]


def test_extra_speech_is_reported(make_parrot: MakeParrot) -> None:
    _, info = make_parrot().synthesize(request_for(seed=BAD_SEED))
    assert info.quality is not None
    assert all("extra" in kinds(info, i) for i in range(3))
    assert all(q.retries == 0 and q.quality.sure for q in info.quality)
    _, few = make_parrot(quality_check="off").synthesize(request_for(FIRST, seed=BAD_SEED))
    assert few.quality is None
    assert few.words is not None


def test_short_texts_are_not_checked(make_parrot: MakeParrot) -> None:
    _, info = make_parrot().synthesize(request_for("Thank you."))
    assert info.quality is not None
    told = info.quality[0].as_dict()
    assert (told["checked"], told["score"], told["faults"]) == (False, None, [])


@pytest.mark.thorough
def test_extra_speech_is_retaken_before_it_is_given_out(make_parrot: MakeParrot) -> None:
    """The first take has extra speech, the second has not: one retake, and it is kept."""
    service = make_parrot(quality_check="retry")
    path, info = service.synthesize(request_for(FIRST, seed=BAD_SEED))
    good, calm = service.synthesize(request_for(FIRST))
    assert soundfile.info(path).duration == pytest.approx(soundfile.info(good).duration, abs=0.01)
    assert info.quality is not None
    assert [q.retries for q in info.quality] == [1]
    assert kinds(info) == []
    assert calm.quality is not None
    assert [q.retries for q in calm.quality] == [0]
    assert info.words is not None
    assert [w.text for w in info.words] == FIRST.split()
    newest = service.report.history(2)["request_history"][1]
    assert newest["parameters"]["made_again"] == 1


@pytest.mark.thorough
def test_the_best_take_is_kept_and_retakes_are_limited(make_parrot: MakeParrot) -> None:
    service = make_parrot(quality_check="retry", retry_divergent=2)
    request = request_for(FIRST, seed=BAD_SEED, options={"always": True})
    _, info = service.synthesize(request)
    _, worst = make_parrot().synthesize(request)
    assert info.quality is not None
    assert worst.quality is not None
    assert info.quality[0].retries == 2
    assert info.duration_seconds < worst.duration_seconds - 1
    assert "extra" in kinds(info)


def test_retakes_apply_only_to_engines_that_sample(make_parrot: MakeParrot) -> None:
    service = make_parrot(quality_check="retry")
    assert service._scheduler._retaker is not None
    assert service._scheduler._retaker.applies_to("parrot")
    assert service._scheduler._retaker.applies_to("reciter")
    assert not service._scheduler._retaker.applies_to("espeak")
    assert not service._scheduler._retaker.applies_to("groq")


def test_cancelling_during_alignment(make_parrot: MakeParrot) -> None:
    service = make_parrot()
    asked, go_on = threading.Event(), threading.Event()
    runner = service._alignment._runner
    runner.align = lambda request: (asked.set(), go_on.wait(10), 1 / 0)  # type: ignore[method-assign,return-value,assignment]
    stream = service.stream(request_for(FIRST))
    reader = threading.Thread(target=lambda: list(_quietly(stream)))
    reader.start()
    assert asked.wait(10)
    began = time.monotonic()
    assert service.cancel(stream.request_id)
    reader.join(5)
    assert time.monotonic() - began < 0.5
    go_on.set()


def _quietly(stream: Iterator[object]) -> Iterator[object]:
    try:
        yield from stream
    except Exception as error:
        yield error


def test_an_aligner_that_fails_costs_only_the_words(make_parrot: MakeParrot) -> None:
    service = make_parrot()
    service._alignment._runner.align = lambda request: 1 / 0  # type: ignore[method-assign,assignment]
    _, info = service.synthesize(request_for())
    assert info.words is None
    assert info.duration_seconds > 3
    assert "could not be aligned" in info.warnings[0]


def test_a_killed_aligner_is_restarted(make_parrot: MakeParrot) -> None:
    service = make_parrot(runner="process")
    service.synthesize(request_for(FIRST))
    runner = service._alignment._runner
    assert runner.pid is not None
    os.kill(runner.pid, signal.SIGKILL)
    time.sleep(0.1)
    _, info = service.synthesize(request_for(FIRST))
    assert info.words is not None
