"""What to take out of texts, headers and bodies before a person, a file or a plugin sees them."""

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
from prefectkit.core.security.secrets import HIDDEN

REDACTED: Final = "<redacted>"
"""What a plugin sees instead of a header or a body that it may not see."""

SECRET_HEADERS = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "prefect-csrf-token", "prefect-csrf-client"}
)
# Of a request all other headers are custom ones, and these often hold the key of a proxy.
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
    """The text without the secrets that are known, and without what looks like a key, a token or a password.

    With `is_cut` the text is the beginning of a longer one.
    """
    return replace_spans(text, (*known.spans(text, is_cut=is_cut), *spans(text)), lambda _: HIDDEN)


def spans(text: str) -> Iterator[Span]:
    """Where in the text something looks like a secret, or matches a pattern that was added."""
    yield from secret_spans(text)
    for pattern in _added.values():
        yield from (match.span() for match in pattern.finditer(text))


def redact_json(value: Any, known: KnownSecrets = _NOTHING, fields: frozenset[str] = frozenset()) -> Any:
    """Parsed JSON with its texts scrubbed; what stands under the name of a secret, or one of `fields`, is hidden."""
    # One look at all texts is much cheaper than one at each.
    together = "\ufffd".join(_texts(value))
    is_clean = next(chain(known.spans(together), spans(together)), None) is None
    return _without_secrets(value, (lambda text: text) if is_clean else lambda text: redact(text, known), fields)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in cast("list[Any]", value):
                yield from _texts(each)
        case dict():
            for name, each in cast("dict[str, Any]", value).items():
                yield name
                yield from _texts(each)
        case _:
            pass


def _without_secrets(value: Any, scrubbed: Callable[[str], str], fields: frozenset[str]) -> Any:
    match value:
        case str():
            return scrubbed(value)
        case list():
            return [_without_secrets(each, scrubbed, fields) for each in cast("list[Any]", value)]
        case dict():
            return {
                scrubbed(name): _hidden(each, scrubbed, fields, wholly=name in fields)
                if name in fields or is_secret_name(name)
                else _without_secrets(each, scrubbed, fields)
                for name, each in cast("dict[str, Any]", value).items()
            }
        case _:
            return value


def _hidden(value: Any, scrubbed: Callable[[str], str], fields: frozenset[str], *, wholly: bool) -> Any:
    """What stands in the place of a secret."""
    match value:
        case None | bool():
            return value
        case list() if not wholly:
            return [_hidden(each, scrubbed, fields, wholly=False) for each in cast("list[Any]", value)]
        case dict() if not wholly:
            # What a server says of a field, its rules for instance.
            return _without_secrets(value, scrubbed, fields)
        case _:
            return HIDDEN


def add_patterns(patterns: Iterable[str]) -> None:
    """Scrub what these regular expressions match, too, in this process.

    Raises:
        TypeError: One is no text.
        re.error: One is no regular expression.
        ValueError: One matches where there is nothing, and so everywhere.
    """
    compiled: dict[str, re.Pattern[str]] = {}
    for text in patterns:
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] -- plugins give them
            raise TypeError(f"a pattern must be text, got {type(text).__name__}")
        compiled[text] = re.compile(text)
        if compiled[text].search(""):
            raise ValueError(f"the pattern {text!r} matches where there is nothing")
    _added.update(compiled)


def added_patterns() -> tuple[re.Pattern[str], ...]:
    """What else is scrubbed, in this process."""
    return tuple(_added.values())


def redact_request_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of a request with those redacted that are not known to be harmless."""
    return {name: value if name in SHOWN_HEADERS else REDACTED for name, value in headers.items()}


def redact_response_headers(headers: Mapping[str, str], known: KnownSecrets = _NOTHING) -> dict[str, str]:
    """The headers of a response: those redacted whose names sound secret, the others scrubbed, with their names."""
    lower = known.lowered() if headers.keys() - _USUAL_NAMES else _NOTHING
    return {
        replace_spans(name, lower.spans(name), lambda _: HIDDEN): REDACTED
        if is_secret_header(name)
        else replace_spans(value, known.spans(value), lambda _: HIDDEN)
        for name, value in headers.items()
    }


def is_secret_header(header: str) -> bool:
    """Whether a header of this name holds a secret."""
    return _SECRET_HEADER.search(header) is not None


def is_secret_route(target: str) -> bool:
    """Whether requests to this path, or their responses, hold secrets."""
    return _SECRET_ROUTE.search(unquote(target.partition("?")[0])) is not None


def secret_fields(target: str) -> frozenset[str]:
    """The fields that hold secrets in requests to this path and in their responses, whatever their names say."""
    path = unquote(target.partition("?")[0])
    return frozenset[str]().union(*(names for route, names in _SECRET_FIELDS if route.search(path)))


def is_secret_field(name: str, fields: frozenset[str], *, in_job: bool) -> bool:
    """Whether a field holds secrets: by its name, as one of its route, or as an environment in the settings of jobs."""
    return name in fields or (in_job and name.lower() in ENVIRONMENTS) or is_secret_name(name)


def has_job_settings(body: bytes) -> bool:
    """Whether settings of jobs stand in a body: environments, and the templates of work pools."""
    return _JOB_SETTINGS.search(body) is not None


def redact_body(target: str, body: bytes, known: KnownSecrets = _NOTHING) -> bytes:
    """The body of a request to this path or of its response: redacted, or scrubbed."""
    if not body:
        return body
    if is_secret_route(target) or has_job_settings(body):
        return REDACTED.encode()
    # What is no text survives this way.
    body = redact(body.decode(errors="surrogateescape"), known).encode(errors="surrogateescape")
    try:
        value: Any = msgspec.json.decode(body)
        scrubbed = redact_json(value, known)
        # Lists and objects under the name of a secret are found in JSON alone.
        return body if scrubbed == value else msgspec.json.encode(scrubbed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body
