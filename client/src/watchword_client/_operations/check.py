"""Check a code."""

from uuid import UUID

from watchword_client._models.check import CreateCheckRequest, CreateCheckResponse
from watchword_client._options import CallOptions

from .operation import Operation


class CheckArguments(CallOptions, total=False):
    """The fields and options of a check."""

    customer_uuid: str | UUID | None
    authentication_uuid: str | UUID | None
    check_code: str | None


CHECK = Operation(
    name="otp.check",
    method="POST",
    path="/check",
    request=CreateCheckRequest,
    answer=CreateCheckResponse,
)
