"""SMTP mail: a code as an email that says it in its subject, in plain text and in HTML."""

import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from html import escape
from string import Template

from watchword.ports.provider import Message

_PART = r"[^\s\x00-\x20\x7f@<>()\[\]\\,;:\"]"
ADDRESS = re.compile(f"{_PART}{{1,64}}@{_PART}{{1,255}}")
"""Addresses without quoting, comments or literals, which nobody has who waits for a code."""
LONGEST_SUBJECT = 78
"""Characters (RFC 5322, 2.1.1)."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
HTML = Template("""\
<!DOCTYPE html>
<html lang="$locale" dir="$direction">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>$subject</title>
</head>
<body style="margin:0;padding:32px 16px;font-family:system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:440px;margin:0 auto;text-align:center">
<p style="margin:0 0 24px;font-size:16px;line-height:1.5">$words</p>
<p dir="ltr" style="margin:0;padding:20px;border:1px solid #8888;border-radius:12px;\
font:600 32px ui-monospace,Menlo,Consolas,monospace;letter-spacing:6px">$code</p>
</div>
</body>
</html>
""")


def compose_mail(message: Message, sender: Address, to: str, at: int) -> EmailMessage:
    """The mail with a code, from an address to another, at this time (Unix ms).

    It says of itself that a machine wrote it (RFC 3834), so that nobody's absence answers it.
    """
    mail = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    subject = subject_of(message)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.fromtimestamp(at / 1000, UTC))
    mail["Message-ID"] = message_id_of(message, sender)
    mail["Content-Language"] = message.content.locale
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    language = message.content.locale.partition("-")[0]
    page = HTML.substitute(
        locale=escape(message.content.locale),
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        subject=escape(subject),
        words="<br>".join(escape(line) for line in message.text.splitlines()),
        code=escape(message.code),
    )
    mail.set_content(message.text + "\n", cte="quoted-printable")
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    return mail


def message_id_of(message: Message, sender: Address) -> str:
    """The id of a mail: our reference at the sender's domain."""
    return f"<{message.reference}@{sender.domain}>"


def subject_of(message: Message) -> str:
    """The sentence with the code; the code alone where that is too long for a subject."""
    sentences = re.split(r"(?<=[.!?])\s+|(?<=[。।؟])\s*|[\r\n]+", message.text)
    said = next((each.strip() for each in sentences if message.code in each), message.code)
    said = said.removesuffix(".").removesuffix("。").removesuffix("।")
    return said if len(said) <= LONGEST_SUBJECT and said.isprintable() else message.code
