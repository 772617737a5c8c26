"""Gradio's MCP server: the endpoints of `gradio_endpoints.py` as an agent's tools.

Three things are mended here. The server calls its own app over HTTP, for which it needs a key where
keys are wanted; it would do that in the name of whomever its caller's headers claim, or as a caller
on this machine; and it would tell an agent Python's view of a result, not JSON.
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

PASSED_ON = ("host", "x-forwarded-host", "x-forwarded-proto", "x-ip-token")
"""Of an agent's headers: those that addresses of files are made of, and a ZeroGPU visitor's."""


def finish_mcp(demo: gr.Blocks, own_key: str) -> None:
    """Call it once the app listens. `own_key` is one the gate knows."""
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

    prepare = server._prepare_tool_call_args

    def prepared(name: str, arguments: dict[str, Any]) -> tuple[Any, ...]:
        endpoint, values, given, function = prepare(name, arguments)
        headers = {name: given[name] for name in PASSED_ON if name in given}
        caller = caller_of(server.mcp_server.request_context.request)
        headers[CALLER_HEADER] = as_header(_agent(caller, own_key))
        return endpoint, values, headers, function

    server._get_or_create_client = client
    server._prepare_tool_call_args = prepared
    gradio.mcp.DEFAULT_TEMP_DIR = os.environ["GRADIO_TEMP_DIR"]
    types = server.types

    def contents(data: Any, root_url: str) -> list[Any]:  # noqa: ANN401 - Gradio's
        # Two results come as one tuple where the server has called itself.
        outputs = data[0] if len(data) == 1 and isinstance(data[0], tuple) else data
        outputs = add_root_url(list(outputs), root_url, None)
        texts = [
            str(output["url"] or output["path"])
            if is_file_obj_with_meta(output)
            else json.dumps(output, ensure_ascii=False)
            for output in outputs
        ]
        return [types.TextContent(type="text", text=text) for text in texts]

    server.postprocess_output_data = contents


def _agent(caller: Caller, secret: str) -> Caller:
    """The caller with a visit of their own: all agents share the session of Gradio's client."""
    if caller.owner_id:
        return caller
    visit = hmac.digest(secret.encode(), caller.client.encode(), "sha256").hex()[:32]
    return replace(caller, owner_id=visit)
