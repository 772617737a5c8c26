"""A recognizer hears which words were said, and so refutes and confirms what the check doubts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.engines import new_engine, reference, spoken_by
from tests.support.recognizer import write_model
from tts_core.alignment.recognizer import HeardWord, Recognizer, folder_of
from tts_core.alignment.second_opinion import RIGHT, WRONG, SecondOpinion, decide, is_doubtful
from tts_core.engines.base import EngineContext
from tts_core.engines.hibari.engine import HibariEngine
from tts_core.engines.registry import Registry
from tts_core.errors import ModelLoadError
from tts_core.settings import Settings
from tts_core.types import AlignmentRequest, AudioChunk, Quality, QualityIssue, Utterance

TEXT = "The old clock in the hall struck midnight, and a window slammed shut."
CLEAN = Quality(0.995)
DOUBTFUL = Quality(0.7)
FLAGGED = Quality(0.3, (QualityIssue("wrong words", ("hall",)),), sure=True)
HEARD = (HeardWord("The", -0.1), HeardWord("hall", -0.2))
NOT_HEARD = (HeardWord("The", -0.1), HeardWord("hall", -15.0))
UNCLEAR = (HeardWord("The", -0.1), HeardWord("hall", (RIGHT + WRONG) / 2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whisper")
    write_model(folder)
    return folder


@pytest.fixture(scope="module")
def speech() -> AudioChunk:
    engine = new_engine(HibariEngine)
    engine.load()
    chunks = list(spoken_by(engine, Utterance(TEXT, "heart", "en")))
    return AudioChunk(np.concatenate([c.samples for c in chunks]), chunks[0].sample_rate)


def asked(settings: Settings, quality: Quality, speech: AudioChunk, text: str = TEXT) -> Quality:
    request = AlignmentRequest(speech, text, reference("en-us"), "an engine nobody measured")
    return SecondOpinion(EngineContext(settings)).reconsider(request, quality)


def test_only_what_is_flagged_or_nearly_is_doubtful() -> None:
    assert is_doubtful(DOUBTFUL)
    assert is_doubtful(FLAGGED)
    assert not is_doubtful(CLEAN)
    assert not is_doubtful(Quality())  # it could not be checked


def test_an_issue_is_refuted() -> None:
    found = decide(FLAGGED, HEARD)
    assert found.issues == ()
    assert not found.sure
    assert found.score is not None
    assert found.score > 0.5


def test_another_word_is_an_issue() -> None:
    found = decide(DOUBTFUL, NOT_HEARD)
    assert found.issues == (QualityIssue("wrong words", ("hall",)),)
    assert found.sure
    assert found.score is not None
    assert found.score < 0.5


def test_an_issue_is_confirmed() -> None:
    weak = Quality(0.45, FLAGGED.issues)
    assert decide(weak, NOT_HEARD).sure
    assert decide(weak, NOT_HEARD).issues == FLAGGED.issues


@pytest.mark.parametrize("quality", [DOUBTFUL, FLAGGED])
def test_unclear_words_change_nothing(quality: Quality) -> None:
    assert decide(quality, UNCLEAR) == quality


@pytest.mark.parametrize("kind", ["noise", "silence", "extra", "cut end"])
def test_what_it_does_not_hear_stays(kind: str) -> None:
    quality = Quality(0.3, (QualityIssue(kind, ("hall",)),), sure=True)
    assert decide(quality, HEARD) == quality


@pytest.mark.thorough
def test_the_words_that_were_said_are_likely(folder: Path, speech: AudioChunk) -> None:
    heard = Recognizer(folder).likelihoods(speech, TEXT, "en-us")
    assert heard is not None
    assert [word.text for word in heard] == TEXT.split()
    assert min(word.likelihood for word in heard) > RIGHT


def test_speech_is_judged_by_its_text(folder: Path, speech: AudioChunk) -> None:
    settings = Settings(recogniser="whisper", recogniser_model=str(folder))
    other = TEXT.replace("hall", "kitchen")
    assert asked(settings, FLAGGED, speech).issues == ()
    (issue,) = asked(settings, DOUBTFUL, speech, other).issues
    assert "kitchen" in issue.words
    assert asked(settings, CLEAN, speech, other) == CLEAN
    off = Settings(recogniser="off", recogniser_model=str(folder))
    assert asked(off, FLAGGED, speech) == FLAGGED


@pytest.mark.sample(1)
@pytest.mark.parametrize("language", ["ja", "xx"])
def test_languages_that_it_cannot_judge(folder: Path, speech: AudioChunk, language: str) -> None:
    assert Recognizer(folder).likelihoods(speech, TEXT, language) is None


def test_longer_than_it_takes(folder: Path) -> None:
    long = AudioChunk(np.zeros(31 * 16_000, np.float32), 16_000)
    assert Recognizer(folder).likelihoods(long, TEXT, "en") is None


def test_a_model_that_is_not_there(
    tmp_path: Path, speech: AudioChunk, caplog: pytest.LogCaptureFixture
) -> None:
    named = Settings(recogniser="whisper", recogniser_model="base", data_dir=tmp_path)
    with pytest.raises(ModelLoadError, match="download whisper-base"):
        folder_of(named)
    wrong = Settings(recogniser="whisper", recogniser_model=str(tmp_path))
    with pytest.raises(ModelLoadError, match=r"TTS_RECOGNISER_MODEL.*tiny, base, small"):
        folder_of(wrong)
    assert asked(wrong, FLAGGED, speech) == FLAGGED
    assert "TTS_RECOGNISER" in caplog.text


def test_a_folder_with_something_else(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"nothing")
    with pytest.raises(ModelLoadError, match="no Whisper model"):
        Recognizer(tmp_path)


def test_weights_are_offered_where_a_recognizer_is_allowed(tmp_path: Path) -> None:
    def names(settings: Settings) -> list[str]:
        return [weights.name for weights in Registry(settings=settings).weights]

    assert "whisper-base" in names(Settings(recogniser="whisper", data_dir=tmp_path))
    assert "whisper-base" not in names(Settings(data_dir=tmp_path))
