"""Project: a customer of this installation, with every setting it may choose."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from watchword.domain.routing.route import Route
from watchword.domain.screening.learning.judgement import Strictness
from watchword.domain.screening.list_entry import ListEntry
from watchword.domain.template import Template


class Mode(StrEnum):
    """Whether messages leave this machine."""

    SANDBOX = "sandbox"
    LIVE = "live"


class Enforcement(StrEnum):
    """Whether screening refuses or only writes down what it would have refused."""

    ENFORCE = "enforce"
    MONITOR = "monitor"


class RoutingPolicy(StrEnum):
    """How the next route is chosen."""

    BALANCED = "balanced"
    """By value: what a verified person is worth, times the chance, less what the message costs."""
    CONVERSION = "conversion"
    """The most verified people; the price decides only between equals."""
    PRICE = "price"
    """The cheapest among routes that are nearly as good as the best."""
    FIXED = "fixed"
    """In the order in which the project names its routes."""


class RouteRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule beside all learning: numbers under `prefixes` go over these routes, in this order."""

    prefixes: tuple[str, ...]
    routes: tuple[str, ...]


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many codes may be asked for; 0 is no limit."""

    number_10_minutes: Annotated[int, Meta(ge=0)] = 5
    number_day: Annotated[int, Meta(ge=0, le=50)] = 20
    ip_hour: Annotated[int, Meta(ge=0)] = 20
    device_hour: Annotated[int, Meta(ge=0)] = 10
    project_hour: Annotated[int, Meta(ge=0)] = 0
    block_hour: Annotated[int, Meta(ge=0)] = 100
    requests_second: Annotated[int, Meta(ge=0)] = 0


class SpendCap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most that may be spent, in micros, in an hour or a day, in one country or (`*`) in all."""

    period: Annotated[str, Meta(pattern="^(hour|day)$")]
    amount: Annotated[int, Meta(ge=0)]
    country: Annotated[str, Meta(pattern=r"^([A-Z]{2}|\*)$")] = "*"


class TestNumber(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that is sent nothing and accepts one fixed code until `until` (Unix milliseconds)."""

    phone_number: str
    code: Annotated[str, Meta(pattern="^[0-9]{4,10}$")]
    until: int


class ProjectSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a project may choose; every default is safe to run with. Durations are seconds."""

    app_name: Annotated[str, Meta(max_length=40)] | None = None
    origin: Annotated[str, Meta(max_length=253)] | None = None
    code_length: Annotated[int, Meta(ge=4, le=10)] = 6
    lifetime: Annotated[int, Meta(ge=30, le=600)] = 600
    max_checks: Annotated[int, Meta(ge=1, le=10)] = 5
    retry_delays: Annotated[tuple[Annotated[int, Meta(ge=0, le=600)], ...], Meta(max_length=10)] = (
        30,
        40,
        60,
        90,
    )
    max_fallbacks: Annotated[int, Meta(ge=0, le=5)] = 2
    resend_after: Annotated[int, Meta(ge=10, le=300)] | None = None
    stateless: bool = True
    reveal_codes: bool = False
    regions: tuple[Annotated[str, Meta(pattern="^[A-Z]{2}$")], ...] = ()
    allow_voip: bool = False
    allow_cnam: bool = False
    sender_id: str | None = None
    sender_ids: tuple[str, ...] = ()
    templates: tuple[Template, ...] = ()
    routes: tuple[Route, ...] = ()
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "EUR"
    authentication_fee: Annotated[int, Meta(ge=0)] = 0
    lookup_fee: Annotated[int, Meta(ge=0)] = 0
    spending_limit_day: Annotated[int, Meta(ge=0)] | None = None
    spend_caps: tuple[SpendCap, ...] = ()
    limits: Limits = Limits()
    unanswered_budget: Annotated[int, Meta(ge=0)] | None = 5_000_000
    alert_url: Annotated[str, Meta(max_length=2048)] | None = None
    user_worth: Annotated[int, Meta(ge=1)] = 1_000_000
    routing: RoutingPolicy = RoutingPolicy.BALANCED
    route_rules: tuple[RouteRule, ...] = ()
    screening: Enforcement = Enforcement.ENFORCE
    strictness: Strictness = Strictness.STANDARD
    blocked: tuple[ListEntry, ...] = ()
    allowed: tuple[ListEntry, ...] = ()
    test_numbers: tuple[TestNumber, ...] = ()


class Project(Struct, frozen=True, kw_only=True):
    """One customer: `id` is `customer_uuid` on the wire; `created_at` is in Unix milliseconds."""

    id: UUID
    name: str
    mode: Mode
    created_at: int
    suspended: bool = False
    settings: ProjectSettings = ProjectSettings()

    def rule_for(self, e164: str) -> RouteRule | None:
        """The first route rule that a number falls under."""
        rules = self.settings.route_rules
        return next((rule for rule in rules if e164.startswith(rule.prefixes)), None)

    @property
    def is_sandbox(self) -> bool:
        """Whether its messages stay on this machine."""
        return self.mode is Mode.SANDBOX

    @property
    def shows_codes(self) -> bool:
        """Whether a status shows codes: in the sandbox, and where a project switched it on."""
        return self.is_sandbox or self.settings.reveal_codes

    def test_number(self, e164: str, now: int) -> TestNumber | None:
        """The fixed-code entry of a number, while it lasts."""
        for entry in self.settings.test_numbers:
            if entry.phone_number == e164 and now < entry.until:
                return entry
        return None
