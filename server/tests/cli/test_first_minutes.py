"""The first minutes, typed as a person types them, against processes of their own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

NUMBER = "+33612345678"


class Shell:
    """Types commands into a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("WATCHWORD_")
        } | {"WATCHWORD_DATA_DIR": str(folder / "data"), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "watchword", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def type(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def service(shell: Shell) -> Iterator[str]:
    """The address of a running `watchword dev`."""
    process = shell.start("dev", "--port", "0")
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C stops" in line:
            break
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found is not None, said
    assert "nothing leaves this machine" in said
    assert "(new)" in said
    yield found[0]
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


def test_the_first_minutes_up_to_the_sdk(shell: Shell, service: str) -> None:
    sent = shell.type("send", NUMBER, "--json")
    assert sent.returncode == 0, sent.stderr
    assert json.loads(sent.stdout)["status"] == "pending"

    (message,) = json.loads(shell.type("inbox", "--to", NUMBER, "--wait", "10", "--json").stdout)
    assert message["code"] in message["content"]

    wrong = f"{(int(message['code']) + 1) % 10**6:06}"
    refused = shell.type("check", wrong)
    assert (refused.returncode, "invalid" in refused.stdout) == (1, True)
    accepted = shell.type("check", message["code"])
    assert (accepted.returncode, "valid" in accepted.stdout) == (0, True)

    timeline = shell.type("status").stdout
    kinds = [line.split()[1] for line in timeline.splitlines()[2:]]
    assert [kind for kind in kinds if kind != "balance"] == [
        "attempt",
        "delivery",
        "check",
        "check",
    ]
    assert "FR" in shell.type("lookup", NUMBER).stdout
    assert "already_validated" in shell.type("retry").stdout

    kept = json.loads((shell.folder / "data" / "cli.json").read_text(encoding="utf-8"))
    curl = httpx2.post(
        f"{service}/v1/authentication",
        json={"customer_uuid": kept["customer_uuid"], "phone_number": "+33698765432"},
        headers={"x-api-key": kept["api_key"]},
    )
    assert curl.json()["status"] == "pending"

    six_lines = (
        "from watchword_client import Ding\n"
        "from watchword_client.sandbox import Inbox\n"
        f"ding = Ding(api_key={kept['api_key']!r}, customer_uuid={kept['customer_uuid']!r},"
        f" server_url='{service}/v1')\n"
        "sent = ding.otp.create_authentication(phone_number='+33687654321')\n"
        f"code = Inbox('{service}/v1', {kept['api_key']!r}).wait_for_code('+33687654321')\n"
        "print(ding.otp.check(authentication_uuid=sent.authentication_uuid, check_code=code).status)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", six_lines], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "valid"


def test_errors_say_what_why_and_what_to_do(shell: Shell, service: str) -> None:
    short = shell.type("send", "+3361234")
    assert short.returncode == 1
    assert "too short for France" in short.stderr
    assert "+33612345678" in short.stderr

    port = service.rpartition(":")[2]
    taken = shell.type("serve", "--port", port)
    assert taken.returncode == 69
    assert "A Watchword is running there already" in taken.stderr
    assert f"--port {int(port) + 1}" in taken.stderr

    kept = json.loads((shell.folder / "data" / "cli.json").read_text(encoding="utf-8"))
    cut = shell.type("send", NUMBER, "--api-key", kept["api_key"][:-3])
    assert (cut.returncode, "not copied whole" in cut.stderr) == (1, True)
    wrong = shell.type("send", NUMBER, "--api-key", "another-key-altogether")
    assert (wrong.returncode, "not, or no longer, a key" in wrong.stderr) == (1, True)
    assert kept["api_key"] not in cut.stderr + wrong.stderr


def test_a_worker_of_its_own_sends_what_a_service_without_one_took(shell: Shell) -> None:
    shell.environment |= {
        "WATCHWORD_BOOTSTRAP_CUSTOMER_UUID": "0198c0de-0000-7000-8000-000000000001",
        "WATCHWORD_BOOTSTRAP_API_KEY": "a-key-of-enough-characters",
        "WATCHWORD_API_KEY": "a-key-of-enough-characters",
        "WATCHWORD_CUSTOMER_UUID": "0198c0de-0000-7000-8000-000000000001",
    }
    service = shell.start("serve", "--port", "0", "--no-worker")
    assert service.stdout is not None
    url = re.search(r"http://\S+", service.stdout.readline())
    assert url is not None
    shell.environment["WATCHWORD_SERVER_URL"] = f"{url[0]}/v1"
    assert shell.type("send", NUMBER).returncode == 0
    assert json.loads(shell.type("inbox", "--json").stdout) == []
    worker = shell.start("worker")
    messages = json.loads(shell.type("inbox", "--wait", "20", "--json").stdout)
    assert [message["to"] for message in messages] == [NUMBER]
    for process in (worker, service):
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0


def test_the_demo_sends_checks_retries_and_leaves_nothing_behind(shell: Shell) -> None:
    told = shell.type("demo")
    assert told.returncode == 0, told.stderr
    for part in ("→ pending", "→ invalid", "→ valid", "→ approved", "attempt 2"):
        assert part in told.stdout
    assert list(shell.folder.iterdir()) == []
    steps = json.loads(shell.type("demo", "--json").stdout)["steps"]
    assert [step["outcome"] for step in steps] == [
        "pending",
        "invalid",
        "valid",
        "pending",
        "approved",
        "valid",
    ]
