"""axe-core, a checker of accessibility (installed by npm; `make test` does it), on each tab."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.support.node import JAVASCRIPT
from tests.support.pages import TABS, open_tab, speak, state

AXE = JAVASCRIPT / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.skipif(not AXE.exists(), reason="`make test` installs axe-core if npm is there"),
]

TEXT = "The first sentence is here. A second one follows it."
CHECK = """async () => {
  const {violations} = await axe.run(document, {resultTypes: ['violations']});
  return violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => [v.id, ...v.nodes.map(node => node.html.slice(0, 200))]);
}"""


def serious(page: Page) -> list[list[str]]:
    """What axe-core finds serious or critical: the rule, and the elements that break it."""
    found: Any = page.evaluate(CHECK)
    return list(found)


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        pytest.param(390, "dark", marks=pytest.mark.thorough),
        pytest.param(1440, "dark", marks=pytest.mark.thorough),
        pytest.param(390, "light", marks=pytest.mark.thorough),
    ],
)
def test_nothing_serious_is_found(
    browser_page: Page, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = browser_page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "dark => document.body.classList.contains('dark') === dark", arg=scheme == "dark"
    )
    page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")
    assert serious(page) == []  # while there is nothing to read or to play
    speak(page, TEXT)
    state(page, "finished")
    page.evaluate("aloud.player.stop()")
    for tab in TABS:
        open_tab(page, tab)
        assert serious(page) == [], tab
    page.get_by_role("button", name="API", exact=True).click()
    assert serious(page) == []
