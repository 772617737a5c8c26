"""LiteLLM as a library, which hands out the speech when it is complete."""

from __future__ import annotations

import asyncio
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches prices from the internet
import litellm
from trial import BASE_URL, FOLDER, LONG, MODEL, TEXT, check_stopped, report, speaking

ARGUMENTS = {
    "model": f"openai/{MODEL}",
    "api_base": BASE_URL,
    "api_key": "none",
    "voice": "alloy",
    "response_format": "wav",
}


async def main() -> None:
    """Speak and cancel."""
    spoken = await litellm.aspeech(input=TEXT, **ARGUMENTS)
    (FOLDER / "speak.wav").write_bytes(spoken.content)
    waiting = asyncio.create_task(litellm.aspeech(input=LONG, **ARGUMENTS))
    while not await asyncio.to_thread(speaking):
        assert not waiting.done()
        await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.wait([waiting])
    await asyncio.to_thread(check_stopped)
    report("litellm")


asyncio.run(main())
