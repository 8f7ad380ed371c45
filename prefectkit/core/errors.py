"""Every error of the SDK, in one tree.

PrefectKitError
├── ConfigError                  a setting, URL or argument of the client is wrong
├── RequestError                 refused before anything was sent
│   ├── InvalidParameterError    a path, query or header value cannot be sent as it is (also a ValueError)
│   │   └── UnaddressableNameError   a name that no URL can carry safely
│   ├── RequestEncodeError       the body is not JSON (also a ValueError)
│   └── ClientClosedError        the client was closed (also a RuntimeError)
├── CallError                    a call that was sent, or failed on its way
│   ├── TransportError           no complete response; `phase` says how far the request came
│   │   ├── ConnectError         nothing was sent
│   │   ├── TransportTimeout     a timeout (also a TimeoutError)
│   │   └── IncompleteResponse   the response broke off, or is not HTTP
│   ├── AmbiguousOutcomeError    it may have been applied, and may not be sent twice
│   ├── ResponseDecodeError      a success status with a body of another type than expected
│   └── StatusError              the status is not a success
│       ├── RedirectError 3xx    a redirect that was not followed
│       ├── BadRequest 400, Unauthorized 401, Forbidden 403, NotFound 404, Conflict 409,
│       ├── UnprocessableEntity 422, Locked 423, TooManyRequests 429
│       ├── ServerError 5xx
│       └── NotFound
│           └── NotSupportedByServer   the server's version has no such route
├── NotPicklableError            a client or its method cannot be pickled or copied (also a TypeError)
├── BulkError                    calls of a bulk failed (also an ExceptionGroup)
├── PluginError                  a plugin raised where it may not fail
└── CassetteError                a recording is damaged, too new, leaks, or lacks the request
    ├── CassetteVersionError     written by a later version
    ├── CassetteLeakError        a secret would have been written
    └── CassetteMiss             no response for the request

UserWarning
├── ReusedKeyWarning             an idempotency key was used before for another run
└── ShiftedPagesWarning          rows disappeared from a list between two of its pages
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from prefectkit.core.retries.policy import Phase

if TYPE_CHECKING:
    from prefectkit.core.concurrency.outcomes import Outcome
    from prefectkit.core.http.messages import Response
    from prefectkit.core.operation import Operation
    from prefectkit.core.security.redactor import Redactor


class PrefectKitError(Exception):
    """The base of every exception that this package raises."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Not by calling the class, which may need more arguments than the message.
        return _restored, (type(self), self.args), self.__dict__


def _restored(cls: type[PrefectKitError], args: tuple[object, ...]) -> PrefectKitError:
    error = cls.__new__(cls)
    error.args = args
    return error


class ConfigError(PrefectKitError):
    """A setting, a URL or an argument of the client is missing or wrong."""


class RequestError(PrefectKitError):
    """A request that was refused before anything was sent."""


class InvalidParameterError(RequestError, ValueError):
    """A path, query or header value that cannot be sent as it is."""


class UnaddressableNameError(InvalidParameterError):
    """A name that would reach another resource, or none, as part of a URL."""


class RequestEncodeError(RequestError, ValueError):
    """A body that JSON cannot carry: NaN, an infinite number, an object of an unknown type."""


class ClientClosedError(RequestError, RuntimeError):
    """The client was closed before this call."""


class CallError(PrefectKitError):
    """A call that failed on its way to the server, at the server, or on its way back.

    Attributes:
        operation: What was called, None for a plugin's own request.
        attempts: How often the request was sent.
        maybe_applied: True if the server may have applied the request although it failed.
        retryable: True if the same call may succeed later.
        retry_after: Seconds that the server asked to wait, if it did.
        exhausted: The limit that ended the retries: `attempts`, `deadline`, `retry_after` (longer than allowed) or
            `budget` (too many calls of the client failed); empty if none did.
        request_id: The `X-Request-ID` of the response, else the one that was sent; quote it to the server's operators.
        redactor: The redactor of the call, which removed the secrets from the error.
    """

    operation: Operation | None = None
    attempts: int = 0
    maybe_applied: bool = False
    retryable: bool = False
    retry_after: float | None = None
    exhausted: str = ""
    request_id: str | None = None
    redactor: Redactor | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        restored, arguments, state = super().__reduce__()
        return restored, arguments, {name: value for name, value in state.items() if name != "redactor"}

    def __str__(self) -> str:
        text = super().__str__()
        if self.operation is not None:
            text = f"{self.operation.name}: {text}"
        if self.attempts > 1:
            text += f" (after {self.attempts} attempts)"
        if self.exhausted == "budget":
            text += (
                ". It was not sent again: too many calls of this client failed lately, and its retries are used up. "
                "They come back with time, and as calls succeed: see what the first ones failed with, and call later"
            )
        return text


class TransportError(CallError):
    """No complete response arrived.

    Attributes:
        phase: How far the request came; the retry policy uses it.
    """

    phase: Phase = Phase.AMBIGUOUS
    retryable = True

    def __init__(self, message: str, *, phase: Phase | None = None, retryable: bool | None = None) -> None:
        super().__init__(message)
        if phase is not None:
            self.phase = phase
        if retryable is not None:
            self.retryable = retryable


class ConnectError(TransportError):
    """No connection was made, so nothing was sent."""

    phase = Phase.NOTHING_SENT


class TransportTimeout(TransportError, TimeoutError):
    """A timeout of the attempt, or the deadline of the call."""


class IncompleteResponse(TransportError):
    """The response broke off, or was not HTTP."""


class AmbiguousOutcomeError(CallError):
    """The server may or may not have carried the request out, and sending it again could do it twice.

    The failure itself is `__cause__`. Read the resource to learn which it was.
    """

    maybe_applied = True


class ResponseDecodeError(CallError):
    """A response with a success status whose body is not what the operation returns.

    Attributes:
        status: The HTTP status.
        content_type: The `Content-Type` of the response.
        excerpt: The first 200 characters of the body, redacted.
    """

    def __init__(self, message: str, *, status: int = 200, content_type: str = "", excerpt: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.content_type = content_type
        self.excerpt = excerpt


class StatusError(CallError):
    """The server responded with a status that is not a success.

    Attributes:
        status: The HTTP status.
        detail: The server's explanation: text, or the parsed JSON of its `detail`, redacted.
        response: The response itself; in an error that was pickled or copied, without what may be secret.
    """

    by_status: ClassVar[dict[int, type[StatusError]]] = {}

    def __init_subclass__(cls, *, status: int | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if status is not None:
            StatusError.by_status[status] = cls

    def __init__(self, message: str, *, response: Response, detail: Any = None) -> None:
        super().__init__(message)
        self.status = response.status
        self.response = response
        self.detail = detail

    def __reduce__(self) -> tuple[Any, ...]:
        # A pickle ends up in files and queues.
        restored, arguments, state = super().__reduce__()
        # Imported lazily: only errors of calls need it.
        from prefectkit.core.security.redactor import Redactor

        redactor = self.redactor or Redactor("" if self.operation is None else self.operation.path.text)
        return restored, arguments, {**state, "response": self.response.redacted(redactor)}

    @classmethod
    def of(cls, status: int) -> type[StatusError]:
        """The class for a status: its own, `ServerError` for 5xx, else `StatusError`.

        Args:
            status: The HTTP status.
        """
        return cls.by_status.get(status, ServerError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else StatusError)


class RedirectError(StatusError):
    """3xx: a redirect that was not followed, so that no key reaches another server.

    Attributes:
        location: The scheme and host of the redirect's target; empty if it has none.
    """

    location: str = ""


StatusError.by_status.update(dict.fromkeys((301, 302, 303, 307, 308), RedirectError))


class BadRequest(StatusError, status=400):
    """400: the server does not understand the request."""


class Unauthorized(StatusError, status=401):
    """401: no key, or a wrong one."""


class Forbidden(StatusError, status=403):
    """403: the key does not allow this."""


class NotFound(StatusError, status=404):
    """404: there is no such object or route."""


class NotSupportedByServer(NotFound):
    """404 or 405: the server has no such route, because its version differs, or it is of another kind (Cloud).

    Attributes:
        server_version: The version of Prefect that the server runs.
    """

    server_version: str = ""


class Conflict(StatusError, status=409):
    """409: the object exists already, or its state does not allow this."""


class UnprocessableEntity(StatusError, status=422):
    """422: the server refused a field; `detail` lists which and why."""


class Locked(StatusError, status=423):
    """423: no free slot; `retry_after` says how many seconds to wait."""


class TooManyRequests(StatusError, status=429):
    """429: too many requests; `retry_after` says how many seconds to wait."""


class ServerError(StatusError):
    """5xx: the server failed."""


class NotPicklableError(PrefectKitError, TypeError):
    """A client, or a method of one, cannot be pickled or copied.

    It holds connections, and keys that would be stored in clear text.
    """


class BulkError(PrefectKitError, ExceptionGroup[Exception]):
    """Calls of a bulk failed; the errors are its `exceptions`.

    Attributes:
        outcomes: The outcome of each call, also of those that succeeded, in the order of the items; in an error that
            was pickled or copied, without the items and results.
    """

    outcomes: Sequence[Outcome[Any, Any]] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        # Items and results are left out: they may be secret, as values of variables are.
        state = dict(self.__dict__)
        if self.outcomes:
            state["outcomes"] = [type(each)(each.index, None, error=each.error) for each in self.outcomes]
        return type(self), self.args, state


class PluginError(PrefectKitError):
    """A plugin raised in a hook that may change a request, or broke the rules of a hook.

    Attributes:
        plugin: The plugin's name.
        hook: The hook's name.
    """

    def __init__(self, message: str, *, plugin: str = "", hook: str = "") -> None:
        super().__init__(message)
        self.plugin = plugin
        self.hook = hook


class CassetteError(PrefectKitError):
    """A recording that is damaged, of a newer version, in use by another writer, or that holds a secret."""


class CassetteVersionError(CassetteError):
    """A recording that a later version of this package wrote."""


class CassetteLeakError(CassetteError):
    """A recording that was not written because it would have contained a secret."""


class CassetteMiss(CassetteError):
    """A recording that has no response for the request."""


class ReusedKeyWarning(UserWarning):
    """An idempotency key was used before, for another run, and the server returned that run."""


class ShiftedPagesWarning(UserWarning):
    """Rows were deleted, or left the filter, while a list was read page by page: later rows were skipped."""
