"""Sessions keep to the protocol whatever a message centre does."""

import asyncio

import pytest
from msgspec.structs import replace
from server.tests.providers.smpp.centre import (
    NUMBER,
    PATIENCE,
    Centre,
    Inbox,
    Session,
    message,
    opened,
)
from structlog.testing import capture_logs

from watchword.adapters.providers.smpp.pdu import (
    HEADER,
    RESPONSE,
    Answer,
    Command,
    Frame,
    Malformed,
)
from watchword.adapters.providers.smpp.provider import Smpp
from watchword.adapters.providers.smpp.reading import read_bind
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    RefusalKind,
    Refused,
    Unavailable,
)

QUICK = 0.05
"""Seconds between signs of life, and for an answer, where a test waits for either."""


async def test_a_bind_says_who_we_are(centre: Centre) -> None:
    settings = replace(centre.settings, system_type="VMA")
    async with opened(settings) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
    assert session.command == Command.BIND_TRANSCEIVER
    asked = read_bind(centre.got(Command.BIND_TRANSCEIVER)[0].body)
    assert not isinstance(asked, Malformed)
    assert (asked.system_id, asked.password) == ("acme", "secret")
    assert (asked.system_type, asked.interface_version) == ("VMA", 0x34)


async def test_the_first_send_binds_where_nobody_has(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        assert await provider.send(message()) == Accepted("id1")
        assert len(centre.got(Command.BIND_TRANSCEIVER)) == 1


async def test_a_wrong_password_refuses_the_account_though_the_answer_has_no_body(
    centre: Centre,
) -> None:
    centre.on[Command.BIND_TRANSCEIVER] = lambda session, frame: session.answer(frame, 0x0E)
    async with opened(centre.settings, jitter=1.0) as provider:
        for outcome in (await provider.probe(), await provider.send(message())):
            assert isinstance(outcome, Refused)
            assert (outcome.kind, outcome.code) == (RefusalKind.ACCOUNT, "0x0000000E")


async def test_where_nobody_listens_the_provider_is_unavailable(centre: Centre) -> None:
    settings = centre.settings
    await centre.close()
    async with opened(settings, jitter=1.0) as provider:
        assert isinstance(await provider.probe(), Unavailable)
        assert isinstance(await provider.send(message()), Unavailable)
    await centre.open()


async def test_closing_unbinds(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        await provider.send(message())
    assert len(centre.got(Command.UNBIND)) == 1
    await centre.news.until(lambda: not centre.sessions)
    assert isinstance(await provider.send(message()), Unavailable)


async def test_closing_does_not_wait_for_a_centre_that_says_nothing(centre: Centre) -> None:
    centre.on[Command.UNBIND] = lambda session, frame: None
    async with opened(replace(centre.settings, response_time=QUICK)) as provider:
        await provider.send(message())
    await centre.news.until(lambda: not centre.sessions)


async def test_a_probe_leaves_no_bind_behind(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        assert await provider.probe() == Healthy("bound to CENTRE")
        await centre.news.until(lambda: not centre.sessions)
        assert len(centre.got(Command.UNBIND)) == 1
        await provider.send(message())
        assert await provider.probe() == Healthy("bound to CENTRE")
        assert len(centre.got(Command.BIND_TRANSCEIVER)) == 2


async def test_a_lost_connection_is_made_again(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        session.writer.close()
        await centre.holds(Command.BIND_TRANSCEIVER, 2)
        assert isinstance(await provider.send(message()), Accepted)


async def test_a_submission_on_a_lost_connection_is_unavailable(centre: Centre) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: session.writer.close()
    async with opened(centre.settings) as provider:
        assert isinstance(await provider.send(message()), Unavailable)


async def test_a_centre_that_unbinds_is_answered_and_bound_again(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        session.ask(Command.UNBIND)
        (answer,) = await centre.holds(Command.UNBIND | RESPONSE, 1)
        assert (answer.status, answer.sequence) == (0, 1)
        await centre.holds(Command.BIND_TRANSCEIVER, 2)


async def test_signs_of_life_are_answered(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        sequence = session.ask(Command.ENQUIRE_LINK)
        (answer,) = await centre.holds(Command.ENQUIRE_LINK | RESPONSE, 1)
        assert (answer.status, answer.sequence, answer.body) == (0, sequence, b"")


async def test_signs_of_life_are_asked_for(centre: Centre) -> None:
    async with opened(replace(centre.settings, enquire_link=QUICK)) as provider:
        await provider.start()
        await centre.holds(Command.ENQUIRE_LINK, 3)
        assert len(centre.got(Command.BIND_TRANSCEIVER)) == 1


async def test_a_centre_without_signs_of_life_is_given_up_and_bound_again(centre: Centre) -> None:
    centre.on[Command.ENQUIRE_LINK] = lambda session, frame: None
    settings = replace(centre.settings, enquire_link=QUICK, response_time=QUICK)
    async with opened(settings) as provider:
        await provider.start()
        await centre.holds(Command.BIND_TRANSCEIVER, 2)


async def test_a_submission_that_is_not_answered_is_unavailable(centre: Centre) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: None
    async with opened(replace(centre.settings, response_time=QUICK)) as provider:
        assert await provider.send(message()) == Unavailable("no answer in time")


async def test_unknown_commands_are_refused_and_notifications_are_not_answered(
    centre: Centre,
) -> None:
    async with opened(centre.settings) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        session.ask(Command.ALERT_NOTIFICATION, b"anything")
        session.ask(Command.SUBMIT_SM | RESPONSE, b"nobody asked")
        unknown = session.ask(0x0000_0777)
        (answer,) = await centre.holds(Command.GENERIC_NACK, 1)
        assert (answer.status, answer.sequence) == (0x03, unknown)
        assert isinstance(await provider.send(message()), Accepted)
        assert len(centre.got(Command.BIND_TRANSCEIVER)) == 1


async def test_a_stream_that_is_no_smpp_is_refused_and_bound_again(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        session.writer.write(HEADER.pack(7, 5, 0, 1))
        await centre.holds(Command.BIND_TRANSCEIVER, 2)
        assert isinstance(await provider.send(message()), Accepted)


async def test_an_answer_of_another_kind_is_not_taken_for_ours(centre: Centre) -> None:
    def confused(session: Session, frame: Frame) -> None:
        session.write(Frame(Command.ENQUIRE_LINK | RESPONSE, 0, frame.sequence))
        session.answer(frame, 0, Answer(name="right").encode())

    centre.on[Command.SUBMIT_SM] = confused
    async with opened(centre.settings) as provider:
        assert await provider.send(message()) == Accepted("right")


async def test_a_bind_that_the_centre_has_forgotten_is_made_again(centre: Centre) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: session.answer(frame, 0x04)
    async with opened(centre.settings) as provider:
        outcome = await provider.send(message())
        assert isinstance(outcome, Refused)
        assert outcome.kind is RefusalKind.PASSING
        await centre.holds(Command.BIND_TRANSCEIVER, 2)


async def test_no_more_is_unanswered_than_the_window_allows(centre: Centre) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: None
    async with opened(replace(centre.settings, window=3)) as provider, asyncio.TaskGroup() as group:
        sends = [group.create_task(provider.send(message())) for _ in range(10)]
        for owed in range(3, 11):
            held = await centre.holds(Command.SUBMIT_SM, owed)
            (session,) = await centre.bound(1)
            # What is sent after the window is full would arrive before the answer to this.
            session.ask(Command.ENQUIRE_LINK)
            await centre.holds(Command.ENQUIRE_LINK | RESPONSE, owed - 2)
            assert len(centre.got(Command.SUBMIT_SM)) == owed
            centre.agree(session, held[owed - 3])
        for frame in centre.got(Command.SUBMIT_SM)[8:]:
            centre.agree(session, frame)
    assert sorted(str(send.result()) for send in sends) == sorted(
        str(Accepted(f"id{number}")) for number in range(1, 11)
    )


async def test_a_place_in_the_window_is_kept_when_the_sender_no_longer_waits(
    centre: Centre,
) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: None
    async with opened(replace(centre.settings, window=1)) as provider:
        first = asyncio.create_task(provider.send(message()))
        (owed,) = await centre.holds(Command.SUBMIT_SM, 1)
        first.cancel()
        second = asyncio.create_task(provider.send(message()))
        (session,) = await centre.bound(1)
        session.ask(Command.ENQUIRE_LINK)
        await centre.holds(Command.ENQUIRE_LINK | RESPONSE, 1)
        assert len(centre.got(Command.SUBMIT_SM)) == 1
        centre.agree(session, owed)
        _, next_one = await centre.holds(Command.SUBMIT_SM, 2)
        centre.agree(session, next_one)
        assert await second == Accepted("id2")


async def test_who_waits_for_a_window_goes_to_another_bind_when_this_one_ends(
    centre: Centre,
) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: None
    async with opened(replace(centre.settings, window=1)) as provider:
        first = asyncio.create_task(provider.send(message()))
        await centre.holds(Command.SUBMIT_SM, 1)
        others = [asyncio.create_task(provider.send(message())) for _ in range(3)]
        del centre.on[Command.SUBMIT_SM]
        (session,) = await centre.bound(1)
        session.ask(Command.UNBIND)
        assert isinstance(await first, Unavailable)
        outcomes = [await other for other in others]
        # A bind that has just ended may be in its pause; what was not sent may not be lost otherwise.
        assert all(isinstance(each, Accepted | Unavailable) for each in outcomes)
        assert isinstance(await eventually_accepted(provider), Accepted)


async def eventually_accepted(provider: Smpp) -> Accepted | Refused | Unavailable:
    async with asyncio.timeout(PATIENCE):
        while True:
            outcome = await provider.send(message())
            if isinstance(outcome, Accepted):
                return outcome
            await asyncio.sleep(0)


async def test_binds_take_turns(centre: Centre) -> None:
    async with opened(
        replace(centre.settings, commands=(Command.BIND_TRANSCEIVER,) * 3)
    ) as provider:
        await provider.start()
        await centre.bound(3)
        await asyncio.gather(*(provider.probe() for _ in range(3)))
        for _ in range(9):
            await provider.send(message())
    used = [session for session, frame in centre.frames if frame.command == Command.SUBMIT_SM]
    assert sorted(used.count(session) for session in set(used)) == [3, 3, 3]


async def test_a_pair_submits_over_the_transmitter_alone(centre: Centre) -> None:
    pair = (Command.BIND_TRANSMITTER, Command.BIND_RECEIVER)
    async with opened(replace(centre.settings, commands=pair)) as provider:
        await provider.start()
        await centre.bound(2)
        for _ in range(4):
            assert isinstance(await provider.send(message()), Accepted)
    used = {s.command for s, frame in centre.frames if frame.command == Command.SUBMIT_SM}
    assert used == {Command.BIND_TRANSMITTER}
    assert len(centre.got(Command.UNBIND)) == 2


async def test_receipts_are_not_posted(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        asked = Inbound(method="POST", url="https://verify.example/", headers={}, body=b"", at=0)
        assert isinstance(await provider.receipts(asked), Forged)
        assert await provider.report("id1") is None


async def test_nothing_secret_is_logged(centre: Centre, inbox: Inbox) -> None:
    with capture_logs() as lines:
        async with opened(centre.settings, inbox) as provider:
            await provider.send(message())
            (session,) = await centre.bound(1)
            session.ask(Command.DELIVER_SM, b"\0" + NUMBER.encode())
            await centre.holds(Command.DELIVER_SM | RESPONSE, 1)
            session.writer.close()
            await centre.holds(Command.BIND_TRANSCEIVER, 2)
    written = repr(lines)
    assert {line["event"] for line in lines} >= {"not bound", "a message cannot be read"}
    for secret in ("secret", NUMBER, NUMBER[1:], "908172"):
        assert secret not in written


@pytest.mark.parametrize("status", [0x58, 0x14])
async def test_a_throttling_centre_is_sent_to_more_slowly(centre: Centre, status: int) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: session.answer(frame, status)
    async with opened(replace(centre.settings, per_second=1000)) as provider:
        outcome = await provider.send(message())
        assert isinstance(outcome, Refused)
        assert outcome.kind is RefusalKind.THROTTLE
        assert outcome.retry_after
        loop = asyncio.get_running_loop()
        assert provider._pool._pace.per_second(loop.time()) == 500
