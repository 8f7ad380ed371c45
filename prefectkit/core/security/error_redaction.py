"""Redaction of errors: secrets are removed from the message, the attributes and the causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prefectkit.core.errors import CallError, ResponseDecodeError
from prefectkit.core.security.redaction import REDACTED
from prefectkit.core.security.redactor import Redactor

if TYPE_CHECKING:
    from prefectkit.core.http.messages import Request, Response

_MOST_CAUSES: Final = 20


def redact_error(error: CallError, redactor: Redactor) -> None:
    """Remove secrets from an error and its causes, and keep the redactor with the error."""
    error.redactor = redactor
    error.args = tuple(redactor.text(value) if isinstance(value, str) else value for value in error.args)
    for name, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, name, redactor.text(value, is_cut=name == "excerpt"))
    if isinstance(error, ResponseDecodeError) and error.excerpt and redactor.redacts_bodies:
        error.excerpt = REDACTED
    cause = error.__cause__ or error.__context__
    for _ in range(_MOST_CAUSES):
        if cause is None:
            break
        # Other libraries quote input that they could not parse.
        cause.args = tuple(redactor.text(value) if isinstance(value, str) else value for value in cause.args)
        cause = cause.__cause__ or cause.__context__


def request_id(error: CallError, request: Request, response: Response | None) -> str | None:
    """The request id: the response's (redacted) if it has one, else the request's."""
    received = None if response is None else response.headers.get("x-request-id")
    return error.redactor.text(received) if received and error.redactor else request.headers.get("x-request-id")
