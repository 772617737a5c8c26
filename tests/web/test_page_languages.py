"""The page in the languages of its visitors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.brackets import german_in_brackets, outside
from tests.support.live import running_app
from tests.support.node import JAVASCRIPT
from tests.support.pages import choose, loaded_page, opened_page, ready, state
from tests.support.recordings import encoded, spoken
from tests.support.scripted import SCRIPTED
from tests.support.waiting import wait_until
from tts_core.engines.registry import ENGINES
from tts_core.web.app import App
from tts_core.web.ui.texts import ENGLISH, LANGUAGES, Texts

AXE = JAVASCRIPT / "node_modules" / "axe-core" / "axe.min.js"
TABS = ("speak", "studio", "clone", "status", "engines")

pytestmark = [pytest.mark.browser, pytest.mark.live]

DATA = (
    "code, pre, option[lang], ul.options, [role=option], #chips, #reader .page, #readings .text, "
    ".take .preview, .history .preview, .who, .job .preview, .api-head ~ p > code, "
    ".engine h3, .legend, "
    ".voice h3, .lexicon select option, .lexicon th.written, .lexicon td:not(.tools), "
    ".studio-row :is(.text, .who), .studio [role=progressbar], .studio-open, .studio-head h2, "
    ".studio-chapter .name, "
    ".studio-project .facts, .studio-here, .studio optgroup, .studio-trio option, .studio legend, "
    ".traits dd, .file-check .name, [data-role=by-voice] option, "
    ".says, .swap, figcaption .reads, [data-role=by-engine] option, [data-role=by-door] option, "
    "script, style"
)
"""What is not of the catalogue: texts and names of visitors, voices, languages and engines."""
GRADIO = {
    "Abspielen", "Löschen", "Hochladen", "Audio hier ablegen", "- oder -", "High volume",
    "common.built_with_gradio", "processing |",
}  # fmt: skip
"""Gradio's own texts, which it translates itself where it does."""
SAME = {"Gradio API", "Download: XTTS-v2", "Slow engine", "Slow English"}
"""What is the same in other languages, besides names; the last two are of engines for tests."""
COLLECT = """data => {
  const found = [];
  const hidden = element => element.closest(data);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && !hidden(node.parentElement)) found.push(node.data.trim());
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext'])
    for (const element of document.body.querySelectorAll(`[${name}]`))
      if (!hidden(element)) found.push(element.getAttribute(name).trim());
  for (const element of document.querySelectorAll('#clip-audio [data-testid=upload-text]'))
    found.push(getComputedStyle(element, '::after').content);
  return [...new Set(found)];
}"""


def walk(page: Page, texts: Texts) -> set[str]:
    """What the page says on its tabs, in its menus and dialogs, except for texts to be spoken."""
    kept = "code, pre, script, style, option[lang], #chips, #text"
    tried = ", ".join(f".engine[data-name={name}]" for name in SCRIPTED)
    found: set[str] = set()

    def look() -> None:
        found.update(page.evaluate(COLLECT, f"{kept}, {tried}, .engine[data-name=slow]"))

    page.click("#more-button")
    choose(page, texts("engine"), "eSpeak NG")
    expect(page.get_by_text(texts("parameter.range"), exact=True)).to_be_visible()
    page.locator("[data-role=api]").click()
    look()
    page.locator("[data-role=api-close]").click()
    page.locator("[data-role=gallery]").click()
    expect(page.locator(".voice-row").first).to_be_visible()
    look()
    page.keyboard.press("Escape")
    for name in TABS:
        open_by_id(page, name)
        if name == "engines":
            expect(page.locator(".engine .badge").first).to_be_visible()
        look()
    return found


def unmarked(page: Page) -> list[str]:
    """What the page says with words that are neither in the catalogue nor data."""
    found: list[str] = page.evaluate(COLLECT, DATA)
    return [text for text in set(found) - GRADIO if outside(text)]


@pytest.fixture
def marked_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The page whose German texts are the English ones in brackets."""
    with german_in_brackets(), running_app(tmp_path_factory.mktemp("data"), ENGINES) as app:
        yield app


@pytest.fixture
def german(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    yield context
    context.close()


def open_by_id(page: Page, name: str) -> None:
    page.evaluate("name => aloud.openTab(name)", name)
    page.wait_for_function(
        "name => document.querySelectorAll('#aloud-tabs [role=tab][aria-selected=true]').length"
        " && (location.hash.slice(1) || 'speak') === name",
        arg=name,
    )


@pytest.mark.thorough
def test_no_text_of_the_page_is_outside_the_catalogue(
    marked_app: App, german: BrowserContext, tmp_path: Path
) -> None:
    recording = tmp_path / "Anna.wav"
    recording.write_bytes(encoded(spoken(), "wav", "pcm_s16le"))
    with opened_page(german, marked_app.url) as page:
        page.click("#speak-button")  # with nothing to say
        expect(page.locator("#text-problem")).to_contain_text("⟦")
        page.click("#readings-button")
        expect(page.locator("#readings .note")).to_contain_text("⟦")
        assert not unmarked(page), unmarked(page)
        page.fill("#text textarea", "It cost $5 😀. Nobody knows why.")
        page.click("#readings-button")
        page.click("#readings-button")
        expect(page.locator("#readings ruby").first).to_be_attached()
        speak_in(page, "It cost $5 😀. Nobody knows why.")
        page.click("#more-button")
        choose(page, "⟦Engine⟧", "eSpeak NG")
        expect(page.get_by_text("⟦Intonation⟧")).to_be_visible()
        assert not unmarked(page), unmarked(page)
        page.click("#pronunciations-button")
        page.fill("#pronunciations [data-role=written]", "SQL")
        page.click("#pronunciations [data-role=save]")
        expect(page.locator("#pronunciations [data-role=problem]")).to_contain_text("⟦")
        page.fill("#pronunciations [data-role=spoken]", "sequel")
        page.click("#pronunciations [data-role=save]")
        expect(page.locator("#pronunciations tbody tr")).to_have_count(1)
        page.locator("[data-role=api]").click()
        assert not unmarked(page), unmarked(page)
        page.locator("[data-role=api-close]").click()
        open_by_id(page, "clone")
        page.set_input_files("#clip-audio input[type=file]", recording)
        expect(page.locator(".checks li")).to_have_count(7, timeout=30_000)
        page.click("#keep-button")
        expect(page.locator("#keep-told")).to_contain_text("⟦")
        assert not unmarked(page), unmarked(page)
        page.locator("#keep input[type=text], #keep textarea").first.fill("Anna")
        page.check("#consent input")
        page.click("#keep-button")
        expect(page.locator("article.voice")).to_have_count(1, timeout=20_000)
        page.locator("article.voice [data-action=delete]").click()
        state(page, "finished", timeout=30_000)
        assert not unmarked(page), unmarked(page)
        wait_until(lambda: not marked_app.service.active())  # how similar the voice is, is measured
        page.set_input_files(".file-check input", recording)
        expect(page.locator(".file-check h3")).to_contain_text("⟦")
        page.locator("article.voice summary").click()
        page.locator("article.voice [data-action=withdraw]").click()
        assert not unmarked(page), unmarked(page)
        page.locator("#voices [data-role=ask-yes]").click()
        expect(page.locator(".withdrawn li")).to_have_count(1)
        assert not unmarked(page), unmarked(page)
        open_by_id(page, "status")
        expect(page.locator(".history .row:not(.head)").first).to_be_visible()
        page.locator(".history .remove").first.click()
        page.locator("[data-role=figures] summary").click()
        expect(page.locator("[data-role=figures-table] td").first).to_be_visible()
        page.locator("[data-role=clear]").click()
        assert not unmarked(page), unmarked(page)
        page.locator("#status-board [data-role=ask-yes]").click()
        expect(page.locator("#status-board [data-role=said]")).to_contain_text("⟦")
        expect(page.locator("[data-role=no-history-text]")).to_be_visible()
        assert not unmarked(page), unmarked(page)
        open_by_id(page, "engines")
        expect(page.locator(".engine .badge").first).to_be_visible()
        assert not unmarked(page), unmarked(page)
        open_by_id(page, "studio")
        expect(page.locator(".studio .nothing")).to_contain_text("No projects yet")
        page.click(".studio [data-role=create]")
        expect(page.locator("#studio-problem")).to_contain_text("⟦")
        assert not unmarked(page), unmarked(page)
        page.fill(".studio [data-role=paste]", "It was cold. Nobody knew why.")
        page.click(".studio [data-role=create]")
        expect(page.locator(".studio-row[data-look=done]")).to_have_count(2, timeout=20_000)
        page.fill(".studio [type=search]", "cold")
        expect(page.locator(".studio-row")).to_have_count(1)
        assert not unmarked(page), unmarked(page)


@pytest.fixture(scope="module")
def new_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page whose history has no texts of other tests."""
    with running_app(tmp_path_factory.mktemp("data"), ENGINES) as app:
        yield app.url


@pytest.fixture(scope="module")
def said_in_english(browser: Browser, new_url: str) -> set[str]:
    context = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900})
    with context, opened_page(context, new_url) as page:
        return walk(page, Texts(ENGLISH))


@pytest.mark.sample(2)
@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != ENGLISH])
def test_nothing_is_said_in_english(
    browser: Browser, new_url: str, said_in_english: set[str], language: str
) -> None:
    """Of what has several words, nothing but names is the same as on the English page."""
    context = browser.new_context(locale=language, viewport={"width": 1440, "height": 900})
    with context, opened_page(context, new_url) as page:
        found = walk(page, Texts(language))
    same = {text for text in found & said_in_english if re.search(r"\w{2}\W+\w{2}", text)}
    assert {text for text in same if outside(text)} <= SAME


def test_the_page_speaks_german_to_a_german_browser(german: BrowserContext, app_url: str) -> None:
    with opened_page(german, app_url) as page:
        assert page.evaluate("document.documentElement.lang") == "de"
        expect(page.get_by_role("tab", name="Stimme klonen")).to_be_visible()
        expect(page.locator("#speak-button")).to_have_text("Sprechen")
        expect(page.get_by_placeholder("Text eingeben, einfügen")).to_be_visible()
        expect(page.get_by_text("Weiblich", exact=True)).to_be_visible()
        expect(page.locator("#language input")).to_have_value(re.compile("^Automatisch"))
        speak_in(page, "Guten Abend. Es ist schon spät.")
        expect(page.locator(".counts")).to_contain_text("31 von 10.000 Zeichen")


def speak_in(page: Page, text: str) -> None:
    """As `speak`, which waits for the English count."""
    page.fill("#text textarea", text)
    page.click("#speak-button")
    state(page, "finished", timeout=30_000)


@pytest.mark.thorough
def test_the_button_shows_pause_while_it_plays(browser: Browser, app_url: str) -> None:
    context = browser.new_context(locale="es-ES")
    with opened_page(context, app_url) as page:
        page.fill("#text textarea", "Una frase que dura un poco, y otra cosa.")
        page.click("#speak-button")
        expect(page.locator(".player .on-play")).to_be_visible()
        expect(page.locator(".player .on-pause")).to_be_hidden()
    context.close()


@pytest.mark.thorough
def test_another_language_stays_chosen(german: BrowserContext, app_url: str) -> None:
    text = "Das bleibt stehen."
    with opened_page(german, app_url) as page:
        page.fill("#text textarea", text)
        with page.expect_navigation():
            page.get_by_label("Sprache der Seite").select_option(label="日本語")
        for _ in range(2):
            ready(page)
            assert page.evaluate("document.documentElement.lang") == "ja"
            expect(page.locator("#speak-button")).to_have_text("読み上げ")
            expect(page.locator("#text textarea")).to_have_value(text)
            page.reload()


@pytest.mark.sample(1)
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_everything_fits_on_a_small_phone(browser: Browser, app_url: str, language: str) -> None:
    context = browser.new_context(locale=language, viewport={"width": 320, "height": 640})
    with opened_page(context, app_url) as page:
        for name in TABS:
            open_by_id(page, name)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
            tab = page.locator("#aloud-tabs [role=tab][aria-selected=true]").first
            expect(tab).to_be_in_viewport(ratio=0.99)
    context.close()


@pytest.mark.thorough
@pytest.mark.skipif(not AXE.exists(), reason="`make test` installs axe-core if npm is there")
def test_axe_finds_nothing_serious_in_another_language(
    german: BrowserContext, app_url: str
) -> None:
    with loaded_page(german.new_page(), app_url) as page:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for name in TABS:
            open_by_id(page, name)
            found = page.evaluate(
                """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
                .filter(v => ['serious', 'critical'].includes(v.impact))
                .map(v => [v.id, ...v.nodes.map(node => node.html.slice(0, 200))])"""
            )
            assert found == [], name


def test_the_studio_says_in_german_what_it_left_out(
    german: BrowserContext, app_url: str, tmp_path: Path
) -> None:
    document = tmp_path / "Tal.html"
    document.write_text("<h1>Das Tal</h1><p>Es war kalt.</p><img src='a.png'>", encoding="utf-8")
    with opened_page(german, app_url) as page:
        open_by_id(page, "studio")
        page.set_input_files(".studio [data-role=file]", document)
        page.click(".studio [data-role=create]")
        expect(page.locator(".studio-warnings li")).to_have_text("Bilder wurden weggelassen: 1.")
        told = page.evaluate("aloud.said('There is nothing to undo. It hums.')")
        assert told == "Es gibt nichts rückgängig zu machen. It hums."
        taken = "There is a voice '1984' already; choose another name, or delete that one."
        assert "„1984“" in page.evaluate("taken => aloud.said(taken)", taken)
