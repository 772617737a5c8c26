"""The segment cache: hits for identical segments only, eviction, damaged files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import MakeService
from tests.support.recordings import encoded
from tests.support.recordings import spoken as recorded
from tests.support.scripted import SCRIPTED
from tests.support.waiting import wait_until
from tts_core.engines.registry import Registry
from tts_core.service import SpeechService
from tts_core.synthesis.segment_cache import SegmentCache
from tts_core.types import AudioChunk, EngineInfo, PhonemeTiming, Utterance, WordTiming
from tts_core.validation import speech_request

TEXT = "One fine day. Two fine days. Three fine days."


def spoken(service: SpeechService, **values: object) -> tuple[bytes, dict[str, object]]:
    values = {"text": TEXT, "engine": "espeak", **values}
    path, info = service.synthesize(speech_request(**values))
    time.sleep(0.1)  # what was made is written behind
    return path.read_bytes(), info.as_dict()


def test_identical_segments_are_spoken_once(make_service: MakeService) -> None:
    service = make_service(cache_mb=50, mark="off")
    sound, info = spoken(service)
    assert (info["cached"], info["chunks"]) == (0, 3)
    again, told = spoken(service)
    assert told["cached"] == 3
    assert again == sound
    assert (told["words"], told["segments"]) == (info["words"], info["segments"])


def test_only_edited_segments_are_spoken(make_service: MakeService) -> None:
    service = make_service(cache_mb=50, mark="off")
    spoken(service)
    _, info = spoken(service, text="One fine day. Two rainy days. Three fine days. And a fourth.")
    assert (info["cached"], info["chunks"]) == (2, 4)


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "values",
    [
        {"speed": 1.1},
        {"pitch": 1.1},
        {"voice": "en-us+f2"},
        {"language": "de"},
        {"options": {"word_gap": 50}},
        {"text": "One fine day! Two fine days? Three fine days;"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_whatever_changes_the_sound_is_a_miss(
    make_service: MakeService, values: dict[str, object]
) -> None:
    service = make_service(cache_mb=50, mark="off")
    spoken(service)
    assert spoken(service, **values)[1]["cached"] == 0


def test_the_seed_is_in_the_key_of_engines_that_sample(make_service: MakeService) -> None:
    service = make_service(cache_mb=50, mark="off")
    assert spoken(service, seed=1)[1]["cached"] == 0
    assert spoken(service, seed=2)[1]["cached"] == 3  # eSpeak NG does not sample
    spoken(service, engine="sampling", seed=1)
    assert spoken(service, engine="sampling", seed=2)[1]["cached"] == 0
    assert spoken(service, engine="sampling", seed=2)[1]["cached"] == 3
    assert spoken(service, engine="sampling")[1]["cached"] == 0
    assert spoken(service, engine="sampling")[1]["cached"] == 0


def test_the_key_of_a_cloned_voice_is_its_recordings(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service(cache_mb=50, mark="off")
    cache = SegmentCache(tmp_path / "kept", 50_000, service.registry.info)
    keys = set()
    for variant in ("m3", "f2"):
        recording = tmp_path / f"{variant}.wav"
        recording.write_bytes(encoded(recorded(variant), "wav", "pcm_s16le"))
        voice = service.voices.clone([recording], "Anna", consent=True)
        folder = service.settings.voices_path / voice.id
        said = Utterance("Hello there.", "anna", "en", voice_folder=folder)
        keys |= {cache.key("espeak", said, 0), cache.key("espeak", said, 0)}
        service.voices.delete(voice.id)
    cache.close()
    assert len(keys) == 2


def test_the_cache_survives_a_restart(make_service: MakeService) -> None:
    first = make_service(cache_mb=50, mark="off")
    spoken(first)
    first.close()
    assert spoken(make_service(cache_mb=50, mark="off"))[1]["cached"] == 3


def test_stopped_or_failed_segments_are_not_cached(make_service: MakeService) -> None:
    service = make_service(cache_mb=50, mark="off")
    request = speech_request(text=TEXT, engine="scripted", options={"step_seconds": 0.2})
    with service.stream(request) as stream:
        next(iter(stream))
        next(iter(stream))
    time.sleep(0.5)
    assert list(service.settings.cache_path.glob("*/*")) == []


def test_the_cache_can_be_disabled(make_service: MakeService) -> None:
    service = make_service(cache_mb=0)
    spoken(service)
    assert spoken(service)[1]["cached"] == 0
    assert not service.settings.cache_path.exists()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[SegmentCache]:
    cache = SegmentCache(tmp_path, 50_000, _no_info)
    yield cache
    cache.close()


def _no_info(name: str) -> EngineInfo:
    raise NotImplementedError(name)


def chunks(seed: int) -> list[AudioChunk]:
    noise = np.random.default_rng(seed).uniform(-1, 1, 2_000).astype(np.float32)
    words = (WordTiming("late", 0.2, 0.3),)
    phonemes = (PhonemeTiming("l", 0.2), PhonemeTiming("", 0.24))
    return [AudioChunk(noise[:500], 8_000), AudioChunk(noise[500:], 8_000, words, phonemes)]


def kept(cache: SegmentCache, key: str) -> bool:
    return cache.get(key) is not None


def test_samples_and_words_are_exact(cache: SegmentCache) -> None:
    cache.put("aa/aa11", chunks(1))
    cache.close()
    found = cache.get("aa/aa11")
    assert found is not None
    before = np.concatenate([c.samples for c in chunks(1)])
    assert np.array_equal(np.concatenate([c.samples for c in found]), before)
    assert [w for c in found for w in c.words] == [WordTiming("late", 0.2, 0.3)]
    assert [p for c in found for p in c.phonemes] == [("l", 0.2), ("", 0.24)]


def test_the_least_recently_used_is_deleted_first(cache: SegmentCache, tmp_path: Path) -> None:
    for n in range(6):  # of 8 kB each
        cache.put(f"aa/{n}{n}", chunks(n))
    deadline = time.monotonic() + 5
    while len(list(tmp_path.glob("*/*.safetensors"))) < 6:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert kept(cache, "aa/00")
    cache.put("aa/66", chunks(6))
    cache.close()
    assert kept(cache, "aa/00")
    assert not kept(cache, "aa/11")
    assert kept(cache, "aa/66")
    assert sum(f.stat().st_size for f in tmp_path.glob("*/*")) <= 50_000


def test_a_damaged_file_is_a_miss(cache: SegmentCache, tmp_path: Path) -> None:
    cache.put("aa/aa11", chunks(1))
    cache.close()
    (tmp_path / "aa" / "aa11.safetensors").write_bytes(b"no such thing")
    assert cache.get("aa/aa11") is None
    assert list(tmp_path.glob("*/*")) == []


def test_unfinished_files_of_a_killed_process_are_deleted(tmp_path: Path) -> None:
    (tmp_path / "aa").mkdir()
    (tmp_path / "aa" / "aa22.part").write_bytes(b"half")
    SegmentCache(tmp_path, 50_000, _no_info).close()
    assert list(tmp_path.glob("*/*")) == []


def test_the_segments_of_a_deleted_voice_go_and_no_more_are_kept(tmp_path: Path) -> None:
    info = Registry(SCRIPTED).info
    with closing(SegmentCache(tmp_path, 50_000, info)) as cache:
        keys = []
        for voice in ("one", "two"):
            key = cache.key("scripted", Utterance("Hello.", voice, "en"), 0)
            assert key is not None
            keys.append(key)
            cache.put(key, chunks(1))
        wait_until(lambda: all(kept(cache, key) for key in keys))
        cache.forget("one")
        assert [kept(cache, key) for key in keys] == [False, True]
        cache.put(keys[0], chunks(2))  # as an engine does that was about to finish
        cache.put(keys[1], chunks(2))
    assert [path.parent.name for path in tmp_path.glob("*/*")] == [keys[1].partition("/")[0]]


def test_segments_of_versions_that_did_not_sort_by_voice_are_deleted(tmp_path: Path) -> None:
    (tmp_path / "aa").mkdir()
    (tmp_path / "aa" / f"aa{62 * '1'}.safetensors").write_bytes(b"of some voice")
    SegmentCache(tmp_path, 50_000, _no_info).close()
    assert list(tmp_path.glob("*/*")) == []
