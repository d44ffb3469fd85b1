"""Say whether a person was genuine."""

from uuid import UUID

from watchword_client._models.feedback import FeedbackRequest, FeedbackResponse
from watchword_client._options import CallOptions

from .operation import Operation


class FeedbackArguments(CallOptions, total=False):
    """The fields and options of feedback."""

    customer_uuid: str | UUID | None
    phone_number: str | None
    status: str | None


FEEDBACK = Operation(
    name="otp.feedback",
    method="POST",
    path="/authentication/feedback",
    request=FeedbackRequest,
    answer=FeedbackResponse,
)
