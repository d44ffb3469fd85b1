"""Look a number up."""

from collections.abc import Sequence
from uuid import UUID

from watchword_client._models.lookup import LookupRequest, LookupResponse
from watchword_client._options import CallOptions

from .operation import Operation


class LookupArguments(CallOptions, total=False):
    """The fields and options of looking a number up."""

    customer_uuid: str | UUID | None
    phone_number: str | None
    type_: Sequence[str] | None


LOOKUP = Operation(
    name="lookup.lookup",
    method="GET",
    path="/lookup/{phone_number}",
    request=LookupRequest,
    answer=LookupResponse,
    sole_field="phone_number",
    headers={"customer_uuid": "customer-uuid"},
    query={"type_": "type"},
)
