"""W8: what is left of the service when a part of it fails; each test is a row of the table in the docs."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from server.tests.conftest import HOUR, LEASE, MINUTE, ROUTES, World
from server.tests.faults.load import Load, session
from server.tests.postgres import PostgresServer
from server.tests.processes import Process, serve

from watchword.domain.attempt import AttemptStatus
from watchword.domain.check import CheckStatus
from watchword.domain.event import Attempted
from watchword.domain.retry import RetryStatus
from watchword.ports.provider import Unavailable

UNSHARE = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--user", "--map-root-user")))
ON_SMALL_DISK = """
mount -t tmpfs -o size=6m none "$WATCHWORD_DATA_DIR" &&
head -c 4000000 /dev/zero > "$WATCHWORD_DATA_DIR/ballast" &&
exec "$0" -m watchword "$@"
"""


async def test_w8_a_full_disk_is_answered_503_and_got_over_when_there_is_room(
    tmp_path: Path,
) -> None:
    program = (*UNSHARE, "sh", "-c", ON_SMALL_DISK, sys.executable)
    process = Process("serve", "--port", "0", data_dir=tmp_path, program=program)
    await asyncio.to_thread(process.ready)
    inside = Path(f"/proc/{process.process.pid}/root") / tmp_path.relative_to("/")
    async with session() as http:
        load = Load([process.url], http)
        await load.until(lambda: load.statuses[503] >= 20)
        kept = dict(load.answered)
        status, body = await load.get("/readyz")
        assert status == 503
        assert "store" in json.loads(body)["checks"]
        (inside / "ballast").unlink()
        before = load.validated
        await load.until(lambda: load.validated >= before + 20)
        await load.settle()
        for authentication in kept:
            status, _ = await load.get(f"/v1/authentication/{authentication}")
            assert status == 200
    assert set(load.statuses) == {200, 503}
    assert load.without_retry_after == 0
    assert load.wrong == []
    assert await asyncio.to_thread(process.stop) == 0


async def test_w8_without_its_database_the_service_stays_up_and_says_what_is_wrong(
    tmp_path: Path,
) -> None:
    server = await asyncio.to_thread(PostgresServer)
    process = await asyncio.to_thread(serve, tmp_path, server.new_database())
    async with session() as http:
        load = Load([process.url], http)
        await load.until(lambda: load.validated >= 10)
        await asyncio.to_thread(server.stop, signal.SIGINT)
        assert await load.post("authentication", phone_number="+33612345678") is None
        (about, *_) = load.answered
        assert await load.post("check", authentication_uuid=about, check_code="1") is None
        status, body = await load.get("/readyz")
        assert status == 503
        assert "database" in json.loads(body)["checks"]["store"]
    assert load.statuses[503] == 2
    assert load.without_retry_after == 0
    assert await asyncio.to_thread(process.stop) == 0
    await asyncio.to_thread(server.close)


async def test_w8_a_provider_that_is_down_gives_way_to_the_next(world: World) -> None:
    world.providers["one"].script = [Unavailable("down")] * 3
    about = await world.pending()
    assert (await world.about(about)).attempts[0].route == ROUTES[1].name
    assert await world.check(about, await world.code(about)) is CheckStatus.VALID


async def test_w8_with_all_providers_down_a_retry_is_granted_at_once_and_checks_go_on(
    world: World,
) -> None:
    earlier = await world.pending("+33612345670")
    for provider in world.providers.values():
        provider.script = [Unavailable("down")]
    about = await world.pending()
    assert (await world.about(about)).attempts[0].status is AttemptStatus.FAILED
    assert await world.check(earlier, await world.code(earlier)) is CheckStatus.VALID
    assert (await world.retry(about)).status is RetryStatus.APPROVED
    await world.work()
    assert await world.check(about, await world.code(about, 2)) is CheckStatus.VALID


async def test_w8_a_clock_that_jumps_back_keeps_codes_valid_and_sends_what_is_new(
    world: World,
) -> None:
    before = await world.pending("+33612345670")
    world.clock.advance(-HOUR)
    assert await world.check(before, await world.code(before)) is CheckStatus.VALID
    about = await world.pending()
    assert await world.check(about, await world.code(about)) is CheckStatus.VALID


async def test_w8_a_clock_that_jumps_forward_ends_codes_and_never_prolongs_one(
    world: World,
) -> None:
    about = await world.pending()
    world.clock.advance(HOUR)
    assert await world.check(about, await world.code(about)) is CheckStatus.EXPIRED_AUTH
    world.clock.advance(-HOUR)
    await world.work()
    assert await world.check(about, await world.code(about)) in {
        CheckStatus.VALID,
        CheckStatus.EXPIRED_AUTH,
    }


async def test_w8_a_clock_that_jumps_forward_within_a_lease_marks_what_may_be_sent_twice(
    world: World,
) -> None:
    answer = await world.ask()
    (first,) = [task for task in await world.claim() if task.due_at > world.clock.now()][:1]
    world.clock.advance(LEASE + MINUTE)
    await world.work()
    await world.carry_out(first)  # the one whose lease was taken from it by the jump
    attempted = [
        what
        for what in await world.happened(answer.authentication_id)
        if isinstance(what, Attempted)
    ]
    assert len(attempted) == 1
    assert attempted[0].possible_duplicate
    assert len(world.sent) <= 2


async def test_w8_without_its_keys_a_service_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{}")
    process = Process("serve", "--port", "0", data_dir=tmp_path)
    assert await asyncio.to_thread(process.wait) == 69
    assert "keys.json" in "".join(process.output)
