"""`watchword demo`: the main job from end to end, on a throwaway service."""

import sys

import click
from msgspec.structs import replace

from watchword.adapters.logging import configure_logging
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json, write_table
from watchword.cli.timeline import lines_of
from watchword.testing import RunningService, running_service
from watchword_client import AuthenticationStatusResponse, Ding
from watchword_client.sandbox import Inbox

NUMBER = "+33612345678"
OTHER = "+447700900123"


class Story:
    """Tells what is done and checks what comes of it."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self.steps: list[dict[str, str]] = []

    def step(self, call: str, outcome: object, expected: str) -> None:
        """One call and its answer, which must be the expected one."""
        self.steps.append({"call": call, "outcome": str(outcome)})
        if not self._quiet:
            click.echo(f"  {call}")
            click.secho(f"    → {outcome}", fg="green")
        if str(outcome) != expected:
            raise Failure(f"{call} answered {outcome}, not {expected}", "This is a bug.")

    def say(self, text: str) -> None:
        """A line in between."""
        if not self._quiet:
            click.echo(text)


@click.command("demo")
@json_option
def command(as_json: bool) -> None:
    """Start a throwaway service, send a code through the SDK, read it, check it, retry, and stop.

    It takes a free port and a temporary folder, and leaves nothing behind.
    """
    configure_logging(level="error", as_json=False)
    story = Story(quiet=as_json)
    with (
        running_service() as service,
        Ding(
            api_key=service.api_key,
            customer_uuid=service.customer_uuid,
            server_url=service.server_url,
        ) as ding,
        Inbox(service.server_url, service.api_key) as inbox,
    ):
        story.say(f"\n  A service on {service.url}, with a database that will be thrown away.\n")
        _send_and_check(story, ding, inbox)
        status = _retry(story, service, ding, inbox)
        story.say("\n  What happened to the second authentication:\n")
        if as_json:
            write_json({"steps": story.steps, "timeline": [list(x) for x in lines_of(status)]})
        else:
            write_table(("time", "event", "what"), lines_of(status))
    story.say("\n  The service has stopped and left nothing behind. Now: watchword dev\n")
    sys.exit(0)


def _send_and_check(story: Story, ding: Ding, inbox: Inbox) -> None:
    sent = ding.otp.create_authentication(phone_number=NUMBER)
    story.step(f'ding.otp.create_authentication(phone_number="{NUMBER}")', sent.status, "pending")
    message = inbox.wait_for_message(NUMBER)
    story.say(f"    the inbox shows “{message.content}”")
    uuid = str(sent.authentication_uuid)
    wrong = f"{(int(message.code) + 1) % 10**6:06}"
    for code, expected in ((wrong, "invalid"), (message.code, "valid")):
        answer = ding.otp.check(authentication_uuid=uuid, check_code=code)
        story.step(f'ding.otp.check(…, check_code="{code}")', answer.status, expected)


def _retry(
    story: Story, service: RunningService, ding: Ding, inbox: Inbox
) -> AuthenticationStatusResponse:
    # So that nobody has to wait half a minute for the second message.
    service.change(replace(service.project.settings, retry_delays=(0, 30, 60, 90)))
    sent = ding.otp.create_authentication(phone_number=OTHER)
    story.step(f'ding.otp.create_authentication(phone_number="{OTHER}")', sent.status, "pending")
    inbox.wait_for_message(OTHER)
    uuid = str(sent.authentication_uuid)
    story.step("ding.otp.retry(…)", ding.otp.retry(authentication_uuid=uuid).status, "approved")
    second = inbox.wait_for_message(OTHER, attempt_number=2)
    story.say(f"    another message, over {second.channel}: “{second.content}”")
    answer = ding.otp.check(authentication_uuid=uuid, check_code=second.code)
    story.step(f'ding.otp.check(…, check_code="{second.code}")', answer.status, "valid")
    return ding.otp.get_authentication_status(uuid)
