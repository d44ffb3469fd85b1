"""Write the reference pages that say what the code says: run it after a change."""

import importlib
import inspect
import re
from pathlib import Path

import click
import msgspec

from watchword.adapters.telemetry import LABELS, PrometheusTelemetry
from watchword.cli.main import COMMANDS
from watchword.domain.project import Limits, ProjectSettings
from watchword.edges.management.openapi import document
from watchword.settings import PREFIX, Settings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def cli_page() -> str:
    """Every command with its options."""
    parts = [
        "# The command line",
        (
            "`watchword --help` lists the commands, `watchword COMMAND --help` explains one. With `--json`"
            " a command writes JSON on standard output. Failures go to standard error in up to three lines:"
            " what, why, what to do."
        ),
        (
            "| Exit code | Means |\n|---|---|\n| 0 | done; for `check` valid, for `retry` approved |\n"
            "| 1 | refused, or a failure that `doctor` found |\n| 2 | typed wrongly |\n"
            "| 69 | not available: no service answers, the port is taken, the database cannot be used |"
        ),
        (
            "Commands that talk to a service (`send`, `check`, `retry`, `status`, `inbox`, `lookup`) take"
            " `--url`, `--api-key` and `--customer`, or `WATCHWORD_SERVER_URL`, `WATCHWORD_API_KEY` and"
            " `WATCHWORD_CUSTOMER_UUID`, or what `watchword dev` left in its data folder. Those that carry"
            " out operations of the management API (`projects`, `keys`, `providers`, `routes`, `apply`,"
            " `export`, `manage`, `tail`, `mcp`) work on this machine's installation, or with `--service`"
            " and `--token`, or `WATCHWORD_MANAGE_URL` and `WATCHWORD_MANAGE_TOKEN`, on a service far away."
            " `NO_COLOR` is"
            ' respected. For completion, add `eval "$(_WATCHWORD_COMPLETE=bash_source watchword)"` to'
            " `~/.bashrc` (`zsh_source` and `fish_source` for the other shells)."
        ),
    ]
    for name in COMMANDS:
        command = importlib.import_module(f"watchword.cli.{name}").command
        parts += _command(f"watchword {name}", command)
    return "\n\n".join(parts) + "\n"


def _command(name: str, command: click.Command) -> list[str]:
    text = inspect.cleandoc(command.help or "")
    prose, _, example = text.partition("\b\nExample:\n")
    parts = [f"## {name}", re.sub(r"(?<!\n)\n(?!\n)", " ", prose.strip())]
    if example:
        parts.append("```console\n" + inspect.cleandoc(example) + "\n```")
    options = [_option(parameter) for parameter in command.params]
    if options:
        parts.append("| Option | Means |\n|---|---|\n" + "\n".join(options))
    if isinstance(command, click.Group):
        for child in command.list_commands(click.Context(command)):
            parts += _command(f"{name} {child}", command.commands[child])
    return parts


def _option(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        return f"| `{'`, `'.join(parameter.opts)}` | {parameter.help or ''} |"
    name = parameter.make_metavar(click.Context(click.Command("x")))
    return f"| `{name}` | see above |"


def settings_page() -> str:
    """Every setting of an installation and of a project."""
    parts = [
        "# Settings",
        (
            "An installation reads `watchword.toml` in its working folder (or the file that"
            f" `{PREFIX}CONFIG` names), then environment variables, then what was typed. A variable whose"
            f" name ends in `_FILE` names a file that holds the value: `{PREFIX}CODE_KEY_FILE`."
        ),
    ]
    for field in msgspec.structs.fields(Settings):
        meta = next((m for m in getattr(field.type, "__metadata__", ()) if m.description), None)
        parts += [
            f"## {field.name}",
            meta.description if meta else "",
            f"Variable `{PREFIX}{field.name.upper()}`, line `{field.name} = …`. {_default(field)}",
        ]
    parts += [
        "# Settings of a project",
        (
            "They live in the database: `watchword projects show` and `watchword projects set NAME"
            " name=value`. Amounts are millionths of the currency, durations seconds, instants Unix"
            " milliseconds."
        ),
    ]
    for struct, prefix in ((ProjectSettings, ""), (Limits, "limits.")):
        for field in msgspec.structs.fields(struct):
            parts += [
                f"## {prefix}{field.name}",
                PROJECT_SETTINGS[prefix + field.name],
                _default(field),
            ]
    return "\n\n".join(parts) + "\n"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT and field.name == "data_dir":
        return "Default: the user's data folder, `~/.local/share/watchword` on Linux."
    default = field.default
    if default is msgspec.NODEFAULT and field.default_factory is not msgspec.NODEFAULT:
        default = field.default_factory()
    if isinstance(default, msgspec.Struct):
        return "Default: see below."
    if default is None:
        return "Default: none."
    return f"Default: `{msgspec.json.encode(default).decode()}`."


PROJECT_SETTINGS = {
    "app_name": "Name shown in messages, at most 40 characters.",
    "origin": "Host name for the last line of an SMS, which lets browsers fill the code in.",
    "code_length": "Digits of a code, 4 to 10.",
    "lifetime": "How long an authentication lives, 30 to 600.",
    "max_checks": "Wrong codes one authentication bears, 1 to 10.",
    "retry_delays": "Pauses before each retry; there are as many retries as pauses, 10 at most.",
    "max_fallbacks": "Attempts made unasked after an undeliverable message, 0 to 5, anew with each "
    "retry.",
    "resend_after": "Seconds after which a message that nothing is heard of is followed by one over "
    "another route, within `max_fallbacks`; 10 to 300. Patents of others may cover it where you are.",
    "stateless": "Whether a second request for a number joins its open authentication.",
    "reveal_codes": "Whether a status shows codes in live mode, as the v1 API did.",
    "regions": "Regions (ISO 3166-1) that are sent to; empty is all.",
    "allow_voip": "Whether internet telephone numbers are sent to.",
    "allow_cnam": "Whether a lookup may ask for the caller's name.",
    "sender_id": "Sender shown where a request names none.",
    "sender_ids": "Senders a request may name.",
    "templates": "Message templates: see [Messages](messages.md).",
    "routes": "Routes in order: name, account, channel, sender_id, prefixes, price, template, dlt; "
    "`watchword routes` shows, adds and explains them. A sandbox project "
    "without any has three of its own.",
    "currency": "Currency of every amount (ISO 4217).",
    "authentication_fee": "Charged once for each authentication.",
    "lookup_fee": "Charged for each lookup.",
    "spending_limit_day": "The most that may be spent in a day (UTC); above it 402.",
    "spend_caps": "Caps by period (`hour`, `day`) and country; above one `spam_detected`.",
    "limits": "How many codes may be asked for; over one the answer is `rate_limited`.",
    "unanswered_budget": (
        "The most that messages to one country may cost in an hour beyond what is answered, null for"
        " no bound. It holds only where the project checks its codes; each answered code makes room"
        " for itself and two more."
    ),
    "alert_url": (
        "Address that is told when 50, 80 and 100 per cent of a budget are spent, signed as callbacks"
        " are; see [money](../explanation/money.md)."
    ),
    "user_worth": (
        "What a verified person is worth, and what losing one costs. Routes are chosen and dear"
        " messages are refused by it; see [judgement](../explanation/judgement.md)."
    ),
    "routing": (
        "How the next route is chosen: `balanced` by value, `conversion` for the most verified people,"
        " `price` for the cheapest that is nearly as good, `fixed` in the order of `routes`. The"
        " sandbox is always fixed."
    ),
    "route_rules": (
        "Rules beside all learning: prefixes, and the names of the routes that numbers under them go"
        " over, in that order. The first rule that fits holds."
    ),
    "strictness": "How soon a request is taken for fraud: `basic`, `standard` or `maximum`.",
    "screening": "`enforce`, or `monitor` to write down what would have been refused.",
    "blocked": "Block list: kind (`number`, `prefix`, `country`, `ip`, `device`), value, note, until.",
    "allowed": "Allow list, of the same shape: spared from fraud findings, not from limits.",
    "test_numbers": "Numbers that are sent nothing and accept one fixed code until an instant.",
    "limits.number_10_minutes": "Messages to one number in ten minutes.",
    "limits.number_day": "Messages to one number in 24 hours, 50 at most.",
    "limits.ip_hour": "Requests from one address in an hour.",
    "limits.device_hour": "Requests from one device in an hour.",
    "limits.project_hour": "Requests of the whole project in an hour.",
    "limits.requests_second": "Requests of the whole project in a second, for each process; above it "
    "429 with Retry-After.",
    "limits.block_hour": "Requests in an hour for numbers that differ only in their last four digits; "
    "above it `spam_detected`.",
}


def metrics_page() -> str:
    """Every metric with its labels."""
    parts = [
        "# Metrics",
        (
            "`GET /metrics` answers in the Prometheus text format. Names and labels are stable; no label"
            " holds a number, a code or a key. `country` is an ISO 3166-1 region; a label of which nothing"
            " is known is `none`. [Observe](../how-to/observe.md) says what to look at."
        ),
    ]
    for metric in PrometheusTelemetry().registry.collect():
        name = metric.name + ("_total" if metric.type == "counter" else "")
        labels = LABELS[metric.name]
        parts += [
            f"## {name}",
            f"{metric.documentation} A {metric.type}"
            + (f", by `{'`, `'.join(labels)}`." if labels else "."),
        ]
    return "\n\n".join(parts) + "\n"


def management_page() -> str:
    """Every operation of the management API with its fields."""
    contract = msgspec.json.decode(document("http://127.0.0.1:8700"))
    parts = [
        "# The management API",
        (
            "Everything an operator can do, under `/manage/v1`; the console and its pages use the same"
            " operations. A script sends a token, which `watchword operators token` or the console makes:"
            " `authorization: Bearer wwm_…`. The OpenAPI document is at `/manage/v1/openapi.json`."
            " `{project}` is the id or the name of a project, or `all` where that makes sense. A problem is"
            " answered with its `code` and a `message`: 400 for a field, 401 without a token, 403 without"
            " the role, 404, 409, and 503 with `Retry-After` while the database is away."
        ),
        (
            "```sh\ncurl -H 'authorization: Bearer wwm_…' "
            "http://127.0.0.1:8700/manage/v1/projects/all/report?period=7d\n```"
        ),
    ]
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            parts += [
                f"## {operation['operationId']}",
                f"`{method.upper()} /manage/v1{path}`",
                f"{operation['summary']} {operation['description']}",
            ]
            body = operation.get("requestBody", {}).get("content", {})
            schema = body.get("application/json", {}).get("schema", {})
            fields = [
                *((p["name"], p["in"], p["required"]) for p in operation.get("parameters", [])),
                *(
                    (name, "body", name in schema["required"])
                    for name in schema.get("properties", {})
                ),
            ]
            rows = [
                f"| `{name}` | {where} | {'needed' if needed else ''} |"
                for name, where, needed in fields
            ]
            if rows:
                parts.append("| Field | In | |\n|---|---|---|\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


PAGES = {
    "cli.md": cli_page,
    "settings.md": settings_page,
    "metrics.md": metrics_page,
    "management-api.md": management_page,
}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (REFERENCE / file).write_text(page(), encoding="utf-8")
