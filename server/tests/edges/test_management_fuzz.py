"""Whatever is sent to whatever operation of the management API, it is never a fault of the service."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints
from urllib.parse import quote

import httpx2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server.tests.conftest import PERSON

from watchword.edges.management.access import COOKIE
from watchword.edges.management.operation import Operation
from watchword.edges.management.table import OPERATIONS
from watchword.testing import RunningService, running_service

EXAMPLES, EXAMPLES_OF_NOTHING = 20, 1
DEEP: list[Any] = []
for _ in range(300):
    DEEP = [DEEP]
NOBODY = "0198c0de-0000-7000-8000-000000000009"
ODD: list[Any] = [
    *(None, True, 0, 1, -1, 2**31, 2**63, -(2**63) - 1, 10**30, 1.5, 1e308),
    *("", " ", "a", "1", "*", "all", "a\nb", "\x00", "a\x00b", "\ud800", "é", "+²", "x" * 3000),
    *("24h", "1e9", "99999999999999999999", "+", "+33", PERSON, "0612345678", NOBODY),
    *("en", "xx-", "FR", "ßß", "192.0.2.0/24", "sandbox", "sandbox-sms", "acme", "{code}", "{"),
    *([], {}, [1], {"a": 1}, [[None]], DEEP, {"provider": "http", "paused": 1}),
    *({"x": {"suspended": "yes"}}, {"": {}}, {"x": {"mode": []}}, {"x\x00": {"mode": "live"}}),
    *({"locale": 5}, {"limits": {"number_day": -1}}, {"spend_caps": "x"}, {"templates": [{}]}),
]


class Caller:
    """An owner who signs in again whenever what they sent has ended their session."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.http = httpx2.Client(base_url=f"{service.url}/manage/v1", timeout=30)
        self.session = ""
        owner = {"authorization": f"Bearer {service.api_key}"}
        assert self.http.get("/me", headers=owner).status_code == 401
        about = self.ask("POST", self._in("/authentications"), {"phone_number": PERSON}).json()
        self.known = [service.customer_uuid, about["uuid"], "blocked", "allowed"]

    def _in(self, path: str) -> str:
        return f"/projects/{self.service.customer_uuid}{path}"

    async def _sign_in(self) -> str:
        watchword = self.service.watchword
        owner = await watchword.manage_operators.first_owner()
        found = await watchword.sign_in.with_link(await watchword.sign_in.make_link(owner))
        assert found is not None
        return found.secret

    def ask(self, method: str, path: str, fields: dict[str, Any]) -> httpx2.Response:
        """Ask, as somebody who is signed in."""
        query = {k: v if isinstance(v, str) else json.dumps(v) for k, v in fields.items()}
        for _ in range(2):
            answer = self.http.request(
                method,
                f"{path}?{'&'.join(f'{k}={_quoted(v)}' for k, v in query.items())}"
                if method == "GET"
                else path,
                content=None if method == "GET" else json.dumps(fields),
                headers={"cookie": f"{COOKIE}={self.session}"},
            )
            if answer.status_code != 401:
                return answer
            self.session = self.service.run(self._sign_in())
        raise AssertionError(answer.text)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@pytest.fixture(scope="module")
def caller(database_url: str | None) -> Iterator[Caller]:
    with running_service(
        database_url=database_url, durability="normal", log_level="error"
    ) as service:
        made = Caller(service)
        yield made
        made.http.close()


def words_of(kind: object) -> Iterator[str]:
    """Every word that a type names: the values of enumerations and literals."""
    for one in (kind, *get_args(kind)):
        yield from (member.value for member in getattr(one, "__members__", {}).values())
        yield from (word for word in get_args(one) if isinstance(word, str))


def is_one(value: object, kind: object) -> bool:
    """Whether a value is of a type, as an operation reads it."""
    try:
        msgspec.convert(value, kind, strict=False)
    except (ValueError, RecursionError):  # msgspec cannot look at half of a surrogate pair
        return False
    return True


def bodies(operation: Operation, known: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the fields that the operation takes, mostly of their types, and never plain."""
    hints = get_type_hints(operation.takes, include_extras=True)
    fits = {
        name: st.sampled_from([one for one in (*known, *words_of(kind), *ODD) if is_one(one, kind)])
        for name, kind in hints.items()
    }
    required = {field.name for field in msgspec.structs.fields(operation.takes) if field.required}
    right = st.fixed_dictionaries(
        {name: fit for name, fit in fits.items() if name in required},
        optional={name: fit for name, fit in fits.items() if name not in required},
    )
    names = st.sampled_from([*hints, "project", "nonsense", ""])
    return st.one_of(right, right, right, st.dictionaries(names, st.sampled_from(ODD), max_size=4))


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_that_is_sent_is_a_fault_of_the_service(name: str, caller: Caller) -> None:
    operation = OPERATIONS[name]
    project = st.sampled_from([caller.service.customer_uuid] * 5 + ["all", "none", "\x00"])
    places = st.sampled_from([*caller.known, *(o for o in ODD if isinstance(o, str) and o)])

    taken = operation.takes.__struct_fields__

    @settings(max_examples=EXAMPLES if taken else EXAMPLES_OF_NOTHING)
    @given(st.data())
    def sent(data: st.DataObject) -> None:
        fields = data.draw(bodies(operation, caller.known))
        path = operation.path.replace("{project}", _quoted(data.draw(project)))
        for place in re.findall(r"\{(\w+)\}", path):
            path = path.replace(f"{{{place}}}", _quoted(data.draw(places)))
            fields.pop(place, None)
        answer = caller.ask(operation.method, path, fields)
        assert answer.status_code < 500, (path, fields, answer.text)
        assert answer.status_code == 200 or answer.json().keys() == {"code", "message"}

    sent()
