"""Requests of the Ding OTP API v1, decoded from JSON exactly as the contract has them."""

from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.start_request import StartRequest

MAX_CHECK_CODE = 64

T = TypeVar("T")


class CreateAuthentication(Struct, frozen=True, kw_only=True):
    """The body of POST /authentication."""

    phone_number: str
    customer_uuid: str | UnsetType = UNSET
    ip: str | UnsetType = UNSET
    device_id: str | UnsetType = UNSET
    device_type: str | UnsetType = UNSET
    device_model: str | UnsetType = UNSET
    os_version: str | UnsetType = UNSET
    app_version: str | UnsetType = UNSET
    app_realm: str | UnsetType = UNSET
    is_returning_user: bool | UnsetType = UNSET
    sender_id: str | UnsetType = UNSET
    template_id: str | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    correlation_id: str | UnsetType = UNSET
    callback_url: str | UnsetType = UNSET
    email: str | UnsetType = UNSET

    def to_start(self) -> StartRequest:
        """The request without its credentials."""
        return StartRequest(
            **{
                name: value
                for name in StartRequest.__struct_fields__
                if (value := getattr(self, name)) is not UNSET
            }
        )


class CreateCheck(Struct, frozen=True, kw_only=True):
    """The body of POST /check."""

    authentication_uuid: str
    check_code: str
    customer_uuid: str | UnsetType = UNSET


class RetryBody(Struct, frozen=True, kw_only=True):
    """The body of POST /retry."""

    authentication_uuid: str
    customer_uuid: str | UnsetType = UNSET


class FeedbackBody(Struct, frozen=True, kw_only=True):
    """The body of POST /authentication/feedback."""

    phone_number: str
    status: str
    customer_uuid: str | UnsetType = UNSET


def decode(decoder: msgspec.json.Decoder[T], body: bytes) -> T | Refusal:
    """A body as a value, or what is wrong with it in one line."""
    if not body.strip():
        return Refusal(ErrorCode.BAD_REQUEST, "the request needs a JSON body")
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        return Refusal(ErrorCode.BAD_REQUEST, str(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        return Refusal(ErrorCode.BAD_REQUEST, "the body is not valid JSON in UTF-8")


def parse_uuid(text: str) -> UUID | None:
    """A UUID in its usual spelling, or None."""
    try:
        return UUID(text) if len(text) == 36 else None  # noqa: PLR2004 - RFC 9562's text form
    except ValueError:
        return None


create_authentication = msgspec.json.Decoder(CreateAuthentication)
create_check = msgspec.json.Decoder(CreateCheck)
retry_body = msgspec.json.Decoder(RetryBody)
feedback_body = msgspec.json.Decoder(FeedbackBody)
