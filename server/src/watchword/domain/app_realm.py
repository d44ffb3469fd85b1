"""App realms: the hash by which an Android app recognises its own message."""

import re
from enum import StrEnum

_HASH = re.compile(r"[A-Za-z0-9+/]{11}")


class AppRealmProblem(StrEnum):
    """Why an `app_realm` is refused, in the words of the Ding API v1."""

    REQUIRE_DEVICE_TYPE = "app_realm_require_device_type"
    UNSUPPORTED_DEVICE_TYPE = "unsupported_app_realm_device_type"
    INVALID = "invalid_app_realm"


def check_app_realm(app_realm: str, device_type: str | None) -> AppRealmProblem | None:
    """The first problem of a given app realm, None when it may be used.

    A device type must be given, it must be ANDROID, and the realm must be the first eleven
    characters of a base64 hash, as Google's SMS Retriever defines it; checked in that order.
    """
    if not device_type:
        return AppRealmProblem.REQUIRE_DEVICE_TYPE
    if device_type != "ANDROID":
        return AppRealmProblem.UNSUPPORTED_DEVICE_TYPE
    return None if _HASH.fullmatch(app_realm) else AppRealmProblem.INVALID
