"""Settings come from defaults, the file, the environment and what was typed, and faults are named."""

from pathlib import Path
from uuid import UUID

import pytest

from watchword.settings import Settings, SettingsError, load_settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "watchword.toml"


def test_without_anything_the_defaults_hold_and_are_the_safe_ones(file: Path) -> None:
    settings = load_settings({})
    assert settings == Settings(data_dir=settings.data_dir)
    assert settings.strict is True
    assert settings.host == "127.0.0.1"
    assert settings.callback_private_addresses is False
    assert settings.database == settings.data_dir / "watchword.db"


def test_each_source_overrides_the_one_before(file: Path) -> None:
    file.write_text('port = 1\nhost = "file"\nlog_level = "error"\ntasks_at_once = 3\n')
    environment = {"WATCHWORD_HOST": "environment", "WATCHWORD_LOG_LEVEL": "debug"}
    settings = load_settings(environment, log_level="warning", port=None)
    assert (settings.port, settings.tasks_at_once) == (1, 3)
    assert settings.host == "environment"
    assert settings.log_level == "warning"


def test_every_setting_can_be_given_as_text(file: Path, tmp_path: Path) -> None:
    customer = "0197d000-0000-7000-8000-000000000001"
    settings = load_settings(
        {
            "WATCHWORD_DATA_DIR": "~/data",
            "WATCHWORD_PORT": "0",
            "WATCHWORD_RUN_WORKER": "false",
            "WATCHWORD_CALLBACK_PRIVATE_ADDRESSES": "1",
            "WATCHWORD_BOOTSTRAP_CUSTOMER_UUID": customer,
            "WATCHWORD_DURABILITY": "normal",
        }
    )
    assert settings.data_dir == Path.home() / "data"
    assert (settings.port, settings.run_worker, settings.strict) == (0, False, False)
    assert settings.callback_private_addresses is True
    assert settings.bootstrap_customer_uuid == UUID(customer)


def test_a_secret_may_stand_in_a_file_of_its_own(file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("  c2VjcmV0\n")
    settings = load_settings({"WATCHWORD_CODE_KEY_FILE": str(secret)})
    assert settings.code_key == "c2VjcmV0"
    both = {"WATCHWORD_CODE_KEY_FILE": str(secret), "WATCHWORD_CODE_KEY": "direct"}
    assert load_settings(both).code_key == "direct"


def test_a_secrets_file_that_is_not_there_is_named(file: Path, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    with pytest.raises(SettingsError, match=r"WATCHWORD_CODE_KEY_FILE.*missing"):
        load_settings({"WATCHWORD_CODE_KEY_FILE": missing})


def test_the_file_may_be_elsewhere_and_must_then_be_there(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    with pytest.raises(SettingsError, match=r"other.toml: there is no such file"):
        load_settings({"WATCHWORD_CONFIG": str(other)})
    with pytest.raises(SettingsError, match=r"other.toml"):
        load_settings({}, other)
    other.write_text("port = 5")
    assert load_settings({"WATCHWORD_CONFIG": str(other)}).port == 5
    assert load_settings({}, other).port == 5


@pytest.mark.parametrize("content", ["port = ", "= 5", "port = 1\nport = 2", "\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(file: Path, content: str) -> None:
    file.write_text(content, encoding="latin-1")
    with pytest.raises(SettingsError, match=r"watchword.toml"):
        load_settings({})


def test_an_unknown_setting_is_named_with_its_file(file: Path) -> None:
    file.write_text("prot = 8700\n")
    with pytest.raises(SettingsError, match=r"watchword.toml.*`prot`"):
        load_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "65536"), ("port", "-1"), ("port", "many"), ("durability", "loose"),
        ("queue_limit", "0"), ("tasks_at_once", "1001"), ("tasks_at_once", "0"), ("run_worker", "perhaps"),
        ("log_level", "loud"), ("log_format", "xml"), ("bootstrap_customer_uuid", "me"),
        ("lookup_timeout", "0"), ("shutdown_timeout", "0"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_under_its_name_and_variable(
    file: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"{name} .*WATCHWORD_{name.upper()}"):
        load_settings({f"WATCHWORD_{name.upper()}": value})


def test_a_refused_secret_is_not_repeated(file: Path) -> None:
    file.write_text("code_key = 123456789\n")
    with pytest.raises(SettingsError, match="code_key") as caught:
        load_settings({})
    assert "123456789" not in str(caught.value)
