"""The typed form of `parameters.toml`, where every number is explained."""

import tomllib
from enum import StrEnum
from pathlib import Path

import msgspec

Range = tuple[float, float]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; a key that nothing reads is an error."""


class Scope(StrEnum):
    """What an outage hits."""

    PROVIDER = "provider"
    ROUTE = "route"
    ROUTE_CARRIER = "route_carrier"
    CARRIER = "carrier"


class Receipts(StrEnum):
    """What receipts say of messages that an outage loses."""

    USUAL = ""
    INVENTED = "invented"
    NONE = "none"
    FAILED = "failed"


class Country(_Part, frozen=True):
    weight: float
    prices: dict[str, float]
    reach: float
    carriers: tuple[float, ...]
    utc_offset_hours: int


class Route(_Part, frozen=True):
    name: str
    provider: str
    channel: str
    quality: float
    price_factor: float
    median_seconds: float
    silent_share: float
    invented_share: float


class Channel(_Part, frozen=True):
    is_app: bool
    typed_share: float
    paid_when_taken: bool


class People(_Part, frozen=True):
    patience_seconds: float
    later_haste: float
    typing_median_seconds: float
    typing_sigma: float
    delivery_sigma: float
    asks_share: float
    asks_after_seconds: Range
    most_requests: int
    most_messages: int
    most_unasked: int
    most_refusals: int
    refusal_seconds: float
    silent_refusal_seconds: float
    unreachable_share: float
    unknown_carrier_share: float
    night_share: float
    peak_hour: int


class ReceiptNumbers(_Part, frozen=True):
    of_losses_seconds: Range
    unseen_share: float
    true_share: float


class OutageKind(_Part, frozen=True):
    expected: float
    minutes: Range
    scope: Scope
    delivered_share: Range = (1.0, 1.0)
    slower: Range = (1.0, 1.0)
    silent_share: float | None = None
    receipts: tuple[Receipts, ...] = (Receipts.USUAL,)


class Perturbation(_Part, frozen=True):
    quality_shift_sigma: float
    price_sigma: float
    weight_sigma: float
    seconds_sigma: float
    reach_shift_sigma: float
    reach_limits: Range
    invented_sigma: float
    most_invented: float
    outages_scale: Range
    spread_scale: Range
    drift_scale: Range
    patience_seconds: Range
    asks_share: Range
    user_worth: Range
    users_scale: Range


class Parameters(_Part, frozen=True):
    days: int
    users_per_day: int
    user_worth: float
    warm_up_hours: float
    carriers: int
    country_sigma: float
    carrier_sigma: float
    bad_share: float
    bad_shift: float
    app_sigma: float
    price_sigma: float
    seconds_sigma: float
    drift_sigma: float
    refusal_cost: float
    outage_on_best: float
    in_time_share: float
    busy_provider: str
    busy_factor: float
    countries: dict[str, Country]
    routes: tuple[Route, ...]
    channels: dict[str, Channel]
    people: People
    receipts: ReceiptNumbers
    outages: dict[str, OutageKind]
    perturbation: Perturbation

    @property
    def hours(self) -> int:
        """The length of the window."""
        return self.days * 24


def load(path: Path | None = None) -> Parameters:
    """Read the published parameters, or those of another file of the same form.

    Raises:
        msgspec.ValidationError: a key is missing, unknown or of the wrong type.
    """
    path = path or Path(__file__).with_name("parameters.toml")
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Parameters)
