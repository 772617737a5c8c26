"""A connection that is lost in the middle of a speech, or slow."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.broken_line import line_to
from tests.support.pages import choose, loaded_page, opened_page, ready, speak, state
from tests.support.waiting import wait_until
from tts_core.audio.decode import decode
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

TEXT = "Nobody was listening, or so he thought, while the evening went on and on. " * 3
SAYS = "[data-role=says]"
DURATION = "aloud.player.duration"
KINDS = """() => {
  const take = aloud.player.on_audio.bind(aloud.player);
  window.kinds = new Set();
  aloud.player.on_audio = (item) => {
    window.kinds.add(aloud.player.ulaw ? 'ulaw' : 'pcm');
    take(item);
  };
}"""
SAMPLES = """() => {
  const {samples, length} = aloud.player.buffer;
  const bytes = new Uint8Array(Float32Array.from(samples.subarray(0, length)).buffer);
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
}"""
"""In base64: to hand over one number after the other takes seconds."""
LOSE_A_MESSAGE = """() => {
  const receive = aloud.player.receive.bind(aloud.player);
  aloud.player.receive = (message) => {
    if (message?.seq === 1 && !window.lost) window.lost = true;
    else receive(message);
  };
}"""
SLOW_LINE = {
    "offline": False,
    "latency": 20,
    "downloadThroughput": 80_000,
    "uploadThroughput": 80_000,
}
"""Milliseconds, and bytes per second: 640 kbit/s."""


def lost_in_mid_speech(page: Page) -> float:
    """Speak until there is some sound; return how many seconds there are."""
    choose(page, "Engine", "Slow engine")
    speak(page, TEXT)
    state(page, "speaking")
    arrived: float = page.evaluate(DURATION)
    return arrived


def test_sound_of_a_lost_message_comes_from_the_finished_file(browser_page: Page) -> None:
    """Without the signature that the file has after its sound: it would be heard as noise."""
    page = browser_page
    page.evaluate(LOSE_A_MESSAGE)
    speak(page, TEXT)
    state(page, "finished")
    page.wait_for_function("!aloud.player.recovering")
    assert page.evaluate("window.lost")
    whole = page.evaluate("aloud.info.duration_seconds")
    assert page.evaluate(DURATION) == pytest.approx(whole, abs=0.001)


@pytest.mark.thorough
def test_a_finished_file_that_comes_late_leaves_the_next_request_alone(browser_page: Page) -> None:
    page = browser_page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/gradio_api/file=**", hold)
    page.evaluate(LOSE_A_MESSAGE)
    speak(page, TEXT)
    wait_until(lambda: page.wait_for_timeout(20) or held)
    page.click("[data-role=edit]")
    speak(page, "The next one.")
    state(page, "finished")
    with page.expect_response("**/gradio_api/file=**") as late:
        held.pop().continue_()
    late.value.finished()
    page.unroute("**/gradio_api/file=**", hold)
    whole = page.evaluate("aloud.info.duration_seconds")
    assert page.evaluate(DURATION) == pytest.approx(whole, abs=0.001)


@pytest.mark.thorough
def test_a_stream_that_survives_goes_on(browser_page: Page) -> None:
    page = browser_page
    lost_in_mid_speech(page)
    page.context.set_offline(True)
    page.evaluate("aloud.checkConnection()")
    expect(page.get_by_text("No connection to the server.")).to_be_visible()
    assert page.evaluate("aloud.state") == "speaking"
    page.context.set_offline(False)
    page.evaluate("aloud.checkConnection()")
    state(page, "finished", 20_000)
    whole = page.evaluate("aloud.info.duration_seconds")
    assert page.evaluate(DURATION) == pytest.approx(whole, abs=0.05)
    page.keyboard.press("Escape")


def test_a_stream_that_breaks_is_replaced_by_the_finished_sound(
    browser: Browser, page_app: App
) -> None:
    """Gradio reloads the page when the connection is back."""
    context = browser.new_context()
    with (
        line_to(page_app.service.settings.port) as line,
        opened_page(context, f"http://127.0.0.1:{line.port}/") as page,
    ):
        arrived = lost_in_mid_speech(page)
        line.cut()
        expect(page.locator(SAYS)).to_have_text(
            re.compile("connection is lost. What has arrived plays on"), timeout=15_000
        )
        assert page.evaluate("aloud.playing")
        wait_until(lambda: not page_app.service.active(), 20)
        line.mend()
        expect(page.locator(SAYS)).to_have_text(re.compile("Press Play to go on"), timeout=20_000)
        ready(page)
        [record] = page_app.service.report.history(1)["request_history"]
        assert record["status"] == "completed"
        assert page.evaluate(DURATION) == pytest.approx(record["audio_seconds"], abs=0.1)
        assert page.evaluate(DURATION) > arrived
        assert page.evaluate("aloud.player.position") > 0
        expect(page.locator("#text textarea")).to_have_value(TEXT)
        page.click("[data-role=play]")
        page.wait_for_function("aloud.playing")
    context.close()


@pytest.mark.thorough
def test_a_sound_that_never_became_complete_is_said_to_be_lost(
    browser: Browser, page_app: App
) -> None:
    context = browser.new_context()
    with (
        line_to(page_app.service.settings.port) as line,
        opened_page(context, f"http://127.0.0.1:{line.port}/") as page,
    ):
        lost_in_mid_speech(page)
        request_id = page.evaluate("aloud.requestId")
        line.cut()
        page_app.service.cancel(request_id)
        expect(page.locator(SAYS)).to_have_text(re.compile("connection is lost"), timeout=15_000)
        line.mend()
        expect(page.locator(SAYS)).to_have_text(
            "The connection was lost before the audio was complete.", timeout=20_000
        )
    context.close()


def noise_of_sound(app: App, page: Page) -> tuple[list[str], float]:
    """Speak; return how the sound was sent, and in the browser its signal-to-noise ratio in dB."""
    page.evaluate(KINDS)
    speak(page, "Nobody was listening, or so he thought.")
    page.wait_for_function("aloud.state === 'finished' && aloud.firstSoundAt", timeout=20_000)
    page.keyboard.press("Escape")
    path = app.service.output(page.evaluate("aloud.requestId"))
    assert path is not None
    exact = np.rint(decode(path).samples.astype(np.float64) * 32768)
    heard = np.frombuffer(base64.b64decode(page.evaluate(SAMPLES)), np.float32)
    noise = heard.astype(np.float64) - exact
    ratio = 10 * np.log10(np.sum(exact**2) / max(np.sum(noise**2), 1e-9))
    return page.evaluate("[...kinds]"), float(ratio)


def test_only_a_slow_line_gets_compressed_sound(
    browser_page: Page, browser: Browser, page_app: App
) -> None:
    kinds, ratio = noise_of_sound(page_app, browser_page)
    assert kinds == ["pcm"]
    assert ratio > 70
    assert "aloud-line" not in {cookie["name"] for cookie in browser_page.context.cookies()}
    context = browser.new_context()
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    with loaded_page(page, page_app.url):
        kinds, ratio = noise_of_sound(page_app, page)
        assert kinds == ["ulaw"]
        assert ratio > 30  # G.711 has some 35
        assert {c["name"]: c["value"] for c in context.cookies()}["aloud-line"] == "slow"
    context.close()
