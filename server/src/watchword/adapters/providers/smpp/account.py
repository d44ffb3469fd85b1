"""What an operator says of an SMPP account, and the same as values to work with."""

import ssl
from typing import Annotated

from msgspec import Meta, Struct

from watchword.adapters.providers.kind import Credentials, Secret
from watchword.adapters.providers.smpp.pdu import Command
from watchword.adapters.providers.smpp.receipt import Reading, Spelling
from watchword.adapters.providers.smpp.text import LongMessages
from watchword.ports.provider import RefusalKind

_KINDS = "(number|account|passing|throttle|fraud)"
_PORT = "^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$"
_NAME = "^[!-~]*$"


class SmppCredentials(Credentials, frozen=True, kw_only=True):
    """The address and the credentials of a message centre, and its peculiarities."""

    host: Annotated[str, Meta(min_length=1, pattern="^[!-~]+$", description="Host or IP address.")]
    system_id: Annotated[
        str, Meta(min_length=1, pattern=_NAME, description="system_id to bind with.")
    ]
    password: Annotated[Secret, Meta(pattern=_NAME, description="Password to bind with.")]
    port: Annotated[str, Meta(pattern=_PORT, description="TCP port.")] = "2775"
    tls: Annotated[str, Meta(pattern="^(off|on)$", description="TLS: `off` or `on`.")] = "off"
    tls_ca: Annotated[
        str,
        Meta(
            pattern=r"^[\t\n\r -~]*$",
            description="Certificate in PEM to trust instead of the system's, with TLS on.",
        ),
    ] = ""
    system_type: Annotated[str, Meta(pattern=_NAME, description="system_type of the bind.")] = ""
    bind_type: Annotated[
        str,
        Meta(
            pattern="^(transceiver|pair)$",
            description="`transceiver`, or `pair` for a transmitter with a receiver beside it.",
        ),
    ] = "transceiver"
    binds: Annotated[
        str,
        Meta(
            pattern="^([1-9]|[1-4][0-9]|50)$",
            description="Binds, or pairs of them, that each worker process keeps (1 to 50).",
        ),
    ] = "1"
    window: Annotated[
        str,
        Meta(
            pattern="^[1-9][0-9]{0,2}$",
            description="Submissions that one bind may have unanswered, as agreed; mostly 10 to 50.",
        ),
    ] = "20"
    enquire_link: Annotated[
        str, Meta(pattern="^[1-9][0-9]{0,3}$", description="Seconds between two enquire_link.")
    ] = "30"
    sender_id: Annotated[
        str,
        Meta(
            pattern="^$|^[ -~]{1,20}$",
            description="Sender where neither request nor route names one; empty leaves it to the carrier.",
        ),
    ] = ""
    service_type: Annotated[
        str, Meta(pattern="^[!-~]{0,5}$", description="service_type of a submission.")
    ] = ""
    long_messages: Annotated[
        str,
        Meta(
            pattern="^(udh|sar|payload)$",
            description="How long texts go: `udh` (header), `sar` (TLVs) or `payload` (message_payload).",
        ),
    ] = "udh"
    validity_period: Annotated[
        str,
        Meta(
            pattern="^(relative|none)$",
            description="`relative`: messages die with their code; `none` where that is refused.",
        ),
    ] = "relative"
    receipt_ids: Annotated[
        str,
        Meta(
            pattern="^((case|zeros|decimal-receipts|hex-receipts)( |$))*$",
            description=(
                "How receipts may spell ids otherwise than answers: `case`, `zeros`, "
                "`decimal-receipts` (answered in hexadecimal) or `hex-receipts` (answered in decimal)."
            ),
        ),
    ] = "case zeros"
    receipt_errors: Annotated[
        str,
        Meta(
            pattern=f"^([0-9A-Za-z]+={_KINDS}( |$))*$",
            description="What the codes after `err:` mean, as `001=passing 005=number`.",
        ),
    ] = "001=passing 002=passing 005=number 006=number 009=number"
    receipt_utc_offset: Annotated[
        str,
        Meta(
            pattern=r"^$|^[+-](0[0-9]|1[0-4]):[0-5][0-9]$",
            description="Clock of the dates in receipts, as `+00:00`; empty does not trust them.",
        ),
    ] = ""
    vendor_codes: Annotated[
        str,
        Meta(
            pattern=f"^((0x[0-9a-fA-F]{{1,8}}|[0-9]{{1,9}})={_KINDS}( |$))*$",
            description="What the vendor's own statuses mean, as `1025=number 0x402=throttle`.",
        ),
    ] = ""


class Settings(Struct, frozen=True, kw_only=True):
    """The same with numbers as numbers; times are in seconds."""

    host: str
    port: int
    system_id: str
    password: str
    system_type: str = ""
    tls: bool = False
    tls_ca: str = ""
    commands: tuple[Command, ...] = (Command.BIND_TRANSCEIVER,)
    window: int = 20
    per_second: float = 0.0
    enquire_link: float = 30.0
    response_time: float = 10.0
    """For an answer to come; a bind whose enquire_link is not answered in time is given up."""
    sender_id: str = ""
    service_type: str = ""
    long_messages: LongMessages = LongMessages.UDH
    relative_validity: bool = True
    reading: Reading = Reading()
    vendor_codes: dict[int, RefusalKind] = {}

    def __repr__(self) -> str:
        """Nothing of the credentials."""
        return "Settings()"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The same, because msgspec would show every field to a pretty traceback."""
        return []

    def ssl_context(self) -> ssl.SSLContext | None:
        """The rules of TLS; None without.

        Raises:
            OSError, ValueError: the certificate to trust cannot be read.

        """
        if not self.tls:
            return None
        return ssl.create_default_context(cadata=self.tls_ca or None)


def read_settings(given: SmppCredentials) -> Settings:
    """The values behind what an operator wrote; the patterns of the fields make sure that they are some."""
    pair = (Command.BIND_TRANSMITTER, Command.BIND_RECEIVER)
    kinds = pair if given.bind_type == "pair" else (Command.BIND_TRANSCEIVER,)
    errors = _table(given.receipt_errors)
    return Settings(
        host=given.host,
        port=int(given.port),
        system_id=given.system_id,
        password=given.password,
        system_type=given.system_type,
        tls=given.tls == "on",
        tls_ca=given.tls_ca,
        commands=kinds * int(given.binds),
        window=int(given.window),
        per_second=float(given.per_second),
        enquire_link=float(given.enquire_link),
        sender_id=given.sender_id,
        service_type=given.service_type,
        long_messages=LongMessages(given.long_messages),
        relative_validity=given.validity_period == "relative",
        reading=Reading(
            spellings=frozenset(map(Spelling, given.receipt_ids.split())),
            errors={code.lstrip("0"): kind for code, kind in errors.items()},
            utc_offset=_minutes(given.receipt_utc_offset),
        ),
        vendor_codes={_number(code): kind for code, kind in _table(given.vendor_codes).items()},
    )


def _table(text: str) -> dict[str, RefusalKind]:
    pairs = (pair.partition("=") for pair in text.split())
    return {code: RefusalKind(kind) for code, _, kind in pairs}


def _number(text: str) -> int:
    return int(text, 16) if text.startswith("0x") else int(text)


def _minutes(text: str) -> int | None:
    if not text:
        return None
    hours, minutes = int(text[1:3]), int(text[4:6])
    return (-1 if text[0] == "-" else 1) * (hours * 60 + minutes)
