"""A store keeps operators and what stands for them; what was ended is never brought back."""

import asyncio

import pytest
from msgspec.structs import replace
from server.tests.conftest import DAY, START
from server.tests.contract.conftest import Keeper, Values

from watchword.adapters.store.store import EngineStore
from watchword.domain.audit import AuditNote
from watchword.domain.operator import Grant, GrantKind, Operator, Role

NOTE = AuditNote(at=START, actor="tester", action="operator.tested", subject="s", detail={})


@pytest.fixture
def operators(store: Keeper) -> EngineStore:
    assert isinstance(store, EngineStore)
    return store


@pytest.fixture
async def ann(operators: EngineStore, values: Values) -> Operator:
    made = Operator(id=values.clock.new_id(), name="ann", created_at=START, roles={"*": Role.OWNER})
    assert await operators.put_operator(made, NOTE)
    return replace(made, version=1)


def grant_of(operator: Operator, number: int = 1) -> Grant:
    return Grant(
        digest=bytes([number]) * 32,
        operator_id=operator.id,
        kind=GrantKind.SESSION,
        created_at=START,
        expires_at=START + DAY,
    )


async def test_a_grant_is_extended_in_its_place(operators: EngineStore, ann: Operator) -> None:
    first, second = grant_of(ann, 1), grant_of(ann, 2)
    await operators.put_grant(first)
    await operators.put_grant(second)
    longer = replace(first, expires_at=START + 3 * DAY)
    await operators.extend_grant(longer)
    assert await operators.grant(first.digest) == longer
    assert await operators.grants(ann.id, GrantKind.SESSION) == [second, longer]


async def test_a_grant_that_is_gone_is_not_brought_back_by_extending_it(
    operators: EngineStore, ann: Operator
) -> None:
    grant = grant_of(ann)
    await operators.put_grant(grant)
    assert await operators.take_grant(grant.digest)
    await operators.extend_grant(replace(grant, expires_at=START + 9 * DAY))
    assert await operators.grant(grant.digest) is None
    assert await operators.grants(ann.id, GrantKind.SESSION) == []


async def test_whoever_extends_while_all_sessions_end_brings_none_back(
    operators: EngineStore, ann: Operator
) -> None:
    grants = [grant_of(ann, number) for number in range(1, 20)]
    for grant in grants:
        await operators.put_grant(grant)
    await asyncio.gather(
        *(operators.extend_grant(replace(one, expires_at=START + 2 * DAY)) for one in grants[:9]),
        operators.remove_grants(ann.id, GrantKind.SESSION),
        *(operators.extend_grant(replace(one, expires_at=START + 2 * DAY)) for one in grants[9:]),
    )
    assert await operators.grants(ann.id, GrantKind.SESSION) == []


async def test_a_grant_is_taken_once_by_however_many(operators: EngineStore, ann: Operator) -> None:
    await operators.put_grant(grant_of(ann))
    taken = await asyncio.gather(*(operators.take_grant(grant_of(ann).digest) for _ in range(5)))
    assert sorted(taken) == [False, False, False, False, True]


async def test_an_operator_is_changed_by_one_at_a_time_and_removed_with_every_grant(
    operators: EngineStore, ann: Operator, values: Values
) -> None:
    changes = [replace(ann, failures=number) for number in range(1, 4)]
    done = await asyncio.gather(*(operators.put_operator(one) for one in changes))
    assert sorted(done) == [False, False, True]
    namesake = replace(ann, id=values.clock.new_id(), version=0)
    assert not await operators.put_operator(namesake)
    await operators.put_grant(grant_of(ann))
    await operators.remove_operator(ann.id, NOTE)
    assert await operators.operator(ann.id) is None
    assert await operators.grant(grant_of(ann).digest) is None
