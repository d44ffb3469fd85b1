"""The API reference: every operation and field of both documents, and requests that would be taken."""

from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema_rs
import msgspec
import pytest
from markupsafe import Markup

from watchword.domain.errors import ErrorCode
from watchword.edges.console.names import status_of
from watchword.edges.console.prose import prose
from watchword.edges.console.reference import Section, reference_sections, sections
from watchword.edges.console.samples import sample
from watchword.edges.console.schemas import Field, Schemas
from watchword.edges.console.snippets import body_for, examples
from watchword.edges.http.explanations import EXPLANATIONS
from watchword.edges.http.pages import contract, pages
from watchword.edges.management.openapi import document

URL = "http://127.0.0.1:8700"
CUSTOMER = "01980c2e-5b7a-7c31-9d0e-2f6a4b8c1d02"
KEY = "wwk_a_key_to_be_seen"
DOCUMENTS = {"otp": msgspec.json.decode(contract()), "manage": msgspec.json.decode(document(URL))}
SECTIONS = {name: {one.id: one for one in sections(found)} for name, found in DOCUMENTS.items()}
ALL = [(name, one) for name, found in SECTIONS.items() for one in found.values()]
EACH = pytest.mark.parametrize(("name", "section"), ALL, ids=lambda one: getattr(one, "id", one))
METHODS = {"get", "put", "post", "patch", "delete"}


def operations(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in [*found["paths"].values(), *found.get("webhooks", {}).values()]:
        yield from (operation for method, operation in methods.items() if method in METHODS)


def field_names(found: dict[str, Any], schema: Any, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Every name of a field anywhere within a schema, by a walk that knows nothing of ours."""
    if isinstance(schema, list):
        for one in schema:
            yield from field_names(found, one, seen)
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if reference and reference not in seen:
        target: Any = found
        for part in reference[2:].split("/"):
            target = target[part]
        yield from field_names(found, target, (*seen, reference))
    for key in ("allOf", "anyOf", "oneOf", "items", "prefixItems", "additionalProperties"):
        yield from field_names(found, schema.get(key), seen)
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from field_names(found, inner, seen)


def operation_of(name: str, section: Section) -> dict[str, Any]:
    [found] = [one for one in operations(DOCUMENTS[name]) if one["operationId"] == section.id]
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_operation_and_webhook_is_there_once(name: str) -> None:
    ids = [operation["operationId"] for operation in operations(DOCUMENTS[name])]
    assert sorted(ids) == sorted(SECTIONS[name])
    shown = reference_sections(URL, name)
    assert sorted(one.id for one in shown.sections) == sorted(ids)
    assert len(shown.groups) > 3


@EACH
def test_every_parameter_and_every_field_of_body_and_answers_is_there(
    name: str, section: Section
) -> None:
    found, operation = DOCUMENTS[name], operation_of(name, section)
    schemas = Schemas(found)
    named = {schemas.followed(one)["name"] for one in operation.get("parameters", [])}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    assert {one.name for one in section.fields if one.place != "body"} == named
    assert set(field_names(found, body.get("schema"))) == {
        one.name for one in section.fields if one.place == "body" and not one.variant
    }
    given = {status: schemas.followed(one) for status, one in operation["responses"].items()}
    assert len(section.answers) == len(given)
    for answer, one in zip(section.answers, given.values(), strict=True):
        schema = one.get("content", {}).get("application/json", {}).get("schema")
        expected = set(field_names(found, schema)) | set(one.get("headers", {}))
        assert {field.name for field in answer.fields if not field.variant} == expected


@EACH
def test_an_example_body_is_one_that_the_operation_takes(name: str, section: Section) -> None:
    operation = operation_of(name, section)
    assert bool(section.body) == ("requestBody" in operation)
    if section.body:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": DOCUMENTS[name]["components"]}
        jsonschema_rs.validate(
            whole, msgspec.json.decode(body_for(section, CUSTOMER)), validate_formats=True
        )


@EACH
def test_an_example_answer_is_one_that_may_come(name: str, section: Section) -> None:
    good = [
        answer
        for status, answer in operation_of(name, section)["responses"].items()
        if status == "200" and "content" in answer
    ]
    assert bool(section.answer) == bool(good)
    for answer in good:
        schema = answer["content"]["application/json"]["schema"]
        whole = {**schema, "components": DOCUMENTS[name]["components"]}
        jsonschema_rs.validate(whole, msgspec.json.decode(section.answer))


@EACH
def test_every_field_has_a_type_in_words(name: str, section: Section) -> None:
    fields = [*section.fields, *(one for answer in section.answers for one in answer.fields)]
    assert all(field.type for field in fields), name
    assert not [field for field in fields if "$" in field.type or "  " in field.type]


@EACH
def test_examples_hold_the_address_and_what_authorises(name: str, section: Section) -> None:
    found = examples(section, URL, KEY, CUSTOMER)
    if section.incoming:
        assert found == {}
        return
    assert all(URL in text and "{auth_uuid}" not in text for text in found.values())
    if name == "manage":
        assert list(found) == ["curl"]
        assert '-H "authorization: Bearer $WATCHWORD_TOKEN"' in found["curl"]
        assert KEY not in found["curl"]
    else:
        assert all(KEY in text for text in found.values())
        unknown = examples(section, URL, None, CUSTOMER)
        assert all("WATCHWORD_API_KEY" in text for text in unknown.values())
        assert '-H "x-api-key: $WATCHWORD_API_KEY"' in unknown["curl"]


def test_an_example_is_a_call_of_the_sdk_in_its_own_spelling() -> None:
    found = examples(SECTIONS["otp"]["create-authentication"], URL, KEY, CUSTOMER)
    assert 'ding.otp.create_authentication(phone_number="+33612345678")' in found["python"]
    assert f'customerUuid: "{CUSTOMER}"' in found["typescript"]
    assert "await ding.otp.createAuthentication({" in found["typescript"]
    found = examples(SECTIONS["otp"]["lookup"], URL, KEY, CUSTOMER)
    assert f'ding.lookup.lookup("{CUSTOMER}", "+33612345678")' in found["typescript"]
    assert f"{URL}/v1/lookup/%2B33612345678" in found["curl"]
    assert f'-H "customer-uuid: {CUSTOMER}"' in found["curl"]


@EACH
def test_an_example_in_python_is_python_and_calls_a_method_that_is_there(
    name: str, section: Section
) -> None:
    from watchword_client import Ding  # noqa: PLC0415 - the SDK, as a reader has it

    text = examples(section, URL, KEY, CUSTOMER).get("python")
    assert text is None or name == "otp"
    if text:
        compile(text, section.id, "exec")
    if text and "answer = " in text:
        group, method = text.split("answer = ding.")[1].split("(")[0].split(".")
        with Ding(api_key=KEY, customer_uuid=CUSTOMER, server_url=f"{URL}/v1") as ding:
            assert callable(getattr(getattr(ding, group), method))


def rows(schema: dict[str, Any], **named: Any) -> list[Field]:
    return list(Schemas({"components": {"schemas": named}}).rows(schema))


def test_a_reference_is_followed_and_what_stands_beside_it_goes_first() -> None:
    [field] = rows(
        {"properties": {"a": {"$ref": "#/components/schemas/N", "description": "mine"}}},
        N={"type": "integer", "minimum": 1, "maximum": 5, "description": "theirs"},
    )
    assert (field.type, field.limits, field.description) == ("whole number", ("1 to 5",), "mine")


def test_all_of_is_one_object_and_null_is_said_in_words() -> None:
    fields = rows(
        {"allOf": [{"$ref": "#/components/schemas/B"}], "required": ["y"],
         "properties": {"x": {"const": "k"}, "y": {"type": ["string", "null"]},
                        "z": {"type": "string", "nullable": True}}},
        B={"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}},
    )  # fmt: skip
    assert [(f.name, f.type, f.required, f.values) for f in fields] == [
        ("x", "string", True, ("k",)),
        ("y", "string, or null", True, ()),
        ("z", "string, or null", False, ()),
    ]


def test_kinds_of_object_stand_apart_and_what_holds_itself_ends() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    leaf = {"type": "object", "properties": {"end": {"type": "boolean"}}}
    either = [{"$ref": "#/components/schemas/Node"}, {"$ref": "#/components/schemas/Leaf"}]
    fields = rows({"type": "array", "items": {"oneOf": either}}, Node=node, Leaf=leaf)
    assert [(f.name, f.depth, f.variant) for f in fields] == [
        ("Node", 0, True),
        ("next", 1, False),
        ("Leaf", 0, True),
        ("end", 1, False),
    ]
    schemas = Schemas({"components": {"schemas": {"Node": node}}})
    assert sample(schemas, {"$ref": "#/components/schemas/Node"}) == {"next": {}}


def test_prose_escapes_whatever_is_not_its_own() -> None:
    assert prose("One `<a>` & two\n\n- `x`: *y*\n- z\n\n") == Markup(
        "<p>One <code>&lt;a&gt;</code> &amp; two</p><ul><li><code>x</code>: *y*</li><li>z</li></ul>"
    )


def test_an_error_code_is_shown_with_the_status_that_it_travels_with() -> None:
    known = set(DOCUMENTS["otp"]["components"]["schemas"]["ErrorCode"]["enum"])
    assert {code for code in EXPLANATIONS if status_of(code) == 400} == known - {
        ErrorCode.INTERNAL_SERVER_ERROR
    }
    assert status_of(ErrorCode.TOO_MANY_REQUESTS) == 429


async def _ready() -> dict[str, str]:
    return {}


@pytest.mark.parametrize("console", [True, False])
async def test_the_docs_lead_to_all_references_that_are_served(console: bool) -> None:
    transport = httpx2.ASGITransport(pages(_ready, lambda: b"", console=console))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        front = await client.get("/docs")
        assert front.status_code == 200
        for path in ("/docs/errors", "/openapi.json"):
            assert f'href="{path}"' in front.text
        for path in ("/console/all/reference", "/manage/v1/openapi.json"):
            assert (f'href="{path}"' in front.text) is console
        errors = await client.get("/docs/errors")
        assert all(f'id="{code}"' in errors.text for code in ErrorCode)
        style = await client.get("/docs/style.css")
        assert style.headers["content-type"].startswith("text/css")
        for page in (front, errors):
            assert 'href="/docs/style.css"' in page.text
            assert "style-src 'self'" in page.headers["content-security-policy"]
            assert "<style" not in page.text
            assert " style=" not in page.text
