"""Secrets that are known by their value, found in a text in every form in which somebody may repeat them."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

import msgspec

from prefectkit.core.security.secret_patterns import Span

LEAST = 4
"""Characters below which a secret is not looked for: it would be found in any text."""

_WHOLE_WORD = 6
"""Characters below which a secret counts only where it is a whole word."""

_STRONG = 16
"""Characters from which the half of a secret is as good as the whole."""

_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX_RUN = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_UNBROKEN = re.compile(r"[^\s<>\"']+")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_DEEPEST = 3
_MOST_INFLATED = 2**20


class KnownSecrets:
    """Texts that must not be shown. It shows none of them itself, and none gets into a pickle."""

    __slots__ = ("_bounded", "_forms", "_values")

    def __init__(self) -> None:
        self._values: set[str] = set()
        # True for the parts of base64 that no neighbour can change.
        self._forms: dict[str, bool] = {}
        self._bounded: set[str] = set()

    def add(self, secret: str, *, least: int = LEAST, anywhere: bool = False, halves: bool = False) -> None:
        """Look for this text, too, if it has the least length.

        With `anywhere` a short one need not be a whole word; with `halves` the half of a long one counts as well.
        """
        if len(secret) < least:
            return
        if secret not in self._values:
            self._values.add(secret)
            self._forms.update(_forms(secret))
            if len(secret) < _WHOLE_WORD and not anywhere:
                self._bounded.add(secret)
        if halves and len(secret) >= _STRONG:
            self._forms.update(_halves(secret))

    def update(self, other: KnownSecrets) -> None:
        """Look for all that the other one looks for."""
        self._values |= other._values
        self._forms |= other._forms
        self._bounded |= other._bounded

    def spans(self, text: str) -> Iterator[Span]:
        """Where a secret stands in the text, in any form, and encoded texts with one in them; they may overlap."""
        if not self._forms or len(text) < LEAST:
            return
        length = len(text)
        for form, is_base64 in self._forms.items():
            if len(form) <= length and form in text:
                yield from _places(text, form, is_base64, form in self._bounded)
        if self._is_packed(text, _DEEPEST):
            yield 0, len(text)
        yield from self._encoded(text, _DEEPEST)
        if "&" in text:
            # It takes long to import.
            import html

            for piece in _UNBROKEN.finditer(text):
                if "&" in piece[0] and self._is_within(html.unescape(piece[0])):
                    yield piece.span()

    def __bool__(self) -> bool:
        return bool(self._forms)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> tuple[type[KnownSecrets], tuple[()]]:
        return KnownSecrets, ()

    def _is_within(self, text: str) -> bool:
        return any(form in text for form in self._forms)

    def _encoded(self, text: str, depth: int) -> Iterator[Span]:
        """Base64 and hexadecimal with a secret in it."""
        for run in _BASE64_RUN.finditer(text):
            if not _UUID.fullmatch(run[0]) and any(self._is_in(data, depth) for data in _decoded(run[0])):
                yield run.start(), _after_padding(text, run.end())

    def _is_in(self, data: bytes, depth: int) -> bool:
        text = data.decode("latin-1")
        if self._is_within(text) or self._is_packed(text, depth):
            return True
        return depth > 1 and next(self._encoded(text, depth - 1), None) is not None

    def _is_packed(self, text: str, depth: int) -> bool:
        """Whether these bytes, read as latin-1, are gzip or zlib with a secret in it."""
        if not text.startswith(("\x1f\x8b", "\x78")) or depth < 1:
            return False
        try:
            # The window of 32 tells gzip from zlib by itself.
            inflated = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(text.encode("latin-1"), _MOST_INFLATED)
        except (zlib.error, UnicodeEncodeError):
            return False
        return self._is_in(inflated, depth - 1)


def _places(text: str, form: str, is_base64: bool, is_bounded: bool) -> Iterator[Span]:
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
    # One character more than a multiple of four belongs to a text that was cut.
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
def _forms(text: str) -> dict[str, bool]:
    """How a secret may be written."""
    data = text.encode("utf-8", "surrogatepass")
    quoted = {quote(data, safe=""), quote_plus(data), quote(data)}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in quoted}
    as_json = msgspec.json.encode(data.decode("utf-8", "replace")).decode()[1:-1]
    escaped = {as_json, _NOT_ASCII.sub(_escaped, as_json), repr(text)[1:-1]}
    # Headers and binary bodies are read as latin-1.
    read = {data.decode("latin-1"), text.encode("utf-16-le", "surrogatepass").decode("latin-1")}
    forms = dict.fromkeys((text, *read, *escaped, *quoted, *lower), False)
    for offset in range(3):
        # A secret may stand anywhere in what is encoded: `user:` and a password. Three bytes make four characters.
        encoded = b64encode(b"\0" * offset + data).decode().rstrip("=")
        core = encoded[(0, 2, 3)[offset] : -1 if (offset + len(data)) % 3 else None]
        if len(core) >= _WHOLE_WORD - 1:
            forms[core] = forms[core.translate({43: "-", 47: "_"})] = True
    return forms
