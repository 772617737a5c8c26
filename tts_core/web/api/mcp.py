"""Gradio's MCP server: the endpoints of `gradio_endpoints.py` as an agent's tools.

Two things are mended here. The server calls its own app over HTTP, for which it needs a key where
keys are wanted; and it would tell an agent Python's view of a result, not JSON.
"""

from __future__ import annotations

import json
import os
from typing import Any

import gradio as gr
import gradio.mcp
from gradio.processing_utils import add_root_url
from gradio_client import Client
from gradio_client.utils import is_file_obj_with_meta


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

    server._get_or_create_client = client
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
