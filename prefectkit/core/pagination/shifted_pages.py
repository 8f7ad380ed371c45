"""Warns if a call removes rows of a list between two of its pages, so that the next page skips rows."""

from __future__ import annotations

import warnings
from operator import is_
from typing import Any

from msgspec import structs

from prefectkit.core.errors import ShiftedPagesWarning
from prefectkit.core.operation import Operation
from prefectkit.core.retries.idempotency_keys import levels_to_caller


class _Listing:
    """A list of which the pages up to an offset were read."""

    __slots__ = ("by_state", "changed_by", "offset", "query")

    def __init__(self, query: list[object], offset: int, by_state: bool) -> None:
        self.query = query
        self.offset = offset
        self.by_state = by_state
        self.changed_by = ""


class ShiftedPages:
    """The last list of each group. One that is filtered by state also loses rows by `set_state`."""

    def __init__(self) -> None:
        self._listings: dict[str, _Listing] = {}

    def check(self, operation: Operation, body: Any) -> None:
        """Note an operation before it is sent; warn if it reads the next page of a list that lost rows."""
        group, _, verb = operation.name.rpartition(".")
        listing = self._listings.get(group)
        if verb == "list" and hasattr(body, "offset"):
            self._read(group, listing, body)
        elif listing is not None and (verb == "delete" or (verb == "set_state" and listing.by_state)):
            listing.changed_by = operation.name

    def _read(self, group: str, before: _Listing | None, body: Any) -> None:
        fields = zip(body.__struct_fields__, structs.astuple(body), strict=True)
        query = [value for name, value in fields if name not in ("limit", "offset")]
        offset: int = body.offset or 0
        # The pages of one list are requested with identical filter objects.
        is_further = before is not None and offset > before.offset and all(map(is_, query, before.query))
        by_state = bool(getattr(getattr(body, group, None), "state", None))
        self._listings[group] = _Listing(query, offset, by_state)
        if is_further and before is not None and before.changed_by:
            warnings.warn(
                f"{before.changed_by} was called between two pages of {group}: later rows move up, and some are "
                f"skipped. Read all rows first, list(client.{group}.iterate(...)), and change them afterwards",
                ShiftedPagesWarning,
                stacklevel=levels_to_caller(),
            )
