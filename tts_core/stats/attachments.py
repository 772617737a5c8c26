"""Files that belong to requests in the history, such as recordings: an interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class Attachments(Protocol):
    """Files kept for requests beside the database, and deleted with their records."""

    def names(self) -> Sequence[str]:
        """Return the ids of all requests that have files."""

    def discard(self, request_ids: Iterable[str]) -> None:
        """Delete the files of these requests."""


class NoAttachments:
    """Stands in where no files are kept."""

    def names(self) -> Sequence[str]:
        return ()

    def discard(self, request_ids: Iterable[str]) -> None:
        pass
