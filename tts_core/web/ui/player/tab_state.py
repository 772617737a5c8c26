"""What the server keeps for one open tab of a browser."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from tts_core.errors import Cancelled, ValidationError
from tts_core.events import SpeechInfo
from tts_core.types import SpeechRequest


@dataclass
class TabState:
    """State kept on the server for one open browser tab, out of reach of other tabs."""

    request_id: str = ""
    text: str = ""
    info: SpeechInfo | None = None
    """Describes the finished request; None before there is one."""
    request_number: int = 0
    """Of the newest request, by the page's count, so that an older one that ends late leaves a
    newer one's fields alone."""
    stopped_number: int = 0
    """The last request that was stopped; one that has not begun yet must not begin any more."""
    seed: int = -1
    last_request: SpeechRequest | None = None
    """The last request as the page made it, previews included, to notice a repetition."""
    last_spoken: SpeechRequest | None = None
    """The last request that was not a preview, with its seed and the retakes of its segments."""

    def begin(self, number: object) -> tuple[int, str]:
        """Note that a request begins; return its number and the id of what it takes the place of.

        Without a `number` it is the next one.
        """
        begun, former = number if isinstance(number, int) else self.request_number + 1, ""
        if begun >= self.request_number:
            former = self.request_id
            self.request_number, self.request_id, self.info = begun, "", None
        return begun, former

    def stop(self, number: object) -> str:
        """Note that a request and those before it are to stop; return the id to cancel, or ""."""
        meant = number if isinstance(number, int) else self.request_number
        self.stopped_number = max(self.stopped_number, meant)
        return self.request_id if self.request_number <= meant else ""

    def ensure_wanted(self, number: int) -> None:
        """Raise Cancelled if a request has been stopped, or a newer one has begun."""
        if self.stopped_number >= number or self.request_number > number:
            raise Cancelled("The request was stopped.")

    def with_seed(self, request: SpeechRequest) -> SpeechRequest:
        """Return the request with the tab's seed, so that an edited text changes only where edited.

        Repeating the same request draws a new seed, which gives another rendition.
        """
        if self.seed < 0 or request == self.last_request:
            self.seed = secrets.randbelow(2**31)
        self.last_request = request
        return request.model_copy(update={"seed": self.seed})

    def with_retake(self, segment: int) -> SpeechRequest:
        """Return the last spoken request with a new take of one segment, and remember it.

        Raises ValidationError when nothing has been spoken.
        """
        if self.last_spoken is None:
            raise ValidationError("Nothing has been spoken yet. Press Speak first.", "text")
        takes = {**self.last_spoken.takes, segment: self.last_spoken.takes.get(segment, 0) + 1}
        self.last_spoken = self.last_spoken.model_copy(update={"takes": takes})
        return self.last_spoken
