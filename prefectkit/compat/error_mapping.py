"""Maps the errors of this package to those of Prefect's own client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from prefectkit.compat.errors import ObjectNotFound, UnexpectedResponse
from prefectkit.compat.last_call import LastCall
from prefectkit.compat.official_errors import also_official
from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    CallError,
    ResponseDecodeError,
    StatusError,
    UnaddressableNameError,
)
from prefectkit.core.http.messages import Request, Response

ErrorFactory: TypeAlias = Callable[[Exception], Exception]
"""An error made of a status error: `ObjectNotFound`."""


class ErrorRules(msgspec.Struct, frozen=True, kw_only=True):
    """The errors that a method raises instead of the status error.

    Attributes:
        unauthorized: For 401.
        not_found: For 404.
        conflict: For 409.
        forbidden: For 403, by a text that the message contains.
        creates: Whether a response that cannot be decoded, so one without an id, is an `httpx.RequestError`.
    """

    unauthorized: ErrorFactory | None = None
    not_found: ErrorFactory | None = None
    conflict: ErrorFactory | None = None
    forbidden: Mapping[str, ErrorFactory] = {}
    creates: bool = False

    def factory(self, status: int, message: str) -> ErrorFactory | None:
        """What to raise for a status; None for the status error itself."""
        if status == 403:
            return next((kind for text, kind in self.forbidden.items() if text in message), None)
        return {401: self.unauthorized, 404: self.not_found, 409: self.conflict}.get(status)


def to_official_error(error: CallError, last_call: LastCall, rules: ErrorRules) -> Exception:
    """The error that the method is to raise, with its causes.

    Args:
        error: What the call of the resource raised.
        last_call: The last request and response of the method.
        rules: Those of the method.
    """
    # httpx takes long to import, and a successful call to an API in this process does not need it.
    from prefectkit.compat import http

    request = last_call.request
    failure = error
    if isinstance(error, AmbiguousOutcomeError) and isinstance(error.__cause__, CallError):
        failure = error.__cause__
    translation: Exception
    if isinstance(failure, StatusError):
        translation = http.status_error(request, failure.response)
        factory = rules.factory(failure.status, str(translation))
        if factory is not None:
            translation.__cause__, error_of_status = error, also_official(translation)
            translation = factory(error_of_status)
            translation.__cause__ = error_of_status
            return also_official(translation)
    elif not isinstance(failure, ResponseDecodeError):
        translation = http.transport_error(request, failure)
    elif rules.creates and last_call.response is not None:
        translation = http.malformed(request, last_call.response)
    else:
        translation = UnexpectedResponse(str(failure))
    translation.__cause__ = error
    return also_official(translation)


def to_not_found(error: UnaddressableNameError) -> ObjectNotFound:
    """The error for a name that is not allowed in a path. Prefect's own client sends it, and gets a 404.

    Args:
        error: The error of the name. Nothing was sent.
    """
    from prefectkit.compat import http  # as above

    refused = http.status_error(Request("GET", "", ""), Response(404, {}, b""))
    return also_official(ObjectNotFound(also_official(refused), help_message=str(error)))
