"""The status tab in a real browser: news, charts, the history, and who sees what."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.support.live import running_app
from tests.support.pages import CONTRASTS, WINDOW, opened_page
from tests.support.waiting import wait_until
from tts_core.errors import TTSError, WorkerDied
from tts_core.stats.archive import Archive
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.live import Status
from tts_core.types import Caller, ReadingOptions, SpeechRequest
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

ATTACK = '<img src=x onerror="window.pwned=1"><b>Bold</b> & more'
LONG = "Nobody was listening, or so he thought, while the evening went on and on. " * 40
ROWS = ".history .row[data-id]"


@pytest.fixture(scope="module")
def page_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Where each browser sees its own; texts are kept in full."""
    folder = tmp_path_factory.mktemp("data")
    with running_app(folder, history_text="full", history_scope="session") as app:
        yield app


@pytest.fixture(scope="module")
def open_page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One tab for all: opening it takes longer than what is tested. Its clock can be set."""
    window = browser.new_context(viewport=WINDOW, color_scheme="light")
    window.clock.install()
    with opened_page(window, app_url) as page:
        yield page
    window.close()


@pytest.fixture
def browser_page(open_page: Page, page_app: App) -> Page:
    """The page, showing the Speak tab; nothing is in the history, nothing is searched for."""
    page_app.service.history.clear()
    open_page.get_by_role("tab", name="Speak").click()
    open_page.evaluate(
        """() => {
            const form = document.querySelector('[data-role=filters]');
            form?.reset();
            form?.dispatchEvent(new Event('change'));
        }"""
    )
    return open_page


@pytest.fixture
def owner_id(browser_page: Page) -> str:
    """The page's visitor."""
    cookies = {c["name"]: c["value"] for c in browser_page.context.cookies()}
    return str(cookies["aloud_visitor"])


@pytest.fixture
def put(page_app: App, owner_id: str) -> Callable[..., str]:
    """A request of the page's visitor that has ended some seconds ago."""

    def put(words: str, ago: float = 5.0, owner: str = owner_id, **values: Any) -> str:
        name, end = uuid.uuid4().hex, time.time() - ago
        usual: dict[str, Any] = {
            "door": "page", "voice_source": "gmw/en-US", "parameters": {}, "engine": "espeak",
            "language": "en", "status": Status.COMPLETED, "start_time": end - 1, "end_time": end,
            "audio_seconds": 2.0, "generation_seconds": 0.5, "time_to_first_audio_seconds": 0.1,
            "chunks": 1, "text_length": len(words), "text": words,
            "text_preview": words[:100],
        }  # fmt: skip
        record = HistoryEntry(request_id=name, owner=owner, **(usual | values))
        page_app.service.history.database.end(record).wait()
        return name

    return put


def spoken(app: App, owner_id: str, text: str = "This can be heard again.", **values: Any) -> str:
    """Really, by eSpeak NG; its sound is kept when this returns."""
    caller = Caller(owner_id=owner_id, operator=False)
    request = SpeechRequest(
        text=text, **({"engine": "espeak", "language": "en"} | values), caller=caller
    )
    _, info = app.service.synthesize(request)
    deadline = time.monotonic() + 5
    while info.request_id not in app.service.history.recordings:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return info.request_id


def open_tab(page: Page, rows: int | None = None) -> None:
    page.get_by_role("tab", name="History").click()
    if rows is not None:
        expect(page.locator(ROWS)).to_have_count(rows)


def later(page: Page, seconds: float = 2.0) -> None:
    """Put the page's clock forward: it asks for news every two seconds."""
    page.clock.fast_forward(round(seconds * 1000))


def news(page: Page) -> Response:
    """What the page's next question is answered."""
    with page.expect_response(lambda response: "/page/board" in response.url) as waiting:
        later(page)
    return waiting.value


def previews(page: Page) -> list[str]:
    return page.locator(f"{ROWS} .preview").all_text_contents()


def test_empty(browser_page: Page, owner_id: str) -> None:
    open_tab(browser_page)
    expect(browser_page.locator("[data-role=no-history]")).to_contain_text("No requests yet")
    expect(browser_page.locator("[data-role=history]")).to_be_hidden()
    expect(browser_page.locator("[data-role=clear]")).to_be_disabled()
    expect(browser_page.locator("[data-role=running]")).to_be_hidden()


def test_news_only_while_it_is_seen_and_only_what_changed(
    browser_page: Page, page_app: App, put: Callable[..., str]
) -> None:
    page = browser_page
    put("First")
    open_tab(page, 1)
    news(page)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    sizes = [len(news(page).body()) for _ in range(3)]
    assert min(sizes) < 400  # nothing but the tags
    assert not [url for url in asked if "/gradio_api/queue" in url or "history/search" in url]
    assert len([url for url in asked if "/page/board" in url]) <= 4
    put("Second", 1)
    later(page)
    expect(page.locator(ROWS)).to_have_count(2)
    page.get_by_role("tab", name="Speak").click()
    for _ in range(4):  # the tab's own questions may come late
        page.wait_for_timeout(300)
        asked.clear()
        later(page)
        page.wait_for_timeout(300)
        if not asked:
            break
    assert asked == []


def test_rows_stay_as_they_are_while_others_come(
    browser_page: Page, put: Callable[..., str]
) -> None:
    """Nothing flickers: the same elements, the focus where it was."""
    page = browser_page
    for i in range(5):
        put(f"Text {i}", 50 - i)
    open_tab(page, 5)
    page.evaluate("window.kept = [...document.querySelectorAll('.history .row[data-id]')]")
    page.locator(ROWS).nth(2).locator(".again").focus()
    put("New", 1)
    later(page)
    expect(page.locator(ROWS)).to_have_count(6)
    assert page.evaluate(
        "JSON.stringify(kept.map(r => r.isConnected)) === '[true,true,true,true,true]'"
        " && kept[2].contains(document.activeElement)"
    )


def test_search_filters_and_pages(browser_page: Page, put: Callable[..., str]) -> None:
    page = browser_page
    for i in range(70):
        put(f"Number {i:02}", 1000 - i, engine=("espeak", "slow")[i % 2], door="openai")
    # The sources to choose from are refreshed every few seconds; this one was there before.
    put("Grüße", 5, engine="slow", door="page", status=Status.CANCELLED)
    open_tab(page, 30)
    older = page.get_by_role("button", name="Older requests")
    older.click()
    expect(page.locator(ROWS)).to_have_count(60)
    older.click()
    expect(page.locator(ROWS)).to_have_count(71)
    expect(older).to_be_hidden()
    assert previews(page) == ["Grüße", *(f"Number {i:02}" for i in reversed(range(70)))]
    put("At the top", 1, door="openai")
    later(page)
    expect(page.locator(ROWS)).to_have_count(72)
    page.fill("#status-board [data-role=search]", "number 1")
    expect(page.locator(ROWS)).to_have_count(16)
    page.select_option("[data-role=by-engine]", "slow")
    expect(page.locator(ROWS)).to_have_count(11)
    page.fill("#status-board [data-role=search]", "GRÜSSE")
    expect(page.locator(ROWS)).to_have_count(1)
    page.select_option("[data-role=by-status]", "completed")
    expect(page.locator("[data-role=no-history]")).to_contain_text("No matching requests.")
    page.get_by_role("button", name="Show all requests").click()
    expect(page.locator(ROWS)).to_have_count(30)
    page.select_option("[data-role=by-door]", "page")
    expect(page.locator(ROWS)).to_have_count(1)


def test_markup_of_everyone_is_text(browser_page: Page, put: Callable[..., str]) -> None:
    page = browser_page
    put(ATTACK, voice_source=ATTACK, door=ATTACK, engine=ATTACK)
    put(
        "Failed", status=Status.ERROR, error_type=ATTACK, error_message=ATTACK,
        fallback={"from": ATTACK, "to": "espeak", "reason": ATTACK},
    )  # fmt: skip
    open_tab(page, 2)
    page.locator("[data-role=figures] summary").click()
    expect(page.locator(".figures td").first).to_be_visible()
    page.wait_for_timeout(300)
    assert page.locator("#status-board :is(img, b)").count() == 0
    assert page.evaluate("window.pwned") is None
    text = page.inner_text("#status-board")
    assert text.count("<b>Bold</b>") >= 6
    expect(page.locator(".legend")).to_contain_text(ATTACK)


def test_what_failed_before_it_had_a_voice_has_an_automatic_one(
    browser_page: Page, page_app: App, owner_id: str
) -> None:
    caller = Caller(owner_id=owner_id, operator=False)
    with pytest.raises(TTSError):
        page_app.service.synthesize(SpeechRequest(text="!!! ???", caller=caller))
    open_tab(browser_page, 1)
    expect(browser_page.locator(f"{ROWS} .who .name")).to_have_text("Automatic")


def test_another_engine_is_one_sign_with_its_story(
    browser_page: Page, put: Callable[..., str]
) -> None:
    page = browser_page
    reason = "There is no voice 'alloy' here; a similar one was used."
    put("Instead.", fallback={"from": "slow", "to": "espeak", "reason": reason})
    put("Plain.")
    open_tab(page, 2)
    sign = page.locator(f"{ROWS} .swap")
    expect(sign).to_have_count(1)
    expect(sign).to_have_attribute("title", re.compile(re.escape(reason)))
    heights = [row.bounding_box() for row in page.locator(ROWS).all()]
    assert heights[0] is not None
    assert heights[1] is not None
    assert heights[0]["height"] == heights[1]["height"]  # it takes no line of its own


def test_replay_and_download(
    browser_page: Page, page_app: App, owner_id: str, put: Callable[..., str]
) -> None:
    page = browser_page
    put("Without its sound", 100)
    spoken(page_app, owner_id, "This can be heard again, and goes on for a while. " * 4)
    open_tab(page, 2)
    with_sound, without = page.locator(ROWS).nth(0), page.locator(ROWS).nth(1)
    expect(without.locator(".play")).to_be_hidden()
    expect(without.locator(".download")).to_be_hidden()
    with_sound.locator(".play").click()
    page.wait_for_function("document.querySelector('.replay audio')?.currentTime > 0.3")
    assert page.evaluate("document.querySelector('.replay audio').duration") > 5
    put("Another one comes", 0)  # which does not stop it
    later(page)
    expect(page.locator(ROWS)).to_have_count(3)
    assert page.evaluate("!document.querySelector('.replay audio').paused")
    with_sound = page.locator(ROWS).filter(has_text="This can be heard")
    with_sound.locator(".play").click()
    expect(page.locator(".replay")).to_have_count(0)
    with page.expect_download() as loading:
        with_sound.locator(".download").click()
    assert loading.value.suggested_filename == "aloud-This-can-be-heard-again-and.flac"
    assert Path(loading.value.path()).read_bytes()[:3] == b"ID3"


def test_delete_one_asks_in_its_place(browser_page: Page, put: Callable[..., str]) -> None:
    page = browser_page
    put("Keep", 20)
    put("Go", 10)
    open_tab(page, 2)
    button = page.locator(ROWS).first.locator(".remove")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Delete")
    expect(button).to_have_attribute("aria-label", "Confirm deletion: Go")
    page.locator("#status-board [data-role=search]").focus()  # elsewhere: never mind
    expect(button).to_have_text("")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(ROWS)).to_have_count(1)
    assert previews(page) == ["Keep"]
    expect(page.locator("#status-board [data-role=said]")).to_have_text("Deleted.")
    assert page.evaluate("document.activeElement.classList.contains('remove')")


def test_delete_all_asks_first(browser_page: Page, page_app: App, put: Callable[..., str]) -> None:
    page = browser_page
    for i in range(3):
        put(f"Text {i}", 10 - i)
    put("Of somebody else", owner="f" * 32)
    open_tab(page, 3)
    page.get_by_role("button", name="Delete all…").click()
    ask = page.locator("dialog.ask")
    expect(ask).to_contain_text("All your finished requests")
    page.keyboard.press("Escape")
    expect(ask).to_be_hidden()
    expect(page.locator(ROWS)).to_have_count(3)
    page.get_by_role("button", name="Delete all…").click()
    ask.get_by_role("button", name="Delete all").click()
    expect(page.locator("#status-board [data-role=said]")).to_have_text("Deleted 3 requests.")
    expect(page.locator(ROWS)).to_have_count(0)
    assert page_app.service.history.clear() == 1


def test_export(browser_page: Page, put: Callable[..., str]) -> None:
    page = browser_page
    put("=HYPERLINK(1)", 20)
    put("Another text", 10)
    open_tab(page, 2)
    with page.expect_download() as loading:
        page.locator("#status-board [data-role=csv]").click()
    assert loading.value.suggested_filename == "aloud-history.csv"
    rows = list(csv.DictReader(io.StringIO(Path(loading.value.path()).read_text())))
    assert [row["text"] for row in rows] == ["Another text", "'=HYPERLINK(1)"]
    page.fill("#status-board [data-role=search]", "another")
    expect(page.locator(ROWS)).to_have_count(1)
    with page.expect_download() as loading:
        page.locator("#status-board [data-role=json]").click()
    assert [r["text"] for r in json.loads(Path(loading.value.path()).read_text())] == [
        "Another text"
    ]


def test_speak_again(
    browser_page: Page, page_app: App, owner_id: str, put: Callable[..., str]
) -> None:
    page = browser_page
    text = "Ein Satz auf Deutsch, mit Absatz.\n\nUnd noch einer."
    options = {"range": 80}
    reading = ReadingOptions(foreign="switch", markup="off", code="say", pause_paragraph=2)
    spoken(
        page_app, owner_id, text,
        language="de", speed=1.5, pitch=0.8, options=options, reading=reading,
    )  # fmt: skip
    put("Only the beg…", 60, text="", text_preview="x" * 99 + "…", text_length=500)
    put("", 70, text_length=30)
    open_tab(page, 3)
    page.locator(ROWS).first.locator(".again").click()
    expect(page.locator("#text textarea")).to_have_value(text)
    expect(page.locator("#speak-button")).to_be_visible()
    language = page.get_by_label("Language", exact=True)
    expect(language).to_have_value("German – Deutsch (de)")
    expect(page.get_by_label("Voice", exact=True)).to_have_value(re.compile("^German"))
    expect(page.locator("#speed input[type=number]")).to_have_value("1.5")
    expect(page.locator("#pitch input[type=number]")).to_have_value("0.8")
    page.locator("#more > button").click()
    ranges = page.locator("#more .column:visible input[type=number]")
    expect(ranges.first).to_be_visible()
    wait_until(lambda: "80" in [field.input_value() for field in ranges.all()])
    expect(page.get_by_label("Give sentences in other languages")).to_be_checked()
    expect(page.get_by_label("Read Markdown")).not_to_be_checked()
    expect(page.get_by_label("Say emoji")).not_to_be_checked()
    expect(page.get_by_label("Say", exact=True)).to_be_checked()
    expect(page.get_by_label("Between paragraphs")).to_have_value("2")
    page.click("#speak-button")
    page.wait_for_function("aloud.state === 'finished'", timeout=20_000)
    (newest,) = page_app.service.history.recent(1, owner_id)
    used = newest.parameters
    assert (newest.language, used["speed"], used["range"]) == ("de", 1.5, 80)
    assert (used["foreign"], used["pause_paragraph"]) == ("switch", 2)
    open_tab(page, 4)
    page.locator(ROWS).nth(2).locator(".again").click()
    expect(page.locator("#text textarea")).to_have_value("x" * 99)
    expect(page.locator("#aloud-note")).to_contain_text("Only the beginning of the text")
    open_tab(page)
    page.locator(ROWS).nth(3).locator(".again").click()
    expect(page.locator("#aloud-note")).to_contain_text("The text was not saved")
    expect(page.locator("#text textarea")).to_have_value("x" * 99)


def test_jobs(browser_page: Page, page_app: App, owner_id: str, browser: Browser) -> None:
    """Progress, who sees it, Stop."""
    page = browser_page
    caller = Caller(owner_id=owner_id, operator=False)
    request = SpeechRequest(text=LONG, engine="slow", caller=caller)
    service = page_app.service
    with service.stream(request) as stream:
        open_tab(page)
        expect(page.locator(".job .preview")).to_contain_text("Nobody was listening")
        expect(page.locator(".job .step")).to_contain_text("Slow engine")
        for _ in stream:
            if stream.record.segments_done >= 3:
                break
        expect(page.locator(".job .step")).to_contain_text(
            re.compile(r"chunk \d+/\d+ · about .* left"), timeout=15_000
        )
        bar = page.locator(".job [role=progressbar]")
        assert 0 < float(bar.get_attribute("aria-valuenow") or 0) < 100
        other = browser.new_context()
        try:
            stranger = other.new_page()
            stranger.goto(page_app.url)
            stranger.get_by_role("tab", name="History").click()
            stranger.wait_for_function(
                "document.querySelector('[data-tile=requests]').textContent !== '–'"
            )
            assert stranger.locator(".job").count() == 0
        finally:
            other.close()
        page.locator(".job button").click()
        expect(page.locator(".job")).to_have_count(0)
        assert stream.record.status is Status.CANCELLED


def test_each_browser_has_its_own_history(
    browser_page: Page, page_app: App, owner_id: str, browser: Browser
) -> None:
    name = spoken(page_app, owner_id, "Mine alone")
    open_tab(browser_page, 1)
    browser_page.reload()
    open_tab(browser_page, 1)  # it is the same visitor
    other = browser.new_context()
    try:
        stranger = other.new_page()
        stranger.goto(page_app.url)
        open_tab(stranger)
        expect(stranger.locator("[data-role=no-history]")).to_contain_text("No requests yet")
        for method, path in (
            ("GET", f"/status/history/{name}"),
            ("GET", f"/status/history/{name}/audio"),
            ("DELETE", f"/status/history/{name}"),
        ):
            answer = other.request.fetch(page_app.url.rstrip("/") + path, method=method)
            assert answer.status == 404, path
    finally:
        other.close()
    with httpx.Client(base_url=page_app.url) as client:
        assert client.get("/status/history").json()["total_records"] == 0
        assert client.get("/status/history/search").json()["records"] == []
        assert client.get(f"/status/history/{name}/audio").status_code == 404
        assert client.post("/status/history/clear?confirm=true").json()["cleared_records"] == 0
        assert client.get("/status/history/export").text.count("\n") == 1
        assert client.get("/status/history/search?before=x").status_code == 400
        assert client.get("/status/series?window=year").status_code == 400
        mine = {"Cookie": f"aloud_visitor={owner_id}"}
        part = client.get(f"/status/history/{name}/audio", headers=mine | {"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"ID3\x04")  # its marks come first
        assert client.get(f"/status/history/{name}", headers=mine).json()["text"] == "Mine alone"
        assert client.delete(f"/status/history/{name}", headers=mine).json() == {"deleted": True}
    expect(browser_page.locator(ROWS)).to_have_count(0)


def test_charts(browser_page: Page, page_app: App, put: Callable[..., str]) -> None:
    page = browser_page
    for i in range(20):
        put(
            f"Text {i}",
            60.0 * i,
            engine=("espeak", "slow")[i % 2],
            time_to_first_audio_seconds=0.25,
        )
    died = WorkerDied("gone")
    put("Bad", 120, status=Status.ERROR, error_type=died.type, time_to_first_audio_seconds=None)
    put("Refused", 120, engine="", status=Status.ERROR, time_to_first_audio_seconds=None)
    open_tab(page)
    plot = page.locator("[data-chart=requests] .plot")
    expect(plot.locator("rect").first).to_be_attached()
    expect(page.locator(".legend li")).to_contain_text(["eSpeak NG", "Slow engine"])
    expect(page.locator(".legend .series-rejected")).to_be_attached()
    # What was refused is not drawn in the color of what succeeded.
    color = "element => getComputedStyle(element).getPropertyValue('--series')"
    colors = {li.inner_text(): li.evaluate(color) for li in page.locator(".legend li").all()}
    assert colors["Rejected"] == page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--bad')"
    )
    assert list(colors.values()).count(colors["Rejected"]) == 1
    expect(plot).to_have_attribute("aria-label", re.compile(r"Requests, \d+ total"))
    plot.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    reads = page.locator("[data-chart=requests] .reads")
    expect(reads).to_contain_text(re.compile(r"^\d.*: .*(eSpeak NG|Slow engine) \d"))
    page.keyboard.press("Escape")
    expect(reads).to_contain_text("total")
    page.locator("[data-chart=first_audio] .plot").hover()
    expect(page.locator("[data-chart=first_audio] .reads")).to_contain_text(":")
    page.locator("[data-role=figures] summary").click()
    named = page.locator(".figures td").filter(has_text=re.compile("eSpeak NG|Slow engine"))
    expect(named.first).to_be_visible()
    page.get_by_role("button", name="30 days").click()
    expect(page.get_by_role("button", name="30 days")).to_have_attribute("aria-pressed", "true")
    expect(plot).to_have_attribute("aria-label", re.compile(r"Requests, \d+ total"))
    month = page.request.get(f"{page_app.url}status/series?window=month").json()
    assert sum(month["engines"]["slow"]["requests"]) >= 10


def test_trouble_is_said(
    browser_page: Page, put: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser_page
    put("There")
    open_tab(page, 1)
    page.route("**/page/board*", lambda route: route.abort())
    later(page)
    expect(page.locator("[data-role=trouble]")).to_contain_text("the server is not responding")
    page.unroute("**/page/board*")
    later(page)
    expect(page.locator("[data-role=trouble]")).to_be_hidden()
    told = "History database unavailable: <b>disk full</b>."
    monkeypatch.setattr(Archive, "error", property(lambda _: told))
    later(page)
    expect(page.locator("[data-role=trouble]")).to_contain_text("<b>disk full</b>")
    monkeypatch.undo()
    later(page)
    expect(page.locator("[data-role=trouble]")).to_be_hidden()


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_and_contrast(
    browser: Browser, page_app: App, put: Callable[..., str], owner_id: str, scheme: Any
) -> None:
    put("Short", 10)
    put("W" * 100, 20, engine="slow", status=Status.ERROR, error_message="x" * 300)
    spoken(page_app, owner_id)
    context = phone(browser, page_app, owner_id, scheme)
    try:
        page = context.new_page()
        page.goto(page_app.url)
        open_tab(page, 3)
        page.locator(f"{ROWS} .play:visible").click()
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        small = page.evaluate(
            """[...document.querySelectorAll(
                '#status-board :is(button, a, select, input, summary)')]
            .filter((e) => e.offsetParent && e.type !== 'checkbox' && !e.closest('#engines'))
            .map((e) => [e.className, e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)"""
        )
        assert small == []
        assert [pair for pair in page.evaluate(CONTRASTS) if pair[0] < 4.5] == []
    finally:
        context.close()


def phone(browser: Browser, app: App, owner_id: str, scheme: Any) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme
    )
    context.add_cookies([{"name": "aloud_visitor", "value": owner_id, "url": app.url}])
    return context
