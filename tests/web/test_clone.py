"""Cloning through the endpoints, and on the page in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from tests.support.live import empty_library
from tests.support.pages import speak, state
from tests.support.recordings import encoded, spoken
from tts_core.types import AudioChunk
from tts_core.web.app import App

pytestmark = pytest.mark.live

ATTACK = "Eve <img src=x onerror=alert(1)>"


def saved(clip: AudioChunk, path: Path) -> Path:
    soundfile.write(path, clip.samples, clip.sample_rate)
    return path


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("recordings")
    clips = {name: spoken(name) for name in ("f2", "m3", "f5", "m7")}
    clips["short"] = AudioChunk(clips["f2"].samples[:22_050], 22_050)
    return {name: saved(clip, folder / f"{name}.wav") for name, clip in clips.items()}


@pytest.fixture(autouse=True)
def no_voices(page_app: App) -> None:
    """Whatever the test before has left."""
    empty_library(page_app)


@pytest.fixture(scope="module")
def client(page_app: App) -> Client:
    return Client(page_app.url, verbose=False)


def clone(client: Client, path: Path, name: str, consent: bool = True) -> dict[str, Any]:
    voice: dict[str, Any] = client.predict(
        handle_file(path), name, "en", consent, api_name="/clone_voice"
    )
    return voice


def test_clone_speak_delete(client: Client, recordings: dict[str, Path]) -> None:
    voice = clone(client, recordings["f2"], "Flora")
    assert {"id", "name", "engine", "language", "tags", "created", "report", "engines"} <= set(
        voice
    )
    assert (voice["name"], voice["engine"], voice["language"]) == ("Flora", "library", "en")
    assert voice["report"]["grade"] == "good"
    assert "espeak" in voice["engines"]
    assert voice in client.predict(api_name="/list_voices")
    assert voice in client.predict("library", api_name="/list_voices")
    for asked in (voice["id"], "flora"):
        path, info = client.predict("Hello there.", voice=asked, api_name="/synthesize")
        assert (info["voice"], info["engine"]) == (voice["id"], "espeak")
        assert soundfile.info(path).duration == pytest.approx(info["duration_seconds"], abs=0.01)
        assert [word["text"] for word in info["words"]] == ["Hello", "there."]
    assert clone(client, recordings["f2"], "Flora") == voice
    another = clone(client, recordings["f2"], "Another")
    assert client.predict(voice["id"], api_name="/delete_voice") == {"deleted": voice["id"]}
    with pytest.raises(AppError, match="no voice"):
        client.predict("Hello there.", voice="flora", api_name="/synthesize")
    with pytest.raises(AppError, match="There is no voice"):
        client.predict(voice["id"], api_name="/delete_voice")
    _, info = client.predict("Hello there.", voice="Another", api_name="/synthesize")
    assert info["voice"] == another["id"]


def test_what_is_refused(client: Client, recordings: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(AppError, match="only with consent"):
        clone(client, recordings["m3"], "Mark", consent=False)
    with pytest.raises(AppError, match=r"1\.\d s of speech.*Record at least"):
        clone(client, recordings["short"], "Mark")
    with pytest.raises(AppError, match="is a voice of eSpeak NG"):
        clone(client, recordings["m3"], "German")
    text = tmp_path / "page.wav"
    text.write_text("<html>no sound</html>" * 100)
    with pytest.raises(AppError, match="not a supported audio file"):
        clone(client, text, "Mark")
    assert client.predict("library", api_name="/list_voices") == []


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "wrap", [lambda p: {"path": p}, lambda p: p, lambda p: [p], lambda p: None]
)
def test_only_uploaded_files_are_read(
    page_app: App, recordings: dict[str, Path], wrap: Any
) -> None:
    uploads = page_app.service.settings.uploads_path
    for path in (recordings["m3"], f"{uploads}/../../{recordings['m3']}", "\0", "x" * 9000):
        posted = httpx.post(
            f"{page_app.url}gradio_api/call/clone_voice",
            json={"data": [wrap(str(path)), "Stolen", "en", True]},
        )
        event = posted.json()["event_id"]
        told = httpx.get(f"{page_app.url}gradio_api/call/clone_voice/{event}", timeout=30).text
        assert told.startswith("event: error"), told
        assert "must be an uploaded file" in told
    assert page_app.service.voices.library.find("Stolen") is None


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    page.wait_for_timeout(300)


@pytest.mark.browser
def test_from_a_recording_to_a_voice(
    browser_page: Page, page_app: App, recordings: dict[str, Path], tmp_path: Path
) -> None:
    page = browser_page
    open_tab(page, "Clone")
    expect(page.get_by_text("No voices yet.")).to_be_visible()
    upload = page.locator("#clip-audio input[type=file]")
    upload.set_input_files(recordings["short"])
    speech = page.locator(".checks li").first
    expect(speech).to_contain_text("Not usable", timeout=20_000)
    expect(speech).to_contain_text("Record at least")
    page.click("#keep-button")
    expect(page.locator("#keep-note")).to_contain_text("Give the voice a name.")
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Give the voice a name.")

    page.get_by_label("Clear").first.click()
    upload.set_input_files(recordings["f5"])
    expect(speech).to_contain_text("Good", timeout=20_000)
    assert page.locator("[data-role=spectrum]").evaluate("image => image.naturalWidth") > 100
    name.fill(ATTACK)
    expect(page.locator("#keep-note")).not_to_contain_text("Give", use_inner_text=True)
    page.get_by_label("Tags").fill("calm, narrator")
    page.click("#keep-button")
    expect(page.locator("#keep-note")).to_contain_text("only with consent: tick the box")
    expect(page.locator("#consent input")).to_be_focused()
    page.locator("#consent input").check()
    page.wait_for_timeout(100)
    page.click("#keep-button")
    card = page.locator("article.voice")
    expect(card.locator("h3")).to_have_text(ATTACK, timeout=20_000)
    expect(card).to_contain_text("Voice match (timbre and pitch), not a clone")
    expect(card).to_contain_text("calm · narrator")
    state(page, "finished", timeout=60_000)  # it is tried at once
    [voice] = page_app.service.voices.library.all()
    assert page.evaluate("aloud.info.voice") == voice.id
    assert json.loads(
        (page_app.service.voices.library.folder(voice.id) / "voice.json").read_text()
    )["clips"][0]["consent"]["statement"]

    told = page.locator("#keep-note p:visible")
    expect(told).to_contain_text("was saved")
    card.get_by_role("button", name="Original").click()
    expect(told).to_have_count(0)  # it was about something else
    sound = card.locator("audio")
    expect(sound).to_be_visible()
    page.wait_for_function("document.querySelector('.voice audio').duration > 5")

    card.get_by_role("button", name="Rename").click()
    page.keyboard.type("Eva")
    page.keyboard.press("Enter")
    expect(card.locator("h3")).to_have_text("Eva")
    expect(card.get_by_role("button", name="Rename")).to_be_focused()
    with page.expect_download() as download:
        card.get_by_role("button", name="Export").click()
    package = tmp_path / download.value.suggested_filename
    assert package.name == "eva.zip"
    download.value.save_as(package)

    card.get_by_role("button", name="Use").click()
    expect(page.locator("#speaker input")).to_have_value("Eva · voice match")
    speak(page, "Spoken in the new voice.")
    state(page, "finished", timeout=30_000)
    assert page.evaluate("aloud.info.voice") == voice.id

    open_tab(page, "Clone")
    card.get_by_role("button", name="Delete").click()
    expect(card.get_by_text("Delete permanently?")).to_be_visible()
    card.get_by_text("Delete permanently?").click()
    expect(card).to_have_count(0)
    expect(page.locator("#import")).to_be_focused()
    assert page_app.service.voices.library.all() == []
    page.locator("input[type=file][accept*=zip]").set_input_files(package)
    expect(card.locator("h3")).to_have_text("Eva", timeout=20_000)
    [again] = page_app.service.voices.library.all()
    assert again.id != voice.id


@pytest.mark.browser
def test_what_cannot_be_used_is_said_where_it_was_tried(browser_page: Page, tmp_path: Path) -> None:
    """No microphone, a file of another kind, a file without sound."""
    page = browser_page
    open_tab(page, "Clone")
    hint = page.locator("#clone-hint")
    expect(hint).to_contain_text("voice match")
    expect(hint).to_contain_text("not a clone")
    page.get_by_label("Record audio").click()
    page.locator("#clip-audio .record-button").click()
    said = page.locator("[data-role=microphone]")
    expect(said).to_be_visible()
    expect(said).to_contain_text(re.compile("No microphone found|refuses the microphone"))
    page.get_by_label("Upload file").click()
    other, empty = tmp_path / "letter.txt", tmp_path / "empty.wav"
    other.write_text("Dear Anna,")
    empty.write_text("no sound " * 100)
    upload = page.locator("#clip-audio input[type=file]")
    upload.set_input_files(other)
    fault = page.locator("#clone [data-role=fault]")
    expect(fault).to_contain_text("letter.txt is not a recording. Choose a file of one of these")
    expect(page.locator(".toast-wrap")).to_be_hidden()
    assert page.evaluate("document.activeElement !== document.body")
    upload.set_input_files(empty)
    expect(fault).to_contain_text("empty.wav is not a supported audio file")
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement !== document.body")
    hint.get_by_role("link").click()
    expect(page.locator("#engines")).to_be_visible()


@pytest.mark.thorough
@pytest.mark.browser
def test_fits_a_phone(browser_page: Page, recordings: dict[str, Path]) -> None:
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 844})
    open_tab(page, "Clone")
    page.locator("#clip-audio input[type=file]").set_input_files(recordings["m7"])
    expect(page.locator(".checks li").first).to_contain_text("Good", timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('#clone-studio *')].filter(e => e.offsetParent && "
        "e.getBoundingClientRect().right > 391).map(e => e.className)"
    )
    assert wide == []
    page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.browser
def test_a_recording_that_is_a_voice_already(
    browser_page: Page, page_app: App, recordings: dict[str, Path]
) -> None:
    page, voices = browser_page, page_app.service.voices
    anna = voices.clone([recordings["m7"]], ATTACK, consent=True)
    open_tab(page, "Clone")
    page.locator("#clip-audio input[type=file]").set_input_files(recordings["m7"])
    note = page.locator("#keep-note")
    expect(note).to_contain_text(f"already the voice {ATTACK}.", timeout=20_000)
    page.get_by_label("Name", exact=True).fill("Reader")
    page.locator("#consent input").check()
    page.wait_for_timeout(100)
    page.click("#keep-button")
    expect(note).to_contain_text("Reader was saved", timeout=20_000)
    [second, first] = voices.cloned()
    assert (second.name, first.id) == ("Reader", anna.id)
    state(page, "finished", timeout=60_000)


def test_a_consent_is_withdrawn(app: App, client: Client, tmp_path: Path) -> None:
    recording = tmp_path / "beth.wav"
    recording.write_bytes(encoded(spoken("f2"), "wav", "pcm_s16le"))
    voice = app.service.voices.clone([recording], "Beth", consent=True)
    second = app.service.voices.clone([recording], "Reader", consent=True)
    found = client.predict("beth", api_name="/withdraw_consent")
    assert list(found) == ["withdrawn", "name", "given", "at", "also"]
    assert (found["withdrawn"], found["name"]) == (voice.id, "Beth")
    assert found["also"] == [second.id]
    assert found["given"] < found["at"]
    for asked in (voice.id, "Beth"):
        with pytest.raises(AppError, match="The consent for the voice 'Beth' was withdrawn on"):
            client.predict("Hello.", voice=asked, api_name="/synthesize")
        answer = httpx.post(f"{app.url}api/withdraw_consent", json={"voice_id": asked})
        assert answer.status_code == 404
        assert "was withdrawn on" in answer.json()["error"]["message"]
