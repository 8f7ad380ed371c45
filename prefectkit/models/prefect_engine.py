"""Prefect's engine, if it is loaded in this process: its runs, and the states that it takes.

The engine knows a state by `isinstance`. Nothing here imports Prefect.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar, cast

from prefectkit.models.prefect_bridge import PrefectBridge, calling_module, class_for, official_class

T = TypeVar("T")


def run_contexts() -> tuple[Any, Any]:
    """The contexts of the task run and of the flow run that the engine executes here; None where there is none."""
    module: Any = sys.modules.get("prefect.context")
    # Another thread may be importing it.
    if module is None or not hasattr(module, "TaskRunContext"):
        return None, None
    return module.TaskRunContext.get(), module.FlowRunContext.get()


def as_engine_state(state: T) -> T:
    """The state; in a run of the engine, one of Prefect's own class with the same fields."""
    if run_contexts() == (None, None):
        return state
    # An enum or a Struct of this package is none of its own; the data is anything.
    fields = vars(state)
    fields["type"] = fields["type"].value
    if "state_details" in fields:
        fields["state_details"] = dict(fields["state_details"])
    return cast(T, cast(Any, official_class("State"))(**fields))


class EngineState(PrefectBridge):
    """A mixin of states. The engine takes a state of a run, which was read, for one of its own.

    One that was made outside of a run is refused, as it would be taken for data: a flow that returns `Failed()` would
    be Completed.
    """

    __slots__ = ()

    if not TYPE_CHECKING:

        @property
        def __class__(self) -> type:
            """The class that `isinstance` takes it for.

            Raises:
                TypeError: The engine asks whether a flow or task has returned a state, and this one is of no run.
            """
            details = self.state_details or None
            if (details is None or not (details.flow_run_id or details.task_run_id)) and calling_module() in _ENGINE:
                raise TypeError(
                    f"Prefect's engine does not take {self!r} for a state, as it was made outside of a run: call "
                    "Completed(), Failed() and the like within the flow or task"
                )
            return class_for(self)


_ENGINE = frozenset({"prefect.states", "prefect._internal.states", "prefect.task_engine"})
"""The modules that decide by `isinstance` what a flow or task has returned."""
