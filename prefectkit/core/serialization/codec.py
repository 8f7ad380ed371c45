"""Encoding of request bodies and decoding of responses. Errors of msgspec become errors of the SDK."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from prefectkit.core.errors import InvalidParameterError, RequestEncodeError, ResponseDecodeError
from prefectkit.core.http.messages import Response
from prefectkit.core.security.decoded_text import readable
from prefectkit.core.security.redaction import redact_body
from prefectkit.core.serialization.conversion import convert
from prefectkit.core.serialization.empty_result import why_not_empty
from prefectkit.core.serialization.memory_estimate import SMALL, check_memory_estimate
from prefectkit.core.serialization.request_body import prepared
from prefectkit.core.serialization.timestamps import decode_repaired
from prefectkit.core.serialization.walk import find

T = TypeVar("T")

EXCERPT = 200
_FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError)


def _convert(value: object) -> object:
    return prepared(convert(value))


_encoder = msgspec.json.Encoder(enc_hook=_convert)


def encode(body: object, *, strict: bool = True) -> bytes:
    """The body as JSON.

    Args:
        body: The body.
        strict: Whether to refuse a value of another type than its field's.

    Raises:
        RequestEncodeError: The body has NaN, an infinite number, or a value of a type that JSON does not have.
        InvalidParameterError: No server accepts a value, such as a datetime without an offset; see `prepared`.
    """
    try:
        body = prepared(body, strict=strict)
        data = _encoder.encode(body)
    except InvalidParameterError:
        raise
    except Exception as error:  # whatever an object of another library raises
        place = find(body, _is_unencodable)
        raise RequestEncodeError(f"the body cannot be sent as JSON: {place + ', ' if place else ''}{error}") from None
    # msgspec writes NaN and the infinities as null, so only a body with a null can hold one.
    if b"null" in data and (place := find(_plain(body), _is_not_finite)) is not None:
        raise RequestEncodeError(f"the body cannot be sent as JSON, which has no such number: {place}")
    return data


def as_builtins(body: object) -> Any:
    """The body as dicts, lists, texts and numbers.

    Raises:
        TypeError: A value has a type that JSON does not have.
        ValueError: A value is not valid for its type.
    """
    return msgspec.to_builtins(prepared(body), str_keys=True, enc_hook=_convert)


def _plain(body: object) -> object:
    try:
        return as_builtins(body)
    except TypeError:
        # The body has keys that only the encoder can convert, such as True.
        return body


def _is_not_finite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _is_unencodable(value: object) -> bool:
    if isinstance(value, (Mapping, Sequence, set, frozenset, msgspec.Struct)) and not isinstance(value, (str, bytes)):
        return False
    try:
        _encoder.encode(prepared(value))
    except InvalidParameterError:
        # This is another error than the encoder's: an iterator that was used, for example.
        return False
    except Exception:
        return True
    return False


@cache
def decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    """The decoder of a type, made when it is first used.

    `strict=False` accepts values of other server versions: `1.0` for an int, seconds for a duration.
    """
    return msgspec.json.Decoder(type_, strict=False)


def decode(type_: type[T], response: Response) -> T:
    """The body as a value of the type; None for an operation that returns nothing.

    Raises:
        ResponseDecodeError: The body is not JSON or not of this type, or the response is not one of the API.
        TransportError: The decoded body would take too much memory.
    """
    if type_ is type(None):
        if (reason := why_not_empty(response)) is not None:
            raise undecodable(response, ValueError(reason))
        return cast(T, cast(object, None))
    if len(response.body) > SMALL:
        check_memory_estimate(response.body)
    try:
        try:
            kind: Any = type_
            value: T = decoder(kind).decode(response.body)
            return value
        except msgspec.ValidationError as error:
            return cast(T, decode_repaired(type_, response.body, error))
    except _FAULTS as error:
        raise undecodable(response, error) from None


def text(response: Response) -> str:
    """The body as text, for an operation that returns text.

    Raises:
        ResponseDecodeError: The body is HTML.
    """
    if "html" in response.headers.get("content-type", ""):
        raise undecodable(response, ValueError("it is a web page"))
    return response.text


def undecodable(response: Response, error: Exception) -> ResponseDecodeError:
    """The error for a response that does not match the operation's result type."""
    content_type = response.headers.get("content-type", "")
    if "html" in content_type:
        reason = "the server's response is a web page, so the URL is not that of an API: it usually ends in '/api'"
    else:
        reason = f"the server's response ({content_type or 'no content type'}) is not as expected: {error}"
    # Cut after redaction: a key that was cut in two would not be detected.
    excerpt = readable(redact_body("", response.body[: 10 * EXCERPT]))[:EXCERPT]
    return ResponseDecodeError(reason, status=response.status, content_type=content_type, excerpt=excerpt)
