"""The file format: each line of a cassette is one of these types, so that loading detects a damaged file."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Annotated, Any, TypeAlias, cast

import msgspec
from msgspec import UNSET, UnsetType

from prefectkit.core.errors import ConnectError, IncompleteResponse, TransportError, TransportTimeout
from prefectkit.core.retries.policy import Phase

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"

VERSION = 1
MAX_DEPTH = 100
"""Levels of nesting above which a body is recorded as text, since redaction and matching are recursive."""

_FAULTS: dict[str, type[TransportError]] = {
    cls.__name__: cls for cls in (ConnectError, TransportTimeout, IncompleteResponse, TransportError)
}


class FileHeader(msgspec.Struct, omit_defaults=True):
    """The first line.

    Attributes:
        cassette: The version of the format.
        sdk: The version of this package that wrote it.
        server: The server's version, if a response contains it.
        records: The number of lines that follow, so that a lost line is detected.
    """

    cassette: int
    sdk: str = ""
    server: str | None = None
    records: int | None = None


class Body(msgspec.Struct, omit_defaults=True, frozen=True):
    """A body in the most readable form that loses nothing; exactly one of the fields is set."""

    json: Any = UNSET
    text: str | UnsetType = UNSET
    base64: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        if [self.json, self.text, self.base64].count(UNSET) != 2:
            raise ValueError("a body has exactly one of `json`, `text` and `base64`")
        if self.base64 is not UNSET:
            b64decode(self.base64, validate=True)
        if self.json is not UNSET and _is_deep(self.json):
            raise ValueError(f"a body is nested deeper than {MAX_DEPTH} levels")

    @classmethod
    def of(cls, data: bytes, content_type: str) -> Body | None:
        """The body for these bytes.

        If the content type is not JSON, only objects and arrays are decoded: the text `1.50` is not the number 1.5.
        """
        if not data:
            return None
        try:
            value: JSON = msgspec.json.decode(data)
            if isinstance(value, (dict, list)) or "json" in content_type:
                return cls(json=value)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            # Not JSON, not UTF-8, or nested too deeply.
            pass
        try:
            return cls(text=data.decode())
        except UnicodeDecodeError:
            return cls.of_binary(data)

    @classmethod
    def of_binary(cls, data: bytes) -> Body:
        """The body for bytes that are not text."""
        return cls(base64=b64encode(data).decode())

    def to_bytes(self) -> bytes:
        """The body as bytes."""
        if self.base64 is not UNSET:
            return b64decode(self.base64)
        return self.text.encode() if self.text is not UNSET else msgspec.json.encode(self.json)


class RecordedRequest(msgspec.Struct, omit_defaults=True):
    """A redacted request; its path is below the API's root."""

    method: str
    path: str
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    body: Body | None = None


class RecordedResponse(msgspec.Struct, omit_defaults=True):
    """A redacted response."""

    status: Annotated[int, msgspec.Meta(ge=100, le=999)]
    headers: dict[str, str] = {}
    body: Body | None = None


class Fault(msgspec.Struct):
    """A failure of the transport, in place of a response."""

    type: str
    phase: Phase
    message: str
    retryable: bool

    def __post_init__(self) -> None:
        if self.type not in _FAULTS:
            raise ValueError(f"a fault is one of {', '.join(_FAULTS)}, not {self.type!r}")

    @classmethod
    def of(cls, error: TransportError) -> Fault:
        """The fault for an error; a subclass from elsewhere becomes its nearest base of this package."""
        name = next(base.__name__ for base in type(error).__mro__ if base in _FAULTS.values())
        return cls(name, error.phase, str(error.args[0]), error.retryable)

    def error(self) -> TransportError:
        """The error to raise at playback."""
        return _FAULTS[self.type](self.message, phase=self.phase, retryable=self.retryable)


class Record(msgspec.Struct, omit_defaults=True):
    """One line: a request and its response or failure."""

    request: RecordedRequest
    response: RecordedResponse | None = None
    fault: Fault | None = None

    def __post_init__(self) -> None:
        if (self.response is None) == (self.fault is None):
            raise ValueError("a record has either a `response` or a `fault`")

    def __str__(self) -> str:
        return f"{self.request.method} {self.request.path}"


def _is_deep(value: JSON) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        inner: list[JSON] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        if not inner:
            return False
        level = inner
    return True


def json_of(body: Body) -> JSON:
    """The body's JSON, with its type."""
    return cast(JSON, body.json)
