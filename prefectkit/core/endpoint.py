"""Sync and async from one source: descriptors that turn the `async def` methods of a resource into either surface.

A sync client runs the same coroutine to its end, without an event loop (`prefectkit.core.io.run`). Inside a method
`self` is always the async view of the resource, bound to the operation that the method declares: `self._call(...)`
sends it. A method that calls its siblings awaits them, and its annotation says so: `self: FlowRuns[Async]`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator, Mapping
from types import MethodType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Concatenate,
    Generic,
    NoReturn,
    ParamSpec,
    TypeVar,
    cast,
    get_args,
    get_type_hints,
    overload,
)

from msgspec.structs import replace

from prefectkit.core.errors import NotPicklableError
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.io import IO, iterate_blocking, run
from prefectkit.core.misuse import AsyncRows, SyncRows
from prefectkit.core.operation import Lookup, Operation, ReadBack
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.suggestions import Suggesting, explain

if TYPE_CHECKING:
    from prefectkit.core.engine import Engine

P = ParamSpec("P")
T = TypeVar("T")


class Sync:
    """The surface of a client that blocks."""


class Async:
    """The surface of a client that is awaited."""


M = TypeVar("M", Sync, Async)
R = TypeVar("R")


class Resource(Suggesting, Generic[M]):
    """A group of operations, `client.flow_runs`.

    Args:
        parent: The client, or the resource that this one belongs to.
    """

    group: str = ""
    """Its name on a client, and the first part of the names of its operations."""

    _operation: Operation

    _blocking_class: ClassVar[bool] = False
    """Whether the class itself shows the blocking surface, to `help()` and the like."""

    def __init__(self, parent: Resource[M]) -> None:
        self._engine: Engine = parent._engine
        self._sync: bool = parent._sync

    def _call(
        self,
        type_: type[T],
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        retry_safety: RetrySafety | None = None,
        **path: object,
    ) -> Coroutine[Any, Any, T]:
        """Send the operation of the running method; the path's parameters by name.

        `retry_safety` is given if a retry of this call does more harm than the operation declares.
        """
        operation = self._operation if retry_safety is None else replace(self._operation, retry_safety=retry_safety)
        return self._engine.call(operation, type_, path, query, body)

    def _chunks(self, *, query: Mapping[str, Any] | None = None, **path: object) -> AsyncGenerator[bytes]:
        """Send the operation of the running method and yield its body in chunks, as they arrive."""
        return self._engine.stream(self._operation, path, query)

    @property
    def _ahead(self) -> IO | None:
        """The IO for prefetching pages, if the options turn prefetching on."""
        return self._engine.io if self._engine.options.prefetch else None

    @property
    def __origin__(self) -> type[Any]:
        """The class that `help()` documents in place of the type of an instance."""
        kind = type(self)
        if not self._sync or kind._blocking_class:
            return kind
        namespace = {"__doc__": kind.__doc__, "__module__": kind.__module__, "_blocking_class": True}
        return type(kind.__name__, (kind,), namespace)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._engine.base_url}>"

    def __reduce__(self) -> NoReturn:
        raise not_picklable(self)


def not_picklable(value: object) -> NotPicklableError:
    """The error for pickling or copying a client, or a part of one.

    Args:
        value: The object that cannot be pickled.
    """
    return NotPicklableError(
        f"{type(value).__name__} is not pickled or copied: it holds connections, and keys that would travel in clear. "
        "Make a client in each process (an initializer of the pool is the place), and pass ids and plain values; "
        "with_options() gives the same client with other options"
    )


class _Declaration:
    """The operation that a decorator declares for a method."""

    def __init__(
        self,
        method: str,
        path: str,
        retry_safety: RetrySafety | None = None,
        *,
        read_back: ReadBack | None = None,
        lookup: Lookup | None = None,
        cloud: bool = False,
    ) -> None:
        """
        Args:
            method: The HTTP method.
            path: The path template, `/flow_runs/{id:uuid}`; `uuid` marks a parameter that is one.
            retry_safety: The effect of sending it twice. Defaults to READ for GET and DELETE for DELETE.
            read_back: If a second copy is a conflict: how to find what the first one created.
            lookup: How to find out whether the first copy was applied, before a second one is sent.
            cloud: Only Prefect Cloud has the route.
        """
        retry_safety = retry_safety or _BY_METHOD.get(method)
        if retry_safety is None:
            raise TypeError(f"{method} {path} must declare what sending it twice does: give it a RetrySafety")
        if (retry_safety is RetrySafety.CONFLICT) != (read_back is not None):
            raise TypeError(f"{method} {path}: a conflict, and nothing else, needs a ReadBack")
        self._operation = Operation(
            name="",
            method=method,
            path=PathTemplate(path),
            retry_safety=retry_safety,
            read_back=read_back,
            lookup=lookup,
            cloud=cloud,
        )

    def operation(self, owner: type[Resource[Any]], name: str) -> Operation:
        """The operation of a method.

        Args:
            owner: The class of the resource.
            name: The name of the method.
        """
        return replace(
            self._operation,
            name=f"{owner.group}.{name}" if owner.group else name,
            declared=f"{owner.__module__}:{owner.__qualname__}.{name}",
        )


_BY_METHOD = {"GET": RetrySafety.READ, "HEAD": RetrySafety.READ, "DELETE": RetrySafety.DELETE}


class Method:
    """A method of a resource.

    Attributes:
        function: The `async def`.
        operation: The operation that it declares; None if it only calls its siblings.
    """

    operation: Operation | None = None

    def __init__(self, function: Callable[..., Any], declaration: _Declaration | None) -> None:
        self.function = function
        self._declaration = declaration
        functools.update_wrapper(cast(Any, self), function)

    def __set_name__(self, owner: type[Resource[Any]], name: str) -> None:
        self._name = name
        if self._declaration is not None:
            self.operation = self._declaration.operation(owner, name)

    def bind(
        self,
        instance: Resource[Any],
        blocking: Callable[[MethodType], Callable[..., Any]],
        awaited: Callable[[MethodType], Callable[..., Any]] | None = None,
    ) -> Any:
        """The method for an instance, stored there so that only the first access costs time."""
        view = type(instance).__new__(type(instance))
        state = instance.__dict__
        view.__dict__.update(_engine=state["_engine"], _sync=False, _operation=self.operation)
        bound = MethodType(self.function, view)
        # A bound method on both surfaces: pickling it raises the resource's NotPicklableError.
        made = blocking if state["_sync"] else awaited
        state[self._name] = surface = bound if made is None else MethodType(made(bound), view)
        return surface

    def of_class(self, owner: type[Resource[Any]]) -> Callable[..., Any]:
        """The method as a class shows it: the `async def`, or a blocking function on the class of a blocking client."""
        return self._blocking_function if cast(Any, owner)._blocking_class else self.function

    @functools.cached_property
    def _blocking_function(self) -> Callable[..., Any]:
        @functools.wraps(self.function)
        def call(instance: Any, /, *args: Any, **kwargs: Any) -> Any:
            return getattr(instance, self._name)(*args, **kwargs)

        mark_blocking(call)
        surface: Any = call
        iterates = isinstance(self, IteratorMethod)
        signature = _blocking_signature(self.function)[0] if iterates else inspect.signature(self.function)
        instance, *parameters = signature.parameters.values()
        surface.__signature__ = signature.replace(parameters=[instance.replace(annotation=instance.empty), *parameters])
        return call


class Endpoint(Method, Generic[R, P, T]):
    """A method that returns one result."""

    def __init__(
        self,
        function: Callable[Concatenate[R, P], Coroutine[Any, Any, T]],
        declaration: _Declaration | None = None,
    ) -> None:
        super().__init__(function, declaration)

    @overload
    def __get__(self, instance: None, owner: Any) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, instance: Resource[Sync], owner: Any) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Resource[Async], owner: Any) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.of_class(owner) if instance is None else self.bind(instance, _blocking)


class IteratorMethod(Method, Generic[R, P, T]):
    """A method that returns an iterator."""

    def __init__(
        self, function: Callable[Concatenate[R, P], AsyncIterator[T]], declaration: _Declaration | None = None
    ) -> None:
        super().__init__(function, declaration)

    @overload
    def __get__(self, instance: None, owner: Any) -> Callable[Concatenate[R, P], AsyncIterator[T]]: ...
    @overload
    def __get__(self, instance: Resource[Sync], owner: Any) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, instance: Resource[Async], owner: Any) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.of_class(owner) if instance is None else self.bind(instance, _blocking_iterator, _awaited_iterator)


class endpoint(_Declaration):
    """Declare the operation that an `async def` of a resource sends."""

    def __call__(self, function: Callable[Concatenate[R, P], Coroutine[Any, Any, T]]) -> Endpoint[R, P, T]:
        return Endpoint(function, self)


class streaming(_Declaration):
    """Declare the operation whose body an `async def` generator yields in chunks."""

    def __call__(self, function: Callable[Concatenate[R, P], AsyncIterator[T]]) -> IteratorMethod[R, P, T]:
        return IteratorMethod(function, self)


def composed(function: Callable[Concatenate[R, P], Coroutine[Any, Any, T]]) -> Endpoint[R, P, T]:
    """Mark an `async def` that has no operation of its own and calls its siblings.

    Args:
        function: An `async def` method of a resource.
    """
    return Endpoint(function)


def iterating(function: Callable[Concatenate[R, P], AsyncIterator[T]]) -> IteratorMethod[R, P, T]:
    """Mark an `async def` generator that calls its siblings and yields rows from their pages.

    Args:
        function: A method of a resource that returns an async iterator.
    """
    return IteratorMethod(function)


def mark_blocking(call: Callable[..., Any]) -> None:
    """Mark a function that blocks, and has the name and signature of an `async def`."""
    call.__dict__["_prefectkit_blocks"] = True


def is_blocking(call: object) -> bool:
    """Whether a function or method was marked by `mark_blocking`."""
    return bool(getattr(call, "_prefectkit_blocks", False))


def _blocking(bound: MethodType) -> Callable[..., Any]:
    @functools.wraps(bound.__func__)
    def call(_: object, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return run(bound(*args, **kwargs))
        except TypeError:
            explain(bound, kwargs)
            raise

    mark_blocking(call)
    return call


def _awaited_iterator(bound: MethodType) -> Callable[..., Any]:
    @functools.wraps(bound.__func__)
    def call(_: object, /, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        return AsyncRows(bound(*args, **kwargs))

    return call


def _blocking_iterator(bound: MethodType) -> Callable[..., Any]:
    @functools.wraps(bound.__func__)
    def call(_: object, /, *args: Any, **kwargs: Any) -> Iterator[Any]:
        return SyncRows(iterate_blocking(bound(*args, **kwargs)))

    surface: Any = call
    surface.__signature__, surface.__annotations__ = _blocking_signature(bound.__func__)
    return call


@functools.cache
def _blocking_signature(function: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    """The signature and the annotations of an async generator for a client that blocks."""
    annotations = dict(inspect.get_annotations(function))
    if "return" in annotations:
        try:
            (item,) = get_args(get_type_hints(function)["return"])
            annotations["return"] = cast(Any, Iterator)[item]
        except (NameError, AttributeError, TypeError, ValueError):
            # An annotation that only a type checker can resolve keeps its text.
            annotations["return"] = str(annotations["return"]).replace("Async", "")
    signature = inspect.signature(function)
    return signature.replace(return_annotation=annotations.get("return", signature.empty)), annotations
