"""An app realm is accepted for Android apps only, and only in Google's form."""

import pytest

from watchword.domain.app_realm import AppRealmProblem, check_app_realm
from watchword.domain.errors import ErrorCode


@pytest.mark.parametrize("realm", ["FA+9qCX9VSu", "abcDEF012/+", "12345678901"])
def test_eleven_base64_characters_of_an_android_app_are_accepted(realm: str) -> None:
    assert check_app_realm(realm, "ANDROID") is None


@pytest.mark.parametrize(
    "realm", ["FA+9qCX9VS", "FA+9qCX9VSu=", "FA+9qCX9VS-", "", "FA+9qCX9VSu\n"]
)
def test_any_other_form_is_invalid(realm: str) -> None:
    assert check_app_realm(realm, "ANDROID") is AppRealmProblem.INVALID


@pytest.mark.parametrize("realm", ["FA+9qCX9VSu", "nonsense"])
def test_the_device_is_looked_at_before_the_form(realm: str) -> None:
    assert check_app_realm(realm, None) is AppRealmProblem.REQUIRE_DEVICE_TYPE
    assert check_app_realm(realm, "") is AppRealmProblem.REQUIRE_DEVICE_TYPE
    assert check_app_realm(realm, "IOS") is AppRealmProblem.UNSUPPORTED_DEVICE_TYPE
    assert check_app_realm(realm, "WEB") is AppRealmProblem.UNSUPPORTED_DEVICE_TYPE


def test_every_problem_is_an_error_code_of_the_api() -> None:
    assert {problem.value for problem in AppRealmProblem} <= {code.value for code in ErrorCode}
