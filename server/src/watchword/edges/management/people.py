"""Operations on operators: who they are, how they sign in, and the tokens of their scripts."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

from watchword.domain.operator import EVERYWHERE, Grant, GrantKind, Operator, Role
from watchword.edges.management.operation import Call, Done, Nothing, Operation, Problem, Undo
from watchword.usecases.manage.operators import (
    ManageOperators,
    NoSuchOperatorError,
    NoSuchTokenError,
)

Name = Annotated[str, Meta(min_length=1, max_length=60)]
Secret = Annotated[str, Meta(min_length=1, max_length=200)]


class Person(Struct, frozen=True, kw_only=True):
    """An operator without secrets; `roles` are by project id, `*` is all. Times are Unix ms."""

    name: str
    roles: dict[str, Role]
    has_password: bool
    has_totp: bool
    disabled: bool
    signed_in_at: int | None
    created_at: int


class People(Struct, frozen=True):
    """Every operator."""

    items: tuple[Person, ...]


class Token(Struct, frozen=True, kw_only=True):
    """A token of a script, without its secret."""

    hint: str
    name: str
    role: Role
    created_at: int
    expires_at: int


class Me(Struct, frozen=True, kw_only=True):
    """The caller, and the tokens that act in their name."""

    person: Person
    tokens: tuple[Token, ...]


class NewPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operator to add; `project` is an id, or `*` for all."""

    name: Name
    role: Role = Role.VIEWER
    project: str = EVERYWHERE


class OnePerson(Struct, frozen=True, forbid_unknown_fields=True):
    """One operator by name."""

    name: Name


class NewRole(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role in a project, or `*` for all; without one the role there is taken away."""

    name: Name
    project: str = EVERYWHERE
    role: Role | None = None


class NewPassword(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another password for the caller."""

    password: Secret


class TotpBegun(Struct, frozen=True, kw_only=True):
    """What an authenticator app is set up with; it counts once a code of it was confirmed."""

    secret: str
    uri: str
    message: str


class TotpConfirmed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret that was shown, and a code that the app makes of it."""

    secret: Secret
    code: Annotated[str, Meta(min_length=6, max_length=8)]


class NewToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token for a script; it may no more than its operator."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    role: Role = Role.VIEWER


class TokenMade(Struct, frozen=True, kw_only=True):
    """A fresh token; `secret` is shown this once."""

    secret: str
    hint: str
    message: str


class OneToken(Struct, frozen=True, forbid_unknown_fields=True):
    """One token by its hint."""

    hint: Annotated[str, Meta(min_length=4, max_length=80)]


class Link(Struct, frozen=True, kw_only=True):
    """A sign-in link that works once, for ten minutes."""

    url: str
    message: str


def person_of(operator: Operator) -> Person:
    """An operator as they are shown."""
    return Person(
        name=operator.name,
        roles=operator.roles,
        has_password=operator.password is not None,
        has_totp=operator.totp is not None,
        disabled=operator.disabled,
        signed_in_at=operator.signed_in_at,
        created_at=operator.created_at,
    )


def _token(grant: Grant) -> Token:
    return Token(
        hint=grant.hint,
        name=grant.name,
        role=grant.role,
        created_at=grant.created_at,
        expires_at=grant.expires_at,
    )


def _people(call: Call) -> ManageOperators:
    return replace(call.management.people, actor=call.actor)


async def _named(call: Call, name: str) -> Operator:
    try:
        return await _people(call).find(name)
    except NoSuchOperatorError as error:
        raise Problem(404, "not_found", str(error)) from None


def _bad(error: ValueError) -> Problem:
    return Problem(400, "bad_request", str(error))


async def read_me(call: Call, _: Nothing) -> Me:
    """Tell who calls."""
    tokens = await call.management.operators.grants(call.operator.id, GrantKind.TOKEN)
    return Me(person=person_of(call.operator), tokens=tuple(map(_token, tokens)))


async def list_people(call: Call, _: Nothing) -> People:
    """Read every operator."""
    return People(tuple(map(person_of, await call.management.people.list())))


async def add_person(call: Call, new: NewPerson) -> Link:
    """Add an operator, and make their first sign-in link."""
    try:
        made = await _people(call).create(new.name, {new.project: new.role})
    except ValueError as error:
        raise _bad(error) from None
    return await _link(call, made)


async def make_link(call: Call, which: OnePerson) -> Link:
    """Make a sign-in link."""
    return await _link(call, await _named(call, which.name))


async def _link(call: Call, operator: Operator) -> Link:
    secret = await replace(call.management.sign_in, actor=call.actor).make_link(operator)
    return Link(
        url=f"{call.management.url}/in/{secret}",
        message=f"{operator.name} signs in with this link, once, within ten minutes.",
    )


async def set_role(call: Call, new: NewRole) -> Done:
    """Give or take a role."""
    operator = await _named(call, new.name)
    try:
        about = EVERYWHERE if new.project == EVERYWHERE else str(UUID(new.project))
    except ValueError:
        raise Problem(400, "bad_request", "project: the id of a project, or *") from None
    before = operator.roles.get(about)
    roles = {project: role for project, role in operator.roles.items() if project != about}
    if new.role is not None:
        roles[about] = new.role
    try:
        await _people(call).set_roles(operator, roles)
    except ValueError as error:
        raise _bad(error) from None
    undo = {"name": new.name, "project": about, "role": before.value if before else None}
    words = f"is {new.role} now" if new.role else "has that role no more"
    return Done(f"{operator.name} {words}.", Undo("set_role", undo))


async def disable_person(call: Call, which: OnePerson) -> Done:
    """Sign an operator out, and let them in no more."""
    try:
        await _people(call).disable(await _named(call, which.name))
    except ValueError as error:
        raise _bad(error) from None
    return Done(f"{which.name} is locked out.", Undo("enable_person", {"name": which.name}))


async def enable_person(call: Call, which: OnePerson) -> Done:
    """Let an operator in again."""
    await _people(call).enable(await _named(call, which.name))
    return Done(f"{which.name} may sign in.", Undo("disable_person", {"name": which.name}))


async def remove_person(call: Call, which: OnePerson) -> Done:
    """Remove an operator."""
    try:
        await _people(call).remove(await _named(call, which.name))
    except ValueError as error:
        raise _bad(error) from None
    return Done(f"{which.name} is gone.")


async def set_password(call: Call, new: NewPassword) -> Done:
    """Give the caller another password."""
    try:
        await _people(call).set_password(await _named(call, call.operator.name), new.password)
    except ValueError as error:
        raise _bad(error) from None
    return Done("The password is set; sign in with it.")


async def begin_totp(call: Call, _: Nothing) -> TotpBegun:
    """Begin to use one-time codes."""
    secret, uri = _people(call).begin_totp(call.operator)
    return TotpBegun(secret=secret, uri=uri, message="Scan this, then type the code it shows.")


async def confirm_totp(call: Call, new: TotpConfirmed) -> Done:
    """Use one-time codes from now on."""
    operator = await _named(call, call.operator.name)
    try:
        await _people(call).confirm_totp(operator, new.secret, new.code)
    except ValueError as error:
        raise _bad(error) from None
    return Done("Signing in asks for a one-time code from now on.")


async def remove_totp(call: Call, _: Nothing) -> Done:
    """Ask the caller for one-time codes no more."""
    await _people(call).remove_totp(await _named(call, call.operator.name))
    return Done("Signing in asks for no one-time code any more.")


async def create_token(call: Call, new: NewToken) -> TokenMade:
    """Make a token for a script."""
    try:
        secret, grant = await _people(call).create_token(call.operator, new.name, new.role)
    except ValueError as error:
        raise _bad(error) from None
    return TokenMade(
        secret=secret, hint=grant.hint, message="Copy the token now: it is not shown again."
    )


async def revoke_token(call: Call, which: OneToken) -> Done:
    """End one of the caller's tokens."""
    tokens = await call.management.operators.grants(call.operator.id, GrantKind.TOKEN)
    ours = [grant for grant in tokens if grant.hint == which.hint]
    if not ours:
        raise Problem(404, "not_found", "there is no such token of yours")
    try:
        await _people(call).revoke_token(ours[0].digest.hex())
    except NoSuchTokenError as error:
        raise Problem(404, "not_found", str(error)) from None
    return Done("The token is refused from now on.")


_ONE = "/operators/{name}"
OPERATIONS = (
    Operation(
        name="read_me",
        method="GET",
        path="/me",
        role=Role.VIEWER,
        summary="The caller, their roles and their tokens.",
        gives=Me,
        run=read_me,
        for_anybody=True,
    ),
    Operation(
        name="set_password",
        method="PUT",
        path="/me/password",
        role=Role.VIEWER,
        summary="Give the caller another password; their sessions end.",
        takes=NewPassword,
        run=set_password,
        for_anybody=True,
        by_session=True,
    ),
    Operation(
        name="begin_totp",
        method="POST",
        path="/me/totp",
        role=Role.VIEWER,
        summary="A secret for an authenticator app (RFC 6238), not in force yet.",
        gives=TotpBegun,
        run=begin_totp,
        for_anybody=True,
        by_session=True,
    ),
    Operation(
        name="confirm_totp",
        method="PUT",
        path="/me/totp",
        role=Role.VIEWER,
        summary="Ask the caller for one-time codes from now on.",
        takes=TotpConfirmed,
        run=confirm_totp,
        for_anybody=True,
        by_session=True,
    ),
    Operation(
        name="remove_totp",
        method="DELETE",
        path="/me/totp",
        role=Role.VIEWER,
        summary="Ask the caller for one-time codes no more.",
        run=remove_totp,
        for_anybody=True,
        by_session=True,
    ),
    Operation(
        name="create_token",
        method="POST",
        path="/me/tokens",
        role=Role.VIEWER,
        summary="Make a token for a script, which is shown this once.",
        takes=NewToken,
        gives=TokenMade,
        run=create_token,
        for_anybody=True,
        by_session=True,
    ),
    Operation(
        name="revoke_token",
        method="POST",
        path="/me/tokens/revoke",
        role=Role.VIEWER,
        summary="End one of the caller's tokens.",
        takes=OneToken,
        run=revoke_token,
        for_anybody=True,
    ),
    Operation(
        name="list_people",
        method="GET",
        path="/operators",
        role=Role.OWNER,
        summary="Every operator with their roles.",
        gives=People,
        run=list_people,
    ),
    Operation(
        name="add_person",
        method="POST",
        path="/operators",
        role=Role.OWNER,
        summary="Add an operator; the answer is their first sign-in link.",
        takes=NewPerson,
        gives=Link,
        run=add_person,
    ),
    Operation(
        name="make_link",
        method="POST",
        path=f"{_ONE}/link",
        role=Role.OWNER,
        summary="A sign-in link for an operator, which works once.",
        takes=OnePerson,
        gives=Link,
        run=make_link,
    ),
    Operation(
        name="set_role",
        method="PUT",
        path=f"{_ONE}/role",
        role=Role.OWNER,
        summary="Give an operator a role in a project or in all, or take it away.",
        takes=NewRole,
        run=set_role,
    ),
    Operation(
        name="disable_person",
        method="POST",
        path=f"{_ONE}/disable",
        role=Role.OWNER,
        summary="Sign an operator out, and let them in no more.",
        takes=OnePerson,
        run=disable_person,
    ),
    Operation(
        name="enable_person",
        method="POST",
        path=f"{_ONE}/enable",
        role=Role.OWNER,
        summary="Let an operator in again.",
        takes=OnePerson,
        run=enable_person,
    ),
    Operation(
        name="remove_person",
        method="DELETE",
        path=_ONE,
        role=Role.OWNER,
        summary="Remove an operator with their sessions and tokens.",
        takes=OnePerson,
        run=remove_person,
    ),
)
