"""Gradio's MCP server, which offers the endpoints of `gradio_endpoints.py` as an agent's tools.

Three things about it are changed here. It calls its own app over HTTP, for which it needs a key
where keys are required. It would call in the name of whomever the agent's headers claim, or as a
caller on this machine. And it would send an agent the repr() of a result instead of JSON.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import replace
from typing import Any

import gradio as gr
import gradio.mcp
from gradio.processing_utils import add_root_url
from gradio_client import Client
from gradio_client.utils import is_file_obj_with_meta

from tts_core.types import Caller
from tts_core.web.callers import CALLER_HEADER, as_header, caller_of
from tts_core.web.messages import Json

PASSED_ON = ("host", "x-forwarded-host", "x-forwarded-proto", "x-ip-token")
"""Headers of an agent's request that are used for the call: those that addresses of files are made
from, and a ZeroGPU visitor's."""


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
        texts = [
            str(output["url"] or output["path"])
            if is_file_obj_with_meta(output)
            else json.dumps(output, ensure_ascii=False)
            for output in outputs
        ]
        return [types.TextContent(type="text", text=text) for text in texts]

    server._get_or_create_client = client
    server._prepare_tool_call_args = prepared
    server.postprocess_output_data = contents
    gradio.mcp.DEFAULT_TEMP_DIR = os.environ["GRADIO_TEMP_DIR"]


def _with_owner(caller: Caller, secret: str) -> Caller:
    """Return the caller with an owner id: all agents share the session of Gradio's client."""
    if caller.owner_id:
        return caller
    owner_id = hmac.digest(secret.encode(), caller.client.encode(), "sha256").hex()[:32]
    return replace(caller, owner_id=owner_id)
