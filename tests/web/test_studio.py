"""The Studio in a browser: import, cast, edit, make again, takes, export; by keyboard; axe-core."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.support.choir import CHOIR
from tests.support.live import running_app
from tests.support.node import JAVASCRIPT
from tests.support.pages import speak
from tests.support.planning import half_planned
from tests.support.waiting import wait_until
from tts_core.projects.asked import narration_of
from tts_core.projects.status import ProjectStatus, SegmentStatus
from tts_core.projects.work import planner
from tts_core.services import projects as project_service
from tts_core.types import Caller
from tts_core.web.app import App

pytestmark = [pytest.mark.browser, pytest.mark.live]

AXE = JAVASCRIPT / "node_modules" / "axe-core" / "axe.min.js"
CHECK = """async () => {
  const {violations} = await axe.run("#studio-board", {resultTypes: ['violations']});
  return violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => [v.id, ...v.nodes.map(node => node.html.slice(0, 200))]);
}"""
SMALL = """() => [...document.querySelectorAll('#studio-board :is(button, input, select, a)')]
  .filter(e => e.checkVisibility({contentVisibilityAuto: true}))
  .filter(e => !['checkbox', 'radio', 'file'].includes(e.type) && !e.matches('.studio-open'))
  .map(e => [e.className || e.tagName, e.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 43.5 || box.height < 43.5))
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
SCRIPT = b"speaker,text\nAnna,Good morning.\nBen,Where is the tea?\nAnna,Here it is.\n"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONGEST = 100_000
TEXT = "# One\n\nThe first sentence is here. A second one follows it.\n\n# Two\n\nThe end is near."


@pytest.fixture(scope="module")
def page_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Aloud with the voices of a scripted engine, which speaks at once."""
    folder = tmp_path_factory.mktemp("data")
    with running_app(folder, CHOIR, project_characters=LONGEST) as app:
        yield app


@pytest.fixture(autouse=True)
def projects(page_app: App) -> Iterator[None]:
    """Delete what a test has made."""
    yield
    for project in everything(page_app):
        page_app.service.projects.control(owner(), project.project_id, "delete")


def owner() -> Caller:
    """Whoever runs Aloud, who sees the projects of all visitors."""
    return Caller(operator=True)


def everything(app: App) -> list[ProjectStatus]:
    return app.service.projects.all(owner())


def segments(app: App) -> list[SegmentStatus]:
    [project] = everything(app)
    return app.service.projects.segments(owner(), project.project_id, 0, 1000)


def complete(app: App) -> None:
    wait_until(lambda: [p.state for p in everything(app)] == ["complete"], 20)


def opened(page: Page) -> Locator:
    page.get_by_role("tab", name="Studio").click()
    board = page.locator("#studio-board")
    expect(board.get_by_role("heading", name="New project")).to_be_visible()
    return board


def imported(page: Page, name: str = "words.md", content: bytes = TEXT.encode()) -> Locator:
    """Make a project of a document, and wait until its first sentences are shown."""
    board = opened(page)
    file = FilePayload(name=name, mimeType="text/plain", buffer=content)
    board.locator("input[type=file]").set_input_files(file)
    board.get_by_role("button", name="Create project").click()
    # By itself the page asks every second and a half. The first of the module's tests waits for the
    # start of the engine, too.
    page.wait_for_function(
        """() => {
          document.dispatchEvent(new Event('visibilitychange'));
          return document.querySelector('#studio-board .studio-row[data-look=done]');
        }""",
        polling=200,
        timeout=60_000,
    )
    return board


def row(board: Locator, number: int) -> Locator:
    return board.locator(f"#studio-row-{number - 1}")


def focused(page: Page) -> Any:
    return page.evaluate("[document.activeElement.tagName, document.activeElement.className]")


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus, which never gets lost on the way."""
    for _ in range(30):
        page.keyboard.press(key)
        assert focused(page)[0] != "BODY"
        if wanted.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def test_by_keyboard_alone(used_page: Page, page_app: App) -> None:
    page = used_page
    page.get_by_role("tab", name="Speak").focus()
    page.keyboard.press("ArrowRight")
    board = page.locator("#studio-board")
    expect(board.get_by_role("heading", name="New project")).to_be_visible()
    tab_to(page, board.get_by_role("textbox", name="Or paste a text"))
    page.keyboard.type("The first sentence is here. A second one follows it. The end is near.")
    tab_to(page, board.get_by_label("Title", exact=True))
    page.keyboard.type("Three sentences")
    tab_to(page, board.get_by_role("button", name="Create project"))
    page.keyboard.press("Enter")
    expect(board.get_by_role("heading", name="Three sentences")).to_be_visible()
    grid = board.get_by_role("grid")
    expect(grid).to_be_focused()
    complete(page_app)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type(", as it has to.")
    page.keyboard.press("Enter")
    expect(grid).to_be_focused()
    expect(row(board, 2)).to_contain_text("A second one follows it, as it has to.")
    expect(row(board, 2)).to_have_attribute("data-look", "done")
    page.keyboard.press("Enter")
    page.keyboard.type(" Never mind")
    page.keyboard.press("Escape")
    expect(grid).to_be_focused()
    expect(board.get_by_role("textbox", name="Edit text")).to_have_count(0)

    page.keyboard.press("Control+Enter")
    takes = board.get_by_role("radiogroup", name="Takes")
    second = takes.get_by_role("radio", name="Take 2")
    expect(second).to_be_checked()
    tab_to(page, second)
    page.keyboard.press("ArrowUp")
    wait_until(lambda: segments(page_app)[1].chosen_take == 0)
    expect(takes.get_by_role("radio", name="Take 1")).to_be_checked()
    assert focused(page)[0] != "BODY"

    tab_to(page, grid, "Shift+Tab")
    page.keyboard.press("Space")
    page.wait_for_function("aloud.playing")
    page.keyboard.press("Space")
    page.wait_for_function("!aloud.playing")
    page.keyboard.press("l")
    expect(row(board, 2)).to_have_class(re.compile("locked"))
    page.keyboard.press("Control+z")
    expect(row(board, 2)).not_to_have_class(re.compile("locked"))
    page.keyboard.press("Control+Shift+z")
    expect(row(board, 2)).to_have_class(re.compile("locked"))
    for _ in range(4):
        page.keyboard.press("Control+z")
    expect(row(board, 2).locator(".text")).to_have_text("A second one follows it.")

    tab_to(page, board.get_by_role("button", name="Make file"))
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "Three sentences.m4b"
    expect(board.get_by_text("The file is ready.")).to_be_visible()
    tab_to(page, board.get_by_role("button", name="All projects"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(board.get_by_role("button", name="Three sentences", exact=True)).to_be_focused()


def test_a_script_is_cast(used_page: Page, page_app: App) -> None:
    board = imported(used_page, "tea.csv", SCRIPT)
    complete(page_app)
    ben = board.get_by_role("group", name=re.compile("^Ben"))
    expect(ben).to_contain_text("1 sentence")
    ben.get_by_role("combobox", name="Voice").select_option(label="Echo · English (United States)")
    wait_until(lambda: segments(page_app)[1].voice == "am_echo")
    assert [s.voice != "am_echo" for s in segments(page_app)] == [True, False, True]
    expect(row(board, 2)).to_contain_text("Ben")
    ben.get_by_label("Speed").fill("1.2")
    ben.get_by_label("Speed").press("Enter")
    [project] = everything(page_app)
    wait_until(
        lambda: (
            page_app.service.projects.cast(owner(), project.project_id).speakers[1].part.speed
            == 1.2
        )
    )
    # Of the page's last visit, also in another tab of its owner.
    used_page.reload()
    used_page.wait_for_function("Boolean(window.aloud?.player)")
    expect(board.get_by_role("heading", name="tea", exact=True)).to_be_visible()


@pytest.mark.thorough
def test_speakers_of_a_novel_are_found_and_cast(used_page: Page, page_app: App) -> None:
    page = used_page
    board = opened(page)
    words = (
        "\u201cGood morning,\u201d said Anna. She sat down. \u201cIs there tea?\u201d asked Ben."
    )
    board.get_by_role("textbox", name="Or paste a text").fill(words)
    board.get_by_role("checkbox", name=re.compile("^Find out who says what")).check()
    board.get_by_role("button", name="Create project").click()
    cast = board.locator("[data-role=cast]")
    expect(cast.get_by_role("group", name=re.compile("^Anna"))).to_contain_text("1 sentence")
    expect(cast.get_by_role("group", name=re.compile("^Ben"))).to_contain_text("1 sentence")
    complete(page_app)
    assert [s.speaker for s in segments(page_app) if s.speaker] == ["Anna", "Ben"]


@pytest.mark.thorough
def test_a_file_that_is_made_is_found_again(used_page: Page, page_app: App) -> None:
    page = used_page
    board = imported(page)
    complete(page_app)
    [project] = everything(page_app)
    locks = page_app.service.projects._locks
    with locks.setdefault(project.project_id, threading.Lock()):
        board.get_by_role("button", name="Make file").click()
        export = board.locator("[data-role=export]")
        expect(export.get_by_text("Making the file")).to_be_in_viewport()
        page.reload()
        page.wait_for_function("Boolean(window.aloud?.player)")
        expect(export.get_by_text("Making the file")).to_be_visible()
        expect(export.get_by_role("button", name="Make file")).to_be_disabled()
    expect(export.get_by_text("The file is ready.")).to_be_visible()
    with page.expect_download() as waiting:
        export.get_by_role("link", name="Download").click()
    assert waiting.value.suggested_filename == "words.m4b"


def test_projects_have_addresses(used_page: Page) -> None:
    page = used_page
    board = imported(page)
    expect(page).to_have_url(re.compile("#studio/[0-9a-f]+$"))
    page.go_back()
    expect(board.get_by_role("heading", name="New project")).to_be_visible()
    page.wait_for_function("document.activeElement !== document.body")
    page.evaluate("aloud.openTab('speak')")
    page.go_back()
    page.go_forward()
    expect(page).to_have_url(re.compile("#speak$"))
    page.go_back()
    page.go_back()
    page.go_forward()
    expect(board.get_by_role("heading", name="New project")).to_be_visible()


@pytest.mark.thorough
def test_rows_of_a_phone_that_is_turned(used_page: Page, page_app: App) -> None:
    page = used_page
    page.set_viewport_size({"width": 390, "height": 844})
    board = imported(page)
    complete(page_app)
    row(board, 2).click()
    page.keyboard.press("l")
    expect(row(board, 2)).to_have_class(re.compile("locked"))
    lock, words = (row(board, 2).locator(part).bounding_box() for part in (".lock", ".text"))
    assert lock is not None
    assert words is not None
    assert lock["x"] + lock["width"] < words["x"]
    page.keyboard.press("Enter")
    editor = board.locator(".studio-editor")
    for width, height in ((390, 844), (844, 390)):
        page.set_viewport_size({"width": width, "height": height})
        place = "e => new DOMMatrix(getComputedStyle(e).transform).m42"
        wait_until(lambda: editor.evaluate(place) == row(board, 2).evaluate(place))  # noqa: B023 - called at once


def test_many_sentences_are_changed_together(used_page: Page, page_app: App) -> None:
    page = used_page
    board = imported(page)
    complete(page_app)
    row(board, 2).click()
    row(board, 3).click(modifiers=["Shift"])
    card = board.locator("[data-role=sentence]")
    expect(card.get_by_role("heading")).to_have_text("2 sentences selected")
    card.get_by_role("button", name="Lock", exact=True).click()
    expect(board.locator(".studio-row.locked")).to_have_count(2)
    card.get_by_role("button", name="Unlock").click()
    expect(board.locator(".studio-row.locked")).to_have_count(0)
    row(board, 2).click()
    row(board, 3).click(modifiers=["Shift"])
    card.get_by_role("button", name="Merge").click()
    merged = "The first sentence is here. A second one follows it."
    expect(row(board, 2).locator(".text")).to_have_text(merged)
    row(board, 2).click()
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    for _ in "The first sentence is here.":
        page.keyboard.press("ArrowRight")
    board.get_by_role("button", name="Split here").click()
    expect(row(board, 3).locator(".text")).to_have_text("A second one follows it.")

    page.keyboard.press("/")
    search = board.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("SENTENCE")
    expect(board.get_by_text("1 sentence", exact=True)).to_be_visible()
    expect(board.locator(".studio-row")).to_have_count(1)
    board.get_by_label("Replace with").fill("line")
    board.get_by_role("button", name="Replace all").click()
    wait_until(lambda: segments(page_app)[1].text == "The first line is here.")
    expect(board.get_by_text("1 sentence changed.")).to_be_visible()
    search.press("Escape")
    expect(board.locator(".studio-row")).to_have_count(5)
    expect(board.get_by_role("grid")).to_be_focused()
    board.get_by_role("button", name=re.compile("^Two")).click()
    expect(row(board, 4)).to_have_attribute("aria-selected", "true")


def test_hostile_words_are_shown_as_words(used_page: Page) -> None:
    page = used_page
    mark = "<img src=x onerror=alert(1)> 5 & <b>six</b>"
    board = opened(page)
    board.get_by_role("textbox", name="Or paste a text").fill("Bonjour. مرحبا بالعالم.")
    board.get_by_label("Title", exact=True).fill(mark)
    board.get_by_label("Author", exact=True).fill(mark)
    board.get_by_role("button", name="Create project").click()
    expect(board.get_by_role("heading", name=mark)).to_be_visible()
    arabic = board.locator(".text", has_text="مرحبا")
    assert arabic.evaluate("e => getComputedStyle(e).direction") == "rtl"
    board.get_by_role("button", name="All projects").click()
    expect(board.get_by_role("button", name=mark, exact=True)).to_be_visible()
    assert board.locator("img").count() == 0
    board.get_by_role("button", name=f"Delete: {mark}").click()
    board.get_by_role("button", name=f"Confirm deletion: {mark}").click()
    expect(board.get_by_text("No projects yet.")).to_be_visible()
    assert focused(page)[0] != "BODY"


def test_trouble_is_told_where_it_is(used_page: Page) -> None:
    page = used_page
    board = opened(page)
    board.get_by_role("button", name="Create project").click()
    problem = board.get_by_role("alert").filter(has_text="Choose a document")
    expect(problem).to_be_visible()
    expect(board.get_by_role("textbox", name="Or paste a text")).to_be_focused()
    file = FilePayload(name="book.epub", mimeType="application/epub+zip", buffer=b"no book")
    board.locator("input[type=file]").set_input_files(file)
    board.get_by_role("button", name="Create project").click()
    expect(board.locator("#studio-problem")).to_contain_text("EPUB")
    page.route("**/api/projects", lambda route: route.abort())
    page.get_by_role("tab", name="Speak").click()
    page.get_by_role("tab", name="Studio").click()  # which asks at once
    expect(board.locator("[data-role=trouble]")).to_contain_text("not responding", timeout=15_000)
    page.unroute("**/api/projects")


@pytest.mark.thorough
def test_a_long_document_is_shown_while_it_is_read(
    browser_page: Page, page_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_service, "CUT_AT_ONCE", 1_000)
    monkeypatch.setattr(planner, "MOST_WRITTEN", 60)
    book = "\n\n".join(
        f"# Part {part}\n\n" + " ".join(f"This is sentence {n} of it." for n in range(60))
        for part in range(1, 5)
    )
    with half_planned(page_app.service):
        board = imported(browser_page, "book.md", book.encode())
        facts = board.locator("header [data-role=facts]")
        expect(facts).to_contain_text("reading the document: ")
        chapters = board.locator(".studio-chapter")
        expect(chapters).to_have_count(4)
        expect(chapters.nth(3)).to_be_disabled()
        expect(chapters.nth(0)).to_have_attribute("aria-current", "")
    expect(chapters.nth(3)).to_be_enabled(timeout=20_000)
    expect(facts).not_to_contain_text("reading the document", timeout=20_000)
    chapters.nth(3).click()
    expect(board.locator(".studio-here")).to_have_text("Part 4")
    complete(page_app)


@pytest.mark.thorough
def test_a_long_book_draws_the_rows_in_sight(used_page: Page, page_app: App) -> None:
    page, count = used_page, 4_000  # as many as the longest document has
    projects = page_app.service.projects
    path = page_app.service.settings.uploads_path / "long.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(f"This is sentence {n}." for n in range(1, count + 1)))
    made = projects.narrate(owner(), path, "long.txt", narration_of(voice="af_bella"))
    projects.control(owner(), made.project_id, "pause")
    wait_until(lambda: projects.status(owner(), made.project_id).planned_percentage == 100, 60)
    assert projects.status(owner(), made.project_id).segments == count
    opened(page).get_by_role("button", name="long", exact=True).click(timeout=15_000)
    board = page.locator("#studio-board")
    expect(row(board, 1)).to_contain_text("This is sentence 1.")
    grid = board.get_by_role("grid")
    assert grid.get_attribute("aria-rowcount") == str(count)
    assert board.locator(".studio-row").count() < 60
    page.keyboard.press("End")
    expect(row(board, count)).to_contain_text(f"This is sentence {count}.")
    assert board.locator(".studio-row").count() < 60
    for place in (0.2, 0.9, 0.5):
        grid.evaluate("(e, at) => { e.scrollTop = e.scrollHeight * at; }", place)
    middle = count // 2 + 2
    expect(row(board, middle)).to_contain_text(f"This is sentence {middle}.")
    assert grid.evaluate("e => e === document.activeElement")
    board.get_by_role("searchbox").fill("sentence 199")
    expect(board.get_by_text("11 sentences", exact=True)).to_be_visible()
    expect(board.locator(".studio-row")).to_have_count(11)


@pytest.mark.thorough
@pytest.mark.skipif(not AXE.exists(), reason="`make test` installs axe-core if npm is there")
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_serious_is_found(browser_page: Page, page_app: App, width: int) -> None:
    page = browser_page
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(AXE.read_text(encoding="utf-8"))
    board = imported(page, "tea.csv", SCRIPT)
    complete(page_app)
    row(board, 2).click()
    board.get_by_role("searchbox").fill("tea")
    expect(board.get_by_role("button", name="Make all again")).to_be_visible()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "dark => document.body.classList.contains('dark') === dark", arg=scheme == "dark"
        )
        page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")
        assert page.evaluate(CHECK) == [], scheme
    if width == 390:
        assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    board.get_by_role("button", name="All projects").click()
    expect(board.get_by_role("button", name="tea", exact=True)).to_be_visible()
    assert page.evaluate(CHECK) == []
    if width == 390:
        assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


DROP = """([place, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, {type: 'text/plain'}));
  const target = document.querySelector(place);
  const about = {dataTransfer: data, bubbles: true, cancelable: true};
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(kind, about));
  }
}"""


def dropped(page: Page, name: str, text: str, place: str = "#text textarea") -> None:
    page.evaluate(DROP, [place, name, text])


def test_document_dropped_on_the_text_while_it_is_read(used_page: Page) -> None:
    page = used_page
    speak(page, "What was here before.")
    reader = page.locator("#reader .page")
    expect(reader).to_be_visible()
    dropped(page, "note.md", "Some **bold** words.", "#reader .page")
    expect(page.locator("#text textarea")).to_have_value("Some bold words.")
    expect(page.locator("#text textarea")).to_be_focused()
    expect(reader).to_be_hidden()


def test_document_dropped_on_the_text(used_page: Page, page_app: App) -> None:
    page = used_page
    field = page.locator("#text textarea")
    field.fill("What was here before.")
    dropped(page, "note.md", "# A note\n\nSome **bold** words.")
    expect(field).to_have_value("A note\n\nSome bold words.")
    expect(page.get_by_text("The text of note.md was put into the box.")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(field).to_have_value("What was here before.")

    dropped(page, "book.md", TEXT)
    offer = page.get_by_text("book.md is long or has chapters.")
    expect(offer).to_be_visible()
    expect(field).to_have_value("What was here before.")
    page.get_by_role("button", name="Open in Studio").click()
    board = page.locator("#studio-board")
    create = board.get_by_role("button", name="Create project")
    expect(create).to_be_focused()
    expect(board.get_by_text("book.md")).to_be_visible()
    page.keyboard.press("Enter")
    expect(board.locator(".studio-row[data-look=done]").first).to_be_visible()
    complete(page_app)
    page.get_by_role("tab", name="Speak").click()
    expect(offer).to_be_hidden()

    dropped(page, "long.txt", "A sentence that is said again. " * 400)
    page.get_by_text("long.txt is long or has chapters.").wait_for()
    page.get_by_role("button", name="Open in Studio").click()
    expect(board.get_by_text("long.txt")).to_be_visible()  # instead of the open project
    page.get_by_role("tab", name="Speak").click()
    dropped(page, "broken.pdf", "no PDF")
    expect(page.locator("#text-problem")).to_contain_text("damaged")


@pytest.mark.thorough
def test_text_that_is_too_long_goes_on_in_the_studio(used_page: Page, page_app: App) -> None:
    page = used_page
    text = "A long story\n\n" + "A sentence that is said again. " * 400
    field = page.locator("#text textarea")
    problem = page.get_by_role("alert").filter(has_text="The text is too long")
    way = problem.get_by_role("button", name="Open in Studio")
    speak(page, text * 10)
    expect(problem).to_be_visible()
    expect(way).to_have_count(0)  # It is too long for a project, too.

    speak(page, text)
    expect(way).to_be_visible()
    expect(field).to_be_focused()
    page.evaluate("aloud.showRestored(true)")  # That has a button, too.
    page.keyboard.press("Tab")
    expect(way).to_be_focused()
    page.keyboard.press("Enter")
    board = page.locator("#studio-board")
    expect(board.get_by_role("button", name="Create project")).to_be_focused()
    expect(board.get_by_label("Title")).to_have_value("A long story")
    page.keyboard.press("Enter")
    expect(board.locator(".studio-row[data-look=done]").first).to_be_visible()
    complete(page_app)
    assert len(segments(page_app)) > 400

    page.get_by_role("tab", name="Speak").click()
    expect(field).to_have_value(text)
    expect(problem).to_be_hidden()
    page.evaluate("aloud.showRestored(false)")


@pytest.mark.thorough
def test_voice_of_a_speaker_from_the_gallery(used_page: Page, page_app: App) -> None:
    page = used_page
    board = imported(page, "tea.csv", SCRIPT)
    complete(page_app)
    cast = board.locator("[data-role=cast]")
    ben = cast.get_by_role("group", name="Ben")
    ben.get_by_role("button", name="Ben").click()
    gallery = page.get_by_role("dialog")
    expect(gallery).to_be_visible()
    gallery.get_by_role("searchbox").fill("echo")
    gallery.locator(".who:visible").first.click()
    expect(gallery).to_be_hidden()
    expect(ben.get_by_role("combobox")).to_have_value("am_echo")
    assert [s.voice for s in segments(page_app) if s.speaker == "Ben"] == ["am_echo"]
