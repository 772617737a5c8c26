"""OpenAI's speech API at the addresses that it has on Azure, where a model is a deployment."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response
from pydantic import Field

from tts_core.types import LONGEST_NAME
from tts_core.web.api.http import SPEECH_STATUSES, RequestCaller, Service, error_responses, router
from tts_core.web.api.openai.names import OpenAIError, openai_body, openai_status
from tts_core.web.api.openai.routes import AUDIO, SpeechBody, speak

routes = router(
    openai_body, OpenAIError, openai_status, prefix="/openai/deployments", tags=["openai"]
)


class DeploymentSpeechBody(SpeechBody):
    """What to say, and how. The model is that of the address."""

    model: str = Field("", max_length=LONGEST_NAME, description="Ignored.")


@routes.post(
    "/{deployment}/audio/speech",
    response_class=Response,
    responses=AUDIO | error_responses(OpenAIError, *SPEECH_STATUSES),
)
async def create_deployment_speech(
    deployment: Annotated[str, Path(max_length=LONGEST_NAME, examples=["gpt-4o-mini-tts"])],
    body: DeploymentSpeechBody,
    request: Request,
    service: Service,
    caller: RequestCaller,
) -> Response:
    """Speak a text. `deployment` is what `model` is elsewhere."""
    return await speak(body.model_copy(update={"model": deployment}), request, service, caller)
