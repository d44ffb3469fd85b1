"""What deploy/ and its pages name is there: settings, metrics with their labels, commands, files."""

import configparser
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from watchword.adapters.telemetry import LABELS
from watchword.cli.main import COMMANDS
from watchword.settings import PREFIX, Settings

TOP = Path(__file__).parents[3]
DEPLOY = TOP / "deploy"
FILES = sorted(file for file in DEPLOY.rglob("*") if file.is_file() and file.suffix != ".env")
PAGES = [TOP / "docs" / "how-to" / f"{name}.md" for name in ("observe", "deploy-with-containers")]
SETTINGS = {field.name for field in msgspec.structs.fields(Settings)}
ANY_METRIC = {"le", "job", "instance"}
METRIC = re.compile(r"\b(watchword_[a-z_]+?)(?:_total|_bucket|_count|_sum)?\b(?:\{([^}]*)\})?")
"""A metric in a query, and what is asked of its labels."""


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def queries() -> Iterator[str]:
    for group in yaml.safe_load(text(DEPLOY / "prometheus" / "alerts.yaml"))["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for panel in json.loads(text(DEPLOY / "grafana" / "watchword.json"))["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    for page in PAGES:
        yield from re.findall(r"`([^`\n]*watchword_[^`\n…]*)`", text(page))


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(text(DEPLOY / "compose.yaml"))
    return document


@pytest.mark.parametrize("file", [*FILES, *PAGES], ids=lambda file: file.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}([A-Z0-9_]+)", text(file)))
    assert {name.removesuffix("_FILE").lower() for name in named} <= SETTINGS


def test_the_variables_that_matter_are_among_those() -> None:
    everything = "".join(map(text, FILES))
    for name in ("database_url", "run_worker", "worker_port", "code_key", "data_dir"):
        assert PREFIX + name.upper() in everything


@pytest.mark.parametrize("query", list(queries()))
def test_every_metric_that_is_asked_for_is_counted_under_these_labels(query: str) -> None:
    found = METRIC.findall(query)
    if not found:
        assert query == 'up{job="watchword"} == 0'
    known = set(ANY_METRIC)
    for metric, conditions in found:
        assert metric in LABELS, metric
        asked = set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", conditions))
        assert asked <= {*LABELS[metric], *ANY_METRIC}, metric
        known |= set(LABELS[metric])
    for grouped in re.findall(r"(?:by|ignoring|on) \(?([\w, ]+)\)", query):
        assert set(re.split(r",\s*", grouped)) <= known


def test_every_metric_is_on_the_dashboard() -> None:
    drawn = {metric for query in queries() for metric, _ in METRIC.findall(query)}
    assert drawn == set(LABELS)


def test_every_alert_says_what_is_wrong_and_what_to_do_and_is_in_the_guide() -> None:
    [group] = yaml.safe_load(text(DEPLOY / "prometheus" / "alerts.yaml"))["groups"]
    guide = text(TOP / "docs" / "how-to" / "observe.md")
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert set(rule["annotations"]) == {"summary", "todo"}
        assert f"| `{rule['alert']}` |" in guide


def test_no_two_panels_of_the_dashboard_lie_over_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    panels = json.loads(text(DEPLOY / "grafana" / "watchword.json"))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


def test_what_is_scraped_are_the_services_that_compose_starts() -> None:
    config = yaml.safe_load(text(DEPLOY / "prometheus" / "prometheus.yaml"))
    [job] = config["scrape_configs"]
    [static] = job["static_configs"]
    running = set(compose()["services"]) - {"database", "migrate"}
    assert {target.removesuffix(":8700") for target in static["targets"]} == running
    assert all((DEPLOY / "prometheus" / name).exists() for name in config["rule_files"])


def test_every_command_is_one_of_ours() -> None:
    services = compose()["services"]
    commands = [service["command"][0] for name, service in services.items() if name != "database"]
    assert sorted(commands) == ["migrate", "serve", "serve", "worker"]
    for file in FILES:
        commands += re.findall(r'^CMD \["(\w+)"', text(file), re.MULTILINE)
        commands += re.findall(r"`watchword (\w+)", text(file))
    for page in PAGES:
        commands += re.findall(r"(?:`|exec api-1 )watchword (\w+)", text(page))
    assert set(commands) <= set(COMMANDS)


def test_compose_names_only_what_there_is() -> None:
    document = compose()
    services = document["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        volumes = {volume.partition(":")[0] for volume in service["volumes"]}
        assert volumes <= set(document["volumes"])
        assert (DEPLOY / f"{service['env_file']}.example").exists()
        build = service.get("build")
        assert build is None or (DEPLOY / build["context"] / build["dockerfile"]).exists()
    published = [port for service in services.values() for port in service.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert len(set(published)) == len(published)
    answering = [service for service in services.values() if service.get("command") == ["serve"]]
    assert [service["environment"][f"{PREFIX}RUN_WORKER"] for service in answering] == [
        "false",
        "false",
    ]


def test_the_image_is_made_of_files_that_are_there_and_runs_as_nobody_special() -> None:
    lines = text(DEPLOY / "Containerfile").replace("\\\n", " ").splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER watchword"]
    assert lines.index(users[0]) < lines.index('ENTRYPOINT ["watchword"]')
    sent = set(text(DEPLOY / "Containerfile.dockerignore").splitlines())
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            for source in shlex.split(line)[1:-1]:
                assert (TOP / source).exists(), source
                assert f"!{source}" in sent, source


def test_the_unit_starts_our_service_and_gives_it_time_to_finish() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # systemd minds the case
    unit.read_string(text(DEPLOY / "watchword.service"))
    program, command = unit["Service"]["ExecStart"].split()
    assert program.endswith("/watchword")
    assert command in COMMANDS
    timeout = next(
        f.default for f in msgspec.structs.fields(Settings) if f.name == "shutdown_timeout"
    )
    assert int(unit["Service"]["TimeoutStopSec"]) > timeout
    assert unit["Service"]["NoNewPrivileges"] == "yes"
    assert unit["Service"]["ProtectSystem"] == "strict"
