"""The composition root: settings in, a running studio out."""

from __future__ import annotations

import gc
import io
import logging
import os
import secrets
from contextlib import redirect_stdout, suppress
from types import SimpleNamespace, TracebackType

import gradio as gr

from tts_core import running
from tts_core.engines.registry import Registry
from tts_core.outputs import SWEEP_SECONDS
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.stats.request_log import JsonFormatter
from tts_core.web.api import app_options
from tts_core.web.api.gradio_endpoints import add_endpoints
from tts_core.web.api.mcp import finish_mcp
from tts_core.web.gate import Credentials, gate_options, login_options
from tts_core.web.ui.page import build_page, page_options

log = logging.getLogger(__name__)

TITLE = "Aloud"
QUEUE_SECONDS = (0.01, 0.1)
"""How often Gradio looks for events of the page, and for news of its own progress bars, which we do
not use. By default each 1 and 10 ms, which is 8 % of a core while nothing happens."""
SOCKET_OPTIONS = {
    # A reader in no hurry comes to the ping behind the sound in the buffers long after 20 s.
    "ws_ping_timeout": 300.0,
    # Base64 of sound is compressed by a quarter, for 10 ms of the event loop in each message.
    "ws_per_message_deflate": False,
}
"""Of uvicorn's configuration, which it reads for each connection."""


class App:
    """The service and the page that drives it."""

    def __init__(self, settings: Settings, registry: Registry | None = None) -> None:
        self.settings = settings
        settings.data_path.mkdir(parents=True, exist_ok=True)
        # Gradio copies uploads and results here; it reads the variable at every use.
        os.environ["GRADIO_TEMP_DIR"] = str(settings.uploads_path)
        # Its dashboard's percentiles, which nobody sees here, are computed anew over up to
        # 10,000 events after each event, with pandas.
        os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(2**31))
        os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
        self.service = SpeechService(settings, registry)
        self.service.warm_up()
        cache = (int(SWEEP_SECONDS), int(settings.keep_outputs_hours * 3600))
        with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=cache) as demo:
            build_page(self.service, demo)
            add_endpoints(self.service)
        self.demo = demo
        self.url = ""

    def start(self) -> str:
        """Serve in the background; returns the address, which `server.json` tells others."""
        limit = self.settings.max_concurrency
        own_key = secrets.token_urlsafe(32)
        credentials = Credentials(self.settings, own_key)
        self.demo.queue(default_concurrency_limit=limit, max_size=2 * limit, api_open=False)
        queue = self.demo._queue
        queue.sleep_when_free, queue.progress_update_sleep_when_free = QUEUE_SECONDS
        with redirect_stdout(io.StringIO()):  # `quiet` leaves out all but the MCP address
            _, self.url, _ = self.demo.launch(
                server_name=self.settings.listen_host,
                server_port=self.settings.listen_port,
                prevent_thread_lock=True,
                show_error=True,
                quiet=True,
                ssr_mode=False,
                share=False,
                enable_monitoring=False,
                run_history=False,
                max_threads=max(40, limit),
                max_file_size="50mb",
                allowed_paths=[str(self.settings.outputs_path)],
                mcp_server=True,
                app_kwargs=app_options(self.service) | gate_options(self.settings, credentials),
                **login_options(self.settings, credentials),
                **page_options(),
            )
        _make_sessions_light(self.demo)
        finish_mcp(self.demo, own_key)
        for name, value in SOCKET_OPTIONS.items():  # Gradio makes the server without asking
            setattr(self.demo.server.config, name, value)
        try:
            running.announce(self.settings.server_path, self.url)
        except OSError as error:  # the command line will not find it, and that is all
            log.warning("%s cannot be written: %s", self.settings.server_path, error.strerror)
        return self.url

    def run(self) -> None:
        """Serve until interrupted."""
        handler = logging.StreamHandler()
        if self.settings.log_format == "json":
            handler.setFormatter(JsonFormatter())
        else:
            form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
            handler.setFormatter(logging.Formatter(form))
        level = "DEBUG" if self.settings.debug else self.settings.log_level
        logging.basicConfig(level=level, handlers=[handler])
        for library in ("httpx", "httpx2", "httpcore", "httpcore2"):
            # They tell of every request, with signed addresses and all.
            logging.getLogger(library).setLevel(logging.WARNING)
        with self:
            print(f"Aloud is listening on {self.start()}", flush=True)
            gc.freeze()  # nor is it looked through later, while somebody waits
            gc.enable()
            self.demo.block_thread()

    def close(self) -> None:
        """Stop serving, stop speaking."""
        with suppress(OSError):
            running.withdraw(self.settings.server_path, self.url)
        self.demo.close(verbose=False)
        self.service.close()

    def __enter__(self) -> App:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def create_app(settings: Settings, registry: Registry | None = None) -> App:
    """Everything wired together, not yet serving. `registry`: other engines than the usual."""
    return App(settings, registry)


def _make_sessions_light(demo: gr.Blocks) -> None:
    """For each new session, a script's call too, Gradio describes every component once more: 20 ms
    of the event loop, for links to a page as it stands, which we do not offer."""
    bare = SimpleNamespace(default_config=demo.default_config, blocks={})
    demo.app.state_holder.blocks = bare  # type: ignore[assignment]
