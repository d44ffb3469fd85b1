"""Read what happened to an authentication, named by its UUID or a request."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from watchword_client._models.authentication_status import (
    AuthenticationStatusResponse,
    GetAuthenticationStatusRequest,
)
from watchword_client._operations.get_authentication_status import (
    GET_AUTHENTICATION_STATUS,
    GetAuthenticationStatusArguments,
)
from watchword_client._result import Result

if TYPE_CHECKING:
    from watchword_client._core import AsyncDingCore, DingCore


def otp_get_authentication_status(
    core: "DingCore",
    request: GetAuthenticationStatusRequest | Mapping[str, object] | str | None = None,
    **arguments: Unpack[GetAuthenticationStatusArguments],
) -> Result[AuthenticationStatusResponse]:
    """Read what happened to an authentication, named by its UUID or a request."""
    return core.call(GET_AUTHENTICATION_STATUS, request, arguments)


async def otp_get_authentication_status_async(
    core: "AsyncDingCore",
    request: GetAuthenticationStatusRequest | Mapping[str, object] | str | None = None,
    **arguments: Unpack[GetAuthenticationStatusArguments],
) -> Result[AuthenticationStatusResponse]:
    """Read what happened to an authentication, named by its UUID or a request."""
    return await core.call(GET_AUTHENTICATION_STATUS, request, arguments)
