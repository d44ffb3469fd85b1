"""Say afterwards whether a person was genuine."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from watchword_client._models.feedback import FeedbackRequest, FeedbackResponse
from watchword_client._operations.feedback import FEEDBACK, FeedbackArguments
from watchword_client._result import Result

if TYPE_CHECKING:
    from watchword_client._core import AsyncDingCore, DingCore


def otp_feedback(
    core: "DingCore",
    request: FeedbackRequest | Mapping[str, object] | None = None,
    **arguments: Unpack[FeedbackArguments],
) -> Result[FeedbackResponse]:
    """Say afterwards whether a person was genuine."""
    return core.call(FEEDBACK, request, arguments)


async def otp_feedback_async(
    core: "AsyncDingCore",
    request: FeedbackRequest | Mapping[str, object] | None = None,
    **arguments: Unpack[FeedbackArguments],
) -> Result[FeedbackResponse]:
    """Say afterwards whether a person was genuine."""
    return await core.call(FEEDBACK, request, arguments)
