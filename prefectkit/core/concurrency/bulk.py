"""A bulk: many calls of one method, a limited number of them in flight, with an outcome for each."""

from __future__ import annotations

import inspect
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sized,
)
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar, cast

import anyio
import msgspec

from prefectkit.core.concurrency.adaptive_limiter import AdaptiveLimiter, shared_limiter
from prefectkit.core.concurrency.outcomes import Outcome
from prefectkit.core.concurrency.thread_pool import ThreadPool
from prefectkit.core.concurrency.worker_pool import TaskPool, WorkerPool
from prefectkit.core.endpoint import is_blocking
from prefectkit.core.errors import ConfigError
from prefectkit.core.io import IO
from prefectkit.core.representation import shown

A = TypeVar("A")

Fields: TypeAlias = Mapping[str, Any] | tuple[Any, ...] | msgspec.Struct
"""All arguments of a call: by keyword, by position, or as the Struct whose fields are the method's keywords."""
F = TypeVar("F", bound=Fields)

Progress: TypeAlias = Callable[[int, int, int | None], object]
"""Called with how many calls have ended, how many of them failed, and how many there are (None if not known)."""

IN_FLIGHT: Final = 16
"""How many calls are in flight at most, by default."""

AHEAD: Final = 4
"""How far later calls may run ahead of the first unfinished one, as a multiple of `in_flight`."""

_NO_MORE: Final = object()


def outcomes_of(
    io: IO,
    method: Callable[..., Any],
    items: Iterable[A] | AsyncIterable[A],
    in_flight: int,
    progress: Progress | None,
) -> AsyncGenerator[Outcome[A, Any]]:
    """Call a method for each item, and yield the outcomes in the order of the items.

    Raises:
        ConfigError: `in_flight` is not a positive whole number, the method or `progress` is not callable, the method is
            of the other client, or the items are text, a dict, or cannot be iterated over.
    """
    if not callable(cast(object, method)):
        raise ConfigError(f"bulk takes a method without calling it, such as client.flow_runs.read, got {shown(method)}")
    if isinstance(in_flight, bool) or not isinstance(cast(object, in_flight), int) or in_flight < 1:
        raise ConfigError(f"in_flight must be a whole number, at least 1, got {in_flight!r}")
    _check_kind(io.sync, method)
    kinds = Iterable if io.sync else (Iterable, AsyncIterable)
    if isinstance(items, (str, bytes, Mapping)) or not isinstance(cast(object, items), kinds):
        raise ConfigError(
            f"bulk takes a list, or another iterable, of one item for each call, got {shown(cast(object, items))}"
        )
    if progress is not None and not callable(cast(object, progress)):
        raise ConfigError(f"progress must be a function of three numbers, got {shown(progress)}")
    return _outcomes(io, _of_one(method), items, in_flight, progress)


async def _outcomes(
    io: IO,
    call: Callable[[A], Any],
    items: Iterable[A] | AsyncIterable[A],
    in_flight: int,
    progress: Progress | None,
) -> AsyncGenerator[Outcome[A, Any]]:
    pool: WorkerPool[Outcome[A, Any]] = ThreadPool(in_flight) if io.sync else TaskPool()
    limiter = AdaptiveLimiter(in_flight)
    source = _each_of(items)
    total = len(items) if isinstance(items, Sized) else None
    ready: dict[int, Outcome[A, Any]] = {}
    started = ended = failed = yielded = 0
    has_more = True
    broken: Exception | None = None
    cancelled = () if io.sync else anyio.get_cancelled_exc_class()

    async def make(index: int, item: A) -> Outcome[A, Any]:
        shared_limiter.set(limiter)
        try:
            return Outcome(index, item, await _result(io, call(item)))
        except Exception as error:
            return Outcome(index, item, error=error)
        except cancelled:
            if limiter.is_closed:
                raise
            # The function awaited something that others cancelled.
            return Outcome(index, item, error=RuntimeError("the call was cancelled, and the bulk was not"))

    def take(outcome: Outcome[A, Any]) -> None:
        nonlocal ended, failed
        ready[outcome.index] = outcome
        ended += 1
        limiter.on_end()
        failed += outcome.error is not None
        if progress is not None:
            progress(ended, failed, total)

    try:
        while has_more or yielded < started:
            if has_more and started - ended < int(limiter.limit) and started - yielded < in_flight * AHEAD:
                try:
                    item = await anext(source, _NO_MORE)
                except Exception as error:
                    # The calls that have started still get their outcomes.
                    item, broken = _NO_MORE, error
                if item is _NO_MORE:
                    has_more = False
                else:
                    pool.submit(partial(make, started, cast(A, item)))
                    started += 1
            elif yielded not in ready:
                take(await pool.next_finished())
            while pool.has_finished():
                take(await pool.next_finished())
            if yielded in ready:
                yield ready.pop(yielded)
                yielded += 1
        if broken is not None:
            raise broken
    finally:
        limiter.is_closed = True
        await pool.shutdown()
        await source.aclose()


async def _each_of(items: Iterable[A] | AsyncIterable[A]) -> AsyncGenerator[A]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


def _check_kind(sync: bool, method: Callable[..., Any]) -> None:
    """Refuse a method of the other kind of client, if that is known before a call."""
    called: Any = method
    while isinstance(called, partial):
        called = cast(Any, called).func
    name = getattr(called, "__qualname__", repr(method))
    if sync and inspect.iscoroutinefunction(called):
        raise ConfigError(f"Prefect.bulk calls methods that block, and {name} must be awaited: use AsyncPrefect.bulk")
    if not sync and is_blocking(called):
        raise ConfigError(
            f"AsyncPrefect.bulk awaits methods, and {name} is one of a client that blocks: use Prefect.bulk, or the "
            "method of an AsyncPrefect"
        )


async def _result(io: IO, returned: Any) -> Any:
    """The result of a call, awaited on an async client. A function may also return something that is not awaitable."""
    if isinstance(returned, (Iterator, AsyncIterator)):
        raise TypeError("not sent: the method yields rows, so loop over it instead of calling it in a bulk")
    if not io.sync:
        return await returned if inspect.isawaitable(returned) else returned
    if isinstance(returned, Coroutine):
        cast(Coroutine[Any, Any, Any], returned).close()
        raise TypeError("not sent: a client that blocks calls methods that block, and got one to await")
    return returned


def _of_one(method: Callable[..., Any]) -> Callable[[Any], Any]:
    """The method as a function of one item, which is its only argument or holds all of its arguments."""
    try:
        signature = inspect.signature(method)
    except ValueError:
        # A function written in C may have no signature.
        return method
    try:
        signature.bind(None)
    except TypeError:
        return partial(_spread, method, signature)
    return method


def _spread(method: Callable[..., Any], signature: inspect.Signature, item: Fields) -> Any:
    match item:
        case msgspec.Struct():
            return method(**{name: value for name, value in _fields(item) if value is not msgspec.UNSET})
        case Mapping():
            return method(**item)
        case tuple():
            return method(*item)
        case _:
            raise TypeError(
                f"{getattr(method, '__name__', 'the function')}{signature} does not take one argument: "
                f"an item must be a dict or a tuple of its arguments, got {type(cast(object, item)).__name__}"
            )


def _fields(struct: msgspec.Struct) -> Iterable[tuple[str, Any]]:
    return ((name, getattr(struct, name)) for name in struct.__struct_fields__)
