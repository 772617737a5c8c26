"""How long from the click on Speak to the first sound, in a real browser.

    python -m tests.benchmarks.first_sound [runs]

Our player with a server in a process of its own, and the same text in a plain
`gr.Audio(streaming=True, autoplay=True)`, which needs an `ffmpeg` program.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

import gradio as gr
from playwright.sync_api import Browser, Page

from tests.support.live import free_port
from tests.support.pages import started_browser
from tests.support.served import served
from tts_core.audio.encode import to_int16
from tts_core.events import Audio
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.validation import speech_request
from tts_core.web.streaming import events

TEXT = "The lighthouse keeper read aloud every evening. Nobody was listening, or so he thought."
RUNS = 20


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def report(name: str, values: list[float]) -> None:
    p50, p95 = statistics.median(values), percentile(values, 0.95)
    print(f"{name:<12} p50 {p50:6.0f} ms   p95 {p95:6.0f} ms   of {len(values)} runs")


def measure_ours(page: Page, runs: int) -> tuple[list[float], int]:
    """Milliseconds to the moment at which the first buffer is scheduled to sound, and gaps."""
    page.wait_for_function("Boolean(window.aloud?.player)")
    page.fill("#text textarea", TEXT)
    page.wait_for_timeout(1500)
    found, gaps = [], 0
    for _ in range(runs):
        page.click("[data-busy] #stop-button, html:not([data-busy]) #speak-button")
        page.wait_for_function("aloud.state === 'finished' && aloud.firstSoundAt")
        page.wait_for_timeout(1500)  # of playing, in which a gap would show
        found.append(page.evaluate("aloud.firstSoundAt - aloud.clickedAt"))
        gaps += page.evaluate("aloud.gaps")
        page.keyboard.press("Escape")
        page.wait_for_timeout(150)
    return found, gaps


def plain_app(service: SpeechService) -> gr.Blocks:
    async def speak(text: str) -> AsyncIterator[tuple[int, Any]]:
        stream = service.stream(speech_request(text=text))
        async with aclosing(_pieces(stream)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                yield piece

    async def _pieces(stream: Any) -> AsyncIterator[tuple[int, Any]]:
        async for event in events(stream):
            if isinstance(event, Audio):
                yield event.chunk.sample_rate, to_int16(event.chunk.samples)

    with gr.Blocks() as demo:
        text = gr.Textbox(TEXT)
        button = gr.Button("Speak", elem_id="plain")
        sound = gr.Audio(streaming=True, autoplay=True)
        button.click(speak, text, sound)
    return demo


def measure_plain(browser: Browser, url: str, runs: int) -> list[float]:
    """Milliseconds to the moment at which the <audio> element's clock moves."""
    found = []
    for _ in range(runs):
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector("#plain")
        page.wait_for_timeout(1200)
        found.append(
            page.evaluate(
                """() => new Promise(done => {
                  const began = performance.now();
                  document.querySelector('#plain').click();
                  const sounds = () =>
                    [...document.querySelectorAll('audio')].some(a => a.currentTime > 0);
                  const look = () =>
                    sounds() ? done(performance.now() - began) : setTimeout(look, 2);
                  look();
                })"""
            )
        )
        page.close()
    return found


def main(runs: int) -> None:
    with served(TTS_CACHE_MB=0) as app, started_browser() as browser:
        time.sleep(3)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(app.url)
        ours, gaps = measure_ours(page, runs)
        report("our player", ours)
        print(f"{'':<12} {gaps} gaps")
        page.close()
        if shutil.which("ffmpeg") is None:
            print("No ffmpeg program on PATH, which gr.Audio(streaming=True) needs: not compared.")
            return
        settings = Settings(_env_file=None, data_dir=Path(tempfile.mkdtemp()), cache_mb=0)
        with closing(SpeechService(settings)) as service:
            demo = plain_app(service)
            _, url, _ = demo.launch(
                server_name="127.0.0.1",
                server_port=free_port(),
                prevent_thread_lock=True,
                quiet=True,
            )
            plain = measure_plain(browser, url, runs)
            report("gr.Audio", plain)
            print(f"ratio {statistics.median(plain) / statistics.median(ours):.1f}")
            demo.close(verbose=False)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
