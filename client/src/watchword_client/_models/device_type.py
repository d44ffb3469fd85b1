"""The platforms a person may use."""

from .open_enum import OpenEnum


class DeviceType(OpenEnum):
    """The platform of the person's device."""

    ANDROID = "ANDROID"
    IOS = "IOS"
    IPADOS = "IPADOS"
    TVOS = "TVOS"
    WEB = "WEB"
