"""The MCP SDK, by the transport that is the third argument: "http" or "sse"."""

from __future__ import annotations

import asyncio
import base64
import json
import sys

from mcp import Client
from mcp.client.sse import sse_client
from trial import FOLDER, LONG, MODEL, SERVER, TEXT, check_stopped, report

TRANSPORT = sys.argv[3]
ADDRESS = f"{SERVER}gradio_api/mcp/"


def connected() -> Client:
    """Return an agent, to be entered."""
    at = ADDRESS if TRANSPORT == "http" else sse_client(f"{ADDRESS}sse")
    return Client(at, mode="legacy")


async def main() -> None:
    """Speak, which a tool does in one piece, and cancel in two ways."""
    async with connected() as agent:
        tools = [tool.name for tool in (await agent.list_tools()).tools]
        assert {"synthesize", "list_voices", "status", "cancel"} <= set(tools), tools
        answer = await agent.call_tool("synthesize", {"text": TEXT, "engine": MODEL})
        assert not answer.is_error, answer
        (sound,) = (c.data for c in answer.content if c.type == "audio")
        (FOLDER / "speak.wav").write_bytes(base64.b64decode(sound))
        await ask(agent)
    await leave()
    report("mcp", transport=TRANSPORT)


async def ask(agent: Client) -> None:
    """Stop a long text by the tool for it."""
    long, request_id = await begin(agent)
    answer = await agent.call_tool("cancel", {"request_id": request_id})
    assert json.loads(answer.content[0].text) == {"cancelled": True}
    await asyncio.to_thread(check_stopped)
    assert (await long).is_error


async def leave() -> None:
    """Stop a long text by no longer waiting for it."""
    async with connected() as agent:
        long, _ = await begin(agent)
        long.cancel()
        if TRANSPORT == "sse":  # the SDK notifies the server, and the session goes on
            await asyncio.to_thread(check_stopped)
            await agent.list_tools()
    await asyncio.to_thread(check_stopped)


async def begin(agent: Client) -> tuple[asyncio.Task, str]:
    """Begin a long text; return the call and the request's id."""
    arguments = {"text": LONG, "engine": MODEL}
    long = asyncio.create_task(agent.call_tool("synthesize", arguments))
    while True:
        answer = await agent.call_tool("status", {})
        active = json.loads(answer.content[0].text)["active_requests"]
        if active and active[0]["status"] == "generating_audio":  # before, it cannot be cancelled
            return long, active[0]["request_id"]
        assert not long.done(), long
        await asyncio.sleep(0.1)


asyncio.run(main())
