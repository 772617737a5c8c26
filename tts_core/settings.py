"""Every environment variable Aloud reads, typed, with its default. Nowhere else reads them."""

from __future__ import annotations

import ipaddress
import os
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_MAX_TEXT_LENGTH = 10_000
WEBSOCKET_MAX_TEXT_LENGTH = 9_000
"""The same at the WebSocket, whose protocol has a limit of its own."""
DEFAULT_HISTORY_AUDIO_MB = 500

# Far above what anybody wants. Beyond what a timer, SQLite's integers or memory can take, a server
# would start and then hang.
MOST_CHARACTERS = 10_000_000
MOST_AT_ONCE = 10_000
MOST_SECONDS = 20 * 86_400.0  # poll() takes 24 days
MOST_HOURS = 100 * 365 * 24.0
MOST_DAYS = 100 * 365.0
MOST_MEGABYTES = 1e9
MOST_RECORDS = 1_000_000_000

FOREIGN_VARIABLES = frozenset({"TTS_HOME"})
"""Variables with our prefix that others read: coqui-tts."""


def in_checkout() -> bool:
    """Return whether Aloud runs from a checkout: app.py is beside the package."""
    return (Path(__file__).parents[1] / "app.py").is_file()


def _checked_rate(value: str) -> str:
    if value.strip():
        from limits import parse_many

        try:
            limits = parse_many(value)
        except ValueError:  # which quotes the value
            limits = []
        if not limits or not all(1 <= limit.amount <= MOST_RECORDS for limit in limits):
            raise ValueError("must be such as 30/minute;500/day, with numbers from 1 on")
        if any(limit.get_expiry() > MOST_DAYS * 86_400 for limit in limits):
            raise ValueError(f"may not look back further than {MOST_DAYS:.0f} days")
    return value.strip()


def _checked_keys(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not _parts(value):  # it would be open, against somebody's will
        raise ValueError("holds no key; name at least one, or leave it out to open every door")
    return value


def _checked_logins(value: SecretStr | None) -> SecretStr | None:
    pairs = _parts(value)
    if any(":" not in pair.strip(":") for pair in pairs) or (value is not None and not pairs):
        raise ValueError("must be user:password, several separated by commas")
    return value


def _parts(secret: SecretStr | None) -> tuple[str, ...]:
    whole = secret.get_secret_value() if secret else ""
    return tuple(part.strip() for part in whole.split(",") if part.strip())


class Settings(BaseSettings):
    """Read from `TTS_…` variables and a `.env` file. Keys keep the names their makers gave them.

    A Hugging Face Space is recognised by `SPACE_ID`: it listens on every interface and keeps
    its data under `/data` when persistent storage is attached. An installed package keeps its data
    in the user's data folder, a checkout in `./data`. A variable set by hand wins.
    """

    model_config = SettingsConfigDict(
        env_prefix="TTS_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # it may be a password
    )

    host: str | None = None
    """Address to listen on. Default: 127.0.0.1, on a Space 0.0.0.0."""
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Default: the first free one from 7860, on a Space 7860."""
    data_dir: Path | None = None
    """The one folder Aloud writes to. Default: ./data in a checkout, on a Space with storage
    /data/aloud, else the user's data folder (Linux: ~/.local/share/aloud)."""
    debug: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    log_format: Literal["text", "json"] = "text"
    """json: an object a line, with what is known of each request in fields of its own."""

    max_text_length: Annotated[int, Field(ge=1, le=MOST_CHARACTERS)] | None = None
    """Most characters in one request. Unset: 10,000; through the WebSocket 9,000."""
    chunk_size: Annotated[int, Field(ge=20, le=MOST_CHARACTERS)] | None = None
    """Most characters in one segment. Unset: what the engine speaks well."""
    chunk_size_words: Annotated[int, Field(ge=1, le=MOST_CHARACTERS)] | None = None
    """Most words in one segment. Unset: any number."""
    queue_limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 64
    """Most requests speaking or waiting at once; one more is told "queue full"."""
    max_concurrency: Annotated[int, Field(ge=1, le=1_000)] = 64
    """Most Gradio events worked on at once; the scheduler shares the engines among them."""
    max_concurrent_connections: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 10
    """Most clients of the WebSocket at once; one more is told "server_busy"."""
    buffer_seconds: Annotated[float, Field(gt=0, le=MOST_SECONDS)] = 60.0
    """How much finished sound a request may have waiting for its reader, in seconds of audio."""

    api_keys: Annotated[SecretStr | None, AfterValidator(_checked_keys)] = None
    """Keys, separated by commas. When set, every door wants one, or a login."""
    auth: Annotated[SecretStr | None, AfterValidator(_checked_logins)] = None
    """Who may log in on the page: `user:password`, several separated by commas."""
    rate_limit: Annotated[str, AfterValidator(_checked_rate)] = ""
    """Most requests for speech or a new voice of one key, login or address: "30/minute;500/day"."""
    cors_origins: str = "http://localhost:9002,http://127.0.0.1:9002"
    """Web pages of other origins that may call, separated by commas; `*`: all."""
    allowed_hosts: str = ""
    """Names under which Aloud may be called, beside addresses, localhost and TTS_HOST, separated by
    commas; `*`: any. Unset: no others while it listens on this machine alone and wants no key, else
    any."""

    runner: Literal["process", "inline"] = "process"
    """Where engines run: a process of their own, or this one (ZeroGPU, tests)."""
    idle_unload_seconds: Annotated[float, Field(ge=0, le=MOST_SECONDS)] = 600.0
    """An engine unused for so long gives its memory back. 0: never."""
    load_timeout: Annotated[float, Field(gt=0, le=MOST_SECONDS)] = 600.0
    """Seconds after which an engine that is still loading has failed."""
    segment_timeout: Annotated[float, Field(gt=0, le=MOST_SECONDS)] = 120.0
    """Seconds: an engine that sends nothing for so long while speaking is taken for hung."""

    device: Literal["auto", "cuda", "mps", "cpu"] = "auto"
    """Where neural engines compute. auto: CUDA, else MPS, else the CPU."""
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Of the weights of neural engines that can do with less. auto: float32."""
    fallback: bool = True
    """Whether another engine goes on when one cannot; the answer says so."""
    coqui_tos_agreed: Annotated[bool, Field(validation_alias="COQUI_TOS_AGREED")] = False
    """XTTS-v2's licence (CPML, non-commercial) is accepted; else the page asks."""
    hub_cache: Annotated[Path | None, Field(validation_alias="HF_HUB_CACHE")] = None
    """Where downloaded weights are kept. Unset: under the data folder."""
    hub_endpoint: Annotated[str | None, Field(validation_alias="HF_ENDPOINT")] = None
    """The root of a mirror of the Hugging Face Hub."""
    hub_token: Annotated[SecretStr | None, Field(validation_alias="HF_TOKEN")] = None
    """The key to gated weights. Unset: what `hf auth login` has left."""
    pocket_config: Path | None = None
    """A Pocket TTS configuration (.yaml) whose weights are on this machine."""
    xtts_path: Path | None = None
    """The folder of XTTS-v2's model.pth, config.json, vocab.json; speakers_xtts.pth too, for
    voices of its own."""

    chatterbox_path: Path | None = None
    """The folder of a Chatterbox checkpoint, as its `from_local` reads it."""

    quality_check: Literal["off", "report", "retry"] = "report"
    """Whether what an engine spoke is compared with its text. retry: engines that sample speak a
    segment anew that is surely wrong, and so each segment is heard only once it is whole."""
    retry_divergent: Annotated[int, Field(ge=1, le=10)] = 2
    """How often at most."""

    allow_voice_urls: bool = False
    """Whether a request may speak in the voice of a recording at a URL, fetched from here."""
    train_voice_vouched: bool = True
    """Whether an application that sends /api/train-voice no `consent` gives its word by calling."""

    cache_mb: Annotated[float, Field(ge=0, le=MOST_MEGABYTES)] = 512.0
    """Speech made before, by segment, kept to be used again; 0: none."""
    keep_outputs_hours: Annotated[float, Field(gt=0, le=MOST_HOURS)] = 24.0
    """Finished files older than this are deleted."""
    uploads_mb: Annotated[float, Field(gt=0, le=MOST_MEGABYTES)] = 2_000.0
    """Room for uploads that wait to be used; more are refused."""
    database_url: SecretStr | None = None
    """Of the history: `postgresql://…` or `sqlite:///…`. Unset: a file in the data folder."""
    history_limit: Annotated[int, Field(ge=1, le=MOST_RECORDS)] = 10_000
    """The newest so many requests are kept; the statistics go on counting all."""
    history_days: Annotated[float, Field(ge=0, le=MOST_DAYS)] = 30.0
    """Requests older than this are forgotten. 0: never."""
    history_text: Literal["full", "preview", "none"] = "preview"
    """What the history keeps of a text: all, the first hundred characters, nothing."""
    history_audio_mb: Annotated[float, Field(ge=0, le=MOST_MEGABYTES)] | None = None
    """Room for the sound of requests, to be played again. 0: none. Unset: 500, but none when
    nothing is kept of the texts either."""
    history_scope: Literal["all", "session"] | None = None
    """Who sees a request: everybody, or who made it and operators. Unset: all, on a Space
    session."""

    use_groq: bool = True
    """False keeps Groq out even when there is a key."""
    groq_api_key: Annotated[SecretStr | None, Field(validation_alias="GROQ_API_KEY")] = None
    groq_base_url: Annotated[str | None, Field(validation_alias="GROQ_BASE_URL")] = None
    """The root of another host that speaks Groq's protocol."""
    groq_model: str | None = None
    """Another name for the English model. Unset: the one in `engines/groq/voices.py`."""
    groq_voice: str = "Fritz-PlayAI"
    """Who speaks at the WebSocket when a text names no voice and is in this one's language."""

    @model_validator(mode="before")
    @classmethod
    def _empty_means_unset(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Leave out empty values, as in a template's `.env`.

        After the sources were merged, so that an empty variable still wins over a line of `.env`.
        """
        return {k: v for k, v in values.items() if not isinstance(v, str) or v.strip()}

    @cached_property
    def on_space(self) -> bool:
        """Whether this runs as a Hugging Face Space."""
        return bool(os.environ.get("SPACE_ID"))

    @property
    def groq_key(self) -> str:
        """Groq's key in clear, or ""."""
        return self.groq_api_key.get_secret_value().strip() if self.groq_api_key else ""

    @property
    def known_keys(self) -> tuple[str, ...]:
        """The API keys in clear."""
        return _parts(self.api_keys)

    @property
    def logins(self) -> dict[str, str]:
        """Password by user."""
        return dict(pair.split(":", 1) for pair in _parts(self.auth))

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Other origins whose pages may call."""
        origins = (origin.strip() for origin in self.cors_origins.split(","))
        return tuple(o if o == "file://" else o.rstrip("/") for o in origins if o)

    @property
    def closed(self) -> bool:
        """Whether callers have to be known, by a key or a login."""
        return bool(self.known_keys or self.logins)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        host = self.listen_host.strip("[]")
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host.lower() == "localhost"

    @property
    def host_names(self) -> frozenset[str] | None:
        """The names under which Aloud may be called, in lower case; None: any.

        A web page can give its own name this machine's address (DNS rebinding), and would then be
        of the same origin. Who has to be known is safe from that: a page has no key.
        """
        names = self.allowed_hosts.lower().split(",")
        named = {name.strip().partition(":")[0] for name in names} - {""}
        if "*" in named or (not named and (self.closed or not self.loopback)):
            return None
        return frozenset(named | {"localhost", self.listen_host.strip("[]").lower()})

    @property
    def listen_host(self) -> str:
        """The address to bind."""
        return self.host or ("0.0.0.0" if self.on_space else "127.0.0.1")

    @property
    def listen_port(self) -> int | None:
        """The port to bind; None lets Gradio look for a free one from 7860 on."""
        return self.port if self.port is not None else (7860 if self.on_space else None)

    @property
    def data_path(self) -> Path:
        """Return the data folder, absolute. Not created here."""
        if self.data_dir is not None:
            return self.data_dir.expanduser().resolve()
        storage = Path("/data")
        if self.on_space and storage.is_dir() and os.access(storage, os.W_OK):
            return storage / "aloud"
        if self.on_space or in_checkout():
            return Path("data").resolve()
        import platformdirs

        return platformdirs.user_data_path("aloud", appauthor=False)

    @property
    def history_url(self) -> str:
        """The history's database as SQLAlchemy names it; it may hold a password."""
        if self.database_url is None or not self.database_url.get_secret_value().strip():
            return f"sqlite:///{self.data_path / 'history.sqlite3'}"
        scheme, separator, rest = self.database_url.get_secret_value().strip().partition("://")
        if scheme in ("postgres", "postgresql"):
            scheme = "postgresql+psycopg"
        return scheme + separator + rest

    @property
    def history_audio_bytes(self) -> int:
        """Room for recordings of requests."""
        unset = 0 if self.history_text == "none" else DEFAULT_HISTORY_AUDIO_MB
        megabytes = unset if self.history_audio_mb is None else self.history_audio_mb
        return int(megabytes * 1_000_000)

    @property
    def history_shared(self) -> bool:
        """Whether everybody sees all requests."""
        return (self.history_scope or ("session" if self.on_space else "all")) == "all"

    @property
    def recordings_path(self) -> Path:
        """Where the sound of requests is kept for the history."""
        return self.data_path / "recordings"

    @property
    def outputs_path(self) -> Path:
        """Where finished files are kept."""
        return self.data_path / "outputs"

    @property
    def cache_path(self) -> Path:
        """Where segments are kept."""
        return self.data_path / "cache"

    @property
    def models_path(self) -> Path:
        """Where downloaded weights are kept, in the layout of the Hub's own cache."""
        return (
            self.hub_cache.expanduser().resolve() if self.hub_cache else self.data_path / "models"
        )

    @property
    def uploads_path(self) -> Path:
        """Where Gradio keeps what was uploaded, and copies of what it gives out."""
        return self.data_path / "gradio"

    @property
    def voices_path(self) -> Path:
        """The voice library."""
        return self.data_path / "voices"

    @property
    def voice_urls_path(self) -> Path:
        """Voices by URL, kept for the next request."""
        return self.data_path / "voice_urls"

    @property
    def agreements_path(self) -> Path:
        """Which licences have been accepted here."""
        return self.data_path / "agreements.json"

    @property
    def server_path(self) -> Path:
        """Return where the running server says how it is reached (`system/running_server.py`)."""
        return self.data_path / "server.json"

    @property
    def text_limit(self) -> int:
        """Most characters in one request."""
        return self.max_text_length or DEFAULT_MAX_TEXT_LENGTH

    @property
    def websocket_text_limit(self) -> int:
        """Most characters in one request through the WebSocket."""
        return self.max_text_length or WEBSOCKET_MAX_TEXT_LENGTH


def unknown_variables() -> dict[str, str | None]:
    """Return the set `TTS_…` variables that nothing reads, in the environment or `.env`.

    The value is the known name that was probably meant, or None. A slip in TTS_API_KEYS would
    otherwise open the server without a word.
    """
    from dotenv import dotenv_values

    prefix = str(Settings.model_config["env_prefix"])
    known = {
        str(field.validation_alias or f"{prefix}{name}").upper()
        for name, field in Settings.model_fields.items()
    }
    names = {name.upper() for name in (*os.environ, *dotenv_values(".env"))}
    unknown = {name for name in names - known if name.startswith(prefix)} - FOREIGN_VARIABLES
    return {name: next(iter(get_close_matches(name, known, 1)), None) for name in sorted(unknown)}


def present_settings() -> Settings:
    """`Settings()`, read again only when the environment or the `.env` file is another: engines
    ask at every request, and reading takes 3 ms."""
    try:
        written = Path(".env").stat().st_mtime_ns
    except OSError:
        written = 0
    return _settings(tuple(os.environ.items()), Path.cwd(), written)


@lru_cache(maxsize=1)
def _settings(_environment: tuple[tuple[str, str], ...], _folder: Path, _written: int) -> Settings:
    return Settings()
