"""Which recorded request a request is, and where it differs from the nearest one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection
from typing import TypeAlias

import msgspec
from msgspec import UNSET

from prefectkit.transports.cassette.records import JSON, Body, RecordedRequest, json_of
from prefectkit.transports.cassette.secret_registry import PLACEHOLDER

Bindings: TypeAlias = dict[str, str | int | float]
"""What now stands where the recording has a placeholder or the key of an earlier run."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_GENERATED = frozenset({"idempotency_key", "transition_id"})
_HOLE = re.compile(r"<(secret|uuid):([0-9]{1,9})>")
_UUID_HOLE = re.compile(r"<uuid:[0-9]{1,9}>")
_BOUND = re.compile(f"{PLACEHOLDER.pattern}|{_UUID4.pattern}", re.IGNORECASE)
_SHOWN = 200


class Key(msgspec.Struct, frozen=True):
    """What a request is matched by.

    Secrets and keys that the SDK makes up differ from run to run. They are holes: numbered within the request, so that
    two equal ones stay equal, and otherwise left open.

    Attributes:
        text: The whole of it; equal texts match.
        parts: The same as JSON.
        holes: What stood in the holes.
    """

    text: str
    parts: JSON
    holes: tuple[str, ...]


def key_of(request: RecordedRequest, ignore: Collection[str] = ()) -> Key:
    """The key of a scrubbed request, without the body fields and query parameters to be ignored."""
    walk = _Walk(request.path.rstrip("/"), frozenset(ignore))
    query: dict[str, list[str]] = {}
    for name, text in sorted((pair for pair in request.query if pair[0] not in ignore), key=_pair_order):
        query.setdefault(walk.text(name), []).append(walk.leaf(name, text))
    parts: JSON = {
        "path": walk.text(request.path),
        "method": request.method,
        "query": {name: list(texts) for name, texts in query.items()},
        **walk.body(request.body),
    }
    return Key(msgspec.json.encode(parts).decode(), parts, tuple(walk.holes))


class _Walk:
    """Makes holes, in an order that only depends on what stands around them."""

    def __init__(self, path: str, ignore: frozenset[str]) -> None:
        self.holes: dict[str, str] = {}
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
                members = sorted(value.items(), key=lambda member: PLACEHOLDER.sub("", member[0]))
                return {self.text(name): self.value(item, name) for name, item in members if name not in self._ignore}
            case list():
                return [self.value(item) for item in value]
            case str():
                return self.leaf(name, value)
            case _:
                return value

    def leaf(self, name: str, text: str) -> str:
        if name in self._generated and _UUID4.fullmatch(text):
            return self._hole(text)
        return self.text(text)

    def text(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda match: self._hole(match[0]), text)

    def _hole(self, text: str) -> str:
        return self.holes.setdefault(text, f"<{_kind(text)}:{len(self.holes) + 1}>")


def holes_filled(recorded: Key, sent: Key) -> tuple[str, ...] | None:
    """What a request has in the holes of a recorded one; None where it differs elsewhere.

    For a request whose secrets were not recognised: it comes from a client that does not hold them.
    """
    texts: list[tuple[str, str]] = []
    if not _are_alike(recorded.parts, sent.parts, texts):
        return None
    found: dict[str, str] = {}
    # A text with one hole leaves no choice, and what stands there helps with the others.
    for one, other in sorted(texts, key=lambda pair: len(_HOLE.findall(pair[0]))):
        if not _fill(one, other, found):
            return None
    stood = {f"<{_kind(text)}:{number}>": text for number, text in enumerate(sent.holes, start=1)}
    filled = (found[f"<{_kind(text)}:{number}>"] for number, text in enumerate(recorded.holes, start=1))
    return tuple(_HOLE.sub(lambda hole: stood.get(hole[0], hole[0]), text) for text in filled)


def _are_alike(recorded: JSON, sent: JSON, texts: list[tuple[str, str]]) -> bool:
    """Whether they differ in texts with holes at most; those are added to `texts`."""
    match recorded, sent:
        case dict(), dict():
            pairs = zip(recorded.items(), sent.items(), strict=False)
            return len(recorded) == len(sent) and all(
                _are_alike(name, other_name, texts) and _are_alike(value, other, texts)
                for (name, value), (other_name, other) in pairs
            )
        case list(), list():
            items = zip(recorded, sent, strict=False)
            return len(recorded) == len(sent) and all(_are_alike(one, other, texts) for one, other in items)
        case str(), str() if _HOLE.search(recorded):
            texts.append((recorded, sent))
            return True
        case _:
            return type(recorded) is type(sent) and recorded == sent


def _fill(recorded: str, sent: str, found: dict[str, str]) -> bool:
    """Match a text with holes, and note what stands in those that are not known yet: as little as can be."""
    position = end = 0
    for hole in _HOLE.finditer(recorded):
        literal = recorded[end : hole.start()]
        end = hole.end()
        if not sent.startswith(literal, position):
            return False
        position += len(literal)
        following = _HOLE.search(recorded, end)
        after = recorded[end : None if following is None else following.start()]
        text = found.get(hole[0])
        if text is None:
            stop = _end_of_hole(sent, position, hole[1], after, is_last=following is None)
            if stop <= position:
                return False
            text = found[hole[0]] = sent[position:stop]
        elif not sent.startswith(text, position):
            return False
        position += len(text)
    return sent[position:] == recorded[end:]


def _end_of_hole(sent: str, start: int, kind: str, after: str, *, is_last: bool) -> int:
    """Where the text of a hole ends: -1 where there is none."""
    if kind == "uuid":
        key = _UUID_HOLE.match(sent, start)
        return -1 if key is None else key.end()
    return len(sent) - len(after) if is_last else sent.find(after, start + 1)


def restore(value: JSON, bindings: Bindings) -> JSON:
    """Recorded JSON with what now stands in its holes."""
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
    """Recorded text with what now stands in its holes."""
    return _BOUND.sub(lambda hole: str(bindings.get(hole[0], hole[0])), text)


def nearest(key: Key, others: Collection[Key]) -> Key:
    """The key that agrees with this one the longest: in the path, then the method, the query and the body."""

    def agreement(other: Key) -> int:
        lengths = range(min(len(other.text), len(key.text)))
        return bisect_left(lengths, True, key=lambda length: other.text[: length + 1] != key.text[: length + 1])

    return max(others, key=agreement)


def _kind(hole: str) -> str:
    return "secret" if PLACEHOLDER.fullmatch(hole) else "uuid"


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


_ABSENT = _Absent()


def first_difference(recorded: JSON | _Absent, sent: JSON | _Absent, place: str = "") -> tuple[str, str, str] | None:
    """The first field that differs, with what was recorded and what was sent; None where nothing does."""
    if isinstance(recorded, dict) and isinstance(sent, dict):
        for name in [*recorded, *(name for name in sent if name not in recorded)]:
            there = f"{place}.{name}" if place else name
            found = first_difference(recorded.get(name, _ABSENT), sent.get(name, _ABSENT), there)
            if found is not None:
                return found
        return None
    if isinstance(recorded, list) and isinstance(sent, list):
        for index in range(max(len(recorded), len(sent))):
            found = first_difference(
                recorded[index] if index < len(recorded) else _ABSENT,
                sent[index] if index < len(sent) else _ABSENT,
                f"{place}[{index}]",
            )
            if found is not None:
                return found
        return None
    one, other = _shown(recorded), _shown(sent)
    # As text: to Python, 1 and 1.0 and True are equal.
    return None if one == other else (place, _cut(one), _cut(other))


def _shown(value: JSON | _Absent) -> str:
    return repr(value) if isinstance(value, _Absent) else msgspec.json.encode(value).decode()


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _pair_order(pair: tuple[str, str]) -> tuple[str, str]:
    name, text = pair
    return PLACEHOLDER.sub("", name), PLACEHOLDER.sub("", text)
