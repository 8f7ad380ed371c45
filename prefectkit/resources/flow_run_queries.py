"""Which flow runs there are: `client.flow_runs`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

from prefectkit.core.endpoint import Async, M, Resource, endpoint, stream
from prefectkit.core.keywords import keywords
from prefectkit.core.paging import Rows, every_row
from prefectkit.core.retry import Replay
from prefectkit.models.flow_runs import (
    FlowRun,
    FlowRunPageQuery,
    FlowRunPaginationResponse,
    FlowRunQuery,
    FlowRunSelection,
)
from prefectkit.models.history import FlowRunHistoryQuery, HistoryResponse


class FlowRunQueries(Resource[M]):
    """Queries of flow runs: lists, counts and statistics."""

    group = "flow_runs"

    @endpoint("POST", "/flow_runs/filter", Replay.READ)
    @keywords(FlowRunQuery)
    async def list(self, query: FlowRunQuery) -> Rows[FlowRun]:
        """List one page of flow runs (`POST /flow_runs/filter`).

        Args:
            query: The fields of `FlowRunQuery`, as keywords: filters, `sort`, `limit`, `offset`.

        Returns:
            The flow runs of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` is above the server's own.
        """
        return await self._call(Rows[FlowRun], body=query)

    @stream
    @keywords(FlowRunQuery)
    def iterate(self: FlowRunQueries[Async], query: FlowRunQuery) -> AsyncIterator[FlowRun]:
        """Go through all flow runs, page after page (`POST /flow_runs/filter`).

        Runs that appear or vanish meanwhile may be missed or seen twice, as pages are counted by offset.

        Args:
            query: The fields of `FlowRunQuery`, as keywords; `limit` counts the flow runs in all.

        Yields:
            The flow runs, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/flow_runs/paginate", Replay.READ)
    @keywords(FlowRunPageQuery)
    async def paginate(self, query: FlowRunPageQuery) -> FlowRunPaginationResponse:
        """Read a page of flow runs by its number, with the number of all (`POST /flow_runs/paginate`).

        Args:
            query: The fields of `FlowRunPageQuery`, as keywords; `page` counts from 1.

        Returns:
            The page, and how many flow runs and pages there are.
        """
        return await self._call(FlowRunPaginationResponse, body=query)

    @endpoint("POST", "/flow_runs/count", Replay.READ)
    @keywords(FlowRunSelection)
    async def count(self, selection: FlowRunSelection) -> int:
        """Count flow runs (`POST /flow_runs/count`).

        Args:
            selection: The fields of `FlowRunSelection`, as keywords: the filters.

        Returns:
            How many there are.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/flow_runs/lateness", Replay.READ)
    @keywords(FlowRunSelection)
    async def lateness(self, selection: FlowRunSelection) -> float | None:
        """Ask how late flow runs start on average (`POST /flow_runs/lateness`).

        Args:
            selection: The fields of `FlowRunSelection`, as keywords: the filters.

        Returns:
            Seconds; None where no flow run is selected.
        """
        return await self._call(cast(type[float | None], float | None), body=selection)

    @endpoint("POST", "/flow_runs/history", Replay.READ)
    @keywords(FlowRunHistoryQuery)
    async def history(self, query: FlowRunHistoryQuery) -> Rows[HistoryResponse]:
        """Count flow runs by state in each interval of a time (`POST /flow_runs/history`).

        Args:
            query: The fields of `FlowRunHistoryQuery`, as keywords.

        Returns:
            One entry for each interval.

        Raises:
            UnprocessableEntity: The interval is shorter than 1 second.
        """
        return await self._call(Rows[HistoryResponse], body=query)
