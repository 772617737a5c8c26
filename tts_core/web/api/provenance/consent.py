"""The consent for cloned voices: `POST /api/withdraw_consent`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from tts_core.types import LongName
from tts_core.voices.withdrawals import Withdrawal
from tts_core.web.api.http import Error, RequestCaller, Service, Strict, error_responses, router
from tts_core.web.api.models import Answer

REST = "REST"
"""What the record of a withdrawal through this route names as its source."""

_GIVEN, _WITHDRAWN = "2026-01-01T12:00:00+00:00", "2026-02-01T12:00:00+00:00"

routes = router(tags=["voices"])


class ConsentOf(Strict):
    """The voice whose consent is withdrawn."""

    voice_id: LongName = Field(
        min_length=1, description="Its id or name.", examples=["anna-1f9a2c04"]
    )


class WithdrawnConsent(Answer):
    """A voice whose consent was withdrawn; it cannot be undone."""

    withdrawn: str = Field(description="The voice's id.", examples=["anna-1f9a2c04"])
    name: str = Field(examples=["Anna"])
    given: datetime = Field(description="When consent was first given.", examples=[_GIVEN])
    at: datetime = Field(description="When it was withdrawn.", examples=[_WITHDRAWN])
    also: list[str] = Field(
        description="The ids of other voices made of the same recording, which went with it.",
        examples=[["reader-7c2b11d0"]],
    )

    @classmethod
    def of(cls, withdrawals: Sequence[Withdrawal]) -> WithdrawnConsent:
        """Return the answer about a withdrawal, and those that came with it."""
        withdrawal, *others = withdrawals
        return cls(
            withdrawn=withdrawal.voice,
            name=withdrawal.name,
            given=min(consent.given for consent in withdrawal.consents),
            at=withdrawal.withdrawn,
            also=[other.voice for other in others],
        )


@routes.post("/api/withdraw_consent", responses=error_responses(Error, 404))
def withdraw_consent(service: Service, caller: RequestCaller, body: ConsentOf) -> WithdrawnConsent:
    """Withdraw the consent for a cloned voice, for good: it stops speaking at every API at once,
    and all that was made of its recordings is deleted, other voices included, except the speech in
    the history. The record of the consent and of its withdrawal stays."""
    return WithdrawnConsent.of(service.consents.withdraw(body.voice_id, REST, caller))
