"""LiveKit Agents' OpenAI plugin."""

from __future__ import annotations

import asyncio

from livekit.plugins import openai
from trial import (
    BASE_URL,
    FOLDER,
    LONG,
    MODEL,
    TEXT,
    check_speaking,
    check_stopped,
    report,
)


async def main() -> None:
    """Speak, stream and cancel."""
    tts = openai.TTS(base_url=BASE_URL, api_key="none", model=MODEL, voice="alloy")
    frame = await tts.synthesize(TEXT).collect()
    (FOLDER / "speak.wav").write_bytes(frame.to_wav_bytes())
    (FOLDER / "stream.pcm").write_bytes(await stream(tts))
    async with tts.synthesize(LONG) as spoken:
        async for _ in spoken:
            check_speaking()
            break
    check_stopped()
    await tts.aclose()
    report("livekit-plugins-openai")


async def stream(tts: openai.TTS) -> bytes:
    """Return samples, 16 bit, of which the first came before the last were spoken."""
    sound = b""
    async with tts.synthesize(TEXT) as spoken:
        async for audio in spoken:
            if not sound:
                check_speaking()
            sound += bytes(audio.frame.data)
    return sound


asyncio.run(main())
