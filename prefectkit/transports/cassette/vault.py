"""The secrets that a cassette knows: each has a number, and `<secret:number>` stands for it in the file."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import TypeAlias
from urllib.parse import quote, quote_plus

import msgspec

from prefectkit.core.secrets import Secret

Eraser: TypeAlias = Callable[[str], str]

PLACEHOLDER = re.compile(r"<secret:([0-9]{1,9})>")
_PLACEHOLDER_BYTES = re.compile(PLACEHOLDER.pattern.encode())
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")

LEAST = 6
"""Characters that a secret needs to be looked for where it is not expected: a shorter one hits other text."""


class Vault:
    """Numbers secrets and finds them again.

    A number says nothing of the text behind it: a hash would give a short password away.
    """

    def __init__(self) -> None:
        self._numbers: dict[Secret, int] = {}
        self._values: dict[int, Secret] = {}
        self._last = 0
        self._held: set[Secret] = set()
        self._forms: dict[Secret, bool] = {}

    def reserve(self, text: str) -> None:
        """Leave out the numbers that stand in a text already."""
        self._last = max([self._last, *(int(number) for number in PLACEHOLDER.findall(text))])

    def hold(self, text: str, least: int = LEAST) -> None:
        """Look for this text everywhere from now on, if it has the least length."""
        secret = Secret(text)
        if len(text) >= least and secret not in self._held and not PLACEHOLDER.search(text):
            self._held.add(secret)
            self._forms.update(_forms(text))

    def placeholder(self, value: str | int | float) -> str:
        """What stands for a value."""
        key = _key(value)
        if key not in self._numbers:
            self._last += 1
            self._learn(key, self._last)
        return f"<secret:{self._numbers[key]}>"

    def adopt(self, placeholder: str, value: str | int | float) -> None:
        """From now on this placeholder of the file stands for the value."""
        number = int(placeholder[len("<secret:") : -1])
        if number not in self._values and not PLACEHOLDER.search(str(value)):
            self._learn(_key(value), number)

    def value(self, placeholder: str) -> str | int | float:
        """What a placeholder stands for; itself where that is not known."""
        secret = self._values.get(int(placeholder[len("<secret:") : -1]))
        return placeholder if secret is None else msgspec.json.decode(secret.reveal(), type=str | int | float)

    def eraser(self, also: Iterable[str] = ()) -> Eraser:
        """A function that puts placeholders for every form of the secrets that are held now, and of those in `also`."""
        forms = {form.reveal(): encoded for form, encoded in self._forms.items()}
        for secret in also:
            forms.update((form.reveal(), encoded) for form, encoded in _forms(secret).items())
        return lambda text: self._erase(text, forms)

    def is_in(self, data: bytes) -> bool:
        """Whether a form of a secret that is held stands in these bytes, placeholders aside."""
        rest = _PLACEHOLDER_BYTES.sub(b"\0", data)
        return any(form.reveal().encode("utf-8", "surrogatepass") in rest for form in self._forms)

    def _erase(self, text: str, forms: dict[str, bool]) -> str:
        here = [form for form in forms if form in text]
        if not here:
            return text
        # One pass over the text, which leaves placeholders alone; at one place the longest form counts.
        alternatives = "|".join(re.escape(form) for form in sorted(here, key=len, reverse=True))
        pieces: list[str] = []
        end = 0
        for match in re.finditer(f"{PLACEHOLDER.pattern}|{alternatives}", text):
            start, stop = match.span()
            if start < end or match[1] is not None:
                continue
            if forms[match[0]]:
                start, stop = _base64_run(text, start, stop, end)
            pieces += [text[end:start], self.placeholder(text[start:stop])]
            end = stop
        return "".join([*pieces, text[end:]])

    def _learn(self, key: Secret, number: int) -> None:
        self._numbers[key] = number
        self._values[number] = key


def _key(value: str | int | float) -> Secret:
    # As JSON, so that the number 1234 and the text "1234" are two secrets and come back as what they were.
    return Secret(msgspec.json.encode(value).decode())


def _forms(text: str) -> dict[Secret, bool]:
    """How a secret may be written; True for the parts of base64 that no neighbour can change."""
    data = text.encode("utf-8", "surrogatepass")
    quoted = {quote(data, safe=""), quote_plus(data), quote(data)}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in quoted}
    escaped = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    # Headers and binary bodies are read as latin-1.
    forms = dict.fromkeys(map(Secret, {text, data.decode("latin-1"), *escaped, *quoted, *lower}), False)
    for offset in range(3):
        # A secret may stand anywhere in what is encoded: `user:` and a password. Three bytes make four characters.
        encoded = b64encode(b"\0" * offset + data).decode().rstrip("=")
        core = encoded[(0, 2, 3)[offset] : -1 if (offset + len(data)) % 3 else None]
        if len(core) >= LEAST - 1:
            forms[Secret(core)] = forms[Secret(core.translate({43: "-", 47: "_"}))] = True
    return forms


def _base64_run(text: str, start: int, stop: int, after: int) -> tuple[int, int]:
    """The whole base64 text around a part of it."""
    while start > after and text[start - 1] in _BASE64:
        start -= 1
    while text[stop : stop + 1] in _BASE64:
        stop += 1
    while text.startswith("=", stop):
        stop += 1
    return start, stop
