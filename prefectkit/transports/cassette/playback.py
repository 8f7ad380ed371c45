"""Playback: finds the record of a request among those of the file, and knows which were not used."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection
from typing import Final, NamedTuple

from prefectkit.transports.cassette.matching import Key, first_difference, key_of, match_placeholders, nearest
from prefectkit.transports.cassette.records import Record

CSRF_PATH: Final = "/csrf-token"
"""The route of CSRF tokens. Clients request them at any time: a recorded token may have expired, and a client may know
already that the server requires none."""


class Match(NamedTuple):
    """The record that matches a request.

    Attributes:
        placeholders: Pairs of a placeholder in the record and the text at its place in the request.
    """

    record: Record
    placeholders: tuple[tuple[str, str], ...]


class Playback:
    """The records of a file, in one queue for each key: requests may come in another order, or concurrently.

    Attributes:
        records: The records, in the order of the file.
        keys: Their keys, in the same order.
    """

    def __init__(self, records: list[Record], ignore: Collection[str], allow_repeats: bool) -> None:
        self.records = records
        self.keys = [key_of(record.request, ignore) for record in records]
        self._waiting: dict[str, deque[int]] = defaultdict(deque)
        self._open: dict[str, Key] = {}
        for index, key in enumerate(self.keys):
            self._waiting[key.text].append(index)
            if key.placeholders:
                self._open.setdefault(key.text, key)
        self._last = {
            key.text: index
            for index, key in enumerate(self.keys)
            if allow_repeats or records[index].request.path == CSRF_PATH
        }

    @property
    def unused(self) -> list[str]:
        """The records that were not replayed, as method and path."""
        waiting = sorted(index for queue in self._waiting.values() for index in queue)
        return [str(self.records[index]) for index in waiting if self.records[index].request.path != CSRF_PATH]

    def next_match(self, key: Key) -> Match | None:
        """The next record for a key; None if there is none."""
        if self._has(key.text):
            return self._match(key.text, key.placeholders)
        for text, recorded in self._open.items():
            texts = match_placeholders(recorded, key) if self._has(text) else None
            if texts is not None:
                return self._match(text, texts)
        return None

    def explain_miss(self, key: Key) -> str:
        """The reason why there is no record for a key."""
        if not self.keys:
            return "it contains no records"
        same = sum(other.text == key.text for other in self.keys)
        if same:
            return f"all {same} records of it were replayed. `allow_repeats` replays the last one again"
        near = nearest(key, self.keys)
        place, recorded, sent = first_difference(near.parts, key.parts) or ("", "", "")
        record = self.records[self.keys.index(near)]
        return f"the nearest is {record}, which differs in {place}: recorded {recorded}, sent {sent}"

    def _has(self, text: str) -> bool:
        return bool(self._waiting.get(text)) or text in self._last

    def _match(self, text: str, sent: tuple[str, ...]) -> Match:
        queue = self._waiting[text]
        index = queue.popleft() if queue else self._last[text]
        return Match(self.records[index], tuple(zip(self.keys[index].placeholders, sent, strict=True)))
