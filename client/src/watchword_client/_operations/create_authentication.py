"""Send a code."""

from uuid import UUID

from watchword_client._models.create_authentication import (
    CreateAuthenticationRequest,
    CreateAuthenticationResponse,
)
from watchword_client._options import SendingOptions

from .operation import Operation


class CreateAuthenticationArguments(SendingOptions, total=False):
    """The fields and options of sending a code."""

    customer_uuid: str | UUID | None
    phone_number: str | None
    ip: str | None
    device_id: str | None
    device_type: str | None
    device_model: str | None
    os_version: str | None
    app_version: str | None
    is_returning_user: bool | None
    app_realm: str | None
    sender_id: str | None
    template_id: str | None
    locale: str | None
    correlation_id: str | None
    callback_url: str | None
    email: str | None


CREATE_AUTHENTICATION = Operation(
    name="otp.create_authentication",
    method="POST",
    path="/authentication",
    request=CreateAuthenticationRequest,
    answer=CreateAuthenticationResponse,
    sends_message=True,
)
