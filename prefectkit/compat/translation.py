"""From this package's errors to those of Prefect's own client: the one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from prefectkit.compat.errors import UnexpectedResponse
from prefectkit.compat.exchanges import Exchange
from prefectkit.compat.kinship import kindred
from prefectkit.core.errors import AmbiguousOutcomeError, CallError, ResponseDecodeError, StatusError

Kind: TypeAlias = Callable[[Exception], Exception]
"""An error made of a status error: `ObjectNotFound`."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What a method raises that others do not.

    Attributes:
        unauthorized: For 401.
        not_found: For 404.
        conflict: For 409.
        forbidden: For 403, by a text in the message.
        creates: Whether a response that cannot be read is an `httpx.RequestError`, as it is one without an id.
    """

    unauthorized: Kind | None = None
    not_found: Kind | None = None
    conflict: Kind | None = None
    forbidden: Mapping[str, Kind] = {}
    creates: bool = False

    def kind(self, status: int, message: str) -> Kind | None:
        """What to raise for a status; None for the status error itself."""
        if status == 403:
            return next((kind for text, kind in self.forbidden.items() if text in message), None)
        return {401: self.unauthorized, 404: self.not_found, 409: self.conflict}.get(status)


def translated(error: CallError, exchange: Exchange, rules: Rules) -> Exception:
    """The error that the method is to raise, with its causes.

    Args:
        error: What the call of the resource raised.
        exchange: Its last request.
        rules: Those of the method.
    """
    # httpx takes long to import, and a call in this process that goes well does without it.
    from prefectkit.compat import http

    request = exchange.request
    failure = error
    if isinstance(error, AmbiguousOutcomeError) and isinstance(error.__cause__, CallError):
        failure = error.__cause__
    translation: Exception
    if isinstance(failure, StatusError):
        translation = http.status_error(request, failure.response)
        kind = rules.kind(failure.status, str(translation))
        if kind is not None:
            translation.__cause__, error_of_status = error, kindred(translation)
            translation = kind(error_of_status)
            translation.__cause__ = error_of_status
            return kindred(translation)
    elif not isinstance(failure, ResponseDecodeError):
        translation = http.transport_error(request, failure)
    elif rules.creates and exchange.response is not None:
        translation = http.malformed(request, exchange.response)
    else:
        translation = UnexpectedResponse(str(failure))
    translation.__cause__ = error
    return kindred(translation)
