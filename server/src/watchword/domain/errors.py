"""Every documented code with which Watchword declines, and the value that carries one."""

from enum import StrEnum

from msgspec import Struct


class ErrorCode(StrEnum):
    """The codes a refusal may carry; the first 23 are the closed list of the Ding OTP API v1."""

    ACCOUNT_INVALID = "account_invalid"
    APP_REALM_REQUIRE_DEVICE_TYPE = "app_realm_require_device_type"
    BAD_REQUEST = "bad_request"
    BLOCKED_NUMBER = "blocked_number"
    DUPLICATED_FEEDBACK_STATUS = "duplicated_feedback_status"
    INTERNAL_SERVER_ERROR = "internal_server_error"
    INVALID_APP_REALM = "invalid_app_realm"
    INVALID_APP_VERSION = "invalid_app_version"
    INVALID_AUTH_UUID = "invalid_auth_uuid"
    INVALID_DEVICE_ID = "invalid_device_id"
    INVALID_DEVICE_MODEL = "invalid_device_model"
    INVALID_FEEDBACK_STATUS = "invalid_feedback_status"
    INVALID_LINE = "invalid_line"
    INVALID_OS_VERSION = "invalid_os_version"
    INVALID_PHONE_NUMBER = "invalid_phone_number"
    INVALID_SENDER_ID = "invalid_sender_id"
    INVALID_TEMPLATE_ID = "invalid_template_id"
    NEGATIVE_BALANCE = "negative_balance"
    NO_ASSOCIATED_AUTH_FOUND = "no_associated_auth_found"
    SUSPENDED_ACCOUNT = "suspended_account"
    UNAUTHORIZED_SENDER_ID = "unauthorized_sender_id"
    UNSUPPORTED_APP_REALM_DEVICE_TYPE = "unsupported_app_realm_device_type"
    UNSUPPORTED_REGION = "unsupported_region"
    # No SDK knows these, so they never travel with HTTP 400: a closed enum there is a crash.
    SPENDING_LIMIT_EXCEEDED = "spending_limit_exceeded"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    TOO_MANY_REQUESTS = "too_many_requests"
    UNAVAILABLE = "unavailable"


class Refusal(Struct, frozen=True):
    """We decline, with a documented code and one sentence that says why and what to do."""

    code: ErrorCode
    message: str
