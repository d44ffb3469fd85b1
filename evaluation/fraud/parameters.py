"""The typed form of `parameters.toml`, where every number is explained."""

import tomllib
from enum import StrEnum
from pathlib import Path

import msgspec


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; a key that nothing reads is an error."""


class Receipts(StrEnum):
    """What a failing carrier says of the messages it loses."""

    NONE = "none"
    FAKE = "fake"
    FAILED = "failed"


class Numbers(StrEnum):
    """How a campaign chooses its numbers."""

    SEQUENTIAL = "sequential"
    LEASED = "leased"
    CARRIER = "carrier"
    POOL = "pool"


class Addresses(StrEnum):
    """Where a campaign's requests come from."""

    HOSTING = "hosting"
    RESIDENTIAL = "residential"
    NONE = "none"


class Disguise(StrEnum):
    """What a campaign says of its devices."""

    UNIQUE = "unique"
    FARM = "farm"
    SPOOFED = "spoofed"
    NONE = "none"


class Country(_Part, frozen=True):
    calling_code: str
    national_digits: int
    price: float
    traffic_weight: float
    attack_weight: float
    delivered_share: float
    utc_offset_hours: int
    receipts_lost: float
    carriers: dict[str, tuple[str, ...]]


class Numbering(_Part, frozen=True):
    active_block_share: float
    fewest_active_blocks: int
    most_active_blocks: int
    block_zipf: float
    carrier_skew: float
    typo_share: float
    unknown_carrier_share: float


class NetworkNumbers(_Part, frozen=True):
    shared_addresses: int
    broadband_networks: int
    broadband_addresses: int
    broadband_share: float
    hosting_networks: int
    hosting_countries: tuple[str, ...]
    hosting_addresses: int
    hosting_known_share: float
    vpn_share: float
    traveller_share: float
    unlocated_share: float
    proxies: int
    proxy_countries: tuple[str, ...]
    proxy_weight: float
    proxy_broadband_share: float


class DeviceNumbers(_Part, frozen=True):
    zipf: float
    ios_models: int
    android_models: int
    ios_share: float
    android_share: float
    browser_shares: tuple[float, ...]
    os_version_shares: tuple[float, ...]
    app_version_shares: tuple[float, ...]


class Launch(_Part, frozen=True):
    at_hour: float
    hours: float
    multiple: float
    countries: tuple[str, ...]


class Expansion(_Part, frozen=True):
    at_hour: float
    country: str
    sessions_per_day: int


class Fleet(_Part, frozen=True):
    at_hours: tuple[float, ...]
    people: int
    pause_seconds: float
    country: str


class Campus(_Part, frozen=True):
    at_hour: float
    people: int
    seconds: float
    country: str


class Project(_Part, frozen=True):
    name: str
    sessions_per_day: int
    returning_share: float
    address_share: float
    device_share: float
    checks: bool
    feedback_share: float
    conversion: float
    mix: dict[str, float] = {}
    launch: Launch | None = None
    expansion: Expansion | None = None
    fleet: Fleet | None = None
    campus: Campus | None = None


class People(_Part, frozen=True):
    peak_hour: int
    night_share: float
    pool_days: int
    pool_floor: int
    moved_share: float
    returning_noise: float
    delivery_median_seconds: float
    delivery_sigma: float
    typing_median_seconds: float
    typing_sigma: float
    overall_delivery: float
    failure_receipts_lost: float
    stays_undelivered: float
    wrong_code_share: float
    wrong_code_lead_seconds: float
    feedback_delay_seconds: float
    resend_share: float
    most_resends: int
    resend_mean_seconds: float
    resend_sd_seconds: float
    resend_least_seconds: float
    retry_share: float
    most_denials: int
    retry_seconds: float


class Outage(_Part, frozen=True):
    country: str
    carrier: str
    at_hour: float
    hours: float
    delivered_share: float
    receipts: Receipts

    def covers(self, at: float) -> bool:
        """Whether a second of the window lies inside the outage."""
        return self.at_hour * 3600 <= at < (self.at_hour + self.hours) * 3600


class Attackers(_Part, frozen=True):
    leased_among_people: float
    rented_proxies: int
    rented_hosts: int
    farm_devices: int
    spoofed_devices: int
    denials_to_adapt: int
    carrier_change_in_blocks: float
    carrier_change_at_random: float
    numbers_per_block: int
    local_language_share: float
    broadband_share: float
    disowned_share: float
    disowned_after_seconds: float


class CampaignKind(_Part, frozen=True):
    name: str
    messages: int
    per_minute: float
    numbers: Numbers
    block_digits: int
    blocks: int
    countries: int
    projects: int | tuple[str, ...]
    addresses: Addresses
    local_share: float
    devices: Disguise
    answered_share: float
    claims_returning: float
    resend_share: float
    adapts: float
    receipts: float
    pool: int = 0


Range = tuple[float, float]


class Perturbation(_Part, frozen=True):
    price_sigma: float
    highest_price: float
    traffic_weight_sigma: float
    attack_weight_sigma: float
    delivered_shift: Range
    delivered_limits: Range
    delivery_time_sigma: float
    typing_time_sigma: float
    proxies_sigma: float
    shared_addresses_sigma: float
    fewest_shared_addresses: int
    traveller_share_sigma: float
    sessions_sigma: float
    conversion_shift: Range
    conversion_limits: Range
    special_from_hour: float
    launch_ends_hours: float
    launch_multiple: Range
    expansion_ends_hours: float
    fleet_pause_seconds: Range
    fleet_people: tuple[int, int]
    outage_ends_hours: float
    outage_hours: Range
    outage_delivered_share: Range
    rate_sigma: float
    messages_sigma: float
    block_digits: tuple[int, ...]
    borrowed_trait_share: float


class Parameters(_Part, frozen=True):
    days: int
    quiet_hours: float
    cold_start_minutes: float
    lost_user_cost: float
    code_lifetime_seconds: float
    campaign_scale: float
    countries: dict[str, Country]
    numbering: Numbering
    networks: NetworkNumbers
    devices: DeviceNumbers
    projects: tuple[Project, ...]
    people: People
    outages: tuple[Outage, ...]
    attackers: Attackers
    campaigns: tuple[CampaignKind, ...]
    perturbation: Perturbation
    cold: bool = False

    @property
    def hours(self) -> int:
        """The length of the window."""
        return self.days * 24

    def mix_of(self, project: Project) -> dict[str, float]:
        """The shares of a project's countries, which sum to one."""
        weights = project.mix or {
            name: country.traffic_weight for name, country in self.countries.items()
        }
        total = sum(weights.values())
        return {country: weight / total for country, weight in weights.items()}


def load(path: Path | None = None) -> Parameters:
    """Read the published parameters, or those of another file of the same form.

    Raises:
        msgspec.ValidationError: a key is missing, unknown or of the wrong type.
    """
    path = path or Path(__file__).with_name("parameters.toml")
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Parameters)
