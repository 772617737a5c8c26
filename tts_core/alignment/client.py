"""Runs word alignment and the quality check in a worker process (`aligner.py`), in the background.

Sound never waits for it: streams submit an utterance and get the answer later. Only the check by an
engine's own phonemes, which costs less than sending it the sound, needs no worker.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, Literal

from tts_core.alignment.expected import quality_by_phonemes
from tts_core.alignment.recognizer import folder_of
from tts_core.engines.base import EngineContext
from tts_core.engines.process import ProcessRunner
from tts_core.engines.registry import Registry
from tts_core.engines.runner import InlineRunner, Runner
from tts_core.errors import ModelLoadError, TTSError, WorkerDied
from tts_core.settings import Settings
from tts_core.types import AlignmentRequest, AlignmentResult, EngineInfo, ReferenceVoice
from tts_core.voices.lookup import default_voice, find_language

log = logging.getLogger(__name__)

ALIGNER = "tts_core.alignment.aligner:ReferenceAligner"
_LOAD_TIMEOUT = 60.0  # seconds; loading takes under one, but the machine may be busy
_ANSWER_TIMEOUT = 30.0  # seconds
_STOP_SECONDS = 0.05  # how often `align` looks whether it should stop
_FAILED = AlignmentResult(None)

OnResult = Callable[[AlignmentResult], None]
_Task = tuple[AlignmentRequest, OnResult]
_LOAD: Final = "load"


class AlignmentClient:
    """The aligner's worker process and the thread that feeds it, in order. Thread-safe.

    There is one for each service. The worker starts with the first use and is unloaded after
    `Settings.idle_unload_seconds` without a task.
    """

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self._registry = registry
        self._settings = settings
        self._idle_seconds = settings.idle_unload_seconds or None
        self.check = settings.quality_check != "off"
        """Whether the quality is checked, besides aligning the words."""
        self._has_recognizer = settings.recogniser != "off"
        self._runner = _runner(settings)
        self._tasks: queue.SimpleQueue[_Task | Literal["load"] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._lock = threading.Lock()

    def serves(self, engine: EngineInfo) -> bool:
        """Return whether an engine's sound is aligned: to find its words, or only to check it."""
        return not engine.capabilities.word_times or (self.check and engine.can_garble)

    def reference_voice(self, language: str, speaker: str) -> ReferenceVoice | None:
        """Return the voice to compare an engine's speech with; None when there is none.

        `speaker`: the engine's name.
        """
        return reference_voice(self._registry, language, speaker)

    def second_opinion(self) -> dict[str, Any] | None:
        """Describe the recognizer for the status API: its model, and why it cannot be used.

        None when TTS_RECOGNISER is off, or nothing is checked.
        """
        if self._settings.recogniser == "off" or not self.check:
            return None
        try:
            folder_of(self._settings)
            reason = None
        except ModelLoadError as error:
            reason = str(error)
        model = self._settings.recogniser_model
        return {"model": model, "ready": reason is None, "reason": reason}

    def submit(self, request: AlignmentRequest, on_result: OnResult) -> None:
        """Align an utterance in the background.

        `on_result` is called exactly once, in the client's thread, also after failures, with a
        result without words. It must return at once.
        """
        self._start()
        self._tasks.put((request, on_result))

    def align(self, request: AlignmentRequest, stop: threading.Event) -> AlignmentResult:
        """Align an utterance and wait for the result; one without words when `stop` is set."""
        results: list[AlignmentResult] = []
        done = threading.Event()

        def on_result(result: AlignmentResult) -> None:
            results.append(result)
            done.set()

        self.submit(request, on_result)
        while not done.wait(_STOP_SECONDS):
            if stop.is_set():
                return _FAILED
        return results[0]

    def prepare(self, engine: EngineInfo) -> None:
        """Start the worker if an engine's words come from it, so that the first do not wait.

        Return at once. A check alone can wait: starting would delay the engine's first sound.
        """
        if not engine.capabilities.word_times:
            self._start()
            self._tasks.put(_LOAD)

    def close(self) -> None:
        """End the worker. Tasks that are still queued get a result without words."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._closed = True
        if thread is not None:
            self._tasks.put(None)
            self._runner.kill()
            thread.join(timeout=10)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="alignment", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=self._idle_seconds)
            except queue.Empty:
                self._runner.unload()
                task = self._tasks.get()
            if task is None:
                self._runner.unload()
                return
            if isinstance(task, str):
                self._load()
                continue
            request, on_result = task
            on_result(self._align(request))

    def _load(self) -> None:
        try:
            self._runner.load()
        except TTSError as error:
            if not self._closed:
                log.warning("alignment worker could not be loaded: %s", error)

    def _align(self, request: AlignmentRequest, retry: bool = True) -> AlignmentResult:
        try:
            asked = request.second_opinion and self._has_recognizer
            if request.check and request.chunk.phonemes and not asked:
                return AlignmentResult(request.chunk.words, quality_by_phonemes(request))
            return self._runner.align(request)
        except WorkerDied:
            if retry and not self._closed:
                return self._align(request, retry=False)
            if not self._closed:
                log.warning("alignment worker crashed twice on the same utterance", exc_info=True)
        except Exception:  # whoever submitted it waits for an answer
            log.warning("an utterance could not be aligned", exc_info=True)
        return _FAILED


def reference_voice(registry: Registry, language: str, speaker: str = "") -> ReferenceVoice | None:
    """Return the voice to compare speech in a language with; None when there is none.

    It is that of the most natural reference engine that can be used, and never the speaker's own:
    the same model makes the same mistakes. `speaker`: the name of the engine that spoke.
    """
    others = [info for info in registry.infos.values() if info.name != speaker]
    for info in sorted(others, key=lambda info: -info.naturalness):
        served = [one for one in info.languages if one.code in info.reference_languages]
        found = find_language(replace(info, languages=served), language)
        if found is not None and registry.unavailable(info.name) is None:
            voice = default_voice(info, found.code)
            return ReferenceVoice(info.name, registry.target(info.name), voice.id, found.code)
    return None


def _runner(settings: Settings) -> Runner:
    """Return the aligner's runner, in a process of its own unless `TTS_RUNNER` is "inline"."""
    if settings.runner == "inline":
        return InlineRunner(ALIGNER, EngineContext(settings))
    # One thread: several would compete with the engines' own for the cores.
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "1")
    return ProcessRunner(
        ALIGNER,
        EngineContext(settings),
        load_timeout=_LOAD_TIMEOUT,
        segment_timeout=_ANSWER_TIMEOUT,
        environment={"OPENBLAS_NUM_THREADS": threads},
    )
