"""Asking whether a code is right."""

from typing import ClassVar

from msgspec import Struct

from .answer import Answer
from .check_status import CheckStatus


class CreateCheckRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The code that a person typed, and the authentication it is for."""

    authentication_uuid: str
    check_code: str
    """What was typed, as a string: leading zeros count."""
    customer_uuid: str | None = None

    secret_fields: ClassVar[tuple[str, ...]] = ("check_code",)

    def __repr__(self) -> str:
        """Without the code."""
        return f"CreateCheckRequest(authentication_uuid={self.authentication_uuid!r})"


class CreateCheckResponse(Answer, frozen=True, kw_only=True):
    """Whether the code was right; only `CheckStatus.VALID` lets a person in."""

    authentication_uuid: str | None = None
    status: CheckStatus | None = None
