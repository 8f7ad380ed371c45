"""Secret registry: numbers the secrets of a cassette. The file has the placeholder `<secret:number>` in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

import msgspec

from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.redactor import add_headers
from prefectkit.core.security.secret_patterns import replace_spans
from prefectkit.core.security.secrets import Secret

Redact: TypeAlias = Callable[[str], str]

SECRET_PLACEHOLDER = re.compile(r"<secret:([0-9]{1,9})>")

MIN_LENGTH = 6
"""Characters of the shortest secret that is searched for everywhere: a shorter one would match other text."""


class SecretRegistry:
    """Numbers secrets, finds them in text and replaces them with placeholders.

    A number reveals nothing about its secret; a hash would reveal a short password.
    """

    def __init__(self) -> None:
        self._numbers: dict[Secret, int] = {}
        self._values: dict[int, Secret] = {}
        self._last = 0
        self._known = KnownSecrets()

    def reserve_numbers(self, text: str) -> None:
        """Do not assign the numbers of the placeholders in this text."""
        self._last = max([self._last, *(int(number) for number in SECRET_PLACEHOLDER.findall(text))])

    def register(self, text: str, least: int = MIN_LENGTH) -> None:
        """Search for this text everywhere from now on, if it has at least `least` characters."""
        if not SECRET_PLACEHOLDER.search(text):
            self._known.add(text, least=least, anywhere=True)

    def register_headers(self, headers: dict[str, str], *, sent: bool) -> None:
        """Register the secrets in the headers of a request (`sent`) or of a response."""
        add_headers(self._known, headers, sent=sent)

    def placeholder(self, value: str | int | float) -> str:
        """The placeholder of a value."""
        key = _key(value)
        if key not in self._numbers:
            self._last += 1
            self._learn(key, self._last)
        return f"<secret:{self._numbers[key]}>"

    def bind(self, placeholder: str, value: str | int | float) -> None:
        """Assign the value to a placeholder of the file, if the placeholder has no value yet."""
        number = int(placeholder[len("<secret:") : -1])
        if number not in self._values and not SECRET_PLACEHOLDER.search(str(value)):
            self._learn(_key(value), number)

    def value(self, placeholder: str) -> str | int | float:
        """The value of a placeholder; the placeholder itself if its value is unknown."""
        secret = self._values.get(int(placeholder[len("<secret:") : -1]))
        return placeholder if secret is None else msgspec.json.decode(secret.reveal(), type=str | int | float)

    def redactor(self, also: Iterable[str] = ()) -> Redact:
        """A function that replaces every form of the secrets registered so far, and of those in `also`."""
        known = KnownSecrets()
        known.update(self._known)
        for secret in also:
            known.add(secret, anywhere=True)
        return (lambda text: self._redact(text, known)) if known else (lambda text: text)

    def occurs_in(self, data: bytes) -> bool:
        """Whether these bytes contain a form of a registered secret outside of placeholders."""
        rest = SECRET_PLACEHOLDER.sub("\ufffd", data.decode("utf-8", "replace"))
        return next(self._known.spans(rest), None) is not None

    def _redact(self, text: str, known: KnownSecrets) -> str:
        pieces: list[str] = []
        end = 0
        # Placeholders stay as they are, even if a secret matches a part of one.
        for match in SECRET_PLACEHOLDER.finditer(text):
            pieces += [self._redact_piece(text[end : match.start()], known), match[0]]
            end = match.end()
        return "".join([*pieces, self._redact_piece(text[end:], known)])

    def _redact_piece(self, text: str, known: KnownSecrets) -> str:
        return replace_spans(text, known.spans(text), self.placeholder)

    def _learn(self, key: Secret, number: int) -> None:
        self._numbers[key] = number
        self._values[number] = key


def _key(value: str | int | float) -> Secret:
    # As JSON: the number 1234 and the text "1234" are two secrets, and keep their types.
    return Secret(msgspec.json.encode(value).decode())
