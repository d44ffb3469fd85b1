"""The official Ding SDK, unchanged but for its address, runs all six operations, good and bad."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import ding
import pytest
import requests
from ding.models import components, errors, operations
from msgspec.structs import replace

from watchword.domain.project import (
    Limits,
    Mode,
    ProjectSettings,
    SpendCap,
)
from watchword.domain.routing.route import SANDBOX_ROUTES
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.testing import RunningService, running_service
from watchword_client.sandbox import Inbox

Change = Callable[..., None]
NO_LIMITS = Limits(number_10_minutes=0, number_day=0)


@pytest.fixture(scope="module")
def service(database_url: str | None) -> Iterator[RunningService]:
    with running_service(database_url=database_url) as running:
        running.change(ProjectSettings(limits=NO_LIMITS))
        yield running


@pytest.fixture
def sdk(service: RunningService) -> Iterator[ding.Ding]:
    with requests.Session() as session:
        yield ding.Ding(api_key=service.api_key, server_url=service.server_url, client=session)


@pytest.fixture
def inbox(service: RunningService) -> Iterator[Inbox]:
    with Inbox(service.server_url, service.api_key) as box:
        yield box


@pytest.fixture
def with_settings(service: RunningService) -> Iterator[Change]:
    """Change settings for one test, put back at its end."""
    before = service.project

    def change(mode: Mode | None = None, suspended: bool = False, **settings: Any) -> None:
        service.change(
            replace(before.settings, **settings), mode=mode or before.mode, suspended=suspended
        )

    yield change
    service.change(before.settings, mode=before.mode, suspended=before.suspended)


class Caller:
    """The SDK's verbose calls in short."""

    def __init__(self, sdk: ding.Ding, customer: str) -> None:
        self.sdk = sdk
        self.customer = customer

    def create(self, number: str, **fields: object) -> components.CreateAuthenticationResponse:
        request = components.CreateAuthenticationRequest(
            customer_uuid=self.customer, phone_number=number, **fields
        )
        answer = self.sdk.otp.create_authentication(request=request)
        assert answer.create_authentication_response is not None
        return answer.create_authentication_response

    def check(self, authentication: str, code: str) -> str:
        request = components.CreateCheckRequest(
            customer_uuid=self.customer, authentication_uuid=authentication, check_code=code
        )
        answer = self.sdk.otp.check(request=request).create_check_response
        assert answer is not None
        assert answer.authentication_uuid == authentication
        return str(answer.status.value)

    def retry(self, authentication: str) -> components.RetryAuthenticationResponse:
        request = components.RetryAuthenticationRequest(
            customer_uuid=self.customer, authentication_uuid=authentication
        )
        answer = self.sdk.otp.retry(request=request).retry_authentication_response
        assert answer is not None
        return answer

    def feedback(self, number: str, status: str = "onboarded") -> str:
        request = components.FeedbackRequest(
            customer_uuid=self.customer,
            phone_number=number,
            status=components.FeedbackRequestStatus(status),
        )
        answer = self.sdk.otp.feedback(request=request).feedback_response
        assert answer is not None
        return str(answer.uuid)

    def refusal(self, number: str = "+33612345678", **fields: object) -> str:
        """The code with which a create is refused."""
        with pytest.raises(errors.ErrorResponse) as raised:
            self.create(number, **fields)
        assert raised.value.message
        assert raised.value.doc_url
        answer = requests.get(str(raised.value.doc_url), timeout=10)
        assert f'id="{raised.value.code.value}"' in answer.text
        return str(raised.value.code.value)


@pytest.fixture
def caller(sdk: ding.Ding, service: RunningService) -> Caller:
    return Caller(sdk, service.customer_uuid)


def wrong(code: str) -> str:
    return str((int(code) + 1) % 10 ** len(code)).zfill(len(code))


def test_a_code_is_sent_with_every_field_and_checked(caller: Caller, inbox: Inbox) -> None:
    number = "+33612300001"
    started = caller.create(
        number,
        ip="203.0.113.7",
        device_id="8F0B8FDD-C2CB-4387-B20A-56E9B2E5A0D2",
        device_type=components.DeviceType.ANDROID,
        device_model="Pixel 8",
        os_version="14",
        app_version="2.3.1",
        app_realm="FA+9qCX9VSu",
        is_returning_user=True,
        correlation_id="signup-7781",
        locale="fr-FR",
        callback_url="https://app.example.com/hooks/otp",
    )
    assert started.status is not None
    assert started.status.value == "pending"
    assert started.expires_at is not None
    assert started.created_at is not None
    assert (started.expires_at - started.created_at).total_seconds() == 600
    message = inbox.wait_for_message(number)
    assert message.content.endswith("\nFA+9qCX9VSu")
    assert message.code in message.content
    authentication = str(started.authentication_uuid)
    assert caller.check(authentication, wrong(message.code)) == "invalid"
    assert caller.check(authentication, message.code) == "valid"
    assert caller.check(authentication, message.code) == "already_validated"
    assert caller.retry(authentication).status.value == "already_validated"


def test_the_status_tells_signals_and_events(caller: Caller, inbox: Inbox) -> None:
    number = "+33612300002"
    started = caller.create(number, ip="203.0.113.7", correlation_id="order-1")
    authentication = str(started.authentication_uuid)
    caller.check(authentication, inbox.wait_for_code(number))
    status = caller.sdk.otp.get_authentication_status(auth_uuid=authentication)
    told = status.authentication_status_response
    assert told is not None
    assert (told.uuid, told.phone_number, told.correlation_id) == (
        authentication,
        number,
        "order-1",
    )
    assert told.signals is not None
    assert told.signals.ip == "203.0.113.7"
    kinds = [event["type"] for event in status.raw_response.json()["events"]]
    assert kinds[:2] == ["balance_update", "balance_update"]
    assert {"attempt", "check"} <= set(kinds)
    assert told.events is not None
    assert len(told.events) == len(kinds)


def test_codes_of_every_attempt_stay_valid(
    caller: Caller, inbox: Inbox, with_settings: Change
) -> None:
    with_settings(retry_delays=(0, 0, 600))
    number = "+33612300003"
    authentication = str(caller.create(number).authentication_uuid)
    first = inbox.wait_for_code(number)
    again = caller.retry(authentication)
    assert (again.status.value, again.remaining_retry) == ("approved", 2)
    assert again.next_retry_at is not None
    second = inbox.wait_for_code(number, attempt_number=2)
    assert first != second
    assert caller.retry(authentication).status.value == "approved"
    denied = caller.retry(authentication)
    assert (denied.status.value, denied.remaining_retry) == ("denied", 1)
    assert caller.check(authentication, first) == "valid"


def test_retries_and_checks_run_out(caller: Caller, inbox: Inbox, with_settings: Change) -> None:
    with_settings(retry_delays=(0,))
    number = "+33612300004"
    authentication = str(caller.create(number).authentication_uuid)
    code = inbox.wait_for_code(number)
    assert caller.retry(authentication).status.value == "approved"
    over = caller.retry(authentication)
    assert (over.status.value, over.remaining_retry) == ("rate_limited", 0)
    assert [caller.check(authentication, wrong(code)) for _ in range(6)] == [
        *["invalid"] * 5,
        "rate_limited",
    ]
    assert caller.check(authentication, code) == "rate_limited"


def test_sandbox_numbers_play_their_parts(caller: Caller, inbox: Inbox) -> None:
    fraud = caller.create("+447700900002")
    assert fraud.status is not None
    assert (fraud.status.value, fraud.expires_at) == ("spam_detected", None)
    assert caller.check(str(fraud.authentication_uuid), "123456") == "without_attempt"
    assert caller.retry(str(fraud.authentication_uuid)).status.value == "no_attempt"

    expired = str(caller.create("+12025550103").authentication_uuid)
    code = inbox.wait_for_code("+12025550103")
    assert caller.check(expired, code) == "expired_auth"
    assert caller.retry(expired).status.value == "expired_auth"

    caller.create("+447700900001")
    fallback = inbox.wait_for_message("+447700900001")
    assert (fallback.channel, fallback.attempt_number) == ("whatsapp", 2)


def test_feedback_finds_its_authentication(caller: Caller) -> None:
    number = "+33612300005"
    with pytest.raises(errors.ErrorResponse) as nothing:
        caller.feedback(number)
    assert nothing.value.code.value == "no_associated_auth_found"
    caller.create(number)
    first = caller.feedback(number)
    with pytest.raises(errors.ErrorResponse) as twice:
        caller.feedback(number)
    assert twice.value.code.value == "duplicated_feedback_status"
    assert caller.feedback(number, "not_onboarded") != first


def test_a_lookup_tells_what_is_known(caller: Caller) -> None:
    found = caller.sdk.lookup.lookup(
        phone_number="+33612345678",
        customer_uuid=caller.customer,
        type_=[operations.Type.CNAM],
    ).lookup_response
    assert found is not None
    assert found.line_type is not None
    assert (found.country_code, found.mcc, found.line_type.value) == ("FR", "208", "Mobile")
    assert found.number_ported is None
    with pytest.raises(errors.ErrorResponse) as wrong_number:
        caller.sdk.lookup.lookup(phone_number="+0", customer_uuid=caller.customer)
    assert wrong_number.value.code.value == "invalid_phone_number"
    with pytest.raises(errors.ErrorResponse) as stranger:
        caller.sdk.lookup.lookup(phone_number="+33612345678", customer_uuid=str(uuid4()))
    assert stranger.value.code.value == "account_invalid"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": "+0"}, "invalid_phone_number"),
        ({"number": "+33800123456"}, "invalid_line"),
        ({"device_id": "x" * 129}, "invalid_device_id"),
        ({"device_model": "a\u0000b"}, "invalid_device_model"),
        ({"os_version": "x" * 129}, "invalid_os_version"),
        ({"app_version": "a\nb"}, "invalid_app_version"),
        ({"app_realm": "FA+9qCX9VSu"}, "app_realm_require_device_type"),
        (
            {"app_realm": "FA+9qCX9VSu", "device_type": components.DeviceType.IOS},
            "unsupported_app_realm_device_type",
        ),
        (
            {"app_realm": "short", "device_type": components.DeviceType.ANDROID},
            "invalid_app_realm",
        ),
        ({"template_id": "nothing"}, "invalid_template_id"),
        ({"sender_id": "far too long a sender"}, "invalid_sender_id"),
        ({"sender_id": "ACME"}, "unauthorized_sender_id"),
        ({"ip": "not an address"}, "bad_request"),
        ({"callback_url": "ftp://example.com"}, "bad_request"),
        ({"correlation_id": "x" * 65}, "bad_request"),
    ],
)
def test_a_field_that_is_wrong_is_refused_under_its_own_code(
    caller: Caller, fields: dict[str, str], code: str
) -> None:
    assert caller.refusal(**fields) == code


def test_what_a_project_does_not_do_is_refused(
    caller: Caller, service: RunningService, with_settings: Change
) -> None:
    change = with_settings
    change(regions=("DE",))
    assert caller.refusal() == "unsupported_region"
    change(blocked=(ListEntry(kind=ListKind.NUMBER, value="+33612345678"),))
    assert caller.refusal() == "blocked_number"
    change(suspended=True)
    assert caller.refusal() == "suspended_account"
    change(mode=Mode.LIVE)
    assert caller.refusal() == "unsupported_region"
    stranger = Caller(caller.sdk, str(uuid4()))
    assert stranger.refusal() == "account_invalid"


def test_money_that_is_used_up_is_refused(
    caller: Caller, service: RunningService, with_settings: Change
) -> None:
    live = {"mode": Mode.LIVE, "routes": SANDBOX_ROUTES}
    with_settings(**live, spending_limit_day=10_000)
    assert caller.create("+33612300010").status.value == "pending"
    with pytest.raises(errors.SDKError) as limit:
        caller.create("+33612300011")
    assert limit.value.status_code == 402
    assert '"code":"spending_limit_exceeded"' in limit.value.body

    with_settings(**live, spend_caps=(SpendCap(period="hour", amount=8_000, country="DE"),))
    capped = caller.create("+4915112345678")
    assert capped.status is not None
    assert capped.status.value == "spam_detected"

    service.run(service.watchword.store.add_balance(service.project.id, 1))
    with_settings(**live)
    assert caller.create("+33612300012").status.value == "pending"
    assert caller.refusal("+33612300013") == "negative_balance"
    service.run(service.watchword.store.add_balance(service.project.id, 10**9))


def test_unknown_authentications_and_keys_are_refused(
    caller: Caller, service: RunningService
) -> None:
    for unknown in (str(uuid4()), "not-a-uuid"):
        for call in (
            lambda: caller.check(unknown, "123456"),  # noqa: B023 - called at once
            lambda: caller.retry(unknown),  # noqa: B023 - called at once
            lambda: caller.sdk.otp.get_authentication_status(auth_uuid=unknown),  # noqa: B023 - called at once
        ):
            with pytest.raises(errors.ErrorResponse) as refused:
                call()
            assert refused.value.code.value == "invalid_auth_uuid"
    with requests.Session() as session:
        other = ding.Ding(api_key="wrong", server_url=service.server_url, client=session)
        with pytest.raises(errors.SDKError) as forbidden:
            Caller(other, caller.customer).create("+33612345678")
        assert (forbidden.value.status_code, forbidden.value.body) == (
            403,
            '{"message":"Forbidden"}',
        )
        with pytest.raises(errors.ErrorResponse) as empty:
            ding.Ding(
                api_key=service.api_key, server_url=service.server_url, client=session
            ).otp.retry()
        assert empty.value.code.value == "bad_request"
