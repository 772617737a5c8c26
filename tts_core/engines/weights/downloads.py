"""Weights, fetched from the Hub when somebody asks for them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tts_core.engines.weights.catalog import WEIGHTS, Weights, bytes_here, missing_files, weights_of
from tts_core.engines.weights.disk_space import check_room
from tts_core.engines.weights.licenses import agree, how_to_agree, is_agreed
from tts_core.engines.weights.transfer import State, Transfer
from tts_core.errors import Cancelled, DownloadError, EngineUnavailable, UnknownNameError
from tts_core.settings import Settings
from tts_core.validation import did_you_mean, shown

log = logging.getLogger(__name__)

RECENT_SECONDS = 3600.0
"""So long a download that ended is told of."""


class Downloads:
    """What is being fetched into `settings.models_path`. One for each service; thread-safe.

    `changed` is called when weights have become usable: a download came to its good end, or a
    licence was accepted.
    """

    def __init__(self, settings: Settings, changed: Callable[[], None] = lambda: None) -> None:
        self._settings = settings
        self._changed = changed
        self._transfers: dict[str, Transfer] = {}
        self._lock = threading.Lock()

    def start(self, name: str, *, accept: bool = False, by: str = "page") -> dict[str, Any]:
        """Fetch weights, or join the download of them that is running; returns its progress.

        `accept` says that the licence is accepted, and `by` where; it is kept for ever. Raises
        UnknownNameError, EngineUnavailable (the licence), DownloadError (the disk is too small).
        """
        weights = _find(name)
        if accept and not is_agreed(weights, self._settings):
            self._agree(weights, by)
        if not is_agreed(weights, self._settings):
            raise EngineUnavailable(how_to_agree(weights))
        with self._lock:
            transfer = self._transfers.get(name)
            if transfer is None or transfer.ended.is_set():
                transfer = self._begin(weights)
                self._transfers[name] = transfer
        return transfer.as_dict()

    def wait(self, name: str, timeout: float | None = None) -> dict[str, Any]:
        """The progress when it has ended, or after `timeout` seconds. Raises UnknownNameError."""
        with self._lock:
            transfer = self._transfers.get(_find(name).name)
        if transfer is None:
            raise UnknownNameError(f"Nothing was downloaded of {shown(name)!r}.", "name")
        transfer.ended.wait(timeout)
        return transfer.as_dict()

    def cancel(self, name: str) -> bool:
        """Stop a download, what is here of it is kept; False when none of that name is running."""
        with self._lock:
            transfer = self._transfers.get(name)
        return transfer is not None and transfer.cancel()

    def progress(self) -> list[dict[str, Any]]:
        """The running downloads, and those that ended within `RECENT_SECONDS`."""
        since = time.monotonic() - RECENT_SECONDS
        with self._lock:
            transfers = list(self._transfers.values())
        return [t.as_dict() for t in transfers if t.ended_at > since]

    def weights(self, engine: str) -> list[dict[str, Any]]:
        """An engine's weights, the ones to fetch first at the front."""
        running = {p["name"]: p for p in self.progress()}
        return [
            {
                "name": w.name,
                "label": w.label,
                "size_bytes": w.size,
                "licence": w.license,
                "licence_url": w.license_url,
                "must_agree": w.must_agree,
                "accepted": is_agreed(w, self._settings),
                "gated": w.gated,
                "ready": not missing_files(w, self._settings.models_path),
                "download": running.get(w.name),
            }
            for w in weights_of(engine)
        ]

    def missing_bytes(self, engine: str) -> int:
        """What the first weights of an engine that are not here would take, about."""
        cache = self._settings.models_path
        for weights in weights_of(engine):
            if missing_files(weights, cache):
                return _missing_bytes(weights, cache)
        return 0

    def close(self) -> None:
        """Cancel everything; does not wait for the network."""
        with self._lock:
            transfers = list(self._transfers.values())
        for transfer in transfers:
            transfer.cancel()

    def _agree(self, weights: Weights, by: str) -> None:
        try:
            agree(weights, self._settings, by)
        except OSError as error:
            raise DownloadError(
                f"That the licence is accepted could not be written to "
                f"{self._settings.agreements_path} ({error.strerror}); is the folder writable?"
            ) from error
        self._changed()

    def _begin(self, weights: Weights) -> Transfer:
        transfer = Transfer(weights)
        cache = self._settings.models_path
        if not missing_files(weights, cache):
            transfer.finish(State.DONE)
            return transfer
        running = [t.weights for t in self._transfers.values() if not t.ended.is_set()]
        needed = sum(_missing_bytes(w, cache) for w in (weights, *running))
        check_room(weights, cache, needed)
        name = f"download {weights.name}"
        threading.Thread(target=self._run, args=(transfer,), name=name, daemon=True).start()
        return transfer

    def _run(self, transfer: Transfer) -> None:
        from tts_core.engines.weights.hub import fetch

        settings = self._settings
        token = settings.hub_token.get_secret_value().strip() if settings.hub_token else ""
        try:
            fetch(transfer, settings.models_path, settings.hub_endpoint, token or None)
            self._changed()
            transfer.finish(State.DONE)
        except Cancelled:
            return
        except DownloadError as error:
            log.warning("weights %s: %s", transfer.weights.name, error)
            transfer.finish(State.FAILED, str(error))
        except Exception as error:
            log.exception("the download of %s failed", transfer.weights.name)
            reason = f"{type(error).__name__}; see the log, and try once more."
            transfer.finish(State.FAILED, f"The download failed: {reason}")


def _missing_bytes(weights: Weights, cache: Path) -> int:
    return max(weights.size - bytes_here(weights, cache), 0)


def _find(name: str) -> Weights:
    if name not in WEIGHTS:
        raise UnknownNameError(
            f"There are no weights {shown(name)!r}.{did_you_mean(name, WEIGHTS)} "
            f"There are: {', '.join(WEIGHTS)}.",
            "name",
        )
    return WEIGHTS[name]
