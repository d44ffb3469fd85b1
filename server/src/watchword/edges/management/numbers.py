"""Operations on numbers: look one up with its history and risk, the lists, and forgetting."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from watchword.domain.errors import Refusal
from watchword.domain.lookup import LookupResult
from watchword.domain.operator import Role
from watchword.domain.phone_number import mask
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.domain.screening.verdict import Verdict
from watchword.edges.management.operation import (
    PROJECT,
    Call,
    Done,
    Instant,
    Nothing,
    Operation,
    Problem,
    Undo,
)
from watchword.ports.numbering import NumberProblem
from watchword.usecases.manage.browsing import Listed, listed
from watchword.usecases.manage.lists import ListedEntry, ManageLists, Which

SHOWN = 20


class LookedUp(Struct, frozen=True, kw_only=True):
    """What is known of a number: its plan, what a request would be judged, and its past here.

    `lists` names the entries that hold it; `sends_day` counts messages promised in 24 hours.
    """

    phone_number: str
    facts: LookupResult
    verdict: Verdict | None
    refusal: str
    blocked: bool
    allowed: bool
    verified_at: int | None
    sends_day: int
    failed_in_a_row: int
    authentications: tuple[Listed, ...]


class Looking(Struct, frozen=True, forbid_unknown_fields=True):
    """A number in international form, or as it is written in a country that the text does not tell."""

    number: Annotated[str, Meta(max_length=60)]


class Entries(Struct, frozen=True):
    """Both lists of a project."""

    items: tuple[ListedEntry, ...]


class NewEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry to add; `days` or `until` (Unix milliseconds) say when it ends, nothing says never."""

    list: Which
    kind: ListKind
    value: Annotated[str, Meta(min_length=1, max_length=200)]
    note: Annotated[str, Meta(max_length=200)] = ""
    days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    until: Instant | None = None


class EntryPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry by its list and its place in it."""

    list: Which
    place: Annotated[int, Meta(ge=0)]


class Naming(Struct, frozen=True, forbid_unknown_fields=True):
    """A number, in international form."""

    phone_number: Annotated[str, Meta(max_length=60)]


DAY = 24 * 60 * 60 * 1000


async def look_up(call: Call, looking: Looking) -> LookedUp:
    """Look a number up."""
    management, project = call.management, call.of
    number = management.start.numbering.parse(looking.number)
    if isinstance(number, NumberProblem):
        raise Problem(400, "invalid_phone_number", number.message)
    facts = await management.look_up(number.e164, caller_name=False)
    if isinstance(facts, NumberProblem):
        raise Problem(400, "invalid_phone_number", facts.message)
    verdict = await management.start.foresee(project, number)
    history = await management.store.history(project.id, number.e164)
    now = management.clock.now()
    known = await management.reports.authentications_of(number.e164, 10 * SHOWN)
    ours = [one for one in known if one.project_id == project.id][:SHOWN]

    def on(entries: tuple[ListEntry, ...]) -> bool:
        return any(e.kind is ListKind.NUMBER and e.value == number.e164 for e in entries)

    return LookedUp(
        phone_number=mask(number.e164),
        facts=replace(facts, phone_number=mask(facts.phone_number)),
        verdict=None if isinstance(verdict, Refusal) else verdict,
        refusal=verdict.message if isinstance(verdict, Refusal) else "",
        blocked=on(project.settings.blocked),
        allowed=on(project.settings.allowed),
        verified_at=history.verified_at,
        sends_day=history.sends_since(now - DAY),
        failed_in_a_row=history.failed_in_a_row,
        authentications=tuple(listed(one, now) for one in ours),
    )


async def list_entries(call: Call, _: Nothing) -> Entries:
    """Read the lists."""
    return Entries(tuple(await call.management.lists.entries(call.of)))


async def add_entry(call: Call, new: NewEntry) -> Done:
    """Block or allow."""
    lists = _lists(call)
    until = new.until
    before: tuple[ListEntry, ...] = getattr(call.of.settings, new.list.value)
    if new.days is not None:
        until = call.management.clock.now() + new.days * DAY
    entry = ListEntry(kind=new.kind, value=new.value, note=new.note, until=until)
    try:
        changed = await lists.add(call.of, new.list, entry)
    except ValueError as error:
        raise Problem(400, "bad_request", str(error)) from None
    added: ListEntry = getattr(changed.settings, new.list.value)[-1]
    known = [one for one in before if (one.kind, one.value) == (added.kind, added.value)]
    if known:
        return Done("The entry is changed.", _again(new.list, known[0]))
    undo = Undo("remove_entry", {"list": new.list.value, "place": len(before)})
    return Done(f"The {new.kind} is {new.list} now.", undo)


async def remove_entry(call: Call, which: EntryPlace) -> Done:
    """Take an entry out."""
    try:
        gone = await _lists(call).remove(call.of, which.list, which.place)
    except LookupError as error:
        raise Problem(404, "not_found", str(error)) from None
    return Done(f"The {gone.kind} is no longer {which.list}.", _again(which.list, gone))


def _again(which: Which, entry: ListEntry) -> Undo:
    """What adds an entry as it was."""
    fields = {"list": which.value, "kind": entry.kind.value, "value": entry.value}
    if entry.note:
        fields["note"] = entry.note
    if entry.until is not None:
        fields["until"] = str(entry.until)
    return Undo("add_entry", {**fields})


def _lists(call: Call) -> ManageLists:
    lists = call.management.lists
    return replace(lists, projects=replace(lists.projects, actor=call.actor))


async def unlock_number(call: Call, which: Naming) -> Done:
    """Give a number its tries back."""
    try:
        number = await replace(call.management.unlock, actor=call.actor)(
            call.of, which.phone_number
        )
    except ValueError as error:
        raise Problem(400, "invalid_phone_number", str(error)) from None
    except LookupError as error:
        raise Problem(404, "not_found", str(error)) from None
    return Done(f"{number} can be verified again.")


async def forget_number(call: Call, which: Naming) -> Done:
    """Erase a number."""
    try:
        gone = await replace(call.management.forget, actor=call.actor)(which.phone_number)
    except ValueError as error:
        raise Problem(400, "invalid_phone_number", str(error)) from None
    return Done(f"{gone.number} is forgotten: {gone.authentications} authentications erased.")


OPERATIONS = (
    Operation(
        name="look_up",
        method="GET",
        path=f"{PROJECT}/lookup/{{number}}",
        role=Role.VIEWER,
        summary="What is known of a number: plan, risk, lists, and its past.",
        takes=Looking,
        gives=LookedUp,
        run=look_up,
    ),
    Operation(
        name="list_entries",
        method="GET",
        path=f"{PROJECT}/lists",
        role=Role.VIEWER,
        summary="Who is blocked and who is allowed.",
        gives=Entries,
        run=list_entries,
    ),
    Operation(
        name="add_entry",
        method="POST",
        path=f"{PROJECT}/lists",
        role=Role.OPERATOR,
        summary="Block or allow a number, prefix, country, address or device.",
        takes=NewEntry,
        run=add_entry,
    ),
    Operation(
        name="remove_entry",
        method="POST",
        path=f"{PROJECT}/lists/remove",
        role=Role.OPERATOR,
        summary="Take an entry out of a list.",
        takes=EntryPlace,
        run=remove_entry,
    ),
    Operation(
        name="unlock_number",
        method="POST",
        path=f"{PROJECT}/unlock",
        role=Role.OPERATOR,
        summary="Forget the wrong codes typed for a number, so that it can be verified again.",
        takes=Naming,
        run=unlock_number,
    ),
    Operation(
        name="forget_number",
        method="POST",
        path="/forget",
        role=Role.OWNER,
        summary="Erase all that is kept of a number, in every project.",
        takes=Naming,
        run=forget_number,
    ),
)
