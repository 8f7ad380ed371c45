"""Flow runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefectkit.compat.arguments import ModelLike, or_unset, to_filters, to_partial, to_set, to_state, without_none
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectNotFound
from prefectkit.compat.raw_response import raw_response
from prefectkit.core.endpoint import M
from prefectkit.models.run_policies import FlowRunPolicy
from prefectkit.models.state_constructors import Pending
from prefectkit.models.states import State, StateCreate

if TYPE_CHECKING:
    import httpx

    from prefectkit.models.filters import (
        DeploymentFilter,
        FlowFilter,
        FlowRunFilter,
        FlowRunSort,
        TaskRunFilter,
        WorkPoolFilter,
        WorkQueueFilter,
    )
    from prefectkit.models.flow_runs import FlowRun
    from prefectkit.models.orchestration import OrchestrationResult


class FlowRunMethods(MethodGroup[M]):
    """The flat methods about flow runs."""

    @client_method()
    async def create_flow_run(
        self,
        flow: Any,
        name: str | None = None,
        parameters: dict[str, Any] | None = None,
        context: dict[str, Any] | None = None,
        tags: Iterable[str] | None = None,
        parent_task_run_id: UUID | str | None = None,
        state: ModelLike[State | StateCreate] | None = None,
        work_pool_name: str | None = None,
        work_queue_name: str | None = None,
        job_variables: dict[str, Any] | None = None,
    ) -> FlowRun:
        """Create a flow run, and its flow if there is none of that name.

        Args:
            flow: A `@flow` function, or anything with a `name`; its version and retries count where it has them.
            name: The run's name. Default: two random words.
            parameters: What the flow is called with.
            context: Further data of the run, as JSON.
            tags: Its tags.
            parent_task_run_id: The task run that represents it in its parent flow run.
            state: The state to begin in. Default: `Pending()`.
            work_pool_name: The work pool that it runs in.
            work_queue_name: The work queue that it waits in.
            job_variables: Values that override the job template of its work pool.

        Returns:
            The flow run; its `parameters` are the very ones that were passed.
        """
        parameters = parameters or {}
        begin = to_state(Pending() if state is None else state)
        flow_id = (await self._api.flows.create(name=flow.name)).id
        flow_run = await self._api.flow_runs.create(
            flow_id=flow_id,
            flow_version=getattr(flow, "version", None),
            name=or_unset(name),
            parameters=parameters,
            context=context or {},
            tags=list(tags or []),
            parent_task_run_id=parent_task_run_id,
            state=begin,
            empirical_policy=FlowRunPolicy(
                retries=getattr(flow, "retries", None),
                retry_delay=int(getattr(flow, "retry_delay_seconds", None) or 0),
            ),
            work_pool_name=or_unset(work_pool_name),
            work_queue_name=or_unset(work_queue_name),
            job_variables=job_variables or {},
        )
        flow_run.parameters = parameters
        return flow_run

    @client_method()
    async def update_flow_run(
        self,
        flow_run_id: UUID | str,
        flow_version: str | None = None,
        parameters: dict[str, Any] | None = None,
        name: str | None = None,
        tags: Iterable[str] | None = None,
        empirical_policy: ModelLike[FlowRunPolicy] | None = None,
        infrastructure_pid: str | None = None,
        job_variables: dict[str, Any] | None = None,
    ) -> httpx.Response:
        """Change a flow run; None leaves a field unchanged.

        Args:
            flow_run_id: The flow run's id.
            flow_version: The version of the flow.
            parameters: What the flow is called with, instead of the former parameters.
            name: The run's name.
            tags: Its tags, instead of the former ones.
            empirical_policy: How it is retried.
            infrastructure_pid: The id that its infrastructure gave it, such as a process id.
            job_variables: Values that override the job template of its work pool.

        Returns:
            The HTTP response, 204.

        Raises:
            PrefectHTTPStatusError: There is no such run.
        """
        changes = without_none(
            flow_version=flow_version,
            parameters=parameters,
            name=name,
            tags=None if tags is None else list(tags),
            empirical_policy=to_partial(empirical_policy),
            infrastructure_pid=infrastructure_pid or None,
            job_variables=job_variables,
        )
        return await raw_response(self._api.flow_runs.update(flow_run_id, **changes))

    @client_method(not_found=ObjectNotFound)
    async def delete_flow_run(self, flow_run_id: UUID | str) -> None:
        """Delete a flow run.

        Args:
            flow_run_id: The flow run's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.flow_runs.delete(flow_run_id)

    @client_method(not_found=ObjectNotFound)
    async def read_flow_run(self, flow_run_id: UUID | str) -> FlowRun:
        """Read a flow run.

        Args:
            flow_run_id: The flow run's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.flow_runs.read(flow_run_id)

    @client_method()
    async def resume_flow_run(
        self, flow_run_id: UUID | str, run_input: dict[str, Any] | None = None
    ) -> OrchestrationResult:
        """Resume a paused flow run.

        Args:
            flow_run_id: The flow run's id.
            run_input: The input that the pause asks for.

        Returns:
            The server's decision: the run may have been resumed, or the request rejected.
        """
        return await self._api.flow_runs.resume(flow_run_id, run_input=run_input)

    @client_method()
    async def read_flow_runs(
        self,
        *,
        flow_filter: ModelLike[FlowFilter] | None = None,
        flow_run_filter: ModelLike[FlowRunFilter] | None = None,
        task_run_filter: ModelLike[TaskRunFilter] | None = None,
        deployment_filter: ModelLike[DeploymentFilter] | None = None,
        work_pool_filter: ModelLike[WorkPoolFilter] | None = None,
        work_queue_filter: ModelLike[WorkQueueFilter] | None = None,
        sort: FlowRunSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[FlowRun]:
        """List the flow runs that match all filters.

        Args:
            flow_filter: Of which flows.
            flow_run_filter: Which flow runs.
            task_run_filter: With which task runs.
            deployment_filter: Of which deployments.
            work_pool_filter: In which work pools.
            work_queue_filter: In which work queues.
            sort: The order.
            limit: At most this many. Default: the server's page size, usually 200.
            offset: How many to skip.
        """
        filters = to_filters(
            flow_filter,
            flow_run_filter,
            task_run_filter,
            deployment_filter,
            work_pools=work_pool_filter,
            work_pool_queues=work_queue_filter,
        )
        return await self._api.flow_runs.list(**filters, sort=or_unset(sort), limit=or_unset(limit), offset=offset)

    @client_method()
    async def count_flow_runs(
        self,
        *,
        flow_filter: ModelLike[FlowFilter] | None = None,
        flow_run_filter: ModelLike[FlowRunFilter] | None = None,
        task_run_filter: ModelLike[TaskRunFilter] | None = None,
        deployment_filter: ModelLike[DeploymentFilter] | None = None,
        work_pool_filter: ModelLike[WorkPoolFilter] | None = None,
        work_queue_filter: ModelLike[WorkQueueFilter] | None = None,
    ) -> int:
        """Count the flow runs for which all filters hold; they are those of `read_flow_runs`.

        Args:
            flow_filter: A filter on the flow.
            flow_run_filter: A filter on the flow runs.
            task_run_filter: A filter on the task runs.
            deployment_filter: A filter on the deployment.
            work_pool_filter: A filter on the work pool.
            work_queue_filter: A filter on the work queue.
        """
        filters = to_filters(
            flow_filter,
            flow_run_filter,
            task_run_filter,
            deployment_filter,
            work_pools=work_pool_filter,
            work_pool_queues=work_queue_filter,
        )
        return await self._api.flow_runs.count(**filters)

    @client_method(not_found=ObjectNotFound)
    async def set_flow_run_state(
        self, flow_run_id: UUID | str, state: ModelLike[State | StateCreate], force: bool = False
    ) -> OrchestrationResult:
        """Ask for a state of a flow run.

        Args:
            flow_run_id: The flow run's id.
            state: The state, such as `Completed()`.
            force: Skip the server's orchestration rules.

        Returns:
            What the server made of it, which may be a no.

        Raises:
            ObjectNotFound: There is no such run.
            ValueError: It is not a UUID.
        """
        if not isinstance(flow_run_id, UUID):
            flow_run_id = UUID(flow_run_id)
        wanted = to_set(state, flow_run_id=flow_run_id)
        return await self._api.flow_runs.set_state(flow_run_id, wanted, force=force)

    @client_method()
    async def set_flow_run_name(self, flow_run_id: UUID | str, name: str) -> httpx.Response:
        """Give a flow run a name.

        Args:
            flow_run_id: The flow run's id.
            name: The new name.

        Returns:
            The HTTP response, 204.

        Raises:
            PrefectHTTPStatusError: There is no such run.
        """
        return await raw_response(self._api.flow_runs.update(flow_run_id, name=name))

    @client_method()
    async def update_flow_run_labels(self, flow_run_id: UUID | str, labels: dict[str, Any]) -> None:
        """Add labels to a flow run, or change their values.

        Args:
            flow_run_id: The flow run's id.
            labels: Strings, numbers and booleans by the name of the label; other labels stay.

        Raises:
            PrefectHTTPStatusError: There is no such run.
        """
        return await self._api.flow_runs.update_labels(flow_run_id, labels)
