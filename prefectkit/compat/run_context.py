"""The flow run or task run that Prefect's engine executes here, if Prefect is loaded."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID


def run_ids() -> tuple[UUID | None, UUID | None]:
    """The ids of the current task run and of the current flow run; None for a run that there is none of."""
    task_context, flow_context = _contexts()
    task_run = getattr(task_context, "task_run", None)
    flow_run = getattr(flow_context, "flow_run", None)
    flow_run_id = getattr(flow_run, "id", None) or getattr(task_run, "flow_run_id", None)
    return getattr(task_run, "id", None), flow_run_id


def is_async_run() -> bool | None:
    """Whether the current task or flow is an async function; None outside of runs."""
    task_context, flow_context = _contexts()
    context = task_context or flow_context
    if context is None:
        return None
    function = getattr(context, "task", None) or getattr(context, "flow", None)
    return bool(getattr(function, "isasync", True))


def next_pause_key() -> str:
    """The number of the next pause of the current flow run, which the engine counts too."""
    counts: dict[str, int] = _contexts()[1].observed_flow_pauses
    counts["counter"] = counts.get("counter", 0) + 1
    return str(counts["counter"])


def _contexts() -> tuple[Any, Any]:
    module: Any = sys.modules.get("prefect.context")
    if module is None or not hasattr(module, "TaskRunContext"):
        return None, None
    return module.TaskRunContext.get(), module.FlowRunContext.get()
