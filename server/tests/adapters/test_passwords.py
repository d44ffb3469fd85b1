"""Passwords are hashed slowly and one-time codes are those that every authenticator makes."""

import pyotp
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY
from pyotp import OTP

from watchword.adapters.passwords import STEP, Argon2Passwords, TimePasswords

PASSWORD = "correct horse battery"
NOW = 1_750_000_000_000
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def passwords() -> Argon2Passwords:
    return Argon2Passwords(PasswordHasher.from_parameters(CHEAPEST))


async def test_a_password_is_kept_as_argon2id_of_rfc_9106() -> None:
    passwords = Argon2Passwords()
    kept = await passwords.hash(PASSWORD)
    assert extract_parameters(kept) == RFC_9106_LOW_MEMORY
    assert await passwords.verify(kept, PASSWORD)
    assert not passwords.outdated(kept)


async def test_only_the_same_password_fits(passwords: Argon2Passwords) -> None:
    kept = await passwords.hash(PASSWORD)
    assert kept != await passwords.hash(PASSWORD)
    for other in ("", PASSWORD[:-1], PASSWORD.upper(), "\ud800", "x" * 10_000):
        assert not await passwords.verify(kept, other)


async def test_the_same_letters_fit_however_a_keyboard_spells_them(
    passwords: Argon2Passwords,
) -> None:
    kept = await passwords.hash("caf\u00e9 caf\u00e9 caf\u00e9")
    assert await passwords.verify(kept, "cafe\u0301 cafe\u0301 cafe\u0301")


async def test_nobody_has_a_password_and_a_hash_of_the_same_cost(
    passwords: Argon2Passwords,
) -> None:
    assert extract_parameters(passwords._nobody) == CHEAPEST
    assert PasswordHasher().check_needs_rehash(passwords._nobody)
    assert extract_parameters(Argon2Passwords()._nobody) == RFC_9106_LOW_MEMORY
    assert not await passwords.verify(None, PASSWORD)
    assert not await passwords.verify("no hash", PASSWORD)


async def test_a_hash_of_other_parameters_is_outdated(passwords: Argon2Passwords) -> None:
    kept = await passwords.hash(PASSWORD)
    assert not passwords.outdated(kept)
    assert Argon2Passwords().outdated(kept)
    assert Argon2Passwords().outdated("no hash")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    assert TimePasswords().step_of(RFC_SECRET, code, seconds * 1000) == seconds // 30


def test_a_code_is_good_one_step_early_and_one_step_late() -> None:
    one_time = TimePasswords()
    secret = one_time.new_secret()
    step = NOW // STEP
    code = pyotp.TOTP(secret).at(NOW // 1000)
    found = [one_time.step_of(secret, code, NOW + away * STEP) for away in (-2, -1, 0, 1, 2)]
    assert found == [None, step, step, step, None]


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800"])
def test_what_is_no_code_is_of_no_step(code: str) -> None:
    assert TimePasswords().step_of(RFC_SECRET, code, NOW) is None
    assert TimePasswords().step_of("not base32!", code, NOW) is None


def test_an_authenticator_reads_the_address() -> None:
    one_time = TimePasswords()
    secret = one_time.new_secret()
    read = pyotp.parse_uri(one_time.uri(secret, "ann b", "Watchword"))
    assert isinstance(read, OTP)
    assert (read.secret, read.name, read.issuer, read.digits) == (secret, "ann b", "Watchword", 6)
    assert len(read.byte_secret()) == 20
