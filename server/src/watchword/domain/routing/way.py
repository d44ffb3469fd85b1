"""Way: over what a message goes, and to where, as far as learning tells them apart."""

from msgspec import Struct

from watchword.domain.channel import Channel

APPS = frozenset((Channel.WHATSAPP, Channel.VIBER, Channel.RCS, Channel.TELEGRAM))
"""Channels that reach only people who have an app, whatever their carrier."""
FREE_UNLESS_DELIVERED = APPS | {Channel.VOICE}
"""Channels whose price is asked only for what arrived, or was picked up; SMS is billed when taken."""


class Way(Struct, frozen=True):
    """A route, as far as it is learnt about; `account` is the provider account it belongs to."""

    route: str
    account: str
    channel: Channel


class Place(Struct, frozen=True):
    """Where a number is: its country (ISO 3166-1) and its carrier, empty where it is not known."""

    country: str
    carrier: str = ""
