"""Calls as functions over a small client, one file each: they answer a result and raise nothing."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .check import otp_check, otp_check_async
    from .create_authentication import otp_create_authentication, otp_create_authentication_async
    from .feedback import otp_feedback, otp_feedback_async
    from .get_authentication_status import (
        otp_get_authentication_status,
        otp_get_authentication_status_async,
    )
    from .lookup import lookup_lookup, lookup_lookup_async
    from .retry import otp_retry, otp_retry_async

__all__ = [
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
        """The function of that name, its file imported only now (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = name.removesuffix("_async").partition("_")[2]
        return getattr(import_module(f"{__name__}.{home}"), name)
