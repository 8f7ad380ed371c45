"""Logs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prefectkit.compat.flat import Flat, flat
from prefectkit.compat.given import Given, given, whole
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.filters import LogFilter, LogSort
    from prefectkit.models.logs import Log, LogCreate


class LogMethods(Flat[M]):
    """The flat methods about logs."""

    @flat()
    async def create_logs(self, logs: Iterable[Given[LogCreate]]) -> None:
        """Store log messages.

        Args:
            logs: The messages: `LogCreate` objects, or dicts of JSON.
        """
        return await self._api.logs.create(whole(list(logs)))

    @flat()
    async def read_logs(
        self,
        log_filter: Given[LogFilter] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        sort: LogSort | None = None,
    ) -> list[Log]:
        """List log messages.

        Args:
            log_filter: Which of them.
            limit: At most this many. Default: the server's page size, usually 200.
            offset: How many to skip.
            sort: The order. Default: the oldest first.
        """
        return await self._api.logs.list(
            logs=given(log_filter), limit=given(limit), offset=given(offset), sort=given(sort)
        )
