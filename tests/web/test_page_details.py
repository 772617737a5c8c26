"""Small things that a demanding visitor has missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.pages import open_tab, opened_page, speak, state
from tests.support.recordings import encoded, spoken

pytestmark = [pytest.mark.browser, pytest.mark.live]

TEXT = "The first sentence is here. A second one follows it. And a third."
CONTRAST = """([element, property, pseudo]) => {
  const rgb = (color) => color.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (color) => rgb(color).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const on = (e) => {
    const color = getComputedStyle(e).backgroundColor;
    return color === 'rgba(0, 0, 0, 0)' ? on(e.parentElement) : color;
  };
  const [a, b] = [light(getComputedStyle(element, pseudo)[property]), light(on(element))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""
"""The contrast of a color of an element with what is behind it."""


@pytest.mark.sample(1)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_empty_is_seen(used_page: Page, scheme: str) -> None:
    """Empty boxes, and the examples in empty fields (WCAG 2.2, 1.4.3 and 1.4.11)."""
    page = used_page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.wait_for_function(
        "dark => document.body.classList.contains('dark') === dark", arg=scheme == "dark"
    )
    open_tab(page, "Clone a voice")
    box = page.locator("#consent input").element_handle()
    assert page.evaluate(CONTRAST, [box, "borderTopColor", None]) >= 3
    name = page.get_by_label("Name", exact=True).element_handle()
    assert page.evaluate(CONTRAST, [name, "color", "::placeholder"]) >= 4.5
    page.emulate_media(color_scheme="light")


def test_a_recording_has_one_waveform_and_voices_their_button(
    used_page: Page, tmp_path: Path
) -> None:
    page = used_page
    recording = tmp_path / "Anna.wav"
    recording.write_bytes(encoded(spoken(), "wav", "pcm_s16le"))
    open_tab(page, "Clone a voice")
    page.locator("#clip-audio input[type=file]").set_input_files(recording)
    expect(page.locator(".checks li").first).to_contain_text("Good", timeout=20_000)
    expect(page.locator("#clip-audio .waveform-container")).to_be_hidden()
    expect(page.locator(".clip-wave svg")).to_be_visible()  # with the ends that are trimmed
    head = page.get_by_role("heading", name="Your voices").bounding_box()
    button = page.locator("#import").bounding_box()
    assert head is not None
    assert button is not None
    assert abs(head["y"] + head["height"] / 2 - button["y"] - button["height"] / 2) < 24


def test_a_long_text_is_one_stop_for_keys_and_text_for_readers(used_page: Page) -> None:
    page = used_page
    speak(page, TEXT)
    state(page, "finished")
    page.wait_for_selector(".sentence")
    assert page.locator(".sentence").count() == 3
    assert page.locator(".sentence[tabindex='0']").count() == 1
    assert page.locator(".sentence[role=button]").count() <= 1
    page.evaluate("aloud.player.stop(); aloud.edit()")


def test_a_long_text_is_drawn_whole_though_its_beginning_starts(used_page: Page) -> None:
    """The page is told of the first sentences with the first sound, and of the others later."""
    page = used_page
    text = " ".join(f"Number {n} is <b>here</b> 🎈 in a row." for n in range(1, 121))
    page.evaluate(
        """() => {
          const { player } = aloud;
          const planned = player.on_planned;
          window.drawn = [];
          player.on_planned = function (item) {
            drawn.push(document.querySelectorAll('.sentence').length, this.chunks, aloud.started);
            planned.call(this, item);
            drawn.push(document.querySelectorAll('.sentence').length, this.chunks);
          };
        }"""
    )
    speak(page, text)
    state(page, "finished")
    before, counted, started, after, chunks = page.evaluate("drawn")
    assert 0 < before < after == chunks == 120
    assert counted == 0  # nobody is told "sentence 3 of 30"
    assert started > 0  # the first sound was there already
    assert page.locator(".page[data-role=page]").text_content() == text
    page.evaluate("delete aloud.player.on_planned; aloud.player.stop(); aloud.edit()")


def test_a_list_marks_only_itself_as_focused(used_page: Page) -> None:
    used_page.get_by_label("Language", exact=True).first.click()
    outlined = "e => getComputedStyle(e).outlineStyle === 'solid'"
    boxes = f"[...document.querySelectorAll('.wrap')].filter({outlined}).length"
    assert used_page.evaluate(boxes) == 1
    used_page.keyboard.press("Escape")


def test_buttons_that_reset_say_what(used_page: Page) -> None:
    for what in ("Speed (×)", "Pitch (×)"):
        reset = used_page.get_by_role("button", name=f"Reset to default value: {what}", exact=True)
        expect(reset).to_have_count(1)


def test_remedies_have_the_names_of_controls_and_failures_are_forgotten(used_page: Page) -> None:
    speak(used_page, "😀😀")
    problem = used_page.locator("#text-problem")
    expect(problem).to_contain_text("“Say emoji” under “Fine tuning”")
    expect(problem).not_to_contain_text("=")
    says = used_page.locator("[data-role=says]")
    expect(says).to_have_text("Something went wrong.")
    used_page.fill("#text textarea", "Something else.")
    expect(says).to_have_text("Nothing to play yet.")


def test_the_form_of_a_voice_stays_where_it_is(browser_page: Page) -> None:
    tops = browser_page.evaluate("""new Promise(done => {
      const tops = new Set(), until = performance.now() + 1000;
      const look = () => {
        const form = document.querySelector('#clone-studio');
        if (form?.checkVisibility()) tops.add(Math.round(form.getBoundingClientRect().top));
        if (performance.now() < until) requestAnimationFrame(look); else done([...tops]);
      };
      aloud.openTab('clone');
      look();
    })""")
    expect(browser_page.locator("#clone-hint")).to_contain_text("voice match")
    assert len(tops) == 1


def test_times_of_day_have_24_hours_in_every_language(used_page: Page) -> None:
    evening = "new Date(2020, 0, 2, 21, 5)"
    assert "PM" in used_page.evaluate(f"{evening}.toLocaleTimeString()")  # by itself
    assert "21:05" in used_page.evaluate(f"aloud.when({evening}.getTime() / 1000)")


@pytest.mark.thorough
def test_server_errors_are_told_in_the_language_of_the_page(browser: Browser, app_url: str) -> None:
    context = browser.new_context(locale="de-DE")
    with opened_page(context, app_url) as page:
        speak_german(page, "!!! ???")
        problem = page.locator("#text-problem")
        expect(problem).to_have_text(
            "Im Text gibt es nichts zu sprechen: Er enthält weder Buchstaben noch Ziffern."
        )
        rare = "1 files are being made, which is the limit; try again in a minute."
        told = page.evaluate("message => aloud.failure(message, 'queue_full')", rare)
        assert told.startswith("Es werden gerade zu viele Anfragen bearbeitet.")
        assert rare in told
    context.close()


def speak_german(page: Page, text: str) -> None:
    page.fill("#text textarea", text)
    expect(page.locator("#script-meta [data-role=count]")).to_contain_text(f"{len(text)} von")
    page.click("#speak-button")
