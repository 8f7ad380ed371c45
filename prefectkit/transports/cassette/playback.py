"""The records that were loaded: which one answers a request, and which are left."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from typing import Final

from prefectkit.transports.cassette.matching import Key, first_difference, holes_filled, key_of, nearest
from prefectkit.transports.cassette.records import Record

CSRF: Final = "/csrf-token"
"""The route that clients ask as often as they think fit: a recorded token has expired, or another client knew that the
server wants none."""


class Shelf:
    """Records in a queue for each key, so that requests may come in another order, or at once.

    Attributes:
        records: As they stood in the file.
        keys: Their keys, in the same order.
    """

    def __init__(self, records: list[Record], ignore: Collection[str], allow_repeats: bool) -> None:
        self.records = records
        self.keys = [key_of(record.request, ignore) for record in records]
        self._waiting: dict[str, deque[int]] = defaultdict(deque)
        self._open: dict[str, Key] = {}
        for index, key in enumerate(self.keys):
            self._waiting[key.text].append(index)
            if key.holes:
                self._open.setdefault(key.text, key)
        self._last = {
            key.text: index
            for index, key in enumerate(self.keys)
            if allow_repeats or records[index].request.path == CSRF
        }

    @property
    def unused(self) -> list[str]:
        """The records that are left, as method and path."""
        waiting = sorted(index for queue in self._waiting.values() for index in queue)
        return [str(self.records[index]) for index in waiting if self.records[index].request.path != CSRF]

    def take(self, key: Key) -> tuple[Record, Iterable[tuple[str, str]]] | None:
        """The next record for a key, and pairs of what stands in a hole there and here; None where there is none."""
        if self._has(key.text):
            index = self._next(key.text)
            return self.records[index], zip(self.keys[index].holes, key.holes, strict=True)
        for text, recorded in self._open.items():
            holes = holes_filled(recorded, key) if self._has(text) else None
            if holes is not None:
                index = self._next(text)
                return self.records[index], zip(self.keys[index].holes, holes, strict=True)
        return None

    def why_not(self, key: Key) -> str:
        """Why there is no record for a key."""
        if not self.keys:
            return "it holds no records"
        same = sum(other.text == key.text for other in self.keys)
        if same:
            return f"all {same} recorded for it were replayed. `allow_repeats` replays the last one again"
        near = nearest(key, self.keys)
        place, recorded, sent = first_difference(near.parts, key.parts) or ("", "", "")
        record = self.records[self.keys.index(near)]
        return f"the nearest is {record}, which differs in {place}: recorded {recorded}, sent {sent}"

    def _has(self, text: str) -> bool:
        return bool(self._waiting.get(text)) or text in self._last

    def _next(self, text: str) -> int:
        queue = self._waiting[text]
        return queue.popleft() if queue else self._last[text]
