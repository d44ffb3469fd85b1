"""Ask whether the code that a person typed is right."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from watchword_client._models.check import CreateCheckRequest, CreateCheckResponse
from watchword_client._operations.check import CHECK, CheckArguments
from watchword_client._result import Result

if TYPE_CHECKING:
    from watchword_client._core import AsyncDingCore, DingCore


def otp_check(
    core: "DingCore",
    request: CreateCheckRequest | Mapping[str, object] | None = None,
    **arguments: Unpack[CheckArguments],
) -> Result[CreateCheckResponse]:
    """Ask whether the code that a person typed is right."""
    return core.call(CHECK, request, arguments)


async def otp_check_async(
    core: "AsyncDingCore",
    request: CreateCheckRequest | Mapping[str, object] | None = None,
    **arguments: Unpack[CheckArguments],
) -> Result[CreateCheckResponse]:
    """Ask whether the code that a person typed is right."""
    return await core.call(CHECK, request, arguments)
