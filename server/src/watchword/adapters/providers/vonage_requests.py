"""Vonage requests: what is asked of its Messages API for a message, and of its Voice API for a call."""

import re

from watchword.adapters.providers.answers import meta_language
from watchword.domain.channel import Channel
from watchword.ports.provider import Message, RefusalKind, Refused

TTL = {Channel.SMS: (20, 604_800), Channel.VIBER: (30, 259_200), Channel.RCS: (20, 259_200)}
"""Seconds, at least and at most, for which a message may be valid."""
RING = 30
"""Seconds that a phone rings."""
VOICES = [
    "ar",
    "ca-ES",
    "cs-CZ",
    "cy-GB",
    "da-DK",
    "de-DE",
    "el-GR",
    "en-US",
    "en-AU",
    "en-GB",
    "en-IN",
    "en-ZA",
    "es-ES",
    "es-MX",
    "es-US",
    "eu-ES",
    "fi-FI",
    "fil-PH",
    "fr-FR",
    "fr-CA",
    "he-IL",
    "hi-IN",
    "hu-HU",
    "id-ID",
    "is-IS",
    "it-IT",
    "ja-JP",
    "ko-KR",
    "nb-NO",
    "nl-NL",
    "pl-PL",
    "pt-PT",
    "pt-BR",
    "ro-RO",
    "ru-RU",
    "sk-SK",
    "sv-SE",
    "th-TH",
    "tr-TR",
    "uk-UA",
    "vi-VN",
    "cmn-CN",
    "cmn-TW",
]
"""Languages of the talk action; the first of several regions speaks for the others."""
MANDARIN = {"zh": "cmn-CN", "zh-TW": "cmn-TW", "zh-Hant": "cmn-TW"}


def voice_for(locale: str) -> str | None:
    """The language of the talk action for a locale (BCP 47); None where Vonage speaks none such."""
    language = locale.partition("-")[0]
    wanted = MANDARIN.get(locale) or MANDARIN.get(language) or locale
    alike = [voice for voice in VOICES if voice.partition("-")[0] == wanted.partition("-")[0]]
    return wanted if wanted in alike else next(iter(alike), None)


def message_request(message: Message, sender: str, template: str) -> dict[str, object] | Refused:
    """What is posted for a message, apart from where its receipts go.

    A WhatsApp message is a `custom` one, as those of Vonage's `template` have no place for a button.
    """
    asked: dict[str, object] = {
        "message_type": "text",
        "to": message.to.e164[1:],
        "from": sender,
        "client_ref": message.reference,
    }
    shortest, longest = TTL.get(message.channel, (0, 0))
    ttl = min(max(shortest, message.valid_for // 1000), longest)
    match message.channel:
        case Channel.SMS:
            asked |= {"channel": "sms", "text": message.text, "ttl": ttl}
            if message.dlt:
                ids = {"entity_id": message.dlt.entity_id, "content_id": message.dlt.template_id}
                asked["sms"] = ids
            return asked
        case Channel.VIBER:
            options = {"category": "transaction", "ttl": ttl}
            return asked | {
                "channel": "viber_service",
                "text": message.text,
                "viber_service": options,
            }
        case Channel.RCS:
            options = {"category": "authentication"}
            return asked | {"channel": "rcs", "text": message.text, "ttl": ttl, "rcs": options}
        case Channel.WHATSAPP if template:
            custom = {"type": "template", "template": _template(message, template)}
            return asked | {"channel": "whatsapp", "message_type": "custom", "custom": custom}
        case Channel.WHATSAPP:
            return Refused(RefusalKind.ACCOUNT, "no_template", "the route names no template")
        case _:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "Vonage has no such channel here")


def _template(message: Message, template: str) -> dict[str, object]:
    namespace, _, name = template.rpartition(":")
    parameters = [{"type": "text", "text": message.code}]
    language = meta_language(message.content.locale)
    return {
        **({"namespace": namespace} if namespace else {}),
        "name": name,
        "language": {"code": language, "policy": "deterministic"},
        "components": [
            {"type": "body", "parameters": parameters},
            {"type": "button", "sub_type": "url", "index": 0, "parameters": parameters},
        ],
    }


def call_request(message: Message, sender: str) -> dict[str, object] | Refused:
    """What is posted for a call that says the words twice, apart from where its events go."""
    voice = voice_for(message.content.locale)
    if not re.fullmatch("[0-9]{5,15}", sender):
        return Refused(RefusalKind.ACCOUNT, "no_sender", "the route names no number to call from")
    if voice is None:
        return Refused(RefusalKind.ACCOUNT, "no_voice", "Vonage speaks no such language")
    said = {"action": "talk", "text": message.text, "language": voice, "loop": 2}
    return {
        "to": [{"type": "phone", "number": message.to.e164[1:]}],
        "from": {"type": "phone", "number": sender},
        "ncco": [said],
        "ringing_timer": RING,
    }
