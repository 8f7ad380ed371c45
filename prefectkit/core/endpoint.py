"""One `async def` for both clients: the descriptors that turn a resource's methods into their sync or async surface.

A sync client runs the same coroutine to its end, without an event loop (`prefectkit.core.io.run`). Inside a method
`self` is always the async view of the resource, bound to the operation that the method declares, which is what
`self._call(...)` sends. A method that calls its siblings awaits them, and says so: `self: FlowRuns[Async]`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator, Mapping
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

from prefectkit.core.io import run
from prefectkit.core.operation import Operation
from prefectkit.core.paths import PathTemplate
from prefectkit.core.retry import Replay

if TYPE_CHECKING:
    from prefectkit.core.engine import Engine

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")
A2 = TypeVar("A2")
B = TypeVar("B")
X = TypeVar("X")

Declaration: TypeAlias = tuple[str, PathTemplate, Replay, bool]


class Sync:
    """The surface of a client that blocks."""


class Async:
    """The surface of a client that is awaited."""


M = TypeVar("M", Sync, Async)
R = TypeVar("R")
S = TypeVar("S", bound="Resource[Any]")


class Resource(Generic[M]):
    """A group of operations, `client.flow_runs`."""

    group: str = ""
    """The name it goes by on a client: the first part of its operations' names."""

    _operation: Operation

    def __init__(self, engine: Engine, *, sync: bool) -> None:
        self._engine = engine
        self._sync = sync

    def _part(self, resource: Callable[..., S]) -> S:
        """A resource of the same client, seen from the same side."""
        return resource(self._engine, sync=self._sync)

    def _call(
        self, type_: type[T], *, query: Mapping[str, Any] | None = None, body: object = None, **path: object
    ) -> Coroutine[Any, Any, T]:
        """Send the operation of the running method; the path's parameters by name."""
        return self._engine.call(self._operation, type_, path, query, body)

    def _chunks(self, *, query: Mapping[str, Any] | None = None, **path: object) -> AsyncGenerator[bytes]:
        """Send the operation of the running method and hand its body over as it comes."""
        return self._engine.stream(self._operation, path, query)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._engine.base_url}>"


class _Method:
    """What both descriptors share: the function, its operation, and the view that it is bound to."""

    operation: Operation | None = None
    function: Callable[..., Any]
    declaration: Declaration | None

    def __init__(
        self, function: Callable[..., Any], declaration: Declaration | None
    ) -> None:
        self.function = function
        self.declaration = declaration
        functools.update_wrapper(cast(Any, self), function)

    def __set_name__(self, owner: type[Resource[Any]], name: str) -> None:
        self.name = name
        if self.declaration is not None:
            method, path, replay, cloud = self.declaration
            self.operation = Operation(
                name=f"{owner.group}.{name}" if owner.group else name,
                method=method,
                path=path,
                replay=replay,
                declared=f"{owner.__module__}:{owner.__qualname__}.{name}",
                cloud=cloud,
            )

    def bind(self, instance: Resource[Any]) -> Callable[..., Any]:
        view = type(instance).__new__(type(instance))
        view.__dict__["_engine"] = instance._engine  # pyright: ignore[reportPrivateUsage] -- the descriptor is the resource's own machinery
        view.__dict__["_sync"] = False
        if self.operation is not None:
            view.__dict__["_operation"] = self.operation
        return MethodType(self.function, view)


class Endpoint(_Method, Generic[R, P, T]):
    """A method that answers once."""

    if TYPE_CHECKING:

        def __init__(
            self,
            function: Callable[Concatenate[R, P], Coroutine[Any, Any, T]],
            declaration: Declaration | None,
        ) -> None: ...

    @overload
    def __get__(self, instance: None, owner: Any) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, instance: Resource[Sync], owner: Any) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Resource[Async], owner: Any) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self.function
        bound = self.bind(instance)
        if instance._sync:
            bound = _blocking(bound)
        # Found before this descriptor from now on, so that only the first access pays.
        instance.__dict__[self.name] = bound
        return bound


class Stream(_Method, Generic[R, P, T]):
    """A method that answers again and again."""

    if TYPE_CHECKING:

        def __init__(
            self,
            function: Callable[Concatenate[R, P], AsyncIterator[T]],
            declaration: Declaration | None,
        ) -> None: ...

    @overload
    def __get__(self, instance: None, owner: Any) -> Callable[Concatenate[R, P], AsyncIterator[T]]: ...
    @overload
    def __get__(self, instance: Resource[Sync], owner: Any) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, instance: Resource[Async], owner: Any) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self.function
        bound = self.bind(instance)
        if instance._sync:
            bound = _blocking_iterator(bound)
        instance.__dict__[self.name] = bound
        return bound


def _blocking(bound: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    @functools.wraps(bound)
    def call(*args: Any, **kwargs: Any) -> Any:
        return run(bound(*args, **kwargs))

    return _as_bound(call)


def _blocking_iterator(bound: Callable[..., AsyncGenerator[Any]]) -> Callable[..., Any]:
    @functools.wraps(bound)
    def call(*args: Any, **kwargs: Any) -> Iterator[Any]:
        generator = bound(*args, **kwargs)
        try:
            while True:
                try:
                    yield run(generator.__anext__())
                except StopAsyncIteration:
                    return
        finally:
            run(generator.aclose())

    return _as_bound(call)


def _as_bound(call: Callable[..., Any]) -> Callable[..., Any]:
    # `wraps` copied the signature of the function, which has a self; without it `inspect` asks the bound method.
    call.__dict__.pop("__signature__", None)
    return call


class _Declares(Protocol):
    def __call__(self, function: Callable[Concatenate[R, P], Coroutine[Any, Any, T]]) -> Endpoint[R, P, T]: ...


class _DeclaresStream(Protocol):
    def __call__(self, function: Callable[Concatenate[R, P], AsyncIterator[T]]) -> Stream[R, P, T]: ...


def endpoint(method: str, path: str, replay: Replay | None = None, *, cloud: bool = False) -> _Declares:
    """Declare the operation that an `async def` of a resource calls.

    Args:
        method: The HTTP method.
        path: The path template, `/flow_runs/{id:uuid}`; `uuid` marks a parameter that is one.
        replay: What sending it twice does. By default a GET reads, a DELETE deletes, and anything else must say.
        cloud: Only Prefect Cloud has the route.
    """
    declaration = _declaration(method, path, replay, cloud)
    return lambda function: Endpoint(function, declaration)


def streaming(method: str, path: str, replay: Replay | None = None) -> _DeclaresStream:
    """Declare the operation whose body an `async def` generator hands over in chunks."""
    declaration = _declaration(method, path, replay, cloud=False)
    return lambda function: Stream(function, declaration)


def composed(function: Callable[Concatenate[R, P], Coroutine[Any, Any, T]]) -> Endpoint[R, P, T]:
    """Mark an `async def` that has no operation of its own and calls its siblings."""
    return Endpoint(function, None)


def stream(function: Callable[Concatenate[R, P], AsyncIterator[T]]) -> Stream[R, P, T]:
    """Mark an `async def` generator that calls its siblings and yields from what they answer."""
    return Stream(function, None)


_BY_METHOD = {"GET": Replay.READ, "HEAD": Replay.READ, "DELETE": Replay.DELETE}


def _declaration(method: str, path: str, replay: Replay | None, cloud: bool) -> Declaration:
    return method, PathTemplate(path), replay or _BY_METHOD[method], cloud


class keywords(Generic[P, B]):
    """Take the fields of a Struct as keyword arguments: `create(flow_id=..., name=...)` for `create(self, body)`.

    The Struct stands last in the function's signature; what comes before it stays positional. Types, names, defaults
    and the refusal of a misspelt name are the Struct's own, so a field is written once.
    """

    def __init__(self, struct: Callable[P, B]) -> None:
        self._struct = struct

    @overload
    def __call__(self, function: Callable[[R, B], X]) -> Callable[Concatenate[R, P], X]: ...
    @overload
    def __call__(self, function: Callable[[R, A, B], X]) -> Callable[Concatenate[R, A, P], X]: ...
    @overload
    def __call__(self, function: Callable[[R, A, A2, B], X]) -> Callable[Concatenate[R, A, A2, P], X]: ...
    def __call__(self, function: Any) -> Any:
        struct = cast(Any, self._struct)
        signature = inspect.signature(function)
        positional = [
            parameter.replace(kind=inspect.Parameter.POSITIONAL_ONLY)
            for parameter in list(signature.parameters.values())[:-1]
        ]

        def arguments(args: tuple[Any, ...], fields: dict[str, Any]) -> tuple[Any, ...]:
            if len(args) != len(positional):
                names = ", ".join(parameter.name for parameter in positional[1:]) or "nothing"
                raise TypeError(f"{function.__name__}() takes {names} by position, and the rest by keyword")
            return (*args, struct(**fields))

        if inspect.iscoroutinefunction(function):

            async def method(*args: Any, **fields: Any) -> Any:
                return await function(*arguments(args, fields))

        else:

            def method(*args: Any, **fields: Any) -> Any:
                return function(*arguments(args, fields))

        functools.update_wrapper(method, function)
        del method.__wrapped__
        parameters = [*positional, *inspect.signature(struct).parameters.values()]
        cast(Any, method).__signature__ = signature.replace(parameters=parameters)
        return method
