"""Voices by URL: `voice="https://host/clip.wav"` speaks in the voice of that recording.

The operator must allow them. A fetched recording is stored like a library voice (see `library.py`),
in a folder named after the address, so that the catalog and the engines treat it as one. It is not
listed, and the least recently used ones are deleted.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tts_core.errors import QueueFullError, ValidationError, VoiceLoadError
from tts_core.settings import Settings
from tts_core.types import Voice
from tts_core.voices.files import read_record, sha256, sync, write_record
from tts_core.voices.record import MAX_NAME, Consent, VoiceRecord, now
from tts_core.voices.reference_clip import ReferenceClip

if TYPE_CHECKING:  # brings httpx2: 0.2 s
    from tts_core.voices.fetch import Fetcher

log = logging.getLogger(__name__)

MAX_VOICES = 100
FRESH_SECONDS = 3600.0
"""How long a recording is used before its address is requested again."""
MAX_FETCHES = 4
"""Simultaneous downloads."""
PATIENCE_SECONDS = 20.0
"""How long another download waits for its turn."""
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.ASCII | re.IGNORECASE)


def is_url(voice: str) -> bool:
    """Return whether a voice is an address, of whatever scheme."""
    return _URL.match(voice.strip()) is not None


def without_secrets(voice: str) -> str:
    """Return an address without user name, password, query and fragment; other voices unchanged."""
    if not is_url(voice):
        return voice
    scheme, _, rest = re.split(r"[?#]", voice.strip())[0].partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


class UrlVoices:
    """The voices by URL of a data folder. Thread-safe; used by one process at a time."""

    def __init__(self, settings: Settings, fetcher: Fetcher | None = None) -> None:
        """Open the folder and delete the leftovers of a killed process."""
        self._settings = settings
        self._folder = settings.voice_urls_path
        self._fetcher = fetcher
        self._lock = threading.Lock()
        self._running: dict[str, Future[None]] = {}
        self._slots = threading.BoundedSemaphore(MAX_FETCHES)
        for left in self._folder.glob(".*"):
            shutil.rmtree(left, ignore_errors=True)

    def find(self, voice: str) -> Voice | None:
        """Return the voice of an address that `fetch` has downloaded, else None."""
        if not self._settings.allow_voice_urls or not is_url(voice):
            return None
        folder = self._folder_of(voice)
        record = _stored_record(folder)
        return record.voice(folder) if record is not None else None

    def fetch(self, voice: str) -> None:
        """Download the recording if the voice is an address; takes up to a minute if it is new.

        After `FRESH_SECONDS` it is requested again; if that fails, the old recording is used.
        Raises ValidationError (voices by URL are off, the address or recording cannot be used),
        VoiceLoadError or QueueFullError.
        """
        if not is_url(voice):
            return
        self._check_allowed()
        address, folder = voice.strip(), self._folder_of(voice)
        self._renew_once(address, folder)
        with suppress(OSError):
            os.utime(folder)  # marks it as recently used

    def download(self, address: str, path: Path) -> None:
        """Download an address to the file `path`, for a voice that is to be cloned.

        Raises as `fetch` does, and TooLargeError.
        """
        self._check_allowed()
        with self._slot():
            self._source().fetch(address, path)

    def _check_allowed(self) -> None:
        if not self._settings.allow_voice_urls:
            raise ValidationError(
                "Voices by URL are off on this server; its operator can allow them with "
                "TTS_ALLOW_VOICE_URLS=1. Or clone the voice from an uploaded recording.",
                "voice",
            )

    def _folder_of(self, voice: str) -> Path:
        digest = hashlib.sha256(voice.strip().encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / f"url-{digest[:32]}"

    def _renew_once(self, address: str, folder: Path) -> None:
        """Renew a recording; callers that arrive meanwhile wait for the same result."""
        with self._lock:
            running = self._running.get(folder.name)
            mine = running is None
            if running is None:
                running = self._running[folder.name] = Future()
        if not mine:
            running.result()
            return
        try:
            self._renew(address, folder)
        except BaseException as error:
            running.set_exception(error)
            raise
        else:
            running.set_result(None)
        finally:
            with self._lock:
                del self._running[folder.name]

    def _renew(self, address: str, folder: Path) -> None:
        if _is_fresh(folder):
            return
        kept = _stored_record(folder)
        try:
            with self._slot():
                self._download_voice(address, folder, kept)
        except (ValidationError, VoiceLoadError) as error:
            if kept is None:
                raise
            log.warning(
                "%s could not be renewed, so the old recording is used: %s", folder.name, error
            )
            os.utime(folder / "voice.json")

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=PATIENCE_SECONDS):
            raise QueueFullError(
                "Too many voices are being fetched from their addresses; try again in a moment."
            )
        try:
            yield
        finally:
            self._slots.release()

    def _download_voice(self, address: str, folder: Path, kept: VoiceRecord | None) -> None:
        work = self._folder / f".new-{secrets.token_hex(8)}"
        made, name = work / "made", _file_name(address)
        made.mkdir(parents=True)
        (work / "sent").mkdir()
        sent = work / "sent" / name
        try:
            self._source().fetch(address, sent)
            digest = sha256(sent)
            if kept is not None and kept.clips[0].sha256 == digest:
                os.utime(folder / "voice.json")
                return
            try:
                consent = Consent(statement=_statement(address), given=now())
                clip = ReferenceClip.read(sent, digest)
                saved = clip.save(made, 1, trim=True, gain=True, consent=consent)
            except ValidationError as error:
                raise ValidationError(str(error), "voice") from error
            record = VoiceRecord(
                id=folder.name, name=name, language="auto", tags=(), created=now(), clips=(saved,)
            )
            write_record(record, made)
            with suppress(FileNotFoundError):
                folder.rename(work / "old")
            made.rename(folder)
            sync(self._folder)
            log.info("%s is the voice of %s", folder.name, without_secrets(address))
        finally:
            shutil.rmtree(work, ignore_errors=True)
        self._delete_oldest(folder)

    def _delete_oldest(self, newest: Path) -> None:
        with self._lock:
            others = [p for p in self._folder.glob("url-*") if p != newest]
            others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
            for path in others[MAX_VOICES - 1 :]:
                shutil.rmtree(path, ignore_errors=True)

    def _source(self) -> Fetcher:
        if self._fetcher is None:
            from tts_core.voices.fetch import Fetcher

            key = self._settings.hub_token
            token = key.get_secret_value().strip() if key else None
            self._fetcher = Fetcher(self._settings.hub_endpoint, token or None)
        return self._fetcher


def _stored_record(folder: Path) -> VoiceRecord | None:
    try:
        return read_record(folder)
    except VoiceLoadError:
        return None  # absent or damaged: it is fetched again


def _is_fresh(folder: Path) -> bool:
    try:
        age = time.time() - (folder / "voice.json").stat().st_mtime
    except OSError:
        return False
    return abs(age) < FRESH_SECONDS and _stored_record(folder) is not None


def _file_name(address: str) -> str:
    """Return the last part of an address's path, reduced to a portable file name."""
    path = without_secrets(address).partition("://")[2].partition("/")[2]
    if address[:5].casefold() == "hf://":
        path = path.partition("@")[0]
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", path.rpartition("/")[2])
    return name.strip("._")[-MAX_NAME:] or "recording"


def _statement(address: str) -> str:
    """Return the statement in place of a consent, which nobody gave."""
    return (
        "Nobody was asked for consent: the operator of this server allowed voices by URL "
        f"(TTS_ALLOW_VOICE_URLS), and a request named {without_secrets(address)[:800]}"
    )
