"""A dictionary's entries in the plan of a request."""

from __future__ import annotations

import pytest

from tests.conftest import MakeService
from tts_core.errors import TooLargeError
from tts_core.types import Caller, SpeechRequest

OWNER = Caller()


def test_phonemes_and_respellings_reach_the_segments(make_service: MakeService) -> None:
    service = make_service()
    service.lexicon.save(OWNER, "live", phonemes="lɪv")
    service.lexicon.save(OWNER, "SQL", "sequel")
    request = SpeechRequest(text="They *live* on SQL, v2.", engine="scripted")
    with service.stream(request) as stream:
        [segment] = stream.plan.segments
        stream.read_to_end()
    assert segment.spoken == "They live on sequel, version two."
    words = {word.text: word for word in segment.words}
    assert words["live"].phonemes == "lɪv"
    assert segment.spoken[words["SQL"].at : words["SQL"].end] == "sequel"
    assert segment.text == "They live on SQL, v2."


def test_entries_of_a_voice_apply_to_it_only(make_service: MakeService) -> None:
    service = make_service()
    voice = service.voices.all("scripted")[0]
    service.lexicon.save(OWNER, "SQL", "sequel", voice=voice.id)
    service.lexicon.save(OWNER, "GIF", "jiff", voice="somebody else")
    request = SpeechRequest(text="A sql gif", engine="scripted", voice=voice.id)
    [segment] = service.preview(request).segments
    assert segment.spoken == "A sequel gif"


def test_a_change_is_spoken_although_the_segment_was_cached(make_service: MakeService) -> None:
    service = make_service()
    request = SpeechRequest(text="I use SQL.", engine="scripted", seed=1)
    seconds = []
    for spoken in ("", "sequel and more of it", "sequel"):
        if spoken:
            service.lexicon.save(OWNER, "SQL", spoken)
        with service.stream(request) as stream:
            seconds.append(stream.read_to_end().info.duration_seconds)
    assert len(set(seconds)) == 3


def test_a_short_text_does_not_become_a_long_one(make_service: MakeService) -> None:
    service = make_service(max_text_length=100)
    service.lexicon.save(OWNER, "a", "very " * 80)
    service.preview(SpeechRequest(text="a a", engine="scripted"))
    with pytest.raises(TooLargeError, match=r"1,197 characters .* the limit is 1,000\. Shorten"):
        service.preview(SpeechRequest(text="a a a", engine="scripted"))
