"""AWS voices: which voice of End User Messaging speaks a language."""

VOICES = {
    "ar": "ZEINA",
    "cy": "GWYNETH",
    "da": "NAJA",
    "de": "VICKI",
    "en": "JOANNA",
    "en-AU": "NICOLE",
    "en-GB": "AMY",
    "en-IN": "RAVEENA",
    "es": "LUCIA",
    "es-MX": "MIA",
    "es-US": "LUPE",
    "fr": "LEA",
    "fr-CA": "CHANTAL",
    "is": "DORA",
    "it": "BIANCA",
    "ja": "MIZUKI",
    "ko": "SEOYEON",
    "nb": "LIV",
    "nl": "LOTTE",
    "pl": "EWA",
    "pt": "INES",
    "pt-BR": "CAMILA",
    "ro": "CARMEN",
    "ru": "TATYANA",
    "sv": "ASTRID",
    "tr": "FILIZ",
    "zh": "ZHIYU",
}
"""Voices by language, those of a region before those of the language; the service has no others."""


def voice_for(locale: str) -> str | None:
    """The voice for a locale (BCP 47); None where the service speaks no such language."""
    return VOICES.get(locale) or VOICES.get(locale.partition("-")[0])
