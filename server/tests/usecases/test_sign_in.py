"""An operator who proves who they are is signed in, and nobody else is, however they try."""

import asyncio

import pytest
from server.tests.conftest import DAY, HOUR, MINUTE, World
from server.tests.usecases.proofs import PASSWORD, Office

from watchword.adapters.passwords import Argon2Passwords, TimePasswords
from watchword.domain.api_key import digest
from watchword.domain.operator import LOCKED_FOR, MOST_FAILURES, GrantKind, Operator, Role
from watchword.usecases.sign_in import Refused, SignedIn, SignIn


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


@pytest.fixture
async def ann(office: Office) -> Operator:
    made = await office.manage.create("ann", {"*": Role.OWNER})
    return await office.manage.set_password(made, PASSWORD)


async def signed_in(office: Office, code: str | None = None) -> SignedIn:
    answer = await office.sign_in.with_password("ann", PASSWORD, code, "Firefox")
    assert isinstance(answer, SignedIn)
    return answer


async def fail(office: Office, times: int) -> list[object]:
    return [await office.sign_in.with_password("ann", "wrong") for _ in range(times)]


async def test_a_password_begins_a_session_of_which_only_the_digest_is_kept(
    world: World, office: Office, ann: Operator
) -> None:
    answer = await signed_in(office)
    assert answer.expires_at == world.clock.now() + 12 * HOUR
    assert answer.secret not in repr(answer)
    (session,) = await world.store.grants(ann.id, GrantKind.SESSION)
    assert (session.digest, session.hint) == (digest(answer.secret), "Firefox")
    found = await office.sign_in.session(answer.secret, world.clock.now())
    assert found == (answer.operator, session)
    assert answer.operator == await world.store.operator(ann.id)
    assert answer.operator.signed_in_at == world.clock.now()


async def test_the_real_hash_signs_in_too(world: World) -> None:
    office = Office(world)
    proofs = Argon2Passwords(), TimePasswords(), world.keyring
    real = SignIn(world.store, world.clock, *proofs)
    made = await office.manage.create("ann", {"*": Role.OWNER})
    kept = await proofs[0].hash(PASSWORD)
    await world.store.put_operator(
        Operator(
            id=made.id,
            name="ann",
            created_at=made.created_at,
            roles=made.roles,
            password=kept,
            version=made.version,
        )
    )
    assert await real.with_password("ann", "wrong") is Refused.WRONG
    assert await real.with_password("nobody", PASSWORD) is Refused.WRONG
    assert isinstance(await real.with_password("ann", PASSWORD), SignedIn)


@pytest.mark.parametrize("name", ["nobody", "", "ann ", "a\x00b", "\ud800", "x" * 10_000, PASSWORD])
async def test_a_name_that_nobody_has_costs_a_hash_and_fills_no_log(
    office: Office, ann: Operator, name: str
) -> None:
    before = await office.actions()
    assert await office.sign_in.with_password(name, PASSWORD) is Refused.WRONG
    assert office.passwords.verified == [None]
    assert await office.actions() == before


async def test_who_is_disabled_or_has_no_password_is_like_nobody(
    office: Office, ann: Operator
) -> None:
    await office.manage.create("ben", {"*": Role.OWNER})
    await office.manage.disable(ann)
    for name in ("ann", "ben"):
        assert await office.sign_in.with_password(name, PASSWORD) is Refused.WRONG
        assert await office.sign_in.with_password(name, "") is Refused.WRONG
    assert set(office.passwords.verified) == {None}


async def test_five_failures_make_a_name_wait_even_with_the_right_password(
    world: World, office: Office, ann: Operator
) -> None:
    answers = await fail(office, MOST_FAILURES)
    assert answers == [Refused.WRONG] * (MOST_FAILURES - 1) + [Refused.LOCKED]
    verified = len(office.passwords.verified)
    world.clock.advance(LOCKED_FOR - 1)
    assert await office.sign_in.with_password("ann", PASSWORD) is Refused.LOCKED
    assert len(office.passwords.verified) == verified
    world.clock.advance(1)
    await signed_in(office)
    assert (await office.actions())[-6:] == [*["sign_in_failed"] * 4, "locked", "signed_in"]


async def test_a_sign_in_forgets_the_failures_before_it(office: Office, ann: Operator) -> None:
    await fail(office, MOST_FAILURES - 1)
    await signed_in(office)
    assert set(await fail(office, MOST_FAILURES - 1)) == {Refused.WRONG}


async def test_a_hundred_guesses_at_once_are_as_good_as_five(office: Office, ann: Operator) -> None:
    answers = await asyncio.gather(
        *(office.sign_in.with_password("ann", f"wrong {number}") for number in range(100))
    )
    assert answers.count(Refused.WRONG) == MOST_FAILURES - 1
    assert answers.count(Refused.LOCKED) == 100 - MOST_FAILURES + 1
    assert await office.sign_in.with_password("ann", PASSWORD) is Refused.LOCKED
    assert (await office.actions())[-5:] == [*["sign_in_failed"] * 4, "locked"]


async def test_a_right_guess_that_is_checked_while_others_lock_the_name_says_nothing(
    office: Office, ann: Operator
) -> None:
    await office.with_totp(ann)
    guessing = asyncio.ensure_future(office.sign_in.with_password("ann", PASSWORD))
    office.passwords.hold = asyncio.Event()
    await office.passwords.held.wait()
    hold, office.passwords.hold = office.passwords.hold, None
    await fail(office, MOST_FAILURES)
    hold.set()
    assert await guessing is Refused.LOCKED


async def test_a_code_is_asked_for_once_the_password_is_right(
    office: Office, ann: Operator
) -> None:
    secret = await office.with_totp(ann)
    assert await office.sign_in.with_password("ann", PASSWORD) is Refused.CODE_NEEDED
    assert await office.sign_in.with_password("ann", PASSWORD, "") is Refused.CODE_NEEDED
    assert await office.sign_in.with_password("ann", "wrong") is Refused.WRONG
    await signed_in(office, f"{office.code(secret)[:3]} {office.code(secret)[3:]}")


async def test_a_code_works_once_and_no_older_one_after_it(
    world: World, office: Office, ann: Operator
) -> None:
    secret = await office.with_totp(ann)
    older, code = office.code(secret, -30_000), office.code(secret)
    await signed_in(office, code)
    for again in (code, older):
        assert await office.sign_in.with_password("ann", PASSWORD, again) is Refused.WRONG
    world.clock.advance(30_000)
    await signed_in(office, office.code(secret))


async def test_of_two_that_type_the_same_code_at_once_one_is_signed_in(
    office: Office, ann: Operator
) -> None:
    secret = await office.with_totp(ann)
    code = office.code(secret)
    answers = await asyncio.gather(
        *(office.sign_in.with_password("ann", PASSWORD, code) for _ in range(3))
    )
    assert [isinstance(answer, SignedIn) for answer in answers].count(True) == 1


async def test_wrong_codes_lock_as_wrong_passwords_do(office: Office, ann: Operator) -> None:
    secret = await office.with_totp(ann)
    wrong = next(
        code
        for code in map("{:06}".format, range(9))
        if code not in [office.code(secret, away) for away in (-30_000, 0, 30_000)]
    )
    for _ in range(MOST_FAILURES):
        last = await office.sign_in.with_password("ann", PASSWORD, wrong)
    assert last is Refused.LOCKED


async def test_a_sign_in_renews_a_hash_that_is_outdated(
    world: World, office: Office, ann: Operator
) -> None:
    office.passwords.generation = 2
    await signed_in(office)
    kept = await world.store.operator(ann.id)
    assert kept is not None
    assert kept.password == f"2:{PASSWORD}"


async def test_a_link_signs_in_once_without_password_or_code(
    world: World, office: Office, ann: Operator
) -> None:
    await office.with_totp(ann)
    await fail(office, MOST_FAILURES)
    secret = await office.sign_in.make_link(ann)
    answers = await asyncio.gather(*(office.sign_in.with_link(secret) for _ in range(5)))
    (answer,) = [answer for answer in answers if answer is not None]
    assert answer.operator == await world.store.operator(ann.id)
    assert answer.operator.locked_until == 0
    assert await office.sign_in.session(answer.secret, world.clock.now()) is not None


async def test_a_link_is_good_for_ten_minutes_and_for_who_is_not_disabled(
    world: World, office: Office, ann: Operator
) -> None:
    late = await office.sign_in.make_link(ann)
    world.clock.advance(10 * MINUTE)
    assert await office.sign_in.with_link(late) is None
    await office.manage.create("ben", {"*": Role.OWNER})
    disabled = await office.manage.disable(ann)
    assert await office.sign_in.with_link(await office.sign_in.make_link(disabled)) is None


async def test_a_secret_stands_for_what_it_was_made_for(
    world: World, office: Office, ann: Operator
) -> None:
    now = world.clock.now()
    link = await office.sign_in.make_link(ann)
    session = (await signed_in(office)).secret
    token, _ = await office.manage.create_token(ann, "ci", Role.VIEWER)
    assert await office.sign_in.session(link, now) is None
    assert await office.sign_in.with_link(session) is None
    assert await office.sign_in.with_link(token) is None
    await office.sign_in.sign_out(token)
    found = await office.sign_in.session(token, now)
    assert found is not None
    assert found[1].role is Role.VIEWER
    for nothing in ("", "nothing", "\ud800", "é"):
        assert await office.sign_in.session(nothing, now) is None
        assert await office.sign_in.with_link(nothing) is None
        await office.sign_in.sign_out(nothing)


async def test_a_session_that_is_used_lives_on_for_a_week_at_most(
    world: World, office: Office, ann: Operator
) -> None:
    began = world.clock.now()
    answer = await signed_in(office)
    world.clock.advance(5 * HOUR)
    found = await office.sign_in.session(answer.secret, world.clock.now())
    assert found is not None
    assert found[1].expires_at == answer.expires_at
    while found := await office.sign_in.session(answer.secret, world.clock.now()):
        assert found[1].expires_at <= began + 7 * DAY
        world.clock.advance(6 * HOUR)
    assert world.clock.now() >= began + 7 * DAY


async def test_a_session_that_is_not_used_ends(world: World, office: Office, ann: Operator) -> None:
    answer = await signed_in(office)
    world.clock.advance(12 * HOUR)
    assert await office.sign_in.session(answer.secret, world.clock.now()) is None


async def test_sign_out_ends_this_session_and_no_other(
    world: World, office: Office, ann: Operator
) -> None:
    here, there = await signed_in(office), await signed_in(office)
    await office.sign_in.sign_out(here.secret)
    assert await office.sign_in.session(here.secret, world.clock.now()) is None
    assert await office.sign_in.session(there.secret, world.clock.now()) is not None


async def test_the_log_says_who_signed_in_and_holds_no_secret(
    office: Office, ann: Operator
) -> None:
    secret = await office.with_totp(ann)
    await office.sign_in.with_password("ann", "not my password", None, "Opera\ud800 on é")
    session = await signed_in(office, office.code(secret))
    link = await office.sign_in.make_link(ann)
    await office.sign_in.with_link(link)
    notes = await office.notes()
    assert [(note.actor, note.action) for note in notes[-4:]] == [
        ("watchword", "operator.sign_in_failed"),
        ("operator:ann", "operator.signed_in"),
        ("tests", "operator.link_made"),
        ("operator:ann", "operator.signed_in"),
    ]
    assert {note.subject for note in notes} == {str(ann.id)}
    for hidden in (PASSWORD, "not my password", session.secret, link, secret):
        assert hidden not in repr(notes)
