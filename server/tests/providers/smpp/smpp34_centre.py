"""A message centre made of PyPI's `smpp34`; the last digit of the number picks the outcome.

Run as a program with a port. Ids are hexadecimal, and receipts spell them in decimal.
"""

import asyncio
import itertools
import sys

import smpp34

FINAL = {
    "1": ("UNDELIV", 5, "005"),
    "2": ("EXPIRED", 3, "027"),
    "3": ("REJECTD", 8, "050"),
    "4": ("UNKNOWN", 7, "000"),
    "5": ("DELETED", 4, "000"),
    "6": ("ACCEPTD", 6, "000"),
    "7": ("ENROUTE", 1, "000"),
}
STATUSES = {"8": 0x58, "9": 0x0B}


async def receipt(bound: smpp34.Esme, event: smpp34.SubmitSmEvent, number: int) -> None:
    word, state, error = FINAL.get(event.destination_addr[-1], ("DELIVRD", 2, "000"))
    text = (
        f"id:{number:010} sub:001 dlvrd:001 submit date:2611230000 done date:2611230001 "
        f"stat:{word} err:{error} text:{event.short_message[:20].decode('latin-1')}"
    )
    await bound.deliver_sm(
        source_addr=event.destination_addr,
        destination_addr=event.source_addr,
        esm_class=4,
        short_message=text.encode("latin-1"),
        tlvs=[
            smpp34.Tlv(0x001E, f"{number:010}".encode() + b"\0"),
            smpp34.Tlv(0x0427, bytes([state])),
        ],
    )


async def main(port: int) -> None:
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="SMPP34")
    await server.start()
    bound: dict[str, smpp34.Esme] = {}
    numbers = itertools.count(0xABC123)
    going: set[asyncio.Task[None]] = set()
    while True:
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            bound[event.session_id] = event
        elif isinstance(event, smpp34.SubmitSmEvent):
            status = STATUSES.get(event.destination_addr[-1])
            if status is not None:
                event.reject(status)
                continue
            number = next(numbers)
            event.accept(message_id=f"{number:X}")
            if event.registered_delivery & 3 == 1:
                task = asyncio.create_task(receipt(bound[event.session_id], event, number))
                going.add(task)
                task.add_done_callback(going.discard)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
