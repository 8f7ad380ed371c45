"""The errors of the flat methods, by the names and with the bases of Prefect's own.

PrefectException
├── ObjectNotFound               404, where a method says so
├── ObjectAlreadyExists          409
├── ObjectLimitReached           403: as many as the plan allows
├── ObjectUnsupported            403: not in the plan
├── ProtectedBlockError          403: the server's own block type
├── CloudUnauthorizedError       401 or 403, to a `CloudClient`
├── NotPausedError               a flow run to resume is not paused
└── FlowPauseTimeout             a paused flow run was not resumed in time
httpx.HTTPStatusError
└── PrefectHTTPStatusError       every other status that is not a success
UnexpectedResponse               a successful status with a body that cannot be decoded (also a ValueError)

A request without a response raises an `httpx.RequestError`: `httpx.ConnectError`, `httpx.ReadTimeout` and the like. The
`__cause__` of each error is the error of this package, which has more details.

In a program that has Prefect loaded, an `except` of its class of the same name catches each of them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefectkit.compat.official_errors import reduce_error
from prefectkit.core.errors import PrefectKitError

if TYPE_CHECKING:
    from prefectkit.compat.http import PrefectHTTPStatusError as PrefectHTTPStatusError


class PrefectException(Exception):
    """The base of Prefect's own errors."""

    def __reduce__(self) -> tuple[Any, ...]:
        return reduce_error(self)


class _StatusException(PrefectException):
    """The server refused the request.

    Attributes:
        http_exc: The status error, with `.request` and `.response`.
    """

    def __init__(self, http_exc: Exception, *args: Any) -> None:
        # Not `super()`: the next class may be Prefect's own of the same name, whose arguments are others.
        Exception.__init__(self, *args)
        self.http_exc = http_exc

    def __str__(self) -> str:
        return Exception.__str__(self) or str(self.http_exc)


class ObjectNotFound(_StatusException):
    """There is no such object.

    Attributes:
        http_exc: The status error, with `.request` and `.response`.
        help_message: What to do; None if not known.
    """

    def __init__(self, http_exc: Exception, help_message: str | None = None, *args: Any) -> None:
        super().__init__(http_exc, *([help_message] if help_message else []), *args)
        self.help_message = help_message

    def __str__(self) -> str:
        return self.help_message or super().__str__()


class ObjectAlreadyExists(_StatusException):
    """The object exists already, or the object that it belongs to does not exist."""


class ObjectLimitReached(_StatusException):
    """The plan allows no more of these objects."""


class ObjectUnsupported(_StatusException):
    """The plan does not include objects of this kind."""


class ProtectedBlockError(PrefectException):
    """The block belongs to the server and cannot be changed."""


class CloudUnauthorizedError(PrefectException):
    """Prefect Cloud does not accept the key, or the key gives no access to the object."""


class NotPausedError(PrefectException):
    """The flow run is not paused, so it cannot be resumed."""


class FlowPauseTimeout(PrefectException):
    """The flow run was paused and not resumed in time."""


class UnexpectedResponse(PrefectKitError, ValueError):
    """The response has a successful status, but its body cannot be decoded."""


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        # Its base is httpx's, which takes long to import.
        if name != "PrefectHTTPStatusError":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from prefectkit.compat.http import PrefectHTTPStatusError

        return PrefectHTTPStatusError
