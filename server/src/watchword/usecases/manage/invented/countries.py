"""Invented countries: where the people of the sample project live, and what it costs to reach them."""

from msgspec import Struct

from watchword.domain.routing.route import Dlt, Route
from watchword.usecases.manage.invented.ways import ACCOUNTS, CHANNELS, CHAT, NORTH, SOUTH, VOICE


class Country(Struct, frozen=True, kw_only=True):
    """Where a share of the people live; `blocks` are beginnings of their numbers and digits to add.

    Prices are micros, `zone` is hours from UTC, and `chats` is the share of first messages that go by
    WhatsApp. `reached` is the share of SMS that arrive.
    """

    region: str
    share: float
    zone: float
    blocks: tuple[tuple[str, int], ...]
    locales: tuple[str, ...]
    sms: int
    chat: int
    chats: float = 0.0
    reached: float = 0.97
    dlt: Dlt | None = None

    def routes(self, first: str) -> tuple[Route, ...]:
        """The ways to its numbers, one of them first."""
        prices = {NORTH: self.sms, SOUTH: self.sms * 4 // 5, CHAT: self.chat, VOICE: self.sms * 2}
        routes = [
            Route(
                name=name,
                account=ACCOUNTS[name],
                channel=CHANNELS[name],
                price=price,
                dlt=self.dlt,
            )
            for name, price in prices.items()
        ]
        return tuple(sorted(routes, key=lambda route: route.name != first))


COUNTRIES = (
    Country(
        region="FR",
        share=0.24,
        zone=2,
        blocks=(("+3361234", 4), ("+3362000", 4), ("+3375000", 4)),
        locales=("fr-FR", "fr-FR", "fr-FR", "en-GB"),
        sms=58_000,
        chat=49_000,
        chats=0.1,
    ),
    Country(
        region="DE",
        share=0.15,
        zone=2,
        blocks=(("+4917139200", 2), ("+49176040690", 2), ("+491520000", 4)),
        locales=("de-DE", "de-DE", "de-DE", "tr-TR"),
        sms=75_000,
        chat=55_000,
        chats=0.2,
    ),
    Country(
        region="GB",
        share=0.12,
        zone=1,
        blocks=(("+447700900", 3),),
        locales=("en-GB",),
        sms=42_000,
        chat=38_000,
        chats=0.15,
    ),
    Country(
        region="US",
        share=0.13,
        zone=-5,
        blocks=tuple((f"+1{area}55501", 2) for area in (212, 303, 312, 415, 512, 617, 702, 917)),
        locales=("en-US", "en-US", "en-US", "es-US"),
        sms=8_000,
        chat=12_000,
    ),
    Country(
        region="BR",
        share=0.12,
        zone=-3,
        blocks=(("+551190000", 4), ("+552190000", 4), ("+553190000", 4)),
        locales=("pt-BR",),
        sms=21_000,
        chat=14_000,
        chats=0.6,
        reached=0.95,
    ),
    Country(
        region="IN",
        share=0.11,
        zone=5.5,
        blocks=(("+91700000", 4), ("+91800000", 4), ("+91900000", 4)),
        locales=("en-IN", "hi-IN"),
        sms=31_000,
        chat=11_000,
        chats=0.5,
        reached=0.93,
        dlt=Dlt(entity_id="1201000000000000000", template_id="1207000000000000000"),
    ),
    Country(
        region="NG",
        share=0.05,
        zone=1,
        blocks=(("+234803000", 4), ("+234810000", 4)),
        locales=("en-NG",),
        sms=98_000,
        chat=24_000,
        chats=0.45,
        reached=0.87,
    ),
    Country(
        region="ID",
        share=0.06,
        zone=7,
        blocks=(("+62812000", 4), ("+62852000", 4)),
        locales=("id-ID",),
        sms=190_000,
        chat=29_000,
        chats=0.7,
        reached=0.9,
    ),
    Country(
        region="UZ",
        share=0.02,
        zone=5,
        blocks=(("+99890000", 4), ("+99893000", 4)),
        locales=("uz-UZ", "ru-RU"),
        sms=210_000,
        chat=36_000,
        chats=0.1,
        reached=0.9,
    ),
)
