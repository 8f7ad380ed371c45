"""A Struct's fields as the keyword arguments of a method."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
A2 = TypeVar("A2")
B = TypeVar("B")
X = TypeVar("X")


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
        leading = list(signature.parameters.values())[:-1]
        known = inspect.signature(struct).parameters
        positional = [parameter.replace(kind=inspect.Parameter.POSITIONAL_ONLY) for parameter in leading]

        def call(*args: Any, **fields: Any) -> Any:
            if len(args) != len(positional):
                names = ", ".join(parameter.name for parameter in positional[1:]) or "nothing"
                raise TypeError(f"{function.__name__}() takes {names} by position, and the rest by keyword")
            try:
                body = struct(**fields)
            except TypeError as error:
                raise TypeError(f"{function.__name__}(): {error}. It takes {', '.join(known)}") from None
            return function(*args, body)

        async def await_call(*args: Any, **fields: Any) -> Any:
            return await call(*args, **fields)

        # An `async def` stays one, to those who ask.
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
