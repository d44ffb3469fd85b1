"""`watchword tail`: each authentication once, and again whenever it has changed."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from server.tests.cli.test_desk import token_of

from watchword.cli.desk import Desk
from watchword.cli.main import command
from watchword.cli.tail import Feed
from watchword.domain.operator import Role
from watchword.testing import RunningService, running_service


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with running_service(log_level="error") as running:
        yield running


def test_it_tells_what_is_new_and_what_has_changed(service: RunningService) -> None:
    desk = Desk(service.url, token_of(service, "tailor", Role.OPERATOR))
    feed = Feed(desk, "all")
    list(feed.look(10))
    sent = [desk.call("send_code", {"phone_number": f"+3361234567{n}"})["uuid"] for n in range(3)]
    seen: dict[str, tuple[str, ...]] = {}
    while any(seen.get(about, ("", ""))[1] != "good" for about in sent):
        seen |= {one["uuid"]: tuple(one["steps"]) for one in feed.look(10)}
        service.run(service.watchword.bell.wait(0.05))
    assert list(feed.look(10)) == []
    (message,) = desk.call("read_inbox", {"search": "+33612345671"})["messages"]
    desk.call("check_code", {"uuid": sent[1], "code": message["code"]})
    (one,) = feed.look(10)
    assert (one["uuid"], one["shown"]) == (sent[1], "verified")
    assert list(feed.look(10)) == []


def test_lines_are_for_people_and_json_for_programs(service: RunningService) -> None:
    environment = {
        "WATCHWORD_MANAGE_URL": service.url,
        "WATCHWORD_MANAGE_TOKEN": token_of(service, "reader", Role.VIEWER),
        "NO_COLOR": "1",
    }
    desk = Desk(service.url, token_of(service, "sender", Role.OPERATOR))
    about = desk.call("send_code", {"phone_number": "+33612345681"})["uuid"]

    def tail(*arguments: str) -> str:
        given = ["tail", "--no-follow", "--last", "1", *arguments]
        return CliRunner().invoke(command, given, env=environment).stdout

    assert tail().split()[2:4] == ["FR", "+336******81"]
    assert tail().strip().endswith(about)
    assert json.loads(tail("--json"))["uuid"] == about
