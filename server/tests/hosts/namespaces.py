"""Namespaces: machines of one network, made of Linux network namespaces around a bridge.

A test runs itself `inside` a network, mount and process namespace of its own and makes its machines
there: when it ends, however it ends, the kernel takes away all that it made and every process.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
NETWORK = "10.77.0.0/24"
OURS = "10.77.0.1"
PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
PACKAGES = {"ip": "iproute2", "unshare": "util-linux", "nsenter": "util-linux", "mount": "mount"}
APART = ("--net", "--mount", "--pid", "--fork", "--kill-child")
AS_ROOT_OF_ITS_OWN = ("--user", "--map-root-user")
APART_FROM = "WATCHWORD_TESTS_APART_FROM"
LONGEST = 120
"""Seconds after which a run inside is ended."""


def _program(name: str) -> str:
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.fail(f"this test needs the program `{name}`: apt-get install {PACKAGES[name]}")
    return found


def _unshare() -> list[str]:
    """The command that runs another with namespaces of its own, as root or as who plays root."""
    because = ""
    for user in ((), AS_ROOT_OF_ITS_OWN):
        command = [_program("unshare"), *user, *APART]
        trial = [*command, _program("ip"), "link", "add", "trial", "type", "bridge"]
        tried = subprocess.run(trial, check=False, capture_output=True, text=True)
        if tried.returncode == 0:
            return command
        because += tried.stderr
    pytest.fail(
        "this test makes network namespaces: run it as root with CAP_SYS_ADMIN and CAP_NET_ADMIN, "
        f"or allow user namespaces to everybody\n{because}"
    )


def _ours() -> str:
    """The namespaces we are in, as the kernel names them."""
    return " ".join(str(Path(f"/proc/self/ns/{kind}").readlink()) for kind in ("net", "mnt"))


def inside(file: Path, test: str) -> None:
    """Run one test of a file inside namespaces of its own; fail with what it said."""
    for name in PACKAGES:
        _program(name)
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    run = subprocess.run(
        [*_unshare(), sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", f"{file}::{test}"],
        check=False, capture_output=True, text=True, timeout=LONGEST, cwd=TOP,
        env={**environment, "PATH": PATH, APART_FROM: _ours()},
    )  # fmt: skip
    if run.returncode != 0:
        pytest.fail(f"{run.stdout}{run.stderr}", pytrace=False)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


class Host:
    """One machine; `prefix` is the command that runs a program on it."""

    def __init__(self, name: str, address: str) -> None:
        self.address = address
        self.prefix: Sequence[str] = ("nsenter", f"--net=/run/netns/{name}", "--")
        self._name = name
        self._cable = f"to-{name}"
        _run("ip", "netns", "add", name)
        _run(
            "ip", "link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", name
        )
        _run("ip", "link", "set", self._cable, "master", "bridge", "up")
        self._ip("address", "add", f"{address}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            self._ip("link", "set", link, "up")

    def _ip(self, *arguments: str) -> None:
        _run("ip", "-netns", self._name, *arguments)

    @property
    def prefix_of_nobody(self) -> Sequence[str]:
        """The same, for a program that refuses to be run by root."""
        return (*self.prefix, "unshare", "--user", "--map-user=65534", "--map-group=65534", "--")

    def cut_off(self) -> None:
        """Pull its cable: nobody is told, packets come no more."""
        _run("ip", "link", "set", self._cable, "down")

    def plug_in(self) -> None:
        """Put the cable back."""
        _run("ip", "link", "set", self._cable, "up")


class Network:
    """A bridge that machines hang on, and ourselves."""

    def __init__(self) -> None:
        apart_from = os.environ.get(APART_FROM, _ours()).split()
        assert not set(apart_from) & set(_ours().split()), "networks are made `inside` only"
        self._hosts = 0
        # Names of namespaces live in /run, which only the machine's root may write, so it is another.
        _run("mount", "-t", "tmpfs", "tmpfs", "/run")
        _run("ip", "link", "add", "bridge", "type", "bridge")
        _run("ip", "address", "add", f"{OURS}/24", "dev", "bridge")
        for link in ("lo", "bridge"):
            _run("ip", "link", "set", link, "up")

    def host(self, name: str) -> Host:
        """One more machine."""
        self._hosts += 1
        return Host(name, f"{OURS.removesuffix('.1')}.{self._hosts + 1}")
