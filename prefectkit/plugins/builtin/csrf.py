"""The CSRF token that a self-hosted server may require with every change."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import msgspec

from prefectkit.core.errors import TransportError
from prefectkit.core.hooks import AuthFlow
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.status import phase_of, status_error
from prefectkit.core.retries.policy import Phase
from prefectkit.core.serialization.codec import undecodable
from prefectkit.plugins import hookimpl

CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_without_token: set[str] = set()
"""The API URLs that require no token, shared by all clients of the process."""


class CSRF:
    """Fetches a token before the first change, sends it with each one, and renews it when the server refuses it."""

    prefectkit_secrets = True

    def __init__(self) -> None:
        self._client = str(uuid4())
        self._token = ""
        self._expires = 0.0

    @hookimpl
    def authenticate(self, request: Request) -> AuthFlow | None:
        return self._flow(request) if request.method in CHANGES else None

    def _flow(self, request: Request) -> AuthFlow:
        if request.base_url not in _without_token and (not self._token or time.time() >= self._expires):
            asked = request.sibling("GET", f"/csrf-token?client={self._client}")
            self._store_token(asked, (yield asked))
        sent = "" if request.base_url in _without_token else self._token
        if sent:
            request.headers["prefect-csrf-token"] = sent
            request.headers["prefect-csrf-client"] = self._client
        response = yield request
        if response.status != 403 or b"CSRF token" not in response.body:
            return False
        if self._token == sent:
            self._token = ""
        _without_token.discard(request.base_url)
        return True

    def _store_token(self, request: Request, response: Response) -> None:
        if response.status == 404 or (response.status == 422 and b"CSRF protection is disabled" in response.body):
            _without_token.add(request.base_url)
            return
        if not response.is_success:
            error = status_error(request, response)
            if phase_of(error, frozenset()) is None:
                raise error
            # The change itself was not sent.
            failure = TransportError(f"no CSRF token was received: {error.args[0]}", phase=Phase.NOTHING_SENT)
            failure.retry_after = error.retry_after
            raise failure from error
        try:
            token: Any = msgspec.json.decode(response.body)
            self._token = str(token["token"])
            self._expires = _seconds(token["expiration"])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, TypeError, ValueError) as error:
            reason = f"the response to the request for a CSRF token is not as expected: {type(error).__name__}"
            is_page = "html" in response.headers.get("content-type", "")
            if is_page:
                reason = f"no CSRF token was received: {undecodable(response, error).args[0]}"
            raise TransportError(reason, phase=Phase.NOTHING_SENT, retryable=not is_page) from None


def _seconds(moment: str) -> float:
    parsed = datetime.fromisoformat(moment)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
