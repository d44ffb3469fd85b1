"""A keyring hands out named keys, keeps them from everybody else, and lets them rotate."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from watchword.adapters.keyring import FileKeyring, KeyringError
from watchword.ports.keyring import Keyring, UnknownKeyError

OLD, NEW = b"o" * 32, b"n" * 32
PROJECT, OTHER = UUID(int=1), UUID(int=2)


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def write(path: Path, current: str, **keys: bytes) -> Path:
    named = {name: encoded(key) for name, key in keys.items()}
    path.write_text(json.dumps({"current": current, "keys": named}))
    return path


MAKERS: dict[str, Callable[[Path], Keyring]] = {
    "a new file": lambda folder: FileKeyring.open(folder / "deep" / "keys.json"),
    "a file": lambda folder: FileKeyring.open(write(folder / "k", "k2", k1=OLD, k2=NEW)),
    "a text": lambda _: FileKeyring.from_text(encoded(NEW)),
}


@pytest.fixture(params=list(MAKERS.values()), ids=list(MAKERS))
def keyring(request: pytest.FixtureRequest, tmp_path: Path) -> Keyring:
    made: Keyring = request.param(tmp_path)
    return made


def test_the_current_key_is_there_and_has_256_bits(keyring: Keyring) -> None:
    assert len(keyring.code_key(keyring.current())) == 32


def test_an_unknown_key_is_told_as_such(keyring: Keyring) -> None:
    with pytest.raises(UnknownKeyError):
        keyring.code_key("never given")


def test_each_project_has_callback_secrets_of_its_own(keyring: Keyring) -> None:
    secrets = keyring.callback_secrets(PROJECT)
    assert secrets == keyring.callback_secrets(PROJECT)
    assert not set(secrets) & set(keyring.callback_secrets(OTHER))
    for secret in secrets:
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_no_key_is_shown_by_its_representation(keyring: Keyring) -> None:
    key = keyring.code_key(keyring.current())
    for secret in (encoded(key), key.hex(), repr(key), *keyring.callback_secrets(PROJECT)):
        assert secret not in repr(keyring) + str(keyring)


def test_a_new_key_file_is_its_owners_alone_and_opens_to_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = FileKeyring.open(path)
    assert path.stat().st_mode & 0o777 == 0o600
    again = FileKeyring.open(path)
    assert again.current() == made.current()
    assert again.code_key(again.current()) == made.code_key(made.current())
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]


def test_new_files_hold_different_keys(tmp_path: Path) -> None:
    keys = {FileKeyring.open(tmp_path / f"{n}").code_key("k1") for n in range(20)}
    assert len(keys) == 20


def test_processes_that_race_to_make_the_file_agree_on_its_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    script = (
        "import sys; from pathlib import Path;"
        "from watchword.adapters.keyring import FileKeyring;"
        "sys.stdout.write('r'); sys.stdout.flush(); sys.stdin.read(1);"
        "k = FileKeyring.open(Path(sys.argv[1]));"
        "sys.stdout.write(k.code_key(k.current()).hex())"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.read(1) == "r"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("g")
        racer.stdin.flush()
    keys = {racer.communicate(timeout=60)[0] for racer in racers}
    assert [racer.returncode for racer in racers] == [0, 0]
    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]


def test_after_a_rotation_old_codes_keep_their_key_and_callbacks_carry_both_secrets(
    tmp_path: Path,
) -> None:
    before = FileKeyring.open(write(tmp_path / "before", "k1", k1=OLD))
    after = FileKeyring.open(write(tmp_path / "after", "k2", k1=OLD, k2=NEW))
    assert after.current() == "k2"
    assert after.code_key("k1") == before.code_key("k1") == OLD
    newest, older = after.callback_secrets(PROJECT)
    assert (older,) == before.callback_secrets(PROJECT)
    assert newest != older


def test_a_key_given_as_text_has_the_same_name_in_every_process() -> None:
    one, other = FileKeyring.from_text(encoded(NEW)), FileKeyring.from_text(encoded(NEW))
    assert one.current() == other.current()
    assert FileKeyring.from_text(encoded(OLD)).current() != one.current()


@pytest.mark.parametrize("text", ["", "short", encoded(b"x" * 31), encoded(b"x" * 33), "é" * 44])
def test_a_text_that_is_no_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(KeyringError, match="WATCHWORD_CODE_KEY") as caught:
        FileKeyring.from_text(text)
    assert len(text) < 10 or text not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"current": "k1", "keys": {}}', '{"current": "k1", "keys": []}',
     '{"current": "k1", "keys": {"k1": "AAAA"}}', '{"current": "k1", "keys": {"k1": 5}}',
     '{"current": "k2", "keys": {"k1": "' + encoded(OLD) + '"}}', "\xff"],
)  # fmt: skip
def test_a_file_that_holds_something_else_is_refused_by_name_and_left_alone(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(KeyringError, match=r"keys.json"):
        FileKeyring.open(path)
    assert path.read_text(encoding="latin-1") == content
