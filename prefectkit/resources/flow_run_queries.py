"""Queries of flow runs: `client.flow_runs`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
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

    @endpoint("POST", "/flow_runs/filter", RetrySafety.READ)
    @keywords(FlowRunQuery)
    async def list(self, query: FlowRunQuery) -> Rows[FlowRun]:
        """List one page of flow runs (`POST /flow_runs/filter`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_pool_queues: A filter on the work queue. Default: any.
            name: Only with this name, or with one of these names.
            state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
            tags: Only with all of these tags.
            deployment_id: Only of this deployment, or of one of these.
            since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
            until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from
                now.
            sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
            limit: At most this many flow runs. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many flow runs to skip. Default: 0.

        Returns:
            The flow runs of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[FlowRun], body=query)

    @iterating
    @keywords(FlowRunQuery)
    def iterate(self: FlowRunQueries[Async], query: FlowRunQuery) -> AsyncIterator[FlowRun]:
        """Iterate over all flow runs, page after page (`POST /flow_runs/filter`).

        Runs created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_pool_queues: A filter on the work queue. Default: any.
            name: Only with this name, or with one of these names.
            state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
            tags: Only with all of these tags.
            deployment_id: Only of this deployment, or of one of these.
            since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
            until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from
                now.
            sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many flow runs to skip. Default: 0.

        Yields:
            The flow runs, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/flow_runs/paginate", RetrySafety.READ)
    @keywords(FlowRunPageQuery)
    async def paginate(self, query: FlowRunPageQuery) -> FlowRunPaginationResponse:
        """Read a page of flow runs by page number, with total counts (`POST /flow_runs/paginate`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_pool_queues: A filter on the work queue. Default: any.
            name: Only with this name, or with one of these names.
            state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
            tags: Only with all of these tags.
            deployment_id: Only of this deployment, or of one of these.
            since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
            until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from
                now.
            sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
            limit: How many flow runs a page holds. Default: the server's page size, usually 200, which is also the
                maximum.
            page: Which page, from 1. Default: 1.

        Returns:
            The page, and how many flow runs and pages there are.
        """
        return await self._call(FlowRunPaginationResponse, body=query)

    @endpoint("POST", "/flow_runs/count", RetrySafety.READ)
    @keywords(FlowRunSelection)
    async def count(self, selection: FlowRunSelection) -> int:
        """Count flow runs (`POST /flow_runs/count`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_pool_queues: A filter on the work queue. Default: any.
            name: Only with this name, or with one of these names.
            state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
            tags: Only with all of these tags.
            deployment_id: Only of this deployment, or of one of these.
            since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
            until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from
                now.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/flow_runs/lateness", RetrySafety.READ)
    @keywords(FlowRunSelection)
    async def lateness(self, selection: FlowRunSelection) -> float | None:
        """Read how late flow runs start on average (`POST /flow_runs/lateness`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_pool_queues: A filter on the work queue. Default: any.
            name: Only with this name, or with one of these names.
            state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
            tags: Only with all of these tags.
            deployment_id: Only of this deployment, or of one of these.
            since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
            until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from
                now.

        Returns:
            Seconds; None where no flow run is selected.
        """
        return await self._call(cast(type[float | None], float | None), body=selection)

    @endpoint("POST", "/flow_runs/history", RetrySafety.READ)
    @keywords(FlowRunHistoryQuery)
    async def history(self, query: FlowRunHistoryQuery) -> Rows[HistoryResponse]:
        """Count flow runs by state in each interval of a period (`POST /flow_runs/history`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_queues: A filter on the work queue. Default: any.
            history_start: When the first interval begins.
            history_end: When the last interval ends.
            history_interval_seconds: The length of an interval: a duration, or its seconds. At least 1 second.

        Returns:
            One entry for each interval.

        Raises:
            UnprocessableEntity: The interval is shorter than 1 second.
        """
        return await self._call(list[HistoryResponse], body=query)
