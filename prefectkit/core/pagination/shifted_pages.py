"""Warns if a call removes rows of a list between two of its pages, so that the next page skips rows."""

from __future__ import annotations

import warnings
from typing import Any

from msgspec import structs

from prefectkit.core.errors import ShiftedPagesWarning
from prefectkit.core.operation import Operation
from prefectkit.core.retries.idempotency_keys import levels_to_caller


class _Listing:
    """A list of which the pages up to an offset were read.

    Attributes:
        query: The body of the last request.
        changed_by: The call after it that removed rows; empty if there was none.
    """

    __slots__ = ("changed_by", "query")

    def __init__(self, query: Any) -> None:
        self.query = query
        self.changed_by = ""

    def is_continued_by(self, query: Any) -> bool:
        """Whether a request is for a later page of the same list, with identical filter objects."""
        before = self.query
        if type(query) is not type(before) or (query.offset or 0) <= (before.offset or 0):
            return False
        fields = zip(query.__struct_fields__, structs.astuple(query), structs.astuple(before), strict=True)
        return all(value is other for name, value, other in fields if name not in ("limit", "offset"))

    def loses_rows(self, group: str, verb: str) -> bool:
        """Whether rows leave the list by this operation of its group."""
        is_by_state = bool(getattr(getattr(self.query, group, None), "state", None))
        return verb == "delete" or (verb == "set_state" and is_by_state)


class ShiftedPages:
    """The last list of each group. One that is filtered by state also loses rows by `set_state`."""

    def __init__(self) -> None:
        self._listings: dict[str, _Listing] = {}

    def check(self, operation: Operation, body: Any) -> None:
        """Note an operation before it is sent; warn if it reads the next page of a list that lost rows."""
        group, _, verb = operation.name.rpartition(".")
        listing = self._listings.get(group)
        if verb == "list" and hasattr(body, "offset"):
            self._listings[group] = _Listing(body)
            if listing is not None and listing.changed_by and listing.is_continued_by(body):
                warnings.warn(
                    f"{listing.changed_by} was called between two pages of {group}: later rows move up, and some are "
                    f"skipped. Read all rows first, list(client.{group}.iterate(...)), and change them afterwards",
                    ShiftedPagesWarning,
                    stacklevel=levels_to_caller(),
                )
        elif listing is not None and listing.loses_rows(group, verb):
            listing.changed_by = operation.name
