"""Tools: operations of the management API over the Model Context Protocol."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import msgspec
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from watchword.cli.desk import Desk
from watchword.cli.main import Failure
from watchword.domain.operator import Role
from watchword.edges.management.operation import Operation
from watchword.edges.management.table import OPERATIONS

INSTRUCTIONS = (
    "Watchword sends one-time codes to phones and checks them; these tools are its management API. "
    "Numbers are masked. Amounts are millionths of the project's currency, times Unix milliseconds. "
    "Begin with list_projects, read_report and list_authentications; read_authentication tells the "
    "whole story of one."
)
PROJECT = {"type": "string", "description": "Name or id of the project; `all` where it may be."}


async def serve(desk: Desk, role: Role) -> None:
    """Serve tools over standard input and output until the input ends."""
    # The installation lives in a loop of its own, which is one thread's.
    with ThreadPoolExecutor(1) as thread:
        server = server_of(desk, role, thread)
        try:
            async with stdio_server() as (heard, said):
                await server.run(heard, said, server.create_initialization_options())
        finally:
            await asyncio.get_running_loop().run_in_executor(thread, desk.close)


def server_of(desk: Desk, role: Role, thread: Executor) -> Server[Any]:
    """A server with the tools that a role may use; each is carried out in `thread`."""
    offered = {operation.name: operation for operation in offered_to(role)}

    async def list_tools(
        _: ServerRequestContext[Any], __: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=list(map(tool_of, offered.values())))

    async def call_tool(
        _: ServerRequestContext[Any], wanted: CallToolRequestParams
    ) -> CallToolResult:
        fields = dict(wanted.arguments or {})
        if wanted.name not in offered:
            return _said(f"there is no tool {wanted.name!r}, or it needs another --role", bad=True)
        operation = offered[wanted.name]
        project = fields.pop("project", None) if operation.of_project else None
        loop = asyncio.get_running_loop()
        try:
            given = await loop.run_in_executor(thread, desk.call, wanted.name, fields, project)
        except Failure as failure:
            return _said(failure.message, bad=True)
        return _said(msgspec.json.encode(given).decode())

    return Server(
        "watchword",
        version=version("watchword"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def offered_to(role: Role) -> Iterator[Operation]:
    """The operations that a role may use; a viewer's change nothing."""
    ranks = list(Role)
    for operation in OPERATIONS.values():
        may = ranks.index(operation.role) <= ranks.index(role)
        if may and not operation.by_session and (operation.reads or role is not Role.VIEWER):
            yield operation


def tool_of(operation: Operation) -> Tool:
    """An operation as a tool, with the schema of what it takes."""
    schema = msgspec.json.schema(operation.takes)
    kinds: dict[str, Any] = schema.pop("$defs")
    taken: dict[str, Any] = kinds.pop(schema["$ref"].rpartition("/")[2])
    if operation.of_project:
        taken["properties"] = {"project": PROJECT, **taken["properties"]}
    return Tool(
        name=operation.name,
        description=operation.summary,
        input_schema={**taken, "$defs": kinds} if kinds else taken,
        annotations=ToolAnnotations(
            read_only_hint=operation.reads, destructive_hint=operation.method == "DELETE"
        ),
    )


def _said(text: str, *, bad: bool = False) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)], is_error=bad)
