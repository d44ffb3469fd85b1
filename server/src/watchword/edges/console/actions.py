"""Actions: what forms ask for, read into the fields of an operation, and where to go afterwards."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from watchword.edges.console.security import (
    NOTICE,
    Notice,
    is_inside,
    leave_notice,
    notice_of,
)
from watchword.edges.console.showing import Visit
from watchword.edges.management.accounts import TestSent
from watchword.edges.management.operation import Done, Operation, Problem
from watchword.edges.management.people import TotpBegun
from watchword.edges.management.table import OPERATIONS
from watchword.edges.management.verifications import Sent

SEE_OTHER = 303
MOST_FIELDS = 200


async def act(visit: Visit, name: str, request: Request) -> Response | dict[str, Any]:
    """Carry out an operation; a secret that is shown once is given back, for a page of its own."""
    form = await request.form(max_fields=MOST_FIELDS)
    back = str(form.get("back", ""))
    back = back if is_inside(back) else "/console/"
    operation = OPERATIONS.get(name)
    if operation is None:
        raise Problem(404, "not_found", "There is no such operation.")
    try:
        result = await visit.run(name, fields_of(operation, form))
    except Problem as problem:
        return _back(visit, back, Notice(str(problem), bad=True))
    if (
        hasattr(result, "secret")
        or hasattr(result, "phone_number")
        or name in ("add_person", "make_link")
    ):
        return {
            "result": result,
            "uri": result.uri if isinstance(result, TotpBegun) else "",
            "back": back,
            "visit": visit,
            "where": str(visit.project.id) if visit.project else "all",
            "project": visit.project,
            "name": name,
        }
    if isinstance(result, TestSent):
        back = f"/console/{result.customer_uuid}/authentication/{result.uuid}"
    if isinstance(result, Sent):
        await visit.management.start.store.authentication(result.uuid)
        back = back.partition("?")[0] + "?" + urlencode({"sent": str(result.uuid)})
    words = str(getattr(result, "message", "Done."))
    undo = result.undo if isinstance(result, Done) else None
    bad = getattr(result, "healthy", True) is False or getattr(result, "whole", True) is False
    where = str(visit.project.id) if visit.project else "all"
    if undo is None:
        return _back(visit, back, Notice(words, bad=bad))
    return _back(visit, back, Notice(words, False, undo.operation, undo.fields, where))


async def take_back(visit: Visit, request: Request) -> Response:
    """Carry out what undoes the last thing that was done."""
    form = await request.form()
    back = str(form.get("back", ""))
    back = back if is_inside(back) else "/console/"
    notice = notice_of(visit.management.keyring, str(form.get(NOTICE, "")))
    if notice is None or not notice.undo:
        return _back(visit, back, Notice("That can no longer be taken back.", bad=True))
    project = next((p for p in visit.projects if str(p.id) == notice.project), None)
    there = msgspec.structs.replace(visit, project=project)
    try:
        result = await there.run(notice.undo, notice.fields)
    except Problem as problem:
        return _back(visit, back, Notice(str(problem), bad=True))
    return _back(visit, back, Notice(f"Taken back. {getattr(result, 'message', '')}".strip()))


def _back(visit: Visit, where: str, notice: Notice) -> Response:
    response = RedirectResponse(where, SEE_OTHER)
    leave_notice(response, visit.management.keyring, notice)
    return response


def fields_of(operation: Operation, form: FormData) -> dict[str, Any]:
    """The fields of a form for an operation.

    A dot in a name makes a part of a whole (`settings.lifetime`), `name[]` gathers what is ticked, and
    an empty field is left out unless its name ends in `!`. A value of a setting is JSON, or else text.
    """
    fields: dict[str, Any] = {}
    for name in dict.fromkeys(form):
        values = [v for v in form.getlist(name) if not isinstance(v, UploadFile)]
        whole, dot, part = name.partition(".")
        key = whole.removesuffix("[]").removesuffix("!")
        if key not in operation.takes.__struct_fields__ or not values:
            continue
        if whole.endswith("[]"):
            fields[key] = values
        elif dot:
            _put(fields.setdefault(key, {}), part, values[-1], plain=key == "credentials")
        elif values[-1] or whole.endswith("!"):
            fields[key] = values[-1]
    return fields


def _put(whole: dict[str, Any], part: str, text: str, *, plain: bool) -> None:
    if plain:
        whole[part] = text
        return
    kind, _, name = part.rpartition(":")
    value: object = text
    match kind:
        case "number":
            value = msgspec.json.decode(text) if text.strip() else None
        case "words":
            value = text.replace(",", " ").split()
        case "numbers":
            value = [int(word) for word in text.replace(",", " ").split() if word.isdigit()]
        case "truth":
            value = text == "true"
        case "text":
            value = text.strip() or None
    first, dot, rest = name.partition(".")
    if dot:
        whole.setdefault(first, {})[rest] = value
    else:
        whole[first] = value
