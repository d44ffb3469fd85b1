"""The sentences that say why a text is no phone number, where, and what one looks like."""

from watchword.adapters.numbering.regions import region_name
from watchword.ports.numbering import NumberProblem

_ECHO = 20


def problem(given: str, why: str, example: str | None = None) -> NumberProblem:
    """The sentence: what was given (20 printable characters at most), why not, and an example."""
    hint = f"; an example is {example}" if example else ""
    return NumberProblem(f"{_echo(given)} is not a valid phone number: {why}{hint}")


def wrong_text(compact: str) -> str | None:
    """Why a text without its separators is not written in E.164, None if it is."""
    match compact[:1], compact[1:]:
        case "", _:
            return "it is empty"
        case "+", digits if digits.isascii() and digits.isdecimal():
            return "no calling code starts with 0" if digits[0] == "0" else None
        case "+", "":
            return "no digits follow the +"
        case "+", _:
            return "only the digits 0 to 9 may follow the +"
        case _ if compact.isascii() and compact.isdecimal():
            return "say the country: start with + and its calling code"
        case _:
            return "write it as + and digits"


def wrong_length(regions: tuple[str, ...], calling_code: int, adjective: str) -> str:
    """That a number is `adjective` (as in "too short") for its country."""
    return f"{adjective} for {_country(regions, calling_code)}"


def wrong_range(regions: tuple[str, ...], calling_code: int) -> str:
    """That a number has the right length but is in no range that its country has opened."""
    return f"no number of {_country(regions, calling_code)} starts like that"


def _country(regions: tuple[str, ...], calling_code: int) -> str:
    match regions:
        case ("001",):
            return f"the calling code +{calling_code}"
        case (only,):
            return region_name(only)
        case (main, *_):
            return f"{region_name(main)} and its neighbours under +{calling_code}"
        case _:
            return f"the calling code +{calling_code}"


def _echo(given: str) -> str:
    printable = "".join(character for character in given if character.isprintable()).strip()
    if not printable:
        return "This"
    return printable if len(printable) <= _ECHO else f"{printable[:_ECHO]}…"
