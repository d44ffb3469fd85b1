"""The clients: every call as a method that answers a value or raises."""

from collections.abc import Mapping
from functools import cached_property
from typing import Unpack

from ._core import AsyncDingCore, DingCore
from ._models.authentication_status import (
    AuthenticationStatusResponse,
    GetAuthenticationStatusRequest,
)
from ._models.check import CreateCheckRequest, CreateCheckResponse
from ._models.create_authentication import CreateAuthenticationRequest, CreateAuthenticationResponse
from ._models.feedback import FeedbackRequest, FeedbackResponse
from ._models.lookup import LookupRequest, LookupResponse
from ._models.retry import RetryAuthenticationRequest, RetryAuthenticationResponse
from ._operations.check import CheckArguments
from ._operations.create_authentication import CreateAuthenticationArguments
from ._operations.feedback import FeedbackArguments
from ._operations.get_authentication_status import GetAuthenticationStatusArguments
from ._operations.lookup import LookupArguments
from ._operations.retry import RetryArguments
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


class Otp:
    """Sending codes and checking them."""

    def __init__(self, core: DingCore) -> None:
        self._core = core

    def check(
        self,
        request: CreateCheckRequest | Mapping[str, object] | None = None,
        **arguments: Unpack[CheckArguments],
    ) -> CreateCheckResponse:
        """Ask whether the code that a person typed is right."""
        return otp_check(self._core, request, **arguments).unwrap()

    def create_authentication(
        self,
        request: CreateAuthenticationRequest | Mapping[str, object] | None = None,
        **arguments: Unpack[CreateAuthenticationArguments],
    ) -> CreateAuthenticationResponse:
        """Send a code to a phone number."""
        return otp_create_authentication(self._core, request, **arguments).unwrap()

    def feedback(
        self,
        request: FeedbackRequest | Mapping[str, object] | None = None,
        **arguments: Unpack[FeedbackArguments],
    ) -> FeedbackResponse:
        """Say afterwards whether a person was genuine."""
        return otp_feedback(self._core, request, **arguments).unwrap()

    def get_authentication_status(
        self,
        request: GetAuthenticationStatusRequest | Mapping[str, object] | str | None = None,
        **arguments: Unpack[GetAuthenticationStatusArguments],
    ) -> AuthenticationStatusResponse:
        """Read what happened to an authentication, named by its UUID or a request."""
        return otp_get_authentication_status(self._core, request, **arguments).unwrap()

    def retry(
        self,
        request: RetryAuthenticationRequest | Mapping[str, object] | None = None,
        **arguments: Unpack[RetryArguments],
    ) -> RetryAuthenticationResponse:
        """Send another code for an authentication that is still open."""
        return otp_retry(self._core, request, **arguments).unwrap()


class Lookup:
    """Knowing about phone numbers."""

    def __init__(self, core: DingCore) -> None:
        self._core = core

    def lookup(
        self,
        request: LookupRequest | Mapping[str, object] | str | None = None,
        **arguments: Unpack[LookupArguments],
    ) -> LookupResponse:
        """Ask what is known about a phone number, given as itself or in a request."""
        return lookup_lookup(self._core, request, **arguments).unwrap()


class AsyncOtp:
    """Sending codes and checking them."""

    def __init__(self, core: AsyncDingCore) -> None:
        self._core = core

    async def check(
        self,
        request: CreateCheckRequest | Mapping[str, object] | None = None,
        **arguments: Unpack[CheckArguments],
    ) -> CreateCheckResponse:
        """Ask whether the code that a person typed is right."""
        return (await otp_check_async(self._core, request, **arguments)).unwrap()

    async def create_authentication(
        self,
        request: CreateAuthenticationRequest | Mapping[str, object] | None = None,
        **arguments: Unpack[CreateAuthenticationArguments],
    ) -> CreateAuthenticationResponse:
        """Send a code to a phone number."""
        return (await otp_create_authentication_async(self._core, request, **arguments)).unwrap()

    async def feedback(
        self,
        request: FeedbackRequest | Mapping[str, object] | None = None,
        **arguments: Unpack[FeedbackArguments],
    ) -> FeedbackResponse:
        """Say afterwards whether a person was genuine."""
        return (await otp_feedback_async(self._core, request, **arguments)).unwrap()

    async def get_authentication_status(
        self,
        request: GetAuthenticationStatusRequest | Mapping[str, object] | str | None = None,
        **arguments: Unpack[GetAuthenticationStatusArguments],
    ) -> AuthenticationStatusResponse:
        """Read what happened to an authentication, named by its UUID or a request."""
        return (
            await otp_get_authentication_status_async(self._core, request, **arguments)
        ).unwrap()

    async def retry(
        self,
        request: RetryAuthenticationRequest | Mapping[str, object] | None = None,
        **arguments: Unpack[RetryArguments],
    ) -> RetryAuthenticationResponse:
        """Send another code for an authentication that is still open."""
        return (await otp_retry_async(self._core, request, **arguments)).unwrap()


class AsyncLookup:
    """Knowing about phone numbers."""

    def __init__(self, core: AsyncDingCore) -> None:
        self._core = core

    async def lookup(
        self,
        request: LookupRequest | Mapping[str, object] | str | None = None,
        **arguments: Unpack[LookupArguments],
    ) -> LookupResponse:
        """Ask what is known about a phone number, given as itself or in a request."""
        return (await lookup_lookup_async(self._core, request, **arguments)).unwrap()


class Ding(DingCore):
    """A client; its calls raise what goes wrong as a DingError."""

    @cached_property
    def otp(self) -> Otp:
        """Sending codes and checking them."""
        return Otp(self)

    @cached_property
    def lookup(self) -> Lookup:
        """Knowing about phone numbers."""
        return Lookup(self)


class AsyncDing(AsyncDingCore):
    """An asynchronous client; its calls raise what goes wrong as a DingError."""

    @cached_property
    def otp(self) -> AsyncOtp:
        """Sending codes and checking them."""
        return AsyncOtp(self)

    @cached_property
    def lookup(self) -> AsyncLookup:
        """Knowing about phone numbers."""
        return AsyncLookup(self)
