"""Request matching: the key of a request, and its differences from the nearest recorded request."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection
from typing import TypeAlias

import msgspec
from msgspec import UNSET

from prefectkit.transports.cassette.records import JSON, Body, RecordedRequest, json_of
from prefectkit.transports.cassette.secret_registry import SECRET_PLACEHOLDER

Bindings: TypeAlias = dict[str, str | int | float]
"""The present value of each placeholder and of each generated key of an earlier run."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_GENERATED = frozenset({"idempotency_key", "transition_id"})
_PLACEHOLDER = re.compile(r"<(secret|uuid):([0-9]{1,9})>")
_UUID_PLACEHOLDER = re.compile(r"<uuid:[0-9]{1,9}>")
_BOUND = re.compile(f"{SECRET_PLACEHOLDER.pattern}|{_UUID4.pattern}", re.IGNORECASE)
_SHOWN = 200


class Key(msgspec.Struct, frozen=True):
    """The parts of a request that are compared.

    Secrets and keys that the SDK generates differ from run to run. The key has placeholders in their place, numbered
    within the request: two that are equal in one request are equal in the other.

    Attributes:
        text: All parts; requests match if these texts are equal.
        parts: The same as JSON.
        placeholders: The texts that the placeholders replace, in the order of their numbers.
    """

    text: str
    parts: JSON
    placeholders: tuple[str, ...]


def key_of(request: RecordedRequest, ignore: Collection[str] = ()) -> Key:
    """The key of a redacted request, without the body fields and query parameters to be ignored."""
    builder = _KeyBuilder(request.path.rstrip("/"), frozenset(ignore))
    query: dict[str, list[str]] = {}
    for name, text in sorted((pair for pair in request.query if pair[0] not in ignore), key=_pair_order):
        query.setdefault(builder.text(name), []).append(builder.leaf(name, text))
    parts: JSON = {
        "path": builder.text(request.path),
        "method": request.method,
        "query": {name: list(texts) for name, texts in query.items()},
        **builder.body(request.body),
    }
    return Key(msgspec.json.encode(parts).decode(), parts, tuple(builder.placeholders))


class _KeyBuilder:
    """Replaces secrets and generated keys with placeholders, numbered in an order independent of their values."""

    def __init__(self, path: str, ignore: frozenset[str]) -> None:
        self.placeholders: dict[str, str] = {}
        self._ignore = ignore
        self._generated = _GENERATED
        if path == "/events":
            self._generated |= {"id"}
        elif path == "/csrf-token":
            self._generated |= {"client"}

    def body(self, body: Body | None) -> dict[str, JSON]:
        if body is None:
            return {}
        if body.base64 is not UNSET:
            return {"base64": body.base64}
        if body.text is not UNSET:
            return {"text": self.text(body.text)}
        return {"body": self.value(json_of(body))}

    def value(self, value: JSON, name: str = "") -> JSON:
        match value:
            case dict():
                members = sorted(value.items(), key=lambda member: SECRET_PLACEHOLDER.sub("", member[0]))
                return {self.text(name): self.value(item, name) for name, item in members if name not in self._ignore}
            case list():
                return [self.value(item) for item in value]
            case str():
                return self.leaf(name, value)
            case _:
                return value

    def leaf(self, name: str, text: str) -> str:
        if name in self._generated and _UUID4.fullmatch(text):
            return self._placeholder(text)
        return self.text(text)

    def text(self, text: str) -> str:
        return SECRET_PLACEHOLDER.sub(lambda match: self._placeholder(match[0]), text)

    def _placeholder(self, text: str) -> str:
        return self.placeholders.setdefault(text, f"<{_kind(text)}:{len(self.placeholders) + 1}>")


def match_placeholders(recorded: Key, sent: Key) -> tuple[str, ...] | None:
    """The texts of a request in place of the placeholders of a recorded one; None if the requests differ elsewhere.

    For a request whose secrets were not detected, since its client uses other ones.
    """
    texts: list[tuple[str, str]] = []
    if not _same_structure(recorded.parts, sent.parts, texts):
        return None
    found: dict[str, str] = {}
    # The text of a single placeholder is unambiguous, and decides texts with several.
    for recorded_text, sent_text in sorted(texts, key=lambda pair: len(_PLACEHOLDER.findall(pair[0]))):
        if not _fill(recorded_text, sent_text, found):
            return None
    sent_texts = {f"<{_kind(text)}:{number}>": text for number, text in enumerate(sent.placeholders, start=1)}
    filled = (found[f"<{_kind(text)}:{number}>"] for number, text in enumerate(recorded.placeholders, start=1))
    return tuple(_PLACEHOLDER.sub(lambda match: sent_texts.get(match[0], match[0]), text) for text in filled)


def _same_structure(recorded: JSON, sent: JSON, texts: list[tuple[str, str]]) -> bool:
    """Whether they are equal except for texts with placeholders, which are added to `texts`."""
    match recorded, sent:
        case dict(), dict():
            pairs = zip(recorded.items(), sent.items(), strict=False)
            return len(recorded) == len(sent) and all(
                _same_structure(name, other_name, texts) and _same_structure(value, other, texts)
                for (name, value), (other_name, other) in pairs
            )
        case list(), list():
            items = zip(recorded, sent, strict=False)
            return len(recorded) == len(sent) and all(_same_structure(item, other, texts) for item, other in items)
        case str(), str() if _PLACEHOLDER.search(recorded):
            texts.append((recorded, sent))
            return True
        case _:
            return type(recorded) is type(sent) and recorded == sent


def _fill(recorded: str, sent: str, found: dict[str, str]) -> bool:
    """Match a text with placeholders, and add the shortest text that fits each new one to `found`."""
    position = end = 0
    for placeholder in _PLACEHOLDER.finditer(recorded):
        literal = recorded[end : placeholder.start()]
        end = placeholder.end()
        if not sent.startswith(literal, position):
            return False
        position += len(literal)
        following = _PLACEHOLDER.search(recorded, end)
        after = recorded[end : None if following is None else following.start()]
        text = found.get(placeholder[0])
        if text is None:
            stop = _end_of_placeholder(sent, position, placeholder[1], after, is_last=following is None)
            if stop <= position:
                return False
            text = found[placeholder[0]] = sent[position:stop]
        elif not sent.startswith(text, position):
            return False
        position += len(text)
    return sent[position:] == recorded[end:]


def _end_of_placeholder(sent: str, start: int, kind: str, after: str, *, is_last: bool) -> int:
    """The index at which the text of a placeholder ends; -1 if there is none."""
    if kind == "uuid":
        key = _UUID_PLACEHOLDER.match(sent, start)
        return -1 if key is None else key.end()
    return len(sent) - len(after) if is_last else sent.find(after, start + 1)


def restore(value: JSON, bindings: Bindings) -> JSON:
    """Recorded JSON with the present values of its placeholders."""
    match value:
        case dict():
            return {restore_text(name, bindings): restore(item, bindings) for name, item in value.items()}
        case list():
            return [restore(item, bindings) for item in value]
        case str() if value in bindings:
            return bindings[value]
        case str():
            return restore_text(value, bindings)
        case _:
            return value


def restore_text(text: str, bindings: Bindings) -> str:
    """Recorded text with the present values of its placeholders."""
    return _BOUND.sub(lambda match: str(bindings.get(match[0], match[0])), text)


def nearest(key: Key, others: Collection[Key]) -> Key:
    """The key with the longest common prefix: path, then method, query and body."""

    def common_prefix(other: Key) -> int:
        lengths = range(min(len(other.text), len(key.text)))
        return bisect_left(lengths, True, key=lambda length: other.text[: length + 1] != key.text[: length + 1])

    return max(others, key=common_prefix)


def _kind(text: str) -> str:
    return "secret" if SECRET_PLACEHOLDER.fullmatch(text) else "uuid"


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


_ABSENT = _Absent()


def first_difference(recorded: JSON | _Absent, sent: JSON | _Absent, path: str = "") -> tuple[str, str, str] | None:
    """The path of the first field that differs, its recorded and its sent value; None if nothing differs."""
    if isinstance(recorded, dict) and isinstance(sent, dict):
        for name in [*recorded, *(name for name in sent if name not in recorded)]:
            field = f"{path}.{name}" if path else name
            found = first_difference(recorded.get(name, _ABSENT), sent.get(name, _ABSENT), field)
            if found is not None:
                return found
        return None
    if isinstance(recorded, list) and isinstance(sent, list):
        for index in range(max(len(recorded), len(sent))):
            found = first_difference(
                recorded[index] if index < len(recorded) else _ABSENT,
                sent[index] if index < len(sent) else _ABSENT,
                f"{path}[{index}]",
            )
            if found is not None:
                return found
        return None
    recorded_text, sent_text = _shown(recorded), _shown(sent)
    # As text, since 1 == 1.0 == True in Python.
    return None if recorded_text == sent_text else (path, _cut(recorded_text), _cut(sent_text))


def _shown(value: JSON | _Absent) -> str:
    return repr(value) if isinstance(value, _Absent) else msgspec.json.encode(value).decode()


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _pair_order(pair: tuple[str, str]) -> tuple[str, str]:
    name, text = pair
    return SECRET_PLACEHOLDER.sub("", name), SECRET_PLACEHOLDER.sub("", text)
