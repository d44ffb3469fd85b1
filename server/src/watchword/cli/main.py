"""The command `watchword`: finds the command that was typed, and says plainly what went wrong."""

import difflib
import importlib
import os
import sys
from importlib.metadata import version

import click

COMMANDS = {
    "alerts": "Show which budgets came near their end.",
    "apply": "Bring projects and accounts to what a file says.",
    "audit": "Read and verify the log of what operators did.",
    "backup": "Write everything to one file.",
    "check": "Check a code that a person typed.",
    "demo": "Send a code and check it on a throwaway service.",
    "dev": "Start a service for development.",
    "doctor": "Say what is missing, and what to do about it.",
    "explain": "Tell what happened to an authentication, and why.",
    "export": "Write projects and accounts as such a file.",
    "forget": "Erase all that is kept of a number.",
    "inbox": "Read the sandbox inbox.",
    "keyring": "Change the key that codes are derived from.",
    "keys": "Make, list and revoke API keys.",
    "lookup": "Tell what is known about a number.",
    "manage": "Carry out any operation of the management API.",
    "mcp": "Serve operations as tools to an assistant.",
    "migrate": "Bring the database to this program's schema.",
    "networks": "Know where addresses are.",
    "operators": "Say who may use the console.",
    "projects": "Make projects and change their settings.",
    "providers": "Keep accounts at providers.",
    "redeliver": "Post callbacks again that were given up.",
    "restore": "Fill an empty database from a backup.",
    "retry": "Send another code for an authentication.",
    "routes": "Say over which ways messages go, and why.",
    "send": "Send a code to a number.",
    "serve": "Start the service.",
    "status": "Show the history of an authentication.",
    "tail": "Follow authentications as they come.",
    "worker": "Carry out the outbox in a process of its own.",
}


class Failure(click.ClickException):
    """What went wrong, why, and what to do: one line each, and an exit code."""

    def __init__(self, what: str, why: str = "", todo: str = "", *, code: int = 1) -> None:
        super().__init__(what)
        self.lines = [line for line in (what, why, todo) if line]
        vars(self)["exit_code"] = code  # click declares it for the class

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Say it on standard error."""
        first, *rest = self.lines
        click.secho(f"✗ {first}", fg="red", err=True)
        for line in rest:
            click.echo(f"  {line}", err=True)


class LazyGroup(click.Group):
    """A group whose commands are modules, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every command."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"watchword.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was typed, or the one that was meant."""
        if args and args[0] not in COMMANDS:
            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            raise Failure(
                f"there is no command {args[0]!r}",
                todo=f"Did you mean `watchword {close[0]}`?"
                if close
                else "See `watchword --help`.",
                code=2,
            )
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("watchword"), prog_name="watchword")
def command() -> None:
    """Phone verification on your own servers, over your own providers.

    Begin with `watchword dev`, or see everything at once with `watchword demo`.
    """


def main() -> None:
    """Run the command that was typed, and end with its exit code."""
    color = False if os.environ.get("NO_COLOR") else None
    try:
        command(prog_name="watchword", color=color)
    except KeyboardInterrupt:
        sys.exit(130)
