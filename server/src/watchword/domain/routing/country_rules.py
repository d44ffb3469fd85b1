"""Country rules: what a route cannot carry to a country, or only once it is registered there."""

from enum import StrEnum

from watchword.domain.channel import Channel
from watchword.domain.routing.route import Route

SANDBOX = "sandbox"


class Names(StrEnum):
    """How a country treats senders of SMS that are names and no numbers."""

    FORBIDDEN = "forbidden"
    REGISTERED = "registered"


NAMES: dict[str, Names] = {
    **dict.fromkeys(("CA", "CN", "US"), Names.FORBIDDEN),
    **dict.fromkeys(
        (
            *("AE", "AU", "BY", "EG", "FI", "GB", "ID", "IE", "IN", "JO", "KE", "KW"),
            *("KZ", "LK", "PH", "QA", "RU", "SA", "SG", "TH", "TR", "VN", "ZM"),
        ),
        Names.REGISTERED,
    ),
}
"""By country (ISO 3166-1), where it is not simply allowed.

From AWS's lists of countries that support sender IDs, and of those that ask for registration (AWS End
User Messaging SMS, user guide, "Supported countries" and "Registrations", read in 2026).
"""


def obstacle(
    route: Route, country: str | None, sender_id: str | None, email: str | None = None
) -> str | None:
    """Why a route cannot carry a message to a person in a country, found before anything is paid."""
    if route.channel is Channel.EMAIL and email is None:
        return "no email address is known"
    if route.channel is not Channel.SMS or route.account == SANDBOX or country is None:
        return None
    if NAMES.get(country) is Names.FORBIDDEN and is_name(sender_id):
        return f"{country} takes no sender that is a name"
    if country == "IN" and route.dlt is None:
        return "India asks for a DLT entity and template, which the route does not name"
    return None


def advice(route: Route, country: str | None, sender_id: str | None) -> str | None:
    """What an operator should know of a route that can carry a message to a country."""
    if route.channel is not Channel.SMS or route.account == SANDBOX or country is None:
        return None
    if NAMES.get(country) is Names.REGISTERED and is_name(sender_id):
        return f"{country} delivers from a sender that is a name only where it is registered"
    return None


def is_name(sender_id: str | None) -> bool:
    """Whether a sender ID is a name, which at least one letter makes it."""
    return sender_id is not None and any(char.isalpha() for char in sender_id)
