"""Ask what is known about a phone number, given as itself or in a request."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from watchword_client._models.lookup import LookupRequest, LookupResponse
from watchword_client._operations.lookup import LOOKUP, LookupArguments
from watchword_client._result import Result

if TYPE_CHECKING:
    from watchword_client._core import AsyncDingCore, DingCore


def lookup_lookup(
    core: "DingCore",
    request: LookupRequest | Mapping[str, object] | str | None = None,
    **arguments: Unpack[LookupArguments],
) -> Result[LookupResponse]:
    """Ask what is known about a phone number, given as itself or in a request."""
    return core.call(LOOKUP, request, arguments)


async def lookup_lookup_async(
    core: "AsyncDingCore",
    request: LookupRequest | Mapping[str, object] | str | None = None,
    **arguments: Unpack[LookupArguments],
) -> Result[LookupResponse]:
    """Ask what is known about a phone number, given as itself or in a request."""
    return await core.call(LOOKUP, request, arguments)
