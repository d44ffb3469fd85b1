"""Command statuses: what each error that a message centre answers means for a message."""

from watchword.ports.provider import RefusalKind, Refused

ROK = 0x00
RINVMSGLEN = 0x01
RINVCMDID = 0x03
RINVCMDLEN = 0x02
RINVBNDSTS = 0x04
RX_T_APPN = 0x64
"""A temporary error of ours: the centre is to send again (SMPP 3.4, 5.1.3)."""
RX_P_APPN = 0x65
"""A permanent error of ours: the centre is not to send this again."""
RUNKNOWNERR = 0xFF
PAUSE = 1_000
"""Milliseconds to leave a centre alone that says we are too fast."""

_NUMBER, _ACCOUNT = RefusalKind.NUMBER, RefusalKind.ACCOUNT
_PASSING, _THROTTLE = RefusalKind.PASSING, RefusalKind.THROTTLE

STATUSES: dict[int, tuple[RefusalKind, str]] = {
    0x01: (_ACCOUNT, "the length of the message is not valid"),
    0x02: (_ACCOUNT, "the length of the command is not valid"),
    0x03: (_ACCOUNT, "the command is not known"),
    0x04: (_PASSING, "the bind is in no state for this command"),
    0x05: (_ACCOUNT, "the account is bound already"),
    0x06: (_ACCOUNT, "the priority flag is not valid"),
    0x07: (_ACCOUNT, "receipts cannot be asked for in this way"),
    0x08: (_PASSING, "system error"),
    0x0A: (_ACCOUNT, "the source address is not valid"),
    0x0B: (_NUMBER, "the destination address is not valid"),
    0x0C: (_ACCOUNT, "the message id is not valid"),
    0x0D: (_ACCOUNT, "the bind failed"),
    0x0E: (_ACCOUNT, "the password is not valid"),
    0x0F: (_ACCOUNT, "the system id is not valid"),
    0x14: (_THROTTLE, "the message queue is full"),
    0x15: (_ACCOUNT, "the service type is not valid"),
    0x33: (_NUMBER, "the number of destinations is not valid"),
    0x34: (_NUMBER, "the distribution list is not valid"),
    0x40: (_ACCOUNT, "the destination flag is not valid"),
    0x43: (_ACCOUNT, "the esm_class is not valid"),
    0x45: (_PASSING, "the submission failed"),
    0x48: (_ACCOUNT, "the type of the source address is not valid"),
    0x49: (_ACCOUNT, "the numbering plan of the source address is not valid"),
    0x50: (_ACCOUNT, "the type of the destination address is not valid"),
    0x51: (_ACCOUNT, "the numbering plan of the destination address is not valid"),
    0x53: (_ACCOUNT, "the system type is not valid"),
    0x58: (_THROTTLE, "the allowed rate is exceeded"),
    0x61: (_ACCOUNT, "the scheduled time is not valid"),
    0x62: (_ACCOUNT, "the validity period is not valid"),
    0x63: (_ACCOUNT, "the predefined message is not valid"),
    0x64: (_PASSING, "a temporary error of an application"),
    0x65: (_ACCOUNT, "a permanent error of an application"),
    0x66: (_ACCOUNT, "an application rejected the message"),
    0x67: (_ACCOUNT, "the query failed"),
    0xC0: (_ACCOUNT, "the optional parameters are not valid"),
    0xC1: (_ACCOUNT, "an optional parameter is not allowed"),
    0xC2: (_ACCOUNT, "the length of a parameter is not valid"),
    0xC3: (_ACCOUNT, "an optional parameter is missing"),
    0xC4: (_ACCOUNT, "the value of an optional parameter is not valid"),
    0xFE: (_PASSING, "the delivery failed"),
    0xFF: (_PASSING, "unknown error"),
}
"""The statuses of SMPP 3.4 (5.1.3) with their meaning; 0x0400 to 0x04FF are each vendor's own."""


def refusal(status: int, vendor: dict[int, RefusalKind]) -> Refused:
    """What a status other than zero means; the account's own table goes before ours.

    A status that neither knows is taken for one that may pass, so that neither the number nor the
    account is blamed for it.
    """
    known, words = STATUSES.get(status, (_PASSING, "a status that is the vendor's own"))
    kind = vendor.get(status, known)
    pause = PAUSE if kind is RefusalKind.THROTTLE else None
    return Refused(kind, f"0x{status:08X}", words, pause)
