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
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_pool_queues: The work queue of the object.
            name: With this name, or one of several.
            state: In a state of this type, `FAILED`, or name, `Late`, or one of several.
            tags: With all of these tags.
            deployment_id: Of this deployment, or one of several.
            since: Due to start at this moment or later; a duration counts back from now.
            until: Due to start at this moment or earlier; a duration counts back from now.
            sort: The order. Default: the newest id first.
            limit: At most this many flow runs. Default: the server's page size, usually 200, which is also the most.
            offset: How many flow runs to pass over first. Default: 0.

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
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_pool_queues: The work queue of the object.
            name: With this name, or one of several.
            state: In a state of this type, `FAILED`, or name, `Late`, or one of several.
            tags: With all of these tags.
            deployment_id: Of this deployment, or one of several.
            since: Due to start at this moment or later; a duration counts back from now.
            until: Due to start at this moment or earlier; a duration counts back from now.
            sort: The order. Default: the newest id first.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many flow runs to pass over first. Default: 0.

        Yields:
            The flow runs, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/flow_runs/paginate", Replay.READ)
    @keywords(FlowRunPageQuery)
    async def paginate(self, query: FlowRunPageQuery) -> FlowRunPaginationResponse:
        """Read a page of flow runs by its number, with the number of all (`POST /flow_runs/paginate`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_pool_queues: The work queue of the object.
            name: With this name, or one of several.
            state: In a state of this type, `FAILED`, or name, `Late`, or one of several.
            tags: With all of these tags.
            deployment_id: Of this deployment, or one of several.
            since: Due to start at this moment or later; a duration counts back from now.
            until: Due to start at this moment or earlier; a duration counts back from now.
            sort: The order. Default: the newest id first.
            limit: How many flow runs a page holds. Default: the server's page size, usually 200, which is also the
                most.
            page: Which page, from 1 on. Default: 1.

        Returns:
            The page, and how many flow runs and pages there are.
        """
        return await self._call(FlowRunPaginationResponse, body=query)

    @endpoint("POST", "/flow_runs/count", Replay.READ)
    @keywords(FlowRunSelection)
    async def count(self, selection: FlowRunSelection) -> int:
        """Count flow runs (`POST /flow_runs/count`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_pool_queues: The work queue of the object.
            name: With this name, or one of several.
            state: In a state of this type, `FAILED`, or name, `Late`, or one of several.
            tags: With all of these tags.
            deployment_id: Of this deployment, or one of several.
            since: Due to start at this moment or later; a duration counts back from now.
            until: Due to start at this moment or earlier; a duration counts back from now.

        Returns:
            How many there are.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/flow_runs/lateness", Replay.READ)
    @keywords(FlowRunSelection)
    async def lateness(self, selection: FlowRunSelection) -> float | None:
        """Ask how late flow runs start on average (`POST /flow_runs/lateness`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_pool_queues: The work queue of the object.
            name: With this name, or one of several.
            state: In a state of this type, `FAILED`, or name, `Late`, or one of several.
            tags: With all of these tags.
            deployment_id: Of this deployment, or one of several.
            since: Due to start at this moment or later; a duration counts back from now.
            until: Due to start at this moment or earlier; a duration counts back from now.

        Returns:
            Seconds; None where no flow run is selected.
        """
        return await self._call(cast(type[float | None], float | None), body=selection)

    @endpoint("POST", "/flow_runs/history", Replay.READ)
    @keywords(FlowRunHistoryQuery)
    async def history(self, query: FlowRunHistoryQuery) -> Rows[HistoryResponse]:
        """Count flow runs by state in each interval of a time (`POST /flow_runs/history`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_queues: The work queue of the flow run.
            history_start: When the history begins.
            history_end: When the history ends.
            history_interval_seconds: How long each interval is: a duration, or its seconds. At least 1 second.

        Returns:
            One entry for each interval.

        Raises:
            UnprocessableEntity: The interval is shorter than 1 second.
        """
        return await self._call(Rows[HistoryResponse], body=query)
