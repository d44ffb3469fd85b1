"""`watchword mcp`, spoken to by the protocol's own client."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner
from mcp import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import TextContent
from server.tests.cli.test_desk import token_of

from watchword.cli.main import command
from watchword.cli.tools import offered_to, tool_of
from watchword.domain.operator import Role
from watchword.edges.management.table import OPERATIONS
from watchword.testing import RunningService, running_service


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with running_service(log_level="error") as running:
        yield running


def started(*arguments: str, **environment: str) -> StdioServerParameters:
    names = {f"WATCHWORD_{name.upper()}": value for name, value in environment.items()}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "watchword", "mcp", *arguments], env=names
    )


async def called(session: ClientSession, tool: str, /, **fields: Any) -> tuple[bool, Any]:
    """Whether it went well, and what was said."""
    result = await session.call_tool(tool, fields)
    (content,) = result.content
    assert isinstance(content, TextContent)
    return not result.is_error, content.text if result.is_error else json.loads(content.text)


async def test_a_viewers_assistant_reads_and_changes_nothing(tmp_path: Path) -> None:
    async with (
        stdio_client(started(data_dir=str(tmp_path))) as streams,
        ClientSession(*streams) as session,
    ):
        about = await session.initialize()
        assert about.server_info.name == "watchword"
        assert "masked" in (about.instructions or "")
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert tools.keys() == {
            o.name for o in OPERATIONS.values() if o.role is Role.VIEWER and o.reads
        }
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
        assert await called(session, "list_projects") == (True, {"items": []})
        refused, why = await called(session, "create_project", name="mine")
        assert (refused, "needs another --role" in why) == (False, True)
        refused, why = await called(session, "read_report", period="tomorrow")
        assert (refused, "period" in why) == (False, True)


async def test_an_owners_assistant_does_what_its_token_may(service: RunningService) -> None:
    token = token_of(service, "assistant", Role.OPERATOR)
    given = started("--role", "owner", manage_url=service.url, manage_token=token)
    project = service.customer_uuid
    async with stdio_client(given) as streams, ClientSession(*streams) as session:
        await session.initialize()
        sent = await called(session, "send_code", project=project, phone_number="+33612345678")
        assert sent[1]["status"] == "pending"
        done, story = await called(
            session, "read_authentication", project=project, uuid=sent[1]["uuid"]
        )
        assert done
        assert "+33612345678" not in json.dumps(story)
        refused, why = await called(session, "create_project", name="mine")
        assert (refused, why) == (False, "this needs the role owner in the whole installation")


@pytest.mark.parametrize("role", Role)
def test_a_tool_says_what_it_takes(role: Role) -> None:
    for operation in offered_to(role):
        schema = tool_of(operation).input_schema
        assert jsonschema_rs.validator_for(schema).is_valid({"nonsense": 1}) is False
        assert schema["type"] == "object"
        assert "project" in schema["properties"] or not operation.of_project
        assert not operation.by_session


def test_without_its_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchword.cli.tools", None)
    result = CliRunner().invoke(command, ["mcp"])
    assert result.exit_code == 1
    assert "pip install 'watchword[mcp]'" in result.stderr
