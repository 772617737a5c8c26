"""What belongs to the records and is not in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class Attachments(Protocol):
    """What is kept of requests beside the database, and goes with their records."""

    def names(self) -> Sequence[str]:
        """The ids of the requests of which there is something."""

    def discard(self, request_ids: Iterable[str]) -> None:
        """Delete what there is of them."""


class Nothing:
    """No attachments."""

    def names(self) -> Sequence[str]:
        return ()

    def discard(self, request_ids: Iterable[str]) -> None:
        pass
