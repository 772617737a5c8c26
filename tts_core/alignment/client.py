"""Has what engines said listened to, in a process of its own (`aligner.py`): when which word
sounds, and whether it is what the text says. Sound never waits for it."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable

from tts_core.engines.process import ProcessRunner
from tts_core.engines.registry import Registry
from tts_core.engines.runner import InlineRunner, Runner
from tts_core.errors import TTSError, WorkerDied
from tts_core.settings import Settings
from tts_core.types import AlignmentRequest, AlignmentResult, EngineInfo
from tts_core.voices.catalog import default_voice, find_language

log = logging.getLogger(__name__)

ALIGNER = "tts_core.alignment.aligner:ReferenceAligner"
REFERENCE_ENGINE = "espeak"
_LOAD_TIMEOUT = 60.0  # a start takes under a second, but the machine may be busy
_ANSWER_TIMEOUT = 30.0
_STOP_SECONDS = 0.05
_NOTHING = AlignmentResult(None)

Tell = Callable[[AlignmentResult], None]
_Question = tuple[AlignmentRequest, Tell]


class AlignmentClient:
    """One for each service: a thread that asks the ear, in order. Thread-safe."""

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self._registry = registry
        self._idle_seconds = settings.idle_unload_seconds or None
        self.check = settings.quality_check != "off"
        self._runner = _runner(settings)
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._lock = threading.Lock()

    @staticmethod
    def concerns(engine: EngineInfo) -> bool:
        """Whether an engine is listened to: the others know their words' times themselves."""
        return "word_times" not in engine.abilities

    def voice(self, language: str) -> str | None:
        """The voice that speaks the same, to compare; None when the language has none."""
        if self._registry.unavailable(REFERENCE_ENGINE) is not None:
            return None
        info = self._registry.info(REFERENCE_ENGINE)
        found = find_language(info, language)
        return None if found is None else default_voice(info, found.code).id

    def ask(self, said: AlignmentRequest, tell: Tell) -> None:
        """Have it listened to. `tell` is called once, in another thread, whatever happens."""
        self._start()
        self._questions.put((said, tell))

    def align(self, said: AlignmentRequest, stop: threading.Event) -> AlignmentResult:
        """Wait for the answer; nothing was heard when `stop` is set before."""
        answers: list[AlignmentResult] = []
        answered = threading.Event()

        def tell(heard: AlignmentResult) -> None:
            answers.append(heard)
            answered.set()

        self.ask(said, tell)
        while not answered.wait(_STOP_SECONDS):
            if stop.is_set():
                return _NOTHING
        return answers[0]

    def prepare(self, engine: EngineInfo) -> None:
        """Start the ear if an engine wants it, so that its first words need not wait for it.

        Returns at once.
        """
        if self.concerns(engine):
            self._start()

    def close(self) -> None:
        """End the ear. What is still asked is answered: nothing was heard."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._closed = True
        if thread is not None:
            self._questions.put(None)
            self._runner.kill()
            thread.join(timeout=10)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        self._load()
        while True:
            try:
                question = self._questions.get(timeout=self._idle_seconds)
            except queue.Empty:
                self._runner.unload()
                self._idle_seconds, patience = None, self._idle_seconds
                question = self._questions.get()
                self._idle_seconds = patience
            if question is None:
                self._runner.unload()
                return
            said, tell = question
            tell(self._align(said))

    def _load(self) -> None:
        try:
            self._runner.load()
        except TTSError as error:
            if not self._closed:
                log.warning("Nothing can be listened to: %s", error)

    def _align(self, said: AlignmentRequest, again: bool = True) -> AlignmentResult:
        try:
            return self._runner.align(said)
        except WorkerDied:
            if again and not self._closed:
                return self._align(said, again=False)
            if not self._closed:
                log.warning("the ear died of an utterance, twice", exc_info=True)
        except Exception:  # whoever asked waits for an answer
            log.warning("an utterance could not be listened to", exc_info=True)
        return _NOTHING


def _runner(settings: Settings) -> Runner:
    if settings.runner == "inline":
        return InlineRunner(ALIGNER)
    # One thread: several would take turns with the engines' own.
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "1")
    return ProcessRunner(
        ALIGNER,
        load_timeout=_LOAD_TIMEOUT,
        segment_timeout=_ANSWER_TIMEOUT,
        environment={"OPENBLAS_NUM_THREADS": threads},
    )
