"""Route: a provider account, a channel, a sender and a price, for the numbers that begin so."""

from typing import Annotated

from msgspec import Meta, Struct

from watchword.domain.channel import Channel


class Dlt(Struct, frozen=True, forbid_unknown_fields=True):
    """What India's DLT registry (TRAI, TCCCPR 2018) asks to be sent along with an SMS."""

    entity_id: Annotated[str, Meta(pattern="^[0-9]{10,25}$")]
    template_id: Annotated[str, Meta(pattern="^[0-9]{10,25}$")]


class Route(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to reach numbers under any of `prefixes` (E.164 beginnings; "+" is every number).

    `price` is what one message segment costs, in micros of the project's currency. `template` is the
    name of the provider's approved template, where the channel asks for one (WhatsApp).
    """

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    account: str
    channel: Channel
    sender_id: str | None = None
    prefixes: tuple[str, ...] = ("+",)
    price: Annotated[int, Meta(ge=0)] = 0
    template: Annotated[str, Meta(max_length=512)] | None = None
    dlt: Dlt | None = None

    def serves(self, e164: str) -> bool:
        """Whether this route reaches the number."""
        return e164.startswith(self.prefixes)


SANDBOX_ACCOUNT = "sandbox"
SANDBOX_ROUTES = (
    Route(name="sandbox-sms", account="sandbox", channel=Channel.SMS, price=9_000),
    Route(name="sandbox-whatsapp", account="sandbox", channel=Channel.WHATSAPP, price=5_000),
    Route(name="sandbox-viber", account="sandbox", channel=Channel.VIBER, price=7_000),
)
"""What a sandbox project uses until it names routes of its own; the prices are play money."""
