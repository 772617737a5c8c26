"""Speech in the background: what is made for later, while nobody waits for anything else."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from tts_core.stats.live import LiveRequest, LiveRequests
from tts_core.stats.outputs import Recorder
from tts_core.stats.recordings import Tee
from tts_core.synthesis.inbox import Inbox
from tts_core.synthesis.job import Job
from tts_core.synthesis.levels import VoiceLevels
from tts_core.synthesis.live_request import apply_plan, new_live_request
from tts_core.synthesis.planner import Plan
from tts_core.synthesis.scheduler import Scheduler
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import SpeechRequest

OpenStream = Callable[[Plan, Job, LiveRequest, Tee], SpeechStream]


class BackgroundSpeech:
    """Speaks requests that the queue and the history do not count. Thread-safe."""

    def __init__(
        self,
        plan: Callable[[SpeechRequest], Plan],
        scheduler: Scheduler,
        levels: VoiceLevels,
        live: LiveRequests,
        buffer_seconds: float,
        open_stream: OpenStream,
    ) -> None:
        """`plan`: validates a request and plans it. `live`: knows the engines' paces.

        `buffer_seconds`: see `Inbox`. `open_stream`: returns the stream of a job.
        """
        self.plan = plan
        self._scheduler, self._levels, self._live = scheduler, levels, live
        self._buffer_seconds, self._open_stream = buffer_seconds, open_stream

    def speak(
        self, request: SpeechRequest, recorder: Callable[[int], Recorder] | None = None
    ) -> SpeechStream:
        """Speak a request while no other is ready, into what `recorder` returns for a rate in Hz.

        Raises as `SpeechService.stream` does, but never QueueFullError or RateLimited.
        """
        return self._stream(request, self.plan(request), recorder)

    def measure_voice(
        self, request: SpeechRequest, opened: Callable[[SpeechStream], object]
    ) -> None:
        """Have the voice of a request measured if its level is not known yet.

        Otherwise the first of several requests would have another gain than the next ones. The
        text should last for `levels.LISTEN_SECONDS`; its sound is not kept. `opened`: called with
        the stream. Raises as `speak` and its streams do.
        """
        planned = self.plan(request)
        if self._levels.leveler(planned.engine, planned.voice).is_known:
            return
        with self._stream(request, planned, None) as stream:
            opened(stream)
            stream.read_to_end()
        self._levels.settle()

    def _stream(
        self,
        request: SpeechRequest,
        planned: Plan,
        recorder: Callable[[int], Recorder] | None,
    ) -> SpeechStream:
        record = new_live_request(self._live, request, uuid.uuid4().hex)
        apply_plan(record, planned)
        inbox = Inbox(self._buffer_seconds, background=True)
        file = None if recorder is None else recorder(planned.engine.sample_rate)
        try:
            job = self._scheduler.submit(planned.engine.name, planned.utterances, inbox=inbox)
        except BaseException:
            if file is not None:
                file.abandon()
            raise
        return self._open_stream(planned, job, record, Tee(file, None))
