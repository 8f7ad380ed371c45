"""What stands between a plugin and a call: what happens when a hook raises, dawdles, answers oddly or calls back."""

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
from prefectkit.core.security.redaction import scrub
from prefectkit.core.suggestions import nearest
from prefectkit.plugins.edits import RequestEdit, raw
from prefectkit.plugins.records import BUILT_IN, LoadedPlugin
from prefectkit.plugins.views import ResponseView

T = TypeVar("T")

logger = logging.getLogger("prefectkit.plugins")

FAILURES_IN_A_ROW = 5
"""After so many an observer is switched off."""

SLOW = 0.05
"""Seconds; a hook that takes longer is warned of."""


_running: dict[int, Guard] = {}
"""The hook that a thread is in, by the thread. Each step of it is atomic, and cheaper than `threading.local`.

A record may outlive its hook: an exception of a signal handler may strike before it is removed, and a forked child has
a copy of its parent's. So it counts only where the hook is found on the thread's stack.
"""

_guarding: set[CodeType] = set()
"""The code that calls hooks, by which their frames are known."""


def refuse_inside(*_: object) -> None:
    """Refuse what a hook may not do: to call a client, or to make one.

    Raises:
        PluginError: This thread is in a hook.
    """
    # Mostly no thread at all is in one.
    if _running and (guard := _hook_of(get_ident(), currentframe())) is not None:
        raise guard.error("calls a client", "hooks do no I/O; `authenticate` may yield requests")


def _hook_of(thread: int, frame: FrameType | None) -> Guard | None:
    """The hook that a thread is in; forgets one that it has left."""
    guard = _running.get(thread)
    if guard is None:
        return None
    while frame is not None:
        if frame.f_code in _guarding:
            return guard
        frame = frame.f_back
    _running.pop(thread, None)
    return None


class Guard:
    """What one hook of one plugin goes through.

    Args:
        plugin: The plugin, whose failures are counted.
        hook: The hook's name.
    """

    __slots__ = ("_has_failed", "_hook", "_plugin", "_was_slow")

    def __init__(self, plugin: LoadedPlugin, hook: str) -> None:
        self._plugin = plugin
        self._hook = hook
        self._has_failed = False
        self._was_slow = False

    def observer(self, function: Callable[..., Any]) -> Callable[..., None]:
        """Never changes an outcome: what it raises is logged once, and after some failures in a row it is left out."""
        running = _running
        row = 0

        def observe(*arguments: object) -> None:
            nonlocal row
            thread = get_ident()
            # What happens within a hook is not observed, or a hook could set itself off.
            if row >= FAILURES_IN_A_ROW or (thread in running and _is_nested(thread)):
                return
            running[thread] = self
            started = perf_counter()
            try:
                function(*arguments)
                row = 0
            except Exception as error:
                row += 1
                self._note_failure(error, row)
            finally:
                running.pop(thread, None)
                if perf_counter() - started > SLOW:
                    self._note_slowness(perf_counter() - started)

        _guarding.add(observe.__code__)
        return observe

    def registration(self, function: Callable[..., Any]) -> Callable[[], Any]:
        """Answers once, when a client is made; its failure has the plugin refused."""
        return self.calling(function, _as_it_is)

    def transformer(self, function: Callable[..., Any]) -> Callable[..., None]:
        """May change the request, so its failure ends the call."""

        def judge(answer: object) -> NoReturn:
            raise self._odd("returned", answer, "change what it is given, and return nothing")

        return self.calling(function, judge)

    def throttle(self, function: Callable[..., Any]) -> Callable[[Call], float | None]:
        """A transformer that answers with seconds."""

        def judge(seconds: object) -> float:
            if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < math.inf:
                raise self._odd("returned", seconds, "return seconds, or nothing")
            return float(seconds)

        return self.calling(function, judge)

    def flow(self, function: Callable[..., Any]) -> Callable[[Request], AuthFlow | None]:
        """A transformer that may hand back a generator, which is guarded as well."""

        def judge(steps: object) -> Generator[Any, Any, Any]:
            if not isinstance(steps, Generator):
                raise self._odd("returned", steps, "return nothing, or be a generator")
            return cast("Generator[Any, Any, Any]", steps)

        show = self._plugin.secrets
        call = self.calling(function, judge)

        def flow(request: Request) -> AuthFlow | None:
            given = RequestEdit(request, show)
            steps = call(given)
            return None if steps is None else self._flow(steps, given, request, show)

        return flow

    def _flow(self, steps: Generator[Any, Any, Any], given: RequestEdit, request: Request, show: bool) -> AuthFlow:
        advance = cast("Callable[..., tuple[bool, Any]]", self.calling(_advance, _as_it_is))
        answer: Response | ResponseView | None = None
        try:
            while True:
                is_over, step = advance(steps, answer)
                if is_over:
                    return step is True
                if not isinstance(step, (Request, RequestEdit)):
                    raise self._odd("yielded", step, "yield requests")
                own = raw(step)
                if own is step and not show:
                    own = own.copy()
                response = yield own
                # What another server says, a token for one, is for the plugin to read.
                is_open = show or own.base_url != request.base_url
                answer = response if is_open else ResponseView(response, own, False, step is not given)
        finally:
            self.calling(steps.close, _as_it_is)()

    def calling(self, function: Callable[..., Any], judge: Callable[[Any], T]) -> Callable[..., T | None]:
        """The function, whose failure is a `PluginError` unless it is one of the SDK's own errors.

        Args:
            function: The plugin's.
            judge: Makes of its answer what is returned; not asked where it is None.
        """
        running = _running

        def call(*arguments: object) -> T | None:
            thread = get_ident()
            before = running[thread] if thread in running and _is_nested(thread) else None
            running[thread] = self
            started = perf_counter()
            try:
                answer = function(*arguments)
            except PrefectKitError:
                raise
            except Exception as error:
                raise self.error(f"raised {type(error).__name__}", said(error)) from error
            finally:
                if before is None:
                    running.pop(thread, None)
                else:
                    running[thread] = before
                if perf_counter() - started > SLOW:
                    self._note_slowness(perf_counter() - started)
            return None if answer is None else judge(answer)

        _guarding.add(call.__code__)
        return call

    def _odd(self, verb: str, answer: object, advice: str) -> PluginError:
        shown = answer if isinstance(answer, (int, float)) else type(answer).__name__
        if isinstance(answer, CoroutineType):
            answer.close()
        return self.error(f"{verb} {shown}", advice)

    def error(self, what: str, why: str) -> PluginError:
        """The error for what the plugin did in its hook."""
        name = self._plugin.name
        return PluginError(f"plugin {name!r} {what} in {self._hook}: {why}", plugin=name, hook=self._hook)

    def _note_failure(self, error: Exception, row: int) -> None:
        plugin = self._plugin
        plugin.failures += 1
        if not self._has_failed:
            self._has_failed = True
            logger.warning("plugin %r raised %s in %s; the call goes on", plugin.name, type(error).__name__, self._hook)
        if row == FAILURES_IN_A_ROW:
            plugin.switched_off.append(self._hook)
            logger.warning("plugin %r is switched off for %s after %d failures in a row", plugin.name, self._hook, row)

    def _note_slowness(self, seconds: float) -> None:
        if not self._was_slow:
            self._was_slow = True
            # A built-in plugin is slow where the whole machine is, which its user cannot mend.
            level = logging.DEBUG if self._plugin.source == BUILT_IN else logging.WARNING
            text = "plugin %r took %.0f ms in %s: every call waits for it"
            logger.log(level, text, self._plugin.name, seconds * 1000, self._hook)


def _is_nested(thread: int) -> bool:
    """Whether the guard that asks was called in another hook."""
    frame = currentframe()
    # Its own frame is the one above this.
    guard = None if frame is None else frame.f_back
    return _hook_of(thread, None if guard is None else guard.f_back) is not None


def _as_it_is(answer: T) -> T:
    return answer


def _advance(steps: Generator[Any, Any, Any], answer: object) -> tuple[bool, Any]:
    """Whether the generator is over, and what it returned then; else what it yielded."""
    try:
        return False, steps.send(answer)
    except StopIteration as stop:
        return True, stop.value


def said(error: BaseException) -> str:
    """What an error of a plugin says, scrubbed."""
    try:
        text = str(error)
        if isinstance(error, AttributeError) and error.name and error.obj is not None:
            near = nearest(error.name, [name for name in dir(error.obj) if not name.startswith("_")])
            text += f". Did you mean {' or '.join(map(repr, near))}?" if near else ""
        return scrub(text)
    except Exception:
        return "and does not say why"
