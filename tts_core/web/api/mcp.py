"""Gradio's MCP server, which offers the endpoints of `gradio_endpoints.py` as an agent's tools.

What is changed about it here: It calls its own app over HTTP, for which it needs a key where keys
are required. It would call in the name of whomever the agent's headers claim, or as a caller on
this machine. It would send an agent the repr() of a result instead of JSON, and only the
addresses of audio, subtitles and dictionaries. What an agent cancels would go on, and end an SSE
session with an assertion when it is done. Its schema of a file is refused by Gemini, it refuses
null for what has a default, it does not say which tools only read, and it offers `stream`, whose
audio gets lost on the way.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import mimetypes
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import gradio.mcp
from anyio import get_cancelled_exc_class, to_thread
from gradio.processing_utils import add_root_url
from gradio_client import Client
from gradio_client.client import Job
from gradio_client.utils import is_file_obj_with_meta

from tts_core import __version__
from tts_core.lexicon.files import MIME_TYPES
from tts_core.text.subtitles import FORMATS
from tts_core.types import Caller
from tts_core.web.callers import CALLER_HEADER, as_header, caller_of
from tts_core.web.messages import Json

PASSED_ON = ("host", "x-forwarded-host", "x-forwarded-proto", "x-ip-token")
"""Headers of an agent's request that are used for the call: those that addresses of files are made
from, and a ZeroGPU visitor's."""
LARGEST_AUDIO = 1_000_000
"""Bytes of a file that an answer contains beside its address; agents have to hold all of it."""
READING = {
    "preview", "list_voices", "list_engines", "status", "progress", "statistics", "history",
    "subtitles", "lexicon", "lexicon_export", "projects", "project_status", "project_segments",
    "export_project",
}  # fmt: skip
"""Tools that change nothing."""
DELETING = {"delete_voice", "withdraw_consent", "clear_history", "lexicon_delete"}


def finish_mcp(demo: gr.Blocks, own_key: str) -> None:
    """Change the MCP server of an app that listens. `own_key` is one that the gate accepts."""
    server: Any = demo.mcp_server_obj
    if server is None:
        return

    def client() -> Client:
        if server._client_instance is None:
            server._client_instance = Client(
                demo.local_url,
                download_files=False,
                verbose=False,
                analytics_enabled=False,
                _skip_components=False,
                headers={"X-Gradio-User": "mcp", "X-API-Key": own_key},
            )
        return server._client_instance

    prepare_call = server._prepare_tool_call_args

    def prepared(name: str, arguments: Json) -> tuple[Any, ...]:
        endpoint, values, given, function = prepare_call(name, arguments)
        headers = {name: given[name] for name in PASSED_ON if name in given}
        caller = caller_of(server.mcp_server.request_context.request)
        headers[CALLER_HEADER] = as_header(_with_owner(caller, own_key))
        return endpoint, values, headers, function

    types = server.types

    def contents(data: Any, root_url: str) -> list[Any]:  # noqa: ANN401 - Gradio's
        # Two results arrive as one tuple when the server has called itself.
        outputs = data[0] if len(data) == 1 and isinstance(data[0], tuple) else data
        outputs = add_root_url(list(outputs), root_url, None)
        found: list[Any] = []
        for output in outputs:
            if not is_file_obj_with_meta(output):
                found.append(text(json.dumps(output, ensure_ascii=False)))
                continue
            found.append(text(str(output["url"] or output["path"])))
            path = Path(output["path"])
            if path.suffix[1:] in (*FORMATS, *MIME_TYPES):
                found.append(text(path.read_text("utf-8")))
            elif (audio := _audio(path)) is not None:
                kind, data = audio
                found.append(types.AudioContent(type="audio", data=data, mimeType=kind))
        return found

    def text(content: str) -> Any:  # noqa: ANN401 - Gradio's
        return types.TextContent(type="text", text=content)

    simplify = server.simplify_filedata_schema

    def simplified(schema: Json) -> tuple[Json, list[Any]]:
        simple, positions = simplify(schema)
        for found in simple.get("properties", {}).values():
            if str(found.get("format", "")).startswith("Gradio File Input"):
                for key in ("format", "required", "title"):
                    found.pop(key, None)
        return simple, positions

    list_tools = server.mcp_server.request_handlers[types.ListToolsRequest]

    async def annotated(request: Any) -> Any:  # noqa: ANN401 - Gradio's
        answer = await list_tools(request)
        for tool in answer.root.tools:
            tool.annotations = types.ToolAnnotations(
                readOnlyHint=tool.name in READING, destructiveHint=tool.name in DELETING
            )
        return answer

    async def result_of(job: Job) -> list[Any]:
        # In a thread that nobody waits for once the agent has cancelled.
        return [await to_thread.run_sync(job.result, abandon_on_cancel=True)]

    server.tool_to_endpoint.pop("stream", None)
    handlers = server.mcp_server.request_handlers
    handlers[types.ListToolsRequest] = annotated
    handlers[types.CallToolRequest] = _without_nulls(handlers[types.CallToolRequest])
    server.mcp_server.version = __version__
    server.simplify_filedata_schema = simplified
    server._get_or_create_client = client
    server._prepare_tool_call_args = prepared
    server.postprocess_output_data = contents
    server._execute_tool_without_progress = _cancelling(result_of)
    server._execute_tool_with_progress = _cancelling(server._execute_tool_with_progress)
    gradio.mcp.DEFAULT_TEMP_DIR = os.environ["GRADIO_TEMP_DIR"]


def _without_nulls(
    call_tool: Callable[[Any], Awaitable[object]],
) -> Callable[[Any], Awaitable[object]]:
    """Return a handler of calls that takes null for the default.

    Models that have to send every parameter send null, which the schema does not allow.
    """

    async def called(request: Any) -> object:  # noqa: ANN401 - Gradio's
        given = request.params.arguments or {}
        request.params.arguments = {k: v for k, v in given.items() if v is not None}
        return await call_tool(request)

    return called


def _cancelling(execute: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Return a function that runs a job as `execute` does and cancels it with itself."""

    async def executing(job: Job, *arguments: object) -> Any:  # noqa: ANN401 - Gradio's
        try:
            return await execute(job, *arguments)
        except get_cancelled_exc_class():
            # In a thread, since it asks this server, which must not wait for the answer.
            asyncio.get_running_loop().run_in_executor(None, job.cancel)
            raise

    return executing


def _with_owner(caller: Caller, secret: str) -> Caller:
    """Return the caller with an owner id: all agents share the session of Gradio's client."""
    if caller.owner_id:
        return caller
    owner_id = hmac.digest(secret.encode(), caller.client.encode(), "sha256").hex()[:32]
    return replace(caller, owner_id=owner_id)


def _audio(path: Path) -> tuple[str, str] | None:
    """Return type and content in base64 of a result of ours; None for a large file or no audio."""
    kind = mimetypes.guess_type(path.name)[0] or ""
    if not kind.startswith("audio/") or path.stat().st_size > LARGEST_AUDIO:
        return None
    return kind, base64.b64encode(path.read_bytes()).decode("ascii")
