"""Facade of the synthesis core, used by every API, the page and the command line."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from tts_core.alignment.client import AlignmentClient
from tts_core.audio.encode import Format, find_format
from tts_core.engines.pace import PACES
from tts_core.engines.registry import Registry
from tts_core.engines.weights.downloads import Downloads
from tts_core.errors import TTSError, as_tts_error
from tts_core.events import SpeechInfo
from tts_core.lexicon.matcher import Matcher
from tts_core.marks.metadata import unmarked
from tts_core.projects.project import LONGEST_SEGMENT
from tts_core.projects.work.background import BackgroundSpeech
from tts_core.services.consents import ConsentService
from tts_core.services.engines import EngineService
from tts_core.services.lexicon import LexiconService
from tts_core.services.marks import MarkService
from tts_core.services.previews import PreviewService
from tts_core.services.projects import ProjectService
from tts_core.services.upkeep import Upkeep, forget_absent
from tts_core.services.visitors import Visitors
from tts_core.services.voices import VoiceService
from tts_core.settings import Settings
from tts_core.stats.archive import Archive
from tts_core.stats.history import PendingWrite
from tts_core.stats.live import LiveRequest, Status, is_owner
from tts_core.stats.outputs import OutputFolder
from tts_core.stats.recordings import Tee
from tts_core.stats.report import Report, memory_megabytes
from tts_core.synthesis.fallback import Fallback
from tts_core.synthesis.job import Job
from tts_core.synthesis.levels import VoiceLevels
from tts_core.synthesis.live_request import apply_plan, start_live_request
from tts_core.synthesis.planner import Plan, plan
from tts_core.synthesis.preview import Preview, preview_of
from tts_core.synthesis.rate_limit import RateLimiter
from tts_core.synthesis.retakes import Retaker
from tts_core.synthesis.scheduler import Scheduler
from tts_core.synthesis.segment_cache import open_cache
from tts_core.synthesis.stream import SpeechStream
from tts_core.system.cpu_slots import PLANNING_SLOTS
from tts_core.system.disk import DiskSpace
from tts_core.text.reading.reading import Reading
from tts_core.types import Caller, SpeechRequest
from tts_core.voices.aliases import Aliases
from tts_core.voices.catalog import VoiceCatalog, find_owner
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.similarity import Similarity, compare, is_available
from tts_core.voices.urls import UrlVoices


class SpeechService:
    """Turns requests into speech. One per process; thread-safe.

    Close it when done, which ends the engines' processes.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        registry: Registry | None = None,
        url_voices: UrlVoices | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.registry = registry or Registry(settings=self.settings)
        self.registry.paces.keep_in(self.settings.data_path / PACES)
        self._downloads = Downloads(
            self.settings, lambda: self.registry.weights, self.registry.refresh
        )
        library = VoiceLibrary(self.settings.voices_path, partial(find_owner, self.registry))
        self._url_voices = url_voices or UrlVoices(self.settings)
        self._catalog = VoiceCatalog(self.registry, library, self._url_voices)
        self._aliases = Aliases(self.settings)
        self._alignment = AlignmentClient(self.registry, self.settings)
        again = self.settings.retry_divergent if self.settings.quality_check == "retry" else 0
        self._cache = open_cache(self.settings, self.registry.info)
        self._scheduler = Scheduler(
            lambda name: self.registry.runner(name, self.settings),
            queue_limit=self.settings.queue_limit,
            memory_savings=lambda name: self.registry.info(name).economies,
            load_failed=self._load_failed,
            measured=lambda name, *what: self.registry.paces.learn(self.registry.info(name), *what),
            retaker=Retaker(self.registry, self._alignment, again),
            idle_unload_seconds=self.settings.idle_unload_seconds,
            buffer_seconds=self.settings.buffer_seconds,
            cache=self._cache,
        )
        self._fallback = Fallback(
            self.registry, self._catalog, self._scheduler, self.settings.fallback
        )
        self._levels = VoiceLevels(self.settings.data_path / "levels.json")
        self._disk_space = DiskSpace(self.settings.data_path)
        self._outputs = OutputFolder(
            self.settings.outputs_path, self.settings.keep_outputs_hours, self._disk_space
        )
        self._limiter = RateLimiter(self.settings.rate_limit)
        derived = [self._levels.forget, self._outputs.discard_copies]
        if self._cache is not None:
            derived.append(self._cache.forget)
            self._disk_space.add_reclaimer(self._cache)
        self.voices = VoiceService(library, self._catalog, self._url_voices, self._admit, derived)
        """The engines' voices and the cloned ones: list, clone, rename, delete, export them."""
        self.consents = ConsentService(self.voices, self._running)
        """The consents for cloned voices: withdraw them."""
        self.engines = EngineService(self.registry, self._downloads, self._scheduler.runners)
        """The engines, their state, and downloads of their weights."""
        self.history = Archive(self.settings)
        """Running and ended requests: search, play and delete them."""
        self.marks = MarkService(self.settings, self.registry, self.voices.find, self.history.find)
        """Marks generated speech as such, and finds the marks in a file."""
        visitors = Visitors(self.history.database, self.settings, self.history.viewer)
        self.lexicon = LexiconService(self.history.database, visitors, admit=self._admit)
        """How words are to be spoken: list, save, delete, import and export entries."""
        background = BackgroundSpeech(
            self._plan_segment,
            self._scheduler,
            self._levels,
            self.history.live,
            self.settings.buffer_seconds,
            partial(self._opened, background=True),
        )
        self.projects = ProjectService(
            self.settings,
            self.history.database,
            self._disk_space,
            viewer=visitors.viewer,
            admit=self._admit,
            speech=background,
            marker=self.marks.of_speech,
            watermark=self.marks.watermark,
            comment=self.marks.comment,
        )
        """Documents that are spoken in the background: make, correct and export them."""
        self.previews = PreviewService(
            background,
            self.registry,
            self.settings,
            resolve=self._aliases.resolve,
            is_busy=lambda: bool(self.active() or self.projects.working()),
        )
        """Sounds of voices, made before anybody asks for them."""
        self._disk_space.add_reclaimer(self.history.recordings)
        absent = partial(forget_absent, visitors, self.projects, self.lexicon)
        self._upkeep = Upkeep(self._outputs.sweep, self._disk_space.reclaim, absent)
        self.report = Report(
            self.history.live,
            self.history.database,
            memory=self.memory,
            downloads=self.engines.downloads,
            projects=self.projects.working,
            recogniser=self._alignment.second_opinion,
        )
        """Status, progress and statistics, as documents of the status API."""
        self._streams: dict[str, SpeechStream] = {}
        self._lock = threading.Lock()
        self._outputs.sweep()
        self._upkeep.start()
        self.projects.start()

    def stream(
        self,
        request: SpeechRequest,
        *,
        save_as: str | None = None,
        request_id: str | None = None,
        early: bool = False,
    ) -> SpeechStream:
        """Validate a request, put it in the queue and return the stream of its events.

        `save_as`: a format of `audio/encode.py`; the audio is then written to a file as well, whose
        path is in the Finished event. `request_id`: by default a random one. `early`: whether a
        long text may be spoken before all of it has been read; a Planned event tells the rest.

        All errors of the request are raised here, before any audio, so that an API can still send
        the right status: ValidationError, EngineUnavailable, QueueFullError, RateLimited (the
        caller asks too often) and, for a voice by URL, which is downloaded first and can take a
        minute, VoiceLoadError.
        """
        self._limiter.count(request.caller)
        record = start_live_request(self.history.live, request, request_id or uuid.uuid4().hex)
        self.previews.give_way()
        recorder = None
        try:
            format = None if save_as is None else find_format(save_as)
            record.status = Status.PROCESSING_TEXT
            self._disk_space.reclaim()
            planned, _ = self._plan(request, self.lexicon.matcher(request.caller), early=early)
            apply_plan(record, planned)
            recorder = self._recorder(record, format, planned.engine.sample_rate)
            engine, client, is_whole = planned.engine.name, request.caller.client, not planned.rest
            job = self._scheduler.submit(engine, planned.utterances, client, planned=is_whole)
        except Exception as error:
            if recorder is not None:
                recorder.abandon()
            failure = as_tts_error(error)
            record.fail(failure)
            self.history.end(record).wait()
            if failure is error:
                raise
            raise failure from error
        self.history.begin(record).wait()  # the engine is at work meanwhile
        return self._opened(planned, job, record, recorder)

    def _opened(
        self,
        planned: Plan,
        job: Job,
        record: LiveRequest,
        recorder: Tee,
        *,
        background: bool = False,
    ) -> SpeechStream:
        """Return the stream of a queued request; in the `background`, of a part of a project."""
        rate = planned.engine.sample_rate
        stream = SpeechStream(
            planned,
            job,
            record,
            recorder,
            self._fallback.find,
            self._alignment,
            self._levels,
            unmarked if background else self.marks.of_request,
            None if background else self.marks.watermark(rate),
            self.marks.comment,
            partial(self._ended, recorded=not background),
        )
        record.status = Status.GENERATING_AUDIO
        with self._lock:
            self._streams[record.request_id] = stream
        self.consents.check(stream)
        return stream

    def _plan_segment(self, request: SpeechRequest) -> Plan:
        """Return the plan of a part of a project. Raises as `preview` does."""
        lexicon = self.lexicon.matcher(request.caller)
        return self._plan(request, lexicon, longest=LONGEST_SEGMENT)[0]

    def preview(self, request: SpeechRequest) -> Preview:
        """Return what will be spoken of a request, and how; nothing is generated or recorded.

        Raises what `stream` does, but never QueueFullError or RateLimited.
        """
        lexicon = self.lexicon.matcher(request.caller)
        return preview_of(*self._plan(request, lexicon, as_heard=True))

    def _plan(
        self,
        request: SpeechRequest,
        lexicon: Matcher | None = None,
        *,
        as_heard: bool = False,
        longest: int = 0,
        early: bool = False,
    ) -> tuple[Plan, Reading]:
        """Plan a request; its text may have `longest` characters whatever the setting says."""
        asked, request = request, self._aliases.resolve(request)
        self._url_voices.fetch(request.voice)
        with PLANNING_SLOTS, self._aliases.explained(asked):
            return plan(
                request,
                self._catalog,
                max(self.settings.text_limit, longest),
                longest=self.settings.chunk_size,
                most_words=self.settings.chunk_size_words,
                as_heard=as_heard,
                lexicon=lexicon,
                voice_meant=self._aliases.voice,
                early=early,
            )

    def synthesize(self, request: SpeechRequest, format: str = "wav") -> tuple[Path, SpeechInfo]:
        """Speak into a file; return its path and a summary when it is complete.

        Raises as `stream` does, and GenerationError or Cancelled during synthesis.
        """
        with self.stream(request, save_as=format) as stream:
            finished = stream.read_to_end()
        assert finished.path is not None  # `save_as` was given
        return finished.path, finished.info

    def similarity(self, voice_id: str, text: str, caller: Caller) -> Similarity | None:
        """Return how similar speech in a cloned voice is to its recordings.

        `text`: some sentences, which are spoken for that. None without the encoder's package, for
        blends, and when there is too little speech. Raises as `synthesize` does.
        """
        voice = self.voices.get(voice_id)
        if not voice.clips or not is_available():
            return None
        path, _ = self.synthesize(SpeechRequest(text=text, voice=voice.id, caller=caller))
        return compare(path, self.voices.recordings(voice.id))

    def cancel(self, request_id: str, owner: str | None = None) -> bool:
        """Stop a running request; returns False when `owner` (None: all) has none of that id."""
        with self._lock:
            stream = self._streams.get(request_id)
        if stream is None or not is_owner(owner, stream.record.owner):
            return False
        stream.close()
        return True

    def _running(self) -> list[SpeechStream]:
        with self._lock:
            return list(self._streams.values())

    def new_folder_of_copies(self, voice_id: str) -> Path:
        """Create a folder for copies of a voice's recordings, which are deleted with the voice."""
        return self._outputs.folder_of_copies(voice_id)

    def output(self, request_id: str) -> Path | None:
        """Return the finished file of a request; None when there is none, or no more."""
        return self._outputs.find(request_id)

    def reclaim_disk_space(self, wanted: int) -> bool:
        """Return whether `wanted` bytes are free, after deleting cached and recorded speech."""
        return self._disk_space.reclaim(wanted)

    def add_sweep(self, sweep: Callable[[], object]) -> None:
        """Call `sweep` every `SWEEP_SECONDS`, to delete files that are not needed any more."""
        self._upkeep.add(sweep)

    def warm_up(self) -> None:
        """Load in the background what the first request would wait for, such as the best engine."""
        self._warm_up_best()
        threading.Thread(target=self._warm_up_planning, daemon=True).start()

    def active(self, owner: str | None = None) -> list[LiveRequest]:
        """Return the running requests of `owner` (None: all), the oldest first."""
        return self.history.live.active(owner)

    def close(self) -> None:
        """Stop all requests and downloads, and end the workers."""
        self._upkeep.close()
        self.previews.close()
        self.projects.close()
        self._downloads.close()
        for stream in self._running():
            stream.close()
        self._scheduler.close()
        self._alignment.close()
        self._levels.close()
        if self._cache is not None:
            self._cache.close()
        self.history.close()

    def _admit(self, caller: Caller) -> None:
        """Prepare for a recording of `caller`'s. Raises RateLimited."""
        self._limiter.count(caller)
        self._disk_space.reclaim()

    def _warm_up_best(self) -> None:
        voiced = (name for name in self.registry.ready() if self.registry.info(name).voices)
        if (best := next(voiced, None)) is not None and self.registry.cooldown_reason(best) is None:
            self._scheduler.warm_up(best)
            self._alignment.prepare(self.registry.info(best))

    def _load_failed(self, name: str, error: TTSError) -> None:
        self.registry.start_cooldown(name, str(error))
        self._warm_up_best()  # the next best one

    def _warm_up_planning(self) -> None:
        with suppress(TTSError):  # no engine is ready, which the first request will be told
            self._plan(SpeechRequest(text="Hello, world 1."))

    def memory(self) -> dict[str, float]:
        """Return the resident memory of the app and of its engine workers, in MB."""
        return memory_megabytes(runner.pid for runner in self._scheduler.runners().values())

    def _ended(self, stream: SpeechStream, *, recorded: bool = True) -> PendingWrite:
        with self._lock:
            self._streams.pop(stream.request_id, None)
        if stream.record.status is Status.COMPLETED:
            self.registry.end_cooldown(stream.record.engine)
        return self.history.end(stream.record) if recorded else PendingWrite(lambda: None)

    def _recorder(self, record: LiveRequest, format: Format | None, sample_rate: int) -> Tee:
        """Return what writes the audio to a file in `format` and to the history. Raises OSError."""
        file = None
        if format is not None:
            file = self._outputs.recorder(
                record.request_id, format, sample_rate, self.marks.comment
            )
        return Tee(file, self.history.record_sound(record, sample_rate))
