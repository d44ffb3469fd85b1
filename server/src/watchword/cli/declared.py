"""Declared: what a file says of projects and accounts, with each credential that stands elsewhere."""

import os
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from watchword.cli.main import Failure
from watchword.usecases.manage.declaration import ENVIRONMENT, Declared

USAGE = 2
FILE = "file:"
"""What a credential begins with that stands in a file, so that this one can be shown to anybody."""
NO_CREDENTIALS = ("provider", "paused")


def read_declaration(path: Path) -> Declared:
    """What a file says; its other lines are settings of the service."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        told = {name: document[name] for name in Declared.__struct_fields__ if name in document}
        declared = msgspec.convert(told, Declared)
    except (OSError, ValueError) as error:
        raise Failure(f"{path} cannot be used", str(error), code=USAGE) from None
    providers = {
        name: {
            field: value if field in NO_CREDENTIALS else _value(f"providers.{name}.{field}", value)
            for field, value in fields.items()
        }
        for name, fields in declared.providers.items()
    }
    return msgspec.structs.replace(declared, providers=providers)


def _value(place: str, value: Any) -> object:  # noqa: ANN401 - whatever TOML holds
    """A credential, or what it stands for."""
    if not isinstance(value, str):
        return value
    if value.startswith(ENVIRONMENT):
        found = os.environ.get(value.removeprefix(ENVIRONMENT))
        if found is None:
            raise Failure(f"{place}: {value.removeprefix(ENVIRONMENT)} is not set", code=USAGE)
        return found
    if value.startswith(FILE):
        try:
            return Path(value.removeprefix(FILE)).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise Failure(f"{place}: its file cannot be read", str(error), code=USAGE) from None
    return value
