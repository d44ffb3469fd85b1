"""A store gives back every value as it was given, every field of every kind."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect
from msgspec.structs import replace
from server.tests.contract.conftest import Keeper, Maker, Values

from watchword.domain.api_key import ApiKey
from watchword.domain.authentication import Authentication
from watchword.domain.event import Event, Happening
from watchword.domain.number_history import NumberHistory
from watchword.domain.project import Project
from watchword.domain.task import Task, Work
from watchword.ports.store import Change, InboxMessage, SavedAnswer, SentMessage

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
LARGEST = 2**53


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that msgspec knows, within the type's own bounds."""
    return _values(inspect.type_info(kind))


def _values(info: inspect.Type) -> st.SearchStrategy[Any]:  # noqa: C901, PLR0911, PLR0912 - one line a type
    match info:
        case inspect.IntType():
            return st.integers(info.ge or 0, LARGEST if info.le is None else info.le)
        case inspect.FloatType():
            return st.floats(-1e6, 1e6)
        case inspect.StrType(pattern=str() as pattern):
            return st.from_regex(pattern, fullmatch=True)
        case inspect.StrType():
            return TEXTS.filter(lambda text: len(text) >= (info.min_length or 0))
        case inspect.BytesType():
            return st.binary(max_size=40)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.UUIDType():
            return st.uuids()
        case inspect.EnumType(cls):
            return st.sampled_from(cls)
        case inspect.VarTupleType(item):
            return st.lists(_values(item), max_size=3).map(tuple)
        case inspect.UnionType(types):
            return st.one_of(*map(_values, types))
        case inspect.StructType(cls, fields):
            return st.builds(cls, **{field.name: _values(field.type) for field in fields})
        case inspect.Metadata(inner):
            return _values(inner)
    raise NotImplementedError(info)


def kinds_of(union: UnionType) -> list[Any]:
    return list(get_args(union))


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def opened(maker: Maker, tmp_path: Path, loop: asyncio.Runner) -> Iterator[Keeper]:
    keeper = loop.run(maker.open(tmp_path))
    yield keeper
    loop.run(keeper.close())


def change_of(**fields: Any) -> Change:
    return Change(project_id=uuid4(), **fields)


@given(about=values_of(Authentication), history=values_of(NumberHistory))
@settings(max_examples=40)
def test_an_authentication_and_its_numbers_history_come_back_whole(
    opened: Keeper, loop: asyncio.Runner, about: Authentication, history: NumberHistory
) -> None:
    async def there_and_back() -> None:
        project_id, e164 = uuid4(), history.e164
        number = replace(about.number, e164=e164)
        first = replace(about, id=uuid4(), version=0, project_id=project_id, number=number)
        remembered = replace(history, version=0, project_id=project_id, e164=e164)
        change = change_of(authentication=first, history=remembered)
        assert await opened.save(change)
        assert await opened.authentication_and_history(first.id) == (
            replace(first, version=1),
            replace(remembered, version=1),
        )
        assert await opened.history(project_id, e164) == replace(remembered, version=1)

    loop.run(there_and_back())


@pytest.mark.parametrize("kind", kinds_of(Happening), ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=15)
def test_every_kind_of_event_comes_back_whole(
    opened: Keeper, loop: asyncio.Runner, kind: Any, data: st.DataObject
) -> None:
    async def there_and_back() -> None:
        about = replace(Values().authentication(), id=uuid4())
        event = Event(1, data.draw(st.integers(0, LARGEST)), data.draw(values_of(kind)))
        assert await opened.save(change_of(authentication=about, events=(event,)))
        timeline = await opened.timeline(about.id)
        assert timeline is not None
        assert timeline.events == (event,)
        assert type(timeline.events[0].what) is kind

    loop.run(there_and_back())


@pytest.mark.parametrize("kind", kinds_of(Work), ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=15)
def test_every_kind_of_task_comes_back_whole(
    opened: Keeper, loop: asyncio.Runner, kind: Any, data: st.DataObject
) -> None:
    async def there_and_back() -> None:
        task = replace(
            data.draw(values_of(Task)),
            id=uuid4(),
            work=data.draw(values_of(kind)),
            due_at=1,
            tries=3,
        )
        assert await opened.save(change_of(tasks=(task,)))
        (claimed,) = await opened.claim(1, 500, 10)
        assert claimed == replace(task, due_at=501, tries=4)
        assert await opened.save(change_of(finished=claimed))

    loop.run(there_and_back())


@given(project=values_of(Project), key=values_of(ApiKey))
@settings(max_examples=40)
def test_projects_and_keys_come_back_whole(
    opened: Keeper, loop: asyncio.Runner, project: Project, key: ApiKey
) -> None:
    async def there_and_back() -> None:
        project_id = uuid4()
        named = replace(project, id=project_id, name=f"{project.name}{project_id}")
        await opened.put_project(named)
        assert named in await opened.projects()
        digest = project_id.bytes + key.digest
        kept = replace(key, id=uuid4(), project_id=project_id, digest=digest)
        await opened.put_api_key(kept)
        assert kept in await opened.api_keys()

    loop.run(there_and_back())


@given(kept=values_of(SavedAnswer), sent=values_of(SentMessage), message=values_of(InboxMessage))
@settings(max_examples=25)
def test_answers_message_ids_and_inbox_messages_come_back_whole(
    opened: Keeper,
    loop: asyncio.Runner,
    kept: SavedAnswer,
    sent: SentMessage,
    message: InboxMessage,
) -> None:
    async def there_and_back() -> None:
        own = replace(sent, account=f"{sent.account}{uuid4()}")
        change = change_of(sent=own, answer=kept)
        project_id = change.project_id
        assert await opened.save(change)
        assert await opened.answer(project_id, kept.key, kept.created_at - 1) == kept
        assert await opened.answer(project_id, kept.key, kept.created_at) is None
        where = (sent.authentication_id, sent.attempt_number)
        assert await opened.attempt_of(own.account, own.provider_message_id) == where
        delivered = replace(message, id=uuid4(), project_id=project_id)
        await opened.add_inbox_message(delivered)
        assert await opened.inbox(project_id, None, 5) == [delivered]
        assert await opened.inbox(project_id, delivered.to, 5) == [delivered]

    loop.run(there_and_back())
