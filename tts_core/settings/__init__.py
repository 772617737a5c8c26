"""The environment variables that Aloud reads, typed, with defaults.

No other module reads settings from the environment.
"""

from __future__ import annotations

import ipaddress
import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from tts_core.settings.access import MOST_DAYS, AccessSettings
from tts_core.settings.aliases import AliasSettings
from tts_core.settings.marks import MarkSettings

DEFAULT_MAX_TEXT_LENGTH = 10_000
WEBSOCKET_MAX_TEXT_LENGTH = 9_000  # its protocol has a limit of its own
DEFAULT_HISTORY_AUDIO_MB = 500
DEFAULT_VISITOR_DAYS = 30.0  # on a Space

# Far above any sensible value. Beyond what timers, SQLite's integers or memory can hold, the server
# would start and then hang.
MOST_CHARACTERS = 10_000_000
MOST_AT_ONCE = 10_000
MOST_SECONDS = 20 * 86_400.0  # poll() takes 24 days
MOST_HOURS = 100 * 365 * 24.0
MOST_MEGABYTES = 1e9
MOST_RECORDS = 1_000_000_000
CLOUD_KEYS = ("groq_api_key",)
"""Secret settings that engines of the cloud need."""


def in_checkout() -> bool:
    """Return whether Aloud runs from a checkout, where app.py is beside the package."""
    return (Path(__file__).parents[2] / "app.py").is_file()


def is_loopback(host: str) -> bool:
    """Return whether only this machine can connect to a host name or address."""
    host = host.strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Settings(AliasSettings, MarkSettings, AccessSettings):
    """The settings, read from `TTS_…` variables and a `.env` file.

    Variables of other programs keep their names (`HF_TOKEN`). A Hugging Face Space is recognized by
    `SPACE_ID`. `tests/support/settings_table.py` makes docs/settings.md of the fields' docstrings,
    which say what None or "" means as "Default: …".
    """

    model_config = SettingsConfigDict(
        env_prefix="TTS_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # a value may be a password
    )

    host: str | None = None
    """Address to listen on. Default: 127.0.0.1; on a Space 0.0.0.0."""
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Port to listen on. Default: the first free one from 7860 on; on a Space 7860."""
    wyoming_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Port for Wyoming clients such as Home Assistant, usually 10200. Default: not served."""
    wyoming_host: str | None = None
    """Address to listen on for them. Default: 127.0.0.1. The protocol has no keys: beside
    `TTS_API_KEYS` or `TTS_AUTH` it is served only if this is set."""
    data_dir: Path | None = None
    """The only folder Aloud writes to. Default: `./data` in a checkout or on a Space; `/data/aloud`
    on one with storage; else the user's data folder (on Linux `~/.local/share/aloud`)."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least severe log messages that are written."""
    log_format: Literal["text", "json"] = "text"
    """Form of the log. `json`: one object per line, with the details of a request in fields."""
    debug: bool = False
    """`true` is the same as `TTS_LOG_LEVEL=DEBUG`."""

    max_text_length: Annotated[int, Field(ge=1, le=MOST_CHARACTERS)] | None = None
    """Maximum length of a text, in characters. Default: 10,000; through the WebSocket 9,000."""
    chunk_size: Annotated[int, Field(ge=20, le=MOST_CHARACTERS)] | None = None
    """Maximum length of a segment, in characters. Default: what suits the engine."""
    chunk_size_words: Annotated[int, Field(ge=1, le=MOST_CHARACTERS)] | None = None
    """Maximum length of a segment, in words. Default: no limit."""
    queue_limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 64
    """Maximum number of requests, speaking or waiting; further ones get the error `queue_full`."""
    max_concurrency: Annotated[int, Field(ge=1, le=1_000)] = 64
    """Maximum number of Gradio events handled at once; they share the engines."""
    max_concurrent_connections: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 10
    """Maximum number of WebSocket clients; further ones get the error `server_busy`."""
    buffer_seconds: Annotated[float, Field(gt=0, le=MOST_SECONDS)] = 60.0
    """Maximum finished audio of a request that waits for a slow reader, in seconds of audio."""

    runner: Literal["process", "inline"] = "process"
    """Where engines run. `process`: each in its own process; `inline`: in the server's."""
    idle_unload_seconds: Annotated[float, Field(ge=0, le=MOST_SECONDS)] = 600.0
    """Seconds after which an unused engine is unloaded, which frees its memory; 0: never."""
    load_timeout: Annotated[float, Field(gt=0, le=MOST_SECONDS)] = 600.0
    """Seconds after which an engine that is still loading counts as failed."""
    segment_timeout: Annotated[float, Field(gt=0, le=MOST_SECONDS)] = 120.0
    """Seconds after which an engine that sends nothing while speaking is restarted as hung. One
    that is still computing gets ten times as long."""

    device: Literal["auto", "cuda", "mps", "cpu"] = "auto"
    """Where neural engines compute. `auto`: CUDA if there is a GPU, else MPS, else the CPU."""
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Precision of the weights of XTTS-v2 and Chatterbox. `auto`: float32."""
    engine_order: str = "*"
    """Engines in the order in which `auto` prefers them, by name, separated by commas: it takes the
    first that is ready and speaks the language. `*` stands for all the others, the most natural
    first. `pocket,xtts,chatterbox,groq,espeak` is the order of version 0.1.0."""
    fallback: bool = True
    """Whether another engine takes over when one fails; the answer says so. `false`: an error."""
    coqui_tos_agreed: Annotated[bool, Field(validation_alias="COQUI_TOS_AGREED")] = False
    """`true` accepts XTTS-v2's license (CPML, non-commercial); otherwise the page asks."""
    hub_cache: Annotated[Path | None, Field(validation_alias="HF_HUB_CACHE")] = None
    """Folder for downloaded weights. Default: `models` in the data folder."""
    hub_endpoint: Annotated[str | None, Field(validation_alias="HF_ENDPOINT")] = None
    """Base URL of a mirror of the Hugging Face Hub. Default: <https://huggingface.co>."""
    hub_token: Annotated[SecretStr | None, Field(validation_alias="HF_TOKEN")] = None
    """Access token for gated weights. Default: the one saved by `hf auth login`, if any."""
    pocket_config: Path | None = None
    """Pocket TTS configuration (.yaml) with local weights. Default: the downloaded weights."""
    xtts_path: Path | None = None
    """Folder with XTTS-v2's model.pth, config.json and vocab.json, and speakers_xtts.pth for its
    built-in voices. Default: the downloaded weights."""
    chatterbox_path: Path | None = None
    """Folder with a Chatterbox checkpoint for `from_local`. Default: the downloaded weights."""
    piper_path: Path | None = None
    """Folder of Piper's voices, `NAME.onnx` beside `NAME.onnx.json`. Default: none."""
    kokoro_path: Path | None = None
    """Folder with voices for Kokoro (`*.bin`), and perhaps a model (`*.onnx`), that are used before
    all others. Default: only the installed and the downloaded ones."""
    kokoro_model: Literal["auto", "int8", "fp32"] = "auto"
    """Kokoro's model. `int8`: the installed one; `fp32`: the downloaded one; `auto`: that of
    `TTS_KOKORO_PATH`, else fp32 if it has been downloaded, else int8."""

    quality_check: Literal["off", "report", "retry"] = "report"
    """Whether speech is compared with its text. `report`: answers name suspicious words; `retry`:
    engines that sample also regenerate a segment that certainly failed, so every segment is heard
    only once it is complete; `off`: nothing is compared."""
    retry_divergent: Annotated[int, Field(ge=1, le=10)] = 2
    """Maximum number of times a segment is regenerated, with `TTS_QUALITY_CHECK=retry`."""
    recogniser: Literal["off", "whisper"] = "off"
    """Second opinion on segments that the speech check doubts. `whisper`: by Whisper
    (`make recogniser`), in the background; no sound waits for it."""
    recogniser_model: str = "base"
    """Its model: a folder with one for CTranslate2, or `tiny`, `base` or `small`, which
    `aloud download whisper-base` brings with `TTS_RECOGNISER=whisper` set."""

    allow_voice_urls: bool = False
    """Whether a request's voice may be the URL of a recording, which the server then fetches."""
    train_voice_vouched: bool = True
    """Whether an application that calls `/api/train-voice` without `consent` vouches for the
    speaker's consent by calling it. `false`: such calls are refused."""

    cache_mb: Annotated[float, Field(ge=0, le=MOST_MEGABYTES)] = 512.0
    """Disk space for spoken segments kept for reuse, in MB; 0: none are kept."""
    keep_outputs_hours: Annotated[float, Field(gt=0, le=MOST_HOURS)] = 24.0
    """Hours after which finished files and uploads are deleted."""
    uploads_mb: Annotated[float, Field(gt=0, le=MOST_MEGABYTES)] = 2_000.0
    """Disk space for uploads waiting to be used, in MB; further ones are refused."""
    projects_per_owner: Annotated[int, Field(ge=0, le=MOST_AT_ONCE)] = 100
    """Maximum number of projects (spoken documents) that a user can have; 0: none can be made."""
    project_characters: Annotated[int, Field(ge=1, le=MOST_CHARACTERS)] = 3_000_000
    """Maximum length of a project's document, in characters."""
    database_url: SecretStr | None = None
    """History database: `postgresql://…` or `sqlite:///…`. Default: a file in the data folder."""
    history_limit: Annotated[int, Field(ge=1, le=MOST_RECORDS)] = 10_000
    """Number of requests that the history keeps, the newest; the statistics count all."""
    history_days: Annotated[float, Field(ge=0, le=MOST_DAYS)] = 30.0
    """Days after which the history forgets a request; 0: never."""
    history_text: Literal["full", "preview", "none"] = "preview"
    """How much of a text the history keeps: `full`, `preview` (a hundred characters) or `none`.
    Unless `none`, the text is also kept beside the audio, word by word, for subtitles."""
    history_audio_mb: Annotated[float, Field(ge=0, le=MOST_MEGABYTES)] | None = None
    """Disk space for the audio of past requests, kept for replay, in MB; the oldest is deleted
    first; 0: none is kept. Default: 500; 0 with `TTS_HISTORY_TEXT=none`."""
    history_scope: Literal["all", "session"] | None = None
    """Who sees a request in the history. `all`: everybody; `session`: the browser it came from, and
    operators. Default: `all`; on a Space `session`."""

    keep_visitors_days: Annotated[float, Field(ge=0, le=MOST_DAYS)] | None = None
    """Days after which the projects and pronunciations of a visitor who no longer comes are
    deleted, where each browser has its own (`TTS_HISTORY_SCOPE=session`, neither keys nor logins);
    0: never.
    Default: 0; on a Space 30."""

    use_groq: bool = True
    """`false` disables Groq even when there is a key."""
    groq_api_key: Annotated[SecretStr | None, Field(validation_alias="GROQ_API_KEY")] = None
    """API key for Groq, from <https://console.groq.com/keys>. Default: none; Groq is disabled."""
    groq_base_url: Annotated[str | None, Field(validation_alias="GROQ_BASE_URL")] = None
    """Base URL of another host that speaks Groq's protocol. Default: <https://api.groq.com>."""
    groq_model: str | None = None
    """Another name for Groq's English model. Default: `canopylabs/orpheus-v1-english`."""
    groq_voice: str = "Fritz-PlayAI"
    """Voice of a text at the WebSocket that names none and is in this voice's language. Unless it
    is set, it is used only where Groq can be."""

    @model_validator(mode="before")
    @classmethod
    def _empty_means_unset(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Remove empty values: after merging, so that empty variables win over lines of `.env`."""
        return {k: v for k, v in values.items() if not isinstance(v, str) or v.strip()}

    @cached_property
    def on_space(self) -> bool:
        """Return whether Aloud runs as a Hugging Face Space."""
        return bool(os.environ.get("SPACE_ID"))

    @property
    def groq_key(self) -> str:
        """Return Groq's API key in plain text, "" when there is none."""
        return self.groq_api_key.get_secret_value().strip() if self.groq_api_key else ""

    @property
    def loopback(self) -> bool:
        """Return whether only this machine can connect."""
        return is_loopback(self.listen_host)

    @property
    def host_names(self) -> frozenset[str] | None:
        """Return the host names by which Aloud may be called, in lower case; None: any.

        A web page can point its own host name at this machine (DNS rebinding) and would then have
        the same origin. Where a key or login is required this does no harm: the page has neither.
        """
        names = self.allowed_hosts.lower().split(",")
        named = {name.strip().partition(":")[0] for name in names} - {""}
        if "*" in named or (not named and (self.closed or not self.loopback)):
            return None
        return frozenset(named | {"localhost", self.listen_host.strip("[]").lower()})

    @property
    def listen_host(self) -> str:
        """Return the address to bind."""
        return self.host or ("0.0.0.0" if self.on_space else "127.0.0.1")

    @property
    def listen_port(self) -> int | None:
        """Return the port to bind; None: the first free one from 7860 on."""
        return self.port if self.port is not None else (7860 if self.on_space else None)

    @property
    def data_path(self) -> Path:
        """Return the absolute path of the data folder, without creating it."""
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
        """Return the history's database as an SQLAlchemy URL, which may hold a password."""
        if self.database_url is None or not self.database_url.get_secret_value().strip():
            return f"sqlite:///{self.data_path / 'history.sqlite3'}"
        scheme, separator, rest = self.database_url.get_secret_value().strip().partition("://")
        if scheme in ("postgres", "postgresql"):
            scheme = "postgresql+psycopg"
        return scheme + separator + rest

    @property
    def history_audio_bytes(self) -> int:
        """Return the disk space for the audio of past requests, in bytes."""
        unset = 0 if self.history_text == "none" else DEFAULT_HISTORY_AUDIO_MB
        megabytes = unset if self.history_audio_mb is None else self.history_audio_mb
        return int(megabytes * 1_000_000)

    @property
    def history_shared(self) -> bool:
        """Return whether everybody sees all requests of the history."""
        return (self.history_scope or ("session" if self.on_space else "all")) == "all"

    @property
    def visitor_days(self) -> float:
        """Return the days after which what an absent visitor has left is deleted; 0: never."""
        if self.history_shared or self.closed:
            return 0.0
        unset = DEFAULT_VISITOR_DAYS if self.on_space else 0.0
        return unset if self.keep_visitors_days is None else self.keep_visitors_days

    @property
    def recordings_path(self) -> Path:
        """Return the folder for the audio of past requests."""
        return self.data_path / "recordings"

    @property
    def outputs_path(self) -> Path:
        """Return the folder for finished files."""
        return self.data_path / "outputs"

    @property
    def cache_path(self) -> Path:
        """Return the folder of the segment cache."""
        return self.data_path / "cache"

    @property
    def projects_path(self) -> Path:
        """Return the folder of the projects' files."""
        return self.data_path / "projects"

    @property
    def speech_check_path(self) -> Path:
        """Return the folder of what the speech check has measured on this machine."""
        return self.data_path / "speech_check"

    @property
    def models_path(self) -> Path:
        """Return the folder for downloaded weights, which has the layout of the Hub's own cache."""
        cache = self.hub_cache
        return cache.expanduser().resolve() if cache else self.data_path / "models"

    @property
    def uploads_path(self) -> Path:
        """Return the folder where Gradio keeps uploads, and copies of the files it serves."""
        return self.data_path / "gradio"

    @property
    def voices_path(self) -> Path:
        """Return the folder of the voice library."""
        return self.data_path / "voices"

    @property
    def voice_urls_path(self) -> Path:
        """Return the folder for voices fetched from URLs, kept for the next request."""
        return self.data_path / "voice_urls"

    @property
    def certificate_path(self) -> Path:
        """Return the folder of the own certificate."""
        return self.data_path / "certificate"

    @property
    def agreements_path(self) -> Path:
        """Return the file that records which licenses were accepted."""
        return self.data_path / "agreements.json"

    @property
    def server_path(self) -> Path:
        """Return the file in which `system/running_server.py` keeps the server's address."""
        return self.data_path / "server.json"

    @property
    def text_limit(self) -> int:
        """Return the longest text of a request, in characters."""
        return self.max_text_length or DEFAULT_MAX_TEXT_LENGTH

    @property
    def websocket_text_limit(self) -> int:
        """Return the longest text of a request through the WebSocket, in characters."""
        return self.max_text_length or WEBSOCKET_MAX_TEXT_LENGTH


def variable_of(field: str) -> str:
    """Return the environment variable of a field of `Settings`."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias or f"{Settings.model_config['env_prefix']}{field}").upper()
