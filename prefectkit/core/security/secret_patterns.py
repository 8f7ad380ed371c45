"""Secret patterns: finds keys of known formats, and the values of secret fields and parameters, in linear time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from prefectkit.core.security.secret_names import is_secret_name, is_secret_parameter

Span: TypeAlias = tuple[int, int]

_CREDENTIALS = re.compile(r"\b(?:bearer|basic)\s+([\w.~+/=-]+)", re.IGNORECASE)
_LIKE_A_KEY = re.compile(r"[\d=+]")
_LONG = 16

# Lower-case text that any match contains, and the pattern. No pattern reads the same text twice.
_TOKEN_PATTERNS = (
    ("pn", re.compile(r"\b(pn[ub]_\w+)", re.IGNORECASE)),  # keys of Prefect Cloud
    ("://", re.compile(r"://([^/@\s]+)@")),  # user and password of a URL
    ("eyj", re.compile(r"(?<![\w-])(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)")),  # JSON web tokens
    ("gh", re.compile(r"\b((?:gh[opsru]_|github_pat_)\w{16,})")),
    ("glpat-", re.compile(r"(?<![\w-])(glpat-[\w-]{16,})")),
    ("xox", re.compile(r"(?<![\w-])(xox[abeoprs]-[\w-]{10,})")),
    ("hooks.slack.com/", re.compile(r"hooks\.slack\.com/(?:services|triggers|workflows)/([\w/+-]+)", re.IGNORECASE)),
    ("/api/webhooks/", re.compile(r"discord(?:app)?\.com/api/webhooks/([\w/-]+)", re.IGNORECASE)),
    ("private key", re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY-----([^-]*(?:-(?!----END)[^-]*)*)")),
)

_COLON = re.compile(r"""["']\s{0,8}:\s{0,8}""")
_LONGEST_NAME = 128
_MOST_ESCAPES = 15
_NUMBER = re.compile(r"-?\d[\d.eE+-]*")
_REVERSED_NAME = re.compile(r"[\w.-]+")
_PARAMETER_VALUE = re.compile(r"[^&\s;,\"'<>\\]+")


def secret_spans(text: str) -> Iterator[Span]:
    """The spans of a text that look like secrets. They may overlap."""
    if text.isalnum():
        return
    lower = text.lower()
    if "bearer" in lower or "basic" in lower:
        for match in _CREDENTIALS.finditer(text):
            # `basic pipeline` is prose.
            if len(match[1]) >= _LONG or _LIKE_A_KEY.search(match[1]):
                yield match.span(1)
    for needle, pattern in _TOKEN_PATTERNS:
        if needle in lower:
            yield from (match.span(1) for match in pattern.finditer(text))
    for colon in _COLON.finditer(text):
        opening = _opening(text, colon.start())
        if opening is not None and (span := _field_value(text, colon.end(), opening)) is not None:
            yield span
    equals = text.find("=")
    while equals >= 0:
        after = equals + 1
        if _is_parameter(text, equals) and (value := _PARAMETER_VALUE.match(text, after)) is not None:
            yield value.span()
            after = value.end()
        equals = text.find("=", after)


def replace_spans(text: str, spans: Iterable[Span], by: Callable[[str], str]) -> str:
    """The text with replaced spans. `by` returns the replacement; overlapping spans are replaced as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    pieces: list[str] = []
    done = 0
    for start, end in merged:
        pieces += [text[done:start], by(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]]) if merged else text


def _opening(text: str, closing: int) -> str | None:
    """The opening quote of a field name that ends at `closing`, with its backslashes; None if the name is not secret.

    In JSON that is a text within JSON, quotes have backslashes before them.
    """
    before = text[max(0, closing - _LONGEST_NAME - 2 * _MOST_ESCAPES) : closing]
    unescaped = before.rstrip("\\")
    opening = before[len(unescaped) :] + text[closing]
    head, quote, name = unescaped.rpartition(text[closing])
    if not quote or len(opening) > _MOST_ESCAPES or len(name) > _LONGEST_NAME or not is_secret_name(name):
        return None
    return opening if len(head) - len(head.rstrip("\\")) == len(opening) - 1 else None


def _field_value(text: str, start: int, opening: str) -> Span | None:
    """The span of the value at `start`, if it is a text or a number."""
    if text.startswith(opening, start):
        start += len(opening)
        return start, _end_of_quoted(text, start, opening)
    number = _NUMBER.match(text, start)
    return None if number is None else number.span()


def _end_of_quoted(text: str, start: int, opening: str) -> int:
    """The end of a quoted text. JSON within JSON escapes the quotes of the outer text, and its own quotes twice."""
    depth = len(opening) - 1
    quote = text.find(opening[-1], start)
    while quote >= 0:
        part = text[start:quote]
        escapes = len(part) - len(part.rstrip("\\"))
        if escapes < depth or escapes % (2 * depth + 2) == depth:
            return quote - min(depth, escapes)
        start = quote + 1
        quote = text.find(opening[-1], start)
    return len(text)


def _is_parameter(text: str, equals: int) -> bool:
    """Whether the `=` at this index follows the name of a secret parameter, in a query, form or connection string."""
    name = _REVERSED_NAME.match(text[max(0, equals - _LONGEST_NAME) : equals][::-1])
    if name is None:
        return False
    start = equals - name.end()
    is_secret = is_secret_parameter if start > 0 and text[start - 1] in "?&" else is_secret_name
    return is_secret(text[start:equals])
