"""The secrets that a cassette knows: each has a number, and `<secret:number>` stands for it in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

import msgspec

from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.redactor import add_headers
from prefectkit.core.security.secret_patterns import replaced
from prefectkit.core.security.secrets import Secret

Eraser: TypeAlias = Callable[[str], str]

PLACEHOLDER = re.compile(r"<secret:([0-9]{1,9})>")

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
        self._known = KnownSecrets()

    def reserve(self, text: str) -> None:
        """Leave out the numbers that stand in a text already."""
        self._last = max([self._last, *(int(number) for number in PLACEHOLDER.findall(text))])

    def hold(self, text: str, least: int = LEAST) -> None:
        """Look for this text everywhere from now on, if it has the least length."""
        if not PLACEHOLDER.search(text):
            self._known.add(text, least=least, anywhere=True)

    def hold_headers(self, headers: dict[str, str], *, sent: bool) -> None:
        """Look everywhere for what is secret in the headers of a request that was sent, or of a response."""
        add_headers(self._known, headers, sent=sent)

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
        known = KnownSecrets()
        known.update(self._known)
        for secret in also:
            known.add(secret, anywhere=True)
        return lambda text: self._erase(text, known)

    def is_in(self, data: bytes) -> bool:
        """Whether a form of a secret that is held stands in these bytes, placeholders aside."""
        rest = PLACEHOLDER.sub("\0", data.decode("utf-8", "replace"))
        return next(self._known.spans(rest), None) is not None

    def _erase(self, text: str, known: KnownSecrets) -> str:
        pieces: list[str] = []
        end = 0
        # Placeholders are left alone, whatever the secrets are called.
        for match in PLACEHOLDER.finditer(text):
            pieces += [self._erase_piece(text[end : match.start()], known), match[0]]
            end = match.end()
        return "".join([*pieces, self._erase_piece(text[end:], known)])

    def _erase_piece(self, text: str, known: KnownSecrets) -> str:
        return replaced(text, known.spans(text), self.placeholder)

    def _learn(self, key: Secret, number: int) -> None:
        self._numbers[key] = number
        self._values[number] = key


def _key(value: str | int | float) -> Secret:
    # As JSON, so that the number 1234 and the text "1234" are two secrets and come back as what they were.
    return Secret(msgspec.json.encode(value).decode())
