"""The operations of the Ding OTP API v1, and the sandbox inbox: decode, call a use case, encode."""

import hashlib
from collections.abc import Mapping
from urllib.parse import parse_qsl

from msgspec import UNSET, Struct

from watchword.domain.authentication import Authentication
from watchword.domain.code import derive_code
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.project import Project
from watchword.edges.api import answers, requests
from watchword.edges.api.caller import fault_of_customer
from watchword.edges.http.answers import NOT_FOUND, refused, succeeded
from watchword.edges.http.asgi import Answer, Scope, header
from watchword.edges.http.bell import Bell
from watchword.ports.clock import Clock
from watchword.ports.keyring import Keyring
from watchword.ports.numbering import NumberProblem
from watchword.usecases.charge_lookup import ChargeLookup
from watchword.usecases.check_code import CheckCode
from watchword.usecases.get_authentication import GetAuthentication
from watchword.usecases.idempotency import IdempotencyKey
from watchword.usecases.look_up_number import LookUpNumber
from watchword.usecases.read_inbox import ReadInbox
from watchword.usecases.record_feedback import RecordFeedback
from watchword.usecases.retry_authentication import RetryAuthentication
from watchword.usecases.start_authentication import StartAuthentication

LONGEST_WAIT = 30
MOST_MESSAGES = 100
GLANCE = 0.25
"""Seconds between looks into an inbox that another process may have filled."""


class Request(Struct, frozen=True):
    """One request whose caller is known; `rest` is what the path holds after the operation."""

    scope: Scope
    project: Project
    body: bytes
    rest: str


class Operations(Struct, frozen=True):
    """Each method answers one operation."""

    start: StartAuthentication
    check_code: CheckCode
    retry_authentication: RetryAuthentication
    get_authentication: GetAuthentication
    record_feedback: RecordFeedback
    look_up_number: LookUpNumber
    charge_lookup: ChargeLookup
    read_inbox: ReadInbox
    keyring: Keyring
    clock: Clock
    bell: Bell
    docs_url: str

    def _refuse(self, refusal: Refusal) -> Answer:
        return refused(refusal, self.docs_url)

    def _bad(self, message: str) -> Answer:
        return self._refuse(Refusal(ErrorCode.BAD_REQUEST, message))

    async def create(self, request: Request) -> Answer:
        """POST /authentication."""
        body = requests.decode(requests.create_authentication, request.body)
        if isinstance(body, Refusal):
            return self._refuse(body)
        idempotency = _idempotency_key(request)
        fault = fault_of_customer(request.scope, request.project, body.customer_uuid)
        if isinstance(idempotency, Refusal) or fault is not None:
            return self._refuse(fault or idempotency)  # type: ignore[arg-type] # one of them is
        outcome = await self.start(request.project, body.to_start(), idempotency)
        if isinstance(outcome, Refusal):
            return self._refuse(outcome)
        return succeeded(answers.started(outcome), outcome.status, outcome.authentication_id)

    async def check(self, request: Request) -> Answer:
        """POST /check."""
        body = requests.decode(requests.create_check, request.body)
        if isinstance(body, Refusal):
            return self._refuse(body)
        fault = fault_of_customer(request.scope, request.project, body.customer_uuid)
        if fault is not None:
            return self._refuse(fault)
        if not body.check_code.strip() or len(body.check_code) > requests.MAX_CHECK_CODE:
            return self._bad(f"check_code must have 1 to {requests.MAX_CHECK_CODE} characters")
        about = requests.parse_uuid(body.authentication_uuid)
        outcome = await self.check_code(request.project, about, body.check_code)
        if isinstance(outcome, Refusal):
            return self._refuse(outcome)
        return succeeded(
            {"authentication_uuid": body.authentication_uuid.lower(), "status": outcome},
            outcome,
            about,
        )

    async def retry(self, request: Request) -> Answer:
        """POST /retry."""
        body = requests.decode(requests.retry_body, request.body)
        if isinstance(body, Refusal):
            return self._refuse(body)
        idempotency = _idempotency_key(request)
        fault = fault_of_customer(request.scope, request.project, body.customer_uuid)
        if isinstance(idempotency, Refusal) or fault is not None:
            return self._refuse(fault or idempotency)  # type: ignore[arg-type] # one of them is
        outcome = await self.retry_authentication(
            request.project, requests.parse_uuid(body.authentication_uuid), idempotency
        )
        if isinstance(outcome, Refusal):
            return self._refuse(outcome)
        return succeeded(answers.retried(outcome), outcome.status, outcome.authentication_id)

    async def feedback(self, request: Request) -> Answer:
        """POST /authentication/feedback."""
        body = requests.decode(requests.feedback_body, request.body)
        if isinstance(body, Refusal):
            return self._refuse(body)
        fault = fault_of_customer(request.scope, request.project, body.customer_uuid)
        if fault is not None:
            return self._refuse(fault)
        outcome = await self.record_feedback(request.project, body.phone_number, body.status)
        if isinstance(outcome, Refusal):
            return self._refuse(outcome)
        return succeeded({"uuid": outcome}, body.status)

    async def status(self, request: Request) -> Answer:
        """GET /authentication/{auth_uuid}."""
        outcome = await self.get_authentication(request.project, requests.parse_uuid(request.rest))
        if isinstance(outcome, Refusal):
            return self._refuse(outcome)
        code_of = self._code_of if request.project.shows_codes else None
        about = outcome.authentication.id
        return succeeded(answers.timeline(outcome, code_of), "found", about)

    def _code_of(self, about: Authentication, attempt_number: int) -> str:
        key = self.keyring.code_key(about.code_key)
        return derive_code(key, about.id, attempt_number, about.code_length)

    async def lookup(self, request: Request) -> Answer:
        """GET /lookup/{phone_number}."""
        query = _query(request.scope)
        if any(name == "type" and value != "cnam" for name, value in query):
            return self._bad("type must be cnam")
        fault = fault_of_customer(request.scope, request.project, UNSET)
        if fault is not None:
            return self._refuse(fault)
        wants_name = ("type", "cnam") in query and request.project.settings.allow_cnam
        found = await self.look_up_number(request.rest, caller_name=wants_name)
        if isinstance(found, NumberProblem):
            return self._refuse(Refusal(ErrorCode.INVALID_PHONE_NUMBER, found.message))
        unpaid = await self.charge_lookup(request.project)
        return self._refuse(unpaid) if unpaid is not None else succeeded(found, "found")

    async def inbox(self, request: Request) -> Answer:
        """GET /sandbox/messages; waits up to `wait` seconds for the first message."""
        if not request.project.is_sandbox:
            return NOT_FOUND
        query: Mapping[str, str] = dict(_query(request.scope))
        wait = _whole(query.get("wait", "0"), 0, LONGEST_WAIT)
        limit = _whole(query.get("limit", "20"), 1, MOST_MESSAGES)
        if wait is None or limit is None:
            return self._bad(f"wait is 0 to {LONGEST_WAIT} seconds, limit 1 to {MOST_MESSAGES}")
        to = query.get("to") or None
        until = self.clock.now() + wait * 1000
        heard = self.bell.rings
        while not (messages := await self.read_inbox(request.project, to, limit)):
            left = (until - self.clock.now()) / 1000
            if left <= 0 or self.bell.stopped:
                break
            await self.bell.wait(min(left, GLANCE), heard)
            heard = self.bell.rings
        return succeeded(answers.inbox(messages), "found" if messages else "empty")


def _query(scope: Scope) -> list[tuple[str, str]]:
    # A plus sign in a query is a space by the letter; in a phone number it is a plus sign.
    text = scope["query_string"].decode("latin-1").replace("+", "%2B")
    return parse_qsl(text, keep_blank_values=True)


def _whole(text: str, least: int, most: int) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 5):  # noqa: PLR2004 - no limit is that long
        return None
    number = int(text)
    return number if least <= number <= most else None


def _idempotency_key(request: Request) -> IdempotencyKey | Refusal | None:
    given = header(request.scope, b"idempotency-key")
    if given is None:
        return None
    key = given.decode("latin-1")
    if not (1 <= len(key) <= 255 and all("!" <= char <= "~" for char in key)):  # noqa: PLR2004 - documented
        return Refusal(
            ErrorCode.BAD_REQUEST, "Idempotency-Key must be 1 to 255 visible ASCII characters"
        )
    fingerprint = hashlib.sha256(request.scope["path"].encode() + b"\n" + request.body).digest()
    return IdempotencyKey(key, fingerprint)
