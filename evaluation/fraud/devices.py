"""Devices that people have, and those that attackers pretend to have."""

import itertools
from random import Random

import msgspec
from msgspec.structs import replace

from evaluation.fraud.parameters import DeviceNumbers

_BROWSERS = ("Chrome", "Safari", "Firefox", "Edge")
_OS_VERSIONS = {
    "IOS": ("17.5", "17.4", "16.7", "18.0", "15.8"),
    "ANDROID": ("14", "13", "12", "11", "10"),
    "WEB": ("Windows 10", "macOS 14", "Android 14", "Linux", "iOS 17"),
}
_APP_VERSIONS = ("8.9.0", "8.8.0", "7.7.0", "7.6.0", "6.5.0", "6.4.0")


class Device(msgspec.Struct, frozen=True, gc=False):
    """What an app says of the device it runs on; empty where it says nothing."""

    id: str
    type: str
    model: str
    os_version: str
    app_version: str

    def renamed(self, chance: Random) -> "Device":
        """Another device of the same make."""
        return replace(self, id=_identifier(chance))


NO_DEVICE = Device("", "", "", "", "")


class Shop:
    """The models in use and how common each is."""

    def __init__(self, numbers: DeviceNumbers) -> None:
        self._numbers = numbers
        browser_share = 1 - numbers.ios_share - numbers.android_share
        self._types = ("IOS", "ANDROID", "WEB")
        self._type_shares = (numbers.ios_share, numbers.android_share, browser_share)
        self._models = {
            "IOS": tuple(
                f"iPhone{10 + place // 3},{1 + place % 3}" for place in range(numbers.ios_models)
            ),
            "ANDROID": tuple(
                f"SM-{chr(ord('A') + place % 26)}{100 + place}"
                for place in range(numbers.android_models)
            ),
            "WEB": _BROWSERS,
        }
        self._commonness = {
            "IOS": _zipf(numbers.ios_models, numbers.zipf),
            "ANDROID": _zipf(numbers.android_models, numbers.zipf),
            "WEB": list(itertools.accumulate(numbers.browser_shares)),
        }

    def device(self, chance: Random) -> Device:
        """A device of a person drawn at random."""
        numbers = self._numbers
        type_ = chance.choices(self._types, self._type_shares)[0]
        return Device(
            id=_identifier(chance),
            type=type_,
            model=chance.choices(self._models[type_], cum_weights=self._commonness[type_])[0],
            os_version=chance.choices(_OS_VERSIONS[type_], numbers.os_version_shares)[0],
            app_version=chance.choices(_APP_VERSIONS, numbers.app_version_shares)[0],
        )

    def impossible(self, place: int, chance: Random) -> Device:
        """A make that does not exist: a model of another platform, and a version never published."""
        device = self.device(chance)
        other = "ANDROID" if device.type == "IOS" else "IOS"
        return replace(
            device, model=self._models[other][3 + place], app_version=f"6.1.{place}"
        ).renamed(chance)


def _identifier(chance: Random) -> str:
    return f"{chance.getrandbits(60):016x}"


def _zipf(count: int, exponent: float) -> list[float]:
    return list(itertools.accumulate((place + 1) ** -exponent for place in range(count)))
