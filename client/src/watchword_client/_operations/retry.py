"""Send another code."""

from uuid import UUID

from watchword_client._models.retry import (
    RetryAuthenticationRequest,
    RetryAuthenticationResponse,
)
from watchword_client._options import SendingOptions

from .operation import Operation


class RetryArguments(SendingOptions, total=False):
    """The fields and options of sending another code."""

    customer_uuid: str | UUID | None
    authentication_uuid: str | UUID | None


RETRY = Operation(
    name="otp.retry",
    method="POST",
    path="/retry",
    request=RetryAuthenticationRequest,
    answer=RetryAuthenticationResponse,
    sends_message=True,
)
