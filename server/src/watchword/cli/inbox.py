"""`watchword inbox`: read the sandbox inbox."""

import time

import click
import httpx2
import msgspec

from watchword.cli.connection import Connection, connection_of, connection_options
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json

UNAVAILABLE = 69
PAUSE = 0.5


@click.command("inbox")
@click.option("--to", help="Only messages to this number.")
@click.option("--wait", type=click.IntRange(0, 30), default=0, help="Seconds to wait for one.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, help="How many at most.")
@click.option("--follow", is_flag=True, help="Show new messages as they come, until Ctrl-C.")
@connection_options
@json_option
def command(
    to: str | None,
    wait: int,
    limit: int,
    follow: bool,
    url: str | None,
    api_key: str | None,
    customer: str | None,
    as_json: bool,
) -> None:
    """Read the newest messages of the sandbox, newest first.

    \b
    Example:
      watchword inbox --to +33612345678 --wait 10
      watchword inbox --follow
    """
    connection = connection_of(url, api_key, customer)
    messages = _read(connection, to, wait, limit)
    if as_json and not follow:
        write_json(messages)
        return
    if not messages and not follow:
        click.echo("The inbox is empty. `watchword send +33612345678` fills it.")
    seen: set[tuple[object, object]] = set()
    while True:
        for message in reversed(messages) if follow else messages:
            name = (message["authentication_uuid"], message["attempt_number"])
            if name not in seen:
                seen.add(name)
                write_json(message) if as_json else _show(message)
        if not follow:
            return
        time.sleep(PAUSE)
        messages = _read(connection, to, 1, limit)


def _show(message: dict[str, object]) -> None:
    head = f"{message['created_at']}  {message['channel']}  {message['to']}"
    click.secho(f"  {head}", dim=True)
    click.echo(f"  {message['content']}")


def _read(connection: Connection, to: str | None, wait: int, limit: int) -> list[dict[str, object]]:
    params = {"wait": str(wait), "limit": str(limit)} | ({"to": to} if to else {})
    try:
        answer = httpx2.get(
            f"{connection.url.rstrip('/')}/sandbox/messages",
            params=params,
            headers={"x-api-key": connection.api_key},
            timeout=wait + 10.0,
        )
    except httpx2.HTTPError as error:
        raise Failure(
            f"no service answers at {connection.url}",
            type(error).__name__,
            "Start one with `watchword dev`, or name another with --url.",
            code=UNAVAILABLE,
        ) from None
    if answer.status_code == 404:  # noqa: PLR2004 - HTTP
        raise Failure("this project is not in sandbox mode", "Only the sandbox has an inbox.")
    if answer.status_code != 200:  # noqa: PLR2004 - HTTP
        raise Failure(f"the service answered {answer.status_code}", answer.text)
    page: dict[str, list[dict[str, object]]] = msgspec.json.decode(answer.content)
    return page["messages"]
