"""The code of docs/integrations.md, run by the programs that it is for."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.documented import examples
from tts_core.web.app import App

pytestmark = pytest.mark.timeout(300)  # the imports alone take long on a busy machine

PYTHON = Path(__file__).parents[2] / ".venv-clients/bin/python"
LIVEKIT = """
import asyncio
async def speak():
    frame = await tts.synthesize("Hello there.").collect()
    open("hello.mp3", "wb").write(frame.to_wav_bytes())
asyncio.run(speak())
"""
PIPECAT = """
import asyncio
from pipecat.frames.frames import EndFrame, TTSAudioRawFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.workers.runner import WorkerRunner
class Ear(FrameProcessor):
    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            open("hello.mp3", "ab").write(frame.audio)
        await self.push_frame(frame, direction)
async def speak():
    worker = PipelineWorker(
        Pipeline([tts, Ear()]), params=PipelineParams(audio_out_sample_rate=24_000)
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await worker.queue_frames([TTSSpeakFrame("Hello there."), EndFrame()])
    await runner.run()
asyncio.run(speak())
"""
MCP = """
import asyncio
from mcp import Client
async def speak():
    async with Client(config["mcpServers"]["aloud"]["url"], mode="legacy") as agent:
        answer = await agent.call_tool("synthesize", {"text": "Hello there."})
        open("hello.mp3", "w").write(answer.content[0].text * 100)
asyncio.run(speak())
"""


@pytest.mark.parametrize(
    ("heading", "number", "rest"),
    [
        ("LiveKit Agents", 0, LIVEKIT),
        ("Pipecat", 0, PIPECAT),
        ("LiteLLM", 1, ""),
        ("MCP clients", 0, MCP),
    ],
)
def test_code_of_the_document(
    app: App, tmp_path: Path, heading: str, number: int, rest: str
) -> None:
    code = examples(heading, app.url)[number]
    if code.startswith("{"):
        code = f"config = {json.loads(code)!r}"
    done = subprocess.run(
        [str(PYTHON), "-c", code + rest],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": "", "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    assert (tmp_path / "hello.mp3").stat().st_size > 3_000
    assert app.service.report.history(1)["request_history"][0]["status"] == "completed"
