"""Owners say who may do what; an installation always keeps an owner, and its log no secret."""

import asyncio

import pytest
from server.tests.conftest import World
from server.tests.usecases.proofs import PASSWORD, Office

from watchword.adapters.keyring import FileKeyring
from watchword.domain.api_key import digest
from watchword.domain.operator import GrantKind, Operator, Role
from watchword.usecases.manage.operators import NoSuchOperatorError, NoSuchTokenError
from watchword.usecases.sign_in import Refused, SignedIn

OWNER = {"*": Role.OWNER}
VIEWER = {"*": Role.VIEWER}


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


@pytest.fixture
async def ann(office: Office) -> Operator:
    return await office.manage.create("ann", OWNER)


async def test_an_operator_is_made_and_found_by_name(
    world: World, office: Office, ann: Operator
) -> None:
    assert await office.manage.list() == [ann]
    assert await office.manage.find("ann") == ann
    assert ann.may(Role.OWNER, world.project.id)
    for missing in ("ben", "", "\ud800"):
        with pytest.raises(NoSuchOperatorError, match="there are ann"):
            await office.manage.find(missing)


@pytest.mark.parametrize("name", ["", " ", " ben", "ben\n", "b\x00n", "\ud800", "b" * 61])
async def test_a_name_is_short_and_prints(office: Office, name: str) -> None:
    with pytest.raises(ValueError, match="1 to 60 characters"):
        await office.manage.create(name, OWNER)
    assert await office.manage.list() == []


async def test_a_name_is_taken_once_and_roles_name_something(office: Office, ann: Operator) -> None:
    with pytest.raises(ValueError, match="already"):
        await office.manage.create("ann", VIEWER)
    with pytest.raises(ValueError, match="needs a role"):
        await office.manage.create("ben", {})
    with pytest.raises(ValueError, match="UUID"):
        await office.manage.create("ben", {"acme": Role.VIEWER})
    assert await office.manage.list() == [ann]


async def test_the_first_owner_is_made_once_by_however_many_processes(office: Office) -> None:
    made = await asyncio.gather(*(office.manage.first_owner() for _ in range(5)))
    assert {operator.id for operator in made} == {made[0].id}
    assert (made[0].name, made[0].roles) == ("owner", OWNER)
    assert not await office.manage.has_password()
    assert await office.actions() == ["created"]


async def test_only_an_owner_who_may_sign_in_counts_as_having_a_password(
    office: Office, ann: Operator
) -> None:
    ben = await office.manage.create("ben", VIEWER)
    await office.manage.set_password(ben, PASSWORD)
    assert not await office.manage.has_password()
    await office.manage.set_password(ann, PASSWORD)
    assert await office.manage.has_password()
    await office.manage.create("cat", OWNER)
    await office.manage.disable(ann)
    assert not await office.manage.has_password()


@pytest.mark.parametrize(("length", "said"), [(11, "at least 12"), (201, "at most 200")])
async def test_a_password_is_neither_short_nor_endless(
    office: Office, ann: Operator, length: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        await office.manage.set_password(ann, "x" * length)
    assert await office.manage.find("ann") == ann


async def test_another_password_ends_sessions_and_the_wait_but_no_token(
    world: World, office: Office, ann: Operator
) -> None:
    await office.manage.set_password(ann, PASSWORD)
    session = await office.sign_in.with_password("ann", PASSWORD)
    assert isinstance(session, SignedIn)
    link = await office.sign_in.make_link(ann)
    token, _ = await office.manage.create_token(ann, "ci", Role.OWNER)
    for _ in range(5):
        await office.sign_in.with_password("ann", "wrong")
    await office.manage.set_password(ann, "another password")
    now = world.clock.now()
    assert await office.sign_in.session(session.secret, now) is None
    assert await office.sign_in.with_link(link) is None
    assert await office.sign_in.session(token, now) is not None
    assert await office.sign_in.with_password("ann", PASSWORD) is Refused.WRONG
    assert isinstance(await office.sign_in.with_password("ann", "another password"), SignedIn)


async def test_the_last_owner_stays_owner(world: World, office: Office, ann: Operator) -> None:
    ben = await office.manage.create("ben", {str(world.project.id): Role.OWNER})
    cat = await office.manage.create("cat", OWNER)
    await office.manage.disable(cat)
    for attempt in (
        office.manage.disable(ann),
        office.manage.remove(ann),
        office.manage.set_roles(ann, VIEWER),
    ):
        with pytest.raises(ValueError, match="last owner"):
            await attempt
    assert await office.manage.find("ann") == ann
    await office.manage.remove(ben)
    await office.manage.enable(cat)
    await office.manage.remove(ann)
    assert [operator.name for operator in await office.manage.list()] == ["cat"]


async def test_roles_hold_where_they_are_given(world: World, office: Office, ann: Operator) -> None:
    ben = await office.manage.create("ben", VIEWER)
    ben = await office.manage.set_roles(ben, {str(world.project.id).upper(): Role.OPERATOR})
    assert ben == await office.manage.find("ben")
    assert ben.may(Role.OPERATOR, world.project.id)
    assert not ben.may(Role.VIEWER, None)


async def test_who_is_disabled_acts_by_nothing_and_enabled_by_their_tokens(
    world: World, office: Office, ann: Operator
) -> None:
    ben = await office.manage.create("ben", VIEWER)
    link = await office.sign_in.make_link(ben)
    begun = await office.sign_in.with_link(link)
    assert begun is not None
    token, _ = await office.manage.create_token(ben, "ci", Role.VIEWER)
    await office.manage.disable(ben)
    now = world.clock.now()
    assert await office.sign_in.session(begun.secret, now) is None
    assert await office.sign_in.session(token, now) is None
    await office.manage.enable(ben)
    assert await office.sign_in.session(begun.secret, now) is None
    assert await office.sign_in.session(token, now) is not None


async def test_what_stood_for_somebody_removed_stands_for_nobody(
    world: World, office: Office, ann: Operator
) -> None:
    ben = await office.manage.create("ben", VIEWER)
    token, _ = await office.manage.create_token(ben, "ci", Role.VIEWER)
    await office.manage.remove(ben)
    assert await office.sign_in.session(token, world.clock.now()) is None
    assert await world.store.grants(ben.id, GrantKind.TOKEN) == []
    with pytest.raises(NoSuchOperatorError, match="gone"):
        await office.manage.enable(ben)


async def test_a_change_keeps_what_others_changed_meanwhile(office: Office, ann: Operator) -> None:
    ben = await office.manage.create("ben", VIEWER)
    await asyncio.gather(
        office.manage.set_password(ben, PASSWORD),
        office.manage.set_roles(ben, OWNER),
        office.manage.disable(ben),
    )
    now = await office.manage.find("ben")
    assert (now.password is not None, now.roles, now.disabled) == (True, OWNER, True)


async def test_one_time_codes_begin_once_a_device_has_made_one(
    office: Office, ann: Operator
) -> None:
    secret, uri = office.manage.begin_totp(ann)
    assert f"secret={secret}" in uri
    assert await office.manage.find("ann") == ann
    with pytest.raises(ValueError, match="not right"):
        await office.manage.confirm_totp(ann, secret, office.code(secret, 3_600_000))
    await office.manage.set_password(ann, PASSWORD)
    kept = await office.manage.confirm_totp(ann, secret, office.code(secret))
    assert secret not in repr(kept)
    code = office.code(secret)
    assert await office.sign_in.with_password("ann", PASSWORD, code) is Refused.WRONG
    await office.manage.remove_totp(ann)
    assert isinstance(await office.sign_in.with_password("ann", PASSWORD), SignedIn)


async def test_one_time_secrets_outlive_the_key_they_were_sealed_under(
    world: World, office: Office, ann: Operator
) -> None:
    await office.manage.set_password(ann, PASSWORD)
    secret = await office.with_totp(ann)
    world.keyring._keys["k2"] = b"q" * 32
    world.keyring._current = "k2"
    await office.manage.create("ben", VIEWER)
    await office.manage.seal_again()
    del world.keyring._keys["k1"]
    assert isinstance(world.keyring, FileKeyring)
    answer = await office.sign_in.with_password("ann", PASSWORD, office.code(secret))
    assert isinstance(answer, SignedIn)


async def test_a_token_is_shown_once_and_ends_by_its_hint_or_its_digest(
    world: World, office: Office, ann: Operator
) -> None:
    made = [await office.manage.create_token(ann, "ci", Role.OPERATOR) for _ in range(3)]
    assert all(shown.startswith("wwm_") for shown, _ in made)
    assert {token.digest for token in await office.manage.tokens(ann)} == {
        digest(shown) for shown, _ in made
    }
    assert await office.manage.revoke_token(made[0][1].hint) == made[0][1]
    assert await office.manage.revoke_token(made[1][1].digest.hex()) == made[1][1]
    good = [await office.sign_in.session(shown, world.clock.now()) for shown, _ in made]
    assert [found is not None for found in good] == [False, False, True]
    with pytest.raises(NoSuchTokenError):
        await office.manage.revoke_token(made[0][1].hint)
    for name in ("", "x" * 81, "a\nb"):
        with pytest.raises(ValueError, match="1 to 80"):
            await office.manage.create_token(ann, name, Role.VIEWER)


async def test_every_change_has_its_line_and_no_line_a_secret(
    office: Office, ann: Operator
) -> None:
    await office.manage.set_password(ann, PASSWORD)
    secret = await office.with_totp(ann)
    await office.manage.remove_totp(ann)
    shown, token = await office.manage.create_token(ann, "ci", Role.VIEWER)
    await office.manage.revoke_token(token.hint)
    ben = await office.manage.create("ben", VIEWER)
    await office.manage.set_roles(ben, OWNER)
    await office.manage.disable(ben)
    await office.manage.enable(ben)
    await office.manage.remove(ben)
    assert await office.actions() == [
        "created",
        "password_set",
        "totp_set",
        "totp_removed",
        "token_created",
        "token_revoked",
        "created",
        "roles_set",
        "disabled",
        "enabled",
        "removed",
    ]
    notes = await office.notes()
    assert {note.actor for note in notes} == {"tests"}
    for hidden in (PASSWORD, secret, shown):
        assert hidden not in repr(notes)
