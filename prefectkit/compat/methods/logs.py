"""Logs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prefectkit.compat.arguments import ModelLike, or_unset, to_plain
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.filters import LogFilter, LogSort
    from prefectkit.models.logs import Log, LogCreate


class LogMethods(MethodGroup[M]):
    """The flat methods about logs."""

    @client_method()
    async def create_logs(self, logs: Iterable[ModelLike[LogCreate]]) -> None:
        """Store log messages.

        Args:
            logs: The messages: `LogCreate` objects, or dicts of JSON.
        """
        return await self._api.logs.create(to_plain(list(logs)))

    @client_method()
    async def read_logs(
        self,
        log_filter: ModelLike[LogFilter] | None = None,
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
            logs=or_unset(log_filter),
            limit=or_unset(limit),
            offset=or_unset(offset),
            sort=or_unset(sort),
        )
