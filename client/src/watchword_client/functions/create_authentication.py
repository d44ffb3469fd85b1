"""Send a code to a phone number."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from watchword_client._models.create_authentication import (
    CreateAuthenticationRequest,
    CreateAuthenticationResponse,
)
from watchword_client._operations.create_authentication import (
    CREATE_AUTHENTICATION,
    CreateAuthenticationArguments,
)
from watchword_client._result import Result

if TYPE_CHECKING:
    from watchword_client._core import AsyncDingCore, DingCore


def otp_create_authentication(
    core: "DingCore",
    request: CreateAuthenticationRequest | Mapping[str, object] | None = None,
    **arguments: Unpack[CreateAuthenticationArguments],
) -> Result[CreateAuthenticationResponse]:
    """Send a code to a phone number."""
    return core.call(CREATE_AUTHENTICATION, request, arguments)


async def otp_create_authentication_async(
    core: "AsyncDingCore",
    request: CreateAuthenticationRequest | Mapping[str, object] | None = None,
    **arguments: Unpack[CreateAuthenticationArguments],
) -> Result[CreateAuthenticationResponse]:
    """Send a code to a phone number."""
    return await core.call(CREATE_AUTHENTICATION, request, arguments)
