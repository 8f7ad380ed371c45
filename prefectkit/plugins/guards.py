"""Guards around hooks, for a hook that raises, is slow, returns a wrong value, or calls a client (reentrancy)."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Generator
from inspect import currentframe
from threading import get_ident
from time import perf_counter
from types import CodeType, CoroutineType, FrameType
from typing import Any, NoReturn, TypeVar, cast

from prefectkit.core.errors import PluginError, PrefectKitError
from prefectkit.core.hooks import AuthFlow, Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.plugins.editable_views import EditableRequestView, unwrapped
from prefectkit.plugins.failure_report import observed_message, place_of, safe_message
from prefectkit.plugins.plugin_list import BUILT_IN, LoadedPlugin
from prefectkit.plugins.request_checks import check_fixed, snapshot
from prefectkit.plugins.views import ResponseView

T = TypeVar("T")

logger = logging.getLogger("prefectkit.plugins")

FAILURES_IN_A_ROW = 5
"""After this many failures in a row an observer is switched off."""

SLOW = 0.05
"""Seconds; a hook that takes longer is logged as a warning."""


_current_hooks: dict[int, Guard] = {}
"""The hook that each thread is in. Each operation on it is atomic, and cheaper than on a `threading.local`.

An entry may outlive its hook: a signal handler may raise before it is removed, and a forked child has a copy of its
parent's entries. So an entry counts only if the hook is on the thread's stack.
"""

_guarding: set[CodeType] = set()
"""The code objects that call hooks, to recognize their frames."""


def forbid_reentrancy(*_: object) -> None:
    """Raise if this thread is in a hook, which may neither call a client nor make one.

    Raises:
        PluginError: This thread is in a hook.
    """
    # Usually no thread is in a hook.
    if _current_hooks and (guard := _hook_of(get_ident(), currentframe())) is not None:
        raise guard.error("calls a client", "hooks do no I/O; `authenticate` may yield requests")


def _hook_of(thread: int, frame: FrameType | None) -> Guard | None:
    """The hook that a thread is in; removes the entry of a hook that it has left."""
    guard = _current_hooks.get(thread)
    if guard is None:
        return None
    while frame is not None:
        if frame.f_code in _guarding:
            return guard
        frame = frame.f_back
    _current_hooks.pop(thread, None)
    return None


class Guard:
    """Guards one hook of one plugin.

    Args:
        plugin: The plugin, whose failures are counted.
        hook: The hook's name.
    """

    __slots__ = ("_hook", "_plugin", "_raised_at", "_was_slow")

    def __init__(self, plugin: LoadedPlugin, hook: str) -> None:
        self._plugin = plugin
        self._hook = hook
        self._raised_at: set[str] = set()
        self._was_slow = False

    def observer(self, function: Callable[..., Any]) -> Callable[..., None]:
        """The function as an observer: what it raises is logged once; after some failures in a row it is not called."""
        current_hooks = _current_hooks
        row = 0

        def observe(*arguments: object) -> None:
            nonlocal row
            thread = get_ident()
            # What happens within a hook is not observed, or a hook could trigger itself.
            if row >= FAILURES_IN_A_ROW or (thread in current_hooks and _is_nested(thread)):
                return
            current_hooks[thread] = self
            started = perf_counter()
            try:
                function(*arguments)
                row = 0
            except Exception as error:
                row += 1
                self._note_failure(error, row, arguments)
            finally:
                current_hooks.pop(thread, None)
                if perf_counter() - started > SLOW:
                    self._note_slowness(perf_counter() - started)

        _guarding.add(observe.__code__)
        return observe

    def registration(self, function: Callable[..., Any]) -> Callable[[], Any]:
        """The function as a registration: what it raises is a reason to refuse the plugin."""
        return self.calling(function, _unchanged)

    def transformer(self, function: Callable[..., Any]) -> Callable[..., None]:
        """The function as a transformer: what it raises ends the call."""

        def check(result: object) -> NoReturn:
            raise self._wrong("returned", result, "change the arguments, and return nothing")

        return self.calling(function, check)

    def throttle(self, function: Callable[..., Any]) -> Callable[[Call], float | None]:
        """The function as a transformer that returns seconds."""

        def check(seconds: object) -> float:
            if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < math.inf:
                raise self._wrong("returned", seconds, "return seconds, or nothing")
            return float(seconds)

        return self.calling(function, check)

    def flow(self, function: Callable[..., Any]) -> Callable[[Request], AuthFlow | None]:
        """The function as a transformer that may return a generator, each step of which is guarded as well."""

        def check(steps: object) -> Generator[Any, Any, Any]:
            if not isinstance(steps, Generator):
                raise self._wrong("returned", steps, "return nothing, or be a generator")
            return cast("Generator[Any, Any, Any]", steps)

        trusted = self._plugin.secrets
        call = self.calling(function, check)

        def flow(request: Request) -> AuthFlow | None:
            view = None if trusted else EditableRequestView(request)
            steps = call(view or request)
            return None if steps is None else self._flow(steps, request, view)

        return flow

    def _flow(
        self, steps: Generator[Any, Any, Any], request: Request, view: EditableRequestView | None
    ) -> Generator[Request, Response, bool]:
        before = snapshot(request)

        def step_of(response: object) -> tuple[bool, Any]:
            outcome = _advance(steps, response)
            check_fixed(request, before)
            return outcome

        advance = cast("Callable[[object], tuple[bool, Any]]", self.calling(step_of, _unchanged))
        response: Response | ResponseView | None = None
        try:
            while True:
                is_over, step = advance(response)
                if is_over:
                    return step is True
                if not isinstance(step, (Request, EditableRequestView)):
                    raise self._wrong("yielded", step, "yield requests")
                own = unwrapped(step)
                if view is not None and own is step:
                    # The plugin may keep a reference to it, and other plugins add credentials to what is sent.
                    own = own.copy()
                received = response = yield own
                # The response of another server, such as a token, is for the plugin to read.
                if view is not None and own.base_url == request.base_url:
                    response = ResponseView(received, own, step is not view)
        finally:
            self.calling(steps.close, _unchanged)()

    def calling(self, function: Callable[..., Any], check: Callable[[Any], T]) -> Callable[..., T | None]:
        """The function, whose failure is a `PluginError` unless it is one of the SDK's own errors.

        Args:
            function: The plugin's.
            check: Makes the result of what the function returns; not called for None.
        """
        current_hooks = _current_hooks

        def call(*arguments: object) -> T | None:
            thread = get_ident()
            before = current_hooks[thread] if thread in current_hooks and _is_nested(thread) else None
            current_hooks[thread] = self
            started = perf_counter()
            try:
                result = function(*arguments)
            except PrefectKitError:
                raise
            except Exception as error:
                raise self.error(f"raised {type(error).__name__}", safe_message(error)) from error
            finally:
                if before is None:
                    current_hooks.pop(thread, None)
                else:
                    current_hooks[thread] = before
                if perf_counter() - started > SLOW:
                    self._note_slowness(perf_counter() - started)
            return None if result is None else check(result)

        _guarding.add(call.__code__)
        return call

    def _wrong(self, verb: str, value: object, advice: str) -> PluginError:
        shown = value if isinstance(value, (int, float)) else type(value).__name__
        if isinstance(value, CoroutineType):
            value.close()
        return self.error(f"{verb} {shown}", advice)

    def error(self, what: str, why: str) -> PluginError:
        """The error for a mistake of the plugin in its hook."""
        name = self._plugin.name
        return PluginError(f"plugin {name!r} {what} in {self._hook}: {why}", plugin=name, hook=self._hook)

    def _note_failure(self, error: Exception, row: int, arguments: tuple[object, ...]) -> None:
        plugin = self._plugin
        plugin.failures += 1
        place = place_of(error, __file__)
        if place not in self._raised_at:
            self._raised_at.add(place)
            what, message = type(error).__name__, observed_message(error, arguments)
            text = "plugin %r raised %s in %s (%s): %s; the call goes on"
            logger.warning(text, plugin.name, what, self._hook, place, message)
        if row == FAILURES_IN_A_ROW:
            plugin.switched_off.append(self._hook)
            logger.warning("plugin %r is switched off for %s after %d failures in a row", plugin.name, self._hook, row)

    def _note_slowness(self, seconds: float) -> None:
        if not self._was_slow:
            self._was_slow = True
            # A built-in plugin is slow if the whole machine is, which its user cannot change.
            level = logging.DEBUG if self._plugin.source == BUILT_IN else logging.WARNING
            text = "plugin %r took %.0f ms in %s: every call waits for it"
            logger.log(level, text, self._plugin.name, seconds * 1000, self._hook)


def _is_nested(thread: int) -> bool:
    """Whether the calling guard was called in another hook."""
    frame = currentframe()
    # The frame of the guard itself is its caller.
    guard = None if frame is None else frame.f_back
    return _hook_of(thread, None if guard is None else guard.f_back) is not None


def _unchanged(value: T) -> T:
    return value


def _advance(steps: Generator[Any, Any, Any], response: object) -> tuple[bool, Any]:
    """Whether the generator has ended, with its return value; else what it yielded."""
    try:
        return False, steps.send(response)
    except StopIteration as stop:
        return True, stop.value
