"""`SpeechService.consents`: withdraws the consent for a cloned voice."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tts_core.errors import VoiceLoadError
from tts_core.services.voices import VoiceService
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import Caller
from tts_core.voices.withdrawals import Withdrawal


class ConsentService:
    """The consents of one service. Thread-safe."""

    def __init__(self, voices: VoiceService, running: Callable[[], Iterable[SpeechStream]]) -> None:
        """`running`: returns the streams of all running requests."""
        self._voices = voices
        self._running = running

    def withdraw(self, voice: str, door: str, caller: Caller) -> list[Withdrawal]:
        """Withdraw the consent for a cloned voice, by id or name, for good.

        Consent is for a recording, so other voices made of the same one are withdrawn with it. The
        requests in which they speak are stopped, and they are deleted with all that was derived
        from them; the records of the consents and of their withdrawal stay, and so does the
        history. `door`: through which API. Returns the withdrawals, that of the voice itself first.
        Raises UnknownNameError, and ValidationError for a blend.
        """
        withdrawals = self._voices.withdraw_consent(voice, door, caller)
        for stream in self._running():
            for withdrawal in withdrawals:
                if withdrawal.voice in stream.record.voices:
                    stream.close(_stopped(withdrawal))
        return withdrawals

    def withdrawals(self) -> list[Withdrawal]:
        """Return the consents that were withdrawn, the latest first."""
        return self._voices.withdrawals()

    def check(self, stream: SpeechStream) -> None:
        """End a request that has just begun to run if it was planned before a withdrawal.

        Raises VoiceLoadError then.
        """
        for withdrawal in self._voices.withdrawals():
            if withdrawal.voice in stream.record.voices:
                stream.close(_stopped(withdrawal))
                raise _stopped(withdrawal)


def _stopped(withdrawal: Withdrawal) -> VoiceLoadError:
    return VoiceLoadError(f"The request was stopped. {withdrawal.told}")
