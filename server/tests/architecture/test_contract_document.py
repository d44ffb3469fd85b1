"""The published contract is well formed, true to its own examples, and explained in the manual."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from watchword.domain.errors import ErrorCode

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = ROOT / "spec" / "ding-v1.yaml"
SERVED = ROOT / "server" / "src" / "watchword" / "edges" / "api" / "ding-v1.yaml"
ERRORS_PAGE = ROOT / "docs" / "reference" / "errors.md"
API_PAGE = ROOT / "docs" / "reference" / "api.md"

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
DING_OPERATIONS = {
    ("post", "/authentication", "create-authentication"),
    ("post", "/check", "check"),
    ("post", "/retry", "retry"),
    ("post", "/authentication/feedback", "feedback"),
    ("get", "/authentication/{auth_uuid}", "getAuthenticationStatus"),
    ("get", "/lookup/{phone_number}", "lookup"),
}
OWN_OPERATIONS = {
    ("get", "/sandbox/messages", "listSandboxMessages"),
    ("post", "/hosted_sessions", "openHostedSession"),
    ("get", "/hosted_sessions/{session_uuid}", "readHostedSession"),
}
STATUSES = {
    "CreateAuthenticationResponse": {"pending", "rate_limited", "spam_detected"},
    "CreateCheckResponse": {
        "unknown",
        "valid",
        "invalid",
        "without_attempt",
        "rate_limited",
        "already_validated",
        "expired_auth",
    },
    "RetryAuthenticationResponse": {
        "approved",
        "denied",
        "no_attempt",
        "rate_limited",
        "expired_auth",
        "already_validated",
    },
}
HEADINGS_OF_STATUSES = {
    "CreateAuthenticationResponse": "## Statuses of a create",
    "CreateCheckResponse": "## Statuses of a check",
    "RetryAuthenticationResponse": "## Statuses of a retry",
}

CONTRACT: dict[str, Any] = yaml.safe_load(SERVED.read_text(encoding="utf-8"))


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in (CONTRACT["paths"] | CONTRACT["webhooks"]).items():
        for method in METHODS & item.keys():
            yield method, path, item[method]


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every described request and answer body, under a name to find it by."""
    for _, _, operation in operations():
        name = operation["operationId"]
        if "requestBody" in operation:
            yield f"{name} request", operation["requestBody"]["content"]["application/json"]
        for status, answer in operation["responses"].items():
            for content in resolve(answer).get("content", {}).values():
                yield f"{name} {status}", content


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    for name, content in contents():
        if "example" in content:
            yield name, content["schema"], content["example"]
        for key, example in content.get("examples", {}).items():
            yield f"{name} {key}", content["schema"], example["value"]


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    for _, _, operation in operations():
        for parameter in operation.get("parameters", []):
            resolved = resolve(parameter)
            yield f"{operation['operationId']} {resolved['name']}", resolved


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {**schema, "components": CONTRACT["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [error.message for error in validator.iter_errors(value)]


def walk(node: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    yield where, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{where}/{index}")


def schema_named(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = CONTRACT["components"]["schemas"][name]
    return schema


def documented_codes() -> set[str]:
    """The closed list, and the codes that travel with a status of their own."""
    schemas = CONTRACT["components"]["schemas"].values()
    coded = (s["properties"]["code"] for s in schemas if "code" in s.get("required", []))
    own = {code["const"] for code in coded if "const" in code}
    return own | set(schema_named("ErrorCode")["enum"])


def headings(page: Path) -> list[str]:
    return re.findall(r"^## .+$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)


def section(page: Path, heading: str) -> str:
    _, _, rest = page.read_text(encoding="utf-8").partition(f"\n{heading}\n")
    return rest.split("\n## ", maxsplit=1)[0]


def test_the_published_file_is_the_one_that_is_served() -> None:
    assert PUBLISHED.is_symlink()
    assert not PUBLISHED.readlink().is_absolute()
    assert PUBLISHED.resolve() == SERVED.resolve()


def test_the_contract_names_its_version_and_every_operation_once() -> None:
    assert CONTRACT["openapi"] == "3.1.0"
    assert CONTRACT["info"]["title"] == "Watchword API: Ding OTP v1"
    found = {(m, path, o["operationId"]) for m, path, o in operations() if path.startswith("/")}
    assert found == DING_OPERATIONS | OWN_OPERATIONS
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere() -> None:
    references = [n for _, n in walk(CONTRACT) if isinstance(n, dict) and "$ref" in n]
    assert references
    for reference in references:
        assert resolve(reference), reference["$ref"]


def test_every_component_is_used() -> None:
    used = {n["$ref"] for _, n in walk(CONTRACT) if isinstance(n, dict) and "$ref" in n}
    for kind in CONTRACT["components"].keys() - {"securitySchemes"}:
        for name in CONTRACT["components"][kind]:
            assert f"#/components/{kind}/{name}" in used


def test_null_appears_nowhere() -> None:
    for where, node in walk(CONTRACT):
        assert node is not None, where
        if where.endswith("/type"):
            assert node != "null", where
            assert not isinstance(node, list), where


def test_nothing_is_deprecated() -> None:
    assert [where for where, _ in walk(CONTRACT) if where.endswith("/deprecated")] == []


@pytest.mark.parametrize(
    ("schema", "value"), [(s, v) for _, s, v in examples()], ids=[name for name, _, _ in examples()]
)
def test_every_example_of_a_body_fits_its_schema(schema: dict[str, Any], value: Any) -> None:
    assert faults(schema, value) == []


@pytest.mark.parametrize("content", [c for _, c in contents()], ids=[n for n, _ in contents()])
def test_every_body_has_an_example(content: dict[str, Any]) -> None:
    assert content.keys() & {"example", "examples"}


def test_examples_of_parameters_and_in_schemas_fit() -> None:
    for name, parameter in parameters():
        if "example" in parameter:
            assert faults(parameter["schema"], parameter["example"]) == [], name
    for where, node in walk(CONTRACT["components"]["schemas"]):
        for value in node.get("examples", []) if isinstance(node, dict) else []:
            assert faults(node, value) == [], where


@pytest.mark.parametrize("field", ["authentication_uuid", "status", "created_at"])
def test_an_example_that_lacks_a_promised_field_would_be_noticed(field: str) -> None:
    schema = {"$ref": "#/components/schemas/CreateAuthenticationResponse"}
    whole = {
        "authentication_uuid": "01980c31-9a44-7d10-8b6f-6e0c1d2a3b4c",
        "status": "pending",
        "created_at": "2026-03-02T10:15:30Z",
    }
    assert faults(schema, whole) == []
    assert faults(schema, {k: v for k, v in whole.items() if k != field}) != []
    assert faults(schema, {**whole, field: None}) != []
    assert faults(schema, {**whole, "surprise": True}) != []


def test_every_operation_tells_every_way_it_can_be_answered() -> None:
    always = {"200", "400", "403", "404", "405", "429", "503"}
    priced = {"create-authentication", "retry", "lookup"}
    repeatable = {"create-authentication", "retry"}
    for _, path, operation in operations():
        if path.startswith("/"):
            name = operation["operationId"]
            expected = always | ({"402"} if name in priced else set())
            expected |= {"409"} if name in repeatable else set()
            expected |= {"408"} if "requestBody" in operation else set()
            assert operation["responses"].keys() == expected, name


def test_customer_uuid_may_come_in_the_body_or_in_the_header() -> None:
    for _, _, operation in operations():
        if operation["operationId"] in {"create-authentication", "check", "retry", "feedback"}:
            body = resolve(operation["requestBody"]["content"]["application/json"]["schema"])
            assert "customer_uuid" in body["properties"]
            assert "customer_uuid" not in body["required"]
            assert operation["requestBody"]["required"] is True
            headers = {p["name"]: p["required"] for p in map(resolve, operation["parameters"])}
            assert headers["customer-uuid"] is False


def test_answers_hold_the_described_fields_and_no_others() -> None:
    for _, _, operation in operations():
        for answer in operation["responses"].values():
            for content in resolve(answer).get("content", {}).values():
                assert resolve(content["schema"])["additionalProperties"] is False


def test_the_contract_has_the_23_codes_of_ding_and_every_code_of_ours() -> None:
    assert len(schema_named("ErrorCode")["enum"]) == 23
    assert documented_codes() == set(ErrorCode)


def test_every_error_code_is_explained_under_its_own_heading() -> None:
    explained = headings(ERRORS_PAGE)
    for code in [*sorted(documented_codes()), "forbidden"]:
        assert explained.count(f"## {code}") == 1, code
        text = section(ERRORS_PAGE, f"## {code}")
        for label in ("**Means.**", "**When.**", "**What to do.**"):
            assert label in text, f"{code} lacks {label}"


@pytest.mark.parametrize("name", STATUSES)
def test_every_status_is_explained_under_its_operation(name: str) -> None:
    described = resolve(schema_named(name)["properties"]["status"])["enum"]
    assert set(described) == STATUSES[name]
    explained = re.findall(
        r"^\| `(\w+)` \|", section(ERRORS_PAGE, HEADINGS_OF_STATUSES[name]), re.MULTILINE
    )
    assert sorted(explained) == sorted(described)


def test_the_manual_shows_every_operation_with_its_fields() -> None:
    manual = API_PAGE.read_text(encoding="utf-8")
    for method, path, operation in operations():
        if path.startswith("/"):
            assert f"`{method.upper()} /v1{path}`" in manual
            for name, content in contents():
                if name.startswith(f"{operation['operationId']} ") and "40" not in name:
                    for field in resolve(content["schema"])["properties"]:
                        assert f"`{field}`" in manual, f"{name}: {field}"
