"""The page in a real browser, against a real server and the embedded engine."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import av
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.pages import (
    CONTRASTS,
    TABS,
    choose,
    download,
    open_tab,
    ready,
    speak,
    state,
    stop,
    taken_over,
)
from tests.support.waiting import wait_until
from tts_core.service import SpeechService
from tts_core.types import EngineInfo
from tts_core.web.app import App
from tts_core.web.ui.choices import AUTO, Choices, engine_choices, ready_engines
from tts_core.web.ui.texts import Texts

pytestmark = [pytest.mark.browser, pytest.mark.live]

TEXT = "The first sentence is here. A second one follows it. The third."
LONG = "Nobody was listening, or so he thought, while the evening went on and on. " * 120
ATTACK = 'Before <img src=x onerror="window.pwned=1"> after. <b>Bold</b> & more.'


def choose_slow(page: Page) -> None:
    if page.get_by_label("Engine", exact=True).first.input_value() != "Slow engine":
        choose(page, "Engine", "Slow engine")


def active(app: App) -> int:
    return len(app.service.active())


def without_gap(page: Page, text: str, heard: Callable[[], None]) -> None:
    """Speak the text without a gap, of three times at least once: the machine may be busy with
    something else."""
    for _ in range(3):
        speak(page, text)
        heard()
        if page.evaluate("aloud.gaps") == 0:
            return
        page.keyboard.press("Escape")
        page.wait_for_function("!aloud.playing")
        page.evaluate("aloud.edit()")
    pytest.fail("a gap each time")


def test_speaks_without_a_gap_and_lights_up_sentences(used_page: Page) -> None:
    page = used_page
    seen = set()

    def heard() -> None:
        seen.clear()
        state(page, "finished")
        deadline = time.monotonic() + 12
        while page.evaluate("aloud.playing") and time.monotonic() < deadline:
            seen.add(page.evaluate("document.querySelector('.sentence.spoken')?.textContent"))
            page.wait_for_timeout(120)

    without_gap(page, TEXT, heard)
    counters = page.evaluate("({started: aloud.started, at: aloud.player.at})")
    assert counters["started"] > 0
    assert counters["at"] == pytest.approx(page.evaluate("aloud.info.duration_seconds"), abs=0.05)
    assert {s.strip() for s in seen if s} == {s.strip() for s in re.findall(r"[^.]+\.", TEXT)}


def test_astral_text_is_cut_at_the_right_places(used_page: Page) -> None:
    page = used_page
    speak(page, "One 😀😀 smiles. Two 𝒳 letters. Three.")
    state(page, "finished")
    sentences = page.eval_on_selector_all(".sentence", "all => all.map(s => s.textContent.trim())")
    assert sentences == ["One 😀😀 smiles.", "Two 𝒳 letters.", "Three."]


def test_reading_view_plays_from_a_sentence_and_goes_back_to_editing(used_page: Page) -> None:
    page = used_page
    speak(page, TEXT)
    state(page, "finished")
    page.click(".sentence >> nth=2")
    page.wait_for_function("aloud.player.live.from >= aloud.player.segments[2].start")
    page.focus(".sentence[role=button]")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_function(
        """() => {
            const {position, segments: [, {start, end}]} = aloud.player;
            return start <= position && position <= end;
        }"""
    )
    page.select_option("[data-role=rate]", "2")
    page.wait_for_function(
        "aloud.player.playback.audio?.currentTime > 3 && !aloud.player.playback.audio.paused"
    )
    assert page.evaluate("aloud.player.playback.audio.preservesPitch")
    page.focus("[data-role=wave]")
    page.keyboard.press("Home")
    assert page.evaluate("aloud.player.position") < 1
    page.select_option("[data-role=rate]", "1")
    page.click("[data-role=edit]")
    expect(page.locator("#text textarea")).to_have_value(TEXT)


def test_errors_stand_beside_the_text_which_stays(used_page: Page, page_app: App) -> None:
    page = used_page
    speak(page, "Sound to keep.")
    state(page, "finished")
    for text, message, state_then in (
        ("", "Write something first", "finished"),
        (
            "word " * 2001,
            "at most 10,000 characters are spoken at once. Shorten it by 5",
            "finished",
        ),
        ("!!! ???", "nothing to speak", "failed"),
    ):
        page.evaluate("aloud.edit()")
        speak(page, text)
        page.wait_for_selector(f"[data-role=problem]:has-text({json.dumps(message)})")
        assert page.evaluate("aloud.state") == state_then
        expect(page.locator("#text textarea")).to_have_value(text)
        field = page.locator("#text textarea")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(re.escape(message)))
        assert "Traceback" not in page.content()
        assert page.locator(".toast-body:visible").count() == 0
    texts = [r["text_preview"] for r in page_app.service.report.history(2)["request_history"]]
    assert texts == ["!!! ???", "Sound to keep."]  # the other two were never sent
    page.fill("#text textarea", "Fine now.")
    page.wait_for_function("document.querySelector('[data-role=problem]').hidden")


def test_downloads_belong_to_their_tab(used_page: Page, browser: Browser, app_url: str) -> None:
    """Another tab has nothing to fetch, whatever it asks for."""
    speak(used_page, "A secret sentence.")
    state(used_page, "finished")
    other = browser.new_page()
    other.goto(app_url)
    ready(other)
    request_id = used_page.evaluate("aloud.requestId")
    other.evaluate(
        "id => aloud.player.send('fetch_file', {format: 'wav', request_id: id})", request_id
    )
    other.wait_for_selector("[data-role=says]:has-text('no longer available')")
    other.close()


def test_example_chips_set_the_text_and_leave_the_language_automatic(used_page: Page) -> None:
    page = used_page
    choose(page, "Language", "French")
    page.click(".chip >> text=Deutsch")
    page.wait_for_function("document.querySelector('#text textarea').value.startsWith('Guten')")
    expect(page.locator("#language input")).to_have_value(re.compile("^Automatic"))
    expect(page.locator("#speaker input")).to_have_value("Automatic")
    counts = re.compile(r"^\s*1\d\d of 10,000 characters · about \d+ s")
    expect(page.locator(".counts")).to_have_text(counts)
    page.click("#speak-button")
    state(page, "finished")
    assert page.evaluate("aloud.info.language") == "de"
    pasted = "Und dann kam der Winter, und mit ihm kam die Stille über das Land."
    page.keyboard.press("Escape")
    page.click(".chip >> text=English")
    speak(page, pasted)  # over the example
    state(page, "finished")
    assert page.evaluate("aloud.info.language") == "de"
    page.keyboard.press("Escape")
    page.click("text=العربية")
    page.wait_for_function("aloud.view === 'edit'")
    page.click("#speak-button")
    state(page, "finished")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('#reader .page')).direction")
        == "rtl"
    )


def test_dark_mode_persists(used_page: Page) -> None:
    page = used_page
    dark = "document.body.classList.contains('dark')"
    assert not page.evaluate(dark)
    page.click("[data-role=theme]")
    assert page.evaluate(dark)
    page.reload()
    ready(page)
    assert page.evaluate(dark)
    page.click("[data-role=theme]")
    assert not page.evaluate(dark)


@pytest.mark.thorough
def test_a_choice_stays_as_long_as_it_is_there(used_page: Page) -> None:
    page = used_page
    language, speaker = page.locator("#language input"), page.locator("#speaker input")
    choose(page, "Language", "English (Scotland)")
    expect(speaker).to_have_value(re.compile("Scotland"))
    choose(page, "Voice", "English (Scotland) · male · eSpeak NG")
    choose(page, "Engine", "eSpeak NG")
    expect(speaker).to_have_value("English (Scotland) · male")
    expect(language).to_have_value("English (Scotland) – en-gb-scotland")
    choose_slow(page)
    expect(speaker).to_have_value("Automatic")
    expect(language).to_have_value(re.compile("Automatic"))


def test_stop_frees_the_service_within_a_second(used_page: Page, page_app: App) -> None:
    page = used_page
    choose_slow(page)
    speak(page, LONG)
    state(page, "speaking")
    expect(page.locator("#speak-button")).to_be_hidden()
    stop(page)
    assert wait_until(lambda: active(page_app) == 0, 5.0) < 5.0
    assert page.evaluate("aloud.state") == "stopped"
    assert not page.evaluate("aloud.playing")
    expect(page.locator("#speak-button")).to_be_visible()
    assert page_app.service.report.history(1)["request_history"][0]["status"] == "cancelled"
    page.click("[data-role=edit]")
    speak(page, TEXT)
    state(page, "speaking")
    page.keyboard.press("Escape")


@pytest.mark.thorough
def test_a_stop_that_is_overtaken_does_not_stop_the_next_request(
    used_page: Page, page_app: App
) -> None:
    page = used_page
    choose_slow(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/gradio_api/run/predict", hold)
    speak(page, LONG)
    state(page, "speaking")
    stop(page)
    page.wait_for_function("aloud.state === 'stopped'")
    page.click("[data-role=edit]")
    speak(page, LONG[:300])
    state(page, "speaking")
    assert len(held) == 1
    with page.expect_response("**/gradio_api/run/predict") as late:
        held.pop().continue_()
    assert late.value.ok
    page.unroute("**/gradio_api/run/predict", hold)
    state(page, "finished", 30_000)
    recorded = page_app.service.report.history(2)["request_history"]
    assert [entry["status"] for entry in recorded] == ["completed", "cancelled"]


def test_keyboard(used_page: Page, page_app: App) -> None:
    page = used_page
    choose_slow(page)
    page.fill("#text textarea", "")
    page.focus("#text textarea")
    text = "Typed by hand. And a second sentence, which is longer than the first."
    page.keyboard.type(text)
    taken_over(page, text)
    page.keyboard.press("Control+Enter")
    state(page, "speaking")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    page.wait_for_function("!aloud.playing")
    page.keyboard.press("Space")
    page.wait_for_function("aloud.playing")
    page.keyboard.press("Escape")
    state(page, "stopped")
    wait_until(lambda: active(page_app) == 0, 5.0)


def test_markup_is_shown_and_never_run(used_page: Page) -> None:
    page = used_page
    choose_slow(page)
    speak(page, ATTACK + " " + LONG)
    state(page, "speaking")
    assert '<img src=x onerror="window.pwned=1">' in page.inner_text("#reader .page")
    page.get_by_role("tab", name="History").click()
    page.wait_for_selector(".job .preview")
    assert page.locator("#reader img, #status-board img, #reader b").count() == 0
    page.click(".job button")
    latest = page.locator(".history [data-id]").first
    expect(latest.locator(".preview")).to_contain_text("Before")
    expect(latest.locator(".outcome.cancelled")).to_be_visible()
    assert page.locator("#status-board img").count() == 0
    assert page.evaluate("window.pwned") is None


def test_parameters_follow_the_engine(used_page: Page, page_app: App) -> None:
    page = used_page
    choose_slow(page)
    intonation = page.get_by_label("number input for Intonation")
    expect(intonation).to_have_count(1)  # mounted before it is visible: nothing resets it later
    expect(intonation).to_be_hidden()
    page.click("#more > button")
    intonation.fill("0")
    intonation.press("Tab")
    speak(page, "Flat as a board.")
    state(page, "finished")
    record = page_app.service.report.history(1)["request_history"][0]
    assert record["engine"] == "slow"
    assert record["parameters"]["range"] == 0
    page.click("#reset")
    page.wait_for_function(
        "[...document.querySelectorAll('#more input[type=number]')].some(i => i.value === '50')"
    )


@pytest.mark.thorough
def test_slow_engine_streams_without_gaps(browser_page: Page, page_app: App) -> None:
    page = browser_page
    choose_slow(page)

    def heard() -> None:
        state(page, "speaking")
        page.wait_for_function("aloud.player.position > 1.5")

    without_gap(page, LONG[:600], heard)
    assert active(page_app) == 1  # heard while it is being made
    says = page.text_content("[data-role=says]") or ""
    assert re.search(r"sentence \d+ of \d+", says)
    assert page.evaluate("CSS.highlights.get('aloud-word').size") == 1
    page.keyboard.press("Escape")
    state(page, "stopped")
    wait_until(lambda: active(page_app) == 0, 5.0)


def test_closing_the_page_frees_the_service(
    browser_page: Page, page_app: App, browser: Browser
) -> None:
    page = browser_page
    choose_slow(page)
    speak(page, LONG)
    state(page, "speaking")
    assert active(page_app) == 1
    page.close()
    wait_until(lambda: active(page_app) == 0, 5.0)


def test_downloads(browser_page: Page, tmp_path: Path) -> None:
    page = browser_page
    assert page.is_disabled("[data-role=download]")
    speak(page, TEXT)
    state(page, "finished")
    for format in ("wav", "mp3", "flac", "opus", "aac"):
        file = download(page, format)
        name = file.suggested_filename
        assert name == f"aloud-The-first-sentence-is-here-A.{format}"
        path = tmp_path / name
        file.save_as(path)
        with av.open(str(path)) as file:
            rate = file.streams.audio[0].rate
            samples = sum(frame.samples for frame in file.decode(audio=0))
        duration = page.evaluate("aloud.info.duration_seconds")
        assert samples / rate == pytest.approx(duration, abs=0.05)
    texts = {}
    for kind in ("srt", "vtt"):
        texts[kind] = Path(download(page, kind).path()).read_text(encoding="utf-8")
    assert texts["srt"].startswith("1\n00:00:0")
    assert texts["vtt"].startswith("WEBVTT\n\n")
    for text in texts.values():
        assert len(re.findall(r"^[\d:.,]+ --> [\d:.,]+$", text, re.M)) == 3
        assert "A second one follows it." in text


def test_preview_leaves_the_text_alone(browser_page: Page) -> None:
    page = browser_page
    page.fill("#text textarea", "My own words.")
    choose(page, "Language", "French")
    page.click("#preview-button")
    state(page, "finished")
    assert page.evaluate("aloud.started") > 0
    assert page.evaluate("aloud.info.language").startswith("fr")
    assert page.evaluate("aloud.view") == "edit"
    expect(page.locator("#text textarea")).to_have_value("My own words.")
    expect(page.locator("[data-role=says]")).to_contain_text("Preview of French")


@pytest.mark.thorough
def test_choices_that_come_late_are_those_of_the_language_chosen_meanwhile(
    browser_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, asked, late = browser_page, threading.Event(), threading.Event()

    def slow_choices(service: SpeechService, texts: Texts) -> Choices:
        asked.set()
        assert late.wait(20)
        return engine_choices(service, texts)

    monkeypatch.setattr("tts_core.web.ui.refresh.engine_choices", slow_choices)
    page.get_by_role("tab", name="History").click()
    page.get_by_role("tab", name="Speak").click()  # refreshes the choices
    assert asked.wait(10)
    choose(page, "Language", "German")
    page.evaluate("aloud.settled = false")
    late.set()
    page.wait_for_function("aloud.settled")  # the late ones are there too
    expect(page.locator("#speaker input")).to_have_value(re.compile("German"))
    page.click("#speaker input")
    offered = page.locator("ul [role=option]").all_inner_texts()
    assert offered
    assert all("German" in option for option in offered), offered


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("label", "option"),
    [("Language", "French"), ("Voice", "Italian – italiano · male · eSpeak NG")],
)
def test_a_choice_that_is_gone_when_it_is_made_gives_way(
    browser_page: Page, monkeypatch: pytest.MonkeyPatch, label: str, option: str
) -> None:
    page, asked, late = browser_page, threading.Event(), threading.Event()

    def slow_engines(service: SpeechService, chosen: str = AUTO) -> list[EngineInfo]:
        if chosen == "slow":  # which speaks English only
            asked.set()
            assert late.wait(20)
        return ready_engines(service, chosen)

    monkeypatch.setattr("tts_core.web.ui.refresh.ready_engines", slow_engines)
    choose_slow(page)
    assert asked.wait(10)
    choose(page, label, option)
    late.set()
    expect(page.locator("#language input")).to_have_value(re.compile("Automatic"))
    expect(page.locator("#speaker input")).to_have_value("Automatic")
    assert page.locator(".toast-body").count() == 0
    speak(page, TEXT)
    state(page, "finished")


@pytest.mark.thorough
def test_phone(browser_page: Page) -> None:
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 844})
    speak(page, TEXT)
    state(page, "finished")
    for tab in (*TABS, "Speak"):
        open_tab(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("[data-role=options]")
    controls = (
        "#stop-button, #speak-button, #preview-button, .chip, [data-role=play], [data-role=theme],"
        "[data-role=download], [data-role=rate], [data-role=options], [data-role=api],"
        "[data-role=edit], [role=tab], [data-role=wave], #language .wrap,"
        "#speaker .wrap, #more > button"
    )
    for box in page.eval_on_selector_all(
        controls,
        """all => all.filter(e => e.offsetParent).map(e => {
            const {left, right, height} = e.getBoundingClientRect();
            return {name: e.id || e.dataset.role || e.textContent, left, right, height};
        })""",
    ):
        assert box["height"] >= 43.9, box
        assert box["left"] >= 0, box
        assert box["right"] <= 390, box
    player = page.locator("#aloud-player").bounding_box()
    assert player is not None
    assert player["y"] + player["height"] == pytest.approx(844, abs=1)


PLACES = """() => {
  const names = ['#script-stage', '#chips', '#voice', '#aloud-player', '.player .middle'];
  return names.map(n => [n, document.querySelector(n).getBoundingClientRect().toJSON()]);
}"""


@pytest.mark.thorough
def test_nothing_jumps_or_sticks_out(browser_page: Page) -> None:
    page = browser_page
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("aloud.edit(); scrollTo(0, 0)")
        page.evaluate("new Promise(done => setTimeout(() => requestAnimationFrame(done), 50))")
        before = dict(page.evaluate(PLACES))
        speak(page, TEXT)
        state(page, "finished")
        page.evaluate("aloud.player.stop(); scrollTo(0, 0)")
        after = dict(page.evaluate(PLACES))
        if width == 390:
            # With nothing to play, the player is lower there; nothing is below it. Takes come
            # between the text and the voice.
            del before["#aloud-player"], before[".player .middle"], before["#voice"]
        for name, box in before.items():
            for side in ("left", "top", "width", "height"):
                assert after[name][side] == pytest.approx(box[side], abs=1), (width, name, side)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.thorough
def test_contrast_is_aa(browser_page: Page) -> None:
    page = browser_page
    speak(page, TEXT)
    state(page, "finished")
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "dark => document.body.classList.contains('dark') === dark", arg=scheme == "dark"
        )
        for tab in TABS:
            open_tab(page, tab)
            found = page.evaluate(CONTRASTS)
            assert len(found) > 10
            assert [pair for pair in found if pair[0] < 4.5] == []


def test_a_lost_connection_is_said(browser_page: Page) -> None:
    page = browser_page
    top = page.locator("#text").bounding_box()
    page.context.set_offline(True)
    page.evaluate("aloud.checkConnection()")
    page.wait_for_selector("text=No connection to the server.")
    assert page.locator("#text").bounding_box() == top  # Nothing moves under the pointer.
    assert not page.locator(".pill").is_visible()  # "ready" would be wrong
    speak(page, "Not now.")
    page.wait_for_selector("[data-role=problem]:has-text('no connection')")
    assert page.evaluate("aloud.state") == "idle"
    page.context.set_offline(False)
    page.evaluate("aloud.checkConnection()")
    page.wait_for_selector("text=No connection to the server.", state="hidden")


def test_helpers_are_no_part_of_the_api(page_app: App) -> None:
    config = page_app.demo.get_api_info()
    names = " ".join(config["named_endpoints"])
    for helper in (
        "speak",
        "fetch_file",
        "stop_request",
        "look",
        "show",
        "fill",
        "voices_1",
    ):
        assert f"/{helper}" not in names.split()
