"""Processes: several services behind one listening socket, started again when one ends by itself."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from types import FrameType

import click

from watchword.adapters.telemetry import SHARED

PAUSE = 1.0
"""Seconds before a process that ended by itself is started again."""


def serve_in_processes(count: int, listener: socket.socket, arguments: list[str]) -> int:
    """Run `watchword serve` so many times on one socket until a signal; the exit code.

    SIGINT and SIGTERM are handed on, and each process finishes what is in flight.
    """
    listener.set_inheritable(True)
    command = [sys.executable, "-m", "watchword", "serve", *arguments]
    command += ["--socket", str(listener.fileno())]
    stopping = False
    running: list[subprocess.Popen[bytes]] = []

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for process in running:
            process.terminate()

    with tempfile.TemporaryDirectory(prefix="watchword-metrics-") as metrics:
        environment = {**os.environ, SHARED: metrics}

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(  # noqa: S603 - our own command
                command,
                env=environment,
                pass_fds=[listener.fileno()],
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches us alone, and we hand it on
            )

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        running += [start() for _ in range(count)]
        while not stopping:
            ended, _ = os.waitpid(-1, os.WNOHANG)
            if ended == 0:
                time.sleep(0.1)
                continue
            place = next(n for n, process in enumerate(running) if process.pid == ended)
            click.echo(f"process {ended} has ended by itself and is started again", err=True)
            time.sleep(PAUSE)
            if not stopping:
                running[place] = start()
        return max(abs(process.wait()) for process in running)
