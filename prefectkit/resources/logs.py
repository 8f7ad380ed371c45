"""Logs: `client.logs`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.serialization.declared import check_list
from prefectkit.models.logs import Log, LogCreate, LogQuery


class Logs(Resource[M]):
    """Logs of flow runs and task runs."""

    group = "logs"

    @endpoint("POST", "/logs/", RetrySafety.NEVER)
    async def create(self, logs: Sequence[LogCreate]) -> None:
        """Store log messages (`POST /logs/`).

        Args:
            logs: The messages.

        Raises:
            InvalidParameterError: The messages are no list.
            UnprocessableEntity: The server rejects a field.
        """
        check_list("logs", logs)
        return await self._call(type(None), body=logs)

    @endpoint("POST", "/logs/filter", RetrySafety.READ)
    @keywords(LogQuery)
    async def list(self, query: LogQuery) -> Rows[Log]:
        """List one page of logs (`POST /logs/filter`).

        Args:
            logs: A filter on the logs. Default: all.
            sort: The order. Default: the oldest first.
            limit: At most this many logs. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many logs to skip. Default: 0.
            flow_run_id: Only of this flow run, or of one of these.
            task_run_id: Only of this task run, or of one of these.
            level: Only at this level or above, as in `logging`: 40 for errors.
            since: Only logs written at this moment or later, by `timestamp`. A `timedelta` counts back from now.
            until: Only logs written at this moment or earlier, by `timestamp`. A `timedelta` counts back from now.

        Returns:
            The logs of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[Log], body=query)

    @iterating
    @keywords(LogQuery)
    def iterate(self: Logs[Async], query: LogQuery) -> AsyncIterator[Log]:
        """Iterate over all logs, page after page (`POST /logs/filter`).

        Logs created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            logs: A filter on the logs. Default: all.
            sort: The order. Default: the oldest first.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many logs to skip. Default: 0.
            flow_run_id: Only of this flow run, or of one of these.
            task_run_id: Only of this task run, or of one of these.
            level: Only at this level or above, as in `logging`: 40 for errors.
            since: Only logs written at this moment or later, by `timestamp`. A `timedelta` counts back from now.
            until: Only logs written at this moment or earlier, by `timestamp`. A `timedelta` counts back from now.

        Yields:
            The logs, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)
