"""The flow run or task run that Prefect's engine executes here, if Prefect is loaded."""

from __future__ import annotations

from uuid import UUID

from prefectkit.models.prefect_engine import run_contexts


def run_ids() -> tuple[UUID | None, UUID | None]:
    """The ids of the current task run and of the current flow run, each None if there is none."""
    task_context, flow_context = run_contexts()
    task_run = getattr(task_context, "task_run", None)
    flow_run = getattr(flow_context, "flow_run", None)
    flow_run_id = getattr(flow_run, "id", None) or getattr(task_run, "flow_run_id", None)
    return getattr(task_run, "id", None), flow_run_id


def is_async_run() -> bool | None:
    """Whether the current task or flow is an async function; None outside of runs."""
    task_context, flow_context = run_contexts()
    context = task_context or flow_context
    if context is None:
        return None
    function = getattr(context, "task", None) or getattr(context, "flow", None)
    return bool(getattr(function, "isasync", True))


def next_pause_key() -> str:
    """The number of the next pause of the current flow run, from the counter of Prefect's engine."""
    counts: dict[str, int] = run_contexts()[1].observed_flow_pauses
    counts["counter"] = counts.get("counter", 0) + 1
    return str(counts["counter"])
