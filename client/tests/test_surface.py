"""What is public is there, once, the same for both kinds of client, and loaded when asked for."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any, Unpack, get_args, get_type_hints

import msgspec
import pytest

import watchword_client as sdk
from watchword_client import _client, functions
from watchword_client._operations.check import CHECK, CheckArguments
from watchword_client._operations.create_authentication import (
    CREATE_AUTHENTICATION,
    CreateAuthenticationArguments,
)
from watchword_client._operations.feedback import FEEDBACK, FeedbackArguments
from watchword_client._operations.get_authentication_status import (
    GET_AUTHENTICATION_STATUS,
    GetAuthenticationStatusArguments,
)
from watchword_client._operations.lookup import LOOKUP, LookupArguments
from watchword_client._operations.retry import RETRY, RetryArguments
from watchword_client._options import OPTION_NAMES

OPERATIONS: list[tuple[Any, Any]] = [
    (CHECK, CheckArguments),
    (CREATE_AUTHENTICATION, CreateAuthenticationArguments),
    (FEEDBACK, FeedbackArguments),
    (GET_AUTHENTICATION_STATUS, GetAuthenticationStatusArguments),
    (LOOKUP, LookupArguments),
    (RETRY, RetryArguments),
]


def test_every_public_name_is_there() -> None:
    for name in sdk.__all__:
        assert getattr(sdk, name) is not None
    assert sorted(sdk.__all__) == dir(sdk)
    assert set(functions.__all__) <= set(sdk.__all__)
    for name in functions.__all__:
        assert getattr(functions, name) is getattr(sdk, name)


def test_the_three_lists_of_public_names_agree() -> None:
    tree = ast.parse(inspect.getsource(sdk))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    typed = {alias.name: node.module for node in imports for alias in node.names}
    assert typed == sdk._HOME
    assert set(sdk.__all__) == set(typed)


def test_what_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Dong'"):
        _ = sdk.Dong  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no attribute 'otp_dong'"):
        _ = functions.otp_dong  # type: ignore[attr-defined]


def test_the_types_of_the_package_are_published() -> None:
    assert resources.files("watchword_client").joinpath("py.typed").is_file()


def signature(function: Any) -> list[tuple[str, Any, Any]]:
    parameters = inspect.signature(function).parameters.values()
    names = {"DingCore": Any, "AsyncDingCore": Any}
    hints = get_type_hints(function, localns=names, include_extras=True)
    return [(p.name, p.kind, hints.get(p.name)) for p in parameters] + [
        ("return", None, hints["return"])
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [(_client.Otp, _client.AsyncOtp), (_client.Lookup, _client.AsyncLookup)],
)
def test_both_clients_have_the_same_methods(one: type, other: type) -> None:
    methods = {name: item for name, item in vars(one).items() if not name.startswith("_")}
    others = {name: item for name, item in vars(other).items() if not name.startswith("_")}
    assert methods.keys() == others.keys()
    for name, method in methods.items():
        assert signature(method) == signature(others[name])
        assert method.__doc__ == others[name].__doc__
        assert not inspect.iscoroutinefunction(method)
        assert inspect.iscoroutinefunction(others[name])


def test_both_clients_are_made_alike_and_have_the_same_groups() -> None:
    assert inspect.signature(sdk.Ding.__init__) == inspect.signature(sdk.AsyncDing.__init__)
    assert inspect.signature(sdk.DingCore) == inspect.signature(sdk.Ding)
    public = {name for name in dir(sdk.Ding) if not name.startswith("_")}
    async_public = {name for name in dir(sdk.AsyncDing) if not name.startswith("_")}
    assert public - {"close"} == async_public - {"aclose"}


def test_every_function_has_an_asynchronous_twin() -> None:
    plain = [name for name in functions.__all__ if not name.endswith("_async")]
    assert len(plain) == 6
    for name in plain:
        one, twin = getattr(sdk, name), getattr(sdk, f"{name}_async")
        assert signature(one)[1:] == signature(twin)[1:]
        assert inspect.iscoroutinefunction(twin)


@pytest.mark.parametrize(("operation", "arguments"), OPERATIONS)
def test_the_keywords_of_a_call_are_the_fields_of_its_request(
    operation: Any, arguments: Any
) -> None:
    fields = {item.name for item in msgspec.structs.fields(operation.request)}
    assert set(arguments.__annotations__) - OPTION_NAMES == fields
    assert ("idempotency_key" in arguments.__annotations__) is operation.sends_message


@pytest.mark.parametrize(("operation", "arguments"), OPERATIONS)
def test_a_method_is_typed_by_the_keywords_of_its_call(operation: Any, arguments: Any) -> None:
    group, _, name = operation.name.partition(".")
    method = getattr({"otp": _client.Otp, "lookup": _client.Lookup}[group], name)
    hints = get_type_hints(method)
    assert hints["arguments"] == Unpack[arguments]
    assert operation.request in get_args(hints["request"])
    assert hints["return"] is operation.answer


def loaded_by(code: str) -> set[str]:
    """The modules a fresh interpreter has after running the code."""
    source = Path(sdk.__file__ or "").parents[1]
    script = f"import sys; sys.path.insert(0, {str(source)!r}); {code}; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_the_package_imports_nothing_else() -> None:
    loaded = loaded_by("import watchword_client")
    ours = {name for name in loaded if name.startswith("watchword_client.")}
    assert ours == set()
    assert not loaded & {"httpx2", "msgspec"}


@pytest.mark.parametrize("home", ["watchword_client", "watchword_client.functions"])
def test_importing_a_function_imports_only_what_it_needs(home: str) -> None:
    loaded = loaded_by(f"from {home} import otp_check")
    assert "watchword_client._operations.check" in loaded
    for other in ("lookup", "feedback", "retry", "create_authentication"):
        assert f"watchword_client._operations.{other}" not in loaded
        assert f"watchword_client._models.{other}" not in loaded
        assert f"watchword_client.functions.{other}" not in loaded
    assert "watchword_client._client" not in loaded
    assert "httpx2" not in loaded


def test_the_small_core_needs_no_call() -> None:
    loaded = loaded_by("from watchword_client import DingCore")
    assert not [name for name in loaded if name.startswith("watchword_client.functions.")]
    assert "watchword_client._models.check" not in loaded
