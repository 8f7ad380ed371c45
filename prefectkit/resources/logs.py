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
            query: The fields of `LogQuery`, as keywords: the filter, `sort`, `limit`, `offset`.

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
            query: The fields of `LogQuery`, as keywords; `limit` counts the logs in all.

        Yields:
            The logs, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)
