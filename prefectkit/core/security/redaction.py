"""Redaction of texts, JSON, headers and bodies, before a person, a file or a plugin sees them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, cast
from urllib.parse import unquote

import msgspec

from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.secret_names import is_secret_name
from prefectkit.core.security.secret_patterns import Span, replace_spans, secret_spans
from prefectkit.core.security.secrets import MASK

REDACTED: Final = "<redacted>"
"""The text that replaces a whole header or body."""

# All other headers of a request are custom headers, which often hold keys.
SHOWN_HEADERS = frozenset({
    "accept", "accept-encoding", "accept-language", "connection", "content-encoding", "content-length", "content-type",
    "host", "idempotency-key", "traceparent", "tracestate", "user-agent", "x-prefect-api-version", "x-request-id",
})  # fmt: skip
_SECRET_HEADER = re.compile(
    "auth|cookie|credential|csrf|jwt|key|location|passw|secret|session|signature|token", re.IGNORECASE
)

_USUAL_NAMES = SHOWN_HEADERS | {"date", "location", "retry-after", "server", "set-cookie", "transfer-encoding", "vary"}

_SECRET_ROUTE = re.compile(r"/block_documents(?:/|$)|^/(?:variables|work_pools|admin/settings|csrf-token)(?:/|$)")
_SECRET_FIELDS = (
    (re.compile(r"/block_documents(?:/|$)"), frozenset({"data"})),
    (re.compile(r"^/variables(?:/|$)"), frozenset({"value"})),
    (re.compile(r"^/admin/settings(?:/|$)"), frozenset({"key"})),
)
JOB_SETTINGS = frozenset({"base_job_template", "job_variables", "infra_overrides"})
ENVIRONMENTS = frozenset({"env", "env_vars", "environment", "environment_variables", "environmentvariables", "envvars"})
_JOB_SETTINGS = re.compile(rb'"(?:base_job_template|job_variables|infra_overrides)"\s*+:(?!\s*+(?:null|\{\s*+\}))')

_NOTHING: Final = KnownSecrets()

_added: dict[str, re.Pattern[str]] = {}


def redact(text: str, known: KnownSecrets = _NOTHING, *, is_cut: bool = False) -> str:
    """The text without known secrets, and without anything that looks like a key, a token or a password.

    With `is_cut` the text is the beginning of a longer one.
    """
    return replace_spans(text, (*known.spans(text, is_cut=is_cut), *spans(text)), lambda _: MASK)


def spans(text: str) -> Iterator[Span]:
    """The spans that look like secrets, or match a pattern that was added."""
    yield from secret_spans(text)
    for pattern in _added.values():
        yield from (match.span() for match in pattern.finditer(text))


def redact_json(value: Any, known: KnownSecrets = _NOTHING, fields: frozenset[str] = frozenset()) -> Any:
    """Parsed JSON with redacted texts; the values of fields with a secret name, or one of `fields`, are replaced."""
    # One look at all texts is much cheaper than one at each.
    joined = "\ufffd".join(_texts(value))
    is_clean = next(chain(known.spans(joined), spans(joined)), None) is None
    return _redact_nested(value, (lambda text: text) if is_clean else lambda text: redact(text, known), fields)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in cast("list[Any]", value):
                yield from _texts(item)
        case dict():
            for name, item in cast("dict[str, Any]", value).items():
                yield name
                yield from _texts(item)
        case _:
            pass


def _redact_nested(value: Any, redact_text: Callable[[str], str], fields: frozenset[str]) -> Any:
    match value:
        case str():
            return redact_text(value)
        case list():
            return [_redact_nested(item, redact_text, fields) for item in cast("list[Any]", value)]
        case dict():
            return {
                redact_text(name): _redact_value(item, redact_text, fields, wholly=name in fields)
                if name in fields or is_secret_name(name)
                else _redact_nested(item, redact_text, fields)
                for name, item in cast("dict[str, Any]", value).items()
            }
        case _:
            return value


def _redact_value(value: Any, redact_text: Callable[[str], str], fields: frozenset[str], *, wholly: bool) -> Any:
    """The redacted value of a secret field."""
    match value:
        case None | bool():
            return value
        case list() if not wholly:
            return [_redact_value(item, redact_text, fields, wholly=False) for item in cast("list[Any]", value)]
        case dict() if not wholly:
            # A description of the field by the server: its schema, for instance.
            return _redact_nested(value, redact_text, fields)
        case _:
            return MASK


def add_patterns(patterns: Iterable[str]) -> None:
    """Also redact the matches of these regular expressions, in the whole process.

    Raises:
        TypeError: A pattern is not text.
        re.error: A pattern is not a regular expression.
        ValueError: A pattern matches the empty text.
    """
    compiled: dict[str, re.Pattern[str]] = {}
    for text in patterns:
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] -- plugins give them
            raise TypeError(f"a pattern must be text, got {type(text).__name__}")
        compiled[text] = re.compile(text)
        if compiled[text].search(""):
            raise ValueError(f"the pattern {text!r} matches the empty text")
    _added.update(compiled)


def added_patterns() -> tuple[re.Pattern[str], ...]:
    """The patterns that were added in this process."""
    return tuple(_added.values())


def redact_request_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of a request; all but the known harmless ones are redacted."""
    return {name: value if name in SHOWN_HEADERS else REDACTED for name, value in headers.items()}


def redact_response_headers(headers: Mapping[str, str], known: KnownSecrets = _NOTHING) -> dict[str, str]:
    """The redacted headers of a response: values of secret headers, and known secrets in other values and in names."""
    lower = known.lowered() if headers.keys() - _USUAL_NAMES else _NOTHING
    return {
        replace_spans(name, lower.spans(name), lambda _: MASK): REDACTED
        if is_secret_header(name)
        else replace_spans(value, known.spans(value), lambda _: MASK)
        for name, value in headers.items()
    }


def is_secret_header(header: str) -> bool:
    """Whether a header of this name holds a secret."""
    return _SECRET_HEADER.search(header) is not None


def is_secret_route(target: str) -> bool:
    """Whether requests to this path, or their responses, hold secrets."""
    return _SECRET_ROUTE.search(unquote(target.partition("?")[0])) is not None


def secret_fields(target: str) -> frozenset[str]:
    """The fields that hold secrets in requests to this path and in their responses, whatever their names."""
    path = unquote(target.partition("?")[0])
    return frozenset[str]().union(*(names for route, names in _SECRET_FIELDS if route.search(path)))


def is_secret_field(name: str, fields: frozenset[str], *, in_job: bool) -> bool:
    """Whether a field holds secrets: by its name, by its route, or as environment variables in job settings."""
    return name in fields or (in_job and name.lower() in ENVIRONMENTS) or is_secret_name(name)


def has_job_settings(body: bytes) -> bool:
    """Whether a body contains job settings: environment variables, or the job template of a work pool."""
    return _JOB_SETTINGS.search(body) is not None


def redact_body(target: str, body: bytes, known: KnownSecrets = _NOTHING) -> bytes:
    """The redacted body of a request to this path, or of its response."""
    if not body:
        return body
    if is_secret_route(target) or has_job_settings(body):
        return REDACTED.encode()
    # `surrogateescape` keeps bytes that are not UTF-8.
    body = redact(body.decode(errors="surrogateescape"), known).encode(errors="surrogateescape")
    try:
        value: Any = msgspec.json.decode(body)
        redacted = redact_json(value, known)
        # Lists and objects in secret fields are only found in parsed JSON.
        return body if redacted == value else msgspec.json.encode(redacted)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body
