"""Logs: `client.logs`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from prefectkit.core.endpoint import Async, M, Resource, endpoint, stream
from prefectkit.core.keywords import keywords
from prefectkit.core.paging import Rows, every_row
from prefectkit.core.retry import Replay
from prefectkit.models.logs import Log, LogCreate, LogQuery


class Logs(Resource[M]):
    """Logs of flow runs and task runs."""

    group = "logs"

    @endpoint("POST", "/logs/", Replay.NEVER)
    async def create(self, logs: Sequence[LogCreate]) -> None:
        """Store log messages (`POST /logs/`).

        Args:
            logs: The messages.

        Raises:
            UnprocessableEntity: The server refuses a field.
        """
        return await self._call(type(None), body=logs)

    @endpoint("POST", "/logs/filter", Replay.READ)
    @keywords(LogQuery)
    async def list(self, query: LogQuery) -> Rows[Log]:
        """List one page of logs (`POST /logs/filter`).

        Args:
            logs: Which logs. Default: all.
            sort: The order. Default: the oldest first.
            limit: At most this many logs. Default: the server's page size, usually 200, which is also the most.
            offset: How many logs to skip. Default: 0.
            flow_run_id: Of this flow run, or one of several.
            task_run_id: Of this task run, or one of several.
            level: At this level or above, as in the standard library: 40 for errors.
            since: Written at this moment or later; a duration counts back from now.
            until: Written at this moment or earlier; a duration counts back from now.

        Returns:
            The logs of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` is above the server's own.
        """
        return await self._call(Rows[Log], body=query)

    @stream
    @keywords(LogQuery)
    def iterate(self: Logs[Async], query: LogQuery) -> AsyncIterator[Log]:
        """Go through all logs, page after page (`POST /logs/filter`).

        Logs that appear or vanish meanwhile may be missed or seen twice, as pages are counted by offset.

        Args:
            logs: Which logs. Default: all.
            sort: The order. Default: the oldest first.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many logs to skip. Default: 0.
            flow_run_id: Of this flow run, or one of several.
            task_run_id: Of this task run, or one of several.
            level: At this level or above, as in the standard library: 40 for errors.
            since: Written at this moment or later; a duration counts back from now.
            until: Written at this moment or earlier; a duration counts back from now.

        Yields:
            The logs, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)
