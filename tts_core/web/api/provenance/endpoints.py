"""Gradio's endpoints, and tools of MCP: check a file, withdraw the consent for a voice.

Gradio reads the annotations as objects, hence no `from __future__ import annotations`.
"""

import gradio as gr
from gradio.events import api as gradio_api

from tts_core.errors import NotAudioError, TTSError
from tts_core.service import SpeechService
from tts_core.validation import checked_name
from tts_core.web.api.gradio_endpoints import gradio_error, gradio_errors
from tts_core.web.api.provenance.consent import WithdrawnConsent
from tts_core.web.api.provenance.verify import verified
from tts_core.web.callers import caller_of
from tts_core.web.messages import Json
from tts_core.web.uploads import RECORDINGS, discard, uploaded


def add_provenance_endpoints(service: SpeechService) -> None:
    """Register the endpoints; call it inside `gr.Blocks`."""

    @gradio_errors
    def withdraw_consent(
        voice_id: str,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Withdraw the consent for a cloned voice, for good: it speaks at no API any more.

        All that was made of its recordings is deleted, other voices included, except the speech in
        the history. The record of the consent and of its withdrawal stays.

        Args:
            voice_id: Its id or name, from list_voices.
        """
        name = checked_name(voice_id, "voice_id")
        withdrawals = service.consents.withdraw(name, "gradio", caller_of(caller))
        return WithdrawnConsent.of(withdrawals).model_dump(mode="json")

    async def verify(
        audio: gr.FileData,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Tell whether an audio file was generated, by what, and whether it has changed since.

        Args:
            audio: A wav, mp3, flac or m4a file.

        Returns:
            Whether it is marked, how sure that is, its signed metadata, and what that proves.
        """
        try:
            path = uploaded(audio, service.settings)
            with path.open("rb") as file:
                found = await verified(service, file, service.history.viewer(caller_of(caller)))
        except TTSError as error:
            raise gradio_error(error) from error
        except OSError as error:
            why = NotAudioError(f"audio cannot be read: {error.strerror}. Upload it again.")
            raise gradio_error(why) from error
        discard(path)
        return found

    gradio_api(verify, api_name="verify", **RECORDINGS)
    gradio_api(withdraw_consent, api_name="withdraw_consent", queue=False)
