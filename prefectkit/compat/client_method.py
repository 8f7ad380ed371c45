"""Flat methods: one `async def` for both clients, with the errors of Prefect's own client."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Coroutine
from enum import Enum
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Generic, NoReturn, ParamSpec, TypeVar, overload

from prefectkit.compat.error_mapping import ErrorRules, to_not_found, to_official_error
from prefectkit.compat.last_call import LastCall, last_call
from prefectkit.core.endpoint import Async, M, Sync, mark_blocking, not_picklable
from prefectkit.core.errors import CallError, UnaddressableNameError
from prefectkit.core.io import run
from prefectkit.core.suggestions import Suggesting, explain

if TYPE_CHECKING:
    from prefectkit.resources.catalogue import Resources

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class ServerType(str, Enum):  # noqa: UP042 -- `str()` is `ServerType.CLOUD`, as of Prefect's
    """The kind of server of a client."""

    EPHEMERAL = "EPHEMERAL"
    SERVER = "SERVER"
    CLOUD = "CLOUD"
    UNCONFIGURED = "UNCONFIGURED"


class MethodGroup(Suggesting, Generic[M]):
    """A group of flat methods.

    Attributes:
        server_type: The kind of server.
    """

    _sync: ClassVar[bool] = False
    _api: Resources[Async]
    """The async resources, of a sync client too: there no await suspends."""

    server_type: ServerType

    def __reduce__(self) -> NoReturn:
        raise not_picklable(self)

    def _warn(self, message: str, category: type[Warning] = UserWarning) -> None:
        """Warn with the line of the caller of the flat method. On a sync client it is two frames further up."""
        warnings.warn(message, category, stacklevel=6 if self._sync else 4)


class ClientMethod(Generic[R, P, T]):
    """A method of both clients."""

    def __init__(self, function: Callable[Concatenate[R, P], Coroutine[Any, Any, T]], rules: ErrorRules) -> None:
        @functools.wraps(function)
        async def async_method(*args: Any, **kwargs: Any) -> T:
            record = LastCall()
            token = last_call.set(record)
            try:
                return await function(*args, **kwargs)
            except CallError as error:
                raise to_official_error(error, record, rules)  # noqa: B904 -- it has its cause
            except UnaddressableNameError as error:
                raise to_not_found(error) from error
            except TypeError:
                explain(function, kwargs)
                raise
            finally:
                last_call.reset(token)

        @functools.wraps(function)
        def sync_method(*args: Any, **kwargs: Any) -> T:
            return run(async_method(*args, **kwargs))

        mark_blocking(sync_method)
        self._async_method = async_method
        self._sync_method = sync_method
        self.__doc__ = function.__doc__

    def awaitable(self, instance: MethodGroup[Any]) -> Callable[P, Coroutine[Any, Any, T]]:
        """The method of a client of either kind as a coroutine function. That of a blocking client never suspends.

        Args:
            instance: The client.
        """
        return MethodType(self._async_method, instance)

    @overload
    def __get__(self, instance: None, owner: Any) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, instance: MethodGroup[Sync], owner: Any) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: MethodGroup[Async], owner: Any) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        function = self._sync_method if owner._sync else self._async_method
        return function if instance is None else MethodType(function, instance)


class client_method(ErrorRules, frozen=True, kw_only=True):
    """Make an `async def` a method of both clients, with these errors."""

    def __call__(self, function: Callable[Concatenate[R, P], Coroutine[Any, Any, T]]) -> ClientMethod[R, P, T]:
        return ClientMethod(function, self)
