"""How soon the engine's process is idle after a stop, by every way there is.

    python -m tests.benchmarks.stopping

Wanted: at most 0.3 s by the Stop button, by `/cancel` and by `job.cancel()`; 1 s by closing the
tab. The engine takes 50 s for a sentence, in steps of 50 ms.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gradio_client import Client
from playwright.sync_api import Browser, Page

from tests.support.live import running_app
from tests.support.pages import started_browser
from tests.support.scripted import SCRIPTED
from tts_core.engines.runner import RunnerState
from tts_core.web.app import App

RUNS = 10
TEXT = "This sentence is never spoken to its end."


def until_idle(app: App, stop: Callable[[], object]) -> float:
    """Seconds from `stop` until the worker is idle."""
    runner = app.service._scheduler.runners()["endless"]
    time.sleep(0.5)
    assert runner.state is RunnerState.SPEAKING
    idle_at: list[float] = []

    def watch() -> None:
        while runner.state is RunnerState.SPEAKING:
            time.sleep(0.001)
        idle_at.append(time.perf_counter())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    stop()
    watcher.join()
    while app.service.active():
        time.sleep(0.001)
    return idle_at[0] - began


def running_id(app: App) -> str:
    """The id of the request that is being spoken, once there is one."""
    while not (active := app.service.report.status()["active_requests"]):
        time.sleep(0.002)
    request_id: str = active[0]["request_id"]
    return request_id


def by_job(app: App, client: Client) -> float:
    """job.cancel() of gradio_client."""
    job = client.submit(TEXT, api_name="/synthesize")
    running_id(app)
    return until_idle(app, job.cancel)


def by_endpoint(app: App, client: Client) -> float:
    """The /cancel endpoint."""
    client.submit(TEXT, api_name="/synthesize")
    return until_idle(app, partial(client.predict, running_id(app), api_name="/cancel"))


def speaking_page(app: App, browser: Browser) -> Page:
    """A tab in which the long text is being spoken."""
    page = browser.new_page()
    page.goto(app.url)
    page.wait_for_selector("#speak-button")
    page.fill("#text textarea", TEXT)
    page.click("#speak-button")
    running_id(app)
    page.wait_for_function("window.aloud.started > 0")
    return page


def by_button(app: App, browser: Browser) -> float:
    """The Stop button of the page."""
    page = speaking_page(app, browser)
    seconds = until_idle(app, lambda: page.click("#stop-button"))
    page.close()
    return seconds


def by_closing(app: App, browser: Browser) -> float:
    """Closing the tab."""
    page = speaking_page(app, browser)
    return until_idle(app, page.close)


def report(name: str, times: list[float]) -> None:
    """Print one line."""
    median, worst = statistics.median(times), max(times)
    print(f"{name:14} idle after p50 {median:.3f} s, worst {worst:.3f} s of {len(times)}")


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder), {"endless": SCRIPTED["endless"]}) as app,
        started_browser() as browser,
    ):
        client = Client(app.url, verbose=False)
        client.predict("Warm.", options='{"step_seconds": 0}', api_name="/synthesize")
        report("job.cancel()", [by_job(app, client) for _ in range(RUNS)])
        report("/cancel", [by_endpoint(app, client) for _ in range(RUNS)])
        report("Stop button", [by_button(app, browser) for _ in range(RUNS)])
        report("closing the tab", [by_closing(app, browser) for _ in range(RUNS)])


if __name__ == "__main__":
    main()
