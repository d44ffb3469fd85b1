"""Send another code for an authentication that is still open."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from watchword_client._models.retry import RetryAuthenticationRequest, RetryAuthenticationResponse
from watchword_client._operations.retry import RETRY, RetryArguments
from watchword_client._result import Result

if TYPE_CHECKING:
    from watchword_client._core import AsyncDingCore, DingCore


def otp_retry(
    core: "DingCore",
    request: RetryAuthenticationRequest | Mapping[str, object] | None = None,
    **arguments: Unpack[RetryArguments],
) -> Result[RetryAuthenticationResponse]:
    """Send another code for an authentication that is still open."""
    return core.call(RETRY, request, arguments)


async def otp_retry_async(
    core: "AsyncDingCore",
    request: RetryAuthenticationRequest | Mapping[str, object] | None = None,
    **arguments: Unpack[RetryArguments],
) -> Result[RetryAuthenticationResponse]:
    """Send another code for an authentication that is still open."""
    return await core.call(RETRY, request, arguments)
