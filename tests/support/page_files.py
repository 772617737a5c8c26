"""Which of Gradio's files the page loads.

    python -m tests.support.page_files

Writes the list anew that `tts_core/web/gradio_assets.py` reads, for the installed Gradio.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Route
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.support.pages import started_browser
from tests.support.served import served
from tts_core.web import gradio_assets
from tts_core.web.gradio_assets import LATER

_USABLE = (
    "window.aloud?.player && ['#text textarea', '#speak-button', '#language input', '#speed input']"
    ".every(control => document.querySelector(control)?.offsetParent)"
)
"""The first tab's controls are there."""
_PATIENCE_MS = 12_000
_OF_GRADIO = re.compile(r"(?<!/page)/assets/([^/?]+)$")
LIST = Path(gradio_assets.__file__).with_name("gradio_files.txt")


def loaded_files(browser: Browser, url: str) -> list[str]:
    """Return the names of Gradio's scripts and styles that the page loads, without those that its
    document names, in the order in which it asks for them."""
    page = browser.new_page()
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    page.goto(url)
    page.wait_for_function(_USABLE)
    page.wait_for_timeout(3000)  # heartbeats and the status feed never end, so there is no idle
    page.close()
    names = [match[1] for address in found if (match := _OF_GRADIO.search(address))]
    named = re.findall(r'(?:src|href)="\./assets/([\w-]+\.(?:js|css))"', _plain_document())
    return [name for name in dict.fromkeys(names) if name not in named]


def drawn_styles(browser: Browser, url: str) -> set[str]:
    """Return the names of Gradio's styles by which the first tab is drawn, wide and narrow."""
    found = set[str]()
    for width in (1440, 390):
        page = browser.new_page(viewport={"width": width, "height": 800})
        tools = page.context.new_cdp_session(page)
        sheets: dict[str, str] = {}
        tools.on(
            "CSS.styleSheetAdded",
            lambda event, sheets=sheets: sheets.update(
                {event["header"]["styleSheetId"]: event["header"]["sourceURL"]}
            ),
        )
        for command in ("DOM.enable", "CSS.enable", "CSS.startRuleUsageTracking"):
            tools.send(command)
        page.goto(url)
        page.wait_for_function(_USABLE)
        page.wait_for_timeout(1000)
        for rule in tools.send("CSS.stopRuleUsageTracking")["ruleUsage"]:
            match = _OF_GRADIO.search(sheets.get(rule["styleSheetId"], ""))
            if rule["used"] and match:
                found.add(match[1])
        page.close()
    return found


def is_needed(browser: Browser, url: str, name: str) -> bool:
    """Return whether the page cannot be used while a file has not arrived."""
    page = browser.new_page()
    held: list[Route] = []
    page.route(f"**/assets/{name}", lambda route: held.append(route))  # noqa: PLW0108
    page.goto(url)
    try:
        page.wait_for_function(_USABLE, timeout=_PATIENCE_MS)
    except PlaywrightTimeout:
        return True
    finally:
        for route in held:
            route.abort()
        page.close()
    return not held


def _plain_document() -> str:
    return (gradio_assets.FOLDER.parent / "index.html").read_text(encoding="utf-8")


def main() -> None:
    """Write the list."""
    LIST.write_text("", encoding="utf-8")
    with served() as app, started_browser() as browser:
        names = loaded_files(browser, app.url)
        styles = [name for name in names if name.endswith(".css")]
        scripts = [name for name in names if name.endswith(".js")]
        later = {name for name in scripts if not is_needed(browser, app.url, name)}
        later |= set(styles) - drawn_styles(browser, app.url)
    lines = [name + LATER if name in later else name for name in (*scripts, *styles)]
    LIST.write_text("\n".join((*lines, "")), encoding="utf-8")
    print(f"{len(scripts)} scripts and {len(styles)} styles, {len(later)} of them for later")


if __name__ == "__main__":
    main()
