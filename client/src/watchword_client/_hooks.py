"""Functions of the caller that see, and may replace, what goes out and comes in."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

import httpx2
from msgspec import Struct


class HookContext(Struct, frozen=True):
    """What a hook is called for."""

    operation: str
    """Such as `otp.check`."""
    attempt: int
    """Which request of the call, from 1."""


_Asked: TypeAlias = httpx2.Request | None
_Answered: TypeAlias = httpx2.Response | None
_Failed: TypeAlias = httpx2.Response | Exception | None

BeforeRequest: TypeAlias = Callable[[HookContext, httpx2.Request], _Asked | Awaitable[_Asked]]
AfterSuccess: TypeAlias = Callable[[HookContext, httpx2.Response], _Answered | Awaitable[_Answered]]
AfterError: TypeAlias = Callable[
    [HookContext, httpx2.Response | None, Exception | None], _Failed | Awaitable[_Failed]
]

B = TypeVar("B", bound=BeforeRequest)
S = TypeVar("S", bound=AfterSuccess)
E = TypeVar("E", bound=AfterError)


class Hooks:
    """The hooks of a client, called in the order of registration for every request sent.

    What a hook returns goes to the next one in place of what it got; None changes nothing.
    Coroutine functions are welcome on an asynchronous client. Each method can be a decorator.
    """

    def __init__(self) -> None:
        self._before_request: tuple[BeforeRequest, ...] = ()
        self._after_success: tuple[AfterSuccess, ...] = ()
        self._after_error: tuple[AfterError, ...] = ()

    def before_request(self, hook: B) -> B:
        """Call `hook(context, request)` before a request is sent."""
        self._before_request += (hook,)
        return hook

    def after_success(self, hook: S) -> S:
        """Call `hook(context, response)` after an answer below HTTP 400."""
        self._after_success += (hook,)
        return hook

    def after_error(self, hook: E) -> E:
        """Call `hook(context, response, error)` after HTTP 400 and above, or no answer.

        One of `response` and `error` is None. Returning a response replaces what happened;
        returning an exception makes the call fail with it.
        """
        self._after_error += (hook,)
        return hook

    def all_before_request(self) -> tuple[BeforeRequest, ...]:
        """The hooks to call before a request."""
        return self._before_request

    def all_after_success(self) -> tuple[AfterSuccess, ...]:
        """The hooks to call after a success."""
        return self._after_success

    def all_after_error(self) -> tuple[AfterError, ...]:
        """The hooks to call after an error."""
        return self._after_error
