"""Downloads weights from the Hugging Face Hub on request."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tts_core.engines.weights.catalog import Weights, bytes_here, missing_files
from tts_core.engines.weights.disk_space import check_room
from tts_core.engines.weights.licenses import agree, how_to_agree, is_agreed
from tts_core.engines.weights.transfer import State, Transfer
from tts_core.errors import Cancelled, DownloadError, EngineUnavailable, UnknownNameError
from tts_core.settings import Settings
from tts_core.validation import did_you_mean, shown

log = logging.getLogger(__name__)

RECENT_SECONDS = 3600.0
"""How long a download that has ended is listed."""
MOST_NAMED = 40
"""Names of weights in an error."""


class Downloads:
    """The downloads into `settings.models_path`. One for each service; thread-safe."""

    def __init__(
        self,
        settings: Settings,
        catalog: Callable[[], Sequence[Weights]],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`catalog`: returns all weights that can be downloaded.

        `changed`: called when weights have become usable, because a download is complete or a
        license was accepted.
        """
        self._settings = settings
        self._catalog = catalog
        self._changed = changed
        self._transfers: dict[str, Transfer] = {}
        self._lock = threading.Lock()

    def start(self, name: str, *, accept: bool = False, by: str = "page") -> dict[str, Any]:
        """Start to download weights, unless a download of them is running; return its progress.

        `accept`: the license is accepted, which is recorded. `by`: where it was. Raises
        UnknownNameError, EngineUnavailable (the license is not accepted), DownloadError (the disk
        is too small).
        """
        weights = self._find(name)
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
        """Return the progress of a download when it has ended, or after `timeout` seconds.

        Raises UnknownNameError.
        """
        with self._lock:
            transfer = self._transfers.get(self._find(name).name)
        if transfer is None:
            raise UnknownNameError(f"No download of {shown(name)!r} was started.", "name")
        transfer.ended.wait(timeout)
        return transfer.as_dict()

    def cancel(self, name: str) -> bool:
        """Cancel a download; return whether one of that name was running.

        What has been downloaded is kept.
        """
        with self._lock:
            transfer = self._transfers.get(name)
        return transfer is not None and transfer.cancel()

    def progress(self) -> list[dict[str, Any]]:
        """Return the progress of running downloads and of those ended in `RECENT_SECONDS`."""
        since = time.monotonic() - RECENT_SECONDS
        with self._lock:
            transfers = list(self._transfers.values())
        return [t.as_dict() for t in transfers if t.ended_at > since]

    def weights(self, engine: str) -> list[dict[str, Any]]:
        """Describe an engine's weights, the ones to download first at the front."""
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
                "note": w.note,
                "lists": bool(w.lists),
                "ready": not missing_files(w, self._settings.models_path),
                "download": running.get(w.name),
            }
            for w in self._weights_of(engine)
        ]

    def missing_bytes(self, engine: str) -> int:
        """Return the approximate download size in bytes of an engine's first missing weights."""
        cache = self._settings.models_path
        for weights in self._weights_of(engine):
            if missing_files(weights, cache):
                return _missing_bytes(weights, cache)
        return 0

    def close(self) -> None:
        """Cancel all downloads, without waiting for the network."""
        with self._lock:
            transfers = list(self._transfers.values())
        for transfer in transfers:
            transfer.cancel()

    def _weights_of(self, engine: str) -> list[Weights]:
        return [weights for weights in self._catalog() if weights.engine == engine]

    def _find(self, name: str) -> Weights:
        """Return the weights of a name. Raises UnknownNameError."""
        known = {weights.name: weights for weights in self._catalog()}
        if name in known:
            return known[name]
        for weights in known.values():
            missing = missing_files(weights, self._settings.models_path)
            if weights.lists and name.startswith(weights.lists) and missing:
                raise UnknownNameError(
                    f"{shown(name)!r} is not known before {weights.name} is here: download "
                    f"{weights.name} first.",
                    "name",
                )
        names, more = list(known)[:MOST_NAMED], len(known) - MOST_NAMED
        raise UnknownNameError(
            f"There are no weights {shown(name)!r}.{did_you_mean(name, known)} There are: "
            f"{', '.join(names)}{f' and {more} more' if more > 0 else ''}.",
            "name",
        )

    def _agree(self, weights: Weights, by: str) -> None:
        try:
            agree(weights, self._settings, by)
        except OSError as error:
            raise DownloadError(
                f"The acceptance of the license could not be written to "
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
            while missing_files(transfer.weights, settings.models_path):
                fetch(transfer, settings.models_path, settings.hub_endpoint, token or None)
                self._changed()
                if transfer.weights.lists:  # and so may have more files now
                    transfer.weights = self._find(transfer.weights.name)
            transfer.finish(State.DONE)
        except Cancelled:
            return
        except DownloadError as error:
            log.warning("weights %s: %s", transfer.weights.name, error)
            transfer.finish(State.FAILED, str(error))
        except Exception as error:
            log.exception("the download of %s failed", transfer.weights.name)
            reason = f"{type(error).__name__}; see the log, and try again."
            transfer.finish(State.FAILED, f"The download failed: {reason}")


def _missing_bytes(weights: Weights, cache: Path) -> int:
    return max(weights.size - bytes_here(weights, cache), 0)
