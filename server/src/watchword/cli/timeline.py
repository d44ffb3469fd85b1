"""Timeline: the events of an authentication as lines that a person reads."""

from watchword_client import (
    AttemptEvent,
    AuthenticationStatusResponse,
    BalanceUpdateEvent,
    CheckEvent,
    DeliveryStatusEvent,
)

Line = tuple[str, str, str]


def lines_of(status: AuthenticationStatusResponse) -> list[Line]:
    """Time, kind and what happened, oldest first."""
    lines = []
    for event in status.events or []:
        created_at = getattr(event, "created_at", None)
        at = f"{created_at:%H:%M:%S.%f}"[:-3] if created_at else ""
        match event:
            case AttemptEvent():
                over = f"{event.capability or 'no channel'}: {event.content or event.status}"
                lines.append((at, f"attempt {event.attempt_number or ''}".strip(), over))
            case DeliveryStatusEvent():
                lines.append((at, "delivery", f"attempt {event.attempt_number}: {event.status}"))
            case CheckEvent():
                lines.append((at, "check", f"{event.status} {event.code or ''}".strip()))
            case BalanceUpdateEvent():
                lines.append((at, "balance", f"{event.balance_update_type} {event.amount:g}"))
            case _:
                lines.append((at, str(getattr(event, "type", "?")), ""))
    return lines
