"""Composes the app: from settings to a running server."""

from __future__ import annotations

import gc
import io
import logging
import os
import secrets
import signal
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, redirect_stdout, suppress
from types import SimpleNamespace, TracebackType

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware

from tts_core.engines.registry import Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.stats.outputs import SWEEP_SECONDS
from tts_core.system import running_server as running
from tts_core.system.memory import trim_memory
from tts_core.system.unknown_variables import unknown_variables
from tts_core.validation import did_you_mean, shown
from tts_core.web.api import app_options, prepare
from tts_core.web.api.gradio_endpoints import add_endpoints
from tts_core.web.api.lexicon import add_lexicon_endpoints
from tts_core.web.api.mcp import finish_mcp
from tts_core.web.api.projects.endpoints import add_project_endpoints
from tts_core.web.api.provenance.endpoints import add_provenance_endpoints
from tts_core.web.api.wyoming import wyoming_server
from tts_core.web.connections import PunctualProtocol
from tts_core.web.credentials import Credentials
from tts_core.web.document import Document
from tts_core.web.gate import gate_options, login_options, use_own_cors
from tts_core.web.gradio_assets import GradioAssets
from tts_core.web.gradio_patches import fetch_with
from tts_core.web.gradio_routes import OpenRoutes, endpoints_of
from tts_core.web.logins import Logins
from tts_core.web.logs import start_logging
from tts_core.web.ports import free_port, starting_on
from tts_core.web.ui.page import build_page, page_options
from tts_core.web.unread import LostSessions, bound_unread_results
from tts_core.web.uploads import UploadRoom, Uploads

log = logging.getLogger(__name__)

TITLE = "Aloud"
GOODBYE_SECONDS = 5.0
"""The process ends at most so long after Ctrl-C or SIGTERM, whatever is still running."""
DELIVERY_SECONDS = 2
"""How long clients then have to receive the rest of their responses."""
TRIM_SECONDS = 5.0
"""After so long without a request, and again after as long, freed memory is returned to the system:
for hundreds of MB that takes a quarter of a second, for which a thread that allocates memory may
have to wait. Under load there are moments without a request, but no seconds."""
QUEUE_SECONDS = (0.01, 0.1)
"""How often Gradio polls for events of the page, and for updates of its own progress bars, which we
do not use. Its defaults of 1 and 10 ms take 8 % of a core while idle."""
SERVER_OPTIONS = {
    # A slow reader gets to the ping, behind the audio in the buffers, long after the default 20 s.
    "ws_ping_timeout": 300.0,
    # Compression would save a quarter of base64 audio, but block the event loop 10 ms per message.
    "ws_per_message_deflate": False,
    "http_protocol_class": PunctualProtocol,
    # By default uvicorn waits for readers without limit.
    "timeout_graceful_shutdown": DELIVERY_SECONDS,
}
"""Options of uvicorn's that it reads for each connection, or when it shuts down."""


class App:
    """The service and the web server for it."""

    def __init__(self, settings: Settings, registry: Registry | None = None) -> None:
        self.settings = settings
        settings.data_path.mkdir(parents=True, exist_ok=True)
        # Gradio keeps uploads and copies of results here. It reads the variable at every use.
        os.environ["GRADIO_TEMP_DIR"] = str(settings.uploads_path)
        # After each event Gradio would compute percentiles over up to 10,000 events with pandas,
        # for a dashboard that is closed here.
        os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(2**31))
        os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
        self.service = SpeechService(settings, registry)
        _check_model_aliases(self.service)
        self.service.warm_up()
        cache = (int(SWEEP_SECONDS), max(1, int(settings.keep_outputs_hours * 3600)))
        with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=cache) as demo:
            build_page(self.service, demo)
            add_endpoints(self.service)
            add_lexicon_endpoints(self.service)
            add_project_endpoints(self.service)
            add_provenance_endpoints(self.service)
        fetch_with(demo, self.service)
        self.demo = demo
        self._uploads = Uploads(settings, self.service.reclaim_disk_space, demo)
        self.service.add_sweep(self._uploads.sweep)
        self.url = ""

    def start(self) -> str:
        """Serve in the background and return the URL, which is also written to `server.json`.

        Raises CannotStart when the host or the port cannot be listened on.
        """
        limit = self.settings.max_concurrency
        own_key = secrets.token_urlsafe(32)
        credentials = Credentials(self.settings, own_key)
        logins = Logins(credentials, framed=self.settings.on_space)
        options = app_options(self.service, logins.routes() if credentials.required else ())
        folders = (self.settings.outputs_path, self.settings.uploads_path)
        routes = OpenRoutes(options["routes"], endpoints_of(self.demo), folders)
        gate = gate_options(self.settings, credentials, logins, routes)
        gate["middleware"] += [Middleware(UploadRoom, uploads=self._uploads)]
        gate["middleware"] += [Middleware(LostSessions)]
        gate["middleware"] += [Middleware(Document), Middleware(GradioAssets)]
        host = self.settings.listen_host
        port = free_port(host, self.settings.listen_port)
        self.demo.queue(default_concurrency_limit=limit, max_size=2 * limit, api_open=False)
        queue = self.demo._queue
        queue.sleep_when_free, queue.progress_update_sleep_when_free = QUEUE_SECONDS
        bound_unread_results(self.demo, limit)
        # Gradio prints the address of MCP in spite of `quiet`.
        with redirect_stdout(io.StringIO()), starting_on(port):
            _, self.url, _ = self.demo.launch(
                server_name=host,
                server_port=port,
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
                app_kwargs=options | gate | {"lifespan": self._lifespan},
                **login_options(self.settings, credentials),
                **page_options(),
            )
        _make_sessions_light(self.demo)
        finish_mcp(self.demo, own_key)
        for name, value in SERVER_OPTIONS.items():  # Gradio creates the server with its own
            setattr(self.demo.server.config, name, value)
        if not (self.settings.closed or self.settings.loopback):
            log.warning(
                "Anyone who can reach %s can generate speech and clone and delete voices; set "
                "TTS_API_KEYS or TTS_AUTH to require a key or a login.",
                self.url,
            )
        try:
            running.announce(self.settings.server_path, self.url)
        except OSError as error:  # only the command line needs it, to find this server
            log.warning("%s could not be written: %s", self.settings.server_path, error.strerror)
        return self.url

    @asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncGenerator[None, None]:
        """Finish Gradio's application before it gets requests."""
        use_own_cors(app, self.settings)
        prepare(app, self.service)
        async with wyoming_server(self.service):
            yield

    def run(self) -> None:
        """Serve until interrupted. Raises CannotStart."""
        start_logging(self.settings)
        for name, meant in unknown_variables().items():
            hint = f"; did you mean {meant}?" if meant else "."
            log.warning("%s is set, but there is no such setting%s", name, hint)
        with self:
            with suppress(KeyboardInterrupt):
                print(f"Aloud is listening on {self.start()}", flush=True)
                gc.freeze()  # so that no later collection scans the modules, while somebody waits
                gc.enable()
                self._watch()
            _end_in_time()

    def _watch(self) -> None:
        """Wait until the server ends, and meanwhile return freed memory to the system."""
        quiet_since = time.monotonic()
        while self.demo.server.thread.is_alive():
            time.sleep(0.5)
            if self.service.active():
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since >= TRIM_SECONDS:
                trim_memory()
                quiet_since = time.monotonic()

    def close(self) -> None:
        """Cancel running requests, which tells their clients, and stop serving."""
        with suppress(OSError):
            running.withdraw(self.settings.server_path, self.url)
        for record in self.service.active():
            self.service.cancel(record.request_id)
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


def _check_model_aliases(service: SpeechService) -> None:
    """Raise CannotStart when `TTS_MODEL_ALIASES` has an engine that does not exist."""
    for name, engine in service.settings.engines_by_alias.items():
        if engine not in (known := ["auto", *service.engines.infos]):
            raise running.CannotStart(
                f"TTS_MODEL_ALIASES: there is no engine {shown(engine)!r} for {shown(name)!r} to "
                f"mean.{did_you_mean(engine, known)} Choose one of: {', '.join(known)}."
            )


def create_app(settings: Settings, registry: Registry | None = None) -> App:
    """Return an app that is not serving yet. `registry`: other engines than the built-in ones."""
    return App(settings, registry)


def _end_in_time() -> None:
    """Make sure the process ends within `GOODBYE_SECONDS`, or at once at a second Ctrl-C."""
    # uvicorn logs an exception for every response it cuts off.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    watchdog = threading.Timer(GOODBYE_SECONDS, _give_up)
    watchdog.daemon = True
    watchdog.start()


def _give_up() -> None:
    log.warning("Some requests did not end within %g s.", GOODBYE_SECONDS)
    os._exit(1)


def _make_sessions_light(demo: gr.Blocks) -> None:
    """Keep Gradio from describing every component again for each new session.

    It does so for scripts' calls too, and blocks the event loop for 20 ms. The descriptions are for
    links to a page in its present state, which we do not offer.
    """
    bare = SimpleNamespace(default_config=demo.default_config, blocks={})
    demo.app.state_holder.blocks = bare  # type: ignore[assignment]
