"""Engines that note what they speak. On its own, since a worker process imports them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tts_core.engines.espeak.engine import EspeakEngine, EspeakParameters
from tts_core.engines.hibari.engine import HibariEngine
from tts_core.engines.match.parameters import MatchParameters
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Language, Utterance, Voice

FAILS = "nonsense"
"""A text with this word cannot be spoken."""


class JournalParameters(EspeakParameters):
    journal: str = ""
    """The file to which each text is appended, when its speech begins and when it is complete."""
    seconds: float = 0.0
    """How long each text takes at least."""


class JournalEngine(EspeakEngine):
    """eSpeak NG, with voices of its own."""

    parameters = JournalParameters

    def describe(self) -> EngineInfo:
        return replace(
            super().describe(),
            name="journal",
            label="Journal",
            parameters=JournalParameters,
            languages=(Language("en", "English"),),
            voices=(
                Voice("ann", "Ann", "journal", "en", tags=("default",)),
                Voice("bob", "Bob", "journal", "en"),
            ),
            capabilities=Capabilities(word_times=True, sampling=True),
        )

    def speak(
        self, utterance: Utterance, options: EspeakParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        assert isinstance(options, JournalParameters)
        voice = {"ann": "en-us", "bob": "en-gb"}[utterance.voice]
        spoken = super().speak(replace(utterance, voice=voice), options, stop)
        yield from _noting(utterance.text, spoken, options, stop)


class NaturalParameters(MatchParameters):
    journal: str = ""
    seconds: float = 0.0


class NaturalEngine(HibariEngine):
    """hibari, whose samples depend on nothing but the text."""

    parameters = NaturalParameters

    def describe(self) -> EngineInfo:
        info = super().describe()
        voices = [replace(voice, engine="natural") for voice in info.voices]
        return replace(
            info, name="natural", label="Natural", parameters=NaturalParameters, voices=voices
        )

    def speak(
        self, utterance: Utterance, options: MatchParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        assert isinstance(options, NaturalParameters)
        yield from _noting(utterance.text, super().speak(utterance, options, stop), options, stop)


def _noting(
    text: str,
    chunks: Iterator[AudioChunk],
    options: JournalParameters | NaturalParameters,
    stop: threading.Event,
) -> Iterator[AudioChunk]:
    _note(options.journal, f"begun {text}")
    if FAILS in text:
        raise RuntimeError(f"{FAILS} cannot be spoken")
    ready = time.monotonic() + options.seconds
    yield from chunks
    stop.wait(max(0.0, ready - time.monotonic()))
    if not stop.is_set():
        _note(options.journal, f"spoken {text}")


def _note(journal: str, line: str) -> None:
    if journal:
        handle = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{line}\n".encode())
        os.close(handle)


def noted(journal: Path, what: str = "spoken") -> list[str]:
    """Return the texts whose speech was complete, or "begun", in order."""
    lines = journal.read_text().splitlines() if journal.exists() else []
    return [line.partition(" ")[2] for line in lines if line.startswith(what)]


JOURNAL = {
    "journal": "tests.support.journal:JournalEngine",
    "natural": "tests.support.journal:NaturalEngine",
}
