"""Sinch: SMS by service plan; WhatsApp, RCS and Viber by the Conversation API with OAuth 2.0."""

from watchword.adapters.providers.sinch.provider import SINCH

__all__ = ["SINCH"]
