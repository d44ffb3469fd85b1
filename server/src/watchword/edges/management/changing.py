"""Changing: put values into a project's settings, as an operator."""

from typing import Any

from msgspec.structs import replace

from watchword.domain.project import Project
from watchword.edges.management.operation import Call, Problem
from watchword.usecases.manage.project_settings import SettingError, with_values


async def change_settings(call: Call, values: dict[str, Any]) -> Project:
    """The project with other settings; its log says who changed which.

    Raises:
        Problem: a setting cannot have its value.

    """
    projects = replace(call.management.projects, actor=call.actor)
    try:
        settings = with_values(call.of.settings, values)
    except SettingError as error:
        raise Problem(400, "bad_request", str(error)) from None
    return await projects.change(call.of, settings=settings)
