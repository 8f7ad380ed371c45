"""Functions that pause, suspend and resume flow runs, as `prefect.flow_runs` has them.

Each blocks, or returns a coroutine where an event loop runs; those whose name begins with `a` are always awaited.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID, uuid4

from prefectkit.compat.async_dispatch import async_dispatch, open_client, sleep
from prefectkit.compat.client import PrefectClient
from prefectkit.compat.errors import FlowPauseTimeout, NotPausedError
from prefectkit.compat.official_errors import also_official
from prefectkit.compat.run_context import next_pause_key, run_ids
from prefectkit.core.errors import InvalidParameterError
from prefectkit.models.orchestration import SetStateStatus
from prefectkit.models.state_constructors import Paused, Suspended
from prefectkit.models.states import State, StateCreate, StateType


async def apause_flow_run(
    wait_for_input: None = None, timeout: int = 3600, poll_interval: int = 10, key: str | None = None
) -> None:
    """Pause the flow run in which this is called, and wait until it is resumed (`POST /flow_runs/{id}/set_state`).

    Args:
        wait_for_input: Not supported: the input of a run is read by Prefect's engine.
        timeout: How long to wait before it fails, in seconds.
        poll_interval: Seconds between two reads of the flow run.
        key: A key with which the run pauses only once. Default: the number of the pause in the run.

    Raises:
        InvalidParameterError: `wait_for_input` is given.
        RuntimeError: It is called outside of a flow run of Prefect's engine, or the server does not pause the run.
        FlowPauseTimeout: The run was not resumed in time.
    """
    _refuse_input(wait_for_input)
    _, flow_run_id = run_ids()
    if flow_run_id is None:
        raise RuntimeError("Flow runs can only be paused from within a flow run.")
    state = Paused(timeout_seconds=timeout, reschedule=False, pause_key=key or next_pause_key())
    async with open_client() as client:
        if not await _propose(client, flow_run_id, state, "paused"):
            return
        deadline = time.monotonic() + timeout
        pause = min(timeout / 2, poll_interval)
        while True:
            await sleep(max(0.0, min(pause, deadline - time.monotonic())))
            flow_run = await client.read_flow_run(flow_run_id)
            if flow_run.state is not None and flow_run.state.is_running():
                return
            if time.monotonic() >= deadline:
                raise also_official(FlowPauseTimeout("Flow run was paused and never resumed."))
            pause = poll_interval


async def asuspend_flow_run(
    wait_for_input: None = None,
    flow_run_id: UUID | None = None,
    timeout: int | None = None,
    key: str | None = None,
) -> None:
    """Suspend a flow run, which ends at its next task, and is scheduled anew when it is resumed.

    `POST /flow_runs/{id}/set_state`

    Args:
        wait_for_input: Not supported: the input of a run is read by Prefect's engine.
        flow_run_id: The flow run's id. It must be given: only Prefect's engine can end the run that calls this.
        timeout: How long it may be suspended before it fails, in seconds. Default: no timeout.
        key: A key with which the run is suspended only once. Default: a new one.

    Raises:
        InvalidParameterError: `wait_for_input` is given.
        RuntimeError: There is no `flow_run_id`, or the server does not suspend the run.
        ObjectNotFound: There is no such flow run.
    """
    _refuse_input(wait_for_input)
    if flow_run_id is None:
        raise RuntimeError(
            "Flow runs can only be suspended from within a flow run by Prefect's engine: "
            "pass flow_run_id, or import suspend_flow_run from prefect"
        )
    state = Suspended(timeout_seconds=timeout, pause_key=key or str(uuid4()))
    async with open_client() as client:
        await _propose(client, flow_run_id, state, "suspended")


async def aresume_flow_run(flow_run_id: UUID, run_input: dict[str, Any] | None = None) -> None:
    """Resume a paused or suspended flow run (`POST /flow_runs/{id}/resume`).

    Args:
        flow_run_id: The flow run's id.
        run_input: The input that it waits for.

    Raises:
        ObjectNotFound: There is no such flow run.
        NotPausedError: It is not paused.
        FlowPauseTimeout: It was paused for too long, and failed.
        RuntimeError: The server refuses to resume it.
    """
    async with open_client() as client:
        flow_run = await client.read_flow_run(flow_run_id)
        if flow_run.state is None or not flow_run.state.is_paused():
            raise also_official(NotPausedError("Cannot resume a run that isn't paused!"))
        result = await client.resume_flow_run(flow_run_id, run_input=run_input)
    if result.status == SetStateStatus.REJECT:
        if result.state is not None and result.state.type == StateType.FAILED:
            raise also_official(FlowPauseTimeout("Flow run can no longer be resumed."))
        raise RuntimeError(f"Cannot resume this run: {_reason(result)}")


pause_flow_run = async_dispatch(apause_flow_run)
suspend_flow_run = async_dispatch(asuspend_flow_run)
resume_flow_run = async_dispatch(aresume_flow_run)


async def _propose(client: PrefectClient, flow_run_id: UUID, state: StateCreate, verb: str) -> bool:
    """Ask for a pause: whether the run is paused now, and not running again after this very pause."""
    while (result := await client.set_flow_run_state(flow_run_id, state)).status == SetStateStatus.WAIT:
        await sleep(getattr(result.details, "delay_seconds", 0))
    if result.status == SetStateStatus.ABORT:
        raise RuntimeError(f"Flow run cannot be {verb}: {_reason(result)}")
    set_state: State | None = result.state
    if set_state is not None and set_state.is_running():
        return False
    if set_state is None or not set_state.is_paused():
        raise RuntimeError(f"Flow run cannot be {verb}. Received unexpected state from API: {set_state}")
    return True


def _reason(result: Any) -> str | None:
    return getattr(result.details, "reason", None)


def _refuse_input(wait_for_input: object) -> None:
    if wait_for_input is not None:
        raise InvalidParameterError(
            "wait_for_input is for Prefect's engine, which reads the input of a run: import this function from prefect"
        )
