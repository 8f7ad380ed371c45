"""What stands on the lines of a cassette: typed, so that a damaged file is found when it is loaded."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Annotated, Any, TypeAlias, cast

import msgspec
from msgspec import UNSET, UnsetType

from prefectkit.core.errors import ConnectError, IncompleteResponse, TransportError, TransportTimeout
from prefectkit.core.retries.policy import Phase

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"

VERSION = 1
DEEPEST = 100
"""Levels of nesting above which a body is text: the walks over JSON are recursive."""

_FAULTS: dict[str, type[TransportError]] = {
    cls.__name__: cls for cls in (ConnectError, TransportTimeout, IncompleteResponse, TransportError)
}


class Head(msgspec.Struct, omit_defaults=True):
    """The first line.

    Attributes:
        cassette: The version of the format.
        sdk: The version of this package that wrote it.
        server: The server's version, where a recorded answer tells it.
        records: How many lines follow, so that a lost one is noticed.
    """

    cassette: int
    sdk: str = ""
    server: str | None = None
    records: int | None = None


class Body(msgspec.Struct, omit_defaults=True, frozen=True):
    """A body in the most readable form that keeps it whole; exactly one of the fields is set."""

    json: Any = UNSET
    text: str | UnsetType = UNSET
    base64: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        if [self.json, self.text, self.base64].count(UNSET) != 2:
            raise ValueError("a body is one of `json`, `text` and `base64`")
        if self.base64 is not UNSET:
            b64decode(self.base64, validate=True)
        if self.json is not UNSET and _is_deep(self.json):
            raise ValueError(f"a body is nested deeper than {DEEPEST} levels")

    @classmethod
    def of(cls, data: bytes, content_type: str) -> Body | None:
        """The body for these bytes.

        What is no JSON by its content type is taken for JSON only where it is an object or an array: the text `1.50`
        is not the number 1.5.
        """
        if not data:
            return None
        try:
            value: JSON = msgspec.json.decode(data)
            if isinstance(value, (dict, list)) or "json" in content_type:
                return cls(json=value)
        except (ValueError, RecursionError):
            # No JSON, no UTF-8, or too deep.
            pass
        try:
            return cls(text=data.decode())
        except UnicodeDecodeError:
            return cls.of_binary(data)

    @classmethod
    def of_binary(cls, data: bytes) -> Body:
        """The body for bytes that are no text."""
        return cls(base64=b64encode(data).decode())

    def to_bytes(self) -> bytes:
        """The body as it travels."""
        if self.base64 is not UNSET:
            return b64decode(self.base64)
        return self.text.encode() if self.text is not UNSET else msgspec.json.encode(self.json)


class RecordedRequest(msgspec.Struct, omit_defaults=True):
    """A request below the API's root, scrubbed."""

    method: str
    path: str
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    body: Body | None = None


class RecordedResponse(msgspec.Struct, omit_defaults=True):
    """An answer, scrubbed."""

    status: Annotated[int, msgspec.Meta(ge=100, le=999)]
    headers: dict[str, str] = {}
    body: Body | None = None


class Fault(msgspec.Struct):
    """A failure of the transport, in place of an answer."""

    type: str
    phase: Phase
    message: str
    retryable: bool

    def __post_init__(self) -> None:
        if self.type not in _FAULTS:
            raise ValueError(f"a fault is one of {', '.join(_FAULTS)}, not {self.type!r}")

    @classmethod
    def of(cls, error: TransportError) -> Fault:
        """The fault for an error; a subclass that is not this package's becomes its nearest base."""
        name = next(base.__name__ for base in type(error).__mro__ if base in _FAULTS.values())
        return cls(name, error.phase, str(error.args[0]), error.retryable)

    def error(self) -> TransportError:
        """The same error, to be raised again."""
        return _FAULTS[self.type](self.message, phase=self.phase, retryable=self.retryable)


class Record(msgspec.Struct, omit_defaults=True):
    """One line: a request and what came of it."""

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
    for _ in range(DEEPEST):
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
    """The body's JSON, typed as such."""
    return cast(JSON, body.json)
