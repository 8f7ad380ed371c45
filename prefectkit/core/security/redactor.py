"""The redactor of one request and its response: knows the secrets that were sent, and those of the route."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from prefectkit.core.security.known_secrets import LEAST, KnownSecrets
from prefectkit.core.security.redaction import (
    JOB_SETTINGS,
    REDACTED,
    SHOWN_HEADERS,
    has_job_settings,
    is_secret_field,
    is_secret_header,
    is_secret_route,
    redact,
    redact_body,
    redact_json,
    redact_response_headers,
    secret_fields,
)
from prefectkit.core.security.secrets import MASK

if TYPE_CHECKING:
    from prefectkit.core.http.messages import Request, Response

_LONGEST_SEARCHED: Final = 2**18
"""The secrets in a larger request body are not searched; instead, the whole response is redacted."""

_MOST_VALUES: Final = 200
_LEAST_CUSTOM: Final = 6
_PLAIN_WORD = re.compile(r"[A-Za-z]{1,15}")
_COOKIE_WORDS = frozenset({"path", "domain", "expires", "max-age", "samesite"})
_VALUES_OF_SCHEMAS = frozenset({"const", "default", "enum", "example", "examples"})
_HARMLESS = SHOWN_HEADERS | {"content-disposition", "date", "retry-after"}
_NO_HEADERS: Mapping[str, str] = {}


class Redactor:
    """Redacts texts, JSON, headers and bodies of a request and its response. Its `repr` shows no secret.

    Args:
        target: Path and query below the API's root.
        headers: The headers of the request.
        body: The body of the request.
        known: Further secrets of the client.
    """

    __slots__ = ("_fields", "_known", "_redacts_all", "_redacts_bodies", "_target")

    def __init__(
        self,
        target: str = "",
        headers: Mapping[str, str] = _NO_HEADERS,
        body: bytes = b"",
        known: KnownSecrets | None = None,
    ) -> None:
        self._target = target
        self._fields = secret_fields(target)
        self._known = KnownSecrets()
        if known is not None:
            self._known.update(known)
        add_headers(self._known, headers)
        self._redacts_bodies = is_secret_route(target) or has_job_settings(body)
        self._redacts_all = not self._add_body(body)

    @classmethod
    def of(cls, request: Request, response: Response | None = None) -> Redactor:
        """The redactor of a request, and of its response if there is one."""
        redactor = cls(request.target, request.headers, request.body, request.known)
        if response is not None:
            add_headers(redactor._known, response.headers, sent=False)
        return redactor

    @property
    def redacts_bodies(self) -> bool:
        """Whether the whole bodies of request and response are redacted."""
        return self._redacts_bodies

    def text(self, text: str, *, is_cut: bool = False) -> str:
        """The text without secrets; with `is_cut` it is the beginning of a longer one, and may end within a secret."""
        return MASK if self._redacts_all else redact(text, self._known, is_cut=is_cut)

    def json(self, value: Any) -> Any:
        """Parsed JSON without secrets."""
        return (
            MASK
            if self._redacts_all and value is not None
            else redact_json(value, self._known, self._fields | JOB_SETTINGS)
        )

    def body(self, body: bytes) -> bytes:
        """A body without secrets; all of it is replaced if `redacts_bodies`."""
        return REDACTED.encode() if self._redacts_bodies and body else redact_body(self._target, body, self._known)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers of a response without secrets."""
        return redact_response_headers(headers, self._known)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> tuple[type[Redactor], tuple[str]]:
        return Redactor, (self._target.partition("?")[0],)

    def _add_body(self, body: bytes) -> bool:
        """Add the secrets of a body to those that are redacted; return whether all of them were found."""
        if not body:
            return True
        if len(body) > _LONGEST_SEARCHED:
            return not self._redacts_bodies
        try:
            sent: Any = msgspec.json.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return not self._redacts_bodies
        for count, secret in enumerate(_secrets_in(sent, self._fields)):
            if count == _MOST_VALUES:
                return False
            self._known.add(secret)
        return True


def add_headers(known: KnownSecrets, headers: Mapping[str, str], *, sent: bool = True) -> None:
    """Add the secrets in headers: of a request if `sent`, else of a response."""
    public = {value for name, value in headers.items() if name in _HARMLESS}
    for name, value in headers.items():
        if name in _HARMLESS:
            continue
        if name != "location" and is_secret_header(name):
            for secret in _parts(name, value):
                known.add(secret, halves=True)
        elif sent and not name.startswith("x-prefect-") and not _PLAIN_WORD.fullmatch(value) and value not in public:
            known.add(value, least=_LEAST_CUSTOM)


def _parts(name: str, value: str) -> list[str]:
    """The parts of a header's value that are secret by themselves."""
    if name.endswith("cookie"):
        pairs = [pair.strip().partition("=") for pair in re.split("[;,]", value)]
        return [value for name, _, value in pairs if name.lower() not in _COOKIE_WORDS]
    scheme, _, credentials = value.strip().rpartition(" ")
    if scheme.lower() not in ("basic", "bearer"):
        return [credentials, value.strip()]
    found = [credentials]
    if scheme.lower() == "basic":
        try:
            login = b64decode(credentials).decode("utf-8", "replace")
        except binascii.Error:
            return found
        found += [login, login.partition(":")[2]]
    return found


def _secrets_in(value: Any, fields: frozenset[str], is_secret: bool = False, in_job: bool = False) -> Iterator[str]:
    """The texts and numbers in secret fields."""
    match value:
        case dict():
            for name, item in cast("dict[str, Any]", value).items():
                named = is_secret or is_secret_field(name, fields, in_job=in_job)
                if name == "properties" and isinstance(item, dict):
                    yield from _secrets_in_schemas(cast("dict[str, Any]", item), fields)
                else:
                    yield from _secrets_in(item, fields, named, in_job or name in JOB_SETTINGS)
        case list():
            for item in cast("list[Any]", value):
                yield from _secrets_in(item, fields, is_secret, in_job)
        case str() if is_secret and len(value) >= LEAST:
            yield value
        case int() | float() if is_secret and not isinstance(value, bool):
            yield msgspec.json.encode(value).decode()
        case _:
            pass


def _secrets_in_schemas(schemas: dict[str, Any], fields: frozenset[str]) -> Iterator[str]:
    """The secrets in JSON schemas: of a secret field only defaults, examples and the like."""
    for name, schema in schemas.items():
        if isinstance(schema, dict) and is_secret_field(name, fields, in_job=True):
            words = cast("dict[str, Any]", schema).items()
            yield from _secrets_in({word: item for word, item in words if word in _VALUES_OF_SCHEMAS}, fields, True)
        else:
            yield from _secrets_in(schema, fields, in_job=True)
