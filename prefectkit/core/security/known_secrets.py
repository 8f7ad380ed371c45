"""Known secrets: finds their values in a text, also encoded: quoted, escaped, base64, hexadecimal, compressed."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

import msgspec

from prefectkit.core.security.decoded_text import decode_escapes, source_spans, unfinished_escape
from prefectkit.core.security.secret_patterns import Span

LEAST = 4
"""Shorter secrets are ignored: they would be found in any text."""

_WHOLE_WORD = 6
"""Shorter secrets are only found as whole words."""

_STRONG = 16
"""Of secrets of this length or more, a half is redacted too (with `halves`)."""

_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX_RUN = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_DEEPEST = 4
"""The maximum depth of nested encodings that are decoded."""
_MOST_INFLATED = 2**20


class KnownSecrets:
    """A set of secrets to redact. Its `repr` and its pickle contain none of them."""

    __slots__ = ("_bounded", "_forms", "_ignores_case", "_values")

    def __init__(self) -> None:
        self._values: set[str] = set()
        # True for the part of a base64 form that does not depend on the text around the secret.
        self._forms: dict[str, bool] = {}
        self._bounded: set[str] = set()
        self._ignores_case = False

    def add(self, secret: str, *, least: int = LEAST, anywhere: bool = False, halves: bool = False) -> None:
        """Add a secret, if it has at least `least` characters.

        With `anywhere`, a short secret is found inside words too. With `halves`, each half of a long one is found too.
        """
        if len(secret) < least:
            return
        if secret not in self._values:
            self._values.add(secret)
            self._forms.update(_forms(secret))
            if not anywhere:
                self._bounded.update(form for form in (secret, _bare(secret)) if len(form) < _WHOLE_WORD)
        if halves and len(secret) >= _STRONG:
            self._forms.update(_halves(secret))
            self._forms.update(_halves(_bare(secret)))

    def update(self, other: KnownSecrets) -> None:
        """Add the secrets of another set."""
        self._values |= other._values
        self._forms |= other._forms
        self._bounded |= other._bounded

    def lowered(self) -> KnownSecrets:
        """The same secrets, found regardless of case: names of headers are converted to lower case."""
        lower = KnownSecrets()
        lower._forms = {_lower(form): is_base64 for form, is_base64 in self._forms.items()}
        lower._bounded = {_lower(form) for form in self._bounded}
        lower._ignores_case = True
        return lower

    def spans(self, text: str, *, is_cut: bool = False) -> Iterator[Span]:
        """The spans of secrets in any encoded form, and of encoded texts that contain one. They may overlap.

        With `is_cut` the text is the beginning of a longer text: then an incomplete secret at its end is found too.
        """
        if self._forms:
            yield from self._spans(text, _DEEPEST, is_cut)

    def __bool__(self) -> bool:
        return bool(self._forms)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> tuple[type[KnownSecrets], tuple[()]]:
        return KnownSecrets, ()

    def _spans(self, text: str, depth: int, is_cut: bool = False) -> Iterator[Span]:
        length = len(text)
        if length < LEAST:
            return
        if self._ignores_case:
            text = _lower(text)
        for form, is_base64 in self._forms.items():
            if len(form) <= length and form in text:
                yield from _spans_of(text, form, is_base64, form in self._bounded)
        end = unfinished_escape(text) if is_cut else length
        if is_cut:
            yield from ((start, length) for start in self._beginnings(text[:end]))
        if depth == 0:
            return
        if self._is_packed(text, depth):
            yield 0, length
        for run in _BASE64_RUN.finditer(text):
            if not _UUID.fullmatch(run[0]) and any(
                self._is_in(data, depth, is_cut and run.end() == length) for data in _decoded(run[0])
            ):
                yield run.start(), _after_padding(text, run.end())
        decoded = decode_escapes(text[:end])
        if decoded is not None and (found := list(self._spans(decoded, depth - 1, is_cut))):
            for start, stop in source_spans(text[:end], found):
                yield start, length if stop == end else stop

    def _beginnings(self, text: str) -> Iterator[int]:
        """The starts of incomplete secrets at the end of the text."""
        for form, is_base64 in self._forms.items():
            start = text.find(form[:LEAST], max(0, len(text) - len(form) + 1))
            while start >= 0:
                if form.startswith(text[start:]):
                    yield _base64_run(text, start, len(text))[0] if is_base64 else start
                    break
                start = text.find(form[:LEAST], start + 1)

    def _is_in(self, data: bytes, depth: int, is_cut: bool = False) -> bool:
        text = data.decode("latin-1")
        if any(form in text for form in self._forms):
            return True
        if not _is_text(data):
            return self._is_packed(text, depth - 1)
        return next(self._spans(text, depth - 1, is_cut), None) is not None

    def _is_packed(self, text: str, depth: int) -> bool:
        """Whether these bytes, read as latin-1, are gzip or zlib data that contains a secret."""
        if not text.startswith(("\x1f\x8b", "\x78")) or depth < 1:
            return False
        try:
            # With 32 added, zlib detects gzip and zlib headers.
            inflated = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(text.encode("latin-1"), _MOST_INFLATED)
        except (zlib.error, UnicodeEncodeError):
            return False
        return self._is_in(inflated, depth)


def _is_text(data: bytes) -> bool:
    """Whether bytes may be text, in UTF-8 or UTF-16. Escapes are decoded only in text."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return 4 * data.count(0) >= len(data)
    return True


def _lower(text: str) -> str:
    """The text in lower case, with the same length."""
    return "".join(char.lower()[0] for char in text)


def _spans_of(text: str, form: str, is_base64: bool, is_bounded: bool) -> Iterator[Span]:
    start = text.find(form)
    while start >= 0:
        stop = start + len(form)
        if is_base64:
            start, stop = _base64_run(text, start, stop)
            yield start, stop
        elif not (is_bounded and (text[start - 1 : start].isalnum() or text[stop : stop + 1].isalnum())):
            yield start, stop
        start = text.find(form, stop)


def _base64_run(text: str, start: int, stop: int) -> Span:
    """The whole base64 text around a part of it."""
    while start > 0 and text[start - 1] in _BASE64:
        start -= 1
    while text[stop : stop + 1] in _BASE64:
        stop += 1
    return start, _after_padding(text, stop)


def _after_padding(text: str, stop: int) -> int:
    while text.startswith("=", stop):
        stop += 1
    return stop


def _decoded(run: str) -> Iterable[bytes]:
    data = run.encode().translate(_TO_STANDARD)
    # A single character after the last group of four belongs to a text that was cut.
    data = data[: len(data) - (len(data) % 4 == 1)]
    yield b64decode(data + b"=" * (-len(data) % 4))
    if _HEX_RUN.fullmatch(run):
        yield bytes.fromhex(run)


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))


@lru_cache(maxsize=256)
def _halves(secret: str) -> dict[str, bool]:
    half = len(secret) // 2
    return {secret[start : start + half]: False for start in range(len(secret) - half + 1)}


@lru_cache(maxsize=256)
def _bare(secret: str) -> str:
    """The secret as it is in a text whose escapes were all decoded."""
    for _ in range(_DEEPEST):
        secret = decode_escapes(secret) or secret
    return secret


@lru_cache(maxsize=256)
def _forms(text: str) -> dict[str, bool]:
    """The encoded forms of a secret."""
    data = text.encode("utf-8", "surrogatepass")
    quoted = {quote(data, safe=""), quote_plus(data), quote(data)}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in quoted}
    as_json = msgspec.json.encode(data.decode("utf-8", "replace")).decode()[1:-1]
    escaped = {as_json, _NOT_ASCII.sub(_escaped, as_json), repr(text)[1:-1]}
    # Headers and binary bodies are read as latin-1.
    read = {data.decode("latin-1")}
    read.update(text.encode(utf16, "surrogatepass").decode("latin-1") for utf16 in ("utf-16-le", "utf-16-be"))
    if len(bare := _bare(text)) >= LEAST:
        read.add(bare)
    forms = dict.fromkeys((text, *read, *escaped, *quoted, *lower, data.hex(), data.hex().upper()), False)
    for offset in range(3):
        # The secret may be a part of the encoded text: `user:` and a password. Three bytes become four characters.
        encoded = b64encode(b"\0" * offset + data).decode().rstrip("=")
        core = encoded[(0, 2, 3)[offset] : -1 if (offset + len(data)) % 3 else None]
        if len(core) >= _WHOLE_WORD - 1:
            forms[core] = forms[core.translate({43: "-", 47: "_"})] = True
    return forms
