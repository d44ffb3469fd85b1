"""`watchword mcp`: operations as tools of the Model Context Protocol, for assistants."""

import asyncio

import click

from watchword.cli.desk import Desk, with_desk
from watchword.cli.main import Failure
from watchword.domain.operator import Role


@click.command("mcp")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.VIEWER.value,
    show_default=True,
    help="The most that the tools may do; a viewer changes nothing.",
)
@with_desk
def command(desk: Desk, role: str) -> None:
    """Serve operations as tools over standard input and output, to an assistant that starts this.

    It speaks the Model Context Protocol, and needs the extra `mcp`. With `--service` and a token it
    works on a service far away, as whoever the token belongs to.

    \b
    Example:
      WATCHWORD_MANAGE_TOKEN=wwm_… watchword mcp --service https://verify.example.com
    """
    try:
        from watchword.cli.tools import serve  # noqa: PLC0415 - its library is an extra
    except ImportError:
        raise Failure(
            "the library for the Model Context Protocol is not installed",
            todo="Install the extra: pip install 'watchword[mcp]'.",
        ) from None
    asyncio.run(serve(desk, Role(role)))
