"""Operations on provider accounts: add, test, pause, and how each fared in a day."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

from watchword.domain.authentication import StartStatus
from watchword.domain.errors import Refusal
from watchword.domain.operator import Role
from watchword.domain.rollup import DAY, HOUR, total
from watchword.domain.routing.route import SANDBOX_ACCOUNT
from watchword.domain.start_request import StartRequest
from watchword.edges.management.operation import Call, Done, Nothing, Operation, Problem, Undo
from watchword.ports.numbering import NumberProblem
from watchword.ports.provider import Healthy, KindDescription, Refused, Unavailable
from watchword.ports.reports import Period
from watchword.usecases.manage.provider_accounts import NoSuchAccountError
from watchword.usecases.manage.reporting import Counts, counts_of

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=2000)]
SLOT = 2 * HOUR


class Account(Struct, frozen=True, kw_only=True):
    """A provider account without its credentials, and how it fared in a day.

    `course` is the share of messages that arrived, by two hours, oldest first, None where none was
    sent; `breakers` says in words what this process leaves alone.
    """

    name: str
    provider: str
    title: str
    paused: bool
    credentials: tuple[str, ...]
    counts: Counts
    course: tuple[float | None, ...]
    breakers: tuple[str, ...]


class Accounts(Struct, frozen=True):
    """Every account, and the kinds that are installed."""

    items: tuple[Account, ...]
    kinds: tuple[KindDescription, ...]


class NewAccount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account; a credential that is left out or empty stays as it was."""

    name: Name
    provider: Name
    credentials: dict[str, Text] = {}


class AccountName(Struct, frozen=True, forbid_unknown_fields=True):
    """One account."""

    name: Name


class TestWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code to send over one account, to a phone of the operator's own."""

    name: Name
    phone_number: Annotated[str, Meta(max_length=60)]


class TestSent(Struct, frozen=True, kw_only=True):
    """The authentication that was started, and in which project."""

    uuid: UUID
    customer_uuid: UUID
    status: StartStatus
    message: str


class Probed(Struct, frozen=True):
    """Whether a provider takes the credentials, and what it said."""

    healthy: bool
    message: str


async def list_accounts(call: Call, _: Nothing) -> Accounts:
    """Read every account."""
    management = call.management
    now = management.clock.now()
    until = now - now % HOUR + HOUR
    slots = await asyncio.gather(
        *(
            management.reports.by_way(Period(at, at + SLOT))
            for at in range(until - DAY, until, SLOT)
        )
    )
    standing = management.health.standing()
    kinds = {kind.name: kind for kind in management.kinds.describe()}

    def account(name: str, provider: str, title: str, **more: Any) -> Account:  # noqa: ANN401 - fields of its own
        rollups = [total(r for way, r in slot if way.account == name) for slot in slots]
        return Account(
            name=name,
            provider=provider,
            title=title,
            counts=counts_of(total(rollups)),
            course=tuple(rollup.arrival for rollup in rollups),
            breakers=tuple(
                f"{channel} in {'all countries' if country == '*' else country}: {because}"
                for of, channel, country, because in standing
                if of == name
            ),
            **more,
        )

    items = [
        account(
            known.name,
            known.provider,
            kinds[known.provider].title if known.provider in kinds else known.provider,
            paused=known.paused,
            credentials=tuple(sorted(management.accounts.credentials(known))),
        )
        for known in await management.accounts.list()
    ]
    sandbox = account(
        SANDBOX_ACCOUNT, SANDBOX_ACCOUNT, "Sandbox inbox", paused=False, credentials=()
    )
    return Accounts((*items, sandbox), tuple(kinds.values()))


async def put_account(call: Call, new: NewAccount) -> Done:
    """Add or change an account."""
    management = call.management
    accounts = replace(management.accounts, actor=call.actor)
    known = {account.name: account for account in await accounts.list()}.get(new.name)
    given = {field: value for field, value in new.credentials.items() if value}
    if known is not None and known.provider == new.provider:
        given = {**accounts.credentials(known), **given}
    if new.name == SANDBOX_ACCOUNT:
        raise Problem(400, "bad_request", "the sandbox needs no account")
    try:
        management.kinds.check(new.provider, given)
    except ValueError as error:
        raise Problem(400, "bad_request", str(error)) from None
    await accounts.put(new.name, new.provider, given)
    await management.kinds.refresh()
    return Done(f"{new.name} is kept; its credentials are sealed.")


async def pause_account(call: Call, which: AccountName) -> Done:
    """Send nothing over an account."""
    await _paused(call, which.name, paused=True)
    return Done(f"Nothing is sent over {which.name}.", Undo("resume_account", {"name": which.name}))


async def resume_account(call: Call, which: AccountName) -> Done:
    """Send over it again."""
    await _paused(call, which.name, paused=False)
    return Done(f"{which.name} is in use again.", Undo("pause_account", {"name": which.name}))


async def _paused(call: Call, name: str, *, paused: bool) -> None:
    try:
        await replace(call.management.accounts, actor=call.actor).pause(name, paused=paused)
    except NoSuchAccountError as error:
        raise Problem(404, "not_found", str(error)) from None


async def remove_account(call: Call, which: AccountName) -> Done:
    """Take an account out."""
    for project in await call.management.projects.list():
        used = [route.name for route in project.settings.routes if route.account == which.name]
        if used:
            raise Problem(
                409,
                "in_use",
                f"routes of {project.name} use it: {', '.join(used)}. Pause it, or change them first",
            )
    try:
        await replace(call.management.accounts, actor=call.actor).remove(which.name)
    except NoSuchAccountError as error:
        raise Problem(404, "not_found", str(error)) from None
    return Done(f"{which.name} and its credentials are gone.")


async def test_account(call: Call, which: AccountName) -> Probed:
    """Ask a provider whether it takes the credentials."""
    provider = call.management.kinds.receiver(which.name)
    if provider is None:
        raise Problem(
            404, "not_found", f"no account is called {which.name!r}, or it cannot be used"
        )
    match await provider.probe():
        case Healthy(detail):
            return Probed(healthy=True, message=f"{which.name} answers: {detail}")
        case Refused(kind, code, cause):
            return Probed(healthy=False, message=f"{which.name} refused ({kind}): {code} {cause}")
        case Unavailable(cause):
            return Probed(healthy=False, message=f"{which.name} cannot be reached: {cause}")


async def send_test(call: Call, wanted: TestWanted) -> TestSent:
    """Send a code over one account alone."""
    management = call.management
    number = management.start.numbering.parse(wanted.phone_number)
    if isinstance(number, NumberProblem):
        raise Problem(400, "invalid_phone_number", number.message)
    for project in await management.projects.list():
        over = [
            route
            for route in project.settings.routes
            if route.account == wanted.name and route.serves(number.e164)
        ]
        if over and not project.is_sandbox:
            break
    else:
        words = f"no live project has a route over {wanted.name!r} that serves this number"
        raise Problem(409, "conflict", words)
    alone = replace(
        project.settings, routes=tuple(over), route_rules=(), max_fallbacks=0, stateless=False
    )
    request = StartRequest(phone_number=number.e164, correlation_id=f"test of {wanted.name}")
    answer = await management.start(replace(project, settings=alone), request)
    if isinstance(answer, Refusal):
        raise Problem(400, str(answer.code), answer.message)
    return TestSent(
        uuid=answer.authentication_id,
        customer_uuid=project.id,
        status=answer.status,
        message=f"test of {wanted.name} in {project.name}: {answer.status}",
    )


_ONE = "/accounts/{name}"
OPERATIONS = (
    Operation(
        name="list_accounts",
        method="GET",
        path="/accounts",
        role=Role.VIEWER,
        summary="Provider accounts with how they fared in a day, and the kinds that are installed.",
        gives=Accounts,
        run=list_accounts,
    ),
    Operation(
        name="put_account",
        method="PUT",
        path=_ONE,
        role=Role.OWNER,
        summary="Add an account, or give it other credentials, which are sealed and never shown.",
        takes=NewAccount,
        run=put_account,
    ),
    Operation(
        name="pause_account",
        method="POST",
        path=f"{_ONE}/pause",
        role=Role.OPERATOR,
        summary="Send nothing over an account for now.",
        takes=AccountName,
        run=pause_account,
    ),
    Operation(
        name="resume_account",
        method="POST",
        path=f"{_ONE}/resume",
        role=Role.OPERATOR,
        summary="Send over an account again.",
        takes=AccountName,
        run=resume_account,
    ),
    Operation(
        name="remove_account",
        method="DELETE",
        path=_ONE,
        role=Role.OWNER,
        summary="Take an account and its credentials out; no route may use it.",
        takes=AccountName,
        run=remove_account,
    ),
    Operation(
        name="test_account",
        method="POST",
        path=f"{_ONE}/test",
        role=Role.OPERATOR,
        summary="Ask a provider whether it takes the credentials; nothing is sent.",
        takes=AccountName,
        gives=Probed,
        run=test_account,
    ),
    Operation(
        name="send_test",
        method="POST",
        path=f"{_ONE}/send",
        role=Role.OPERATOR,
        summary="Send a real code over one account alone, in a live project with a route over it.",
        takes=TestWanted,
        gives=TestSent,
        run=send_test,
    ),
)
