"""A Struct's fields as the keyword arguments of a method."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload

import msgspec

from prefectkit.core.suggestions import unexpected

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
A2 = TypeVar("A2")
B = TypeVar("B")
X = TypeVar("X")


class keywords(Generic[P, B]):
    """Take the fields of a Struct as keyword arguments: `create(flow_id=..., name=...)` for `create(self, body)`.

    The Struct is the last parameter of the function; those before it stay positional. Types, names and defaults come
    from the Struct, so that each field is declared once.
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
        construct = cast(
            Any, msgspec.StructMeta.__call__
        )  # the metaclass of the models explains errors too; once is enough
        signature = inspect.signature(function)
        leading = list(signature.parameters.values())[:-1]
        known = inspect.signature(struct).parameters
        positional = [parameter.replace(kind=inspect.Parameter.POSITIONAL_ONLY) for parameter in leading]

        def call(*args: Any, **fields: Any) -> Any:
            if len(args) != len(positional):
                names = [parameter.name for parameter in positional[1:]]
                raise _misplaced(function.__name__, names, list(known), args[-1])
            try:
                body = construct(struct, **fields)
            except TypeError as error:
                raise _misnamed(function.__name__, fields, list(known), error) from None
            return function(*args, body)

        async def await_call(*args: Any, **fields: Any) -> Any:
            return await call(*args, **fields)

        # `inspect.iscoroutinefunction` must return True for it.
        method: Any = await_call if inspect.iscoroutinefunction(function) else call
        functools.update_wrapper(method, function)
        parameters = [*positional, *known.values()]
        method.__signature__ = signature.replace(parameters=parameters)
        method.__annotations__ = {
            parameter.name: parameter.annotation
            for parameter in parameters
            if parameter.annotation is not parameter.empty
        } | {"return": signature.return_annotation}
        return method


def _misplaced(name: str, leading: list[str], known: list[str], last: object) -> TypeError:
    """The error for fields that were passed by position, or for too few positional arguments."""
    text = f"{name}() takes {', '.join(leading) or 'nothing'} by position, and the rest by keyword: {', '.join(known)}"
    if isinstance(last, Mapping):
        text += f". If its fields are in a dict, write {name}({''.join(f'{item}, ' for item in leading)}**fields)"
    elif isinstance(last, msgspec.Struct):
        text += f". It does not take a {type(last).__name__} as a whole"
    return TypeError(text)


def _misnamed(name: str, fields: Collection[str], known: Collection[str], error: TypeError) -> TypeError:
    """The error for an unknown or a missing keyword."""
    unknown = next((field for field in fields if field not in known), None)
    if unknown is not None:
        return unexpected(name, unknown, known)
    return TypeError(f"{name}(): {error}. It takes {', '.join(known)}")
