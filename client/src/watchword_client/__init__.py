"""The Python SDK for Watchword: send a code, check it, look a number up."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._client import AsyncDing, Ding
    from ._core import AsyncDingCore, DingCore
    from ._errors import (
        ConnectionError,  # noqa: A004  ours, a subclass of the builtin
        DingError,
        ErrorResponse,
        SDKError,
        SDKValidationError,
        TimeoutError,  # noqa: A004  ours, a subclass of the builtin
        UnexpectedError,
    )
    from ._hooks import HookContext, Hooks
    from ._models.authentication_status import (
        AuthenticationStatusResponse,
        GetAuthenticationStatusRequest,
        Signals,
    )
    from ._models.check import CreateCheckRequest, CreateCheckResponse
    from ._models.check_status import CheckStatus
    from ._models.create_authentication import (
        CreateAuthenticationRequest,
        CreateAuthenticationResponse,
        CreateAuthenticationStatus,
    )
    from ._models.device_type import DeviceType
    from ._models.events import (
        AttemptEvent,
        AttemptStatus,
        BalanceUpdateEvent,
        BalanceUpdateType,
        Capability,
        CheckEvent,
        DeliveryStatus,
        DeliveryStatusEvent,
        Event,
        EventType,
        UnknownEvent,
    )
    from ._models.feedback import FeedbackRequest, FeedbackResponse, FeedbackStatus
    from ._models.lookup import LineType, LookupRequest, LookupResponse, LookupType
    from ._models.refusal import ErrorCode
    from ._models.retry import RetryAuthenticationRequest, RetryAuthenticationResponse, RetryStatus
    from ._result import Err, Ok, Result
    from ._retries import BackoffStrategy, Clock, RetryConfig
    from .functions.check import otp_check, otp_check_async
    from .functions.create_authentication import (
        otp_create_authentication,
        otp_create_authentication_async,
    )
    from .functions.feedback import otp_feedback, otp_feedback_async
    from .functions.get_authentication_status import (
        otp_get_authentication_status,
        otp_get_authentication_status_async,
    )
    from .functions.lookup import lookup_lookup, lookup_lookup_async
    from .functions.retry import otp_retry, otp_retry_async

_HOMES = {
    "_client": (
        "AsyncDing",
        "Ding",
    ),
    "_core": (
        "AsyncDingCore",
        "DingCore",
    ),
    "_errors": (
        "ConnectionError",
        "DingError",
        "ErrorResponse",
        "SDKError",
        "SDKValidationError",
        "TimeoutError",
        "UnexpectedError",
    ),
    "_hooks": (
        "HookContext",
        "Hooks",
    ),
    "_models.authentication_status": (
        "AuthenticationStatusResponse",
        "GetAuthenticationStatusRequest",
        "Signals",
    ),
    "_models.check": (
        "CreateCheckRequest",
        "CreateCheckResponse",
    ),
    "_models.check_status": ("CheckStatus",),
    "_models.create_authentication": (
        "CreateAuthenticationRequest",
        "CreateAuthenticationResponse",
        "CreateAuthenticationStatus",
    ),
    "_models.device_type": ("DeviceType",),
    "_models.events": (
        "AttemptEvent",
        "AttemptStatus",
        "BalanceUpdateEvent",
        "BalanceUpdateType",
        "Capability",
        "CheckEvent",
        "DeliveryStatus",
        "DeliveryStatusEvent",
        "Event",
        "EventType",
        "UnknownEvent",
    ),
    "_models.feedback": (
        "FeedbackRequest",
        "FeedbackResponse",
        "FeedbackStatus",
    ),
    "_models.lookup": (
        "LineType",
        "LookupRequest",
        "LookupResponse",
        "LookupType",
    ),
    "_models.refusal": ("ErrorCode",),
    "_models.retry": (
        "RetryAuthenticationRequest",
        "RetryAuthenticationResponse",
        "RetryStatus",
    ),
    "_result": (
        "Err",
        "Ok",
        "Result",
    ),
    "_retries": (
        "BackoffStrategy",
        "Clock",
        "RetryConfig",
    ),
    "functions.check": (
        "otp_check",
        "otp_check_async",
    ),
    "functions.create_authentication": (
        "otp_create_authentication",
        "otp_create_authentication_async",
    ),
    "functions.feedback": (
        "otp_feedback",
        "otp_feedback_async",
    ),
    "functions.get_authentication_status": (
        "otp_get_authentication_status",
        "otp_get_authentication_status_async",
    ),
    "functions.lookup": (
        "lookup_lookup",
        "lookup_lookup_async",
    ),
    "functions.retry": (
        "otp_retry",
        "otp_retry_async",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AsyncDing",
    "AsyncDingCore",
    "AttemptEvent",
    "AttemptStatus",
    "AuthenticationStatusResponse",
    "BackoffStrategy",
    "BalanceUpdateEvent",
    "BalanceUpdateType",
    "Capability",
    "CheckEvent",
    "CheckStatus",
    "Clock",
    "ConnectionError",
    "CreateAuthenticationRequest",
    "CreateAuthenticationResponse",
    "CreateAuthenticationStatus",
    "CreateCheckRequest",
    "CreateCheckResponse",
    "DeliveryStatus",
    "DeliveryStatusEvent",
    "DeviceType",
    "Ding",
    "DingCore",
    "DingError",
    "Err",
    "ErrorCode",
    "ErrorResponse",
    "Event",
    "EventType",
    "FeedbackRequest",
    "FeedbackResponse",
    "FeedbackStatus",
    "GetAuthenticationStatusRequest",
    "HookContext",
    "Hooks",
    "LineType",
    "LookupRequest",
    "LookupResponse",
    "LookupType",
    "Ok",
    "Result",
    "RetryAuthenticationRequest",
    "RetryAuthenticationResponse",
    "RetryConfig",
    "RetryStatus",
    "SDKError",
    "SDKValidationError",
    "Signals",
    "TimeoutError",
    "UnexpectedError",
    "UnknownEvent",
    "lookup_lookup",
    "lookup_lookup_async",
    "otp_check",
    "otp_check_async",
    "otp_create_authentication",
    "otp_create_authentication_async",
    "otp_feedback",
    "otp_feedback_async",
    "otp_get_authentication_status",
    "otp_get_authentication_status_async",
    "otp_retry",
    "otp_retry_async",
]


if not TYPE_CHECKING:  # a type checker would take any name for public

    def __getattr__(name: str) -> object:
        """The public name, its file imported only now (PEP 562)."""
        home = _HOME.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{home}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
