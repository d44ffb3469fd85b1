"""The SDK knows everything that the published contract names."""

from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import yaml

import watchword_client as sdk
from watchword_client._decoding import read_answer
from watchword_client._models.open_enum import OpenEnum
from watchword_client._operations.check import CHECK
from watchword_client._operations.create_authentication import CREATE_AUTHENTICATION
from watchword_client._operations.feedback import FEEDBACK
from watchword_client._operations.get_authentication_status import GET_AUTHENTICATION_STATUS
from watchword_client._operations.lookup import LOOKUP
from watchword_client._operations.retry import RETRY

CONTRACT = yaml.safe_load((Path(__file__).parents[2] / "spec" / "ding-v1.yaml").read_text())
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
OBJECTS = [
    name for name, schema in SCHEMAS.items() if schema.get("properties") and hasattr(sdk, name)
]
OPERATIONS: list[Any] = [
    CHECK,
    CREATE_AUTHENTICATION,
    FEEDBACK,
    GET_AUTHENTICATION_STATUS,
    LOOKUP,
    RETRY,
]


def words(schema: dict[str, Any]) -> list[str] | None:
    """The words a schema allows, by itself or by what it refers to."""
    target = schema.get("$ref", "").rpartition("/")[2]
    found: list[str] | None = SCHEMAS.get(target, schema).get("enum")
    return found


def test_the_contract_has_the_objects_of_the_sdk() -> None:
    assert len(OBJECTS) == 15


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_has_the_fields_of_the_contract(name: str) -> None:
    fields = {item.name for item in msgspec.structs.fields(getattr(sdk, name))} - {"extra"}
    assert fields == set(SCHEMAS[name]["properties"])


@pytest.mark.parametrize("name", OBJECTS)
def test_an_enum_has_the_words_of_the_contract(name: str) -> None:
    for item in msgspec.structs.fields(getattr(sdk, name)):
        kinds = [kind for kind in (item.type, *get_args(item.type)) if isinstance(kind, type)]
        enums = [kind for kind in kinds if issubclass(kind, OpenEnum)]
        listed = words(SCHEMAS[name].get("properties", {}).get(item.name, {}))
        for enum in enums:
            if listed is not None:
                assert set(enum) == set(listed)


def test_every_refusal_code_of_the_contract_is_known() -> None:
    assert set(SCHEMAS["ErrorCode"]["enum"]) <= set(sdk.ErrorCode)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_call_is_in_the_contract_and_its_examples_are_read_whole(operation: Any) -> None:
    described = CONTRACT["paths"][operation.path][operation.method.lower()]
    media = described["responses"]["200"]["content"]["application/json"]
    examples = [item["value"] for item in media.get("examples", {}).values()]
    examples += [media["example"]] if "example" in media else []
    assert examples
    for example in examples:
        answer = read_answer(example, operation.answer)
        assert answer.extra == {}
        assert set(example) <= set(answer.__struct_fields__)
