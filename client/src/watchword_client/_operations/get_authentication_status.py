"""Read what happened."""

from uuid import UUID

from watchword_client._models.authentication_status import (
    AuthenticationStatusResponse,
    GetAuthenticationStatusRequest,
)
from watchword_client._options import CallOptions

from .operation import Operation


class GetAuthenticationStatusArguments(CallOptions, total=False):
    """The field and options of reading an authentication."""

    auth_uuid: str | UUID | None


GET_AUTHENTICATION_STATUS = Operation(
    name="otp.get_authentication_status",
    method="GET",
    path="/authentication/{auth_uuid}",
    request=GetAuthenticationStatusRequest,
    answer=AuthenticationStatusResponse,
    sole_field="auth_uuid",
)
