"""The worker: claims due tasks and carries them out, several at a time, until it is told to stop."""

import asyncio
import time
from collections.abc import Awaitable

import structlog
from msgspec.structs import replace

from watchword.domain.task import (
    DeliverCallback,
    ExpireAuthentication,
    FollowUpAttempt,
    ResendAttempt,
    SendAttempt,
    Task,
    task_delay,
)
from watchword.edges.endpoints import Endpoints
from watchword.edges.http.bell import Bell
from watchword.ports.clock import Clock
from watchword.ports.provider import Providers
from watchword.ports.store import Change, Store, StoreUnavailableError
from watchword.ports.telemetry import Telemetry
from watchword.usecases.deliver_callback import DeliverOneCallback
from watchword.usecases.expire_authentication import ExpireAuthentication as Expire
from watchword.usecases.follow_up_attempt import FollowUpAttempt as FollowUp
from watchword.usecases.move_on import MoveOn
from watchword.usecases.receive_receipts import ReceiveReceipts
from watchword.usecases.resend_attempt import ResendAttempt as Resend
from watchword.usecases.send_attempt import SendAttempt as Send

log = structlog.get_logger(__name__)
LEASE = 60_000
"""Milliseconds a claimed task is ours; longer than any task may take."""
LONGEST_SLEEP = 0.5
"""Seconds between looks, for tasks that another process has written."""
SLICE = 8
"""Tasks claimed at once: small, so that answers do not wait behind the worker's writes."""
HOUSEKEEPING = 60_000
FORGET = 100
"""Rows of a kind that are forgotten in one step: more would be a pause that answers wait for."""
MATCHING = 1_000
"""Milliseconds between looks for the attempts of receipts that came early."""


class Worker:
    """Carries out the outbox."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        telemetry: Telemetry,
        *,
        send: Send,
        follow_up: FollowUp,
        resend: Resend,
        move_on: MoveOn,
        deliver_callback: DeliverOneCallback,
        expire: Expire,
        receive_receipts: ReceiveReceipts,
        providers: Providers,
        at_once: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._send = send
        self._follow_up = follow_up
        self._resend = resend
        self._move_on = move_on
        self._deliver_callback = deliver_callback
        self._expire = expire
        self._receive_receipts = receive_receipts
        self._providers = providers
        self._at_once = at_once
        self._endpoints = Endpoints(max(1, at_once // 2))
        self._bell = Bell()
        self._running: set[asyncio.Task[None]] = set()
        self._tidied = 0
        self._matched = 0
        store.on_change(self._bell.ring)

    def stop(self) -> None:
        """Claim nothing more."""
        self._bell.stop()

    async def run(self, patience: float) -> None:
        """Work until stopped, then give what is in flight `patience` seconds to finish."""
        await self._providers.start()
        while not self._bell.stopped:
            try:
                await self._round()
            except StoreUnavailableError as error:
                log.warning("outbox unavailable", because=str(error))
                await self._bell.wait(LONGEST_SLEEP)
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        for task in self._running:
            task.cancel()  # its lease ends, and another worker carries it out

    async def drain(self) -> None:
        """Carry out all that is due now, and what that makes due; for tests and the demo."""
        while True:
            tasks = await self._store.claim(self._clock.now(), LEASE, SLICE)
            if not tasks:
                return
            await asyncio.gather(*(self._carry_out(task) for task in tasks))

    async def _round(self) -> None:
        heard = self._bell.rings
        free = self._at_once - len(self._running)
        now = self._clock.now()
        due = await self._store.next_due()
        if free > 0 and due is not None and due <= now:
            for task in await self._store.claim(now, LEASE, min(free, SLICE)):
                running = asyncio.create_task(self._carry_out(task))
                self._running.add(running)
                running.add_done_callback(self._finished)
            return
        if now - self._matched >= MATCHING:
            self._matched = now
            await self._receive_receipts.match_early()
            await self._send.health.probe(self._providers)
            await self._move_on()
            return
        if now - self._tidied >= HOUSEKEEPING:
            if await self._store.forget_old(now, FORGET) < FORGET:
                self._tidied = now
            return
        pause = LONGEST_SLEEP if due is None or free <= 0 else (due - now) / 1000
        await self._bell.wait(min(max(pause, 0.001), LONGEST_SLEEP), heard)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._bell.ring()

    async def _carry_out(self, task: Task) -> None:
        began = time.perf_counter()
        kind = str(task.work.__struct_config__.tag)
        outcome = "done"
        with self._telemetry.span(
            "task",
            kind,
            kind=kind,
            tries=task.tries,
            project=task.project_id,
            authentication=task.authentication_id,
        ) as span:
            try:
                await self._work_of(task)
            except Exception as error:
                outcome = "failed"
                span.fail(type(error).__name__)
                log.exception("task failed", kind=kind, tries=task.tries)
                await self._postpone(task, task_delay(task.tries))
        self._telemetry.task(kind, outcome, time.perf_counter() - began)

    def _work_of(self, task: Task) -> Awaitable[None]:
        match task.work:
            case SendAttempt(number):
                return self._send(task, number)
            case FollowUpAttempt(number):
                return self._follow_up(task, number)
            case ResendAttempt(number):
                return self._resend(task, number)
            case DeliverCallback() as callback:
                return self._call_back(task, callback)
            case ExpireAuthentication():
                return self._expire(task)

    async def _call_back(self, task: Task, callback: DeliverCallback) -> None:
        if not self._endpoints.admit(callback.url):
            await self._postpone(task, self._endpoints.put_off(callback.url))
            return
        began = time.perf_counter()
        try:
            await self._deliver_callback(task, callback)
        finally:
            self._endpoints.ended(callback.url, time.perf_counter() - began)

    async def _postpone(self, task: Task, delay: int) -> None:
        later = replace(task, due_at=self._clock.now() + delay)
        try:
            await self._store.save(Change(project_id=task.project_id, postponed=later))
        except StoreUnavailableError:
            log.warning("task left to its lease", tries=task.tries)
