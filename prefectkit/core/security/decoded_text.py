"""Decodes escapes in a text: percent-encoding, escapes of JSON and Python, HTML entities, UTF-16, wrapped lines.

Positions in the decoded text are mapped back to positions in the text. Everything takes linear time.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]

# Control characters are dropped: the zero bytes of UTF-16, and the line breaks of base64.
_TOKEN = re.compile(
    r"%([0-9A-Fa-f]{2})"
    r"|(\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2})"
    r"|\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|[bfnrt]|([\\/\"'&]))"
    r"|&(?:#([0-9]{1,7});?|#[xX]([0-9A-Fa-f]{1,6});?|([A-Za-z][A-Za-z0-9]{1,30});)"
    r"|([\udc80-\udcff])"
    r"|([\xc2-\xf4][\x80-\xbf]{1,3})"
    r"|[\x00-\x1f\x7f]++"
)
_ZERO = re.compile("\0+")
_ANY = re.compile(r"[%\\&\x00-\x1f\x7f\xc2-\xf4\ud800-\udfff]")
_UNFINISHED = re.compile(r"(?:%[0-9A-Fa-f]?|\\(?:u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?|&(?:#[xX]?)?[0-9A-Za-z]{0,30})\Z")
_LONGEST_TOKEN = 64


def decode_escapes(text: str) -> str | None:
    """The text with one level of escapes decoded, and without control characters; None if that changes nothing.

    Decoded bytes are read as UTF-8 if they are valid UTF-8, else as latin-1. So a text that mixes encodings at
    different depths is decoded completely after some levels.
    """
    if _ANY.search(text) is None:
        return None
    decoded = _tokens(text).sub(_meaning, text)
    return None if decoded == text else decoded


def source_spans(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans of the text that correspond to these spans of the decoded text."""
    positions = sorted({position for start, end in spans for position in (start, end - 1)})
    sources: dict[int, Span] = {}
    segments = _segments(text)
    start, end, source, source_end, is_escape = 0, 0, 0, 0, False
    for position in positions:
        while position >= end:
            start, end, source, source_end, is_escape = next(segments)
        at = source + position - start
        sources[position] = (source, source_end) if is_escape else (at, at + 1)
    for first, end in spans:
        yield sources[first][0], sources[end - 1][1]


def unfinished_escape(text: str) -> int:
    """The start of an incomplete escape at the end of the text; the text's length if there is none."""
    base = max(0, len(text) - _LONGEST_TOKEN)
    match = _UNFINISHED.search(text[base:])
    return len(text) if match is None else base + match.start()


def readable(data: bytes) -> str:
    """Bytes as text: UTF-8 (its end may be cut), else latin-1, so that no character of a secret is lost."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _segments(text: str) -> Iterator[tuple[int, int, int, int, bool]]:
    """Segments: start and end in the decoded text, start and end in the text, and whether it is an escape."""
    at = done = 0
    for match in _tokens(text).finditer(text):
        if match.start() > done:
            yield at, at + match.start() - done, done, match.start(), False
            at += match.start() - done
        done = match.end()
        length = len(_meaning(match))
        if length:
            yield at, at + length, match.start(), done, True
            at += length
    yield at, at + len(text) - done, done, len(text), False


def _tokens(text: str) -> re.Pattern[str]:
    # Text in UTF-16 has zero bytes within its escapes; they are removed first.
    return _ZERO if "\0" in text else _TOKEN


def _hexadecimal(digits: str) -> str:
    return chr(int(digits, 16))


def _entity(number: int) -> str:
    return chr(number) if number <= 0x10FFFF else ""


def _named_entity(name: str) -> str:
    # Imported lazily: the import takes long.
    import html

    return html.unescape(f"&{name};")


def _utf8(text: str) -> str:
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        return text


_MEANINGS: tuple[Callable[[str], str], ...] = (
    _hexadecimal,
    lambda pair: pair.encode().decode("unicode-escape").encode("utf-16", "surrogatepass").decode("utf-16"),
    _hexadecimal,
    _hexadecimal,
    str,
    lambda digits: _entity(int(digits)),
    lambda digits: _entity(int(digits, 16)),
    _named_entity,
    lambda byte: chr(ord(byte) - 0xDC00),
    _utf8,
)


def _meaning(match: re.Match[str]) -> str:
    group = match.lastindex
    return "" if group is None else _MEANINGS[group - 1](match[group])
