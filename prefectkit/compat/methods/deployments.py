"""Deployments, and the flow runs that are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import UNSET

from prefectkit.compat.arguments import (
    ModelLike,
    as_utc,
    or_unset,
    to_fields,
    to_filters,
    to_partial,
    to_plain,
    to_state,
    without_none,
)
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectLimitReached, ObjectNotFound
from prefectkit.compat.schedule_checks import check_schedules
from prefectkit.core.endpoint import M
from prefectkit.core.errors import InvalidParameterError
from prefectkit.models.state_constructors import Scheduled
from prefectkit.models.states import State, StateCreate

if TYPE_CHECKING:
    from prefectkit.models.deployment_branches import DeploymentBranchingOptions
    from prefectkit.models.deployment_schedules import DeploymentScheduleCreate
    from prefectkit.models.deployments import ConcurrencyOptions, Deployment, DeploymentUpdate, VersionInfo
    from prefectkit.models.filters import (
        DeploymentFilter,
        DeploymentSort,
        FlowFilter,
        FlowRunFilter,
        TaskRunFilter,
        WorkPoolFilter,
        WorkQueueFilter,
    )
    from prefectkit.models.flow_runs import FlowRun


class DeploymentMethods(MethodGroup[M]):
    """The flat methods about deployments."""

    @client_method(
        conflict=ObjectAlreadyExists, forbidden={"maximum number of deployments": ObjectLimitReached}, creates=True
    )
    async def create_deployment(
        self,
        flow_id: UUID | str,
        name: str,
        version: str | None = None,
        version_info: ModelLike[VersionInfo] | None = None,
        schedules: Sequence[ModelLike[DeploymentScheduleCreate]] | None = None,
        concurrency_limit: int | None = None,
        concurrency_options: ModelLike[ConcurrencyOptions] | None = None,
        parameters: dict[str, Any] | None = None,
        description: str | None = None,
        work_queue_name: str | None = None,
        work_pool_name: str | None = None,
        tags: list[str] | None = None,
        storage_document_id: UUID | str | None = None,
        path: str | None = None,
        entrypoint: str | None = None,
        infrastructure_document_id: UUID | str | None = None,
        parameter_openapi_schema: dict[str, Any] | None = None,
        paused: bool | None = None,
        pull_steps: list[dict[str, Any]] | None = None,
        enforce_parameter_schema: bool | None = None,
        job_variables: dict[str, Any] | None = None,
        branch: str | None = None,
        base: UUID | str | None = None,
        root: UUID | str | None = None,
    ) -> UUID:
        """Create a deployment, or replace the one of this flow and name.

        Args:
            flow_id: The flow that it runs.
            name: Its name, unique within the flow.
            version: Its version.
            version_info: The origin of its version.
            schedules: Its schedules.
            concurrency_limit: The maximum number of its runs at a time.
            concurrency_options: What happens when the limit is reached.
            parameters: The parameters of its runs.
            description: A description.
            work_queue_name: The work queue that its runs wait in.
            work_pool_name: The work pool that its runs run in.
            tags: Its tags.
            storage_document_id: The id of the storage block with its code.
            path: The working directory.
            entrypoint: The path of its flow's code, relative to `path`.
            infrastructure_document_id: The id of the infrastructure block of its runs.
            parameter_openapi_schema: The JSON schema of the flow's parameters.
            paused: Whether its schedules are paused.
            pull_steps: The steps that pull its code.
            enforce_parameter_schema: Whether the parameters of a run must match the schema.
            job_variables: Values that override the job template of its work pool.
            branch: Its branch, on Prefect Cloud.
            base: The deployment that it was branched from, on Prefect Cloud.
            root: The deployment at the root of its branches, on Prefect Cloud.

        Returns:
            The deployment's id.

        Raises:
            ObjectAlreadyExists: There is no such flow or block, which the server calls a conflict.
            ObjectLimitReached: There are as many deployments as the plan allows.
            ValueError: The server does not accept the name, or a schedule is invalid.
        """
        check_schedules(schedules or [])
        deployment = await self._api.deployments.create(
            flow_id=flow_id,
            name=name,
            version=version,
            version_info=UNSET if version_info is None else to_plain(version_info),
            schedules=to_plain(list(schedules or [])),
            concurrency_limit=concurrency_limit,
            concurrency_options=to_plain(concurrency_options),
            parameters=dict(parameters or {}),
            description=description,
            work_queue_name=work_queue_name,
            work_pool_name=or_unset(work_pool_name),
            tags=list(tags or []),
            storage_document_id=storage_document_id,
            path=path,
            entrypoint=entrypoint,
            infrastructure_document_id=infrastructure_document_id,
            parameter_openapi_schema=parameter_openapi_schema or {},
            paused=or_unset(paused),
            pull_steps=or_unset(pull_steps),
            enforce_parameter_schema=or_unset(enforce_parameter_schema),
            job_variables=dict(job_variables or {}),
            branch=or_unset(branch),
            base=or_unset(base),
            root=or_unset(root),
        )
        return deployment.id

    @client_method()
    async def set_deployment_paused_state(self, deployment_id: UUID | str, paused: bool) -> None:
        """Pause or resume a deployment. Deprecated: see `pause_deployment` and `resume_deployment`.

        Args:
            deployment_id: The deployment's id.
            paused: Whether to pause it.
        """
        instead = "pause_deployment" if paused else "resume_deployment"
        self._warn(f"set_deployment_paused_state is deprecated: call {instead}", DeprecationWarning)
        return await self._api.deployments.update(deployment_id, paused=paused)

    @client_method(not_found=ObjectNotFound)
    async def pause_deployment(self, deployment_id: UUID | str) -> None:
        """Stop the schedules of a deployment.

        Args:
            deployment_id: The deployment's id.

        Raises:
            ObjectNotFound: There is no such deployment.
            ValueError: It is not a UUID.
        """
        return await self._api.deployments.update(_id(deployment_id), paused=True)

    @client_method(not_found=ObjectNotFound)
    async def resume_deployment(self, deployment_id: UUID | str) -> None:
        """Resume the schedules of a paused deployment.

        Args:
            deployment_id: The deployment's id.

        Raises:
            ObjectNotFound: There is no such deployment.
            ValueError: It is not a UUID.
        """
        return await self._api.deployments.update(_id(deployment_id), paused=False)

    @client_method()
    async def update_deployment(self, deployment_id: UUID | str, deployment: ModelLike[DeploymentUpdate]) -> None:
        """Change a deployment.

        Args:
            deployment_id: The deployment's id.
            deployment: What changes; unset fields stay.

        Raises:
            PrefectHTTPStatusError: There is no such deployment.
            ValueError: A schedule is invalid.
        """
        changes = to_fields(deployment, without=("name", "flow_name", "triggers"))
        check_schedules(changes.get("schedules") or [])
        if version_info := changes.pop("version_info", None):
            # The type of the version may be a default, which must be sent.
            changes["version_info"] = to_plain(getattr(deployment, "version_info", version_info))
        return await self._api.deployments.update(deployment_id, **changes)

    @client_method(not_found=ObjectNotFound)
    async def read_deployment(self, deployment_id: UUID | str) -> Deployment:
        """Read a deployment.

        Args:
            deployment_id: The deployment's id.

        Raises:
            ObjectNotFound: There is none.
            ValueError: It is not a UUID.
        """
        return await self._api.deployments.read(_id(deployment_id))

    @client_method(not_found=ObjectNotFound)
    async def read_deployment_by_name(self, name: str) -> Deployment:
        """Read a deployment by its name.

        Args:
            name: `<flow name>/<deployment name>`.

        Raises:
            ObjectNotFound: There is none.
            ValueError: The name does not have this form.
        """
        flow_name, slash, deployment_name = name.partition("/")
        if not slash or "/" in deployment_name:
            raise ValueError(f"Invalid deployment name format: {name}. Expected format: <FLOW_NAME>/<DEPLOYMENT_NAME>")
        return await self._api.deployments.read_by_name(flow_name, deployment_name)

    @client_method()
    async def read_deployments(
        self,
        *,
        flow_filter: ModelLike[FlowFilter] | None = None,
        flow_run_filter: ModelLike[FlowRunFilter] | None = None,
        task_run_filter: ModelLike[TaskRunFilter] | None = None,
        deployment_filter: ModelLike[DeploymentFilter] | None = None,
        work_pool_filter: ModelLike[WorkPoolFilter] | None = None,
        work_queue_filter: ModelLike[WorkQueueFilter] | None = None,
        limit: int | None = None,
        sort: DeploymentSort | None = None,
        offset: int = 0,
    ) -> list[Deployment]:
        """List the deployments that match all filters.

        Args:
            flow_filter: Of which flows.
            flow_run_filter: With which flow runs.
            task_run_filter: With which task runs.
            deployment_filter: Which deployments.
            work_pool_filter: In which work pools.
            work_queue_filter: In which work queues.
            limit: At most this many. Default: the server's page size, usually 200.
            sort: The order.
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
        return await self._api.deployments.list(**filters, sort=or_unset(sort), limit=or_unset(limit), offset=offset)

    @client_method(not_found=ObjectNotFound)
    async def delete_deployment(self, deployment_id: UUID | str) -> None:
        """Delete a deployment.

        Args:
            deployment_id: The deployment's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.deployments.delete(deployment_id)

    @client_method()
    async def get_scheduled_flow_runs_for_deployments(
        self,
        deployment_ids: Sequence[UUID | str],
        scheduled_before: datetime | None = None,
        limit: int | None = None,
    ) -> list[FlowRun]:
        """List the scheduled runs of some deployments, the earliest first.

        Args:
            deployment_ids: The deployments.
            scheduled_before: Only runs that are due by this time.
            limit: At most this many. Default: the server's page size, usually 200.
        """
        bounds = without_none(scheduled_before=as_utc(scheduled_before), limit=limit or None)
        return await self._api.deployments.get_scheduled_flow_runs(deployment_ids=list(deployment_ids), **bounds)

    @client_method()
    async def create_flow_run_from_deployment(
        self,
        deployment_id: UUID | str,
        *,
        parameters: dict[str, Any] | None = None,
        context: dict[str, Any] | None = None,
        state: ModelLike[State | StateCreate] | None = None,
        name: str | None = None,
        tags: Iterable[str] | None = None,
        idempotency_key: str | None = None,
        parent_task_run_id: UUID | str | None = None,
        work_queue_name: str | None = None,
        job_variables: dict[str, Any] | None = None,
        labels: dict[str, Any] | None = None,
    ) -> FlowRun:
        """Create a flow run of a deployment.

        Args:
            deployment_id: The deployment's id.
            parameters: What the flow is called with, over the parameters of the deployment.
            context: Further data of the run, as JSON.
            state: The state to begin in. Default: `Scheduled()`, for now.
            name: Its name. Default: two random words.
            tags: Its tags, besides those of the deployment.
            idempotency_key: A key of your own. If there is a run with this key already, that run is returned.
            parent_task_run_id: The task run that represents it in its parent flow run.
            work_queue_name: The work queue that it waits in.
            job_variables: What differs from the job variables of the deployment.
            labels: Its labels.

        Raises:
            PrefectHTTPStatusError: There is no such deployment.
        """
        return await self._api.deployments.create_flow_run(
            deployment_id,
            parameters=parameters or {},
            context=context or {},
            state=to_state(Scheduled() if state is None else state),
            tags=list(tags or []),
            name=or_unset(name),
            idempotency_key=idempotency_key,
            parent_task_run_id=parent_task_run_id,
            work_queue_name=or_unset(work_queue_name or None),
            job_variables=or_unset(job_variables),
            labels=labels or {},
        )

    @client_method()
    async def create_deployment_branch(
        self,
        deployment_id: UUID | str,
        branch: str,
        options: ModelLike[DeploymentBranchingOptions] | None = None,
        overrides: ModelLike[DeploymentUpdate] | None = None,
    ) -> UUID:
        """Create a deployment that is a branch of another, on Prefect Cloud.

        Args:
            deployment_id: The deployment to branch from.
            branch: The name of the branch.
            options: How to branch.
            overrides: What differs in the branch.

        Returns:
            The id of the new deployment.

        Raises:
            PrefectHTTPStatusError: There is no such deployment, or the server is not Prefect Cloud.
            ValueError: The name is blank.
        """
        if not branch.strip():
            raise InvalidParameterError(f"a branch needs a name that is not blank, got {branch!r}")
        return await self._api.deployments.create_branch(
            deployment_id,
            branch=branch,
            options=or_unset(to_partial(options)),
            overrides=or_unset(overrides),
        )


def _id(deployment_id: UUID | str) -> UUID:
    if isinstance(deployment_id, UUID):
        return deployment_id
    try:
        return UUID(deployment_id)
    except (ValueError, TypeError, AttributeError):
        raise ValueError(f"Invalid deployment ID: {deployment_id}") from None
