"""Provider setup: what `watchword providers add` asks a person for, and what it proposes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
import phonenumbers

from watchword.cli.desk import Desk
from watchword.domain.channel import Channel
from watchword.domain.money import Money, as_decimal, parse_amount
from watchword.domain.project import Mode

ALL = "*"
MESSAGES_A_DAY = 500
"""How many messages the cap that is proposed pays for."""
PRICE = "0.05"
"""What is proposed for a message: about the dearest of Western Europe."""


def ask_for_credentials(
    fields: Sequence[Mapping[str, Any]], given: Mapping[str, str]
) -> dict[str, str]:
    """What was given, and each field that was not and has no default; secrets are typed unseen."""
    missing = [one for one in fields if not one["default"] and one["name"] not in given]
    told = {one["name"]: _ask(one) for one in missing}
    return {**given, **{name: value for name, value in told.items() if value}}


def _ask(field: Mapping[str, Any]) -> str:
    words = f"{field['name']}: {field['description'].rstrip('.')}"
    if field["required"]:
        return str(click.prompt(words, hide_input=field["secret"], err=True))
    words += " (Enter leaves it out)"
    hidden = field["secret"]
    return str(click.prompt(words, default="", show_default=False, hide_input=hidden, err=True))


def ask_for_countries(
    desk: Desk, account: str, channels: Sequence[str], project: str | None
) -> Iterator[str]:
    """Add a route for the countries that are named, with a cap a day; what was done, in sentences."""
    found = desk.call("read_project", project=project)
    view, settings = found["view"], found["settings"]
    project = view["customer_uuid"]
    currency = settings["currency"]
    countries = click.prompt(
        "Countries it shall serve (FR DE …, * for all, nothing for none yet)",
        default="",
        show_default=False,
        value_proc=_countries,
        err=True,
    )
    if not countries:
        return
    channel = Channel.SMS.value if Channel.SMS in channels else channels[0]
    if len(channels) > 1:
        channel = click.prompt("Channel", type=click.Choice(channels), default=channel, err=True)
    price = click.prompt(
        f"Price of a message in {currency}", default=PRICE, value_proc=_amount, err=True
    )
    cap = click.prompt(
        f"At most a day in each of them, in {currency}",
        default=_plain(price * MESSAGES_A_DAY),
        value_proc=_amount,
        err=True,
    )
    route = f"{channel}-{account}"
    fields = {
        "name": route,
        "account": account,
        "channel": channel,
        "prefixes": " ".join(_prefixes(countries)),
        "price": _plain(price),
    }
    desk.call("put_route", fields, project)
    capped = {("day", country) for country in countries}
    caps = [one for one in settings["spend_caps"] if (one["period"], one["country"]) not in capped]
    caps += [{"period": "day", "country": country, "amount": cap} for country in countries]
    changes: dict[str, Any] = {"spend_caps": caps}
    served = settings["regions"]
    if ALL in countries:
        changes["regions"] = []
    elif served or click.confirm("Refuse the numbers of all other countries?", True, err=True):
        changes["regions"] = sorted({*served, *countries})
    desk.call("change_project", {"settings": changes}, project)
    where = "all countries" if ALL in countries else " ".join(countries)
    each = "" if countries == [ALL] else " in each"
    yield f"{route} serves {where}, at {Money(price, currency)} a message"
    yield f"at most {Money(cap, currency)} a day{each}"
    if view["mode"] == Mode.SANDBOX:
        words = (
            f"`watchword projects set {view['name']} mode=live` lets messages leave this machine."
        )
        click.echo(f"  {words}", err=True)


def _countries(text: str) -> list[str]:
    words = list(dict.fromkeys(text.upper().replace(",", " ").split()))
    for word in words:
        if word != ALL and not phonenumbers.country_code_for_region(word):
            raise click.BadParameter(f"{word!r} is no country: two letters, such as FR")
    return [ALL] if ALL in words else words


def _prefixes(countries: Sequence[str]) -> list[str]:
    if ALL in countries:
        return ["+"]
    codes = (phonenumbers.country_code_for_region(country) for country in countries)
    return [f"+{code}" for code in dict.fromkeys(codes)]


def _amount(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}([.][0-9]{1,6})?", str(text)):
        raise click.BadParameter(f"{text!r} is no amount, such as 0.05")
    return parse_amount(str(text))


def _plain(micros: int) -> str:
    return str(as_decimal(micros))
