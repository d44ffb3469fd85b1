"""What the server says when it refuses."""

from .answer import Answer
from .open_enum import OpenEnum


class ErrorCode(OpenEnum):
    """Why a request was refused."""

    ACCOUNT_INVALID = "account_invalid"
    APP_REALM_REQUIRE_DEVICE_TYPE = "app_realm_require_device_type"
    BAD_REQUEST = "bad_request"
    BLOCKED_NUMBER = "blocked_number"
    DUPLICATED_FEEDBACK_STATUS = "duplicated_feedback_status"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    IMPOSSIBLE_CODE = "impossible_code"
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
    SPENDING_LIMIT_EXCEEDED = "spending_limit_exceeded"
    SUSPENDED_ACCOUNT = "suspended_account"
    TOO_MANY_REQUESTS = "too_many_requests"
    UNAUTHORIZED_SENDER_ID = "unauthorized_sender_id"
    UNAVAILABLE = "unavailable"
    UNSUPPORTED_APP_REALM_DEVICE_TYPE = "unsupported_app_realm_device_type"
    UNSUPPORTED_REGION = "unsupported_region"


class Refusal(Answer, frozen=True, kw_only=True):
    """The body of a refusal."""

    code: ErrorCode | None = None
    message: str | None = None
    doc_url: str | None = None
