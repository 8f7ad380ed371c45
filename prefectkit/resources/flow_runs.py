"""Flow runs: `client.flow_runs`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs

from prefectkit.core.endpoint import M, endpoint, streaming
from prefectkit.core.keywords import keywords
from prefectkit.core.lazy_property import lazy_property
from prefectkit.core.pagination.pages import Rows
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.serialization.moments import check_moment
from prefectkit.models.common import with_idempotency_key
from prefectkit.models.flow_runs import (
    FlowRun,
    FlowRunBulkDelete,
    FlowRunBulkDeleteResponse,
    FlowRunCreate,
    FlowRunResume,
    FlowRunUpdate,
)
from prefectkit.models.graphs import DependencyResult, Graph
from prefectkit.models.orchestration import (
    FlowRunBulkSetState,
    FlowRunBulkSetStateResponse,
    OrchestrationResult,
    SetState,
    SetStateStatus,
    StateAcceptDetails,
)
from prefectkit.models.states import State, StateCreate, StateDetails, with_transition_id
from prefectkit.resources.flow_run_inputs import FlowRunInputs
from prefectkit.resources.flow_run_queries import FlowRunQueries
from prefectkit.resources.state_history import STATE_HISTORY


class FlowRuns(FlowRunQueries[M]):
    """Flow runs: each time that a flow runs, or is to run."""

    @lazy_property
    def inputs(self) -> FlowRunInputs[M]:
        """Values that are sent to a run while it runs or waits."""
        return FlowRunInputs(self)

    @endpoint("POST", "/flow_runs/", RetrySafety.KEYED)
    @keywords(FlowRunCreate)
    async def create(self, flow_run: FlowRunCreate) -> FlowRun:
        """Create a flow run, or get the existing one with this idempotency key (`POST /flow_runs/`).

        The run belongs to no deployment. To run a deployment, use `client.deployments.create_flow_run`.

        Args:
            idempotency_key: A key of your own. If there is a run with this key already, that run is returned and none
                is created. Default, and for None: a new random key.
            flow_id: The id of the flow that runs.
            state: The state to begin in. Default: `Pending()`.
            name: The name. Default: two random words.
            flow_version: The version of the flow.
            parameters: The parameters that the flow is called with. Default: none.
            context: Further data of the run, as JSON. Default: none.
            parent_task_run_id: The id of the task run that represents it in its parent flow run.
            infrastructure_document_id: The id of the block document of the infrastructure that it runs on.
            empirical_policy: How it is retried. Default: never.
            tags: The tags. Default: none.
            labels: The labels: strings, numbers and booleans by name. Default: none.
            work_pool_name: The name of the work pool that it runs in.
            work_queue_name: The name of the work queue that it waits in.
            job_variables: Values that override variables of the work pool's job template.
            deployment_id: Deprecated: use `client.deployments.create_flow_run` instead.

        Returns:
            The flow run.

        Raises:
            Conflict: There is no such flow.
            UnprocessableEntity: The server rejects a field.
        """
        return await self._call(FlowRun, body=with_idempotency_key(flow_run))

    @endpoint("GET", "/flow_runs/{id:uuid}")
    async def read(self, flow_run_id: UUID | str) -> FlowRun:
        """Read a flow run (`GET /flow_runs/{id}`).

        Args:
            flow_run_id: The flow run's id.

        Returns:
            The flow run, with its state.

        Raises:
            NotFound: There is no such flow run.
        """
        return await self._call(FlowRun, id=flow_run_id)

    @endpoint("PATCH", "/flow_runs/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(FlowRunUpdate)
    async def update(self, flow_run_id: UUID | str, flow_run: FlowRunUpdate) -> None:
        """Update a flow run (`PATCH /flow_runs/{id}`). Fields not given stay unchanged.

        Args:
            flow_run_id: The flow run's id.
            name: The name.
            flow_version: The version of the flow.
            parameters: The parameters that the flow is called with.
            empirical_policy: How it is retried.
            tags: The tags.
            infrastructure_pid: The id that its infrastructure gave it, such as a process id.
            job_variables: Values that override variables of the work pool's job template.

        Raises:
            NotFound: There is no such flow run.
            BadRequest: `job_variables` of a run that is not scheduled, or has no deployment.
        """
        return await self._call(type(None), id=flow_run_id, body=flow_run)

    @endpoint("PATCH", "/flow_runs/{id:uuid}/labels", RetrySafety.IDEMPOTENT)
    async def update_labels(self, flow_run_id: UUID | str, labels: Mapping[str, Any]) -> None:
        """Add labels to a flow run, or change their values (`PATCH /flow_runs/{id}/labels`).

        Args:
            flow_run_id: The flow run's id.
            labels: Strings, numbers and booleans by the name of the label. Other labels stay.

        Raises:
            NotFound: There is no such run.
        """
        return await self._call(type(None), id=flow_run_id, body=labels)

    @endpoint("DELETE", "/flow_runs/{id:uuid}")
    async def delete(self, flow_run_id: UUID | str) -> None:
        """Delete a flow run with its logs (`DELETE /flow_runs/{id}`).

        Args:
            flow_run_id: The flow run's id.

        Raises:
            NotFound: There is no such flow run.
        """
        return await self._call(type(None), id=flow_run_id)

    @endpoint("POST", "/flow_runs/{id:uuid}/set_state", RetrySafety.KEYED, lookup=STATE_HISTORY)
    async def set_state(
        self, flow_run_id: UUID | str, state: State | StateCreate, *, force: bool = False
    ) -> OrchestrationResult:
        """Set the state of a flow run, if the server's orchestration rules allow it (`POST /flow_runs/{id}/set_state`).

        Args:
            flow_run_id: The flow run's id.
            state: The state, such as `Completed()`.
            force: Skip the server's orchestration rules, which may reject, delay or replace it. Default: False.

        Returns:
            The server's decision (accept, reject, abort or wait) and the current state of the run. It is the requested
            state only if `accepted` is True; a rejection raises no error.

        Raises:
            NotFound: There is no such run.
        """
        change = SetState(state=with_transition_id(state), force=force)
        # With `force` the server ignores the transition id, so a second copy is a second transition.
        retry_safety = RetrySafety.NEVER if force else None
        result = await self._call(OrchestrationResult, id=flow_run_id, body=change, retry_safety=retry_safety)
        return _accepted(change, result)

    @endpoint("POST", "/flow_runs/{id:uuid}/resume", RetrySafety.NEVER)
    @keywords(FlowRunResume)
    async def resume(self, flow_run_id: UUID | str, resume: FlowRunResume) -> OrchestrationResult:
        """Resume a paused flow run (`POST /flow_runs/{id}/resume`).

        Args:
            flow_run_id: The flow run's id.
            run_input: The input that the pause requires. Default: none.

        Returns:
            What the server did: accept; abort, where the run is not paused; reject, where `run_input` does not fit.

        Raises:
            AmbiguousOutcomeError: There is no such run, for which the server returns 500; or the outcome is unknown.
        """
        return await self._call(OrchestrationResult, id=flow_run_id, body=resume)

    @endpoint("GET", "/flow_runs/{id:uuid}/graph")
    async def graph(self, flow_run_id: UUID | str) -> Rows[DependencyResult]:
        """Read which task run of a flow run waited for which (`GET /flow_runs/{id}/graph`).

        Args:
            flow_run_id: The flow run's id.

        Returns:
            The task runs with what they depend on.

        Raises:
            NotFound: There is no such run.
        """
        return await self._call(list[DependencyResult], id=flow_run_id)

    @endpoint("GET", "/flow_runs/{id:uuid}/graph-v2")
    async def graph_v2(self, flow_run_id: UUID | str, *, since: datetime | None = None) -> Graph:
        """Read the graph of the task runs and subflow runs of a flow run (`GET /flow_runs/{id}/graph-v2`).

        Args:
            flow_run_id: The flow run's id.
            since: Only what ended at this moment or later, or has not ended; with an offset.

        Returns:
            The graph, with the artifacts and states of the flow run.

        Raises:
            NotFound: There is no such run.
            BadRequest: The graph has more nodes than the server's limit.
            InvalidParameterError: `since` has no offset.
        """
        if since is not None:
            check_moment("since", since)
        return await self._call(Graph, id=flow_run_id, query={"since": since})

    @streaming("GET", "/flow_runs/{id:uuid}/logs/download")
    def download_logs(self, flow_run_id: UUID | str) -> AsyncIterator[bytes]:
        """Read all logs of a flow run as CSV (`GET /flow_runs/{id}/logs/download`).

        The size is not limited. `timeout` counts until the last chunk has arrived.

        Args:
            flow_run_id: The flow run's id.

        Yields:
            The file in UTF-8, in chunks as they arrive. A chunk may end inside a line.

        Raises:
            NotFound: There is no such run.
        """
        return self._chunks(id=flow_run_id)

    @endpoint("POST", "/flow_runs/bulk_delete", RetrySafety.NEVER)
    @keywords(FlowRunBulkDelete)
    async def bulk_delete(self, selection: FlowRunBulkDelete) -> FlowRunBulkDeleteResponse:
        """Delete the flow runs that a filter selects (`POST /flow_runs/bulk_delete`).

        Args:
            flow_runs: A filter on the flow runs. Default: all.
            limit: At most this many flow runs. Default: 50, which is also the maximum.

        Returns:
            The ids of the deleted flow runs.
        """
        return await self._call(FlowRunBulkDeleteResponse, body=selection)

    @endpoint("POST", "/flow_runs/bulk_set_state", RetrySafety.NEVER)
    @keywords(FlowRunBulkSetState)
    async def bulk_set_state(self, change: FlowRunBulkSetState) -> FlowRunBulkSetStateResponse:
        """Set the state of the flow runs that a filter selects (`POST /flow_runs/bulk_set_state`).

        Args:
            flow_runs: A filter on the flow runs. Default: all.
            state: The state to set.
            force: Whether to skip the server's orchestration rules. Default: False.
            limit: At most this many flow runs. Default: 50, which is also the maximum.

        Returns:
            For each flow run, what the server did.
        """
        return await self._call(FlowRunBulkSetStateResponse, body=change)


def _accepted(change: SetState, result: OrchestrationResult) -> OrchestrationResult:
    """The result; but a second copy that is rejected with the very state that the first one made was accepted."""
    details = change.state.state_details or StateDetails()
    if (
        result.status is SetStateStatus.REJECT
        and result.state is not None
        and result.state.state_details.transition_id == details.transition_id
    ):
        return structs.replace(result, status=SetStateStatus.ACCEPT, details=StateAcceptDetails())
    return result
