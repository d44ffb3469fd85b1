"""Snippets: a request of the reference as something to paste into a terminal or a program."""

import re
from typing import Any
from urllib.parse import quote

import msgspec

from watchword.edges.console.reference import Section

_KEY, _TOKEN = "$WATCHWORD_API_KEY", "$WATCHWORD_TOKEN"
_CALLS = {
    "create-authentication": "otp.create_authentication",
    "check": "otp.check",
    "retry": "otp.retry",
    "feedback": "otp.feedback",
    "getAuthenticationStatus": "otp.get_authentication_status",
    "lookup": "lookup.lookup",
}
"""The method of our client; that of Ding's own TypeScript SDK is the same in camel case."""
_INBOX = "listSandboxMessages"


def examples(section: Section, url: str, key: str | None, customer: str) -> dict[str, str]:
    """The request by language: `curl`, and where an SDK has the operation `python` and `typescript`.

    `url` is where the installation answers, `key` the API key where it is known and `customer` the
    project's UUID. A callback to the caller has none.
    """
    if section.incoming:
        return {}
    found = {"curl": _curl(section, url, key, customer)}
    if section.id == _INBOX:
        return found | {"python": _inbox(url, key)}
    call = _CALLS.get(section.id)
    if section.auth != "x-api-key" or call is None:
        return found
    return found | {
        "python": _python(section, call, url, key, customer),
        "typescript": _typescript(section, _camel(call), url, key, customer),
    }


def body_for(section: Section, customer: str) -> str:
    """The example body with the reader's own project in it."""
    body = _body(section, customer)
    return _json(body) if section.body else ""


def value_for(section: Section, name: str, customer: str) -> str:
    """A value to begin with for a parameter that must be given; empty for others."""
    return customer if name == "project" else section.samples.get(name, "")


def _body(section: Section, customer: str) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(section.body) if section.body else {}
    return body | ({"customer_uuid": customer} if "customer_uuid" in body else {})


def _curl(section: Section, url: str, key: str | None, customer: str) -> str:
    path = re.sub(
        r"\{(\w+)\}",
        lambda found: quote(value_for(section, found[1], customer), safe=""),
        section.address,
    )
    query = "&".join(
        f"{field.name}={quote(section.samples[field.name], safe='')}"
        for field in section.placed("query")
        if field.required
    )
    method = "" if section.method == "GET" else f"-X {section.method} "
    address = f"{url}{path}?{query}" if query else f"{url}{path}"
    lines = [f"curl {method}{_quoted(address) if query else address}"]
    if section.auth == "authorization":
        lines.append(f'-H "authorization: Bearer {_TOKEN}"')
    elif section.auth:
        lines.append(f'-H "{section.auth}: {key or _KEY}"')
    if any(field.required and field.name == "customer-uuid" for field in section.fields):
        lines.append(f'-H "customer-uuid: {customer}"')
    if section.body:
        lines += [
            '-H "content-type: application/json"',
            f"-d {_quoted(body_for(section, customer))}",
        ]
    return " \\\n  ".join(lines)


def _python(section: Section, call: str, url: str, key: str | None, customer: str) -> str:
    body = {name: v for name, v in _body(section, customer).items() if name != "customer_uuid"}
    given = [f"{name}={_literal(value)}" for name, value in body.items()]
    given = given or [_text(value) for value in section.samples.values()]
    inside = given[0] if len(given) == 1 else "\n    " + ",\n    ".join(given) + ",\n"
    lines = [] if key else ["import os", ""]
    return "\n".join(
        [
            *lines,
            "from watchword_client import Ding",
            "",
            "ding = Ding(",
            f"    api_key={_python_key(key)},",
            f"    customer_uuid={_text(customer)},",
            f"    server_url={_text(f'{url}/v1')},",
            ")",
            f"answer = ding.{call}({inside})",
            "print(answer)",
        ]
    )


def _inbox(url: str, key: str | None) -> str:
    """Our client reads the sandbox inbox with a class of its own."""
    lines = [] if key else ["import os", ""]
    return "\n".join(
        [
            *lines,
            "from watchword_client.sandbox import Inbox",
            "",
            f"inbox = Inbox({_text(f'{url}/v1')}, {_python_key(key)})",
            "for message in inbox.messages():",
            "    print(message.to, message.code)",
        ]
    )


def _typescript(section: Section, call: str, url: str, key: str | None, customer: str) -> str:
    body = _body(section, customer)
    if body:
        fields = [f"  {_camel(name)}: {_one_line(value)}," for name, value in body.items()]
        inside = "\n".join(["{", *fields, "}"])
    else:
        given = [*([customer] if section.id == "lookup" else []), *section.samples.values()]
        inside = ", ".join(_text(one) for one in given)
    return "\n".join(
        [
            'import { Ding } from "@ding-live/ding";',
            "",
            "const ding = new Ding({",
            f"  apiKey: {_text(key) if key else 'process.env.WATCHWORD_API_KEY'},",
            f"  serverURL: {_text(f'{url}/v1')},",
            "});",
            f"const answer = await ding.{call}({inside});",
            "console.log(answer);",
        ]
    )


def _python_key(key: str | None) -> str:
    return _text(key) if key else 'os.environ["WATCHWORD_API_KEY"]'


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def _literal(value: object) -> str:
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    """A string literal, which JSON, Python and TypeScript write the same."""
    return msgspec.json.encode(value).decode()


def _one_line(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _quoted(text: str) -> str:
    """A word of a shell, whatever is in it."""
    inside = text.replace("'", "'\\''")
    return f"'{inside}'"
