"""`watchword tail`: authentications as they come, and what becomes of them."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from watchword.cli.desk import Desk, with_desk
from watchword.cli.output import json_option, write_json

LOOK_EVERY = 1.0
"""Seconds between two looks."""
AT_ONCE = 500
"""Authentications that one look sees; what becomes of older ones is not told."""
COLORS = {"verified": "green", "refused": "yellow", "failed": "red", "expired": "red"}


@click.command("tail")
@click.option("--last", default=10, show_default=True, help="How many to begin with.")
@click.option("--follow/--no-follow", default=True, help="Go on until Ctrl-C.")
@click.option("--project", default="all", help="Name or id of a project; all of them unless given.")
@with_desk
@json_option
def command(desk: Desk, last: int, follow: bool, project: str, as_json: bool) -> None:
    """Show authentications as they come and whenever one changes, one on a line, numbers masked.

    \b
    Example:
      watchword tail --project shop
      watchword tail --json | jq 'select(.shown == "refused")'
    """
    feed = Feed(desk, project)
    for one in feed.look(last):
        _write(one, as_json=as_json)
    with contextlib.suppress(KeyboardInterrupt):
        while follow:
            time.sleep(LOOK_EVERY)
            for one in feed.look(AT_ONCE):
                _write(one, as_json=as_json)


class Feed:
    """What is new or has changed since the last look, oldest first."""

    def __init__(self, desk: Desk, project: str) -> None:
        self._desk = desk
        self._project = project
        self._known: dict[str, tuple[object, ...]] = {}

    def look(self, limit: int) -> Iterator[Mapping[str, Any]]:
        """One look at the newest."""
        found = self._desk.call("list_authentications", {"limit": max(limit, 1)}, self._project)
        listed = {one["uuid"]: (one["shown"], *one["steps"]) for one in found["items"]}
        before, self._known = self._known, listed
        for one in reversed(found["items"][:limit]):
            if before.get(one["uuid"]) != listed[one["uuid"]]:
                yield one


def _write(one: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        write_json(one)
        return
    at = datetime.fromtimestamp(one["created_at"] / 1000, UTC)
    over = " ".join(filter(None, (one["channel"], one["account"])))
    took = one["verified_after"]
    after = "" if took is None else f"{took / 1000:.1f} s"
    shown = click.style(f"{one['shown']:9}", fg=COLORS.get(one["shown"]))
    where = one["country"] or "–"
    line = f"{at:%H:%M:%S}  {shown}  {where:2}  {one['phone_number']:17}  {over:24}  {after}"
    click.echo(f"{line.rstrip()}  {one['uuid']}")
