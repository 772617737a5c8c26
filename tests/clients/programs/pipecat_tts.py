"""Pipecat's OpenAI service in a pipeline, which an interruption stops."""

from __future__ import annotations

import asyncio

from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.workers.runner import WorkerRunner
from trial import BASE_URL, FOLDER, LONG, MODEL, TEXT, check_stopped, report, speaking

logger.remove()


class Ear(FrameProcessor):
    """Keeps what it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.sound = b""
        self.streamed = False
        self.first = asyncio.Event()
        self.stopped = asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Note a frame and pass it on."""
        await super().process_frame(frame, direction)
        match frame:
            case TTSAudioRawFrame():
                if not self.sound:
                    self.streamed = await asyncio.to_thread(speaking)
                self.sound += frame.audio
                self.first.set()
            case TTSStoppedFrame():
                self.stopped.set()
            case ErrorFrame():
                raise AssertionError(frame.error)
        await self.push_frame(frame, direction)

    def forget(self) -> None:
        """Discard what has been received."""
        self.sound = b""
        self.first.clear()
        self.stopped.clear()


async def main() -> None:
    """Speak, stream and cancel."""
    settings = OpenAITTSService.Settings(model=MODEL, voice="alloy")
    service = OpenAITTSService(base_url=BASE_URL, api_key="none", settings=settings)
    ear = Ear()
    worker = PipelineWorker(
        Pipeline([service, ear]),
        params=PipelineParams(audio_out_sample_rate=24_000),
        cancel_on_idle_timeout=False,
    )

    async def talk() -> None:
        await worker.queue_frame(TTSSpeakFrame(TEXT))
        await asyncio.wait_for(ear.stopped.wait(), 30)
        assert ear.streamed, "the server had finished before the first sound came"
        for name in ("speak.pcm", "stream.pcm"):  # it always streams
            (FOLDER / name).write_bytes(ear.sound)
        ear.forget()
        await worker.queue_frame(TTSSpeakFrame(LONG))
        await asyncio.wait_for(ear.first.wait(), 30)
        await worker.queue_frame(InterruptionFrame())
        await asyncio.to_thread(check_stopped)
        await worker.queue_frame(EndFrame())

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await asyncio.gather(runner.run(), talk())
    report("pipecat-ai")


asyncio.run(main())
