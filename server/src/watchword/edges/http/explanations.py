"""Explanations: one sentence on each error code, for the page that `doc_url` leads to."""

from watchword.domain.errors import ErrorCode as Code

EXPLANATIONS = {
    Code.ACCOUNT_INVALID: "customer_uuid is missing, malformed or not of the project that the API "
    "key belongs to. Use the pair that `watchword keys create` prints.",
    Code.APP_REALM_REQUIRE_DEVICE_TYPE: "app_realm was sent without device_type. Send ANDROID.",
    Code.BAD_REQUEST: "The request could not be understood. The message names what is wrong.",
    Code.BLOCKED_NUMBER: "The number is on the project's block list.",
    Code.DUPLICATED_FEEDBACK_STATUS: "The same feedback was given for this authentication before.",
    Code.INTERNAL_SERVER_ERROR: "A fault of the service itself; its log has the trace.",
    Code.INVALID_APP_REALM: "app_realm is not the 11-character hash of Android's SMS Retriever.",
    Code.INVALID_APP_VERSION: "app_version is longer than 128 characters or holds control characters.",
    Code.INVALID_AUTH_UUID: "The UUID names no authentication of this project.",
    Code.INVALID_DEVICE_ID: "device_id is longer than 128 characters or holds control characters.",
    Code.INVALID_DEVICE_MODEL: "device_model is longer than 128 characters or holds control "
    "characters.",
    Code.INVALID_FEEDBACK_STATUS: "Feedback is onboarded or not_onboarded.",
    Code.INVALID_LINE: "This kind of line cannot receive a code, or costs more than it can verify.",
    Code.INVALID_OS_VERSION: "os_version is longer than 128 characters or holds control characters.",
    Code.INVALID_PHONE_NUMBER: "The number is not a valid E.164 number. The message says why and "
    "shows one that is.",
    Code.INVALID_SENDER_ID: "sender_id is neither 1 to 11 letters and digits nor 1 to 15 digits.",
    Code.INVALID_TEMPLATE_ID: "template_id names no template of this project.",
    Code.NEGATIVE_BALANCE: "The prepaid balance is below zero. `watchword projects top-up` fills it.",
    Code.NO_ASSOCIATED_AUTH_FOUND: "No code was sent to this number in the last 30 days.",
    Code.SUSPENDED_ACCOUNT: "The project is suspended. `watchword projects resume` ends that.",
    Code.UNAUTHORIZED_SENDER_ID: "The project may not use this sender_id.",
    Code.UNSUPPORTED_APP_REALM_DEVICE_TYPE: "app_realm works on Android alone.",
    Code.UNSUPPORTED_REGION: "The project does not send to this region, or no route serves it.",
    Code.SPENDING_LIMIT_EXCEEDED: "The project's spending limit for today is used up.",
    Code.IDEMPOTENCY_KEY_REUSED: "The Idempotency-Key came with another request in the last 24 hours.",
    Code.TOO_MANY_REQUESTS: "More requests in a second than the project's limit. Wait for "
    "Retry-After and ask again.",
    Code.UNAVAILABLE: "The service cannot answer now and nothing was sent. Wait for Retry-After.",
}
