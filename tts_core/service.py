"""The one way in: every door calls this and nothing below it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tts_core.alignment.client import AlignmentClient
from tts_core.audio.encode import Format, find_format
from tts_core.engines.registry import Registry
from tts_core.engines.weights.downloads import Downloads
from tts_core.errors import TTSError, as_tts_error
from tts_core.events import SpeechInfo
from tts_core.settings import Settings
from tts_core.stats.archive import Archive, Observer
from tts_core.stats.history import PendingWrite
from tts_core.stats.live import LiveRequest, Status, is_owner
from tts_core.stats.outputs import SWEEP_SECONDS, OutputFolder
from tts_core.stats.recordings import Tee
from tts_core.stats.report import Report, memory_megabytes
from tts_core.synthesis.fallback import Fallback
from tts_core.synthesis.live_request import apply_plan, start_live_request
from tts_core.synthesis.planner import plan
from tts_core.synthesis.rate_limit import RateLimiter
from tts_core.synthesis.retakes import Retaker
from tts_core.synthesis.scheduler import Scheduler
from tts_core.synthesis.segment_cache import SegmentCache
from tts_core.synthesis.stream import SpeechStream
from tts_core.system.disk import DiskSpace
from tts_core.types import Caller, SpeechRequest, Voice
from tts_core.validation import checked_name
from tts_core.voices.catalog import VoiceCatalog, find_owner
from tts_core.voices.export import import_voice
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import LIBRARY, Consent, VoiceRecord
from tts_core.voices.urls import UrlVoices


class SpeechService:
    """Turns requests into speech. One for each process; thread-safe.

    Close it when done: the engines' processes end with it.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        registry: Registry | None = None,
        url_voices: UrlVoices | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.registry = registry or Registry()
        self._downloads = Downloads(self.settings, self.registry.refresh)
        self.library = VoiceLibrary(self.settings.voices_path, partial(find_owner, self.registry))
        """Cloned voices: search, change, delete them here; `clone_voice` adds one."""
        self._url_voices = url_voices or UrlVoices(self.settings)
        self._catalog = VoiceCatalog(self.registry, self.library, self._url_voices)
        self._alignment = AlignmentClient(self.registry, self.settings)
        again = self.settings.retry_divergent if self.settings.quality_check == "retry" else 0
        self._cache = self._open_cache()
        self._scheduler = Scheduler(
            lambda name: self.registry.runner(name, self.settings),
            queue_limit=self.settings.queue_limit,
            memory_savings=lambda name: self.registry.info(name).economies,
            load_failed=self._load_failed,
            retaker=Retaker(self.registry, self._alignment, again),
            idle_unload_seconds=self.settings.idle_unload_seconds,
            buffer_seconds=self.settings.buffer_seconds,
            cache=self._cache,
        )
        self._fallback = Fallback(
            self.registry, self._catalog, self._scheduler, self.settings.fallback
        )
        self.disk_space = DiskSpace(self.settings.data_path)
        """Keeps space free on the disk."""
        self._outputs = OutputFolder(
            self.settings.outputs_path, self.settings.keep_outputs_hours, self.disk_space
        )
        self._limiter = RateLimiter(self.settings.rate_limit)
        self.archive = Archive(self.settings)
        """What is being spoken and what has been: search, hear and delete it here."""
        if self._cache is not None:
            self.disk_space.add_reclaimer(self._cache.shrink)
        self.disk_space.add_reclaimer(self.archive.recordings.shrink)
        self.sweeps: list[Callable[[], object]] = [self._outputs.sweep, self.disk_space.reclaim]
        """What is called every `SWEEP_SECONDS`."""
        self.report = Report(
            self.archive.live,
            self.archive.history,
            memory=self.memory,
            downloads=self._downloads.progress,
        )
        """What is happening and what has happened, as the status API words it."""
        self._streams: dict[str, SpeechStream] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._outputs.sweep()
        threading.Thread(target=self._sweep, name="sweep", daemon=True).start()

    def stream(
        self,
        request: SpeechRequest,
        *,
        save_as: str | None = None,
        request_id: str | None = None,
    ) -> SpeechStream:
        """Check the request and put it in line; what comes back is iterated for its events.

        `save_as`: a format of `audio/encode.py`; the sound also goes into a file, whose path the
        Finished event tells. Raises ValidationError, EngineUnavailable or QueueFullError here,
        before any sound, so that a door can still answer with the right status; RateLimited, when
        the caller asks too often; for a voice by URL, which is fetched first and can take a minute,
        VoiceLoadError too.
        """
        self._limiter.count(request.caller)
        name = request_id or uuid.uuid4().hex
        record = start_live_request(self.archive.live, request, name)
        recorder = None
        try:
            format = None if save_as is None else find_format(save_as)
            record.status = Status.PROCESSING_TEXT
            self._url_voices.fetch(request.voice)
            self.disk_space.reclaim()
            planned = plan(
                request,
                self._catalog,
                self.settings.text_limit,
                longest=self.settings.chunk_size,
                most_words=self.settings.chunk_size_words,
            )
            apply_plan(record, planned)
            recorder = self._recorder(record, format, planned.engine.sample_rate)
            job = self._scheduler.submit(
                planned.engine.name, planned.utterances, request.caller.client
            )
        except Exception as error:
            if recorder is not None:
                recorder.abandon()
            failure = as_tts_error(error)
            record.fail(failure)
            self.archive.end(record).wait()
            if failure is error:
                raise
            raise failure from error
        self.archive.begin(record).wait()  # the engine is at work meanwhile
        stream = SpeechStream(
            planned, job, record, recorder, self._fallback.find, self._alignment, self._ended
        )
        record.status = Status.GENERATING_AUDIO
        with self._lock:
            self._streams[record.request_id] = stream
        return stream

    def synthesize(self, request: SpeechRequest, format: str = "wav") -> tuple[Path, SpeechInfo]:
        """Speak into a file, which is whole when this returns.

        Raises as `stream` does, and GenerationError or Cancelled while it is being spoken.
        """
        with self.stream(request, save_as=format) as stream:
            finished = stream.read_to_end()
        assert finished.path is not None  # `save_as` was given
        return finished.path, finished.info

    def cancel(self, request_id: str, owner: str | None = None) -> bool:
        """Stop a request; False when none of that name is running that is `owner`'s."""
        with self._lock:
            stream = self._streams.get(request_id)
        if stream is None or not is_owner(owner, stream.record.owner):
            return False
        stream.close()
        return True

    def output(self, request_id: str) -> Path | None:
        """The finished file of a request, while it is kept."""
        return self._outputs.find(request_id)

    def observe(self, observer: Observer) -> None:
        """Tell it of every request from now on. It must be quick."""
        self.archive.observers.append(observer)

    def warm_up(self) -> None:
        """Load the best engine, and what else the first request would wait for; soon returns."""
        self._warm_up_best()
        threading.Thread(target=self._warm_up_catalog, daemon=True).start()

    def voices(self, engine: str = "") -> list[dict[str, Any]]:
        """Every voice that can be asked for, or those one engine can speak with.

        The library's come first. `engine` "library" gives these alone. Raises UnknownNameError.
        """
        cloned = [self._voice(record) for record in self.library.all()]
        if engine == LIBRARY:
            return cloned
        own = [_voice_dict(voice) for voice in self._catalog.voices(engine)]
        return [v for v in cloned if engine in ("", "auto", *v["engines"])] + own

    def voice(self, voice_id: str) -> dict[str, Any]:
        """A library voice, with the engines that can speak it now. Raises UnknownNameError."""
        return self._voice(self.library.get(voice_id))

    def clone_voice(
        self,
        recordings: Sequence[Path],
        name: str,
        *,
        consent: bool | Consent,
        language: str = "auto",
        tags: object = (),
        trim: bool = True,
        gain: bool = True,
        caller: Caller = Caller(),  # noqa: B008 - it is frozen
    ) -> dict[str, Any]:
        """Keep a new voice in the library; see `VoiceLibrary.add`, also for what it raises.

        RateLimited comes before that, when the caller asks too often.
        """
        self._limiter.count(caller)
        self.disk_space.reclaim()
        record = self.library.add(
            name,
            recordings,
            consent=consent,
            language=self._catalog.language_code(checked_name(language, "language")),
            tags=tags,
            trim=trim,
            gain=gain,
        )
        return self._voice(record)

    def import_voice(self, path: Path, caller: Caller) -> str:
        """Keep the voice of a file that "Export" made; returns its id.

        Raises ValidationError, VoiceLoadError; RateLimited, when the caller asks too often.
        """
        self._limiter.count(caller)
        self.disk_space.reclaim()
        return import_voice(self.library, path).id

    def fetch_recording(self, address: str, path: Path) -> None:
        """Write the recording at an http or https address into the file `path`.

        Raises ValidationError when TTS_ALLOW_VOICE_URLS is off, or for an address that is not
        taken; TooLargeError, VoiceLoadError, QueueFullError.
        """
        self._url_voices.download(address, path)

    def rename_voice(self, voice_id: str, name: str) -> None:
        """Raises UnknownNameError, ValidationError."""
        self.library.change(voice_id, name=name)

    def delete_voice(self, voice: str) -> str:
        """Delete a library voice, by id or name; its id is returned. Raises UnknownNameError."""
        found = self.library.find(voice) or self.library.get(voice)
        self.library.delete(found.id)
        return found.id

    def engines(self) -> list[dict[str, Any]]:
        """Every engine, usable or not, and why not."""
        states = self.engine_states()
        answer = []
        for name, info in self.registry.infos.items():
            reason = self.registry.unavailable(name)
            answer.append(
                {
                    "name": name,
                    "label": info.label,
                    "ready": reason is None,
                    "reason": reason,
                    "trouble": self.registry.cooldown_reason(name),
                    "state": states.get(name, "unloaded"),
                    "licence": info.license,
                    "languages": [{"code": x.code, "name": x.name} for x in info.languages],
                    "abilities": sorted(info.abilities),
                    "sample_rate": info.sample_rate,
                    "parameters": _schema(info.parameters),
                    "download_bytes": self._downloads.missing_bytes(name) if reason else 0,
                    "weights": self._downloads.weights(name),
                }
            )
        return answer

    def engine_states(self) -> dict[str, str]:
        """What each engine that has been used is doing."""
        return {name: runner.state.value for name, runner in self._scheduler.runners().items()}

    def download(self, name: str, accept: bool = False) -> dict[str, Any]:
        """Fetch weights (`weights` of an engine names them), or join the download that is running.

        Returns its progress at once: name, engine, label, state, bytes_done, bytes_total,
        bytes_per_second, seconds_left, error. `accept`: their licence is accepted, which is kept.
        Raises UnknownNameError, EngineUnavailable (accept the licence first) or DownloadError
        (the disk is too small); what comes later is in `state` and `error`.
        """
        return self._downloads.start(name, accept=accept)

    def cancel_download(self, name: str) -> bool:
        """Stop a download and keep what is here of it; False when none of that name is running."""
        return self._downloads.cancel(name)

    def downloads(self) -> list[dict[str, Any]]:
        """The running downloads and those that ended lately, each as `download` tells of it."""
        return self._downloads.progress()

    def clear_history(self, owner: str | None = None) -> int:
        """Forget the ended requests of `owner` (None: all), and their sound; how many there were.
        The statistics stay."""
        return self.archive.history.clear(owner)

    def active(self, owner: str | None = None) -> list[LiveRequest]:
        """The running requests, the oldest first."""
        return self.archive.active(owner)

    def close(self) -> None:
        """Stop everything and end the workers."""
        self._closed.set()
        self._downloads.close()
        with self._lock:
            streams = list(self._streams.values())
        for stream in streams:
            stream.close()
        self._scheduler.close()
        self._alignment.close()
        if self._cache is not None:
            self._cache.close()
        self.archive.close()

    def _open_cache(self) -> SegmentCache | None:
        limit = int(self.settings.cache_mb * 1e6)
        if not limit:
            return None
        return SegmentCache(self.settings.cache_path, limit, self.registry.info)

    def _voice(self, record: VoiceRecord) -> dict[str, Any]:
        able = self._catalog.cloning_engines(record.language)
        return record.public() | {"engines": [info.name for info in able]}

    def _warm_up_best(self) -> None:
        voiced = (name for name in self.registry.ready() if self.registry.info(name).voices)
        if (best := next(voiced, None)) is not None and self.registry.cooldown_reason(best) is None:
            self._scheduler.warm_up(best)
            self._alignment.prepare(self.registry.info(best))

    def _load_failed(self, name: str, error: TTSError) -> None:
        self.registry.start_cooldown(name, str(error))
        self._warm_up_best()  # the next one, then

    def _warm_up_catalog(self) -> None:
        with suppress(TTSError):  # no engine is ready: the first request will hear why
            self._catalog.choose("auto", "default", "auto", "Hello")

    def _sweep(self) -> None:
        while not self._closed.wait(SWEEP_SECONDS):
            for sweep in self.sweeps:
                sweep()

    def memory(self) -> dict[str, float]:
        """Resident memory of the app and of its engine workers, in MB."""
        return memory_megabytes(runner.pid for runner in self._scheduler.runners().values())

    def _ended(self, stream: SpeechStream) -> PendingWrite:
        with self._lock:
            self._streams.pop(stream.request_id, None)
        if stream.record.status is Status.COMPLETED:
            self.registry.end_cooldown(stream.record.engine)
        return self.archive.end(stream.record)

    def _recorder(self, record: LiveRequest, format: Format | None, sample_rate: int) -> Tee:
        """What the sound goes into: a file in `format`, and the history. Raises OSError."""
        file = None
        if format is not None:
            file = self._outputs.recorder(record.request_id, format, sample_rate)
        return Tee(file, self.archive.record_sound(record, sample_rate))


@lru_cache(maxsize=32)
def _schema(parameters: type[BaseModel]) -> dict[str, Any]:
    return parameters.model_json_schema()


def _voice_dict(voice: Voice) -> dict[str, Any]:
    return {
        "id": voice.id,
        "name": voice.name,
        "engine": voice.engine,
        "language": voice.language,
        "gender": voice.gender,
        "tags": list(voice.tags),
        "created": None,
        "engines": [voice.engine],
    }
