"""Reasons: every one that learning can give, what it weighs, and its sentence for an operator."""

from collections.abc import Callable
from math import log

from msgspec import Struct

from watchword.domain.screening.learning.scene import Scene

BASE = -6.7
"""Log-odds of fraud of a request of which nothing else is known."""


DEAREST = 0.5
"""The highest price, as a share of a user's worth, that is told apart from others."""
HALF, TRACE = 0.5, 0.2
"""Codes, faded, that still count as one, and that still count at all."""
USED_TO_ANSWERS = 60.0
"""Answered codes after which a project has shown which countries are its own."""


class Reason(Struct, frozen=True):
    """Something that speaks for (above 0) or against a request being fraud, in log-odds."""

    name: str
    points: float
    evidence: str


class Rule(Struct, frozen=True):
    """One named reason: what a strength of 1 weighs, how strong it is in a scene, and its words.

    The weights are fitted by logistic regression on simulated traffic (`evaluation/fraud/fit.py`).
    """

    name: str
    weight: float
    strength: Callable[[Scene], float]
    words: Callable[[Scene], str]


def unanswered_carrier(scene: Scene) -> float:
    """Codes over one carrier, of all projects."""
    return scene.unanswered("carrier", 1.0, own=False)


def unanswered_country(scene: Scene) -> float:
    """Codes of this project to one country."""
    return scene.unanswered("country", 2.0)


def unanswered_origin(scene: Scene) -> float:
    """Codes of this project to dear or cheap countries, asked for from one kind of address."""
    return 0.0 if scene.asking.origin == "local" else scene.unanswered("origin", 1.0)


def unanswered_project(scene: Scene) -> float:
    """All of this project's codes."""
    return scene.unanswered("project", 5.0)


def unanswered_block(scene: Scene) -> float:
    """Codes to a block of a thousand numbers."""
    return scene.unanswered("block", 0.3, own=False)


def unanswered_wide_block(scene: Scene) -> float:
    """Codes to a block of ten thousand numbers, over days."""
    return scene.long_unanswered("wide_block", 0.3)


def unanswered_widest_block(scene: Scene) -> float:
    """Codes to a block of a hundred thousand numbers, over days."""
    return scene.long_unanswered("widest_block", 1.0)


def burst_block(scene: Scene) -> float:
    """Requests for one block of a thousand numbers beyond its share."""
    return scene.burst("block", 0.004)


def burst_wide_block(scene: Scene) -> float:
    """Requests for one block of ten thousand numbers beyond its share."""
    return scene.burst("wide_block", 0.015)


def burst_widest_block(scene: Scene) -> float:
    """Requests for one block of a hundred thousand numbers beyond its share."""
    return scene.burst("widest_block", 0.1)


def sequence(scene: Scene) -> float:
    """Numbers next to each other, unless their block is answered or one clean address asks."""
    neighbours, block = scene.tally("ten"), scene.tally("block")
    if neighbours.asked <= HALF:
        return 0.0
    real = (block.silent + 0.5) / (block.silent + block.answered + 0.5)
    if scene.fleet and scene.tally("ip").asked >= 0.7 * block.asked:
        real *= 0.15
    return min(3.0, neighbours.asked) * real


def new_block(scene: Scene) -> float:
    """A block of ten thousand numbers from which nobody ever answered."""
    return 0.0 if scene.tally("wide_block").answered_lasting > TRACE else 1.0


def new_country(scene: Scene) -> float:
    """A country from which nobody answered this project, which is used to answers."""
    if scene.tally("country").answered_lasting > HALF:
        return 0.0
    return 1.0 if scene.norms.answered > USED_TO_ANSWERS else 0.0


def foreign_address(scene: Scene) -> float:
    """An address in another country than the number."""
    return 1.0 if scene.asking.origin == "foreign" else 0.0


def hosting_address(scene: Scene) -> float:
    """An address of a data centre, not of people."""
    return 1.0 if scene.asking.hosting else 0.0


def no_address(scene: Scene) -> float:
    """No address from an app that always sends one."""
    return 0.0 if scene.asking.ip else scene.norms.sends_ip


def unanswered_address(scene: Scene) -> float:
    """Codes asked for from one address; one that many people share counts half."""
    strength = scene.long_unanswered("ip", 1.0)
    return strength * 0.5 if scene.asking.shared_address else strength


def unanswered_network(scene: Scene) -> float:
    """Codes of this project asked for from one network of addresses."""
    return scene.unanswered("network", 2.0)


def unanswered_pair(scene: Scene) -> float:
    """Codes of this project to a country, asked for from another one."""
    return scene.unanswered("pair", 0.5) if scene.asking.foreign else 0.0


def unanswered_device(scene: Scene) -> float:
    """Codes asked for from one device."""
    return scene.long_unanswered("device", 1.0)


def unanswered_app(scene: Scene) -> float:
    """Codes of this project asked for by one version of its app."""
    return scene.unanswered("app", 3.0)


def unanswered_claim(scene: Scene) -> float:
    """Codes for people said to be returning who were never verified here: the claim may be a lie."""
    return scene.unanswered("claim", 1.0)


def rare_app(scene: Scene) -> float:
    """A version of the app that hardly anybody who answers has."""
    rarity = scene.rarity("app", "project") if scene.asking.app_version else 0.0
    return max(0.0, rarity - 3.5)


def rare_locale(scene: Scene) -> float:
    """A language that people of this country who answer hardly ever have."""
    return min(4.0, scene.rarity("locale", "country")) if scene.asking.locale else 0.0


def dear_destination(scene: Scene) -> float:
    """The price, as a logarithm: pumping goes where a message earns most."""
    return log(min(DEAREST, max(0.005, scene.asking.price)) / 0.2)


def verified_before(scene: Scene) -> float:
    """A number that this project verified, or another one a little less."""
    if scene.asking.known:
        return 1.0
    return 0.5 if scene.tally("person").answered_lasting > TRACE / 4 else 0.0


def answered_address(scene: Scene) -> float:
    """An address of one household or office from which codes were answered."""
    if scene.asking.shared_address:
        return 0.0
    return min(3.0, scene.tally("ip").answered_lasting)


def asked_again(scene: Scene) -> float:
    """A person who was refused and asks again, as people do; nothing once such requests are a trick."""
    if not scene.retried:
        return 0.0
    return 1.0 - min(1.0, scene.unanswered("retried", 1.0) / 1.5)


def another_message(scene: Scene) -> float:
    """Another message for an authentication that was let through before."""
    return 1.0 if scene.asking.again else 0.0


def _codes(kind: str, which: str) -> Callable[[Scene], str]:
    def words(scene: Scene) -> str:
        tally = scene.tally(kind)
        silent, answered = tally.silent, tally.answered
        span = "of late"
        if silent < 1.0 <= tally.silent_lasting:
            silent, answered, span = tally.silent_lasting, tally.answered_lasting, "in some days"
        about = which.format_map(_about(scene))
        return f"{silent:.0f} codes {span} {about} not answered, {answered:.0f} answered"

    return words


def _burst(kind: str, which: str) -> Callable[[Scene], str]:
    def words(scene: Scene) -> str:
        tally, carrier = scene.tally(kind), scene.tally("carrier")
        return (
            f"{tally.asked:.0f} of {carrier.asked:.0f} requests for this carrier of late are for "
            f"{which.format_map(_about(scene))}, {tally.answered:.0f} answered"
        )

    return words


def _plain(text: str) -> Callable[[Scene], str]:
    return lambda scene: text.format_map(_about(scene))


def _about(scene: Scene) -> dict[str, object]:
    asking = scene.asking
    return {
        "block": f"+{asking.block[:-2]}xxx",
        "wide_block": f"+{asking.block[:-3]}xxxx",
        "widest_block": f"+{asking.block[:-4]}xxxxx",
        "ten": f"+{asking.block}x",
        "neighbours": round(scene.tally("ten").asked),
        "country": asking.country or "an unknown country",
        "carrier": f"{asking.country} {asking.carrier}".strip(),
        "ip_country": asking.ip_country,
        "network": asking.network,
        "origin": asking.origin,
        "app": asking.app_version,
        "locale": asking.locale,
        "sends_ip": f"{scene.norms.sends_ip:.0%}",
    }


REASONS: tuple[Rule, ...] = (
    Rule("carrier_unanswered", 4.7, unanswered_carrier, _codes("carrier", "to {carrier}")),
    Rule("country_unanswered", 5.8, unanswered_country, _codes("country", "to {country}")),
    Rule(
        "origin_unanswered",
        2.6,
        unanswered_origin,
        _codes("origin", "asked for from addresses of this kind ({origin})"),
    ),
    Rule("project_unanswered", 0.3, unanswered_project, _codes("project", "of this project")),
    Rule("block_unanswered", 0.3, unanswered_block, _codes("block", "to {block}")),
    Rule(
        "wide_block_unanswered",
        0.2,
        unanswered_wide_block,
        _codes("wide_block", "to {wide_block}"),
    ),
    Rule(
        "widest_block_unanswered",
        1.1,
        unanswered_widest_block,
        _codes("widest_block", "to {widest_block}"),
    ),
    Rule("block_burst", 1.3, burst_block, _burst("block", "{block}")),
    Rule("wide_block_burst", 0.5, burst_wide_block, _burst("wide_block", "{wide_block}")),
    Rule("widest_block_burst", 3.3, burst_widest_block, _burst("widest_block", "{widest_block}")),
    Rule("sequential_numbers", 0.3, sequence, _plain("{neighbours} codes of late for {ten}")),
    Rule("new_block", 1.7, new_block, _plain("nobody from {wide_block} ever answered")),
    Rule("new_country", 1.8, new_country, _plain("nobody from {country} ever answered")),
    Rule(
        "foreign_address",
        2.5,
        foreign_address,
        _plain("the address is in {ip_country}, the number in {country}"),
    ),
    Rule("hosting_address", 0.2, hosting_address, _plain("network {network} is of a data centre")),
    Rule(
        "no_address",
        1.5,
        no_address,
        _plain("no address, where {sends_ip} of requests have one"),
    ),
    Rule("ip_unanswered", 0.3, unanswered_address, _codes("ip", "asked for from this address")),
    Rule(
        "network_unanswered",
        2.2,
        unanswered_network,
        _codes("network", "asked for from network {network}"),
    ),
    Rule(
        "pair_unanswered",
        0.9,
        unanswered_pair,
        _codes("pair", "to {country} asked for from {ip_country}"),
    ),
    Rule("device_unanswered", 0.4, unanswered_device, _codes("device", "for this device")),
    Rule("app_unanswered", 0.4, unanswered_app, _codes("app", "for version {app} of the app")),
    Rule(
        "claim_unanswered",
        0.2,
        unanswered_claim,
        _codes("claim", "for people said to be returning, never verified here,"),
    ),
    Rule("rare_app", 1.4, rare_app, _plain("hardly anybody who answers has version {app}")),
    Rule(
        "rare_locale",
        1.6,
        rare_locale,
        _plain("hardly anybody in {country} who answers has the locale {locale}"),
    ),
    Rule("dear_destination", 1.9, dear_destination, _plain("the price of a message to {country}")),
    Rule("verified_before", -3.0, verified_before, _plain("the number was verified before")),
    Rule(
        "ip_answered",
        -0.7,
        answered_address,
        _plain("codes asked for from this address were answered"),
    ),
    Rule("asked_again", -3.5, asked_again, _plain("refused a moment ago, and asks again")),
    Rule(
        "another_message",
        -0.3,
        another_message,
        _plain("the authentication was let through before"),
    ),
)
"""Every reason. Their names are those of findings, metrics and `watchword explain`."""
