"""Invented ways: over which routes the messages of the sample project went, and how they fared."""

from watchword.domain.channel import Channel

NORTH, SOUTH, CHAT, VOICE = "north-sms", "south-sms", "chat-whatsapp", "north-voice"
ACCOUNTS = {
    NORTH: "sandbox-north",
    SOUTH: "sandbox-south",
    CHAT: "sandbox-chat",
    VOICE: "sandbox-north",
}
CHANNELS = {
    NORTH: Channel.SMS,
    SOUTH: Channel.SMS,
    CHAT: Channel.WHATSAPP,
    VOICE: Channel.VOICE,
}
ABSENT = {
    Channel.SMS: (
        ("27", "the phone is switched off or out of coverage"),
        ("1", "the carrier knows no such subscriber"),
        ("31", "the phone's memory is full"),
    ),
    Channel.WHATSAPP: (("131026", "the number has no WhatsApp"),),
    Channel.VOICE: (("486", "the line is busy"), ("480", "nobody picks up")),
}
"""Carrier codes and causes of messages that do not arrive."""
TRAVEL = {Channel.SMS: 5.0, Channel.WHATSAPP: 2.2, Channel.VOICE: 14.0}
"""Seconds within which half of the messages arrive."""
REACHED = 0.95
"""The share of messages over other channels than SMS that arrive."""
REPORTED = 0.95
"""The share of arrivals that are reported."""
LOST = 0.4
"""The share of messages that do not arrive of which nothing is ever heard."""
