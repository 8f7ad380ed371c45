"""Task runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefectkit.compat.arguments import ModelLike, or_unset, to_filters, to_plain, to_set
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectNotFound
from prefectkit.compat.raw_response import raw_response
from prefectkit.core.endpoint import M
from prefectkit.models.run_policies import TaskRunPolicy
from prefectkit.models.state_constructors import Pending
from prefectkit.models.states import State, StateCreate

if TYPE_CHECKING:
    import httpx

    from prefectkit.models.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter, TaskRunSort
    from prefectkit.models.orchestration import OrchestrationResult
    from prefectkit.models.task_runs import Constant, FlowRunResult, Parameter, TaskRun, TaskRunResult


class TaskRunMethods(MethodGroup[M]):
    """The flat methods about task runs."""

    @client_method()
    async def create_task_run(
        self,
        task: Any,
        flow_run_id: UUID | str | None,
        dynamic_key: str,
        id: UUID | str | None = None,
        name: str | None = None,
        extra_tags: Iterable[str] | None = None,
        state: ModelLike[State | StateCreate] | None = None,
        task_inputs: Mapping[str, Sequence[ModelLike[TaskRunResult | FlowRunResult | Parameter | Constant]]]
        | None = None,
    ) -> TaskRun:
        """Create a task run.

        Args:
            task: A `@task` function, or anything with a `task_key`; its tags, version and retries count.
            flow_run_id: The flow run that it is of, or None.
            dynamic_key: Which run of the task within the flow run it is.
            id: Its id. Default: a random one.
            name: Its name. Default: two random words.
            extra_tags: Tags besides those of the task.
            state: The state to begin in. Default: `Pending()`.
            task_inputs: Where each of its inputs comes from, by the name of the argument.
        """
        return await self._api.task_runs.create(
            id=or_unset(id),
            name=or_unset(name),
            flow_run_id=flow_run_id,
            task_key=task.task_key,
            dynamic_key=str(dynamic_key),
            tags=list({*(getattr(task, "tags", None) or ()), *(extra_tags or ())}),
            task_version=getattr(task, "version", None),
            empirical_policy=TaskRunPolicy(
                retries=getattr(task, "retries", None),
                retry_delay=_in_whole_seconds(getattr(task, "retry_delay_seconds", None)),
                retry_jitter_factor=getattr(task, "retry_jitter_factor", None),
            ),
            state=to_set(Pending() if state is None else state),
            task_inputs=to_plain(task_inputs or {}),
        )

    @client_method(not_found=ObjectNotFound)
    async def read_task_run(self, task_run_id: UUID | str) -> TaskRun:
        """Read a task run.

        Args:
            task_run_id: The task run's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.task_runs.read(task_run_id)

    @client_method()
    async def read_task_runs(
        self,
        *,
        flow_filter: ModelLike[FlowFilter] | None = None,
        flow_run_filter: ModelLike[FlowRunFilter] | None = None,
        task_run_filter: ModelLike[TaskRunFilter] | None = None,
        deployment_filter: ModelLike[DeploymentFilter] | None = None,
        sort: TaskRunSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[TaskRun]:
        """List the task runs that match all filters.

        Args:
            flow_filter: Of which flows.
            flow_run_filter: Of which flow runs.
            task_run_filter: Which task runs.
            deployment_filter: Of which deployments.
            sort: The order.
            limit: At most this many. Default: the server's page size, usually 200.
            offset: How many to skip.
        """
        filters = to_filters(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
        return await self._api.task_runs.list(**filters, sort=or_unset(sort), limit=or_unset(limit), offset=offset)

    @client_method(not_found=ObjectNotFound)
    async def delete_task_run(self, task_run_id: UUID | str) -> None:
        """Delete a task run.

        Args:
            task_run_id: The task run's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.task_runs.delete(task_run_id)

    @client_method()
    async def set_task_run_state(
        self, task_run_id: UUID | str, state: ModelLike[State | StateCreate], force: bool = False
    ) -> OrchestrationResult:
        """Ask for a state of a task run.

        Args:
            task_run_id: The task run's id.
            state: The state, such as `Completed()`.
            force: Skip the server's orchestration rules.

        Returns:
            What the server made of it, which may be a no.

        Raises:
            PrefectHTTPStatusError: There is no such run.
        """
        task_run_id = task_run_id if isinstance(task_run_id, UUID) else UUID(task_run_id)
        wanted = to_set(state, task_run_id=task_run_id)
        return await self._api.task_runs.set_state(task_run_id, wanted, force=force)

    @client_method()
    async def set_task_run_name(self, task_run_id: UUID | str, name: str) -> httpx.Response:
        """Give a task run a name.

        Args:
            task_run_id: The task run's id.
            name: The new name.

        Returns:
            The HTTP response, 204.

        Raises:
            PrefectHTTPStatusError: There is no such run.
        """
        return await raw_response(self._api.task_runs.update(task_run_id, name=name))


def _in_whole_seconds(delay: Any) -> Any:
    if isinstance(delay, (list, tuple)):
        return [int(item) for item in delay]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- Any in, Any out
    return int(delay) if isinstance(delay, float) else delay
