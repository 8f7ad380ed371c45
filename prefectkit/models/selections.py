"""Selections: filters on an object and on the objects that it is related to."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.filter_shortcuts import FilterShortcuts
from prefectkit.models.filters.deployments import DeploymentFilter
from prefectkit.models.filters.flow_runs import FlowRunFilter
from prefectkit.models.filters.flows import FlowFilter
from prefectkit.models.filters.task_runs import TaskRunFilter
from prefectkit.models.filters.work_pools import WorkPoolFilter, WorkQueueFilter


class Selection(FilterShortcuts):
    """The objects that match all filters that are given. Without a filter, all objects.

    Attributes:
        flows: A filter on the flow. Default: any.
        flow_runs: A filter on the flow runs. Default: any.
        task_runs: A filter on the task runs. Default: any.
        deployments: A filter on the deployment. Default: any.
    """

    flows: FlowFilter | UnsetType | None = UNSET
    flow_runs: FlowRunFilter | UnsetType | None = UNSET
    task_runs: TaskRunFilter | UnsetType | None = UNSET
    deployments: DeploymentFilter | UnsetType | None = UNSET


class PoolSelection(Selection):
    """A `Selection` with a filter on the work pool.

    Attributes:
        work_pools: A filter on the work pool. Default: any.
    """

    work_pools: WorkPoolFilter | UnsetType | None = UNSET


class QueueSelection(PoolSelection):
    """A `PoolSelection` with a filter on the work queue.

    Attributes:
        work_pool_queues: A filter on the work queue. Default: any.
    """

    work_pool_queues: WorkQueueFilter | UnsetType | None = UNSET
