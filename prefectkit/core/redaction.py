"""What to take out of texts, headers and bodies before a person, a file or a plugin sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast
from urllib.parse import unquote

from prefectkit.core.secrets import HIDDEN

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

_SECRET_ROUTE = re.compile(r"/block_documents(?:/|$)|^/(?:variables|work_pools|admin/settings|csrf-token)(?:/|$)")
_JOB_SETTINGS = re.compile(rb'"(?:base_job_template|job_variables|infra_overrides)"\s*+:(?!\s*+(?:null|\{\s*+\}))')

_SECRET_WORD = "password|secret|token|api_?key|credential"
# A server chooses the text, so no part of a pattern gives back what it took: the search is linear in the text.
_TOKENS = re.compile(
    r"(?i)(\b(?:bearer|basic)\s++)[\w.~+/=-]++"  # an Authorization value that a server echoes
    r"|(\bpn[ub]_)\w++"  # a Prefect Cloud key
    r"|(://)[^/@\s]++@"  # user and password of a URL
    # a field of JSON, or of JSON in a text of JSON
    rf"""|("(?:[^"pstac]++|(?!{_SECRET_WORD})[^"])*+(?:{_SECRET_WORD})[^"]*+"\s*+:\s*+\\*+")(?:[^"\\]++|\\.)*+"""
)

_SECRET_FIELD = re.compile(_SECRET_WORD, re.IGNORECASE)

_added: dict[str, re.Pattern[str]] = {}


def scrub(text: str) -> str:
    """The text without anything that looks like a key, a token or a password."""
    text = _TOKENS.sub(lambda match: next(group for group in match.groups() if group is not None) + HIDDEN, text)
    for pattern in _added.values():
        text = pattern.sub(HIDDEN, text)
    return text


def scrub_json(value: Any) -> Any:
    """Parsed JSON with its texts scrubbed; those under a name that sounds secret are hidden."""
    match value:
        case str():
            return scrub(value)
        case list():
            return [scrub_json(each) for each in cast("list[Any]", value)]
        case dict():
            fields = cast("dict[str, Any]", value)
            return {
                name: HIDDEN if isinstance(each, str) and _SECRET_FIELD.search(name) else scrub_json(each)
                for name, each in fields.items()
            }
        case _:
            return value


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


def shown_request_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of a request with those redacted that are not known to be harmless."""
    return {name: value if name in SHOWN_HEADERS else REDACTED for name, value in headers.items()}


def shown_response_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer with those redacted whose names sound secret."""
    return {name: REDACTED if _SECRET_HEADER.search(name) else value for name, value in headers.items()}


def bears_secrets(target: str) -> bool:
    """Whether requests to this path, or their answers, hold secrets."""
    return _SECRET_ROUTE.search(unquote(target.partition("?")[0])) is not None


def shown_body(target: str, body: bytes) -> bytes:
    """The body of a request to this path or of its answer: redacted, or scrubbed."""
    if not body:
        return body
    if bears_secrets(target) or _JOB_SETTINGS.search(body):
        return REDACTED.encode()
    # What is no text survives this way.
    return scrub(body.decode(errors="surrogateescape")).encode(errors="surrogateescape")
